#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""docs/asyncapi.yaml and its schemas against the document for people and against our programs: what they take the
programs take, and what they refuse the programs refuse. What the programs say is looked at by test_captured.py."""

import copy
import json
import os
import re
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import examples
import glow

try:
    import contract
    import homes
except ImportError as e:
    print("SKIPPED: not installed: python3-%s" % e.name)
    sys.exit(glow.SKIPPED)

HERE = os.path.dirname(os.path.abspath(__file__))
CONTRACT = contract.Contract()

# What of AsyncAPI 3.1 we use. Names that it does not know would be typing errors of ours.
REF = {"type": "object", "properties": {"$ref": {"type": "string"}}, "required": ["$ref"], "additionalProperties": False}
REFS = {"type": "object", "minProperties": 1, "additionalProperties": REF}
TEXTS = {"type": "object", "additionalProperties": {
    "type": "object", "properties": {"default": {"type": "string"}, "description": {"type": "string"}},
    "additionalProperties": False}}
FORM = {
    "type": "object",
    "properties": {
        "asyncapi": {"const": "3.1.0"},
        "info": {"type": "object", "required": ["title", "version"]},
        "defaultContentType": {"type": "string"},
        "channels": {"type": "object", "additionalProperties": {
            "type": "object",
            "properties": {"address": {"type": ["string", "null"]}, "parameters": TEXTS, "messages": REFS,
                           "description": {"type": "string"}},
            "required": ["address", "messages"], "additionalProperties": False}},
        "operations": {"type": "object", "additionalProperties": {
            "type": "object",
            "properties": {
                "action": {"enum": ["send", "receive"]}, "channel": REF, "messages": {"type": "array", "items": REF},
                "bindings": {"type": "object", "properties": {"mqtt": {
                    "type": "object",
                    "properties": {"qos": {"enum": [0, 1, 2]}, "retain": {"type": "boolean"}, "bindingVersion": {"const": "0.2.0"}},
                    "required": ["bindingVersion"], "additionalProperties": False}},
                    "required": ["mqtt"], "additionalProperties": False},
                "reply": {"type": "object", "properties": {
                    "address": {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]},
                    "channel": REF}, "required": ["channel"], "additionalProperties": False}},
            "required": ["action", "channel"], "additionalProperties": False}},
        "components": {"type": "object", "properties": {
            "messageTraits": {"type": "object"},
            "messages": {"type": "object", "additionalProperties": {
                "type": "object",
                "properties": {"payload": REF, "summary": {"type": "string"}, "contentType": {"type": "string"},
                               "traits": {"type": "array", "items": REF}},
                "required": ["payload"], "additionalProperties": False}}},
            "required": ["messages"], "additionalProperties": False},
    },
    "required": ["asyncapi", "info", "defaultContentType", "channels", "operations", "components"],
    "additionalProperties": False,
}


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        node = list(node.values())
    for one in node if isinstance(node, list) else ():
        yield from references(one)


def defined_in(named, definitions):
    """These definitions, and those that they use."""
    open_ones, found = list(named), set()
    while open_ones:
        name = open_ones.pop()
        if name not in found and name in definitions:
            found.add(name)
            open_ones += [ref.rsplit("/", 1)[1] for ref in references(definitions[name])]
    return found


def faults(doc, definitions):
    """What is wrong with it."""
    wrong = ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message)
             for e in contract.jsonschema.Draft7Validator(FORM).iter_errors(doc)]
    if wrong:
        return wrong
    its = contract.Contract(doc)
    outside = [r for r in references(doc) if not r.startswith("#/")]
    for ref in set(references(doc)) - set(outside):
        try:
            its.resolve(ref)
        except KeyError:
            wrong.append("nothing is at %s" % ref)
    for ref in outside:
        file, _, name = ref.partition("#/definitions/")
        if file != "schema/glow.schema.json" or name not in definitions:
            wrong.append("nothing is at %s" % ref)
    for name in set(definitions) - defined_in((r.rsplit("/", 1)[1] for r in outside), definitions):
        wrong.append("no message needs the definition %s" % name)
    for name, channel in its.channels.items():
        if set(re.findall(r"\{(\w+)\}", channel["address"])) != set(channel["parameters"]):
            wrong.append("%s: its parameters are not those of its address" % name)
    acted = {op["channel"]["$ref"].rsplit("/", 1)[1] for op in doc["operations"].values()}
    for name in set(its.channels) - acted:
        wrong.append("nothing is done with the channel %s" % name)
    said = {r for c in doc["channels"].values() for r in references(c["messages"])}
    for name in doc["components"]["messages"]:
        if "#/components/messages/" + name not in said:
            wrong.append("nobody says the message %s" % name)
    return wrong


def document():
    with open(os.path.join(contract.DOCS, "PROTOCOL.md")) as f:
        return f.read()


def topics_of_document(text):
    """The rows of its table: {topic with + for what varies: (who publishes it, retained and QoS)}."""
    table = text.split("## Topics", 1)[1].split("\n\n", 2)[1]
    rows = [[cell.strip() for cell in row.split("|")[1:4]] for row in table.splitlines()[2:]]
    found = {}
    for topics, who, how in rows:
        topics, who = re.findall(r"`([^`]+)`", topics), who.split("; ")
        for k, topic in enumerate(topics):
            topic = re.sub(r"<P>-(cluster|<id>)|<\w+>", "+", topic)
            found[topic] = (who[k if len(who) == len(topics) else 0], how)
    return found


def topics_of_contract(its):
    found = {}
    for operation in its.doc["operations"].values():
        channel = its.resolve(operation["channel"]["$ref"])
        topic = channel["address"].replace("{prefix}", "P").replace("{discovery}", "homeassistant")
        how = operation.get("bindings", {}).get("mqtt", {})
        kept = {True: "yes, ", False: "no, ", None: ""}[how.get("retain")]
        found.setdefault(re.sub(r"\{\w+\}", "+", topic), (operation["action"], kept + str(how.get("qos", "any"))))
    return found


def topics_of_programs():
    """The table by which they take topics apart."""
    with open(os.path.join(HERE, "../../bridge/proto/topics.c")) as f:
        return {"P/" + topic for topic in re.findall(r'\{ "([^"]+)", GLOW_TOPIC_', f.read())}


class Document(unittest.TestCase):
    # promise: schema
    def test_form(self):
        self.assertEqual(faults(CONTRACT.doc, CONTRACT.definitions), [])
        contract.jsonschema.Draft7Validator.check_schema({"definitions": CONTRACT.definitions})

    def test_form_control(self):
        def spoil(change):
            doc = CONTRACT.spoilt()
            change(doc)
            return " ".join(faults(doc, CONTRACT.definitions))

        self.assertIn("'hear' is not one of", spoil(lambda d: d["operations"]["sayState"].update(action="hear")))
        self.assertIn("'adress' was unexpected", spoil(lambda d: d["channels"]["state"].update(adress="x")))
        self.assertIn("nothing is done with the channel state", spoil(lambda d: d["operations"].pop("sayState")))
        self.assertIn("nothing is at #/components/messages/state", spoil(lambda d: d["components"]["messages"].pop("state")))
        self.assertIn("its parameters", spoil(lambda d: d["channels"]["state"]["parameters"].pop("node")))
        self.assertIn("nobody says the message ask", spoil(lambda d: d["channels"]["nodeSet"]["messages"].pop("ask")))
        self.assertIn("needs the definition beacon",
                      spoil(lambda d: d["components"]["messages"]["beacon"].update(d["components"]["messages"]["dim"])))

    # promise: schema
    def test_topics(self):
        """Both documents and the programs have the same topics, and the documents have them kept and sent alike."""
        people, contracted = topics_of_document(document()), topics_of_contract(CONTRACT)
        self.assertEqual(set(people), set(contracted))
        self.assertEqual({topic for topic in people if topic.startswith("P/")}, topics_of_programs())
        for topic, (who, how) in people.items():
            action, kept = contracted[topic]
            self.assertEqual(kept, how, topic)
            self.assertEqual(action, "receive" if who.startswith(("you", "Home Assistant")) else "send", topic)

    def test_topics_control(self):
        broken = document().replace("| `P/undo` |", "| `P/redo` |")
        self.assertEqual(set(topics_of_document(broken)) ^ set(topics_of_contract(CONTRACT)), {"P/undo", "P/redo"})


class Said(unittest.TestCase):
    """Each file of the fuzzer's corpus that is the text of one message; and each of them spoilt."""

    CHANNELS = {"play": "play", "playlist": "play", "stop": "stop", "dim": "dim", "current": "scenes", "roster": "roster",
                "apply": "allApply", "info": "conductor", "beacon": "beacon"}

    def corpus(self, name):
        with open(os.path.join(HERE, "../fuzz/corpus/scene", name)) as f:
            return json.load(f)

    def errors(self, channel, value):
        return CONTRACT.errors(channel, json.dumps(value).encode())

    def test_messages(self):
        for name, channel in self.CHANNELS.items():
            self.assertEqual(self.errors(channel, self.corpus(name)), [], name)

    def test_spoilt(self):
        for name, channel in self.CHANNELS.items():
            _, definition = next(iter(CONTRACT.messages(channel).values()))
            for member in CONTRACT.definitions[definition].get("required", []):
                broken = self.corpus(name)
                del broken[member]
                self.assertNotEqual(self.errors(channel, broken), [], (name, member))
        for channel in ("roster", "allApply", "beacon", "dim"):
            self.assertNotEqual(self.errors(channel, self.corpus("current")), [], channel)

    def test_bytes(self):
        for channel, size in (("timeRequest", 24), ("timeReply", 48), ("adoptReply", 64)):
            good = b"\1" + bytes(range(10, 10 + size - 1)) if channel != "adoptReply" else b"\1" + bytes(size - 1)
            self.assertEqual(CONTRACT.errors(channel, good), [])
            for bad in (good[:-1], good + b"\0", b"\2" + good[1:], b""):
                self.assertNotEqual(CONTRACT.errors(channel, bad), [], (channel, bad))


