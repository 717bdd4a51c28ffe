#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Brokers that take less than others: small packets, nothing retained, QoS 0, one message at a time, and
rules that are older than our programs. All of it works as far as it can, and says what is left out."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

EX_UNAVAILABLE = 69


class Case(glow.Case):
    def broker_with(self, *lines, acl=None, queue=1000):
        home = os.path.join(self.home, glow.unique("broker"))
        os.mkdir(home)
        broker = glow.Broker(home)
        with open(broker.conf) as f:
            conf = f.read()
        if acl:
            with open(os.path.join(home, "acl"), "w") as f:
                f.write(acl)
            lines += ("acl_file %s/acl" % home,)
        listener, rest = conf.split("\n", 1)
        if acl and queue:  # without a limit 2.0.11 hangs up after it has refused something
            rest = rest.replace("max_queued_messages 0\n", "max_queued_messages %d\n" % queue)
        with open(broker.conf, "w") as f:
            f.write("\n".join((listener,) + lines) + "\n" + rest)
        broker.start()
        self.addCleanup(broker.stop)
        return broker

    def watch_at(self, broker):
        watch = glow.Watch(broker, "#")
        self.addCleanup(watch.close)
        return watch

    def connected(self, broker):
        """A node that stayed connected while it took a command; and what it said of its broker."""
        node = self.bridge(uri=broker.uri).wait_connected()
        broker.publish(node.topic("set"), "red", qos=0)
        node.frames.wait_shows(["ff0000"] * 8)
        self.assertEqual(node.connections(), 1, node.log())
        self.assertNotIn("lost the broker", node.log())
        return node

    def doctor(self, broker):
        done = glow.run_bridge("--doctor", "--node", "n1", "--board", "virtual", "--broker", broker.uri)
        return done.returncode, done.stdout


class Limits(Case):
    # promise: broker-limits
    def test_small_packets(self):
        broker = self.broker_with("max_packet_size 4096")
        watch = self.watch_at(broker)
        node = self.connected(broker)
        node.wait_log("glow/effects/")
        line = next(line for line in node.log().splitlines() if "glow/effects/" in line)
        self.assertRegex(line, r"glow/effects/[0-9a-f]{16} was not sent: [0-9]{4,} bytes, .* at most 4096; "
                               r"set max_packet_size 1000000 in the broker's configuration")
        self.assertNotIn("another client", node.log())
        self.assertIn("effects_hash", watch.wait(node.topic("info")).json())
        self.assertEqual(node.log().count("was not sent"), 2)  # and what Home Assistant is told
        status, said = self.doctor(broker)
        self.assertEqual(status, EX_UNAVAILABLE, said)
        self.assertRegex(said, r"(?m)^FAIL +limits +glow/effects/.* [0-9]{4,} bytes, .* at most 4096; set max_packet_size")

    def test_middling_packets(self):
        """What a node says fits; larger things may come from a conductor."""
        status, said = self.doctor(self.broker_with("max_packet_size 30000"))
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"(?m)^note +limits +the broker takes packets of at most 30000 bytes; .*max_packet_size")

    def test_subscription(self):
        node = self.bridge(uri=self.broker_with("max_packet_size 100").uri)
        node.wait_log("subscribing takes")
        self.assertRegex(node.log(), r"subscribing takes [0-9]+ bytes, the broker at most 100: set max_packet_size")

    # promise: broker-limits
    def test_nothing_retained(self):
        broker = self.broker_with("retain_available false")
        node = self.connected(broker)
        self.assertEqual(node.log().count("keeps no retained messages"), 1, node.log())
        self.assertIn("set retain_available true", node.log())
        status, said = self.doctor(broker)
        self.assertEqual(status, EX_UNAVAILABLE, said)
        self.assertRegex(said, r"(?m)^FAIL +limits +the broker keeps no retained messages")
        self.assertIn("keeps no retained messages", glow.run_ctl("--broker", broker.uri, "nodes").stderr)

    # promise: broker-limits
    def test_qos_0(self):
        broker = self.broker_with("max_qos 0")
        node = self.connected(broker)
        self.assertEqual(node.log().count("takes QoS 0 only"), 1, node.log())
        status, said = self.doctor(broker)
        self.assertEqual(status, EX_UNAVAILABLE, said)
        self.assertRegex(said, r"(?m)^FAIL +limits +the broker takes QoS 0 only.*max_qos")
        self.assertRegex(said, r"(?m)^note +rules +of QoS 0 the broker does not say what its rules refuse")
        self.assertIn("takes QoS 0 only", glow.run_ctl("--broker", broker.uri, "set", "all", "red").stderr)

    def test_one_at_a_time(self):
        broker = self.broker_with("max_inflight_messages 1")
        node = self.connected(broker)
        for color in ("red", "lime", "blue"):
            self.assert_ok(broker.request(node.topic("set"), color, "answers/x"))
        self.assertNotIn("lost the broker", node.log())

    def test_a_command_that_is_too_large(self):
        broker = self.broker_with("max_packet_size 4096")
        self.bridge(uri=broker.uri, node="n1").wait_connected()
        ctl = lambda command: glow.run_ctl("--broker", broker.uri, "set", "n1", command)
        done = ctl('{"color":"red","note":"%s"}' % ("x" * 5000))
        self.assertEqual(done.returncode, EX_UNAVAILABLE, done)
        self.assertRegex(done.stderr, "glow/node/n1/set was not sent: 5[0-9]{3} bytes, .* at most 4096")
        self.assertEqual(ctl('{"color":"red"}').returncode, 0)  # the control

    def test_control(self):
        """A broker as it comes takes all of it, and nobody says anything."""
        node = self.connected(self.broker)
        watch = self.watch("glow/#")
        watch.effects(node.topic("info"))
        for words in ("was not sent", "keeps no retained", "QoS 0", "does not let us"):
            self.assertNotIn(words, node.log())
        status, said = self.doctor(self.broker)
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"(?m)^ok +limits +the broker takes all")
        self.assertNotIn("note ", said)
        self.assertEqual(glow.run_ctl("--broker", self.broker.uri, "nodes").stderr, "")


