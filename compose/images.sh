#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# images.sh [target…]: builds images (bridge conductor broker dashboard) with this machine's docker, as
# $GLOW_REGISTRY/<target> (glowswarm), tagged latest and with the version. What is in
# $GLOW_BUILD_OPTIONS goes to `docker build`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

registry=${GLOW_REGISTRY:-glowswarm}
version=$(sed -n 's/^project(glowswarm VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
revision=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
read -ra options <<<"${GLOW_BUILD_OPTIONS:-}"

[ $# -gt 0 ] || set -- bridge conductor broker dashboard
for target; do
	docker build "${options[@]}" -f compose/Dockerfile --target "$target" --build-arg VERSION="$version" \
		--build-arg REVISION="$revision" -t "$registry/$target:$version" -t "$registry/$target:latest" .
done
