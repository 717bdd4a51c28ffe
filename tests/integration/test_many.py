#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What somebody who looks at many nodes is sent: all of them, and nothing that each need not say again."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import crowd  # noqa: E402
import glow  # noqa: E402
import relay  # noqa: E402

N = 2000
NODE_BYTES = 380  # a state of 240 bytes, its topic, the availability, and the place in the roster
INFO_BYTES = 700  # and an info


class Many(glow.Case):
    def keep(self, more=None, **options):
        crowd.keep(self.broker.port, crowd.nodes(N, more) + crowd.conductor(N, **options))

    def look(self, version="1"):
        """Bytes that `glowctl nodes` is sent, and the nodes that it lists."""
        way = relay.Relay(self.broker.port)
        self.addCleanup(way.close)
        done = glow.run_ctl("nodes", "--json", "--broker", way.uri)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        nodes = json.loads(done.stdout)["nodes"]
        self.assertEqual([node["id"] for node in nodes], crowd.ids_of(N))
        self.assertEqual({node["shows"] for node in nodes}, {"solid #ff0000 50%"})
        self.assertEqual({(node["board"], node["pixels"], node["version"]) for node in nodes}, {("blinkt", 8, version)})
        self.assertEqual([node["groups"] for node in nodes], [["g%d" % (k % 10)] for k in range(N)])
        return way.received, nodes

    # promise: looking-is-cheap
    def test_nodes(self):
        """What infos have alike is read once for all nodes."""
        self.keep()
        received, nodes = self.look()
        self.assertEqual([node["offset"] for node in nodes], [8 * k for k in range(N)])
        self.assertLess(received, N * NODE_BYTES)
        self.keep(kinds=False)  # the control
        self.assertGreater(self.look()[0], N * NODE_BYTES)

    def test_old_roster(self):
        """Where nobody leads nodes are what they say themselves."""
        self.keep({"version": "2"}, online=False)
        self.assertGreater(self.look("2")[0], N * NODE_BYTES)
        self.keep({"version": "2"})  # the control
        self.look("1")

    def test_beyond(self):
        """Of a few nodes that the roster does not have the infos are read one by one, of many nodes all infos."""
        self.keep(beyond=3)
        received, nodes = self.look()
        self.assertEqual([node.get("offset") for node in nodes[-4:]], [8 * (N - 4), None, None, None])
        self.assertLess(received, N * NODE_BYTES)
        self.keep(beyond=100)
        self.assertGreater(self.look()[0], N * NODE_BYTES)

    # promise: looking-is-cheap
    def test_nodes_with_infos(self):
        """From a conductor that tells nothing of kinds."""
        self.keep(kinds=False)
        self.assertLess(self.look()[0], N * INFO_BYTES)
        self.keep({"effects": [{"name": "solid", "what": "x" * 100, "params": []}]}, kinds=False)  # the control
        self.assertGreater(self.look()[0], N * INFO_BYTES)


if __name__ == "__main__":
    glow.main()
