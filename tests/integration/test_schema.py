#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""docs/schema against a real node: everything it says is valid, every command of
the schema's is taken, and what the schema refuses the node refuses too. And
against a real conductor, and the messages that its readers are tested with."""

import copy
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

try:
    import jsonschema
except ImportError:
    print("SKIPPED: not installed: python3-jsonschema")
    sys.exit(glow.SKIPPED)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/schema/glow.schema.json")) as f:
    SCHEMA = json.load(f)


def errors(name, value):
    schema = {"$ref": "#/$defs/" + name, "$defs": SCHEMA["$defs"]}
    return [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(value)]


GOOD = [
    {"state": "ON", "brightness": 12, "color": {"r": 1, "g": 2, "b": 3}},
    {"effect": "rainbow", "params": {}, "transition": 0.5},
    {"pixels": ["red", "#0f0", {"r": 0, "g": 0, "b": 255}]},
    {"pixels": {"*": "black", "0-3": "blue", "7": "white"}},
    {"leds": {"left": 255, "right": 1}},
    {"color": "orange", "flash": 1, "unknown": True},
    {"state": "toggle"}, {"state": "On", "brightness": 82.5, "color": None, "transition": 6553}, {"brightness_step": -3},
    {"color": {"h": 359.9, "s": 100}}, {"color": {"hue": 3, "saturation": 9}}, {"color": {"x": 0.3, "y": 0.3, "w": 1}},
    {"color": {"hex": "F80"}}, {"color": {"r": 0.5, "g": 254.5, "b": 3}}, {"color_temp": 153}, {"color_temp_kelvin": 2700},
    {"brightness_pct": 12.5, "effect": "None"}, {"pixels": None, "leds": {"left": 1}, "params": None},
    {"at_us": 0},
    {"effect": "auto", "color": "red", "brightness": 9, "seed": 4294967295},
    {"state": "OFF", "dark": True, "effect": "auto"},
]
BAD = [
    {"state": "in"}, {"brightness": 256}, {"brightness": 255.5}, {"color": {"r": 1, "g": 2}}, {"color": 7},
    {"color": {"h": 361, "s": 1}}, {"color": {"x": 0.3}}, {"color": {"hex": "red"}}, {"color_temp": 9}, {"color_temp": "warm"},
    {"brightness_pct": 101}, {"brightness_step": 256}, {"color_temp_kelvin": 99999}, {"state": True},
    {"effect": 1}, {"params": []}, {"transition": 6554}, {"flash": -1}, {"pixels": "red"}, {"pixels": {"x": "red"}},
    {"leds": {"left": 256}}, {"leds": []}, {"at_us": "now"}, {"pixels": [], "leds": {}},
    {"absent": 1},
    {"effect": "auto", "pixels": []}, {"seed": -1}, {"dark": 1},
]


class Schema(glow.NodeCase):
    options = ("--groups", "shelf,kitchen")

    def check_all_said(self):
        said = {"state": 0, "info": 0, "stats": 0, "answer": 0}
        for message in self.all.look():
            leaf = message.topic.rsplit("/", 1)[1]
            kind = leaf if leaf in said else "answer" if leaf == "error" or b'"status"' in message.payload else None
            if kind and message.payload and not message.topic.endswith(("/set", "/notify")):
                self.assertEqual(errors(kind, message.json()), [], message)
                said[kind] += 1
        return said

    # promise: schema
    def test_what_a_node_says(self):
        for command in GOOD:
            self.set(command)
        self.notify({"color": "red", "ttl_s": 60, "id": "x", "priority": 9})
        self.set({"effect": "breathe", "transition": 30})
        self.state()
        for command in BAD:
            self.setter.ask(command)
        glow.wait_until("no stats", lambda: self.all.find(self.node.topic("stats")))
        said = self.check_all_said()
        self.assertTrue(all(said.values()), said)
        self.notify({"id": "x", "clear": True})

    # promise: schema
    def test_good_commands_are_taken(self):
        for command in GOOD:
            with self.subTest(command=command):
                self.assertEqual(errors("set", command), [])
                self.set(command)

    # promise: schema
    def test_bad_commands_are_refused(self):
        for command in BAD:
            with self.subTest(command=command):
                self.assertNotEqual(errors("set", command), [])
                self.assertEqual(self.setter.ask(command)["status"], "error")

    def test_control(self):
        info = json.loads(self.all.find(self.node.topic("info"))[-1].payload)
        effects = self.all.effects(self.node.topic("info"))
        self.assertEqual(errors("info", info), [])
        self.assertEqual(errors("effects", effects), [])
        for spoil in ("id", "effects_hash", "limits"):
            broken = copy.deepcopy(info)
            del broken[spoil]
            self.assertNotEqual(errors("info", broken), [])
        broken["effects"] = effects
        broken["limits"] = info["limits"]
        self.assertNotEqual(errors("info", broken), [])  # one of the two
        del broken["effects_hash"]
        self.assertEqual(errors("info", broken), [])  # as where the broker's rules are older
        del effects[0]["params"]
        self.assertNotEqual(errors("effects", effects), [])


FIRE = {"effect": "fire", "duration_s": 1}
GOOD_PLAY = [
    {"effect": "rainbow"}, {"color": "red"}, {"color_temp": 300, "brightness_pct": 50},
    {"effect": "fire", "fade_ms": 0.5, "seed": None, "state": None}, {"effect": "fire", "target": None, "new": 1},
    {"effect": "fire", "target": {"groups": ["shelf"]}, "span": "node", "start_us": -5, "duration_s": 0.1,
     "fade_ms": 60000, "seed": 4294967295, "id": "x" * 64, "take": False, "absent": True},
    {"playlist": [FIRE, {"color": {"r": 1, "g": 2, "b": 3}, "brightness": 9, "duration_s": 31536000}], "loop": True},
]
BAD_PLAY = [
    {}, {"brightness": 5}, {"effect": "auto"}, {"effect": None}, {"effect": "fire", "state": "ON"},
    {"pixels": ["red"]}, {"effect": "fire", "at_us": 1}, {"effect": "fire", "duration_s": 0.09},
    {"effect": "fire", "fade_ms": 60001}, {"effect": "fire", "brightness_step": 1}, {"effect": "fire", "seed": -1},
    {"effect": "fire", "span": "nodes"}, {"effect": "fire", "take": 0}, {"effect": "fire", "id": ""},
    {"effect": "fire", "target": {}}, {"effect": "fire", "target": {"nodes": []}},
    {"effect": "fire", "target": {"nodes": ["a"], "groups": ["b"]}}, {"effect": "fire", "target": {"nodes": ["A"]}},
    {"playlist": []}, {"playlist": [{"effect": "fire"}]}, {"playlist": [FIRE], "effect": "fire"},
    {"playlist": [dict(FIRE, span="node")]}, {"playlist": [dict(FIRE, transition=1)]},
    {"effect": "fire", "absent": "yes"}, {"playlist": [dict(FIRE, absent=True)]},
]


class Conductor(unittest.TestCase):
    """Each file of the fuzzer's corpus that is the text of one message."""

    KINDS = {"play": "play", "playlist": "play", "stop": "stop", "dim": "dim", "current": "scenes", "roster": "roster",
             "apply": "apply", "info": "conductor", "beacon": "beacon"}

    def corpus(self, name):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "../fuzz/corpus/scene", name)) as f:
            return json.load(f)

    def test_messages(self):
        for name, kind in self.KINDS.items():
            self.assertEqual(errors(kind, self.corpus(name)), [], name)

    def test_control(self):
        for name, kind in self.KINDS.items():
            required = SCHEMA["$defs"][kind].get("required", [])
            for member in required:
                broken = self.corpus(name)
                del broken[member]
                self.assertNotEqual(errors(kind, broken), [], (name, member))
        for other in ("roster", "apply", "beacon", "dim"):
            self.assertNotEqual(errors(other, self.corpus("current")), [])

    def test_play(self):
        for command in GOOD_PLAY:
            self.assertEqual(errors("play", command), [], command)
        for command in BAD_PLAY:
            self.assertNotEqual(errors("play", command), [], command)


