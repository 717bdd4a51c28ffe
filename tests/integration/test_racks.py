#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Two racks below a root: three Mosquittos, bridged as broker-config/bridge says, each rack with a conductor and two boards of
its own. One strip and one instant across them, with clocks that have nothing in common; an uplink that is cut; and what
people do wrong."""

import json
import os
import re
import shlex
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cluster  # noqa: E402
import glow  # noqa: E402
import racks  # noqa: E402
import secured  # noqa: E402
import skew  # noqa: E402
from test_accounts import may_read, may_write  # noqa: E402
from test_sync import LEAST_SLOTS, PIXELS, STEP_US, check_in_phase, check_one_strip, is_lit  # noqa: E402

INFO = "glow/conductor/info"


class Rack:
    """One with its broker, bridged to the root's, its conductor and boards."""

    def __init__(self, case, name, root_port, number, boards):
        self.name = name
        self.wire = racks.Wire(root_port)
        case.addClassCleanup(self.wire.close)
        self.broker = racks.Broker(case.home, racks.uplink_conf(name, self.wire.port)).start()
        case.addClassCleanup(self.broker.stop)
        self.seen = glow.Watch(self.broker, "#")
        case.addClassCleanup(self.seen.close)
        clock = cluster.Clock(rate_ppb=9000 * (-1) ** number, uptime_s=5000 * number, wall_ms=3600000 * number)
        self.conductor = cluster.Conductor(case.home, self.broker.uri, "--uplink", "hall/" + name, node="c" + name,
                                           clock=clock)
        case.addClassCleanup(self.conductor.close)
        self.boards = [self.start_board(case, "%s%d" % (name[0], k + 1), 10 * number + k) for k in range(boards)]

    def start_board(self, case, node, k):
        clock = cluster.Clock(rate_ppb=2000 * k - 20000, uptime_s=1000 * (k + 1), wall_ms=-700 * k)
        board = cluster.Node(case.home, self.broker.uri, "--virtual-pixels", str(PIXELS), "--current-limit-ma", "0",
                             "--idle", "off", "--groups", "shelf,%s" % self.name, node=node, clock=clock)
        case.addClassCleanup(board.close)
        return board

    def wait_uplink(self, accept, since=0):
        return self.seen.wait(INFO, lambda m: m.payload and accept(m.json().get("uplink", {})), since).json()

    def wait_state(self, state, since=0):
        return self.wait_uplink(lambda u: u.get("state") == state, since)


class Racks(glow.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.seen.close)
        cls.root = cluster.Conductor(cls.home, cls.broker.uri, node="root", prefix="hall",
                                     clock=cluster.Clock(rate_ppb=-6000, uptime_s=7000, wall_ms=3600000))
        cls.addClassCleanup(cls.root.close)
        cls.root.wait_leading()
        cls.east, cls.west = (Rack(cls, name, cls.broker.port, k + 1, 2) for k, name in enumerate(("east", "west")))
        cls.racks = cls.east, cls.west
        cls.boards = cls.east.boards + cls.west.boards
        for rack in cls.racks:
            rack.wait_state("following")
        cls.seen.wait("hall/roster", lambda m: [(n["id"], n["pixels"]) for n in m.json()["nodes"]] ==
                      [("east", 2 * PIXELS), ("west", 2 * PIXELS)])

    def ask(self, topic, payload, broker=None):
        answer = (broker or self.broker).request(topic, payload if isinstance(payload, str) else json.dumps(payload),
                                                 glow.unique(topic.split("/")[0] + "/answer/"))
        self.assert_ok(answer)
        return answer

    def shown(self, since_ns):
        return [b.shown(since_ns) for b in self.boards]


