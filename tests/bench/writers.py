# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Three who show what a topic says: our bridge, and two that people write; on a virtual GPIO tree, or without pins.

Each is a process that listens to TOPIC, and whose frames are seen: on the tree by its LEDs, without pins by the writer's own
word, which all write alike."""

import json
import os
import random
import subprocess
import time

import cost
import glow

TOPIC = "glow/node/bench/set"
HERE = os.path.dirname(os.path.abspath(__file__))
RAINBOW = json.dumps({"effect": "rainbow"})
LATEST_S = 180  # an interpreter under valgrind takes its time on a busy machine


def solid(k):
    """Blues of which each differs from the next on every wire, and none is a flash to the next."""
    return json.dumps({"effect": "solid", "color": "#0000%02x" % (96 + k * 37 % 160)})


class Broker(glow.Broker):
    """One that writes down subscriptions only."""

    def __init__(self, home):
        super().__init__(home)
        with open(self.conf) as f:
            text = f.read()
        with open(self.conf, "w") as f:
            f.write(text.replace("log_type all", "log_type subscribe"))

    def listeners(self):
        """How many have subscribed to TOPIC so far."""
        with open(self.log, errors="replace") as f:
            return sum(line.rstrip().endswith(" " + TOPIC) for line in f)


class Stopwatch:
    """Sends commands, and hears them itself: the bare subscriber that is everybody's floor."""

    def __init__(self, port):
        self.process = glow.spawn([glow.beside_bridge("bench_latency"), str(port), TOPIC], subprocess.PIPE, None,
                                  stdin=subprocess.PIPE)
        self.color = 0  # of the next command, which so is another than that of the last

    def send(self, payload):
        """When it was sent and when heard, CLOCK_MONOTONIC ns."""
        self.process.stdin.write(payload.encode() + b"\n")
        self.process.stdin.flush()
        sent_ns, heard_ns = map(int, self.process.stdout.readline().split())
        return sent_ns, heard_ns

    def send_solid(self):
        self.color += 1
        return self.send(solid(self.color))

    def close(self):
        self.process.stdin.close()
        glow.end(self.process)
        self.process.stdout.close()


class Writer:
    """`pi` is a vgpio.Pi, or None; `within` a command that runs the program."""

    missing = None  # why it cannot be measured here

    def __init__(self, home, broker, pi=None, within=(), fps=60):
        self.pi = pi
        self.path = os.path.join(home, glow.unique("frames"))
        listeners = broker.listeners()
        self.process = self.start(broker, within, fps)
        glow.wait_until("%s does not listen" % self.name, lambda: broker.listeners() > listeners, LATEST_S)
        self.frames = pi.shown if pi else glow.Frames(self.path)

    def log(self):
        return open(self.path + ".log", "wb")

    def look(self, since_ns=0):
        """(when, all alike) of each frame since then."""
        shown = [f for f in self.frames.look() if f.mono_ns > since_ns]
        return [(f.mono_ns, len(set(f.pixels if self.pi else f.lights)) == 1) for f in shown]

    def wait(self, since_ns, alike):
        """The instant of the first frame since then that is of one colour, or is not. Looks seldom: the machine is small."""
        deadline = time.monotonic() + LATEST_S
        while time.monotonic() < deadline:
            for when_ns, is_alike in self.look(since_ns):
                if is_alike == alike:
                    return when_ns
            time.sleep(0.01)
        raise AssertionError("%s shows nothing within %d s, see %s.log" % (self.name, LATEST_S, self.path))

    def close(self):
        glow.end(self.process)


class Bridge(Writer):
    name = "Glowswarm"

    def start(self, broker, within, fps):
        road = ["--board", "blinkt", "--gpio", "sysfs", "--sysfs", self.pi.sys] if self.pi else [
            "--board", "virtual", "--virtual-pixels", "8", "--virtual-out", self.path]
        with self.log() as log:
            return glow.spawn([*within, glow.bridge_path(), "--broker", broker.uri, "--node", "bench", "--fps", str(fps),
                               "--idle", "off", *road], log, log, env=glow.child_env())


class Naive(Writer):
    argv = ()

    def start(self, broker, within, fps):
        root, out = (self.pi.sys, []) if self.pi else ("", [self.path])
        with self.log() as log:
            return glow.spawn([*within, *self.program(), root, "535", "536", str(broker.port), TOPIC, *out], log, log,
                              env=glow.child_env())


class Python(Naive):
    name = "Python"
    missing = None if os.path.exists("/usr/lib/python3/dist-packages/paho") else "no python3-paho-mqtt"

    def program(self):
        return ["/usr/bin/python3", os.path.join(HERE, "naive.py")]


class C(Naive):
    name = "C"

    def program(self):
        return [glow.beside_bridge("bench_naive_sysfs")]


ALL = (Bridge, Python, C)


class Commands:
    """What came of commands: microseconds to the frame and to the bare subscriber, and processor time of a command."""

    def __init__(self):
        self.frame_us, self.floor_us, self.cpu_ms = [], [], None


def warm_up(writer, watch):
    """Once all is loaded and drawn."""
    command(writer, watch)


def command(writer, watch):
    sent_ns, heard_ns = watch.send_solid()
    shown_ns = writer.wait(sent_ns, True)
    return (shown_ns - sent_ns) / 1e3, (heard_ns - sent_ns) / 1e3


def commands(writer, watch, seconds, least=3, most=1000, moving=False, phase_s=0.05):
    """Commands one after the other, at any time after the one before was shown; `moving`: while a rainbow plays, at any
    time within a frame, which takes phase_s."""
    dice, result, end = random.Random(1), Commands(), time.monotonic() + seconds
    cpu_ns = cost.cpu_ns(writer.process.pid)
    while len(result.floor_us) < least or (time.monotonic() < end and len(result.floor_us) < most):
        if moving:
            writer.wait(watch.send(RAINBOW)[0], False)
        time.sleep(0.02 + dice.random() * phase_s)
        frame_us, floor_us = command(writer, watch)
        result.frame_us.append(frame_us)
        result.floor_us.append(floor_us)
    result.cpu_ms = (cost.cpu_ns(writer.process.pid) - cpu_ns) / 1e6 / len(result.frame_us)
    return result

