#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# commit.sh <folder>: which commit the sources in it are, for --version: seven digits, and a + if files were
# changed since. Nothing where that is not known.

cd "$1" || exit
[ -e .git ] || exit 0
unset GIT_INDEX_FILE
# Naming the folder keeps git from taking a repository around this one, or that of the hook which builds.
# It also leaves out the question who owns it: whoever builds a tree runs its files anyway.
git() { command git --git-dir=.git --work-tree=. --no-optional-locks "$@" 2>/dev/null; }
head=$(git rev-parse --verify HEAD) || exit 0
# Cut here: how many digits git takes for a short name depends on how much it has cloned.
changed=+
changes=$(git status --porcelain --untracked-files=no) && [ -z "$changes" ] && changed=
printf '%.7s%s\n' "$head" "$changed"
