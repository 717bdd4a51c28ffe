#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A Blinkt! over sysfs, from an MQTT command to what its LEDs show, on virtual
Pis; and the virtual Pi itself, which must answer as a real one does."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import light
import vgpio

CLOCKS = 324  # 32 zeros, 8 words of 32, 36 zeros
MEND = 64  # before the first frame of a bridge
DARK = [(0, 0, 0, 0)] * 8
PICTURE = ["#ff0000", "#00ff00", "#0000ff", "#ffffff", "#808080", "#ff8040", "#010101", "#000040"]
# Worked out by hand from docs/hardware.md: (red, green, blue, brightness).
PICTURE_LIT = [(255, 0, 0, 31), (0, 255, 0, 31), (0, 0, 255, 31), (255, 255, 255, 31), (155, 155, 155, 11),
               (255, 55, 13, 31), (2, 2, 2, 1), (0, 0, 135, 3)]
UNLIMITED = ("--current-limit-ma", "0", "--flash-limit", "off")


def lit(color, brightness=255):
    """What a pixel shows for an sRGB colour: red, green, blue, brightness."""
    brightness, *levels = light.apa102([light.dimmed(v, brightness) for v in bytes.fromhex(color[1:])])
    return (*levels, brightness)


def words(pixels):
    return [0xE0000000 | n << 24 | b << 16 | g << 8 | r for r, g, b, n in pixels]


