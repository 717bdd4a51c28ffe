#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints the mirror of Debian that this machine's apt uses, for roots that are made of it. GLOW_DEBIAN_MIRROR names
# another, as a machine with Raspberry Pi OS of 32 bits has to, whose packages are not Debian's.
set -euo pipefail

# shellcheck disable=SC2016 # apt's own substitution
uris=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' |
	grep -v security | sort -u)
mirror=${GLOW_DEBIAN_MIRROR:-${uris%%$'\n'*}}
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian here: GLOW_DEBIAN_MIRROR=<its address>" >&2 && exit 69; }
echo "$mirror"
