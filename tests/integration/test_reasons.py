#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a broker says as it ends, refuses or limits a connection reaches people, in the words of every program; and lack of
memory or descriptors is not taken for a mistake of theirs."""

import os
import re
import resource
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import certificates
import fake_broker as fake
import glow

EX_USAGE, EX_UNAVAILABLE, EX_OSERR = 64, 69, 71


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "deploy.md")) as f:
    DOCUMENT = f.read().replace("glow-pi1", "glow-N")


HANGING = types.SimpleNamespace()


def setUpModule():
    """A broker that hangs: what the conductor says of it takes its time, in which the other tests run."""
    home = tempfile.mkdtemp(prefix="glow-test-")
    unittest.addModuleCleanup(shutil.rmtree, home)
    HANGING.broker = glow.Broker(home).start()
    unittest.addModuleCleanup(HANGING.broker.stop, signal.SIGKILL)
    HANGING.conductor = glow.Conductor(home, HANGING.broker.uri)
    unittest.addModuleCleanup(HANGING.conductor.close)
    HANGING.conductor.wait_leading()
    HANGING.broker.freeze()


class Case(glow.Case):
    def fake(self, **how):
        broker = fake.FakeBroker(**how)
        self.addCleanup(broker.close)
        return broker

    def logged(self, broker, words, *options):
        """The line of a node's log with these words, once it is there."""
        node = self.bridge(*options, uri=broker.uri)
        node.wait_log(words)
        return next(line for line in node.log().splitlines() if words in line).replace(node.node, "N")

    def ctl(self, broker):
        done = glow.run_ctl("--broker", broker.uri, "nodes")
        return done.returncode, done.stderr.replace(":%d" % broker.port, "")

    def doctor(self, broker):
        done = glow.run_bridge("--doctor", "--node", "n1", "--board", "virtual", "--broker", broker.uri)
        return done.returncode, done.stdout.replace(":%d" % broker.port, "")


class Goodbyes(Case):
    def ended(self, reason, properties=b"", raw=None):
        line = self.logged(self.fake(then=raw or fake.goodbye(reason, properties)), "lost the broker")
        return re.search("connection to [^ ]+ (.*); the picture goes on", line)[1]

    # promise: reasons-are-told
    def test_reasons(self):
        by = "ended by the broker: "
        for reason, words in (
                (0x00, "it gave no reason"),
                (0x87, "not authorized; were its accounts or rules changed?"),
                (0x8b, "it is shutting down"),
                (0x8d, "it heard nothing from us for too long (keep alive timeout)"),
                (0x8e, "another client took the id glow-N (session taken over): does something of the same name run"
                       " twice? Each needs a name of its own"),
                (0x95, "a packet was too large for it; see its max_packet_size"),
                (0x97, "quota exceeded; see its limits"),
                (0x98, "somebody ended it there (administrative action)"),
                (0x9c, "another broker is to be used for now"),
                (0x9d, "another broker is to be used from now on"),
                (0x93, "Receive Maximum exceeded")):
            self.assertEqual(self.ended(reason), by + words)
            self.assertEqual(re.search("(?m)^\\| %d, [^|]*\\| `%s` \\|$" % (reason, re.escape(words)), DOCUMENT) is None,
                             reason == 0x93, words)
        self.assertEqual(self.ended(0, raw=bytes([0xe0, 0])), by + "it gave no reason")
        self.assertEqual(
            self.ended(0x9d, fake.text(fake.SERVER_REFERENCE, "b.test:1883") + fake.text(fake.REASON_STRING, "we\x1bmoved")),
            by + 'another broker is to be used from now on: it names b.test:1883 ("we moved")')

    def test_tls(self):
        """Where the same bytes come by another way."""
        authority = certificates.Authority(os.path.join(self.home, "ca"), "Our Authority")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*authority.sign("broker", hosts="IP:127.0.0.1"))
        for how, words in (({"then": fake.goodbye(0x98)}, "somebody ended it there (administrative action)"),
                           ({"entry": fake.packet(fake.CONNACK, b"\0\1")}, "speaks MQTT 3.1.1 only"),
                           ({"then": fake.FakeBroker.RESET}, "lost at once: Connection reset by peer")):
            self.logged(self.fake(tls=tls, **how), words, "--ca-file", authority.crt)

    def test_control(self):
        """Where nothing was said there is the guess."""
        self.assertEqual(self.ended(0, raw=b"\xd0\0"), "lost at once: it hung up; does another client use the id glow-N?")

    # promise: reasons-are-told
    def test_real(self):
        """Mosquitto of Debian 12 says nothing to whom it throws out, that of Debian 13 does."""
        first = self.bridge(node="twin").wait_connected()
        self.bridge(node="twin").wait_connected()
        first.wait_log("lost the broker")
        self.assertRegex(first.log(), "another client took the id glow-twin|does another client use the id glow-twin")


