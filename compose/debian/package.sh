#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# Debian packages of the programs and the dashboard; `package.sh --help` tells more.
#
# Sources go to build/package/ as a copy, with compose/debian/ as debian/, and are built in a root of the release
# that has what debian/control wants; it is kept with what other tests download. For another architecture
# Debian's cross compilers build against its libraries, and nothing foreign runs.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
# shellcheck source=tests/harness/shell.sh
. tests/harness/shell.sh

sources=(CMakeLists.txt LICENSE bridge cmake compose/{CMakeLists.txt,debian,etc,overlays,systemd,udev} dashboard/nginx
	docs/completion docs/man effects include)

help() {
	cat <<TEXT
usage: package.sh [option…]

Makes glow-bridge, glow-conductor, glowctl and glow-dashboard in build/packages/<release>/.

  --release NAME   bookworm or trixie (default: this machine's)
  --arch NAME      amd64, arm64, armhf or armel (default: this machine's); armel is for a Pi Zero or 1
                   with Debian's armel
  --native         build straight on this machine, for it: the way on a Raspberry Pi
TEXT
}

# os <variable of os-release>
# shellcheck source=/dev/null
os() { (. /etc/os-release && echo "${!1:-}"); }

options() {
	release=$(os VERSION_CODENAME)
	arch=$(dpkg --print-architecture)
	native='' only_check=''
	while [ $# -gt 0 ]; do
		case $1 in
		--native) native=yes ;;
		--check) only_check=yes ;; # whether it could
		--release | --arch)
			[ -n "${2:-}" ] || die "$EX_USAGE" "$1 needs a value"
			declare -g "${1#--}=$2"
			shift
			;;
		-h | --help) help && exit ;;
		*) die "$EX_USAGE" "there is no option '$1' (--help lists the options)" ;;
		esac
		shift
	done
}

check() {
	case $release in
	bookworm) number=12 ;;
	trixie) number=13 ;;
	*) die "$EX_USAGE" "--release must be bookworm or trixie, not '$release'" ;;
	esac
	case $arch in
	amd64 | arm64 | armhf | armel) ;;
	*) die "$EX_USAGE" "--arch must be amd64, arm64, armhf or armel, not '$arch'" ;;
	esac
	if [ -n "$native" ]; then
		[ "$release $arch" = "$(os VERSION_CODENAME) $(dpkg --print-architecture)" ] ||
			die "$EX_USAGE" "--native builds for this machine, $(os VERSION_CODENAME) $(dpkg --print-architecture)"
	elif [ "$(uname -m)" = armv6l ]; then
		die "$EX_USAGE" "this processor is an ARMv6, which Debian's compilers do not run on: --native"
	fi
}

# What Raspberry Pi OS calls armhf may be ARMv6 code, so packages built there have another name.
version() {
	local suffix=deb
	[ -z "$native" ] || [ "$(os ID)" != raspbian ] || suffix=rpi
	echo "$(cmake/version.sh)+$suffix$number"
}

# The sources into $work/source, without a changelog.
stage() {
	"${as_root[@]}" rm -rf --one-file-system "$work" # parts are root's where a build failed
	mkdir -p "$work/source"
	cp -a --parents "${sources[@]}" "$work/source/"
	[ ! -e dashboard/dist/index.html ] || cp -a --parents dashboard/dist "$work/source/"
	mv "$work/source/compose/debian" "$work/source/debian"
	rm "$work/source/debian/package.sh"
	cmake/commit.sh . >"$work/source/debian/commit"
	sed -e 1,4d -e 's/^$/./' -e 's/^/ /' LICENSE >>"$work/source/debian/copyright"
}

# What was built of the same before need not be built again.
stamp() {
	(cd "$work/source" && find . -type f -print0 | sort -z | xargs -0 sha256sum && echo "$version $native") | sha256sum
}

changelog() {
	local date
	date=$(git log -1 --format=%cD 2>/dev/null || date -R)
	cat >"$work/source/debian/changelog" <<-TEXT
		glowswarm ($version) $release; urgency=medium

		  * docs/CHANGELOG.md of the sources tells what is new.

		 -- $(sed -n 's/^Maintainer: //p' compose/debian/control)  $date
	TEXT
}

