#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What somebody who looks at many nodes is sent: all of them, and nothing that each need not say again."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import glow  # noqa: E402
import mqtt  # noqa: E402
import relay  # noqa: E402

N = 2000
NODE_BYTES = 640  # an info and a state of 450 bytes, their topics, the availability, and the place in the roster
INFO = {"id": "", "groups": ["shelf"], "board": "virtual", "shape": "blinkt", "pixels": 8, "leds": ["r", "g", "b"],
        "backend": "virtual", "version": "1", "fps": 60, "idle": "blue", "reverse": False, "time_offset_ms": 0,
        "effects_hash": "0123456789abcdef", "limits": {"brightness": 255, "current_ma": 0, "flash": True}}
STATE = {"state": "ON", "color_mode": "rgb", "color": {"r": 255, "g": 0, "b": 0}, "brightness": 128, "effect": "solid",
         "params": {}, "start_us": 1767225600000000, "seed": 1, "showing": "light", "limited": False}


def packet(topic, payload):
    text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
    body = mqtt._text(topic) + b"\0" + text.encode()
    return bytes([mqtt.PUBLISH << 4 | 1]) + mqtt.number(len(body)) + body


class Many(glow.Case):
    def keep(self, more=None):
        """So many nodes at the broker, each with so much more in its info."""
        ids = ["n%04d" % k for k in range(N)]
        packets = []
        for name in ids:
            packets += [packet("glow/node/%s/info" % name, {**INFO, **(more or {}), "id": name}),
                        packet("glow/node/%s/state" % name, STATE), packet("glow/node/%s/availability" % name, "online")]
        packets.append(packet("glow/roster", {"rev": 1, "effective_us": 0, "pixels": 8 * N, "nodes": [
            {"id": name, "groups": ["shelf"], "pixels": 8, "offset": 8 * k} for k, name in enumerate(ids)]}))
        with mqtt.Client(mqtt.Stream(self.broker.port)) as client:
            client.stream.send(b"".join(packets))
            client.subscribe("done")  # its answer comes behind all these

    def look(self):
        """Bytes that `glowctl nodes` is sent, and the nodes that it lists."""
        way = relay.Relay(self.broker.port)
        self.addCleanup(way.close)
        done = glow.run_ctl("nodes", "--json", "--broker", way.uri)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return way.received, json.loads(done.stdout)["nodes"]

    # promise: looking-is-cheap
    def test_nodes(self):
        self.keep()
        received, nodes = self.look()
        self.assertEqual([node["id"] for node in nodes], ["n%04d" % k for k in range(N)])
        self.assertEqual([node["offset"] for node in nodes], [8 * k for k in range(N)])
        self.assertEqual({node["shows"] for node in nodes}, {"solid #ff0000 50%"})
        self.assertLess(received, N * NODE_BYTES)
        self.keep({"effects": [{"name": "solid", "what": "x" * 100, "params": []}]})  # the control
        self.assertGreater(self.look()[0], N * NODE_BYTES)


if __name__ == "__main__":
    glow.main()
