#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# root.sh <release> <folder>: a Raspberry Pi's system as a newcomer has it, to install packages in: nothing but
# a booting minimum and what <extra> lists. Later this returns at once. The packages that an installation of ours
# will ask for lie there as apt downloaded them, so the tests need no network.
set -euo pipefail

release=$1
dir=$2
here=$(dirname "$(readlink -f "$0")")
extra=systemd-sysv,dbus,udev,mosquitto,mosquitto-clients,openssh-server,sudo
later=(nginx ssl-cert '^libpaho-mqtt[0-9.]+$' '^libcjson[0-9]+$' '^libgpiod[0-9]$')

stamp=$(sha256sum "$0")
[ "$(cat "$dir.stamp" 2>/dev/null)" != "$stamp" ] || exit 0
rm -rf "$dir"
# The archive on the disk stays (--skip), and the broker does not start by itself.
mmdebstrap --variant=minbase --include="$extra" --dpkgopt=force-unsafe-io --skip=cleanup/apt \
	--chrooted-customize-hook="apt-get clean && apt-get update && apt-get -y -q --install-recommends --download-only install ${later[*]@Q}" \
	--customize-hook="rm -f \"\$1\"/etc/systemd/system/multi-user.target.wants/mosquitto.service" \
	--customize-hook="rm -f \"\$1\"/etc/systemd/system/multi-user.target.wants/ssh.service" \
	"$release" "$dir" "deb $("$here/../harness/mirror.sh") $release main"
echo "$stamp" >"$dir.stamp"
