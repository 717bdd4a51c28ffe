#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The means by which test_sync and the bench judge: clocks, networks and the reading of frames."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import cluster
import glow
import skew

READ = "import time; print(*(time.clock_gettime_ns(c) for c in (%s,)))"


def clocks(clock, names):
    read = READ % ", ".join("time.CLOCK_%s" % n for n in names)
    env = {**os.environ, **clock.env()}
    out = subprocess.run(clock.within() + [sys.executable, "-c", read], check=True, capture_output=True, env=env)
    return [int(word) for word in out.stdout.split()]


class Clocks(unittest.TestCase):
    """What is asked for is far more than the seconds that a program may take to start."""

    def test_uptime(self):
        monotonic, = clocks(cluster.Clock(uptime_s=5000), ["MONOTONIC"])
        self.assertAlmostEqual(monotonic / 1e9, time.monotonic() + 5000, delta=10)
        self.assertAlmostEqual(cluster.Clock(uptime_s=5000).host_ns(monotonic) / 1e9, time.monotonic(), delta=10)

    def test_wall(self):
        wall, = clocks(cluster.Clock(wall_ms=3600000), ["REALTIME"])
        self.assertAlmostEqual(wall / 1e9, time.time() + 3600, delta=10)

    def test_rate_is_that_of_the_oscillator_alone(self):
        for ppb in (-20000000, 0, 20000000):  # 2 % of a day is half an hour
            with self.subTest(ppb=ppb):
                raw, monotonic = clocks(cluster.Clock(rate_ppb=ppb, uptime_s=100000),
                                        ["MONOTONIC_RAW", "MONOTONIC"])
                host_raw = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
                expected = (host_raw / 1e9 + 100000) * (1 + ppb / 1e9)
                self.assertAlmostEqual(raw / 1e9, expected, delta=10)
                self.assertAlmostEqual(monotonic / 1e9, time.monotonic() + 100000, delta=10)


class Echo:
    """A server that sends back what it gets."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    @staticmethod
    def _serve(peer):
        with peer, contextlib.suppress(OSError):
            while data := peer.recv(65536):
                peer.sendall(data)

    def close(self):
        self.listener.close()


class Networks(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.addCleanup(self.echo.close)

    def client(self, network, seed=1):
        links = cluster.Links(self.echo.port, [network], seed)
        self.addCleanup(links.close)
        client = socket.create_connection(("127.0.0.1", links.ports[0]), timeout=glow.PATIENCE_S)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.addCleanup(client.close)
        return client

    def round_trips_ms(self, network, count=40):
        client, took = self.client(network), []
        for _ in range(count):
            start = time.monotonic()
            client.sendall(b"x")
            client.recv(1)
            took.append((time.monotonic() - start) * 1000)
        return took

    def test_delays(self):
        """No less than twice the network's base. Upper bounds would judge the machine; but there is no lower
        bound that a network without delay would meet by itself: its best is the control."""
        for network, base_ms in (("wired", 0.2), ("wifi", 1.0), ("bad", 1.5)):
            with self.subTest(network):
                self.assertGreaterEqual(min(self.round_trips_ms(network)), 2 * base_ms)
        self.assertLess(min(self.round_trips_ms("none")), 2 * 1.0)

    def test_jitter_differs_from_packet_to_packet(self):
        took = self.round_trips_ms("bad")
        self.assertGreater(max(took) - min(took), 5)

    def test_order_and_content(self):
        sent = b"".join(b"%06d" % k for k in range(100000))
        client = self.client("wifi")
        threading.Thread(target=client.sendall, args=(sent,), daemon=True).start()
        got = b""
        while len(got) < len(sent):
            got += client.recv(65536)
        self.assertEqual(got, sent)

    def test_end_of_stream(self):
        client = self.client("wifi")
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        got = b""
        while part := client.recv(100):
            got += part
        self.assertIn(got, (b"last words", b""))  # what is on its way back is lost with the connection

    def test_no_server(self):
        links = cluster.Links(glow.free_port(), ["none"])
        self.addCleanup(links.close)
        with socket.create_connection(("127.0.0.1", links.ports[0]), timeout=glow.PATIENCE_S) as client:
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(client.recv(1), b"")


def frames(late_us, step_us=16667, count=120):
    """A node that shows each slot late by late_us(k)."""
    return [types.SimpleNamespace(t_us=k * step_us, host_ns=round((k * step_us + late_us(k)) * 1000), lights=[k])
            for k in range(count)]


class Reading(unittest.TestCase):
    def test_skew_is_last_minus_first(self):
        nodes = [frames(lambda k: 10), frames(lambda k: 40), frames(lambda k: 25)]
        self.assertEqual(set(skew.skew(nodes).values()), {30})

    def test_only_common_slots_count(self):
        a, b = frames(lambda k: 0), frames(lambda k: 7)
        self.assertEqual(list(skew.skew([a[:50], b[40:]])), [f.t_us for f in a[40:50]])

    def test_clocks(self):
        """One that is 30 us ahead, beside one that gains 10 us a second and is read less often."""
        second = 10**9
        steady = [(k * second, 5 * second + k * second + 30000) for k in range(11)]
        fast = [(k * second, 5 * second + k * (second + 10000)) for k in range(0, 11, 5)]
        got = skew.skew_of_clocks([steady, fast], [0, 3 * second, 7 * second, 10 * second])
        self.assertEqual(list(got.values()), [30, 0, 40, 70])
        self.assertEqual(skew.skew_of_clocks([steady, fast], [-1, 11 * second]), {})

    def test_step(self):
        late_now_and_then = frames(lambda k: 5000 * (k % 9 == 0))
        self.assertEqual(skew.largest_step_us([late_now_and_then]), 0)
        self.assertEqual(skew.largest_step_us([late_now_and_then, frames(lambda k: 2000 * (k > 60))]), 2000)

    def test_strip(self):
        self.assertEqual(skew.strip([types.SimpleNamespace(lights=["a", "b"]), types.SimpleNamespace(lights=["c"])]),
                         ["a", "b", "c"])

    def test_percentile(self):
        self.assertEqual([skew.percentile(range(100), p) for p in (50, 99)], [50, 99])
        self.assertEqual(skew.percentile([3], 99), 3)
        self.assertIsNone(skew.percentile([], 50))


if __name__ == "__main__":
    cluster.need_clocks()
    glow.main()
