#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What nodes make of the conductor's word, seen on their boards: scenes, who lets go
for them, the dimmer, commands for many at one instant, and all that without a conductor.

The frames say for which instant each was drawn, so that pictures can be compared to the bit.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

BLACK, WHITE, RED, LIME, BLUE = "000000", "ffffff", "ff0000", "00ff00", "0000ff"
PIXELS, NODES = 8, 3
LEAST = 20
FRAME_US = 16667


class Scenes(glow.ClusterCase):
    """Three boards in a row, and one as long as they are together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = ["%s-%d" % (glow.unique("n"), k) for k in range(NODES)]
        cls.nodes = [cls.row(name) for name in cls.names]
        cls.whole = cls.row(glow.unique("whole"), PIXELS * NODES)
        cls.all = cls.nodes + [cls.whole]
        cls.wait_ready(*cls.all)

    @classmethod
    def row(cls, name, pixels=PIXELS):
        return cls.start(name, "--virtual-pixels", str(pixels), "--groups", "whole" if pixels > PIXELS else "row")

    def setUp(self):
        self.quiet()
        self.addCleanup(self.quiet)

    def quiet(self):
        self.request("scene/stop", "")
        self.request("dim/set", "on")
        for node in self.all:
            self.command(node, {"state": "OFF", "dark": True, "brightness": 255})
            node.frames.wait_shows([BLACK] * len(node.frames.look()[0].lights))

    def command(self, node, payload):
        answer = self.broker.request(node.topic("set"), payload if isinstance(payload, str) else json.dumps(payload),
                                     glow.unique("answers/"))
        self.assert_ok(answer)
        self.assertEqual(answer["node"], node.node)

    def play(self, scene):
        answer = self.request("scene/play", scene)
        self.assert_ok(answer)
        return answer["start_us"]

    def shows(self, color, *nodes, since=None):
        """The frames with which the nodes began to show it."""
        marks = since or {}
        return [n.frames.wait("in " + color, lambda f: set(f.lights) == {color}, marks.get(n, 0)) for n in nodes]

    def assert_at(self, frame, t_us):
        """At that instant; or a little after, where something else woke the node just then."""
        self.assertTrue(0 <= frame.t_us - t_us < FRAME_US, "%d us off" % (frame.t_us - t_us))

    def marks(self, *nodes):
        return {n: n.frames.mark() for n in nodes}

    def strip_seams(self, marks, whole_mark, start_us):
        """Instants at which all boards showed a frame since then, and at how many of them the row is not the whole."""
        boards = [{f.t_us: f.lights for f in n.frames.since(marks[n]) if f.t_us >= start_us} for n in self.nodes]
        whole = {f.t_us: f.lights for f in self.whole.frames.since(whole_mark)}
        common = set(whole).intersection(*boards)
        return len(common), sum(sum((b[t] for b in boards), []) != whole[t] for t in common)

    # promise: one-strip
    def test_one_strip(self):
        """Three boards show what the long one does, from the first instant on, and nobody says a word meanwhile."""
        marks, whole_mark, since = self.marks(*self.nodes), self.whole.frames.mark(), self.seen.mark()
        start_us = self.play({"id": "row", "effect": "rainbow", "target": {"groups": ["row"]}, "seed": 5})
        self.play({"id": "whole", "effect": "rainbow", "target": {"nodes": [self.whole.node]}, "seed": 5,
                   "start_us": start_us})
        for node in self.nodes:
            first = node.frames.wait("of the scene", lambda f: set(f.lights) != {BLACK}, marks[node])
            self.assert_at(first, start_us)
        for node in self.all:
            self.seen.wait(node.topic("state"), lambda m: m.json()["showing"] == "scene", since)
        self.seen.wait("glow/scene/current", lambda m: [x["id"] for x in m.json()["scenes"]] == ["row", "whole"], since)
        since = self.seen.mark()
        glow.wait_until("frames to compare", lambda: self.strip_seams(marks, whole_mark, start_us)[0] >= 2 * LEAST)
        self.assertEqual(self.strip_seams(marks, whole_mark, start_us)[1], 0)
        self.assertEqual([m for m in self.seen.look()[since:] if "/state" in m.topic or "/scene/" in m.topic], [])
        # The control: every node alike is no strip.
        self.play({"id": "row", "effect": "rainbow", "target": {"groups": ["row"]}, "seed": 5, "span": "node",
                   "start_us": start_us})
        glow.wait_until("a seam", lambda: self.strip_seams(marks, whole_mark, start_us)[1] >= LEAST)

    def test_take(self):
        lit, dark, kept = self.nodes
        self.command(lit, "lime")
        self.command(dark, "lime")
        self.command(dark, "off")
        self.shows(LIME, lit)
        since, marks = self.seen.mark(), self.marks(*self.nodes)
        start_us = self.play({"color": "red"})
        for frame in self.shows(RED, lit, kept, since=marks):
            self.assert_at(frame, start_us)
        state = self.seen.wait(lit.topic("state"), lambda m: m.json()["effect"] == "auto", since).json()
        self.assertEqual((state["since_us"], state["showing"]), (start_us, "scene"))
        self.command(kept, "blue")
        self.shows(BLUE, kept)
        self.play({"id": "more", "color": "lime", "target": {"nodes": [lit.node]}})
        self.shows(LIME, lit, since=marks)
        self.assertEqual(kept.frames.last().lights, [BLUE] * PIXELS)
        self.assertEqual(dark.frames.last().lights, [BLACK] * PIXELS)

    def test_stop(self):
        self.play({"id": "a", "color": "red"})
        self.shows(RED, *self.nodes)
        marks, since = self.marks(*self.nodes), self.seen.mark()
        answer = self.request("scene/stop", {"id": "a", "fade_ms": 300})
        self.assert_ok(answer)
        frames = [n.frames.wait("in black", lambda f: set(f.lights) == {BLACK}, marks[n]) for n in self.nodes]
        for node, frame in zip(self.nodes, frames):
            self.assertLessEqual(frame.t_us, answer["at_us"])
            between = [f.lights[0] for f in node.frames.since(marks[node]) if f.t_us < frame.t_us]
            self.assertTrue(any(c not in (RED, BLACK) for c in between), "it fades")
            self.seen.wait(node.topic("state"), lambda m: m.json()["showing"] == "idle", since)

    def test_dim(self):
        self.play({"color": "red"})
        self.broker.publish("glow/all/notify", '{"effect":"solid","color":"blue","ttl_s":60,"id":"n"}')
        self.shows(BLUE, *self.nodes)
        self.addCleanup(self.broker.publish, "glow/all/notify", '{"id":"n","clear":true}')
        self.assert_ok(self.request("dim/set", {"brightness": 51}))
        self.shows("000033", *self.nodes)
        marks = self.marks(*self.nodes)
        until_us = self.nodes[0].frames.last().t_us + 2500000
        self.assert_ok(self.request("dim/set", {"brightness": 0, "until_us": until_us}))
        self.shows(BLACK, *self.nodes, since=marks)
        for frame in self.shows(BLUE, *self.nodes, since=marks):
            self.assert_at(frame, until_us)

    # promise: late-is-right
    def test_restart_in_phase(self):
        """The first frame of a node that comes back is what it would have shown had it stayed."""
        start_us = self.play({"effect": "rainbow", "seed": 3, "target": {"nodes": [self.nodes[1].node]}})
        self.play({"id": "own", "effect": "rainbow", "seed": 3, "start_us": start_us,
                   "target": {"nodes": [self.nodes[0].node]}})
        node = self.nodes[1]
        node.frames.wait("of the scene", lambda f: f.t_us >= start_us)
        self.assertEqual(node.stop()[0], 0)
        again = self.row(node.node)
        self.nodes[1] = again
        self.all[1] = again
        slots = {}

        def compared():
            reference = {f.t_us: f.lights for f in self.nodes[0].frames.look() if f.t_us >= start_us}
            slots.update((k, (f.lights, reference[f.t_us])) for k, f in enumerate(again.frames.look())
                         if f.t_us in reference)
            return len(slots) >= LEAST

        glow.wait_until("frames to compare", compared)
        # The board's own darkness, perhaps the instant at which the time was known, then slots.
        self.assertLessEqual(min(slots), 2)
        self.assertTrue(all(a == b for a, b in slots.values()), slots)
        self.assertGreater(len({tuple(a) for a, b in slots.values()}), LEAST // 2)
        lit = next(f for f in again.frames.look() if set(f.lights) != {BLACK})
        self.assertLessEqual(again.frames.look().index(lit), 1)


class WithoutConductor(glow.Case):
    """Killed, so that nobody says goodbye for it but its will; and nobody stands by."""

    # promise: without-conductor
    def test_all_goes_on(self):
        seen = self.watch()
        conductor = self.conductor().wait_leading()
        nodes = [self.bridge("--idle", "off") for _ in range(NODES)]
        seen.wait_synced(*nodes)
        self.assert_ok(self.broker.request("glow/scene/play", '{"effect":"rainbow","span":"node"}', "answers/play"))
        for node in nodes:
            seen.wait(node.topic("state"), lambda m: m.json()["showing"] == "scene")

        # Hanging first: the broker knows nothing of it, and a command for many waits for a second, or not at all.
        conductor.freeze()
        since, marks = seen.mark(), {n: n.frames.mark() for n in nodes}
        self.broker.publish("glow/all/set", '{"color":"red"}', response="answers/all")
        glow.wait_until("an answer of each node", lambda: len(seen.find("answers/all", since)) >= NODES)
        answers = [m.json() for m in seen.find("answers/all", since)]
        self.assertEqual(sorted(a["node"] for a in answers), sorted(n.node for n in nodes))
        for node in nodes:
            node.frames.wait("in red", lambda f: set(f.lights) == {RED}, marks[node])
        # It wakes up and has its say, which comes too late for a light that has changed since.
        self.broker.publish(nodes[0].topic("set"), "lime")
        nodes[0].frames.wait_shows([LIME] * PIXELS)
        conductor.thaw()
        seen.wait("glow/all/apply", since=since)
        glow.wait_until("its answer", lambda: len(seen.find("answers/all", since)) == NODES + 1)

        conductor.kill()
        seen.wait("glow/conductor/availability", lambda m: m.payload == b"offline", since)
        self.assertEqual(nodes[0].frames.last().lights, [LIME] * PIXELS)
        since = seen.mark()
        self.broker.publish("glow/all/set", "auto", response="answers/all")
        glow.wait_until("an answer of each node", lambda: len(seen.find("answers/all", since)) == NODES)
        marks = {n: n.frames.mark() for n in nodes}

        def compared():
            boards = [{f.t_us: f.lights for f in n.frames.since(marks[n])} for n in nodes]
            common = set(boards[0]).intersection(*boards[1:])
            return len(common) >= LEAST and [[b[t] for b in boards] for t in common]

        for lights in glow.wait_until("frames in common", compared):
            self.assertEqual(lights[1:], lights[:-1])


if __name__ == "__main__":
    glow.main()
