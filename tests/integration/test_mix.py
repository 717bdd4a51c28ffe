#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""One cluster of a Blinkt!, a PiGlow and strips of 144 and 1000 LEDs: where each lies, what scenes, bars and marks look like
on each, and that whoever watches sees the same.

A single row as long as all of them together is what the rows are compared with. The PiGlow's lights are worked out here
from that row's colours.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

BLINKT, PIGLOW, STRIP, LONG = LENGTHS = (8, 18, 144, 1000)
OFFSETS = (0, 8, 26, 170)
TOTAL = sum(LENGTHS)
ARM = 6  # LEDs from the tip to the centre: red, orange, yellow, green, blue, white
ORANGE, BLUE = 1, 4
CHANNELS = {0: "r", 2: "rg", 3: "g", BLUE: "b", 5: "rgb"}  # of an LED's colour, for all whose channels are 0 or 255
LEAST = 8
BLACK, WHITE = "000000", "ffffff"


def piglow_levels(colors):
    """What single-colour LEDs show of colours, orange ones (of which less is certain) left out: as much of their own as is in
    them."""
    levels = []
    for i, color in enumerate(colors):
        channel = dict(zip("rgb", bytes.fromhex(color)))
        if i % ARM != ORANGE:
            levels.append(min(channel[c] for c in CHANNELS[i % ARM]))
    return levels


def without_orange(levels):
    return [level for i, level in enumerate(levels) if i % ARM != ORANGE]


def lit(lights):
    """Which LEDs shine, of colours or levels."""
    return [i for i, light in enumerate(lights) if light not in (0, BLACK)]


