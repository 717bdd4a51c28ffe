#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Light commands in, frames and retained state out: every field of the table in
docs/PROTOCOL.md, JSON and shorthand, every way a client may send them."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import light

BLACK, WHITE, RED, LIME, BLUE = "000000", "ffffff", "ff0000", "00ff00", "0000ff"
SECOND = 1000000


def channels(text):
    return [int(text[k:k + 2], 16) for k in (0, 2, 4)]


class Ways(glow.NodeCase):
    """Who can send what, and how."""

    options = ("--groups", "rack,attic")

    # promise: any-client
    def test_versions_and_qos(self):
        colors = iter("#%02x0000" % v for v in range(1, 99))
        for version in ("mqttv311", "5"):
            for qos in (0, 1, 2):
                for payload in ('{"color":"%s"}', "%s"):
                    with self.subTest(version=version, qos=qos, payload=payload):
                        color = next(colors)
                        self.broker.publish(self.node.topic("set"), payload % color, version=version, qos=qos)
                        self.shows(color[1:])

    # promise: any-client
    def test_notify_versions_and_qos(self):
        self.set("blue")
        for version in ("mqttv311", "5"):
            for qos in (0, 1, 2):
                with self.subTest(version=version, qos=qos):
                    self.broker.publish(self.node.topic("notify"), '{"effect":"solid","color":"lime","id":"n"}',
                                        version=version, qos=qos)
                    self.shows(LIME)
                    self.broker.publish(self.node.topic("notify"), '{"id":"n","clear":true}', version=version, qos=qos)
                    self.shows(BLUE)

    def test_groups_and_all(self):
        for topic, color in (("all", RED), ("group/rack", LIME), ("group/attic", BLUE)):
            with self.subTest(topic=topic):
                self.broker.publish("glow/%s/set" % topic, "#" + color)
                self.shows(color)
                self.broker.publish("glow/%s/notify" % topic,
                                    '{"effect":"solid","color":"white","id":"g","ttl_s":60}')
                self.shows(WHITE)
                self.broker.publish("glow/%s/notify" % topic, '{"id":"g","clear":true}')
                self.shows(color)

    def test_not_ours(self):
        """Another node's, another group's and another prefix's topics change nothing."""
        self.set("red")
        self.shows(RED)
        mark = self.frames.mark()
        for topic in ("glow/node/other/set", "glow/group/other/set", "glow/scene/set", "glow2/all/set", "all/set"):
            self.broker.publish(topic, "blue")
        self.set("lime")
        self.shows(LIME)
        self.assertEqual([f.lights[0] for f in self.frames.since(mark)], [LIME])

    def test_answer_to_each_topic(self):
        for topic in (self.node.topic("set"), "glow/all/set", "glow/group/rack/set"):
            with self.subTest(topic=topic):
                answer = self.broker.request(topic, "red", glow.unique("answers/"))
                self.assert_ok(answer)
                self.assertEqual(answer["node"], self.node.node)

    def test_control(self):
        """The looks used here do fail."""
        self.set("red")
        self.shows(RED)
        with self.assertRaises(AssertionError):
            glow.wait_until("never", lambda: self.frames.last().lights == [BLUE] * 8, patience_s=0.1)
        with self.assertRaises(AssertionError):
            self.assert_ok(self.setter.ask("nonsense"))


