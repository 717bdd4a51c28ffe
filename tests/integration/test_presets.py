#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Presets on real nodes: what shows is kept, shown again everywhere in one frame, and taken back; another conductor
has them, and so has a broker that lost all."""

import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

RED, LIME, BLUE = "ff0000", "00ff00", "0000ff"


class Case(glow.ClusterCase):
    def setUp(self):
        self.seen = self.watch("#")

    def glowctl(self, *words, status=0):
        ran = glow.run_ctl(*words, "--broker", self.broker.uri)
        self.assertEqual(ran.returncode, status, (ran.stdout, ran.stderr))
        return ran.stdout, ran.stderr


class Presets(Case):
    """Two nodes, which know the time before the first test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nodes = [cls.start(glow.unique("n")) for _ in range(2)]
        cls.wait_ready(*cls.nodes)

    def light(self, node, color):
        """Until the board shows it and the conductor, who hears what we hear, can know."""
        since = self.seen.mark()
        self.assert_ok(self.request("node/%s/set" % node.node, {"color": "#" + color}))
        node.frames.wait_shows([color] * 8)
        rgb = dict(zip("rgb", bytes.fromhex(color)))
        self.seen.wait(node.topic("state"), lambda m: m.json()["color"] == rgb, since)  # not that of what was before

    @staticmethod
    def shows(color, node, since):
        return node.frames.wait("in " + color, lambda f: set(f.lights) == {color}, since)

    # promise: preset-comes-back
    def test_saved_applied_undone(self):
        one, two = self.nodes
        self.light(one, RED)
        self.light(two, LIME)
        self.glowctl("preset", "save", "evening", "--title", "G\u00fcte")
        kept = self.seen.wait("glow/preset/evening").json()
        self.assertEqual((kept["title"], kept["scenes"]), ("G\u00fcte", []))
        self.assertNotIn("clock_id", json.dumps(kept))
        for node in self.nodes:
            self.light(node, BLUE)
        marks = [n.frames.mark() for n in self.nodes]
        answer = self.request("preset/evening/apply", {"transition": 0})
        self.assert_ok(answer)
        self.assertEqual(answer["nodes"], 2)
        frames = [self.shows(c, n, m) for c, n, m in zip((RED, LIME), self.nodes, marks)]
        self.assertEqual(frames[0].t_us, frames[1].t_us)
        self.assertTrue(0 <= frames[0].t_us - answer["at_us"] < 20000, frames[0].t_us - answer["at_us"])
        # One takes his light in hand: that stays, and is named; the other one comes back.
        self.light(two, RED)
        marks = [n.frames.mark() for n in self.nodes]
        out, err = self.glowctl("undo", "--fade-ms", "0")
        self.assertIn("preset/evening/apply", out)
        self.assertIn(two.node, err)
        self.assertNotIn(one.node, err)
        self.shows(BLUE, one, marks[0])
        self.assertEqual(set(two.frames.look()[-1].lights), {RED})

    # promise: preset-comes-back
    def test_kept(self):
        """By a successor; as lines of a file; and refused where its effect has gone."""
        self.light(self.nodes[0], RED)
        self.glowctl("preset", "save", "kept", "--node", self.nodes[0].node)
        lines, _ = self.glowctl("preset", "export", "kept")
        self.leader.stop()
        self.seen.wait("glow/conductor/availability", lambda m: m.payload == b"offline")
        self.lead()
        self.light(self.nodes[0], BLUE)
        mark = self.nodes[0].frames.mark()
        self.glowctl("preset", "apply", "kept", "--fade-ms", "0")
        self.shows(RED, self.nodes[0], mark)
        self.glowctl("preset", "rm", "kept")
        self.assertEqual(self.broker.retained("glow/preset/kept"), {})
        self.assert_ok(self.request("preset/kept-2/set", {}))
        self.assertIn("did you mean", self.glowctl("preset", "apply", "kept-3", status=65)[1])
        path = os.path.join(self.home, "presets.jsonl")
        with open(path, "w", encoding="utf-8") as out:
            out.write(lines + "\n" + lines.replace("solid", "gone").replace("kept", "bad"))
        out, err = self.glowctl("preset", "import", path, status=65)
        self.assertIn("kept: saved", out)
        self.assertIn("gone", err)
        self.assertEqual(self.request("preset/bad/apply", "")["code"], "unknown_preset")
        listed, _ = self.glowctl("preset")
        self.assertEqual([line.split()[0] for line in listed.splitlines()], ["kept", "kept-2"])


