#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# debian.sh <verb>…: what goes into the images, from Debian's packages; for compose/Dockerfile, which runs it in
# a Debian of this machine's processor. The images' processor is $TARGETARCH and $TARGETVARIANT, as BuildKit
# names it (arm64; arm and v7; arm and v5); empty is this machine's.
#
#   arch                    what Debian calls the processor
#   tools                   installs the compiler and what else building takes
#   unpack <folder> <package…>
#                           packages of that processor, and all that they depend on
#   collect <from> <to> <under> <path or library…>
#                           of an unpacked folder the paths and the libraries that they are linked to, except
#                           what <under> has already. Of an absolute path only the libraries
#
# Packages are unpacked and not installed, so nothing of another processor has to run. What is taken of them
# brings the licences along, and an entry in /var/lib/dpkg/status.d, where scanners look for it.
set -euo pipefail

case ${TARGETARCH:-}${TARGETVARIANT:-} in
'') arch=$(dpkg --print-architecture) ;;
arm64 | arm64v8) arch=arm64 ;;
armv7) arch=armhf ;;
armv5 | armv6) arch=armel ;;
*) arch=$TARGETARCH ;;
esac
case $arch in
amd64) triple=x86_64-linux-gnu ;;
arm64) triple=aarch64-linux-gnu ;;
armhf) triple=arm-linux-gnueabihf ;;
armel) triple=arm-linux-gnueabi ;;
*) echo "debian.sh: no images for the processor $arch, only for amd64, arm64, armhf and armel" >&2 && exit 64 ;;
esac

arch() { echo "$arch"; }

tools() {
	local compiler=gcc
	[ "$arch" = "$(dpkg --print-architecture)" ] || compiler=gcc-$triple
	apt-get update
	apt-get install -y --no-install-recommends binutils cmake ninja-build pkg-config "$compiler"
	rm -rf /var/lib/apt/lists/*
}

# ---- unpack ----

# apt-get in a world of its own, where nothing is installed yet.
own_apt() {
	apt-get -o APT::Sandbox::User=root -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State::Lists="$world/lists" \
		-o Dir::State::status="$world/status" -o Dir::Cache::archives="$world" -o Debug::NoLocking=true "$@"
}

unpack() {
	local root=$1 deb package
	world=$(mktemp -d)
	mkdir -p "$world/partial" "$world/lists/partial" "$root"/usr/{bin,sbin,lib,lib64} "$root/var/lib/dpkg/status.d"
	touch "$world/status"
	ln -s usr/{bin,sbin,lib,lib64} "$root/"
	own_apt update
	own_apt install -y --no-install-recommends --download-only "${@:2}"
	for deb in "$world"/*.deb; do
		package=$(dpkg-deb -f "$deb" Package)
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink
		{
			echo "Package: $package"
			echo "Status: install ok installed"
			dpkg-deb -f "$deb" | sed '/^Package:/d'
		} >"$root/var/lib/dpkg/status.d/$package"
		# Paths as they are once /lib is a link to /usr/lib.
		dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -E -n -e 's#^\./##' -e 's#^(bin|sbin|lib|lib64)/#usr/&#' \
			-e "/[^/]\$/s#\$#\t$package#p" >>"$root/owners"
	done
	rm -rf "$world"
	# Links from the root lead out of the folder otherwise.
	find "$root" -type l -lname '/*' -printf '%p %l\n' | while read -r link target; do
		ln -sfn "$(realpath -sm --relative-to="${link%/*}" "$root$target")" "$link"
	done
}

# ---- collect ----

# Sonames of the libraries that a file is linked to, and the path of its loader.
needs() {
	readelf -W -d -l "$1" 2>/dev/null |
		sed -nE -e 's/.*\(NEEDED\).*\[(.*)\]$/\1/p' -e 's/.*program interpreter: (.*)\]$/\1/p' || true
}

find_library() {
	local path
	for path in "usr$1" "usr/lib/$triple/$1" "usr/lib/$1"; do
		[ ! -e "$from/$path" ] || { echo "$path" && return; }
	done
	echo "debian.sh: $1 is in none of the packages" >&2
	exit 1
}

take_needs() {
	local need path
	for need in $(needs "$1"); do
		path=$(find_library "$need")
		take "$path"
	done
}

# A file, link or folder, what it leads to, and where it comes from.
take() {
	local path=$1 target
	[ ! -e "$to/$path" ] || return 0
	[ ! -e "$under/$path" ] || return 0
	[ -e "$from/$path" ] || { echo "debian.sh: no $path" >&2 && exit 1; }
	mkdir -p "$to/${path%/*}"
	cp -a "$from/$path" "$to/$path"
	awk -F '\t' -v path="$path" '$1 == path || index($1, path "/") == 1 { print $2 }' "$from/owners" >>"$to/taken"
	if [ -L "$from/$path" ]; then
		target=$(realpath -s --relative-to="$from" "$from/${path%/*}/$(readlink "$from/$path")")
		take "$target"
	elif [ -f "$from/$path" ]; then
		take_needs "$from/$path"
	fi
}

take_papers() {
	local package papers
	while read -r package; do
		[ ! -e "$to/var/lib/dpkg/status.d/$package" ] || continue
		[ ! -e "$under/var/lib/dpkg/status.d/$package" ] || continue
		mkdir -p "$to/var/lib/dpkg/status.d" "$to/usr/share/doc/$package"
		cp -a "$from/var/lib/dpkg/status.d/$package" "$to/var/lib/dpkg/status.d/"
		papers=usr/share/doc/$package/copyright
		cp -pL "$from/$papers" "$to/$papers"
		touch -r "$from/$papers" "$to/var/lib/dpkg/status.d/$package"
		while read -r papers; do
			[ ! -e "$from/$papers" ] || take "$papers"
		done < <(grep -oE 'usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$to/$papers" | sort -u)
	done < <(sort -u "$to/taken")
}

collect() {
	local path
	from=$1 to=$2 under=$3
	mkdir -p "$to"
	touch "$to/taken"
	for path in "${@:4}"; do
		case $path in
		/*) take_needs "$path" ;;
		*/*) take "$path" ;;
		*)
			path=$(find_library "$path")
			take "$path"
			;;
		esac
	done
	take_papers
	take_papers # of who has the licences that the first ones named
	rm "$to/taken"
	# The same files make the same layer, whenever it is made: folders, and what is not from a package.
	find "$to" \( -type d -o -newer "$from/owners" \) -exec touch -h -d @0 {} +
}

"$@"