class Color(glow.NodeCase):
    def test_forms(self):
        for color, shown in (({"r": 1, "g": 2, "b": 3}, "010203"), ("#0A0b0C", "0a0b0c"), ("#f80", "ff8800"),
                             ("rebeccapurple", "663399"), ("DarkSlateGray", "2f4f4f"), ("lime", LIME),
                             ({"r": 255.0, "g": 0, "b": 0, "w": 9}, RED)):
            with self.subTest(color=color):
                self.set({"color": color})
                self.shows(shown)

    def test_brightness_rounding(self):
        self.set("#ff8001")
        for brightness in list(range(0, 12)) + list(range(12, 255, 13)) + [126, 127, 128, 254, 255, 255.0]:
            with self.subTest(brightness=brightness):
                self.set({"brightness": brightness})
                self.shows(light.shown("ff8001", int(brightness)))
        self.assertEqual(self.state()["brightness"], 255)

    def test_rounding_control(self):
        self.assertEqual([light.shown("ff8001", 128), light.shown("ff8001", 1), light.shown("ff8001", 0)],
                         ["803d00", "010000", BLACK])

    def test_keeps_an_effect_with_a_colour(self):
        self.set({"effect": "breathe", "params": {"period_ms": 2000, "color": "white"}})
        before = self.state()
        self.set({"color": "blue"})
        after = self.state()
        self.assertEqual((after["effect"], after["params"]["color"]), ("breathe", None))
        self.assertEqual(after["color"], {"r": 0, "g": 0, "b": 255})
        self.assertEqual((after["params"]["period_ms"], after["start_us"]), (2000, before["start_us"]))

    def test_ends_an_effect_without_one(self):
        self.set({"effect": "rainbow"})
        self.set({"color": "red"})
        self.shows(RED)
        self.assertEqual(self.state()["effect"], "solid")


class Shorthand(glow.NodeCase):
    def test_words(self):
        for words, want in (
                ("red", {"effect": "solid", "color": {"r": 255, "g": 0, "b": 0}}),
                ("#ff8800", {"effect": "solid", "color": {"r": 255, "g": 136, "b": 0}}),
                ("rainbow 40%", {"effect": "rainbow", "brightness": 102}),
                ("red breathe", {"effect": "breathe", "color": {"r": 255, "g": 0, "b": 0}}),
                ("off", {"state": "OFF"}), ("on", {"state": "ON"}),
                ("progress 70%", {"effect": "progress", "params": {"value": 70}, "brightness": 255}),
                ("progress 70% 50%", {"effect": "progress", "params": {"value": 70}, "brightness": 128}),
                ("20% progress", {"effect": "progress", "params": {"value": 50}, "brightness": 51}),
                ("gauge 30%", {"effect": "gauge", "params": {"value": 30, "source": "number"}, "brightness": 255}),
                ("cpu", {"effect": "gauge", "params": {"source": "cpu"}}),
                ("memory 50%", {"effect": "gauge", "params": {"source": "memory"}, "brightness": 128}),
                ("temperature", {"params": {"source": "temperature"}}), ("load", {"params": {"source": "load"}}),
                ("network", {"params": {"source": "network"}}),
                ("  BLUE\t 0%\r", {"effect": "solid", "color": {"r": 0, "g": 0, "b": 255}, "brightness": 255, "state": "OFF"}),
                ("auto", {"effect": "auto"})):
            with self.subTest(words=words):
                self.setUp()
                self.set(words)
                state = self.state()
                for field, value in want.items():
                    if field == "params":
                        self.assertEqual({k: state["params"][k] for k in value}, value)
                    else:
                        self.assertEqual(state[field], value)

    def test_unknown_words(self):
        self.refuse("frobnicate", "unknown_effect")
        self.refuse("red frobnicate", "unknown_effect")
        self.refuse("#12345", "unknown_color")
        self.refuse("101%", "out_of_range", "brightness")
        self.refuse("progress 101%", "out_of_range", "params.value")
        self.refuse("-1%", "out_of_range")
        self.refuse("on off", "conflict")
        self.refuse("red blue", "conflict")
        self.refuse("auto red", "conflict")
        self.refuse(b"red \xff", "bad_encoding")
        self.refuse("x" * 9000, "too_large")
        self.refuse("x" * 8000, "unknown_effect")

    def test_progress_bar(self):
        self.set("progress 70%")
        frame = self.frames.wait("with a bar of 5.6 pixels", lambda f: f.lights[:5] == [WHITE] * 5 and
                                 f.lights[6:] == [BLACK] * 2)
        self.assertNotIn(frame.lights[5], (BLACK, WHITE))


