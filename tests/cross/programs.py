#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The programs on an emulated processor (GLOW_BIN starts the emulator), with a
broker on this machine's own."""

import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
import glow

BLACK, RED, BLUE = "000000", "ff0000", "0000ff"
RUN_S = 2


def effects():
    with open(os.path.join(HERE, "..", "..", "bridge", "effect", "effects.def")) as f:
        return [name.replace("_", "-") for name in re.findall(r"^X\((\w+)\)", f.read(), re.MULTILINE)]


class Says(glow.Case):
    def test_version(self):
        ran = glow.run_bridge("--version")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertRegex(ran.stdout, r"\b\d+\.\d+\.\d+\b")

    def test_effects(self):
        ran = glow.run_bridge("--list-effects")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertGreater(len(effects()), 10)
        for name in effects():
            self.assertRegex(ran.stdout, r"(?m)^%s\b" % re.escape(name))

    def test_control(self):
        self.assertEqual(glow.run_bridge("--fps", "0").returncode, 64)


class Node(glow.NodeCase):
    def test_runs(self):
        """An animation for some seconds: its frames are about as many as asked for, and of this time."""
        self.set({"effect": "rainbow"})
        began_us, mark = glow.now_us(), self.frames.mark()
        time.sleep(RUN_S)
        frames = self.frames.since(mark)
        self.assertGreater(len(frames), RUN_S * 60 / 3)
        for f in frames:
            self.assertLess(abs(f.t_us - began_us), (RUN_S + 5) * 1000000, f)

    def test_late_command(self):
        """An instant for which 32 bits have too few seconds is far ahead, not gone by."""
        self.set({"color": "red"})
        self.shows(RED)
        for late_s in (2**31, 2**32):
            self.refuse({"color": "blue", "at_us": late_s * 10**6 + 1}, "out_of_range", "at_us")
        self.set({"color": "blue", "at_us": 2**31})  # control: gone by in 1970
        self.shows(BLUE)

    def test_refuses(self):
        self.refuse({"effect": "rainbow", "params": {"period_ms": -1}}, "out_of_range", "params.period_ms")

    def test_stop(self):
        node = self.bridge("--idle", "red")
        node.frames.wait_shows([RED] * 8)
        node.wait_connected()
        status, _ = node.stop()
        self.assertEqual(status, 0, node.log())
        self.assertEqual(node.frames.last().lights, [BLACK] * 8)


if __name__ == "__main__":
    glow.main()
