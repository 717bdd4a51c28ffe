#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# swarm-secrets.sh [option of broker-config/secrets.sh…]: makes accounts and certificates where they are
# missing, and gives them to the swarm whose manager this machine is, as secrets and a config named
# <name>_<version>. Docker's cannot be changed, so what is there already stays as it is; after a
# change give them another $GLOW_SECRETS_VERSION (1), and deploy the stack with the same.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
version=${GLOW_SECRETS_VERSION:-1}

list=$("$here/../broker-config/secrets.sh" --docker "$@")
while read -r kind name file; do
	name=${name}_$version
	if docker "$kind" inspect "$name" >/dev/null 2>&1; then
		echo "$kind $name is there"
	else
		docker "$kind" create "$name" "$file" >/dev/null
		echo "$kind $name made"
	fi
done <<<"$list"
