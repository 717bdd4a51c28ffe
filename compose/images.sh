#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# images.sh [--check] [--arch PROCESSOR] [target…]: builds images (bridge conductor tasks broker dashboard) with this
# machine's docker, as $GLOW_REGISTRY/<target> (glowswarm), tagged latest and with the version. For another processor
# (amd64, arm64, arm/v7, or arm/v5 for Pi Zero and Pi 1) each becomes a file for `docker load` there,
# build/images/<target>-<processor>.tar.gz. --check only looks whether it could. What is in $GLOW_BUILD_OPTIONS goes to `docker build`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

registry=${GLOW_REGISTRY:-glowswarm}
version=$(cmake/version.sh)
revision=$(cmake/commit.sh .)
read -ra options <<<"${GLOW_BUILD_OPTIONS:-}"
targets=(bridge conductor tasks broker dashboard)
wanted=()
platform=
check=
partial=
trap 'rm -f "$partial"' EXIT
base=()

usage() {
	echo "images.sh: $*" >&2
	exit 64
}

refuse() {
	echo "images.sh: $*" >&2
	exit 69
}

set_platform() {
	case $1 in
	amd64 | arm64 | arm/v7) ;;
	# Of Debian 13 for this processor mirrors lack updated packages.
	arm/v5) base=(--build-arg BASE=debian:bookworm-slim) ;;
	*) usage "--arch ${1:-(nothing)}: must be amd64, arm64, arm/v7 or arm/v5" ;;
	esac
	platform=linux/$1
}

while [ $# -gt 0 ]; do
	case $1 in
	--check) check=yes ;;
	--arch) set_platform "${2:-}" && shift ;;
	-*) usage "there is no option '$1'" ;;
	*) [[ " ${targets[*]} " == *" $1 "* ]] || usage "there is no image '$1', only ${targets[*]}" && wanted+=("$1") ;;
	esac
	shift
done
command -v docker >/dev/null || refuse "docker is not installed: apt install docker.io"
docker version >/dev/null 2>&1 || refuse "docker's engine does not answer: $(docker version 2>&1 >/dev/null | tail -n 1)"
[ -z "$platform" ] || command -v python3 >/dev/null || refuse "python3 is not installed: apt install python3"
[ -z "$check" ] || exit 0
[ ${#wanted[@]} -gt 0 ] || wanted=("${targets[@]}")

build() {
	docker build "${base[@]}" "${options[@]}" -f compose/Dockerfile --target "$target" --build-arg VERSION="$version" \
		--build-arg REVISION="${revision:-unknown}" "$@" .
}

# build_file <target>
build_file() {
	local words id file=build/images/$target-${platform#linux/}.tar.gz
	file=${file/arm\//arm-}
	IFS=/ read -ra words <<<"$platform"
	mkdir -p build/images
	build --build-arg TARGETARCH="${words[1]}" --build-arg TARGETVARIANT="${words[2]:-}" --iidfile "$file.id"
	id=$(<"$file.id")
	rm "$file.id"
	partial=$file.new
	docker save "$id" | python3 -B compose/image_file.py "$platform" "$registry/$target:$version" "$registry/$target:latest" >"$file.new"
	mv "$file.new" "$file"
	echo "$file"
}

for target in "${wanted[@]}"; do
	if [ -n "$platform" ]; then
		build_file
	else
		build -t "$registry/$target:$version" -t "$registry/$target:latest"
	fi
done
