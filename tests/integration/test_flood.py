#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""More than a program can take: nothing stops it, the newest wins, and every message is answered or counted."""

import fcntl
import json
import os
import struct
import sys
import termios
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import glow  # noqa: E402
import mqtt  # noqa: E402

N = 1000
PIXELS = 600
PERIOD_US = 16666  # of a frame, at 60 a second


def large(k):
    """A command of 6.6 kB that paints another picture each time."""
    text = json.dumps({"pixels": ["#%06x" % (k * PIXELS + i) for i in range(PIXELS)]})
    return text + " " * (6600 - len(text))


def send_all(client, topic, payloads, response):
    """All at once, QoS 1, and then the acknowledgements of all."""
    properties = bytes([mqtt.RESPONSE_TOPIC]) + mqtt._text(response)
    head = mqtt._text(topic)
    packets = []
    for k, payload in enumerate(payloads):
        body = head + struct.pack(">H", k + 1) + mqtt.number(len(properties)) + properties + payload.encode()
        packets.append(bytes([mqtt.PUBLISH << 4 | 2]) + mqtt.number(len(body)) + body)
    sender = threading.Thread(target=lambda: client.stream.send(b"".join(packets)))
    sender.start()
    for _ in payloads:
        client._until(mqtt.PUBACK)
    sender.join()


class Pipe:
    """Frames that nobody reads: the board's write waits, and with it the main thread and nothing else."""

    def __init__(self, path):
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.got = b""

    def waiting(self):
        """How many bytes are in it. It has room for 65536."""
        size = bytearray(4)
        fcntl.ioctl(self.fd, termios.FIONREAD, size)
        return struct.unpack("i", size)[0]

    def read(self):
        try:
            self.got += os.read(self.fd, 1 << 20)
        except BlockingIOError:
            pass
        return self.got


class FloodTest(glow.Case):
    def client(self):
        client = mqtt.Client(mqtt.Stream(self.broker.port))
        self.addCleanup(client.close)
        return client

    def program(self, *options):
        argv = [glow.bridge_path(), "--broker", self.broker.uri, *options]
        program = glow.Program(argv, os.path.join(self.home, glow.unique("log")), None, ())
        self.addCleanup(program.close)
        return program

    # promise: nothing-lost-unsaid
    def test_answered_or_counted(self):
        node = glow.unique()
        pipe = Pipe(os.path.join(self.home, "frames"))
        program = self.program("--node", node, "--board", "virtual", "--virtual-pixels", str(PIXELS), "--virtual-out",
                               os.path.join(self.home, "frames"), "--idle", "rainbow").wait_connected()
        self.addCleanup(os.close, pipe.fd)
        watch = self.watch("glow/node/%s/stats" % node, "answers/flood")
        glow.wait_until(lambda: "the board does not wait: %s" % pipe.waiting(), lambda: pipe.waiting() > 50000)
        send_all(self.client(), "glow/node/%s/set" % node, [large(k) for k in range(N)], "answers/flood")

        def counted():
            pipe.read()
            stats = watch.last("glow/node/%s/stats" % node)
            counts = stats.json()["messages"] if stats else {}
            self.answers = [m.json() for m in watch.find("answers/flood")]
            self.ok = sum(a["status"] == "ok" for a in self.answers)
            gone = sum(counts.get(k, 0) for k in ("in_dropped", "in_replaced", "out_dropped"))
            return counts if self.ok + gone >= N else None

        counts = glow.wait_until(lambda: "of %d: %d ok, %s" % (N, self.ok, watch.last("glow/node/%s/stats" % node)), counted,
                                 3 * glow.PATIENCE_S)
        lost = counts["in_dropped"] + counts["in_replaced"]
        self.assertGreater(lost, 0)  # the control: not all had room
        self.assertLessEqual(abs(N - self.ok - lost), counts["out_dropped"])  # which is 0 where the broker keeps up
        busy = [a for a in self.answers if a["status"] != "ok"]
        self.assertEqual({a["code"] for a in busy}, {"busy"})
        self.assertGreater(len(busy), 0)
        self.assertLessEqual(len(busy), lost)
        self.assertIn("too much at once: ", program.log())
        self.assertLess(program.log().count("\n"), 50)

    # promise: no-faster-than-fps
    def test_frames_keep_their_time(self):
        bridge = self.bridge()
        watch = self.watch(bridge.topic("state"), "answers/small")
        bridge.wait_connected()
        begin = bridge.frames.mark()
        send_all(self.client(), bridge.topic("set"), ['{"color":"#%06x"}' % (k + 1) for k in range(N)], "answers/small")
        bridge.frames.wait_shows(["%06x" % N] * 8)  # the last one, in the end
        times = [f.t_us for f in bridge.frames.since(begin)]
        self.assertGreaterEqual(len(times), 1)
        self.assertEqual([b - a for a, b in zip(times, times[1:]) if b - a < PERIOD_US], [])
        watch.wait(bridge.topic("state"), lambda m: m.json()["color"] == {"r": 0, "g": N >> 8, "b": N & 255})

    # promise: log-waits-for-nobody
    def test_unread_log(self):
        path = os.path.join(self.home, "stderr")
        os.mkfifo(path)
        read, write = os.open(path, os.O_RDONLY | os.O_NONBLOCK), os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, read)
        self.addCleanup(os.close, write)
        with self.assertRaises(BlockingIOError):  # the control: whoever waited here would wait for ever
            while True:
                os.write(write, b"x" * 4095 + b"\n")
        bridge = self.bridge("--idle", "rainbow", within=("/bin/sh", "-c", 'exec "$@" 2>"$0"', path))
        self.watch(bridge.topic("availability")).wait(bridge.topic("availability"), lambda m: m.payload == b"online")
        glow.wait_until("no frames", lambda: len(bridge.frames.look()) > 30)
        got = os.read(read, 1 << 20)
        self.assertNotIn(b"connected", got)
        self.broker.publish(bridge.topic("set"), "nonsense")

        def told():
            nonlocal got
            try:
                got += os.read(read, 1 << 20)
            except BlockingIOError:
                pass
            return b"lines were lost here: standard error did not take them" in got and b"rejected" in got

        glow.wait_until(lambda: got[-300:], told)

    # promise: newest-wins
    def test_dragged_slider(self):
        conductor = self.conductor().wait_leading()
        watch = self.watch("glow/scene/current", "answers/slider")
        plays = ['{"color":"#0000%02x","fade_ms":5000}' % k for k in range(120)]
        client = self.client()
        for k in range(0, len(plays), 4):
            send_all(client, "glow/scene/play", plays[k:k + 4], "answers/slider")
        glow.wait_until("answers are missing", lambda: len(watch.find("answers/slider")) >= len(plays))
        self.assertEqual({m.json()["status"] for m in watch.find("answers/slider")}, {"ok"})
        watch.wait("glow/scene/current", lambda m: [s["color"] for s in m.json()["scenes"][-1:]] == ["#000077"])
        self.assertLessEqual(len(watch.find("glow/scene/current")), len(plays))
        self.assertTrue(conductor.leads())


if __name__ == "__main__":
    glow.main()
