#!/bin/sh
# SPDX-License-Identifier: MIT
# man.sh <docs> <program>…: man pages and completions in docs are what the programs write, and a service's
# environment file names each of its options.
# Control: a page that says something else, and an option more, must be told apart.
set -eu
docs=$1
shift
status=0

fault() {
	echo "$*"
	status=1
}

# page <option of the program> <file>
page() {
	"$program" "$1" | cmp -s - "$2" || fault "$2 is stale: $name $1 > docs${2#"$docs"}"
	! { "$program" "$1" && echo more; } | cmp -s - "$2" || fault "the comparison sees nothing"
}

# The variables that a page tells of and those that a file names, in one order.
told() { sed -n 's/.*\[\(GLOW_[A-Z_0-9]*\)\]$/\1/p' "$1" | grep -v '^GLOW_PASSWORD$' | sort; }
named() { sed -n 's/^#\(GLOW_[A-Z_0-9]*\)=.*/\1/p' "$1" | sort; }

for program in "$@"; do
	name=$(basename "$program")
	page --man "$docs/man/$name.1"
	for shell in bash zsh fish; do
		page "--$shell-completion" "$docs/completion/$name.$shell"
	done
	env=$docs/../compose/etc/${name#glow-}.env
	[ -e "$env" ] || continue
	[ "$(told "$docs/man/$name.1")" = "$(named "$env")" ] ||
		fault "$env does not name the options of $name: $(told "$docs/man/$name.1" | paste -sd ' ')"
	[ "$(told "$docs/man/$name.1" && echo GLOW_MORE)" != "$(named "$env")" ] || fault "the options are not compared"
done
exit $status
