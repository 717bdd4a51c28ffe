#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""One clock and one animation: conductors that lead, stand by, die, hang and come
back, with real bridges and a real broker."""

import json
import os
import signal
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import cluster
import glow

EX_USAGE, EX_UNAVAILABLE, EX_CONFIG = 64, 69, 78
HOUR_US = 3600 * 1000000


class Cluster(glow.Case):
    """Each test has a prefix of its own, so that they share the broker and nothing else."""

    def setUp(self):
        self.prefix = glow.unique("p")
        self.seen = self.watch(self.prefix + "/#")

    def topic(self, rest):
        return self.prefix + "/" + rest

    def conduct(self, *options, **more):
        return self.conductor(*options, prefix=self.prefix, **more)

    def nodes(self, *names, options=()):
        """Bridges in this cluster; ids that no other test on this machine has."""
        stem = glow.unique("n")
        return [self.bridge(*options, node="%s-%s" % (stem, name), prefix=self.prefix) for name in names]

    def info(self, accept=lambda info: True, since=0):
        return self.seen.wait(self.topic("conductor/info"), lambda m: accept(m.json()), since).json()

    def led_info(self, since=0, **wanted):
        return self.info(lambda i: i["state"] == "leading" and all(i[k] == v for k, v in wanted.items()), since)

    def beacons(self, since=0):
        return self.seen.find(self.topic("conductor/beacon"), since)

    def boots(self, since):
        return {m.json()["boot"] for m in self.beacons(since)}

    def wait_beacons(self, n, since):
        glow.wait_until("%d beacons" % n, lambda: len(self.beacons(since)) >= n)

    def roster(self, accept=lambda r: True, since=0):
        return self.seen.wait(self.topic("roster"), lambda m: accept(m.json()), since).json()

    def wait_roster(self, *nodes):
        ids = [n.node for n in nodes]
        return self.roster(lambda r: [n["id"] for n in r["nodes"]] == ids)

    def request(self, topic, payload):
        return self.broker.request(self.topic(topic), payload, glow.unique("answers/"))

    def off_us(self, beacon):
        """Cluster time minus this machine's wall clock, as a beacon has it."""
        return beacon.json()["time_us"] - round(beacon.when_s * 1e6)