def bits(*parts):
    """The clocks of a frame: an int is that many zeros, a list is words of 32 bits, a string itself."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += "0" * part
        else:
            text += part if isinstance(part, str) else "".join(format(word, "032b") for word in part)
    return text


class Lines:
    """Two lines of a virtual Pi in our own hands."""

    def __init__(self, pi, base=512):
        self.gpio = os.path.join(pi.sys, "class/gpio")
        self.fds = []
        for line in (base + vgpio.DATA, base + vgpio.CLOCK):
            self.write("export", "%d" % line)
            self.write("gpio%d/direction" % line, "low")
            self.fds.append(os.open(os.path.join(self.gpio, "gpio%d/value" % line), os.O_WRONLY))

    def write(self, name, text):
        with open(os.path.join(self.gpio, name), "w") as f:
            f.write(text)

    def clock(self, text):
        data, clock = self.fds
        for bit in text:
            os.write(data, bit.encode())
            os.write(clock, b"1")
            os.write(clock, b"0")

    def close(self):
        for fd in self.fds:
            os.close(fd)


class PiCase(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="glow-test-")
        self.addCleanup(shutil.rmtree, self.home)

    def pi(self, *options):
        pi = vgpio.Pi(self.home, *options).start()
        self.addCleanup(pi.stop)
        return pi


def conform(root, line=512 + vgpio.DATA, shell=("sh",), before=()):
    """The script's status and lines."""
    ran = subprocess.run([*before, *shell, vgpio.CONFORMANCE, root, str(line)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=60)
    return ran.returncode, ran.stdout.splitlines()


class Conformance(PiCase):
    def setUp(self):
        super().setUp()
        with open(vgpio.CONFORMANCE_OF_A_PI) as f:
            self.of_a_pi = f.read().splitlines()

    def test_answers_as_a_pi_does(self):
        pi = self.pi()
        for shell in (("sh",), ("busybox", "sh")):
            self.assertEqual(conform(pi.sys, shell=shell), (0, self.of_a_pi))
        self.assertEqual(pi.report()["exported"], [])

    def test_with_other_numbers(self):
        pi = self.pi("--base", "0", "--label", "pinctrl-rp1")
        status, lines = conform(pi.sys, vgpio.DATA)
        wrong = [line for line in lines if line not in self.of_a_pi]
        self.assertEqual((status, wrong), (0, []))

    def test_sees_another_chip(self):
        pi = self.pi("--ngpio", "32")
        status, lines = conform(pi.sys)
        self.assertEqual(status, 1)
        self.assertEqual([line for line in lines if line not in self.of_a_pi],
                         ["FAIL  the chip has as many lines as a Pi: 32 (expected: 54)"])

    def test_sees_ordinary_files(self):
        """A folder of files, as fakes often are, breaks most rules."""
        root = os.path.join(self.home, "fake")
        os.makedirs(root + "/class/gpio/gpiochip512")
        os.makedirs(root + "/class/gpio/gpio535")
        for name, text in (("gpiochip512/label", "pinctrl-bcm2835"), ("gpiochip512/base", "512"),
                           ("gpiochip512/ngpio", "54"), ("export", ""), ("unexport", ""),
                           ("gpio535/value", "0"), ("gpio535/direction", "in")):
            with open(os.path.join(root, "class/gpio", name), "w") as f:
                f.write(text)
        status, lines = conform(root)
        self.assertEqual(status, 1)
        self.assertGreater(sum(line.startswith("FAIL") for line in lines), 20)

    @unittest.skipUnless(os.geteuid() == 0, "binding a mount elsewhere takes root")
    def test_bound_elsewhere(self):
        pi = self.pi()
        other = os.path.join(self.home, "host-sys")
        os.mkdir(other)
        bind = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', pi.sys, other)
        self.assertEqual(conform(other, before=bind), (0, self.of_a_pi))

    def test_held_line(self):
        pi = self.pi()
        pi.control("busy %d" % vgpio.DATA)
        status, lines = conform(pi.sys)
        self.assertEqual(status, 1)
        self.assertIn("FAIL  export: Device or resource busy (expected: done)", lines)


class Life(PiCase):
    def test_ends_while_held(self):
        pi = vgpio.Pi(self.home).start()
        self.addCleanup(pi.stop)
        lines = Lines(pi)
        self.addCleanup(lines.close)
        self.assertTrue(pi.is_mounted())
        self.assertEqual(glow.end(pi.process), 0)
        self.assertFalse(pi.is_mounted())
        with self.assertRaises(OSError):
            os.write(lines.fds[0], b"1")

    def test_stop_clears_up_after_a_crash(self):
        pi = vgpio.Pi(self.home).start()
        self.addCleanup(pi.stop)
        glow.end(pi.process, signal.SIGKILL)
        self.assertTrue(pi.is_mounted())
        pi.stop()
        self.assertFalse(pi.is_mounted())
        self.assertFalse(os.path.exists(pi.sys))

    def test_dies_with_its_test(self):
        """A test that is killed leaves no mount."""
        code = "import sys, time; sys.path.insert(0, %r); import vgpio; pi = vgpio.Pi(%r).start(); " \
               "print(pi.sys, flush=True); time.sleep(60)" % (os.path.dirname(vgpio.__file__), self.home)
        test = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        mount = test.stdout.readline().strip()
        test.stdout.close()
        self.assertTrue(os.path.exists(mount + "/control"))
        glow.end(test, signal.SIGKILL)

        def unmounted():
            with open("/proc/self/mounts") as f:
                return mount not in f.read()

        glow.wait_until("%s stays mounted" % mount, unmounted)

    def test_refuses_to_start(self):
        for options in (("--base", "x"), ("--ngpio", "65"), ("--pixels", "0"), ("--nothing",)):
            with self.assertRaisesRegex(AssertionError, "ended with 64"):
                self.pi(*options)
        with self.assertRaisesRegex(AssertionError, "ended with 73"):
            vgpio.Pi(self.home, "--out", "/dev/null/x").start()
        self.assertEqual([name for name in os.listdir(self.home) if name.endswith(".sys")], [])

    def test_control(self):
        pi = self.pi()
        for wrong in ("", "busy", "busy 54", "busy x", "vanish 3", "dance", "read-only now"):
            with self.assertRaisesRegex(OSError, "Invalid argument"):
                fd = os.open(pi.sys + "/control", os.O_WRONLY)
                try:
                    os.write(fd, wrong.encode() or b"\n")
                finally:
                    os.close(fd)
        pi.control("busy 7\n")
        pi.control("read-only")
        report = pi.report()
        self.assertEqual((report["busy"], report["read_only"], report["forbidden"]), ([7], True, False))
        with self.assertRaisesRegex(OSError, "Read-only"):
            Lines(pi)
        pi.control("read-write")
        lines = Lines(pi)
        self.addCleanup(lines.close)
        with self.assertRaisesRegex(OSError, "busy"):
            pi.control("busy %d" % vgpio.DATA)
        pi.control("vanish")
        self.assertFalse(os.path.exists(pi.sys + "/class/gpio/gpiochip512"))
        self.assertFalse(os.path.exists(pi.sys + "/class/gpio/gpio535"))
        with self.assertRaisesRegex(OSError, "No such device"):
            os.write(lines.fds[0], b"1")
        pi.control("return")
        self.assertTrue(os.path.exists(pi.sys + "/class/gpio/gpiochip512/base"))
        self.assertFalse(os.path.exists(pi.sys + "/class/gpio/gpio535"))
        with self.assertRaisesRegex(OSError, "No such device"):
            os.write(lines.fds[0], b"1")


class Leds(PiCase):
    """What a chain of LEDs makes of clocks that we choose."""

    frame = bits(32, words(PICTURE_LIT), 36)

    def setUp(self):
        super().setUp()
        self.virtual = self.pi()
        self.lines = Lines(self.virtual)
        self.addCleanup(self.lines.close)

    def shows(self, *pictures):
        self.assertEqual([s.pixels for s in self.virtual.shown.look()], list(pictures))

    def assert_broken(self, count):
        self.assertEqual(self.virtual.report()["broken"], count)

    def test_a_frame(self):
        self.lines.clock(self.frame)
        self.shows(PICTURE_LIT)
        shown = self.virtual.shown.all[0]
        self.assertEqual(shown.clocks, CLOCKS)
        self.assertLess(shown.first_ns, shown.mono_ns)
        self.lines.clock(self.frame)
        self.shows(PICTURE_LIT)
        self.lines.clock(bits(32, words(DARK), 36))
        self.shows(PICTURE_LIT, DARK)
        self.assertLess(shown.mono_ns, self.virtual.shown.all[1].first_ns)
        report = self.virtual.report()
        self.assertEqual((report["clocks"], report["latches"], report["broken"]), (3 * CLOCKS, 3, 0))

    def test_not_before_the_last_clock(self):
        self.lines.clock(self.frame[:-1])
        self.shows()
        self.lines.clock("0")
        self.shows(PICTURE_LIT)

    def test_an_end_of_ones(self):
        self.lines.clock(bits(32, words(PICTURE_LIT), "1" * 36))
        self.lines.clock(bits(32, words(PICTURE_LIT), "1" * 36))
        self.shows()
        self.assertGreater(self.virtual.report()["broken"], 0)

    def test_a_short_start(self):
        self.lines.clock(bits(31, words(PICTURE_LIT), 36))
        self.shows()
        self.assert_broken(1)
        self.lines.clock(self.frame)
        self.shows(PICTURE_LIT)

    def test_a_torn_frame(self):
        """Cut off in a word, as by a killed writer: whole again with the next frame but one."""
        self.lines.clock(self.frame[:100])
        self.lines.clock(bits(32, words(DARK), 36))
        self.lines.clock(self.frame)
        self.shows(PICTURE_LIT)
        self.assert_broken(1)

    def test_a_wrong_word(self):
        self.lines.clock(bits(32, words(PICTURE_LIT)[:4] + [0x9F0000FF] + words(PICTURE_LIT)[5:], 36))
        self.shows()
        self.assert_broken(1)

    def test_few_words_and_many(self):
        self.lines.clock(self.frame)
        self.lines.clock(bits(32, words(DARK[:2]), 36))
        self.shows(PICTURE_LIT, DARK[:2] + PICTURE_LIT[2:])
        self.lines.clock(bits(32, words(DARK + PICTURE_LIT[:3]), 36))
        self.shows(PICTURE_LIT, DARK[:2] + PICTURE_LIT[2:], DARK)

    def test_every_clock_counts(self):
        """One more anywhere in the words, or one less, and the picture is another or none."""
        for at in (40, 150, 280):
            pi = self.pi()
            lines = Lines(pi)
            lines.clock(self.frame[:at] + self.frame[at + 1:])
            lines.close()
            self.assertNotIn(PICTURE_LIT, [s.pixels for s in pi.shown.look()])


class BlinktCase(glow.Case):
    def pi(self, *options):
        pi = vgpio.Pi(self.home, *options).start()
        self.addCleanup(pi.stop)
        return pi

    def blinkt(self, pi, *options, node=None):
        bridge = self.bridge("--gpio", "sysfs", "--sysfs", pi.sys, "--fps", "10", *UNLIMITED, *options,
                             board="blinkt", node=node)
        return bridge.wait_connected()

    def ready(self, *options):
        """A virtual Pi, its bridge, everything on the broker, and somebody who commands."""
        watch = self.watch()
        pi = self.pi(*options)
        node = self.blinkt(pi)
        watch.wait(node.topic("availability"), lambda m: m.payload == b"online")
        return pi, node, watch, self.asker(watch, node.topic("set"))

    def set(self, asker, command):
        self.assert_ok(asker.ask(command))

    def problem(self, watch, node, words, since=0):
        return watch.wait(node.topic("info"), lambda m: words in m.json().get("problem", ""), since)

    def well(self, watch, node, since=0):
        return watch.wait(node.topic("info"), lambda m: "problem" not in m.json(), since)


def check_wire(pi):
    """Every frame so far had exactly its clocks, one after the other in time, and none was broken."""
    before_ns, first = 0, 0
    for shown in pi.shown.look():
        if shown.clocks not in (CLOCKS, MEND + CLOCKS) or not before_ns < shown.first_ns < shown.mono_ns:
            raise AssertionError("not a frame of %d clocks: %s" % (CLOCKS, shown))
        before_ns = shown.mono_ns
        first += shown.clocks > CLOCKS
    report = pi.report()
    mended, more = divmod(report["clocks"] - CLOCKS * report["latches"], MEND)
    if report["broken"] or mended < first or more:
        raise AssertionError("a broken wire: %s" % report)


class Picture(BlinktCase):
    def test_arithmetic(self):
        self.assertEqual([lit(c) for c in PICTURE], PICTURE_LIT)

    # promise: wire
    def test_as_commanded(self):
        pi, _, _, asker = self.ready()
        self.assertEqual([s.pixels for s in pi.shown.look()], [DARK])  # as open leaves it
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        for k in range(8):
            color = "#%02x%02x%02x" % (17 * k, 255 - k, 9 * k * k // 2)
            self.set(asker, {"pixels": {"*": "black", str(k): color}})
            pi.shown.wait(DARK[:k] + [lit(color)] + DARK[k + 1:])
        self.set(asker, {"color": "#336699", "brightness": 128})
        pi.shown.wait([lit("#336699", 128)] * 8)
        self.set(asker, "rainbow 100%")
        glow.wait_until("no animation", lambda: len(pi.shown.look()) > 20)
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        check_wire(pi)
        self.assertEqual(pi.report()["exported"], [vgpio.DATA, vgpio.CLOCK])

    def test_swapped_lines_are_seen(self):
        """The same, with the LEDs' wires the wrong way round: nothing of it may pass."""
        pi, _, _, asker = self.ready("--data", str(vgpio.CLOCK), "--clock", str(vgpio.DATA))
        self.set(asker, {"pixels": PICTURE})
        glow.wait_until("nothing was written", lambda: pi.report()["writes"] > 2 * CLOCKS)
        with self.assertRaisesRegex(AssertionError, "the LEDs show"):
            pi.shown.wait(PICTURE_LIT, patience_s=0.5)
        with self.assertRaises(AssertionError):
            check_wire(pi)

    def test_other_chips(self):
        for label, base in (("pinctrl-rp1", 0), ("pinctrl-bcm2711", 399)):
            with self.subTest(label):
                pi, node, watch, asker = self.ready("--label", label, "--base", str(base))
                info = glow.wait_until("its info", lambda: watch.last(node.topic("info"))).json()
                self.assertIn("%d" % base, info["backend"])
                self.set(asker, {"pixels": PICTURE})
                pi.shown.wait(PICTURE_LIT)

    def test_unknown_chip(self):
        watch = self.watch()
        node = self.blinkt(self.pi("--label", "gpio-of-something-else"))
        self.problem(watch, node, "gpio-of-something-else")

    # promise: still-is-free
    def test_still(self):
        pi, _, watch, asker = self.ready()
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        before = pi.report()
        for _ in range(10):
            self.set(asker, {"pixels": PICTURE})
            self.set(asker, "")
        # Beyond what an answer can prove: nothing comes by itself either, for five slots.
        with self.assertRaises(AssertionError):
            glow.wait_until("writes", lambda: pi.report()["writes"] != before["writes"], patience_s=0.5)
        self.assertEqual(pi.report(), before)
        self.set(asker, "red")
        pi.shown.wait([lit("#ff0000")] * 8)
        self.assertEqual(pi.report()["latches"], before["latches"] + 1)

    # promise: dark-on-exit
    def test_ends_dark(self):
        pi, node, _, asker = self.ready()
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        status, took_s = node.stop()
        self.assertEqual(status, 0)
        self.assertLess(took_s, 2)
        self.assertEqual(pi.shown.look()[-1].pixels, DARK)
        self.assertEqual(pi.report()["exported"], [])
        check_wire(pi)

    def test_keeps_when_told(self):
        pi = self.pi()
        node = self.blinkt(pi, "--on-exit", "keep", "--idle", "red")
        pi.shown.wait([lit("#ff0000")] * 8)
        self.assertEqual(node.stop()[0], 0)
        self.assertEqual(pi.shown.look()[-1].pixels, [lit("#ff0000")] * 8)

    def test_after_a_kill(self):
        """A killed bridge leaves its lines and its light; the next takes both over."""
        pi, node, _, asker = self.ready()
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        node.kill()
        self.assertEqual(pi.report()["exported"], [vgpio.DATA, vgpio.CLOCK])
        self.assertEqual(pi.shown.look()[-1].pixels, PICTURE_LIT)
        after = self.blinkt(pi, "--idle", "blue")
        pi.shown.wait([lit("#0000ff")] * 8)
        self.assertEqual(after.stop()[0], 0)
        self.assertEqual(pi.shown.look()[-1].pixels, DARK)

    def test_two_nodes(self):
        watch = self.watch()
        pis = [self.pi(), self.pi()]
        nodes = [self.blinkt(pi) for pi in pis]
        askers = [self.asker(watch, node.topic("set")) for node in nodes]
        self.set(askers[0], {"pixels": PICTURE})
        self.set(askers[1], {"pixels": PICTURE[::-1]})
        pis[0].shown.wait(PICTURE_LIT)
        pis[1].shown.wait(PICTURE_LIT[::-1])
        for asker in askers:
            self.set(asker, "rainbow")
        for pi in pis:
            count = len(pi.shown.look())
            glow.wait_until("no animation", lambda p=pi, n=count: len(p.shown.look()) > n + 10)
        self.broker.publish("glow/all/set", "red")
        red = [pi.shown.wait([lit("#ff0000")] * 8) for pi in pis]
        for pi in pis:
            check_wire(pi)
        # One clock for both: each saw the command within a moment of the other, not an epoch apart.
        self.assertLess(abs(red[0].mono_ns - red[1].mono_ns), glow.PATIENCE_S * 10**9)


class Restart(BlinktCase):
    """A node ends, and another begins under its name, on a board that goes on showing."""

    def first_life(self, *options):
        watch = self.watch()
        pi = self.pi()
        node = self.blinkt(pi, *options)
        self.set(self.asker(watch, node.topic("set")), {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        return pi, node

    def second_life(self, pi, name, *options):
        """Until its first frame is written."""
        frames = pi.report()["latches"]
        node = self.blinkt(pi, *options, node=name)
        glow.wait_until("no frame", lambda: pi.report()["latches"] > frames)
        return node

    def pictures(self, pi):
        """What the LEDs showed from the first light on."""
        pictures = [s.pixels for s in pi.shown.look()]
        return pictures[pictures.index(PICTURE_LIT):]

    # promise: no-dark-gap
    def test_keeps_its_light(self):
        for exit, seen in (("keep", [PICTURE_LIT]), ("clear", [PICTURE_LIT, DARK, PICTURE_LIT, DARK])):  # the control
            with self.subTest(exit):
                pi, node = self.first_life("--on-exit", exit)
                self.assertEqual(node.stop()[0], 0)
                after = self.second_life(pi, node.node, "--on-exit", exit)
                pi.shown.wait(PICTURE_LIT)
                check_wire(pi)
                self.assertEqual(after.stop()[0], 0)
                self.assertEqual(self.pictures(pi), seen)

    # promise: no-dark-gap
    def test_killed(self):
        """While it animates, within a frame as like as not; the idle display is not seen either."""
        pi, node = self.first_life("--on-exit", "keep", "--idle", "white")
        self.broker.publish(node.topic("set"), "rainbow 100%")
        glow.wait_until("no animation", lambda: len(pi.shown.look()) > 10)
        node.kill()
        self.second_life(pi, node.node, "--on-exit", "keep", "--idle", "white")
        count = len(pi.shown.look())
        glow.wait_until("no animation", lambda: len(pi.shown.look()) > count + 5)
        self.assertNotIn(DARK, self.pictures(pi))
        self.assertNotIn([lit("#ffffff")] * 8, self.pictures(pi))

    def test_nothing_to_restore(self):
        """Another node on the same board: the light that was left gives way to what is right, at once."""
        pi, node = self.first_life("--on-exit", "keep")
        self.assertEqual(node.stop()[0], 0)
        self.second_life(pi, glow.unique(), "--on-exit", "keep", "--idle", "blue")
        pi.shown.wait([lit("#0000ff")] * 8)
        self.assertEqual(self.pictures(pi), [PICTURE_LIT, [lit("#0000ff")] * 8])


class Trouble(BlinktCase):
    # promise: dark-board-is-told
    def test_chip_vanishes(self):
        pi, node, watch, asker = self.ready()
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        self.assertNotIn("problem", watch.last(node.topic("info")).json())
        since = watch.mark()
        pi.control("vanish")
        self.set(asker, "red")  # the MQTT side answers all the same
        self.problem(watch, node, "No such device", since)
        self.assertIn("cannot write to the board: No such device", node.log())
        self.problem(watch, node, "no chip in", since)
        self.set(asker, "blue")
        since = watch.mark()
        pi.control("return")
        pi.shown.wait([lit("#0000ff")] * 8)
        self.well(watch, node, since)
        self.assertEqual(pi.report()["exported"], [vgpio.DATA, vgpio.CLOCK])
        self.assertEqual(node.log().count("no chip in"), 1)

    # promise: dark-board-is-told
    def test_line_is_held(self):
        watch = self.watch()
        pi = self.pi()
        pi.control("busy %d" % vgpio.CLOCK)
        node = self.blinkt(pi, "--idle", "blue")
        self.problem(watch, node, "GPIO %d is held" % vgpio.CLOCK)
        self.assertEqual(pi.report()["exported"], [])  # the other line is let go
        glow.wait_until("no second try", lambda: pi.report()["refused"] >= 2)
        self.assertEqual(node.log().count("is held by"), 1)
        since = watch.mark()
        pi.control("free %d" % vgpio.CLOCK)
        pi.shown.wait([lit("#0000ff")] * 8)
        self.well(watch, node, since)
        check_wire(pi)

    # promise: one-bridge-a-board
    def test_two_bridges_on_one_board(self):
        pi, node, watch, asker = self.ready()
        second = self.blinkt(pi, "--idle", "blue")
        self.problem(watch, second, "another glow-bridge")
        self.set(asker, {"pixels": PICTURE})
        pi.shown.wait(PICTURE_LIT)
        check_wire(pi)
        node.stop()
        pi.shown.wait([lit("#0000ff")] * 8)
        check_wire(pi)

    def read_only_cases(self):
        return (("read-only", "read-write", "is read-only: mount the host's /sys read-write"),
                ("forbid", "allow", "AppArmor"))

    def test_cannot_open(self):
        for fault, cure, says in self.read_only_cases():
            with self.subTest(fault):
                watch = self.watch()
                pi = self.pi()
                pi.control(fault)
                node = self.blinkt(pi, "--idle", "blue")
                self.problem(watch, node, says)
                self.assertEqual(pi.report()["writes"], 0)
                pi.control(cure)
                pi.shown.wait([lit("#0000ff")] * 8)
                self.assertEqual(node.log().count(says), 1)

    # promise: doctor-tells
    def test_doctor(self):
        def doctor(pi):
            return glow.run_bridge("--doctor", "--node", "x", "--broker", self.broker.uri, "--board", "blinkt",
                                   "--gpio", "sysfs", "--sysfs", pi.sys)

        pi = self.pi()
        well = doctor(pi)
        self.assertEqual(well.returncode, 0, well.stdout)
        for fault, cure, says in self.read_only_cases() + (("vanish", "return", "no chip in"),):
            with self.subTest(fault):
                pi.control(fault)
                ill = doctor(pi)
                self.assertNotEqual(ill.returncode, 0)
                self.assertIn(says, ill.stdout)
                pi.control(cure)
        self.assertEqual(pi.report()["exported"], [])


@unittest.skipUnless(os.geteuid() == 0, "becoming another user takes root")
class Permission(BlinktCase):
    """An ordinary user in the group that udev gives the lines to, some time after they appear."""

    USER, GROUP = 65534, 6543

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.chmod(cls.home, 0o755)
        # The program may lie where only we can get at it.
        program = shutil.copy(glow.bridge_path(), os.path.join(cls.home, "program"))
        cls.script = os.path.join(cls.home, "glow-bridge")
        with open(cls.script, "w") as f:
            f.write("#!/bin/sh\nexec setpriv --reuid=%d --regid=%d --clear-groups --pdeathsig=KILL %s \"$@\"\n"
                    % (cls.USER, cls.GROUP, program))
        os.chmod(cls.script, 0o755)

    def ordinary(self, pi):
        old = os.environ.get("GLOW_BIN")
        os.environ["GLOW_BIN"] = self.script
        try:
            return self.blinkt(pi, "--idle", "blue")
        finally:
            if old is None:
                del os.environ["GLOW_BIN"]
            else:
                os.environ["GLOW_BIN"] = old

    def test_waits_for_udev(self):
        pi = self.pi("--gid", str(self.GROUP), "--udev-ms", "150")
        node = self.ordinary(pi)
        pi.shown.wait([lit("#0000ff")] * 8)
        self.assertNotIn("no permission", node.log())

    def test_in_vain(self):
        pi = self.pi("--gid", str(self.GROUP), "--udev-ms", "60000")
        watch = self.watch()
        node = self.ordinary(pi)
        self.problem(watch, node, "no permission for")
        self.assertEqual(pi.report()["exported"], [])

    def test_without_the_group(self):
        watch = self.watch()
        pi = self.pi("--gid", str(self.GROUP + 1))
        node = self.ordinary(pi)
        self.problem(watch, node, "no permission for")
        self.assertEqual(pi.report()["exported"], [])


if __name__ == "__main__":
    vgpio.need_fuse()
    glow.main()
