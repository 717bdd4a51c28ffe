#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes what the swarm keeps secret: accounts with random passwords, a certificate authority of its
# own, and the broker's certificate. `secrets.sh --help` tells more.
#
# Everything comes from what lies in the directory: accounts/<name> is an account and its password,
# `prefix` and `names` are what was asked for. Missing parts are made, `acl` is always written anew.
# Passwords go from file to file and through this shell, never through a command line, where a list
# of processes would show them, and never to the terminal.
set -euo pipefail
umask 077

here=$(dirname "$(readlink -f "$0")")
dir=${GLOW_SECRETS:-${XDG_CONFIG_HOME:-${HOME:-}/.config}/glowswarm}
stock=(bridge conductor tasks viewer operator homeassistant admin health)
people=(viewer operator homeassistant admin) # who may choose a password
always=(broker localhost 127.0.0.1) # the stack's name for the broker, and tools beside it
ca_days=7300
server_days=825
id='[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'

prefix='' install_dir='' owner='' renew='' docker='' chooser='' rounds='' uplink='' from=''
names=() add=() remove=()
temporary=''

help() {
	cat <<TEXT
usage: secrets.sh [option…]

Makes accounts, certificate authority and broker's certificate in a directory that only you can
read, the first time; after that it keeps what is there and does what is asked for.

  --dir DIR            where (default $dir, or \$GLOW_SECRETS)
  --name HOST          a name or address by which programs reach the broker, as often as there are
                       such (always: ${always[*]}; default: this host's name as well)
  --prefix TOPIC       first levels of every topic (default glow)
  --account NAME       add this account: bridge-<node id> for one node of its own, rack-<id> for the
                       bridge of a rack, or of ${stock[*]}
                       one that was removed
  --remove NAME        remove this account; with --account it comes back with another password
  --password NAME      a password of your own for NAME, of ${people[*]}: typed
                       unseen, or the first line of stdin. Only its hash is kept; accounts/NAME is empty then
  --rounds N|here      how dear to guess it is, in rounds of PBKDF2, which each log-in costs the broker as well:
                       "here" takes what this host bears in 5 to 10 ms, for a broker on this host (default:
                       the same, but at most 3000, for a Pi, unless --install says that it is this host)
  --renew-certificate  a new certificate of the broker from the same authority, which nodes trust
                       already; with --name for other names
  --uplink P/ID@HOST   this broker is a rack's: write uplink.conf, which bridges it to the root's broker at
                       HOST[:PORT], where topics begin with P and this rack is ID (docs/racks.md)
  --from DIR           with --uplink, the first time: where the root's ca.crt and accounts/rack-ID
                       lie, as they were copied from its directory
  --install DIR        copy what the broker reads to DIR, for --owner USER[:GROUP] (chown's words; with
                       sudo unless root)
  --docker             list what the swarm needs, a line each: secret or config, name, file
TEXT
}

say() { printf 'secrets.sh: %s\n' "$*" >&2; }

fail() {
	say "$@"
	exit 1
}

usage() {
	say "$@" "(--help lists the options)"
	exit 64
}

options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--renew-certificate) renew=yes ;;
		--docker) docker=yes ;;
		-h | --help) help && exit ;;
		--dir | --name | --prefix | --account | --remove | --password | --rounds | --install | --owner | --uplink | --from)
			[ -n "${2:-}" ] || usage "$1 needs a value"
			option "$1" "$2"
			shift
			;;
		*) usage "there is no option '$1'" ;;
		esac
		shift
	done
	[ -z "$owner" ] || [ -n "$install_dir" ] || usage "--owner goes with --install"
	[ -z "$from" ] || [ -n "$uplink" ] || usage "--from goes with --uplink"
	[ -z "$rounds" ] || [ -n "$chooser" ] || usage "--rounds goes with --password"
	[ -z "$install_dir" ] || rounds=${rounds:-here}
}

