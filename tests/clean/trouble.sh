#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# shellcheck disable=SC2154 # of newcomer.sh
# Sourced by newcomer.sh after `npm` and `demo` have installed their packages: what goes wrong on people's
# machines, one at a time. Each ends with the right status, a word on cause and cure, and nothing half-made.

# expect <status> <words> <command…>: as the newcomer.
expect() {
	local wanted=$1 words=$2 status=0
	shift 2
	as_newcomer "$@" </dev/null >/tmp/said 2>&1 || status=$?
	if [ $status -eq "$wanted" ] && grep -qE -- "$words" /tmp/said; then
		fine "$*: $(grep -aE -- "$words" /tmp/said | tail -n 1)"
	else
		bad "$*: status $status instead of $wanted, or nothing said of '$words':"
		tail -n 12 /tmp/said | sed 's/^/  | /'
	fi
}

# The control: neither another status nor other words pass.
failed_before=$failed passed_before=$passed
expect 1 'there is no verb' ./run nothing >/dev/null
expect 64 'words that it does not say' ./run nothing >/dev/null
found=$((failed - failed_before)) failed=$failed_before passed=$passed_before
check "control: of two wrong expectations $found were seen" [ $found -eq 2 ]

# No mirror.
gone=/etc/apt/apt.conf.d/99gone
printf 'Acquire::%s::Proxy "http://127.0.0.1:9";\n' http https >$gone
expect 69 'packages cannot be reached: is there a network' ./run lint
check "clang-tidy is not half there" [ "$(dpkg-query -W -f '${db:Status-Status}' clang-tidy 2>/dev/null)" != installed ]
rm $gone

# sudo does not let the newcomer, and is not there at all.
mv /etc/sudoers.d/newcomer /root/
expect 69 'does not let you. As root: apt-get install .*clang-tidy' ./run lint
mv /usr/bin/sudo /root/
expect 69 'there is no sudo. As root: apt-get install .*clang-tidy' ./run lint
mv /root/sudo /usr/bin/
mv /root/newcomer /etc/sudoers.d/

# No npm registry: the demo goes on, and no half of the packages stays.
mv dashboard/node_modules dashboard/dist /root/ 2>/dev/null
expect 0 "npm's registry cannot be reached" env npm_config_registry=http://127.0.0.1:9/ npm_config_cache=/tmp/none ./run demo 2
check "nothing of them is left" [ ! -e dashboard/node_modules ]
expect 0 'the demo goes on without' env npm_config_registry=http://127.0.0.1:9/ npm_config_cache=/tmp/none ./run demo 2

# A broken cache of npm's: it heals it, or is named.
cp -r /home/newcomer/.npm /tmp/broken
find /tmp/broken/_cacache/content-v2 -type f -exec truncate -s 100 {} +
chown -R newcomer: /tmp/broken
expect 0 'the page in dashboard/dist' env npm_config_cache=/tmp/broken ./run build

# A Node that is too old.
mkdir -p /tmp/old
printf '#!/bin/sh\necho v12.22.12\n' >/tmp/old/node
chmod +x /tmp/old/node
expect 0 'needs Node 18 or newer, and /tmp/old/node is 12.22.12' env PATH="/tmp/old:$PATH" ./run demo 2
check "the old page is gone rather than shown" [ ! -e dashboard/dist ]
expect 0 'the page in dashboard/dist' ./run build

# No network after the first run.
cp /etc/resolv.conf /root/
echo nameserver 127.0.0.1 >/etc/resolv.conf
expect 0 'pi5' ./run demo 3
cp /root/resolv.conf /etc/

# No room.
mount -t tmpfs -o size=1M,uid="$(id -u newcomer)" full build
expect 1 'the disk is full' ./run build
umount build

# A checkout that was moved, with all that was built in it.
cd / && mv "$home" "$home moved" && cd "$home moved" || exit 1
expect 0 'build/release is of another folder or system' ./run build
cd / && mv "$home moved" "$home" && cd "$home" || exit 1
expect 0 'built: ' ./run build

# What root left, and root itself.
touch build/release/of-root
expect 73 'build/release/of-root belongs to root, .*: sudo chown -R newcomer build dashboard' ./run build
as_newcomer sudo chown -R newcomer build dashboard
expect 0 'built: ' ./run build
./run build >/tmp/said 2>&1
check "root is told what it will leave" grep -q 'belongs to newcomer, and you are root' /tmp/said
chown -R newcomer: build dashboard

expect 0 'removed: build dashboard/dist dashboard/node_modules' ./run clean
check "clean leaves nothing" [ -z "$(as_newcomer git status --porcelain --ignored)" ]