class State(glow.NodeCase):
    # What came before counts as flashes, and frames that a busy machine leaves out are steps: the limit is another test's.
    options = ("--flash-limit", "off")

    def test_off_and_on_shows_what_it_showed(self):
        period_us = 1500000
        self.set({"effect": "rainbow", "params": {"period_ms": 1500}})
        start_us = self.state()["start_us"]
        mark = self.frames.mark()
        glow.wait_until("a whole turn", lambda: len(self.frames.since(mark)) > 100)
        before = self.frames.since(mark)
        self.set({"state": "OFF"})
        self.shows(BLACK)
        state = self.state()
        self.assertEqual((state["state"], state["effect"]), ("OFF", "rainbow"))
        dark = self.frames.mark()
        self.set({"state": "ON"})
        glow.wait_until("frames", lambda: len(self.frames.since(dark)) > 25)
        self.assertEqual(self.state()["start_us"], start_us)
        glow.assert_in_phase(before, self.frames.since(dark)[1:], period_us)

    def test_phase_control(self):
        frames = [glow.Frame('{"t_us":%d,"mono_ns":0,"pixels":["%06x"]}' % (t, t % 9)) for t in range(40)]
        glow.assert_in_phase(frames[:9], frames[9:], 9)
        with self.assertRaises(AssertionError):
            glow.assert_in_phase(frames[:9], frames[9:], 10)
        with self.assertRaises(AssertionError):
            glow.assert_in_phase(frames[:2], frames[2:5], 9)

    def test_off_is_dark_whatever_is_set(self):
        self.set({"state": "OFF", "color": "red"})
        self.shows(BLACK)
        self.set({"state": "OFF", "brightness": 10})
        self.assertEqual(self.state()["state"], "OFF")
        self.set("on")
        self.shows(light.shown(RED, 10))

    def test_naming_a_look_lights_it(self):
        self.set("red")
        for command in ({"color": "red"}, {"effect": "solid", "color": "red"}, {"pixels": {"*": "red"}},
                        {"brightness": 255}):
            with self.subTest(command=command):
                self.set("off")
                self.shows(BLACK)
                self.set(command)
                self.shows(RED)

    def test_empty_payload_publishes_the_state_again(self):
        self.set("red")
        first = self.state()
        self.assertEqual(first, self.state())
        self.assertEqual(self.state()["since_us"], first["since_us"])

    def test_state_is_all_one_needs(self):
        before = glow.now_us()
        self.set({"effect": "sparkle", "brightness": 77, "color": "#010203"})
        state = self.state()
        self.assertEqual(
            {k: state[k] for k in ("state", "color_mode", "color", "brightness", "effect", "showing", "limited")},
            {"state": "ON", "color_mode": "rgb", "color": {"r": 1, "g": 2, "b": 3}, "brightness": 77,
             "effect": "sparkle", "showing": "light", "limited": False})
        self.assertTrue(before <= state["start_us"] <= glow.now_us())
        self.assertEqual(state["start_us"], state["since_us"])
        self.assertIsInstance(state["seed"], int)
        table = next(e for e in self.all.effects(self.node.topic("info")) if e["name"] == "sparkle")["params"]
        self.assertEqual(state["params"], {p["name"]: p["default"] for p in table})

    def test_retained(self):
        self.set("red")
        self.state()
        retained = self.broker.retained("glow/node/%s/#" % self.node.node)
        self.assertEqual(set(retained), {self.node.topic(t) for t in ("state", "availability", "info")})
        self.assertIn(b'"r":255', retained[self.node.topic("state")])