class Together(Racks):
    def setUp(self):
        self.ask("hall/all/set", {"state": "ON", "effect": "auto"})

    def test_one_timeline(self):
        root = self.seen.last("hall/conductor/info").json()
        for rack in self.racks:
            info = rack.wait_state("following")
            self.assertEqual(info["clock_id"], root["clock_id"])
            self.assertEqual(info["uplink"]["above"], [root["boot"]])
            self.assertEqual(self.seen.wait("hall/node/%s/availability" % rack.name,
                                            lambda m: m.payload == b"online").payload, b"online")

    # promise: racks
    def test_one_strip(self):
        whole = cluster.Node(self.home, self.broker.uri, "--virtual-pixels", str(4 * PIXELS), "--current-limit-ma", "0",
                             "--idle", "off", node="whole", prefix="hall", clock=cluster.Clock(uptime_s=99))
        self.addCleanup(whole.close)
        start_us = self.seen.wait("hall/roster", lambda m: len(m.json()["nodes"]) == 3).json()["effective_us"]
        scene = {"effect": "rainbow", "seed": 1, "start_us": start_us}
        self.ask("hall/scene/play", {"id": "strip", "target": {"nodes": ["east", "west"]}, **scene})
        self.ask("hall/scene/play", {"id": "whole", "target": {"nodes": ["whole"]}, **scene})
        for rack in self.racks:
            rack.seen.wait("glow/scene/current", lambda m: any(
                s["start_us"] == start_us and s["within"]["pixels"] == 4 * PIXELS for s in m.json()["scenes"]))
        for board in self.boards + [whole]:
            board.frames.wait("of the scene", is_lit)
        since_ns = time.monotonic_ns()
        glow.wait_until("frames", lambda: len(skew.slots(self.shown(since_ns) + [whole.shown(since_ns)])) > 4 * LEAST_SLOTS)
        shown = self.shown(since_ns)
        check_in_phase(shown)
        check_one_strip(shown, whole.shown())
        with self.assertRaisesRegex(AssertionError, "seam"):  # the control: in another order
            check_one_strip(shown[2:] + shown[:2], whole.shown())
        self.ask("hall/scene/stop", "")

    def test_group_commands_come_at_one_instant(self):
        at_us = self.ask("hall/all/set", {"color": "red"})["at_us"]
        for board in self.boards:
            board.frames.wait_shows(["ff0000"] * PIXELS)
        for rack in self.racks:
            self.assertEqual(rack.seen.wait("glow/all/apply", lambda m: m.json()["cmd"].get("color")).json()["at_us"], at_us)
        self.ask("hall/group/west/set", {"color": "blue"})
        for board in self.west.boards:
            board.frames.wait_shows(["0000ff"] * PIXELS)
        self.assertEqual(self.east.boards[0].frames.last().lights, ["ff0000"] * PIXELS)
        # A toggle means the same in all racks, and one rack alone is a node.
        self.seen.wait("hall/node/west/state", lambda m: m.json().get("color") == {"r": 0, "g": 0, "b": 255})
        self.ask("hall/all/set", {"state": "TOGGLE"})
        for board in self.boards:
            board.frames.wait_shows(["000000"] * PIXELS)
        self.ask("hall/node/east/set", {"color": "lime"})
        for board in self.east.boards:
            board.frames.wait_shows(["00ff00"] * PIXELS)
        self.assertEqual(self.west.boards[0].frames.last().lights, ["000000"] * PIXELS)

    def wait_told(self, looks, since):
        """Until the root has heard what the racks show: that comes a moment after the light."""
        for rack, color in looks:
            r, g, b = bytes.fromhex(color)
            self.seen.wait("hall/node/%s/state" % rack.name, lambda m: m.json().get("color") == {"r": r, "g": g, "b": b}, since)

    def test_presets_and_undo_set_racks(self):
        looks, since = ((self.east, "ff0010"), (self.west, "0010ff")), self.seen.mark()
        for rack, color in looks:
            self.ask("hall/node/%s/set" % rack.name, {"color": "#" + color})
        self.wait_told(looks, since)
        self.ask("hall/preset/two/set", {"only": "lights"})
        for back in ("hall/preset/two/apply", "hall/undo"):
            self.ask("hall/all/set", {"color": "lime"})
            for board in self.boards:
                board.frames.wait_shows(["00ff00"] * PIXELS)
            since = self.seen.mark()
            self.assertEqual(self.ask(back, {"transition": 0})["nodes"], 2)
            for rack, color in looks:
                for board in rack.boards:
                    board.frames.wait_shows([color] * PIXELS)
            self.wait_told(looks, since)

    def test_the_dimmer_and_the_latest_word(self):
        self.ask("hall/all/set", {"color": "white"})
        self.ask("hall/dim/set", "off")
        for board in self.boards:
            board.frames.wait_shows(["000000"] * PIXELS)
        self.ask("glow/dim/set", "on", self.east.broker)  # at the rack itself
        self.east.boards[0].frames.wait_shows(["ffffff"] * PIXELS)
        self.assertEqual(self.west.boards[0].frames.last().lights, ["000000"] * PIXELS)
        self.ask("hall/dim/set", {"brightness": 254})
        self.ask("hall/dim/set", "on")
        self.west.boards[0].frames.wait_shows(["ffffff"] * PIXELS)


