# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What Home Assistant makes of our announcements, for tests: its entities by the ids that it gives them, their states and
availability by their templates, and what it publishes when one of its actions is called. Only what our entities use is
here, after its documentation of these platforms."""

import functools
import json
import re
import types
import unicodedata

import jinja2.sandbox

import discovery
import glow

FLASH_S = {"short": 2, "long": 10}
JINJA = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)


@functools.lru_cache(maxsize=None)
def compiled(template):
    return JINJA.from_string(template)


def render(template, **variables):
    return compiled(template).render(**variables)


def slug(text):
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def evaluate(template, message):
    """Of a message that came, as text; without a template it is the message."""
    text = message.payload.decode()
    if template is None:
        return text
    try:
        return render(template, value=text, value_json=json.loads(text))
    except json.JSONDecodeError:
        return render(template, value=text)


def message_of(value):
    return types.SimpleNamespace(payload=json.dumps(value).encode())


class Entity:
    def __init__(self, home, device, part):
        self.home, self.config, self.platform = home, part, part["platform"]
        name = part.get("name")
        self.id = "%s.%s" % (self.platform, slug(device["name"] + (" " + name if name else "")))
        self.enabled = part.get("enabled_by_default", True)

    def _last(self, topic):
        return self.home.watch.last(topic)

    def available(self):
        said = [(self._last(one["topic"]), one.get("value_template")) for one in self.config.get("availability", [])]
        return all(m is not None and evaluate(template, m) == "online" for m, template in said)

    def would_be_available(self, state):
        """By a message at its state's topic."""
        return all(evaluate(one.get("value_template"), message_of(state)) == "online"
                   for one in self.config["availability"] if one["topic"] == self.config["state_topic"])

    def would_be(self, state):
        return self._state(message_of(state))

    def state(self):
        """Its state as text, None for one that is not known; an error for what Home Assistant would complain of."""
        message = self._last(self.config["state_topic"])
        return None if message is None else self._state(message)

    def _state(self, message):
        if self.platform == "light":
            return json.loads(message.payload)
        value = evaluate(self.config.get("value_template"), message).strip()
        return None if value.lower() == "none" else getattr(self, "_" + self.platform)(value)

    def _number(self, value):
        if not self.config["min"] <= float(value) <= self.config["max"]:
            raise AssertionError("%s is %s, which is out of its range" % (self.id, value))
        return float(value)

    def _select(self, value):
        if value not in self.config["options"]:
            raise AssertionError("%s is %s, which is none of its options" % (self.id, value))
        return value

    def _switch(self, value):
        return {self.config["state_on"]: True, self.config["state_off"]: False}[value]

    def _text(self, value):
        return value

    def _sensor(self, value):
        return float(value) if "unit_of_measurement" in self.config or "state_class" in self.config else value

    def _binary_sensor(self, value):
        return {"ON": True, "OFF": False}[value]

    def _event(self, value):
        event = json.loads(value)
        if event["event_type"] not in self.config["event_types"]:
            raise AssertionError("%s: no such type: %s" % (self.id, event))
        return event

    def attributes(self):
        message = self._last(self.config["json_attributes_topic"])
        attributes = json.loads(evaluate(self.config.get("json_attributes_template"), message))
        if not isinstance(attributes, dict):
            raise AssertionError("%s: attributes are an object" % self.id)
        return attributes

    def publish(self, payload, template=None):
        if template in self.config:
            payload = render(self.config[template], value=payload)
        self.home.publish(self.config["command_topic"], payload if isinstance(payload, str) else json.dumps(payload))


