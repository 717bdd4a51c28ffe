#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What Glowswarm costs, beside what cannot be beaten and what people write instead: ./run bench [--docs] [PART…]

One table. Each figure stands beside its floor or a peer that was measured in the same run, since absolute figures of one
machine mean little on another. What cannot be measured on a machine says why. Parts: commands, cost, still, start, roads,
images, sync; without any, all."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
import cluster
import cost
import glow
import performance
import roads
import skew
import start
import sync
import vgpio
import writers
from performance import number, numbers, p50_p99

IDLE_S, MOVING_S = 11, 13  # of commands to our bridge
PEER_S = 7
TREE_IDLE_S, TREE_MOVING_S = 9, 11
TREE_PEER_S = 13
RAINBOW_S, TRACED_S, STILL_S = 5, 3, 10
BURST_S = 12  # after which a node's first questions to a conductor are asked
STARTS = 5
FPS = 60
MS = 1000  # microseconds
NO_TREE = vgpio.why_no_fuse()


def attempt(do):
    """What it returns, or in words why there is nothing: a row is never left out, and never made up."""
    try:
        return do()
    except (AssertionError, OSError, RuntimeError, ValueError, subprocess.SubprocessError) as e:
        return "not measured: %s" % (str(e).splitlines() or [type(e).__name__])[0].partition(", see ")[0][:90]


def cell(result, text):
    """text(result), or the words why there is no result."""
    return result if isinstance(result, str) else text(result)


class Bench:
    """A broker, somebody who sends commands, and what comes of it: a table, and the panels of a figure."""

    def __init__(self, home, ends):
        self.home = home
        self.broker = writers.Broker(home).start()
        ends.callback(self.broker.stop)
        self.watch = writers.Stopwatch(self.broker.port)
        ends.callback(self.watch.close)
        glow.wait_until("the bare subscriber does not listen", lambda: self.broker.listeners() > 0)
        self.table = performance.Table()
        self.latency = performance.Bars("From a command to its picture, p50 to p99", 100, 4e6, (
            (100, "0.1 ms"), (1000, "1"), (10000, "10"), (100000, "100"), (1000000, "1 s")))
        self.command = performance.Bars("A command on the GPIO tree", 1, 1e9, (
            (1, "1"), (100, "100"), (10000, "10,000"), (1000000, "1 M"), (100000000, "100 M")))
        self.process = performance.Bars("A process", 0.01, 1000, ((0.01, "0.01"), (0.1, "0.1"), (1, "1"), (10, "10"), (100, "100")))
        self.tree = {}  # writer -> what it did on the tree, which two parts tell of

    def each(self, measure, tree=False):
        """measure() of each writer: results, or why there is none, in the columns' order."""
        found = []
        for kind in writers.ALL:
            why = kind.missing or (tree and NO_TREE)
            tell("%s: %s" % (measure.__doc__, kind.name))
            found.append("not measured: " + why if why else attempt(lambda k=kind: measure(self, k)))
        return found

    def row(self, what, results, text, floor=performance.NOTHING):
        """A row of what each() found."""
        ours, python, c = (cell(r, text) for r in results)
        self.table.row(what, ours, floor, python, c)

    @contextlib.contextmanager
    def writer(self, kind, tree=False, **more):
        with contextlib.ExitStack() as ends:
            pi = ends.enter_context(vgpio.Pi(self.home)) if tree else None
            writer = kind(self.home, self.broker, pi, **more)
            ends.callback(writer.close)
            writers.warm_up(writer, self.watch)
            yield writer


def tell(words):
    print("measuring: " + words, file=sys.stderr, flush=True)


# ---- commands ----


def without_pins(bench, kind):
    """commands, on no pins"""
    ours = kind is writers.Bridge
    with bench.writer(kind) as writer:
        return [writers.commands(writer, bench.watch, IDLE_S if ours else PEER_S),
                writers.commands(writer, bench.watch, MOVING_S if ours else PEER_S, moving=True)]


