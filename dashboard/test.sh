#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests of the page's inner parts, without a browser: test.sh <folder of this
# machine's programs>. They need what ./run's "browser" step installs.
set -euo pipefail
bin=$(readlink -f "${1:-build/release/bin}")
cd "$(dirname "$0")"
out=$(readlink -f ..)/build/dashboard

[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent
npx tsc
wasm/build.sh "$out"
# Where node finds the packages.
bundles=node_modules/.test
rm -rf "$bundles"
npx esbuild test/*.test.ts --bundle --platform=node --format=esm --target=node18 --packages=external \
	--inject:test/globals.ts --out-extension:.js=.mjs --outdir="$bundles" --log-level=warning

# tests <wasm> <option…>
tests() {
	local wasm=$1
	shift
	GLOW_WASM=$wasm GLOW_NATIVE=$bin/dashboard_native GLOW_CORPUS=../tests/fuzz/corpus PATH=$PATH:/usr/sbin node --test "$@"
}

# control <file> <change> <words>: the comparison must see a core in which a single constant differs, and say where.
control() {
	local tree=$out/control
	rm -rf "$tree"
	mkdir -p "$tree/dashboard"
	cp -r ../CMakeLists.txt ../bridge ../cmake ../include "$tree"
	cp -r wasm "$tree/dashboard"
	sed -i "$2" "$tree/$1"
	"$tree/dashboard/wasm/build.sh" "$tree"
	if cmp -s "$tree/glow.wasm" "$out/glow.wasm" || tests "$tree/glow.wasm" "$bundles/equal.test.mjs" >"$tree/log"; then
		echo "control: another core passes for the same" >&2
		return 1
	fi
	grep -q "$3" "$tree/log"
}

# What effects draw, those in text and two thousand texts that dice write as well, is what they draw on this machine.
clang --target=wasm32-wasi -std=gnu11 -O2 -mbulk-memory -I../include ../tests/cross/pictures.c \
	../tests/harness/any_text.c ../bridge/{core,effect,script}/*.c -o "$out/pictures.wasm"
texts=(../effects/*.glow)
pictures() { node --no-warnings test/wasi.mjs "$out/pictures.wasm" ../effects 2 "${texts[@]#..}"; }
cmp <("$bin/pictures" 2 "${texts[@]}") <(pictures)
if cmp -s <("$bin/pictures" 2 "${texts[@]}") <(GLOW_TEST_SEED=2 pictures); then
	echo "control: other pictures pass for the same" >&2
	exit 1
fi

control bridge/core/wave.c 's/29556/29756/' 'answer [0-9]*: wasm'
control include/glow/timing.h '/GLOW_BEACON_SILENT_US/s/3/4/' "^not ok .* the page's model is the core's word"
tests "$out/glow.wasm" "$bundles"/*.test.mjs
