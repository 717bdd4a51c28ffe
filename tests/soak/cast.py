# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Who takes part in a soak: the broker as it is deployed, conductors, nodes with clocks of their own, the page."""

import contextlib
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import cluster
import cost
import glow
import script
import secured

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MARK = "SOAK_RUN"  # in the environment of all that a run starts, so that it finds what it left
FPS = 60
NEVER = float("inf")
FIRST_S, AFTER_S = 3, 2  # from being connected, or told, to being judged
MANY_S = 8  # from being told with others: a conductor leaves time for the slowest node, which is seconds after a flood
LINGER_TS = os.path.join(TOP, "dashboard", "test", "browser", "linger.ts")
LINGER = os.path.join(TOP, "dashboard", "node_modules", ".browser", "linger.mjs")


def is_lit(frame):
    return any(light != "000000" for light in frame.lights)


class Life:
    """One process from its start to its end, which was told or not."""

    def __init__(self, name, program, process):
        self.life = "%s (%d)" % (name, process.pid)
        self.program, self.process = program, process
        self.began_s = time.monotonic()

    def sample(self):
        """What it takes of this machine; None once it is gone."""
        proc = "/proc/%d/" % self.process.pid
        try:
            with open(proc + "status") as f:
                fields = dict(re.findall(r"^(RssAnon|VmRSS|Threads):\s+(\d+)", f.read(), re.M))
            return {"life": self.life, "program": self.program, "anon_kib": int(fields["RssAnon"]),
                    "rss_kib": int(fields["VmRSS"]), "threads": int(fields["Threads"]),
                    "descriptors": len(os.listdir(proc + "fd")), "cpu_s": cost.cpu_s(self.process.pid)}
        except (OSError, KeyError):
            return None


class Spoken(Life):
    """One of our programs, with its log."""

    def __init__(self, name, program, said):
        super().__init__(name, program, said.process)
        self.name, self.said = name, said

    def end(self, sig):
        """{status, seconds}; a kill has neither."""
        if sig == signal.SIGKILL:
            self.said.kill()
            return None
        status, took_s = self.said.stop()
        return {"life": self.life, "program": self.program, "status": status, "took_s": took_s, "dark": True}

    def log(self):
        """Its lines in all, and those of errors."""
        lines = self.said.log().splitlines()
        return len(lines), [line for line in lines if re.search(r"\berror\b", line.split(":", 1)[0])]


def waits(pid):
    """What each thread of a process does: its state, and where in the kernel it waits."""
    said = []
    for task in sorted(glob.glob("/proc/%d/task/*" % pid)):
        with contextlib.suppress(OSError):
            with open(task + "/stat") as stat, open(task + "/wchan") as wchan:
                name, rest = stat.read().split(" (", 1)[1].rsplit(") ", 1)
                said.append("%s %s %s" % (name, rest[0], wchan.read() or "0"))
    return ", ".join(said)


class Node(Spoken):
    """A node, and from when on (by this host's clock, in ns) it has to be lit and to move."""

    def __init__(self, name, said):
        super().__init__(name, "glow-bridge", said)
        self.last, self.readings, self.stats = None, [], {}
        self.lit_ns = self.moves_ns = self.joined_ns = NEVER
        self.noticed_ns = 0  # until then a notice may lie over all else, and stand still
        self.own = False  # it has a light of its own, which hides the scene

    def take(self):
        """The frames since the last call."""
        frames = self.said.frames.take()
        for f in frames:
            f.host_ns = self.said.clock.host_ns(f.mono_ns)
        self.last = frames[-1] if frames else self.last
        return frames

    def end(self, sig):
        ended = super().end(sig)
        self.take()
        return ended and {**ended, "dark": self.last is not None and not is_lit(self.last)}


