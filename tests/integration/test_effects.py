#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Effects written as text, from the moment somebody types them to the boards: all nodes in phase, changed at one
instant, taken away while they show, back after a restart, and what happens to what is wrong.

The frames say for which instant each was drawn, so that pictures can be compared to the bit.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import terminal

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NODES, PIXELS = 3, 8
WHITE, RED, LIME = "ffffff", "ff0000", "00ff00"
WAVES = "# waves along the whole strip\nparam period 1..60 = 2 s\nhsv(x + cycle(period), 1, wave(4 * x - cycle(3)))"


class File:
    """A file in a folder, as editors save it."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "beam.glow")

    def save(self, text):
        with open(self.path, "w") as f:
            f.write(text)

    def replace(self, text):
        with open(self.path + "~", "w") as f:
            f.write(text)
        os.rename(self.path + "~", self.path)


class Said:
    """What glowctl says, one line after the other, until it is told to end."""

    def __init__(self, case, *words):
        fd, path = tempfile.mkstemp()
        case.addCleanup(os.unlink, path)
        self.tail, self.rest = glow.Tail(path), []
        with os.fdopen(fd, "wb") as out:
            self.process = glow.spawn([glow.beside_bridge("glowctl"), *words], out, out, env=glow.child_env())
        case.addCleanup(glow.end, self.process)

    def lines(self):
        self.rest += [line.decode() for line in self.tail.lines()]
        return self.rest

    def wait(self, text):
        """The next line has this in it."""
        glow.wait_until("a line with " + text, self.lines)
        line = self.rest.pop(0)
        assert text in line, line

    def wait_last(self, text):
        """It says this at last, whatever it has to say before."""
        glow.wait_until(lambda: "%s at last, not %s" % (text, self.rest), lambda: self.lines() and text in self.rest[-1])
        self.rest.clear()

    def end(self):
        return glow.end(self.process, signal.SIGINT)


class Preview(unittest.TestCase):
    """Without a broker, so that nothing that is tried out is anybody else's business."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="glow-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.file = File(self.home)

    def test_terminal(self):
        """It is drawn anew on each save, and what is wrong is told while the last good one goes on."""
        red, lime = "\033[38;2;255;0;0m", "\033[38;2;0;255;0m"
        view = terminal.Terminal(self, 150, 24, "effects", "preview", self.file.path, "--board", "blinkt,piglow",
                                 COLORTERM="truecolor")

        def shows(color, text):
            view.wait_for(text)
            glow.wait_until("its colour", lambda: color in view.look().split("\033[H")[-2])

        view.wait_for("beam.glow: No such file or directory; it shows once it can be read")
        self.assertNotIn(red, view.look())
        self.file.save("# a beam\n#f00")
        shows(red, "a beam · 0 steps a pixel")
        self.assertNotIn("beam.glow:", "".join(view.lines()))
        self.file.replace("let a = wvae(x)\nhsv(a, 1, 1)")
        shows(red, 'beam.glow:1:9: there is no "wvae"; did you mean "wave"?')
        os.unlink(self.file.path)
        shows(red, "beam.glow: No such file or directory")
        self.file.save("# another\n#0f0")
        shows(lime, "another · 0 steps a pixel")
        view.size(40, 3)
        view.process.send_signal(signal.SIGWINCH)
        view.wait(lambda lines: 0 < len(lines) <= 3 and all(len(line) < 40 for line in lines))
        self.file.save("")
        view.wait_for("beam.glow:1:1")
        view.process.send_signal(signal.SIGINT)
        self.assertEqual(view.process.wait(glow.PATIENCE_S), os.EX_DATAERR)
        self.assertIn("\033[?25h\033[?1049lglowctl: ", view.look())

    def test_lines(self):
        """Where there is no terminal each save is a line."""
        self.file.save("param period 2..60 = 12 s\nwave(cycle(period))")
        said = Said(self, "effects", "preview", self.file.path, "--param", "period=30")
        said.wait("beam.glow: good, ")
        self.file.replace("wvae(x)")
        said.wait("beam.glow:1:1: ")
        self.file.save("param period 2..20 = 12 s\nwave(cycle(period))")
        said.wait("params.period: must be 2..20, got 30")
        self.file.save("param period 2..40 = 12 s\nwave(cycle(period))")
        said.wait("beam.glow: good, ")
        shutil.rmtree(self.home)
        said.wait_last("No such file or directory")
        os.mkdir(self.home)
        self.file.save("param period 2..40 = 12 s\nx")
        said.wait_last("beam.glow: good, ")
        self.assertEqual(said.end(), 0)
        self.assertEqual(said.lines(), [])

    def test_refusals(self):
        self.file.save("x")
        for words, what in ((("--board", "blnkt"), 'did you mean "blinkt"?'), (("--fps", "0"), "must be 1..60"),
                            (("--span", "x"), "cluster|node")):
            ran = glow.run_ctl("effects", "preview", self.file.path, "--for-s", "1", *words)
            self.assertEqual((ran.returncode, ran.stdout), (os.EX_USAGE, ""))
            self.assertIn(what, ran.stderr)
        ran = glow.run_ctl("effects", "check", self.file.path, "--board", "blinkt")
        self.assertEqual(ran.returncode, os.EX_USAGE)


