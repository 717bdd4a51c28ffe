# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""docs/asyncapi.yaml and its schemas: which messages there are, and what is wrong with one."""

import copy
import functools
import json
import os
import re

import jsonschema
import yaml

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs")
DEPTH_MAX = 8
COMMAND_MAX, PRESET_MAX, SIZE_MAX = 8192, 131072, 262144


# What no schema can know: which effects, colours, LEDs, nodes and presets there are, and what goes on at the moment.
NAMES = {"unknown_effect", "unknown_param", "unknown_led", "unknown_color", "unknown_target", "unknown_preset",
         "unknown_schedule", "bad_effect"}
MOMENTS = {"busy", "retained"}
MOMENT_FIELDS = ("at_us", "until_us", "name", "params", "pixels")
MOMENT_WORDS = ("no scene", "there is nothing to undo", "nobody knows where the sun rises")


def beyond_schemas(payload, answer):
    """Whether a schema may take what was refused so. Which words go together depends on what is an effect's name."""
    words = not payload.lstrip().startswith(("{", "["))
    return answer["code"] in NAMES | MOMENTS or answer["field"].startswith(MOMENT_FIELDS) or \
        answer["message"].startswith(MOMENT_WORDS) or (words and answer["code"] == "conflict")


def in_python(node):
    """A schema whose patterns mean in Python what they mean in ECMAScript, where $ is the very end."""
    if isinstance(node, list):
        return [in_python(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: value.replace("$", r"\Z") if key == "pattern" and isinstance(value, str) else in_python(value)
            for key, value in node.items()}


def pairs(items):
    names = [name for name, _ in items]
    if len(set(names)) != len(names):
        raise ValueError("a name twice in one object")
    return dict(items)


def no_constant(word):
    raise ValueError("%s is no JSON" % word)


def depth(value):
    """Of brackets; an error where a string has a NUL."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError("a NUL")
    if not isinstance(value, (dict, list)):
        return 0
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    return 1 + max(map(depth, inner), default=0)


def read_json(text):
    """As strictly as our programs do: text without a NUL."""
    value = json.loads(text, object_pairs_hook=pairs, parse_constant=no_constant)
    if depth(value) > DEPTH_MAX:
        raise ValueError("nested deeper than %d" % DEPTH_MAX)
    return value


def text_of(payload):
    text = payload.decode()
    if "\0" in text:
        raise ValueError("a NUL")
    return text


READERS = {  # a payload of this content type, as a schema sees it
    "application/json": lambda payload: read_json(text_of(payload).lstrip("\ufeff \t\r\n")),
    "text/plain": text_of,
    "application/octet-stream": lambda payload: payload.decode("latin-1"),
}


def at_most(_, limit, value, __):
    if isinstance(value, str) and len(value.encode(errors="surrogatepass")) > limit:
        yield jsonschema.ValidationError("%r has more than %d bytes" % (value[:80], limit))


Validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"maxLength": at_most})


class Contract:
    def __init__(self, doc=None):
        with open(os.path.join(DOCS, "asyncapi.yaml")) as f:
            self.doc = doc or yaml.safe_load(f)
        with open(os.path.join(DOCS, "schema", "glow.schema.json")) as f:
            self.definitions = in_python(json.load(f)["definitions"])
        self.channels = {name: c for name, c in self.doc["channels"].items() if c["address"]}

    def resolve(self, ref):
        """What a reference within the document means."""
        node = self.doc
        for step in ref.removeprefix("#/").split("/"):
            node = node[step]
        return node

    @functools.lru_cache(maxsize=None)
    def validator(self, name):
        schema = {"$ref": "#/definitions/" + name, "definitions": self.definitions}
        return Validator(schema)

    def definition_errors(self, name, value):
        return [e.message for e in self.validator(name).iter_errors(value)]

    @functools.lru_cache(maxsize=None)
    def patterns(self, prefix, discovery):
        """Regular expressions of the channels' topics, the longest first, which are the most particular."""
        found = []
        for name, channel in self.channels.items():
            parts = re.split(r"(\{\w+\})", channel["address"])
            known = {"{prefix}": re.escape(prefix), "{discovery}": re.escape(discovery)}
            found.append((len(parts), re.compile("".join(
                known.get(p, "[^/]+" if p.startswith("{") else re.escape(p)) for p in parts)), name))
        return [(pattern, name) for _, pattern, name in sorted(found, key=lambda f: f[0])]

    def channel_of(self, topic, prefix="glow", discovery="homeassistant"):
        """The name of its channel, or None."""
        return next((name for pattern, name in self.patterns(prefix, discovery) if pattern.fullmatch(topic)), None)

    def messages(self, channel):
        """Its messages: {name: (content type, name of the definition)}."""
        named = {}
        for name, ref in self.doc["channels"][channel]["messages"].items():
            message = self.resolve(ref["$ref"])
            named[name] = (message.get("contentType", self.doc["defaultContentType"]),
                           message["payload"]["$ref"].rsplit("/", 1)[1])
        return named

    def commands(self):
        """The channels that people publish to."""
        return [op["channel"]["$ref"].rsplit("/", 1)[1] for op in self.doc["operations"].values()
                if op["action"] == "receive" and op.get("reply", {}).get("address")]

    def size_max(self, channel):
        if channel in ("preset", "presetSet"):
            return PRESET_MAX
        return COMMAND_MAX if channel in self.commands() and channel != "effectTextSet" else SIZE_MAX

    def errors(self, channel, payload):
        """What is wrong with these bytes there: nothing (an empty list), or of each kind of message why it is none."""
        if len(payload) > self.size_max(channel):
            return ["it has %d bytes" % len(payload)]
        wrong = []
        for name, (kind, definition) in self.messages(channel).items():
            begins_json = payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
            if begins_json != (kind == "application/json") and kind != "application/octet-stream":
                continue
            try:
                found = self.definition_errors(definition, READERS[kind](payload))
            except (ValueError, RecursionError) as e:
                found = [str(e)]
            if not found:
                return []
            wrong += ["%s: %s" % (name, message) for message in found]
        return wrong or ["nothing of this form is said there"]

    def spoilt(self):
        """A copy of its document, to be spoilt."""
        return copy.deepcopy(self.doc)
