# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a broker keeps of thousands of nodes, without these: crowd.py PORT N INFO puts their words there, with so much in their infos,
for a conductor and somebody to look at."""

import json
import sys

import mqtt

INFO = {"board": "blinkt", "shape": "blinkt", "pixels": 8, "leds": ["all", "left", "right"], "backend": "virtual", "version": "1",
        "fps": 60, "idle": "blue", "reverse": False, "time_offset_ms": 0, "effects_hash": "0123456789abcdef",
        "limits": {"brightness": 255, "current_ma": 0, "flash": True}}
STATE = {"state": "ON", "color_mode": "rgb", "color": {"r": 255, "g": 0, "b": 0}, "brightness": 128, "effect": "solid",
         "params": {}, "start_us": 1767225600000000, "seed": 1, "since_us": 1767225600000000,
         "showing": "light", "limited": False}
CONDUCTOR = {"id": "c", "state": "leading", "clock_id": "0123456789abcdef", "term": 1, "boot": 1, "rate_ppb": 0, "nodes": 0, "version": "1",
             "utc_offset_us": None, "tz_offset_s": None}
KIND = {name: value for name, value in INFO.items() if name != "pixels"}


def packet(topic, payload):
    """Retained, QoS 0."""
    text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
    body = mqtt._text(topic) + b"\0" + text.encode()
    return bytes([mqtt.PUBLISH << 4 | 1]) + mqtt.number(len(body)) + body


def ids_of(n):
    return ["n%04d" % k for k in range(n)]


def nodes(n, more=None):
    """With so much more in their infos."""
    packets = []
    for k, name in enumerate(ids_of(n)):
        info = {**INFO, **(more or {}), "id": name, "groups": ["g%d" % (k % 10)]}
        packets += [packet("glow/node/%s/info" % name, info), packet("glow/node/%s/state" % name, STATE),
                    packet("glow/node/%s/availability" % name, "online")]
    return packets


def conductor(n, kinds=True, beyond=0, online=True):
    """And its roster. `kinds`: it tells what their infos have alike. The last nodes are `beyond` it."""
    entries = [{"id": name, "groups": ["g%d" % (k % 10)], "pixels": 8, "offset": 8 * k} for k, name in enumerate(ids_of(n)[:n - beyond])]
    if kinds:
        entries[0]["kind"] = 1
    told = {"kinds": [KIND]} if kinds else {}
    return [packet("glow/conductor/info", CONDUCTOR), packet("glow/conductor/availability", "online" if online else "offline"),
            packet("glow/roster", {"rev": 1, "effective_us": 0, "pixels": 8 * n, **told, "nodes": entries})]


def keep(port, packets):
    with mqtt.Client(mqtt.Stream(port)) as client:
        client.stream.send(b"".join(packets))
        client.subscribe("done")  # its answer comes behind all these


if __name__ == "__main__":
    keep(int(sys.argv[1]), nodes(int(sys.argv[2]), json.loads(sys.argv[3])))
