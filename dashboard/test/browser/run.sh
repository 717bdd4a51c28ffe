#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests of the page in a real browser against real programs:
#
#   run.sh <folder of the programs> [--docs] [page|effects|trouble|status|tools|session|crowd|thousands|strips…]
#
# needs dashboard/dist, chromium, mosquitto and nginx. Pictures go to build/dashboard/pictures; with
# --docs those that the documentation shows are taken over there.
set -euo pipefail
bin=$(readlink -f "$1")
shift
cd "$(dirname "$(readlink -f "$0")")"
top=$(readlink -f ../../..)
docs=false
if [ "${1:-}" = --docs ]; then
	docs=true
	shift
fi
[ $# -gt 0 ] || set -- page effects trouble status tools session crowd thousands strips

# Where node finds the packages.
bundles=$top/dashboard/node_modules/.browser
pictures=$top/build/dashboard/pictures
rm -rf "$bundles" "$pictures"
mkdir -p "$pictures"
"$top/dashboard/node_modules/.bin/esbuild" ./*.test.ts --bundle --platform=node --format=esm --target=node18 \
	--packages=external --out-extension:.js=.mjs --outdir="$bundles" --log-level=warning

files=()
for name in "$@"; do files+=("$bundles/$name.test.mjs"); done
# Two at a time, since they wait more than they do; Node 18 takes as many as there are processors but one.
together=()
! node --help | grep -q -- --test-concurrency || together=(--test-concurrency=2)
GLOW_TOP=$top GLOW_BIN=$bin GLOW_PICTURES=$pictures node --test "${together[@]}" "${files[@]}"

if $docs; then cp "$pictures"/dashboard*.png "$top/docs"; fi
