# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a soak came to: its record's figures, the table for the documentation, the figure, and the verdicts."""

import collections
import os

import plot
import skew
import verdict

COUNTERS = ("late", "dropped", "in_dropped", "in_replaced", "out_dropped", "out_replaced")
GAPS_MS = (25, 50, 100, 250)
TICKS_MS = plot.Scale(1, 1000, ((1, "1 ms"), (10, "10"), (100, "100"), (1000, "1 s")))
EVENT_ROWS = (("broker", ("broker",)), ("leader", ("conductor", "freeze")), ("kill", ("kill",)), ("leave", ("leave",)),
              ("flood", ("flood",)), ("clock", ("step",)), ("scene", ("scene", "stop")),
              ("light", ("light", "group", "dim", "notice")))
LEGEND = (("frames", "nodes: median to worst"), ("clocks", "their clocks alone"), ("floor", "bare timers of this machine"))
PICTURE = "![Skew, gaps, memory, descriptors and events over the time](soak.svg)\n\n"
MARKS = ("<!-- measured: ./run soak --docs -->", "<!-- until here -->")
PROGRAMS = ("glow-bridge", "glow-conductor", "mosquitto", "nginx", "page")


def flat(fields, prefix=""):
    """The numbers of an object and of those within it, by their last names."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from flat(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield name, value


# ---- from the run to its record ----

def _median_and_most(values):
    return (skew.percentile(values, 50), max(values, default=None))


def seconds(soak):
    """Gaps and skew of every second, for nodes and for bare timers."""
    nodes, floor, begin_s = soak.nodes_strip, soak.floor_strip, soak.begin_ns // 10**9
    rows = []
    for second in sorted(set(nodes.gaps) | set(nodes.skews)):
        gaps = nodes.gaps.get(second, ())
        flooded = {f["who"] for f in soak.floods if f["began"] - 1 <= second - begin_s <= f["ended"] + 1}
        gap_ms, who = max((g for g in gaps if g[1] not in flooded), default=(None, None))
        # A wait of the machine may lie across the border of two seconds.
        around = [g for s in (second - 1, second, second + 1) for g, _ in floor.gaps.get(s, ())]
        rows.append({
            "second": second - begin_s, "gap_ms": gap_ms, "gap_of": who,
            "flooded_gap_ms": max((g for g, of in gaps if of in flooded), default=None),
            "gap_p50_ms": skew.percentile([g for g, _ in gaps], 50), "floor_gap_ms": max(around, default=None),
            "skew_us": _median_and_most(nodes.skews.get(second, ())),
            "floor_skew_us": _median_and_most(floor.skews.get(second, ())),
        })
    return rows


def skews(soak):
    """p50, p99 and worst of all slots."""
    def row(strip):
        values = [v for second in strip.skews.values() for v in second]
        return [skew.percentile(values, p) for p in (50, 99)] + [max(values, default=None), len(values)]
    return {"nodes": row(soak.nodes_strip), "floor": row(soak.floor_strip)}


def gap_counts(soak):
    """How many gaps there were, how many of them beyond so many milliseconds, and the worst."""
    def row(strip):
        values = [v for second in strip.gaps.values() for v, _ in second]
        return {"all": len(values), "worst": max(values, default=None),
                "beyond": {str(ms): sum(v > ms for v in values) for ms in GAPS_MS}}
    return {"nodes": row(soak.nodes_strip), "floor": row(soak.floor_strip)}


def clocks(soak):
    """[(second, skew in us of the nodes' clocks)], each as its probes tell it."""
    lives = [n for n in [*soak.cast.over, *soak.cast.nodes.values()] if hasattr(n, "readings")]
    instants = {soak.begin_raw_ns + k * 5 * 10**9: 5 * k for k in range(int(soak.span_s) // 5)}
    found = skew.skew_of_clocks([sorted(n.readings) for n in lives], instants)
    return [(instants[ns], us) for ns, us in found.items()]


def counters(soak):
    """The sum over all lives of what each said last of its counters."""
    total = collections.Counter()
    for life in soak.cast.over:
        total.update(getattr(life, "stats", {}))
    return total


# ---- from the record to words ----

def _number(value, form="%.0f"):
    return "–" if value is None else form % value


def _row(record, program):
    samples = [s for s in record["samples"] if s["program"] == program]
    warm = [s["anon_kib"] for s in samples if s["second"] >= record["warm_s"]]
    slope = verdict.slopes(record).get(program)
    rest = [s for s in samples if s["rest"]] or samples
    return [program, str(len({s["life"] for s in samples})), _number(skew.percentile(warm, 50)),
            _number(max(warm, default=None)), _number(slope and slope[0], "%+.0f"),
            _span(s["descriptors"] for s in rest), _span(s["threads"] for s in rest), _cpu(samples)]


def _span(values):
    values = sorted(set(values))
    return str(values[0]) if len(values) == 1 else "%d–%d" % (values[0], values[-1])


def _cpu(samples):
    """Per cent of a core, of all lives together."""
    first, last = {}, {}
    for s in samples:
        first.setdefault(s["life"], s)
        last[s["life"]] = s
    used_s = sum(last[k]["cpu_s"] - first[k]["cpu_s"] for k in last)
    span_s = sum(last[k]["second"] - first[k]["second"] for k in last)
    return "%.1f" % (100 * used_s / span_s) if used_s and span_s else "–"


def table(record):
    """In Markdown: programs, light, events."""
    rows = [["", "lives", "RssAnon median, KiB", "most", "KiB an hour", "descriptors", "threads", "% of a core each"]]
    rows += [_row(record, p) for p in PROGRAMS if p in record["programs"]]
    nodes, floor = record["skews"]["nodes"], record["skews"]["floor"]
    alone = [us for _, us in record["clocks"]]
    light = [["µs", "p50", "p99", "worst"],
             ["skew of %d nodes, %s slots" % (record["nodes"], format(nodes[3], ","))] + [_number(v) for v in nodes[:3]],
             ["bare timers"] + [_number(v) for v in floor[:3]],
             ["their clocks alone"] + [_number(v) for v in (skew.percentile(alone, 50), skew.percentile(alone, 99),
                                                            max(alone, default=None))]]
    gaps = [["gaps between frames"] + ["> %d ms" % ms for ms in GAPS_MS] + ["worst, ms"]]
    for name, key in (("nodes", "nodes"), ("bare timers", "floor")):
        g = record["gap_counts"][key]
        gaps.append(["%s, of %s" % (name, format(g["all"], ","))] + [str(g["beyond"][str(ms)]) for ms in GAPS_MS] +
                    [_number(g["worst"])])
    return "\n\n".join([_markdown(rows), _markdown(light), _markdown(gaps), _events(record), _floods(record),
                        _counters(record)]) + "\n"


def _markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|" + "--:|" * (len(rows[0]) - 1)] + lines[1:])


def _events(record):
    counts = collections.Counter(e["do"] for e in record["events"])
    return "Events of seed %d in %s: %s." % (record["seed"], _span_words(record), ", ".join(
        "%s %d" % pair for pair in sorted(counts.items())))


def _span_words(record):
    return "%.0f minutes" % (record["span_s"] / 60) if record["span_s"] < 7000 else "%.1f hours" % (record["span_s"] / 3600)


def _floods(record):
    sent = sum(f["sent"] for f in record["floods"])
    answers = [f["answer_s"] for f in record["floods"]]
    again = sum(f["times"] > 1 for f in record["floods"])
    return "Floods: %s commands in all; the one after each was obeyed within %s s, in the median %s, %d of %d not at once." % (
        format(sent, ","), _number(max(answers, default=None), "%.1f"), _number(skew.percentile(answers, 50), "%.1f"),
        again, len(answers))


def _counters(record):
    return "Of the nodes' stats: %s." % ", ".join("%s %s" % (name, format(count, ",")) for name, count in
                                                 sorted(record["counters"].items()))


def _points(record, key):
    """Of every second that has it, each value of it."""
    return [(s["second"], v) for s in record["seconds"] for v in (s[key] if isinstance(s[key], (list, tuple)) else [s[key]])
            if v is not None]


def _panel(record, title, figures, scale, bands=(), lines=()):
    return {"title": title, "figures": figures, "scale": scale, "bands": bands, "lines": lines, "events": [],
            "span_s": record["span_s"], "bucket_s": 1}


def _memory_panel(record, program):
    lives = collections.defaultdict(list)
    for s in record["samples"]:
        if s["program"] == program:
            lives[s["life"]].append((s["second"], s["anon_kib"]))
    most = 1.15 * max((v for points in lives.values() for _, v in points), default=1)
    step = next(s for s in (100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 10**9) if most / s <= 6)
    ticks = [(k, "%g" % (k / 1000)) for k in range(0, int(most) + 1, step)]
    slope = verdict.slopes(record).get(program)
    return _panel(record, "%s: memory of each, MB" % program, "%s KiB an hour" % _number(slope and slope[0], "%+.0f"),
                  plot.Scale(0, most, ticks, linear=True), lines=[("thin", points) for points in lives.values()])


def _handles_panel(record):
    rows = collections.defaultdict(list)
    for s in record["samples"]:
        if s["program"] == "glow-bridge":
            rows[int(s["second"])].append(s)
    most = 3 + max((s["descriptors"] for of in rows.values() for s in of), default=1)
    lines = [(cls, [(t, max(s[what] for s in of)) for t, of in sorted(rows.items())])
             for cls, what in (("clocks", "descriptors"), ("thin", "threads"))]
    return _panel(record, "glow-bridge: descriptors, threads", "the most that any node has",
                  plot.Scale(0, most, [(k, str(k)) for k in range(0, most + 1, 5)], linear=True), lines=lines)


def _events_panel(record):
    rows = EVENT_ROWS[::-1]
    marks = [("thin", [(e["second"], k + 0.1), (e["second"], k + 0.9)]) for e in record["events"]
             for k, (_, kinds) in enumerate(rows) if e["do"] in kinds]
    ticks = [(k + 0.5, word) for k, (word, _) in enumerate(rows)]
    return _panel(record, "what happened", "%d events" % len(marks), plot.Scale(0, len(rows), ticks, linear=True),
                  lines=marks)


def figure(record):
    skews_, gaps = record["skews"]["nodes"], record["gap_counts"]
    panels = [
        _panel(record, "skew of a slot's frames", "p50 %s · p99 %s · worst %s µs" % tuple(map(_number, skews_[:3])),
               plot.MICROSECONDS, [("floor", _points(record, "floor_skew_us")), ("frames", _points(record, "skew_us"))],
               [("clocks", record["clocks"])]),
        _panel(record, "time from a frame to the next", "%s frames · worst %s ms · bare timers %s ms" % (
            format(gaps["nodes"]["all"], ","), _number(gaps["nodes"]["worst"]), _number(gaps["floor"]["worst"])),
            TICKS_MS, [("floor", _points(record, "floor_gap_ms")),
                       ("frames", _points(record, "gap_p50_ms") + _points(record, "gap_ms") +
                        _points(record, "flooded_gap_ms"))]),
        *[_memory_panel(record, p) for p in PROGRAMS if p in record["programs"] and p != "nginx"],
        _handles_panel(record), _events_panel(record)]
    return plot.svg("%d nodes, 2 conductors and a page, not let alone for %s" % (record["nodes"], _span_words(record)),
                    panels, LEGEND)


def take_over(record, docs):
    """Table and figure into the documentation, between its two marks."""
    with open(os.path.join(docs, "soak.svg"), "w") as f:
        f.write(figure(record))
    page = os.path.join(docs, "soak.md")
    with open(page) as f:
        before, _, rest = f.read().partition(MARKS[0])
    with open(page, "w") as f:
        f.write(before + MARKS[0] + "\n" + PICTURE + table(record) + MARKS[1] + rest.partition(MARKS[1])[2])


def tell(record, out):
    """Prints verdicts and table, writes them and the figure, and returns the exit status."""
    path = os.path.join(out, "soak.svg")
    with open(path, "w") as f:
        f.write(figure(record))
    with open(os.path.join(out, "soak.md"), "w") as f:
        f.write(table(record))
    print(table(record))
    failed = 0
    for words, wrong in verdict.judge(record):
        failed += bool(wrong)
        print("%-6s %s" % ("NOT OK" if wrong else "ok", words))
        for line in wrong[:8]:
            print("         %s" % line)
        if len(wrong) > 8:
            print("         and %d more" % (len(wrong) - 8))
    print("%d passed, %d failed; seed %d; figure: %s" % (len(verdict.VERDICTS) - failed, failed, record["seed"], path))
    return int(failed > 0)
