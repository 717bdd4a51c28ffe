# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""glowctl as people use it, with a real broker and real nodes: what it prints,
its exit status, and what becomes of it on the boards."""

import os
import re
import signal
import struct
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import glow  # noqa: E402
import mqtt  # noqa: E402
import terminal  # noqa: E402

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE = 64, 65, 69
RED = ["ff0000"] * 8
BLUE = ["0000ff"] * 8
DARK = ["000000"] * 8


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

    # promise: never-ok-for-nothing
    def test_what_is_ignored_is_told(self):
        node = self.node()
        done = glow.run_ctl("--broker", self.broker.uri, "set", node.node, '{"color":"red","bri":3,"colour":7}')
        self.assertEqual((done.returncode, done.stdout), (0, "%s: ok\n" % node.node), done)
        self.assertEqual(done.stderr, "".join("glowctl: %s: ignored %s, which says nothing here\n" % (node.node, name)
                                              for name in ("bri", "colour")))
        self.ctl("set", node.node, "red")  # control: no such line
        said = self.ctl("set", node.node, '{"bri":3}', status=EX_DATAERR)
        self.assertIn('did you mean "brightness"?', said)

    # promise: never-ok-for-nothing
    def test_nobody_answers(self):
        """Who is not there cannot say so."""
        node = self.node("--groups", "shelf,odd")
        name = node.node
        for words, says in (
                (("set", name + "x", "red"), 'there is no node "%sx"; did you mean "%s"? (--force' % (name, name)),
                (("notify", "node/" + name + "x", "red"), 'did you mean "%s"?' % name),
                (("identify", "odd"), 'there is no node "odd"; did you mean "group/odd"?'),
                (("set", "group/shlef", "red"), 'no node has the group "shlef"; did you mean "group/shelf"?'),
                (("set", "nobody-here", "red"), '"nobody-here" (glowctl nodes tells who is there; --force')):
            self.assertIn(says, self.ctl(*words, status=EX_UNAVAILABLE))
        self.assertIn("nobody-here: no answer within 2 s", self.ctl("set", "nobody-here", "red", "--force",
                                                                    status=EX_UNAVAILABLE))
        self.assertEqual(self.ctl("set", name, "red", "--force"), name + ": ok\n")

    def test_many_each_by_itself(self):
        group = glow.unique("g")
        nodes = [self.node("--groups", group) for _ in range(3)]
        other = self.node()
        other.frames.wait_shows(DARK)
        said = self.ctl("set", "group/" + group, "blue")
        self.assertEqual(said, "%s: ok, each by itself since no conductor leads\n" % ", ".join(n.node for n in nodes))
        for node in nodes:
            node.frames.wait_shows(BLUE)
        self.assertEqual(other.frames.last().lights, DARK)

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
                            (("set", "PI1", "red"), '"PI1" is no target; did you mean "pi1"?'),
                            (("set", "pi/1", "red"), '"pi/1" is no target: a node'),
                            (("play",), "for example: glowctl play rainbow"),
                            (("notify", "all", "--clear"), "--id"),
                            (("stop", "a", "b"), "one id"),
                            (("dim",), "for example: glowctl dim 40%"),
                            (("identify",), "for example: glowctl identify pi3"),
                            (("forget", "a/b"), '"a/b" is no node'),
                            (("--prefix", "a/#", "nodes"), "did you mean a?")):
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
        other = self.node()
        self.assertIn('; did you mean "%s"?' % other.node, self.ctl("forget", other.node + "x", status=EX_DATAERR))

    def test_forget_cluster(self):
        conductor = self.conductor().wait_leading()
        node = self.bridge().wait_connected()
        self.watch(node.topic("place")).wait(node.topic("place"))
        kept = ("glow/conductor/#", "glow/scene/#", "glow/dim/#", "glow/roster", "glow/node/+/place", "glow/all/#", "homeassistant/device/glow-cluster/config")
        said = self.ctl("forget", "cluster", status=EX_DATAERR)
        self.assertIn("%s is online; --force" % conductor.node, said)
        conductor.stop()
        self.assertGreaterEqual(len(self.broker.retained(*kept)), 5)  # control
        self.assertEqual(self.ctl("forget", "cluster"), "cluster: forgotten\n")
        self.assertEqual(self.broker.retained(*kept), {})
        self.assertIn("nothing is kept of the cluster", self.ctl("forget", "cluster", status=EX_DATAERR))


    def test_forget_tables(self):
        """Those that nobody names any more go with the last who did."""
        one, two, watch = self.node(), self.node(), self.watch("glow/#")
        watch.effects(one.topic("info"))
        topic = "glow/effects/" + watch.last(one.topic("info")).json()["effects_hash"]
        self.broker.publish("glow/effects/09612b07b5ecb5a5", "[]", retain=True)  # of a version long gone
        one.stop()
        two.stop()
        self.ctl("forget", one.node)
        self.assertEqual(set(self.broker.retained("glow/effects/+")), {topic})
        self.ctl("forget", two.node)
        for node in glow.json.loads(self.ctl("nodes", "--json"))["nodes"]:  # what other tests left
            self.ctl("forget", node["id"], "--force")
        self.assertEqual(self.broker.retained("glow/effects/+"), {})


class Led(CtlCase):
    """A conductor leads, and two nodes follow its clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = os.path.join(os.path.dirname(glow.bridge_path()), "glow-conductor")
        log = os.path.join(cls.home, "conductor.log")
        with open(log, "wb") as out:
            conductor = glow.spawn([path, "--broker", cls.broker.uri, "--node", "shelf"], out, out,
                                   env=glow.child_env())
        cls.addClassCleanup(glow.end, conductor)
        cls.nodes = []
        cls.all = glow.Watch(cls.broker, "glow/#")
        cls.addClassCleanup(cls.all.close)
        for group in ("left", "right"):
            node = glow.Bridge(cls.home, cls.broker.uri, "--groups", group, "--idle", "off")
            cls.addClassCleanup(node.close)
            cls.nodes.append(node)
        cls.all.wait("glow/conductor/info", lambda m: m.json()["state"] == "leading" and m.json()["nodes"] == 2)
        for node in cls.nodes:
            cls.all.wait(node.topic("stats"), lambda m: m.json()["sync"]["state"] == "tracking")

    def setUp(self):
        self.ctl("stop")
        self.ctl("dim", "on")
        self.ctl("set", "all", "auto")

    def frames(self, lights, which=None):
        for node in which or self.nodes:
            node.frames.wait_shows(lights)

    def test_play_and_stop(self):
        self.assertRegex(self.ctl("play", "red"), r"^main: solid from \d\d:\d\d:\d\d\.\d{3} on 2 nodes\n$")
        self.frames(RED)
        self.assertRegex(self.ctl("play", "blue", "--id", "over", "--node", self.nodes[1].node),
                         r"^over: solid from [0-9:.]+ on 1 node\n$")
        self.frames(BLUE, self.nodes[1:])
        self.frames(RED, self.nodes[:1])
        self.assertEqual(self.ctl("stop", "over", "--fade-ms", "10"), "over: stopped\n")
        self.frames(RED)
        self.assertIn('no scene "other" plays', self.ctl("stop", "other", status=EX_DATAERR))
        self.assertIn('did you mean "main"?', self.ctl("stop", "mian", status=EX_DATAERR))
        self.ctl("play", "blue", "--group", "left", "--for-s", "1")
        self.frames(BLUE, self.nodes[:1])
        self.frames(DARK)  # it replaced main, and ended by itself

    def test_what_a_scene_is_made_of(self):
        since = self.all.mark()
        self.ctl("play", "rainbow", "40%", "--param", "period_ms=3000", "--span", "node", "--no-take", "--fade-ms", "5")

        def is_it(m):
            scene = (m.json()["scenes"] or [{}])[-1]
            return scene.get("effect") == "rainbow" and scene

        scene = is_it(self.all.wait("glow/scene/current", is_it, since))
        self.assertEqual((scene["brightness"], scene["params"]["period_ms"], scene["span"], scene["take"]),
                         (102, 3000, "node", False))
        self.ctl("play", "-", stdin=b'{"playlist":[{"color":"red","duration_s":5},{"color":"blue","duration_s":5}]}')
        self.frames(RED)

    def test_rejections(self):
        self.assertIn("no effect, colour", self.ctl("play", "purplish", status=EX_DATAERR))
        self.assertIn("params.speed", self.ctl("play", "rainbow", "--param", "speed=1", status=EX_DATAERR))
        said = self.ctl("set", "all", "purplish", status=EX_DATAERR)
        self.assertEqual(len(said.splitlines()), 1, "one answers for all")

    # promise: never-ok-for-nothing
    def test_names_that_nobody_has(self):
        self.ctl("play", "red")
        self.frames(RED)
        said = self.ctl("play", "blue", "--node", "nobody-here", status=EX_DATAERR)
        self.assertIn('target.nodes.0: no node "nobody-here" is known', said)
        self.assertIn("(--force does it all the same)", said)
        self.assertIn('did you mean "left"?', self.ctl("set", "group/lfet", "blue", status=EX_DATAERR))
        self.assertIn('did you mean "rainbow"?', self.ctl("play", "rainbwo", status=EX_DATAERR))
        self.assertIn('did you mean "red"?', self.ctl("set", self.nodes[0].node, "rad", status=EX_DATAERR))
        self.frames(RED)
        self.assertRegex(self.ctl("set", "group/lfet", "blue", "--force"), r"^group/lfet: ok, at .*, but no node")
        self.assertRegex(self.ctl("play", "blue", "--node", "nobody-here", "--force"),
                         r"^main: solid from [0-9:.]+, but no node of these is online\n$")
        self.frames(DARK)  # which took the place of what played

    def test_many_at_one_instant(self):
        said = self.ctl("set", "all", "red")
        self.assertRegex(said, r"^all: ok, at [0-9:.]+ on 2 nodes\n$")
        self.frames(RED)
        since = self.all.mark()
        self.assertRegex(self.ctl("set", "group/left", "blue"), r"^group/left: ok, at ")
        self.frames(BLUE, self.nodes[:1])
        self.frames(RED, self.nodes[1:])
        self.assertEqual(len(self.all.find("glow/group/left/apply", since)), 1)
        self.assertRegex(self.ctl("notify", "all", "lime", "--ttl-s", "1"), r"^all: ok, at ")
        self.frames(["00ff00"] * 8)
        self.frames(BLUE, self.nodes[:1])

    def test_dim(self):
        self.ctl("set", "all", "red")
        self.assertEqual(self.ctl("dim", "20%"), "dimmed to 20%\n")
        self.frames(["330000"] * 8)
        self.assertRegex(self.ctl("dim", "off", "--for-s", "1"), r"^dimmed to 0% until \d\d:\d\d:\d\d\n$")
        self.frames(DARK)
        self.frames(RED)

    def test_nodes(self):
        since = [node.frames.mark() for node in self.nodes]
        self.ctl("play", "rainbow")
        for node, mark in zip(self.nodes, since):  # which begins once all can have heard of it
            node.frames.wait("of the scene", lambda f: f.lights != DARK, mark)
        lines = self.ctl("nodes", "--wait-s", "12").splitlines()
        self.assertRegex(lines[0], r"^shelf leads, term 1 · main: rainbow · 2 of 2 nodes online · clocks within ")
        rows = [line for line in lines[3:] if " online " in line]
        for row, strip in zip(rows, ("0-7", "8-15")):
            self.assertRegex(row, r" %s .* tracking ±\S+ [µm]?s +scene: rainbow$" % strip)
        told = glow.json.loads(self.ctl("nodes", "--json"))
        self.assertEqual((told["conductor"]["id"], told["conductor"]["leading"]), ("shelf", True))
        self.assertEqual([n["offset"] for n in told["nodes"]], [0, 8])

    def test_the_view_shows_what_the_boards_show(self):
        self.ctl("play", "red", "--node", self.nodes[0].node)
        self.ctl("set", self.nodes[1].node, "blue")
        self.frames(RED, self.nodes[:1])
        self.frames(BLUE, self.nodes[1:])
        said = self.ctl("watch", "--plain", "--for-s", "1")
        lines = {line.split()[0]: line for line in said.splitlines() if line}
        self.assertIn("ff0000 " * 8 + " scene: solid #ff0000", lines[self.nodes[0].node])
        self.assertIn("0000ff " * 8 + " solid #0000ff", lines[self.nodes[1].node])


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

    def test_nobody_spoke(self):
        for words in (("nodes",), ("watch", "--plain", "--for-s", "1")):
            self.assertIn("neither a node nor a conductor has said anything below nobody/: do glow-bridge and "
                          "glow-conductor run with this broker and --prefix nobody?",
                          self.ctl("--prefix", "nobody", *words))

    def test_notes(self):
        notes = os.path.join(self.home, glow.unique("notes"))
        self.assertIn("--note-file " + notes, self.ctl("watch", "--note-file", notes, status=66))
        with open(notes, "w") as f:
            f.write("one\ntwo")
        self.assertTrue(self.ctl("watch", "--plain", "--for-s", "1", "--note-file", notes).startswith("one\ntwo\n"))


