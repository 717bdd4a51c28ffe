# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""System calls and instructions of a frame on each board and road: the real drivers before a fake kernel (roads.c).

Both are exact. The fake's own instructions are left out; of libgpiod only a stand-in's few are in, and its own come on top."""

import os
import subprocess

import cost
import glow

FRAMES = 100
FAKES = ("__wrap_write", "__wrap_ioctl", "__wrap_pread64", "__wrap_nanosleep", "fake_gpiod_set", "fake_gpiod_get")

# What it is, the program (a generation of libgpiod each), its words, and the fewest calls of a road of its kind.
ROADS = (("Blinkt!, the overlay and SPI", 1, ("blinkt", "spi", "auto"), "1"),
         ("Blinkt!, libgpiod 2", 2, ("blinkt", "gpiod", "auto"), "648: an edge each"),
         ("Blinkt!, libgpiod 1", 1, ("blinkt", "gpiod", "auto"), "648: an edge each"),
         ("Blinkt!, sysfs", 1, ("blinkt", "sysfs", "auto"), "648: an edge of the clock each"),
         ("a strip of 8, SPI", 1, ("apa102", "spi", "auto"), "1"),
         ("PiGlow, i2c-dev", 1, ("piglow", "sysfs", "dev"), "1"),
         ("PiGlow, the kernel's LEDs", 1, ("piglow", "sysfs", "leds"), "1 for an LED that changes"),
         ("PiGlow, by hand over libgpiod 2", 2, ("piglow", "gpiod", "gpio"), "1, with a controller"),
         ("PiGlow, by hand over sysfs", 1, ("piglow", "sysfs", "gpio"), "1, with a controller"))


def _program(generation):
    return glow.beside_bridge("bench_roads%d" % generation)


def calls(generation, words):
    done = subprocess.run([_program(generation), *words, str(FRAMES)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def instructions(home, generation, words):
    log = os.path.join(home, glow.unique("callgrind"))
    toggles = ["--toggle-collect=" + name for name in ("show_counted", *FAKES)]
    subprocess.run([*cost.counting(*toggles, log=log), _program(generation), *words, str(FRAMES)], check=True,
                   stdout=subprocess.DEVNULL)
    return cost.collected(log) / FRAMES