class Mix(glow.ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stem = glow.unique("m")
        cls.nodes = [cls.row("%s-%d" % (stem, k), n, "mix") for k, n in enumerate(LENGTHS)]
        cls.whole = cls.row(stem + "-whole", TOTAL, "whole")
        cls.roster = cls.wait_ready(*cls.nodes, cls.whole)

    @classmethod
    def row(cls, name, pixels, group):
        shape = ["--virtual-shape", "piglow"] if pixels == PIGLOW else ["--pixels", str(pixels)]
        return cls.start(name, "--fps", "20", "--flash-limit", "off", "--groups", group, *shape)

    def request(self, topic, payload):
        answer = super().request(topic, payload)
        self.assert_ok(answer)
        return answer

    def play(self, scene):
        """Plays it across the four boards and on the long row; returns when it begins."""
        start_us = self.request("scene/play", dict(scene, id="mix", target={"groups": ["mix"]}, seed=5))["start_us"]
        self.request("scene/play", dict(scene, id="whole", target={"groups": ["whole"]}, seed=5, start_us=start_us))
        self.addCleanup(self.request, "scene/stop", {})
        return start_us

    def compared(self, start_us, offsets=OFFSETS):
        """Instants since then at which all showed a frame, and those of them at which a board does not show its part."""
        boards = [{f.t_us: f.lights for f in n.frames.look() if f.t_us >= start_us} for n in self.nodes]
        whole = {f.t_us: f.lights for f in self.whole.frames.look()}
        common = sorted(set(whole).intersection(*boards))
        wrong = []
        for t_us in common:
            for board, offset, n in zip(boards, offsets, LENGTHS):
                part, shown = whole[t_us][offset:offset + n], board[t_us]
                if n == PIGLOW:
                    part, shown = piglow_levels(part), without_orange(shown)
                if part != shown:
                    wrong.append((t_us, n))
        return common, wrong

    def shows(self, what, accept):
        """Waits until each board's lights are right."""
        for node, n in zip(self.nodes, LENGTHS):
            node.frames.wait("of %s on %d LEDs" % (what, n), lambda f: accept(n, f.lights), max(node.frames.mark() - 1, 0))

    def test_placement(self):
        places = {n["id"]: (n["offset"], n["pixels"]) for n in self.roster["nodes"]}
        self.assertEqual([places[n.node] for n in self.nodes], list(zip(OFFSETS, LENGTHS)))
        told = json.loads(glow.run_ctl("nodes", "--json", "--broker", self.broker.uri).stdout)
        self.assertEqual([n["offset"] for n in told["nodes"][:4]], list(OFFSETS))

    # promise: one-strip
    def test_scenes(self):
        for effect in ("rainbow", "sparkle", "larson"):
            start_us = self.play({"effect": effect, "color": "white", "params": {}})
            glow.wait_until("frames of %s to compare" % effect, lambda: len(self.compared(start_us)[0]) >= LEAST)
            common, wrong = self.compared(start_us)
            self.assertEqual(wrong, [], effect)
        # The control: were the boards one LED further along, all would be wrong. (Sparks and a scanner are dark nearly everywhere.)
        start_us = self.play({"effect": "rainbow"})
        glow.wait_until("frames to compare", lambda: len(self.compared(start_us)[0]) >= LEAST)
        common, wrong = self.compared(start_us, [offset + 1 for offset in OFFSETS])
        self.assertTrue({n for _, n in wrong} >= {BLINKT, PIGLOW, STRIP, LONG}, wrong)

    # A bar across the cluster ends at one place of it.
    def test_bar_of_the_cluster(self):
        for effect, params in (("progress", {"value": 50}), ("gauge", {"source": "number", "value": 50})):
            self.play({"effect": effect, "params": params, "color": "white"})
            ends = {BLINKT: BLINKT, PIGLOW: PIGLOW, STRIP: STRIP, LONG: TOTAL // 2 - OFFSETS[3]}
            self.shows(effect, lambda n, lights: lit(lights) == list(range(ends[n])))

    # Each board's own bar is half of it: on a PiGlow from the centre of each arm.
    def test_bars_of_boards(self):
        halves = {n: list(range(n // 2)) for n in LENGTHS}
        halves[PIGLOW] = [i for i in range(PIGLOW) if i % ARM >= ARM // 2]
        for effect, params in (("progress", {"value": 50}), ("gauge", {"source": "number", "value": 50})):
            self.request("group/mix/set", {"effect": effect, "params": params, "color": "white"})
            self.shows(effect, lambda n, lights: lit(lights) == halves[n])
            self.request("group/mix/set", {"effect": effect, "params": dict(params, value=0)})
            self.shows("no " + effect, lambda n, lights: lit(lights) == [])
        self.request("group/mix/set", {"effect": "auto"})

    def test_identify(self):
        def marked(n, lights):
            halves = [WHITE] * (n // 2) + ["0000ff"] * (n // 2)
            if n == PIGLOW:  # white lights all LEDs, blue the blue ones
                halves = [255] * 9 + [255 if i % ARM == BLUE else 0 for i in range(9, PIGLOW)]
            return lights == halves

        self.broker.publish("glow/all/notify", json.dumps({"effect": "identify", "ttl_s": 600, "id": "here"}))
        self.shows("identify", marked)
        self.broker.publish("glow/all/notify", json.dumps({"id": "here", "clear": True}))
        self.shows("identify's end", lambda n, lights: lit(lights) == [])

    def test_whoever_watches_sees_it(self):
        self.play({"effect": "gauge", "params": {"source": "number", "value": 50}})
        self.shows("gauge", lambda n, lights: lit(lights) != [])
        said = glow.run_ctl("watch", "--plain", "--for-s", "1", "--broker", self.broker.uri).stdout
        lines = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line}
        for node, n in zip(self.nodes, LENGTHS):
            shown = node.frames.last().lights
            drawn = lines[node.node][:n]
            self.assertEqual(lit(drawn), lit(shown), n)
            if n != PIGLOW:
                self.assertEqual(drawn, shown, n)
            self.assertNotRegex(lines[node.node][n], "^[0-9a-f]{6}$")


if __name__ == "__main__":
    glow.main()
