# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What Home Assistant takes as the announcement of a device: the keys that its documentation of MQTT discovery and
of the platforms light (JSON schema), button, number, select, switch, text, notify, event, sensor and binary sensor lists, which of them it requires,
and what kind of value each has (https://www.home-assistant.io/integrations/mqtt/ and its pages of the platforms).

Home Assistant passes over keys that it does not know; here they are errors, since one of them would be a typing error
of ours. Only what is meant for the platforms that we use is here, without the abbreviated names."""

import re

import jinja2
import voluptuous as v

TEXT = v.All(str, v.Length(min=1))


def topic(value):
    """One that can be published to: no wildcard, no empty level at its ends, at most 65535 bytes."""
    if not isinstance(value, str) or not 0 < len(value.encode()) <= 65535 or re.search(r"[+#\0]", value):
        raise v.Invalid("no topic: %r" % (value,))
    return value


def template(value):
    """Text that Jinja reads, with at least one expression."""
    if not isinstance(value, str) or "{{" not in value:
        raise v.Invalid("no template: %r" % (value,))
    try:
        jinja2.Environment().parse(value)
    except jinja2.TemplateSyntaxError as e:
        raise v.Invalid("%s: %r" % (e, value))
    return value


def flag(value):
    if not isinstance(value, bool):
        raise v.Invalid("neither true nor false: %r" % (value,))
    return value


def number(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise v.Invalid("no number: %r" % (value,))
    return value


def whole(value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise v.Invalid("no whole number: %r" % (value,))
    return value


def one_of(words):
    return v.In(words.split())


AVAILABILITY = {
    v.Exclusive("availability_topic", "availability"): topic,
    v.Exclusive("availability", "availability"): v.All([{
        v.Required("topic"): topic, v.Optional("payload_available"): TEXT, v.Optional("payload_not_available"): TEXT,
        v.Optional("value_template"): template}], v.Length(min=1)),
    v.Optional("availability_mode"): one_of("all any latest"),
    v.Optional("availability_template"): template,
    v.Optional("payload_available"): TEXT,
    v.Optional("payload_not_available"): TEXT,
}

# What the root of the message may give to all components at once.
SHARED = {**AVAILABILITY, v.Optional("command_topic"): topic, v.Optional("state_topic"): topic,
          v.Optional("qos"): v.In((0, 1, 2)), v.Optional("encoding"): str}

ENTITY = {
    **AVAILABILITY,
    v.Required("platform"): TEXT,
    v.Required("unique_id"): TEXT,
    v.Optional("name"): v.Any(None, TEXT),
    v.Optional("default_entity_id"): TEXT,
    v.Optional("object_id"): TEXT,
    v.Optional("icon"): v.Match(r"^mdi:[a-z0-9-]+$"),
    v.Optional("entity_picture"): TEXT,
    v.Optional("entity_category"): one_of("config diagnostic"),
    v.Optional("enabled_by_default"): flag,
    v.Optional("json_attributes_topic"): topic,
    v.Optional("json_attributes_template"): template,
    v.Optional("qos"): v.In((0, 1, 2)),
    v.Optional("encoding"): str,
}

READ_ONLY = {v.Optional("entity_category"): one_of("diagnostic")}  # there is nothing to configure


def color_modes(modes):
    """`onoff` and `brightness` stand alone."""
    if len(set(modes)) != len(modes) or (len(modes) > 1 and {"onoff", "brightness"} & set(modes)):
        raise v.Invalid("these do not go together: %s" % modes)
    return modes


LIGHT = {
    **ENTITY,
    v.Required("schema"): "json",
    v.Required("command_topic"): topic,
    v.Optional("state_topic"): topic,
    v.Optional("optimistic"): flag,
    v.Optional("retain"): flag,
    v.Optional("brightness"): flag,
    v.Optional("brightness_scale"): v.All(whole, v.Range(min=1)),
    v.Optional("color_temp_kelvin"): flag,
    v.Optional("effect"): flag,
    v.Optional("effect_list"): v.All([TEXT], v.Length(min=1), v.Unique()),
    v.Optional("flash"): flag,
    v.Optional("flash_time_long"): whole,
    v.Optional("flash_time_short"): whole,
    v.Optional("transition"): flag,
    v.Optional("max_kelvin"): whole,
    v.Optional("min_kelvin"): whole,
    v.Optional("max_mireds"): whole,
    v.Optional("min_mireds"): whole,
    v.Optional("white_scale"): v.All(whole, v.Range(min=1)),
    v.Optional("supported_color_modes"): v.All([one_of("onoff brightness color_temp hs xy rgb rgbw rgbww white")],
                                               v.Length(min=1), color_modes),
}

BUTTON = {
    **ENTITY,
    v.Required("command_topic"): topic,
    v.Optional("command_template"): template,
    v.Optional("payload_press"): TEXT,
    v.Optional("retain"): flag,
    v.Optional("device_class"): one_of("identify restart update"),
}

# Classes of measurements that a number or a sensor of ours could have, and their units.
UNITS = {"temperature": "°C °F K", "humidity": "%", "battery": "%", "frequency": "Hz kHz MHz GHz",
         "current": "A mA µA", "voltage": "V mV µV kV MV", "power": "mW W kW MW GW TW",
         "duration": "d h min s ms µs", "signal_strength": "dB dBm", "data_size": "B kB MB GB",
         "data_rate": "bit/s kbit/s Mbit/s B/s kB/s MB/s"}

MEASURED = {v.Optional("device_class"): v.Any(None, v.In(UNITS)), v.Optional("unit_of_measurement"): v.Any(None, TEXT),
            v.Optional("value_template"): template}


def unit_of_its_class(part):
    units = UNITS.get(part.get("device_class"))
    if units and part.get("unit_of_measurement") not in units.split():
        raise v.Invalid("%(device_class)s is not measured in %(unit_of_measurement)s" % part)
    return part


def room_between(part):
    if part.get("min", 1) >= part.get("max", 100):
        raise v.Invalid("min is not below max")
    return part


NUMBER = v.All(v.Schema({
    **ENTITY, **MEASURED,
    v.Required("command_topic"): topic,
    v.Optional("command_template"): template,
    v.Optional("state_topic"): topic,
    v.Optional("optimistic"): flag,
    v.Optional("retain"): flag,
    v.Optional("min"): number,
    v.Optional("max"): number,
    v.Optional("step"): v.All(number, v.Range(min=0.001)),
    v.Optional("mode"): one_of("auto box slider"),
    v.Optional("payload_reset"): TEXT,
}), unit_of_its_class, room_between)

SENSOR = v.All(v.Schema({
    **ENTITY, **MEASURED, **READ_ONLY,
    v.Required("state_topic"): topic,
    v.Optional("state_class"): one_of("measurement measurement_angle total total_increasing"),
    v.Optional("expire_after"): whole,
    v.Optional("force_update"): flag,
    v.Optional("last_reset_value_template"): template,
    v.Optional("options"): [TEXT],
    v.Optional("suggested_display_precision"): whole,
}), unit_of_its_class)

SELECT = {
    **ENTITY,
    v.Required("command_topic"): topic,
    v.Required("options"): v.All([TEXT], v.Length(min=1), v.Unique()),
    v.Optional("command_template"): template,
    v.Optional("state_topic"): topic,
    v.Optional("value_template"): template,
    v.Optional("optimistic"): flag,
    v.Optional("retain"): flag,
}

SWITCH = {
    **ENTITY,
    v.Required("command_topic"): topic,
    v.Optional("state_topic"): topic,
    v.Optional("value_template"): template,
    v.Optional("optimistic"): flag,
    v.Optional("retain"): flag,
    v.Optional("device_class"): one_of("outlet switch"),
    **{v.Optional(key): TEXT for key in "payload_on payload_off state_on state_off".split()},
}

TEXT_ENTITY = {
    **ENTITY,
    v.Required("command_topic"): topic,
    v.Optional("command_template"): template,
    v.Optional("state_topic"): topic,
    v.Optional("value_template"): template,
    v.Optional("retain"): flag,
    v.Optional("min"): v.All(whole, v.Range(max=255)),
    v.Optional("max"): v.All(whole, v.Range(max=255)),
    v.Optional("pattern"): v.All(TEXT, re.compile),
    v.Optional("mode"): one_of("text password"),
}

NOTIFY = {
    **ENTITY,
    v.Required("command_topic"): topic,
    v.Optional("command_template"): template,
    v.Optional("retain"): flag,
}

EVENT = {
    **ENTITY,
    v.Required("state_topic"): topic,
    v.Required("event_types"): v.All([TEXT], v.Length(min=1), v.Unique()),
    v.Optional("value_template"): template,
    v.Optional("device_class"): one_of("button doorbell motion"),
}

BINARY_SENSOR = {
    **ENTITY, **READ_ONLY,
    v.Required("state_topic"): topic,
    v.Optional("value_template"): template,
    v.Optional("payload_on"): TEXT,
    v.Optional("payload_off"): TEXT,
    v.Optional("expire_after"): whole,
    v.Optional("force_update"): flag,
    v.Optional("off_delay"): whole,
    v.Optional("device_class"): one_of(
        "battery battery_charging carbon_monoxide cold connectivity door garage_door gas heat light lock moisture "
        "motion moving occupancy opening plug power presence problem running safety smoke sound tamper update "
        "vibration window"),
}

PLATFORMS = {"light": v.Schema(LIGHT), "button": v.Schema(BUTTON), "number": v.Schema(NUMBER),
             "select": v.Schema(SELECT), "switch": v.Schema(SWITCH), "text": v.Schema(TEXT_ENTITY),
             "notify": v.Schema(NOTIFY), "event": v.Schema(EVENT), "sensor": v.Schema(SENSOR),
             "binary_sensor": v.Schema(BINARY_SENSOR)}
KEYS = {"light": LIGHT, "button": BUTTON, "select": SELECT, "switch": SWITCH, "text": TEXT_ENTITY, "notify": NOTIFY,
        "event": EVENT, "binary_sensor": BINARY_SENSOR, "number": NUMBER.validators[0].schema,
        "sensor": SENSOR.validators[0].schema}
SHARED_KEYS = "availability availability_mode availability_topic availability_template command_topic state_topic qos encoding"


def component(part):
    if not isinstance(part, dict) or part.get("platform") not in PLATFORMS:
        raise v.Invalid("no platform of ours: %r" % (part,))
    return PLATFORMS[part["platform"]](part)


def inherit(device):
    """Each component with what it has of the root, as Home Assistant gives it: whatever it lacks, and its platform knows."""
    return {key: {**{name: device[name] for name in SHARED_KEYS.split()
                     if name in device and (name.startswith("availability") or name in KEYS[part["platform"]])}, **part}
            for key, part in device["components"].items()}


def removed(part):
    """A component of which nothing is left but its platform is taken away."""
    return list(part) == ["platform"] and part["platform"] in PLATFORMS


def whole_device(device):
    """The message as it was sent, and what becomes of each component."""
    for part in ROOT(device)["components"].values():
        if not isinstance(part, dict) or part.get("platform") not in PLATFORMS:
            raise v.Invalid("no platform of ours: %r" % (part,))
    parts = {key: component(part) for key, part in inherit(device).items() if not removed(device["components"][key])}
    each_its_own(parts)
    return device


def each_its_own(parts):
    ids = [part["unique_id"] for part in parts.values()]
    if len(set(ids)) != len(ids):
        raise v.Invalid("two have the same unique_id: %s" % ids)
    return parts


def identified(device):
    if not device.get("identifiers") and not device.get("connections"):
        raise v.Invalid("neither identifiers nor connections")
    return device


ROOT = v.Schema({
    v.Required("device"): v.All(v.Schema({
        v.Optional("identifiers"): v.Any(TEXT, [TEXT]),
        v.Optional("connections"): [v.ExactSequence([TEXT, TEXT])],
        **{v.Optional(key): TEXT for key in
           "name manufacturer model model_id sw_version hw_version serial_number suggested_area via_device".split()},
        v.Optional("configuration_url"): v.Match(r"^(https?|homeassistant)://"),
    }), identified),
    v.Required("origin"): {v.Required("name"): TEXT, v.Optional("sw_version"): TEXT,
                           v.Optional("support_url"): v.Match(r"^https?://")},
    v.Required("components"): v.All({v.Match(r"^[a-zA-Z0-9_-]+$"): v.Any(dict, object)}, v.Length(min=1)),
    **SHARED,
})

DEVICE = v.Schema(whole_device)
