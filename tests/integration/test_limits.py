#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The flash limit under a storm of commands and of notices, on the frames that the
board gets; and what a service manager hears. The meter here is written from WCAG
2.3.1 and shares nothing with the limiter."""

import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

STORM_HZ = 60
STORM_S = 3


def luminance(lights):
    """Relative luminance of the mean, 0..1; sRGB as in WCAG."""
    total = 0.0
    for light in lights:
        for weight, k in ((0.2126, 0), (0.7152, 2), (0.0722, 4)):
            c = int(light[k:k + 2], 16) / 255
            total += weight * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    return total / len(lights)


def changes(frames):
    """Instants of opposing changes of a tenth or more, the darker side below 0.8."""
    found, direction, low, high = [], 0, None, None
    for frame in frames:
        v = luminance(frame.lights)
        low, high = (v, v) if low is None else (min(low, v), max(high, v))
        if direction <= 0 and v - low >= 0.1 and low < 0.8:
            direction, low, high = 1, v, v
            found.append(frame.t_us)
        elif direction >= 0 and high - v >= 0.1 and v < 0.8:
            direction, low, high = -1, v, v
            found.append(frame.t_us)
    return found


def most_in_a_second(instants):
    return max((sum(t <= u < t + 1000000 for u in instants) for t in instants), default=0)


class Storm(glow.Case):
    def storm(self, topic, payloads, *options):
        node = self.bridge("--current-limit-ma", "0", *options).wait_connected()
        pub = subprocess.Popen(self.broker.client("mosquitto_pub", "-t", node.topic(topic), "-l"), stdin=subprocess.PIPE)
        for k in range(STORM_HZ * STORM_S):
            pub.stdin.write(payloads[k % len(payloads)].encode() + b"\n")
            pub.stdin.flush()
            time.sleep(1 / STORM_HZ)
        pub.stdin.close()
        pub.wait()
        return node

    # promise: flash-limit
    def test_commands(self):
        node = self.storm("set", ("white", "black"))
        self.broker.publish(node.topic("set"), "lime")
        node.frames.wait_shows(["00ff00"] * 8)  # what was asked for last is shown when there is room
        self.assertGreater(len(changes(node.frames.look())), 6, "the storm is not seen at all")
        self.assertLessEqual(most_in_a_second(changes(node.frames.look())), 6)

    # promise: flash-limit
    def test_notices(self):
        node = self.storm("notify", ('{"id":"x","color":"white"}', '{"id":"x","clear":true}'), "--idle", "off")
        self.assertGreater(len(changes(node.frames.look())), 6, "the storm is not seen at all")
        self.assertLessEqual(most_in_a_second(changes(node.frames.look())), 6)

    def test_told(self):
        watch = self.watch("glow/#")
        node = self.storm("set", ("white", "black"))
        self.assertTrue(any(m.json()["limited"] for m in watch.find(node.topic("state"))))
        self.broker.publish(node.topic("set"), "blue")
        watch.wait(node.topic("state"), lambda m: not m.json()["limited"] and m.json()["color"]["b"] == 255)

    def test_control(self):
        """The same storm without the limit is one, and the meter says so."""
        node = self.storm("set", ("white", "black"), "--flash-limit", "off")
        self.assertGreater(most_in_a_second(changes(node.frames.look())), 6)


class Own(glow.Case):
    """Limits are a node's own configuration."""

    LIFTED = ('"limits":{"brightness":255,"current_ma":0,"flash":false}', '"brightness_limit":255', '"current_limit_ma":0',
              '"flash_limit":"off"')

    def node(self, name, **more):
        return self.bridge("--brightness-limit", "100", node=name, **more).wait_connected()

    # promise: limits-are-the-nodes
    def test_no_message_changes_them(self):
        node, watch = self.node(glow.unique()), self.watch("glow/#")
        topics = [node.topic(leaf) for leaf in ("info", "state")]
        info = watch.wait(topics[0])
        for words in self.LIFTED:
            ask = lambda command: self.broker.request(node.topic("set"), command, glow.unique("answers/"))
            self.assert_refused(ask("{%s}" % words), "unknown_field")
            answer = ask('{"color":"white",%s}' % words)
            self.assertEqual((answer["status"], answer["ignored"]), ("ok", [words.split('"')[1]]))
        node.frames.wait_shows(["646464"] * 8)
        self.assertEqual(node.stop()[0], 0)
        # Nor is it believed what is kept of them, by whoever may write there.
        for topic, kept in self.broker.retained(*topics).items():
            forged = kept.decode()[:-1].replace('"limits"', '"old"') + ",%s}" % ",".join(self.LIFTED)
            self.broker.publish(topic, forged, retain=True)
        since, again = watch.mark(), self.node(node.node)
        again.frames.wait_shows(["646464"] * 8)
        self.assertEqual(watch.wait(topics[0], lambda m: m.json() == info.json(), since).payload, info.payload)
        self.assertLessEqual({f.lights[0] for f in node.frames.look() + again.frames.look()}, {"000000", "646464"})

    def test_control(self):
        """Its own configuration does."""
        node = self.bridge("--current-limit-ma", "0").wait_connected()
        self.broker.publish(node.topic("set"), "white")
        node.frames.wait_shows(["ffffff"] * 8)


class Manager(glow.Case):
    """sd_notify: ready, watchdog, stopping."""

    # promise: hang-is-noticed
    def test_hears(self):
        path = os.path.join(self.home, glow.unique("notify"))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(glow.PATIENCE_S)
            node = self.bridge(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
            heard = ""
            while "READY=1" not in heard or heard.count("WATCHDOG=1") < 3:
                heard += manager.recv(4096).decode() + "\n"
            # A loop that does not turn is not fed on: the watchdog bites.
            node.process.send_signal(signal.SIGSTOP)
            manager.settimeout(1)
            with self.assertRaises(TimeoutError):
                while True:
                    manager.recv(4096)
            node.process.send_signal(signal.SIGCONT)
            manager.settimeout(glow.PATIENCE_S)
            node.process.send_signal(signal.SIGTERM)
            while "STOPPING=1" not in heard:
                heard += manager.recv(4096).decode() + "\n"
            self.assertEqual(node.process.wait(glow.PATIENCE_S), 0)


if __name__ == "__main__":
    glow.main()
