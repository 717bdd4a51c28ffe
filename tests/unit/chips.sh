#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# chips.sh <source directory>: nothing that people read, run or copy names a GPIO chip by its number, which is
# another one with each kernel. Programs find the chip by its label, people by what gpiodetect shows.
# Control: a number in a file of each kind is found.
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# numbered <file or folder>…: the lines that name a chip by number; tests make up chips of their own.
numbered() { grep -rnIE --exclude-dir=node_modules --exclude-dir=dist 'gpiochip[0-9]' "$@"; }

if numbered README.md run bridge broker-config cmake compose dashboard docs include; then
	echo "these name a GPIO chip by its number"
	exit 1
fi

for name in .env compose.yaml notes.md message.c; do
	echo 'devices: [/dev/gpiochip0]' >"$work/$name"
	numbered "$work" >"$work.found" || true
	grep -q "$name" "$work.found" || { echo "a number in $name is not found" && exit 1; }
	rm "$work/$name"
done
rm "$work.found"
echo 'devices: [/dev/gpiochipN], /dev/gpiochip*' >"$work/notes.md"
! numbered "$work" || { echo "what names none is found" && exit 1; }
