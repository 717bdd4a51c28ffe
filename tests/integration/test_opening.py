#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Which frame is the first: neither the idle display nor a wrong time before what a broker keeps, and no wait where there
is nothing to wait for. In what order things show and are said; how long it takes, `./run bench start` measures."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import fake_broker
import glow

BLACK, RED, BLUE = "000000", "ff0000", "0000ff"
GREY = "404040"  # which no rainbow has
STILL = {"state": "ON", "brightness": 255, "effect": "solid", "color": {"r": 255, "g": 0, "b": 0}}
MOVING = {"state": "ON", "brightness": 255, "effect": "rainbow"}
UNAVAILABLE, NOT_AUTHORIZED = 0x88, 0x87


def shown(node):
    """What the board showed, by each frame's first pixel. It opens dark."""
    return [f.lights[0] for f in node.frames.look()]


class Case(glow.Case):
    def kept(self, light, name=None):
        """A node's name, and a light that the broker keeps for it."""
        name = name or glow.unique()
        self.broker.publish("glow/node/%s/state" % name, json.dumps(light), retain=True)
        return name


class Broker(Case):
    persistence = True
    account = ("node", "right")

    def node(self, *options, password="right", name):
        return self.bridge("--idle", "blue", "--username", "node", *options, node=name, env={"GLOW_PASSWORD": password})

    # promise: first-frame
    def test_turned_away(self):
        name = self.kept(STILL)
        node = self.node(name=name, password="wrong")
        node.frames.wait_shows([BLUE] * 8)
        self.assertIn("the broker does not let us in: showing the idle display", node.log())
        self.assertNotIn("no broker within", node.log())
        subprocess.run(["mosquitto_passwd", "-b", self.broker.passwords, "node", "wrong"], check=True)
        self.broker.stop()
        self.broker.start()
        node.frames.wait_shows([RED] * 8)
        self.assertEqual(shown(node), [BLACK, BLUE, RED])

    # promise: first-frame
    def test_about_to_start(self):
        """Where nobody listens a broker may come, and bring a light."""
        name = self.kept(STILL)
        self.broker.stop()
        node = self.node(name=name)
        node.wait_log("Connection refused")
        self.assertEqual(shown(node), [BLACK])
        self.broker.start()
        node.frames.wait_shows([RED] * 8)
        self.assertEqual(shown(node), [BLACK, RED])

    # promise: first-frame
    def test_unavailable(self):
        """What may pass is no last word; the control of test_turned_away()."""
        fake = fake_broker.FakeBroker(entry=fake_broker.connack(UNAVAILABLE))
        self.addCleanup(fake.close)
        node = self.bridge("--idle", "blue", uri=fake.uri)
        node.wait_log("server unavailable")
        self.assertEqual(shown(node), [BLACK])
        fake.entry = fake_broker.connack(NOT_AUTHORIZED)
        node.frames.wait_shows([BLUE] * 8)
        self.assertIn("the broker does not let us in", node.log())
        self.assertNotIn("no broker within", node.log())

    # promise: first-frame
    def test_subscription_refused(self):
        fake = fake_broker.FakeBroker(grant=lambda topic: NOT_AUTHORIZED)
        self.addCleanup(fake.close)
        node = self.bridge("--idle", "blue", uri=fake.uri)
        node.frames.wait_shows([BLUE] * 8)
        self.assertNotIn("no broker within", node.log())


class Time(Case):
    """A node waits for cluster time where its picture depends on it."""

    # promise: first-frame
    def test_still(self):
        """A conductor is said to be there and never answers."""
        self.broker.publish("glow/conductor/availability", "online", retain=True)
        self.addCleanup(self.broker.publish, "glow/conductor/availability", retain=True)
        node = self.bridge("--idle", "rainbow", node=self.kept(STILL)).wait_connected()
        moving = self.bridge("--idle", "blue", node=self.kept(MOVING)).wait_connected()
        node.frames.wait_shows([RED] * 8)
        self.assertEqual(shown(node), [BLACK, RED])
        self.assertNotIn("no cluster time", node.log())
        moving.wait_log("no cluster time within 2 s")  # the control

    # promise: first-frame
    def test_moving(self):
        """A conductor that answers late."""
        conductor = self.conductor().wait_leading()
        conductor.freeze()
        self.addCleanup(conductor.thaw)
        node = self.bridge("--idle", "#" + GREY, node=self.kept(MOVING)).wait_connected()
        self.assertEqual(shown(node), [BLACK])
        conductor.thaw()
        glow.wait_until("frames", lambda: len(node.frames.look()) > 10)
        self.assertIn("the clock of pictures moved", node.log())
        self.assertNotIn("no cluster time", node.log())
        self.assertNotIn(GREY, shown(node))

    def test_moving_control(self):
        """Without a conductor there is no such wait."""
        node = self.bridge("--idle", "blue", node=self.kept(MOVING))
        glow.wait_until("frames", lambda: len(node.frames.look()) > 10)
        self.assertNotIn("the clock of pictures moved", node.log())


if __name__ == "__main__":
    glow.main()
