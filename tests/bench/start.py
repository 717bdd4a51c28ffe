#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How long a node takes to its first right frame: start.py [TIMES]

From exec to the write of the frame, by the kernel's one clock, for the cases that a start may meet. Whatever else was shown
before it, beside the darkness in which a board opens, is counted as wrong. The conductor's host is an hour off, so what is
drawn for a wrong time shows."""

import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import certificates
import cluster
import glow

IDLE, STILL, MOVING = "#0000ff", "#ff0000", "rainbow"
AN_HOUR_US = 3600 * 10**6
ACCOUNT = ("bench", "a password")


def is_idle(frame):
    return set(frame.lights) == {IDLE[1:]}


def is_still(frame):
    return set(frame.lights) == {STILL[1:]}


def is_moving(frame):
    """A rainbow, and by the conductor's clock."""
    return len(set(frame.lights)) > 2 and abs(frame.t_us - AN_HOUR_US - glow.now_us()) < AN_HOUR_US / 2


def spawn(argv, log):
    """The process, and the instant of its exec."""
    begin, end = os.pipe()
    with os.fdopen(begin, "rb") as told:
        process = subprocess.Popen(argv, stderr=log, env=glow.child_env(),
                                   preexec_fn=lambda: os.write(end, b"%d" % time.monotonic_ns()))
        os.close(end)
        return process, int(told.read())


class Place:
    """Where nodes start: a broker, or none, and what it keeps."""

    def __init__(self, home, account=None, conductor=False, listens=True, light=None, scene=None, tls=False):
        self.home, self.light = home, light
        self.broker = glow.Broker(home, account=account)
        self.options = ["--broker", self.broker.uri]
        if tls:
            port, ca = certificates.listener(self.broker)
            self.options = ["--broker", "mqtts://127.0.0.1:%d" % port, "--ca-file", ca]
        self.conductor = self.node = None
        if listens:
            self.broker.start()
        if conductor:
            self.conductor = glow.Conductor(home, self.broker.uri, env=cluster.Clock(wall_ms=AN_HOUR_US // 1000).env())
            self.conductor.wait_leading()
        if scene:
            scene = {"id": "a", "effect": scene, "start_us": glow.now_us() + AN_HOUR_US - 10**7}  # it plays by now
            answer = self.broker.request("glow/scene/play", json.dumps(scene), "glow/answer/a")
            assert answer["status"] == "ok", answer

    def start(self, right, name):
        """Milliseconds to the first right frame, and the number of wrong ones before it."""
        out = os.path.join(self.home, glow.unique("out"))
        if self.light:
            effect = {"effect": "solid", "color": self.light} if self.light == STILL else {"effect": self.light}
            self.broker.publish("glow/node/%s/state" % name, json.dumps({"state": "ON", "brightness": 255, **effect}),
                                retain=True)
        with open(out + ".log", "wb") as log:
            process, began_ns = spawn([glow.bridge_path(), *self.options, "--node", name, "--board", "virtual",
                                       "--virtual-out", out, "--idle", IDLE, "--current-limit-ma", "0"], log)
        try:
            frames = glow.Frames(out)
            first = frames.wait("that is right", right)
        finally:
            glow.end(process)
        return (first.mono_ns - began_ns) / 1e6, frames.all.index(first) - 1

    def close(self):
        if self.conductor:
            self.conductor.close()
        self.broker.stop()


CASES = (("broker alone, a light to restore", is_still, {"light": STILL}),
         ("the same over TLS", is_still, {"light": STILL, "tls": True}),
         ("broker alone, none to restore", is_idle, {}),
         ("conductor, a still light", is_still, {"light": STILL, "conductor": True}),
         ("conductor, a moving light", is_moving, {"light": MOVING, "conductor": True}),
         ("conductor, a scene", is_moving, {"scene": MOVING, "conductor": True}),
         ("the same, a node that comes back", is_moving, {"scene": MOVING, "conductor": True, "back": True}),
         ("the broker refuses", is_idle, {"account": ACCOUNT}),
         ("nobody listens", is_idle, {"listens": False}))


def figures(times):
    """Of each case: what it is, the milliseconds of each start in their order, and how many wrong frames there were."""
    for name, right, options in CASES:
        back = options.get("back", False)
        with tempfile.TemporaryDirectory(prefix="glow-bench-") as home:
            here = Place(home, **{key: value for key, value in options.items() if key != "back"})
            if options.get("account"):
                here.broker.account = None
            if back:
                here.start(right, "back")
            starts = [here.start(right, "back" if back else glow.unique("n")) for _ in range(times)]
            here.close()
        yield name, sorted(ms for ms, _ in starts), sum(wrong for _, wrong in starts)


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print("%d starts each, exec to the first right frame\n\n%-36s%9s%9s%7s" % (times, "", "p50 ms", "max ms", "wrong"))
    for name, took_ms, wrong in figures(times):
        print("%-36s%9.1f%9.1f%7d" % (name, took_ms[times // 2], took_ms[-1], wrong), flush=True)


if __name__ == "__main__":
    main()
