#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""check.py <console.log>: was the wire right? And would we have noticed?

Expectations come from the commands, which the guest writes into the trace
right before it sends them, and from docs/hardware.md and the datasheets,
computed here anew and not by any code of the bridge. Each kind of check has a
control: the same check on a trace with one thing spoiled has to fail.
"""

import base64
import gzip
import json
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True  # the source folder stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from light import apa102, dimmed, sn3218
from decode import CLOCKS, PIXELS, SPI_CLOCKS, Drain, Sn3218, Wire, Wrong, i2c_writes, parse

DARK = ((0, 0, 0, 0),) * PIXELS
CONFORMANCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../harness/gpio_conformance.txt")
SET_VALUES = "c010b40f"  # GPIO_V2_LINE_SET_VALUES_IOCTL
SET_VALUES_V1 = "c040b409"  # GPIOHANDLE_SET_LINE_VALUES_IOCTL
SPI_MESSAGE = "40206b00"  # SPI_IOC_MESSAGE(1)

# docs/hardware.md: the PWM register of each LED, from the tip to the centre.
PIGLOW = {
    "arm1": {"red": 0x07, "orange": 0x08, "yellow": 0x09, "green": 0x06, "blue": 0x05, "white": 0x0A},
    "arm2": {"red": 0x12, "orange": 0x11, "yellow": 0x10, "green": 0x0E, "blue": 0x0C, "white": 0x0B},
    "arm3": {"red": 0x01, "orange": 0x02, "yellow": 0x03, "green": 0x04, "blue": 0x0F, "white": 0x0D},
}


# ---- what the guest sent out ----


class Console:
    def __init__(self, path):
        with open(path, errors="replace") as f:
            text = f.read()
        self.text = text
        self.blocks = {m[1]: m[2] for m in re.finditer(r"^=== begin (.*)\n((?:.*\n)*?)=== end \1$", text, re.M)}
        self.failed = re.findall(r"^=== failed: (.*)$", text, re.M)
        if "=== complete" not in text or "trace" not in self.blocks:
            sys.exit("the guest did not reach its end:\n" + text[-4000:])
        self.events = parse(gzip.decompress(base64.b64decode(self.blocks["trace"])).decode())

    def log(self, name):
        return self.blocks["log " + name]


class Step:
    """What happened from one mark of the scenario to the next."""

    def __init__(self, time_s, what, clocks):
        self.time_s = time_s
        self.clocks = clocks  # of a frame
        self.verb, _, self.rest = what.partition(" ")
        self.events = []

    def __repr__(self):
        return "%s %s" % (self.verb, self.rest)


def steps_of(events, section):
    """The steps of one section of the scenario, without the mark that names it."""
    steps, inside = [], False
    for event in events:
        if event.name == "tracing_mark_write":
            words = event.text.partition("glow ")[2]
            if words.startswith("section "):
                inside = words == "section " + section
            elif inside:
                steps.append(Step(event.time_s, words, SPI_CLOCKS if section.startswith("spi") else CLOCKS))
        elif inside and steps:
            steps[-1].events.append(event)
    return steps


# ---- what a command should look like ----


def rgb(text):
    digits = {"black": "000000"}.get(text, text.lstrip("#"))
    if len(digits) == 3:
        digits = "".join(d + d for d in digits)
    return tuple(bytes.fromhex(digits))


class Light:
    """As much of the light command as the scenario uses."""

    def __init__(self):
        self.pixels = [(0, 0, 0)] * PIXELS
        self.leds = {arm + "." + color: 0 for arm in PIGLOW for color in PIGLOW[arm]}
        self.brightness = 255

    def follow(self, step):
        if step.verb == "set":
            self.take(json.loads(step.rest))
        elif step.verb == "animation":
            self.brightness = 255  # the scenario's says 100%

    def take(self, command):
        self.brightness = command.get("brightness", self.brightness)
        pixels = command.get("pixels", {})
        if isinstance(pixels, list):
            pixels = {str(k): color for k, color in enumerate(pixels)}
        if "*" in pixels:
            self.pixels = [rgb(pixels.pop("*"))] * PIXELS
        for k, color in pixels.items():
            self.pixels[int(k)] = rgb(color)
        for name, level in command.get("leds", {}).items():
            for led in self.leds:
                if name == "all" or name == led or name in led.split("."):
                    self.leds[led] = level

    def words(self):
        return tuple(apa102([dimmed(v, self.brightness) for v in color]) for color in self.pixels)

    def outputs(self):
        """The level of outputs 1 to 18."""
        levels = sn3218([dimmed(level, self.brightness) for level in self.leds.values()])
        of = {PIGLOW[arm][color]: level for (arm, color), level in zip((led.split(".") for led in self.leds), levels)}
        return tuple(of[k] for k in range(1, 19))


# ---- the checks: each raises Wrong ----


def require(truth, *what):
    if not truth:
        raise Wrong(" ".join(str(w) for w in what))


def gpio(step):
    return [e for e in step.events if e.name.startswith("gpio_")]


def frames_of(steps):
    """The frames of a section, by the step in which each began: one of an
    animation may end when the next step was already announced."""
    wire = Wire()
    wire.level = {wire.data: 0, wire.clock: 0}
    begun = [[] for _ in steps]
    for step in steps:
        for event in step.events:
            if event.name == "gpio_value":
                wire.feed(event)
        require(wire.idle or step.verb == "animation", step, "leaves a line high:", wire.level)
    for frame in wire.frames(steps[0].clocks):
        k = max(k for k, s in enumerate(steps) if s.time_s <= frame.begin_s)
        begun[k].append(frame)
    return begun


def check_blinkt(steps, restored=None):
    """Every frame of a section."""
    light, shown = Light(), restored
    for step, frames in zip(steps, frames_of(steps)):
        pictures = [f.words for f in frames]
        light.follow(step)
        if step.verb == "start":
            expected = [DARK, DARK if restored is None else restored]
            require(pictures == expected, step, "should begin dark, then as it was:", pictures)
        elif step.verb == "set":
            moving = shown is None
            expected = [light.words()] if light.words() != shown else []
            seen = pictures[-1:] if moving else pictures
            require(seen == expected, step, "shows", seen, "not", expected)
            shown = light.words()
        elif step.verb == "animation":
            require(len(set(pictures)) >= 3 and DARK not in pictures, "the animation stands still:", pictures)
            shown = None
        elif step.verb == "stop":
            expected = [DARK] if step.rest == "TERM" else []
            require(pictures == expected, step, "should end dark:", pictures)
        else:
            require(not gpio(step), step, "but the lines were touched:", gpio(step)[:3])


def check_data_is_steady(steps):
    """DAT changes only while CLK is low: nobody has to hold it."""
    wire = Wire()
    for step in steps:
        for event in step.events:
            if event.name == "gpio_value":
                wire.feed(event)
    require(wire.late_data == 0, "DAT changed", wire.late_data, "times while CLK was high")


def check_piglow(steps, read=i2c_writes):
    """`read` is where writes come from: the trace of a bus, or of lines."""
    chip, light = Sn3218(), Light()
    dark = [b"\x01" + bytes(18), b"\x16\xff"]
    init = [b"\x00\x01", b"\x13\x3f\x3f\x3f"] + dark + dark
    for step in steps:
        writes = read(step.events)
        for data in writes:
            chip.feed(data)
        require(not chip.pending, step, "does not end with an update")
        if step.verb == "start":
            asked = [w for w in writes if w == b"\x00"]  # is it there? A register number and no data.
            require(asked and writes == asked + init, step, "is not the documented start:", writes)
            require(chip.registers[0] == 1 and not any(chip.shining), step, "is not running and dark")
        elif step.verb == "set":
            before = light.outputs()
            light.follow(step)
            count = 0 if light.outputs() == before else 2
            require(len(writes) == count, step, "took", len(writes), "transactions, not", count)
            require(chip.shining == light.outputs(), step, "shines", chip.shining, "not", light.outputs())
        elif step.verb == "stop":
            require(len(writes) == 2 and not any(chip.shining), step, "should end dark:", writes)
        else:
            require(not writes, step, "but the bus was used:", writes)


def check_leds(steps):
    """Through the kernel's driver, which sends each LED that changes by itself."""
    chip, light, kept = Sn3218(), Light(), False
    for step in steps:
        before = chip.shining
        writes = i2c_writes(step.events)
        for data in writes:
            chip.feed(data)
        changed = sum(a != b for a, b in zip(before, chip.shining))
        if step.verb == "start":
            kept = "keep" in step.rest
            light = Light()
            require(chip.registers[0] == 1 and not any(chip.shining), step, "is not running and dark")
        elif step.verb == "set":
            light.follow(step)
            require(chip.shining == light.outputs(), step, "shines", chip.shining, "not", light.outputs())
            require(len(writes) == 2 * changed, step, "took", len(writes), "transactions for", changed, "LEDs")
        elif step.verb == "stop":
            require(chip.shining == (light.outputs() if kept else (0,) * 18), step, "leaves", chip.shining)
        elif step.verb != "load":
            require(not writes, step, "but the bus was used:", writes)


