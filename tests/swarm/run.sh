#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# run.sh <folder> <vgpio> [step…]: the stack on a swarm of three virtual Raspberry Pis. The folder keeps base image
# and images for the next time, one run after the other. run.sh --possible: whether it can be done here; says why not.
# run.sh --foreign <folder> [processor…]: the images for arm64, arm/v7 and arm/v5 instead.
#
# Everything runs in namespaces of process ids, mounts and network that this script makes: when their
# first process ends, by itself, by Ctrl-C or by a signal that nobody can catch, the kernel ends and
# unmounts all the rest. What it does not take, files and control groups, is removed here.
set -euo pipefail

skip() {
	echo "SKIPPED: no swarm here: $*" >&2
	exit 77
}

# What can be told before anything is installed.
possible() {
	[ "$(id -u)" -eq 0 ] || skip "engines of our own take root"
	[ -c /dev/fuse ] || skip "the kernel has no FUSE, or this container does not give it to us"
	unshare --mount --pid --net --fork true 2>/dev/null || skip "no namespaces"
}

if [ "$1" = --possible ]; then
	possible
	exit
fi

foreign=
if [ "$1" = --foreign ]; then
	foreign=yes
	shift
fi
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -m "$1")
nodes=$(readlink -f "$here/../..")/build/swarm/nodes.$$

# Each engine gets these directories for itself.
# shellcheck disable=SC2016 # expanded by the shell that unshare starts
own_run='
for name in docker containerd netns; do
	mkdir -p /run/$name
	mount -t tmpfs tmpfs /run/$name
done
exec "$@"'

# inside <option of unshare>… -- <command…>: and if this script is ended, with all that it started.
inside() {
	local options=()
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	shift
	unshare --mount --pid --mount-proc --fork --kill-child "${options[@]}" sh -ec "$own_run" sh "$@" &
	child=$!
	wait "$child"
}

clean_up() {
	local status=$?
	trap '' INT TERM HUP
	[ -z "${child:-}" ] || kill -KILL "$child" 2>/dev/null || true
	wait 2>/dev/null || true
	# The kernel may still be at it for a moment.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf "$nodes" "$secrets" 2>/dev/null && break
		sleep 0.5
	done
	find /sys/fs/cgroup -depth -type d -path "*/glow-swarm*" -exec rmdir {} + 2>/dev/null || true
	exit "$status"
}

unshare --net ip link add lan type bridge 2>/dev/null || skip "no bridges in namespaces"
unshare --net ip link add vxlan0 type vxlan id 1 dstport 4789 2>/dev/null || skip "the kernel has no vxlan"

child=''
secrets=$(mktemp -d -t glow-secrets-XXXXXX) # which do not belong into the source tree
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$build" "$nodes"
chmod 755 "${nodes%/*}" "$nodes"
exec 9>"$build/lock"
flock -n 9 || { echo "waiting for another run to leave $build" >&2 && flock 9; }
if [ -n "$foreign" ]; then
	inside -- /usr/bin/python3 -B "$here/foreign.py" "$build" "${@:2}"
	exit
fi
GLOW_VGPIO=$(readlink -f "$2")
export GLOW_VGPIO
inside -- /usr/bin/python3 -B "$here/images.py" "$build"
inside --net -- /usr/bin/python3 -B "$here/test_swarm.py" "$build" "$nodes" "$secrets" "${@:3}"