GOOD_DIM = [{"brightness": 3}, {"brightness_pct": 50, "until_us": None}, {"state": "off"}, {"brightness": 82.5, "x": 1}]
BAD_DIM = [{"brightness": 256}, {"brightness_pct": 101}, {"state": "toggle"}, {"brightness": 3, "color": "red"}, {},
           {"brightness_step": 3}, {"bri": 3}]


LIGHT, SCENE = {"pi1": {"color": "red"}}, {"id": "m", "effect": "fire", "params": {}, "color": {"r": 1, "g": 2, "b": 3},
    "brightness": 9, "target": None, "span": "node", "start_us": 0, "end_us": None, "fade_ms": 0, "seed": 1, "take": True}
GOOD_PRESET = [{}, {"title": "A"}, {"title": None}, {"only": "scenes"}, {"target": {"nodes": ["n1"]}, "absent": True}, {"lights": LIGHT},
               {"lights": {}, "scenes": [SCENE]}, {"name": "corpus", "scenes": []}]
BAD_PRESET = [{"title": 1}, {"title": "x" * 97}, {"title": "a\u202e"}, {"only": "light"}, {"target": {"nodes": []}}, {"lights": []},
              {"lights": LIGHT, "only": "lights"}, {"scenes": [], "target": {"nodes": ["n1"]}}, {"scenes": {}},
              {"lights": {"Pi1": {}}}, {"lights": {"pi1": {"state": "TOGGLE"}}}, {"lights": {"pi1": {"brightness": 256}}}]