option() {
	case $1 in
	--dir) dir=$2 ;;
	--name) check_name "$2" && names+=("$2") ;;
	--prefix) check_prefix "$2" && prefix=$2 ;;
	--account) check_account "$2" && add+=("$2") ;;
	--remove) check_account "$2" && remove+=("$2") ;;
	--password) check_chooser "$2" && chooser=$2 ;;
	--uplink) check_uplink "$2" && uplink=$2 ;;
	--from) from=$2 ;;
	--rounds) check_rounds "$2" && rounds=$2 ;;
	--install) install_dir=$2 ;;
	--owner) owner=$2 ;;
	esac
}

check_name() {
	[[ $1 =~ ^[A-Za-z0-9_.:-]+$ ]] || usage "--name $1: not a host name or address"
}

# What glow-bridge takes and Mosquitto's acl can hold.
check_prefix() {
	[[ $1 =~ ^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$ ]] ||
		usage "--prefix $1: levels of letters, digits, dots, - and _, with / between them"
}

check_account() {
	[[ $1 != bridge-conductor && $1 != bridge-cluster ]] || usage "$1: that is no node's id but the cluster's own name"
	[[ $1 =~ ^(bridge|rack)-$id$ || " ${stock[*]} " == *" $1 "* ]] ||
		usage "$1: accounts are ${stock[*]}, bridge-<node id> and rack-<id>"
}

check_uplink() {
	[[ $1 =~ ^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/$id@[A-Za-z0-9_.-]+(:[0-9]{1,5})?$ ]] ||
		usage "--uplink $1: the root's prefix, this rack's id and the root's host: hall/east@root.local"
}

check_chooser() {
	[ -z "$chooser" ] || usage "--password takes one account at a time: $chooser, or $1"
	[[ " ${people[*]} " == *" $1 "* ]] || usage "--password $1: passwords are chosen for ${people[*]};" \
		"those of programs are random"
}

check_rounds() {
	[[ $1 == here || $1 =~ ^[0-9]{1,6}$ ]] || usage "--rounds $1: a number, or \"here\""
}

need() {
	local program package
	for program in openssl mosquitto_passwd ${chooser:+python3}; do
		package=${program%_passwd}
		PATH=$PATH:/usr/sbin command -v "$program" >/dev/null ||
			fail "$program is missing: apt install $package"
	done
}

