#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""image_file.py <platform> <name:tag…>: the image of `docker save` on standard input as a file for `docker load`.

The builder says of an image that it is for the processor on which it was built. Here it gets the platform that it
is for (linux/arm/v5), and its names, which on the building machine are those of its own image.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile
import tempfile


def main():
    system, architecture, *variant = sys.argv[1].split("/")
    with tempfile.TemporaryFile() as saved:
        saved.write(sys.stdin.buffer.read())
        saved.seek(0)
        with tarfile.open(fileobj=saved) as old, gzip.GzipFile("", "wb", fileobj=sys.stdout.buffer, mtime=0) as packed, \
                tarfile.open(fileobj=packed, mode="w|") as new:

            def add(name, data):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))

            manifest = json.load(old.extractfile("manifest.json"))[0]
            config = json.load(old.extractfile(manifest["Config"]))
            config.pop("variant", None)
            config.update(os=system, architecture=architecture, **({"variant": variant[0]} if variant else {}))
            data = json.dumps(config).encode()
            layers = []
            for path in manifest["Layers"]:
                layer = old.extractfile(path).read()
                layers.append(hashlib.sha256(layer).hexdigest() + ".tar")
                add(layers[-1], layer)
            name = hashlib.sha256(data).hexdigest() + ".json"
            add(name, data)
            add("manifest.json", json.dumps([{"Config": name, "RepoTags": sys.argv[2:], "Layers": layers}]).encode())


if __name__ == "__main__":
    main()
