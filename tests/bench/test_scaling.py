#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What scaling.py makes of lines whose growth and costs are known."""

import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import scaling

PACKET_US, PROBE_US, COMING_US, THERE_NS = 10, 50, 170, 80


def steady(n, packet_us=PACKET_US):
    """Ten seconds of n nodes that ask once a second and hear two beacons."""
    traffic = {"probe": [10 * n, 0, 0, 0], "reply": [0, 0, 10 * n, 0], "conductor": [0, 0, 20 * n, 0]}
    return {"nodes": n, "case": "steady", "seconds": 10, "traffic": traffic, "received_mb": n / 1000,
            "cpu_s": {"broker": (60 * n + 20) * packet_us / 1e6, "leader": 10 * n * PROBE_US / 1e6}}


def told(mb):
    return {"place": [0, 0, 1, mb * 1e6], "conductor": [0, 0, 1, 7e9]}


def lines(steady=steady):
    found = []
    for n in (10, 100, 1000, 5000):
        memory = {"broker": 8 + n / 100, "leader": 8 + n / 1000}
        found += [steady(n), {"nodes": n, "case": "join", "online_s": n / 500, "placed_s": None,
                              "traffic": told(n * n / 1e4), "memory_mib": {"broker": 8.1, "leader": 8.01}},
                  {"nodes": n, "case": "broker", "traffic": told(n / 10), "memory_mib": memory, "seconds": 5,
                   "cpu_s": {"broker": (5 * steady(n)["cpu_s"]["broker"] / 10) + n * (COMING_US + n * THERE_NS / 1e3) / 1e6}}]
    return found


class Scaling(unittest.TestCase):
    def read(self, found):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            f.write("a word before\n" + "".join(json.dumps(line) + "\n" for line in found))
            f.flush()
            return scaling.read([f.name])

    def test_exponents(self):
        rows = self.read(lines())
        for what, exponent in (("all come, MB", 2), ("broker back, MB", 1), ("all in all when calm, MB/s", 1)):
            line = scaling.points(rows, *scaling.MEASURED["Bytes to all nodes beside clock and beacons"][what])
            self.assertAlmostEqual(scaling.growth(line), exponent, 6)
        self.assertEqual(scaling.points(rows, *scaling.MEASURED["Coming and coming back"]["all come: placed, s"]), [])

    def test_costs(self):
        costs = scaling.Costs(self.read(lines()))
        self.assertAlmostEqual(costs.packet_us, PACKET_US, 6)
        self.assertAlmostEqual(costs.probe_us, PROBE_US, 6)
        self.assertAlmostEqual(costs.coming_us, COMING_US, 6)
        self.assertAlmostEqual(costs.there_ns, THERE_NS, 6)
        control = scaling.Costs(self.read(lines(lambda n: steady(n, 2 * PACKET_US))))
        self.assertAlmostEqual(control.packet_us, 2 * PACKET_US, 6)

    def test_tls_apart(self):
        dear = [{**line, "tls": True} for line in lines(lambda n: steady(n, 2 * PACKET_US))]
        self.assertEqual(self.read(lines() + dear), self.read(lines()))
        self.assertEqual(self.read(dear), {})
        control = [{**line, "tls": False} for line in dear]
        self.assertNotEqual(scaling.Costs(self.read(lines() + control)).packet_us, scaling.Costs(self.read(lines())).packet_us)

    def test_model(self):
        costs = scaling.Costs(self.read(lines()))
        calm, root = scaling.broker(costs, 1000), scaling.root(costs, 100, 1000)
        self.assertEqual(calm["packets a second, at first / later"], "6,300 / 2,400")
        self.assertEqual(calm["broker, % of a core"], "6.3 / 2.4")
        self.assertEqual(calm["all come back: the broker's work, s"], "0.25")
        self.assertEqual(root["root's roster to all racks, MB"], "0.58")

    def test_words_in_the_page(self):
        with open(os.path.join(scaling.DOCS, "SCALING.md")) as f:
            before, rest = f.read().split(scaling.BEGIN)
        self.assertIn("scaling.svg", before)
        self.assertIn(scaling.END, rest)

    def test_picture(self):
        picture = scaling.draw({"one": {"line": [(10, 1.0), (1000, 100.0)], "none": []}})
        self.assertEqual(picture.count("<polyline"), 1)
        self.assertIn("line, N^", picture)


unittest.main()