def calls(step, name, argument):
    return sum(e.name == name and argument in e.text and e.who.startswith("glow-bridge") for e in step.events)


def count_edges(step):
    wire = Wire()
    wire.level = {wire.data: 0, wire.clock: 0}
    for e in step.events:
        if e.name == "gpio_value":
            wire.feed(e)
    return wire.edges


def traced_calls(steps):
    """The step whose system calls were traced too."""
    return max(steps, key=lambda s: sum(e.name.startswith("sys_") for e in s.events))


# ---- controls: one thing spoiled ----


def flipped(events, k):
    """DAT inverted around the k-th rising clock: one wrong bit."""
    wire = Wire()
    wire.level = {wire.data: 0, wire.clock: 0}
    for i, event in enumerate(events):
        if event.name == "gpio_value":
            wire.feed(event)
        if len(wire.bits) > k:
            level = wire.level[wire.data]
            wrong, right = (event._replace(text="%d set %d" % (wire.data, v)) for v in (1 - level, level))
            return events[:i] + [wrong, event, right] + events[i + 1 :]
    raise IndexError("no clock %d" % k)


def without(events, k, text):
    """The k-th event with this text left out."""
    found = [i for i, e in enumerate(events) if e.text == text]
    return events[: found[k]] + events[found[k] + 1 :]


