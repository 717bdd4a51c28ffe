#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# version.sh <source directory>: all that names the version of this project means the one of CMakeLists.txt,
# and a tag on this commit means it, too.
set -euo pipefail

source=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

heading='^## ([0-9]+\.[0-9]+\.[0-9]+) — ([0-9]{4}-[0-9]{2}-[0-9]{2})$'

# changelog <file> <version>: sections with dates, the newest first, each with what an upgrade asks for.
# Above them may be what is not released yet.
changelog() {
	local line newest='' later=9999-99-99 section='' upgrading=yes
	while read -r line; do
		case $line in "### Upgrading") upgrading=yes ;; esac
		[[ $line == "## "* ]] || continue
		[ -n "$upgrading" ] || { echo "$1: '$section' has no '### Upgrading'" && return 1; }
		section=$line upgrading=''
		[ "$line$newest" = "## Unreleased" ] && upgrading=yes && continue
		[[ $line =~ $heading ]] || { echo "$1: '$line' is not '## 1.2.3 — 2026-11-22'" && return 1; }
		[ "$(date -d "${BASH_REMATCH[2]}" +%F 2>/dev/null)" = "${BASH_REMATCH[2]}" ] ||
			{ echo "$1: there is no day ${BASH_REMATCH[2]}" && return 1; }
		[[ ! ${BASH_REMATCH[2]} > $later ]] || { echo "$1: '$line' is below an older section" && return 1; }
		later=${BASH_REMATCH[2]} newest=${newest:-${BASH_REMATCH[1]}}
	done <"$1"
	[ -n "$upgrading" ] || { echo "$1: '$section' has no '### Upgrading'" && return 1; }
	[ "$newest" = "$2" ] || { echo "$1: its newest version is '$newest', not $2" && return 1; }
}

# says <file> <version> <regular expression with the version as \1>: true also where there is no such file.
says() {
	local found
	[ -e "$1" ] || return 0
	found=$(sed -nE "s/$3/\1/p" "$1" | head -n 1)
	[ "$found" = "$2" ] || { echo "$1: its version is '$found', not $2" && return 1; }
}

# tags <tree> <version>: nothing to say where there is no git.
tags() {
	local tag
	[ -e "$1/.git" ] && command -v git >/dev/null || return 0
	for tag in $(git --git-dir="$1/.git" tag --points-at HEAD 'v*' 2>/dev/null); do
		[ "$tag" = "v$2" ] || { echo "the tag $tag is on version $2" && return 1; }
		! grep -q '^## Unreleased' "$1/docs/CHANGELOG.md" ||
			{ echo "$1/docs/CHANGELOG.md: the tag $tag is on what is unreleased" && return 1; }
	done
}

agree() {
	local version page
	version=$(sed -nE 's/^project\(glowswarm VERSION ([0-9]+\.[0-9]+\.[0-9]+) .*/\1/p' "$1/CMakeLists.txt")
	[ -n "$version" ] || { echo "$1/CMakeLists.txt: no version" && return 1; }
	changelog "$1/docs/CHANGELOG.md" "$version" || return
	for page in "$1"/docs/man/*.1; do
		says "$page" "$version" '^\.TH .*"Glowswarm ([^"]*)".*' || return
	done
	says "$1/docs/asyncapi.yaml" "$version" '^  version: (.*)' || return
	tags "$1" "$version"
}

agree "$source"

# What is wrong is told by name; the same tree without the mistake is fine.
number=$(sed -nE 's/^project\(glowswarm VERSION ([0-9.]+) .*/\1/p' "$source/CMakeLists.txt")
good=$dir/good
mkdir -p "$good/docs"
cp "$source/CMakeLists.txt" "$good"
cp -r "$source"/docs/{man,asyncapi.yaml} "$good/docs"
printf '# Changelog\n\n## %s — 2026-11-28\n\n### Upgrading\n\n## 0.0.1 — 2026-11-22\n\n### Upgrading\n' "$number" \
	>"$good/docs/CHANGELOG.md"
agree "$good"

# caught <words of the complaint> <command that breaks a copy of the good tree>
caught() {
	local words=$1
	shift
	rm -rf "$dir/bad"
	cp -r "$good" "$dir/bad"
	(cd "$dir/bad" && "$@")
	! agree "$dir/bad" >"$dir/said" || { echo "not caught: $*" && exit 1; }
	grep -q -e "$words" "$dir/said" || { echo "caught for another reason: $*" && cat "$dir/said" && exit 1; }
}

caught "newest version" sed -i 's/VERSION [0-9.]* /VERSION 9.9.9 /' CMakeLists.txt
caught "newest version" sed -i "/^## $number/,/Upgrading/d" docs/CHANGELOG.md
caught "newest version" sed -i '3i ## 9.9.9 — 2026-11-29\n\n### Upgrading\n' docs/CHANGELOG.md
caught "is not '##" sed -i "s/^## $number.*/## $number/" docs/CHANGELOG.md
caught "is not '##" sed -i "\$a ## Unreleased" docs/CHANGELOG.md
caught "no day" sed -i 's/2026-11-28/2026-11-31/' docs/CHANGELOG.md
caught "below an older" sed -i 's/2026-11-28/2026-11-21/' docs/CHANGELOG.md
caught "has no '### Upgrading'" sed -i '0,/^### Upgrading/s///' docs/CHANGELOG.md
caught "has no '### Upgrading'" sed -i "\$d" docs/CHANGELOG.md
caught "glowctl.1: its version" sed -i 's/Glowswarm [0-9.]*/Glowswarm 9.9.9/' docs/man/glowctl.1
caught "asyncapi.yaml: its version" sed -i 's/^  version: .*/  version: 9.9.9/' docs/asyncapi.yaml
if command -v git >/dev/null; then
	git -C "$good" init -q
	git -C "$good" add .
	git -C "$good" -c user.name=x -c user.email=x@example.org commit -qm x
	agree "$good"
	caught "tag v9.9.9" git tag v9.9.9
	git -C "$good" tag "v$number"
	agree "$good"
	caught "tag v9.9.9" git tag v9.9.9
	caught "is unreleased" sed -i '3i ## Unreleased\n' docs/CHANGELOG.md
	git -C "$good" -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m y
	sed -i '3i ## Unreleased\n' "$good/docs/CHANGELOG.md"
	agree "$good"
fi
echo "all means version $number; the controls were caught"
