#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# node.sh <build folder> [bookworm|trixie]: compose/node.sh against a fresh system (booted.sh) with a real sshd, a real broker with TLS and accounts, and
# what it refuses. The operator's side runs here, in that system's network.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
# shellcheck source=tests/harness/shell.sh
. "$here/../harness/shell.sh"
need mmdebstrap dpkg-dev iproute2 openssh-client openssl mosquitto
build=${1:?usage: node.sh <build folder> [bookworm|trixie]}
release=${2:-bookworm}
# shellcheck source=tests/package/booted.sh
. "$here/booted.sh"
private=$(mktemp -d) # since secrets.sh keeps them out of the repository
secrets=$private/secrets
trap 'halt; rm -rf "$scratch" "$private"' EXIT
export GLOW_SECRETS=$secrets

ok() { printf '  %s\n' "$*"; }

fail() {
	[ ! -e "$scratch/said" ] || cat "$scratch/said"
	die 1 "FAILED: $*"
}

# node <host> [option…]: the command, as the operator gives it; its words are in $scratch/said.
node() {
	"${as_root[@]}" nsenter --target "$(<"$scratch/pid")" --net --setuid "$(id -u)" --setgid "$(id -g)" \
		"$source/compose/node.sh" "$@" --ssh-config "$scratch/config" --secrets "$secrets" >"$scratch/said" 2>&1 </dev/null
}

# refused <status> <words> <host> [option…]: with that status and those words, and nothing is changed there.
refused() {
	local status=0 expected=$1 words=$2 before
	shift 2
	before=$(state)
	node "$@" || status=$?
	[ $status = "$expected" ] || fail "node.sh $*: status $status, not $expected"
	grep -qF -- "$words" "$scratch/said" || fail "node.sh $* does not say: $words"
	[ "$(state)" = "$before" ] || fail "node.sh $* changed something"
	ok "refused: $(tail -n 1 "$scratch/said" | cut -d ' ' -f 2- | cut -c 1-110)"
}

state() { inside sh -c 'dpkg-query -W; find /etc/glowswarm -type f -exec md5sum {} + 2>/dev/null; ls /tmp'; }

# pretend <program> <words>: the program says these words there.
pretend() {
	printf '#!/bin/sh\necho %s\n' "$2" >"$scratch/fake"
	inside install -m 755 /mnt/fake "/usr/local/bin/$1"
}

hosts() {
	local user
	for user in pi guest; do
		printf 'Host %s\n\tUser %s\n' "$user" "$user"
	done
	printf 'Host closed\n\tPort 23\n'
	printf 'Host stranger\n\tUser pi\n\tUserKnownHostsFile "%s"\n' "$scratch/strangers"
	printf 'Host *\n\tHostName 127.0.0.1\n\tPort 22\n\tIdentityFile "%s"\n\tIdentitiesOnly yes\n' "$scratch/key"
	printf '\tUserKnownHostsFile "%s"\n\tStrictHostKeyChecking yes\n\tBatchMode yes\n\tGlobalKnownHostsFile none\n' "$scratch/known"
}

prepare() {
	local user
	"$source/compose/debian/package.sh" --release "$release" >/dev/null
	boot "$release"
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/key"
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/other"
	hosts >"$scratch/config"
	printf '127.0.0.1 %s\n' "$(inside cat /etc/ssh/ssh_host_ed25519_key.pub)" >"$scratch/known"
	printf '127.0.0.1 %s\n' "$(<"$scratch/other.pub")" >"$scratch/strangers"
	for user in pi guest; do
		inside useradd --create-home --shell /bin/bash $user
		inside install -d -m 700 -o $user /home/$user/.ssh
		inside install -m 600 -o $user /mnt/key.pub /home/$user/.ssh/authorized_keys
	done
	inside sh -c 'echo "pi ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/pi && systemctl start ssh'
	# The broker as docs/deploy.md has it.
	"$source/broker-config/secrets.sh" --dir "$secrets" --name pi1 2>"$scratch/said" || fail "secrets.sh"
	cp "$source/broker-config/own-broker.conf" "$scratch/"
	inside cp /mnt/own-broker.conf /etc/mosquitto/conf.d/glowswarm.conf
	give_accounts start
}

# give_accounts <verb of systemctl>
give_accounts() {
	rm -rf "$scratch/accounts"
	"$source/broker-config/secrets.sh" --dir "$secrets" --install "$scratch/accounts" 2>/dev/null
	inside sh -c "rm -rf /etc/mosquitto/glowswarm && cp -r /mnt/accounts /etc/mosquitto/glowswarm &&
		chown -R mosquitto /etc/mosquitto/glowswarm && systemctl $1 mosquitto"
}

# Who administers a broker by sudo gives it the files as docs/deploy.md has it.
test_broker() {
	inside apt-get -y -q install openssl >"$scratch/said" 2>&1 || fail "openssl"
	cp -r "$source/broker-config" "$scratch/"
	chmod 711 "$scratch"
	! inside runuser -u guest -- /mnt/broker-config/secrets.sh --dir /home/guest/s --install /etc/mosquitto/other --owner mosquitto \
		>"$scratch/said" 2>&1 </dev/null || fail "anybody may write to /etc/mosquitto"
	inside runuser -u pi -- /mnt/broker-config/secrets.sh --dir /home/pi/s --install /etc/mosquitto/other --owner mosquitto \
		>"$scratch/said" 2>&1 || fail "secrets.sh --install by sudo"
	[ "$(inside stat -c '%a %U' /etc/mosquitto/other/server.key)" = "600 mosquitto" ] || fail "the broker's key is not its own"
	[ "$(inside find /home/pi/s ! -user pi)" = "" ] || fail "files of pi are root's"
	ok "the broker's files are given by sudo"
}