class Rules(Case):
    """Mosquitto drops what an account may not publish, and tells MQTT 5 clients that it did."""

    OLDER = "topic read #\ntopic write marker/#\ntopic write glow/node/#\ntopic write homeassistant/#\n"

    # promise: broker-limits, grows-only
    def test_older(self):
        broker = self.broker_with(acl=self.OLDER)
        watch = self.watch_at(broker)
        node = self.connected(broker)
        info = watch.wait(node.topic("info"), lambda m: "effects" in m.json()).json()
        self.assertNotIn("effects_hash", info)
        self.assertGreater(len(info["effects"]), 10)
        refusals = [line for line in node.log().splitlines() if "does not let us publish" in line]
        self.assertTrue(any("glow/effects/" in line and "not authorized" in line for line in refusals), node.log())
        status, said = self.doctor(broker)
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"(?m)^note +rules +.*glow/effects/[0-9a-f]{16}: not authorized; .*acl")

    def test_older_that_hangs_up(self):
        broker = self.broker_with(acl=self.OLDER, queue=0)
        watch = self.watch_at(broker)
        node = self.bridge(uri=broker.uri)
        info = watch.wait(node.topic("info"), lambda m: "effects" in m.json()).json()
        self.assertNotIn("effects_hash", info)
        self.assertLessEqual(node.connections(), 3, node.log())

    # promise: reasons-are-told
    def test_the_account_of_another_node(self):
        """What it says of itself is refused, so nobody but its log, its health check and its doctor can tell."""
        right, wrong = glow.unique("n"), glow.unique("n")
        account = "bridge-" + right
        rules = "topic read #\ntopic write marker/#\nuser %s\ntopic read #\ntopic write glow/node/%s/+\n" \
                "topic write glow/effects/+\n" % (account, right)
        broker = self.broker_with(acl=rules)
        words = "; its account %s is that of the node %s: this is the node %s, and wants bridge-%s" % (account, right, wrong,
                                                                                                       wrong)
        for name in right, wrong:
            node = self.bridge(uri=broker.uri, node=name, env={"GLOW_USERNAME": account}).wait_connected()
            doctor = glow.run_bridge("--doctor", "--node", name, "--board", "virtual", "--broker", broker.uri,
                                     "--username", account)
            self.assertEqual(doctor.returncode, EX_UNAVAILABLE if name == wrong else 0, doctor.stdout)
            if name == wrong:
                node.wait_log("publish glow/node/%s/availability: not authorized%s" % (wrong, words))
                self.assertRegex(doctor.stdout, "(?m)^FAIL +rules .*glow/node/%s/error: not authorized%s" % (wrong, words))
            else:
                self.assertRegex(doctor.stdout, "(?m)^ok +rules +the broker lets us publish glow/node/%s/error" % right)
            health = glow.run_bridge("--healthcheck", "--node", name)
            self.assertEqual(health.returncode, name == wrong, health.stdout)
            self.assertEqual(words[:40] in health.stdout, name == wrong, health.stdout)

    def test_a_command_that_is_refused(self):
        broker = self.broker_with(acl="topic read #\ntopic write marker/#\n")
        done = glow.run_ctl("--broker", broker.uri, "play", "rainbow")
        self.assertEqual(done.returncode, EX_UNAVAILABLE, done)
        self.assertRegex(done.stderr, "does not let us publish glow/scene/play: not authorized")


class Tables(Case):
    """One for all nodes of a version."""

    # promise: said-again
    def test_once(self):
        watch = self.watch("glow/#")
        nodes = [self.bridge() for _ in range(4)]
        names = {watch.wait(node.topic("info")).json()["effects_hash"] for node in nodes}
        self.assertEqual(len(names), 1)
        topic = "glow/effects/" + names.pop()
        self.assertGreater(len(watch.wait(topic).json()), 10)
        late = self.bridge().wait_connected()
        watch.wait(late.topic("info"))
        self.assertEqual(json.loads(self.broker.retained(topic)[topic]), watch.find(topic)[0].json())
        since = watch.mark()
        self.broker.publish(topic, b"", retain=True)  # whoever clears it: it comes back
        watch.wait(topic, lambda m: m.payload, since)


if __name__ == "__main__":
    glow.main()
