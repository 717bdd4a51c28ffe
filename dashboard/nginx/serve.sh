#!/bin/sh
# SPDX-License-Identifier: MIT
# Serves the dashboard until it is told to end:
#
#   serve.sh <listen> <broker> [folder of the page]
#
# listen: what nginx listens on, [address:]port. broker: host:port of the broker's WebSocket listener.
# GLOW_PREFIX is the first levels of the cluster's topics (glow). With GLOW_TLS_CERT and GLOW_TLS_KEY,
# two files, it serves HTTPS; without, only this host or a web server before it should reach it. GLOW_LIMITS is a
# file in place of limits.conf. What it writes lies in a new directory of TMPDIR (/tmp).
set -eu

listen=$1
broker=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "${3:-$here/../dist}" && pwd)
PATH=$PATH:/usr/sbin

die() {
	echo "serve.sh: $*" >&2
	exit 78
}

[ -f "$root/index.html" ] || die "$root has no index.html: build the dashboard first"
# Quotes and blanks around it are no part of it for the other programs either.
prefix=$(printf '%s\n' "${GLOW_PREFIX:-}" | sed "s/^[\"'[:space:]]*//; s/[\"'[:space:]]*\$//")
prefix=${prefix:-glow}
case $prefix in
*[!A-Za-z0-9/_.-]* | /* | */ | *//*)
	die "GLOW_PREFIX: must be levels of letters, digits and _ . - with / between them, not '$prefix'"
	;;
esac

tls=
if [ -n "${GLOW_TLS_CERT:-}" ]; then
	listen="$listen ssl http2"
	tls="ssl_certificate \"$GLOW_TLS_CERT\"; ssl_certificate_key \"${GLOW_TLS_KEY:?}\"; ssl_protocols TLSv1.2 TLSv1.3;"
	tls="$tls add_header Strict-Transport-Security max-age=31536000 always;"
fi

limits=${GLOW_LIMITS:-$here/limits.conf}
[ -f "$limits" ] || die "GLOW_LIMITS: there is no file $limits"
limits=$(readlink -f "$limits")

# nginx needs a place for its configuration, its pid and for what does not fit into memory.
dir=$(mktemp -d "${TMPDIR:-/tmp}/glow-dashboard.XXXXXX")
chmod 711 "$dir" # started by root, it works as another user
sed -e "s|@DIR@|$dir|" -e "s|@HERE@|$here|" -e "s|@LISTEN@|$listen|" -e "s|@ROOT@|$root|" \
	-e "s|@BROKER@|$broker|" -e "s|@PREFIX@|$prefix|" -e "s|@TLS@|$tls|" -e "s|@LIMITS@|$limits|" "$here/serve.conf.in" >"$dir/nginx.conf"
exec nginx -p "$dir" -e stderr -c "$dir/nginx.conf"
