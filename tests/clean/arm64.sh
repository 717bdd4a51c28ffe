#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# arm64.sh <folder>: a clean Debian 13 for arm64, emulated program by program: README's way to the programs, and
# what they say and draw there. Minutes, as the compiler is emulated too. The folder keeps the root.
#
# The kernel is told of the emulator in a user namespace of its own (binfmt_misc has one each since Linux
# 6.7), so the machine does not notice.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
# shellcheck source=tests/harness/shell.sh
. "$here/../harness/shell.sh"
build=$(readlink -m "$1")
mirror=$("$here/../harness/mirror.sh")
root=$build/root.$$
packages=ca-certificates,git,sudo,procps

need mmdebstrap arch-test qemu-user-static git

# As root of a namespace with every id. It gets its ids from outside, and its rights with the next exec.
# shellcheck disable=SC2016 # expanded by the shells inside
in_namespace() {
	local status=0
	coproc inner {
		exec unshare --user --mount --pid --fork --kill-child sh -c 'read -r _; exec "$@"' sh \
			setpriv --reuid 0 --regid 0 --clear-groups sh -c 'mount -t proc proc /proc
				mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc || exit 77
				printf "%s" "$1" >/proc/sys/fs/binfmt_misc/register
				shift
				exec "$@"' sh "$emulator" "$@" 2>&1
	}
	# shellcheck disable=SC2154 # made by coproc
	local pid=$inner_PID to=${inner[1]} from=${inner[0]}
	until [ "$(readlink "/proc/$pid/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
	echo '0 0 4294967295' >"/proc/$pid/uid_map"
	echo '0 0 4294967295' >"/proc/$pid/gid_map"
	echo go >&"$to"
	cat <&"$from"
	wait "$pid" || status=$?
	return $status
}

# An ELF file of 64 bits for AArch64; the emulator stays open (F), so it need not be in the root.
emulator=':glow-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\xfc\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:F'

# A newcomer's commands. The control: the same program does not draw what it was not asked for.
# shellcheck disable=SC2016
newcomer='
set -e
cd "/root/my glow swarm"
./run build
uname -m
build/bin/glow-bridge --help | grep -q -- --idle
echo "ok: --help"
build/bin/glow-bridge --list-boards | grep -qw blinkt
echo "ok: --list-boards"
draw() { timeout -s TERM 10 build/bin/glow-bridge --board terminal --node pi1 --broker mqtt://127.0.0.1:1 --idle "$1" 2>/dev/null || true; }
draw red | grep -q "^ff0000 ff0000"
echo "ok: the terminal board is red"
if draw blue | grep -q "^ff0000 ff0000"; then exit 1; fi
echo "ok: control: in blue it is not"
echo "4 passed, 0 failed"
'

case $(uname -m) in aarch64) echo "SKIPPED: this machine is an arm64 itself" && exit 0 ;; esac
trap 'rm -rf --one-file-system "$root"' EXIT
stamp="trixie with $packages"
if [ "$(cat "$build/arm64.tar.stamp" 2>/dev/null)" != "$stamp" ]; then
	progress "making a clean Debian 13 for arm64, emulated: minutes" in_namespace mmdebstrap --quiet --variant=minbase \
		--architectures=arm64 --include="$packages" trixie "$build/arm64.tar" "deb $mirror trixie main" || {
		status=$?
		[ $status -ne 77 ] || { echo "SKIPPED: this kernel has no binfmt_misc for a namespace" && exit 0; }
		exit $status
	}
	echo "$stamp" >"$build/arm64.tar.stamp"
fi

mkdir -p "$root" "$build/archives-arm64"
tar -xf "$build/arm64.tar" -C "$root"
apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$root/etc/apt/apt.conf.d/90network" || true
cp -L /etc/resolv.conf "$root/etc/"
git clone -q --no-hardlinks "$source" "$root/root/my glow swarm"
# shellcheck disable=SC2016
in_namespace sh -ec 'root=$1
	mount --rbind /dev "$root/dev"
	mount --bind /proc "$root/proc"
	mount --bind "$2" "$root/var/cache/apt/archives"
	exec chroot "$root" /usr/bin/env -i TERM=dumb LANG=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "$3"' \
	sh "$root" "$build/archives-arm64" "$newcomer"
