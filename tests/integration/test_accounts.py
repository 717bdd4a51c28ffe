#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The broker as it is deployed: who gets in, who may publish and receive what,
and our programs with just these rights."""

import base64
import glob
import json
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import mqtt
import secured

PEOPLE = "viewer operator homeassistant admin"
COMMANDERS = "operator homeassistant admin"
NODES = "bridge bridge-pi1 bridge-pi2"
PI1 = "bridge bridge-pi1"  # who is the node pi1: the shared account is every node

# docs/PROTOCOL.md and docs/security.md as rows: topic, who may publish, who receives. P is the prefix,
# and D the prefix with dashes.
TABLE = (
    ("P/node/pi1/set", (COMMANDERS, "conductor"), (PI1, PEOPLE)),
    ("P/node/pi1/notify", (COMMANDERS, "tasks"), (PI1, PEOPLE)),
    ("P/node/pi1/state", (PI1, "admin"), (PI1, "conductor", PEOPLE)),
    ("P/node/pi1/availability", (PI1, "admin"), ("conductor", PEOPLE)),
    ("P/node/pi1/info", (PI1, "admin"), ("conductor tasks", PEOPLE)),
    ("P/node/pi1/place", "conductor admin", (PI1, "conductor", PEOPLE)),
    ("P/node/pi1/stats", PI1, ("conductor", PEOPLE)),
    ("P/node/pi1/error", PI1, ("conductor", PEOPLE)),
    ("P/node/pi1/another", (), PEOPLE),
    ("P/node/pi1/state/below", (), PEOPLE),
    ("P/effects/0123456789abcdef", (NODES, "admin"), (NODES, PEOPLE)),
    ("P/effects", (), PEOPLE),
    ("P/effect", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/effect/aurora", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/effect/aurora/set", COMMANDERS, ("conductor", PEOPLE)),
    ("P/effect/aurora/another", (), PEOPLE),
    ("P/preset/evening", "conductor admin", ("conductor", PEOPLE)),
    ("P/preset/evening/set", COMMANDERS, ("conductor", PEOPLE)),
    ("P/preset/evening/apply", COMMANDERS, ("conductor", PEOPLE)),
    ("P/preset/evening/another", (), PEOPLE),
    ("P/schedule/wake", "conductor admin", ("conductor", PEOPLE)),
    ("P/schedule/wake/set", COMMANDERS, ("conductor", PEOPLE)),
    ("P/undo", COMMANDERS, ("conductor", PEOPLE)),
    ("P/group/shelf/set", COMMANDERS, (NODES, "conductor", PEOPLE)),
    ("P/group/shelf/notify", COMMANDERS, (NODES, "conductor", PEOPLE)),
    ("P/group/shelf/apply", "conductor", (NODES, PEOPLE)),
    ("P/group/shelf/state", "conductor admin", ("conductor", PEOPLE)),
    ("P/all/set", COMMANDERS, (NODES, "conductor", PEOPLE)),
    ("P/all/notify", COMMANDERS, (NODES, "conductor", PEOPLE)),
    ("P/all/apply", "conductor", (NODES, PEOPLE)),
    ("P/all/state", "conductor admin", ("conductor", PEOPLE)),
    ("P/scene/play", COMMANDERS, ("conductor", PEOPLE)),
    ("P/scene/stop", COMMANDERS, ("conductor", PEOPLE)),
    ("P/scene/current", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/dim/set", COMMANDERS, ("conductor", PEOPLE)),
    ("P/dim/current", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/roster", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/roster/set", COMMANDERS, ("conductor", PEOPLE)),
    ("P/roster/wanted", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/conductor/availability", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/conductor/info", "conductor admin", ("conductor", NODES, PEOPLE)),
    ("P/conductor/beacon", "conductor", ("conductor", NODES, PEOPLE)),
    ("P/conductor/error", "conductor", PEOPLE),
    ("P/time/request/pi1", (PI1, "conductor"), ("conductor", PEOPLE)),
    ("P/time/request/x-1f", "bridge conductor", ("conductor", PEOPLE)),  # as who looked asked before
    ("P/time/request/x/1f", PEOPLE, ("conductor", PEOPLE)),
    ("P/time/request/x/1f/2e", (), PEOPLE),
    ("P/time/reply/pi1", "conductor", (PI1, "conductor", PEOPLE)),
    ("P/time/reply/x/1f", "conductor", PEOPLE),
    ("P/time/adopt/request/pi1", "conductor", (PI1, PEOPLE)),
    ("P/time/adopt/reply/0badcafe", NODES, ("conductor", PEOPLE)),
    ("P/answer/glowctl-1", (NODES, "conductor"), PEOPLE),
    ("P/another", (), PEOPLE),
    # Mosquitto's wildcards are whole levels, so the shared account reaches every device.
    ("homeassistant/device/D-pi1/config", (PI1, "admin homeassistant"), (PI1, "homeassistant")),
    ("homeassistant/device/D-cluster/config", "bridge conductor admin homeassistant",
     "bridge conductor homeassistant"),
    ("homeassistant/light/x/config", (), "homeassistant"),
    ("homeassistant/status", "homeassistant", (NODES, "conductor homeassistant")),
    ("Px/node/pi1/set", (), ()),
    ("another/P/node/pi1/set", (), ()),
    ("another", (), ()),
)
ACCOUNTS = NODES.split() + ["conductor", "tasks"] + PEOPLE.split() + ["health"]


def words(who):
    return who.split() if isinstance(who, str) else [w for part in who for w in part.split()]


class Table:
    """The rows for a prefix, as sets of (account, topic)."""

    def __init__(self, prefix="glow"):
        def topic(row):
            return row[0].replace("P", prefix).replace("D", prefix.replace("/", "-").replace(".", "_"))

        self.topics = [topic(row) for row in TABLE]
        self.writes = {(who, topic(row)) for row in TABLE for who in words(row[1])}
        self.reads = {(who, topic(row)) for row in TABLE for who in words(row[2])}


def witness_of(broker, **more):
    witness = broker.connect(secured.WITNESS, **more)
    witness.subscribe("#")
    return witness


def retained_in(broker):
    with witness_of(broker) as witness:
        return witness.received()


def clear(broker):
    with broker.connect(secured.WITNESS) as witness:
        for topic, _, _ in retained_in(broker):
            witness.publish(topic, retain=True)


def may_write(broker, account, topics, **how):
    """The topics on which that account's messages reach others, live and retained alike."""
    with witness_of(broker) as witness, broker.connect(account, **how) as client:
        witness.received()
        codes = {t: client.publish(t, account, retain=True) for t in topics}
        live = {t for t, payload, _ in witness.received() if payload == account}
    kept = {t for t, payload, _ in retained_in(broker) if payload == account}
    told = {t for t in topics if codes[t] == 0}
    clear(broker)
    if live != kept or (client.version == mqtt.V5 and live != told):
        raise AssertionError((account, live ^ kept, live ^ told))
    return live


