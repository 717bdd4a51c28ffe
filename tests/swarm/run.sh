#!/usr/bin/env bash
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -m "$1")
mkdir -p "$build" /run/docker /run/containerd /run/netns
inside='mount -t tmpfs tmpfs /run/docker && mount -t tmpfs tmpfs /run/containerd && mount -t tmpfs tmpfs /run/netns && exec "$@"'
unshare --mount --pid --mount-proc --fork --kill-child sh -ec "$inside" sh /usr/bin/python3 -B "$here/images.py" "$build"
