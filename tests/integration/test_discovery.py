#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Home Assistant's side of discovery: everything that is announced is valid, a device that it deletes stays deleted
until it asks, and nothing stays announced that should not be."""

import copy
import json
import os
import shutil
import signal
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import secured

try:
    import jinja2
    import voluptuous
except ImportError as e:
    print("SKIPPED: not installed: python3-%s" % e.name)
    sys.exit(glow.SKIPPED)
import discovery

CLUSTER = "homeassistant/device/glow-cluster/config"
BIRTH = "homeassistant/status"


def config_of(node):
    return "homeassistant/device/glow-%s/config" % node.node


class Announced(glow.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seen = glow.Watch(cls.broker, "homeassistant/#")
        cls.addClassCleanup(seen.close)
        cls.node = glow.Bridge(cls.home, cls.broker.uri)
        cls.addClassCleanup(cls.node.close)
        conductor = glow.Conductor(cls.home, cls.broker.uri)
        cls.addClassCleanup(conductor.close)
        cls.devices = [seen.wait(topic).json() for topic in (config_of(cls.node), CLUSTER)]

    def refused(self, device, what):
        with self.assertRaises(voluptuous.Invalid, msg=what):
            discovery.DEVICE(device)

    # promise: home-assistant
    def test_valid(self):
        platforms = [sorted((key, part["platform"]) for key, part in d["components"].items() if "param-" not in key)
                     for d in self.devices]
        for device in self.devices:
            discovery.DEVICE(device)
        self.assertEqual(platforms, [
            [("backend", "sensor"), ("cpu", "sensor"), ("error", "event"), ("fps", "sensor"), ("identify", "button"),
             ("light", "light"), ("memory", "sensor"), ("message", "notify"), ("problem", "binary_sensor"),
             ("progress", "number"), ("sync", "sensor"), ("temperature", "sensor")],
            [("blackout", "switch"), ("dimmer", "number"), ("error", "event"), ("identify", "button"),
             ("leader", "sensor"), ("light", "light"), ("message", "notify"), ("nodes", "sensor"),
             ("preset", "select"), ("scene", "select"), ("stop", "button"), ("undo", "button")]])
        self.assertEqual({part["platform"] for key, part in self.devices[0]["components"].items() if "param-" in key},
                         {"number", "switch", "select", "text"})

    def test_the_schema_refuses(self):
        """The control: each device with one thing wrong in one place; of its components that one alone, which is good else."""
        for whole in self.devices:
            for key in whole["components"]:
                device = {**whole, "components": {key: whole["components"][key]}}
                discovery.DEVICE(device)
                for change in ({"colour": "red"}, {"device_class": "rainbow"}, {"unique_id": None}, {"platform": "lamp"},
                               {"availability": [{"topic": "glow/#"}]}, {"entity_category": "important"}, {"qos": 3},
                               {"json_attributes_template": "{{ a }"}):
                    broken = copy.deepcopy(device)
                    broken["components"][key].update(change)
                    self.refused(broken, (key, change))
                for gone in set(device["components"][key]) & {"platform", "unique_id", "schema"}:
                    broken = copy.deepcopy(device)
                    del broken["components"][key][gone]
                    self.refused(broken, (key, gone))
            for gone in ("device", "origin", "components"):
                self.refused({k: part for k, part in whole.items() if k != gone}, gone)
            for change in ({"colour": "red"}, {"components": {}}, {"device": {"name": "nobody"}}, {"origin": {}},
                           {"availability_topic": "a", "availability": [{"topic": "a"}]}, {"state_topic": 1}):
                self.refused({**whole, **change}, change)

    def test_the_schema_refuses_what_only_some_have(self):
        node, cluster = self.devices
        for device, key, change in (
                (node, "light", {"brightness": "true"}), (node, "light", {"availability_topic": "beside/the/roots/list"}), (node, "light", {"supported_color_modes": ["rgb", "onoff"]}),
                (node, "light", {"supported_color_modes": []}), (node, "light", {"effect_list": ["a", "a"]}),
                (node, "light", {"command_topic": ""}), (node, "cpu", {"state_class": "guess"}),
                (node, "temperature", {"unit_of_measurement": "%"}), (node, "temperature", {"state_topic": 1}),
                (node, "problem", {"entity_category": "config"}), (node, "cpu", {"entity_category": "config"}),
                (node, "identify", {"unique_id": node["components"]["light"]["unique_id"]}),
                (cluster, "dimmer", {"min": 300}), (cluster, "dimmer", {"step": 0}), (cluster, "dimmer", {"max": True}),
                (cluster, "stop", {"payload_press": 1}), (cluster, "scene", {"options": []}),
                (cluster, "scene", {"value_template": "{{ value_json. }}"}), (cluster, "blackout", {"state_on": 1}),
                (node, "error", {"event_types": ["a", "a"]}), (node, "message", {"state_topic": "a"}),
                (node, "param-text", {"max": 256}), (node, "param-period_ms", {"min": 600000})):
            broken = copy.deepcopy(device)
            broken["components"][key].update(change)
            self.refused(broken, (key, change))

    def test_what_needs_a_conductor(self):
        node, cluster = self.devices
        self.assertEqual(node["availability"], [{"topic": self.node.topic("availability")}])
        self.assertNotIn("availability", cluster)
        self.assertEqual({key for key, part in cluster["components"].items() if "availability" not in part},
                         {"light", "identify", "message", "error"})
        self.assertEqual([part["availability"] for part in cluster["components"].values() if "availability" in part],
                         8 * [[{"topic": "glow/conductor/availability"}]])

    def test_off_takes_back(self):
        """Whatever prefix of one level it was announced under; what is another's is left alone."""
        name, watch = glow.unique(), self.watch("#")
        other = "else/device/glow-%s/config" % name
        self.broker.publish(other, '{"origin":{"name":"another program"}}', retain=True)
        for prefix in ("homeassistant", "ha"):
            node = self.bridge("--discovery", prefix, node=name).wait_connected()
            watch.wait("%s/device/glow-%s/config" % (prefix, name), lambda m: m.payload)
            node.stop()
        # The second took back what the first had announced.
        self.assertEqual(set(self.broker.retained("+/device/glow-%s/config" % name)),
                         {"ha/device/glow-%s/config" % name, other})
        off = self.bridge("--discovery", "off", node=name).wait_connected()
        glow.wait_until("it is taken back", lambda: set(self.broker.retained("+/device/glow-%s/config" % name)) == {other})
        self.assertIn("taken back", off.log())


