#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What ./run bench makes of figures. The figures themselves nobody asserts."""

import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
import bench
import performance


class Words(unittest.TestCase):
    def test_three_digits(self):
        for value, text in ((0.0456, "0.05"), (9.99, "9.99"), (9.996, "10.0"), (99.94, "99.9"), (99.96, "100"), (1014.4, "1,014"),
                            (-8697.2, "-8,697"), (7, "7")):
            self.assertEqual(performance.number(value), text)

    def test_few_values_give_their_most(self):
        self.assertEqual(performance.p50_p99([3, 1, 2]), "2.00/3.00")
        self.assertEqual(performance.p50_p99(list(range(1000))), "500/990")


class Gaps(unittest.TestCase):
    """What could not be measured says why, and is no figure."""

    def test_failure_is_told(self):
        def fails():
            raise AssertionError("no broker, see /tmp/a.log\nand more")

        result = bench.attempt(fails)
        self.assertEqual(result, "not measured: no broker")
        self.assertEqual(bench.cell(result, lambda r: self.fail("a figure")), result)
        self.assertEqual(bench.cell(bench.attempt(lambda: 3), str), "3")

    def test_no_engine(self):
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = ""
        self.assertEqual(set(performance.images_mb().values()), {"not measured: no engine"})


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, performance, "TOP", performance.TOP)
        performance.TOP = folder.name
        os.mkdir(os.path.join(folder.name, "docs"))
        self.page = os.path.join(folder.name, "docs", "PERFORMANCE.md")
        self.table = performance.Table()
        self.table.group("A group")
        self.table.row("what", "1", "2")

    def take_over(self, text):
        with open(self.page, "w") as f:
            f.write(text)
        panel = performance.Bars("A panel", 1, 100, ((10, "10"),))
        panel.add("what", "frames", "5 < 6", 5)
        performance.take_over(["here", "now"], self.table, performance.figure([panel]))
        with open(self.page) as f:
            return f.read()

    def test_between_the_marks(self):
        page = self.take_over("before\n%s\nold\n%s\nafter\n" % performance.MARKS)
        self.assertTrue(page.startswith("before\n") and page.endswith("after\n"))
        self.assertNotIn("old", page)
        self.assertIn("here · now.", page)
        self.assertIn("| what | 1 | 2 | – | – |", page)
        self.assertEqual(page, self.take_over(page))
        with open(self.page[:-len("PERFORMANCE.md")] + "performance.svg") as f:
            self.assertIn("5 &lt; 6", f.read())

    def test_without_them_nothing_changes(self):
        text = "a page of somebody's own\n"
        with self.assertRaises(AssertionError):
            self.take_over(text)
        with open(self.page) as f:
            self.assertEqual(f.read(), text)


unittest.main()
