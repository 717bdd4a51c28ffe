# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The demo as people start it: whom it lets in, what it leaves behind, and that it
lets go of the boards when somebody else commands them."""

import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import glow  # noqa: E402

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness", "demo.sh")
EX_USAGE, EX_UNAVAILABLE = 64, 69
PROGRAMS = {"mosquitto", "glow-conductor", "glow-bridge", "glowctl"}
LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}


def family(pid):
    """A process and all that it started, by id: name."""
    parents, names, found = {}, {}, {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                head, tail = f.read().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        child, names[child] = int(head.split()[0]), head.split("(", 1)[1]
        parents.setdefault(int(tail.split()[1]), []).append(child)
    more = [pid]
    while more:
        child = more.pop()
        found[child] = names.get(child, "?")
        more += parents.get(child, [])
    return found


def listeners(pids):
    """(address, port) of every TCP socket of these processes that listens; addresses as the kernel writes them."""
    inodes = set()
    for pid in pids:
        for path in glob.glob("/proc/%d/fd/*" % pid):
            try:
                inodes.add(os.readlink(path))
            except OSError:
                pass
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as f:
            for line in list(f)[1:]:
                field = line.split()
                if field[3] == "0A" and "socket:[%s]" % field[9] in inodes:
                    address, port = field[1].split(":")
                    found.add((address, int(port, 16)))
    return found


class Demo(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="glow-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.log = os.path.join(self.home, "log")

    def env(self, **more):
        # ./run would have it speak in its own name.
        return glow.child_env({"TMPDIR": self.home, "GLOW_PREFIX": "another", "shell_name": "demo.sh", **more})

    def refused(self, status, *words, **env):
        done = subprocess.run([DEMO, *words], env=self.env(**env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=2 * glow.PATIENCE_S)
        self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (status, "", 1), done)
        self.assertTrue(done.stderr.startswith("demo.sh: "), done)
        return done.stderr

    def start(self, *words):
        with open(self.log, "wb") as log:
            demo = glow.spawn([DEMO, os.path.dirname(glow.bridge_path()), *words], log, log, env=self.env())
        self.addCleanup(glow.end, demo)
        glow.wait_until(self.said, lambda: PROGRAMS <= set(family(demo.pid).values()))
        self.port = next(port for address, port in listeners(family(demo.pid)) if 18883 <= port < 19000)
        glow.wait_until(self.said, lambda: "5 of 5 nodes online" in self.said())
        return demo

    def said(self):
        with open(self.log) as f:
            return f.read()

    def ends(self, demo, sig, others):
        """All of it is gone, its files too."""
        self.assertGreater(len(others), 7, others)  # control
        demo.send_signal(sig)
        demo.wait(glow.PATIENCE_S)
        self.assertEqual(demo.returncode, 0, self.said())
        self.assertEqual({p: name for p, name in others.items() if p != demo.pid and os.path.exists("/proc/%d" % p)}, {})
        self.assertEqual(os.listdir(self.home), ["log"])

    def test_what_it_refuses(self):
        bin_ = os.path.dirname(glow.bridge_path())
        for words in ((), (bin_, "--now"), (bin_, "-1"), (bin_, "soon"), (bin_, "1.5"), (bin_, ""), (bin_, "99999"),
                      (bin_, "1", "2")):
            self.refused(EX_USAGE, *words)
        self.assertIn("no glow-bridge in " + self.home, self.refused(EX_UNAVAILABLE, self.home))
        self.assertEqual(os.listdir(self.home), [])

    def test_a_broker_that_does_not_start(self):
        tools = os.path.join(self.home, "tools")
        os.mkdir(tools)
        with open(os.path.join(tools, "mosquitto"), "w") as f:
            f.write("#!/bin/sh\necho 'Error: no more of this.' >&2\nexit 3\n")
        os.chmod(os.path.join(tools, "mosquitto"), 0o755)
        said = self.refused(EX_UNAVAILABLE, os.path.dirname(glow.bridge_path()), "3",
                            PATH=tools + ":" + os.environ["PATH"])
        self.assertEqual(said, "demo.sh: the broker does not start: Error: no more of this.\n")
        self.assertEqual(os.listdir(self.home), ["tools"])

    # promise: demo-is-local
    def test_nobody_else_gets_in(self):
        demo = self.start("--no-show")
        found = listeners(family(demo.pid))
        self.assertGreaterEqual(len(found), 2, "the broker's two, and the page's where it is served")
        self.assertEqual({address for address, _ in found} - LOOPBACK, set(), found)
        with socket.create_server(("", 0)):  # control
            self.assertEqual({address for address, _ in listeners([os.getpid()])} - LOOPBACK, {"00000000"})
        self.ends(demo, signal.SIGINT, family(demo.pid))

    def ctl(self, *words):
        done = glow.run_ctl("--broker", "mqtt://localhost:%d" % self.port, *words)
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def test_the_show_lets_go(self):
        """It goes on as long as nobody else commands, which its own commands are not."""
        demo = self.start()
        glow.wait_until(self.said, lambda: "main: rainbow" in self.said() and "main: larson" in self.said(), 40)
        self.assertNotIn("the show waits", self.said())  # control
        self.ctl("play", "plasma 60%")
        glow.wait_until(self.said, lambda: "the show waits for a quiet minute" in self.said())
        others = family(demo.pid)
        self.assertIn("mosquitto_sub", others.values())
        glow.wait_until(self.said, lambda: len(re.findall("main: plasma 60%", self.said())) >= 3)  # lines every 5 s
        self.ends(demo, signal.SIGTERM, others)

    def test_without_a_show_nothing_plays(self):
        demo = self.start("--no-show")
        self.assertNotIn("mosquitto_sub", family(demo.pid).values())
        self.assertIn("5 of 5 nodes online", self.ctl("nodes"))
        self.assertNotIn("main:", self.said() + self.ctl("nodes"))


if __name__ == "__main__":
    glow.main()
