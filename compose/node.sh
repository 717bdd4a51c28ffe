#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# node.sh [user@]host [option…]: makes a fresh Raspberry Pi a node, without containers; `node.sh --help` tells more.
#
# One ssh connection carries everything. Secrets go through its standard input, never through a command line, and
# whether the host is the right one is ssh's own to ask (known_hosts).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=tests/harness/shell.sh
. tests/harness/shell.sh

help() {
	cat <<TEXT
usage: node.sh [user@]host [option…]

Puts glow-bridge on a host with Debian or Raspberry Pi OS, over ssh: package, account, certificate authority, options,
service. Once more it brings the present package and what is asked for, and keeps the rest.

  --broker URI         mqtts://host[:port], with an account of its own for the node; or mqtt://host[:port], a broker that is
                       open to everybody. Later it need not be told again
  --set NAME=VALUE     another option, as often as there are such: --set GLOW_IDLE=cpu
  --node ID            the node's id (default: its host name)
  --secrets DIR        accounts and authority, of broker-config/secrets.sh (default $secrets)
  --ssh-config FILE    ssh's configuration, for a port or a key (default: ssh's own)
  --remove             take everything away again
TEXT
}

options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--remove) remove=yes ;;
		-h | --help) help && exit ;;
		--broker | --set | --node | --secrets | --ssh-config)
			[ -n "${2:-}" ] || die "$EX_USAGE" "$1 needs a value"
			option "$1" "$2"
			shift
			;;
		-*) die "$EX_USAGE" "there is no option '$1' (--help lists the options)" ;;
		*)
			[ -z "$host" ] || die "$EX_USAGE" "one host at a time: $host, and '$1'?"
			host=$1
			;;
		esac
		shift
	done
	[ -n "$host" ] || die "$EX_USAGE" "which host? node.sh [user@]host --broker URI"
}

option() {
	case $1 in
	--broker)
		[[ $2 =~ $uri ]] || die "$EX_USAGE" "--broker must be mqtts://host[:port] or mqtt://host[:port], not '$2'"
		broker=$2
		;;
	--set)
		# What systemd would read otherwise than it is written is left out.
		[[ $2 =~ ^GLOW_[A-Z0-9_]+=[^\"\'\\[:cntrl:]]*$ ]] ||
			die "$EX_USAGE" "--set must be GLOW_…=value without quotes or \\, not '$2'"
		[[ $2 != GLOW_PASSWORD=* ]] || die "$EX_USAGE" "--set GLOW_PASSWORD: passwords are those of $secrets"
		settings+=("$2")
		;;
	--node)
		valid_id "$2" || die "$EX_USAGE" "--node must be 1..63 of a-z, 0-9 and '-', not beginning or ending with '-', not '$2'"
		node=$2
		;;
	--secrets) secrets=$2 ;;
	--ssh-config) ssh+=(-F "$2") ;;
	esac
}

valid_id() { [[ $1 =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]]; }

connect() {
	"${ssh[@]}" -o ConnectTimeout=10 -o ControlMaster=yes -o ControlPersist=yes -fN -- "$host" ||
		die "$EX_UNAVAILABLE" "cannot log in to $host (ssh $host tells more)"
}

disconnect() {
	"${ssh[@]}" -q -O exit -- "$host" 2>/dev/null || true
	rm -rf "$scratch"
}

there() { "${ssh[@]}" -- "$host" "$@"; }

# The node's own words, as there[key].
survey() {
	local key value
	while IFS='=' read -r key value; do [ -z "$key" ] || found[$key]=$value; done < <(there sh -s survey <compose/node-there.sh)
	[ -n "${found[machine]:-}" ] || die "$EX_UNAVAILABLE" "$host does not answer as a shell does"
	[ -n "${found[arch]}" ] || die "$EX_UNAVAILABLE" "$host is no Debian but ${found[system]}: it takes a container (docs/deploy.md)"
	[ "${found[systemd]:-}" = yes ] || die "$EX_UNAVAILABLE" "$host does not run systemd, which starts the service"
	[ -n "${found[root]:-}" ] ||
		die "$EX_UNAVAILABLE" "you are no administrator on $host: sudo there has to let you without a password, or log in as root@"
	sudo=()
	[ "${found[root]}" = root ] || sudo=(sudo -n)
}

# Which package: Raspberry Pi OS for ARMv6 calls itself armhf, and needs one that was built there.
choose_package() {
	local number kind=deb version how
	case ${found[release]} in
	bookworm) number=12 ;;
	trixie) number=13 ;;
	*) die "$EX_UNAVAILABLE" "$host has ${found[system]}; there are packages for Debian 12 and 13 and Raspberry Pi OS of that age" ;;
	esac
	case ${found[arch]} in
	amd64 | arm64 | armhf | armel) ;;
	*) die "$EX_UNAVAILABLE" "$host is a ${found[arch]}; there are packages for amd64, arm64, armhf and armel" ;;
	esac
	how="./run package --release ${found[release]} --arch ${found[arch]}"
	if [ "${found[arch]} ${found[machine]}" = "armhf armv6l" ]; then
		kind=rpi
		how="its processor is an ARMv6, which Debian's armhf is not for: there, ./run package --native, and from there to here"
	fi
	version=$(cmake/version.sh)+$kind$number
	package=build/packages/${found[release]}/glow-bridge_${version}_${found[arch]}.deb
	[ -e "$package" ] || die "$EX_UNAVAILABLE" "there is no $package for $host: $how"
}

