#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What the lines of ./run bench-swarm say of growth: tests/bench/scaling.py FILE… [--docs]

Prints exponents, what a packet and a probe cost, and from that what larger clusters ask for, as tables. With --docs they
go into docs/SCALING.md, between `<!-- scaling -->` and `<!-- end -->`, and the plot into docs/scaling.svg. Where files
have the same number of nodes and case, the last one counts. Lines of bench-swarm --tls are left out.
"""

import argparse
import json
import math
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
import plot

DOCS = os.path.join(HERE, "..", "..", "docs")
BEGIN, END = "<!-- scaling -->\n\n", "\n<!-- end -->\n"
FEW = 100  # below so many nodes the floor is seen, not the growth


def told_mb(row):
    """Beside the clock and beacons, which come for as long as the case goes on."""
    return sum(counts[3] for kind, counts in row["traffic"].items() if kind not in ("reply", "conductor")) / 1e6


MEASURED = {  # panels: lines, each a case and what of its row
    "Coming and coming back": {
        "all come: online, s": ("join", lambda r: r["online_s"]),
        "all come: placed, s": ("join", lambda r: r["placed_s"]),
        "broker back: all answered, s": ("broker", lambda r: r["answered_s"]),
        "conductor gone: all follow another, s": ("conductor", lambda r: r["followed_s"]),
    },
    "Bytes to all nodes beside clock and beacons": {
        "all come, MB": ("join", told_mb),
        "broker back, MB": ("broker", told_mb),
        "conductor gone, MB": ("conductor", told_mb),
        "all in all when calm, MB/s": ("steady", lambda r: r["received_mb"] / r["seconds"]),
    },
    "All is calm": {
        "broker, % of a core": ("steady", lambda r: 100 * r["cpu_s"]["broker"] / r["seconds"]),
        "leader, % of a core": ("steady", lambda r: 100 * r["cpu_s"]["leader"] / r["seconds"]),
    },
    "Memory, and a command": {
        "broker's memory, MB": ("broker", lambda r: r["memory_mib"]["broker"]),
        "leader's memory, MB": ("broker", lambda r: r["memory_mib"]["leader"]),
        "to all until the last shows it, s": ("command", lambda r: max(c["shown_ms"] for c in r["commands"]) / 1e3),
    },
}


def read(paths):
    """{case: {nodes: row}}"""
    rows = {}
    for path in paths:
        with open(path) as f:
            for line in f:
                if line.startswith("{"):
                    row = json.loads(line)
                    if row.get("tls"):
                        continue
                    rows.setdefault(row["case"], {})[row["nodes"]] = row
    return rows


def points(rows, case, value):
    """[(nodes, value)] where it was measured and is something."""
    found = []
    for nodes, row in sorted(rows.get(case, {}).items()):
        try:
            found.append((nodes, value(row)))
        except (KeyError, TypeError):
            continue  # it did not come to that
    return [(n, v) for n, v in found if v]


def exponent(line):
    """The slope of log value against log nodes, by least squares; NaN of fewer than two points."""
    xs, ys = [math.log(n) for n, _ in line], [math.log(v) for _, v in line]
    if len(line) < 2:
        return math.nan
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)


def growth(line):
    return exponent([p for p in line if p[0] >= FEW])


# ---- the model ----

def packets(row):
    """What the broker took and gave in a calm second: the nodes' packets, and the conductor's of the same exchanges."""
    t, s = row["traffic"], row["seconds"]
    nodes = sum(counts[0] + counts[2] for counts in t.values())
    return (nodes + t["probe"][0] + t["reply"][2]) / s + 2


def comings(rows):
    """[(nodes, microseconds of the broker for each that comes back)]: what a killed broker does beside its calm."""
    found = []
    for n, row in sorted(rows["broker"].items()):
        calm = rows["steady"].get(n)
        if calm and n >= FEW:
            spent = row["cpu_s"]["broker"] - calm["cpu_s"]["broker"] / calm["seconds"] * row["seconds"]
            found.append((n, 1e6 * spent / n))
    return found


class Costs:
    """What one of each takes, by what was measured of at least FEW nodes."""

    def __init__(self, rows):
        calm = [r for n, r in rows["steady"].items() if n >= FEW]
        stormy = max(r["nodes"] for r in rows["broker"].values())
        most, least = rows["broker"][stormy]["memory_mib"], rows["join"][min(rows["join"])]["memory_mib"]
        self.packet_us = statistics.median(1e6 * r["cpu_s"]["broker"] / r["seconds"] / packets(r) for r in calm)
        self.probe_us = statistics.median(1e6 * r["cpu_s"]["leader"] / r["traffic"]["probe"][0] for r in calm)
        few, many = comings(rows)[-2:]  # a broker goes through the subscribers of a topic for each that comes
        self.there_ns = max(1e3 * (many[1] - few[1]) / (many[0] - few[0]), 0)
        self.coming_us = many[1] - many[0] * self.there_ns / 1e3
        self.memory_kb = {who: 1024 * (most[who] - least[who]) / stormy for who in ("broker", "leader")}


PROBES = 1000         # a second of all nodes together, at most; later a node asks once in LATER_S
LATER_S = 32
OWN = 2.3             # packets to and from a node and second beside probes: beacons, stats, the conductor's info
PLACE = 155           # bytes of its place
SEEN = 340            # bytes that one who looks is sent of each node of more than 500
RACK_SEEN = 700       # and of a rack, whose info is read
RACK_PROBES = 2       # a second of a rack
PROBE, BEACON, STATS = 53 + 75, 120, 361  # bytes
LINE = 58             # bytes of a node in a roster


def broker(costs, n):
    """A broker's calm second with n nodes, at first and later on; and what a restart takes."""
    probes = min(n, PROBES), min(n / LATER_S, PROBES)
    rates = [4 * p + OWN * n for p in probes]
    return {
        "packets a second, at first / later": " / ".join(rounded(rate) for rate in rates),
        "broker, % of a core": " / ".join(rounded(rate * costs.packet_us / 1e4) for rate in rates),
        "leader, % of a core": " / ".join(rounded(p * costs.probe_us / 1e4) for p in probes),
        "all come back: the broker's work, s": rounded(n * (costs.coming_us + n * costs.there_ns / 1e3) / 1e6),
        "all come: places, MB": rounded(PLACE * n / 1e6),
        "broker's memory, MB": rounded(8 + costs.memory_kb["broker"] * n / 1024),
        "one who looks at all, MB": rounded(SEEN * n / 1e6),
    }


