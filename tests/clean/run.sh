#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# run.sh <folder> [12|13|arm64] [piece…]: this checkout on the machine that a newcomer has: a minimal Debian,
# an ordinary user who may use sudo, Debian's own Node, a path with a space in it. Pieces:
#
#   demo      README's first command, and what it leaves behind
#   test      README's second command as far as a root can; or single stages of it, by their names
#   libraries what rests on the libraries of this Debian
#   trouble   no mirror, no npm, no sudo, no network, no room, another's files: what is said, and what is left
#
# Without pieces 12 and 13 do those in which they can differ from each other and from the machine that runs the
# whole test. arm64 builds and runs the programs, emulated. The folder keeps roots and downloads between runs.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
# shellcheck source=tests/harness/shell.sh
. "$here/../harness/shell.sh"
shell_name=tests/clean

[ "$(id -u)" -eq 0 ] || exec sudo --preserve-env=GLOW_DEBIAN_MIRROR,NODE_EXTRA_CA_CERTS "$0" "$@"
build=$(readlink -m "$1")
shift
roots=()
while [ $# -gt 0 ]; do
	case $1 in 12 | 13 | arm64) roots+=("$1") ;; *) break ;; esac
	shift
done
[ ${#roots[@]} -gt 0 ] || roots=(12 13)

need mmdebstrap git
mkdir -p "$build"
root=$build/root.$$
packages=ca-certificates,git,sudo,procps
child=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$child" ] || kill -KILL "$child" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf --one-file-system "$root"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Of one that was killed.
for left in "$build"/root.*; do
	[ ! -d "$left" ] || kill -0 "${left##*.}" 2>/dev/null || rm -rf --one-file-system "$left"
done

suite_of() { case $1 in 12) echo bookworm ;; *) echo trixie ;; esac; }

# What this machine needs to reach packages, a newcomer here would need too.
network_of_this_machine() {
	apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$root/etc/apt/apt.conf.d/90network" || true
	printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-updates" >"$root/etc/apt/sources.list"
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	echo '127.0.0.1 localhost newcomer' >"$root/etc/hosts"
	cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
}

# make_root <release>: fresh each time; the archive that it comes from is kept.
make_root() {
	local stamp tar=$build/$1.tar
	suite=$(suite_of "$1")
	mirror=$("$here/../harness/mirror.sh")
	stamp="$suite with $packages"
	if [ "$(cat "$tar.stamp" 2>/dev/null)" != "$stamp" ]; then
		progress "making a clean Debian $1" mmdebstrap --quiet --variant=minbase --include="$packages" \
			"$suite" "$tar" "deb $mirror $suite main" || exit 1
		echo "$stamp" >"$tar.stamp"
	fi
	mkdir -p "$root" "$build"/{archives,npm}-"$1"/
	tar -xf "$tar" -C "$root"
	network_of_this_machine
	chroot "$root" useradd --create-home --shell /bin/bash newcomer
	echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/newcomer"
	git clone -q --no-hardlinks "$source" "$root/home/newcomer/my glow swarm"
	chroot "$root" chown -R newcomer: /home/newcomer
}

# In namespaces that end with their first process, with devices of no hardware.
# shellcheck disable=SC2016 # expanded by the shell that unshare starts
enter='
set -e
dev=$1 root=$2 archives=$3 npm=$4
shift 4
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
"$dev" "$root"
mount --bind "$archives" "$root/var/cache/apt/archives"
mkdir -p "$root/home/newcomer/.npm"
chown --reference="$root/home/newcomer" "$npm" "$root/home/newcomer/.npm"
mount --bind "$npm" "$root/home/newcomer/.npm"
exec chroot "$root" "$@"'

# in_root <release> <command…>
in_root() {
	local release=$1
	shift
	unshare --mount --pid --uts --ipc --fork --kill-child sh -c "hostname newcomer; $enter" sh "$here/../harness/dev.sh" "$root" \
		"$build/archives-$release" "$build/npm-$release" /usr/bin/env -i TERM="${TERM:-dumb}" LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt} "$@" &
	child=$! # in the background, where a signal is heard meanwhile
	local status=0
	wait "$child" || status=$?
	child=
	return $status
}

main() {
	[ -z "$(git -C "$source" status --porcelain)" ] || say "what is not committed is not in it"
	status=0
	for release in "${roots[@]}"; do
		began=$SECONDS
		say "== a clean Debian ${release/arm64/13 on arm64}"
		if [ "$release" = arm64 ]; then
			"$here/arm64.sh" "$build" || status=1
			continue
		fi
		pieces=("$@")
		if [ $# -eq 0 ]; then
			# shellcheck source=/dev/null
			. "$here/pieces"
			declare -n of_release=pieces_$release
			pieces=("${of_release[@]}")
		fi
		make_root "$release"
		in_root "$release" /bin/bash "/home/newcomer/my glow swarm/tests/clean/newcomer.sh" "${pieces[@]}" || status=1
		rm -rf --one-file-system "$root"
		say "== Debian $release: ${pieces[*]}: $((SECONDS - began)) s"
	done
	exit $status
}

main "$@"
