#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""glowctl doctor broker: Mosquitto has all that a cluster rests on; and of a small broker that does one thing or the
other wrong, just that is found, with what it means."""

import concurrent.futures
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import fake_broker
import glow
import secured
import small_broker

EX_USAGE = 64
ABOUTS = ["broker", "qos 0", "order", "answers", "large", "retained", "cleared", "replay", "flag", "own", "follow", "shared", "takeover",
          "will", "goodbye", "silence"]

# Faults that one run can have together, and of each the finding: about, kind, words.
RUNS = (
    ({"no-qos-0": ("qos 0", "trouble", "0 came; nodes would get no time"),
      "loses": ("order", "trouble", "the one after 99 was 101; an older command"),
      "no-correlation": ("answers", "trouble", "the correlation data of a message"),
      "small-packets": ("large", "note", "at most 65536 bytes"),
      "exact-only": ("retained", "trouble", "who names a topic itself gets its; who comes later finds no nodes"),
      "replays": ("replay", "trouble", "Retain Handling 2"),
      "no-flag": ("flag", "trouble", "without their retain flag"),
      "echoes": ("own", "trouble", "No Local"),
      "unsubscribes-nothing": ("follow", "trouble", "goes on"),
      "side-by-side": ("takeover", "trouble", "conductors could lead beside each other"),
      "no-will": ("will", "trouble", "is not told within"),
      }, False),
    ({"swaps": ("order", "trouble", "the one after 99 was 101"),
      "no-response-topic": ("answers", "trouble", "the response topic of a message"),
      "groups-literally": ("shared", "trouble", "alone in the group of a shared subscription is told nothing"),
      "no-large": ("large", "trouble", "a message of 990000 bytes does not come"),
      "some-only": ("retained", "trouble", "gets 50 of 200 retained messages"),
      "always-flag": ("flag", "trouble", "says the opposite"),
      "inherits": ("takeover", "trouble", "asks to start anew"),
      "will-not-kept": ("will", "trouble", "told, but not retained"),
      "will-always": ("goodbye", "trouble", "told all the same"),
      }, False),
    ({"slow": ("takeover", "note", "could still say 3 things"),
      "no-groups": ("shared", "note", "Shared subscriptions not supported: of thousands"),
      "no-late-will": ("goodbye", "note", "asks in vain"),
      }, False),
    ({"wordless": ("takeover", "note", "is not told why"),
      "groups-end-with-their-topic": ("shared", "trouble", "alone in the group of a shared subscription is told nothing"),
      }, False),
    ({"will-after": ("takeover", "note", "for a moment nobody seems to lead")}, False),
    ({"apart": ("takeover", "trouble", "side by side, at one address each")}, True),
    ({"patient": ("silence", "trouble", "a node whose power or network is gone")}, False),
    ({"clears-nothing": ("cleared", "trouble", "an empty message does not clear")}, False),
)
# What a fault brings about elsewhere.
ALSO = {"apart": {"large", "retained", "cleared", "replay", "will"}, "clears-nothing": {"clean"}, "exact-only": set(),
        "no-will": {"goodbye", "silence"}, "will-not-kept": {"silence"}}


def doctor(broker, *words, env=None):
    argv = [glow.beside_bridge("glowctl"), "doctor", "broker", "--json", "--wait-s", "1", "--broker", broker, *words]
    done = subprocess.run(argv, env=glow.child_env(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=4 * glow.PATIENCE_S)
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["well"] else 1) and done.stderr == "", done
    return told["findings"]


def faulty(run):
    """What is found of a broker with these faults."""
    faults, two = run
    broker = small_broker.SmallBroker(*faults)
    try:
        found = doctor(broker.uris[0], *(("--broker-too", broker.uris[1]) if two else ()))
        return found, [t for store in broker.kept.values() for t in store]
    finally:
        broker.close()


class Small(glow.unittest.TestCase):
    # promise: broker-is-proved
    def test_faults(self):
        with concurrent.futures.ThreadPoolExecutor(2 + len(RUNS)) as pool:
            results = list(pool.map(faulty, (({}, False), ({}, True), *RUNS)))
        for two in (0, 1):  # control: a broker that does nothing wrong, by one address and by two
            found, left = results.pop(0)
            self.assertEqual({f["kind"] for f in found}, {"ok"}, found)
            self.assertEqual([f["about"] for f in found], ABOUTS[:1] * two + ABOUTS)
            self.assertEqual(left, [])
        for (faults, _), (found, left) in zip(RUNS, results):
            expected = set()
            for fault, (about, kind, words) in faults.items():
                with self.subTest(fault=fault):
                    told = [f for f in found if f["about"] == about and words in f["text"]]
                    self.assertEqual([f["kind"] for f in told], [kind], found)
                    self.assertEqual("cure" in told[0], kind == "trouble")
                expected |= {about} | ALSO.get(fault, set())
            self.assertEqual({f["about"] for f in found if f["kind"] != "ok"} - expected, set(), found)
            self.assertEqual(left if "clears-nothing" not in faults else [], [])

    def test_no_proof(self):
        """Nothing is tried where nothing can be proved."""
        for broker, words, about, text in (
                (small_broker.SmallBroker("refuses"), (), "rights", "does not let us publish"),
                (small_broker.SmallBroker("two-clusters"), ("too",), "addresses", "is not heard at")):
            found = doctor(broker.uris[0], *(("--broker-too", broker.uris[1]) if words else ()))
            broker.close()
            self.assertEqual((found[-1]["about"], found[-1]["kind"]), (about, "trouble"), found)
            self.assertIn(text, found[-1]["text"])
            self.assertIn("cure", found[-1])
        old = fake_broker.FakeBroker(entry=fake_broker.packet(fake_broker.CONNACK, bytes([0, 1])))
        found = doctor(old.uri)
        old.close()
        self.assertEqual([f["about"] for f in found], ["broker"])
        self.assertIn("speaks MQTT 3.1.1 only", found[0]["text"])


class Deployed(glow.unittest.TestCase):
    """The broker as it is deployed, with a cluster that runs."""

    @classmethod
    def setUpClass(cls):
        home = secured.deploy(cls)
        cls.seen = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.seen.close)
        cls.leader = glow.Conductor(home, cls.broker.uri, env=cls.broker.env("conductor")).wait_leading()
        cls.addClassCleanup(cls.leader.close)
        cls.node = glow.Bridge(home, cls.broker.uri, env=cls.broker.env("bridge"))
        cls.addClassCleanup(cls.node.close)
        cls.seen.wait("glow/roster", lambda m: len(m.json()["nodes"]) == 1)

    def kept(self):
        return self.broker.retained("glow/scene/#", "glow/dim/#", "glow/roster/#", "glow/preset/#", "glow/node/+/state",
                                    "glow/+/availability", "glow/node/+/availability")

    # promise: broker-is-proved
    def test_nobody_notices(self):
        """Mosquitto does all of it; neither lead nor light nor anything kept changes, and nothing stays."""
        self.seen.wait_synced(self.node)
        kept, since = self.kept(), self.seen.mark()
        found = doctor(self.broker.uri, env=self.broker.env("admin"))
        self.assertEqual([f["about"] for f in found], ABOUTS)
        self.assertEqual([f["about"] for f in found if f["kind"] == "trouble"], [], found)
        heard = [m.topic for m in self.seen.look()[since:]]
        self.assertTrue([t for t in heard if t.startswith("glow-probe/")])  # control
        self.assertEqual([t for t in heard if t.endswith(("/error", "/availability")) and t.startswith("glow/")], [])
        self.assertEqual(kept, self.kept())
        self.assertEqual(self.broker.retained("glow-probe/#"), {})
        self.assertEqual((self.leader.connections(), self.node.connections()), (2, 1))

    # promise: broker-is-proved
    def test_ends(self):
        """A terminal that is closed ends it, and nothing stays; what is ignored, as in a script, does not."""
        argv = [glow.beside_bridge("glowctl"), "doctor", "broker", "--json", "--broker", self.broker.uri]
        since, ends = self.seen.mark(), []
        for number, status, abouts in ((signal.SIGHUP, -signal.SIGHUP, []), (signal.SIGINT, 0, ABOUTS)):
            process = subprocess.Popen(argv, env=glow.child_env(self.broker.env("admin")), start_new_session=True,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            ends.append((process, number, status, abouts))
        for process, number, _, _ in ends:
            kept = "-%d-" % process.pid, "/kept/"
            glow.wait_until("it is not at work", lambda: [m for m in self.seen.look()[since:] if all(k in m.topic for k in kept)])
            os.killpg(process.pid, number)
        for process, _, status, abouts in ends:
            said = process.communicate(timeout=4 * glow.PATIENCE_S)[0]
            self.assertEqual((process.returncode, [f["about"] for f in json.loads(said)["findings"]] if said else []),
                             (status, abouts))
        self.assertEqual(self.broker.retained("glow-probe/#"), {})

    def test_rights(self):
        """Who looks or commands may not."""
        for account in ("viewer", "operator"):
            found = doctor(self.broker.uri, env=self.broker.env(account))
            self.assertEqual([f["about"] for f in found if f["kind"] != "ok"], ["rights"], found)
            self.assertIn("the account admin", found[-1]["cure"])

    def test_words(self):
        for words in (("doctor", "pi1"), ("doctor", "--broker-too", "mqtt://x"), ("doctor", "broker", "x")):
            done = glow.run_ctl(*words)
            self.assertEqual(done.returncode, EX_USAGE, done)


if __name__ == "__main__":
    glow.main()