def may_read(broker, account, topics, **how):
    """The topics on which it receives, though it subscribes to all of them and to everything."""
    with broker.connect(secured.WITNESS) as witness, broker.connect(account, **how) as client:
        for t in topics:
            witness.publish(t, "kept", retain=True)
        client.subscribe("#", *topics)
        kept = {t for t, _, _ in client.received()}
        for t in topics:
            witness.publish(t, "live")
        live = {t for t, _, _ in client.received()}
    clear(broker)
    if live != kept:
        raise AssertionError((account, live ^ kept))
    return live


def rights(broker, table, accounts=ACCOUNTS, **how):
    writes = {(a, t) for a in accounts for t in may_write(broker, a, table.topics, **how)}
    reads = {(a, t) for a in accounts for t in may_read(broker, a, table.topics, **how)}
    return writes, reads


class Case(unittest.TestCase):
    """A broker with the accounts of TABLE, for all tests of the class."""

    maxDiff = None
    prefix = "glow"

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.secrets = os.path.join(cls.home, "secrets")
        secured.make_secrets(cls.secrets, "--prefix", cls.prefix, "--account", "bridge-pi1", "--account", "bridge-pi2")
        cls.broker = cls.start_broker()

    @classmethod
    def start_broker(cls, **more):
        home = os.path.join(cls.home, glow.unique("broker"))
        os.mkdir(home)
        broker = secured.Broker(home, cls.secrets, **more).start()
        cls.addClassCleanup(broker.stop, signal.SIGKILL)
        return broker


class Rights(Case):
    def check(self, broker, table, **how):
        writes, reads = rights(broker, table, **how)
        self.assertEqual(writes, table.writes)
        self.assertEqual(reads, table.reads)

    # promise: rights
    def test_table(self):
        self.check(self.broker, Table())

    # promise: rights
    def test_table_over_tls_with_3_1_1(self):
        self.check(self.broker, Table(), tls=True, version=mqtt.V311)

    def test_an_acl_that_allows_all_fails(self):
        """The control of the table."""
        allows = "".join("user %s\ntopic readwrite #\n" % a for a in ACCOUNTS)
        table, broker = Table(), self.start_broker(acl=allows)
        with self.assertRaises(AssertionError):
            self.check(broker, table)
        for a in ACCOUNTS:
            self.assertEqual(may_write(broker, a, table.topics), set(table.topics))

    def test_every_line_of_the_acl_is_needed(self):
        """Without its k-th line an account may do less than the table says, for every k: the table's other control."""
        parts = [part.splitlines() for part in secured.read(self.secrets, "acl").split("\nuser ")[1:]]
        lines = {part[0]: [line for line in part if line.startswith("topic ")] for part in parts}
        self.assertEqual(set(lines), set(ACCOUNTS))
        del lines["health"], lines["bridge-pi2"]  # the table has no $SYS, and nothing of pi2's own
        table = Table()
        broker = self.start_broker()
        for k in range(max(map(len, lines.values()))):
            cut = [a for a in lines if k < len(lines[a])]
            broker.stop()
            broker.write_acl("".join("user %s\n%s\n" % (a, "\n".join(l for i, l in enumerate(lines[a]) if i != k))
                                     for a in cut))
            broker.start()
            writes, reads = rights(broker, table, accounts=cut)
            for a in cut:
                left = {("w", t) for who, t in writes if who == a} | {("r", t) for who, t in reads if who == a}
                full = {("w", t) for who, t in table.writes if who == a} | {("r", t) for who, t in table.reads if who == a}
                self.assertLess(left, full, "%s does not need %s" % (a, lines[a][k]))

    # promise: rights
    def test_wills(self):
        """A will is a publication like any other. Whoever takes a client id over finds the old one's will sent or not."""
        table = Table()
        topics = [t for t in table.topics if t.endswith(("availability", "set", "another", "state"))]
        for version in (mqtt.V311, mqtt.V5):
            got = set()
            for account in ACCOUNTS:
                with witness_of(self.broker) as witness:
                    for topic in topics:
                        name = glow.unique("will")
                        try:
                            self.broker.connect(account, version=version, client_id=name, will=(topic, account)).close()
                        except mqtt.Refused:
                            pass
                        self.broker.connect(account, version=version, client_id=name).close()
                    got |= {(payload, t) for t, payload, _ in witness.received()}
            self.assertEqual(got, {(a, t) for a, t in table.writes if t in topics})
            clear(self.broker)

    # promise: rights
    def test_nobody_writes_sys(self):
        taken = (0, 0x10)  # the second where nobody has subscribed
        with self.broker.connect("operator") as client:  # the control: what may be written is told so
            self.assertIn(client.publish("glow/all/set", "red"), taken)
        for account in ACCOUNTS:
            with self.broker.connect(account) as client:
                try:
                    code = client.publish("$SYS/broker/uptime", "forged", retain=True)
                except ConnectionError:
                    code = None
                self.assertNotIn(code, taken, account)


