#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# newcomer.sh <piece…>: as root in a root that run.sh made; what a newcomer does is done by that user. Besides
# run.sh's pieces: npm installs Debian's, which a newcomer may have or not.
set -uo pipefail

home="/home/newcomer/my glow swarm"
cd "$home" || exit 1
passed=0 failed=0 skipped=0

# as_newcomer <command…>
as_newcomer() { runuser -u newcomer -- env HOME=/home/newcomer USER=newcomer "$@"; }

fine() {
	echo "ok: $*"
	passed=$((passed + 1))
}

bad() {
	echo "FAILED: $*"
	failed=$((failed + 1))
}

# check <words> <command…>
check() {
	local words=$1
	shift
	if "$@"; then fine "$words"; else bad "$words"; fi
}

# README's command that begins with these words, as it stands there.
of_readme() { sed -n '/^## Two commands/,/^## /s/^    //p' README.md | grep -x -- "$1.*"; }

# ---- what must not be left ----

# What systemd itself starts, where it has come as a dependency, is the system's.
enabled() {
	find /etc/systemd/system /etc/rc[S2-5].d \( -path '*.wants/*' -o -name 'S*' \) -type l 2>/dev/null | sort |
		grep -v '/getty@tty1.service$\|/remote-fs.target$\|/systemd-[^/]*$'
}
running() { pgrep -u newcomer -a | grep -v 'runuser\|pgrep'; }
foreign() { find "$home" ! -user newcomer -print -quit; }
changed() { as_newcomer git status --porcelain; }
forbidding() { ls /usr/sbin/policy-rc.d 2>/dev/null; }

newly_enabled() { comm -13 <(echo "$enabled_before") <(enabled); }

# promise: nothing-stays-on
nothing_left() {
	local what found
	for what in newly_enabled running foreign changed forbidding; do
		found=$($what)
		check "$what: ${found:-nothing}" [ -z "$found" ]
	done
}

# The control: with one of each planted, each is found.
nothing_left_control() {
	local before=$passed failed_before=$failed found
	mkdir -p /etc/systemd/system/multi-user.target.wants
	ln -s /dev/null /etc/systemd/system/multi-user.target.wants/planted.service
	touch planted /usr/sbin/policy-rc.d
	as_newcomer sleep 60 2>/dev/null &
	disown
	sleep 0.3
	nothing_left >/dev/null
	found=$((failed - failed_before)) failed=$failed_before passed=$before
	pkill -u newcomer -x sleep
	rm planted /usr/sbin/policy-rc.d /etc/systemd/system/multi-user.target.wants/planted.service
	check "control: of five planted $found were found" [ $found -eq 5 ]
}

# ---- pieces ----

piece_npm() {
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm >/dev/null
}

# On a terminal, as people have one.
piece_demo() {
	local command log=/tmp/demo.log status=0 name
	command="$(of_readme ./run.demo) 20"
	as_newcomer script -qec "stty cols 100 rows 30; $command" $log </dev/null >/dev/null || status=$?
	[ $status -eq 0 ] || tail -n 20 $log
	check "$command ends well ($status)" [ $status -eq 0 ]
	for name in pi1 pi2 pi3 pi4 pi5 'shelf leads' '5 of 5 nodes online'; do
		check "the demo shows $name" grep -q "$name" $log
	done
	if command -v npm >/dev/null; then
		check "it serves the dashboard" grep -q 'http://localhost:' $log
	else
		check "it says that there is no dashboard, and why" grep -q 'npm is not installed' $log
	fi
	nothing_left
	nothing_left_control
}

# test [stage…]: by README's words; the stages' own tables are printed.
piece_test() {
	local command log=/tmp/test.log
	command=$(of_readme ./run.test)
	as_newcomer bash -c "$command \"\$@\"" sh "$@" 2>&1 | tee $log
	check "$command $*" [ "${PIPESTATUS[0]}" -eq 0 ]
	skipped=$((skipped + $(sed -nE 's/^[0-9]+ passed, [0-9]+ failed, ([0-9]+) skipped$/\1/p' $log | tail -n 1 | grep . || echo 0)))
	nothing_left
}

# Of the tests against real brokers those in which another Mosquitto, Paho, OpenSSL or systemd can tell.
piece_libraries() {
	check "what rests on this Debian's libraries" \
		as_newcomer ./run test-integration '/(mqtt|broker|commands|passwords|process|reasons|tls|web)$'
	nothing_left
}

piece_trouble() {
	# shellcheck source=tests/clean/trouble.sh
	. tests/clean/trouble.sh
}

enabled_before=$(enabled)
for piece; do
	case $piece in
	npm | demo | trouble) "piece_$piece" ;;
	test) piece_test text unit integration dashboard browser ;;
	libraries) piece_libraries ;;
	*) piece_test "$piece" ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
