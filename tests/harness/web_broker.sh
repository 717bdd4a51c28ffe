#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# web_broker.sh <directory> <port> <port for WebSockets>: writes there what a
# Mosquitto needs that lets programs of this host in as they come, and browsers
# with the accounts operator and viewer, both with the password "glow".
set -euo pipefail
dir=$1

topics() { printf 'topic %s\n' "$@"; }

may_look=("read glow/#" "write glow/time/request/+")
may_command=("write glow/node/+/set" "write glow/node/+/notify" "write glow/group/+/set" "write glow/group/+/notify"
	"write glow/all/set" "write glow/all/notify" "write glow/scene/play" "write glow/scene/stop" "write glow/dim/set")
{
	echo "user viewer"
	topics "${may_look[@]}"
	echo "user operator"
	topics "${may_look[@]}" "${may_command[@]}"
} >"$dir/acl"

install -m 600 /dev/null "$dir/passwords"
for user in operator viewer; do mosquitto_passwd -b "$dir/passwords" "$user" glow; done

# As in broker-config: no delay for small packets, and room for all that is retained when a page comes.
cat >"$dir/mosquitto.conf" <<CONF
per_listener_settings true
set_tcp_nodelay true
max_queued_messages 20000
persistence false
log_dest none
user $(id -un)

listener $2 127.0.0.1
allow_anonymous true

listener $3 127.0.0.1
protocol websockets
allow_anonymous false
password_file $dir/passwords
acl_file $dir/acl
CONF
