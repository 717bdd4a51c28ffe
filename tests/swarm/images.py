#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""images.py <folder>: the base image from Debian's packages, ours on top of it, each saved as <folder>/<name>.tar.

This machine's engine builds them, and then Debian 13's once more, with its own builder, in a root of its own
(<folder>/debian13), saved as <folder>/newer/<name>.tar. The base is made once; of ours the engines keep the layers, so later only
what changed is built. Runs in the namespaces of run.sh, but in this machine's network.
"""

import os
import shutil
import subprocess
import sys
import time

from engine import Engine, glow, run

BASE = "debian:trixie-slim"
TARGETS = ("bridge", "conductor", "tasks", "broker", "dashboard")
SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
# An engine, both its command lines, and what they start.
DEBIAN13 = "docker.io,docker-cli,docker-buildx,docker-compose,iptables,mount"
NO_DOCUMENTS = ["--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
                "--dpkgopt=path-exclude=/usr/share/doc/*"]


def mirror():
    return run(os.path.join(SOURCE, "tests", "harness", "mirror.sh")).strip()


def make_base(engine, base=BASE, suite="trixie"):
    if engine.try_docker("image", "inspect", base).returncode == 0:
        return
    make = subprocess.Popen(["mmdebstrap", "--quiet", "--variant=minbase", *NO_DOCUMENTS, suite, "-", mirror()],
                            stdout=subprocess.PIPE)
    engine.docker("import", "--change", 'CMD ["bash"]', "-", base, stdin=make.stdout)
    if make.wait():
        raise AssertionError("mmdebstrap failed")


def make_debian13(folder):
    """While other things are done: what the function that is returned waits for."""
    root = os.path.join(folder, "debian13")
    stamp = os.path.join(folder, "debian13.packages")
    if os.path.exists(stamp) and open(stamp).read() == DEBIAN13:
        return lambda: None
    shutil.rmtree(root, ignore_errors=True)
    make = glow.spawn(["mmdebstrap", "--quiet", "--variant=minbase", *NO_DOCUMENTS, "--include=" + DEBIAN13, "trixie",
                       root, mirror()], None, None)

    def finish():
        if make.wait():
            raise AssertionError("mmdebstrap failed")
        with open(stamp, "w") as f:
            f.write(DEBIAN13)

    return finish


def engine_of_debian13(home, folder, netns=None, more=()):
    return Engine(home, "debian13", netns, root=os.path.join(folder, "debian13"), folders=(SOURCE, folder, *more))


def save(engine, folder, name):
    image = "glowswarm/%s:latest" % name
    path = os.path.join(folder, name + ".tar")
    os.makedirs(folder, exist_ok=True)
    known, now = path + ".id", engine.docker("image", "inspect", "-f", "{{.Id}}", image)
    if not os.path.exists(known) or open(known).read() != now:
        engine.docker("save", "-o", path, image)
        with open(known, "w") as f:
            f.write(now)


def build(engine):
    return engine.run(os.path.join(SOURCE, "compose", "images.sh"), env={"GLOW_BUILD_OPTIONS": "--network=host -q"},
                      timeout=1200)


def main():
    folder = sys.argv[1]
    start = time.monotonic()
    engine = Engine(os.path.join(folder, "builder"), "builder").start().wait()
    newer = engine_of_debian13(os.path.join(folder, "builder13"), folder)
    base = os.path.join(folder, "base.tar")
    try:
        make_base(engine)
        print("base image: %.0f s" % (time.monotonic() - start))
        finish_debian13 = make_debian13(folder)
        build(engine)
        for name in TARGETS:
            save(engine, folder, name)
        print("images: %.0f s" % (time.monotonic() - start), flush=True)
        finish_debian13()
        newer.start().wait()
        if newer.try_docker("image", "inspect", BASE).returncode:
            engine.docker("save", "-o", base, BASE)
            newer.docker("load", "-q", stdin=open(base, "rb"))
            os.remove(base)
        build(newer)
        for name in TARGETS:
            save(newer, os.path.join(folder, "newer"), name)
        print("Debian 13's: %.0f s" % (time.monotonic() - start))
    finally:
        newer.stop()
        engine.stop()


if __name__ == "__main__":
    main()