def on_tree(bench, kind):
    """commands, on a virtual GPIO tree"""
    ours = kind is writers.Bridge
    with bench.writer(kind, tree=True) as writer:
        idle = writers.commands(writer, bench.watch, TREE_IDLE_S if ours else TREE_PEER_S)
        phase_s = skew.percentile(idle.frame_us, 50) / 1e6
        moving = writers.commands(writer, bench.watch, TREE_MOVING_S if ours else TREE_PEER_S, moving=True, phase_s=phase_s)
        with cost.Calls(writer.process.pid) as traced:
            count = len(writers.commands(writer, bench.watch, 0, least=10 if ours else 3).frame_us)
        rainbow_fps = fps(writer, bench.watch)
    return [idle, moving, traced.count / count, rainbow_fps]


def fps(writer, watch):
    """Frames a second while a rainbow plays."""
    began_ns = writer.wait(watch.send(writers.RAINBOW)[0], False)
    time.sleep(3)
    shown = writer.look(began_ns)
    return len(shown) * 1e9 / (shown[-1][0] - began_ns) if shown else 0


def latency_rows(bench, what, results, k, unit, scale):
    """A row of p50/p99, in brackets the peers' own floors, and the bars of all."""
    def text(result, own_floor=True):
        commands = result[k]
        return p50_p99(commands.frame_us, scale) + (" (%s)" % p50_p99(commands.floor_us, scale) if own_floor else "")

    ours, *peers = results
    bench.table.row("%s, %s" % (what, unit), cell(ours, lambda r: text(r, False)), cell(ours, lambda r: p50_p99(r[k].floor_us, scale)),
                    *(cell(r, text) for r in peers))
    for cls, result in (("floor", ours), ("frames", ours), ("python", peers[0]), ("c", peers[1])):
        if not isinstance(result, str):
            took = result[k].floor_us if cls == "floor" else result[k].frame_us
            low, high = (skew.percentile(took, p) for p in (50, 99))
            bench.latency.add(what, cls, "%s–%s ms" % (number(low / MS), number(high / MS)), low, high)


def part_commands(bench):
    """From a command to its picture."""
    bare, tree = bench.each(without_pins), bench.each(on_tree, tree=True)
    bench.tree = tree
    bench.table.group("A command until its picture is out, p50/p99 (and the floor in the peer's run)", "a bare subscriber has it")
    latency_rows(bench, "no pins, still before", bare, 0, "µs", 1)
    latency_rows(bench, "no pins, a rainbow at 60 fps before", bare, 1, "µs", 1)
    latency_rows(bench, "GPIO tree, still before", tree, 0, "ms to the last edge", MS)
    latency_rows(bench, "GPIO tree, a rainbow before", tree, 1, "ms to the last edge", MS)
    bench.row("commands measured, in these four rows", [r if isinstance(r, str) or isinstance(t, str) else [
        len(c.frame_us) for c in (r[0], r[1], t[0], t[1])] for r, t in zip(bare, tree)], lambda n: numbers(*n))
    bench.row("frames a second of a rainbow on the GPIO tree", tree, lambda r: number(r[3]), "60 asked for")


# ---- what a frame costs ----


def instructions(bench, kind):
    """instructions, on a virtual GPIO tree"""
    counts = (4, 12) if kind is writers.Bridge else (2, 5)
    totals = []
    for count in counts:
        log = os.path.join(bench.home, glow.unique("callgrind"))
        with bench.writer(kind, tree=True, within=cost.counting(log=log)) as writer:
            writers.commands(writer, bench.watch, 0, least=count)
        totals.append(cost.collected(log))
    return (totals[1] - totals[0]) / (counts[1] - counts[0])


