# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Many nodes on one machine, each with a clock and a network of its own.

A node runs in a time namespace (CLOCK_MONOTONIC starts elsewhere) with own_clock.so
preloaded (its oscillator runs fast or slow, its wall clock is wrong) behind links (a
network that delays). Since all run on one kernel, the instants at which they show
frames can be compared exactly.
"""

import os
import struct
import subprocess
import sys
import time

import glow

BOARD = ("--fps", "60", "--virtual-pixels", "8")


class Clock:
    """A machine's clocks: its crystal's error, its time since boot beyond the host's, its wall clock's error.
    With a path for a file, the wall clock can be stepped while programs run."""

    def __init__(self, rate_ppb=0, uptime_s=0, wall_ms=0, step_path=None):
        self.rate_ppb = rate_ppb
        self.uptime_s = uptime_s
        self.wall_ms = wall_ms
        self.step_path = step_path
        if step_path:
            self.step_to(0)

    def within(self):
        """The command that runs a program under this clock. It becomes the program: the process id stays."""
        as_root = [] if os.geteuid() == 0 else ["--map-current-user"]
        return ["unshare", *as_root, "--time", "--monotonic", str(self.uptime_s), "--boottime", str(self.uptime_s)]

    def env(self):
        # Of the two only a list of directories may hold a space.
        folder, name = os.path.split(glow.beside_bridge("own_clock.so"))
        options = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
        return {"LD_PRELOAD": name, "LD_LIBRARY_PATH": folder, "CLOCK_RATE_PPB": str(self.rate_ppb),
                "CLOCK_WALL_MS": str(self.wall_ms), "CLOCK_STEP_FILE": self.step_path or "", "ASAN_OPTIONS": options}

    def step_to(self, ms):
        """Sets the wall clock so far beyond wall_ms, under running programs as well."""
        with open(self.step_path, "r+b" if os.path.exists(self.step_path) else "wb", buffering=0) as f:
            f.write(struct.pack("=q", ms * 10**6))

    def host_ns(self, mono_ns):
        """The host's CLOCK_MONOTONIC for one that a program under this clock read."""
        return mono_ns - self.uptime_s * 10**9

    def host_raw_ns(self, raw_ns):
        """The same of CLOCK_MONOTONIC_RAW, to within some nanoseconds."""
        return raw_ns * 10**9 // (10**9 + self.rate_ppb) - self.uptime_s * 10**9


def why_no_clocks():
    """None; or why there are none: the kernel has no time namespaces, or this container no use of them."""
    read = [sys.executable, "-c", "import time; print(time.monotonic_ns())"]
    asked = subprocess.run(Clock(uptime_s=10**6).within() + read, capture_output=True, text=True)
    if asked.returncode or int(asked.stdout) < 10**15:
        return "no clocks of their own for nodes: %s" % (asked.stderr.strip() or "the namespace has no effect")
    return None


def need_clocks():
    """Ends the program as skipped where there are none."""
    if why := why_no_clocks():
        print("SKIPPED: " + why)
        sys.exit(glow.SKIPPED)


class Node(glow.Bridge):
    """A glow-bridge with a virtual board under a clock of its own."""

    def __init__(self, home, uri, *options, clock=Clock(), env=None, **more):
        self.clock = clock
        super().__init__(home, uri, *options, env={**clock.env(), **(env or {})}, within=clock.within(), **more)

    def shown(self, since_ns=0):
        """Its frames from that instant of the host on, each with its host_ns. Not the first, which is the board's
        own darkness and belongs to no slot."""
        frames = self.frames.look()[1:]
        for f in frames:
            f.host_ns = self.clock.host_ns(f.mono_ns)
        return [f for f in frames if f.host_ns >= since_ns]

    def readings(self, watch):
        """What its clock was, as the probes that a watch of P/time/request/+ saw tell: [(host raw ns, cluster ns)]."""
        topic = "%s/time/request/%s" % (self.prefix, self.node)
        probes = (struct.unpack("<BBHIqq", m.payload) for m in watch.find(topic))
        return [(self.clock.host_raw_ns(t1), s1) for _, _, _, _, t1, s1 in probes if s1]


class Conductor(glow.Conductor):
    """A running glow-conductor under a clock of its own."""

    def __init__(self, home, uri, *options, clock=Clock(), env=None, **more):
        super().__init__(home, uri, *options, env={**clock.env(), **(env or {})}, within=clock.within(), **more)


class Links:
    """A network of the given kind (none, wired, wifi, bad) in front of a server, for each of some clients."""

    def __init__(self, port, networks, seed=1):
        argv = [glow.beside_bridge("links"), str(seed)] + ["%s:%d" % (network, port) for network in networks]
        self.process = glow.spawn(argv, subprocess.PIPE, None)
        self.ports = [int(self.process.stdout.readline()) for _ in networks]
        self.uris = ["mqtt://127.0.0.1:%d" % p for p in self.ports]

    def close(self):
        glow.end(self.process)
        self.process.stdout.close()


class Floor:
    """Bare processes that wake half a slot beside the nodes, so that neither waits for the other: what this
    machine allows. `beside` is a node's latest frame."""

    def __init__(self, home, count, beside, fps):
        slot_ns = 10**9 // fps
        slots = (time.monotonic_ns() - beside.host_ns) // slot_ns
        first_ns = beside.host_ns + slots * slot_ns + 3 * slot_ns // 2
        self.paths = [os.path.join(home, glow.unique("floor")) for _ in range(count)]
        self.processes = [glow.spawn([glow.beside_bridge("bench_floor"), str(first_ns), str(fps), path], None, None)
                          for path in self.paths]

    def close(self):
        for process in self.processes:
            glow.end(process)

    def shown(self):
        nodes = [glow.Frames(path).look() for path in self.paths]
        for frames in nodes:
            for f in frames:
                f.host_ns = f.mono_ns
        return nodes
