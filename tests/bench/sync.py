#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How far apart nodes show the frame of one slot: ./run bench sync [--long] [--svg FILE] [case…]

Real processes and a real Mosquitto. Each node has a crystal of its own (up to ±20 ppm),
another uptime and another wall clock, and the conductor's host is an hour off; yet all
run on one kernel, whose clock says exactly when each showed its frame. That clock tells
something of this machine, too: five nodes wake at the same instant on few cores, one
after the other, as nodes on machines of their own do not. So beside the skew of frames
stands that of the clocks alone (each probe tells its sender's clock) and, measured in
the same seconds, the skew of bare timers, which is what this machine allows.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import cluster
import glow
import plot
import skew
import vgpio

FPS = 60
CRYSTALS_PPB = (20000, -20000, 9000, -14000, 3000)
CONDUCTOR = cluster.Clock(rate_ppb=-6000, uptime_s=7000, wall_ms=3600000)
OTHER_HOST = cluster.Clock(rate_ppb=15000, uptime_s=90, wall_ms=-3600000)
SETTLE_S, SETTLE_WIFI_S = 45, 120  # after its fast probes of the first seconds a node still learns its crystal
SCENE = {"effect": "rainbow"}
HEAD = "Skew between five nodes with clocks of their own, at the latch of the same frame"


def node_clock(k):
    return cluster.Clock(rate_ppb=CRYSTALS_PPB[k], uptime_s=1000 * (k + 1), wall_ms=-7000 * k)


class WireNode(cluster.Node):
    """A glow-bridge that drives a Blinkt! over a virtual GPIO tree: a frame is shown when its last clock
    has come. The wire does not tell slots; they are counted from the first frame of the first node.
    The tree stands for a kernel, so it may not wait for other programs either; and as a Pi does, both
    together have a core of their own."""

    FPS = 10
    origin_ns = None

    def __init__(self, home, uri, pi, **more):
        self.pi = pi
        options = ("--gpio", "sysfs", "--sysfs", pi.sys, "--fps", str(self.FPS))
        super().__init__(home, uri, *options, board="blinkt", **more)
        for thread in self.threads(pi.process.pid):
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(10))

    def pin(self, core):
        for thread in self.threads(self.pi.process.pid) + self.threads(self.process.pid):
            os.sched_setaffinity(thread, {core})

    @staticmethod
    def threads(pid):
        return [int(task) for task in os.listdir("/proc/%d/task" % pid)]

    def shown(self, since_ns=0):
        frames = self.pi.shown.look()[1:]
        for f in frames:
            WireNode.origin_ns = WireNode.origin_ns or f.mono_ns
            f.host_ns = f.mono_ns
            f.t_us = round((f.mono_ns - WireNode.origin_ns) * self.FPS / 1e9) * 1000000 // self.FPS
        return [f for f in frames if f.host_ns >= since_ns]

    def write_ms(self, percent):
        return skew.percentile([(f.mono_ns - f.first_ns) / 1e6 for f in self.shown()], percent)


class Swarm:
    """A broker, a conductor, nodes that play one scene, and a stretch of their time that is measured."""

    def __init__(self, run, network=None, count=len(CRYSTALS_PPB), wire=False):
        self.home, self.ends = run.home, run.ends
        self.events, self.notes, self.joined = [], [], []
        self.start_ns = self.end_ns = self.floor = None
        self.broker = glow.Broker(self.home).start()
        self.ends.callback(self.broker.stop)
        self.links = self.add(cluster.Links(self.broker.port, [network] * len(CRYSTALS_PPB))) if network else None
        self.conductor = self.add_conductor(CONDUCTOR)
        self.watch = self.add(glow.Watch(self.broker, "glow/conductor/info"))
        self.probes = self.add(glow.Watch(self.broker, "glow/time/request/+"))
        self.wait_leader()
        self.nodes = [self.add_wire_node(k) if wire else self.add_node(k) for k in range(count)]
        self.play(SCENE)

    def add(self, part):
        self.ends.callback(part.close)
        return part

    def add_node(self, k):
        uri = self.links.uris[k] if self.links else self.broker.uri
        return self.add(cluster.Node(self.home, uri, *cluster.BOARD, node="pi%d" % (k + 1),
                                     clock=node_clock(k))).wait_connected()

    def add_wire_node(self, k):
        pi = vgpio.Pi(self.home).start()
        self.ends.callback(pi.stop)
        node = self.add(WireNode(self.home, self.broker.uri, pi, node="pi%d" % (k + 1), clock=node_clock(k)))
        node.wait_connected().pin(k % os.cpu_count())
        return node

    def add_conductor(self, clock):
        return self.add(cluster.Conductor(self.home, self.broker.uri, clock=clock))

    def wait_leader(self, since=0):
        """The info of a conductor that leads."""
        return self.watch.wait("glow/conductor/info", lambda m: m.payload and m.json()["state"] == "leading",
                               since).json()

    def replace_conductor(self, how, word):
        """Does what makes the conductor another, and notes how long there was none."""
        before, since, began = self.wait_leader(), self.watch.mark(), time.monotonic()
        self.mark(word)
        how()
        after = self.wait_leader(since)
        self.notes.append("another leads after %.2f s, on %s timeline" % (
            time.monotonic() - began, "the same" if after["clock_id"] == before["clock_id"] else "ANOTHER"))

    def play(self, scene):
        answer = self.broker.request("glow/scene/play", json.dumps(scene), "glow/answer/" + glow.unique())
        if answer["status"] != "ok":
            raise AssertionError(answer)

    def settle(self, seconds):
        for node in self.nodes:
            glow.wait_until(lambda n=node: "%s shows nothing: %s" % (n.node, n.log()),
                            lambda n=node: len(n.shown()) > 10)
        time.sleep(seconds)

    def begin(self, fps=FPS):
        self.floor = self.add(cluster.Floor(self.home, len(self.nodes), self.nodes[0].shown()[-1], fps))
        self.start_ns = time.monotonic_ns() + 10**9
        self.start_raw_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW) + 10**9

    def until(self, second):
        time.sleep(max(0, second - self.now_s()))

    def now_s(self):
        return (time.monotonic_ns() - self.start_ns) / 1e9

    def mark(self, word):
        self.events.append((self.now_s(), word))

    def finish(self):
        self.end_ns = time.monotonic_ns()

    def shown(self, nodes=None):
        return [[f for f in node.shown(self.start_ns) if f.host_ns < self.end_ns]
                for node in nodes or self.nodes]


