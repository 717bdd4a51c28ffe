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

# The lists have a lock of their own, for which apt does not wait.
flock -w 300 /var/lib/apt/lists/lock true
apt-get update "${options[@]}" || echo "the lists of packages could not be renewed" >&2

installed() { dpkg-query -W -f '${db:Status-Status} ${Package}:${Architecture}\n' | sed -n 's/^installed //p' | sort; }
installed_before=$(installed)
apt-get install -y --no-install-recommends "${options[@]}" "$@"

# disable <unit>
disable() {
	local unit=$1
	if command -v systemctl >/dev/null; then systemctl disable --quiet "$unit"; else deb-systemd-helper disable "$unit"; fi
	# The same as a script of System V, for machines without systemd.
	[ ! -e "/etc/init.d/${unit%.service}" ] || update-rc.d "${unit%.service}" disable
}

# Those of the new packages which are enabled: a link in a directory of what is wanted.
for package in $(comm -13 <(echo "$installed_before") <(installed)); do
	for unit in $(dpkg-query -L "$package" | sed -nE 's#^(/usr)?/lib/systemd/system/([^/@]+\.(service|socket|timer|path))$#\2#p'); do
		compgen -G "/etc/systemd/system/*.wants/$unit" >/dev/null || continue
		disable "$unit" >/dev/null 2>&1 || echo "cannot disable $unit" >&2
		echo "left off: ${unit%.service}"
	done
done
