#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# sysroot.sh <architecture> <folder>: Debian's libraries and headers for arm64, armhf or armel, to build
# against and for the emulated programs to run with.
#
# The packages are only unpacked: nothing of them runs, and this machine's own package manager does not
# get to know another architecture. Later this returns at once. Of all that is unpacked only lib and usr
# stay, since qemu-user looks for every path that a program names in the sysroot first: a /etc or
# /tmp there would hide this machine's.
set -euo pipefail

arch=$1
dir=$2
mirror=$("$(dirname "$0")/../harness/mirror.sh")
suite=$(sed -n "s/^VERSION_CODENAME=//p" /etc/os-release) # as the cross compilers, which bring their libc
packages=libc6-dev,libcjson-dev,libcmocka-dev,libfuse3-dev,libgpiod-dev,libpaho-mqtt-dev,libssl-dev,libsystemd-dev

# Made anew when this file changes.
stamp=$(sha256sum "$0" | cut -d ' ' -f 1)
[ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

new=$dir.new
rm -rf "$new" "$dir"
mkdir -p "$new"
trap 'rm -rf "$new"' EXIT
echo "tests/cross: fetching Debian's libraries for $arch into $dir" >&2
mmdebstrap --quiet --variant=extract --architectures="$arch" --include="$packages" "$suite" "$new/all" \
	"deb $mirror $suite main" 2> >(grep -v 'skipping mounting' >&2 || true)
mv "$new"/all/{lib,usr} "$new/"
rm -rf "$new/all" "$new/usr/share/"{doc,info,locale,man}
echo "$stamp" >"$new/stamp"
mv "$new" "$dir"