class Leading(Cluster):
    def test_leads(self):
        conductor = self.conduct().wait_leading()
        info = self.led_info()
        self.assertEqual((info["id"], info["term"], info["nodes"]), (conductor.node, 1, 0))
        self.assertRegex(info["clock_id"], "^[0-9a-f]{16}$")
        since = self.seen.mark()
        self.wait_beacons(5, since)
        beacons = self.beacons(since)
        for m in beacons:
            self.assertEqual({k: m.json()[k] for k in ("clock_id", "term", "boot")},
                             {k: info[k] for k in ("clock_id", "term", "boot")})
            self.assertLess(abs(self.off_us(m)), 1000000)
        kept = self.broker.retained(self.prefix + "/#", "homeassistant/#")
        self.assertEqual(kept[self.topic("conductor/availability")], b"online")
        self.assertEqual(json.loads(kept[self.topic("scene/current")])["scenes"], [])
        dim = json.loads(kept[self.topic("dim/current")])
        self.assertEqual((dim["brightness"], dim["until_us"]), (255, None))
        self.assertIn("homeassistant/device/%s-cluster/config" % self.prefix, kept)
        self.assertNotIn(self.topic("conductor/beacon"), kept)

    def test_answers_probes(self):
        self.conduct().wait_leading()
        info = self.led_info()
        for asker in ("pi1", "x-browser", "x/4f2a"):  # the second as glowctl and the page asked before
            self.broker.publish(self.topic("time/request/" + asker), struct.pack("<BBHIqq", 1, 0, 0, 77, 1234, 0),
                                qos=0)
            m = self.seen.wait(self.topic("time/reply/" + asker))
            version, _, _, seq, t1, t2, t3, term, boot, clock_id = struct.unpack("<BBHIqqqIIQ", m.payload)
            self.assertEqual((version, seq, t1, term, boot), (1, 77, 1234, info["term"], info["boot"]))
            self.assertEqual("%016x" % clock_id, info["clock_id"])
            self.assertTrue(0 <= t3 - t2 < 1e9, (t2, t3))
            self.assertLess(abs(t2 / 1e9 - m.when_s), 1)
        self.broker.publish(self.topic("time/request/pi2"), b"nonsense")
        self.broker.publish(self.topic("time/request/Pi3"), struct.pack("<BBHIqq", 1, 0, 0, 77, 1234, 0))
        self.broker.publish(self.topic("time/request/pi4"), struct.pack("<BBHIqq", 1, 0, 0, 77, 1234, 0))
        self.seen.wait(self.topic("time/reply/pi4"))
        self.assertFalse(self.seen.find(self.topic("time/reply/pi2")) + self.seen.find(self.topic("time/reply/Pi3")))

    def test_roster(self):
        ten, two, one = self.nodes("10", "2", "1")
        self.conduct("--reverse", two.node, "--gap", one.node + "=2").wait_leading()
        roster = self.wait_roster(one, two, ten)
        self.assertEqual([(n["offset"], n["reverse"], n["gap"]) for n in roster["nodes"]],
                         [(0, False, 2), (10, True, 0), (18, False, 0)])
        self.assertEqual(roster["pixels"], 26)
        self.assertEqual(self.led_info(nodes=3)["nodes"], 3)
        since = self.seen.mark()
        self.broker.publish(ten.topic("info"), b"", retain=True)  # forgotten
        self.roster(lambda r: [n["id"] for n in r["nodes"]] == [one.node, two.node], since)

    def test_roster_grace(self):
        one, two = self.nodes("1", "2")
        self.conduct("--order", "%s,%s" % (two.node, one.node), "--grace-s", "2").wait_leading()
        self.wait_roster(two, one)
        one.kill()
        gone = self.seen.wait(one.topic("availability"), lambda m: m.payload == b"offline")
        after = self.seen.wait(self.topic("roster"), lambda m: len(m.json()["nodes"]) == 1)
        self.assertGreaterEqual(after.when_s - gone.when_s, 2)

    def test_scene(self):
        nodes = self.nodes("1", "2", "3")
        self.conduct().wait_leading()
        self.wait_roster(*nodes)
        self.seen.wait_synced(*nodes)
        answer = self.request("scene/play", "rainbow")
        self.assert_ok(answer)
        self.assertEqual(answer["id"], "main")
        scene, = self.seen.wait(self.topic("scene/current"), lambda m: m.json()["scenes"]).json()["scenes"]
        self.assertEqual((scene["effect"], scene["start_us"]), ("rainbow", answer["start_us"]))
        for node in nodes:
            self.seen.wait(node.topic("state"), lambda m: m.json()["showing"] == "scene")
        since = self.seen.mark()
        answer = self.request("scene/stop", '{"id":"main","fade_ms":200}')
        self.assert_ok(answer)
        self.seen.wait(self.topic("scene/current"), lambda m: not m.json()["scenes"], since)
        for node in nodes:
            self.seen.wait(node.topic("state"), lambda m: m.json()["showing"] == "idle", since)
        self.assert_refused(self.request("scene/stop", '{"id":"main"}'), "out_of_range", "id")
        self.assert_refused(self.request("scene/play", "nonsense"), "unknown_effect")

    # promise: one-instant
    def test_group_command(self):
        """One answer, one instant, whatever the number of nodes; the control: a node's own set is answered by it."""
        nodes = self.nodes("1", "2", "3", options=("--groups", "g"))
        self.conduct().wait_leading()
        self.wait_roster(*nodes)
        self.seen.wait_synced(*nodes)
        answers = self.watch("answers/" + self.prefix)
        for target in ("all", "group/g"):
            color = {"all": "#ff0000", "group/g": "#00ff00"}[target]
            since, answered = self.seen.mark(), answers.mark()
            self.broker.publish(self.topic(target + "/set"), color, response="answers/" + self.prefix)
            apply = self.seen.wait(self.topic(target + "/apply"), since=since).json()
            for node in nodes:
                frame = node.frames.wait("in " + color, lambda f: f.lights == [color[1:]] * 8)
                # A busy node may draw it with what comes next, before another frame is due.
                self.assertTrue(0 <= frame.t_us - apply["at_us"] < 17000, (node.node, frame.t_us, apply["at_us"]))
            time.sleep(1.2)  # after which a node would answer by itself
            answer, = answers.look()[answered:]
            self.assertEqual(answer.json(), {"status": "ok", "at_us": apply["at_us"], "nodes": 3})
        self.assert_refused(self.request("all/set", '{"brightness":300}'), "out_of_range", "brightness")
        self.assertIn("node", self.broker.request(nodes[0].topic("set"), "blue", "answers/x"))

    # promise: once
    def test_group_toggle(self):
        """Any on, all off; and each once, though a node hears of a command twice. The control: their own toggles."""
        nodes = self.nodes("1", "2", options=("--groups", "g"))
        self.conduct().wait_leading()
        self.wait_roster(*nodes)
        self.seen.wait_synced(*nodes)

        def show(*lights):
            for node, light in zip(nodes, lights):
                node.frames.wait_shows([light] * 8)
                word = "OFF" if light == "000000" else "ON"
                glow.wait_until("not " + word, lambda: self.seen.last(node.topic("state")).json()["state"] == word)

        for node, payload in zip(nodes, ("red", '{"color":"red","state":"OFF"}')):
            self.assert_ok(self.broker.request(node.topic("set"), payload, "answers/x"))
        show("ff0000", "000000")
        mark = [n.frames.mark() for n in nodes]
        self.assert_ok(self.request("group/g/set", "toggle"))
        show("000000", "000000")
        self.assertNotIn(["ff0000"] * 8, [f.lights for f in nodes[1].frames.since(mark[1])])
        for toggle in ('{"state":"TOGGLE"}', "toggle", "toggle"):  # faster than the nodes tell of it
            self.assert_ok(self.request("group/g/set", toggle))
        self.assert_ok(self.request("all/set", '{"brightness_step":-55}'))
        time.sleep(1.5)  # after which a node would act by itself
        show("c80000", "c80000")
        self.assert_ok(self.broker.request(nodes[0].topic("set"), "toggle", "answers/x"))
        show("000000", "c80000")

    def test_dim(self):
        self.conduct().wait_leading()
        self.assert_ok(self.request("dim/set", "40%"))
        self.seen.wait(self.topic("dim/current"), lambda m: m.json()["brightness"] == 102)
        until = self.beacons()[-1].json()["time_us"] + 2500000
        since = self.seen.mark()
        self.assert_ok(self.request("dim/set", json.dumps({"brightness": 0, "until_us": until})))
        self.seen.wait(self.topic("dim/current"), lambda m: m.json()["brightness"] == 0, since)
        self.seen.wait(self.topic("dim/current"), lambda m: m.json()["brightness"] == 255, since)


