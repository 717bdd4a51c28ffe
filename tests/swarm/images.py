#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""images.py <folder>: the base image from Debian's packages, ours on top of it, each saved as <folder>/<name>.tar.

The base is made once; of ours the engine keeps the layers, so later only what changed is built.
Runs in the namespaces of run.sh, but in this machine's network.
"""

import os
import subprocess
import sys
import time

from engine import Engine, run

BASE = "debian:trixie-slim"
TARGETS = ("bridge", "conductor", "broker", "dashboard")
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def make_base(engine):
    if engine.try_docker("image", "inspect", BASE).returncode == 0:
        return
    mirror = run(os.path.join(SOURCE, "tests", "harness", "mirror.sh")).strip()
    make = subprocess.Popen(["mmdebstrap", "--quiet", "--variant=minbase", "--dpkgopt=path-exclude=/usr/share/man/*",
                             "--dpkgopt=path-exclude=/usr/share/locale/*", "--dpkgopt=path-exclude=/usr/share/doc/*",
                             "--dpkgopt=path-include=/usr/share/doc/*/copyright", "trixie", "-", mirror],
                            stdout=subprocess.PIPE)
    engine.docker("import", "--change", 'CMD ["bash"]', "-", BASE, stdin=make.stdout)
    if make.wait():
        raise AssertionError("mmdebstrap failed")


def save(engine, folder, name):
    image = "glowswarm/%s:latest" % name
    path = os.path.join(folder, name + ".tar")
    known, now = path + ".id", engine.docker("image", "inspect", "-f", "{{.Id}}", image)
    if not os.path.exists(known) or open(known).read() != now:
        engine.docker("save", "-o", path, image)
        with open(known, "w") as f:
            f.write(now)


def main():
    folder = sys.argv[1]
    start = time.monotonic()
    engine = Engine(os.path.join(folder, "builder"), "builder").start().wait()
    try:
        make_base(engine)
        print("base image: %.0f s" % (time.monotonic() - start))
        print(run(os.path.join(SOURCE, "compose", "images.sh"), env={**engine.env(), "GLOW_BUILD_OPTIONS": "--network=host -q"},
                  timeout=1200))
        for name in TARGETS:
            save(engine, folder, name)
        print("images: %.0f s" % (time.monotonic() - start))
    finally:
        engine.stop()


if __name__ == "__main__":
    main()
