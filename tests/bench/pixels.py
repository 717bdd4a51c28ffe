#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Instructions of a pixel of every effect, as a section of Markdown: ./run bench effects. With --write
that puts it into docs/PERFORMANCE.effects.md."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("GLOW_BIN", ROOT / "build/release/bin")).resolve()
PAGE = ROOT / "docs/PERFORMANCE.effects.md"
SIZES = (8, 64, 1024, 4096)
sys.path.insert(0, str(ROOT / "tests/harness"))
import callgrind

HEAD = """## What a pixel costs

Instructions of a pixel by the length of its board, exact by callgrind for {compiler} on {processor}: the effect with its usual parameters,
its share of what a frame takes once, and making linear light of it. Where all pixels are alike, as in `solid`, one is drawn for all; `solid` so
is the floor. Texts are those of [effects](../effects). 1,000 instructions a pixel of 4,096 pixels at 60 frames a second are 0.25 of 10⁹ a second.

| | {sizes} |
|---|{dashes}
"""


def built_in():
    return [name.replace("_", "-") for name in re.findall(r"^X\((\w+)\)", (ROOT / "bridge/effect/effects.def").read_text(), re.M)]


def texts():
    return sorted(ROOT.glob("effects/*.glow"))


def counts(names, sizes):
    """Name -> instructions of a pixel, for each size."""
    found = {}
    for label, (n, pixels) in callgrind.counts(BIN / "bench_effects", "count", ",".join(map(str, sizes)), *names).items():
        name = pathlib.Path(label.split("\t")[0])
        found.setdefault(name.stem, []).append(n / pixels)
    return found


def section():
    text = HEAD.format(compiler=callgrind.compiler(BIN / "bench_effects"), processor=os.uname().machine,
                       sizes=" | ".join(f"{n:,}" for n in SIZES), dashes="--:|" * len(SIZES))
    for title, names in ("built in", built_in()), ("text", texts()):
        for name, row in counts(names, SIZES).items():
            text += f"| {name}{'' if title == 'built in' else ' (text)'} | " + " | ".join(f"{n:,.0f}" for n in row) + " |\n"
    return text


def write():
    PAGE.write_text("# What effects cost\n\n" + section())


if __name__ == "__main__":
    print(section(), end="")