GOOD_SCHEDULE = [{"at": "7:00", "dim": "40%"}, {"at": "23:59", "scene": {"effect": "fire"}, "days": ["mon"], "title": "A"},
                 {"at": "07:00", "preset": "evening", "transition": 60, "enabled": False, "name": "corpus"}]
BAD_SCHEDULE = [{"at": "24:00", "dim": "40%"}, {"at": "7:0", "dim": "40%"}, {"at": 7, "dim": "40%"}, {"dim": "40%"},
                {"at": "7:00"}, {"at": "7:00", "dim": "40%", "scene": "fire"}, {"at": "7:00", "dim": 40},
                {"at": "7:00", "dim": "40%", "days": []}, {"at": "7:00", "dim": "40%", "days": ["mo"]},
                {"at": "7:00", "preset": "evening", "transition": 61}, {"at": "7:00", "preset": "A"}]

GOOD_STRIP = [{"order": ["a", "b"]}, {"order": None}, {"order": []}, {"reset": True}, {"nodes": {}}, {"nodes": {"a": None}},
              {"nodes": {"a": {"reverse": True, "gap": 0, "title": "Küche 💡"}}, "x": 1}, {"nodes": {"a": {"title": ""}}},
              {"nodes": {"a": {"reverse": None, "gap": None, "title": None}}}, {"nodes": {"a": {"gap": 3.4}}},
              {"reset": False, "nodes": None, "order": ["a"]}, {"reset": True, "clock_id": "0123456789abcdef", "rev": 7}]
BAD_STRIP = [{}, {"order": "a"}, {"order": ["A"]}, {"order": ["a", "a"]}, {"nodes": []}, {"nodes": {"A": None}}, {"nodes": {"a": 1}},
             {"nodes": {"a": {"gap": 4097}}}, {"nodes": {"a": {"gap": -1}}}, {"nodes": {"a": {"reverse": "on"}}}, {"reset": 1},
             {"nodes": {"a": {"title": 7}}}, {"nodes": {"a": {"title": "a\nb"}}}, {"nodes": {"a": {"title": "\u202eb"}}},
             {"nodes": {"a": {"title": "x" * 97}}}, {"nodes": None}, {"absent": True}, {"ordr": []}]