class OtherPrefix(Rights):
    prefix = "home/up.stairs"

    # promise: rights
    def test_table(self):
        self.check(self.broker, Table(self.prefix))
        with self.assertRaises(AssertionError):
            self.check(self.broker, Table())

    test_table_over_tls_with_3_1_1 = test_an_acl_that_allows_all_fails = None
    test_every_line_of_the_acl_is_needed = test_wills = test_nobody_writes_sys = None


class Doors(Case):
    """Who gets in at all."""

    def refused(self, *args, **more):
        with self.assertRaises(mqtt.Refused) as refusal:
            mqtt.Client(*args, **more)
        return refusal.exception.code

    def streams(self):
        return (lambda: mqtt.Stream(self.broker.port), lambda: mqtt.Stream(self.broker.tls_port, tls=self.broker.tls()),
                lambda: mqtt.WebSocket(self.broker.web_port))

    # promise: nobody-anonymous
    def test_accounts(self):
        for stream in self.streams():
            for version, code in ((mqtt.V311, 5), (mqtt.V5, 0x87)):
                right = ("viewer", self.broker.password("viewer"))
                mqtt.Client(stream(), right, version=version).close()
                for wrong in (None, ("viewer", "wrong"), ("viewer", ""), ("viewer", self.broker.password("operator")),
                              ("nobody", right[1]), ("", right[1])):
                    self.assertEqual(self.refused(stream(), wrong, version=version), code, wrong)

    # promise: viewer-commands-nothing
    def test_a_viewer_through_the_web(self):
        with mqtt.Client(mqtt.WebSocket(self.broker.web_port), ("viewer", self.broker.password("viewer"))) as viewer, \
                self.broker.connect("operator") as operator:
            viewer.subscribe("#")
            self.assertNotEqual(viewer.publish("glow/all/set", "red"), 0)
            operator.publish("glow/all/set", "blue")  # the control: who may is heard
            self.assertEqual([m[:2] for m in viewer.received()], [("glow/all/set", "blue")])

    # promise: tls-is-verified
    def test_tls(self):
        account = ("viewer", self.broker.password("viewer"))
        port, ours = self.broker.tls_port, self.broker.tls()
        for name in ("localhost", "127.0.0.1", "broker"):
            mqtt.Client(mqtt.Stream(port, tls=ours, name=name), account).close()
        with self.assertRaisesRegex(Exception, "ostname mismatch"):
            mqtt.Stream(port, tls=ours, name="elsewhere")
        other = os.path.join(self.home, "other")
        secured.make_secrets(other)
        with self.assertRaisesRegex(Exception, "CERTIFICATE_VERIFY_FAILED"):
            mqtt.Stream(port, tls=mqtt.trusting(os.path.join(other, "ca.crt")))
        self.assertIsNone(self.refused(mqtt.Stream(port), account))

    def test_too_large(self):
        for version in (mqtt.V311, mqtt.V5):
            with self.broker.connect("operator", version=version) as client:
                self.assertLess(client.publish("glow/all/set", "x" * 999000), 0x80)
                with self.assertRaises(ConnectionError):
                    client.publish("glow/all/set", "x" * 1000000)

    def test_keepalive(self):
        """Newer brokers refuse a 3.1.1 client that wants more, older ones let it; MQTT 5 has an answer for it."""
        server_keep_alive = b"\x13\x00\x78"
        for asked_s, told in ((60, False), (600, True), (0, True)):
            with self.broker.connect("viewer", keepalive_s=asked_s) as client:
                self.assertEqual(server_keep_alive in client.connack, told)
        self.broker.connect("viewer", version=mqtt.V311, keepalive_s=60).close()

    def replayed(self, broker, n):
        with broker.connect(secured.WITNESS) as witness:
            for k in range(n):
                witness.publish("glow/node/n%d/info" % k, "x", retain=True)
        with broker.connect("conductor") as conductor:
            conductor.subscribe("glow/node/+/info", qos=1)
            got, more = 0, True
            while more:
                more = len(conductor.received())
                got += more
        return got

    def test_many_nodes_are_replayed_whole(self):
        self.assertEqual(self.replayed(self.start_broker(), 3000), 3000)
        # The control: as brokers come, they are not.
        usual = self.start_broker_without("max_queued_messages 50000\n")
        self.assertLess(self.replayed(usual, 3000), 3000)

    def start_broker_without(self, line):
        broker = self.start_broker()
        broker.stop()
        conf = secured.replaced(secured.read(broker.conf), {line: ""})
        with open(broker.conf, "w") as f:
            f.write(conf)
        return broker.start()

    # promise: secrets-are-hidden
    def test_the_log_tells_no_secrets(self):
        broker = self.start_broker()
        with broker.connect("operator") as operator:
            operator.publish("glow/all/set", "a payload")
        self.refused(mqtt.Stream(broker.port), ("viewer", "a wrong password"))
        broker.stop()
        log = secured.read(broker.log)
        self.assertIn("u'operator'", log)  # the control: it tells who came
        for secret in ["a payload", "a wrong password"] + [broker.password(a) for a in ACCOUNTS]:
            self.assertNotIn(secret, log)

    def test_health(self):
        broker = self.start_broker()
        config = os.path.join(self.home, glow.unique("health"))
        os.mkdir(config)
        options = secured.read(self.secrets, "mosquitto_sub")

        def healthy(options):
            with open(os.path.join(config, "mosquitto_sub"), "w") as f:
                f.write(secured.replaced(options, {"-p 1883": "-p %d" % broker.port}))
            os.chmod(f.name, 0o600)
            return subprocess.run([os.path.join(secured.CONFIG, "health.sh"), config]).returncode

        self.assertEqual(healthy(options), 0)
        self.assertEqual(healthy(options.replace("-u health", "-u viewer")), 1)
        broker.freeze()
        self.assertEqual(healthy(options), 1)
        broker.thaw()
        self.assertEqual(healthy(options), 0)
        broker.stop()
        self.assertEqual(healthy(options), 1)

    # promise: revoked-at-once
    def test_what_is_new_needs_no_restart(self):
        """A host's broker reads its files again at SIGHUP."""
        broker = self.start_broker()
        before = secured.read(self.secrets, "server.crt")
        secured.make_secrets(self.secrets, "--account", "bridge-pi3", "--renew-certificate")
        self.assertNotEqual(secured.read(self.secrets, "server.crt"), before)
        broker.write_passwords()
        broker.write_acl(secured.read(self.secrets, "acl"))
        with self.assertRaises(mqtt.Refused):
            broker.connect("bridge-pi3")
        broker.process.send_signal(signal.SIGHUP)
        glow.wait_until("it is read again", lambda: self.gets_in(broker, "bridge-pi3"))
        self.assertEqual(may_write(broker, "bridge-pi3", ["glow/node/pi3/state", "glow/node/pi1/state"]),
                         {"glow/node/pi3/state"})
        broker.connect("viewer", tls=True).close()
        with mqtt.Stream(broker.tls_port, tls=broker.tls()).sock as sock:
            serial = int(sock.getpeercert()["serialNumber"], 16)
        said = subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", os.path.join(self.secrets, "server.crt")],
                              stdout=subprocess.PIPE, check=True).stdout.decode()
        self.assertEqual(serial, int(said.split("=")[1], 16))

        with broker.connect("bridge-pi3") as gone, broker.connect("viewer") as stays:
            secured.make_secrets(self.secrets, "--remove", "bridge-pi3")
            broker.write_passwords()
            broker.process.send_signal(signal.SIGHUP)
            glow.wait_until("it is thrown out", lambda: self.is_out(gone))
            stays.received()

    def is_out(self, client):
        try:
            client.received()
            return False
        except ConnectionError:
            return True

    def gets_in(self, broker, account):
        try:
            broker.connect(account).close()
            return True
        except mqtt.Refused:
            return False


