#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# emulate.sh <architecture> <sysroot> <program> [argument…]: runs it on the processor of the oldest
# Raspberry Pi of that architecture (cmake/cross.cmake).
set -eu

case $1 in
arm64) qemu=qemu-aarch64-static cpu=cortex-a53 ;;
armhf) qemu=qemu-arm-static cpu=cortex-a7 ;;
armel) qemu=qemu-arm-static cpu=arm1176 ;;
*) echo "no emulator for $1" >&2 && exit 64 ;;
esac
sysroot=$2
shift 2
exec "$qemu" -cpu "$cpu" -L "$sysroot" "$@"
