#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What judges a soak, on records that are doctored: each verdict holds on a good one and falls with one that is not."""

import copy
import itertools
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness"), os.path.join(HERE, "..", "bench")]
import report
import script
import soak
import verdict


def sample(program, life, second, **more):
    return {"program": program, "life": life, "second": second, "rest": second % 60 == 0, "anon_kib": 2000,
            "rss_kib": 9000, "descriptors": 15, "threads": 2, "cpu_s": second / 100, **more}


def good():
    """An hour in which nothing is wrong; memory wavers, and one node was replaced."""
    programs = (("glow-bridge", "pi1 (1)", 0, 3600), ("glow-bridge", "pi2 (2)", 0, 1500), ("glow-bridge", "pi2 (9)", 1600, 3600),
                ("glow-conductor", "c1 (3)", 0, 3600), ("page", "page", 0, 3600))
    return {
        "seed": 1, "nodes": 2, "span_s": 3600, "warm_s": 600, "programs": ["glow-bridge", "glow-conductor", "page"],
        "samples": [sample(p, life, t, anon_kib=2000 + 500 * (life == "pi2 (9)") + 40 * (t % 7))
                    for p, life, t0, t1 in programs for t in range(t0, t1, 20)],
        "seconds": [{"second": s, "gap_ms": 40, "gap_of": "pi1", "gap_p50_ms": 17, "floor_gap_ms": 18, "flooded_gap_ms": None, "skew_us": [300, 900],
                     "floor_skew_us": [200, 400]} for s in range(3600)],
        "skews": {"nodes": [300, 800, 900, 216000], "floor": [200, 300, 400, 216000]}, "clocks": [(5, 20), (10, 30)],
        "gap_counts": {key: {"all": 216000, "worst": 40, "beyond": {str(ms): 0 for ms in report.GAPS_MS}}
                       for key in ("nodes", "floor")},
        "complaints": [], "ends": [{"life": "pi1 (1)", "program": "glow-bridge", "status": 0, "took_s": 0.1, "dark": True}],
        "left": [], "floods": [{"what": "plays", "sent": 1000, "answer_s": 0.2, "status": "ok", "times": 1}], "counters": {"late": 3},
        "events": [{"second": 5, "at": 4, "do": "scene"}], "log_errors": [], "log_lines": [("pi1 (1)", 300, 3600)],
    }


def leak(record, program, kib_h):
    for s in record["samples"]:
        if s["program"] == program:
            s["anon_kib"] += s["second"] / 3600 * kib_h


