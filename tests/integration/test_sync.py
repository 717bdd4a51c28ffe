#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""One animation on five nodes whose crystals, uptimes and wall clocks differ, conducted from a host an hour off.

Frames of one slot must be shown at one instant, by the clock of the kernel on which all
run, and be one long picture, as a single board of the same length draws it. The bounds
are far above what a busy machine does to timers and far below what a node does that is
out of phase; the control, the last class, shows that nodes without a conductor do not meet them.
"""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import cluster
import glow
import skew

NAMES = ["pi1", "pi2", "pi3", "pi4", "pi5"]
CRYSTALS_PPB = (20000, -20000, 9000, -14000, 3000)
AN_HOUR_OFF = cluster.Clock(rate_ppb=-6000, uptime_s=7000, wall_ms=3600000)
PIXELS = 8
IN_PHASE_US = 3000
STEP_US = 5000
ONE_FRAME_US = 10000
LEAST_SLOTS = 30
SECOND_NS = 10**9


def check_in_phase(nodes):
    """Half of the slots, at least, are shown within IN_PHASE_US on all nodes."""
    skews = skew.skew(nodes)
    if len(skews) < LEAST_SLOTS:
        raise AssertionError("only %d slots in common of %s frames" % (len(skews), [len(n) for n in nodes]))
    median = skew.percentile(skews.values(), 50)
    if median > IN_PHASE_US:
        raise AssertionError("a median skew of %.0f us over %d slots" % (median, len(skews)))


def check_one_strip(nodes, whole):
    """Wherever all show a slot, they show end to end what the long board shows."""
    known = {f.t_us: f.lights for f in whole}
    compared = {t_us: frames for t_us, frames in skew.slots(nodes).items() if t_us in known}
    if len(compared) < LEAST_SLOTS:
        raise AssertionError("only %d slots to compare" % len(compared))
    for t_us, frames in compared.items():
        if skew.strip(frames) != known[t_us]:
            raise AssertionError("at %d a seam: %s, not %s" % (t_us, skew.strip(frames), known[t_us]))


def is_lit(frame):
    return any(light != "000000" for light in frame.lights)


class Swarm(glow.Case):
    """A conductor, and one rainbow from pi1 to pi5; a board as long as all of them plays the same by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.infos = glow.Watch(cls.broker, "glow/conductor/info")
        cls.addClassCleanup(cls.infos.close)
        cls.conductor = cls.start_conductor(AN_HOUR_OFF)
        cls.wait_leader(0)

    @classmethod
    def start_conductor(cls, clock):
        conductor = cluster.Conductor(cls.home, cls.broker.uri, clock=clock)
        cls.addClassCleanup(conductor.close)
        return conductor

    @classmethod
    def wait_leader(cls, since):
        return cls.infos.wait("glow/conductor/info", lambda m: m.payload and m.json()["state"] == "leading",
                              since).json()

    @classmethod
    def start_node(cls, name, pixels=PIXELS):
        k = len(NAMES) if name not in NAMES else NAMES.index(name)
        clock = cluster.Clock(rate_ppb=(CRYSTALS_PPB + (0,))[k], uptime_s=1000 * (k + 1), wall_ms=-7000 * k)
        node = cluster.Node(cls.home, cls.broker.uri, "--virtual-pixels", str(pixels), "--current-limit-ma", "0",
                            node=name, clock=clock)
        cls.addClassCleanup(node.close)
        return node.wait_connected()

    @classmethod
    def start_nodes(cls, names):
        cls.whole = cls.start_node("whole", PIXELS * len(NAMES))
        cls.nodes = [cls.start_node(name) for name in names]
        scene = {"effect": "rainbow", "seed": 1, "start_us": cls.wait_roster() - 1000000}
        cls.play({"id": "strip", "target": {"nodes": NAMES}, "absent": True, **scene})
        cls.play({"id": "whole", "target": {"nodes": ["whole"]}, **scene})
        for node in cls.nodes + [cls.whole]:
            cls.wait_lit(node)

    @classmethod
    def wait_roster(cls):
        """Until all nodes have their places; the time at which they had."""
        watch = glow.Watch(cls.broker, "glow/roster")
        cls.addClassCleanup(watch.close)
        names = {n.node for n in cls.nodes + [cls.whole]}
        return watch.wait("glow/roster", lambda m: m.payload and
                          names == {n["id"] for n in m.json()["nodes"]}).json()["effective_us"]

    @classmethod
    def play(cls, scene):
        answer = cls.broker.request("glow/scene/play", json.dumps(scene), "glow/answer/" + glow.unique())
        assert answer["status"] == "ok", answer

    @classmethod
    def wait_lit(cls, node):
        node.frames.wait("of the scene", is_lit)

    def shown(self, since_ns):
        return [node.shown(since_ns) for node in self.nodes]

    def watch_for(self, seconds):
        """What all show from now on for so long."""
        since_ns = time.monotonic_ns()
        time.sleep(seconds)
        return self.shown(since_ns)


