# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# A fresh system of Debian 12 or 13 that really runs, for the tests here. Sourced after shell.sh, with $build set;
# $scratch, in there, is its /mnt.

booted=
# shellcheck disable=SC2034,SC2154
roots=$cache_dir/package
tests=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
# shellcheck disable=SC2154
mkdir -p "$build"
scratch=$(mktemp -d "$(readlink -f "$build")/package-test.XXXXXX")
trap 'halt; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# boot <release>
boot() {
	local k
	progress "system of $1" "${as_root[@]}" nice "$tests/root.sh" "$1" "$roots/test-$1"
	rm -f "$scratch/pid"
	"${as_root[@]}" "$tests/../harness/boot.sh" "$roots/test-$1" "$scratch" "$scratch/pid" </dev/null 2>"$scratch/boot.log" &
	booted=$!
	for ((k = 0; k < 300; k++)); do
		if [ -s "$scratch/pid" ] && [[ $(inside systemctl is-system-running 2>/dev/null) =~ running|degraded ]]; then return; fi
		sleep 0.1
	done
	cat "$scratch/boot.log" >&2
	die 1 "the systemd of $1 does not start"
}

inside() { "${as_root[@]}" nsenter --target "$(<"$scratch/pid")" --all "$@"; }

halt() {
	[ -n "$booted" ] || return 0
	if [ -s "$scratch/pid" ]; then
		"${as_root[@]}" kill -KILL "$(<"$scratch/pid")" 2>/dev/null || true
	else
		"${as_root[@]}" kill -TERM "$booted" 2>/dev/null || true
	fi
	wait "$booted" || true
	booted=
}
