#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""test_captured.py <folder> <test>…: all that the integration tests before this one heard (capture.py) against the
contract. Whatever our programs said has its form, and is kept and sent as promised; which of the tests' commands were taken
is what the schemas say; and of every channel something was heard, where the named tests have run."""

import collections
import functools
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import capture
import glow

try:
    import contract
except ImportError as e:
    print("SKIPPED: not installed: python3-%s" % e.name)
    sys.exit(glow.SKIPPED)

CONTRACT = contract.Contract()
COMMANDS = set(CONTRACT.commands())
ONE_ANSWERS = COMMANDS - {"groupSet", "allSet", "groupNotify", "allNotify"}  # nodes may answer these for themselves

# Channels of which nobody needs to hear, and why.
UNHEARD = {}


@functools.lru_cache(maxsize=None)
def errors(channel, payload):
    return CONTRACT.errors(channel, payload)


@functools.lru_cache(maxsize=None)
def promised(channel):
    """(QoS, retained) of what our programs say there; nothing where anybody may speak."""
    said = [operation["bindings"]["mqtt"] for operation in CONTRACT.doc["operations"].values()
            if operation["channel"]["$ref"] == "#/channels/" + channel and operation["action"] == "send"]
    return {(str(how["qos"]), str(int(how["retain"]))) for how in said}


class Captured:
    """What one test heard, and what is wrong with it."""

    def __init__(self, path):
        self.channels = collections.Counter()
        self.wrong = []
        self.judged = 0
        entries = list(capture.read(path))
        self.ran = any(e["kind"] == "begins" for e in entries)
        roots = {("glow", "homeassistant")} | {(e["topic"], e["payload"]) for e in entries if e["kind"] == "uses"}
        self.roots = sorted(roots, key=lambda r: -len(r[0]))
        own = {(e["topic"], e["payload"]) for e in entries if e["kind"] == "said"}
        watches = collections.defaultdict(list)
        for entry in entries:
            if entry["kind"] == "heard":
                watches[entry["watch"]].append(entry)
        for heard in watches.values():
            self.look(heard, own)

    def channel_of(self, topic):
        return next((name for root in self.roots if (name := CONTRACT.channel_of(topic, *root))), None)

    def look(self, heard, own):
        asked, answers = collections.defaultdict(list), collections.defaultdict(list)
        for entry in heard:
            channel = entry["channel"] = self.channel_of(entry["topic"])
            if channel:
                self.channels[channel] += 1
            if entry["response"]:
                asked[entry["response"], entry["correlation"]].append(entry)
            elif not channel:
                answers[entry["topic"], entry["correlation"]].append(entry)
            if channel and promised(channel) and (entry["topic"], entry["payload"]) not in own:
                self.check_said(entry)
        for pair, commands in asked.items():
            if len(answers[pair]) == len(commands) and len({c["topic"] for c in commands}) == 1:
                for command, answer in zip(commands, answers[pair]):
                    self.check_answered(command, answer)

    def check_said(self, entry):
        self.judged += 1
        found = list(errors(entry["channel"], entry["payload"]))
        if (entry["qos"], entry["retained"]) not in promised(entry["channel"]):
            found.append("with QoS %(qos)s, retained %(retained)s" % entry)
        if found:
            self.wrong.append("%s %r: %s" % (entry["topic"], entry["payload"][:400], found[:3]))

    def check_answered(self, command, answer):
        self.judged += 1
        found = list(errors("conductorError", answer["payload"]))
        try:
            words = json.loads(answer["payload"])
        except ValueError:
            words = {}
        channel = command["channel"]
        if channel in ONE_ANSWERS and not found:
            wrong, text = errors(channel, command["payload"]), command["payload"].decode(errors="replace")
            if words["status"] == "ok" and wrong:
                found.append("it was taken, and the schema says: %s" % wrong[:3])
            elif not wrong and words["status"] != "ok" and not contract.beyond_schemas(text, words):
                found.append("the schema takes it")
        if found:
            self.wrong.append("%s %r was answered %r: %s" % (command["topic"], command["payload"][:400], answer["payload"][:400], found))


class Suite(unittest.TestCase):
    folder, tests = None, ()

    @classmethod
    def setUpClass(cls):
        files = os.listdir(cls.folder) if os.path.isdir(cls.folder) else ()
        cls.captured = {test: Captured(os.path.join(cls.folder, test)) for test in files}

    # promise: schema
    def test_all_fit(self):
        self.assertTrue(any(c.judged for c in self.captured.values()), "no test has left anything in %s" % self.folder)
        for name, captured in self.captured.items():
            with self.subTest(test=name):
                self.assertEqual(captured.wrong[:10], [], "%d in all" % len(captured.wrong))
        print("%d messages looked at" % sum(c.judged for c in self.captured.values()))

    # promise: schema
    def test_every_channel_is_heard(self):
        missing = [test for test in self.tests if test not in self.captured or not self.captured[test].ran]
        if missing:
            print("SKIPPED: whether every channel is heard: not run before: %s" % ", ".join(missing))
            self.skipTest("not all were run")
        heard = sum((c.channels for c in self.captured.values()), collections.Counter())
        self.assertEqual({c for c in CONTRACT.channels if not heard[c]}, set(UNHEARD))


class Control(unittest.TestCase):
    """What would be wrong is found."""

    def captured(self, *lines):
        with tempfile.NamedTemporaryFile("w") as f:
            f.writelines("\t".join(fields) + "\n" for fields in lines)
            f.flush()
            return Captured(f.name)

    @staticmethod
    def heard(topic, payload, retained="0", qos="0", response="", correlation=""):
        return ("heard", "w", topic, retained, qos, response, correlation, payload.encode().hex())

    def test_control(self):
        state = '{"state":"ON","nodes":1,"on":1}'
        fine = self.captured(self.heard("glow/all/state", state, "1", "1"))
        self.assertEqual((fine.wrong, fine.judged, fine.channels["allState"]), ([], 1, 1))
        for bad in (self.heard("glow/all/state", '{"state":"ON","nodes":1}', "1", "1"),
                    self.heard("glow/all/state", state, "0", "1"), self.heard("glow/all/state", state, "1", "0")):
            self.assertEqual(len(self.captured(bad).wrong), 1, bad)
        forged = self.heard("glow/all/state", "x", "1", "1")
        self.assertEqual(self.captured(("said", "", "glow/all/state", "", "", "", "", b"x".hex()), forged).judged, 0)

    def test_answers_control(self):
        def answered(payload, answer):
            return self.captured(self.heard("glow/dim/set", payload, response="a", correlation="c"),
                                 self.heard("a", answer, correlation="c")).wrong

        refused = '{"status":"error","code":"%s","field":"","message":"x"}'
        self.assertEqual(answered("40%", '{"status":"ok"}'), [])
        self.assertEqual(answered('{"brightness_step":1}', refused % "conflict"), [])
        self.assertEqual(len(answered("red", '{"status":"ok"}')), 1)
        self.assertEqual(len(answered('{"brightness":3}', refused % "conflict")), 1)
        self.assertEqual(len(answered("40%", '{"status":"error"}')), 1)


if __name__ == "__main__":
    Suite.folder, Suite.tests = sys.argv[1], sys.argv[2:]
    unittest.main(argv=sys.argv[:1])