class OwnBroker(Case):
    def test_beside_what_debian_has(self):
        """own-broker.conf in the directory that Debian's mosquitto.conf includes."""
        broker, conf_d = self.start_broker(), os.path.join(self.home, "conf.d")
        broker.stop()
        os.mkdir(conf_d)
        secured.make_secrets(self.secrets, "--install", os.path.join(self.home, "glowswarm"))
        changes = {"\nlistener 8883\n": "\nlistener %d 127.0.0.1\n" % broker.tls_port,
                   "\nlistener 9001 ": "\nlistener %d " % broker.web_port, "\nlistener 1883 ": "\nlistener %d " % broker.port}
        own = secured.replaced(secured.read(secured.CONFIG, "own-broker.conf"), changes)
        with open(os.path.join(conf_d, "glowswarm.conf"), "w") as f:
            f.write("\n".join(line.replace("/etc/mosquitto/", self.home + "/") for line in own.splitlines()) + "\n")
        with open(broker.conf, "w") as f:
            f.write("pid_file %s/pid\npersistence true\npersistence_location %s/\nlog_dest file %s/log\nlog_dest stderr\n"
                    "user root\ninclude_dir %s\n" % (broker.home, broker.home, broker.home, conf_d))
        broker.start()
        for tls in (False, True):
            with broker.connect("viewer", tls=tls) as viewer, broker.connect("operator", tls=tls) as operator:
                viewer.subscribe("#")
                self.assertEqual(operator.publish("glow/all/set", "red"), 0)
                self.assertEqual(len(viewer.received()), 1)
                self.assertNotEqual(viewer.publish("glow/all/set", "red"), 0)
        with self.assertRaises(mqtt.Refused):
            mqtt.Client(mqtt.Stream(broker.port))


