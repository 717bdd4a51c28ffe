# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# What our scripts share: words for the person at the terminal, progress, Debian's packages. Sourced by bash.

shell_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
shell_name=${shell_name:-${0##*/}} # ./run gives its own to what it starts
shell_tty=$([ ! -t 2 ] || echo yes)

# say <words>: a line that stands out.
say() {
	if [ -n "$shell_tty" ]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}

# die <status> <words>
die() {
	local status=$1
	shift
	printf '%s: %s\n' "$shell_name" "$*" >&2
	exit "$status"
}

# nearest <word> <name>…: ", did you mean <name>?", if one is near: at most a third of it is another.
nearest() {
	printf '%s\n' "$@" | awk '
		NR == 1 { word = $0; best = length(word) / 3 + 1; next }
		{
			for (j = 0; j <= length($0); j++) row[j] = j
			for (i = 1; i <= length(word); i++) {
				left_up = row[0]; row[0] = i
				for (j = 1; j <= length($0); j++) {
					cost = left_up + (substr(word, i, 1) != substr($0, j, 1))
					left_up = row[j]
					if (row[j] + 1 < cost) cost = row[j] + 1
					if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1
					row[j] = cost
				}
			}
			if (row[length($0)] < best) { best = row[length($0)]; name = $0 }
		}
		END { print (name ? ", did you mean " name "?" : "."); }'
}

# What tests download, and roots that they make of it: kept for other checkouts and later runs.
# shellcheck disable=SC2034
cache_dir=${GLOW_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/glowswarm}

# Statuses as in <sysexits.h>.
# shellcheck disable=SC2034
EX_USAGE=64 EX_UNAVAILABLE=69 EX_CANTCREAT=73

# cause <log>: what apt, npm or a compiler meant, with its cure, where that is known. The first that fits.
cause() {
	local pattern words
	while IFS='|' read -r pattern words; do
		[ -n "$pattern" ] || continue
		! grep -qE -- "${pattern//¦/|}" "$1" || { echo "$words" && return; }
	done <<-'TEXT'
		No space left on device¦don't have enough free space¦ENOSPC¦ar: unable to copy file .* reason: Success|the disk is full (df -h . /var /tmp): make room and try again
		npm.*(EINTEGRITY¦Z_DATA_ERROR¦Z_BUF_ERROR)|npm's cache is broken: npm cache clean --force, and try again
		npm.*(EACCES¦EPERM)¦Your cache folder contains root-owned files|npm may not write its own files, perhaps since it once ran as root: sudo chown -R "$(id -u)" ~/.npm dashboard
		npm.*(ENOTFOUND¦EAI_AGAIN¦ECONNREFUSED¦ETIMEDOUT¦ECONNRESET¦ENETUNREACH¦EHOSTUNREACH¦ERR_SOCKET_TIMEOUT)|npm's registry cannot be reached: is there a network? (npm ping)
		npm.*(UNABLE_TO_¦SELF_SIGNED_CERT¦CERT_)|npm does not trust the certificate of its registry: is the clock right (date), or does a proxy need NODE_EXTRA_CA_CERTS?
		Could not resolve¦Could not connect¦Temporary failure resolving¦Cannot initiate the connection¦Connection (failed¦timed out)¦Network is unreachable|Debian's packages cannot be reached: is there a network? (sudo apt-get update tells more)
		Could not get lock¦Unable to lock|another program is installing packages: wait for it and try again
		dpkg was interrupted|an earlier installation was interrupted: sudo dpkg --configure -a, and try again
		unmet dependencies¦held broken packages|packages of this machine do not fit together: sudo apt-get --fix-broken install, and try again
		Release file .* (not valid yet¦expired)|the clock of this machine is wrong (date): set it and try again
		Unable to locate package¦has no installation candidate|this system has no such package: Debian 12 or newer, or Raspberry Pi OS of that age, is needed
	TEXT
}

# What shows that a command is at work, from its second second on: on a terminal one line that goes again,
# elsewhere a line at first and every half minute.
shell_ticker() {
	local label=$1 log=$2 began=$SECONDS columns last next=0
	sleep 2 >/dev/null 2>&1 # which, left behind, holds no pipe open
	while kill -0 $$ 2>/dev/null; do
		if [ -n "$shell_tty" ]; then
			read -r _ columns < <(stty size <&2 2>/dev/null) || columns=80
			last=$(tail -c 400 "$log" | tr '\r\t' '\n ' | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | grep -v '^ *$' | tail -n 1)
			last="$label: $((SECONDS - began)) s  $last"
			printf '\r\033[K%s' "${last:0:columns-1}" >&2
		elif [ $((SECONDS - began)) -ge $next ]; then
			printf '%s: %d s so far\n' "$label" $((SECONDS - began)) >&2
			next=$((SECONDS - began + 30))
		fi
		sleep 1 >/dev/null 2>&1
	done
}

# progress <label> <command…>: runs it without its words, and shows that it is at work if it takes over two
# seconds. If it fails: its last lines, what that means, and its status. Give it a program, or a function that
# does not count on `set -e`.
progress() {
	local label=$1 began=$SECONDS status=0 fd log ticker words
	shift
	log=$(mktemp -t glow-run.XXXXXX)
	exec {fd}<>"$log"
	rm "$log" # it stays open, and is gone whatever ends us
	log=/proc/$BASHPID/fd/$fd
	shell_ticker "$label" "$log" &
	ticker=$!
	"$@" >"$log" 2>&1 </dev/null || status=$?
	kill "$ticker" 2>/dev/null || true
	wait "$ticker" 2>/dev/null || true
	[ -z "$shell_tty" ] || printf '\r\033[K' >&2
	if [ $status -ne 0 ]; then
		tail -n 15 "$log" >&2
		words=$(cause "$log")
		printf '%s: %s failed%s\n' "$shell_name" "$label" "${words:+: $words}" >&2
	elif [ $((SECONDS - began)) -ge 2 ]; then
		printf '%s: %d s\n' "$label" $((SECONDS - began)) >&2
	fi
	shell_log=$(<"$log")
	exec {fd}>&-
	return $status
}

# need <package>…: installs from Debian what is missing, and nothing when all is there.
need() {
	local missing=() package as_root=() there off
	command -v dpkg-query >/dev/null ||
		die $EX_UNAVAILABLE "this is no Debian: the packages $* of another system have to be there already"
	there=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p') || true
	for package in "$@"; do grep -qxF -- "$package" <<<"$there" || missing+=("$package"); done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null ||
			die $EX_UNAVAILABLE "packages are missing, and there is no sudo. As root: apt-get install ${missing[*]}"
		sudo true || die $EX_UNAVAILABLE "packages are missing, and sudo does not let you. As root: apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	progress "installing ${missing[*]}" "${as_root[@]}" "$shell_here/install.sh" "${missing[@]}" ||
		exit $EX_UNAVAILABLE
	off=$(sed -n 's/^left off: //p' <<<"$shell_log" | paste -sd ' ')
	[ -z "$off" ] || echo "of these, services that are left off: $off" >&2
}