class Schedules(Case):
    def test_schedules(self):
        """Made, listed, turned off and removed; and refused with what would be right."""
        self.glowctl("preset", "save", "morning")
        self.glowctl("schedule", "set", "wake", "7:00", "preset", "morning", "--days", "mon,sat")
        self.glowctl("schedule", "set", "dusk", "12:00", "play", "fire", "40%", "--title", "D\u00e4mmerung")
        kept = self.seen.wait("glow/schedule/wake").json()
        self.assertEqual((kept["at"], kept["days"], kept["preset"]), ("07:00", ["mon", "sat"], "morning"))
        self.glowctl("schedule", "off", "dusk")
        self.assertFalse(json.loads(self.glowctl("schedule", "show", "dusk")[0])["enabled"])
        rows = {row.split()[0]: row for row in self.glowctl("schedule")[0].splitlines()}
        self.assertEqual(set(rows), {"wake", "dusk"})
        self.assertIn("07:00 on mon, sat", rows["wake"])
        self.assertIn("off", rows["dusk"])
        for words, why in ((("x", "7", "dim", "4%"), "time of day"), (("x", "sunset-30", "dim", "4%"), "--place"),
                           (("x", "7:00", "preset", "mornin"), "morning"), (("x", "7:00", "play", "fier"), "fire"),
                           (("x", "7:00", "paint", "red"), "preset, play or dim")):
            self.assertIn(why, self.glowctl("schedule", "set", *words, status=65)[1])
        self.glowctl("schedule", "rm", "wake")
        self.assertEqual(set(self.broker.retained("glow/schedule/#")), {"glow/schedule/dusk"})


class Power(glow.Case):
    def saving(self, name, *settings):
        """A broker of its own with these settings."""
        home = os.path.join(self.home, name)
        os.mkdir(home)
        broker = glow.Broker(home)
        with open(broker.conf, "a", encoding="utf-8") as conf:
            conf.write("\n".join(settings + ("persistence_location %s/" % home,)) + "\n")
        self.addCleanup(broker.stop)
        return broker.start()

    @staticmethod
    def read(path):
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    # promise: made-things-are-saved
    def test_saved_every_minute(self):
        """The broker as it is shipped has on its disk what people made, a minute later at most: here a second."""
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../broker-config/mosquitto.conf"),
                  encoding="utf-8") as conf:
            shipped = dict(line.split(None, 1) for line in conf if line.strip() and not line.startswith("#"))
        self.assertTrue(0 < int(shipped["autosave_interval"]) <= 60)
        saving = ["%s %s" % (key, "1" if key == "autosave_interval" else shipped[key].strip())
                  for key in shipped if key.startswith(("autosave", "persistence")) and key != "persistence_location"]
        broker = self.saving("shipped", *saving)
        conductor = glow.Conductor(self.home, broker.uri).wait_leading()
        for topic, payload in (("preset/evening/set", "{}"), ("schedule/wake/set", '{"at":"7:00","preset":"evening"}'),
                               ("effect/aurora/set", 'hsv(x, 1, 1)\n'), ("roster/set", '{"order":["pi1"],"absent":true}')):
            answer = broker.request("glow/" + topic, payload, glow.unique("answers/"))
            self.assertEqual(answer["status"], "ok", (topic, answer))
        conductor.stop(signal.SIGKILL)  # it would say all again
        made = {"glow/" + topic for topic in ("preset/evening", "schedule/wake", "effect/aurora", "roster/wanted")}
        store = os.path.join(self.home, "shipped", "mosquitto.db")
        glow.wait_until("it is not on the disk", lambda: all(topic.encode() in self.read(store) for topic in made))
        broker.stop(signal.SIGKILL)
        self.assertEqual(made - set(broker.start().retained("glow/#")), set())

    def test_control(self):
        """A broker with Mosquitto's own habits loses it."""
        broker = self.saving("habits", "persistence true")
        broker.publish("glow/preset/evening", "{}", retain=True)
        self.assertEqual(set(broker.retained("glow/#")), {"glow/preset/evening"})
        broker.stop(signal.SIGKILL)
        self.assertEqual(broker.start().retained("glow/#"), {})


if __name__ == "__main__":
    glow.main()