class Stage(Case):
    """Our programs, each with its account, over TLS."""

    def program(self, kind, account, *options, **more):
        program = kind(self.home, self.broker.uri, *options, env=self.broker.env(account), **more)
        self.addCleanup(program.close)
        return program

    def ctl(self, account, *command, status=0):
        done = glow.run_ctl("--broker", self.broker.uri, "--ca-file", os.path.join(self.secrets, "ca.crt"), "--username",
                            account, "--password", self.broker.password(account), *command)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def watch(self, *topics):
        watch = glow.Watch(self.broker, *topics)
        self.addCleanup(watch.close)
        return watch


class Programs(Stage):
    # promise: one-instant
    def test_everything_works(self):
        watch = self.watch("#")
        conductor = self.program(glow.Conductor, "conductor").wait_leading()
        pi1 = self.program(glow.Bridge, "bridge-pi1", node="pi1")
        shared = self.program(glow.Bridge, "bridge", node="shared")
        nodes = (pi1, shared)
        for node in nodes:
            watch.wait(node.topic("availability"), lambda m: m.payload == b"online")
            watch.wait("homeassistant/device/glow-%s/config" % node.node)
            watch.wait(node.topic("stats"), lambda m: m.json()["sync"]["state"] == "tracking")
        watch.wait("homeassistant/device/glow-cluster/config")
        watch.wait("glow/roster", lambda m: len(m.json()["nodes"]) == 2)

        self.assertEqual(self.ctl("operator", "set", "pi1", "red"), "pi1: ok\n")
        pi1.frames.wait_shows(["ff0000"] * 8)
        self.ctl("operator", "set", "all", "blue")
        applied = watch.wait("glow/all/apply").json()
        for node in nodes:
            node.frames.wait("blue at the instant given", lambda f: f.lights == ["0000ff"] * 8
                             and f.t_us == applied["at_us"])
        self.ctl("homeassistant", "play", "lime")
        for node in nodes:
            node.frames.wait_shows(["00ff00"] * 8)
        self.ctl("admin", "dim", "off")
        for node in nodes:
            node.frames.wait_shows(["000000"] * 8)
        self.ctl("operator", "dim", "on")
        self.ctl("operator", "notify", "shared", "red")
        shared.frames.wait_shows(["ff0000"] * 8)
        self.assertRegex(self.ctl("viewer", "nodes"), "2 of . nodes online")
        self.assertIn("not authorized", self.ctl("viewer", "set", "pi1", "red", status=69))

        # Another conductor that knows nothing asks the nodes for the time, and goes on with it.
        before = watch.last("glow/conductor/info").json()
        conductor.kill()
        watch.wait("glow/conductor/availability", lambda m: m.payload == b"offline")
        since = watch.mark()
        self.program(glow.Conductor, "conductor").wait_leading()
        after = watch.wait("glow/conductor/info", lambda m: m.json()["state"] == "leading", since).json()
        self.assertEqual(after["clock_id"], before["clock_id"])
        self.assertGreater(after["term"], before["term"])
        self.assertTrue([m for m in watch.look()[since:] if m.topic.startswith("glow/time/adopt/reply/")])

        for node in nodes:
            node.stop()
            watch.wait(node.topic("availability"), lambda m: m.payload == b"offline", since)
        self.assertIn("such as admin", self.ctl("operator", "forget", "cluster", "--force", status=77))
        self.assertEqual(self.ctl("admin", "forget", "cluster", "--force"), "cluster: forgotten\n")
        said = self.ctl("operator", "forget", "pi1", status=77)
        self.assertIn("such as admin", said)
        self.assertNotIn("forgotten", said)
        self.assertIn("glow/node/pi1/state", self.broker.retained("glow/#"))
        self.assertEqual(self.ctl("admin", "forget", "pi1"), "pi1: forgotten\n")
        self.assertFalse([t for t in self.broker.retained("#") if "pi1" in t])

    # promise: a-node-is-itself
    def test_a_node_cannot_be_another(self):
        watch = self.watch("#")
        liar = self.program(glow.Bridge, "bridge-pi2", node="pi9")
        honest = self.program(glow.Bridge, "bridge-pi2", node="pi2")
        watch.wait(honest.topic("availability"), lambda m: m.payload == b"online")  # the control
        glow.wait_until("the liar is through", lambda: "connected to" in liar.log() or "refused" in liar.log())
        liar.kill()
        honest.kill()
        watch.wait(honest.topic("availability"), lambda m: m.payload == b"offline")
        self.assertFalse([m for m in watch.look() if "pi9" in m.topic])

    # promise: answers-stay-out
    def test_answers_go_where_answers_may(self):
        """A bridge asked for an answer elsewhere cannot be made to write there, and lives on."""
        watch = self.watch("#")
        node = self.program(glow.Bridge, "bridge-pi1", node="pi1")
        watch.wait(node.topic("availability"), lambda m: m.payload == b"online")
        with self.broker.connect("operator") as operator:
            for response in ("another", "homeassistant/status", "glow/conductor/info", "glow/node/pi2/state",
                             "$SYS/broker/uptime", "glow/answer/last"):
                since = watch.mark()
                self.assertEqual(operator.publish(node.topic("set"), "red", response=response), 0)
                watch.wait(node.topic("state"), since=since)
        watch.wait("glow/answer/last")  # the control: where one may, it comes
        answered = {m.topic for m in watch.look() if b'"status"' in m.payload}
        self.assertEqual(answered, {"glow/answer/last"})

    def test_what_goes_wrong_is_told(self):
        other = os.path.join(self.home, "other")
        secured.make_secrets(other)
        right = self.broker.env("bridge")
        elsewhere = "mqtts://127.1:%d" % self.broker.tls_port  # the same broker by a name that is not in its certificate
        for uri, env, part in (
                (self.broker.uri, dict(right, GLOW_USERNAME="conductor"), "user name or password refused"),
                (self.broker.uri, {"GLOW_CA_FILE": right["GLOW_CA_FILE"]}, "user name or password refused"),
                (self.broker.uri, dict(right, GLOW_CA_FILE=os.path.join(other, "ca.crt")), "is not trusted"),
                (elsewhere, right, "is not made out to the name 127.1"),
                ("mqtt://127.0.0.1:%d" % self.broker.tls_port, right, "hung up at once")):
            node = glow.Bridge(self.home, uri, env=env)
            self.addCleanup(node.close)
            node.wait_log(part)
            self.assertNotIn("connected to mqtt", node.log())
            self.assertNotIn(self.broker.password("bridge"), node.log())
        self.program(glow.Bridge, "bridge").wait_connected()  # the control: with the right account it gets in