def step_us(readings):
    """The most by which a clock jumped from one reading to the next, which a busy machine does not change."""
    errors = [s - host for host, s in readings]
    return max(abs(b - a) for a, b in zip(errors, errors[1:])) / 1000


class Uplink(Racks):
    # promise: rack-goes-on
    def test_cut_and_mended(self):
        self.ask("hall/scene/play", {"effect": "rainbow"})
        for board in self.boards:
            board.frames.wait("of the scene", is_lit)
        since_ns, since, marks = time.monotonic_ns(), self.seen.mark(), [r.seen.mark() for r in self.racks]
        raw_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        self.east.wire.cut()
        self.east.wait_state("lost", marks[0])
        self.seen.wait("hall/node/east/availability", lambda m: m.payload == b"0", since)
        self.ask("glow/dim/set", {"brightness": 254}, self.east.broker)  # who is there can still command it
        time.sleep(3)
        self.assertNotIn("no longer leading", self.east.conductor.log())
        since, below = self.seen.mark(), self.east.seen.mark()
        self.east.wire.mend()
        info = self.east.wait_state("following", below)
        self.assertEqual(info["uplink"]["losses"], 1)
        self.seen.wait("hall/node/east/availability", lambda m: m.payload == b"online", since)
        time.sleep(3)
        shown = self.shown(since_ns)
        check_in_phase(shown)
        for board in self.east.boards:
            read = [(host, s) for host, s in board.readings(self.east.seen) if host >= raw_ns]
            self.assertLess(step_us(read), STEP_US)
            half = len(read) // 2
            self.assertGreater(step_us(read[:half] + [(host, s + 10**7) for host, s in read[half:]]), STEP_US)  # the control
        for frames in shown:  # unbroken
            self.assertLess(max(b.t_us - a.t_us for a, b in zip(frames, frames[1:])), 1000000)
        self.ask("hall/all/set", {"color": "red"})
        for board in self.boards:
            board.frames.wait_shows([f"{254:02x}0000" if board in self.east.boards else "ff0000"] * PIXELS)

    def test_the_root_forgets_the_time_and_has_it_back_from_the_racks(self):
        before = self.seen.last("hall/conductor/info").json()
        marks = [r.seen.mark() for r in self.racks]
        since = self.seen.mark()
        self.root.kill()
        again = cluster.Conductor(self.home, self.broker.uri, node="root2", prefix="hall",
                                  clock=cluster.Clock(rate_ppb=15000, uptime_s=90, wall_ms=-3600000))
        self.addClassCleanup(again.close)
        after = self.seen.wait("hall/conductor/info", lambda m: m.payload and m.json()["state"] == "leading" and
                               m.json()["boot"] != before["boot"], since).json()
        self.assertEqual(after["clock_id"], before["clock_id"])
        for rack, mark in zip(self.racks, marks):
            rack.wait_uplink(lambda u: u["state"] == "following" and u["above"] == [after["boot"]], mark)