def playing(process, count_frames):
    """Of a process that shows frames: processor time, wake-ups and system calls of each, and how many a second."""
    pid, frames = process.pid, count_frames()
    began, cpu_ns, woken = time.monotonic(), cost.cpu_ns(pid), cost.wakeups(pid)
    time.sleep(RAINBOW_S)
    took_s, cpu_ns, woken, shown = time.monotonic() - began, cost.cpu_ns(pid) - cpu_ns, cost.wakeups(pid) - woken, count_frames() - frames
    frames = count_frames()
    with cost.Calls(pid) as traced:
        time.sleep(TRACED_S)
        frames = count_frames() - frames
    return {"fps": shown / took_s, "cpu_percent": cpu_ns / took_s / 1e7, "wakeups": woken / shown, "calls": traced.count / frames}


def rainbow(bench, kind):
    """a rainbow at 60 frames a second, on no pins"""
    with bench.writer(kind) as writer:
        began_ns = writer.wait(bench.watch.send(writers.RAINBOW)[0], False)
        found = playing(writer.process, lambda: len(writer.look()))
        zero_ns = time.time_ns() - time.monotonic_ns()
        found["late_us"] = [(f.mono_ns + zero_ns) / 1e3 - f.t_us for f in writer.frames.all if f.t_us and f.mono_ns > began_ns + 5e8]
    return found


