#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Brokers that stop, hang, forget and refuse, and a bridge that is killed: the
picture goes on, and everything is said again when somebody listens again."""

import json
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import crowd
import glow

BLACK, WHITE, RED, LIME, BLUE = "000000", "ffffff", "ff0000", "00ff00", "0000ff"
RAINBOW = '{"effect":"rainbow","params":{"period_ms":1500}}'
PERIOD_US = 1500000
GAP_US = 1000000  # a hiccup of a busy machine, but no wait for a network


def largest_gap(frames):
    return max(b.t_us - a.t_us for a, b in zip(frames, frames[1:]))


class OwnBroker(glow.Case):
    """Tests that stop the broker have one each."""

    def setUp(self):
        self.broker = self.new_broker()

    def new_broker(self, **options):
        home = os.path.join(self.home, glow.unique("broker"))
        os.mkdir(home)
        broker = glow.Broker(home, **options).start()
        self.addCleanup(broker.stop, signal.SIGKILL)
        return broker


class Restart(OwnBroker):
    def restart_in_mid_animation(self, broker, while_gone):
        self.broker = broker
        node = self.bridge("--groups", "g", uri=broker.uri).wait_connected()
        broker.publish(node.topic("set"), RAINBOW)
        glow.wait_until("the rainbow", lambda: len(node.frames.look()) > 100)
        before = broker.retained("glow/#")
        start = node.frames.mark()
        broker.stop()
        node.wait_log("lost the broker")
        while_gone(node)
        broker.start()
        node.wait_connected(times=2)
        broker.publish("glow/group/g/notify", "identify")  # every subscription is back
        self.watch("glow/#").wait(node.topic("state"), lambda m: m.json()["showing"] == "notice")
        frames = node.frames.since(start)
        self.assertLess(largest_gap(frames), GAP_US)
        glow.assert_in_phase(node.frames.look()[5:start], [f for f in frames if f.t_us < frames[0].t_us + 500000],
                             PERIOD_US)
        return node, before, broker.retained("#")

    def assert_all_said_again(self, node, before, after):
        state, old = json.loads(after[node.topic("state")]), json.loads(before[node.topic("state")])
        self.assertEqual(after[node.topic("availability")], b"online")
        self.assertEqual(after[node.topic("info")], before[node.topic("info")])
        self.assertEqual((state["effect"], state["start_us"], state["seed"]),
                         (old["effect"], old["start_us"], old["seed"]))
        self.assertIn("homeassistant/device/glow-%s/config" % node.node, after)

    # promise: light-goes-on, said-again
    def test_with_an_empty_store(self):
        def gone(node):
            mark = node.frames.mark()
            glow.wait_until("frames without a broker", lambda: len(node.frames.since(mark)) > 40)

        node, before, after = self.restart_in_mid_animation(self.broker, gone)
        self.assert_all_said_again(node, before, after)
        with self.assertRaises((AssertionError, KeyError)):  # the control: a store that stayed empty
            self.assert_all_said_again(node, before, {})

    # promise: light-goes-on
    def test_with_its_store_kept(self):
        broker = self.new_broker(persistence=True)
        node, before, after = self.restart_in_mid_animation(broker, lambda node: None)
        self.assert_all_said_again(node, before, after)

    def hash_of(self, node):
        return json.loads(self.broker.retained(node.topic("info"))[node.topic("info")])["effects_hash"]

    def groups_of(self, node, nodes):
        """The shared subscriptions with which a node is back, where the conductor tells of so many."""
        self.broker.publish("glow/conductor/info", json.dumps({**crowd.CONDUCTOR, "nodes": nodes}), retain=True)
        self.broker.publish(node.topic("set"), "blue")
        node.frames.wait_shows([BLUE] * 8)  # and has heard that as well
        self.broker.stop()
        node.wait_log("lost the broker")
        with open(self.broker.log) as f:
            before = len(f.read())
        self.broker.start()
        node.wait_connected(times=2)
        with open(self.broker.log) as f:
            return sorted(set(re.findall(r"\$share/([0-9a-f]{32})/(\S+)", f.read()[before:])), key=lambda found: found[1])

    def test_in_a_crowd(self):
        """Each of a thousand nodes has what all have in common in a group of its own, and obeys as ever."""
        node = self.bridge("--groups", "g,h").wait_connected()
        common = ["glow/%s/%s" % (whom, what) for whom in ("all", "group/g", "group/h") for what in ("apply", "notify", "set")]
        kept = ["glow/" + leaf for leaf in ("conductor/+", "dim/current", "effect", "effects/" + self.hash_of(node), "scene/current")]
        found = self.groups_of(node, 1000)
        self.assertEqual([topic for _, topic in found], sorted(common + kept))
        self.assertEqual(len({group for group, _ in found}), 1)
        self.broker.publish("glow/all/set", "red")
        node.frames.wait_shows([RED] * 8)
        self.broker.publish("glow/group/h/set", "lime")
        node.frames.wait_shows([LIME] * 8)
        self.broker.publish("glow/dim/current", '{"brightness":0}', retain=True)
        node.frames.wait_shows([BLACK] * 8)
        self.broker = self.new_broker()
        few = self.bridge("--groups", "g,h").wait_connected()
        self.assertEqual(self.groups_of(few, 999), [])  # the control

    def test_gap_control(self):
        frames = [glow.Frame('{"t_us":%d,"mono_ns":0,"pixels":[]}' % t) for t in (0, 16666, 33333, 1300000)]
        self.assertGreater(largest_gap(frames), GAP_US)

    def test_a_notice_ends_while_the_broker_is_away(self):
        node = self.bridge().wait_connected()
        self.broker.publish(node.topic("set"), "blue")
        node.frames.wait_shows([BLUE] * 8)
        self.broker.publish(node.topic("notify"), '{"effect":"solid","color":"red","ttl_s":0.7}')
        node.frames.wait_shows([RED] * 8)
        self.broker.stop()
        node.frames.wait_shows([BLUE] * 8)

    def test_lost_indicator(self):
        node = self.bridge("--lost-indicator", "pixel").wait_connected()
        node.frames.wait_shows([BLACK] * 8)
        self.broker.stop()
        node.frames.wait_shows(["100000"] + [BLACK] * 7)
        self.broker.start()
        node.frames.wait_shows([BLACK] * 8)

    # promise: light-goes-on
    def test_a_hung_broker_does_not_stop_the_picture(self):
        node = self.bridge("--idle", "rainbow").wait_connected()
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        mark = node.frames.mark()
        glow.wait_until("frames", lambda: len(node.frames.since(mark)) > 90)
        self.assertLess(largest_gap(node.frames.since(mark)), GAP_US)

    # promise: first-frame
    def test_no_broker_at_the_start(self):
        port = glow.free_port()
        node = self.bridge("--idle", "blue", uri="mqtt://127.0.0.1:%d" % port)
        frame = node.frames.wait("of the idle display", lambda f: f.lights[0] == BLUE)
        waited_us = frame.t_us - node.frames.look()[0].t_us
        self.assertTrue(1900000 < waited_us < 5000000, waited_us)
        self.assertIn("cannot reach 127.0.0.1:%d" % port, node.log())


class Will(OwnBroker):
    # promise: offline-is-told
    def test_killed(self):
        watch = self.watch("glow/#")
        node = self.bridge().wait_connected()
        availability = node.topic("availability")
        watch.wait(availability, lambda m: m.payload == b"online")
        node.kill()
        offline = watch.wait(availability, lambda m: m.payload == b"offline")
        self.assertTrue(offline.retained)
        self.assertEqual(self.broker.retained(availability), {availability: b"offline"})

    # promise: offline-is-told
    def test_stopped(self):
        watch = self.watch("glow/#")
        node = self.bridge().wait_connected()
        watch.wait(node.topic("availability"), lambda m: m.payload == b"online")
        status, took_s = node.stop()
        self.assertEqual(status, 0)
        self.assertLess(took_s, 2)
        watch.wait(node.topic("availability"), lambda m: m.payload == b"offline")
        self.assertEqual(self.broker.retained(node.topic("availability")), {node.topic("availability"): b"offline"})


class Restore(OwnBroker):
    def lit_node(self, command):
        node = self.bridge("--idle", "blue").wait_connected()
        watch = self.watch()
        asker = self.asker(watch, node.topic("set"))
        self.assert_ok(asker.ask(command))
        since = watch.mark()
        self.assert_ok(asker.ask(""))
        state = watch.wait(node.topic("state"), since=since).json()
        return node, state

    def again(self, node):
        return self.bridge("--idle", "blue", node=node.node).wait_connected()

    # promise: light-survives
    def test_before_the_first_frame(self):
        node, _ = self.lit_node({"color": "#102030", "brightness": 128})
        node.frames.wait_shows(["040a13"] * 8)
        node.kill()
        after = self.again(node)
        after.frames.wait_shows(["040a13"] * 8)
        self.assertEqual([f.lights[0] for f in after.frames.look()], [BLACK, "040a13"])

    # promise: light-survives
    def test_after_sigterm_too(self):
        node, _ = self.lit_node("red")
        self.assertEqual(node.stop()[0], 0)
        after = self.again(node)
        after.frames.wait_shows([RED] * 8)
        self.assertEqual([f.lights[0] for f in after.frames.look()], [BLACK, RED])

    def test_first_frame_control(self):
        """Without a retained state the first frame is another."""
        node = self.again(self.bridge())
        node.frames.wait_shows([BLUE] * 8)

    # promise: light-survives
    def test_animation_in_phase(self):
        node, state = self.lit_node(RAINBOW)
        glow.wait_until("a turn", lambda: len(node.frames.look()) > 100)
        node.kill()
        after = self.again(node)
        glow.wait_until("frames", lambda: len(after.frames.look()) > 40)
        glow.assert_in_phase(node.frames.look()[2:], after.frames.look()[1:], PERIOD_US)
        restored = json.loads(self.broker.retained(node.topic("state"))[node.topic("state")])
        self.assertEqual(restored, state)

    # promise: light-survives
    def test_whole_lights(self):
        for command in ({"state": "OFF", "color": "red", "brightness": 7}, {"pixels": {"0": "red", "3-4": "lime"}},
                        {"effect": "morse", "params": {"text": "hello"}}, {"effect": "auto", "brightness": 9},
                        {"effect": "gauge", "params": {"source": "number", "value": 30, "low": "#123456"}},
                        {"effect": "breathe", "params": {"color": "#abcdef"}, "color": "blue"}):
            with self.subTest(command=command):
                node, before = self.lit_node(command)
                node.kill()
                self.again(node)
                state = json.loads(self.broker.retained(node.topic("state"))[node.topic("state")])
                self.assertEqual(state, before)

    def test_notices_and_fades_are_not(self):
        node, _ = self.lit_node("red")
        self.broker.publish(node.topic("notify"), '{"effect":"solid","color":"white","ttl_s":600}')
        node.frames.wait_shows([WHITE] * 8)
        self.broker.publish(node.topic("set"), '{"color":"lime","transition":60}')
        self.watch("glow/#").wait(node.topic("state"), lambda m: "fade_end_us" in m.json() and "notice" in m.json())
        node.kill()
        after = self.again(node)
        after.frames.wait_shows([LIME] * 8)
        self.assertEqual(len(after.frames.look()), 2)

    def test_only_once(self):
        """What others write to the topic later, and what a broker that restarts still has, is not taken."""
        broker = self.broker = self.new_broker(persistence=True)
        node, _ = self.lit_node("red")
        broker.publish(node.topic("state"), '{"state":"ON","effect":"solid","color":{"r":0,"g":0,"b":255}}', retain=True)
        broker.stop()
        broker.start()
        node.wait_connected(times=2)
        self.watch("glow/#").wait(node.topic("state"), lambda m: m.json()["color"]["r"] == 255)
        node.frames.wait_shows([RED] * 8)
        self.assertNotIn(BLUE, [f.lights[0] for f in node.frames.look()[2:]])

    def test_a_start_in_the_future_becomes_now(self):
        node, state = self.lit_node(RAINBOW)
        node.kill()
        state["start_us"] += 3600 * 1000000
        self.broker.publish(node.topic("state"), json.dumps(state), retain=True)
        self.again(node)
        self.watch("glow/#").wait(node.topic("state"), lambda m: m.json()["effect"] == "rainbow" and
                                  m.json()["start_us"] < glow.now_us())

    # promise: broken-is-passed-over
    def test_broken_ones_are_skipped(self):
        good = json.dumps({"state": "ON", "effect": "solid", "color": {"r": 255, "g": 0, "b": 0}, "brightness": 255})
        broken = ["x", "red", "{", good[:-1], good + "x", "[]", "5", "[%s]" % good, good.replace("solid", "no-such"),
                  good.replace("255", "256"), good.replace('"ON"', "true"), good.replace("brightness", "state"),
                  good[:-1] + ',"pixels":["red","red","red","red","red","red","red","red","red"]}',
                  good[:-1] + ',"params":{"nonsense":1}}', good[:-1] + ',"x":' + "[" * 9 + "]" * 9 + "}",
                  good[:-1] + ',"x":"\udcff"}', good[:-1] + ',"notice":{"effect":"no-such"}}', "\0"]
        nodes = []
        for k, payload in enumerate(broken):
            name = glow.unique()
            self.broker.publish("glow/node/%s/state" % name, payload.encode(errors="surrogateescape"), retain=True)
            nodes.append((payload, self.bridge("--idle", "blue", node=name)))
        for payload, node in nodes:
            with self.subTest(payload=payload):
                node.wait_connected()
                node.frames.wait_shows([BLUE] * 8)
                self.assertIn("the retained state is broken and was skipped", node.log())
                self.assertNotIn("light restored", node.log())
                self.assertEqual(json.loads(self.broker.retained(node.topic("state"))[node.topic("state")])["effect"],
                                 "auto")

    def test_broken_control(self):
        name = glow.unique()
        self.broker.publish("glow/node/%s/state" % name, '{"effect":"solid","color":"red"}', retain=True)
        node = self.bridge("--idle", "blue", node=name).wait_connected()
        node.frames.wait_shows([RED] * 8)
        self.assertNotIn("broken", node.log())


class Password(OwnBroker):
    ACCOUNT = ("bridge", "se cret")

    def setUp(self):
        self.broker = self.new_broker(account=self.ACCOUNT)

    # promise: secrets-are-hidden
    def test_right(self):
        path = os.path.join(self.home, "password")
        with open(path, "w") as f:
            f.write(self.ACCOUNT[1] + "\n")
        for env in {"GLOW_PASSWORD_FILE": path}, {"GLOW_PASSWORD": self.ACCOUNT[1]}:
            node = self.bridge("--username", self.ACCOUNT[0], "--log-level", "debug", env=env).wait_connected()
            self.assertNotIn(self.ACCOUNT[1], node.log())

    # promise: broker-may-be-away, secrets-are-hidden
    def test_wrong(self):
        nodes = [self.bridge(*options, "--idle", "rainbow", env=env) for options, env in (
            ((), {}), (("--username", "bridge"), {"GLOW_PASSWORD": "guess"}),
            (("--username", "nobody"), {"GLOW_PASSWORD": self.ACCOUNT[1]}))]
        for node in nodes:
            node.wait_log("user name or password refused")
            node.wait_log("showing the idle display")
            glow.wait_until("an animation all the same", lambda: len(node.frames.look()) > 20)
            self.assertNotIn("guess", node.log())
            self.assertNotIn("connected to mqtt", node.log())


if __name__ == "__main__":
    glow.main()
