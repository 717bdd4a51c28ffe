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


class Places(glow.Case):
    """What each node is told of where it lies, and that it shows that part. The picture gets redder along the strip."""

    def places(self, since):
        return [m for m in self.all.look()[since:] if m.topic.endswith("/place")]

    def wait_places(self, since, _once=True, **places):
        """Until these nodes have been told this since then, once each, and nobody else anything: (offset, pixels); None,
        that they have none."""
        def told():
            found = {m.topic.split("/")[2]: m.json() if m.payload else None for m in self.places(since)}
            return {node: place and (place["offset"], place["pixels"]) for node, place in found.items()} == places
        glow.wait_until(lambda: "other places: %s" % self.places(since), told)
        if _once:
            self.assertEqual(len(self.places(since)), len(places))

    def wait_reds(self, *nodes):
        """Until the picture runs along these nodes, from dark to red."""
        def runs_along():
            shown = [node.frames.look()[-1:] for node in nodes]
            reds = [int(light[:2], 16) for frames in shown for frame in frames for light in frame.lights]
            return all(shown) and reds[0] == 0 and reds[-1] == 255 and reds == sorted(set(reds))
        glow.wait_until(lambda: "other frames: %s" % [node.frames.look()[-1:] for node in nodes], runs_along)

    def start(self, name, *options):
        return self.bridge("--idle", "off", "--current-limit-ma", "0", "--virtual-pixels", "8", *options, node=name)

    # promise: places-that-changed
    def test_places(self):
        self.all = self.watch()
        first = self.conductor(node="first").wait_leading()
        request = lambda topic, payload: self.broker.request("glow/" + topic, payload, glow.unique("answers/"))
        request("effect/slope/set", "rgb(i / (n - 1), 0, 0)")
        a, c = self.start("a"), self.start("c", "--groups", "shelf")
        self.wait_places(0, False, a=(0, 16), c=(8, 16))

        since = self.all.mark()
        request("scene/play", '{"effect":"slope"}')
        self.wait_reds(a, c)
        self.assertEqual(self.places(since), [])  # all know their places for that
        b = self.start("b", "--groups", "shelf")
        self.wait_reds(a, b, c)
        self.wait_places(since, a=(0, 24), b=(8, 24), c=(16, 24))

        since = self.all.mark()
        request("scene/play", '{"effect":"slope","target":{"groups":["shelf"]}}')
        self.wait_reds(b, c)
        self.wait_places(since, b=(8, 24), c=(16, 24))

        since = self.all.mark()
        request("roster/set", '{"order":["c","b","a"]}')
        self.wait_reds(c, b)
        self.wait_places(since, c=(0, 24), a=(16, 24), b=(8, 24))  # b lies where it lay, but behind c on the shelf

        since = self.all.mark()
        first.kill()
        self.conductor(node="second").wait_leading()
        request("roster/set", '{"nodes":{"a":{"reverse":true}}}')  # the control
        self.wait_places(since, a=(16, 24))

        since = self.all.mark()
        a.stop()
        self.broker.publish(a.topic("info"), "", retain=True)  # as glowctl forget does
        self.wait_places(since, a=None, b=(8, 16), c=(0, 16))
        self.assertEqual(set(self.broker.retained("glow/node/+/place")), {"glow/node/b/place", "glow/node/c/place"})


if __name__ == "__main__":
    glow.main()