# What is said there may be sent back, at this topic.
SENT_BACK = {"state": "glow/node/pi1/set", "preset": "glow/preset/evening/set", "schedule": "glow/schedule/wake/set",
             "rosterWanted": "glow/roster/set"}

VALUES = (None, True, 0, -1, 0.4, -0.5, 255.5, 1e18, "", "x", "red", "auto", "7: 05", " red", "a-", "é" * 33, "  ", "x\7",
          [], ["a"], {}, {"a": 1}, {"r": 1, "g": 2, "b": 3, "h": 5, "s": 5}, {"h": 1, "s": 2, "r": None}, {"nodes": ["a"]})


def places(value, path=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, one in inner:
        yield path + (key,)
        yield from places(one, path + (key,))


def changed(value, path, to):
    value = copy.deepcopy(value)
    at = value
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = to
    return value


def mutants(originals, each):
    """Copies of them with another value in one place, `each` a place, in turn."""
    found, turn = {}, 0
    for original in originals:
        value = json.loads(original.payload)
        for path in places(value):
            for _ in range(each):
                turn += 1
                payload = json.dumps(changed(value, path, VALUES[turn % len(VALUES)]), ensure_ascii=False)
                found[original.topic, payload] = examples.Example("%s %s" % (original.topic, payload))
    return list(found.values())


class Programs(glow.Case):
    """A node and a conductor; pi3 is known and not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all = glow.Watch(cls.broker, "#")
        cls.addClassCleanup(cls.all.close)
        node = glow.Bridge(cls.home, cls.broker.uri, "--groups", "shelf", node="pi1")
        cls.addClassCleanup(node.close)
        leader = glow.Conductor(cls.home, cls.broker.uri, "--order", "pi1,pi2,pi3", "--time-zone", "Europe/Berlin",
                                "--place", "52.5,13.4")
        cls.addClassCleanup(leader.close)
        leader.wait_leading()
        cls.all.wait("glow/roster", lambda m: m.json()["nodes"])
        cls.all.wait("glow/group/shelf/state", lambda m: m.json()["nodes"] == 1)
        cls.broker.publish("glow/preset/evening/set", '{"lights":{"pi1":{"color":"red"}}}')
        cls.all.wait("glow/preset/evening")

    def check(self, some):
        """That the programs take what the schemas take, and nothing else. Returns the answers."""
        answers = examples.ask_all(self.broker, some)
        for example, answer in zip(some, answers):
            with self.subTest(example=example):
                wrong = CONTRACT.errors(CONTRACT.channel_of(example.topic), example.payload.encode())
                if answer["status"] == "ok":
                    self.assertEqual(wrong, [], "the programs take it")
                elif not contract.beyond_schemas(example.payload, answer):
                    self.assertNotEqual(wrong, [], answer)
        return answers

    def corpus(self):
        with open(os.path.join(HERE, "contract.txt")) as f:
            return examples.of_list(f.read())

    # promise: schema
    def test_corpus(self):
        corpus = self.corpus()
        for example, answer in zip(corpus, self.check(corpus)):
            with self.subTest(example=example):
                self.assertEqual(answer.get("code", ""), example.code, answer)

    # promise: schema
    def test_mutants(self):
        some = mutants([e for e in self.corpus() if not e.code and e.payload.startswith("{")], 2)
        answers = self.check(some)
        self.assertGreater(len(some), 300)
        self.assertGreater(sum(a["status"] == "ok" for a in answers), 50)
        self.assertGreater(sum(a["status"] != "ok" for a in answers), 100)

    # promise: schema
    def test_examples(self):
        """All of PROTOCOL.md: what is asked there is asked, what was said there is as the contract has it, and where
        what was said is a command as well, it is asked too."""
        found = examples.of_document(document().replace("P/", "glow/"), "glow/")
        commands = set(CONTRACT.commands())
        asked, said = [], []
        for example in found:
            channel = CONTRACT.channel_of(example.topic) or "error"  # an answer, which is the same there
            back = example.at(SENT_BACK[channel]) if channel in SENT_BACK else example
            asked += [back] if CONTRACT.channel_of(back.topic) in commands else []
            said += [(channel, example)] if channel not in commands else []
        for example, answer in zip(asked, self.check(asked)):
            with self.subTest(example=example):
                self.assertEqual(answer.get("code", ""), example.code, answer)
        for channel, example in said:
            with self.subTest(example=example):
                self.assertEqual(CONTRACT.errors(channel, example.payload.encode()), [])
        self.assertEqual(commands - {CONTRACT.channel_of(e.topic) for e in asked}, set(), "no example of these")
        self.assertEqual(set(SENT_BACK) - {channel for channel, _ in said}, set())

    # promise: other-homes
    def test_node_red(self):
        flow = homes.Flow(homes.read("node-red.json"), self.latest)
        refused = [e for e, a in zip(flow.sent, self.take(flow.sent)) if a["status"] != "ok"]
        self.assertEqual([e.payload for e in refused], ['{"brightness": 300}'])  # which is there to be refused

    def test_node_red_control(self):
        text = homes.read("node-red.json")
        self.assertRaises(KeyError, homes.Flow, text.replace('"wires": [["o1"]]', '"wires": [["o77"]]'), self.latest)
        self.assertRaises(AssertionError, homes.Flow, text.replace('"retain": "false"', '"retain": "true"', 1), self.latest)
        self.assertRaises(AttributeError, homes.Flow, text.replace('"type": "debug"', '"type": "debgu"', 1), self.latest)

    # promise: other-homes
    def test_openhab(self):
        channels = homes.channels(homes.read("openhab.things"))
        items = re.findall(r'channel="([^"]+)"', homes.read("openhab.items"))
        self.assertEqual(sorted(items), sorted(channels))
        for uid, (kind, settings) in channels.items():
            if "commandTopic" in settings:
                self.take(homes.of_openhab(kind, settings), True)
            if "stateTopic" in settings:
                text = homes.transformed(settings["transformationPattern"], self.latest(settings["stateTopic"])[1])
                self.assertTrue(homes.is_a_state(kind, settings, text), (uid, text))

    def test_openhab_control(self):
        text = homes.read("openhab.things")
        self.assertRaises(AssertionError, homes.channels, text.replace("Type switch :", "Type switch", 1))
        self.assertRaises(AssertionError, homes.channels, text.replace("min=0,", "min=,", 1))
        self.assertRaises(KeyError, homes.transformed, "JSONPATH:$.stat", self.latest("glow/node/pi1/state")[1])
        self.assertFalse(homes.is_a_state("switch", {}, "1"))

    # promise: other-homes
    def test_iobroker(self):
        if not shutil.which("node"):
            self.skipTest("not installed: node")
        sent, made = homes.of_iobroker("iobroker.js", '{"state":"ON","brightness":128,"color":{"r":255,"g":8,"b":0},"effect":"fire"}')
        self.take(sent, True)
        self.assertEqual({k.rsplit(".", 1)[1]: v for k, v in made.items()}, {"on": True, "level": 50, "rgb": "#ff0800", "effect": "fire"})

    def take(self, some, all_good=False):
        """The answers to what a home sends, each of which goes to a channel for commands."""
        some = list(some)
        self.assertTrue(some)
        self.assertEqual([e for e in some if CONTRACT.channel_of(e.topic) not in CONTRACT.commands()], [])
        answers = self.check(some)
        for example, answer in zip(some, answers):
            self.assertTrue(answer["status"] == "ok" or not all_good, (example, answer))
        return answers

    def latest(self, topic):
        """The latest message of a topic, which may have a + in it; an answer's stands for one that nobody asked for yet."""
        pattern = re.compile(topic.replace("+", "[^/]+"))
        if topic.startswith("answers/") or topic.endswith("/error"):
            return topic.replace("+", "pi1"), '{"status":"ok"}'
        heard = glow.wait_until("nothing at %s" % topic, lambda: [m for m in self.all.look() if pattern.fullmatch(m.topic)])
        return heard[-1].topic, heard[-1].payload.decode()

    def test_control(self):
        """Were the schema another, or the program, it would be noticed."""
        bad = examples.Example('glow/node/pi1/set {"brightness":300}')
        good = examples.Example("glow/node/pi1/set red")
        for example, errors in ((bad, []), (good, ["no"])):
            other = Programs("check")
            other.broker = self.broker
            was, CONTRACT.errors = CONTRACT.errors, lambda *_, said=errors: said
            try:
                self.assertRaises(AssertionError, other.check, [example])
            finally:
                CONTRACT.errors = was


if __name__ == "__main__":
    glow.main()
