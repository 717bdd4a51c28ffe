#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The pages by which people begin: every command in them is given, in their order, to five nodes and a conductor, and
nothing is refused but what they say will be. What would install, build or start services here is asked whether it knows
these words."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PAGES = ["README.md"] + ["docs/%s.md" % name for name in ("tour", "first-pi", "gallery", "faq", "comparison")]

# A page says of these that they are refused.
REFUSED = ["glowctl play comet"]

# What would last for as long as somebody looks.
SHORTER = {"glowctl nodes --wait-s 12": "glowctl nodes --wait-s 1", "glowctl watch": "glowctl watch --for-s 1",
           "mosquitto_sub ": "mosquitto_sub -E "}

# Commands that are not carried out here, or not as they stand, and what is done instead.
INSTEAD = {
    "sudo": "", "docker": "", "scp": "", "broker-config/secrets.sh": "",
    "./run": 'exec "$root/run" "$1" --help >/dev/null',
    "glow-bridge": 'words=() && for word; do [ "$word" = --doctor ] || words+=("$word"); done\n'
                   'exec "$bin/glow-bridge" --check-config "${words[@]}"',
    "glow-conductor": 'exec "$bin/glow-conductor" --check-config "$@"',
    "glowctl": 'exec "$installed/bin/glowctl" "$@"',
    "mosquitto_pub": 'exec /usr/bin/env PATH="$path" mosquitto_pub "$@" -p "$port"',
    "mosquitto_sub": 'exec /usr/bin/env PATH="$path" mosquitto_sub "$@" -p "$port"',
}


def blocks(text):
    """The indented blocks, without their indentation."""
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.MULTILINE):
        yield re.sub(r"^    ", "", block.strip("\n") + "\n", flags=re.MULTILINE)


def to_run(block):
    for words, shorter in SHORTER.items():
        block = block.replace(words, shorter)
    return "".join("%s && exit 99\n" % line if line in REFUSED else line + "\n" for line in block.splitlines())


class Pages(glow.Case):
    """The cluster of ./run demo --no-show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.work = os.path.join(cls.home, "work")
        os.makedirs(os.path.join(cls.work, "broker-config"))
        os.mkdir(os.path.join(cls.home, "instead"))
        cls.install()
        for name, what in INSTEAD.items():
            cls.write_instead(name, what)
        cls.env = glow.child_env({"GLOW_BROKER": cls.broker.uri, "PATH": "%s/instead:%s" % (cls.home, os.environ["PATH"])})
        cls.watching = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.watching.close)
        conductor = glow.Conductor(cls.home, cls.broker.uri, node="shelf")
        cls.addClassCleanup(conductor.close)
        cls.nodes = ["pi%d" % k for k in range(1, 6)]
        for k, node in enumerate(cls.nodes):
            bridge = glow.Bridge(cls.home, cls.broker.uri, "--groups", "shelf,even" if k % 2 else "shelf,odd", node=node)
            cls.addClassCleanup(bridge.close)
        cls.watching.wait("glow/roster", lambda m: len(m.json().get("nodes", [])) == 5)

    @classmethod
    def install(cls):
        """glowctl with the effects that come along."""
        os.mkdir(os.path.join(cls.home, "bin"))
        os.makedirs(os.path.join(cls.home, "share", "glowswarm"))
        shutil.copy(glow.beside_bridge("glowctl"), os.path.join(cls.home, "bin"))
        os.symlink(os.path.join(ROOT, "effects"), os.path.join(cls.home, "share", "glowswarm", "effects"))

    @classmethod
    def write_instead(cls, name, what):
        path = os.path.join(cls.work if "/" in name else os.path.join(cls.home, "instead"), name)
        with open(path, "w") as f:
            f.write("#!/bin/bash\nroot='%s' bin='%s' installed='%s' path='%s' port=%d\n%s\n" %
                    (ROOT, glow.beside_bridge(""), cls.home, os.environ["PATH"], cls.broker.port, what))
        os.chmod(path, 0o755)

    def setUp(self):
        self.since = self.watching.mark()

    def give(self, block):
        ran = subprocess.run(["bash", "-ec", to_run(block)], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=2 * glow.PATIENCE_S)
        self.assertEqual(ran.returncode, 0, block + ran.stdout)

    def refusals(self):
        """What was refused since the test began: whoever answers has told of all that came before."""
        for node in self.nodes:
            self.assert_ok(self.asker(self.watching, "glow/node/%s/set" % node).ask(""))
        self.asker(self.watching, "glow/dim/set").ask("on")
        return [m for m in self.watching.look()[self.since:] if m.topic.endswith("/error")]

    def follow(self, page, after=None):
        """Gives all of a page's commands; `after` looks at what came of a block."""
        with open(os.path.join(ROOT, page)) as f:
            given = list(blocks(f.read()))
        self.assertTrue(given, page)
        for block in given:
            self.give(block)
            if after:
                after(block)

    def playing(self):
        scenes = self.watching.last("glow/scene/current")
        return [s["effect"] for s in scenes.json()["scenes"]] if scenes else []

    def test_1_tour(self):
        shown = []

        def look(block):
            if "preset apply evening" in block and "stop" in block:
                glow.wait_until("the preset", lambda: self.playing() == ["drops"])
                light = self.watching.wait("glow/node/pi5/state", lambda m: m.json()["effect"] == "solid").json()
                self.assertEqual((light["state"], light["brightness"]), ("ON", 51))
                shown.append("preset")
            elif block == "glowctl play rainbow\n":
                glow.wait_until("the rainbow", lambda: self.playing() == ["rainbow"])
                shown.append("rainbow")
            elif block.endswith("period=20\n"):
                glow.wait_until("the drops", lambda: self.playing() == ["drops"])
                shown.append("drops")

        self.follow("docs/tour.md", look)
        self.assertEqual(shown, ["rainbow", "drops", "preset"])
        glow.wait_until("what was published", lambda: self.playing() == ["drops"])  # the last is the preset again
        refused = self.refusals()
        self.assertEqual([m.json()["code"] for m in refused], ["unknown_effect"], refused)

    def test_2_others(self):
        for page in PAGES:
            if page != "docs/tour.md":
                with self.subTest(page):
                    self.follow(page)
        self.assertEqual(self.refusals(), [])

    def test_3_control(self):
        """Wrong words in a page are noticed."""
        for wrong in ("glowctl play rainbwo", "./run dmeo", "glow-bridge --bokrer mqtt://pi1", "glowctl set pi9 red", "glowctl play comet",
                      "glow-conductor --odrer pi1"):
            if wrong in REFUSED:
                self.give("cp '%s/effects/comet.glow' . && glowctl effects put comet.glow\n" % ROOT)
            with self.assertRaises(AssertionError, msg=wrong):
                self.give(wrong + "\n")
        self.assertEqual(len(self.refusals()), 1, "the rainbwo")
        self.since = self.watching.mark()
        self.give("mosquitto_pub -t glow/node/pi1/set -m rde\n")
        self.assertEqual(len(self.refusals()), 1)
        self.assertEqual(list(blocks("a\n\n    b\n    c\n\n    d\n\ne\n    f\n")), ["b\nc\n\nd\n", "f\n"])


if __name__ == "__main__":
    glow.main()