# Every command line of this machine, the system's included, until it is told to end.
watch_processes() {
	while [ -e "$scratch/config" ] && [ ! -e "$scratch/enough" ]; do
		cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' || true
	done >"$scratch/seen"
}

option() { inside sed -n "s/^$1=//p" /etc/glowswarm/bridge.env; }

test_refusals() {
	refused 64 'which host?' --broker mqtts://pi1
	refused 64 'mqtts://host[:port]' pi --broker http://pi1
	refused 64 'without quotes' pi --broker mqtts://pi1 --set 'GLOW_IDLE="red"'
	refused 69 'cannot log in to closed' closed --broker mqtts://pi1
	refused 69 'cannot log in to stranger' stranger --broker mqtts://pi1
	grep -q 'REMOTE HOST IDENTIFICATION HAS CHANGED' "$scratch/said" || fail "ssh does not warn of the host's key"
	refused 69 'no administrator on guest' guest --broker mqtts://pi1
	refused 64 'which broker?' pi
	refused 69 'does not know the host nowhere.invalid' pi --broker mqtts://nowhere.invalid
	refused 69 'cannot reach pi1, port 1' pi --broker mqtts://pi1:1
	GLOW_SECRETS='' secrets=$private/none refused 69 'broker-config/secrets.sh makes them' pi --broker mqtts://pi1
	pretend dpkg ''
	refused 69 'is no Debian' pi --broker mqtts://pi1
	pretend dpkg riscv64
	refused 69 'is a riscv64' pi --broker mqtts://pi1
	pretend dpkg armhf
	pretend uname armv6l
	refused 69 './run package --native' pi --broker mqtts://pi1
	inside rm /usr/local/bin/dpkg /usr/local/bin/uname
	inside mv /run/systemd/system /run/systemd/system.away
	refused 69 'does not run systemd' pi --broker mqtts://pi1
	inside mv /run/systemd/system.away /run/systemd/system
	refused 69 'there is no glow-bridge' pi --remove
}

# promise: secrets-are-hidden
test_fresh() {
	local password watcher
	watch_processes &
	watcher=$!
	node pi --broker mqtts://pi1 --set GLOW_BOARD=virtual --set 'GLOW_IDLE=progress 40%' || fail "a fresh node"
	: >"$scratch/enough"
	wait $watcher
	grep -q 'waits for the broker to know its account bridge-pi1' "$scratch/said" || fail "the new account is not told of"
	password=$(<"$secrets/accounts/bridge-pi1")
	! grep -qF -- "$password" "$scratch/seen" || fail "the password was in a command line"
	grep -q 'node-there.sh' "$scratch/seen" || fail "no command line of the node was seen"
	[ "$(inside stat -c '%a %U %G' /etc/glowswarm/password)" = "640 root glow-bridge" ] || fail "the password's file is anybody's"
	[ "$(option GLOW_IDLE)" = "progress 40%" ] || fail "GLOW_IDLE is not set: $(option GLOW_IDLE)"
	[ -z "$(inside find /tmp -name 'tmp.*' -print -quit)" ] || fail "files are left in /tmp"
	inside systemctl -q is-enabled glow-bridge || fail "not enabled"
	ok "fresh: installed, enabled, its password in no command line, waiting for its account"
}

test_again() {
	local pid
	give_accounts restart
	pid=$(inside systemctl show --value -p MainPID glow-bridge)
	inside sed -i 's/^#GLOW_GROUPS=.*/GLOW_GROUPS=own/' /etc/glowswarm/bridge.env
	# As if the package had brought other words in that file, which dpkg asks about where it was changed.
	inside sed -i 's|^\( /etc/glowswarm/bridge.env \)[0-9a-f]*|\100000000000000000000000000000000|' /var/lib/dpkg/status
	node pi --set GLOW_REVERSE=yes || fail "the same again: $(<"$scratch/said")"
	grep -q 'pi1 is online' "$scratch/said" || fail "not online"
	[ "$(inside systemctl show --value -p MainPID glow-bridge)" != "$pid" ] || fail "the service was not restarted"
	[ "$(option GLOW_IDLE) $(option GLOW_GROUPS) $(option GLOW_REVERSE) $(option GLOW_BROKER)" = "progress 40% own yes mqtts://pi1" ] ||
		fail "options are not as they were"
	[ "$(inside grep -c GLOW_REVERSE= /etc/glowswarm/bridge.env)" = 1 ] || fail "an option is there twice"
	ok "again: online, with TLS and its own account; options as they were, one more"
	# The control: with another password it is not.
	inside sh -c 'systemctl stop mosquitto && sed -i "/^bridge-pi1:/d" /etc/mosquitto/glowswarm/passwords && systemctl start mosquitto'
	! node pi || fail "online without an account"
	grep -q 'set up, but not online' "$scratch/said" || fail "being offline is not told"
	ok "not online without its account: $(grep -i 'warning' "$scratch/said" | tail -n 1)"
}

test_remove() {
	node pi --remove || fail "--remove"
	grep -q 'secrets.sh --remove bridge-pi1' "$scratch/said" || fail "how to remove the account is not told"
	inside sh -c '[ ! -e /etc/glowswarm ] && [ ! -e /usr/bin/glow-bridge ]' || fail "something is left"
	! inside pgrep -x glow-bridge >/dev/null || fail "it still runs"
	ok "removed: nothing is left, and how to remove the account is told"
}

began=$SECONDS
say "== a node over ssh, $release"
prepare
test_broker
test_refusals
test_fresh
test_again
test_remove
say "== a node over ssh: $((SECONDS - began)) s"
