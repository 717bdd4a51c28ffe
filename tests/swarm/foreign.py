#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""foreign.py <folder> <processor…>: images for other processors (arm64, arm/v7, arm/v5), as files.

Built by `images.sh --arch`, loaded into an engine, which has to know what they are for, and unpacked and run by
qemu-user as the oldest Pi of that kind: all programs start, and the bridge passes tests/cross/programs.py, with a
Mosquitto of this machine and nothing but the image's own libraries. Runs in the namespaces of run.sh.
"""

import glob
import gzip
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time

from engine import Engine, run
from images import SOURCE, TARGETS, make_base

DEBIAN = {"arm64": "arm64", "arm/v7": "armhf", "arm/v5": "armel"}
BASES = {"debian:trixie-slim": "trixie", "debian:bookworm-slim": "bookworm"}
# What each program says when it starts.
STARTS = {"bridge": (("usr/bin/glow-bridge", "--version", "glow-bridge "), ("usr/bin/glow-bridge", "--list-boards", "piglow ")),
          "conductor": (("usr/bin/glow-conductor", "--version", "glow-conductor "), ("usr/bin/glowctl", "--version", "glowctl ")),
          "tasks": (("usr/bin/glow-tasks", "--version", "glow-tasks "),),
          "broker": (("usr/sbin/mosquitto", "-h", "mosquitto version"), ("usr/bin/mosquitto_sub", "--help", "a simple mqtt client"),
                     ("usr/bin/busybox", "--help", "BusyBox v")),
          "dashboard": (("usr/sbin/nginx", "-V", "nginx version"), ("usr/bin/busybox", "--help", "BusyBox v"))}


class Image:
    def __init__(self, path, folder):
        with tarfile.open(path) as image:
            manifest = json.load(image.extractfile("manifest.json"))[0]
            self.layers = []
            for k, name in enumerate(manifest["Layers"]):
                layer = os.path.join(folder, "layer%d" % k)
                with open(layer, "wb") as f:
                    f.write(image.extractfile(name).read())
                self.layers.append(layer)
        self.root = os.path.join(folder, "root")
        os.mkdir(self.root)
        for layer in self.layers:
            run("tar", "-x", "-C", self.root, "-f", layer)

    def files(self, k):
        with tarfile.open(self.layers[k]) as layer:
            return [member.name for member in layer if not member.isdir()]

    def last_packed(self):
        with open(self.layers[-1], "rb") as f:
            return len(gzip.compress(f.read()))


class Processor:
    def __init__(self, name, engine):
        self.name = name
        self.engine = engine

    def emulated(self, image, program, *words):
        argv = [os.path.join(SOURCE, "tests", "cross", "emulate.sh"), DEBIAN[self.name], image.root,
                os.path.join(image.root, program), *words]
        return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def check(self, target):
        path = os.path.join(SOURCE, "build", "images", "%s-%s.tar.gz" % (target, self.name.replace("/", "-")))
        self.engine.docker("load", "-i", path)
        told = self.engine.inspect("image", "inspect", "glowswarm/" + target)
        architecture, _, variant = self.name.partition("/")
        config = told["Config"]
        assert (told["Os"], told["Architecture"], told.get("Variant", "")) == ("linux", architecture, variant), told
        assert config["User"] == "glow" and config["Entrypoint"] and config["Healthcheck"]["Test"], config
        assert config["Labels"]["org.opencontainers.image.version"], config
        with tempfile.TemporaryDirectory(dir=self.engine.home) as folder:
            image = Image(path, folder)
            for program, option, says in STARTS[target]:
                ran = self.emulated(image, program, option)
                assert says in ran.stdout, ran
            if target == "dashboard":
                self.check_page(image)
            print("%s for %s: %.1f MB, packed %.1f MB, the last layer %d kB, packed %d kB" %
                  (target, self.name, told["Size"] / 1e6, os.path.getsize(path) / 1e6,
                   os.path.getsize(image.layers[-1]) / 1000, image.last_packed() / 1000), flush=True)
            if target == "bridge":
                self.check_bridge(image, folder)

    def check_page(self, image):
        """Its nginx, which may be an older one than this machine's image has, takes its configuration."""
        secrets = os.path.join(image.root, "run", "secrets")
        os.makedirs(secrets, exist_ok=True)
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=broker", "-keyout",
            os.path.join(secrets, "server.key"), "-out", os.path.join(secrets, "server.crt"))
        conf = os.path.join(image.root, "etc", "nginx", "glowswarm.conf")
        told = self.emulated(image, "usr/sbin/nginx", "-t", "-g", "user glow;", "-c", "/etc/nginx/glowswarm.conf")
        assert told.returncode == 0, told.stdout
        with open(conf, "a") as f:  # the control
            f.write("nothing on;\n")
        told = self.emulated(image, "usr/sbin/nginx", "-t", "-g", "user glow;", "-c", "/etc/nginx/glowswarm.conf")
        assert "unknown directive" in told.stdout, told.stdout

    def check_bridge(self, image, folder):
        assert image.files(-1) == ["usr/bin/glow-bridge"] and len(image.files(-2)) > 1, image.files(-1)
        wrapper = os.path.join(folder, "glow-bridge")
        with open(wrapper, "w") as f:
            f.write('#!/bin/sh\nexec "%s" %s "%s" "%s" "$@"\n' % (os.path.join(SOURCE, "tests", "cross", "emulate.sh"),
                    DEBIAN[self.name], image.root, os.path.join(image.root, "usr/bin/glow-bridge")))
        os.chmod(wrapper, 0o755)
        told = run("/usr/bin/python3", "-B", os.path.join(SOURCE, "tests", "cross", "programs.py"), check=False,
                   env={**os.environ, "GLOW_BIN": wrapper})
        assert told.returncode == 0, told.stdout + told.stderr
        for library in glob.glob(os.path.join(image.root, "usr/lib/*/libpaho*")):  # the control
            os.remove(library)
        assert self.emulated(image, "usr/bin/glow-bridge", "--version").returncode != 0, "whose Paho is that?"


def main():
    folder = sys.argv[1]
    start = time.monotonic()
    builder = Engine(os.path.join(folder, "builder"), "builder").start().wait()
    try:
        for base, suite in BASES.items():
            make_base(builder, base, suite)
        for name in sys.argv[2:] or DEBIAN:
            builder.run(os.path.join(SOURCE, "compose", "images.sh"), "--arch", name,
                        env={"GLOW_BUILD_OPTIONS": "--network=host -q"}, timeout=1200)
            print("images for %s: %.0f s" % (name, time.monotonic() - start), flush=True)
    finally:
        builder.stop()
    with tempfile.TemporaryDirectory(dir=folder) as home:
        engine = Engine(home, "taker").start().wait()
        try:
            for name in sys.argv[2:] or DEBIAN:
                for target in TARGETS:
                    Processor(name, engine).check(target)
        finally:
            engine.stop()
    print("%d passed, 0 failed" % (len(sys.argv[2:] or DEBIAN) * len(TARGETS)))


if __name__ == "__main__":
    main()
