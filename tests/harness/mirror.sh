#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints the mirror that this machine's apt uses, for the roots that tests make. GLOW_DEBIAN_MIRROR names another.
set -euo pipefail

# shellcheck disable=SC2016 # apt's own substitution
uris=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sort -u)
echo "${GLOW_DEBIAN_MIRROR:-${uris%%$'\n'*}}"