class Strip(Swarm):
    """Four nodes play when the fifth comes. What then was shown is looked at from several sides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_nodes(NAMES[:-1])
        time.sleep(3)
        cls.nodes.append(cls.start_node(NAMES[-1]))
        cls.wait_lit(cls.nodes[-1])
        cls.joined_ns = time.monotonic_ns()
        time.sleep(4)

    # promise: skew
    def test_frames_of_a_slot_come_at_one_instant(self):
        check_in_phase(self.shown(self.joined_ns + 2 * SECOND_NS))

    # promise: one-strip
    def test_all_nodes_are_one_strip(self):
        check_one_strip(self.shown(self.joined_ns + 2 * SECOND_NS), self.whole.shown())

    # promise: late-is-right
    def test_the_late_one_is_in_phase_from_its_first_frame(self):
        """That it has joined is an instant of its own, so its first frame may come before its first slot."""
        late = [f for f in self.nodes[-1].shown() if is_lit(f)]
        whole = {f.t_us: f for f in self.whole.shown()}
        first = next(f for f in late if f.t_us in whole)
        self.assertLess(late.index(first), 2)
        self.assertEqual(first.lights, whole[first.t_us].lights[-PIXELS:])
        self.assertLess(abs(skew.late_us(late[0]) - skew.late_us(whole[first.t_us])), ONE_FRAME_US)
        self.assertLess(skew.largest_step_us([late]), STEP_US)
        check_in_phase([[f for f in node if first.t_us <= f.t_us < first.t_us + 1000000] for node in self.shown(0)])


class Trouble(Swarm):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_nodes(NAMES)
        time.sleep(5)

    def check_unmoved(self, since_ns):
        nodes = self.shown(since_ns)
        self.assertLess(skew.largest_step_us(nodes), STEP_US)
        check_in_phase(nodes)
        check_one_strip(nodes, self.whole.shown())

    # promise: takeover
    def test_a_standby_leads_when_the_conductor_is_killed(self):
        standby = self.start_conductor(cluster.Clock(rate_ppb=15000, uptime_s=90, wall_ms=-3600000))
        before = self.wait_leader(0)
        time.sleep(3)  # until it knows the time
        since, since_ns = self.infos.mark(), time.monotonic_ns()
        self.conductor.kill()
        type(self).conductor = standby
        after = self.wait_leader(since)
        self.assertEqual(after["clock_id"], before["clock_id"])
        self.assertGreater(after["term"], before["term"])
        time.sleep(6)
        self.check_unmoved(since_ns)

    # promise: light-goes-on
    def test_the_animation_outlives_a_restart_of_the_broker(self):
        before = self.wait_leader(0)
        since, since_ns = self.infos.mark(), time.monotonic_ns()
        self.broker.stop()
        self.broker.start()
        self.assertEqual(self.wait_leader(since)["clock_id"], before["clock_id"])
        time.sleep(6)
        self.check_unmoved(since_ns)


class Control(glow.Case):
    """The same checks on nodes that nobody conducts, whose wall clocks are 20 ms apart."""

    def test_nodes_by_themselves_fail(self):
        options = ("--idle", "rainbow", "--current-limit-ma", "0", "--virtual-pixels")
        nodes = [cluster.Node(self.home, self.broker.uri, *options, str(PIXELS), node=name,
                              clock=cluster.Clock(uptime_s=1000 * (k + 1), wall_ms=20 * k))
                 for k, name in enumerate(NAMES)]
        whole = cluster.Node(self.home, self.broker.uri, *options, str(PIXELS * len(NAMES)))
        for node in nodes + [whole]:
            self.addCleanup(node.close)
        for node in nodes + [whole]:
            node.frames.wait("of the idle display", is_lit)
        time.sleep(2)
        shown = [n.shown() for n in nodes]
        with self.assertRaisesRegex(AssertionError, "median skew"):
            check_in_phase(shown)
        with self.assertRaisesRegex(AssertionError, "seam"):
            check_one_strip(shown, whole.shown())
        first, last = shown[0], shown[-1]
        self.assertGreater(abs(skew.late_us(last[-1]) - skew.late_us(first[-1])), ONE_FRAME_US)
        # One that changes over to another's clock in the middle of it jumps; one that stays with its own does not.
        middle = first[len(first) // 2].t_us
        jumps = [f for f in first if f.t_us < middle] + [f for f in last if f.t_us >= middle]
        self.assertGreater(skew.largest_step_us([jumps]), STEP_US)
        self.assertLess(skew.largest_step_us([first]), STEP_US)


if __name__ == "__main__":
    cluster.need_clocks()
    glow.main()