build_depends() { sed -n 's/^Build-Depends: //p' compose/debian/control | sed -e 's/([^)]*)//g' -e 's/,//g' -e 's/-compat//'; }

# The root, made anew when what it is made of changes.
make_root() {
	local made cross=() foreign=
	made=$(build_depends && declare -f make_root | cat - <(echo "$profiles"))
	[ "$("${as_root[@]}" cat "$root/root/made" 2>/dev/null)" != "$made" ] || return 0
	if [ "$arch" != "$(dpkg --print-architecture)" ]; then
		cross=(--include="crossbuild-essential-$arch")
		foreign=,$arch
	fi
	mkdir -p "$roots/downloaded-$release"
	"${as_root[@]}" rm -rf --one-file-system "$root" "$root.new"
	progress "build root of $release for $arch" "${as_root[@]}" nice mmdebstrap --variant=buildd "${cross[@]}" \
		--architectures="$(dpkg --print-architecture)$foreign" --dpkgopt=force-unsafe-io --skip=essential/unlink \
		--setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"" \
		--setup-hook="sync-in \"$roots/downloaded-$release\" /var/cache/apt/archives" \
		--customize-hook="copy-in \"$work/source/debian\" /root" \
		--chrooted-customize-hook="cd /root && apt-get -y -q --no-install-recommends --host-architecture=$arch -P $profiles build-dep ./" \
		--customize-hook="sync-out /var/cache/apt/archives \"$roots/downloaded-$release\"" \
		"$release" "$root.new" "deb $(tests/harness/mirror.sh) $release main"
	"${as_root[@]}" mv "$root.new" "$root"
	"${as_root[@]}" tee "$root/root/made" <<<"$made" >/dev/null
}

# Runs inside the root, in namespaces of its own so that no mount is left behind.
# shellcheck disable=SC2016
in_root='mount --bind "$2" "$1/mnt" && mount --bind /dev "$1/dev" && mount -t proc proc "$1/proc" && cd / &&
	exec chroot "$1" sh -c "cd /mnt/source && exec \"\$@\"" sh "${@:3}"'

build() {
	local scope=(-b) into=()
	[ -e "$work/source/dashboard/dist" ] || scope=(-B)
	[ -n "$native" ] || into=("${as_root[@]}" unshare --mount --pid --fork --propagation private bash -c "$in_root" in_root "$root" "$work")
	(
		cd "$work/source"
		progress "packages of $release for $arch" "${into[@]}" nice env LC_ALL=C.UTF-8 DEB_BUILD_PROFILES="${profiles//,/ }" \
			DEB_BUILD_OPTIONS="${profiles//,/ } noautodbgsym parallel=$(nproc)" \
			dpkg-buildpackage "${scope[@]}" -us -uc --host-arch "$arch" >&2
	)
	mkdir -p "$out"
	[ -n "$native" ] || "${as_root[@]}" chown -R "$(id -u):$(id -g)" "$work"
	mv "$work"/*.deb "$out/"
}

options "$@"
check
[ -z "$only_check" ] || exit 0
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
profiles=nodoc,nocheck
out=$PWD/build/packages/$release
work=$PWD/build/package/$release-$arch
roots=$cache_dir/package
root=$roots/$release-$arch
version=$(version)

stage
now=$(stamp)
made=("$out"/{glow-bridge,glow-conductor,glowctl}_"$version"_"$arch".deb)
if [ -e dashboard/dist/index.html ]; then
	made+=("$out/glow-dashboard_${version}_all.deb")
else
	say "glow-dashboard is left out: dashboard/dist was not built (./run build makes it where npm is)"
	rm -f "$out/glow-dashboard_${version}_all.deb"
fi
if [ "$(cat "$work.stamp" 2>/dev/null)" != "$now" ] || ! ls "${made[@]}" >/dev/null 2>&1; then
	if [ -n "$native" ]; then
		# shellcheck disable=SC2046
		need dpkg-dev $(build_depends)
	else
		need mmdebstrap dpkg-dev
		make_root
	fi
	changelog
	build
	echo "$now" >"$work.stamp"
fi
ls "${made[@]}"