def spoiled(steps, k, events):
    """The steps with the events of one of them replaced."""
    copy = [Step(s.time_s, repr(s), s.clocks) for s in steps]
    for new, old in zip(copy, steps):
        new.events = old.events
    copy[k].events = events
    return copy


console = None


class Blinkt:
    """What holds for every road to the pins; the subclasses name the section."""

    section = None
    restored = None

    def setUp(self):
        self.steps = steps_of(console.events, self.section)
        self.painted = next(k for k, s in enumerate(self.steps) if s.verb == "set")

    # promise: dark-on-exit, wire
    def test_every_frame(self):
        check_blinkt(self.steps, self.restored)
        self.assertGreater(sum(len(frames) for frames in frames_of(self.steps)), 10)

    def test_ends_well_and_soon(self):
        self.assertEqual([s.rest for s in self.steps if s.verb == "stopped"], ["0"])

    def test_lines_are_held_and_let_go(self):
        lines = r"gpio-53[56] \(GPIO2[34] *\|(?:%s) *\) out lo" % self.consumer
        self.assertEqual(len(re.findall(lines, console.log("held-" + self.section))), 2)
        if self.section in ("gpiod", "spi"):
            return  # the next section has them, the kernel keeps them
        after = console.log("held-" + self.section + "-stopped")
        self.assertNotRegex(after, r"gpio-53[56] \(GPIO2[34] *\|")
        self.assertNotRegex(after, r"(?m)^gpio53[56]$")

    def test_control_a_wrong_bit(self):
        events = self.steps[self.painted].events
        for k in (5, 32, 39, 40, 200, 287, 288, 323):
            with self.subTest(clock=k), self.assertRaises(Wrong):
                check_blinkt(spoiled(self.steps, self.painted, flipped(events, k)), self.restored)

    def test_control_a_missing_clock(self):
        events = self.steps[self.painted].events
        for k in (0, 100, 323):
            with self.subTest(clock=k), self.assertRaises(Wrong):
                check_blinkt(spoiled(self.steps, self.painted, without(events, k, "536 set 1")), self.restored)

    def test_control_a_needless_frame(self):
        frame = self.steps[self.painted].events
        still = next(k for k, s in enumerate(self.steps) if s.verb == "still")
        with self.assertRaises(Wrong):
            check_blinkt(spoiled(self.steps, still, frame), self.restored)

    def test_control_not_cleared(self):
        stop = next(k for k, s in enumerate(self.steps) if s.verb == "stop")
        with self.assertRaises(Wrong):
            check_blinkt(spoiled(self.steps, stop, []), self.restored)


