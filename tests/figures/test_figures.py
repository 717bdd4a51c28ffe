#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What the programs cost, where it can be counted exactly: it is as figures.txt says, which also has a margin for each. No time
is measured, so nothing of it depends on what else the machine does. What moved, for the better too, is told from what to what;

    ./run figures --write

puts it there, for the commit that moved it. Instructions are those of one compiler and C library, and only of a Release build:
elsewhere they are not compared."""

import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/harness"), str(ROOT / "tests/bench")]
import callgrind
import glow
import roads

TABLE = pathlib.Path(__file__).with_name("figures.txt")
HEAD = """# What the programs cost: value, margin in per cent, and what it is. Asserted by test_figures.py, which tells how each is
# found; changed by `./run figures --write`, in the commit that moves it. Instructions are of %s.
"""
PIXELS = 64
EFFECTS = "solid", "rainbow", "chase", "sparkle", "candle", "fire", "gauge", "tetris", "aurora", "metaballs"
GAPS = 20  # from one frame to the next
BEATS = 10  # from one beacon to the next


def made_by():
    """On what instructions depend."""
    return f"{callgrind.compiler(glow.beside_bridge('figures_work'))} on {platform.machine()} with {' '.join(platform.libc_ver())}"


# ---- how figures are found ----

def said_by(program, *words):
    """The lines of a program: name, tab, value."""
    done = subprocess.run([glow.beside_bridge(program), *words], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    return {name: float(value) for name, value in (line.split("\t") for line in done.stdout.splitlines())}


def road_calls(*words):
    return {f"system calls of a frame: {road}": calls for road, calls in roads.calls(*words).items()}


def calls_between(trace, mark):
    """The calls from one that has the mark to the next, as strace tells them: the median."""
    at = [k for k, line in enumerate(trace) if mark in line]
    return statistics.median(b - a for a, b in zip(at, at[1:]))


def bridge_calls(case):
    """System calls from a frame to the next one in the thread of a bridge that draws."""
    path = pathlib.Path(case.home, "trace")
    bridge = case.bridge("--idle", "rainbow").wait_connected()
    bridge.frames.wait("a frame", lambda frame: True)
    strace = subprocess.Popen(["strace", "-e", "signal=none", "-o", path, "-p", str(bridge.process.pid)], stderr=subprocess.DEVNULL)
    try:
        glow.wait_until("frames in a trace", lambda: path.exists() and path.read_text().count("t_us") > GAPS)
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait()
    return {"system calls of a frame: a bridge with a virtual board, all in all": calls_between(path.read_text().splitlines(), "t_us")}


def waits_between(trace, mark):
    """How often a thread begins to wait from a call that has the mark to the next: the median. Who only looks does not wait."""
    waits = [line for line in trace if re.search(r" e?p?poll\w*\(", line) and not re.search(r", 0\) = |tv_sec=0, tv_nsec=0", line)]
    marks = [line.split()[0] for line in trace if re.search(mark, line)]
    return statistics.median(sum(a < line.split()[0] <= b for line in waits) for a, b in zip(marks, marks[1:]))


def wakeups(case, process, mark, beat=lambda: None):
    """Of all threads of a process."""
    path = pathlib.Path(case.home, glow.unique("waits"))
    strace = subprocess.Popen(["strace", "-ff", "-ttt", "-e", "signal=none", "-o", path, "-p", str(process.pid)], stderr=subprocess.DEVNULL)

    def trace():
        return sorted(line for file in path.parent.glob(path.name + ".*") for line in file.read_text().splitlines())

    def marks():
        return sum(bool(re.search(mark, line)) for line in trace())

    try:
        glow.wait_until("two threads traced", lambda: len(list(path.parent.glob(path.name + ".*"))) >= 2)
        for k in range(BEATS + 1):
            beat()
            glow.wait_until("beacons in a trace", lambda: marks() > k)
            time.sleep(0.05)  # until it rests
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait()
    return waits_between(trace(), mark)


def still_wakeups(case, *options):
    """Beacons are of nobody, since a conductor would be asked for the time as well."""
    bridge = case.bridge(*options or ("--idle", "red")).wait_connected()
    found = wakeups(case, bridge.process, r"recvfrom.*/beacon", lambda: case.broker.publish("glow/conductor/beacon", "{}"))
    bridge.close()
    return found


def beacon_wakeups(case):
    found = {"wake-ups for a beacon: a node that shows a still picture": still_wakeups(case)}
    conductor = case.conductor().wait_leading()
    # The less of two: while a disk holds the broker up the conductor looks more often whether it may go on.
    found["wake-ups for a beacon: a conductor that has nobody to lead"] = min(
        wakeups(case, conductor.process, r"writev.*/beacon") for _ in range(2))
    conductor.close()
    return found


def incomparable():
    """Why instructions are not compared here, or ""."""
    asserted = re.search(r"Instructions are of (.*)\.\n", TABLE.read_text())[1]
    if not callgrind.possible():
        return "not installed: valgrind"
    return "" if made_by() == asserted else f"instructions are asserted of {asserted}, and this is {made_by()}"


def instructions():
    effects = [ROOT / f"effects/{name}.glow" if (ROOT / f"effects/{name}.glow").exists() else name for name in EFFECTS]
    found = {}
    for name, (n, pixels) in callgrind.counts(glow.beside_bridge("bench_effects"), "count", str(PIXELS), *effects).items():
        found[f"instructions of a pixel of {PIXELS}: {pathlib.Path(name.split(chr(9))[0]).stem}"] = round(n / pixels, 1)
    for name, (n, parts) in callgrind.counts(glow.beside_bridge("figures_work")).items():
        found[f"instructions, {name}"] = round(n / parts)
    return found


# ---- what they should be ----

def read(text):
    """Name -> (value, margin)."""
    rows = [line.split(None, 2) for line in text.splitlines() if line and line[0] != "#"]
    return {name: (float(value), float(margin)) for value, margin, name in rows}


def margin_of(name):
    """Of a figure that is new: what is counted one by one is exact, and a compiler's or library's update moves the rest."""
    return 2 if name.startswith("instructions") else 0 if name.startswith(("system calls", "wake-ups")) else 1


def moved(expected, found):
    """What is not as expected, in words."""
    for name, value in found.items():
        if name not in expected:
            yield f"{name}: {value:.10g}, and is not in {TABLE.name}"
            continue
        was, margin = expected[name]
        if abs(value - was) > was * margin / 100:
            yield f"{name}: from {was:,.10g} to {value:,.10g} ({100 * (value - was) / was:+.1f} %, margin {margin:g} %)"
    yield from (f"{name}: is in {TABLE.name}, and nothing tells it" for name in expected if name not in found)


def write(found):
    old = read(TABLE.read_text()) if TABLE.exists() else {}
    rows = [f"{found[name]:>12.10g} {old.get(name, (0, margin_of(name)))[1]:>3g}  {name}\n" for name in found]
    TABLE.write_text(HEAD % made_by() + "".join(rows))


class Figures:
    """Compares figures with the rows of the table whose names begin so."""

    def compare(self, found, *begins):
        expected = {name: row for name, row in read(TABLE.read_text()).items() if name.startswith(begins)}
        told = list(moved(expected, found))
        if told:
            self.fail("\n  ".join(["figures moved:", *told]) + "\nIf that is meant: ./run figures --write, and say why in the commit.")


class Table(glow.unittest.TestCase):
    rows = {"a": (200.0, 1.0), "b": (6.0, 0.0)}

    def test_control(self):
        """Within the margin nothing is said; what is beyond it, new or gone is."""
        self.assertEqual(list(moved(self.rows, {"a": 201.9, "b": 6.0})), [])
        self.assertEqual(list(moved(self.rows, {"a": 203.0, "b": 5.0})),
                         ["a: from 200 to 203 (+1.5 %, margin 1 %)", "b: from 6 to 5 (-16.7 %, margin 0 %)"])
        self.assertEqual(list(moved(self.rows, {"a": 200.0, "c": 1.0})),
                         ["c: 1, and is not in figures.txt", "b: is in figures.txt, and nothing tells it"])


class Counts(Figures, glow.Case):
    def test_roads(self):
        self.compare({**bridge_calls(self), **road_calls()}, "system calls")

    def test_control_roads(self):
        """A frame like the one before takes other calls, and a call more between two frames is seen."""
        again, first = road_calls("again"), road_calls()
        self.assertEqual(again.keys(), first.keys())
        self.assertTrue(all(again[name] < first[name] for name in again if "virtual" in name or "kernel's LEDs" in name), again)
        trace = ['write(5, "t_us")', "read(4)"] * 5
        self.assertEqual(calls_between(trace, "t_us"), 2)
        self.assertEqual(calls_between([line for line in trace for line in ([line, "poll()"] if "read" in line else [line])], "t_us"), 3)

    def test_wakeups(self):
        self.compare(beacon_wakeups(self), "wake-ups")

    def test_control_wakeups(self):
        """Who moves wakes up more often, and a wait more is seen, a look is not."""
        self.assertGreater(still_wakeups(self, "--idle", "rainbow"), 2)
        turn = "recvfrom(5, /beacon", "poll([], 1, 0) = 0", "poll([], 5, 1250) = 1", "epoll_wait(3, [], 9, -1) = 1"
        for turn, count in (turn, 2), ((*turn, "ppoll([], 1, {tv_sec=1, tv_nsec=0}, 8) = 0"), 3):
            trace = ["%d.%d %s" % (beat, k, line) for beat in range(1, 5) for k, line in enumerate(turn)]
            self.assertEqual(waits_between(trace, "/beacon"), count)

    def test_cluster(self):
        self.compare(said_by("figures_cluster"), "messages", "bytes")

    def test_control_cluster(self):
        """Stats twice as often are noticed, of nodes alone."""
        expected = {name: row for name, row in read(TABLE.read_text()).items() if name.startswith(("messages", "bytes"))}
        told = " ".join(moved(expected, said_by("figures_cluster", "5")))
        self.assertIn("bytes a calm node sends", told)
        self.assertNotIn("calm node gets", told)


class Instructions(Figures, glow.unittest.TestCase):
    def setUp(self):
        if incomparable():
            self.skipTest(incomparable())

    def test_instructions(self):
        self.compare(instructions(), "instructions")

    def test_control(self):
        """One pixel more takes more, by about what a pixel takes."""
        found = callgrind.counts(glow.beside_bridge("bench_effects"), "count", "64,65", "rainbow")
        (fewer, pixels), (more, _) = found["rainbow\t64"], found["rainbow\t65"]
        self.assertAlmostEqual((more - fewer) / (fewer / pixels), 16, delta=3)  # of as many frames


def all_figures():
    case = Counts()
    Counts.setUpClass()
    try:
        found, woken = bridge_calls(case), beacon_wakeups(case)
    finally:
        case.doCleanups()
        Counts.doClassCleanups()
    return {**found, **woken, **road_calls(), **said_by("figures_cluster"), **instructions()}


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write(all_figures())
    elif "Instructions" in sys.argv and incomparable():
        print("SKIPPED: " + incomparable())
        sys.exit(glow.SKIPPED)
    else:
        glow.main()
