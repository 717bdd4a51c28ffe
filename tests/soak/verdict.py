# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a soak has to hold. Each verdict is a function of the record that says what is wrong, a line each; none is good.

A record is what soak.py writes as JSON: `samples` (each a process at an instant: life, program, second, anon_kib,
descriptors, threads, and whether nothing went on: rest), `seconds` (gaps and skew of each), `complaints` ([kind,
text], of what was looked at while it ran), `ends`, `left`, `log_errors`, `warm_s` and `span_s`.
"""

import collections

HOUR_S = 3600
# How much the memory of a program's processes may grow in an hour (KiB), once each kind of event has been; the page's
# is its JavaScript heap after a collection. STEP_KIB is what a flood needs and malloc keeps, which a short run cannot tell from a slope.
GROWTH_KIB = {"glow-bridge": 256, "glow-conductor": 256, "page": 8192}
STEP_KIB = {"glow-bridge": 256, "glow-conductor": 2048, "page": 4096}
STEADY_ONLY = {"glow-conductor"}  # each of its lives is flooded, which malloc remembers: the longest counts
# From a frame to the next; and as much more as a bare timer was late in that second. A node that is just being flooded
# shares two cores with all the others, the broker and a browser; ./run bench flood gives it a machine.
GAP_MS, FLOODED_GAP_MS, SLOT_MS = 50, 250, 1000 / 60
END_S = 2


def _lives(record, rest=False):
    """(program, life) -> its samples after the warm-up, or those of quiet instants."""
    lives = collections.defaultdict(list)
    for s in record["samples"]:
        if s["rest"] if rest else s["second"] >= record["warm_s"]:
            lives[s["program"], s["life"]].append(s)
    return lives


def slopes(record):
    """program -> (KiB an hour, hours that its longest life was looked at): one slope for the lives of a program, each
    with a level of its own."""
    sums = collections.defaultdict(lambda: [0, 0, 0])
    lives = _lives(record)
    for (program, _), samples in lives.items():
        if program in STEADY_ONLY and len(samples) < max(len(s) for (p, _), s in lives.items() if p == program):
            continue
        times = [s["second"] / HOUR_S for s in samples]
        sizes = [s["anon_kib"] for s in samples]
        mean_t, mean_y = sum(times) / len(times), sum(sizes) / len(sizes)
        of = sums[program]
        of[0] += sum((t - mean_t) * (y - mean_y) for t, y in zip(times, sizes))
        of[1] += sum((t - mean_t) ** 2 for t in times)
        of[2] = max(of[2], times[-1] - times[0])
    return {program: (over / under, hours) for program, (over, under, hours) in sums.items() if under}


def bound_kib_h(program, hours):
    return GROWTH_KIB[program] + STEP_KIB[program] / max(hours, 1e-9)


def memory(record):
    """Memory grows no faster than its bound"""
    found = slopes(record)
    wrong = ["of %s nothing was sampled" % p for p in GROWTH_KIB if p not in found and p in record["programs"]]
    for program, (kib_h, hours) in found.items():
        if program in GROWTH_KIB and kib_h > bound_kib_h(program, hours):
            wrong.append("%s grows by %.0f KiB an hour, over %.2f h; %.0f are allowed" % (
                program, kib_h, hours, bound_kib_h(program, hours)))
    return wrong


def handles(record):
    """Descriptors and threads are at each rest what they were at the first"""
    wrong = []
    lives = _lives(record, rest=True)
    if not lives:
        return ["there was no rest to count them"]
    for (program, life), samples in sorted(lives.items()):
        for what in ("descriptors", "threads"):
            counts = [s[what] for s in samples]
            if program in GROWTH_KIB and program != "page" and len(set(counts)) > 1:
                wrong.append("%s has %s %s" % (life, ", ".join(map(str, counts)), what))
    return wrong


def _complaints(kind, doc):
    def verdict(record):
        return [text for k, text in record["complaints"] if k == kind]

    verdict.__doc__ = doc
    return verdict


dark = _complaints("dark", "No node is dark that should be lit, or shows another picture than asked for")
agree = _complaints("agree", "What is retained is what every node says and shows")
obey = _complaints("obey", "After a flood its last command is obeyed")
page = _complaints("page", "The page sees what is there, and complains of nothing")


def gaps(record):
    """No frame is late by more than the bound"""
    if not any(s["gap_ms"] for s in record["seconds"]):
        return ["no gap was measured"]
    wrong = []
    for s in record["seconds"]:
        late_ms = max(0, (s["floor_gap_ms"] or 0) - SLOT_MS)
        for gap_ms, who, most_ms in ((s["gap_ms"], s["gap_of"], GAP_MS), (s["flooded_gap_ms"], "who is flooded", FLOODED_GAP_MS)):
            if (gap_ms or 0) > most_ms + late_ms:
                wrong.append("at %d s one of %.0f ms, of %s; bare timers were %.0f ms late" % (
                    s["second"], gap_ms, who, late_ms))
    return wrong


def ends(record):
    """Whoever is told to end does so, in time, with status 0 and dark LEDs, and is offline"""
    wrong = [] if record["ends"] else ["nobody was told to end"]
    for e in record["ends"]:
        if e["status"] != 0:
            wrong.append("%s ends with %d" % (e["life"], e["status"]))
        if e["took_s"] > END_S:
            wrong.append("%s ends after %.1f s" % (e["life"], e["took_s"]))
        if not e["dark"]:
            wrong.append("%s leaves LEDs on" % e["life"])
    return wrong + [text for k, text in record["complaints"] if k == "ends"]


def left(record):
    """Nothing is left behind: no process, no file, no retained message but those of the protocol"""
    return list(record["left"])


def logs(record):
    """No log has an error, or more than a line a second"""
    wrong = ["%s: %s" % (life, line) for life, line in record["log_errors"]]
    return wrong + ["%s wrote %d lines in %.0f s" % (life, lines, s) for life, lines, s in record["log_lines"]
                    if lines > 60 + s]


VERDICTS = (memory, handles, gaps, dark, agree, obey, page, ends, left, logs)


def judge(record):
    """[(what has to hold, what is wrong)]"""
    return [(v.__doc__, v(record)) for v in VERDICTS]
