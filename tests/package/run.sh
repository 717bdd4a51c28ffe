#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# run.sh <build folder> [bookworm|trixie|node|foreign…]: what the Debian packages do on a fresh system, Debian 12 and
# 13, whose systemd really runs, in namespaces (tests/harness/boot.sh). Packages are built first where sources
# changed. Without words: bookworm and trixie, for this machine's processor, and node.
#
# node is compose/node.sh, which makes such a system a node over ssh (node.sh).
#
# foreign looks at those for a Raspberry Pi's processors: what their programs are made for, that they start on the
# oldest such Pi (emulated), and whom they refuse.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
# shellcheck source=tests/harness/shell.sh
. "$here/../harness/shell.sh"
build=${1:?usage: run.sh <build folder> [bookworm|trixie|node|foreign…]}
shift
# shellcheck source=tests/package/booted.sh
. "$here/booted.sh"
[ $# -gt 0 ] || set -- bookworm trixie node
own=$(dpkg --print-architecture)

# package <release> <architecture>: builds, and fills packages; not in a substitution, which would hide a failure.
package() {
	"$source/compose/debian/package.sh" --release "$1" --arch "$2" >"$scratch/packages" 2> >(tee "$scratch/words" >&2) || {
		# A mirror may name what it does not have, of processors that few ask for.
		! grep -q '404 *Not Found' "$scratch/words" || return 77
		die 1 "there are no packages of $1 for $2"
	}
	mapfile -t packages <"$scratch/packages"
}

# older <package> <folder>: the same with a lower version, and other words in the conductor's options.
older() {
	local tree=$scratch/older
	rm -rf "$tree"
	dpkg-deb -R "$1" "$tree"
	sed -i 's/^Version: .*/Version: 0.0.1/' "$tree/DEBIAN/control"
	[ ! -e "$tree/etc/glowswarm/conductor.env" ] || sed -i '1i # Of an older version.' "$tree/etc/glowswarm/conductor.env"
	dpkg-deb --root-owner-group -b "$tree" "$2" >/dev/null
}

# Nothing above "info" but what is said to be right in compose/debian; the control has an error.
check_lintian() {
	TMPDIR=$scratch lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$@" || die 1 "lintian finds fault with the packages"
	local tree=$scratch/bad
	dpkg-deb -R "$1" "$tree"
	rm "$tree"/usr/share/doc/*/copyright
	dpkg-deb --root-owner-group -b "$tree" "$scratch/" >/dev/null
	! TMPDIR=$scratch lintian --allow-root --fail-on error "$scratch"/*.deb >/dev/null 2>&1 || die 1 "lintian does not miss a copyright"
	rm -rf "$tree" "$scratch"/*.deb
}

test_release() {
	local release=$1 packages version began=$SECONDS
	say "== $release $own"
	package "$release" "$own" || die 1 "the mirror lacks packages of $release for $own"
	check_lintian "${packages[@]}"
	rm -rf "$scratch"/{old,new}
	mkdir "$scratch"/{old,new}
	cp "${packages[@]}" "$scratch/new/"
	cp "$here/inside.sh" "$scratch/"
	for deb in "${packages[@]}"; do older "$deb" "$scratch/old/"; done
	version=${packages[0]##*/glow-bridge_}
	boot "$release"
	inside /mnt/inside.sh "${version%%_*}" "$("$source/cmake/commit.sh" "$source")"
	halt
	say "== $release $own: $((SECONDS - began)) s"
}

# refuses <preinst> <machine>
refuses() {
	printf '#!/bin/sh\necho %s\n' "$2" >"$scratch/uname"
	chmod +x "$scratch/uname"
	! PATH=$scratch:$PATH "$1" install 2>"$scratch/said" || return 1
	grep -q './run package --native' "$scratch/said" || die 1 "the refusal names no way: $(<"$scratch/said")"
}

test_foreign() {
	local release=$1 arch=$2 machine=$3 deb tree program packages seen=0
	if ! package "$release" "$arch"; then
		echo "SKIPPED: $release $arch: Debian's mirror names packages that it does not have"
		return
	fi
	for deb in "${packages[@]}"; do
		[[ $deb == *_"$arch".deb ]] || continue
		tree=$scratch/$arch
		rm -rf "$tree"
		dpkg-deb -R "$deb" "$tree"
		program=$(echo "$tree"/usr/bin/*)
		readelf -h -A "$program" >"$scratch/elf"
		grep -q "$machine" "$scratch/elf" || die 1 "$deb: $program is not for $machine"
		"$here/../cross/emulate.sh" "$arch" "$roots/$release-$arch" "$program" --help | grep -q -- --version ||
			die 1 "$deb: $program does not run"
		if [ "$arch" = armhf ]; then
			refuses "$tree/DEBIAN/preinst" armv6l || die 1 "$deb: installed on an ARMv6"
			! refuses "$tree/DEBIAN/preinst" armv7l || die 1 "$deb: refused on an ARMv7"
			# The control: it is right to refuse.
			! (qemu-arm-static -cpu arm1176 -L "$roots/$release-$arch" "$program" --help) >/dev/null 2>&1 ||
				die 1 "$deb: $program runs on an ARMv6"
		else
			[ ! -e "$tree/DEBIAN/preinst" ] || die 1 "$deb: refuses a processor"
		fi
		seen=$((seen + 1))
	done
	[ $seen = 3 ] || die 1 "$release $arch: $seen programs were looked at, not 3"
	passed=$((passed + 1))
	echo "$release $arch: made for $machine, and starts on the oldest Pi of that kind"
}

passed=0
"${as_root[@]}" unshare --mount --pid --net --cgroup --fork true 2>/dev/null ||
	{ echo "SKIPPED: no namespaces here, in which a system could start" && exit; }
need mmdebstrap dpkg-dev lintian iproute2 util-linux
for word; do
	case $word in
	bookworm | trixie)
		test_release "$word"
		passed=$((passed + 1))
		;;
	node)
		"$here/node.sh" "$build"
		passed=$((passed + 1))
		;;
	foreign)
		need qemu-user-static binutils
		for release in bookworm trixie; do
			test_foreign $release arm64 AArch64
			test_foreign $release armhf 'Tag_CPU_arch: v7'
			test_foreign $release armel 'Tag_CPU_arch: v6'
		done
		;;
	*) die "$EX_USAGE" "tests are bookworm, trixie, node and foreign, not '$word'" ;;
	esac
done
echo "$passed passed, 0 failed"