class Gpiod2(Blinkt, unittest.TestCase):
    section, consumer = "gpiod", "glowswarm"

    # promise: frame-cost
    def test_fewest_calls(self):
        step = traced_calls(self.steps)
        self.assertLessEqual(calls(step, "sys_ioctl", SET_VALUES), 648)


class Gpiod1(Blinkt, unittest.TestCase):
    section, consumer = "gpiod1", "glowswarm"

    def test_fewest_calls(self):
        step = traced_calls(self.steps)
        self.assertLessEqual(calls(step, "sys_ioctl", SET_VALUES_V1), 648)


class Sysfs(Blinkt, unittest.TestCase):
    section, consumer = "sysfs", "sysfs"

    def test_data_is_steady_while_the_clock_is_high(self):
        # With libgpiod one call changes both lines, so there the order is the driver's.
        check_data_is_steady(self.steps)

    # promise: frame-cost
    def test_fewest_calls(self):
        step = traced_calls(self.steps)
        self.assertLessEqual(calls(step, "sys_write", "count: 1)"), count_edges(step))


class Spi(Blinkt, unittest.TestCase):
    section, consumer = "spi", "sck|mosi"

    def test_data_is_steady_while_the_clock_is_high(self):
        check_data_is_steady(self.steps)

    # promise: frame-cost
    def test_one_call(self):
        # `auto` found it: this section names no road.
        step = traced_calls(self.steps)
        self.assertEqual(calls(step, "sys_ioctl", SPI_MESSAGE), 1)
        self.assertEqual(calls(step, "sys_ioctl", SET_VALUES), 0)


class Strip(unittest.TestCase):
    def test_every_frame(self):
        steps = steps_of(console.events, "spi-strip")
        check_blinkt(steps)
        self.assertEqual(sum(len(frames) for frames in frames_of(steps)), 5)


class Neighbours(unittest.TestCase):
    """More than one program wants the lines."""

    def test_the_overlay_is_named(self):
        self.assertIn("another glow-bridge sends to /dev/spidev", console.log("busy-spi"))
        for road in ("gpiod", "sysfs"):
            log = console.log("busy-" + road)
            self.assertIn("the overlay glow-blinkt has GPIO 23 and 24: use --gpio spi", log)
            self.assertIn("A service of a swarm cannot", log)

    def test_waits_for_lines_that_are_held(self):
        log = console.log("sysfs")
        self.assertEqual(log.count("held by another"), 1)
        self.assertIn("trying again", log)
        self.assertIn("through sysfs:512", log)

    # promise: dark-at-the-start
    def test_the_next_one_takes_over_from_one_that_was_killed(self):
        for before, section in (("sysfs", "killed"), ("spi", "spi-killed")):
            with self.subTest(section):
                steps = steps_of(console.events, section)
                first = next(k for k, s in enumerate(steps) if s.verb == "stopped") + 1
                last, painted = Light(), Light()
                for step in steps_of(console.events, before):
                    last.follow(step)
                for step in steps:
                    painted.follow(step)
                check_blinkt(steps[:first], last.words())
                check_blinkt(steps[first:], painted.words())


    # promise: no-dark-gap
    def test_keeps_its_light_from_one_life_to_the_next(self):
        """The control is every other section, each of which begins and ends dark."""
        steps, light = steps_of(console.events, "kept"), Light()
        first = next(k for k, s in enumerate(steps) if s.verb == "stopped") + 1
        for step in steps:
            light.follow(step)
        lives = [[[f.words for f in frames] for frames in frames_of(life)] for life in (steps[:first], steps[first:])]
        self.assertEqual(lives, [[[DARK], [light.words()], [], []], [[light.words()], [], []]])

    def test_another_road_when_one_is_lost(self):
        light = Light()
        light.take({"pixels": {"*": "#0000ff"}})
        steps = steps_of(console.events, "found")
        begun = frames_of(steps)
        pictures = [frame.words for frame in begun[0]]
        self.assertEqual([p for p in pictures if p != DARK], [light.words()], "dark, then the right one, and never another")
        self.assertEqual(pictures[-1], light.words())
        self.assertEqual([f.words for f in begun[-2]], [DARK])
        self.assertIn("cannot write to the board", console.log("lost"))


