# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The stack as a rack of another: the root's, without boards, which stands beside it in the same swarm (docs/racks.md)."""

import itertools
import json
import os
import socket
import statistics
import struct
import time

import cluster
import mqtt
import skew
from cluster import Broker, Watch
from eyes import BLUE, RED, SLOT_NS, at_one_instant, dark_times

ROOT = {"GLOW_PREFIX": "hall", "GLOW_LABEL": "hall", "GLOW_SECRETS_VERSION": "hall", "GLOW_PORT": str(cluster.ROOT_PORT),
        "GLOW_WEB_PORT": "8444", "GLOW_USER": "65532:%d" % cluster.GPIO_GID}
RACK = {"GLOW_UPLINK": "hall/east", "GLOW_ORDER": ",".join(cluster.NAMES)}  # these before the PiGlow
SHIFT_NS = 3 * SLOT_NS  # by which the scene comes later to the next node
PROBES = 50


def raw_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class Prober(mqtt.Client):
    """Asks a cluster for its time, as anybody may."""

    def __init__(self, broker, prefix):
        with open(broker.password) as f:
            super().__init__(mqtt.Stream(broker.port, broker.host, mqtt.trusting(broker.ca), broker.host),
                             (broker.account, f.read()))
        self.subscribe(prefix + "/time/reply/x/swarm")
        topic = (prefix + "/time/request/x/swarm").encode()
        self.head = struct.pack(">H", len(topic)) + topic + self._properties()
        self.answer = None

    def _take(self, first, body):
        self.answer = raw_ns(), struct.unpack("<qqq", body[-40:-16])

    def probe(self):
        """The round trip, this machine's time in the middle of it, and the cluster's then."""
        self._send(mqtt.PUBLISH << 4, self.head + struct.pack("<BBHIqq", 1, 0, 0, 0, raw_ns(), 0))
        self._until(mqtt.PUBLISH)
        t4, (t1, t2, t3) = self.answer
        time.sleep(0.005)
        return t4 - t1 - (t3 - t2), (t1 + t4) // 2, (t2 + t3) // 2


def read_clock(broker, prefix):
    """(this machine's raw clock, cluster time) by the quickest of many probes, in ns."""
    with Prober(broker, prefix) as prober:
        return min(prober.probe() for _ in range(PROBES))[1:]


class Root:
    """The stack above. Its broker is on the second node, so that the bridge takes the wire between two."""

    def __init__(self, test):
        self.test = test
        pi = test.pis[1]
        for name in ("broker", "dashboard"):
            pi.engine.docker("load", "-q", "-i", os.path.join(test.images, name + ".tar"))
        test.swarm.label(pi.name, "hall.broker=true")
        self.operator = Broker(test.swarm.home, pi.address, "operator", test.swarm.root_secrets, cluster.ROOT_PORT)
        self.seen = None
        self.info = {"boot": 0}

    def deploy(self):
        self.test.swarm.deploy(stack="hall", **ROOT)

    def wait_leading(self):
        """A conductor that did not before: what is retained is of one that is gone."""
        self.test.wait("no broker above", lambda: socket.socket().connect_ex((self.operator.host, self.operator.port)) == 0)
        self.seen = self.seen or Watch(self.operator, "hall/conductor/info", "hall/scene/current", "hall/node/east/info")
        before = self.info["boot"]

        def leads():
            self.info = self.last("hall/conductor/info")
            return self.info.get("state") == "leading" and self.info["boot"] != before

        self.test.wait("nobody leads above", leads)

    def last(self, topic):
        message = self.seen.last(topic)
        return message.json() if message and message.payload else {}

    def ask(self, topic, payload):
        return self.test.ask("hall/" + topic, json.dumps(payload), self.operator)

    def read_clock(self):
        return read_clock(self.operator, "hall")

    def remove(self):
        self.test.manager.docker("stack", "rm", "hall")

    def wait_removed(self):
        for pi in self.test.pis:
            self.test.wait("the root's containers stay", lambda: not pi.engine.docker(
                "ps", "-q", "--filter", "label=com.docker.stack.namespace=hall"))
        self.test.wait("the root's networks stay", lambda: not self.test.manager.docker("network", "ls", "-q", "--filter", "name=hall_"))


