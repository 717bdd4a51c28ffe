# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a test heard and said, for the last one of all, which holds it against the contract (test_captured.py).

With TEST_CAPTURE=<file> everything that a Watch got goes there, and without it nothing. What tests say in a program's
place, forged or broken, is noted too: the contract binds our programs, not them."""

import os

FIELDS = ("kind", "watch", "topic", "retained", "qos", "response", "correlation", "payload")
_path = os.environ.pop("TEST_CAPTURE", None)  # not for the programs that a test starts
_file = None
if _path:
    os.makedirs(os.path.dirname(_path), exist_ok=True)
    _file = open(_path, "w", buffering=1)  # a test that runs again begins anew


def _keep(kind, watch="", topic="", retained="", qos="", response="", correlation="", payload=""):
    if _file:
        _file.write("\t".join((kind, watch, topic, retained, qos, response, correlation, payload)) + "\n")


def begins():
    """The tests of this file are about to run: nothing that they need is missing."""
    _keep("begins")


def heard(watch, line):
    """A line of a Watch."""
    if _file:
        _, topic, retained, qos, correlation, _, payload, response = line.decode(errors="replace").split("\t")
        _keep("heard", watch, topic, retained, qos, response, correlation, payload)


def said(topic, payload):
    """By the test itself."""
    _keep("said", topic=topic, payload=(payload.encode() if isinstance(payload, str) else payload).hex())


def uses(prefix, discovery):
    """What our programs put before their topics."""
    _keep("uses", topic=prefix, payload=discovery)


def read(path):
    """Its lines, each as a dictionary; a payload is bytes."""
    with open(path) as f:
        for line in f:
            entry = dict(zip(FIELDS, line.rstrip("\n").split("\t")))
            if entry["kind"] in ("heard", "said"):
                entry["payload"] = bytes.fromhex(entry["payload"])
            yield entry