class Verdicts(unittest.TestCase):
    def setUp(self):
        self.record = good()

    def falls(self, verdict_, words):
        """That verdict, and none besides."""
        wrong = {v.__name__ if v.__name__ != "verdict" else v.__doc__: v(self.record) for v in verdict.VERDICTS}
        name = verdict_.__name__ if verdict_.__name__ != "verdict" else verdict_.__doc__
        self.assertRegex("\n".join(wrong.pop(name)), words)
        self.assertEqual([w for w in wrong.values() if w], [])

    def test_good(self):
        self.assertEqual([wrong for _, wrong in verdict.judge(self.record) if wrong], [])

    # promise: hours-change-nothing
    def test_a_leak_in_any_program(self):
        for program, kib_h in (("glow-bridge", 700), ("glow-conductor", 3500), ("page", 14000)):
            self.record = good()
            leak(self.record, program, kib_h)
            self.falls(verdict.memory, "%s grows" % program)

    def test_a_leak_that_each_restart_ends(self):
        """No single life is long, so only all together show it."""
        self.record["samples"] = [s for s in self.record["samples"] if s["program"] != "glow-bridge"]
        for k in range(12):
            self.record["samples"] += [sample("glow-bridge", "pi1 (%d)" % k, t, anon_kib=2000 + (t - 300 * k) / 3600 * 5000)
                                       for t in range(300 * k, 300 * (k + 1), 20)]
        self.falls(verdict.memory, "glow-bridge grows by 5000")

    def test_a_conductor_that_was_flooded(self):
        """In each short life, which is no leak of the one that stays."""
        self.record["samples"] += [sample("glow-conductor", "c2 (%d)" % k, t, anon_kib=1500 + (t > 300 * k + 100) * 900)
                                   for k in range(2, 12) for t in range(300 * k, 300 * (k + 1), 20)]
        self.assertEqual(verdict.memory(self.record), [])

    def test_what_was_not_sampled(self):
        self.record["samples"] = [s for s in self.record["samples"] if s["program"] != "glow-conductor"]
        self.falls(verdict.memory, "glow-conductor nothing")

    def test_levels_are_no_slope(self):
        for s in self.record["samples"]:
            s["anon_kib"] += 50000 if s["life"] == "pi2 (9)" else 0
        self.assertEqual(verdict.memory(self.record), [])

    def test_a_descriptor_more(self):
        self.record["samples"][-1:] = []
        next(s for s in self.record["samples"] if s["life"] == "c1 (3)" and s["second"] == 1200)["descriptors"] = 16
        self.falls(verdict.handles, r"c1 \(3\) .* 15, 16, 15.* descriptors")

    def test_a_thread_more(self):
        next(s for s in self.record["samples"] if s["life"] == "pi1 (1)" and s["second"] == 1200)["threads"] = 3
        self.falls(verdict.handles, "threads")

    def test_no_rest(self):
        for s in self.record["samples"]:
            s["rest"] = False
        self.falls(verdict.handles, "no rest")

    # promise: hours-change-nothing
    def test_a_gap(self):
        self.record["seconds"][700]["gap_ms"] = 53
        self.falls(verdict.gaps, "at 700 s one of 53 ms")

    def test_a_gap_in_a_flood(self):
        self.record["seconds"][700]["flooded_gap_ms"] = 200
        self.assertEqual(verdict.gaps(self.record), [])
        self.record["seconds"][700]["flooded_gap_ms"] = 260
        self.falls(verdict.gaps, "at 700 s one of 260 ms, of who is flooded")

    def test_a_gap_of_the_machine(self):
        self.record["seconds"][700].update(gap_ms=120, floor_gap_ms=90)
        self.assertEqual(verdict.gaps(self.record), [])

    def test_no_frames(self):
        self.record["seconds"] = []
        self.falls(verdict.gaps, "no gap was measured")

    def test_complaints(self):
        for kind in ("dark", "agree", "obey", "page"):
            self.record = good()
            self.record["complaints"] = [(kind, "at 9 s something")]
            self.falls(getattr(verdict, kind), "at 9 s something")

    def test_ends(self):
        for change, words in (({"status": 1}, "ends with 1"), ({"took_s": 2.5}, "after 2.5 s"), ({"dark": False}, "LEDs on")):
            self.record = good()
            self.record["ends"][0].update(change)
            self.falls(verdict.ends, words)
        self.record["ends"] = []
        self.falls(verdict.ends, "nobody")

    def test_what_is_left(self):
        self.record["left"] = ["process 5: glow-bridge"]
        self.falls(verdict.left, "process 5")

    def test_logs(self):
        self.record["log_errors"] = [("pi1 (1)", "error: something")]
        self.falls(verdict.logs, "something")
        self.record = good()
        self.record["log_lines"] = [("pi1 (1)", 4000, 3600)]
        self.falls(verdict.logs, "4000 lines")

    def test_every_verdict_is_in_the_table(self):
        words = "\n".join(v.__doc__ for v in verdict.VERDICTS)
        self.assertEqual(len(set(words.split("\n"))), len(verdict.VERDICTS))

    def test_table_and_figure(self):
        self.assertIn("| glow-bridge | 3 |", report.table(self.record))
        self.assertIn("</svg>", report.figure(self.record))


class Scripts(unittest.TestCase):
    def events(self, seed, count=600):
        return list(itertools.islice(script.Script(seed), count))

    def test_a_seed_is_a_script(self):
        self.assertEqual(self.events(5), self.events(5))
        self.assertNotEqual(self.events(5), self.events(6))

    def test_all_kinds_come_early(self):
        early = [e for e in self.events(5) if e["at"] < 240]
        self.assertLessEqual({*script.KINDS, "join", "conduct", "release", "check"}, {e["do"] for e in early})
        self.assertEqual(len({e["what"] for e in early if e["do"] == "flood"}), script.FLOODS)

    def test_who_left_comes_before_leaving_again(self):
        away = set()
        for e in self.events(7):
            if e["do"] in ("leave", "kill"):
                self.assertNotIn(e["node"], away)
                away.add(e["node"])
            if e["do"] == "join":
                away.remove(e["node"])
        self.assertFalse(away & {script.node_name(k) for k in range(script.STEADY)})

    def test_every_event_can_be_done(self):
        self.assertEqual([e["do"] for e in self.events(8) if not hasattr(soak.Soak, "do_" + e["do"])], [])


class Frame:
    def __init__(self, t_us, host_ms):
        self.t_us, self.host_ns = t_us, host_ms * 10**6


class Strips(unittest.TestCase):
    def strip(self, *nodes, moves_ns=0, joined_ns=0):
        strip = soak.Strip()
        for k, frames in enumerate(nodes):
            strip.add(k, [Frame(*f) for f in frames], None, moves_ns, joined_ns)
        strip.newest_us += soak.SLOT_AGE_US + 1
        strip.settle()
        return strip

    def test_skew_and_gaps(self):
        strip = self.strip([(0, 1000), (20000, 1020), (40000, 1090)], [(0, 1003), (20000, 1021)])
        self.assertEqual(sorted(g for g, _ in strip.gaps[1]), [18, 20, 70])
        self.assertEqual(sorted(strip.skews[1]), [1000, 3000])

    def test_who_is_not_judged(self):
        self.assertEqual(self.strip([(0, 1000), (1, 1900)], moves_ns=1500 * 10**6).gaps, {})
        self.assertEqual(self.strip([(0, 1000)], [(0, 1500)], joined_ns=1200 * 10**6).skews, {})


if __name__ == "__main__":
    unittest.main()
