#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
#
# includes.sh <source directory>: arrows only point down. What a file of bridge/ reaches by
# #include, also through other headers, belongs to its own floor or to one that its floor links
# (the glow_floor() lines of the CMakeLists.txt); and the state machines of app/ stand on what is
# pure, so that a test can run an hour of them in a millisecond.
set -eu

root=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# A header belongs to the floor where the .c of its name lies, the lowest if there are several.
# These have none: data that several floors share, contracts, and programs put together elsewhere.
headers='time=core message=core board=hw i2c=hw leds=hw spi=hw options=io ctl=app node_run=app conductor_run=app tasks_run=app'
# board.h is the contract of the floor above hw; hw reads in it where a board's pins are.

# The parts of a program of app/ that may open things. A painter drives a board and takes its time, and nothing else;
# what shows is drawn by it.
shells='run doctor setup'
painter='painter|show'

# check <directory>: says what is wrong there; true when nothing is.
check() {
	(cd "$1" && find bridge include/glow -name '*.[ch]' -o -name CMakeLists.txt | sort | xargs awk \
		-v headers="$headers" -v shells="$shells" -v painter="$painter" -f "$dir/check.awk")
}

cat >"$dir/check.awk" <<'AWK'
function noun(path) { sub(/.*\//, "", path); sub(/\.[ch]$/, "", path); return path }
function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
function floor_of_source(path) { split(path, part, "/"); return part[3] == "" ? "main" : part[2] }
function fault(text) { print text; faults++ }

# A path without its a/../
function plain(path) {
	while (sub(/[^\/.]+\/\.\.\//, "", path))
		;
	return path
}

FNR == 1 {
	path = FILENAME
	in_floor = ""
	if (path ~ /\.[ch]$/)
		files[++n_files] = path
}
path == "bridge/CMakeLists.txt" && /add_subdirectory\(/ {
	gsub(/.*\(|\).*/, "")
	order[$0] = ++n_floors
}
path ~ /CMakeLists\.txt$/ {
	if (match($0, /glow_floor\([a-z]+/))
		in_floor = substr($0, RSTART + 11, RLENGTH - 11)
	for (k = 1; in_floor && k <= NF; k++)
		if ($k ~ /^glow_[a-z]+\)?$/)
			links[in_floor] = links[in_floor] " " substr($k, 6, length($k) - 5 - ($k ~ /\)$/))
	if (/\)/)
		in_floor = ""
}
path ~ /\.[ch]$/ && match($0, /^[ \t]*#[ \t]*include[ \t]*<glow\/[^>]*>/) {
	gsub(/.*<|>.*/, "")
	includes[path] = includes[path] " include/" $0
	next
}
path ~ /\.[ch]$/ && /^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	includes[path] = includes[path] " " plain(folder(path) "/" quoted[2])
}

# Every floor that `name` stands on, itself included, as keys of `into`.
function stand_on(name, into, list, n, k) {
	if (name in into)
		return
	into[name] = 1
	n = split(links[name], list, " ")
	for (k = 1; k <= n; k++)
		stand_on(list[k], into)
}

# Every header that `path` reaches; from[header] is the file that brings it in.
function reach(path, from, list, n, k) {
	n = split(includes[path], list, " ")
	for (k = 1; k <= n; k++)
		if (list[k] in floor && !(list[k] in from)) {
			from[list[k]] = path
			reach(list[k], from)
		}
}

function is_word(word, words) { return index(" " words " ", " " word " ") > 0 }

function may(path, header, allowed) {
	if (header ~ /^bridge\//) # a header that is not public
		return floor[header] == floor[path]
	if (noun(header) == "log")
		return floor[path] ~ /^(diag|app)$/ || noun(path) == "publish" # leaves do not log
	if (path ~ /^bridge\/app\/(node|conductor)\// && noun(path) ~ "^(" painter ")$" && (noun(header) == "board" || noun(header) == "clock"))
		return 1
	return floor[header] in allowed
}

function check_file(path, allowed, from, header) {
	split("", allowed)
	split("", from)
	if (path ~ /^bridge\/app\/(node|conductor|tasks)\// && !is_word(noun(path), shells)) {
		stand_on("view", allowed)
		allowed["app"] = 1
	} else {
		stand_on(floor[path], allowed)
	}
	reach(path, from)
	for (header in from)
		if (!may(path, header, allowed))
			fault(path " (" floor[path] ") reaches " header " (" floor[header] ") by " from[header])
}

END {
	n = split(headers, rows, " ")
	for (k = 1; k <= n; k++) {
		split(rows[k], row, "=")
		home[row[1]] = row[2]
	}
	for (k = 1; k <= n_files; k++) {
		if (files[k] !~ /^bridge\//)
			continue
		floor[files[k]] = name = floor_of_source(files[k])
		if (name == "main")
			continue
		if (!(name in order))
			fault(files[k] " lies on no floor")
		if (files[k] ~ /\.c$/ && (!(noun(files[k]) in lowest) || order[name] < order[lowest[noun(files[k])]]))
			lowest[noun(files[k])] = name
	}
	for (k = 1; k <= n_files; k++) {
		if (files[k] !~ /^include\//)
			continue
		name = noun(files[k])
		if (name in lowest)
			floor[files[k]] = lowest[name]
		else if (name in home)
			floor[files[k]] = home[name]
		else
			fault(files[k] " belongs to no floor: it has no .c of its name, and no row in includes.sh")
	}
	for (k = 1; k <= n_files; k++)
		if (floor[files[k]] != "main" && files[k] in floor)
			check_file(files[k])
	if (n_files < 3 || n_floors < 3)
		fault("nothing was looked at")
	exit faults > 0
}
AWK

check "$root" || exit 1

mkdir "$dir/copy"
cp -R "$root/bridge" "$root/include" "$dir/copy"

# A file of the copy with these headers, for as long as a check takes.
scratch() {
	file=$dir/copy/$1
	shift
	for header; do
		case $header in
		*/*) echo "#include \"$header\"" ;;
		*) echo "#include <glow/$header>" ;;
		esac
	done >"$file"
	status=0
	check "$dir/copy" >"$dir/said" || status=$?
	rm "$file"
}

# caught <file> <words> <header>…: with these headers it is reported in these words; fine: it is not.
caught() {
	path=$1 words=$2
	shift 2
	scratch "$path" "$@"
	[ $status -ne 0 ] && grep -qF "$words" "$dir/said" && return
	echo "the control $* in $path was not caught"
	exit 1
}
fine() {
	scratch "$@"
	[ $status -eq 0 ] || { cat "$dir/said" && exit 1; }
}

caught bridge/core/scratch.c 'log.h (diag)' log.h
caught bridge/core/scratch.c 'topics.h (proto) by include/glow/json.h' json.h
caught bridge/effect/scratch.c 'command.h (proto)' command.h
caught bridge/sync/scratch.c 'log.h (diag)' log.h
caught bridge/diag/scratch.c 'json.h (proto)' json.h
caught bridge/proto/scratch.c 'mqtt.h (io)' mqtt.h
caught bridge/proto/scratch.c 'log.h (diag)' log.h # a leaf that logs
caught bridge/proto/scratch.c 'stage.h (view)' stage.h
caught bridge/view/scratch.c 'clock.h (io)' clock.h
caught bridge/hw/scratch.c 'json.h (proto)' json.h
caught bridge/io/scratch.c 'node.h (app)' node.h
caught bridge/board/scratch.c 'bridge/hw/sysfs.h (hw)' ../hw/sysfs.h # another floor's own header
caught bridge/app/node/scratch.c 'board.h (hw)' board.h
caught bridge/app/node/scratch.c 'mqtt.h (io) by include/glow/node_run.h' node_run.h
caught bridge/app/node/painter.c 'mqtt.h (io)' board.h mqtt.h
caught bridge/app/conductor/scratch.h 'clock.h (io)' clock.h
caught bridge/app/tasks/scratch.c 'clock.h (io)' clock.h
caught include/glow/scratch.h 'belongs to no floor' time.h
cp "$root/bridge/core/slot.c" "$dir/copy/bridge/core/scratch.c"
caught include/glow/scratch.h 'include/glow/scratch.h (core) reaches include/glow/json.h (proto)' json.h
rm "$dir/copy/bridge/core/scratch.c"
fine bridge/view/scratch.c json.h sync.h
fine bridge/app/node/painter.c board.h clock.h log.h stage.h
fine bridge/app/node/show.c board.h clock.h
fine bridge/app/conductor/run.c mqtt.h clock.h
echo "every include points down; every control was caught"
