#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The measure for a node: a client for a Blinkt! as people write it in Python, with Debian's python3-paho-mqtt.

    naive.py ROOT DATA CLOCK PORT TOPIC [FILE]

Takes {"effect":"solid","color":"#rrggbb"} and {"effect":"rainbow"}, and opens, writes and closes a file of sysfs for each level.
A still picture is drawn once, and on the thread that heard of it, as a quick one does. Without a ROOT it has no pins; with a FILE
it notes there when a frame was out, as the virtual board does."""

import colorsys
import json
import sys
import time

import paho.mqtt.client as mqtt

PIXELS, FPS, PERIOD_S = 8, 60, 8


def put(path, text):
    with open(path, "w") as f:
        f.write(text)


class Pins:
    def __init__(self, root, data, clock):
        gpio = root + "/class/gpio"
        for line in (data, clock):
            put(gpio + "/export", line)
            put("%s/gpio%s/direction" % (gpio, line), "out")
        self.data, self.clock = ("%s/gpio%s/value" % (gpio, line) for line in (data, clock))

    def bit(self, level):
        put(self.data, "1" if level else "0")
        put(self.clock, "1")
        put(self.clock, "0")


class NoPins:
    def bit(self, level):
        pass


class Blinkt:
    def __init__(self, pins, out):
        self.pins, self.out = pins, out

    def byte(self, value):
        for k in range(7, -1, -1):
            self.pins.bit(value >> k & 1)

    def show(self, colors):
        for _ in range(32):
            self.pins.bit(0)
        for r, g, b in colors:
            for value in (0xE1, b, g, r):
                self.byte(value)
        for _ in range(36):
            self.pins.bit(0)
        if self.out:
            now_ns = time.monotonic_ns()
            line = {"t_us": 0, "mono_ns": now_ns, "pixels": ["%02x%02x%02x" % color for color in colors]}
            self.out.write(json.dumps(line) + "\n")
            self.out.flush()


def rainbow():
    turn = time.time() / PERIOD_S
    return [tuple(round(255 * v) for v in colorsys.hsv_to_rgb((turn + k / PIXELS) % 1, 1, 1)) for k in range(PIXELS)]


class Light:
    def __init__(self, blinkt):
        self.blinkt = blinkt
        self.moves = False

    def on_message(self, client, userdata, message):
        command = json.loads(message.payload)
        self.moves = command["effect"] == "rainbow"
        if not self.moves:
            color = command["color"].lstrip("#")
            self.blinkt.show([tuple(bytes.fromhex(color))] * PIXELS)

    def run(self, client):
        next_s = time.monotonic()
        while True:
            client.loop(max(0.0, next_s - time.monotonic()) if self.moves else 1.0)
            if self.moves and time.monotonic() >= next_s:
                next_s = time.monotonic() + 1 / FPS
                self.blinkt.show(rainbow())


def main():
    root, data, clock, port, topic = sys.argv[1:6]
    out = open(sys.argv[6], "a") if len(sys.argv) > 6 else None
    light = Light(Blinkt(Pins(root, data, clock) if root else NoPins(), out))
    client = mqtt.Client(*([mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, "CallbackAPIVersion") else []))
    client.on_message = light.on_message
    client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
    client.connect("127.0.0.1", int(port))
    light.run(client)


main()
