#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How far apart boards of two racks show the frame of one slot, against boards of one rack: ./run bench racks [SECONDS]

Three Mosquittos, bridged as broker-config/bridge says, a root's conductor and one in each rack, two boards in each; every
program with a crystal, an uptime and a wall clock of its own. Then the uplink of a rack is cut for as long, and mended."""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "harness"), os.path.join(HERE, "..", "integration")]
BIN = os.path.abspath(os.environ.pop("GLOW_BIN"))
os.environ["GLOW_BIN"] = os.path.join(BIN, "glow-bridge")
import cluster  # noqa: E402
import skew  # noqa: E402
import test_racks  # noqa: E402

SETTLE_S = 60


def figures(values):
    values = list(values)
    return "/".join("%.0f" % skew.percentile(values, p) for p in (50, 99)) + "/%.0f" % max(values)


def pairs(groups, of):
    """Skews of pairs: within a rack, and across."""
    within = [v for g in groups for v in of([g[0], g[1]])]
    return within, [v for a in groups[0] for b in groups[1] for v in of([a, b])]


def clocks(nodes, since_ns):
    at = range(since_ns, time.monotonic_ns(), 10**9)
    return skew.skew_of_clocks(nodes, at).values()


class Bench(test_racks.Racks):
    def tell(self, name, since_ns):
        shown = [[b.shown(since_ns) for b in r.boards] for r in self.racks]
        read = [[b.readings(r.seen) for b in r.boards] for r in self.racks]
        frames = pairs(shown, lambda two: skew.skew(two).values())
        times = pairs(read, lambda two: clocks(two, since_ns))
        step = skew.largest_step_us([f for rack in shown for f in rack])
        print("| %s | %s | %s | %s | %s | %.0f |" % (name, *map(figures, frames), *map(figures, times), step), flush=True)

    def watch(self, name, seconds):
        since_ns = time.monotonic_ns()
        time.sleep(seconds)
        self.tell(name, since_ns)

    def run(self):
        seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 120
        self.ask("hall/scene/play", {"effect": "rainbow"})
        time.sleep(SETTLE_S)
        print("| µs, p50/p99/max | frames, one rack | frames, across | clocks, one rack | clocks, across | largest step |")
        print("|---|---|---|---|---|--:|")
        self.watch("calm", seconds)
        self.east.wire.cut()
        self.watch("uplink of a rack away for %d s" % seconds, seconds)
        self.east.wire.mend()
        self.watch("and back", seconds)


if __name__ == "__main__":
    cluster.need_clocks()
    Bench.setUpClass()
    try:
        Bench().run()
    finally:
        Bench.doClassCleanups()