class Piglow(unittest.TestCase):
    def setUp(self):
        self.steps = steps_of(console.events, "piglow")

    # promise: dark-on-exit, wire
    def test_every_register(self):
        check_piglow(self.steps)

    def test_each_led_was_asked_for_by_its_name(self):
        asked = {m for s in self.steps for m in re.findall(r"arm\d\.\w+(?=\":255)", s.rest)}
        self.assertEqual(len(asked), 18)

    def control(self, step, events):
        with self.assertRaises(Wrong):
            check_piglow(spoiled(self.steps, step, events))

    def test_control_a_wrong_byte(self):
        k = next(k for k, s in enumerate(self.steps) if "arm1.orange" in s.rest)
        self.control(k, [e._replace(text=e.text.replace("-ff-00", "-00-ff")) for e in self.steps[k].events])

    def test_control_no_update(self):
        k = next(k for k, s in enumerate(self.steps) if "arm1.orange" in s.rest)
        self.control(k, [e for e in self.steps[k].events if "[16-ff]" not in e.text])

    def test_control_update_first(self):
        k = next(k for k, s in enumerate(self.steps) if "arm1.orange" in s.rest)
        self.control(k, sorted(self.steps[k].events, key=lambda e: "[16-ff]" not in e.text))

    def test_control_not_cleared(self):
        k = next(k for k, s in enumerate(self.steps) if s.verb == "stop")
        self.control(k, [])


class Leds(unittest.TestCase):
    """A PiGlow through the kernel's own driver."""

    def setUp(self):
        self.steps = steps_of(console.events, "leds")

    # promise: dark-on-exit
    def test_every_led(self):
        check_leds(self.steps)
        lit = [s for s in self.steps if s.verb == "set" and s.rest.count("arm") == 18]
        self.assertEqual(len(lit), 2)

    def test_ends_well(self):
        self.assertEqual([s.rest for s in self.steps if s.verb == "stopped"], ["0", "0"])

    def test_they_have_the_overlays_names(self):
        names = ["piglow:%s:led%d" % (color, n) for arm in PIGLOW.values() for color, n in arm.items()]
        self.assertEqual(sorted(names), sorted(re.findall("piglow:.*", console.log("leds"))))

    def control(self, verb, change):
        k = next(k for k, s in enumerate(self.steps) if s.verb == verb)
        with self.assertRaises(Wrong):
            check_leds(spoiled(self.steps, k, change(self.steps[k].events)))

    def test_controls(self):
        self.control("stop", lambda events: [])
        self.control("set", lambda events: [e for e in events if "[07-" not in e.text])
        self.control("set", lambda events: events + [e for e in events if "[16-" in e.text])


class Hand(unittest.TestCase):
    """A PiGlow's bus by hand on two lines."""

    # promise: wire
    def test_every_register(self):
        for road in ("sysfs", "gpiod"):
            with self.subTest(road):
                steps = steps_of(console.events, "drain-" + road)
                check_piglow(steps, Drain().read)
                self.assertEqual([s.rest for s in steps if s.verb == "stopped"], ["0"])
                self.assertIn("the I2C controller has lost its two pins", console.log("drain-" + road))

    def test_controls(self):
        steps = steps_of(console.events, "drain-sysfs")
        k = next(k for k, s in enumerate(steps) if s.verb == "set")
        edges = [e for e in steps[k].events if e.name == "gpio_direction"]
        for wrong in (edges[1:], edges[:-1], edges[:40] + edges[42:], []):
            with self.assertRaises(Wrong):
                check_piglow(spoiled(steps, k, wrong), Drain().read)


