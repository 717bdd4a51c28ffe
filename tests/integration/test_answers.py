#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a node says: answers, errors, availability, state and how often, info,
stats and the announcement for Home Assistant."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

RED, LIME, BLUE = "ff0000", "00ff00", "0000ff"


class Answers(glow.NodeCase):
    def ask_via(self, response, correlation="c", payload="red"):
        """Publishes, and returns what arrived on the response topic until an answer elsewhere came."""
        since = self.all.mark()
        self.broker.publish(self.node.topic("set"), payload, response=response, correlation=correlation)
        self.set("")
        return self.all.find(response, since)

    # promise: mistakes-are-named
    def test_correlation_data(self):
        for correlation in ("x", "", "a longer one, with ünïcode", "0123456789" * 1000):
            with self.subTest(length=len(correlation)):
                topic = glow.unique("answers/")
                since = self.all.mark()
                self.broker.publish(self.node.topic("set"), "red", response=topic, correlation=correlation)
                answer = self.all.wait(topic, since=since)
                self.assertEqual(answer.correlation, correlation)
                self.assertEqual(answer.json(), {"status": "ok", "node": self.node.node})
                self.assertEqual((answer.qos, answer.retained), (1, False))

    def test_no_correlation_data_and_no_response_topic(self):
        topic = glow.unique("answers/")
        self.broker.publish(self.node.topic("set"), "red", response=topic)
        self.assertEqual(self.all.wait(topic).correlation, "")
        since = self.all.mark()
        self.broker.publish(self.node.topic("set"), "blue")
        self.set("")
        said = [m.topic for m in self.all.look()[since:] if m.topic.startswith("answers/")]
        self.assertEqual(said, [self.setter.answers])

    def test_request_response_client(self):
        self.assertEqual(self.broker.request(self.node.topic("set"), "red", "answers/rr"),
                         {"status": "ok", "node": self.node.node})
        self.assert_refused(self.broker.request(self.node.topic("notify"), '{"ttl_s":0}', "answers/rr"),
                            "out_of_range", "ttl_s")

    # promise: answers-stay-out
    def test_never_below_the_prefix(self):
        state = self.node.topic("state")
        for topic in (self.node.topic("set"), state, self.node.topic("availability"), "glow/roster", "glow",
                      "glow/", "glow/answer", "glow/answer/", "glow/answers/x", "glow/scene/current", "glow/all/set"):
            with self.subTest(topic=topic):
                answers = [m for m in self.ask_via(topic) if b'"status"' in m.payload]
                self.assertEqual(answers, [])
        self.shows(RED)

    def test_allowed(self):
        """The control of the test above: there an answer does come."""
        for topic in ("glow/answer/me", "glow/answer/a/b", "glowworm/set", "elsewhere", "a/glow/set"):
            with self.subTest(topic=topic):
                self.assertEqual(len(self.ask_via(topic)), 1)

    # promise: mistakes-are-named
    def test_error_topic(self):
        since = self.all.mark()
        self.broker.publish(self.node.topic("set"), '{"brightness":300}', version="mqttv311")
        error = self.all.wait(self.node.topic("error"), since=since)
        self.assertFalse(error.retained)
        self.assertEqual(error.json(), {"status": "error", "node": self.node.node, "code": "out_of_range",
                                        "field": "brightness", "message": "must be 0..255, got 300"})
        answer = self.setter.ask({"brightness": -1})
        self.assertEqual(self.all.wait(self.node.topic("error"), since=self.all.look().index(error) + 1).json(), answer)

    def test_refusals_do_not_hold_up_the_answers(self):
        """Each brings two messages of different QoS, which must not wait for one another."""

        def fastest(payload):
            times = []
            for _ in range(3):
                start = time.monotonic()
                self.setter.ask_many([payload] * 128)
                times.append(time.monotonic() - start)
            return min(times)

        self.assertLess(fastest("nonsense"), 5 * max(fastest("red"), 0.5))  # that would take 5 s and more

    def test_a_good_command_is_no_error(self):
        since = self.all.mark()
        self.set("red")
        self.state()
        self.assertEqual(self.all.find(self.node.topic("error"), since), [])


