#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""sbom.py <image>: what is in an image, as CycloneDX JSON: Debian's packages as its dpkg knows them, and our program."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

FORMAT = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n"


def docker(*words):
    return subprocess.run([os.environ.get("DOCKER", "docker"), *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def component(line):
    name, version, arch, source, source_version = line.split("\t")
    purl = "pkg:deb/debian/%s@%s?arch=%s" % (quote(name), quote(version), arch)
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "debian:source", "value": "%s %s" % (source, source_version)}]}


def main():
    image = sys.argv[1]
    told = json.loads(docker("image", "inspect", image))[0]
    labels = told["Config"]["Labels"]
    packages = docker("run", "--rm", "--network", "none", "--entrypoint", "dpkg-query", image, "-W", "-f", FORMAT)
    ours = {"type": "application", "bom-ref": "glowswarm", "name": labels["org.opencontainers.image.title"],
            "version": labels["org.opencontainers.image.version"], "licenses": [{"license": {"id": "MIT"}}]}
    json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
               "metadata": {"component": {"type": "container", "name": image, "version": told["Id"]}},
               "components": [ours] + [component(line) for line in packages.splitlines()]}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