class Failover(Cluster):
    def pair(self, *nodes):
        """One that leads and one that has followed it for a while."""
        leader = self.conduct().wait_leading()
        standby = self.conduct("--log-level", "debug").wait_connected()
        asker = [m.topic for m in self.seen.look() if "/time/reply/c-" in m.topic]
        glow.wait_until("the standby's probes", lambda: len(
            [m for m in self.seen.look() if "/time/reply/c-" in m.topic]) >= len(asker) + 24)
        return leader, standby

    def assert_goes_on(self, old, since):
        """Another leads the same timeline in the next term, without a jump in time."""
        new = self.led_info(since, term=old["term"] + 1)
        self.assertEqual(new["clock_id"], old["clock_id"])
        self.assertNotEqual(new["boot"], old["boot"])
        before = [self.off_us(m) for m in self.beacons() if m.json()["boot"] == old["boot"]]
        self.wait_beacons(5, since)
        after = [self.off_us(m) for m in self.beacons(since) if m.json()["boot"] == new["boot"]]
        # The delay of a beacon is on top of each: the least of several are compared.
        self.assertLess(abs(max(after) - max(before)), 20000, (before, after))
        return new

    def gap_s(self, old, new):
        last = max(m.when_s for m in self.beacons() if m.json()["boot"] == old["boot"])
        first = min(m.when_s for m in self.beacons() if m.json()["boot"] == new["boot"])
        return first - last

    # promise: takeover
    def test_killed(self):
        leader, standby = self.pair()
        self.assert_ok(self.request("scene/play", "fire"))
        old = self.led_info()
        since = self.seen.mark()
        killed = time.time()
        leader.kill()
        new = self.assert_goes_on(old, since)
        first = min(m.when_s for m in self.beacons(since) if m.json()["boot"] == new["boot"])
        print("killed: led again after %.0f ms" % ((first - killed) * 1000))
        self.assertLess(first - killed, 2 + glow.PATIENCE_S / 5)
        standby.wait_leading()
        self.assertIn("tracking", [line for line in standby.log().splitlines() if "the time as it is" in line][-1])
        scenes = self.seen.last(self.topic("scene/current")).json()
        self.assertEqual((scenes["term"], [s["effect"] for s in scenes["scenes"]]), (new["term"], ["fire"]))
        self.assert_ok(self.request("scene/play", "plasma"))

    def test_stopped(self):
        leader, _ = self.pair()
        old = self.led_info()
        since = self.seen.mark()
        leader.stop()
        new = self.assert_goes_on(old, since)
        print("stopped: led again after %.0f ms" % (self.gap_s(old, new) * 1000))

    # promise: takeover, one-leader
    def test_frozen(self):
        leader, standby = self.pair()
        old = self.led_info()
        since = self.seen.mark()
        leader.freeze()
        new = self.assert_goes_on(old, since)
        print("frozen: led again after %.0f ms" % (self.gap_s(old, new) * 1000))
        leader.thaw()
        leader.wait_log("no longer leading")
        since = self.seen.mark()
        self.wait_beacons(6, since)
        self.assertEqual(self.boots(since), {new["boot"]})
        self.assertTrue(standby.leads() and not leader.leads())
        # And the other way round, with the one that had been frozen.
        since = self.seen.mark()
        standby.kill()
        self.assertEqual(self.led_info(since, term=new["term"] + 1)["clock_id"], old["clock_id"])

    # promise: one-leader
    def test_many_at_once(self):
        """Whoever comes first: soon there is one, and it stays the one."""
        conductors = [self.conduct() for _ in range(4)]
        glow.wait_until("one that leads", lambda: any(c.leads() for c in conductors))
        glow.wait_until(lambda: "all connected: %s" % [c.log() for c in conductors],
                        lambda: all("standing by" in c.log() for c in conductors))
        glow.wait_until("one boot in the beacons of three seconds", self.settled)
        self.assertEqual([c.leads() for c in conductors].count(True), 1, [c.log() for c in conductors])

    def settled(self):
        since = self.seen.mark()
        self.wait_beacons(6, since)
        return len(self.boots(since)) == 1 and all(m.json()["time_us"] for m in self.beacons(since))