class Retained(glow.Case):
    # promise: nothing-stale
    def test_live(self):
        watch = self.watch()
        node = self.bridge().wait_connected()
        self.broker.publish(node.topic("set"), "blue")
        node.frames.wait_shows([BLUE] * 8)
        mark = node.frames.mark()
        for leaf in ("set", "notify"):
            with self.subTest(leaf=leaf):
                since = watch.mark()
                self.broker.publish(node.topic(leaf), "red", retain=True, response="answers/r")
                self.assert_refused(watch.wait("answers/r", since=since).json(), "retained")
                self.assertEqual(watch.wait(node.topic("error"), since=since).json()["code"], "retained")
                self.broker.publish(node.topic(leaf), "", retain=True)
        self.broker.publish(node.topic("set"), "lime")
        node.frames.wait_shows([LIME] * 8)
        self.assertEqual([f.lights[0] for f in node.frames.since(mark)], [LIME])

    # promise: nothing-stale
    def test_stale(self):
        """One that waits in the broker is not replayed, neither at the start nor at a reconnect."""
        name = glow.unique()
        for topic in ("glow/node/%s/set" % name, "glow/all/set", "glow/node/%s/notify" % name, "glow/all/notify"):
            self.broker.publish(topic, "red", retain=True)
            self.addCleanup(self.broker.publish, topic, "", retain=True)
        watch = self.watch("glow/node/%s/#" % name)
        node = self.bridge("--idle", "blue", node=name).wait_connected()
        node.frames.wait_shows([BLUE] * 8)
        self.broker.publish(node.topic("set"), "lime")
        node.frames.wait_shows([LIME] * 8)
        self.assertNotIn(RED, [f.lights[0] for f in node.frames.look()])
        self.assertEqual(watch.find(node.topic("error")), [])


class Availability(glow.Case):
    # promise: online-means-ready
    def test_online_only_after_the_subscriptions(self):
        node = self.bridge("--groups", "a,b").wait_connected()
        watch = self.watch(node.topic("availability"))
        self.assertEqual(watch.wait(node.topic("availability")).payload, b"online")
        with open(self.broker.log) as f:
            ours = [line for line in f if "glow-" + node.node in line and ("SUB" in line or "availability" in line)]
        self.assert_order("".join(ours))
        with self.assertRaises(AssertionError):  # the control
            self.assert_order("".join(reversed(ours)))

    def assert_order(self, log):
        self.assertGreaterEqual(log.count("Received SUBSCRIBE"), 1)
        self.assertEqual(log.count("Received SUBSCRIBE"), log.count("Sending SUBACK"))
        self.assertLess(log.rindex("Sending SUBACK"), log.index("Received PUBLISH"))

    # promise: online-means-ready
    def test_a_command_at_once_is_taken(self):
        for _ in range(5):
            watch = self.watch("glow/node/+/availability", "glow/node/+/error")
            node = self.bridge()
            watch.wait(node.topic("availability"), lambda m: m.payload == b"online")
            self.assert_ok(self.broker.request(node.topic("set"), "red", glow.unique("answers/")))

    def test_client_id(self):
        node = self.bridge(prefix="a/b").wait_connected()
        with open(self.broker.log) as f:
            self.assertIn(" as a-b-%s " % node.node, f.read())


class StateRate(glow.NodeCase):
    def states(self, since):
        return self.all.find(self.node.topic("state"), since)

    def assert_rate(self, when, limit):
        """No window of a second may hold more; a state may come a little late, which makes room for one."""
        for k, start in enumerate(when):
            n = sum(1 for t in when[k:] if t < start + 1)
            if n > limit + 1:
                raise AssertionError("%d states within a second" % n)

    # promise: newest-wins
    def test_200_commands_at_once(self):
        since = self.all.mark()
        answers = self.setter.ask_many(["#%06x" % (k + 1) for k in range(200)])
        self.assertTrue(all(a["status"] == "ok" for a in answers))
        last = self.all.wait(self.node.topic("state"), lambda m: m.json()["color"]["b"] == 200, since)
        self.shows("0000c8")
        self.assert_rate([m.when_s for m in self.states(since)], 20)
        self.assertEqual(self.states(since)[-1], last)

    # promise: newest-wins
    def test_a_stream_of_commands(self):
        since = self.all.mark()
        end = time.monotonic() + 2
        count = 0
        while time.monotonic() < end:
            count += 1
            self.set("#%06x" % count)
        self.all.wait(self.node.topic("state"), lambda m: (lambda c: c["r"] * 65536 + c["g"] * 256 + c["b"])(
            m.json()["color"]) == count, since)
        self.assertGreater(count, 60, "too slow to tell anything")
        self.assert_rate([m.when_s for m in self.states(since)], 20)

    def test_rate_control(self):
        self.assert_rate([k / 20 for k in range(100)], 20)
        with self.assertRaises(AssertionError):
            self.assert_rate([k / 25 for k in range(100)], 20)


