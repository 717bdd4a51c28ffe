#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# run.sh [architecture…]: builds for the processors of every Raspberry Pi (arm64, armhf, armel; see
# cmake/cross.cmake) and runs the tests as that processor would, by qemu-user.
#
# For each: everything as a release with the alignment sanitizer, its unit and golden tests; then the
# programs alone as small as they get, which must talk to a real broker; then the effects' pictures,
# which must be those of this machine. GLOW_CROSS_BUILD is where it all goes (build/cross).
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
build=$(readlink -m "${GLOW_CROSS_BUILD:-$source/build/cross}")
jobs=$(nproc)
began=$SECONDS

# shellcheck source=tests/harness/shell.sh
. "$here/../harness/shell.sh"

# step <label> <command…>: the command, and how long it took.
step() {
	local label=$1 start=$SECONDS
	shift
	"$@"
	printf '%s: %s: %d s\n' "$arch" "$label" $((SECONDS - start))
}

# configure <folder> <cmake option…>
configure() {
	local dir=$1
	shift
	[ -e "$dir/build.ninja" ] && return
	rm -rf "$dir"
	cmake -S "$source" -B "$dir" -G Ninja --toolchain "$source/cmake/cross.cmake" -DGLOW_ARCH="$arch" \
		-DGLOW_SYSROOT="$sysroot" -DGLOW_WERROR=ON "$@" >/dev/null
}

emulate() { "$here/emulate.sh" "$arch" "$sysroot" "$@"; }

# quiet <log> <command…>: shows its output only if it fails.
quiet() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 || { cat "$log" && return 1; }
}

make() { quiet "$build/$arch/build.log" cmake --build "$@" -j "$jobs"; }

build_all() {
	CFLAGS='-Wcast-align=strict -fsanitize=alignment -fsanitize-undefined-trap-on-error' \
		configure "$build/$arch/all" -DCMAKE_BUILD_TYPE=Release
	make "$build/$arch/all" --target all pictures misaligned
}

build_small() {
	configure "$build/$arch/small" -DCMAKE_BUILD_TYPE=MinSizeRel -DBUILD_TESTING=OFF
	make "$build/$arch/small"
	size "$build/$arch"/small/bin/*
}

build_native() {
	[ -e "$build/native/build.ninja" ] || cmake -S "$source" -B "$build/native" -G Ninja -DGLOW_PROGRAMS=OFF >/dev/null
	make "$build/native" --target pictures
}

# `man` is below, since CTest does not emulate what a script starts.
run_tests() {
	GLOW_TEST_SETS=6 quiet "$build/$arch/tests.log" \
		ctest --test-dir "$build/$arch/all" --output-on-failure -j "$jobs" -L 'unit|golden' -E '^man$'
	grep 'tests passed' "$build/$arch/tests.log"
}

# The control: a program that reads from an odd address is ended by a signal.
check_alignment() {
	local status=0
	(emulate "$build/$arch/all/bin/misaligned") 2>/dev/null || status=$?
	[ $status -gt 128 ] || { echo "$arch: the alignment sanitizer sees nothing" && return 1; }
}

# The programs as scripts that start the emulator, for tests that know nothing of it.
wrap_programs() {
	local program wrapper
	mkdir -p "$build/$arch/bin"
	for program in "$build/$arch"/small/bin/*; do
		wrapper=$build/$arch/bin/${program##*/}
		printf '#!/bin/sh\nexec %q %q %q %q "$@"\n' "$here/emulate.sh" "$arch" "$sysroot" "$program" >"$wrapper"
		chmod +x "$wrapper"
	done
}

check_programs() {
	wrap_programs
	"$source/tests/unit/man.sh" "$source/docs" "$build/$arch"/bin/*
	GLOW_BIN=$build/$arch/bin/glow-bridge python3 -B "$here/programs.py"
}

# With a hundred thousand texts that dice write. The control: with other dice no line is the same.
check_pictures() {
	local foreign=$build/$arch/all/bin/pictures texts=("$source"/effects/*.glow) out=$build/$arch/pictures
	"$build/native/bin/pictures" 100 "${texts[@]}" >"$out.here"
	emulate "$foreign" 100 "${texts[@]}" >"$out"
	cmp "$out.here" "$out"
	GLOW_TEST_SEED=2 emulate "$foreign" 1 "${texts[@]}" >"$out.other"
	if [ -n "$(comm -12 <(sort "$out") <(sort "$out.other"))" ]; then
		echo "$arch: the numbers of the pictures tell nothing"
		return 1
	fi
	echo "the pictures of $(grep -c '^[a-z.-]* [0-9a-f]*$' "$out") effects and 100,000 texts are the same as on this machine"
}

# Each architecture in a process of its own, so that one that fails does not end the others.
if [ $# -ne 1 ]; then
	status=0
	[ $# -gt 0 ] || set -- arm64 armhf armel
	for arch; do
		"$0" "$arch" || status=1
	done
	echo "all: $((SECONDS - began)) s"
	exit $status
fi

arch=$1
sysroot=$build/$arch/sysroot
case $arch in
arm64) triple=aarch64-linux-gnu ;;
armhf) triple=arm-linux-gnueabihf ;;
armel) triple=arm-linux-gnueabi ;;
*) echo "$arch is not arm64, armhf or armel" >&2 && exit 64 ;;
esac
trap '[ $? -eq 0 ] || say "$arch: FAILED after $((SECONDS - began)) s"' EXIT

need cmake ninja-build pkg-config gcc "gcc-$triple" "libc6-dev-$arch-cross" libcmocka-dev mmdebstrap qemu-user-static \
	mosquitto mosquitto-clients python3
say "== $arch"
mkdir -p "$build/$arch"
step "libraries" "$here/sysroot.sh" "$arch" "$sysroot"
step "build" build_all
step "unit and golden tests" run_tests
step "alignment control" check_alignment
step "small build" build_small
step "programs" check_programs
build_native
step "pictures" check_pictures
say "== $arch: $((SECONDS - began)) s"
