#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The C core for a browser: build.sh <directory> makes <directory>/glow.wasm.
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."

# Of what the machine's own programs include only cJSON's header is meant for a browser as well.
mkdir -p "$out/include"
ln -sfn "$(pkg-config --variable=includedir libcjson)/cjson" "$out/include/cjson"

sources=(bridge/core/*.c bridge/effect/*.c bridge/script/*.c bridge/sync/*.c bridge/diag/diag.c bridge/proto/*.c bridge/view/*.c
	dashboard/wasm/*.c)
version=$(cmake/version.sh)

# What bridge/sync/CMakeLists.txt asks of floating point holds here too: the same sums everywhere.
clang --target=wasm32-wasi -std=gnu11 -O2 -mbulk-memory -ffunction-sections -fdata-sections -fvisibility=hidden \
	-fno-math-errno -ffp-contract=off -Wall -Wextra -Wno-missing-field-initializers -Werror \
	-D_GNU_SOURCE "-DGLOW_VERSION=\"$version\"" '-DGLOW_SUPPORT_URL=""' -Iinclude -isystem "$out/include" \
	-nostartfiles -Wl,--no-entry,--gc-sections,--strip-all,--stack-first,-z,stack-size=1048576 \
	"${sources[@]}" -o "$out/glow.wasm"