def slots(bench):
    """How late the last clock of a frame is on the tree, µs; against the wall clock's slots, since nobody conducts."""
    tenth_us = 100000
    with bench.writer(writers.Bridge, tree=True, fps=10) as writer:
        began_ns = writer.wait(bench.watch.send(writers.RAINBOW)[0], False)
        time.sleep(RAINBOW_S)
        zero_ns = time.time_ns() - time.monotonic_ns()
        shown = [when_ns for when_ns, _ in writer.look(began_ns + 10**9)]
    return [((when_ns + zero_ns) // 1000 + tenth_us // 2) % tenth_us - tenth_us // 2 for when_ns in shown]


def timer(bench):
    """The floor: a process that wakes for each slot and writes down that it did."""
    path, first_ns = os.path.join(bench.home, glow.unique("floor")), time.monotonic_ns() + 10**8
    process = glow.spawn([glow.beside_bridge("bench_floor"), str(first_ns), str(FPS), path], None, None)
    frames = glow.Frames(path)
    try:
        glow.wait_until("a bare timer", frames.look)
        found = playing(process, lambda: len(frames.look()))
    finally:
        glow.end(process)
    found["late_us"] = [(f.mono_ns - first_ns) / 1e3 - f.t_us for f in frames.look()]
    return found


def bars(panel, what, results, value):
    """A bar for each figure of ours, Python's, C's, and a floor's."""
    for cls, result in zip(("frames", "python", "c", "floor"), results):
        if not isinstance(result, str):
            panel.add(what, cls, number(value(result)), value(result))


def part_cost(bench):
    """What a frame costs."""
    table = bench.table
    tree = bench.tree or bench.each(on_tree, tree=True)
    counted = [cost.NO_VALGRIND] * 3 if cost.NO_VALGRIND else bench.each(instructions, tree=True)
    table.group("A command on the GPIO tree, all of it", "edges alone")
    bench.row("system calls", tree, lambda r: number(r[2]), "648 of the clock")
    bench.row("processor time, ms", tree, lambda r: number(r[0].cpu_ms))
    bench.row("instructions of its own, thousands", counted, lambda n: number(n / 1000))
    bars(bench.command, "system calls", tree, lambda r: r[2])
    bars(bench.command, "processor time, µs", tree, lambda r: r[0].cpu_ms * MS)
    bars(bench.command, "instructions of its own", counted, lambda n: n)
    shows = bench.each(rainbow)
    bare = attempt(lambda: timer(bench))
    table.group("A rainbow on eight pixels at 60 fps, no pins", "a bare timer, and a write")
    for what, key in (("frames a second", "fps"), ("system calls a frame", "calls"), ("wake-ups a frame", "wakeups"),
                      ("processor, % of a core", "cpu_percent")):
        bench.row(what, shows, lambda r, key=key: number(float(r[key])), cell(bare, lambda r, key=key: number(float(r[key]))))
    bars(bench.process, "processor at 60 fps, %", [*shows, bare], lambda r: r["cpu_percent"])
    late = cell(bare, lambda r: p50_p99(r["late_us"]))
    table.row("a frame after its instant, µs, p50/p99", cell(shows[0], lambda r: p50_p99(r["late_us"])), late)
    table.row("its last edge after it, at 10 fps on the GPIO tree", "not measured: " + NO_TREE if NO_TREE else cell(
        attempt(lambda: slots(bench)), p50_p99), late)


# The roads that are shown, and the fewest calls of one of its kind.
ROADS = {"Blinkt! over the overlay": "1", "Blinkt! over libgpiod 2": "648: an edge each", "Blinkt! over libgpiod 1": "648: an edge each",
         "Blinkt! over sysfs": "648: an edge of the clock each", "APA102 over SPI": "1", "PiGlow over I2C": "1",
         "PiGlow over the kernel's LEDs": "1 for an LED that changes", "PiGlow over lines of libgpiod 2": "1, with a controller",
         "PiGlow over lines of sysfs": "1, with a controller"}


def part_roads(bench):
    """What a frame costs on each road."""
    bench.table.group("A frame on each board and road: system calls; instructions of the driver", "calls of such a road")
    tell("a frame on each road")
    calls = attempt(roads.calls)
    counted = cost.NO_VALGRIND or attempt(roads.instructions)
    for road, least in ROADS.items():
        bench.table.row(road, "; ".join(cell(found, lambda found, road=road: number(found[road])) for found in (calls, counted)), least)


# ---- a still picture, and memory ----


def resting(processes):
    """Wake-ups a second and processor time of each while nothing happens."""
    before = [(cost.wakeups(p.pid), cost.cpu_ns(p.pid)) for p in processes]
    time.sleep(STILL_S)
    return [((cost.wakeups(p.pid) - woken) / STILL_S, (cost.cpu_ns(p.pid) - cpu_ns) / STILL_S / 1e7)
            for p, (woken, cpu_ns) in zip(processes, before)]


def together(bench):
    """All writers at rest beside each other: what each does, what a node and its conductor do in a cluster, and their memory."""
    with contextlib.ExitStack() as ends:
        there = [ends.enter_context(bench.writer(kind)) for kind in writers.ALL if not kind.missing]
        time.sleep(2)
        tell("a still picture")
        rest = dict(zip([w.name for w in there], resting([w.process for w in there])))
        memory = {w.name: cost.memory_mb(w.process.pid) for w in there}
        conductor = glow.Conductor(bench.home, bench.broker.uri)
        ends.callback(conductor.close)
        conductor.wait_leading()
        time.sleep(BURST_S)
        tell("a still picture, with a conductor")
        led = resting([there[0].process, conductor.process])
        return rest, led, memory, cost.memory_mb(conductor.process.pid)


def part_still(bench):
    """While nothing happens, and what is held in memory."""
    rest, led, memory, conductor_mb = together(bench)
    names = [kind.name if kind.name in rest else "not measured: %s" % kind.missing for kind in writers.ALL]

    def columns(what, found, text):
        ours, python, c = (text(found[n]) if n in found else n for n in names)
        bench.table.row(what, ours, c, python, c)
        return c

    bench.table.group("A still picture", "the C writer only waits")
    for what, k in (("wake-ups a second", 0), ("processor, % of a core", 1)):
        c = columns(what, rest, lambda r, k=k: "%.2f" % r[k])
        bench.table.row(what + ", in a cluster; of its conductor", "%.2f; %.2f" % (led[0][k], led[1][k]), c)
    bench.table.group("Memory, MB: resident/its share/its own", "the C writer has no library")
    c = columns("a node", memory, lambda m: numbers(*m))
    bars(bench.process, "memory, its share, MB", [memory.get(n, n) for n in names], lambda m: m[1])
    bench.table.row("a conductor", numbers(*conductor_mb), c)


# ---- start ----


def to_first_message(bench):
    """The floor: mosquitto_sub from exec until it has had a message that was there and has ended."""
    began = time.monotonic()
    subprocess.run(bench.broker.client("mosquitto_sub", "-t", writers.TOPIC, "-C", "1"), check=True, stdout=subprocess.DEVNULL,
                   timeout=glow.PATIENCE_S)
    return (time.monotonic() - began) * 1e3


def to_first_frame(bench, kind):
    """start"""
    took_ms = []
    for _ in range(STARTS):
        began_ns = time.monotonic_ns()
        writer = kind(bench.home, bench.broker)
        try:
            took_ms.append((writer.wait(began_ns, True) - began_ns) / 1e6)
        finally:
            writer.close()
    return took_ms


def part_start(bench):
    """From exec to the first right frame."""
    bench.table.group("Start, ms from exec to the first right frame, median/most of %d" % STARTS, "mosquitto_sub has a retained message")
    bench.broker.publish(writers.TOPIC, writers.solid(1), retain=True)
    tell("start")
    floor = attempt(lambda: [to_first_message(bench) for _ in range(STARTS)])
    peers = ["not measured: " + kind.missing if kind.missing else attempt(lambda k=kind: to_first_frame(bench, k))
             for kind in (writers.Python, writers.C)]
    bench.broker.publish(writers.TOPIC, retain=True)

    def text(took_ms):
        return numbers(skew.percentile(took_ms, 50), max(took_ms))

    for name, took_ms, wrong in start.figures(STARTS):
        if peers[0] != performance.NOTHING:
            bars(bench.process, "start, ms", [took_ms, *peers, floor], lambda t: skew.percentile(t, 50))
        bench.table.row(name, text(took_ms) + (", %d wrong" % wrong if wrong else ""), cell(floor, text), *(cell(p, text) for p in peers))
        peers = [performance.NOTHING] * 2


# ---- images, and time ----


def part_images(bench):
    """How large it is."""
    sizes = performance.images_mb()
    tell("images")
    bench.table.group("Images, MB (of Python its packages and paho's)", "program and libraries")
    for name in ("bridge", "conductor"):
        python = performance.packages_mb("python3*-minimal", "libpython3*-minimal", "libpython3*-stdlib", "python3-paho-mqtt")
        bench.table.row(name, sizes[name], number(performance.loaded_mb(glow.beside_bridge("glow-" + name))), python)


def part_sync(bench):
    """How far apart five nodes are."""
    bench.table.group("Five nodes, from the first to the last, µs, p50/p99/max", "bare timers, same seconds")
    why = cluster.why_no_clocks()
    tell("five nodes")
    result = "not measured: " + why if why else attempt(lambda: sync.measure(sync.short, False))
    bench.table.row("frames of one slot", cell(result, lambda r: numbers(*r.frames)), cell(result, lambda r: numbers(*r.floor)))
    bench.table.row("their clocks alone", cell(result, lambda r: numbers(*r.clocks)), cell(result, lambda r: numbers(*r.floor)))


PARTS = {f.__name__[5:]: f for f in (part_commands, part_cost, part_still, part_start, part_roads, part_images, part_sync)}


def main():
    parser = argparse.ArgumentParser(prog="./run bench", description="Measures what Glowswarm costs, in some six minutes.")
    parser.add_argument("--docs", action="store_true", help="take table and figure over into docs/PERFORMANCE.md")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    load, began = os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="glow-bench-") as home, contextlib.ExitStack() as ends:
        bench = Bench(home, ends)
        for name in options.parts or PARTS:
            why_not = attempt(lambda part=PARTS[name]: part(bench))
            if why_not:
                bench.table.row(PARTS[name].__doc__, why_not)
    words = performance.machine(load, round(time.monotonic() - began))
    print("\n%s\n\n%s" % ("\n".join(words), bench.table.terminal()))
    if options.docs:
        performance.take_over(words, bench.table, performance.figure([bench.latency, bench.command, bench.process]))


if __name__ == "__main__":
    main()