# The broker: as asked for, or as it was. Its listener has to answer the node.
choose_broker() {
	local place port said
	broker=${broker:-${found[broker]}}
	[[ $broker =~ $uri ]] || die "$EX_USAGE" "which broker? --broker mqtts://host"
	node=${node:-${found[node]:-${found[name]}}}
	valid_id "$node" || die "$EX_USAGE" "$host is called '$node', which is no node's id: --node ID"
	port=1883
	[[ $broker != mqtts:* ]] || port=8883
	place=${broker#*://}
	if [[ $place =~ :([0-9]+)$ ]]; then
		port=${BASH_REMATCH[1]}
		place=${place%:*}
	fi
	place=${place#[}
	said=$(there sh -s reach "${place%]}" "$port" <compose/node-there.sh)
	[ -z "$said" ] || die "$EX_UNAVAILABLE" "$host $said: is $broker the broker?"
}

# What goes there: with an mqtts broker the node's own account and the authority.
gather() {
	local account=bridge-$node prefix
	umask 077
	mkdir "$scratch/files"
	cp compose/node-there.sh "$package" "$scratch/files/"
	printf '%s\n' "GLOW_BROKER=$broker" "GLOW_NODE=$node" "${settings[@]}" >"$scratch/files/settings"
	[[ $broker = mqtts:* ]] || return 0
	[ -s "$secrets/ca.crt" ] ||
		die "$EX_UNAVAILABLE" "there are no accounts in $secrets: broker-config/secrets.sh makes them, for the broker first (docs/deploy.md)"
	if [ ! -s "$secrets/accounts/$account" ]; then
		broker-config/secrets.sh --dir "$secrets" --account "$account"
		new_account=$account
	fi
	cp "$secrets/ca.crt" "$scratch/files/"
	cp "$secrets/accounts/$account" "$scratch/files/password"
	printf '%s\n' "GLOW_USERNAME=$account" GLOW_PASSWORD_FILE=/etc/glowswarm/password GLOW_CA_FILE=/etc/glowswarm/ca.crt \
		>>"$scratch/files/settings"
	prefix=$(cat "$secrets/prefix" 2>/dev/null || echo glow)
	[ "$prefix" = glow ] || echo "GLOW_PREFIX=$prefix" >>"$scratch/files/settings"
}

# shellcheck disable=SC2016 # for the shell there
send='umask 077 && d=$(mktemp -d) && trap "rm -rf \"$d\"" EXIT && tar -xC "$d" &&'

setup() {
	local said
	said=$(tar -C "$scratch/files" -c . | there "$send ${sudo[*]} sh \"\$d/node-there.sh\" setup") ||
		die "$EX_UNAVAILABLE" "the package could not be installed on $host"
	[ -z "$said" ] || printf '%s\n' "$said" >&2
	if [[ $said == *"connected to "* ]]; then
		say "$node is online"
	elif [ -n "$new_account" ]; then
		say "$node runs, and waits for the broker to know its account $new_account. On the broker's host:"
		echo "broker-config/secrets.sh --dir $secrets --install /etc/mosquitto/glowswarm --owner mosquitto" >&2
		echo "sudo systemctl reload mosquitto" >&2
	else
		die "$EX_TEMPFAIL" "$node is set up, but not online: what it says is above"
	fi
}

remove() {
	local id=${found[node]:-${found[name]}}
	[ -n "${found[package]}" ] || die "$EX_UNAVAILABLE" "there is no glow-bridge on $host"
	there "${sudo[*]} sh -s remove" <compose/node-there.sh || die "$EX_UNAVAILABLE" "the package could not be removed from $host"
	say "$id is removed from $host. Its account and what the broker keeps of it stay until:"
	echo "broker-config/secrets.sh --remove bridge-$id, and give the broker the accounts anew; glowctl forget $id" >&2
}

EX_TEMPFAIL=75
uri='^mqtts?://([A-Za-z0-9._-]+|\[[0-9a-f:]+\])(:[0-9]+)?$'
secrets=${GLOW_SECRETS:-${XDG_CONFIG_HOME:-${HOME:-}/.config}/glowswarm}
host='' broker='' node='' remove='' new_account=''
settings=()
declare -A found=()
scratch=$(mktemp -d)
ssh=(ssh -o ControlPath="$scratch/ssh")
trap disconnect EXIT
options "$@"
connect
survey
if [ -n "$remove" ]; then
	remove
else
	choose_package
	choose_broker
	gather
	setup
fi