class Info(glow.Case):
    def test_fields(self):
        node = self.bridge("--groups", "a,b-1", "--fps", "30", "--idle", "red 5%", "--reverse", "--time-offset-ms",
                           "-20", "--brightness-limit", "200", "--current-limit-ma", "300", "--flash-limit",
                           "off").wait_connected()
        watch = self.watch("glow/#")
        info = watch.wait(node.topic("info"))
        self.assertTrue(info.retained)
        self.assertLess(len(info.payload), 512)
        info = info.json()
        self.assertRegex(info.pop("effects_hash"), "^[0-9a-f]{16}$")
        effects = watch.effects(node.topic("info"))
        version = info.pop("version")
        self.assertRegex(version, r"^\d+\.\d+")
        self.assertEqual(info, {
            "id": node.node, "groups": ["a", "b-1"], "board": "virtual", "shape": "blinkt", "pixels": 8,
            "leds": ["all", "left", "right"], "backend": "virtual", "fps": 30, "idle": "red 5%", "reverse": True,
            "time_offset_ms": -20, "limits": {"brightness": 200, "current_ma": 300, "flash": False}})
        self.assertEqual(effects[0]["name"], "solid")
        for effect in effects:
            self.assertTrue(effect["name"] and effect["what"])
            for param in effect["params"]:
                self.assertTrue({"name", "type", "default", "unit", "what"} <= set(param), param)
                if param["type"] == "int":
                    self.assertTrue(param["min"] <= param["default"] <= param["max"], param)

    def test_effects_are_those_of_the_command_line(self):
        node = self.bridge().wait_connected()
        effects = self.watch("glow/#").effects(node.topic("info"))
        listed = [line.split()[0] for line in glow.run_bridge("--list-effects").stdout.splitlines()
                  if not line.startswith(" ")]
        self.assertEqual([e["name"] for e in effects], listed)

    def test_stats(self):
        watch = self.watch("glow/node/+/stats")
        node = self.bridge("--idle", "rainbow")
        message = watch.wait(node.topic("stats"))
        self.assertFalse(message.retained)
        stats = message.json()
        self.assertTrue({"fps", "late", "dropped", "write_us", "sync", "cpu", "memory", "temperature",
                         "gauges"} <= set(stats))
        self.assertEqual(set(stats["gauges"]), {"cpu", "memory", "temperature", "load", "network"})
        self.assertTrue(30 <= stats["fps"] <= 66, stats)
        self.assertTrue(0 < stats["memory"] <= 100)


class HomeAssistant(glow.Case):
    """What of it a client can rely on; test_home_assistant.py works all of it."""

    def discovery(self, *options, **more):
        node = self.bridge(*options, **more).wait_connected()
        topic = "homeassistant/device/glow-%s/config" % node.node
        message = self.watch("homeassistant/#").wait(topic)
        self.assertTrue(message.retained)
        return node, message.json()

    def test_light(self):
        node, device = self.discovery()
        light = device["components"]["light"]
        self.assertEqual(light["schema"], "json")
        self.assertEqual((light["command_topic"], light["state_topic"]), (node.topic("set"), node.topic("state")))
        self.assertEqual(light["supported_color_modes"], ["rgb"])
        self.assertIs(light["brightness"], True)
        self.assertIs(light["effect"], True)
        effects = self.watch("glow/#").effects(node.topic("info"))
        self.assertEqual(light["effect_list"], ["off", "auto"] + [e["name"] for e in effects])

    def test_what_home_assistant_sends(self):
        node, device = self.discovery()
        watch = self.watch("glow/#", "answers/#")
        asker = self.asker(watch, device["components"]["light"]["command_topic"])
        for command in ('{"state":"ON"}', '{"state":"ON","brightness":51}', '{"state":"ON","color":{"r":9,"g":8,"b":7}}',
                        '{"state":"ON","effect":"rainbow","transition":0.1}', '{"state":"ON","flash":2}',
                        '{"state":"OFF","transition":0}', '{"state":"ON","effect":"auto"}'):
            with self.subTest(command=command):
                self.assert_ok(asker.ask(command))
        button = device["components"]["identify"]
        self.assert_ok(self.broker.request(button["command_topic"], button["payload_press"], "answers/button"))
        state = watch.wait(node.topic("state"), lambda m: m.json()["showing"] == "notice").json()
        self.assertIn(state["state"], ("ON", "OFF"))
        self.assertEqual(state["color_mode"], "rgb")
        self.assertIn(state["effect"], device["components"]["light"]["effect_list"])

    def test_prefix_and_off(self):
        node = self.bridge("--discovery", "ha/x", prefix="a/b").wait_connected()
        device = self.watch("ha/#").wait("ha/x/device/a-b-%s/config" % node.node).json()
        self.assertEqual(device["availability"], [{"topic": node.topic("availability")}])
        quiet = self.bridge("--discovery", "off").wait_connected()
        self.watch(quiet.topic("availability")).wait(quiet.topic("availability"))
        self.assertFalse([t for t in self.broker.retained("#") if quiet.node in t and not t.startswith("glow/")])


if __name__ == "__main__":
    glow.main()
