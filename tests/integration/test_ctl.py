# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""glowctl as people use it, with a real broker and real nodes: what it prints,
its exit status, and what becomes of it on the boards."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import glow  # noqa: E402

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE = 64, 65, 69
RED = ["ff0000"] * 8
BLUE = ["0000ff"] * 8


class CtlCase(glow.Case):
    def ctl(self, *words, status=0, stdin=b""):
        """Runs glowctl and returns what it printed: output, or the complaint where a failure is wanted."""
        done = glow.run_ctl("--broker", self.broker.uri, *words, stdin=stdin)
        self.assertEqual(done.returncode, status, done)
        if status == 0:
            self.assertEqual(done.stderr, "", done)
            return done.stdout
        self.assertTrue(done.stderr.startswith("glowctl"), done)
        return done.stderr

    def node(self, *options):
        return self.bridge(*options).wait_connected()


class Alone(CtlCase):
    """Nobody leads: nodes answer for themselves."""

    def test_set(self):
        node = self.node()
        self.assertEqual(self.ctl("set", node.node, "red"), "%s: ok\n" % node.node)
        node.frames.wait_shows(RED)
        self.ctl("set", "node/" + node.node, '{"color":"blue"}')
        node.frames.wait_shows(BLUE)
        self.ctl("set", node.node, "-", stdin=b'{"color":"#ff0000"}\n')
        node.frames.wait_shows(RED)

    def test_a_rejection_says_why(self):
        node = self.node()
        said = self.ctl("set", node.node, "purplish", status=EX_DATAERR)
        self.assertEqual(said, 'glowctl: %s: effect: "purplish" is no effect, colour, gauge or percentage\n'
                         % node.node)
        said = self.ctl("set", node.node, "rainbow", "--param", "speed=1", status=EX_DATAERR)
        self.assertIn("params.speed: rainbow has no parameter of that name", said)
        said = self.ctl("set", node.node, "-", stdin=b"x" * 9000, status=EX_DATAERR)
        self.assertIn("8192", said)

    def test_nobody_answers(self):
        self.assertIn("nobody-here: no answer within 2 s", self.ctl("set", "nobody-here", "red",
                                                                    status=EX_UNAVAILABLE))

    def test_no_broker(self):
        done = glow.run_ctl("--broker", "mqtt://127.0.0.1:%d" % glow.free_port(), "nodes")
        self.assertEqual(done.returncode, EX_UNAVAILABLE)
        self.assertIn("Connection refused", done.stderr)

    def test_many_each_by_itself(self):
        group = glow.unique("g")
        nodes = [self.node("--groups", group) for _ in range(3)]
        other = self.node()
        other.frames.wait_shows(["000000"] * 8)
        said = self.ctl("set", "group/" + group, "blue")
        self.assertEqual(said, "%s: ok, each by itself since no conductor leads\n" % ", ".join(n.node for n in nodes))
        for node in nodes:
            node.frames.wait_shows(BLUE)
        self.assertEqual(other.frames.last().lights, ["000000"] * 8)

    def test_some_take_it_and_some_do_not(self):
        group = glow.unique("g")
        row = self.node("--groups", group)
        piglow = self.node("--groups", group, "--virtual-shape", "piglow")
        done = glow.run_ctl("--broker", self.broker.uri, "set", "group/" + group, '{"leds":{"arm1":9}}')
        self.assertEqual(done.returncode, EX_DATAERR)
        self.assertTrue(done.stdout.startswith(piglow.node + ": ok"), done)
        self.assertTrue(done.stderr.startswith("glowctl: %s: leds.arm1: " % row.node), done)

    def test_notices(self):
        node = self.node("--idle", "blue")
        watch = self.watch(node.topic("state"))

        def shows(what):
            since = watch.mark()
            return lambda: watch.wait(node.topic("state"), lambda m: m.json()["showing"] == what, since)

        wait = shows("notice")
        self.ctl("notify", node.node, "red", "--id", "disk", "--ttl-s", "600", "--priority", "8")
        notice = wait().json()["notice"]
        self.assertEqual((notice["id"], notice["priority"]), ("disk", 8))
        node.frames.wait_shows(RED)
        wait = shows("idle")
        self.ctl("notify", node.node, "--id", "disk", "--clear")
        wait()
        node.frames.wait_shows(BLUE)
        wait = shows("notice")
        self.ctl("identify", node.node, "--ttl-s", "600")
        self.assertEqual(wait().json()["notice"]["effect"], "identify")

    def test_no_conductor(self):
        for words in (("play", "rainbow"), ("stop",), ("dim", "40%")):
            said = self.ctl(*words, status=EX_UNAVAILABLE)
            self.assertIn("no conductor answered within 2 s: is glow-conductor running?", said)
        self.assertIn("no conductor is there to tell the time", self.ctl("dim", "off", "--for-s", "9",
                                                                         status=EX_UNAVAILABLE))

    def test_usage(self):
        for words, part in ((("set",), "for example: glowctl set pi1 red"),
                            (("set", "pi1"), "for example: glowctl set pi1 red"),
                            (("set", "PI1", "red"), '"PI1" is no target'),
                            (("play",), "for example: glowctl play rainbow"),
                            (("notify", "all", "--clear"), "--id"),
                            (("stop", "a", "b"), "one id"),
                            (("dim",), "for example: glowctl dim 40%"),
                            (("identify",), "for example: glowctl identify pi3"),
                            (("forget", "a/b"), '"a/b" is no node'),
                            (("--prefix", "a/#", "nodes"), "--prefix a/#")):
            self.assertIn(part, self.ctl(*words, status=EX_USAGE))


