#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Notices over the light, and the layers beneath: what shows when several want
to, and that an animation comes back where it would be had nothing covered it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

BLACK, WHITE, RED, LIME, BLUE = "000000", "ffffff", "ff0000", "00ff00", "0000ff"
PERIOD_US = 1500000  # of the fastest rainbow; a whole number of frames at 60 a second


def notice(color, name, **more):
    return dict({"effect": "solid", "color": color, "id": name, "ttl_s": 60}, **more)


class NoticeCase(glow.NodeCase):
    def setUp(self):
        super().setUp()
        self.put = set()

    def show(self, color, name, **more):
        self.put.add(name)
        self.notify(notice(color, name, **more))

    def clear(self, name):
        self.put.discard(name)
        self.notify({"id": name, "clear": True})

    def tearDown(self):
        for name in sorted(self.put):
            self.clear(name)


class Order(NoticeCase):
    def test_priority_then_newest(self):
        self.set("white")
        self.show("red", "low", priority=1)
        self.shows(RED)
        self.show("blue", "high", priority=9)
        self.shows(BLUE)
        self.show("lime", "later", priority=1)
        self.shows(BLUE)
        self.clear("high")
        self.shows(LIME)
        self.clear("later")
        self.shows(RED)
        self.clear("low")
        self.shows(WHITE)

    def test_default_priority_is_5(self):
        self.show("red", "five", priority=5)
        self.show("blue", "default")
        self.shows(BLUE)
        self.show("lime", "four", priority=4)
        self.clear("default")
        self.shows(RED)
        self.show("white", "default")
        self.assertEqual(self.state()["notice"]["priority"], 5)

    def test_id_replaces(self):
        self.show("red", "x")
        self.shows(RED)
        self.show("blue", "x")
        self.shows(BLUE)
        self.show("lime", "x", priority=0)
        self.shows(LIME)
        self.clear("x")
        self.shows(BLACK)

    def test_clearing_what_is_not_there(self):
        self.set("red")
        self.clear("never-shown")
        self.shows(RED)

    # promise: bounds
    def test_the_17th_pushes_out_the_lowest(self):
        for k in range(16):
            self.show("#%02x0000" % (16 + k), "n%02d" % k, priority=4 if k == 5 else 5)
        self.show("blue", "one-more", priority=5)
        self.shows(BLUE)
        self.show("lime", "too-low", priority=1)
        self.shows(BLUE)
        self.clear("one-more")
        seen = []
        for k in reversed(range(16)):
            seen.append(self.state().get("notice", {}).get("id"))
            self.clear("n%02d" % k)
        self.assertEqual(seen, ["n%02d" % k for k in range(15, 5, -1)] + ["n%02d" % k for k in (4, 4, 3, 2, 1, 0)])
        self.shows(BLACK)
        self.assertEqual(self.state()["showing"], "idle")

    def test_of_equal_ones_the_oldest_is_pushed_out(self):
        for k in range(17):
            self.show("#%02x0000" % (16 + k), "n%02d" % k)
        for k in reversed(range(1, 17)):
            self.assertEqual(self.state()["notice"]["id"], "n%02d" % k)
            self.clear("n%02d" % k)
        self.shows(BLACK)

    def test_over_a_light_that_is_off(self):
        self.set({"state": "OFF"})
        self.show("red", "x")
        self.shows(RED)
        self.assertEqual((self.state()["state"], self.state()["showing"]), ("OFF", "notice"))
        self.clear("x")
        self.shows(BLACK)

    def test_a_light_changes_underneath(self):
        self.show("red", "x")
        self.shows(RED)
        self.set("blue")
        self.assertEqual(self.frames.last().lights[0], RED)
        self.clear("x")
        self.shows(BLUE)

    def test_brightness_and_pixels_of_a_notice(self):
        self.set({"color": "red", "brightness": 10})
        self.show("white", "x", brightness=128)
        self.shows("808080")
        self.put.add("p")
        self.notify({"pixels": {"0": "blue"}, "id": "p", "priority": 6, "ttl_s": 60})
        self.shows(BLUE, *[BLACK] * 7)

    def test_state_tells_of_it(self):
        before_us = glow.now_us()
        self.show("red", "door", priority=7, ttl_s=30)
        state = self.state()
        told = state["notice"]
        self.assertEqual((state["showing"], told["id"], told["priority"], told["effect"], told["color"]),
                         ("notice", "door", 7, "solid", {"r": 255, "g": 0, "b": 0}))
        self.assertEqual(told["end_us"] - told["start_us"], 30000000)
        self.assertTrue(before_us <= told["start_us"] <= glow.now_us())


