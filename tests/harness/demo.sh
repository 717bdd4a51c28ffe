#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# demo.sh <folder of the programs> [seconds]: a broker, five virtual nodes, a
# show made of ordinary MQTT commands, and the live view of all of it. Without
# seconds it stays until Ctrl-C. With GLOW_SVG=<file> it leaves a picture there.
set -euo pipefail

bin=$(readlink -f "$1")
seconds=${2:-0}
dir=$(mktemp -d)
pids=()

cleanup() {
	trap - EXIT
	kill "${pids[@]}" 2>/dev/null || true
	wait "${pids[@]}" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 0' INT TERM

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port=18883
until port_is_free "$port"; do port=$((port + 1)); done

cat >"$dir/mosquitto.conf" <<CONF
listener $port 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
persistence false
log_dest none
CONF
mosquitto=$(PATH=$PATH:/usr/sbin command -v mosquitto)
"$mosquitto" -c "$dir/mosquitto.conf" &
pids+=($!)
until ! port_is_free "$port"; do sleep 0.05; done

node() { # node <id> <option…>
	local id=$1
	shift
	"$bin/glow-bridge" --broker "mqtt://127.0.0.1:$port" --node "$id" --board virtual --log-level warning "$@" \
		2>>"$dir/log" &
	pids+=($!)
}
node pi1 --groups shelf,odd --idle "blue breathe 30%"
node pi2 --groups shelf,even --idle "blue breathe 30%"
node pi3 --groups shelf,odd --idle "blue breathe 30%"
node pi4 --groups shelf,even --idle "blue breathe 30%"
node pi5 --groups shelf --virtual-shape piglow --idle "cpu 60%"

# Retained `online` of all five.
timeout 10 mosquitto_sub -h 127.0.0.1 -p "$port" -t 'glow/node/+/availability' -C 5 >/dev/null

say() { mosquitto_pub -h 127.0.0.1 -p "$port" -t "glow/$1" -m "$2"; }

# Every step is a command that anybody could have sent.
show() {
	while true; do
		say all/set "rainbow"
		sleep 5
		say group/odd/set "larson red"
		say group/even/set "larson blue"
		say node/pi5/set "fire"
		sleep 5
		say node/pi3/notify '{"effect":"identify","ttl_s":4}'
		sleep 4
		for percent in 10 30 55 80 100; do
			say all/set "lime progress $percent%"
			sleep 0.8
		done
		say all/set '{"effect":"plasma","transition":2}'
		sleep 6
		say group/shelf/notify '{"color":"orange","effect":"blink","ttl_s":3}'
		sleep 4
		say node/pi1/set "candle"
		say node/pi2/set "tetris"
		say node/pi3/set "binary-clock"
		say node/pi4/set "sparkle gold"
		say node/pi5/set '{"leds":{"arm1":200,"arm2.red":255,"blue":90}}'
		sleep 7
		say all/set '{"effect":"auto","transition":1.5}'
		sleep 4
	done
}
show >/dev/null 2>&1 &
pids+=($!)

"$bin/glowctl" --broker "mqtt://127.0.0.1:$port" --for-s "$seconds" ${GLOW_SVG:+--svg "$GLOW_SVG"} watch
