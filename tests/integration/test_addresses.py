# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A broker's name has several addresses, and not all of them are of use.

All of it happens on a loopback of the test's own, with names of its own.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import certificates  # noqa: E402
import glow  # noqa: E402
import island  # noqa: E402

LINK = "fe80::7"  # of the loopback's link, so without the interface nobody knows where
GONE4, GONE6 = "192.0.2.1", "2001:db8::1"  # there is no way to these
NAMES = (("127.0.0.2", "both.test"), ("::1", "both.test"),
         (GONE4, "six.test"), ("::1", "six.test"),
         (GONE6, "four.test"), ("127.0.0.2", "four.test"),
         (GONE4, "gone.test"), (GONE6, "gone.test"),
         ("127.0.0.2", "many.test"), ("127.0.0.3", "many.test"), ("127.0.0.4", "many.test"), ("::1", "many.test"),
         ("127.0.0.1", "localhost"))


class Broker(glow.Broker):
    """Mosquitto at these addresses, on one port; with a certificate for them it speaks TLS."""

    def __init__(self, home, *addresses, certificate=None):
        super().__init__(home)
        self.conf = os.path.join(home, glow.unique("mosquitto") + ".conf")
        with open(self.conf, "w") as f:
            f.write("allow_anonymous true\nuser root\n")
            for address in addresses:
                f.write("listener %d %s\n" % (self.port, address))
                if certificate:
                    f.write("certfile %s\nkeyfile %s\n" % certificate)
        self.address = addresses[0]

    def _answers(self):
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        with socket.socket(family) as s:
            return s.connect_ex((self.address, self.port)) == 0