class Effect(glow.NodeCase):
    def test_every_effect(self):
        effects = self.all.effects(self.node.topic("info"))
        names = [e["name"] for e in effects]
        self.assertTrue({"solid", "identify", "rainbow"} <= set(names))
        for effect in effects:
            with self.subTest(effect=effect["name"]):
                self.set({"effect": effect["name"]})
                state = self.state()
                self.assertEqual(state["effect"], effect["name"])
                self.assertEqual(state["params"], {p["name"]: p["default"] for p in effect["params"]})

    def test_a_new_effect_resets_and_restarts(self):
        self.set({"effect": "rainbow", "params": {"saturation": 50, "period_ms": 3000}})
        first = self.state()
        self.set({"params": {"period_ms": 4000}})
        changed = self.state()
        self.assertEqual((changed["params"]["saturation"], changed["params"]["period_ms"]), (50, 4000))
        self.assertEqual(changed["start_us"], first["start_us"])
        self.set({"effect": "rainbow"})
        again = self.state()
        self.assertEqual((again["params"]["saturation"], again["params"]["period_ms"]), (100, 8000))
        self.assertGreater(again["start_us"], first["start_us"])

    def test_auto_lets_go(self):
        self.set("red")
        self.set("auto")
        self.shows(BLACK)
        state = self.state()
        self.assertEqual((state["effect"], state["showing"]), ("auto", "idle"))
        self.assertEqual((state["state"], state["dark"]), ("OFF", True))

    def test_on_gives_light(self):
        """A node with nothing to show is OFF, and the first command that asks for light gets some."""
        for command, level in (({"state": "ON"}, 255), ("on", 255), ({"brightness": 128}, 128), ("40%", 102),
                               ({"state": "ON", "effect": "auto", "brightness": 9}, 9)):
            with self.subTest(command=command):
                self.set({"state": "OFF", "dark": True, "color": "white"})
                self.assertEqual((self.state()["state"], self.state()["effect"]), ("OFF", "auto"))
                self.set(command)
                self.shows("%02x%02x%02x" % (level, level, level))
                state = self.state()
                self.assertEqual((state["state"], state["effect"], state["brightness"]), ("ON", "solid", level))
                self.assertNotIn("dark", state)

    def test_brightness_0_is_off(self):
        self.set({"color": "red", "brightness": 128})
        self.set({"brightness": 0})
        self.shows(BLACK)
        self.assertEqual((self.state()["state"], self.state()["brightness"]), ("OFF", 128))
        self.set("on")
        self.shows("800000")

    # promise: state-is-a-command
    def test_a_state_can_be_sent_back(self):
        for command in ({"color": "red", "brightness": 9, "effect": "auto"}, {"pixels": ["red", "lime"]},
                        {"effect": "progress", "params": {"value": 30}}, {"leds": {"left": 9}},
                        {"effect": "morse", "params": {"text": "hello"}, "color": "blue"}, "off"):
            with self.subTest(command=command):
                self.set(command)
                before = self.state()
                self.set("rainbow 50%")
                self.set(before)
                after = self.state()
                for state in (before, after):
                    del state["start_us"], state["since_us"], state["limited"]
                self.assertEqual(after, before)
                self.set({"color": "white"})
                self.assertNotEqual(self.state(), before)  # control


