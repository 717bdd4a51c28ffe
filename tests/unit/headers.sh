#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
#
# headers.sh <source directory> <compiler>...: each public header compiles alone
# as plain C11, twice in one file, with every compiler.
set -eu

root=$1
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# alone <compiler> <include directory> <header>
alone() {
	printf '#include <glow/%s>\n#include <glow/%s>\nextern int unused;\n' "$3" "$3" |
		"$1" -std=c11 -pedantic -Wall -Wextra -Wstrict-prototypes -Werror -I"$2" -fsyntax-only -x c -
}

mkdir "$dir/glow"
printf '#pragma once\nuint8_t level(void);\n' >"$dir/glow/lacks.h"
printf 'struct twice { int x; };\n' >"$dir/glow/twice.h"
printf '#pragma once\n#include <stdint.h>\nuint8_t level(void);\n' >"$dir/glow/fine.h"

n=0
for cc; do
	for header in "$root"/include/glow/*.h; do
		alone "$cc" "$root/include" "$(basename "$header")"
		n=$((n + 1))
	done
	alone "$cc" "$dir" fine.h
	for control in lacks.h twice.h; do
		if alone "$cc" "$dir" "$control" 2>/dev/null; then
			echo "the control $control was not caught by $cc"
			exit 1
		fi
	done
done
[ "$n" -gt 0 ]
echo "$n times a header compiled alone; the controls were caught"