class Deleted(glow.Case):
    """With the broker, the accounts and the rights that we ship."""

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        secrets = os.path.join(cls.home, "secrets")
        secured.make_secrets(secrets, "--account", "bridge-pi1")
        cls.broker = secured.Broker(cls.home, secrets).start()
        cls.addClassCleanup(lambda: cls.broker.stop(signal.SIGKILL))

    def home_assistant(self, topic, payload="", retain=False):
        with self.broker.connect("homeassistant") as client:
            self.assertEqual(client.publish(topic, payload, retain=retain), 0)

    def test_its_account_may_command(self):
        """Whatever an announcement has it publish to or read."""
        self.bridge("--groups", "shelf", node="pi1", env=self.broker.env("bridge-pi1")).wait_connected()
        self.conductor(env=self.broker.env("conductor")).wait_leading()
        glow.wait_until("both are announced", lambda: {"homeassistant/device/glow-pi1/config", CLUSTER} <= self.announced())
        said = self.broker.retained("homeassistant/device/#")
        devices = [json.loads(said[topic]) for topic in ("homeassistant/device/glow-pi1/config", CLUSTER)]
        parts = [part for device in devices for part in discovery.inherit(device).values()]
        commands = {part["command_topic"] for part in parts if "command_topic" in part}
        self.assertEqual(commands, {"glow/" + topic for topic in (
            "node/pi1/set", "node/pi1/notify", "all/set", "all/notify", "group/shelf/set", "dim/set", "scene/play",
            "scene/stop", "undo")})
        for topic in commands:
            self.home_assistant(topic)
        kept = {part[key] for part in parts for key in ("state_topic", "json_attributes_topic") if key in part}
        glow.wait_until("the conductor sums up", lambda: self.broker.retained("glow/group/shelf/state"))
        with self.broker.connect("homeassistant") as client:
            client.subscribe("glow/#")
            heard = {message[0] for message in client.received()}
        self.assertEqual({topic for topic in kept - heard if not topic.endswith(("/stats", "/error"))}, set())

    def announced(self):
        return set(self.broker.retained("homeassistant/device/#"))

    # promise: home-assistant
    def test_stays_away_until_it_is_asked(self):
        node = self.bridge(node="pi1", env=self.broker.env("bridge-pi1")).wait_connected()
        stays = self.bridge(env=self.broker.env("bridge")).wait_connected()
        conductor = self.conductor(env=self.broker.env("conductor")).wait_leading()
        topics = {config_of(node), config_of(stays), CLUSTER}
        glow.wait_until("all are announced", lambda: self.announced() == topics)
        for topic, program in ((config_of(node), node), (CLUSTER, conductor)):
            self.home_assistant(topic, retain=True)
            program.wait_log("%s was deleted" % topic)
        self.broker.stop()
        conductor.wait_log("no longer leading")
        self.broker.start()  # it remembers: a connection that was lost
        for program in (node, stays):
            program.wait_connected(times=2)
        conductor.wait_leading()
        watch = self.watch("#")
        watch.wait("glow/conductor/availability", lambda m: m.payload == b"online")
        watch.wait(node.topic("availability"), lambda m: m.payload == b"online")
        self.assertEqual(self.announced(), {config_of(stays)})

        since = watch.mark()
        self.home_assistant(BIRTH, "online")
        for topic in topics:  # the one that was not deleted, too
            watch.wait(topic, lambda m: m.payload, since)
        self.assertEqual(self.announced(), topics)


if __name__ == "__main__":
    glow.main()