class Rack:
    """Our stack, below that one."""

    def __init__(self, test, root):
        self.test = test
        self.root = root
        self.seen = Watch(test.viewer, "glow/conductor/info", "glow/scene/current", "glow/all/apply", "glow/time/request/+")
        self.colors = itertools.cycle((("red", RED), ("blue", BLUE)))

    def wait_uplink(self, state):
        """On the root's timeline."""

        def found():
            info = self.seen.last("glow/conductor/info").json()
            return info["clock_id"] == self.root.info["clock_id"] and info.get("uplink", {}).get("state") == state

        self.test.wait(lambda: "not %s: %s" % (state, self.seen.last("glow/conductor/info")), found)

    def play(self):
        """At the root, over the strip of all boards, so that a node has 8 of its pixels."""
        strip = self.root.last("hall/node/east/info")["strip"]
        self.root.ask("scene/play", {"effect": "rainbow", "params": {"period_ms": SHIFT_NS // 10**6 * strip // 8}})
        self.test.wait("not the root's scene", lambda: self.scene_of(self.root.seen, "hall") == self.scene_of(self.seen, "glow") != [])

    def scene_of(self, seen, prefix):
        message = seen.last(prefix + "/scene/current")
        return [(s["effect"], s["start_us"], s["seed"]) for s in message.json()["scenes"]] if message else []

    def wait_in_phase(self):
        return self.test.wait_in_phase(shift_ns=SHIFT_NS)

    def command(self):
        """By how much boards were off the instant of a command to all that was given at the root; None for a slot or more."""
        color, pixels = next(self.colors)
        at_us = self.root.ask("all/set", {"color": color, "transition": 0})["at_us"]
        self.test.wait_shows(pixels)
        self.test.wait("another instant", lambda: at_us in [m.json()["at_us"] for m in self.seen.find("glow/all/apply")])
        here_ns, cluster_ns = self.root.read_clock()
        due_ns = at_us * 1000 - cluster_ns + here_ns + time.monotonic_ns() - raw_ns()
        return at_one_instant([pi.gpio.shown.look() for pi in self.test.pis], pixels, due_ns)

    def wait_command(self):
        off_us = self.test.wait("boards are not on time", self.command)
        self.root.ask("all/set", {"state": "ON", "effect": "auto"})
        return off_us

    def doctor(self):
        """What glowctl doctor tells a viewer, in the leader's container."""
        pi = self.test.wait("nobody leads", self.test.node_of_leader)
        with open(self.test.viewer.password) as f:
            account = {"GLOW_USERNAME": "viewer", "GLOW_PASSWORD": f.read(), "GLOW_PASSWORD_FILE": ""}
        return pi.engine.try_docker("exec", *(w for pair in account.items() for w in ("-e", "%s=%s" % pair)),
                                    pi.wait_container("conductor"), "glowctl", "doctor").stdout

    def clocks(self, since):
        """What the nodes' clocks were, as their probes tell."""
        probes = {}
        for m in self.seen.look()[since:]:
            if m.topic.startswith("glow/time/request/") and len(m.payload) == 24:
                t1, s1 = struct.unpack("<qq", m.payload[8:])
                probes.setdefault(m.topic, []).extend([(t1, s1)] if s1 else [])
        return list(probes.values())


def tell_skew(test, name, clocks, instants):
    skews = list(skew.skew_of_clocks(clocks, instants).values())
    if skews:
        test.figures.append("clocks of %s: %.0f us apart (median of %d), %.0f at most" %
                            (name, statistics.median(skews), len(skews), max(skews)))


def below_a_root(test, deployed):
    test.ask("glow/scene/stop", "{}")
    before = test.leader()
    root = Root(test)
    root.deploy()
    test.swarm.deploy(files=(cluster.STACK, cluster.RACKS), **deployed, **RACK)
    root.wait_leading()
    assert "uplink" not in before and before["clock_id"] != root.info["clock_id"], "the control: it was a rack before"
    rack = Rack(test, root)
    rack.wait_uplink("following")

    since, begin = rack.seen.mark(), root.read_clock()
    rack.play()
    skews = rack.wait_in_phase()
    assert test.strip(test.pis, 0, 0)[1] > len(skews) // 2, "the control: all nodes alike are taken for a strip"
    off_us = rack.wait_command()
    test.wait(rack.doctor, lambda: "following, rack east of hall" in rack.doctor())
    end = root.read_clock()
    test.figures.append("a root's command is at the wire of its rack %.1f ms off its instant at most" % (max(off_us) / 1000))
    instants, nodes = range(begin[0], end[0], 10**9 // 2), rack.clocks(since)
    tell_skew(test, "the rack's nodes", nodes, instants)
    tell_skew(test, "the rack's nodes and the root", nodes + [[begin, end]], instants)

    since_ns = time.monotonic_ns()
    root.remove()
    rack.wait_uplink("lost")
    rack.wait_in_phase()
    root.wait_removed()
    root.deploy()
    root.wait_leading()
    rack.wait_uplink("following")
    rack.wait_command()
    for pi in test.pis:
        assert not dark_times(pi.gpio.shown.look(), since_ns, time.monotonic_ns()), "%s was dark" % pi.name
    root.remove()
    root.seen.close()
    rack.seen.close()
