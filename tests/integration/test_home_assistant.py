#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Every entity that is announced to Home Assistant, worked as it works them: what each template makes of our messages is a
state that it takes, and what each makes of a person's wish is taken by a real node or conductor and shows. And the files
of docs/home-assistant.md, whose every action is carried out."""

import glob
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

try:
    import jinja2
    import voluptuous
    import yaml
except ImportError as e:
    print("SKIPPED: not installed: python3-%s" % e.name)
    sys.exit(glow.SKIPPED)
import home_assistant
import mqtt

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs")
NO_COLORS = ("int", "bool", "choice", "text")


class Home(glow.Case):
    """A node pi1 of the group shelf, another, and a conductor, as docs/home-assistant.md has them. `kept` is what the broker
    has of these before."""

    kept = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watching = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.watching.close)
        client = mqtt.Client(mqtt.Stream(cls.broker.port), keepalive_s=0)
        cls.addClassCleanup(client.close)
        cls.home_assistant = home_assistant.HomeAssistant(client, cls.watching)
        for topic, kept in cls.kept.items():
            cls.broker.publish("glow/" + topic, json.dumps(kept), retain=True)
        for node in ("pi1", "pi2"):
            bridge = glow.Bridge(cls.home, cls.broker.uri, "--groups", "shelf,attic" if node == "pi2" else "shelf",
                                 "--page", "http://glow.local/", node=node)
            cls.addClassCleanup(bridge.close)
        conductor = glow.Conductor(cls.home, cls.broker.uri, "--page", "http://glow.local/", node="c1")
        cls.addClassCleanup(conductor.close)
        cls.watching.wait("homeassistant/device/glow-cluster/config")
        glow.wait_until("both count", lambda: (cls.watching.last("glow/all/state") or glow.Message(
            b"M\t\t0\t0\t\t0\t7b7d")).json().get("nodes") == 2)
        cls.effects = cls.watching.effects("glow/node/pi1/info")

    def setUp(self):
        self.since = self.watching.mark()

    def tearDown(self):
        """Nothing that Home Assistant sent was refused, or in part passed over."""
        if self.since is not None:
            self.assertEqual([m for m in self.watching.look()[self.since:] if m.topic.endswith("/error")], [])

    def call(self, action, entity_id, **data):
        self.home_assistant.call(action, entity_id, **data)

    def entity(self, entity_id):
        return self.home_assistant.entity(entity_id)

    def becomes(self, entity_id, wanted):
        entity = self.entity(entity_id)
        accept = wanted if callable(wanted) else lambda state: state == wanted
        return glow.wait_until(lambda: "%s is %r" % (entity_id, entity.state()),
                               lambda: (lambda s: s is not None and accept(s) and (s or True))(entity.state()))

    def light(self, entity_id, **wanted):
        return self.becomes(entity_id, lambda s: all(s.get(key) == value for key, value in wanted.items()))


class Entities(Home):
    # Of an earlier life: a preset, and the name that people gave pi2.
    kept = {"preset/evening": {"name": "evening", "scenes": [],
                               "lights": {"pi1": {"state": "ON", "effect": "solid", "color": {"r": 255, "g": 0, "b": 0}}}},
            "roster/wanted": {"nodes": {"pi2": {"title": "K\u00fcche links"}}, "clock_id": "00000000000000aa", "term": 1, "rev": 1}}

    # promise: home-assistant
    def test_all_have_states(self):
        self.watching.wait("glow/node/pi1/stats")
        for entity in self.home_assistant.entities().values():
            if "state_topic" in entity.config and entity.platform != "event":
                entity.state()
            if "json_attributes_topic" in entity.config:
                self.assertTrue(entity.attributes())
        self.assertEqual(self.entity("sensor.glow_leader").state(), "c1")
        self.assertEqual(self.entity("sensor.glow_nodes").state(), 2)
        self.assertEqual(self.entity("sensor.pi1_backend").state(), "virtual")
        self.assertFalse(self.entity("binary_sensor.pi1_problem").state())
        self.assertGreaterEqual(self.entity("sensor.pi1_cpu").state(), 0)
        self.assertEqual({e.id for e in self.home_assistant.entities().values() if not e.enabled},
                         {"sensor.%s_%s" % (node, name) for node in ("pi1", "kuche_links")
                          for name in "temperature cpu memory sync_error frames backend".split()})

    def test_devices(self):
        devices = {d["device"]["identifiers"][0]: d["device"] for d in self.home_assistant.devices().values()}
        self.assertEqual(set(devices), {"glow-pi1", "glow-pi2", "glow-cluster"})
        self.assertEqual({d["configuration_url"] for d in devices.values()}, {"http://glow.local/"})
        self.assertEqual({d.get("via_device") for d in devices.values()}, {"glow-cluster", None})
        self.assertEqual({d["name"] for d in devices.values()}, {"pi1", "K\u00fcche links", "glow"})

    def test_light(self):
        self.call("light.turn_on", "light.pi1", rgb_color=(255, 0, 0), brightness=128, transition=0.1)
        self.light("light.pi1", state="ON", brightness=128, color={"r": 255, "g": 0, "b": 0})
        self.call("light.turn_on", "light.pi1", flash="short")
        self.call("light.turn_off", "light.pi1")
        self.light("light.pi1", state="OFF")

    def test_parameters_of_each_effect(self):
        """Whatever effect shows, its parameters have entities, and those alone: by the templates, of states as a node has
        them."""
        light = self.entity("light.pi1")
        self.assertEqual(light.config["effect_list"][:2], ["off", "auto"])
        entities = self.parameters()
        worked = set()
        for effect in self.effects:
            if effect["name"] == "progress":
                continue  # test_progress
            rows = {row["name"]: row for row in effect["params"] if row["type"] in NO_COLORS}
            for at in ("min", "max"):
                state = {"effect": effect["name"], "params": {name: self.example(row, at) for name, row in rows.items()}}
                there = {name: e for name, e in entities.items() if e.would_be_available(state)}
                self.assertEqual({e.parameter for e in there.values()}, set(rows), (effect["name"], list(there)))
                for e in there.values():
                    self.assertEqual(e.would_be(state), self.example(rows[e.parameter], at), (effect["name"], e.id))
            worked |= set(there)
        self.assertEqual(worked, set(entities))

    @staticmethod
    def example(row, at):
        choices = row.get("choices") or [""]
        return {"int": row.get(at), "bool": at == "max", "text": at, "choice": choices[-1 if at == "max" else 0]}[row["type"]]

    def parameters(self):
        """Entities of pi1's parameters."""
        found = {key: e for key, e in self.home_assistant.entities().items() if
                 e.config.get("unique_id", "").startswith("glow-pi1-param-")}
        for e in found.values():
            e.parameter = re.match(r"glow-pi1-param-([a-z0-9_]+)", e.config["unique_id"])[1]
        return found

    def test_parameters_from_end_to_end(self):
        """One of each platform: what it sets the node takes, and says."""
        entities = self.parameters()
        left = {e.platform for e in entities.values()}
        self.assertEqual(left, {"number", "select", "switch", "text"})
        for effect in self.effects:
            rows = {row["name"]: row for row in effect["params"] if row["type"] in NO_COLORS}
            state = {"effect": effect["name"]}
            mine = [(key, e) for key, e in entities.items() if e.would_be_available(state) and e.platform in left]
            if not mine:
                continue
            self.call("light.turn_on", "light.pi1", effect=effect["name"])
            self.light("light.pi1", effect=effect["name"])
            for key, e in mine:
                if e.platform in left:
                    left.remove(e.platform)
                    self.work(key, e, rows[e.parameter])
        self.assertEqual(left, set())
        self.call("light.turn_on", "light.pi1", effect="off")
        self.light("light.pi1", effect="solid")
        self.assertEqual([key for key, e in entities.items() if e.available()], [])

    def work(self, key, entity, row):
        if entity.platform == "number":
            for value in (row["min"], row["max"]):
                self.call("number.set_value", key, value=float(value))
                self.becomes(key, float(value))
        elif entity.platform == "select":
            for option in entity.config["options"][-1], entity.config["options"][0]:
                self.call("select.select_option", key, option=option)
                self.becomes(key, option)
        elif entity.platform == "switch":
            for on in (True, False):
                self.call("switch.turn_on" if on else "switch.turn_off", key)
                glow.wait_until("%s is set" % key, lambda o=on: entity.state() == o)
        else:
            for value in ('SOS "%s"' % key, "x" * 63):
                self.call("text.set_value", key, value=value)
                self.becomes(key, value)

    def test_progress(self):
        self.call("light.turn_on", "light.pi1", effect="fire")
        self.light("light.pi1", effect="fire")
        self.assertIsNone(self.entity("number.pi1_progress").state())
        for value in (0.0, 70.0, 100.0):
            self.call("number.set_value", "number.pi1_progress", value=value)
            glow.wait_until("it shows", lambda: self.entity("number.pi1_progress").state() == value)

    def notice(self, node="pi1"):
        return self.watching.last("glow/node/%s/state" % node).json().get("notice", {})

    def test_identify(self):
        self.call("button.press", "button.pi1_identify")
        glow.wait_until("it does", lambda: self.notice().get("effect") == "identify")
        self.call("button.press", "button.glow_identify")
        glow.wait_until("all do", lambda: self.notice("pi2").get("effect") == "identify")
        for node in ("pi1", "pi2"):
            self.broker.publish("glow/node/%s/notify" % node, '{"color":"black","priority":9,"ttl_s":0.1}')
            glow.wait_until("it ends", lambda n=node: self.notice(n).get("priority") != 9)

    def test_messages(self):
        """Any text is one: as Morse code, or by its first word as a colour that blinks."""
        red, lime, white = ({"r": r, "g": g, "b": b} for r, g, b in ((255, 0, 0), (0, 255, 0), (255, 255, 255)))
        for message, effect, color, text in (
                ("hello world", "morse", None, "hello world"), ('{"effect":"fire"}', "morse", None, '{"effect":"fire"}'),
                ("it's 20 °C \\ {{ 1 }}\n", "morse", None, "it's 20 C \\ {{ 1 }}"), ("y" * 100, "morse", None, "y" * 63),
                ("error", "blink", red, None), ("Alarm: the door", "blink", red, None), ("OK done", "blink", lime, None),
                ("\N{BELL}", "blink", white, None), ("", "blink", white, None), ("errors", "morse", None, "errors")):
            with self.subTest(message=message):
                since = self.watching.mark()
                self.call("notify.send_message", "notify.pi1_message", message=message)
                self.watching.wait("glow/node/pi1/state", lambda m: m.json()["showing"] == "notice", since)
                glow.wait_until(lambda: "it shows %s" % self.notice(), lambda: self.notice().get("effect") == effect and (
                    text is None or self.notice()["params"]["text"] == text) and (
                    color is None or self.notice()["color"] == color))
        self.call("notify.send_message", "notify.glow_message", message="to all")
        glow.wait_until("all show it", lambda: self.notice("pi2").get("params", {}).get("text") == "to all")

    def test_error(self):
        for topic, entity in (("glow/node/pi1/set", "event.pi1_error"), ("glow/all/set", "event.glow_error")):
            for payload, kind in (('{"effect":"fier"}', "unknown_effect"), ('{"effect":"fire","colour":1}', "ignored")):
                self.broker.publish(topic, payload)
                self.becomes(entity, lambda s, k=kind: s["event_type"] == k)
        self.since = None  # it was refused, as it should be

    def test_cluster_and_groups(self):
        self.call("light.turn_on", "light.glow", rgb_color=(0, 0, 255), brightness=100, effect="off")
        self.light("light.glow", state="ON", brightness=100, color={"r": 0, "g": 0, "b": 255}, nodes=2, on=2)
        self.light("light.glow_attic", state="ON", nodes=1, on=1)
        self.call("light.turn_off", "light.glow_attic")
        self.light("light.glow_attic", state="OFF", nodes=1, on=0)
        self.light("light.glow", state="ON", nodes=2, on=1)
        self.call("light.turn_on", "light.glow_shelf", effect="rainbow", brightness=200)
        self.light("light.glow_shelf", state="ON", brightness=200, effect="rainbow", on=2)
        self.assertEqual(self.entity("light.glow").attributes(), {"nodes": 2, "on": 2})
        self.call("light.turn_off", "light.glow")
        self.light("light.glow", state="OFF", on=0)

    def test_group_at_one_instant(self):
        since = self.watching.mark()
        self.call("light.turn_on", "light.glow_shelf", rgb_color=(0, 255, 0))
        self.watching.wait("glow/group/shelf/apply", lambda m: m.json()["cmd"]["color"] == {"r": 0, "g": 255, "b": 0}, since)

    def test_scene(self):
        scene = self.entity("select.glow_scene")
        self.assertEqual(self.becomes("select.glow_scene", "off"), "off")
        for option in scene.config["options"][1:2] + scene.config["options"][-1:]:
            self.call("select.select_option", "select.glow_scene", option=option)
            self.becomes("select.glow_scene", option)
        for kept, state in (({"playlist": [{"effect": "fire", "duration_s": 9}]}, None), ({"effect": "fire"}, "fire")):
            self.broker.publish("glow/scene/play", json.dumps(kept))
            glow.wait_until("it is %s" % state, lambda s=state: scene.state() == s)
        self.call("button.press", "button.glow_stop_scenes")
        self.watching.wait("glow/scene/current", lambda m: m.json()["scenes"][-1]["end_us"] is not None, self.since)
        self.call("select.select_option", "select.glow_scene", option="rainbow")
        self.becomes("select.glow_scene", "rainbow")
        self.call("select.select_option", "select.glow_scene", option="off")
        self.becomes("select.glow_scene", "off")

    def test_preset_and_undo(self):
        """Chosen, it shows; none, or the button, brings back what was before."""
        green = {"r": 0, "g": 255, "b": 0}
        self.call("light.turn_on", "light.pi1", rgb_color=(0, 255, 0), effect="off")
        self.light("light.pi1", color=green, effect="solid")
        self.assertEqual(self.entity("select.glow_preset").config["options"], ["off", "evening"])
        for back in (("select.select_option", "select.glow_preset", {"option": "off"}), ("button.press", "button.glow_undo", {})):
            self.call("select.select_option", "select.glow_preset", option="evening")
            self.light("light.pi1", color={"r": 255, "g": 0, "b": 0})
            self.becomes("select.glow_preset", "evening")
            self.call(back[0], back[1], **back[2])
            self.light("light.pi1", color=green)
            self.becomes("select.glow_preset", lambda option: option != "evening")

    def test_dimmer_and_blackout(self):
        self.call("number.set_value", "number.glow_master_dimmer", value=40.0)
        self.becomes("number.glow_master_dimmer", 40.0)
        self.call("switch.turn_on", "switch.glow_blackout")
        self.becomes("switch.glow_blackout", True)
        self.assertEqual(self.entity("number.glow_master_dimmer").state(), 0)
        self.call("switch.turn_off", "switch.glow_blackout")
        glow.wait_until("it is light", lambda: self.entity("switch.glow_blackout").state() is False)