class Effects(glow.Case):
    """Three boards in a row, and one as long as they are together, which all tests share: each begins with boards that
    show their idle display, and leaves a conductor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.seen.close)
        cls.lead()
        cls.row = [cls.node(PIXELS, "row") for _ in range(NODES)]
        cls.whole = cls.node(PIXELS * NODES, "whole")
        names = {n.node for n in cls.nodes()}
        cls.seen.wait("glow/roster", lambda m: names <= {n["id"] for n in m.json()["nodes"]})
        cls.seen.wait_synced(*cls.nodes())

    @classmethod
    def lead(cls):
        cls.leader = glow.Conductor(cls.home, cls.broker.uri)
        cls.addClassCleanup(cls.leader.close)
        cls.leader.wait_leading()

    @classmethod
    def node(cls, pixels, group, name=None):
        node = glow.Bridge(cls.home, cls.broker.uri, "--virtual-pixels", str(pixels), "--groups", group, "--idle", "white",
                           "--current-limit-ma", "0", node=name or glow.unique(group))
        cls.addClassCleanup(node.close)
        return node

    @classmethod
    def nodes(cls):
        return cls.row + [cls.whole]

    def setUp(self):
        self.assert_ok(self.request("scene/stop", ""))
        self.assert_ok(self.request("all/set", "auto"))
        for node in self.nodes():
            node.frames.wait_shows([WHITE] * len(node.frames.last().lights))
        self.began, self.heard = self.marks(), self.seen.mark()

    def request(self, topic, payload):
        return self.broker.request("glow/" + topic, payload if isinstance(payload, str) else json.dumps(payload),
                                   glow.unique("answers/"))

    def put(self, name, text):
        answer = self.request("effect/%s/set" % name, text)
        self.assert_ok(answer)
        self.assertEqual(answer["name"], name)
        return answer["at_us"]

    def play(self, scene):
        answer = self.request("scene/play", scene)
        self.assert_ok(answer)
        return answer["start_us"]

    def shows(self, color, *nodes, since=None):
        return [n.frames.wait("in " + color, lambda f: set(f.lights) == {color}, (since or self.began).get(n, 0))
                for n in nodes]

    def marks(self):
        return {n: n.frames.mark() for n in self.nodes()}

    def seams(self, marks, start_us):
        """At how many instants all boards showed a frame since then, and at how many the row is not the whole."""
        boards = [{f.t_us: f.lights for f in n.frames.since(marks[n]) if f.t_us >= start_us} for n in self.row]
        whole = {f.t_us: f.lights for f in self.whole.frames.since(marks[self.whole])}
        common = set(whole).intersection(*boards)
        return len(common), sum(sum((b[t] for b in boards), []) != whole[t] for t in common)

    # promise: text-in-phase
    def test_in_phase(self):
        """Nobody has it before it is played, and it is one picture on three boards from its first instant on."""
        self.put("waves", WAVES)
        kept = self.seen.wait("glow/effect/waves", since=self.heard).json()
        self.assertEqual((kept["what"], [p["name"] for p in kept["params"]]), ("waves along the whole strip", ["period"]))
        marks = self.marks()
        scene = {"effect": "waves", "seed": 5, "params": {"period": 7}}
        start_us = self.play(dict(scene, id="row", target={"groups": ["row"]}))
        self.play(dict(scene, id="whole", target={"groups": ["whole"]}, start_us=start_us))
        glow.wait_until("frames to compare", lambda: self.seams(marks, start_us)[0] >= 20)
        for node in self.nodes():
            fields = [m.json()["field"] for m in self.seen.find(node.topic("error"), self.heard)]
            self.assertEqual([f for f in fields if f != "main.effect"], [])  # that is a scene of the test before
        # The control: another parameter is another picture. From here on there are seams, and before there were none.
        later = self.marks()
        self.assertEqual(self.seams(marks, start_us)[1], 0)
        self.play(dict(scene, id="row", target={"groups": ["row"]}, params={"period": 3}))
        glow.wait_until("a seam", lambda: self.seams(later, start_us)[1] > 0)

    # promise: text-in-phase
    def test_change_and_removal(self):
        """All change in the same frame, two who edit both see the last, and what shows one that goes says so."""
        self.put("flag", "#f00")
        self.request("all/set", "flag")
        self.shows(RED, *self.nodes())
        marks = self.marks()
        at_us = self.put("flag", "#00f")
        last_us = self.put("flag", {"text": "rgb(0, 1, 0)"})
        self.assertGreaterEqual(last_us, at_us)
        frames = self.shows(LIME, *self.nodes(), since=marks)
        self.assertEqual(len({f.t_us for f in frames}), 1, frames)
        self.assertTrue(0 <= frames[0].t_us - last_us < 20000, frames[0].t_us - last_us)
        texts = [m.json()["text"] for m in self.seen.find("glow/effect/flag", self.heard)]
        self.assertEqual(texts, ["#f00", "#00f", "rgb(0, 1, 0)"])
        since, marks = self.seen.mark(), self.marks()
        self.put("flag", "")
        self.shows(WHITE, *self.nodes(), since=marks)
        for node in self.nodes():
            refusal = self.seen.wait(node.topic("error"), since=since).json()
            self.assertEqual(refusal["code"], "unknown_effect")
            self.assertIn("flag", refusal["message"])
        self.assertEqual(self.broker.retained("glow/effect/flag"), {})

    def test_restarts(self):
        """A node comes back with its light, another conductor knows the texts, and so does a broker's neighbour."""
        self.put("flag", "#f00")
        one = self.row[0]
        self.assert_ok(self.broker.request(one.topic("set"), "flag", "answers/x"))
        self.shows(RED, one)
        self.seen.wait(one.topic("state"), lambda m: m.json()["effect"] == "flag", self.heard)
        one.stop()
        again = self.row[0] = self.node(PIXELS, "row", name=one.node)
        self.shows(RED, again)
        self.assertNotIn(WHITE, {c for f in again.frames.look() for c in f.lights})
        # Without a conductor what is retained still works, and saving says that nobody is there.
        self.leader.stop()
        self.seen.wait("glow/conductor/availability", lambda m: m.payload == b"offline", self.heard)
        answer = self.broker.request(self.row[1].topic("set"), "flag", "answers/y")
        self.assert_ok(answer)
        self.shows(RED, self.row[1])
        self.lead()
        self.play("flag")
        self.assertEqual(self.request("effect/flag/set", "#f0f0")["code"], "bad_effect")

    def glowctl(self, *words):
        ran = glow.run_ctl(*words, "--broker", self.broker.uri)
        return ran.returncode, ran.stdout.decode() if isinstance(ran.stdout, bytes) else ran.stdout, ran.stderr

    def test_glowctl(self):
        """From a file to the boards, and back; what is wrong is told as editors read it."""
        path = os.path.join(self.home, "beam.glow")
        with open(path, "w") as f:
            f.write("# a red beam\n#f00\n")
        self.assertEqual(self.glowctl("effects", "check", path)[0], 0)
        self.assertEqual(self.glowctl("effects", "put", path)[0], 0)
        self.assertIn("a red beam", self.glowctl("effects")[1])
        self.assertEqual(self.glowctl("effects", "show", "beam")[1], "# a red beam\n#f00\n")
        self.assertEqual(self.glowctl("play", "beam", "--fade-ms", "1")[0], 0)
        self.shows(RED, *self.nodes())
        with open(path, "w") as f:
            f.write("let a = wvae(x)\nhsv(a, 1, 1)\n")
        for verb in ("check", "put"):
            status, _, complaint = self.glowctl("effects", verb, path)
            self.assertEqual(status, os.EX_DATAERR)
            self.assertIn("beam.glow:1:9: ", str(complaint))
        self.assertEqual(self.glowctl("effects", "rm", "beam")[0], 0)
        self.assertEqual(self.glowctl("effects", "show", "beam")[0], os.EX_DATAERR)
        self.assertEqual(self.glowctl("effects", "rm", "beam")[0], os.EX_DATAERR)

    def test_shipped(self):
        """Installed anywhere, glowctl knows what came with it by its name, and a file of that name comes first."""
        name = "ocean"
        os.makedirs(os.path.join(self.home, "bin"))
        program = shutil.copy(glow.beside_bridge("glowctl"), os.path.join(self.home, "bin"))
        shutil.copytree(os.path.join(ROOT, "effects"), os.path.join(self.home, "share/glowswarm/effects"))

        def run(*words):
            return subprocess.run([program, *words], cwd=self.home, env=glow.child_env(), capture_output=True, text=True, timeout=60)

        refused = run("play", name, "--broker", self.broker.uri)
        self.assertEqual(refused.returncode, os.EX_DATAERR)
        self.assertIn("; glowctl effects put ocean brings the one that is shipped", refused.stderr)
        self.assertNotIn("is shipped", run("play", "ocaen", "--broker", self.broker.uri).stderr)
        ran = run("effects", "put", name, "--broker", self.broker.uri)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        with open(os.path.join(ROOT, "effects", name + ".glow")) as f:
            self.assertEqual(self.glowctl("effects", "show", name)[1], f.read())
        refused = run("effects", "check", "ocaen")
        self.assertEqual(refused.returncode, os.EX_NOINPUT)
        self.assertIn("share/glowswarm/effects; did you mean ocean?", refused.stderr)
        with open(os.path.join(self.home, name), "w") as f:
            f.write("wvae(x)")
        self.assertIn("ocean:1:1: ", run("effects", "check", name).stderr)
        self.put(name, "")

    # promise: text-in-phase
    def test_watch(self):
        """Each save of a file is on the boards, whoever else writes, and what cannot be put is said."""
        os.mkdir(os.path.join(self.home, "saved"))
        file = File(os.path.join(self.home, "saved"))
        said = Said(self, "effects", "watch", file.path, "--broker", self.broker.uri)
        said.wait("No such file or directory; it is put once it can be read")
        file.save("#f00")
        said.wait("beam: put, in force from ")
        self.assert_ok(self.request("all/set", "beam"))
        self.shows(RED, *self.nodes())
        marks = self.marks()
        file.replace("#0f0")
        frames = self.shows(LIME, *self.nodes(), since=marks)
        self.assertEqual(len({f.t_us for f in frames}), 1, frames)
        said.wait("beam: put, in force from ")
        file.save("let a = wvae(x)\nhsv(a, 1, 1)")
        said.wait('beam.glow:1:9: there is no "wvae"; did you mean "wave"?')
        self.assertEqual(json.loads(self.broker.retained("glow/effect/beam")["glow/effect/beam"])["text"], "#0f0")
        self.put("beam", "#00f")
        said.wait("beam: changed by somebody else")
        # Without a conductor saving says so, and once there is one it is made good.
        self.leader.stop()
        marks = self.marks()
        file.save("#f00")
        said.wait("beam is not put: no conductor answered")
        self.lead()
        said.wait("beam: put, in force from ")
        self.shows(RED, *self.nodes(), since=marks)
        self.put("beam", "")
        said.wait("beam: removed by somebody else")
        self.assertEqual(said.end(), 0)
        self.assertEqual(said.lines(), [])

    def test_what_is_wrong(self):
        refusal = self.request("effect/flag/set", "let a = 2\nhsv(a, wvae(x), 1)")
        self.assertEqual((refusal["code"], refusal["field"]), ("bad_effect", "2:8"))
        self.assertIn('did you mean "wave"?', refusal["message"])
        self.assertEqual(self.request("effect/plasma/set", "x")["field"], "name")
        self.put("flag", "#f00")
        self.put("never-shown", "#f00")  # so nodes know it from the list alone
        node = self.row[0]
        for name in ("never-shwon", "nevershown"):
            typo = self.broker.request(node.topic("set"), json.dumps({"effect": name}), "answers/x")
            self.assertEqual(typo["code"], "unknown_effect")
            self.assertIn('did you mean "never-shown"?', typo["message"])
        self.put("never-shown", "")
        typo = self.broker.request(node.topic("set"), '{"effect":"flagg"}', "answers/x")
        self.assertEqual(typo["code"], "unknown_effect")
        self.assertIn('"flag"', typo["message"])
        # Written by hand past the conductor: passed over, and the others go on.
        self.broker.publish("glow/effect/poison", '{"name":"poison","text":"((((","rev":1}', retain=True)
        self.broker.publish("glow/effect/junk", "junk", retain=True)
        self.leader.stop()
        self.lead()
        self.leader.wait_log("glow/effect/poison is passed over")
        listed = set(self.seen.last("glow/effect").json()["effects"])
        self.assertEqual(listed & {"flag", "poison", "junk"}, {"flag"})
        self.assert_ok(self.broker.request(node.topic("set"), "flag", "answers/y"))
        self.shows(RED, node)
        self.assert_ok(self.request("effect/poison/set", ""))


if __name__ == "__main__":
    glow.main()
