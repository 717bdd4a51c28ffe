#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The web server before the broker: how many pages it lets in, and how fast."""

import concurrent.futures
import os
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import mqtt
import secured
import web

LIMITS = secured.read(web.NGINX, "limits.conf")
PUPILS = 30


def without(text, directive):
    """limits.conf without its lines of that directive."""
    left = re.sub(r"(?m)^%s .*;\n" % directive, "", text)
    assert left != text, directive
    return left


def at_most(pages, pages_all):
    """limits.conf with other figures for pages, and none for how fast they come."""
    text = secured.replaced(LIMITS, {"limit_conn glow_pages 80;": "limit_conn glow_pages %d;" % pages,
                                     "limit_conn glow_pages_all 300;": "limit_conn glow_pages_all %d;" % pages_all})
    return without(text, "limit_req")


class Doors(unittest.TestCase):
    """With the broker as it is deployed."""

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.secrets = os.path.join(cls.home, "secrets")
        secured.make_secrets(cls.secrets)
        cls.broker = secured.Broker(cls.home, cls.secrets).start()
        cls.addClassCleanup(cls.broker.stop)

    def web(self, limits=None, **more):
        served = web.Web(self.home, self.broker.web_port, limits, **more)
        self.addCleanup(served.close)
        return served

    def page(self, served, *more):
        """An open WebSocket."""
        stream = mqtt.WebSocket(served.port, more)
        self.addCleanup(stream.close)
        return stream

    def viewer(self, served):
        return mqtt.Client(self.page(served), ("viewer", self.broker.password("viewer")))

    def assert_shut(self, served, status, *more):
        with self.assertRaisesRegex(ConnectionError, "HTTP/1.1 %d " % status):
            mqtt.WebSocket(served.port, more)

    # promise: page-has-a-door
    def test_the_next_page_is_refused_and_others_go_on(self):
        for limits in (at_most(3, 100), at_most(100, 3)):
            served = self.web(limits)
            viewer = self.viewer(served)
            pages = [self.page(served) for _ in range(2)]
            self.assert_shut(served, 503)
            self.assertEqual(served.room(), 503)
            self.assertEqual(served.status("/index.html"), 200)
            viewer.received()
            pages.pop().close()
            glow.wait_until("the place is free", lambda: served.room() == 204)
            self.viewer(served)
            self.assertIn("limiting connections by zone", served.log())

    def test_control_without_the_limit_all_are_let_in(self):
        served = self.web(without(at_most(2, 2), "limit_conn"))
        for _ in range(3):
            self.page(served)
        self.assertEqual(served.room(), 204)

    # promise: page-has-a-door
    def test_a_class_behind_one_address(self):
        """All pupils at once, and once more each, as when the broker comes back: all get in at the first attempt."""
        served = self.web()
        for _ in range(PUPILS):
            for path in ("/index.html", "/main.js", "/main.css", "/glow.wasm", "/icon.svg", "/site.json"):
                self.assertIn(served.status(path), (200, 404))
        with concurrent.futures.ThreadPoolExecutor(2 * PUPILS) as pupils:
            list(pupils.map(lambda _: self.page(served), range(2 * PUPILS)))
        self.viewer(served)

    # promise: page-has-a-door
    def test_how_fast(self):
        served = self.web(secured.replaced(LIMITS, {"rate=15r/s": "rate=1r/m", "zone=glow_logins burst=100 delay=20":
                                                    "zone=glow_logins burst=2 nodelay"}))
        for _ in range(3):
            self.page(served)
        self.assert_shut(served, 429)
        self.assertEqual(served.room(), 429)
        self.assertEqual(served.status("/index.html"), 200)

    # promise: page-has-a-door
    def test_a_flood_of_wrong_passwords_ends_at_the_door(self):
        """As many reach the broker as the door lets in at once, and the control: without it all of them do."""
        tight = secured.replaced(LIMITS, {"rate=15r/s": "rate=1r/m", "rate=20r/s": "rate=1r/m",
                                          "zone=glow_logins burst=100 delay=20": "zone=glow_logins burst=9 nodelay",
                                          "zone=glow_logins_all burst=120 delay=20":
                                          "zone=glow_logins_all burst=9 nodelay"})
        for limits, reach in ((tight, 10), (without(LIMITS, "limit_req"), 30)):
            served = self.web(limits)
            with concurrent.futures.ThreadPoolExecutor(30) as guessers:
                reached = sum(guessers.map(lambda _: self.guesses(served), range(30)))
            self.assertEqual(reached, reach)

    def guesses(self, served):
        """Whether the broker was asked, and refused."""
        try:
            mqtt.Client(mqtt.WebSocket(served.port), ("viewer", "a guess"))
        except mqtt.Refused:
            return True
        except ConnectionError:
            return False
        raise AssertionError("it is let in")

    # promise: page-has-a-door
    def test_only_a_trusted_server_names_the_address(self):
        pages = ["X-Forwarded-For: 192.0.2.%d" % k for k in range(4)]
        served = self.web(at_most(2, 100))
        for line in pages[:2]:
            self.page(served, line)
        self.assert_shut(served, 503, pages[2])
        trusting = self.web(at_most(2, 100), changes={
            "server_tokens off;": "set_real_ip_from 127.0.0.1;\nreal_ip_header X-Forwarded-For;\n"})
        for line in pages:
            self.page(trusting, line)
        self.page(trusting, pages[0])
        self.assert_shut(trusting, 503, pages[0])

    # promise: page-has-a-door
    def test_who_does_not_end_a_request_is_let_go(self):
        served = self.web(changes={"client_header_timeout 10s;": "client_header_timeout 200ms;"})
        slow = mqtt.Stream(served.port)
        self.addCleanup(slow.close)
        slow.send(b"GET /index.html HTTP/1.1\r\nHost: loc")
        with self.assertRaises(ConnectionResetError):
            slow.sock.recv(100)
        whole = mqtt.Stream(served.port)  # the control
        self.addCleanup(whole.close)
        whole.send(b"GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b" 200 OK", whole.sock.recv(100))

    def test_a_page_of_another_origin(self):
        served = self.web()
        for origin, status in (("http://localhost", 204), ("http://elsewhere", 403)):
            self.assertEqual(served.room(Host="localhost", Origin=origin), status)
        self.page(served, "Origin: http://localhost")
        self.assert_shut(served, 403, "Origin: http://elsewhere")

    def test_sizes(self):
        served = self.web()
        self.assertEqual(served.status("/" + "x" * 40000), 414)
        self.assertEqual(served.status("/", "POST"), 403)


if __name__ == "__main__":
    web.need()
    glow.main()
