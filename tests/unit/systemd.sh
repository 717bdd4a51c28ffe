#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# promise: least-privilege
# systemd.sh <folder of units> <glow-bridge> <glow-conductor>: systemd finds no mistake in the units and
# rates what they expose 2.0 of 10 at most; it does find fault with worse ones. 77 without systemd-analyze.
set -euo pipefail

units=$1
shift
command -v systemd-analyze >/dev/null || { echo "SKIPPED: systemd-analyze is not installed" && exit 77; }

# A root of its own, so that nothing of this machine counts.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,usr/bin,usr/lib/systemd/system}
cp "$@" "$root/usr/bin/"
cp /bin/sh "$root/bin/"
for target in network-online multi-user basic sysinit shutdown; do
	printf '[Unit]\nDescription=%s\n' $target >"$root/usr/lib/systemd/system/$target.target"
done

# fine <unit file>: says what systemd dislikes.
fine() {
	local unit=$root/usr/lib/systemd/system/${1##*/} said
	sed 's|=/[^ ]*/bin/glow|=/usr/bin/glow|' "$1" >"$unit"
	said=$(systemd-analyze verify --man=no --root="$root" "${1##*/}" 2>&1) || said="$said (refused)"
	[ -z "$said" ] || { echo "$said" && return 1; }
	systemd-analyze security --offline=yes --threshold=20 "$unit" | tail -n 1
}

for unit in "$units"/*.service; do
	fine "$unit"
	worse=$root/worse-${unit##*/}
	for without in 's/^Type=notify/Type=notifi/' '/^\(Protect\|Restrict\|SystemCall\|User\)/d'; do
		sed "$without" "$unit" >"$worse"
		if fine "$worse" >/dev/null 2>&1; then
			echo "$unit: nobody minds the change $without"
			exit 1
		fi
	done
done