class Pixels(glow.NodeCase):
    def test_array(self):
        self.set({"effect": "rainbow"})
        self.set({"pixels": ["red", "#0f0", {"r": 0, "g": 0, "b": 255}]})
        self.shows(RED, LIME, BLUE, *[BLACK] * 5)
        self.assertEqual(self.state()["pixels"][:4], ["#ff0000", "#00ff00", "#0000ff", "#000000"])

    def test_object(self):
        self.set({"effect": "rainbow"})
        self.set({"pixels": {"0": "#f00", "3-5": "blue", "*": "black"}})
        self.shows(RED, BLACK, BLACK, BLUE, BLUE, BLUE, BLACK, BLACK)
        self.set({"pixels": {"7": "lime", "*": "white", "0-1": "red", "1": "blue"}})
        self.shows(RED, BLUE, WHITE, WHITE, WHITE, WHITE, WHITE, LIME)

    def test_over_the_last_picture_after_solid(self):
        self.set("white")
        self.set({"pixels": {"0": "red"}})
        self.shows(RED, *[WHITE] * 7)
        self.set({"pixels": [{"r": 0, "g": 0, "b": 255}]})
        self.set({"pixels": {"7": "lime"}})
        self.shows(BLUE, *[WHITE] * 6, LIME)

    def test_ends_with_the_next_colour_or_effect(self):
        for command in ({"color": "red"}, {"effect": "solid", "color": "red"}):
            self.set({"pixels": {"*": "blue"}})
            self.shows(BLUE)
            self.set(command)
            self.shows(RED)
            self.assertNotIn("pixels", self.state())
        self.set({"pixels": {"*": "blue"}, "brightness": 100})
        self.shows(light.shown(BLUE, 100))

    def test_leds_of_a_blinkt(self):
        self.set({"color": "white"})
        self.set({"leds": {"all": 0, "left": 255}})
        self.shows(*[WHITE] * 4, *[BLACK] * 4)
        self.set({"leds": {"right": 128}})
        self.shows(*[WHITE] * 4, *["808080"] * 4)

    def test_refusals(self):
        self.refuse({"pixels": ["red"] * 9}, "out_of_range", "pixels")
        self.refuse({"pixels": {"8": "red"}}, "out_of_range", "pixels.8")
        self.refuse({"pixels": {"5-3": "red"}}, "out_of_range")
        self.refuse({"pixels": {"left": "red"}}, "out_of_range")
        self.refuse({"pixels": {"-1": "red"}}, "out_of_range")
        self.refuse({"pixels": {"0": "reddish"}}, "unknown_color", "pixels.0")
        self.refuse({"pixels": ["red", 5]}, "bad_type", "pixels.1")
        self.refuse({"pixels": "red"}, "bad_type", "pixels")
        self.refuse({"leds": {"arm1": 1}}, "unknown_led", "leds.arm1")
        self.refuse({"leds": {"left": 256}}, "out_of_range", "leds.left")
        self.refuse({"leds": ["left"]}, "bad_type", "leds")
        self.refuse({"leds": {"left": 1}, "pixels": []}, "conflict")


class PiGlow(glow.NodeCase):
    options = ("--virtual-shape", "piglow")
    COLORS = ("red", "orange", "yellow", "green", "blue", "white")

    def off(self):
        self.set({"effect": "rainbow"})
        self.set({"leds": {"all": 0}})
        self.shows(0)

    def test_info(self):
        info = self.all.last(self.node.topic("info")).json()
        self.assertEqual((info["shape"], info["pixels"]), ("piglow", 18))
        self.assertTrue({"arm1", "arm3.white", "green"} <= set(info["leds"]))

    def test_every_name(self):
        names = {"all": range(18)}
        for c, color in enumerate(self.COLORS):
            names[color] = [6 * arm + c for arm in range(3)]
            names.update({"arm%d.%s" % (arm + 1, color): [6 * arm + c] for arm in range(3)})
        names.update({"arm%d" % (arm + 1): range(6 * arm, 6 * arm + 6) for arm in range(3)})
        self.assertEqual(set(names), set(self.all.last(self.node.topic("info")).json()["leds"]))
        for name, lit in names.items():
            with self.subTest(name=name):
                self.off()
                self.set({"leds": {name: 200}})
                self.shows(*[200 if i in lit else 0 for i in range(18)])

    def test_several_and_brightness(self):
        self.off()
        self.set({"leds": {"red": 255, "arm1": 10, "arm1.red": 1}, "brightness": 128})
        want = [1, 10, 10, 10, 10, 10, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0]
        self.shows(*[light.seen([light.dimmed(v, 128)])[0] for v in want])

    def test_each_led_shows_its_own_colour(self):
        for color, lit in (("red", ("red",)), ("lime", ("green",)), ("blue", ("blue",)),
                           ("yellow", ("red", "orange", "yellow", "green")), ("white", self.COLORS)):
            with self.subTest(color=color):
                self.set(color)
                self.shows(*[255 if self.COLORS[i % 6] in lit else 0 for i in range(18)])

    def test_refusals(self):
        self.refuse({"leds": {"left": 1}}, "unknown_led", "leds.left")
        self.refuse({"leds": {"arm4": 1}}, "unknown_led")
        self.refuse({"leds": {"Arm1": 1}}, "unknown_led")
        self.refuse({"pixels": {"18": "red"}}, "out_of_range")