# A directory of ours, that nobody else can enter.
open_dir() {
	local mode
	dir=$(readlink -m "$dir")
	[[ $dir/ != "$(dirname "$here")"/* ]] || fail "$dir is in the repository, where secrets do not belong"
	mkdir -p "$dir" || fail "cannot make $dir"
	[ -O "$dir" ] || fail "$dir belongs to somebody else"
	mode=$(stat -c %a "$dir")
	[[ $mode == *00 ]] || fail "others have access to $dir (mode $mode): chmod 700 $dir"
	temporary=$(mktemp -d "$dir/.new.XXXXXX")
	trap 'rm -rf "$temporary"' EXIT
}

# ---- accounts ----

make_stock() {
	[ -d "$dir/accounts" ] && return
	mkdir "$dir/accounts"
	for name in "${stock[@]}"; do
		make_account "$name"
	done
}

make_account() {
	[ -e "$dir/accounts/$1" ] && return
	openssl rand -base64 24 | tr -d '\n' | tr '+/' '-_' >"$temporary/password"
	mv "$temporary/password" "$dir/accounts/$1"
	say "account $1: its password is in $dir/accounts/$1"
}

remove_account() {
	[ -e "$dir/accounts/$1" ] || fail "there is no account $1"
	rm "$dir/accounts/$1"
	sed -i "/^$1:/d" "$dir/passwords"
	say "account $1 removed"
}

# The broker's file: name and hash. PBKDF2, since Mosquitto 2.0 does not know what 2.1 prefers.
write_passwords() {
	local file name
	touch "$dir/passwords"
	cp "$dir/passwords" "$temporary/passwords"
	for file in "$dir"/accounts/*; do
		name=${file##*/}
		grep -q "^$name:" "$dir/passwords" && continue
		printf '%s:%s\n' "$name" "$(<"$file")" >"$temporary/plain"
		PATH=$PATH:/usr/sbin mosquitto_passwd -H sha512-pbkdf2 -U "$temporary/plain" >&2
		cat "$temporary/plain" >>"$temporary/passwords"
	done
	mv "$temporary/passwords" "$dir/passwords"
}

# The password that somebody types twice, or what comes from a file or another program.
typed() {
	local password again
	[ -t 0 ] || { cat && return; }
	IFS= read -rsp "password for $1: " password && echo >&2
	IFS= read -rsp "once more: " again && echo >&2
	[ "$password" = "$again" ] || fail "these are two different passwords; the old one stays"
	printf '%s\n' "$password"
}

# A password of somebody's own. Its hash is dearer than those of 24 random bytes, which nobody can try.
choose_password() {
	[ -e "$dir/accounts/$1" ] || fail "there is no account $1: --account $1 makes it"
	typed "$1" >"$temporary/typed"
	"$here/password_hash.py" "$1" "$rounds" <"$temporary/typed" >"$temporary/line" 2>"$temporary/said" ||
		fail "$(sed 's/^password_hash.py: //' "$temporary/said"); the old one stays"
	sed "/^$1:/d" "$dir/passwords" | cat - "$temporary/line" >"$temporary/passwords"
	mv "$temporary/passwords" "$dir/passwords"
	: >"$dir/accounts/$1"
	say "account $1: the password is yours; its hash has $(<"$temporary/said")"
}

# The account health as options of mosquitto_sub, for health.sh.
write_health() {
	rm -f "$dir/mosquitto_sub"
	[ -e "$dir/accounts/health" ] || return 0
	printf '%s\n' '-h 127.0.0.1' '-p 1883' '-u health' "-P $(<"$dir/accounts/health")" >"$dir/mosquitto_sub"
}

# ---- what accounts may do ----

# A prefix as Home Assistant's topics have it.
dashed() { sed 's#/#-#g; s#\.#_#g' <<<"$1"; }

acl_of_prefix() {
	local dashed
	dashed=$(dashed "$1")
	sed -E "/^topic /{s#( )glow(-probe)?/#\1$1\2/#;s#/glow-cluster/#/$dashed-cluster/#}" "$here/acl"
}

# bridge's part for one node: its own topics in place of everybody's.
acl_of_node() {
	local node=$2 dashed
	dashed=$(dashed "$1")
	printf '\nuser bridge-%s\n' "$node"
	acl_of_prefix "$1" | sed -n '/^user bridge$/,/^$/p' | sed -E -e '/^topic /!d' \
		-e "s#/(node|request)/\+#/\1/$node#" -e "s#/time/reply/\+#/time/reply/$node#" \
		-e "s#/device/\+/#/device/$dashed-$node/#"
}

# The part of bridge/acl for that user, for a root's prefix and a rack. The rack first: a prefix may have a level east.
acl_of_uplink() {
	printf '\nuser %s\n' "${1/rack-east/rack-$3}"
	sed -n "/^user $1\$/,/^\$/p" "$here/bridge/acl" |
		sed -E -e '/^topic /!d' -e "s#/east(/|\$)#/$3\1#;s#( )hall/#\1$2/#"
}

write_acl() {
	local file
	[ -z "$prefix" ] || printf '%s\n' "$prefix" >"$dir/prefix"
	[ -s "$dir/prefix" ] || echo glow >"$dir/prefix"
	prefix=$(<"$dir/prefix")
	{
		acl_of_prefix "$prefix"
		for file in "$dir"/accounts/bridge-*; do
			[ ! -e "$file" ] || acl_of_node "$prefix" "${file##*/bridge-}"
		done
		for file in "$dir"/accounts/rack-*; do
			[ ! -e "$file" ] || acl_of_uplink rack-east "$prefix" "${file##*/rack-}"
		done
		[ -z "$uplink" ] || acl_of_uplink conductor "$(root_prefix)" "$(rack)"
	} >"$temporary/acl"
	mv "$temporary/acl" "$dir/acl"
}

# ---- the bridge of a rack to the root ----

rack() { sed -E 's#@.*##;s#.*/##' <<<"${1:-$uplink}"; }
root_prefix() { sed -E 's#@.*##;s#/[^/]*$##' <<<"$uplink"; }

# What lies here is another rack's password.
is_renamed() { [ -s "$dir/uplink" ] && [ "$(rack "$uplink")" != "$(rack "$(<"$dir/uplink")")" ]; }

# root_host: with its port.
root_host() { sed -E 's#.*@##;/:/!s#$#:8883#' <<<"$uplink"; }

take_root_files() {
	[ -n "$from" ] || return 0
	if [ ! -s "$from/ca.crt" ] || [ ! -s "$from/rack-$(rack)" ]; then
		fail "$from has no ca.crt and rack-$(rack): copy them from the root's directory, ca.crt and accounts/rack-$(rack)"
	fi
	cp "$from/ca.crt" "$dir/root-ca.crt"
	cp "$from/rack-$(rack)" "$dir/root-password"
}

# What was asked for once holds.
use_uplink() {
	[ -n "$uplink" ] || [ ! -s "$dir/uplink" ] || uplink=$(<"$dir/uplink")
	[ -n "$uplink" ] || return 0
	[ -n "$prefix" ] || [ ! -s "$dir/prefix" ] || prefix=$(<"$dir/prefix")
	[ "$(root_prefix)" != "${prefix:-glow}" ] ||
		fail "--uplink $uplink: ${prefix:-glow} is this rack's own prefix; the root has to have another (--prefix hall there)"
	take_root_files
	if [ ! -s "$dir/root-ca.crt" ] || [ ! -s "$dir/root-password" ] || { [ -z "$from" ] && is_renamed; }; then
		fail "--uplink $uplink: --from tells where the root's ca.crt and rack-$(rack) lie"
	fi
	printf '%s\n' "$uplink" >"$dir/uplink"
}

# Its names in place of the example's, by way of signs that none of them has: a root's host may be called hall-east. The
# password stays between files.
write_uplink() {
	local root rack
	[ -n "$uplink" ] || return 0
	root=$(root_prefix) rack=$(rack)
	sed -E -e '/^#/!{' -e 's#root\.local:8883#\x04#;s#hall-east#\x03-\x02#;s#rack-east#rack-\x02#' \
		-e 's#^connection east#connection \x02#;s#/east( |/|$)#/\x02\1#g;s# glow/# \x05/#;s#hall/#\x01/#g' \
		-e "s#\x01#$root#g;s#\x02#$rack#g;s#\x03#$(tr / - <<<"$root")#;s#\x04#$(root_host)#;s#\x05#$(<"$dir/prefix")#" \
		-e '}' "$here/bridge/uplink.conf" |
		awk -v file="$dir/root-password" '{ if ($1 == "remote_password") { getline word < file; $2 = word } print }' \
			>"$temporary/uplink.conf"
	mv "$temporary/uplink.conf" "$dir/uplink.conf"
}

# ---- certificates ----

# quietly <command…>: what it says matters only when it fails.
quietly() {
	"$@" 2>"$temporary/said" || { cat "$temporary/said" >&2 && fail "openssl failed"; }
}

make_ca() {
	[ -s "$dir/ca.key" ] && [ -s "$dir/ca.crt" ] && return
	cat >"$temporary/ca.cnf" <<-TEXT
		[req]
		prompt = no
		distinguished_name = subject
		x509_extensions = extensions
		[subject]
		CN = Glowswarm CA $(openssl rand -hex 4)
		[extensions]
		basicConstraints = critical, CA:TRUE, pathlen:0
		keyUsage = critical, keyCertSign, cRLSign
		subjectKeyIdentifier = hash
	TEXT
	quietly openssl req -x509 -config "$temporary/ca.cnf" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-days $ca_days -keyout "$temporary/ca.key" -out "$temporary/ca.crt"
	mv "$temporary/ca.key" "$temporary/ca.crt" "$dir/"
	renew=yes # what another authority signed is worth nothing now
	say "certificate authority made; programs get $dir/ca.crt, nobody gets $dir/ca.key"
}

alternative_names() {
	local name list=()
	for name in "$@"; do
		if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then list+=("IP:$name"); else list+=("DNS:$name"); fi
	done
	local IFS=,
	printf %s "${list[*]}"
}

make_certificate() {
	local all
	[ ${#names[@]} -gt 0 ] || [ ! -s "$dir/names" ] || mapfile -t names <"$dir/names"
	[ ${#names[@]} -gt 0 ] || names=("$(hostname)" "$(hostname).local")
	mapfile -t all < <(printf '%s\n' "${always[@]}" "${names[@]}" | awk '!seen[$0]++')
	if [ -s "$dir/server.crt" ] && [ -s "$dir/server.key" ] && [ -z "$renew" ]; then
		[ "$(printf '%s\n' "${all[@]}")" = "$(<"$dir/names")" ] ||
			fail "the certificate is for $(paste -sd ' ' "$dir/names"); for other names add --renew-certificate"
		openssl x509 -in "$dir/server.crt" -noout -checkend 2592000 >/dev/null ||
			say "the certificate of the broker ends within 30 days: --renew-certificate"
		return
	fi
	cat >"$temporary/server.cnf" <<-TEXT
		[req]
		prompt = no
		distinguished_name = subject
		[subject]
		CN = Glowswarm broker
		[extensions]
		basicConstraints = critical, CA:FALSE
		keyUsage = critical, digitalSignature
		extendedKeyUsage = serverAuth
		authorityKeyIdentifier = keyid
		subjectAltName = $(alternative_names "${all[@]}")
	TEXT
	quietly openssl req -new -config "$temporary/server.cnf" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-keyout "$temporary/server.key" -out "$temporary/server.csr"
	quietly openssl x509 -req -in "$temporary/server.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" \
		-set_serial "0x$(openssl rand -hex 16)" -days $server_days -sha256 \
		-extfile "$temporary/server.cnf" -extensions extensions -out "$temporary/server.crt"
	mv "$temporary/server.key" "$temporary/server.crt" "$dir/"
	printf '%s\n' "${all[@]}" >"$dir/names"
	say "certificate for ${all[*]}, for $server_days days"
}

# ---- who gets it ----

# To give files to another is root's, who may not be the owner of $dir: so this part alone asks sudo.
install_broker() {
	local file as_root=()
	[ -z "$owner" ] || [ "$(id -u)" -eq 0 ] || as_root=(sudo)
	"${as_root[@]}" install -d -m 700 "$install_dir" || fail "cannot make $install_dir"
	for file in acl passwords server.crt server.key mosquitto_sub root-ca.crt; do
		[ ! -e "$dir/$file" ] || "${as_root[@]}" install -m 600 "$dir/$file" "$install_dir/$file"
	done
	[ -z "$uplink" ] || sed "s#/run/secrets/#$(readlink -m "$install_dir")/#" "$dir/uplink.conf" |
		"${as_root[@]}" install -m 600 /dev/stdin "$install_dir/uplink.conf"
	[ -z "$owner" ] || "${as_root[@]}" chown -R "$owner" "$install_dir" || fail "cannot give $install_dir to $owner"
	say "the broker's files are in $install_dir"
}

list_docker() {
	local file
	printf 'config glow_acl %s\n' "$dir/acl"
	printf 'secret glow_%s %s\n' passwords "$dir/passwords" server_crt "$dir/server.crt" server_key \
		"$dir/server.key" ca_crt "$dir/ca.crt" health "$dir/mosquitto_sub"
	[ -z "$uplink" ] || printf 'secret glow_%s %s\n' uplink_conf "$dir/uplink.conf" root_ca_crt "$dir/root-ca.crt"
	for file in "$dir"/accounts/*; do
		[ ! -s "$file" ] || printf 'secret glow_password_%s %s\n' "${file##*/}" "$file"
	done
}

options "$@"
need
open_dir
for account in "${remove[@]}"; do remove_account "$account"; done
make_stock
for account in "${add[@]}"; do make_account "$account"; done
write_passwords
[ -z "$chooser" ] || choose_password "$chooser"
write_health
use_uplink
write_acl
write_uplink
make_ca
make_certificate
[ -z "$install_dir" ] || install_broker
[ -z "$docker" ] || list_docker
