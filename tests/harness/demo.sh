#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# demo.sh <folder of the programs>|check [--no-show] [seconds]: a broker, a conductor, five virtual
# nodes, a show made of glowctl's commands, and the live view of all of it. Without
# seconds it stays until Ctrl-C. Where the dashboard has been built, it is served,
# too. All of it listens on this machine alone. With "check" it looks at its options
# and does nothing.
set -euo pipefail
PATH=$PATH:/usr/sbin
# shellcheck source=tests/harness/shell.sh
. "$(dirname "$(readlink -f "$0")")/shell.sh"

top=$(readlink -f "$(dirname "$0")/../..")
unset "${!GLOW_@}" # which the programs would take for options of theirs

[ $# -ge 1 ] || die $EX_USAGE "usage: demo.sh FOLDER [--no-show] [SECONDS]"
folder=$1
shift
seconds=
with_show=yes
for word in "$@"; do
	case $word in
	--no-show) with_show= ;;
	-*) die $EX_USAGE "there is no option '$word': --no-show is the one there is" ;;
	*[!0-9]* | '' | ??????*) die $EX_USAGE "seconds are a whole number up to 86400, not '$word'" ;;
	*)
		[ -z "$seconds" ] || die $EX_USAGE "seconds are given twice: $seconds and $word"
		seconds=$((10#$word))
		[ $seconds -le 86400 ] || die $EX_USAGE "seconds are a whole number up to 86400, not '$word'"
		;;
	esac
done
[ "$folder" != check ] || exit 0
bin=$(readlink -m "$folder")
for program in glow-bridge glow-conductor glowctl; do
	[ -x "$bin/$program" ] || die $EX_UNAVAILABLE "there is no $program in $bin: ./run build makes it"
done
for program in mosquitto mosquitto_passwd mosquitto_sub; do
	command -v $program >/dev/null ||
		die $EX_UNAVAILABLE "$program is not installed: apt-get install mosquitto mosquitto-clients"
done

dir=$(mktemp -d)
view=
pids=()

# The view first, since it has the terminal.
cleanup() {
	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "$view" ]; then
		kill "$view" 2>/dev/null || true
		wait "$view" 2>/dev/null || true
	fi
	kill "${pids[@]}" 2>/dev/null || true
	wait "${pids[@]}" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 0' INT TERM HUP

# Taken is what answers on either address of localhost.
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && ! (exec 3<>"/dev/tcp/::1/$1") 2>/dev/null; }
free_port() { # free_port <the first that would do>
	local port=$1
	until port_is_free "$port"; do port=$((port + 1)); done
	echo "$port"
}

# listens <process> <port>: once it does; false when the process ended or ten seconds went by.
listens() {
	local _
	for _ in {1..200}; do
		kill -0 "$1" 2>/dev/null || return
		port_is_free "$2" || return 0
		sleep 0.05
	done
	return 1
}

port=$(free_port 18883)
ws=$(free_port 19001)
"$top/tests/harness/web_broker.sh" "$dir" "$port" "$ws"
mosquitto -c "$dir/mosquitto.conf" >"$dir/broker.log" 2>&1 &
pids+=($!)
listens $! "$port" ||
	die $EX_UNAVAILABLE "the broker does not start: $(grep . "$dir/broker.log" | tail -n 1 || echo "mosquitto says nothing")"

page=
if [ -f "$top/dashboard/dist/index.html" ] && command -v nginx >/dev/null; then
	page=$(free_port 8080)
	TMPDIR=$dir "$top/dashboard/nginx/serve.sh" "127.0.0.1:$page" "127.0.0.1:$ws" >"$dir/page.log" 2>&1 &
	pids+=($!)
	if ! listens $! "$page"; then
		say "the dashboard is not served: $(tail -n 1 "$dir/page.log")"
		page=
	fi
fi

export GLOW_BROKER=mqtt://127.0.0.1:$port GLOW_LOG_LEVEL=warning

# What the view shows above the boards, the most important first. notes [line]: with one that is true for a while.
notes() {
	{
		[ "$port" = 18883 ] || echo "export GLOW_BROKER=mqtt://localhost:$port"
		if [ -n "$page" ]; then
			echo "dashboard: http://localhost:$page"
			echo "operator, viewer or admin, password glow"
		fi
		[ $# -eq 0 ] || echo "$1"
		# A browser on another machine reaches the page by way of ssh.
		if [ -n "$page" ] && { [ -n "${SSH_CONNECTION:-}" ] || [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }; then
			local here
			read -r _ _ here _ <<<"${SSH_CONNECTION:-}"
			case $here in '' | *:*) here=$(uname -n) ;; esac
			echo "ssh -L $page:localhost:$page $here"
			echo "on the machine with the browser"
		fi
	} >"$dir/notes.new"
	mv "$dir/notes.new" "$dir/notes"
}
notes
[ -t 1 ] || cat "$dir/notes"

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

# Until all five have their place on the strip, or something is wrong, which the view shows.
for _ in {1..50}; do
	[ "$("$bin/glowctl" nodes --json 2>/dev/null | grep -c '"offset"')" -lt 5 ] || break
	sleep 0.1
done

# The show's own commands, known by their process: glowctl names it in the correlation data of what it sends.
own=' '
ctl() {
	"$bin/glowctl" "$@" &
	child=$!
	own+="$child "
	wait "$child" || true
}

# rest <seconds>: false as soon as a command of somebody else is heard.
rest() {
	local end=$((SECONDS + $1)) who pid
	while [ "$SECONDS" -lt "$end" ]; do
		read -r -t $((end - SECONDS)) -u 3 who || continue
		pid=${who#glowctl-}
		[[ $who == glowctl-* && $own == *" ${pid%%-*} "* ]] || return 1
	done
}

# Every step is a command that anybody could have typed, and a rest.
step() { # step <seconds> <words of glowctl…>
	local rest_s=$1
	shift
	ctl "$@"
	rest "$rest_s"
}

scenes() {
	step 16 play rainbow --fade-ms 1000 &&
		step 8 play larson red --param period_ms=5000 --param width=6 --param tail=25 --fade-ms 800 &&
		step 5 identify pi3 --ttl-s 4 &&
		step 6 play chase gold --param gap=6 --param period_ms=1500 --fade-ms 800 &&
		step 2 set group/odd lime --fade-ms 500 &&
		step 2 set group/even purple --fade-ms 500 &&
		step 4 notify all orange blink --ttl-s 3 &&
		step 2 set all auto --fade-ms 800 &&
		step 12 play '{"playlist":[{"effect":"plasma","duration_s":7},
			{"effect":"sparkle","color":"white","duration_s":6},
			{"effect":"fire","duration_s":7}],"loop":true,"fade_ms":1200}' &&
		step 8 dim 15% --for-s 3 &&
		step 0 set pi1 candle &&
		step 0 set pi2 tetris &&
		step 0 set pi3 binary-clock &&
		step 0 set pi4 progress 70% lime &&
		step 8 set pi5 '{"leds":{"arm1":200,"arm2.red":255,"blue":90}}' &&
		step 0 set all auto --fade-ms 1500 &&
		step 5 stop --fade-ms 1500
}

# When somebody else commands, the boards are theirs until nobody did for a minute.
show() {
	trap 'kill "${child:-}" 2>/dev/null; exit' TERM
	while true; do
		scenes && continue
		notes "the show waits for a quiet minute"
		until rest 60; do :; done
		notes
		ctl stop --fade-ms 1500
		ctl set all auto --fade-ms 1500
		ctl dim on
	done
}

if [ -n "$with_show" ]; then
	commands=()
	for whom in node/+ group/+ all; do commands+=(-t "glow/$whom/set" -t "glow/$whom/notify"); done
	mkfifo "$dir/commands"
	exec 3<>"$dir/commands"
	mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 -q 1 -F %D "${commands[@]}" \
		-t glow/scene/play -t glow/scene/stop -t glow/dim/set >&3 2>>"$dir/log" &
	pids+=($!)
	show >/dev/null 2>&1 &
	pids+=($!)
fi

# In the background, where a signal to this script is heard while it runs.
"$bin/glowctl" watch --for-s "${seconds:-0}" --note-file "$dir/notes" &
view=$!
wait "$view"
