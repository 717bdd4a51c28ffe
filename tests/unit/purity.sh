#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
#
# purity.sh <compiler> <source directory>: core, effects, scripts and sync are pure.
#
# The same files are compiled for the browser, where there is no libc and where
# every byte must come out as on the node. So they may not use floating point
# (the compiler gets no such registers) and may call nothing but themselves and
# the few functions listed below. Sync computes with doubles, so it is only held to the latter.
set -eu

cc=$1
root=$2
allowed='mem[a-z]+|strcmp|strlen|_GLOBAL_OFFSET_TABLE_'
# Integer arithmetic that 32-bit ARM leaves to libgcc. Its floating point has names of this kind too.
allowed="$allowed|__aeabi_(u?[il]div(mod)?|l(mul|lsl|lsr|asr|cmp)|ulcmp|mem[a-z0-9]+)"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

integer='-mgeneral-regs-only'
double='-fno-math-errno' # as in bridge/sync/CMakeLists.txt
arithmetic=$integer

# pure <name> <source>...: true when they compile and what they leave undefined is allowed.
pure() {
	name=$1
	shift
	mkdir "$dir/$name"
	for source; do
		# -fno-builtin-bcmp: clang makes bcmp of memcmp where the target has it.
		# shellcheck disable=SC2086 # flags
		"$cc" -std=gnu11 -O2 $arithmetic -fno-stack-protector -fno-builtin-bcmp -U_FORTIFY_SOURCE \
			-I"$root/include" -c "$source" -o "$dir/$name/$(basename "$source").o" || return 1
	done
	"$cc" -nostdlib -r "$dir/$name"/*.o -o "$dir/$name.o" || return 1
	foreign=$(nm -u "$dir/$name.o" | awk '{ print $NF }' | grep -Ev "^($allowed)\$" || true)
	[ -z "$foreign" ] || { echo "$name calls $foreign" | tr '\n' ' '; echo; return 1; }
}

# caught <name>: the source on standard input is not pure. Says nothing, since what is wrong is known.
caught() {
	cat >"$dir/$1.c"
	if pure "$1" "$dir/$1.c" >/dev/null 2>&1; then
		echo "the control '$1' was not caught"
		exit 1
	fi
}

pure 'core, effects and scripts' "$root"/bridge/core/*.c "$root"/bridge/effect/*.c "$root"/bridge/script/*.c

caught float <<'END'
int half(int x) { double y = x; return (int)(y * 0.5); }
END
caught float_argument <<'END'
double twice(double x) { return x + x; }
END
caught malloc <<'END'
#include <stdlib.h>
void *get(void) { return malloc(8); }
END
caught upstairs <<'END'
#include <glow/log.h>
void say(void) { glow_error("no"); }
END
cat >"$dir/fine.c" <<'END'
#include <string.h>
int fine(const char *a, const char *b);
int fine(const char *a, const char *b) { return strcmp(a, b) + (int)strlen(a); }
END
pure fine "$dir/fine.c"

arithmetic=$double
# What 32-bit ARM leaves to libgcc of doubles; without the VFP also the root, an instruction elsewhere.
case $("$cc" -dumpmachine) in
arm*) allowed="$allowed|__aeabi_[a-z0-9]+|sqrt" ;;
esac
pure 'sync' "$root"/bridge/sync/*.c "$root"/bridge/core/*.c
caught libm <<'END'
#include <math.h>
double grow(double x) { return exp(x); }
END
cat >"$dir/root.c" <<'END'
double root(double x);
double root(double x) { return __builtin_sqrt(x); }
END
pure root "$dir/root.c"
echo "core, effects, scripts and sync are pure; every control was caught"