class NoBroker(CtlCase):
    """Whatever is asked for, the reason is the broker."""

    COMMANDS = (("play", "rainbow"), ("stop",), ("set", "pi1", "red"), ("set", "all", "red"), ("notify", "all", "red"),
                ("identify", "pi1"), ("dim", "40%"), ("dim", "off", "--for-s", "9"), ("nodes",),
                ("nodes", "--json", "--wait-s", "5"), ("forget", "pi1"), ("watch", "--plain", "--for-s", "1"))

    account = ("someone", "right")

    def each(self, why, *options):
        for words in self.COMMANDS:
            done = glow.run_ctl(*options, *words)
            self.assertEqual((done.returncode, done.stdout), (EX_UNAVAILABLE, ""), done)
            self.assertEqual(set(line.replace("; trying again", "") for line in done.stderr.splitlines()),
                             {"glowctl: " + why}, words)

    def test_refused(self):
        port = glow.free_port()
        self.each("cannot reach 127.0.0.1:%d: Connection refused" % port, "--broker", "mqtt://127.0.0.1:%d" % port)

    def test_no_such_name(self):
        done = glow.run_ctl("--broker", "mqtt://nobody.invalid", "watch", "--plain", "--for-s", "1")
        self.assertEqual(done.returncode, EX_UNAVAILABLE)
        self.assertIn("host nobody.invalid not found", done.stderr)

    def test_password(self):
        self.each("127.0.0.1:%d: user name or password refused (not authorized)" % self.broker.port,
                  "--broker", self.broker.uri, "--username", "someone", "--password", "wrong")
        done = glow.run_ctl("--broker", self.broker.uri, "--username", "someone", "--password", "right", "nodes")
        self.assertEqual(done.returncode, 0, done)  # control

    def test_not_what_the_other_address_says(self):
        """localhost is two addresses, of which the broker has one."""
        done = glow.run_ctl("--broker", "mqtts://localhost:%d" % self.broker.port, "nodes")
        self.assertEqual(done.returncode, EX_UNAVAILABLE)
        self.assertNotIn("refused", done.stderr)
        self.assertIn("localhost:%d" % self.broker.port, done.stderr)


