#!/bin/sh
# SPDX-License-Identifier: MIT
# man.sh <folder of pages> <program>…: the pages in docs/man are what the programs write.
# Control: a page that says something else must be told apart.
set -eu
pages=$1
shift
status=0
for program in "$@"; do
	name=$(basename "$program")
	if ! "$program" --man | cmp -s - "$pages/$name.1"; then
		echo "$pages/$name.1 is stale: $name --man > docs/man/$name.1"
		status=1
	fi
	if { "$program" --man; echo more; } | cmp -s - "$pages/$name.1"; then
		echo "the comparison sees nothing"
		status=1
	fi
done
exit $status
