#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What people made goes to another broker as commands: glowctl export and import."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

EX_DATAERR, EX_UNAVAILABLE = 65, 69
EFFECT = "# a slow wave\nparam period 1..60 = 9 s\nred * wave(x - cycle(period))\n"


class Carry(glow.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.mkdir(os.path.join(cls.home, "other"))
        cls.other = glow.Broker(os.path.join(cls.home, "other"))
        cls.other.start()
        cls.addClassCleanup(cls.other.stop)

    def ctl(self, *words, broker=None, status=0):
        done = glow.run_ctl(*words, "--broker", (broker or self.broker).uri)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def file(self, *lines):
        path = os.path.join(self.home, glow.unique("lines-"))
        with open(path, "w", encoding="utf-8") as out:
            out.write("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
        return path

    # promise: moving-loses-nothing
    def test_moved(self):
        """All of it, with a node that has the same id there; twice is once."""
        leaders = [self.conductor().wait_leading(), self.conductor(uri=self.other.uri).wait_leading()]
        node = self.bridge("--idle", "off", node="one").wait_connected()
        there = self.bridge("--idle", "off", node="one", uri=self.other.uri).wait_connected()
        effect = os.path.join(self.home, "swell.glow")
        with open(effect, "w", encoding="utf-8") as out:
            out.write(EFFECT)
        self.ctl("effects", "put", effect)
        self.ctl("title", "one", "K\u00fcche, links")
        self.ctl("play", "swell", "--id", "waves", "--fade-ms", "200", "--no-take")
        self.ctl("play", "--id", "list", "--no-take", json.dumps({"playlist": [{"effect": "rainbow", "duration_s": 9},
                                                                   {"color": "blue", "duration_s": 2.5}],
                                                      "loop": True, "target": {"nodes": ["one"]}}))
        self.ctl("dim", "40%")
        self.ctl("set", "one", "red", "breathe", "30%")
        self.ctl("preset", "save", "evening", "--title", "G\u00fcte")
        self.ctl("schedule", "set", "wake", "7:00", "preset", "evening", "--days", "mon,sat")
        path = os.path.join(self.home, "cluster.jsonl")
        self.assertIn("8 commands", self.ctl("export", path))

        said = self.ctl("import", path, "--dry-run", broker=self.other)
        self.assertIn("preset evening: would be made", said)
        self.assertEqual(self.other.retained("glow/preset/#", "glow/schedule/#", "glow/effect/+", "glow/roster/wanted"), {})
        said = self.ctl("import", path, broker=self.other)
        self.assertIn("8 done, 0 so already, 0 passed over", said)
        # What follows each other at once is kept a little later than it is answered.
        glow.wait_until("scenes are kept", lambda: b'"list"' in self.other.retained("glow/scene/current")["glow/scene/current"])
        again = os.path.join(self.home, "again.jsonl")
        self.ctl("export", again, broker=self.other)
        with open(path, encoding="utf-8") as one, open(again, encoding="utf-8") as two:
            self.assertEqual(one.read(), two.read())
        there.frames.wait("red", lambda f: {light[2:] for light in f.lights} == {"0000"})
        said = self.ctl("import", path, broker=self.other)
        self.assertIn("0 done, 8 so already, 0 passed over", said)
        self.ctl("preset", "rm", "evening", broker=self.other)  # control
        self.assertIn("preset evening: would be made", self.ctl("import", path, "--dry-run", broker=self.other))
        # Nothing of it is left where the cluster is forgotten.
        for program in (node, there, *leaders):
            program.stop()
        kept = ("glow/preset/#", "glow/schedule/#", "glow/effect/+", "glow/roster/#", "glow/scene/#", "glow/dim/#")
        self.assertGreaterEqual(len(self.broker.retained(*kept)), 6)  # control
        self.assertEqual(self.ctl("forget", "cluster"), "cluster: forgotten\n")
        self.assertEqual(self.broker.retained(*kept), {})

    # promise: import-only-commands
    def test_refused(self):
        """What is no command of export, and what the conductor refuses, is passed over by its line; the rest is done."""
        self.conductor().wait_leading()
        marks = self.watch("glow/#")
        path = self.file({"export": 1}, {"topic": "node/one/state", "payload": {}}, {"topic": "all/set", "payload": {"color": "red"}},
                         {"topic": "conductor/info", "payload": {}}, {"topic": "preset/../set", "payload": {}},
                         "no JSON", {"name": "evening", "lights": {}}, {"topic": "dim/set"},
                         {"topic": "preset/gone/set", "payload": {"lights": {"one": {"effect": "nope"}}}},
                         {"topic": "node/nobody/set", "payload": {"color": "red"}},
                         {"topic": "dim/set", "payload": {"brightness": 9}})
        since = marks.mark()
        said = self.ctl("import", path, status=EX_DATAERR)
        for number, why in ((2, "is no topic of glowctl export"), (3, "is no topic"), (4, "is no topic"),
                            (5, "is no topic"), (6, "not JSON"), (7, "glowctl preset import reads"),
                            (8, "wants \"topic\" and \"payload\""), (9, "nope"), (10, "is not online")):
            self.assertRegex(said, "(?m)^glowctl: %s:%d: passed over: .*%s" % (path, number, why))
        self.assertIn("1 done, 0 so already, 9 passed over", said)
        self.assertEqual(json.loads(self.broker.retained("glow/dim/current")["glow/dim/current"])["brightness"], 9)
        topics = {m.topic for m in marks.look()[since:]}
        self.assertEqual(topics & {"glow/node/one/state", "glow/all/set", "glow/node/nobody/set"}, set())
        self.ctl("import", self.file({"export": 2}), status=EX_DATAERR)
        self.assertIn("is of a newer glowctl", self.ctl("import", self.file({"export": 2}), status=EX_DATAERR))

    def test_nobody_leads(self):
        path = self.file({"topic": "dim/set", "payload": {"brightness": 9}}, {"topic": "undo/set", "payload": {}})
        said = self.ctl("import", path, broker=self.other, status=EX_UNAVAILABLE)
        self.assertIn("is glow-conductor running?", said)
        self.assertIn("0 done", said)

    def test_schedules(self):
        """Of their own: lines, as of presets."""
        self.conductor().wait_leading()
        self.ctl("schedule", "set", "night", "23:15", "dim", "10%")
        lines = self.ctl("schedule", "export", "night")
        self.assertEqual(json.loads(lines)["name"], "night")
        self.ctl("schedule", "rm", "night")
        path = self.file(lines.strip(), {"name": "bad", "at": "noon", "dim": "9%"})
        said = self.ctl("schedule", "import", path, status=EX_DATAERR)
        self.assertIn("night: saved", said)
        self.assertIn("time of day", said)
        kept = {s["name"]: s["at"] for s in json.loads(self.ctl("schedule", "--json"))}
        self.assertEqual(kept["night"], "23:15")
        self.assertNotIn("bad", kept)


if __name__ == "__main__":
    glow.main()
