#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests of the page in a real browser against real programs:
#
#   run.sh <folder of the programs> [--docs] [page|trouble|crowd…]
#
# needs dashboard/dist, chromium, mosquitto and nginx. Pictures go to build/dashboard/pictures; with
# --docs those that the documentation shows are taken over there.
set -euo pipefail
bin=$(readlink -f "$1")
shift
cd "$(dirname "$(readlink -f "$0")")"
top=$(readlink -f ../../..)
out=$top/build/dashboard
docs=false
if [ "${1:-}" = --docs ]; then
	docs=true
	shift
fi
[ $# -gt 0 ] || set -- page trouble crowd

rm -rf "$out/browser" "$out/pictures"
mkdir -p "$out/pictures"
ln -sfn ../../dashboard/node_modules "$out/node_modules"
"$top/dashboard/node_modules/.bin/esbuild" ./*.test.ts --bundle --platform=node --format=esm --target=node18 \
	--packages=external --out-extension:.js=.mjs --outdir="$out/browser" --log-level=warning

files=()
for name in "$@"; do files+=("$out/browser/$name.test.mjs"); done
GLOW_TOP=$top GLOW_BIN=$bin GLOW_PICTURES=$out/pictures node --test "${files[@]}"

if $docs; then cp "$out"/pictures/dashboard*.png "$top/docs"; fi