class BrokerRestart(Cluster):
    def setUp(self):
        home = os.path.join(self.home, glow.unique("broker"))
        os.mkdir(home)
        self.broker = glow.Broker(home).start()
        self.addCleanup(self.broker.stop, signal.SIGKILL)
        super().setUp()

    # promise: said-again
    def test_with_an_empty_store(self):
        nodes = self.nodes("1", "2")
        conductor = self.conduct().wait_leading()
        self.wait_roster(*nodes)
        self.assert_ok(self.request("scene/play", "rainbow"))
        self.assert_ok(self.request("dim/set", "40%"))
        glow.wait_until("the dimmer", lambda: b"102" in self.seen.last(self.topic("dim/current")).payload)
        before = self.broker.retained(self.prefix + "/#", "homeassistant/#")
        self.broker.stop()
        conductor.wait_log("no longer leading")
        self.broker.start()
        self.assert_all_said_again(before)
        with self.assertRaises(AssertionError):  # the control: a broker at which nobody says anything
            self.assert_same(before, {})

    def assert_all_said_again(self, before):
        self.seen = self.watch(self.prefix + "/#")
        self.led_info(term=2, nodes=2)
        glow.wait_until("all of %s" % list(before), lambda: set(before) <= set(
            self.broker.retained(self.prefix + "/#", "homeassistant/#")))
        self.assert_same(before, self.broker.retained(self.prefix + "/#", "homeassistant/#"))

    def assert_same(self, before, after):
        for leaf, keys in (("conductor/info", ("clock_id", "id", "boot")), ("roster", ("rev", "nodes")),
                           ("scene/current", ("scenes", "rev", "clock_id")), ("dim/current", ("brightness",)),
                           ("conductor/availability", ())):
            topic = self.topic(leaf)
            self.assertIn(topic, after)
            if keys:
                old, new = json.loads(before[topic]), json.loads(after[topic])
                self.assertEqual({k: old[k] for k in keys}, {k: new[k] for k in keys})
            else:
                self.assertEqual(before[topic], after[topic])

    # promise: newest-stays
    def test_with_what_it_saved_before(self):
        """A broker that was killed comes back with what it had saved, and nodes may be there before the conductor is."""
        self.broker.stop()
        self.broker = glow.Broker(self.broker.home, persistence=True).start()
        self.addCleanup(self.broker.stop, signal.SIGKILL)
        self.seen = self.watch(self.prefix + "/#")
        node, = self.nodes("1")
        conductor = self.conduct().wait_leading()
        self.wait_roster(node)
        self.show(node, "red", 255, "ff0000")
        self.broker.process.send_signal(signal.SIGUSR1)  # so it saves
        glow.wait_until("a store", lambda: os.path.exists(os.path.join(self.broker.home, "mosquitto.db")))
        self.show(node, "blue", 128, "000080")
        conductor.process.send_signal(signal.SIGSTOP)
        since = node.frames.mark()
        self.broker.stop(signal.SIGKILL)
        self.broker.start()
        node.wait_connected(times=2)
        # The control: this is what it was told.
        kept = self.broker.retained(self.topic("scene/current"), self.topic("dim/current"))
        self.assertIn(b"#ff0000", kept[self.topic("scene/current")])
        self.assertEqual(json.loads(kept[self.topic("dim/current")])["brightness"], 255)
        conductor.process.send_signal(signal.SIGCONT)
        self.seen = self.watch(self.prefix + "/#")
        self.seen.wait(self.topic("scene/current"), lambda m: b"#0000ff" in m.payload)
        self.seen.wait(self.topic("dim/current"), lambda m: m.json()["brightness"] == 128)
        self.assertEqual({tuple(f.lights) for f in node.frames.since(since)} - {("000080",) * 8}, set())

    def show(self, node, color, brightness, lights):
        self.assert_ok(self.request("scene/play", '{"effect":"solid","color":"%s","fade_ms":0}' % color))
        self.assert_ok(self.request("dim/set", '{"brightness":%d}' % brightness))
        node.frames.wait_shows([lights] * 8)

    def test_frozen_broker(self):
        """It hangs up for longer than a keepalive: afterwards the same one leads again, on the same clock."""
        self.conduct().wait_leading()
        old = self.led_info()
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        time.sleep(6)
        since = self.seen.mark()
        self.broker.thaw()
        self.wait_beacons(4, since)
        glow.wait_until("the clock of before", lambda: self.seen.last(
            self.topic("conductor/info")).json()["clock_id"] == old["clock_id"])


