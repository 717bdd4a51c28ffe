# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How many instructions something takes, by callgrind: exact for a compiler, a library and a processor, whatever else the
machine does. A program that counts says what comes next in a line, name and parts with tabs between, and does it in counted()
(tests/bench/counted.h)."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

# One way through libc on every processor of a kind: it has others where there are wider registers.
PLAIN = "glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM,-AVX_Fast_Unaligned_Load"


def compiler(program):
    """What made it, as "GCC 12"; "" where it does not say."""
    found = re.search(rb"(GCC|clang)[^0-9\0]*(?:\([^)]*\) )?(\d+)", pathlib.Path(program).read_bytes())
    return f"{found[1].decode()} {found[2].decode()}" if found else ""


def possible():
    return shutil.which("valgrind") is not None


def counts(*argv, without=()):
    """Name -> (instructions, parts), in the order in which they were counted. A name may have tabs. What functions in
    `without` take is left out."""
    toggles = [f"--toggle-collect={name}" for name in ("counted", *without) if without]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "--zero-before=counted",
                               "--dump-after=counted", *toggles, *map(str, argv)],
                              capture_output=True, text=True, env={**os.environ, "GLIBC_TUNABLES": PLAIN})
        if done.returncode:
            raise RuntimeError(f"{argv}: status {done.returncode}\n{done.stdout}{done.stderr}")
        names = [line.rsplit("\t", 1) for line in done.stdout.splitlines()]
        found = [int(re.search(r"^summary: (\d+)", pathlib.Path(folder, f"out.{k + 1}").read_text(), re.M)[1])
                 for k in range(len(names))]
    return {name: (n, int(parts)) for (name, parts), n in zip(names, found)}