class Lost(CtlCase):
    def test_a_broker_that_goes_meanwhile(self):
        """Nobody answers, and the reason is not that nobody is there."""
        for words in (("set", "nobody", "red", "--force"), ("play", "rainbow"), ("nodes", "--wait-s", "60")):
            node = self.node()  # which has not reported yet
            asking = subprocess.Popen([glow.beside_bridge("glowctl"), "--broker", self.broker.uri, *words],
                                      env=glow.child_env(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            name = "glowctl-%d-" % asking.pid

            def heard():
                with open(self.broker.log) as f:
                    return re.search(r"PUBLISH from " + name if words[0] != "nodes" else "SUBACK to " + name, f.read())

            glow.wait_until("glowctl " + words[0], heard)
            self.broker.stop(signal.SIGKILL)
            said = asking.communicate(timeout=glow.PATIENCE_S)
            self.broker.start()
            self.assertEqual((asking.returncode, said[0]), (EX_UNAVAILABLE, ""), said)
            self.assertRegex(said[1], r"^glowctl: connection to 127.0.0.1:%d lost" % self.broker.port)
            node.close()


class Flood:
    """Infos of many nodes, as fast as the broker takes them, until it is stopped."""

    def __init__(self, case):
        def packet(k):
            topic = b"glow/node/n%d/info" % k
            info = {"id": "n%d" % k, "groups": [], "shape": "blinkt", "pixels": 8, "version": "1", "fps": 60,
                    "idle": "red", "unknown": list(range(1000))}
            body = struct.pack(">H", len(topic)) + topic + b"\0" + glow.json.dumps(info).encode()
            return b"\x30" + mqtt.number(len(body)) + body

        self.packets = b"".join(packet(k) for k in range(200))
        self.client = mqtt.Client(mqtt.Stream(case.broker.port))
        self.running = True
        self.thread = threading.Thread(target=self.run)
        case.addCleanup(self.stop)
        self.thread.start()

    def run(self):
        while self.running:
            self.client.stream.send(self.packets)

    def stop(self):
        self.running = False
        self.thread.join()
        self.client.close()


class Screen(CtlCase):
    # promise: watch-is-bounded
    def test_a_sender_that_never_stops(self):
        """It is drawn all the while, and left when asked to. What has a time limit keeps it."""
        view = terminal.Terminal(self, 80, 24, "--broker", self.broker.uri, "watch")
        view.wait_for("no conductor")
        flood = Flood(self)
        # Built with sanitizers it does not keep up with all 200, and need not.
        view.wait(lambda lines: re.search(r" of \d{2,} nodes online", " ".join(lines)))
        drawn = len(view.look())
        glow.wait_until("more pictures", lambda: view.look().count("\033[H", drawn) > 5)
        self.ctl("nodes", "--wait-s", "1")
        view.process.send_signal(signal.SIGINT)
        glow.wait_until("it leaves", lambda: view.look() and view.process.poll() is not None)
        self.assertTrue(flood.thread.is_alive())  # still
        self.assertEqual(view.process.returncode, 0)

    def test_a_broker_that_goes_and_comes(self):
        node = self.node("--idle", "red")
        view = terminal.Terminal(self, 80, 24, "--broker", self.broker.uri, "watch")
        view.wait_for("idle: red")
        self.assertNotIn("trying again", "".join(view.lines()))  # control
        self.broker.stop(signal.SIGKILL)
        view.wait_for("127.0.0.1:%d: Connection refused; trying again; the boards as they were heard of last"
                      % self.broker.port)
        self.assertIn(node.node, "".join(view.lines()))
        self.broker.start()
        view.wait(lambda lines: "trying again" not in "".join(lines))
        self.broker.stop(signal.SIGKILL)
        view.wait_for("trying again")
        view.process.send_signal(signal.SIGINT)
        self.assertEqual(view.process.wait(glow.PATIENCE_S), EX_UNAVAILABLE)
        self.assertIn("\033[?1049lglowctl: ", view.look())
        self.broker.start()

    def test_sizes(self):
        nodes = [self.node() for _ in range(3)]
        view = terminal.Terminal(self, 80, 24, "--broker", self.broker.uri, "watch", "--fps", "1")
        view.wait(lambda lines: all(any(n.node in line for line in lines) for n in nodes))
        view.size(20, 3)
        view.process.send_signal(signal.SIGWINCH)
        lines = view.wait(lambda lines: 0 < len(lines) <= 3 and lines[0])
        self.assertTrue(all(len(line) < 20 for line in lines), lines)
        self.assertRegex(lines[-1], r"^\d+ more boards$")
        view.process.send_signal(signal.SIGINT)
        self.assertEqual(view.process.wait(glow.PATIENCE_S), 0)
        self.assertTrue(view.look().endswith("\033[?1049l"))

    def test_ascii(self):
        self.node("--idle", "red")
        for locale, whole in (("C", True), ("C.UTF-8", False)):
            view = terminal.Terminal(self, 80, 24, "--broker", self.broker.uri, "watch", LC_ALL=locale)
            view.wait_for("idle: red")
            self.assertEqual("".join(view.lines()).isascii(), whole, view.lines())
            glow.end(view.process)
        done = subprocess.run([glow.beside_bridge("glowctl"), "--broker", self.broker.uri, "nodes"],
                              env=glow.child_env({"LC_ALL": "C"}), stdout=subprocess.PIPE, check=True)
        self.assertTrue(done.stdout.isascii())


if __name__ == "__main__":
    glow.main()
