#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# prepare.sh <folder>: what the emulated Raspberry Pi is made of, all from Debian 13 and unpacked into
# <folder> without being installed:
#
#   root/    QEMU 10 for this machine (Debian 12's has no I2C controller on the Pi), and for arm64 the
#            libraries to build against, a broker and busybox
#   gpiod1/  what is needed of root/ (hard links) to build against libgpiod 1, which is Debian 12's
#   kernel/  Debian's arm64 kernel, the Pi 3B's device tree, the modules of its buses, and from the kernel's sources
#            the PiGlow's driver, which Debian does not build
#
# About 350 MB come over the network the first time; afterwards this returns at once. Nothing of it
# runs while it is unpacked, so there is no chroot, no mount, no emulation, and no need to be root.
set -euo pipefail

dir=$1
here=$(dirname "$(readlink -f "$0")")
mirror=$("$here/../harness/mirror.sh")
packages=(qemu-system-arm qemu-system-data
	libc6-dev:arm64 libgcc-14-dev:arm64
	libpaho-mqtt-dev:arm64 libcjson-dev:arm64 libgpiod-dev:arm64 libssl-dev:arm64 libsystemd-dev:arm64
	mosquitto:arm64 mosquitto-clients:arm64 busybox-static:arm64)
modules=(i2c-bcm2835 i2c-dev spi-bitbang spi-gpio bcm2835_wdt)
dtb=bcm2837-rpi-3-b.dtb

# Made anew when one of these files changes.
stamp=$(cat "$0" "$here/module.sh" | sha256sum | cut -d ' ' -f 1)
[ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

new=$dir.new
rm -rf "$new" "$dir"
mkdir -p "$new/kernel"
trap 'rm -rf "$new"' EXIT
echo "tests/pi: fetching Debian 13's QEMU, arm64 libraries and kernel into $dir" >&2

# The kernel's package name changes with each update; the meta-package names the current one. It is
# fetched beside the others, as its dependencies would bring tools that nothing here runs.
# shellcheck disable=SC2016 # expanded by the shell that mmdebstrap starts
fetch_others='cd "$GLOW_PI_NEW" && export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" &&
	kernel=$(apt-cache depends linux-image-arm64:arm64 | sed -n "s/.*Depends: \(linux-image-[^:]*\).*/\1/p") &&
	version=${kernel#linux-image-} && series=$(echo "$version" | cut -d . -f 1,2) &&
	apt-get -qq -o APT::Sandbox::User=root download "$kernel:arm64" libgpiod2:arm64 libgpiod-dev:arm64/bookworm \
		"linux-headers-$version:arm64" "linux-headers-${version%-arm64}-common" "linux-source-$series"'
include=$(IFS=, && echo "${packages[*]}")
GLOW_PI_NEW=$(readlink -f "$new") mmdebstrap --quiet --mode=chrootless --variant=extract \
	--architectures=amd64,arm64 --aptopt='Acquire::Retries "3"' \
	--include="$include" --extract-hook="$fetch_others" \
	trixie "$new/root" "deb $mirror trixie main" "deb [arch=arm64] $mirror bookworm main"

# Without Debian's base-files the root lacks the links that merge /lib into /usr/lib.
for name in lib lib64 bin sbin; do
	[ -e "$new/root/$name" ] || ln -s "usr/$name" "$new/root/$name"
done

mkdir -p "$new"/gpiod1/usr
cp -al "$new"/root/usr/{include,lib} "$new"/gpiod1/usr/
ln -s usr/lib "$new/gpiod1/lib"
rm "$new"/gpiod1/usr/include/gpiod.h "$new"/gpiod1/usr/lib/aarch64-linux-gnu/libgpiod.*
for package in "$new"/libgpiod*.deb; do
	dpkg-deb -x "$package" "$new/gpiod1"
done

# Only these few of the kernel package's 4000 files.
wanted=(--wildcards './boot/vmlinuz-*' "*/broadcom/$dtb")
for name in "${modules[@]}"; do
	wanted+=("*/$name.ko.xz")
done
dpkg-deb --fsys-tarfile "$new"/linux-image-*.deb |
	tar -x -C "$new/kernel" --transform 's,.*/,,' --transform 's,^vmlinuz-.*,vmlinuz,' "${wanted[@]}"

# The driver's one file; nobody reads on once it is found, which dpkg-deb and the first tar take badly.
mkdir "$new/headers"
for package in "$new"/linux-headers-*.deb; do
	dpkg-deb -x "$package" "$new/headers"
done
driver=leds-is31fl32xx
(dpkg-deb --fsys-tarfile "$new"/linux-source-*.deb | tar -xO --wildcards './usr/src/*.tar.xz') 2>/dev/null |
	tar -xJ -C "$new/headers" --occurrence=1 --strip-components=3 --wildcards "*/drivers/leds/$driver.c" || true
"$here/module.sh" "$new/headers/$driver.c" "$new/headers" "$new/kernel/$driver.ko"

rm -r "$new"/*.deb "$new/headers"
unxz "$new"/kernel/*.ko.xz

echo "$stamp" >"$new/stamp"
mv "$new" "$dir"