def base_t_us(nodes, start_ns):
    """The slot at the beginning of the measured stretch, for series over seconds."""
    return min(frames[0].t_us - (frames[0].host_ns - start_ns) / 1000 for frames in nodes if frames)


def series(values, base_us):
    return [((t_us - base_us) / 1e6, us) for t_us, us in sorted(values.items())]


def row(values):
    return [skew.percentile(values.values(), p) for p in (50, 99)] + [max(values.values(), default=None)]


class Result:
    def __init__(self, name, title, swarm):
        span_s = (swarm.end_ns - swarm.start_ns) / 1e9
        nodes = swarm.shown()
        floor = [[f for f in frames if swarm.start_ns <= f.host_ns < swarm.end_ns] for frames in swarm.floor.shown()]
        seconds = {swarm.start_raw_ns + k * 10**9: k for k in range(int(span_s) + 1)}
        clocks = skew.skew_of_clocks([n.readings(swarm.probes) for n in swarm.nodes], seconds)
        frames, bare = skew.skew(nodes), skew.skew(floor)
        if swarm.joined:  # before them the others are compared
            frames = {**skew.skew(swarm.shown([n for n in swarm.nodes if n not in swarm.joined])), **frames}
        self.name, self.title, self.notes = name, title, swarm.notes
        self.frames, self.clocks, self.floor = row(frames), row(clocks), row(bare)
        self.count = len(frames)
        self.step = skew.largest_step_us(nodes)
        self.panel = {
            "title": title, "span_s": span_s, "events": swarm.events, "scale": plot.MICROSECONDS,
            "figures": "p50 %.0f · p99 %.0f · max %.0f µs" % tuple(self.frames),
            "bands": [("floor", series(bare, base_t_us(floor, swarm.start_ns))),
                      ("frames", series(frames, base_t_us(nodes, swarm.start_ns)))],
            "lines": [("clocks", [(seconds[ns], us) for ns, us in clocks.items()])],
        }


# ---- cases ----

def calm(run):
    """calm"""
    swarm = Swarm(run)
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(60)
    return swarm


def short(run):
    """calm, half a minute soon after the start"""
    swarm = Swarm(run)
    swarm.settle(20)
    swarm.begin()
    swarm.until(30)
    return swarm


def wired(run):
    """wired network"""
    swarm = Swarm(run, "wired")
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(60)
    return swarm


def wifi(run):
    """Wi-Fi"""
    swarm = Swarm(run, "wifi")
    swarm.settle(SETTLE_WIFI_S)
    swarm.begin()
    swarm.until(60)
    return swarm


def bad(run):
    """bad Wi-Fi"""
    swarm = Swarm(run, "bad")
    swarm.settle(SETTLE_WIFI_S)
    swarm.begin()
    swarm.until(90)
    return swarm


def load(run):
    """every core busy"""
    swarm = Swarm(run)
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(10)
    swarm.mark("busy")
    loops = [glow.spawn(["sh", "-c", "while :; do :; done"], None, None) for _ in range(os.cpu_count())]
    swarm.until(30)
    for loop in loops:
        glow.end(loop, signal.SIGKILL)
    swarm.mark("idle again")
    swarm.until(40)
    return swarm