class Machine(unittest.TestCase):
    def test_is_a_pi_with_the_real_drivers(self):
        self.assertIn("Raspberry Pi 3 Model B", console.blocks["machine"])
        self.assertRegex(console.blocks["machine"], r"pinctrl-bcm2835 512 54")
        self.assertRegex(console.log("buses"), r"i2c-1/name:bcm2835 \(i2c@7e804000\)")

    def test_sysfs_answers_as_the_virtual_one_does(self):
        with open(CONFORMANCE) as f:
            self.assertEqual(console.log("conformance").splitlines(), f.read().splitlines())

    def test_the_scenario_went_through(self):
        self.assertEqual(console.failed, [])
        self.assertRegex(console.text, r"=== scenario ended with 0 ")

    def test_the_trace_is_whole(self):
        lost = re.findall(r": (\d+)", console.blocks["lost"])
        self.assertGreater(len(lost), 3)
        self.assertEqual(set(lost), {"0"})

    def test_nobody_acknowledges_where_nobody_is(self):
        refused = [e.text for e in console.events if e.name == "i2c_result" and e.text.startswith("i2c-2 ")]
        self.assertEqual(refused, ["i2c-2 n=1 ret=-121"])  # EREMOTEIO

    # promise: doctor-tells
    def test_doctor(self):
        for name, words in {
            "no-bus": "FAIL  board    piglow: no /dev/i2c-1: set dtparam=i2c_arm=on",
            "no-i2c-dev": "FAIL  board    piglow: no /dev/i2c-1: i2c-dev is not loaded",
            "no-permission": "FAIL  board    piglow: no permission for /dev/i2c-1",
            "not-there": "FAIL  board    piglow: no device acknowledged at 0x54 on /dev/i2c-2",
            "taken": "FAIL  board    piglow: a kernel driver holds address 0x54 on /dev/i2c-1",
            "piglow": "ok    board    piglow is here",
            "no-leds": "FAIL  board    piglow: no LEDs piglow:* in /sys/class/leds: set dtoverlay=piglow",
            "leds-permission": "FAIL  board    piglow: no permission for /sys/class/leds/piglow:",
            "drain-low": "FAIL  board    piglow: GPIO 5 or 6 stays low, so this is no I2C bus",
            "no-overlay": "FAIL  board    blinkt: no overlay glow-blinkt: put dtoverlay=glow-blinkt into config.txt",
            "spi-permission": "FAIL  board    blinkt: no permission for /dev/spidev",
            "spi": "ok    board    blinkt is here",
        }.items():
            with self.subTest(name):
                self.assertIn(words, console.log("doctor-" + name))

    def test_doctor_recommends_the_overlay_but_to_no_swarm(self):
        note = "note  board    a frame takes 648 system calls here and one with dtoverlay=glow-blinkt"
        self.assertIn(note, console.log("doctor-better"))
        self.assertIn("ok    board    blinkt is here", console.log("doctor-swarm"))
        for name in ("swarm", "spi"):
            self.assertNotIn("note  board", console.log("doctor-" + name))


def figures():
    def median(values):
        return sorted(values)[len(values) // 2] if values else 0

    for road, name, argument in (
        ("spi", "sys_ioctl", SPI_MESSAGE),
        ("gpiod", "sys_ioctl", SET_VALUES),
        ("gpiod1", "sys_ioctl", SET_VALUES_V1),
        ("sysfs", "sys_write", "count: 1)"),
    ):
        steps = steps_of(console.events, road)
        if not steps:
            continue
        step = traced_calls(steps)
        frames = [f for s, frames in zip(steps, frames_of(steps)) if s is not step for f in frames]
        print(
            "%-7s %d system calls for a picture with %d edges; %.1f ms a frame in the guest (median of %d)"
            % (
                road,
                calls(step, name, argument),
                count_edges(step),
                1000 * median([f.end_s - f.begin_s for f in frames]),
                len(frames),
            )
        )
    for road, events in (("piglow", "i2c_"), ("leds", "i2c_"), ("drain-gpiod", "gpio_dir"), ("drain-sysfs", "gpio_dir")):
        frames = [[e for e in s.events if e.name.startswith(events)] for s in steps_of(console.events, road) if s.verb == "set"]
        # All 18 LEDs change in the longest of the kernel's; on the bus itself every frame is alike.
        longest = max(frames, key=len)
        print(
            "%-11s %d %s; %.1f ms from the first to the last in the guest"
            % (
                road,
                sum(e.name in ("i2c_write", "gpio_direction") for e in longest),
                "transfers" if events == "i2c_" else "edges",
                1000 * (longest[-1].time_s - longest[0].time_s),
            )
        )


if __name__ == "__main__":
    console = Console(sys.argv.pop(1))
    figures()
    unittest.main()
