#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# install.sh <package>…: installs Debian packages, as root. What comes with them as a service is neither
# started nor left enabled: we want the programs, and whether this machine serves the world is its
# owner's to say.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
options=(-q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2)
policy=/usr/sbin/policy-rc.d
mark="from glowswarm's ./run"

# Maintainer scripts ask this file. Should we be killed before it is removed, it forbids nothing any more.
if [ ! -e $policy ] || grep -q "$mark" $policy; then
	printf '#!/bin/sh\n# %s; harmless, may be removed\nkill -0 %d 2>/dev/null && exit 101\nexit 0\n' "$mark" $$ >$policy
	chmod 755 $policy
	trap 'rm -f $policy' EXIT
	trap 'exit 130' INT TERM HUP
fi

# apt_get <argument…>: waits for others' locks, which apt itself does for dpkg's alone.
apt_get() {
	local log status=0 tries=0
	log=$(mktemp)
	until
		status=0
		apt-get "${options[@]}" "$@" 2>&1 | tee "$log" || status=$?
		tries=$((tries + 1))
		[ $status -eq 0 ] || [ $tries -ge 60 ] || ! grep -q 'Could not get lock' "$log"
	do
		sleep 5
	done
	rm "$log"
	return $status
}

apt_get update || echo "the lists of packages could not be renewed" >&2

# Links that start something: of systemd, and of System V's scripts for machines without it.
starting() { find /etc/systemd/system /etc/rc[S2-5].d \( -path '*.wants/*' -o -name 'S*' \) -type l 2>/dev/null | sort || true; }
starting_before=$(starting)
apt_get install -y --no-install-recommends "$@"

# disable <link>
disable() {
	local name=${1##*/}
	if [[ $1 == /etc/rc* ]]; then
		update-rc.d "${name#S[0-9][0-9]}" disable
	elif command -v systemctl >/dev/null; then
		systemctl disable --quiet "$name"
	else
		deb-systemd-helper disable "$name"
	fi
}

while read -r link; do
	# Where systemd itself has just come, what it starts is the system. getty@tty1.service is of getty@.service.
	unit=${link##*/}
	! dpkg-query -S "*/${unit/@*./@.}" 2>/dev/null | grep -q '^systemd:' || continue
	disable "$link" >/dev/null 2>&1 || echo "cannot disable $link" >&2
	[[ $link == /etc/rc* ]] || echo "left off: ${link##*/}"
done < <(comm -13 <(echo "$starting_before") <(starting) | grep .)