class Time(glow.NodeCase):
    def assert_fade(self, frames, start_us, end_us):
        """Rising in every channel, each value that of its instant, and white at the end."""
        for a, b in zip(frames, frames[1:]):
            if not all(x <= y for x, y in zip(channels(a.lights[0]), channels(b.lights[0]))):
                raise AssertionError("not rising: %s, %s" % (a, b))
        for f in frames:
            want = 255 * (f.t_us - start_us) / (end_us - start_us)
            if abs(channels(f.lights[0])[0] - min(want, 255)) > 1:
                raise AssertionError("%s instead of %.1f" % (f, want))
        self.assert_end(frames, start_us, end_us)

    def assert_end(self, frames, start_us, end_us):
        """The end is a frame of its own, unless the slot before it rounds to white already, or the machine was so
        busy that a slot was left out just then."""
        self.assertEqual(frames[-1].lights[0], WHITE)
        busy_us = 100000 if frames[-1].t_us - frames[-2].t_us > 17000 else 0
        self.assertTrue(end_us - (end_us - start_us) // 255 <= frames[-1].t_us <= end_us + busy_us,
                        (frames[-2:], end_us))

    def fade(self, seconds):
        mark = self.frames.mark()
        self.set({"effect": "solid", "color": "white", "transition": seconds})
        state = self.state()
        self.assertEqual(state["fade_end_us"] - state["fade_start_us"], seconds * SECOND)
        self.assertEqual(set(state["fade_from"]), {"#000000"})
        self.shows(WHITE)
        self.assertNotIn("fade_end_us", self.state())
        return self.frames.since(mark), state["fade_start_us"], state["fade_end_us"]

    def test_transition(self):
        frames, start_us, end_us = self.fade(0.5)
        self.assertGreater(len(frames), 8)
        self.assert_fade(frames, start_us, end_us)

    def test_transition_control(self):
        frames, start_us, end_us = self.fade(0.25)
        with self.assertRaises(AssertionError):
            self.assert_fade(frames, start_us - 50000, end_us)
        with self.assertRaises(AssertionError):
            self.assert_fade(frames[::-1], start_us, end_us)
        with self.assertRaises(AssertionError):
            self.assert_end(frames, start_us, end_us + 150000)

    def test_a_command_ends_a_transition(self):
        self.set({"color": "white", "transition": 60})
        self.set({"color": "red"})
        self.shows(RED)

    def test_a_transition_starts_from_what_shows(self):
        self.set({"color": "#800000"})
        self.shows("800000")
        mark = self.frames.mark()
        self.set({"color": "#ff0000", "transition": 0.2})
        self.shows(RED)
        self.assertTrue(all(channels(f.lights[0])[0] >= 0x80 for f in self.frames.since(mark)))

    def test_flash(self):
        self.set("blue")
        self.shows(BLUE)
        mark = self.frames.mark()
        self.set({"flash": 0.8})
        self.assertEqual(self.state()["showing"], "notice")
        glow.wait_until("the light again", lambda: self.state()["showing"] == "light")
        shown = [f.lights[0] for f in self.frames.since(mark)]
        self.assertEqual(shown[-1], BLUE)
        self.assertIn(BLACK, shown)

    def test_at(self):
        for topic, ask in (("set", self.set), ("notify", self.notify)):
            with self.subTest(topic=topic):
                self.setUp()
                self.shows(BLACK)
                at_us = glow.now_us() + 500000 + 7
                answer = ask({"effect": "solid", "color": "#010203", "at_us": at_us, "ttl_s": 0.2})
                self.assertEqual(answer.get("at_us"), at_us)
                self.assertNotEqual(self.frames.last().lights[0], "010203")
                self.shows("010203")
                self.assertEqual(self.frames.last().t_us, at_us)

    def test_at_and_transition(self):
        at_us = glow.now_us() + 500000
        mark = self.frames.mark()
        self.set({"color": "white", "transition": 0.2, "at_us": at_us})
        self.shows(WHITE)
        self.assert_end(self.frames.since(mark), at_us, at_us + 200000)

    def test_order_is_that_of_time(self):
        mark = self.frames.mark()
        now = glow.now_us()
        for delay_us, color in ((700000, "white"), (500000, "red"), (600000, "blue")):
            self.set({"color": color, "at_us": now + delay_us})
        self.shows(WHITE)
        self.assertEqual([(f.t_us - now, f.lights[0]) for f in self.frames.since(mark)],
                         [(500000, RED), (600000, BLUE), (700000, WHITE)])

    def test_past_is_now(self):
        for at_us in (0, -5, glow.now_us() - 1000):
            self.setUp()
            self.shows(BLACK)
            before = glow.now_us()
            self.assertNotIn("at_us", self.set({"color": "red", "at_us": at_us}))
            self.shows(RED)
            self.assertGreaterEqual(self.frames.last().t_us, before)

    def test_too_far_ahead(self):
        self.refuse({"color": "red", "at_us": glow.now_us() + 61 * SECOND}, "out_of_range", "at_us")
        self.refuse({"color": "red", "at_us": "1.5"}, "bad_type", "at_us")

    def test_what_no_longer_fits_is_refused_then(self):
        since = self.all.mark()
        self.set({"effect": "rainbow"})
        self.set({"params": {"saturation": 1}, "at_us": glow.now_us() + 150000})
        self.set("red")
        error = self.all.wait(self.node.topic("error"), since=since).json()
        self.assert_refused(error, "unknown_param", "params.saturation")
        self.shows(RED)

    # promise: bounds
    def test_no_more_than_can_wait(self):
        node = self.bridge().wait_connected()
        asker = self.asker(self.all, node.topic("set"))
        answers = asker.ask_many(['{"color":"red","at_us":%d}' % (glow.now_us() + 50 * SECOND)] * 257)
        for answer in answers[:256]:
            self.assert_ok(answer)
        self.assert_refused(answers[256], "busy")
        late = glow.run_ctl("--broker", self.broker.uri, "set", node.node,
                            '{"color":"red","at_us":%d}' % (glow.now_us() + 50 * SECOND))
        self.assertEqual(late.returncode, 75, late.stderr)
        self.assertIn("256 commands wait for their time already; try again", late.stderr)


class Prefix(glow.NodeCase):
    prefix = "house/first floor's/glow".replace(" ", "-")
    options = ("--groups", "g")

    def test_everything_is_below_it(self):
        self.broker.publish(self.prefix + "/all/set", "red")
        self.shows(RED)
        self.broker.publish(self.prefix + "/group/g/set", "blue")
        self.shows(BLUE)
        self.state()
        self.refuse("nonsense", "unknown_effect")
        topics = {m.topic for m in self.all.look() if not m.topic.startswith(("answers/", "homeassistant/"))}
        self.assertTrue(all(t.startswith(self.prefix + "/") for t in topics), topics)

    def test_answers(self):
        self.assert_ok(self.broker.request(self.node.topic("set"), "red", self.prefix + "/answer/me"))
        self.assert_ok(self.broker.request(self.node.topic("set"), "red", "answers/outside"))


if __name__ == "__main__":
    glow.main()
