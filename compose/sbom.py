#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""sbom.py <image>: what is in an image, as CycloneDX JSON: Debian's packages, of which it has files, and our program."""

import io
import json
import os
import subprocess
import sys
import tarfile
from email.parser import Parser
from urllib.parse import quote


def docker(*words):
    return subprocess.run([os.environ.get("DOCKER", "docker"), *words], check=True, stdout=subprocess.PIPE).stdout


def packages(image):
    """Their entries, which compose/debian.sh left in the image. Nothing in there has to run."""
    container = docker("create", image).decode().strip()
    try:
        with tarfile.open(fileobj=io.BytesIO(docker("cp", container + ":/var/lib/dpkg/status.d", "-"))) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                if entry.isfile():
                    yield Parser().parsestr(entries.extractfile(entry).read().decode())
    finally:
        docker("rm", container)


def component(package):
    """One of no source says that it is called like its package, or has the same version."""
    name, version = package["Package"], package["Version"]
    source, _, source_version = package.get("Source", name).partition(" ")
    purl = "pkg:deb/debian/%s@%s?arch=%s" % (quote(name), quote(version), package["Architecture"])
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "debian:source", "value": "%s %s" % (source, source_version.strip("()") or version)}]}


def main():
    image = sys.argv[1]
    told = json.loads(docker("image", "inspect", image))[0]
    labels = told["Config"]["Labels"]
    ours = {"type": "application", "bom-ref": "glowswarm", "name": labels["org.opencontainers.image.title"],
            "version": labels["org.opencontainers.image.version"], "licenses": [{"license": {"id": "MIT"}}]}
    json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
               "metadata": {"component": {"type": "container", "name": image, "version": told["Id"]}},
               "components": [ours] + [component(package) for package in packages(image)]}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