def light_turn_on(light, brightness=None, brightness_pct=None, rgb_color=None, color_name=None, effect=None,
                  transition=None, flash=None):
    said = {"state": "ON"}
    if brightness_pct is not None:
        brightness = round(brightness_pct * 255 / 100)
    if color_name is not None:
        rgb_color = {"red": (255, 0, 0), "green": (0, 128, 0), "orange": (255, 165, 0), "blue": (0, 0, 255)}[color_name]
    if effect is not None and effect not in light.config["effect_list"]:
        raise AssertionError("%s does not have the effect %s" % (light.id, effect))
    if rgb_color is not None:
        said["color"] = dict(zip("rgb", rgb_color))
    if flash is not None:
        said["flash"] = FLASH_S[flash]
    for key, value in (("brightness", brightness), ("effect", effect), ("transition", transition)):
        if value is not None:
            said[key] = value
    light.publish(said)


def light_turn_off(light, transition=None):
    light.publish({"state": "OFF"} if transition is None else {"state": "OFF", "transition": transition})


def number_set_value(number, value):
    if not number.config["min"] <= value <= number.config["max"]:
        raise AssertionError("%s is out of the range of %s" % (value, number.id))
    number.publish(value, "command_template")


def select_select_option(select, option):
    if option not in select.config["options"]:
        raise AssertionError("%s does not have the option %s" % (select.id, option))
    select.publish(option, "command_template")


def switch_turn_on(switch):
    switch.publish(switch.config["payload_on"])


def switch_turn_off(switch):
    switch.publish(switch.config["payload_off"])


def button_press(button):
    button.publish(button.config["payload_press"])


def text_set_value(text, value):
    if len(value) > text.config["max"] or not re.match(text.config["pattern"], value):
        raise AssertionError("%s does not take %r" % (text.id, value))
    text.publish(value, "command_template")


def notify_send_message(notify, message):
    notify.publish(message, "command_template")


ACTIONS = {"light.turn_on": light_turn_on, "light.turn_off": light_turn_off, "number.set_value": number_set_value,
           "select.select_option": select_select_option, "switch.turn_on": switch_turn_on,
           "switch.turn_off": switch_turn_off, "button.press": button_press, "text.set_value": text_set_value,
           "notify.send_message": notify_send_message}


class HomeAssistant:
    """`watch` hears all topics; what is published goes through `client` (mqtt.py)."""

    def __init__(self, client, watch, prefix="homeassistant"):
        self.client, self.watch, self.prefix = client, watch, prefix
        self.checked = {}  # topic -> announcement, the device and its entities

    def publish(self, topic, payload, retain=False):
        reason = self.client.publish(topic, payload, retain=retain)
        if reason >= 0x80:
            raise AssertionError("%s was refused with %#x" % (topic, reason))

    def devices(self):
        """The latest announcement of each device, checked."""
        self._check()
        return {topic: device for topic, (_, device, _) in self.checked.items()}

    def entities(self):
        self._check()
        found = [entity for _, _, entities in self.checked.values() for entity in entities]
        by_id = {entity.id: entity for entity in found}
        if len(by_id) < len(found):
            raise AssertionError("two are called alike: %s" % sorted(entity.id for entity in found))
        return by_id

    def _check(self):
        latest = {m.topic: m.payload for m in self.watch.look() if m.topic.startswith(self.prefix + "/device/")}
        for topic, payload in latest.items():
            if not payload:
                self.checked.pop(topic, None)
            elif self.checked.get(topic, (None,))[0] != payload:
                device = discovery.DEVICE(json.loads(payload))
                parts = discovery.inherit(device)
                self.checked[topic] = (payload, device, [Entity(self, device["device"], part) for key, part in parts.items()
                                                         if not discovery.removed(device["components"][key])])

    def entity(self, entity_id):
        return glow.wait_until("there is no %s" % entity_id, lambda: self.entities().get(entity_id))

    def call(self, action, entity_id=None, **data):
        """An action of Home Assistant on one entity; `mqtt.publish` names none."""
        if action == "mqtt.publish":
            self.publish(data["topic"], data["payload"], data.get("retain", False))
            return
        entity = self.entity(entity_id)
        if entity.platform != action.split(".")[0]:
            raise AssertionError("%s is nothing for %s" % (entity_id, action))
        if not entity.available():
            raise AssertionError("%s is not available" % entity_id)
        ACTIONS[action](entity, **data)