FALSE_S = 1.9  # how long ago a false probe says that it left; half of all nodes that say so put the lead to 5.7 s
LIFTED_S = 3  # a lead that no honest node asks for, however busy the machine
LAST_TERM = 2**32 - 1


def false_probe():
    return struct.pack("<BBHIqq", 1, 0, 0, 7, 1234, int((time.time() - FALSE_S) * 1e9))


def attacks(info):
    """What changes a cluster that shows a scene, as (topic, payload, retained): that of a conductor which says this info.
    What ends its lead comes last."""
    leader = {"clock_id": info["clock_id"], "term": LAST_TERM, "boot": 1}
    scenes = dict(leader, rev=2**53, scenes=[])
    node = {"id": "pi1", "groups": ["another"], "pixels": 4096, "shape": "blinkt"}
    word = {"kind": "set", "at_us": 1, "of": "1f0c2b9a", "seed": 1, "cmd": {"color": "#00ff00"}}
    live = (
        ("glow/node/pi1/set", "red"), ("glow/group/shelf/set", "lime"), ("glow/all/set", "blue"),
        ("glow/all/notify", '{"effect":"identify","ttl_s":600}'), ("glow/all/apply", word), ("glow/scene/play", "fire"),
        ("glow/scene/stop", ""), ("glow/dim/set", "40%"), ("glow/effect/aurora/set", "#f00"))
    kept = (
        ("glow/node/pi1/state", {"state": "OFF"}), ("glow/node/pi1/info", node), ("glow/node/pi1/availability", "offline"),
        ("glow/effects/0123456789abcdef", "[]"), ("glow/effect", {"rev": 2**53 - 2, "effects": {"aurora": 1}}),
        ("glow/effect/aurora", {"name": "aurora", "text": "#f00", "rev": 1}), ("glow/scene/current", scenes), ("glow/dim/current", {"brightness": 1}),
        ("glow/all/state", {"state": "ON"}), ("glow/group/shelf/state", {"state": "ON"}),
        ("glow/roster", {"rev": 2**53, "effective_us": 0, "pixels": 0, "nodes": []}),
        ("homeassistant/device/glow-pi1/config", ""), ("homeassistant/device/glow-cluster/config", ""),
        ("glow/conductor/info", dict(info, **leader)))
    last = (("glow/conductor/beacon", dict(leader, seq=1, time_us=1)),)
    return [(topic, json.dumps(payload) if isinstance(payload, dict) else payload, retained)
            for rows, retained in ((live, False), (kept, True), (last, False)) for topic, payload in rows]


