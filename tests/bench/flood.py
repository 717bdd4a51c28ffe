#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What is left of a conductor, a node and a viewer while one local client publishes as fast as it can: ./run bench flood

    flood.py [--seconds S] [CASE…]

Each case is a program, and what is sent to it over one connection with QoS 0, without a pause, through a Mosquitto as it
comes. The broker hands on what it can; that is the highest rate there is on this machine.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "harness"))

import glow  # noqa: E402
import mqtt  # noqa: E402

PERIOD_S = 2  # of the watchdog
BEACON_S = 0.5
NODE = "flood%d" % os.getpid()  # no other on this machine
NODE_TOPIC = "glow/node/%s/" % NODE
PIXELS = 660  # ten bytes each in a state


def packet(topic, payload):
    """PUBLISH with QoS 0, MQTT 5."""
    body = struct.pack(">H", len(topic)) + topic.encode() + b"\0" + payload.encode()
    return bytes([0x30]) + mqtt.number(len(body)) + body


# After each of them something moves, so that there is a frame to be drawn whether or not the next one has come.


def scenes(k):
    return "glow/scene/play", json.dumps({"color": "#0000%02x" % (k % 256), "fade_ms": 1000})


def large(k):
    """6.6 kB, all of which has to be read; what is null says nothing."""
    nothing = {"x%04d" % i: None for i in range(530)}
    return NODE_TOPIC + "set", json.dumps({"effect": "rainbow", "brightness": 55 + k % 200, **nothing}, separators=(",", ":"))


def small(k):
    return NODE_TOPIC + "set", json.dumps({"effect": "rainbow", "brightness": 55 + k % 200})


def bad(_):
    return NODE_TOPIC + "set", '{"brightness":"very"}'


def toggle(_):
    return NODE_TOPIC + "set", "toggle"


def states(k):
    look = {"state": "ON", "color_mode": "rgb", "color": {"r": 1, "g": 2, "b": 3}, "brightness": 255, "effect": "solid",
            "params": {}, "pixels": ["#%06x" % (k * 77 + i) for i in range(PIXELS)], "start_us": 0, "seed": 1}
    return "glow/node/f%d/state" % (k % 50), json.dumps(look, separators=(",", ":"))


CASES = {"calm": ("node", None), "scenes": ("conductor", scenes), "large": ("node", large), "small": ("node", small), "bad": ("node", bad),
         "toggle": ("node", toggle), "watch": ("watch", states)}


