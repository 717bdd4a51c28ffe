# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What LEDs make of a kernel trace.

A trace is a list of Event. Lines of GPIO come as `gpio_value: 535 set 1`, where
the number is the chip's base and the line; I2C comes as `i2c_write: i2c-1 #0
a=054 f=0200 l=3 [01-3f-3e]`. From these, and from nothing that a program says
about itself, come the APA102's pixels and the SN3218's registers. What no LED
could make sense of raises Wrong.
"""

import re
from typing import NamedTuple

PIXELS = 8
CLOCKS = 32 + 32 * PIXELS + 36
SPI_CLOCKS = (CLOCKS + 7) // 8 * 8  # a bus sends whole bytes
MEND_CLOCKS = 64  # before a program's first frame, for a pixel that waits for the rest of another's
SN3218 = 0x54


class Wrong(AssertionError):
    """The wire is not what the datasheet asks for."""


class Event(NamedTuple):
    time_s: float
    who: str  # "glow-bridge-205"
    name: str  # "gpio_value"
    text: str  # "535 set 1"


_LINE = re.compile(r"^\s*(.+-\d+)\s+\[\d+\]\s+(\d+\.\d+): (\w+)(?:: |(?=\())(.*)$")


def parse(text):
    """The events of a trace file in their order."""
    events = []
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        m = _LINE.match(line)
        if not m:
            raise ValueError("not a line of a trace: %r" % line)
        events.append(Event(float(m[2]), m[1], m[3], m[4]))
    return events


# ---- APA102 ----


class Frame(NamedTuple):
    words: tuple  # (brightness, red, green, blue) of each pixel, the first on the wire first
    begin_s: float
    end_s: float


class Wire:
    """Two lines of one chip, as a shift register at their end sees them."""

    def __init__(self, data=512 + 23, clock=512 + 24):
        self.data, self.clock = data, clock
        self.level = {data: None, clock: None}
        self.bits = []  # (time, bit) of each rising clock
        self.edges = 0  # changes of either line
        self.late_data = 0  # changes of DAT while CLK was high

    def feed(self, event):
        line, verb, value = event.text.split()
        line, value = int(line), int(value)
        if verb != "set" or line not in self.level:
            raise Wrong("something else was done to a line: %s" % (event,))
        before = self.level[line]
        self.level[line] = value
        self.edges += before is not None and before != value
        if line == self.data and before not in (None, value) and self.level[self.clock]:
            self.late_data += 1
        if line == self.clock and before == 0 and value == 1:
            self.bits.append((event.time_s, self.level[self.data]))

    @property
    def idle(self):
        return self.level == {self.data: 0, self.clock: 0}

    def frames(self, clocks=CLOCKS):
        """All clocks of a program's life as frames of so many; there must be no clock too few or too many."""
        if any(bit for _, bit in self.bits[:MEND_CLOCKS]):
            raise Wrong("nothing mends the chain before the first frame")
        bits = self.bits[MEND_CLOCKS:]
        if len(bits) % clocks:
            raise Wrong("%d clocks are no whole number of frames of %d" % (len(bits), clocks))
        return [_frame(bits[k : k + clocks]) for k in range(0, len(bits), clocks)]


def _frame(bits):
    levels = [bit for _, bit in bits]
    if any(levels[:32]):
        raise Wrong("the start frame is not 32 zeros")
    if any(levels[32 + 32 * PIXELS :]):
        raise Wrong("the end frame is not %d zeros" % (len(bits) - 32 - 32 * PIXELS))
    return Frame(tuple(_word(levels[k : k + 32]) for k in range(32, 32 + 32 * PIXELS, 32)), bits[0][0], bits[-1][0])


def _word(levels):
    marker, brightness, blue, green, red = (
        int("".join(str(bit) for bit in levels[a:b]), 2) for a, b in ((0, 3), (3, 8), (8, 16), (16, 24), (24, 32))
    )
    if marker != 7:
        raise Wrong("a pixel does not begin with 111")
    return brightness, red, green, blue


# ---- SN3218 ----

_WRITE = re.compile(r"^i2c-(\d+) #\d+ a=([0-9a-f]+) f=[0-9a-f]+ l=(\d+) \[([0-9a-f-]*)\]")


def i2c_writes(events, bus=1, address=SN3218):
    """The bytes of each write to a device."""
    writes = []
    for event in events:
        if event.name != "i2c_write":
            continue
        m = _WRITE.match(event.text)
        if not m:
            raise ValueError("not a write: %r" % event.text)
        data = bytes.fromhex(m[4].replace("-", ""))
        if len(data) != int(m[3]):
            raise ValueError("a write that the trace cut: %r" % event.text)
        if int(m[1]) == bus and int(m[2], 16) == address:
            writes.append(data)
    return writes


_DIRECTION = re.compile(r"^(\d+) +(in|out) \((-?\d+)\)$")


class Drain:
    """The bus on two lines of one chip, each pulled low by making it an output and let go by making it an input: it comes as
    `gpio_direction: 517 out (0)`."""

    def __init__(self, data=512 + 5, clock=512 + 6):
        self.data, self.clock = data, clock
        self.level = {data: 1, clock: 1}
        self.bits = None  # since START
        self.writes = []
        self.edges = 0

    def read(self, events):
        """The bytes of each write to an SN3218 that ends in these events."""
        self.writes = []
        for event in events:
            if event.name == "gpio_direction":
                self.feed(event)
        return self.writes

    def feed(self, event):
        m = _DIRECTION.match(event.text)
        line, level = int(m[1]), int(m[2] == "in")
        if m[3] != "0" or line not in self.level:
            raise Wrong("something else was done to a line: %s" % (event,))
        before, self.level[line] = self.level[line], level
        self.edges += before != level
        if line == self.data and before != level and self.level[self.clock]:
            self._stop() if level else self._start()
        elif line == self.clock and level > before and self.bits is not None:
            self.bits.append(self.level[self.data])

    def _start(self):
        if self.bits is not None:
            raise Wrong("a START within a transfer")
        self.bits = []

    def _stop(self):
        bits, self.bits = self.bits, None
        if not bits or len(bits) % 9 != 1:  # the last is the clock of STOP itself
            raise Wrong("no whole number of bytes: %s" % (bits,))
        if not all(bits[8:-1:9]):
            raise Wrong("nobody lets a chip acknowledge: %s" % (bits,))
        sent = [int("".join(map(str, bits[k : k + 8])), 2) for k in range(0, len(bits) - 1, 9)]
        if sent[0] != SN3218 << 1:
            raise Wrong("not for this chip: %s" % (sent,))
        self.writes.append(bytes(sent[1:]))


class Sn3218:
    """The chip: what was written takes effect when its update register is."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.registers = bytearray(0x18)
        self.lit = (0,) * 18  # level of outputs 1 to 18 as they shine
        self.updates = 0
        self.pending = False  # levels or enables were written and not yet taken over

    def feed(self, data):
        register = data[0]
        for value in data[1:]:
            self._write(register, value)
            register += 1

    def _write(self, register, value):
        if register == 0x17:
            self.reset()
        elif register == 0x16:
            self._update()
        elif register < 0x16:
            self.registers[register] = value
            self.pending = self.pending or register > 0
        else:
            raise Wrong("register 0x%02x does not exist" % register)

    def _update(self):
        enabled = [self.registers[0x13 + k // 6] >> k % 6 & 1 for k in range(18)]
        self.lit = tuple(level if on else 0 for level, on in zip(self.registers[1:19], enabled))
        self.updates += 1
        self.pending = False

    @property
    def shining(self):
        """Level of each output: none while the chip is shut down."""
        return self.lit if self.registers[0] & 1 else (0,) * 18