class Effects(Stage):
    """What comes of messages beyond an account's rights, and of false ones within them: nothing."""

    def setUp(self):
        self.seen = self.watch("#")
        self.nodes = [self.program(glow.Bridge, "bridge-" + name, "--groups", "shelf", node=name) for name in ("pi1", "pi2")]
        for node in self.nodes:
            node.wait_connected()
        self.program(glow.Conductor, "conductor").wait_leading()  # whose first announcement has the group
        self.witness = self.broker.connect(secured.WITNESS)
        self.addCleanup(self.witness.close)
        self.seen.wait("glow/roster", lambda m: len(m.json()["nodes"]) == 2)
        for node in self.nodes:
            glow.wait_until("its deliveries count", lambda n=node: self.deliveries(n) > 8)
        self.ask("glow/scene/play", "rainbow")
        for node in self.nodes:
            self.seen.wait(node.topic("state"), lambda m: m.json()["showing"] == "scene")
        self.seen.wait("glow/all/state", lambda m: m.json()["on"] == 2)
        self.info = self.seen.last("glow/conductor/info").json()
        # Which they publish at their leisure:
        self.table = "glow/effects/" + self.seen.last("glow/node/pi1/info").json()["effects_hash"]

    def deliveries(self, node):
        """How many probes told when they left."""
        return len([m for m in self.seen.find("glow/time/request/" + node.node) if struct.unpack("<q", m.payload[16:])[0]])

    def ask(self, topic, payload):
        since = self.seen.mark()
        self.witness.publish(topic, payload, response="glow/answer/asked")
        return self.seen.wait("glow/answer/asked", since=since).json()

    def lead_s(self):
        """How far ahead a command for all is put, which the conductor looks at with each beacon."""
        self.all_have_heard()
        self.seen.wait("glow/conductor/beacon", since=self.seen.mark())
        now_s = time.time()
        answer = self.ask("glow/all/notify", '{"id":"none","clear":true}')
        return answer["at_us"] / 1e6 - now_s

    def all_have_heard(self):
        """Everything that was said before."""
        since = self.seen.mark()
        for topic in [node.topic("set") for node in self.nodes] + ["glow/scene/play"]:
            self.witness.publish(topic, "an unknown word", response="glow/answer/heard")
        glow.wait_until("all answer", lambda: len(self.seen.find("glow/answer/heard", since)) == 3)

    def kept(self):
        """What the broker keeps, but for what who looks may leave at a topic that is read by nobody."""
        self.all_have_heard()
        kept = {t: p for t, p, retained in retained_in(self.broker)
                if retained and not t.startswith("glow/time/request/x/")}
        info = json.loads(kept.pop("glow/conductor/info"))
        kept.pop(self.table, None)
        return kept, {k: info[k] for k in ("id", "state", "clock_id", "term", "boot", "nodes")}

    def probe(self, client, *askers):
        for asker in askers:
            for _ in range(64):
                client.publish("glow/time/request/" + asker, false_probe(), retain=asker == "x/1f")

    # promise: forgery-ends-no-lead, viewer-changes-nothing
    def test_nobody_changes_what_is_not_his(self):
        table, before = Table(), self.kept()
        for account in "tasks viewer operator homeassistant admin health bridge-pi2".split():
            with self.broker.connect(account) as client:
                self.probe(client, "pi1", "pi2", "x-1", "x/pi1", "x/1f")
                for topic, payload, retained in attacks(self.info):
                    if (account, topic) not in table.writes:
                        client.publish(topic, payload, retain=retained)
                        client.publish(topic, payload, retain=True)
            self.assertEqual(self.kept(), before, account)
            self.assertLess(self.lead_s(), LIFTED_S, account)
        self.check_that_a_forged_info_stops_nobody()
        # The controls: who may do all of that has an effect with each, and a viewer with its old rights moves the lead.
        *most, (beacon, payload, _) = attacks(self.info)
        self.check_that_attacks_have_effects(most)
        self.check_the_old_rights_of_a_viewer()
        since = self.seen.mark()
        self.witness.publish(beacon, payload)
        self.seen.wait("glow/conductor/availability", lambda m: m.payload == b"offline", since)

    def check_that_a_forged_info_stops_nobody(self):
        since = self.seen.mark()
        with self.broker.connect("admin") as admin:
            forged = dict(self.info, id="forged", term=LAST_TERM - 1, boot=1)
            self.assertEqual(admin.publish("glow/conductor/info", json.dumps(forged), retain=True), 0)
        info = self.seen.wait("glow/conductor/info", lambda m: m.json()["boot"] == self.info["boot"], since).json()
        self.assertEqual((info["clock_id"], info["term"]), (self.info["clock_id"], LAST_TERM))
        self.assertFalse([m for m in self.seen.find("glow/conductor/availability", since) if m.payload != b"online"])
        self.assertLess(self.lead_s(), LIFTED_S)  # and cluster time is what it was

    def check_the_old_rights_of_a_viewer(self):
        self.witness.publish("glow/node/pi1/availability", "online", retain=True)  # as it was, and has a say
        self.assertLess(self.lead_s(), LIFTED_S)
        acl = secured.read(self.secrets, "acl").replace("glow/time/request/x/+", "glow/time/request/+")
        self.broker.write_acl(acl)
        self.broker.process.send_signal(signal.SIGHUP)
        with self.broker.connect("viewer") as viewer:
            glow.wait_until("it is read again", lambda: viewer.publish("glow/time/request/x-1", false_probe()) == 0)
            self.probe(viewer, "pi1", "pi2")
            self.assertGreater(self.lead_s(), LIFTED_S)

    def check_that_attacks_have_effects(self, most):
        for topic, payload, retained in most:
            before = self.kept()
            self.witness.publish(topic, payload, retain=retained)
            glow.wait_until(topic + " has no effect", lambda: self.kept() != before)


