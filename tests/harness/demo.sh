#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# demo.sh <folder of the programs> [seconds]: a broker, a conductor, five virtual
# nodes, a show made of glowctl's commands, and the live view of all of it. Without
# seconds it stays until Ctrl-C. With GLOW_SVG=<file> it leaves a picture there; 15
# seconds make one of a rainbow, with the clocks' errors known. Where the dashboard
# has been built, it is served, too.
set -euo pipefail
PATH=$PATH:/usr/sbin

bin=$(readlink -f "$1")
top=$(readlink -f "$(dirname "$0")/../..")
seconds=${2:-0}
svg=${GLOW_SVG:-}
unset GLOW_SVG # which the programs would take for an option of theirs
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
free_port() { # free_port <the first that would do>
	local port=$1
	until port_is_free "$port"; do port=$((port + 1)); done
	echo "$port"
}
port=$(free_port 18883)
ws=$(free_port 19001)

"$top/tests/harness/web_broker.sh" "$dir" "$port" "$ws"
mosquitto -c "$dir/mosquitto.conf" &
pids+=($!)
until ! port_is_free "$port"; do sleep 0.05; done

if [ -f "$top/dashboard/dist/index.html" ] && command -v nginx >/dev/null; then
	page=$(free_port 8080)
	TMPDIR=$dir "$top/dashboard/nginx/serve.sh" "127.0.0.1:$page" "127.0.0.1:$ws" 2>>"$dir/log" &
	pids+=($!)
	echo "the dashboard: http://localhost:$page/  account: operator, or viewer  password: glow"
	[ ! -t 1 ] || sleep 4 # before the view takes the terminal
fi

export GLOW_BROKER=mqtt://127.0.0.1:$port GLOW_LOG_LEVEL=warning

node() { # node <id> <option…>
	local id=$1
	shift
	"$bin/glow-bridge" --node "$id" --board virtual "$@" 2>>"$dir/log" &
	pids+=($!)
}
"$bin/glow-conductor" --node shelf 2>>"$dir/log" &
pids+=($!)
node pi1 --groups shelf,odd --idle "blue breathe 30%"
node pi2 --groups shelf,even --idle "blue breathe 30%"
node pi3 --groups shelf,odd --idle "blue breathe 30%"
node pi4 --groups shelf,even --idle "blue breathe 30%"
node pi5 --groups shelf --virtual-shape piglow --idle "cpu 60%"

ctl() { "$bin/glowctl" "$@"; }

# Until all five have their place on the strip, or something is wrong, which the view shows.
for _ in {1..50}; do
	[ "$(ctl nodes --json | grep -c '"offset"')" -lt 5 ] || break
	sleep 0.1
done

# Every step is a command that anybody could have typed.
show() {
	while true; do
		ctl play rainbow --fade-ms 1000
		sleep 16
		ctl play larson red --param period_ms=5000 --param width=6 --param tail=25 --fade-ms 800
		sleep 8
		ctl identify pi3 --ttl-s 4
		sleep 5
		ctl play chase gold --param gap=6 --param period_ms=1500 --fade-ms 800
		sleep 6
		ctl set group/odd lime --fade-ms 500
		sleep 2
		ctl set group/even purple --fade-ms 500
		sleep 2
		ctl notify all orange blink --ttl-s 3
		sleep 4
		ctl set all auto --fade-ms 800
		sleep 2
		ctl play '{"playlist":[{"effect":"plasma","duration_s":7},
			{"effect":"sparkle","color":"white","duration_s":6},
			{"effect":"fire","duration_s":7}],"loop":true,"fade_ms":1200}'
		sleep 12
		ctl dim 15%
		sleep 3
		ctl dim on
		sleep 5
		ctl set pi1 candle
		ctl set pi2 tetris
		ctl set pi3 binary-clock
		ctl set pi4 progress 70% lime
		ctl set pi5 '{"leds":{"arm1":200,"arm2.red":255,"blue":90}}'
		sleep 8
		ctl set all auto --fade-ms 1500
		ctl stop --fade-ms 1500
		sleep 5
	done
}
show >/dev/null 2>&1 &
pids+=($!)

"$bin/glowctl" watch --for-s "$seconds" ${svg:+--svg "$svg"}
