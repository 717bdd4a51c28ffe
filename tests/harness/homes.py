# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What Node-RED, openHAB and ioBroker send and make of our messages, with the files of docs/examples. Of each only what
these files use is here; what it does not know is an error."""

import json
import os
import re
import subprocess

import contract
import examples

FOLDER = os.path.join(contract.DOCS, "examples")


def read(name):
    with open(os.path.join(FOLDER, name)) as f:
        return f.read()


def command(topic, payload):
    return examples.Example("%s %s" % (topic, payload))


# ---- Node-RED ----


class Flow:
    """`latest(topic)` is the latest message of a topic with wildcards, as (topic, payload)."""

    def __init__(self, text, latest):
        self.nodes = {node["id"]: node for node in json.loads(text)}
        self.latest, self.sent = latest, []
        if len(self.nodes) != len(json.loads(text)):
            raise AssertionError("an id comes twice")
        for node in self.nodes.values():
            if "broker" in node and node["type"] != "mqtt-broker" and self.nodes[node["broker"]]["type"] != "mqtt-broker":
                raise AssertionError("%s has no broker" % node["id"])
            for to in (one for wire in node.get("wires", ()) for one in wire):
                if self.nodes[to]["z"] != node["z"]:
                    raise AssertionError("%s is wired to another tab" % node["id"])
        for node in self.nodes.values():
            self.begin(node)

    def begin(self, node):
        if node["type"] == "inject":
            payload = json.loads(node["payload"]) if node["payloadType"] == "json" else node["payload"]
            self.pass_on(node, {"topic": node["topic"], "payload": payload})
        elif node["type"] == "mqtt in":
            topic, payload = self.latest(node["topic"])
            self.pass_on(node, {"topic": topic, "payload": json.loads(payload)})

    def pass_on(self, node, message):
        for to in (one for wire in node["wires"] for one in wire):
            getattr(self, "_" + self.nodes[to]["type"].replace(" ", "_"))(self.nodes[to], dict(message))

    def _debug(self, node, message):
        pass

    def _switch(self, node, message):
        value = message
        for step in node["property"].split("."):
            value = value[step]
        rule, = node["rules"]
        if not isinstance(value, (int, float, type(None))) or rule["t"] != "gte":  # null without a sensor
            raise AssertionError("%s compares %r" % (node["id"], value))
        self.pass_on(node, message)  # as if it were so

    def _change(self, node, message):
        for rule in node["rules"]:
            if rule["t"] == "set":
                message[rule["p"]] = json.loads(rule["to"]) if rule["tot"] == "json" else rule["to"]
            elif rule["t"] == "change":
                message[rule["p"]] = message[rule["p"]].replace(rule["from"], rule["to"])
        self.pass_on(node, message)

    def _mqtt_out(self, node, message):
        if node["retain"] != "false":
            raise AssertionError("%s may retain a command" % node["id"])
        payload = message["payload"]
        self.sent.append(command(node["topic"] or message["topic"], payload if isinstance(payload, str) else json.dumps(payload)))


# ---- openHAB ----

CHANNEL = re.compile(r'^\s*Type (\w+) : (\w+) "[^"]*" \[ (.*) \]$')
SETTING = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([\w.-]+))(?:, |$)')
THING = re.compile(r"^\s*(?:Bridge mqtt:broker:|Thing topic )(\w+) ")


def channels(text):
    """{UID: (type, its settings)} of a .things file."""
    path, found = [], {}
    for line in text.splitlines():
        thing, channel = THING.match(line), CHANNEL.match(line)
        if thing:
            path = path[:1] + [thing[1]]
        elif channel:
            rest = SETTING.sub("", channel[3])
            if rest:
                raise AssertionError("no setting: %s" % rest)
            settings = {name: re.sub(r"\\(.)", r"\1", text) if text else plain for name, text, plain in SETTING.findall(channel[3])}
            found["mqtt:topic:%s:%s" % (":".join(path), channel[2])] = (channel[1], settings)
        elif "Type" in line:
            raise AssertionError("no channel: %s" % line)
    return found


def of_openhab(kind, settings):
    """What it sends for some values of an item."""
    values = {"switch": [("ON",), ("OFF",)], "dimmer": [("0",), ("127.5",), ("255",)], "color": [(255, 120, 0)],
              "number": [("0",), ("2",)], "string": [(word,) for word in settings.get("allowedStates", "fire").split(",")]}[kind]
    for value in values:
        payload = re.sub(r"%(?:(\d)\$)?[sd]", lambda m, v=value: str(v[int(m[1] or 1) - 1]), settings.get("formatBeforePublish", "%s"))
        yield command(settings["commandTopic"], payload)


def transformed(pattern, payload):
    service, _, what = pattern.partition(":")
    if service == "JSONPATH":
        value = json.loads(payload)
        for step in what.removeprefix("$.").split("."):
            value = value[step]
        return str(value)
    _, expression, to, _ = re.split(r"(?<!\\)/", what)
    match = re.fullmatch(expression, payload)
    return re.sub(r"\$(\d)", lambda m: match[int(m[1])], to)


def is_a_state(kind, settings, text):
    """Whether a channel of this type can make something of it."""
    if kind == "string":
        return text in settings["allowedStates"].split(",")
    if kind == "dimmer":
        return float(settings["min"]) <= float(text) <= float(settings["max"])
    form = {"switch": r"ON|OFF", "color": r"\d{1,3},\d{1,3},\d{1,3}", "number": r"-?[\d.]+|None"}[kind]
    return bool(re.fullmatch(form, text))


# ---- ioBroker ----

STANDS_IN = r"""
const [file, state] = process.argv.slice(1), points = {}, handlers = [], sent = [], set = {};
Object.assign(globalThis, {
    createState(id, common) { points['javascript.0.' + id] = common; },
    on(what, handler) { handlers.push([what, handler]); },
    setState(id, value, ack) { if (!points[id] || !ack) throw new Error(id + ' is not ours'); set[id] = value; },
    sendTo(to, action, message) { sent.push({ to, action, ...message }); },
});
(0, eval)(require('fs').readFileSync(file, 'utf8'));
const words = { rgb: '#ff8800', preset: 'evening', message: 'hello' };
const values = { boolean: [true, false], number: [0, 40] };
for (const [what, handler] of handlers)
    for (const val of points[what.id] ? values[points[what.id].type] || [words[what.id.split('.').pop()] || 'fire'] : [state])
        handler({ state: { val } });
console.log(JSON.stringify({ sent, set }));
"""


def of_iobroker(name, state):
    """What the script sends when each of its data points is set, and what it sets for such a state of a node."""
    ran = subprocess.run(["node", "-e", STANDS_IN, os.path.join(FOLDER, name), state], stdout=subprocess.PIPE, check=True, timeout=60)
    done = json.loads(ran.stdout)
    for message in done["sent"]:
        if (message["to"], message["action"], message["retain"]) != ("mqtt.0", "sendMessage2Client", False):
            raise AssertionError(message)
    return [command(m["topic"], m["message"]) for m in done["sent"]], done["set"]
