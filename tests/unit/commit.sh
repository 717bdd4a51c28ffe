#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# commit.sh <source directory> <cmake> <generator>: --version names the commit of the tree that was
# built, in every kind of tree, and a new commit costs one object and no new configuration.
set -euo pipefail

source=$1 cmake=$2 generator=$3
command -v git >/dev/null || { echo "SKIPPED: git is not installed" && exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
# This machine's settings are not asked, and neither is a hook that runs the tests.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GLOW_COMMIT

fail() { echo "commit.sh: $*" && exit 1; }
short() { git -C "$1" rev-parse HEAD | cut -c1-7; }
commit() { git -C tree -c user.name=x -c user.email=x@example.org commit -q --allow-empty -am "$1"; }

# names <tree> [cmake option…]: the commit that a build of the tree would name.
names() {
	local tree=$1
	shift
	PATH=${search-$PATH} "$cmake" "$@" -DSOURCE="$dir/$tree" -DOUT="$dir/out.c" -P "$source/cmake/commit.cmake"
	sed -n 's/^const char glow_commit\[\] = "\(.*\)";$/\1/p' out.c
}

# expect <what it is about> <text> <wanted>
expect() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }

mkdir tree
cp -r "$source"/{CMakeLists.txt,cmake,include,bridge,docs} tree/
git init -q tree
expect "nothing committed yet" "$(names tree)" ""
git -C tree add .
commit first
first=$(short tree)
[ ${#first} = 7 ] || fail "git says '$first'"

# Kinds of trees.
expect "a clone" "$(names tree)" "$first"
expect "a given name" "$(names tree -DGIVEN=abc)" abc
git -C tree worktree add -q ../worktree
expect "a worktree" "$(names worktree)" "$first"
commit second
git clone -q --depth 1 "file://$dir/tree" shallow
expect "a shallow clone" "$(names shallow)" "$(short tree)"
mkdir tree/inner
expect "a folder inside of another repository" "$(names tree/inner)" ""
expect "a build from a hook of another repository" "$(GIT_DIR=$dir/tree/.git names worktree)" "$first"
expect "a machine without git" "$(search=/nonexistent names tree)" ""
mkdir broken
echo "gitdir: $dir/gone" >broken/.git
expect "a worktree without its repository" "$(names broken)" ""
if [ "$(id -u)" = 0 ]; then
	chown -R 65534 shallow
	git -C shallow rev-parse HEAD 2>/dev/null && fail "git does not mind whose tree it is"
	expect "a tree of somebody else" "$(names shallow)" "$(short tree)"
fi

# Changes.
touch tree/untracked tree/CMakeLists.txt
expect "an untracked file" "$(names tree)" "$(short tree)"
echo >>tree/CMakeLists.txt
expect "a changed file" "$(names tree)" "$(short tree)+"
git -C tree add CMakeLists.txt
expect "a staged change" "$(names tree)" "$(short tree)+"
git -C tree reset -q --hard

# Builds. Without optimization, since only the commit is looked at.
build() { "$cmake" --build build --target glowctl 2>&1; }
version() { build/bin/glowctl --version; }
compiled() { grep -c 'Building C object' log || true; }
number=$(sed -n 's/^project(.*VERSION \([0-9.]*\).*/\1/p' tree/CMakeLists.txt)

"$cmake" -S tree -B build -G "$generator" -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=None >/dev/null
build >log || { cat log && fail "it does not build"; }
expect "the program" "$(version)" "glowctl $number ($(short tree))"
[ "$(compiled)" -gt 1 ] || fail "what is compiled cannot be counted" # control of the counts below
touch -r build/bin/glowctl before
build >log
expect "objects without a change" "$(compiled)" 0
[ ! build/bin/glowctl -nt before ] || fail "a build without a change links"
commit third
case "$(version)" in *"$(short tree)"*) fail "nothing can be stale" ;; esac # control
build >log
expect "the program after a commit" "$(version)" "glowctl $number ($(short tree))"
expect "objects after a commit" "$(compiled)" 1
echo >>tree/docs/man/glowctl.1
build >log
expect "the program of a changed tree" "$(version)" "glowctl $number ($(short tree)+)"
mv tree/.git elsewhere
build >log
expect "the program without git" "$(version)" "glowctl $number"
"$cmake" -DGLOW_COMMIT=1a2b3c4 build >/dev/null
build >log
expect "the program with a given commit" "$(version)" "glowctl $number (1a2b3c4)"
if "$cmake" -DGLOW_COMMIT='a"b' build >log 2>&1; then fail "GLOW_COMMIT may be anything"; fi
grep -q "GLOW_COMMIT is 'a\"b'" log || fail "the mistake in GLOW_COMMIT is not named"
echo "--version names the commit; the controls were caught"