class Cast:
    def __init__(self, home, ends, nodes, page):
        self.home, self.ends, self.count = home, ends, nodes
        self.tmp = os.path.join(home, "tmp")
        os.mkdir(self.tmp)
        os.chmod(home, 0o711)
        os.environ[MARK], os.environ["TMPDIR"] = home, self.tmp
        secrets = os.path.join(home, "secrets")
        secured.make_secrets(secrets)
        self.broker = secured.Broker(home, secrets)
        self.others, self.nodes, self.conductors, self.over = [], {}, {}, []
        self.clocks = {name: self.clock(k, name) for k, name in enumerate(
            [script.node_name(k) for k in range(nodes)] + list(script.CONDUCTORS))}
        self.start_broker()
        self.ends.callback(self.close)
        for name in script.CONDUCTORS:
            self.start_conductor(name)
        for k in range(nodes):
            self.start_node(script.node_name(k))
        self.page_lines = None
        if page:
            self.start_page()

    def clock(self, k, name):
        """Crystals up to 20 ppm off, uptimes and wall clocks of their own; none before the certificates were made."""
        return cluster.Clock(rate_ppb=(k * 7919) % 40001 - 20000, uptime_s=1000 * (k + 1), wall_ms=700 * k,
                             step_path=os.path.join(self.home, name + ".step"))

    def start_broker(self):
        self.broker.start()
        self.broker_life = Life("broker", "mosquitto", self.broker.process)

    def start_conductor(self, name):
        self.conductors[name] = Spoken(name, "glow-conductor", cluster.Conductor(
            self.home, self.broker.uri, env=self.broker.env("conductor"), node=name, clock=self.clocks[name]))

    def start_node(self, name):
        k = int(name[2:]) - 1
        self.nodes[name] = Node(name, cluster.Node(
            self.home, self.broker.uri, *cluster.BOARD, "--groups", script.group_name(k),
            env=self.broker.env("bridge"), node=name, clock=self.clocks[name]))
        return self.nodes[name]

    def end(self, life, sig):
        """Ends a node or a conductor; how it went, or None."""
        self.nodes.pop(life.name, None)
        self.conductors.pop(life.name, None)
        self.over.append(life)
        return life.end(sig)

    def start_page(self):
        """nginx as it is deployed, with the page."""
        port = glow.free_port()
        self.url = "http://127.0.0.1:%d/" % port
        self.log = open(os.path.join(self.home, "page.log"), "ab")
        self.ends.callback(self.log.close)
        nginx = glow.spawn([os.path.join(TOP, "dashboard", "nginx", "serve.sh"), "127.0.0.1:%d" % port,
                            "127.0.0.1:%d" % self.broker.web_port], self.log, self.log,
                           env={**os.environ, "TMPDIR": self.home})
        self.others.append(Life("nginx", "nginx", nginx))
        glow.wait_until("nginx does not serve", lambda: subprocess.run(
            [sys.executable, "-c", "import urllib.request as u; u.urlopen(%r)" % self.url], stderr=subprocess.DEVNULL
        ).returncode == 0)

    def open_page(self):
        """A browser that stays on it, once all that it waits for is there."""
        subprocess.run([os.path.join(TOP, "dashboard/node_modules/.bin/esbuild"), LINGER_TS, "--bundle", "--platform=node",
                        "--format=esm", "--target=node18", "--packages=external", "--outfile=" + LINGER,
                        "--log-level=warning"], check=True)
        path = os.path.join(self.home, "page.jsonl")
        argv = ["node", LINGER, self.url, "operator", self.broker.password("operator"), str(self.count)]
        with open(path, "wb") as out:
            self.page = glow.spawn(argv, out, self.log, stdin=subprocess.PIPE,
                                   env={**os.environ, "GLOW_TOP": TOP, "HOME": self.home})
        self.page_lines = glow.Tail(path)

    def page_said(self):
        return [json.loads(line) for line in self.page_lines.lines()] if self.page_lines else []

    def close_page(self):
        """Its exit status, 0 where there is none."""
        if not self.page_lines:
            return 0
        self.page.stdin.close()
        status = glow.end(self.page) if not self._ends(self.page) else self.page.returncode
        self.page_lines = None
        return status

    @staticmethod
    def _ends(process):
        try:
            process.wait(glow.PATIENCE_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def lives(self):
        return [self.broker_life, *self.others, *self.conductors.values(), *self.nodes.values()]

    def close(self):
        """All that is still there, however far the run came."""
        if self.page_lines:
            glow.end(self.page)
        for life in [*self.nodes.values(), *self.conductors.values()]:
            life.said.kill()
        for life in self.others:
            glow.end(life.process)
        self.broker.stop()


def left(home):
    """Processes that this run started and that are still there."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as f:
                mine = ("%s=%s" % (MARK, home)).encode() in f.read().split(b"\0")
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                words = f.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mine and int(pid) != os.getpid():
            found.append("process %s: %s" % (pid, words[:100]))
    return found


def missing(page):
    """What a run needs and this machine lacks."""
    programs = ["mosquitto", "mosquitto_sub", "mosquitto_pub", "mosquitto_rr", "mosquitto_passwd", "openssl", "unshare"]
    return [p for p in programs + (["nginx", "node"] if page else []) if not shutil.which(p)]