class Live(glow.Case):
    """Everything that a real conductor says."""

    KINDS = {"conductor/info": "conductor", "conductor/beacon": "beacon", "roster": "roster", "all/apply": "apply", "all/state": "lights",
             "group/shelf/state": "lights",
             "scene/current": "scenes", "dim/current": "dim", "conductor/error": "answer", "effect": "effect_list",
             "effect/aurora": "effect_text", "roster/wanted": "roster_wanted", "preset/evening": "preset",
             "schedule/wake": "schedule"}

    # promise: schema
    def test_messages(self):
        watch = self.watch("glow/#", "answers/#")
        node = self.bridge("--groups", "shelf")
        self.conductor().wait_leading()
        watch.wait("glow/roster", lambda m: m.json()["nodes"])
        watch.wait("glow/group/shelf/state", lambda m: m.json()["nodes"] == 1)
        refused = {"code", "field", "message"}
        for topic, payload, fields in (
                ("scene/play", "rainbow", {"id", "start_us", "nodes"}), ("scene/play", "nonsense", refused),
                ("scene/play", '{"effect":"fire","target":{"nodes":["no-one"]}}', refused | {"id"}),
                ("group/no-one/set", "red", refused), ("scene/stop", '{"id":"no-one"}', refused | {"id"}),
                ("all/set", "red", {"at_us", "nodes"}), ("all/set", "nonsense", refused), ("dim/set", "40%", set()),
                ("scene/stop", '{"id":"main"}', {"id", "at_us"}), ("scene/stop", "{}", {"at_us"}),
                ("effect/aurora/set", "# green\nparam p 0..9 = 4 s\nhsv(x, 1, 1)", {"name", "at_us"}),
                ("effect/aurora/set", "wvae(x)", refused | {"name"}),
                ("preset/evening/set", '{"title":"A"}', {"name"}), ("preset/evening/set", '{"only":1}', refused | {"name"}),
                ("preset/evening/apply", "", {"name", "at_us", "nodes"}), ("preset/x/apply", "", refused | {"name"}),
                ("schedule/wake/set", '{"at":"7:00","preset":"evening","enabled":false}', {"name"}),
                ("schedule/wake/set", '{"at":"7"}', refused | {"name"}),
                ("undo", "{}", {"undone", "at_us", "nodes"}), ("undo", '{"transition":61}', refused)):
            answer = self.broker.request("glow/" + topic, payload, "answers/x")
            self.assertEqual(errors("answer", answer), [], answer)
            self.assertEqual(set(answer), {"status"} | fields)
        self.assertNotEqual(errors("answer", {"status": "ok", "start_us": "now"}), [])  # control: it is looked at
        self.assertNotEqual(errors("answer", {"status": "ok", "nodes": -1}), [])
        for good, commands in ((True, GOOD_DIM), (False, BAD_DIM)):
            for command in commands:
                answer = self.broker.request("glow/dim/set", json.dumps(command), "answers/x")
                self.assertEqual((answer["status"] == "ok", errors("dim_set", command) == []), (good, good), command)
                self.assertEqual(errors("answer", answer), [], answer)
        for good, commands in ((True, GOOD_PRESET), (False, BAD_PRESET)):
            for command in commands:
                answer = self.broker.request("glow/preset/corpus/set", json.dumps(command).replace("n1", node.node), "answers/x")
                self.assertEqual((answer["status"] == "ok", errors("preset_set", command) == []), (good, good), command)
        for good, commands in ((True, GOOD_SCHEDULE), (False, BAD_SCHEDULE)):
            for command in commands:
                answer = self.broker.request("glow/schedule/corpus/set", json.dumps(command), "answers/x")
                self.assertEqual((answer["status"] == "ok", errors("schedule_set", command) == []), (good, good), command)
        for good, commands in ((True, GOOD_STRIP), (False, BAD_STRIP)):
            for command in commands:
                named = dict(command, absent=True) if "absent" not in command else command
                answer = self.broker.request("glow/roster/set", json.dumps(named), "answers/x")
                self.assertEqual((answer["status"] == "ok", errors("roster_set", command) == []), (good, good), command)
        watch.wait("glow/scene/current", lambda m: m.json()["scenes"] and m.json()["scenes"][0]["end_us"])
        for topic, kind in self.KINDS.items():
            said = watch.find("glow/" + topic)
            self.assertTrue(said, topic)
            for message in said:
                self.assertEqual(errors(kind, message.json()), [], message)


if __name__ == "__main__":
    glow.main()
