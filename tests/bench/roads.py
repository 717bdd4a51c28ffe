# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""System calls and instructions of a frame on each board and road: the real drivers before a fake kernel (roads.c).

Both are exact, but for the instructions of a bus by hand, which looks at the clock until a bit has passed. The fake's own are left
out; of libgpiod only a stand-in's few are in, and its own come on top."""

import subprocess

import callgrind
import glow

GENERATIONS = 1, 2  # of libgpiod
FAKES = ("__wrap_write", "__wrap_ioctl", "__wrap_pread64", "__wrap_nanosleep", "fake_gpiod_set", "fake_gpiod_get")


def _program(generation):
    return glow.beside_bridge(f"bench_roads{generation}")


def calls(*words):
    """Road -> system calls of a frame."""
    found = {}
    for generation in GENERATIONS:
        done = subprocess.run([_program(generation), *words], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        for road, n, frames in (line.split("\t") for line in done.stdout.splitlines()):
            found[road] = int(n) / int(frames)
    return found


def instructions():
    """Road -> instructions of a frame."""
    found = {}
    for generation in GENERATIONS:
        for name, (n, frames) in callgrind.counts(_program(generation), without=FAKES).items():
            found[name.split("\t")[0]] = n / frames
    return found