@contextlib.contextmanager
def silent(address, port):
    """A place that answers nothing, since as many as it lets wait are waiting already."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.ExitStack() as open_ones:
        listener = open_ones.enter_context(socket.socket(family))
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(4):
            waiting = open_ones.enter_context(socket.socket(family))
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield


@contextlib.contextmanager
def hanging_up(address, port):
    """What takes every connection and is no broker; yields the list of those it took."""
    took = []

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            took.append(peer.getsockname())
            peer.close()

    listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield took
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


class Addresses(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.home = HOME

    def broker(self, *addresses, **more):
        broker = Broker(self.home, *addresses, **more).start()
        self.addCleanup(broker.stop, signal.SIGKILL)
        return broker

    def bridge(self, uri, **more):
        bridge = glow.Bridge(self.home, uri, **more)
        self.addCleanup(bridge.close)
        return bridge

    def nodes(self, uri, *options, env=None):
        """How glowctl ends, and the words with which it does."""
        done = subprocess.run([glow.beside_bridge("glowctl"), "--broker", uri, *options, "nodes"], capture_output=True,
                              text=True, env=glow.child_env(env), timeout=2 * glow.PATIENCE_S)
        return done.returncode, done.stderr.strip()

    def assert_reaches(self, uri, address, env=None):
        bridge = self.bridge(uri, env=env).wait_connected()
        self.assertIn("connected to %s (%s) as" % (uri, address), bridge.log())
        self.assertNotIn("trying again", bridge.log())
        conductor = glow.Conductor(self.home, uri, env=env)
        self.addCleanup(conductor.close)
        conductor.wait_connected()
        self.assertEqual(self.nodes(uri, env=env), (0, ""))
        done = glow.run_bridge("--broker", uri, "--board", "virtual", "--doctor", env=env)
        self.assertIn("%s (%s) lets us in" % (uri, address), done.stdout)

    # promise: every-address
    def test_one_address_refuses(self):
        for live in "::1", "127.0.0.2":
            with self.subTest(live):
                broker = self.broker(live)
                self.assert_reaches("mqtt://both.test:%d" % broker.port, live)

    def test_no_way_to_one_address(self):
        six, four = self.broker("::1"), self.broker("127.0.0.2")
        self.assert_reaches("mqtt://six.test:%d" % six.port, "::1")
        self.assert_reaches("mqtt://four.test:%d" % four.port, "127.0.0.2")

    # promise: every-address
    def test_one_address_is_silent(self):
        for live, dead in (("::1", "127.0.0.2"), ("127.0.0.2", "::1")):
            broker = self.broker(live)
            with self.subTest(live), silent(dead, broker.port):
                bridge = self.bridge("mqtt://both.test:%d" % broker.port).wait_connected()
                self.assertIn("(%s)" % live, bridge.log())
                self.assertNotIn("trying again", bridge.log())
        port = glow.free_port()
        with silent("127.0.0.2", port):  # the control: without the live one it is told what was tried
            status, said = self.nodes("mqtt://both.test:%d" % port)
        self.assertEqual(status, 69)
        self.assertIn("127.0.0.2: Connection timed out", said)
        self.assertIn("::1: Connection refused", said)

    # promise: every-address
    def test_the_last_of_many(self):
        broker = self.broker("127.0.0.4")
        with silent("::1", broker.port), silent("127.0.0.2", broker.port), silent("127.0.0.3", broker.port):
            self.assertIn("(127.0.0.4)", self.bridge("mqtt://many.test:%d" % broker.port).wait_connected().log())

    def test_no_address_is_of_use(self):
        for name, words in (
                ("both.test", {"127.0.0.2: Connection refused", "::1: Connection refused"}),
                ("gone.test", {GONE4 + ": Network is unreachable", GONE6 + ": Network is unreachable"})):
            port = glow.free_port()
            status, said = self.nodes("mqtt://%s:%d" % (name, port))
            self.assertEqual(status, 69)
            begin = "glowctl: cannot reach %s:%d: " % (name, port)
            self.assertEqual(said[:len(begin)], begin)
            self.assertEqual(set(said[len(begin):].split("; ")), words)
        self.assertRegex(self.nodes("mqtt://none.test")[1], "host none.test not found")

    def test_what_is_no_broker_comes_last_next_time(self):
        for live, other in (("::1", "127.0.0.2"), ("127.0.0.2", "::1")):
            broker = self.broker(live)
            with self.subTest(live), hanging_up(other, broker.port) as took:
                bridge = self.bridge("mqtt://both.test:%d" % broker.port).wait_connected()
                self.assertIn("(%s)" % live, bridge.log())
                failures = [line for line in bridge.log().splitlines() if "trying again" in line]
                self.assertEqual(len(failures), bool(took))
                self.assertTrue(all("both.test:%d (%s) hung up at once" % (broker.port, other) in f for f in failures))

    # promise: tls-is-verified
    def test_the_name_is_verified_at_every_address(self):
        ca = certificates.Authority(os.path.join(self.home, glow.unique("ca")), "Our Authority")
        env = {"GLOW_CA_FILE": ca.crt}
        named = self.broker("::1", certificate=ca.sign("named", hosts="DNS:both.test"))
        self.assert_reaches("mqtts://both.test:%d" % named.port, "::1", env=env)
        numbered = self.broker("::1", certificate=ca.sign("numbered", hosts="IP:::1"))
        uri = "mqtts://both.test:%d" % numbered.port
        status, said = self.nodes(uri, env=env)
        self.assertEqual((status, said), (69, "glowctl: the certificate of both.test:%d (::1) is not made out to the name"
                                              " both.test, but to ::1" % numbered.port))
        # The control: by the address it is the one.
        self.assertEqual(self.nodes("mqtts://[::1]:%d" % numbered.port, env=env), (0, ""))
        self.assertIn("is not made out to the name ::1, but to both.test",
                      self.nodes("mqtts://[::1]:%d" % named.port, env=env)[1])

    def test_an_address_of_one_link(self):
        ca = certificates.Authority(os.path.join(self.home, glow.unique("ca")), "Our Authority")
        for scheme, env, certificate in (
                ("mqtt", None, None), ("mqtts", {"GLOW_CA_FILE": ca.crt}, ca.sign("link", hosts="IP:" + LINK))):
            with self.subTest(scheme):
                broker = self.broker("::", certificate=certificate)
                uri = "%s://[%s%%lo]:%d" % (scheme, LINK, broker.port)
                self.assertIn("connected to %s as" % uri, self.bridge(uri, env=env).wait_connected().log())
                self.assertEqual(self.nodes(uri, env=env), (0, ""))
                # The controls: without the interface, and with one that is not there.
                self.assertEqual(self.nodes(uri.replace("%lo", ""), env=env)[0], 69)
                self.assertIn("is there an interface eth7 here?", self.nodes(uri.replace("%lo", "%eth7"), env=env)[1])


if __name__ == "__main__":
    HOME = tempfile.mkdtemp(prefix="glow-test-")
    try:
        try:
            island.move_to(HOME, NAMES, LINK)
        except OSError as error:
            print("SKIPPED: no network of the test's own, which takes root: %s" % error)
            sys.exit(glow.SKIPPED)
        glow.main()
    finally:
        shutil.rmtree(HOME)