class Trouble(Racks):
    def problem(self, rack, text, since=0):
        return rack.wait_uplink(lambda u: text in u.get("problem", ""), since)["uplink"]["problem"]

    def test_two_racks_of_one_name(self):
        since = self.east.seen.mark()
        twin = racks.Broker(self.home, racks.uplink_conf("east", self.broker.port)).start()
        self.addCleanup(twin.stop)
        conductor = glow.Conductor(self.home, twin.uri, "--uplink", "hall/east", node="twin")
        self.addCleanup(conductor.close)
        self.assertEqual(self.problem(self.east, "another rack", since), "another rack is called east too")
        conductor.wait_log("another rack is called east too")
        self.assertIn("give one of them another name", self.east.conductor.log())

    def test_loops(self):
        """A broker that is bridged to itself, and two racks in a ring."""
        own = racks.Broker(self.home)
        with open(own.conf, "a") as f:
            f.write("\n" + racks.uplink_conf("self", own.port).replace("in 1 hall/ hall/", "in 1 hall/ glow/")
                    .replace("in 0 hall/ hall/", "in 0 hall/ glow/"))
        own.start()
        self.addCleanup(own.stop)
        conductor = glow.Conductor(self.home, own.uri, "--uplink", "hall/self", node="own")
        self.addCleanup(conductor.close)
        conductor.wait_log("hall leads back to this rack")

        first, second = racks.Broker(self.home), racks.Broker(self.home)
        for broker, other, prefix, root in ((first, second, "a", "b"), (second, first, "b", "a")):
            with open(broker.conf, "a") as f:
                f.write("\n" + racks.uplink_conf("r" + prefix, other.port, prefix, root))
            broker.start()
            self.addCleanup(broker.stop)
        ring = [glow.Conductor(self.home, broker.uri, "--prefix", prefix, "--uplink", "%s/r%s" % (root, prefix),
                               node="c" + prefix, prefix=prefix)
                for broker, prefix, root in ((first, "a", "b"), (second, "b", "a"))]
        for conductor in ring:
            self.addCleanup(conductor.close)
        for conductor, root in zip(ring, "ba"):
            conductor.wait_log("%s leads back to this rack" % root)

    def test_another_version_above(self):
        since, clock = self.west.seen.mark(), self.west.wait_state("following")["clock_id"]
        self.broker.publish("hall/roster", '{"rev":"new"}', retain=True)
        self.assertIn("hall/roster cannot be read: rev", self.problem(self.west, "hall/roster", since))
        self.assertEqual(self.west.wait_state("following")["clock_id"], clock)

    def test_its_own_prefix(self):
        done = glow.run_conductor("--uplink", "glow/east", "--check-config")
        self.assertEqual(done.returncode, os.EX_USAGE)
        self.assertIn("glow is this cluster's own prefix", done.stderr)
        done = glow.run_conductor("--uplink", "East", "--check-config")
        self.assertEqual(done.returncode, os.EX_USAGE)
        self.assertIn("hall/east", done.stderr)


def documented():
    """The options of secrets.sh on the root, on a rack and on one that leaves, as docs/racks.md gives them."""
    page = secured.read(secured.CONFIG, "..", "docs", "racks.md").splitlines()
    return [shlex.split(line)[1:] for line in page if line.startswith("    broker-config/secrets.sh")]