class Entries(Case):
    def everywhere(self, words, **how):
        broker = self.fake(**how)
        self.assertIn(words, self.logged(broker, "trying again").replace(":%d" % broker.port, ""))
        self.assertEqual(self.ctl(broker), (EX_UNAVAILABLE, "glowctl: %s\n" % words))
        self.assertIn("FAIL  broker   %s\n" % words, self.doctor(broker)[1])

    def test_mqtt_3_1_1(self):
        """Whether it says so, or takes us: Paho would read properties that are not there, and free them."""
        words = "127.0.0.1 speaks MQTT 3.1.1 only, and Glowswarm needs MQTT 5: Mosquitto does from 1.6 on"
        for code in 0, 1, 5:
            self.everywhere(words, entry=fake.packet(fake.CONNACK, bytes([0, code])))
        self.everywhere("127.0.0.1: it does not speak MQTT 5, which Glowswarm needs", entry=fake.connack(0x84))
        self.everywhere("127.0.0.1 hung up at once: is it an MQTT broker, and does it speak MQTT 5?", entry=b"")

    # promise: reasons-are-told
    def test_words(self):
        self.everywhere('127.0.0.1: user name or password refused (not authorized) ("no such account")',
                        entry=fake.connack(0x87, fake.text(fake.REASON_STRING, "no such account")))
        self.everywhere("127.0.0.1: another broker is to be used for now: it names b.test",
                        entry=fake.connack(0x9c, fake.text(fake.SERVER_REFERENCE, "b.test")))

    def keepalive(self, seconds):
        return self.fake(entry=fake.connack(0, bytes([fake.SERVER_KEEP_ALIVE, 0, seconds])))

    # promise: reasons-are-told
    def test_keepalive(self):
        shorter = self.keepalive(7)
        node = self.bridge(uri=shorter.uri).wait_connected()
        self.assertEqual([s for _, s in shorter.connects], [10, 7])  # asked for again, and kept from then on
        self.assertNotIn("keepalive", node.log())
        for seconds, words in (60, "wants a keepalive of 60 s in place of our shorter one: who vanishes counts as online for 90 s"), \
                (0, "wants no keepalive: who vanishes counts as online for ever"):
            broker = self.keepalive(seconds)
            self.assertIn(words, self.logged(broker, "keepalive"))
            self.assertEqual(len(broker.connects), 1)
            self.assertIn(words, self.ctl(broker)[1])
            self.assertRegex(self.doctor(broker)[1], "(?m)^FAIL +limits +the broker " + words)


class Silence(unittest.TestCase):
    # promise: silence-is-noticed
    def test_a_broker_that_hangs(self):
        HANGING.conductor.wait_log("nothing was heard for 7 s")
        HANGING.broker.thaw()
        HANGING.conductor.wait_connected(3)  # standing by, leading, standing by again


class Subscriptions(Case):
    # promise: reasons-are-told
    def test_each_that_is_refused(self):
        """Once, however often it connects."""
        broker = self.fake(grant=lambda topic: 0x87 if "device" in topic or "status" in topic else 1,
                           then=fake.goodbye(0x8b))
        node = self.bridge(uri=broker.uri).wait_connected(2)
        refused = [line for line in node.log().splitlines() if "refused" in line]
        self.assertEqual(len(refused), 2, node.log())
        self.assertIn("subscription to homeassistant/status refused: not authorized; going on without it", refused[1])


class Lacks(Case):
    """Each start with less and less: it works, or says what it lacks and ends with EX_OSERR."""

    def start(self, limit, value, *argv, patience_s=glow.PATIENCE_S):
        """How it ends, and its last words; 0 for one that runs on."""

        def less():
            resource.setrlimit(limit, (value, value))

        with open(os.path.join(self.home, glow.unique("lack")), "w+b") as said:
            process = subprocess.Popen(argv, env=glow.child_env(), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                       preexec_fn=less)
            try:
                status = process.wait(patience_s)
            except subprocess.TimeoutExpired:
                status = 0
                process.kill()
                process.wait()
            said.seek(0)
            return status, said.read().decode(errors="replace").strip().splitlines()[-1:]

    # promise: lack-is-told
    def test_descriptors(self):
        uri = "mqtt://127.0.0.1:%d" % glow.free_port()
        for argv in (("glow-bridge", "--board", "virtual", "--node", "lack"), ("glow-conductor", "--node", "lack"),
                     ("glowctl", "nodes"), ("glowctl", "watch", "--plain")):
            argv = (glow.beside_bridge(argv[0]), "--broker", uri, *argv[1:])
            seen = set()
            for most in 10, 7, 5, 4:  # with three the loader finds no library
                status, said = self.start(resource.RLIMIT_NOFILE, most, *argv)
                seen.add(status)
                self.assertIn(status, (EX_OSERR, EX_UNAVAILABLE), (argv, most, said))
                if status == EX_OSERR:
                    self.assertIn("out of file descriptors: raise its limit", said[0], (argv, most))
            self.assertIn(EX_OSERR, seen, argv)
            control = self.start(resource.RLIMIT_NOFILE, 64, *argv, patience_s=0.5)
            self.assertIn(control[0], (0, EX_UNAVAILABLE), argv)
        self.assertEqual(glow.run_bridge("--broker", "mqtt://a b", "--board", "virtual").returncode, EX_USAGE)


if __name__ == "__main__":
    glow.main()