class Secrets(unittest.TestCase):
    """secrets.sh."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="glow-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.dir = os.path.join(self.home, "secrets")

    def run_it(self, *options):
        return secured.make_secrets(self.dir, *options)

    def files(self):
        return {os.path.relpath(os.path.join(at, name), self.dir): secured.read(at, name)
                for at, _, names in os.walk(self.dir) for name in names}

    def changed(self, *options):
        """The files that differ after it ran with these options."""
        before = self.files()
        self.run_it(*options)
        after = self.files()
        return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

    def test_twice(self):
        self.run_it()
        self.assertEqual(self.changed(), set())
        self.assertEqual(self.changed("--account", "operator"), set())

    def test_once_more_for_what_is_new(self):
        self.run_it("--name", "pi.lan", "--prefix", "a/b")
        self.assertEqual(self.changed("--renew-certificate"), {"server.crt", "server.key"})
        self.assertIn("pi.lan", self.files()["names"])
        self.assertEqual(self.changed("--renew-certificate", "--name", "10.0.0.9"), {"server.crt", "server.key", "names"})
        self.assertEqual(self.changed("--account", "bridge-pi7"), {"accounts/bridge-pi7", "passwords", "acl"})
        self.assertIn("\ntopic write a/b/node/pi7/state\n", self.files()["acl"])
        self.assertEqual(self.changed("--remove", "bridge-pi7"), {"accounts/bridge-pi7", "passwords", "acl"})
        self.assertNotIn("pi7", "".join(self.files().values()))
        self.assertEqual(self.changed("--remove", "viewer", "--account", "viewer"), {"accounts/viewer", "passwords"})
        self.run_it("--remove", "bridge")
        self.assertEqual(self.changed(), set())

    def lasts(self, certificate, days):
        return subprocess.run(["openssl", "x509", "-noout", "-checkend", str(days * 86400), "-in",
                               os.path.join(self.dir, certificate)], stdout=subprocess.DEVNULL).returncode == 0

    # promise: certificates-last
    def test_days_of_the_certificates(self):
        self.run_it()
        for certificate, days in (("server.crt", 825), ("ca.crt", 7300)):
            self.assertEqual((self.lasts(certificate, days - 1), self.lasts(certificate, days + 1)), (True, False))
        warning = "ends within 30 days: --renew-certificate"
        for days, warned in ((29, True), (31, False)):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-subj", "/CN=x", "-days", str(days), "-keyout", "/dev/null", "-out", "server.crt"],
                           cwd=self.dir, check=True, stderr=subprocess.DEVNULL)
            self.assertEqual(warning in self.run_it().stderr, warned)
        self.run_it("--renew-certificate")
        self.assertTrue(self.lasts("server.crt", 824))

    # promise: secrets-are-the-owners
    def test_no_two_alike(self):
        """No password is one that somebody else may know: not of another account, nor of another installation."""
        self.run_it()
        passwords = [text for name, text in self.files().items() if name.startswith("accounts/")]
        self.dir = os.path.join(self.home, "another")
        self.run_it()
        passwords += [text for name, text in self.files().items() if name.startswith("accounts/")]
        self.assertEqual((len(passwords), len(set(passwords))), (16, 16))
        for password in passwords:
            self.assertEqual(len(base64.b64decode(password.replace("-", "+").replace("_", "/"))), 24)

    # promise: secrets-are-the-owners
    def test_for_its_owner_alone(self):
        self.run_it()
        os.chmod(self.dir, 0o700)
        for at, dirs, names in os.walk(self.dir):
            for name in dirs + names:
                self.assertEqual(os.stat(os.path.join(at, name)).st_mode & 0o077, 0, name)
        os.chmod(self.dir, 0o750)
        done = secured.secrets(self.dir)
        self.assertEqual(done.returncode, 1)
        self.assertIn("chmod 700", done.stderr)

    # promise: secrets-are-hidden
    def test_tells_no_secrets(self):
        """Neither to the terminal nor to a list of processes."""
        tools, log = os.path.join(self.home, "tools"), os.path.join(self.home, "log")
        os.mkdir(tools)
        for tool in ("openssl", "mosquitto_passwd", "grep", "sed", "mv", "cp", "cat", "install", "rm", "awk", "tr"):
            path = os.path.join(tools, tool)
            with open(path, "w") as f:
                f.write('#!/bin/sh\necho "%s $*" >>"%s"\nexec "%s" "$@"\n' % (tool, log, shutil.which(tool)))
            os.chmod(path, 0o755)
        saved = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", saved)
        os.environ["PATH"] = tools + ":" + saved
        done = self.run_it("--account", "bridge-pi1", "--docker", "--install", os.path.join(self.home, "installed"))
        told = done.stdout + done.stderr + secured.read(log)
        self.assertIn("mosquitto_passwd ", told)  # the control: what the tools are given is seen
        accounts = glob.glob(os.path.join(self.dir, "accounts", "*"))
        self.assertEqual(len(accounts), 9)
        for path in accounts:
            self.assertGreaterEqual(len(secured.read(path)), 32)
            self.assertNotIn(secured.read(path), told)
        self.assertNotIn("PRIVATE", told)

    # promise: secrets-are-the-owners
    def test_for_docker(self):
        self.run_it("--account", "bridge-pi1")
        rows = [line.split(" ") for line in self.run_it("--docker").stdout.splitlines()]
        self.assertEqual({kind for kind, _, _ in rows}, {"secret", "config"})
        self.assertEqual(len({name for _, name, _ in rows}), len(rows))
        for _, _, path in rows:
            self.assertTrue(stat.S_ISREG(os.stat(path).st_mode))
        self.assertNotIn(os.path.join(self.dir, "ca.key"), [path for _, _, path in rows])

    # promise: secrets-are-the-owners
    def test_complaints(self):
        repository = os.path.join(secured.CONFIG, "secrets")
        for where, options, status, part in (
                (repository, (), 1, "in the repository"), (self.dir, ("--bogus",), 64, "--bogus"),
                (self.dir, ("--name", "a b"), 64, "a b"), (self.dir, ("--prefix", "a/#"), 64, "a/#"),
                (self.dir, ("--prefix", "/a"), 64, "/a"), (self.dir, ("--account", "bridge-Pi7"), 64, "bridge-Pi7"),
                (self.dir, ("--account", "witness"), 64, "witness"),
                (self.dir, ("--account", "bridge-cluster"), 64, "the cluster's own"), (self.dir, ("--dir",), 64, "--dir"),
                (self.dir, ("--owner", "x"), 64, "--install"), ("/proc/x", (), 1, "/proc/x"),
                (self.dir, ("--remove", "bridge-pi7"), 1, "bridge-pi7")):
            done = secured.secrets(where, *options)
            self.assertEqual((done.returncode, done.stdout), (status, ""), done)
            self.assertIn(part, done.stderr)
        self.assertFalse(os.path.exists(repository))
        self.run_it()
        done = secured.secrets(self.dir, "--name", "another")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--renew-certificate", done.stderr)


if __name__ == "__main__":
    glow.main()