class Nodes(CtlCase):
    def test_table(self):
        node = self.node("--groups", "shelf,odd", "--idle", "blue 40%")
        dark = self.bridge("--virtual-shape", "piglow").wait_connected()
        dark.stop()
        lines = self.ctl("nodes").splitlines()
        self.assertRegex(lines[0], r"^no conductor · \d+ of \d+ nodes online$")
        rows = {line.split()[0]: line for line in lines[3:]}
        self.assertRegex(rows[node.node], r"online +virtual +8 +- +shelf,odd +- +- +idle: blue 40%$")
        self.assertRegex(rows[dark.node], r"offline +virtual +18 ")
        columns = {line.index("virtual") for line in lines[3:]}
        self.assertEqual(columns, {lines[2].index("BOARD")})
        self.ctl("forget", dark.node)
        self.ctl("forget", node.node, "--force")

    def test_json(self):
        node = self.node("--groups", "shelf")
        told = glow.json.loads(self.ctl("nodes", "--json", "--wait-s", "12"))
        self.assertIsNone(told["conductor"])
        found = next(n for n in told["nodes"] if n["id"] == node.node)
        self.assertEqual((found["online"], found["pixels"], found["groups"]), (True, 8, ["shelf"]))
        self.assertIsNotNone(found["sync"], "it waited for a report")

    def test_forget(self):
        node = self.node()
        topics = (node.topic("#"), "homeassistant/device/glow-%s/config" % node.node)
        self.assertIn("--force", self.ctl("forget", node.node, status=EX_DATAERR))
        node.stop()
        self.assertGreaterEqual(len(self.broker.retained(*topics)), 4)  # control
        self.assertEqual(self.ctl("forget", node.node), "%s: forgotten\n" % node.node)
        self.assertEqual(self.broker.retained(*topics), {})
        self.assertIn("nothing is known of a node", self.ctl("forget", node.node, status=EX_DATAERR))


class Watch(CtlCase):
    def test_plain(self):
        node = self.node("--idle", "red")
        svg = os.path.join(self.home, glow.unique("svg"))
        said = self.ctl("watch", "--plain", "--for-s", "1", "--svg", svg)
        line = next(line for line in said.splitlines() if line.startswith(node.node))
        self.assertIn("ff0000 " * 8, line)
        self.assertIn("idle: red", line)
        with open(svg) as f:
            self.assertIn(node.node, f.read())


if __name__ == "__main__":
    glow.main()