class Expiry(NoticeCase):
    def test_exactly_then(self):
        self.set("blue")
        self.shows(BLUE)
        self.state()
        since, mark = self.all.mark(), self.frames.mark()
        self.notify({"effect": "solid", "color": "red", "ttl_s": 0.2})
        told = self.all.wait(self.node.topic("state"), lambda m: m.json()["showing"] == "notice", since).json()
        glow.wait_until("both frames", lambda: len(self.frames.since(mark)) >= 2)
        shown = self.frames.since(mark)
        self.assertEqual([f.lights[0] for f in shown], [RED, BLUE])
        self.assertEqual(shown[1].t_us, told["notice"]["end_us"])
        self.all.wait(self.node.topic("state"), lambda m: m.json()["since_us"] == told["since_us"] and
                      m.json()["showing"] == "light", since + 1)
        self.assertEqual(told["notice"]["end_us"] - told["notice"]["start_us"], 200000)

    def test_ttl_is_5_by_default(self):
        self.put.add("d")
        self.notify({"effect": "solid", "id": "d"})
        told = self.state()["notice"]
        self.assertEqual(told["end_us"] - told["start_us"], 5000000)

    def test_the_one_beneath_shows(self):
        self.show("blue", "long", priority=2)
        self.shows(BLUE)
        mark = self.frames.mark()
        self.notify({"effect": "solid", "color": "red", "ttl_s": 0.2, "priority": 9})
        glow.wait_until("the end of it", lambda: len(self.frames.since(mark)) == 2)
        self.assertEqual([f.lights[0] for f in self.frames.since(mark)], [RED, BLUE])

    def test_back_in_phase(self):
        self.set({"effect": "rainbow", "params": {"period_ms": PERIOD_US // 1000}})
        mark = self.frames.mark()
        glow.wait_until("a turn", lambda: len(self.frames.since(mark)) > 100)
        before = self.frames.since(mark + 1)
        self.notify({"effect": "solid", "color": "white", "ttl_s": 0.37})
        self.shows(WHITE)
        covered = self.frames.mark()
        glow.wait_until("the rainbow again", lambda: len(self.frames.since(covered)) > 40)
        after = self.frames.since(covered)
        glow.assert_in_phase(before, after, PERIOD_US)
        with self.assertRaises(AssertionError):  # the control: had it started again at its end
            shift_us = after[0].t_us % PERIOD_US // 50000 * 50000 or 50000
            for f in after:
                f.t_us += shift_us
            glow.assert_in_phase(before, after, PERIOD_US)

    def test_a_notice_without_a_look_blinks(self):
        self.set("blue")
        mark = self.frames.mark()
        self.notify({"color": "red", "flash": 1.2})
        glow.wait_until("blinking", lambda: {RED, BLACK} <= {f.lights[0] for f in self.frames.since(mark)})
        self.shows(BLUE)

    def test_identify(self):
        mark = self.frames.mark()
        self.notify({"effect": "identify", "ttl_s": 1.2})
        glow.wait_until("halves that change places", lambda: len({tuple(f.lights) for f in
                                                                  self.frames.since(mark)}) >= 2)
        self.shows(BLACK)


class Layers(NoticeCase):
    options = ("--idle", "#102030")

    def test_bottom_to_top(self):
        self.shows("102030")
        self.assertEqual(self.state()["showing"], "idle")
        self.set("blue")
        self.shows(BLUE)
        self.assertEqual(self.state()["showing"], "light")
        self.show("red", "x")
        self.shows(RED)
        self.assertEqual(self.state()["showing"], "notice")
        self.set("auto")
        self.clear("x")
        self.shows("102030")

    def test_brightness_and_state_alone_act_on_what_shows(self):
        self.set({"brightness": 128})
        self.shows("040a13")
        self.assertEqual(self.state()["effect"], "auto")
        self.set({"state": "OFF"})
        self.shows(BLACK)
        self.assertEqual(self.state()["effect"], "auto")
        self.set({"state": "ON", "brightness": 255})
        self.shows("102030")

    def test_fade_beneath_a_notice(self):
        self.show("red", "x")
        self.set({"color": "white", "transition": 0.3})
        self.shows(RED)
        mark = self.frames.mark()
        self.notify({"id": "x", "clear": True})
        self.shows(WHITE)
        self.assertNotIn(BLACK, [f.lights[0] for f in self.frames.since(mark)])


class Idle(glow.Case):
    def show(self, idle):
        node = self.bridge("--idle", idle, "--discovery", "off")
        node.wait_connected()
        return node

    def test_displays(self):
        for idle, lights in (("blue", [BLUE] * 8), ("red 50%", ["800000"] * 8), ("progress 50%", [WHITE] * 4 +
                                                                                 [BLACK] * 4)):
            with self.subTest(idle=idle):
                self.show(idle).frames.wait_shows(lights)

    def test_gauge_and_animation(self):
        memory = self.show("memory")
        memory.frames.wait("with a lit first pixel", lambda f: f.lights[0] != BLACK)
        rainbow = self.show("rainbow")
        glow.wait_until("many frames", lambda: len(rainbow.frames.look()) > 30)

    def test_idle_displays_of_two_nodes_are_in_phase(self):
        nodes = [self.show("rainbow"), self.show("rainbow")]
        glow.wait_until("frames", lambda: all(len(n.frames.look()) > 60 for n in nodes))
        glow.assert_in_phase(nodes[0].frames.look()[1:], nodes[1].frames.look()[1:], 1 << 60)

    def test_no_such(self):
        for idle in ("frobnicate", "101%", "off on"):
            done = glow.run_bridge("--board", "virtual", "--idle", idle)
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn("--idle", done.stderr)


class Limits(glow.Case):
    def node(self, *options):
        node = self.bridge(*options).wait_connected()
        return node

    def test_brightness_limit_and_reverse(self):
        node = self.node("--brightness-limit", "100", "--reverse")
        self.broker.publish(node.topic("set"), '{"pixels":{"0":"white"}}')
        node.frames.wait_shows([BLACK] * 7 + ["646464"])

    # promise: current-limit
    def test_current_limit_is_told(self):
        node = self.node("--current-limit-ma", "100")
        watch = self.watch("glow/#")
        self.broker.publish(node.topic("set"), "white")
        watch.wait(node.topic("state"), lambda m: m.json()["limited"] is True)
        self.assertNotIn(node.frames.last().lights[0], (WHITE, BLACK))
        self.broker.publish(node.topic("set"), "#010101")
        watch.wait(node.topic("state"), lambda m: m.json()["limited"] is False and m.json()["color"]["r"] == 1)
        self.assertEqual(node.frames.last().lights[0], "010101")

    def test_fps(self):
        node = self.node("--fps", "10", "--idle", "rainbow")
        frames = glow.wait_until("frames", lambda: len(node.frames.look()) > 9 and node.frames.look()[-7:])
        self.assertEqual({f.t_us % 100000 for f in frames}, {0})


if __name__ == "__main__":
    glow.main()
