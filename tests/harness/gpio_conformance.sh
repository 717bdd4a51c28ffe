#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# gpio_conformance.sh <root of a sysfs> <number of a GPIO line>: how sysfs GPIO answers, a line for each
# rule: "ok" or "FAIL", the rule, what was seen. It runs in an emulated Raspberry Pi against the kernel and
# on any machine against tests/harness/vgpio, and must print the same in both.
#
# The line must be free and its chip labelled as a Pi's. Everything but the shell's own is busybox, so that
# messages are alike wherever this runs.
set -u

gpio=$1/class/gpio
number=$2
line=$gpio/gpio$number
failures=0

# The reason alone, without who says it and of what: the words after the last colon.
reason() { sed -e 's/.*: //' -e 1q; }

rule() { # rule <words> <expected> <seen>
	if [ "$2" = "$3" ]; then
		echo "ok    $1: $3"
	else
		echo "FAIL  $1: $3 (expected: $2)"
		failures=$((failures + 1))
	fi
}

# put <text> <file> [dd option…]: one write; prints "done" or why it was refused.
put() {
	text=$1
	file=$2
	shift 2
	if said=$(printf '%s' "$text" | busybox dd of="$file" conv=notrunc bs=64 "$@" 2>&1); then
		echo "done"
	else
		echo "$said" | reason
	fi
}

# put_held <text>: the same into the open descriptor 3.
put_held() {
	if said=$(printf '%s' "$1" | busybox dd bs=64 2>&1 >&3); then
		echo "done"
	else
		echo "$said" | reason
	fi
}

get() { busybox cat "$1" 2>&1 | reason; }
there() { if [ -e "$1" ]; then echo there; else echo gone; fi; }
chip() { get "$(busybox dirname "$(busybox grep -l pinctrl- "$gpio"/gpiochip*/label | busybox head -n 1)")/$1"; }
put_all() { # put_all <text…>: writes through one descriptor, then what the file says
	for text in "$@"; do
		printf '%s' "$text"
	done >"$line/value"
	get "$line/value"
}
export LC_ALL=C

base=$(chip base)
rule "the chip's number is its base" there "$(there "$gpio/gpiochip$base")"
rule "the chip has as many lines as a Pi" 54 "$(chip ngpio)"
rule "the chip is a link" "../../devices/" "$(busybox readlink "$gpio/gpiochip$base" | busybox cut -c 1-14)"
rule "base cannot be written" "Permission denied" "$(put 5 "$gpio/gpiochip$base/base")"
rule "export cannot be read" "Permission denied" "$(get "$gpio/export")"

rule "before export" gone "$(there "$line")"
rule "unexport before export" "Invalid argument" "$(put "$number" "$gpio/unexport")"
rule "export of the number before the first" "Invalid argument" "$(put $((base - 1)) "$gpio/export")"
rule "export of 99999" "Invalid argument" "$(put 99999 "$gpio/export")"
rule "export of -1" "Invalid argument" "$(put -1 "$gpio/export")"
rule "export of a word" "Invalid argument" "$(put gpio "$gpio/export")"
rule "export with a blank before" "Invalid argument" "$(put " $number" "$gpio/export")"
rule "export of more than a number holds" "Numerical result out of range" "$(put 99999999999999999999 "$gpio/export")"

rule "export" "done" "$(put "$number" "$gpio/export")"
rule "the line is there at once" there "$(there "$line/value")"
[ -e "$line/value" ] || exit 1
rule "the line is a link" "../../devices/" "$(busybox readlink "$line" | busybox cut -c 1-14)"
rule "the line's files" "direction value" \
	"$(busybox find "$line/" -maxdepth 1 \( -name direction -o -name value \) | busybox sed 's,.*/,,' | busybox sort | busybox xargs)"
rule "a fresh line is an input" in "$(get "$line/direction")"
rule "export twice" "Device or resource busy" "$(put "$number" "$gpio/export")"
rule "value of an input" "Operation not permitted" "$(put 1 "$line/value")"
rule "no value of an input" "Operation not permitted" "$(put x "$line/value")"

for direction in out low high in; do
	rule "direction $direction" "done" "$(put $direction "$line/direction")"
	rule "then it reads" "$(echo $direction | busybox sed 's/low\|high/out/')" "$(get "$line/direction")"
	[ $direction = in ] && continue # Its level is the wire's, which is no matter of sysfs.
	rule "and the level" "$(echo $direction | busybox sed 's/high/1/; s/[a-z].*/0/')" "$(get "$line/value")"
done
for direction in sideways OUT lowest " out" 1; do
	rule "direction '$direction'" "Invalid argument" "$(put "$direction" "$line/direction")"
done
rule "direction with a line feed" "done" "$(put "low
" "$line/direction")"

for value in 1 0 128 -1 0x0 010 "1
"; do
	rule "value $(echo "$value" | busybox head -n 1)" "done" "$(put "$value" "$line/value")"
	rule "then it reads" "$(case $value in 0 | 0x0) echo 0 ;; *) echo 1 ;; esac)" "$(get "$line/value")"
done
rule "value x" "Invalid argument" "$(put x "$line/value")"
rule "value '1 '" "Invalid argument" "$(put "1 " "$line/value")"
rule "value 99999999999999999999" "Numerical result out of range" "$(put 99999999999999999999 "$line/value")"
rule "then it still reads" 1 "$(get "$line/value")"
rule "truncating it first" 0 "$(put_all 0)"
rule "three values through one descriptor" 1 "$(put_all 1 0 1)"
rule "four of them" 0 "$(put_all 1 0 1 0)"
rule "value at offset 5" "done" "$(put 1 "$line/value" bs=1 seek=5)"
rule "then it reads" 1 "$(get "$line/value")"
rule "direction out of a high line" "done" "$(put out "$line/direction")"
rule "makes it low" 0 "$(get "$line/value")"

exec 3>"$line/value"
rule "value through a held descriptor" "done" "$(put_held 1)"
rule "then it reads" 1 "$(get "$line/value")"
rule "unexport while it is held" "done" "$(put "$number" "$gpio/unexport")"
rule "the line is gone at once" gone "$(there "$line")"
rule "value through the held descriptor" "No such device" "$(put_held 1)"
rule "unexport twice" "Invalid argument" "$(put "$number" "$gpio/unexport")"
rule "export again" "done" "$(put "$number" "$gpio/export")"
rule "the held descriptor stays dead" "No such device" "$(put_held 1)"
rule "a line that was let go is an input" in "$(get "$line/direction")"
exec 3>&-
rule "export in hexadecimal, busy" "Device or resource busy" "$(put "$(printf '0x%x' "$number")" "$gpio/export")"
rule "unexport with a line feed" "done" "$(put "$number
" "$gpio/unexport")"
rule "after unexport" gone "$(there "$line")"
exit $((failures > 0))
