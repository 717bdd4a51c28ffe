#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What effects cost: ./run bench effects

Instructions are counted by callgrind (pixels.py). Times are this processor's, without others: the least of 200 for compiling,
the mean of 5,000 for a frame of 40.
"""
import pathlib
import subprocess
import sys
import tempfile

import pixels

FPS = 60
RAINBOW = "# as the built-in one\nparam period 100..3600000 = 4000 ms\nparam spread 0..1000 = 100 %\nhsv(x * spread - cycle(period), 1, 1)\n"

# What takes longest of what was found: each def calls the one before twice; sums in sums; names that differ in all.
WORST = {
    "defs of defs": "def a0(p)=x\n" + "".join(f"def a{k}(p)=a{k - 1}(p)+a{k - 1}(p)\n" for k in range(1, 125)) + "a1(x)",
    "sums of sums": "sum(a,0,255,sum(b,0,255,sqrt(a*b)*red))",
    "long palettes": "sum(a,0,255,palette(x*a,#123457,#234567,#fedcba,#192837,#a1b2c3,#9f8e7d,#010203))",
    "many numbers": "x" + "".join(f"+{k}" for k in range(1000)),
    "many names": "".join(f"let a{k:03x} = x\n" for k in range(300)) + "1",
    "nesting": "(" * 39 + "x" + ")" * 39 + "+x" * 1900,
}


def times(what):
    done = subprocess.run([pixels.BIN / "bench_effects", "time", what], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def row(name, what):
    compile_us, frame_us, steps = times(what)
    print(f"| {name} | {steps:.0f} | {frame_us * FPS / 1e4:.3f} % | {compile_us:.0f} µs |", flush=True)


def main():
    if sys.argv[1:] == ["--write"]:
        pixels.write()
    elif len(sys.argv) > 1:
        sys.exit(f"bench effects takes --write or nothing, not {' '.join(sys.argv[1:])}")
    else:
        print(pixels.section())
    print("| | steps of a pixel | 40 pixels at 60 fps | compiled in |\n|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        row("rainbow, built in", "rainbow")
        path = pathlib.Path(folder, "text.glow")
        path.write_text(RAINBOW)
        row("rainbow, as a text", path)
        for text in pixels.texts():
            row(text.stem, text)
        print("\n| the worst texts that were found | bytes | compiled or refused in |\n|---|--:|--:|")
        for name, text in WORST.items():
            path.write_text(text)
            print(f"| {name} | {path.stat().st_size} | {times(path)[0]:.0f} µs |")


if __name__ == "__main__":
    main()