def root(costs, racks, nodes):
    """What a root has to do for racks of so many nodes each: to it a rack is a node that goes on asking."""
    probes = min(RACK_PROBES * racks, PROBES)
    rate = 4 * probes + OWN * racks
    return {
        "packets a second": rounded(rate),
        "root's broker, % of a core": rounded(rate * costs.packet_us / 1e4),
        "root's leader, % of a core": rounded(probes * costs.probe_us / 1e4),
        "an uplink, bytes a second": rounded(probes / racks * PROBE + 2 * BEACON + STATS / 10),
        "root's roster to all racks, MB": rounded(LINE * racks * racks / 1e6),
        "one who looks at the root, MB": rounded(RACK_SEEN * racks / 1e6),
        "one who looked at every node, MB": rounded(SEEN * racks * nodes / 1e6),
    }


def rounded(value):
    """Two figures that count."""
    if value < 10:
        return "%.2g" % value
    return "{:,.0f}".format(round(value, 1 - math.floor(math.log10(value))))


def name(n):
    return "{:,}".format(n) if n < 1e5 else "10%s" % "⁰¹²³⁴⁵⁶⁷⁸⁹"[round(math.log10(n))]


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return out + ["| " + " | ".join(row) + " |" for row in rows]


def growth_table(lines):
    ns = sorted({n for panel in lines.values() for line in panel.values() for n, _ in line})
    rows = []
    for panel in lines.values():
        for what, line in panel.items():
            found = {n: rounded(v) for n, v in line}
            rows.append([what, found.get(ns[0], "–"), found.get(ns[-1], "–"), "%.1f" % growth(line),
                         "%.1f" % exponent(line[-2:])])
    return table(["nodes", name(ns[0]), name(ns[-1]), "exponent from %d on" % FEW, "of the last step"], rows)


def columns(corner, found):
    """A table of {head: {what: value}}."""
    first = next(iter(found.values()))
    return table([corner, *found], [[what] + [values[what] for values in found.values()] for what in first])


# ---- the plot ----

STYLE = """.l0{stroke:#0969da}.l1{stroke:#1a7f37}.l2{stroke:#cf222e}.l3{stroke:#8250df}
polyline{fill:none;stroke-width:1.6}.w0{fill:#0969da}.w1{fill:#1a7f37}.w2{fill:#cf222e}.w3{fill:#8250df}
@media (prefers-color-scheme:dark){.l0{stroke:#58a6ff}.l1{stroke:#3fb950}.l2{stroke:#ff7b72}.l3{stroke:#d2a8ff}
.w0{fill:#58a6ff}.w1{fill:#3fb950}.w2{fill:#ff7b72}.w3{fill:#d2a8ff}}"""
WIDTH, HEIGHT, LEFT, TOP = 420, 250, 46, 40


