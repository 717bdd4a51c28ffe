#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# web_broker.sh <directory> <port> <port for WebSockets> [password]: writes there
# what a Mosquitto needs that lets programs of this host in as they come, and
# browsers with the accounts operator, viewer and admin, all with that password
# ("glow") and the rights that broker-config gives them.
set -euo pipefail
dir=$1
top=$(readlink -f "$(dirname "$0")/../..")

install -m 600 /dev/null "$dir/passwords"
for user in operator viewer admin; do mosquitto_passwd -b "$dir/passwords" "$user" "${4:-glow}"; done

# As in broker-config: no delay for small packets, and room for all that is retained when a page comes.
cat >"$dir/mosquitto.conf" <<CONF
per_listener_settings true
set_tcp_nodelay true
max_queued_messages 20000
persistence false
log_dest stderr
log_type error
user $(id -un)

listener $2 127.0.0.1
allow_anonymous true

# socket_domain, since Mosquitto 2.0.11 otherwise listens on every address for WebSockets.
listener $3 127.0.0.1
socket_domain ipv4
protocol websockets
allow_anonymous false
password_file $dir/passwords
acl_file $top/broker-config/acl
CONF
