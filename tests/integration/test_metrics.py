#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What Prometheus scrapes, that the alerts and the dashboard ask for nothing else, and what is left of the cluster's
time while the port is attacked."""

import http.client
import json
import os
import re
import resource
import socket
import sys
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "harness"))

import exposition  # noqa: E402
import glow  # noqa: E402

ACCOUNT = ("somebody", "sesame-4711")


def scrape(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=glow.PATIENCE_S)
    connection.request("GET", "/metrics", headers={"Accept": "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"})
    response = connection.getresponse()
    if response.status != 200:
        raise AssertionError("%d %s" % (response.status, response.read()))
    return response.read().decode()


class Metrics(glow.Case):
    account = ACCOUNT

    def conductor(self, **more):
        self.port = glow.free_port()
        return super().conductor("--metrics", "127.0.0.1:%d" % self.port, "--username", ACCOUNT[0],
                                 env={"GLOW_PASSWORD": ACCOUNT[1]}, **more)

    def bridge(self, *options, **more):
        return super().bridge(*options, "--username", ACCOUNT[0], env={"GLOW_PASSWORD": ACCOUNT[1]}, **more)

    def wait_told(self, name, labels, value=None):
        def told():
            families = exposition.read(scrape(self.port))
            got = families[name].get(labels)
            return families if got is not None and value in (None, got) else None

        return glow.wait_until(lambda: "no %s{%s}: %s" % (name, labels, scrape(self.port)), told)

    def test_scrape(self):
        exposition.check()
        self.conductor(node="lead").wait_leading()
        bridge = self.bridge("--idle", "cpu", node="pi1")  # which tells its stats every two seconds
        bridge.wait_connected()
        self.broker.publish("glow/scene/play", "rainbow")
        self.broker.publish("glow/scene/play", "nonsense!")
        self.broker.publish("glow/node/pi1/set", "nonsense!")
        families = self.wait_told("glow_node_sync_error_seconds", 'node="pi1"')
        self.assertEqual(families["glow_conductor_leading"], {"": 1})
        self.assertEqual(families["glow_cluster_nodes"], {"": 1})
        self.assertEqual(families["glow_cluster_scenes"], {"": 1})
        self.assertEqual(families["glow_conductor_commands_total"], {"": 1})
        self.assertEqual(families["glow_conductor_rejections_total"]['code="unknown_effect"'], 1)
        self.assertEqual(families["glow_node_rejections_total"], {'node="pi1"': 1})
        self.assertEqual(list(families["glow_conductor_info"])[0].split(",")[0], 'conductor="lead"')
        text = scrape(self.port)
        self.assertIn("pi1", text)  # the control
        for secret in ACCOUNT + (str(self.broker.port), "127.0.0.1", self.home):
            self.assertNotIn(secret, text)
        bridge.stop()
        self.wait_told("glow_node_online", 'node="pi1"', 0)

    def test_files_ask_for_what_is_told(self):
        """Names in the alerts and the dashboard."""
        self.conductor(prefix="files").wait_leading()
        told = set(exposition.read(scrape(self.port)))
        asked = set()
        for name in "alerts.yaml", "grafana.json":
            with open(os.path.join(ROOT, "compose/metrics", name), encoding="utf-8") as f:
                asked |= set(re.findall(r"\bglow_\w+", f.read()))
        self.assertGreater(len(asked), 10)
        self.assertEqual(asked - told, set())
        self.assertNotEqual({"glow_nonsense"} - told, set())  # the control

    def test_dashboard(self):
        with open(os.path.join(ROOT, "compose/metrics/grafana.json"), encoding="utf-8") as f:
            board = json.load(f)
        self.assertGreater(len(board["panels"]), 5)
        self.assertEqual(len({p["id"] for p in board["panels"]}), len(board["panels"]))
        for panel in board["panels"]:
            self.assertTrue(panel["title"])
            self.assertTrue(all(t["expr"] for t in panel["targets"]), panel["title"])

    # promise: metrics-cost-nothing
    def test_attack(self):
        """A thousand connections, and those that are slow, garbage, long or never end: not one beacon is left out, each
        probe is answered, nobody else comes to lead, and the next scrape is answered."""
        conductor = self.conductor(prefix="attacked").wait_leading()
        other = super().conductor("--username", ACCOUNT[0], prefix="attacked", env={"GLOW_PASSWORD": ACCOUNT[1]})
        other.wait_connected()
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
        watch = self.watch("attacked/conductor/beacon", "attacked/time/reply/x/+")
        end, self.attacks = threading.Event(), []
        attackers = [threading.Thread(target=self.attack, args=(how, end)) for how in
                     (b"GET /metrics HTTP/1.1\r\nX: ", b"\0\xff" * 3000, b"GET /metrics HTTP/1.1\r\n\r\n",
                      b"GET /" + b"a" * 9000)]
        for attacker in attackers:
            attacker.start()
        glow.wait_until("no attack comes through", lambda: len(self.attacks) > 20)  # the control
        guests = []
        for _ in range(1000):
            guests.append(socket.socket())
            guests[-1].setblocking(False)
            guests[-1].connect_ex(("127.0.0.1", self.port))
        since = watch.mark()
        for k in range(20):
            self.broker.publish("attacked/time/request/x/%d" % k, b"\1\0\0\0" + k.to_bytes(4, "little") + bytes(16), qos=0)
        glow.wait_until("not 3 beacons", lambda: len(watch.find("attacked/conductor/beacon", since)) >= 3)
        glow.wait_until("probes are not answered",
                        lambda: sum(bool(watch.find("attacked/time/reply/x/%d" % k)) for k in range(20)) == 20)
        end.set()
        for attacker in attackers:
            attacker.join()
        for guest in guests:
            guest.close()
        beacons = [m.json() for m in watch.find("attacked/conductor/beacon")]
        seq = [b["seq"] for b in beacons]
        self.assertEqual(seq, list(range(seq[0], seq[0] + len(seq))))
        self.assertEqual(len({(b["term"], b["clock_id"]) for b in beacons}), 1)
        self.assertTrue(conductor.leads())
        self.assertFalse(other.leads())
        families = glow.wait_until("no scrape", self.try_scrape)
        self.assertEqual(families["glow_conductor_reigns_total"], {"": 1})
        self.assertEqual(families["glow_conductor_messages_dropped_total"], {'direction="in"': 0, 'direction="out"': 0})

    def attack(self, what, end):
        """Again and again; of what comes back little is read."""
        while not end.wait(0.002):
            with socket.socket() as guest:
                guest.settimeout(0.2)
                try:
                    guest.connect(("127.0.0.1", self.port))
                    guest.sendall(what)
                    self.attacks.append(guest.recv(10))
                except OSError:
                    pass

    def try_scrape(self):
        try:
            return exposition.read(scrape(self.port))
        except (OSError, http.client.HTTPException):
            return None

    def test_port_is_taken(self):
        """There is a conductor all the same, and metrics once the port is free."""
        holder = socket.create_server(("127.0.0.1", 0))
        conductor = super().conductor("--metrics", "127.0.0.1:%d" % holder.getsockname()[1], "--username", ACCOUNT[0],
                                      prefix="taken", env={"GLOW_PASSWORD": ACCOUNT[1]})
        conductor.wait_leading()
        self.assertIn("Address already in use; trying again", conductor.log())
        holder.close()


if __name__ == "__main__":
    glow.main()