def decades(values):
    return [10.0 ** k for k in range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)]


def draw_panel(title, panel, x, y):
    ns, values = ([p[k] for line in panel.values() for p in line] for k in (0, 1))
    rows, x0, y0, wide, high = decades(values), x + LEFT, y + TOP, WIDTH - LEFT - 10, HEIGHT - TOP - 24
    across = plot.Scale(min(ns), max(ns), ())
    up = plot.Scale(rows[0], rows[-1], ())
    out = [plot.text(x0, y + 14, title, "title")]
    for value in rows:
        at = y0 + high * (1 - up.part(value))
        out += [plot.line(x0, at, x0 + wide, at, "grid"), plot.text(x0 - 5, at + 4, "%g" % value, anchor="end")]
    for n in sorted(set(ns)):
        word = "%gk" % (n / 1e3) if n >= 1e3 else "%d" % n
        out.append(plot.text(x0 + wide * across.part(n), y0 + high + 15, word, anchor="middle"))
    for k, (what, line) in enumerate(panel.items()):
        if line:
            out.append('<polyline class="l%d" points="%s"/>' % (k, " ".join(
                "%.1f,%.1f" % (x0 + wide * across.part(n), y0 + high * (1 - up.part(v))) for n, v in line)))
            out.append(plot.text(x0 + 6, y0 + 10 + 13 * k, "%s, N^%.1f" % (what, growth(line)), "w%d" % k))
    return out


def draw(lines):
    count = len(lines)
    width, height = 2 * (WIDTH + 10), 40 + -(-count // 2) * (HEIGHT + 10)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">' %
           (width, height, width, height),
           "<title>One broker, one conductor, N nodes</title><style>%s%s</style>" % (plot.STYLE, STYLE),
           plot.text(LEFT, 22, "One broker, one conductor, N nodes; exponents from %d nodes on" % FEW, "head")]
    for k, (title, panel) in enumerate(lines.items()):
        out += draw_panel(title, panel, (k % 2) * (WIDTH + 10), 40 + (k // 2) * (HEIGHT + 10))
    return "\n".join(out + ["</svg>", ""])


def write(text, lines):
    path = os.path.join(DOCS, "SCALING.md")
    with open(path) as f:
        before, rest = f.read().split(BEGIN, 1)
    with open(path, "w") as f:
        f.write(before + BEGIN + text + END + rest.split(END, 1)[1])
    with open(os.path.join(DOCS, "scaling.svg"), "w") as f:
        f.write(draw(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="+", help="lines of bench-swarm without --tls")
    parser.add_argument("--docs", action="store_true", help="write docs/SCALING.md and docs/scaling.svg")
    args = parser.parse_args()
    rows = read(args.file)
    missing = [case for case in ("join", "steady", "broker") if not any(n >= FEW for n in rows.get(case, {}))]
    if missing:
        parser.error("no line of %d nodes or more for: %s" % (FEW, ", ".join(missing)))
    if len(comings(rows)) < 2:
        parser.error("`steady` and `broker` are there of one number of nodes of %d or more; two are needed" % FEW)
    lines = {title: {what: points(rows, *of) for what, of in panel.items()} for title, panel in MEASURED.items()}
    costs = Costs(rows)
    one = {name(n): broker(costs, n) for n in (1000, 5000, 10000, 20000, 100000)}
    many = {"%s racks of %s" % (name(k), name(n)): root(costs, k, n) for k, n in ((100, 1000), (200, 5000), (1000, 1000))}
    text = "\n".join([
        *growth_table(lines), "",
        "A packet costs the broker %.0f µs, a node that comes back %.0f µs and %.0f ns for each that is there; a probe costs the leader "
        "%.0f µs. A node takes %.0f kB of the broker's memory and %.0f kB of the leader's." % (
            costs.packet_us, costs.coming_us, costs.there_ns, costs.probe_us, costs.memory_kb["broker"], costs.memory_kb["leader"]),
        "", *columns("nodes at one broker", one), "", *columns("racks below a root", many), ""])
    print(text)
    if args.docs:
        write(text, lines)


if __name__ == "__main__":
    main()