class Flood(threading.Thread):
    """Sends as much as the broker takes."""

    def __init__(self, port, make):
        super().__init__(daemon=True)
        self.client = mqtt.Client(mqtt.Stream(port))
        packets = [packet(*make(k)) for k in range(400)] if make else []
        self.chunks = [b"".join(packets[k:k + 20]) for k in range(0, len(packets), 20)]
        self.sent = 0
        self.going = True

    def run(self):
        while self.going and self.chunks:
            self.client.stream.send(self.chunks[self.sent // 20 % len(self.chunks)])
            self.sent += 20

    def stop(self):
        self.going = False
        self.join()
        self.client.close()


class Listener(threading.Thread):
    """Counts what arrives on a topic, and keeps the last of it."""

    def __init__(self, port, *topics):
        super().__init__(daemon=True)
        self.client = mqtt.Client(mqtt.Stream(port))
        self.client.subscribe(*topics)
        self.count = {}
        self.last = {}
        self.start()

    def run(self):
        try:
            while True:
                self.client._read()
                for topic, payload, _ in self.client.got:
                    self.count[topic] = self.count.get(topic, 0) + 1
                    self.last[topic] = payload
                self.client.got = []
        except (ConnectionError, OSError):
            pass

    def of(self, topic):
        return self.count.get(topic, 0)

    def json(self, topic):
        return json.loads(self.last.get(topic, "{}"))


class Watchdog(threading.Thread):
    """Gets what systemd would; a program waits for one that does not read."""

    def __init__(self, home):
        super().__init__(daemon=True)
        path = os.path.join(home, "notify")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(path)
        self.env = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(PERIOD_S * 1000000)}
        self.fed = []
        self.start()

    def run(self):
        while True:
            if b"WATCHDOG=1" in self.sock.recv(4096):
                self.fed.append(time.monotonic())

    def worst_s(self, begin, end):
        """The longest time without food."""
        times = [begin] + [t for t in self.fed if begin < t < end] + [end]
        return max(b - a for a, b in zip(times, times[1:]))


def memory_mib(pid):
    text = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(re.search(r"^VmHWM:\s+(\d+)", text, re.M)[1]) / 1024


def start(kind, home, uri, env):
    if kind == "conductor":
        return glow.Conductor(home, uri, node=NODE, env=env).wait_connected().wait_leading()
    if kind == "node":
        return glow.Bridge(home, uri, "--virtual-pixels", str(PIXELS), "--idle", "rainbow", "--flash-limit", "off",
                           node=NODE, env=env).wait_connected()
    argv = [glow.beside_bridge("glowctl"), "--broker", uri, "watch", "--plain"]
    return glow.Program(argv, os.path.join(home, "watch.log"), env, ())


def health(kind):
    """Exit status and milliseconds."""
    if kind == "watch":
        return None
    argv = [glow.beside_bridge("glow-" + {"node": "bridge"}.get(kind, kind)), "--healthcheck", "--node", NODE]
    begin = time.monotonic()
    status = subprocess.run(argv, env=glow.child_env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return status.returncode, round(1000 * (time.monotonic() - begin))


def gap_ms(path, begin_ns):
    """The longest time between two frames since then, and how many there were."""
    with open(path, encoding="ascii") as frames:
        times = [int(re.search(r'"mono_ns":(\d+)', line)[1]) for line in frames if line.endswith("\n")]
    times = [begin_ns] + [t for t in times if t >= begin_ns]
    return round(max((b - a for a, b in zip(times, times[1:])), default=0) / 1e6, 1), len(times) - 1


def ends(process, flood):
    """How long after SIGTERM, while the flood goes on for ten seconds more."""
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        pass
    flood.stop()
    return "status %d in %.2f s" % (process.wait(60), time.monotonic() - begin)


def measure(name, seconds, home):
    kind, make = CASES[name]
    broker = glow.Broker(home)
    pathlib.Path(broker.conf).write_text("listener %d 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_dest none\n"
                                         % broker.port)
    broker.start()
    watchdog = Watchdog(home)
    program = start(kind, home, broker.uri, watchdog.env if kind != "watch" else {})
    listener = Listener(broker.port, "glow/conductor/beacon", "glow/conductor/info", NODE_TOPIC + "stats")
    time.sleep(3)
    flood = Flood(broker.port, make)
    beacons, first = listener.of("glow/conductor/beacon"), listener.json("glow/conductor/beacon")
    begin, begin_ns = time.monotonic(), time.monotonic_ns()
    flood.start()
    time.sleep(seconds / 2)
    healthy = health(kind)
    time.sleep(max(0, begin + seconds - time.monotonic()))
    took = time.monotonic() - begin
    result = {"case": name, "sent_per_s": round(flood.sent / took), "memory_mib": round(memory_mib(program.process.pid), 1)}
    if kind == "conductor":
        last = listener.json("glow/conductor/beacon")
        result["beacons_sent_percent"] = round(100 * (last["seq"] - first["seq"]) / (took / BEACON_S))
        result["beacons_heard_percent"] = round(100 * (listener.of("glow/conductor/beacon") - beacons) / (took / BEACON_S))
        result["messages"] = listener.json("glow/conductor/info").get("messages")
    if kind == "node":
        gap, shown = gap_ms(program.frames.tail.path, begin_ns)
        if name != "toggle":  # dark after dark is no frame
            result["worst_gap_ms"] = gap
        result["frames_per_s"] = round(shown / took, 1)
        result["messages"] = listener.json(NODE_TOPIC + "stats").get("messages")
    if kind != "watch":
        result["watchdog_hungry_s"] = round(watchdog.worst_s(begin, begin + took), 2)
        result["health"] = "status %d in %d ms" % healthy
    result["log_lines"] = program.log().count("\n")
    result["ends"] = ends(program.process, flood)
    broker.stop(signal.SIGKILL)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("cases", nargs="*", choices=list(CASES) + [[]])
    args = parser.parse_args()
    print("load of the machine before: %.1f on %d processors" % (os.getloadavg()[0], os.cpu_count()))
    for name in args.cases or CASES:
        with tempfile.TemporaryDirectory() as home:
            print(json.dumps(measure(name, args.seconds, home)), flush=True)


main()