class Secured(glow.Case):
    """With accounts, rules and TLS as secrets.sh makes them on both sides, by the documented commands; what differs is where
    files lie and which port the root has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root, rack, handed = (os.path.join(cls.home, name) for name in ("root", "rack", "handed"))
        for folder in (root, rack, handed):
            os.mkdir(folder, 0o700)
        installed = os.path.join(cls.home, "installed")
        changes = {"/etc/mosquitto/glowswarm": installed, "uplink": handed}
        above, below, _ = ([changes.get(word, word) for word in words if word not in ("--owner", "mosquitto")]
                        for words in documented())
        secured.make_secrets(root, *above)
        for name in ("ca.crt", "accounts/rack-east"):
            shutil.copy(os.path.join(root, name), handed)
        cls.root = cls.start(secured.Broker(cls.folder("root-broker"), root))
        cls.files = handed, rack
        secured.make_secrets(rack, *(w.replace("@root.local", "@localhost:%d" % cls.root.tls_port) for w in below))
        broker = secured.Broker(cls.folder("rack-broker"), rack)
        with open(broker.conf, "a") as f:
            f.write("\n" + secured.read(installed, "uplink.conf"))
        cls.rack = cls.start(broker)
        cls.seen = glow.Watch(cls.root, "#")
        cls.addClassCleanup(cls.seen.close)
        cls.seen_below = glow.Watch(cls.rack, "#")
        cls.addClassCleanup(cls.seen_below.close)

    @classmethod
    def folder(cls, name):
        os.mkdir(os.path.join(cls.home, name))
        return os.path.join(cls.home, name)

    @classmethod
    def start(cls, broker):
        broker.start()
        cls.addClassCleanup(broker.stop)
        return broker

    def program(self, kind, broker, account, *options, **more):
        program = kind(self.home, broker.uri, *options, env=broker.env(account), **more)
        self.addCleanup(program.close)
        return program

    def test_with_these_rights(self):
        for watch in (self.seen, self.seen_below):
            watch.take()  # what other tests have said
        self.program(glow.Conductor, self.root, "conductor", "--discovery", "off", prefix="hall").wait_leading()
        self.program(glow.Conductor, self.rack, "conductor", "--discovery", "off", "--uplink", "hall/east", node="ce")
        board = self.program(glow.Bridge, self.rack, "bridge", "--discovery", "off", node="e1")
        self.seen_below.wait(INFO, lambda m: m.json()["uplink"]["state"] == "following")
        self.seen.wait("hall/node/east/availability", lambda m: m.payload == b"online")
        self.seen.wait("hall/node/east/state")
        self.seen.wait("hall/node/east/stats", lambda m: m.json()["sync"]["state"] in ("acquire", "tracking"))
        self.seen.wait("hall/roster", lambda m: [n["pixels"] for n in m.json()["nodes"]] == [8])
        with self.root.connect("operator") as operator:
            operator.publish("hall/node/east/set", "red", response="hall/answer/me")
            operator.publish("hall/scene/play", "rainbow")
        board.frames.wait_shows(["ff0000"] * 8)
        self.assert_ok(self.seen.wait("hall/answer/me").json())
        self.seen_below.wait("glow/scene/current", lambda m: m.json()["scenes"] and m.json()["scenes"][0]["within"])
        done = glow.run_ctl("doctor", "--json", "--broker", self.rack.uri, env=self.rack.env("admin"))
        found = [f for f in json.loads(done.stdout)["findings"] if f["about"] == "uplink"]
        self.assertEqual([f["kind"] for f in found], ["ok"], done)
        self.assertIn(found[0]["text"], ("following, rack east of hall", "following, rack east of hall; it was lost once"))

    # promise: rights
    def test_nobody_may_more(self):
        says = {"hall/node/east/state", "hall/node/east/info", "hall/node/east/stats", "hall/time/request/east",
                "hall/time/adopt/reply/1f", "hall/answer/me"}
        hears = {"hall/node/east/set", "hall/node/east/notify", "hall/node/east/info", "hall/all/apply", "hall/group/g/apply",
                 "hall/scene/current", "hall/dim/current", "hall/roster", "hall/conductor/info", "hall/conductor/beacon",
                 "hall/time/reply/east", "hall/time/adopt/request/east"}
        others = {"hall/node/east/availability", "hall/node/east/error", "hall/node/east/place", "hall/node/west/info",
                  "hall/node/west/set", "hall/time/request/west", "hall/time/reply/west", "hall/all/set", "hall/scene/play",
                  "hall/conductor/availability", "hall/preset/x", "hall/roster/set", "hall"}
        topics = sorted(says | hears | others)
        self.assertEqual(may_write(self.root, "rack-east", topics), says | {"hall/node/east/availability"})
        self.assertEqual(may_read(self.root, "rack-east", topics), hears)
        self.assertEqual(may_write(self.rack, "conductor", topics), says)
        self.assertEqual(may_read(self.rack, "conductor", topics), hears)
        for account in ("bridge", "viewer", "operator", "homeassistant", "admin", "tasks"):
            self.assertEqual((may_write(self.rack, account, topics), may_read(self.rack, account, topics)), (set(), set()))
        self.assertTrue(may_write(self.rack, "admin", ["glow/node/e1/set"]))  # the control

    def test_what_is_missing_is_said(self):
        handed, rack = self.files
        for options, words in ((("--uplink", "glow/east@localhost"), "glow is this rack's own prefix"),
                               (("--uplink", "hall/west@localhost", "--from", handed), "accounts/rack-west"),
                               (("--uplink", "hall/west@localhost"), "rack-west lie"),
                               (("--uplink", "hall"), "hall/east@root.local"), (("--from", handed), "--from goes with --uplink")):
            done = secured.secrets(rack, *options)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)
        before = secured.read(rack, "uplink.conf")
        secured.make_secrets(rack)  # what was asked for once holds
        self.assertEqual(secured.read(rack, "uplink.conf"), before)
        self.assertIn("root-ca.crt", before)

    def test_for_docker(self):
        """The bridge is among the swarm's secrets, and names the other where compose/racks/stack.yaml puts it."""
        handed, rack = self.files
        listed = [dict(line.split(" ")[1:] for line in secured.make_secrets(folder, "--docker").stdout.splitlines())
                  for folder in (rack, self.root.secrets_dir)]
        self.assertEqual(sorted(set(listed[0]) - set(listed[1])), ["glow_root_ca_crt", "glow_uplink_conf"])
        self.assertIn("\nbridge_cafile /run/secrets/root-ca.crt\n", secured.read(listed[0]["glow_uplink_conf"]))
        self.assertEqual(secured.read(listed[0]["glow_root_ca_crt"]), secured.read(handed, "ca.crt"))

    def test_leaving(self):
        rack, page = os.path.join(self.home, "leaver"), secured.read(secured.CONFIG, "..", "docs", "racks.md")
        shutil.copytree(self.files[1], rack)
        self.assertIn("hall/", secured.read(rack, "acl"))  # the control
        for path in re.search(r"^    rm (.*)$", page, re.MULTILINE).group(1).split():
            os.remove(path.replace("~/.config/glowswarm", rack))
        secured.make_secrets(rack, "--install", os.path.join(self.home, "left"))
        self.assertNotIn("hall/", secured.read(rack, "acl"))
        self.assertFalse([name for name in os.listdir(rack) if "root" in name or "uplink" in name])

    def test_names_as_in_the_example(self):
        """A root's prefix and host that have the words which are replaced."""
        handed = self.folder("lookalike")
        rack = self.folder("lookalike-rack")
        os.chmod(rack, 0o700)
        for name in ("ca.crt", "rack-north"):
            shutil.copy(os.path.join(self.files[0], "rack-east" if name == "rack-north" else name), os.path.join(handed, name))
        secured.make_secrets(rack, "--prefix", "hall", "--uplink", "glow/east/north@hall-east.example", "--from", handed)
        conf, acl = secured.read(rack, "uplink.conf"), secured.read(rack, "acl")
        for line in ("connection north", "address hall-east.example:8883", "remote_clientid glow-east-north",
                     "remote_username rack-north", "notification_topic glow/east/node/north/availability",
                     "topic roster in 1 glow/east/ glow/east/", "topic time/request/north out 0 glow/east/ glow/east/",
                     'topic "" out 1 hall/conductor/availability glow/east/node/north/availability'):
            self.assertIn("\n%s\n" % line, conf)
        self.assertIn("\ntopic write glow/east/node/north/state\n", acl)
        self.assertIn("\ntopic read glow/east/group/+/apply\n", acl)


if __name__ == "__main__":
    cluster.need_clocks()
    glow.main()
