#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# shell.sh <top of the sources>: what ./run and its like say and count (tests/harness/shell.sh, table.py), and what ./run
# refuses before it does anything. Nothing is installed or built.
set -euo pipefail
top=$1
# shellcheck source=tests/harness/shell.sh
. "$top/tests/harness/shell.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

# same <what> <is> <should be>
same() {
	[ "$2" = "$3" ] && return
	printf '%s: %q, should be %q\n' "$1" "$2" "$3"
	bad=1
}

same "the control" one another >/dev/null
[ $bad -eq 1 ] || { echo "the comparison sees nothing" && exit 1; }
bad=0

# has <what> <text> <words in it>
has() { [[ -n $2 && $2 == *"$3"* ]] || same "$1" "$2" "… $3 …"; }

# ---- the cause of what failed ----
while IFS='|' read -r said words; do
	echo "$said" >"$dir/log"
	has "cause of '$said'" "$(cause "$dir/log")" "$words"
done <<'TEXT'
cc: error: /tmp/cc.s: No space left on device|the disk is full
E: You don't have enough free space in /var/cache/apt/archives/.|the disk is full
npm error code ENOTFOUND|npm's registry cannot be reached
npm ERR! code ECONNREFUSED|npm's registry cannot be reached
npm error code EINTEGRITY|npm's cache is broken
npm ERR! code EACCES|sudo chown
npm error code SELF_SIGNED_CERT_IN_CHAIN|NODE_EXTRA_CA_CERTS
E: Failed to fetch http://mirror/x  Could not connect to 127.0.0.1:9|packages cannot be reached
Temporary failure resolving 'mirror'|packages cannot be reached
E: Could not get lock /var/lib/dpkg/lock-frontend.|another program is installing
E: dpkg was interrupted, you must manually run|dpkg --configure -a
E: Unable to locate package libfoo|Debian 12 or newer
E: Release file for http://mirror/ is not valid yet|the clock of this machine
TEXT
echo "core.c:1:1: error: expected identifier" >"$dir/log"
same "no known cause" "$(cause "$dir/log")" ""

# ---- names that are near ----
same "nearest" "$(nearest integraton unit integration)" ", did you mean integration?"
same "nothing near" "$(nearest xyzzy unit integration)" "."

# ---- progress ----
same "a quick command says nothing" "$(progress quick true 2>&1)" ""
status=0
said=$(progress "doing it" sh -c 'echo the last word; exit 7' 2>&1) || status=$?
same "its status" $status 7
has "its last words" "$said" "the last word"
has "what failed" "$said" "doing it failed"
same "its words are kept" "$(progress quick echo left off: x && echo "$shell_log")" "left off: x"

# ---- the table ----
stage() { # stage <name> <status>: its log comes on standard input
	cat >"$dir/$1.log"
	echo "$2 3" >"$dir/$1.end"
}
row() { "$top/tests/harness/table.py" "$dir" "$1" | awk -v stage="$1" '$1 == stage { print $2, $3, $4 }'; }
printf '3 passed, 0 failed\nSKIPPED: a swarm: no root\n' | stage plain 0
same "plain" "$(row plain)" "3 0 1"
printf '# pass 46\n# fail 2\n' | stage node 1
same "node's runner" "$(row node)" "46 2 0"
printf 'Ran 12 tests in 1.2s\n\nFAILED (failures=2, errors=1, skipped=3)\n' | stage python 1
same "unittest" "$(row python)" "6 3 0"
stage ctest 8 </dev/null
cat >"$dir/ctest.xml" <<'XML'
<testsuite><testcase name="a" status="run"><system-out>SKIPPED: half of it: no root</system-out></testcase>
<testcase name="b" status="fail"/><testcase name="c" status="notrun"><system-out>SKIPPED: no FUSE</system-out></testcase></testsuite>
XML
same "CTest" "$(row ctest)" "1 1 2"
echo "cmake: not found" | stage early 127
same "a stage that ended early has failed" "$(row early)" "0 1 0"
stage nothing 0 </dev/null
same "a stage in which nothing ran has failed" "$(row nothing)" "0 1 0"
has "why" "$("$top/tests/harness/table.py" "$dir" ctest)" "skipped in ctest: c: no FUSE"

# ---- what ./run refuses ----
refuses() { # refuses <words> <argument…>
	local status=0 words=$1 said
	shift
	said=$("$top/run" "$@" 2>&1) || status=$?
	same "the status of ./run $*" $status 64
	has "./run $*" "$said" "$words"
}
refuses "did you mean demo?" demmo
refuses "no option '--shw'" demo --shw
refuses "not '1.5'" demo 1.5
refuses "did you mean swarm?" test unit swam
refuses "there is no sanitizer 'memory'" test-sanitized memory
refuses "0.01 to 1000 hours, not 0" soak 0
refuses "build takes no 'all'" build all
for verb in $("$top/run" help | sed -nE 's/^  ([a-z][a-z-]*).*/\1/p' | sort -u | grep -v swarm-secrets); do
	has "./run $verb --help" "$("$top/run" "$verb" --help)" "usage: ./run $verb"
done
exit $bad
