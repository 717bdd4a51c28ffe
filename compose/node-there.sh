#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# What compose/node.sh runs on the node. `survey` says what is there, as a user; `setup` and `remove` as root.
# The files for setup lie beside this one: a package, settings, and perhaps ca.crt and password.
set -eu
etc=/etc/glowswarm
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

survey() {
	# shellcheck source=/dev/null
	[ ! -e /etc/os-release ] || . /etc/os-release
	echo "system=${PRETTY_NAME:-$(uname -s)}"
	echo "release=${VERSION_CODENAME:-}"
	echo "arch=$(dpkg --print-architecture 2>/dev/null)"
	echo "machine=$(uname -m)"
	[ ! -d /run/systemd/system ] || echo systemd=yes
	if [ "$(id -u)" = 0 ]; then echo root=root; elif sudo -n true 2>/dev/null; then echo root=sudo; fi
	echo "name=$(hostname | tr '[:upper:]' '[:lower:]' | sed 's/[.].*//')"
	echo "broker=$(sed -n 's/^GLOW_BROKER=//p' $etc/bridge.env 2>/dev/null | tail -n 1)"
	echo "node=$(sed -n 's/^GLOW_NODE=//p' $etc/bridge.env 2>/dev/null | tail -n 1)"
	echo "package=$(dpkg-query -W -f '${db:Status-Status}' glow-bridge 2>/dev/null)"
}

# reach <host> <port>: whether the broker's listener answers.
reach() {
	getent ahosts "$1" >/dev/null || { echo "does not know the host $1" && return; }
	# shellcheck disable=SC2016 # bash's
	timeout 8 bash -c '</dev/tcp/$0/$1' "$1" "$2" 2>/dev/null || echo "cannot reach $1, port $2"
}

# A setting replaces its line, commented or not, and what is not in the file comes at its end.
merge() {
	awk '{ key = $0; sub(/^#/, "", key); known = key ~ /^GLOW_[A-Z0-9_]*=/; sub(/=.*/, "", key) }
		NR == FNR { value[key] = $0; order[n++] = key; next }
		known && key in value { if (!done[key]++) print value[key]; next }
		{ print }
		END { for (k = 0; k < n; k++) if (!done[order[k]]++) print value[order[k]] }' settings $etc/bridge.env >bridge.env
	cat bridge.env >$etc/bridge.env
}

install_package() {
	# Its options stay as they are: merge has changed that file, which dpkg would ask about.
	apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
		--reinstall --allow-downgrades install ./glow-bridge_*.deb </dev/null
}

setup() {
	cd "$(dirname "$0")"
	if ! install_package >apt.log 2>&1; then
		apt-get -q update >apt.log 2>&1 || true
		install_package >>apt.log 2>&1 || { tail -n 15 apt.log >&2 && exit 1; }
	fi
	[ ! -e ca.crt ] || install -m 644 ca.crt $etc/ca.crt
	[ ! -e password ] || install -m 640 -g glow-bridge password $etc/password
	merge
	# What the service says from here on; what it said before, with other options, does not count.
	cursor=$(journalctl --quiet --lines 1 --show-cursor --output cat | sed -n 's/^-- cursor: //p')
	systemctl enable --quiet glow-bridge
	systemctl restart glow-bridge || true
	# What it says until it is connected, at most 15 s.
	tries=0
	while [ $tries -lt 30 ]; do
		sleep 0.5
		said=$(journalctl --quiet --unit glow-bridge ${cursor:+--after-cursor "$cursor"} --output cat --identifier glow-bridge 2>/dev/null)
		case $said in *"connected to "*) break ;; esac
		[ "$(systemctl is-active glow-bridge)" != failed ] || break
		tries=$((tries + 1))
	done
	printf '%s\n' "$said"
}

remove() {
	apt-get -y -q -o DPkg::Lock::Timeout=300 purge glow-bridge </dev/null >/dev/null
	rm -f $etc/password
	# A conductor here needs the certificate authority, too.
	[ -e $etc/conductor.env ] || rm -f $etc/ca.crt
	rmdir $etc 2>/dev/null || true
}

"$@"
