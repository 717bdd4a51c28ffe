# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Virtual Raspberry Pis: a /sys/class/gpio each, and what the LEDs on it show.

    with vgpio.Pi(home, "--base", "0") as pi:
        run("glow-bridge", "--board", "blinkt", "--gpio", "sysfs", "--sysfs", pi.sys)
        pi.shown.wait(...)

Each is a process and a mount of its own. The process unmounts when it is told to
end, and is told so when we die; stop() also clears up after one that crashed.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys

import glow

DATA, CLOCK = 23, 24
CONFORMANCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gpio_conformance.sh")
CONFORMANCE_OF_A_PI = CONFORMANCE[:-2] + "txt"  # what the script says of the kernel's own driver


def program():
    """vgpio lies beside glow-bridge unless GLOW_VGPIO names another."""
    return os.environ.get("GLOW_VGPIO") or os.path.join(os.path.dirname(glow.bridge_path()), "vgpio")


def why_no_fuse():
    """None; or why there is none: the kernel has it not, or this container does not give it to us."""
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as e:
        return "no virtual GPIO without /dev/fuse: %s" % e
    return None


def need_fuse():
    """Ends the program as skipped where there is none."""
    if why := why_no_fuse():
        print("SKIPPED: " + why)
        sys.exit(glow.SKIPPED)


def _end_with_parent():
    ctypes.CDLL(None).prctl(glow.PR_SET_PDEATHSIG, signal.SIGTERM)


class Shown:
    """A change of what the LEDs show. Pixels are (red, green, blue, brightness) as on the wire."""

    def __init__(self, line):
        raw = json.loads(line)
        self.mono_ns = raw["mono_ns"]
        self.first_ns = raw["first_ns"]
        self.clocks = raw["clocks"]
        self.pixels = [(p["r"], p["g"], p["b"], p["brightness"]) for p in raw["pixels"]]

    def __repr__(self):
        return "%d clocks %s" % (self.clocks, self.pixels)


class Log:
    """All changes so far, oldest first."""

    def __init__(self, path):
        self.tail = glow.Tail(path)
        self.all = []

    def look(self):
        self.all += [Shown(line) for line in self.tail.lines()]
        return self.all

    def wait(self, pixels, patience_s=glow.PATIENCE_S):
        """Until the LEDs show these, for all we can see now; the change that did it."""
        glow.wait_until(lambda: "the LEDs show %s instead of %s" % (self.all[-1:], pixels),
                        lambda: self.look() and self.all[-1].pixels == pixels, patience_s)
        return self.all[-1]


class Pi:
    """A running virtual Pi. `sys` is what --sysfs wants; `leds` the file of what the LEDs show."""

    def __init__(self, home, *options):
        name = os.path.join(os.path.realpath(home), glow.unique("pi"))
        self.sys = name + ".sys"
        self.leds = name + ".leds.jsonl"
        self.log_path = name + ".log"
        self.options = options
        self.process = None
        self.shown = Log(self.leds)

    def start(self):
        argv = [program(), "--out", self.leds] + list(self.options) + [self.sys]
        with open(self.log_path, "ab") as log:
            os.mkdir(self.sys)
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=_end_with_parent)
        try:
            glow.wait_until(lambda: "vgpio does not mount: %s" % self.log(), self._is_up)
        except BaseException:
            self.stop()
            raise
        return self

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError("vgpio ended with %d: %s" % (self.process.returncode, self.log()))
        return os.path.exists(os.path.join(self.sys, "control"))

    def stop(self):
        """Ends it and unmounts whatever state it is in; returns the exit status."""
        if not self.process:
            return None
        status = glow.end(self.process)
        self.process = None
        if self.is_mounted():
            subprocess.run(["fusermount3", "-u", "-z", self.sys], check=True)
        os.rmdir(self.sys)
        if any(mark in self.log() for mark in glow.SANITIZER_MARKS):
            raise AssertionError(self.log())
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def is_mounted(self):
        with open("/proc/self/mounts") as f:
            return any(line.split()[1] == self.sys for line in f)

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def control(self, command):
        """busy LINE, free LINE, vanish, return, read-only, read-write, forbid, allow."""
        with open(os.path.join(self.sys, "control"), "w") as f:
            f.write(command)

    def report(self):
        """Faults, lines and counters; see vgpio_node_report()."""
        with open(os.path.join(self.sys, "control")) as f:
            return json.load(f)
