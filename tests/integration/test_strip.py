#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Order, direction, gaps and titles at run time: set by glowctl, seen on the boards, kept through a new conductor and a broker
that lost everything."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import glow  # noqa: E402


class Strip(glow.Case):
    def ctl(self, *words, status=0):
        done = glow.run_ctl(words[0], "--broker", self.broker.uri, *words[1:])
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout + done.stderr

    def wait_strip(self, *nodes):
        """Until the roster is this: (id, offset, reverse)."""
        return self.all.wait("glow/roster", lambda m: [(n["id"], n["offset"], n["reverse"]) for n in m.json()["nodes"]] ==
                             list(nodes), self.since)

    # promise: strip-is-kept
    def test_set_and_kept(self):
        self.all = self.watch()
        self.since = 0
        first = self.conductor("--order", "a", "--reverse", "b", node="first").wait_leading()
        a = self.bridge(node="a")
        b = self.bridge(node="b")
        a.wait_connected()
        b.wait_connected()
        self.wait_strip(("a", 0, False), ("b", 8, True))  # the control: as configured

        self.assertIn("did you mean", self.ctl("order", "aa", status=os.EX_DATAERR))
        self.ctl("order", "b")
        self.ctl("reverse", "b", "off")
        self.ctl("gap", "b", "3")
        self.ctl("title", "a", "Küche, links")
        self.wait_strip(("b", 0, False), ("a", 11, False))
        self.assertIn("Küche, links", self.ctl("nodes"))
        self.assertIn("Küche, links", self.ctl("order").splitlines()[1])
        titles = {n["id"]: n["title"] for n in json.loads(self.ctl("nodes", "--json"))["nodes"]}
        self.assertEqual(titles, {"a": "Küche, links", "b": ""})

        strip = self.all.last("glow/roster").payload
        first.stop()
        self.conductor("--order", "a", "--reverse", "b", node="second").wait_leading()
        self.assertEqual(self.broker.retained("glow/roster")["glow/roster"], strip)  # the same, which nobody sends again
        kept = self.broker.retained("glow/roster/wanted")["glow/roster/wanted"]

        self.broker.stop()
        self.broker.start()
        self.all = self.watch()
        again = self.all.wait("glow/roster/wanted").json()
        self.assertEqual([again["order"], again["nodes"]], [json.loads(kept)["order"], json.loads(kept)["nodes"]])
        self.since = 0
        self.wait_strip(("b", 0, False), ("a", 11, False))

        self.broker.publish("glow/roster/set", '{"reset":true}')
        self.wait_strip(("a", 0, False), ("b", 8, True))


if __name__ == "__main__":
    glow.main()
