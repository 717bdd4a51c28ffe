#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# run.sh [build folder] [figures]: boots an emulated Raspberry Pi 3B, lets glow-bridge light its boards through the
# real drivers (pinctrl-bcm2835, i2c-bcm2835), and checks the kernel's trace of every line and byte.
#
#   prepare.sh      fetches QEMU, a kernel and libraries (once)
#   guest/init      makes the emulated Pi what Raspberry Pi OS is, and sends out what was recorded
#   guest/scenario  what happens on it
#   decode.py       a trace as pixels and registers
#   check.py        what they have to be
#
# Needs the packages mmdebstrap clang lld cmake ninja-build pkg-config binutils cpio xz-utils python3
# device-tree-compiler.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
# shellcheck source=tests/harness/shell.sh
. "$here/../harness/shell.sh"
build=$(readlink -m "${1:-$source/build/pi}")
cache=$cache_dir/pi
root=$cache/root
image=$build/image
console=$build/console.log
figures=${2:+glow.figures}
libs=usr/lib/aarch64-linux-gnu
began=$SECONDS

if [ "$(dpkg --print-architecture)" != amd64 ]; then
	echo "tests/pi: SKIPPED: fetches a QEMU for amd64, and this is $(dpkg --print-architecture)" >&2
	exit 0
fi

mkdir -p "$build"
"$here/prepare.sh" "$cache"
prepared=$SECONDS

# build <folder> <sysroot>
build() {
	[ -e "$build/$1/build.ninja" ] ||
		cmake -S "$source" -B "$build/$1" -G Ninja --toolchain "$here/arm64.cmake" -DGLOW_SYSROOT="$2" \
			-DCMAKE_BUILD_TYPE=Release -DGLOW_WERROR=ON -DBUILD_TESTING=OFF >/dev/null
	cmake --build "$build/$1" --target glow-bridge -j "$(nproc)" >"$build/$1.log" || {
		cat "$build/$1.log"
		return 1
	}
}
build gpiod2 "$root"
build gpiod1 "$cache/gpiod1"

# libraries <program…>: copies what these need, and what that needs.
libraries() {
	local file name todo=("$@")
	while [ ${#todo[@]} -gt 0 ]; do
		file=${todo[0]}
		todo=("${todo[@]:1}")
		for name in $(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
			[ -e "$image/$libs/$name" ] && continue
			cp -L "$cache"/{root,gpiod1}/"$libs/$name" "$image/$libs/" 2>/dev/null || true
			[ -e "$image/$libs/$name" ]
			todo+=("$image/$libs/$name")
		done
	done
}

rm -rf "$image"
mkdir -p "$image"/{dev,proc,sys,tmp,modules,usr/bin,"$libs"}
ln -s usr/bin usr/lib "$image/"
ln -s busybox "$image/usr/bin/sh"
cp "$root/usr/bin/busybox" "$root/usr/sbin/mosquitto" "$root"/usr/bin/mosquitto_{pub,rr} "$image/usr/bin/"
cp "$build/gpiod2/bin/glow-bridge" "$image/usr/bin/glow-bridge"
cp "$build/gpiod1/bin/glow-bridge" "$image/usr/bin/glow-bridge-gpiod1"
cp "$root/$libs/ld-linux-aarch64.so.1" "$image/usr/lib/"
cp "$cache"/kernel/*.ko "$image/modules/"
cp "$here"/guest/{init,scenario,mosquitto.conf} "$here/../harness/gpio_conformance.sh" "$image/"
chmod +x "$image/init"
if [ -n "$figures" ]; then
	clang --target=aarch64-linux-gnu --sysroot="$root" -fuse-ld=lld -O2 -D_GNU_SOURCE \
		-o "$image/usr/bin/naive_sysfs" "$here"/../bench/{naive_sysfs,client,packet}.c
fi
libraries "$image"/usr/bin/{glow-bridge*,mosquitto*}
(cd "$image" && find . | cpio --quiet -o -H newc) >"$build/initramfs"

# The overlays of `--gpio spi` and `--i2c leds`, as a Pi's firmware lays them over the device tree; nothing takes the lines
# or the chip until the module for it is loaded.
for overlay in "$source/compose/overlays/glow-blinkt.dts" "$here/piglow.dts"; do
	dtc -q -@ -I dts -O dtb -o "$build/$(basename "$overlay" .dts).dtbo" "$overlay"
done
fdtoverlay -i "$cache/kernel/bcm2837-rpi-3-b.dtb" -o "$build/pi.dtb" "$build"/{glow-blinkt,piglow}.dtbo

# QEMU runs from the unpacked packages, with their own libraries, and in one thread: a thread for each of the
# four processors takes three times the time, since each of the 50,000 places that the kernel patches at its
# start stops them all. Linux starts all four, as one that it leaves alone spins. The machine has no power
# switch: it ends by its watchdog, which -no-reboot turns into an exit.
truncate -s 512 "$build/eeprom"
booted=$SECONDS
# For figures the guest's time is counted in its instructions, 4 ns each, whatever else this machine does.
pace=()
[ -z "$figures" ] || pace=(-icount "shift=2,sleep=off")
own=$root/usr/lib/x86_64-linux-gnu
timeout 300 "$own/ld-linux-x86-64.so.2" --library-path "$own" "$root/usr/bin/qemu-system-aarch64" \
	-L "$root/usr/share/qemu" -machine raspi3b -accel tcg,thread=single "${pace[@]}" -display none -monitor none -no-reboot \
	-kernel "$cache/kernel/vmlinuz" -dtb "$build/pi.dtb" -initrd "$build/initramfs" \
	-append "console=ttyAMA0,115200 rdinit=/init quiet loglevel=1 glow.now=$(date +%s) $figures" \
	-drive if=none,id=eeprom,format=raw,file="$build/eeprom" \
	-device at24c-eeprom,bus=i2c-bus.1,address=0x54,rom-size=512,address-size=1,drive=eeprom \
	-serial "file:$console" </dev/null &
qemu=$!
trap 'kill "$qemu" 2>/dev/null || true' EXIT
trap 'exit 1' INT TERM
wait "$qemu" || echo "tests/pi: QEMU ended with status $?" >&2
checked=$SECONDS

status=0
grep -a '^=== figure' "$console" || [ -z "$figures" ] || status=1
"$here/check.py" "$console" || status=1
echo "tests/pi: $((SECONDS - began)) s: fetching $((prepared - began)), building $((booted - prepared))," \
	"the emulated Pi $((checked - booted)), checking $((SECONDS - checked))"
exit "$status"