class ColdStart(Cluster):
    # promise: time-outlives
    def test_adopts_the_nodes_time(self):
        """The only conductor dies and another comes, whose wall clock is an hour fast: the cluster's time goes on."""
        nodes = self.nodes("1", "2", "3")
        first = self.conduct().wait_leading()
        self.seen.wait_synced(*nodes)
        old = self.led_info()
        since = self.seen.mark()
        first.kill()
        second = self.conduct(env=cluster.Clock(wall_ms=3600000).env()).wait_leading()
        new = self.led_info(since)
        self.assertIn("asking 3 nodes", second.log())
        self.assertEqual((new["clock_id"], new["term"]), (old["clock_id"], old["term"] + 1))
        self.wait_beacons(4, since)
        before = max(self.off_us(m) for m in self.beacons() if m.json()["boot"] == old["boot"])
        after = max(self.off_us(m) for m in self.beacons(since) if m.json()["boot"] == new["boot"] and
                    m.json()["time_us"])
        self.assertLess(abs(after - before), 20000)

    def test_nobody_to_ask(self):
        """The control: with nobody who knows better its wall clock counts, on a timeline of its own."""
        first = self.conduct().wait_leading()
        old = self.led_info()
        since = self.seen.mark()
        first.kill()
        second = self.conduct(env=cluster.Clock(wall_ms=3600000).env()).wait_leading()
        new = self.led_info(since)
        self.assertIn("no node knows the time", second.log())
        self.assertNotEqual(new["clock_id"], old["clock_id"])
        self.assertEqual(new["term"], old["term"] + 1)
        self.wait_beacons(8, since)
        self.assertLess(abs(self.off_us(self.beacons()[-1]) - HOUR_US), 1000000)

    # promise: no-time-from-1970
    def test_unset_wall_clock(self):
        """As a Pi without a clock chip starts: nobody leads before the clock is set, or a minute is over."""
        conductor = self.conduct(env=cluster.Clock(wall_ms=-time.time_ns() // 10**6).env())
        conductor.wait_log("wall clock is unset")
        self.wait_beacons(4, 0)
        self.assertFalse(conductor.leads())
        self.assertFalse(self.seen.find(self.topic("conductor/info")))


class Process(Cluster):
    # promise: offline-is-told
    def test_stop(self):
        for sig in (signal.SIGTERM, signal.SIGINT):
            conductor = self.conduct().wait_leading()
            status, took_s = conductor.stop(sig)
            self.assertEqual(status, 0)
            self.assertLess(took_s, 2 * 2)
            self.seen.wait(self.topic("conductor/availability"), lambda m: m.payload == b"offline")
            self.assertEqual(self.broker.retained(self.topic("conductor/availability")),
                             {self.topic("conductor/availability"): b"offline"})

    def test_stop_of_a_standby(self):
        leader = self.conduct().wait_leading()
        standby = self.conduct().wait_connected()
        since = self.seen.mark()
        self.assertEqual(standby.stop()[0], 0)
        self.wait_beacons(4, since)
        self.assertFalse(self.seen.find(self.topic("conductor/availability"), since))
        self.assertTrue(leader.leads())

    def test_stop_without_a_broker(self):
        conductor = self.conduct(uri="mqtt://127.0.0.1:%d" % glow.free_port())
        conductor.wait_log("cannot reach")
        self.assertEqual(conductor.stop()[0], 0)

    # promise: hang-is-noticed
    def test_health(self):
        conductor = self.conduct().wait_leading()
        ask = lambda: glow.run_conductor("--healthcheck", "--node", conductor.node)
        self.assertEqual((ask().returncode, ask().stdout), (0, ""))
        conductor.freeze()
        self.assertEqual(ask().returncode, 1)
        conductor.thaw()
        conductor.stop()
        self.assertEqual(ask().returncode, 1)

    # promise: doctor-tells
    def test_doctor(self):
        ask = lambda *more: glow.run_conductor("--doctor", "--prefix", self.prefix, "--broker", self.broker.uri, *more)
        done = ask()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, "(?m)^ok +leader +nobody leads$")
        conductor = self.conduct().wait_leading()
        done = ask()
        self.assertRegex(done.stdout, "(?m)^ok +leader +%s leads in term 1, with 0 nodes$" % conductor.node)
        for thing in ("name", "broker", "clock"):
            self.assertRegex(done.stdout, "(?m)^ok +%s " % thing)
        self.assertEqual(done.stdout.splitlines()[-1], "all is well")
        self.assertTrue(conductor.leads())
        self.assertNotIn("no longer", conductor.log())
        done = glow.run_conductor("--doctor", "--broker", "mqtt://127.0.0.1:%d" % glow.free_port())
        self.assertEqual(done.returncode, EX_UNAVAILABLE)
        self.assertRegex(done.stdout, "(?m)^FAIL +broker .*cannot reach")

    def test_bad_options(self):
        for options, words in ((["--order", "a,,b"], ["--order"]), (["--reverse", "A"], ["--reverse"]),
                               (["--gap", "a"], ["--gap"]), (["--grace-s", "-1"], ["--grace-s"]),
                               (["--grace-s", "x"], ["--grace-s"]), (["--node", "Pi"], ["--node"]),
                               (["--prefix", "a/#"], ["--prefix"]), (["--discovery", "/x"], ["--discovery"]),
                               (["--broker", "mqtt://"], ["mqtt://host[:port]"]), (["extra"], ["extra"]),
                               (["--board", "blinkt"], ["--board"])):
            for verb in ([], ["--check-config"]):
                with self.subTest(options=options, verb=verb):
                    done = glow.run_conductor(*verb, *options)
                    self.assertEqual(done.returncode, EX_USAGE, done.stderr)
                    self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                    for word in words:
                        self.assertIn(word, done.stderr)
        self.assertEqual(glow.run_conductor(env={"GLOW_GRACE_S": "x"}).returncode, EX_CONFIG)

    def test_good_options(self):
        done = glow.run_conductor("--check-config", "--order", "b,a", "--reverse", "a", "--gap", "a=3,b=0",
                                  "--grace-s", "0", "--node", "c1")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = glow.run_conductor("--print-config", "--order", "b,a")
        self.assertRegex(done.stdout, "order.*b,a")


if __name__ == "__main__":
    glow.main()