class Files(Home):
    """docs/home-assistant/: what people copy."""

    def test_a_first_on(self):
        """Of a board that nobody has set: it shines."""
        self.light("light.pi1", state="OFF", effect="auto")
        self.call("light.turn_on", "light.pi1")
        self.light("light.pi1", state="ON", brightness=255, color={"r": 255, "g": 255, "b": 255}, effect="solid")

    def load(self, name):
        with open(os.path.join(DOCS, "home-assistant", name)) as f:
            return yaml.safe_load(f)

    def known(self, entity_id):
        self.assertTrue(entity_id in self.home_assistant.entities() or entity_id in self.theirs, entity_id)

    # What the files name that is not ours: a reader has others.
    theirs = {"binary_sensor.doorbell", "sensor.washing_machine_power", "event.doorbell"}

    def has_value(self, entity_id):
        entity = self.entity(entity_id)
        return entity.available() and entity.state() is not None

    def run_actions(self, actions):
        for step in actions:
            if "delay" in step:
                continue
            if "wait_template" in step:
                glow.wait_until(str(step), lambda s=step: home_assistant.render(s["wait_template"], has_value=self.has_value) == "True")
                continue
            self.assertEqual(set(step) - {"action", "target", "data"}, set(), step)
            data = {key: home_assistant.render(value, states=lambda _: "42", trigger={}) if isinstance(value, str) else value
                    for key, value in step.get("data", {}).items()}
            ids = step.get("target", {}).get("entity_id", [None])
            for entity_id in ids if isinstance(ids, list) else [ids]:
                self.call(step["action"], entity_id, **data)

    # promise: home-assistant-files
    def test_automations(self):
        files = [name for name in glob.glob(os.path.join(DOCS, "home-assistant", "*.yaml")) if "dashboard" not in name]
        self.assertGreaterEqual(len(files), 4)
        for name in files:
            for automation in self.load(name):
                with self.subTest(automation=automation["alias"]):
                    self.assertEqual(set(automation) - set("id alias description triggers conditions actions mode".split()), set())
                    for trigger in automation["triggers"]:
                        self.assertIn(trigger["trigger"], ("state", "numeric_state", "sun", "time", "homeassistant"))
                        if "entity_id" in trigger:
                            self.known(trigger["entity_id"])
                    self.run_actions(automation["actions"])

    def test_dashboard(self):
        def ids(node):
            if isinstance(node, dict):
                if "entity" in node:
                    yield node["entity"]
                node = list(node.values())
            if isinstance(node, list):
                for one in node:
                    yield from ids(one)

        named = list(ids(self.load("dashboard.yaml")))
        self.assertGreaterEqual(len(named), 5)
        for entity_id in named:
            self.known(entity_id)

    def test_named_in_the_page(self):
        with open(os.path.join(DOCS, "home-assistant.md")) as f:
            page = f.read()
        for name in os.listdir(os.path.join(DOCS, "home-assistant")):
            self.assertIn("home-assistant/%s" % name, page)

    def test_control(self):
        """What is wrong in a file is found."""
        for wrong in ({"action": "light.turn_on", "target": {"entity_id": "light.pi1"}, "data": {"effect": "fier"}},
                      {"action": "light.blink", "target": {"entity_id": "light.pi1"}},
                      {"action": "number.set_value", "target": {"entity_id": "number.pi1_progress"}, "data": {"value": 101}},
                      {"action": "light.turn_on", "target": {"entity_id": "select.glow_scene"}},
                      {"service": "light.turn_on"}):
            with self.assertRaises((AssertionError, KeyError), msg=wrong):
                self.run_actions([wrong])


if __name__ == "__main__":
    glow.main()
