# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Messages written down for people: a line has a topic, its payload, and after an arrow the code with which it is
refused. In a document such lines are indented, and a payload may go on in lines that are indented deeper."""

import json
import re

import glow
import mqtt



class Example:
    def __init__(self, text):
        text, _, self.code = text.partition(" → ")
        self.topic, _, payload = text.strip().partition(" ")
        self.payload = payload.strip()

    def at(self, topic):
        return Example("%s %s" % (topic, self.payload))

    def __repr__(self):
        return "%s %s" % (self.topic, self.payload)


def of_list(text):
    return [Example(line) for line in text.splitlines() if line and not line.startswith("#")]


def of_document(text, begins="P/"):
    """The examples in indented blocks. Where a document has left something out, something stands for it."""
    found, open_block = [], False
    for line in text.splitlines():
        if line.startswith("    " + begins):
            found.append(line.strip())
        elif line.startswith("     ") and open_block:
            found[-1] += line.strip()
        open_block = line.startswith("    ")
    return [Example(filled(one)) for one in found]


def filled(text):
    text = re.sub(r'"(\w+_us)":…', r'"\1":1700000000000000', text)
    text = re.sub(r'"(\w+)":…', r'"\1":1', text)
    text = re.sub(r'"([0-9a-f]+)…"', lambda m: '"%s"' % m.group(1).ljust(16, "0"), text)
    return text.replace("{…}", "{}").replace("[…]", "[]")


def ask_all(broker, examples, window=64):
    """Sends them all, so many at once, and returns each one's answer."""
    base, answers = glow.unique("answers/"), {}
    with mqtt.Client(mqtt.Stream(broker.port)) as client:
        client.subscribe(base + "/#")
        for start in range(0, len(examples), window):
            part = range(start, min(start + window, len(examples)))
            for k in part:
                client.publish(examples[k].topic, examples[k].payload, response="%s/%d" % (base, k))
            glow.wait_until(lambda: "no answer to %s" % [examples[k] for k in part if k not in answers],
                            lambda: take(client, answers) or all(k in answers for k in part))
    return [answers[k] for k in range(len(examples))]


def take(client, answers):
    for topic, payload, _ in client.received():
        answers.setdefault(int(topic.rsplit("/", 1)[1]), json.loads(payload))
