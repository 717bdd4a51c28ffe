#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Bad commands: each rule of docs/PROTOCOL.md broken on purpose, with the code
that it must give, and good commands mutated at random.

The cases of parameters come from the node's own `info`, so a new effect is
tested by existing. A refused command must leave no trace but its answer: no
frame, no state. That is seen without waiting, because a node works in order:
what is there when the next good command has been answered is all there is.
"""

import contextlib
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

CODES = set("bad_json too_large too_deep duplicate_key bad_type out_of_range unknown_effect unknown_param unknown_led "
            "unknown_color unknown_field bad_encoding conflict retained".split())
COMMAND_MAX = 8192
SEED = int(os.environ.get("GLOW_TEST_SEED", "1"))
MUTATIONS = 60  # of each good example

RESET = '{"effect":"solid","color":"#123456","brightness":200,"state":"ON"}'


class BadCase(glow.NodeCase):
    def setUp(self):
        self.set(RESET)
        self.shows("0b2742")

    @contextlib.contextmanager
    def untouched(self):
        """What happens inside must change neither light nor picture."""
        before = self.state()
        mark, since = self.frames.mark(), self.all.mark()
        yield
        self.set("")
        after = self.all.wait(self.node.topic("state"), since=since)
        self.assertEqual(after.json(), before)
        self.set(dict(json.loads(RESET), color="#0000ff"))
        self.shows("0000c8")
        self.assertEqual([f.lights[0] for f in self.frames.since(mark)], ["0000c8"])
        told = [m.json()["color"] for m in self.all.find(self.node.topic("state"), since)]
        # The two that were asked for, one of which may still have been due from before, and the one of the blue light.
        self.assertLessEqual(told.count(before["color"]), 2)

    def check(self, cases, asker=None):
        """Cases are (payload, code, field or None); code None must be taken, so it cannot be among others."""
        asker = asker or self.setter
        with self.untouched():
            answers = asker.ask_many([p if isinstance(p, (str, bytes)) else json.dumps(p) for p, _, _ in cases])
        for (payload, code, field), answer in zip(cases, answers):
            with self.subTest(payload=payload):
                self.assert_refused(answer, code, field)


class Json(BadCase):
    BAD = [b'{', b'[1', b'{"state":"ON"', b'{"state":"ON"}x', b'{"state":"ON"} {}', b'{"state":"ON"}}',
           b'{"state"}', b'{"state":}', b'{state:"ON"}', b"{'state':'ON'}", b'{"state":"ON",}', b'{,}', b'{"a" 1}',
           b'{"brightness":01}', b'{"brightness":1.}', b'{"brightness":.5}', b'{"brightness":+1}',
           b'{"brightness":-}', b'{"brightness":1e}', b'{"brightness":0x10}', b'{"brightness":NaN}',
           b'{"brightness":Infinity}', b'{"brightness":1 2}', b'{"state":TRUE}', b'{"clear":True}', b'{"a":nul}',
           b'{"state":"ON\t"}', b'{"state":"\\x"}', b'{"state":"\\u12"}', b'{"state":"\\ud800"}', b'{"state":"ON}',
           b'{"a":[1,]}', b'{"a":/* */1}', b'[}', b'{]', b'{"a":1]']
    ENCODING = [b'{"state":"\xff"}', b'{"state":"\xc0\xaf"}', b'{"state":"\xed\xa0\x80"}', b'{"state":"\xf4\x90\x80\x80"}',
                b'{"state":"\xe2\x82"}', b'{"\x80":1}', b'{"state":"\\u0000"}', b'{"a\\u0000":1}', b'\xc3', b'red \xfe']

    def test_bad_json(self):
        self.check([(p, "bad_json", None) for p in self.BAD])

    def test_bad_encoding(self):
        self.check([(p, "bad_encoding", None) for p in self.ENCODING])

    def test_not_an_object(self):
        self.check([('[]', "bad_type", None), ('[{"state":"ON"}]', "bad_type", None)])

    def test_infinite(self):
        self.check([('{"brightness":1e400}', "out_of_range", None), ('{"x":-1e400}', "out_of_range", None)])

    # promise: bounds
    def test_depth(self):
        def nested(depth):
            return '{"state":"ON","x":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"

        self.check([(nested(9), "too_deep", None), (nested(4000), "too_deep", None), ("[" * 9, "too_deep", None)])
        self.set(nested(8))

    def test_duplicate_keys(self):
        self.check([('{"state":"ON","state":"OFF"}', "duplicate_key", "state"),
                    ('{"x":1,"x":1}', "duplicate_key", "x"), ('{"x":{"y":1,"y":2}}', "duplicate_key", "y"),
                    ('{"x":[{"y":1,"\\u0079":2}]}', "duplicate_key", "y"),
                    ('{"pixels":{"0":"red","0":"blue"}}', "duplicate_key", None)])

    # promise: bounds
    def test_size(self):
        def sized(size):
            return '{"state":"ON","x":"%s"}' % ("a" * (size - len('{"state":"ON","x":""}')))

        self.check([(sized(COMMAND_MAX + 1), "too_large", None), (sized(100000), "too_large", None),
                    (sized(250000), "too_large", None), ("x" * (COMMAND_MAX + 1), "too_large", None)])
        self.set(sized(COMMAND_MAX))

    def test_bytes_that_no_line_can_hold(self):
        for payload, code in ((b'{"state":"\0"}', "bad_encoding"), (b"red\0", "bad_encoding"), (b"\0", "bad_encoding"),
                              (b'{"state":"O\nN"}', "bad_json"), (b'{"state":"ON"}\0', "bad_encoding")):
            with self.subTest(payload=payload), self.untouched():
                topic = glow.unique("answers/")
                self.broker.publish(self.node.topic("set"), payload, response=topic)
                self.assert_refused(self.all.wait(topic).json(), code)
            self.setUp()

    def test_what_looks_odd_and_is_good(self):
        for payload in ('{}', ' red', '{"brightness":2.55e2}', '{"brightness":255.0}', '{"STATE":5,"state":null,"brightness":82.5}', '{"unknown":null}',
                        '{"effect":"solid","params":{}}', '{"pixels":[]}', '{"leds":{}}', '{"pixels":{}}',
                        '{"ttl_s":"x","priority":99,"id":5,"clear":7,"state":"ON"}', '{"state":"ON"} \t\r', "\t", "{}\r",
                        '\t{"state":"on"}', '\ufeff{"color":null}', "\ufeff red", '{"limited":false,"since_us":1}'):
            with self.subTest(payload=payload):
                self.set(payload)


class Fields(BadCase):
    """Every field of both tables: wrong type, out of range, unknown word."""

    NUMBERS = [("brightness", 0, 255, True), ("brightness_pct", 0, 100, False), ("transition", 0, 6553, False),
               ("flash", 0, 60, False), ("color_temp", 25, 1000, False), ("color_temp_kelvin", 1000, 40000, False)]
    NOTICE_NUMBERS = [("ttl_s", 0.1, 86400, False), ("priority", 0, 9, True)]
    COLORS = [("reddish", "unknown_color"), ("#12345", "unknown_color"), ("", "unknown_color"),
              ("#gggggg", "unknown_color"), ("# 12345", "unknown_color"), (5, "bad_type"),
              ([255, 0, 0], "bad_type"), (True, "bad_type"), ({}, "bad_type"), ({"r": 1, "g": 2}, "bad_type"),
              ({"r": 256, "g": 0, "b": 0}, "out_of_range"), ({"r": 0, "g": -1, "b": 0}, "out_of_range"),
              ({"r": 0, "g": 0, "b": "0"}, "bad_type"), ({"h": 361, "s": 0}, "out_of_range"), ({"h": 1}, "bad_type"),
              ({"x": 0.3, "y": -0.1}, "out_of_range"), ({"hex": "red"}, "unknown_color"), ({"hex": None}, "bad_type")]

    @staticmethod
    def number_cases(rows):
        for field, low, high, _ in rows:
            for value in (low - 1, high + 1, high + 0.5, 1e15, -1e15, 1e300):
                yield {field: value}, "out_of_range", field
            for value in ("1", True, [], {}):
                yield {field: value}, "bad_type", field

    def test_good_bounds(self):
        """The control of the cases above: the bounds themselves are taken."""
        node = self.bridge().wait_connected()
        for leaf, rows in (("set", self.NUMBERS), ("notify", self.NUMBERS + self.NOTICE_NUMBERS)):
            asker = self.asker(self.all, node.topic(leaf))
            for field, low, high, _ in rows:
                for value in (low, high):
                    self.assert_ok(asker.ask({field: value}))

    def both_cases(self):
        yield from self.number_cases(self.NUMBERS)
        for value in (5, True, ["ON"], {}):
            yield {"state": value}, "bad_type", "state"
            yield {"effect": value}, "bad_type", "effect"
        for value in ("one", "", "TOGGLES", "ON ", "O" * 3000):
            yield {"state": value}, "out_of_range", "state"
        for value in ("nothing", "", "Rainbow", "rainbow ", "x" * 3000, "ü"):
            yield {"effect": value}, "unknown_effect", "effect"
        for color, code in self.COLORS:
            yield {"color": color}, code, None
            yield {"pixels": [color]}, code, None
            yield {"pixels": {"*": color}}, code, None
        yield {"pixels": [None]}, "bad_type", "pixels.0"
        for value in (5, "red", True):
            yield {"pixels": value}, "bad_type", "pixels"
            yield {"leds": value}, "bad_type", "leds"
            yield {"params": value}, "bad_type", "params"
        yield {"params": []}, "bad_type", "params"
        for key in ("8", "0-8", "3-1", "-1", "1-", "-", "a", "", " 1", "1 ", "0x1", "**", "1.0", "99999999999999999999",
                    "k" * 3000):
            yield {"pixels": {key: "red"}}, "out_of_range", None
        yield {"pixels": ["red"] * 9}, "out_of_range", "pixels"
        for level, code in ((256, "out_of_range"), (-1, "out_of_range"), ("1", "bad_type"), (None, "bad_type"),
                            (255.5, "out_of_range")):
            yield {"leds": {"left": level}}, code, "leds.left"
        for name in ("arm1", "LEFT", "", "0", "n" * 3000):
            yield {"leds": {name: 1}}, "unknown_led", None
        for value in ("1", True, []):
            yield {"at_us": value}, "bad_type", "at_us"
        for value in (glow.now_us() + 3600 * 1000000, 1 << 53, 1e300, -1e300):
            yield {"at_us": value}, "out_of_range", "at_us"
        yield {"pixels": ["red"], "leds": {"left": 1}}, "conflict", None
        yield {"state": "OFF", "color": "red", "params": {"x": 1}}, "unknown_param", "params.x"
        yield {"color": "red", "brightness": 256}, "out_of_range", "brightness"
        for name in ("bri", "Brightness", "colour", "on", "seg", "rgb", "speed", "POWER", "STATE", "", "x" * 3000):
            yield {name: 1}, "unknown_field", None

    # promise: whole-or-not, never-ok-for-nothing
    def test_set(self):
        cases = list(self.both_cases())
        for other in ({"pixels": ["red"]}, {"leds": {"left": 1}}):
            cases.append((dict(other, effect="auto"), "conflict", None))
        cases.append(({"effect": "auto", "params": {"x": 1}}, "unknown_param", "params.x"))
        cases.append(({"params": {"period_ms": 2000}}, "unknown_param", "params.period_ms"))
        self.check(cases)

    def test_notify(self):
        cases = list(self.both_cases()) + list(self.number_cases(self.NOTICE_NUMBERS))
        for value in (5, True, [], {}):
            cases.append(({"id": value}, "bad_type", "id"))
        for value in ("", "x" * 65, "ü" * 33):
            cases.append(({"id": value}, "out_of_range", "id"))
        for value in (1, "true", []):
            cases.append(({"id": "x", "clear": value}, "bad_type", "clear"))
        cases.append(({"clear": True}, "conflict", "clear"))
        cases.append(({"state": "TOGGLE"}, "out_of_range", "state"))
        cases.append(({"brightness_step": 1}, "conflict", "brightness_step"))
        cases.append(({"ttl_s": 0.0999}, "out_of_range", "ttl_s"))
        cases = [c for c in cases if c[0].get("effect") != "auto"]
        cases.append(({"effect": "auto"}, "out_of_range", "effect"))
        self.check(cases, self.notifier)


class Params(BadCase):
    """Each parameter of each effect, as `info` tells of it."""

    TYPES = {"int": ("1", True, []), "bool": (0, "true", []), "choice": (0, True, []), "text": (5, True, []),
             "color": (5, True, [])}

    def outside(self, param):
        kind = param["type"]
        if kind == "int":
            return [(param["min"] - 1, "out_of_range"), (param["max"] + 1, "out_of_range"), (1e18, "out_of_range"),
                    (-1e18, "out_of_range")]
        if kind == "choice":
            return [("nonsense", "out_of_range"), ("", "out_of_range"), (param["choices"][0].upper(), "out_of_range")]
        if kind == "text":
            return [("x" * (param["max"] + 1), "out_of_range"), ("é", "out_of_range"), ("\x07", "out_of_range")]
        if kind == "color":
            return [("reddish", "unknown_color"), ({"r": 0, "g": 0, "b": 256}, "out_of_range"), ({}, "bad_type")]
        return []

    @staticmethod
    def inside(param):
        kind = param["type"]
        return {"int": lambda: [param["min"], param["max"], param["default"]], "bool": lambda: [True, False],
                "choice": lambda: param["choices"], "text": lambda: ["", "x" * param["max"]],
                "color": lambda: ["#010203", {"r": 0, "g": 0, "b": 255}, param["default"]]}[kind]()

    def effects(self):
        effects = self.all.effects(self.node.topic("info"))
        self.assertGreater(sum(len(e["params"]) for e in effects), 20)
        return effects

    def test_bad(self):
        cases = []
        for effect in self.effects():
            for param in effect["params"]:
                bad = [(v, "bad_type") for v in self.TYPES[param["type"]]] + self.outside(param)
                cases += [({"effect": effect["name"], "params": {param["name"]: value}}, code, None)
                          for value, code in bad]
            for name in ("nonsense", "", "Color", "p" * 3000):
                cases.append(({"effect": effect["name"], "params": {name: 1}}, "unknown_param", None))
        self.check(cases)
        self.setUp()
        self.check([c for c in cases], self.notifier)

    def test_good(self):
        """The control: the bounds, the words and the defaults themselves are taken and told."""
        for effect in self.effects():
            for param in effect["params"]:
                answers = self.setter.ask_many([json.dumps({"effect": effect["name"], "params": {param["name"]: v}})
                                                for v in self.inside(param)])
                self.assertEqual([a for a in answers if a["status"] != "ok"], [])
            name, values = effect["name"], {p["name"]: self.inside(p)[0] for p in effect["params"]}
            self.set({"effect": name, "params": values})
            self.assertEqual(self.state()["params"], values)


class Grid(BadCase):
    """An animation stays on its slots, floor(k*10^6/fps), whatever is refused meanwhile."""

    FPS = 60

    def off_grid(self, frames):
        # Slot k of a second, by its instant: both roundings go down.
        return [f for f in frames if -(-f.t_us * self.FPS // 1000000) * 1000000 // self.FPS != f.t_us]

    # promise: whole-or-not
    def test_refusals_add_no_frame(self):
        self.set("rainbow")
        mark = self.frames.mark()
        glow.wait_until("no animation", lambda: len(self.frames.since(mark)) > 20)
        mark = self.frames.mark()
        for k in range(40):
            self.refuse({"brightness": 256 + k}, "out_of_range")
        glow.wait_until("no animation", lambda: len(self.frames.since(mark)) > 20)
        self.assertEqual(self.off_grid(self.frames.since(mark)), [])

    def test_control(self):
        """A command that changes the picture is drawn at once, off the grid: the check sees it."""
        self.set("rainbow")
        mark = self.frames.mark()
        for k in range(20):
            self.set({"brightness": 100 + k})
        glow.wait_until("no animation", lambda: len(self.frames.since(mark)) > 20)
        self.assertNotEqual(self.off_grid(self.frames.since(mark)), [])


class Mutations(BadCase):
    SET = ['{"state":"ON","brightness":128,"color":{"r":255,"g":136,"b":0},"transition":0.01}', '{"color":"#ff8800"}',
           '{"effect":"larson","params":{"period_ms":2000,"width":20,"color":null},"at_us":1}',
           '{"effect":"gauge","params":{"source":"number","value":40,"style":"level","low":"#0f0"}}',
           '{"effect":"morse","params":{"text":"SOS"}}', '{"pixels":["red","#0f0",{"r":0,"g":0,"b":255}]}',
           '{"pixels":{"0":"#f00","3-5":"blue","*":"black"}}', '{"leds":{"left":128,"all":0}}', '{"flash":2}',
           '{"effect":"auto"}', "red", "#ff8800", "rainbow 40%", "red breathe", "progress 70% 50%", "cpu",
           "gauge 30%", "on", "off", "auto"]
    NOTIFY = ['{"effect":"identify","ttl_s":0.1}', '{"id":"x","clear":true}',
              '{"effect":"solid","color":"red","id":"door","priority":9,"ttl_s":0.5}',
              '{"pixels":{"*":"blue"},"ttl_s":1e-1,"brightness":10}', '{"flash":0.3,"color":"red"}', "blue",
              "progress 40%"]

    @staticmethod
    def mutate(dice, good):
        data = bytearray(good.encode())
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            at = dice.randrange(len(data) + 1)
            size = dice.choice((1, 1, 2, 5))
            what = dice.randrange(7)
            if what == 0 and at < len(data):
                data[at] ^= 1 << dice.randrange(8)
            elif what == 1:
                del data[at:at + size]
            elif what == 2:
                data[at:at] = data[at:at + size]
            elif what == 3:
                del data[at:]
            elif what == 4 and at < len(data):
                data[at] = dice.randrange(256)
            elif what == 5:
                data[at:at] = dice.choice((b"{", b"}", b"[", b"]", b'"', b",", b":", b"-", b"0", b"9", b"1e9", b"null",
                                           b"\\u0000", b"\\", b" ", b"\xc3\xbc", b"\xff"))
            else:
                data[at:at] = good.encode()[:dice.randrange(len(good) + 1)]
        return bytes(data)

    def mutations(self, goods):
        print("seed %d (GLOW_TEST_SEED)" % SEED, flush=True)
        dice = random.Random(SEED)
        made = [self.mutate(dice, good) for good in goods for _ in range(MUTATIONS)]
        return [m for m in made if b"\n" not in m and b"\0" not in m]

    def assert_sane(self, answers):
        for answer in answers:
            if answer["status"] != "ok":
                self.assertEqual(answer["status"], "error")
                self.assertIn(answer["code"], CODES)
                self.assertTrue(answer["message"])

    def test_good_examples_are_good(self):
        """On a node of its own: notices shine on for seconds, into whatever test is next."""
        other = self.bridge().wait_connected()
        for leaf, goods in (("set", self.SET), ("notify", self.NOTIFY)):
            answers = self.asker(self.all, other.topic(leaf)).ask_many(goods)
            self.assertEqual([a for a in answers if a["status"] != "ok"], [])

    def run_them(self, leaf, goods):
        """First on a node of its own, whose light is set back after each, to learn which are refused; those must
        then be refused again by the node of this class, and leave no trace there."""
        other = self.bridge().wait_connected()
        asker = self.asker(self.all, other.topic(leaf))
        sent = self.mutations(goods)
        answers = asker.ask_many([p for m in sent for p in (m, RESET if leaf == "set" else "")])[::2]
        self.assert_sane(answers)
        refused = [m for m, a in zip(sent, answers) if a["status"] != "ok"]
        found = {a.get("code") for a in answers}
        self.assertGreater(len(refused), len(sent) // 4, "mutations that break nothing")
        self.assertGreater(len(sent) - len(refused), len(sent) // 50, "mutations that break everything")
        self.assertGreater(len(found), 4, found)
        with self.untouched():
            again = (self.setter if leaf == "set" else self.notifier).ask_many(refused)
        self.assert_sane(again)
        self.assertEqual([m for m, a in zip(refused, again) if a["status"] == "ok"], [])
        self.assertIsNone(other.process.poll())

    # promise: whole-or-not
    def test_set(self):
        self.run_them("set", self.SET)

    # promise: whole-or-not
    def test_notify(self):
        self.run_them("notify", self.NOTIFY)

    def test_sane_control(self):
        for answer in ({"status": "error", "code": "oops", "message": "x"}, {"status": "maybe"}, {}):
            with self.assertRaises((AssertionError, KeyError)):
                self.assert_sane([answer])

    def test_untouched_control(self):
        with self.assertRaises(AssertionError):
            with self.untouched():
                self.set("red")
        self.setUp()
        with self.assertRaises(AssertionError):
            with self.untouched():
                self.notify({"effect": "solid", "color": "red", "ttl_s": 0.1})


if __name__ == "__main__":
    glow.main()
