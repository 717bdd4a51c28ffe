#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""glowctl looks at a cluster: doctor, sync, bench, and the names that shells complete."""

import json
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import secured
import terminal

EX_USAGE, EX_UNAVAILABLE = 64, 69
COMPLETION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "completion", "glowctl.bash")
INFO = {"id": "x", "groups": [], "board": "blinkt", "shape": "blinkt", "pixels": 8, "leds": "rgb", "backend": "test",
        "version": "0.0.1", "fps": 60, "idle": "off", "reverse": False, "time_offset_ms": 0, "effects": [],
        "limits": {"brightness": 255, "current_ma": 0, "flash": True}}


def run_ctl(*words, uri=None, env=None):
    argv = [glow.beside_bridge("glowctl"), *words] + (["--broker", uri] if uri else [])
    return subprocess.run(argv, env=glow.child_env(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=2 * glow.PATIENCE_S)


class Case(glow.Case):
    def ctl(self, *words, status=0):
        done = run_ctl(*words, uri=self.broker.uri)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def findings(self, *words, status=0):
        told = json.loads(self.ctl("doctor", "--json", *words, status=status))
        self.assertEqual(told["well"], status == 0)
        return told["findings"]

    def trouble(self, findings, about, text):
        """The cure of it."""
        found = [f for f in findings if about in (f["about"], f.get("node")) and text in f["text"]]
        self.assertEqual([f["kind"] for f in found], ["trouble"], findings)
        return found[0].get("cure", "")


class Well(Case):
    """Two nodes whose gauge makes them report every two seconds, and a conductor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.seen.close)
        cls.leader = glow.Conductor(cls.home, cls.broker.uri)
        cls.addClassCleanup(cls.leader.close)
        cls.nodes = [glow.Bridge(cls.home, cls.broker.uri, "--idle", "cpu", "--groups", "shelf") for _ in range(2)]
        for node in cls.nodes:
            cls.addClassCleanup(node.close)
            cls.seen.wait(node.topic("stats"), lambda m: m.json()["sync"]["state"] == "tracking")
        cls.seen.wait("glow/roster", lambda m: len(m.json()["nodes"]) == 2)

    # promise: doctor-changes-nothing
    def test_doctor(self):
        """All is well; and nobody notices that it was asked."""
        self.ctl("play", "rainbow", "--id", "a-scene")
        self.seen.wait("glow/scene/current", lambda m: m.json()["scenes"])
        kept = self.broker.retained("glow/scene/#", "glow/dim/#", "glow/preset/#", "glow/roster/#")
        since = self.seen.mark()
        lines = self.ctl("doctor").splitlines()
        self.assertEqual(lines[-1], "all is well")
        self.assertRegex(lines[0], "^ok .* broker .* lets us in; it is mosquitto version 2")
        self.assertRegex(lines[1], "^ok .* rights .* may look and command, and forget what is gone$")
        self.assertTrue(any("%s leads in term 1, with 2 nodes" % self.leader.node in line for line in lines), lines)
        asked = [m.topic for m in self.seen.look()[since:] if m.topic.endswith(("/set", "/stop", "/undo"))]
        self.assertIn("glow/scene/stop", asked)  # control: it was asked
        self.assertEqual([m for m in self.seen.look()[since:] if m.topic.endswith("/error")], [])
        self.assertEqual(kept, self.broker.retained("glow/scene/#", "glow/dim/#", "glow/preset/#", "glow/roster/#"))
        self.ctl("stop")

    def test_sync(self):
        told = json.loads(self.ctl("sync", "--json"))
        self.assertTrue(told["led"])
        self.assertEqual({n["id"] for n in told["nodes"]}, {n.node for n in self.nodes})
        for node in told["nodes"]:
            self.assertEqual(node["bound_us"], abs(node["offset_us"]) + 3 * node["error_us"])
        one, two = told["nodes"]
        least = abs(one["offset_us"] - two["offset_us"]) + 3 * max(one["error_us"], two["error_us"])
        self.assertGreaterEqual(told["worst_pair"]["apart_us"], least)
        self.assertEqual(set(told["worst_pair"]["nodes"]), {n.node for n in self.nodes})
        table = self.ctl("sync")
        self.assertRegex(table, "(?m)^NODE +CLOCK +OFFSET +ERROR +BOUND$")
        self.assertRegex(table, "(?m)^worst pair: (%s|%s) and " % tuple(n.node for n in self.nodes))
        self.assertIn("takes no name", run_ctl("sync", "pi1").stderr)

    def test_bench(self):
        """Every question is answered, and no light changes."""
        states = self.broker.retained("glow/node/+/state")
        since = self.seen.mark()
        told = json.loads(self.ctl("bench", "--json"))
        self.assertEqual({n["id"] for n in told["command_to_state"]}, {n.node for n in self.nodes})
        for series in [told["broker"], told["conductor"], *told["command_to_state"]]:
            self.assertGreater(series["answered"], 0)
            self.assertLessEqual(series["least_us"], series["median_us"])
        self.assertGreater(told["throughput"]["messages_a_second"], 0)
        self.assertEqual(self.broker.retained("glow/node/+/state"), states)
        self.assertEqual([m for m in self.seen.look()[since:] if m.topic.endswith("/error")], [])

    # promise: names-are-completed
    def test_names(self):
        self.ctl("preset", "save", "evening")
        self.ctl("play", "rainbow", "--id", "a-scene")
        self.seen.wait("glow/scene/current", lambda m: m.json()["scenes"])
        self.broker.publish("glow/preset/$(touch x)", "{}", retain=True)
        for kind, name in (("nodes", self.nodes[0].node), ("groups", "shelf"), ("targets", "group/shelf"),
                           ("effects", "rainbow"), ("colors", "tomato"), ("looks", "tomato"), ("presets", "evening"),
                           ("scenes", "a-scene")):
            names = self.ctl("names", kind).splitlines()
            self.assertIn(name, names)
            self.assertRegex("\n".join(names), "^[a-zA-Z0-9/_.\n-]+$")
        self.assertIn("names of what?", run_ctl("names", "boards").stderr)
        self.ctl("stop")

    def complete(self, line, uri):
        """What bash offers behind it."""
        script = ("source %s; COMP_WORDS=(%s %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _glowctl; "
                  "printf '%%s\\n' \"${COMPREPLY[@]}\"" % (shlex.quote(COMPLETION), shlex.quote(glow.beside_bridge("glowctl")), line))
        done = subprocess.run(["bash", "-c", script], env=glow.child_env({"GLOW_BROKER": uri}), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=glow.PATIENCE_S)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout.split()

    # promise: names-are-completed
    def test_completion(self):
        node = self.nodes[0].node
        for line, name in (("set ''", node), ("set group/s", "group/shelf"), ("set %s rainb" % node, "rainbow"),
                           ("set --fade-ms 300 %s toma" % node, "tomato"), ("play --node ''", node),
                           ("preset ap", "apply"), ("forget cl", "cluster")):
            self.assertIn(name, self.complete(line, self.broker.uri), line)
        self.assertNotIn("rainbow", self.complete("set ''", self.broker.uri))  # control
        self.assertEqual(self.complete("set ''", "mqtt://127.0.0.1:%d" % glow.free_port()), [])


class Trouble(Case):
    """What others say of themselves makes the cluster; nobody leads it."""

    def say(self, node, availability="online", **info):
        self.broker.publish("glow/node/%s/availability" % node, availability, retain=True)
        self.broker.publish("glow/node/%s/info" % node, json.dumps({**INFO, "id": node, **info}), retain=True)
        self.broker.publish("glow/node/%s/state" % node, '{"state":"ON","effect":"auto"}', retain=True)

    # promise: doctor-names-trouble
    def test_nodes(self):
        self.say("away", "offline")
        self.say("dark", problem="/dev/spidev0.0 is not there: enable SPI")
        self.say("well")
        self.say("bright", limits={"brightness": 255, "current_ma": 0, "flash": False})
        self.broker.publish("glow/node/mute/availability", "online", retain=True)
        found = self.findings("--wait-s", "3", status=1)
        self.assertIn("glowctl forget away", self.trouble(found, "away", "is offline"))
        self.trouble(found, "dark", "enable SPI")
        self.trouble(found, "mute", "has not said what it is")
        self.assertIn("glow-conductor", self.trouble(found, "conductor", "nobody leads"))
        self.assertEqual([f["kind"] for f in found if f.get("node") == "bright"], ["note"])
        self.assertEqual([f for f in found if f.get("node") == "well"], [])

    def test_waiting_is_told(self):
        """On a terminal, after a second; the line is gone when there is something to say."""
        words = ("--broker", self.broker.uri, "set", "nobody", "red", "--force")
        view = terminal.Terminal(self, 80, 24, *words)
        view.process.wait(2 * glow.PATIENCE_S)
        waited, said = view.look().rsplit("\r\033[K", 1)
        self.assertIn("waiting for answers ... 1 s", waited)
        self.assertTrue(said.startswith("glowctl: nobody: no answer within 2 s"), said)
        self.assertTrue(run_ctl(*words).stderr.startswith("glowctl: nobody: no answer"))  # control: a pipe is none

    def test_no_broker(self):
        done = run_ctl("doctor", uri="mqtt://127.0.0.1:%d" % glow.free_port())
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "^FAIL +broker +.*cannot reach")
        self.assertIn("mend the lines marked FAIL", done.stdout)
        self.assertEqual(run_ctl("doctor", "pi1").returncode, EX_USAGE)


class Rights(glow.unittest.TestCase):
    """Accounts of the broker as it is deployed."""

    @classmethod
    def setUpClass(cls):
        secured.deploy(cls)

    def doctor(self, account):
        done = run_ctl("doctor", "--json", uri=self.broker.uri, env=self.broker.env(account))
        self.assertEqual(done.returncode, 1, done)  # nobody is there
        return [f for f in json.loads(done.stdout)["findings"] if f["about"] == "rights"]

    # promise: doctor-names-trouble
    def test_rights(self):
        for account, kind, text in (("admin", "ok", "the account admin may look and command, and forget what is gone"), ("viewer", "note", "may look only"),
                                    ("health", "trouble", "does not hear")):
            with self.subTest(account=account):
                found = self.doctor(account)[0]
                self.assertEqual(found["kind"], kind, found)
                self.assertIn(text, found["text"])
        acl = secured.read(self.broker.secrets_dir, "acl")
        operator = acl.index("user operator")
        old = acl[:operator] + acl[operator:].replace("topic write glow/undo\n", "", 1)
        self.broker.stop()
        self.broker.write_acl(old)
        self.broker.start()
        found = self.doctor("operator")[0]
        self.assertEqual(found["kind"], "trouble", found)
        self.assertIn("the broker does not let the account operator publish undo", found["text"])
        self.assertIn("secrets.sh", found["cure"])
        # A conductor without its rights to lights: presets would show nothing.
        conductor = acl.index("user conductor")
        told = []
        for rule in ("topic write glow/node/+/set\n", "topic read glow/node/+/state\n"):
            self.broker.stop()
            self.broker.write_acl(acl[:conductor] + acl[conductor:].replace(rule, "", 1))
            self.broker.start()
            self.broker.publish("glow/node/x/info", json.dumps(INFO), retain=True)
            self.broker.publish("glow/node/x/state", '{"state":"ON"}', retain=True)
            told.append(glow.run_conductor("--doctor", "--broker", self.broker.uri,
                                           env=self.broker.env("conductor")).stdout)
        self.assertRegex(told[0], "(?m)^FAIL +rules .*glow/node/-/set")
        self.assertRegex(told[1], "(?m)^FAIL +rules .*node/\\+/state")


if __name__ == "__main__":
    glow.main()
