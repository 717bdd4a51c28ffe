#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The C core for a browser: build.sh <directory> makes <directory>/glow.wasm.
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."

# Of what the machine's own programs include only cJSON's header is meant for a browser as well.
mkdir -p "$out/include"
ln -sfn "$(pkg-config --variable=includedir libcjson)/cjson" "$out/include/cjson"

# What runs for each pixel is made fast, all else small: the page loads it first of all.
drawing=(bridge/core/*.c bridge/effect/*.c bridge/script/*.c bridge/sync/*.c)
speaking=(bridge/diag/diag.c bridge/proto/*.c bridge/view/*.c dashboard/wasm/*.c)
version=$(cmake/version.sh)

# objects <-O…> <sources>: each below $out as it lies here. What bridge/sync/CMakeLists.txt asks of floating point holds
# here too: the same sums everywhere.
objects() {
	local source object
	for source in "${@:2}"; do
		object=$out/objects/${source%.c}.o
		mkdir -p "${object%/*}"
		clang --target=wasm32-wasi -std=gnu11 "$1" -mbulk-memory -ffunction-sections -fdata-sections -fvisibility=hidden \
			-fno-math-errno -ffp-contract=off -Wall -Wextra -Wno-missing-field-initializers -Werror \
			-D_GNU_SOURCE "-DGLOW_VERSION=\"$version\"" '-DGLOW_SUPPORT_URL=""' -Iinclude -isystem "$out/include" \
			-c "$source" -o "$object"
		objects+=("$object")
	done
}
objects=()
objects -O2 "${drawing[@]}"
objects -Os "${speaking[@]}"
clang --target=wasm32-wasi -nostartfiles -Wl,--no-entry,--gc-sections,--strip-all,--stack-first,-z,stack-size=1048576 \
	"${objects[@]}" -o "$out/glow.wasm"