def join(run):
    """a node joins late"""
    swarm = Swarm(run, count=len(CRYSTALS_PPB) - 1)
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(10)
    swarm.mark("joins")
    began_ns = time.monotonic_ns()
    late = swarm.add_node(len(swarm.nodes))
    swarm.joined.append(late)
    swarm.nodes.append(late)
    swarm.until(40)
    frames, slots = late.shown(), skew.slots([n.shown() for n in swarm.nodes])
    first = next(f for f in frames if f.t_us in slots)
    middle_us = skew.percentile([skew.late_us(f) for f in slots[first.t_us][:-1]], 50)
    swarm.notes.append("shows a frame %.2f s after its start, its first slot %.0f us from the others' middle" % (
        (frames[0].host_ns - began_ns) / 1e9, abs(skew.late_us(first) - middle_us)))
    return swarm


def takeover(run):
    """conductor killed, a standby takes over"""
    swarm = Swarm(run)
    swarm.add_conductor(OTHER_HOST)
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(20)
    swarm.replace_conductor(swarm.conductor.kill, "killed")
    swarm.until(50)
    return swarm


def moved(run):
    """conductor moved to a host two hours behind"""
    swarm = Swarm(run)
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(20)
    swarm.replace_conductor(lambda: (swarm.conductor.close(), swarm.add_conductor(OTHER_HOST)), "moved")
    swarm.until(50)
    return swarm


def restart(run):
    """broker restarted, with an empty store"""
    swarm = Swarm(run)
    swarm.settle(SETTLE_S)
    swarm.begin()
    swarm.until(20)
    swarm.mark("restart")
    swarm.broker.stop()
    swarm.broker.start()
    swarm.until(50)
    return swarm


def away(run):
    """broker away"""
    seconds = 600 if run.long else 60
    swarm = Swarm(run)
    swarm.settle(120 if run.long else SETTLE_S)
    swarm.begin()
    swarm.until(10)
    swarm.mark("away")
    swarm.broker.stop()
    swarm.until(10 + seconds)
    swarm.mark("back")
    swarm.broker.start()
    swarm.until(40 + seconds)
    return swarm


def gpio(run):
    """two Blinkt! over virtual GPIO, 10 fps"""
    swarm = Swarm(run, count=2, wire=True)
    swarm.settle(SETTLE_S)
    swarm.begin(WireNode.FPS)
    swarm.until(30)
    swarm.notes.append("a frame takes the trees %s ms (p50 to p99) to write" % ", ".join(
        "%.1f to %.1f" % (n.write_ms(50), n.write_ms(99)) for n in swarm.nodes))
    return swarm


CASES = (calm, short, wired, wifi, bad, load, join, takeover, moved, restart, away, gpio)
QUICK = (calm, wifi, load, join, takeover, moved, restart, away, gpio)


class Run:
    """A case's folder and all that ends with it, the latest first."""

    def __init__(self, home, ends, long):
        self.home, self.ends, self.long = home, ends, long


def measure(case, long):
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as home, \
            contextlib.ExitStack() as ends:
        swarm = case(Run(home, ends, long))
        swarm.finish()
        return Result(case.__name__, case.__doc__, swarm)


def cell(us):
    return "-" if us is None else "%.0f" % us


def table(results):
    """Aligned to the right, under heads that span three columns each."""
    lines = [["case", "frames"] + ["p50", "p99", "max"] * 3 + ["step"]]
    lines += [[r.name, str(r.count)] + [cell(us) for us in r.frames + r.clocks + r.floor + [r.step]] for r in results]
    name = max(len(line[0]) for line in lines)
    print("\nskew between nodes, us".ljust(name + 9) + "".join(
        head.center(24) for head in ("frames of one slot", "clocks alone", "bare timers")) + " largest")
    for line in lines:
        print(line[0].ljust(name) + "".join(text.rjust(8) for text in line[1:]))
    for r in results:
        for note in r.notes:
            print("%s: %s" % (r.name, note))


def main():
    parser = argparse.ArgumentParser(prog="./run bench sync")
    parser.add_argument("--long", action="store_true", help="the broker is away for ten minutes instead of one")
    parser.add_argument("--svg", default=glow.beside_bridge("../sync-skew.svg"),
                        help="where the figure goes")
    parser.add_argument("cases", nargs="*", metavar="case", help=", ".join(c.__name__ for c in CASES))
    options = parser.parse_args()
    known = {c.__name__: c for c in CASES}
    if unknown := [name for name in options.cases if name not in known]:
        parser.error("there is no case " + ", ".join(unknown))
    cluster.need_clocks()
    results, failed = [], False
    for case in [known[name] for name in options.cases] or QUICK:
        print("measuring: %s" % case.__doc__, file=sys.stderr)
        try:
            results.append(measure(case, options.long))
        except AssertionError as e:
            failed = True
            print("%s: %s" % (case.__name__, e), file=sys.stderr)
    table(results)
    with open(options.svg, "w") as f:
        f.write(plot.svg(HEAD, [r.panel for r in results]))
    print("figure: %s" % options.svg)
    sys.exit(failed)


if __name__ == "__main__":
    main()
