#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
#
# gallery.sh [--write] <program> <source directory>: docs/gallery.md and the pictures in docs/gallery are, to the byte,
# what the program draws of the effects there are now; with --write they become that. Above "## Built in" the page is
# a person's.
set -eu

write=
[ "$1" != --write ] || { write=yes && shift; }
program=$1 root=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

mkdir "$dir/gallery"
"$program" "$dir/gallery" "$root"/effects/*.glow >"$dir/list"

# page <docs>: its page as it should be.
page() { sed '/^## Built in$/,$d' "$1/gallery.md" | cat - "$dir/list"; }

# check <docs>: says what is not as it would be drawn.
check() { diff -rq "$dir/gallery" "$1/gallery" && page "$1" | diff - "$1/gallery.md"; }

if [ -n "$write" ]; then
	page "$root/docs" >"$dir/page"
	cp "$dir/page" "$root/docs/gallery.md"
	rm -rf "$root/docs/gallery"
	cp -R "$dir/gallery" "$root/docs/gallery"
	exit
fi

check "$root/docs" || { echo "docs/gallery shows other effects than there are: ./run gallery draws them" && exit 1; }

# caught <what> <command…>: a copy of the pages with this mistake is not as it should be.
caught() {
	what=$1
	shift
	rm -rf "$dir/docs"
	mkdir "$dir/docs"
	cp -R "$root/docs/gallery" "$root/docs/gallery.md" "$dir/docs"
	(cd "$dir/docs" && "$@")
	! check "$dir/docs" >"$dir/said" || { echo "the control was not caught: $what" && exit 1; }
}

caught "a picture of another colour" sed -i 's/#f/#e/' gallery/rainbow.svg
caught "a picture that nobody draws" touch gallery/none.svg
caught "a picture that is missing" rm gallery/aurora.svg
caught "another range" sed -i 's/1500\.\.600000/1500..6000/' gallery.md

echo 'hsv(0, 0, square(cycle(0.2)))' >"$dir/strobe.glow"
! "$program" "$dir/gallery" "$dir/strobe.glow" >/dev/null 2>"$dir/said" || { echo "the control was not caught: a picture that flashes" && exit 1; }
grep -q 'strobe: flashes' "$dir/said"
echo "every picture is as it is drawn; every control was caught"
