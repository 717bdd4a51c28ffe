#!/bin/bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# promise: secrets-are-the-owners, upgrade-keeps
# inside.sh <version> <commit>: the life of the packages on one system, as root in a booted root (run.sh). /mnt/old has them
# with a lower version, /mnt/new as they were built.
set -euo pipefail

version=$1
commit=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
etc=/etc/glowswarm
mapfile -t ours < <(basename -a /mnt/new/*.deb | cut -d _ -f 1) # without the dashboard where it was not built

say() { printf '  %s\n' "$*"; }

fail() {
	printf 'FAILED: %s\n' "$*"
	systemctl --no-pager --lines=8 status glow-bridge glow-conductor 2>&1 | head -n 60 || true
	exit 1
}

# within <words> <command…>: the command becomes true.
within() {
	local words=$1 k
	shift
	for ((k = 0; k < 150; k++)); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	fail "$words"
}

no() { ! "$@"; }

is() { [ "$(systemctl show --value -p "$2" "$1")" = "$3" ]; }

# tells <unit> <words>: its status, which is no success while it does not run.
tells() { [[ $(systemctl --no-pager --full status "$1" || true) == *"$2"* ]]; }

install_from() { apt-get -y -q -o Dpkg::Use-Pty=0 install "$1"/*.deb </dev/null >/tmp/apt 2>&1 || { cat /tmp/apt && fail "apt install $1"; }; }

# All files but those that change by themselves, those of the broker and of nginx, and the accounts, which stay as
# Debian's do. What is another package's counts as its own.
files() {
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /mnt -o -path /var/log \
		-o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/tmp \
		-o -path /var/lib/mosquitto -o -path /var/www \) -prune \
		-o ! -path '/etc/*-' -print | sort
}

# What the LEDs of the virtual board show.
frames=/run/glow-test/frames
shows() { tail -n 1 $frames | grep -q "$1"; }
red='"ff0000'
dark() { tail -n 1 $frames | grep -q '"pixels":\["000000"\(,"000000"\)*\]'; }

# set_option <file> <line>: as an editor does, where the commented line is.
set_option() {
	grep -q "^#${2%%=*}=" "$etc/$1" || fail "$etc/$1 does not name ${2%%=*}"
	sed -i "s|^#${2%%=*}=.*|$2|" "$etc/$1"
}

online() { mosquitto_sub -W 1 -C 1 "$@" -t glow/node/pi1/availability | grep -qx online; }

# ---- installed, it waits ----

files >/tmp/before
install_from /mnt/old
for program in glow-bridge glow-conductor glowctl; do
	[ "$($program --version)" = "$program ${version%+*}${commit:+ ($commit)}" ] || fail "$program --version: $($program --version)"
done
[ "$(find /usr/share/glowswarm/effects -name '*.glow' | wc -l)" = 24 ] || fail "not 24 effects are shipped"
(cd / && glowctl effects check aurora) | grep -q '^aurora: good' || fail "glowctl does not find what is shipped"
for unit in glow-bridge glow-conductor; do
	systemctl -q is-enabled $unit || fail "$unit is not enabled"
	is $unit ActiveState inactive || fail "$unit is not waiting"
	tells $unit 'waiting for a broker: set GLOW_BROKER in /etc/glowswarm/' ||
		fail "systemctl status $unit does not say what to do"
done
systemctl is-system-running --quiet || fail "a unit failed: $(systemctl --failed --no-legend)"
for group in gpio i2c piglow; do
	id -nG glow-bridge | grep -qw $group || fail "glow-bridge is not in $group"
done
[ "$(getent group piglow | cut -d: -f3)" = 65533 ] || fail "the number of piglow is not 65533"
! id -nG glow-conductor | grep -qw gpio || fail "the conductor may use GPIO"
say "installed: enabled, waiting for a broker and saying so"

# ---- an open broker ----

systemctl start mosquitto
mkdir -p /run/systemd/system/glow-bridge.service.d
printf '[Service]\nRuntimeDirectory=glow-test\nRuntimeDirectoryPreserve=yes\n' >/run/systemd/system/glow-bridge.service.d/test.conf
mkdir -p /run/systemd/system/glow-conductor.service.d
printf '[Service]\nEnvironment=GLOW_BROKER=mqtt://localhost\n' >/run/systemd/system/glow-conductor.service.d/test.conf
systemctl daemon-reload
set_option bridge.env GLOW_BROKER=mqtt://localhost
set_option bridge.env GLOW_BOARD=virtual
set_option bridge.env GLOW_VIRTUAL_OUT=$frames
systemctl restart glow-bridge glow-conductor
within "no node online" online
within "no conductor online" mosquitto_sub -W 1 -C 1 -t glow/conductor/info
[ "$(stat -c %U "/proc/$(systemctl show --value -p MainPID glow-bridge)")" = glow-bridge ] || fail "the bridge is not glow-bridge's"
glowctl set pi1 red >/dev/null
within "the board is not red" shows "$red"
no dark || fail "red counts as dark"
say "open broker: node and conductor online, the board is red"

# ---- accounts, and the password's file ----

(umask 077 && printf 'bridge:secret\n' >/tmp/passwords)
mosquitto_passwd -U /tmp/passwords && install -o mosquitto -m 600 /tmp/passwords /etc/mosquitto/passwords
printf 'allow_anonymous false\npassword_file /etc/mosquitto/passwords\nlistener 1883 127.0.0.1\n' >/etc/mosquitto/conf.d/test.conf
systemctl restart mosquitto
within "the broker lets anybody in" no online
set_option bridge.env GLOW_USERNAME=bridge
set_option bridge.env GLOW_PASSWORD_FILE=/etc/glowswarm/password
echo wrong | install -m 640 -g glow-bridge /dev/stdin $etc/password
systemctl restart glow-bridge
within "nobody minds a wrong password" sh -c 'journalctl -u glow-bridge -n 5 | grep -qi "account\|authori\|password"'
no online -u bridge -P secret || fail "online with a wrong password"
echo secret | install -m 640 -g glow-bridge /dev/stdin $etc/password
systemctl restart glow-bridge
within "no node online with its password" online -u bridge -P secret
no runuser -u glow-conductor -- cat $etc/password 2>/dev/null || fail "others can read the password"
say "accounts: online with the password, not with another, which the journal tells"

# ---- a mistake ----

cp $etc/bridge.env /tmp/bridge.env
set_option bridge.env GLOW_FPS=0
systemctl restart glow-bridge 2>/dev/null || true
within "a mistake is no failure" is glow-bridge ActiveState failed
sleep 3
[ "$(systemctl show --value -p ActiveState -p NRestarts glow-bridge | sort | paste -sd ' ')" = "0 failed" ] || fail "it tries again, for nothing"
tells glow-bridge 'GLOW_FPS: must be' || fail "systemctl status does not name the mistake"
cp /tmp/bridge.env $etc/bridge.env
systemctl restart glow-bridge
kill -SEGV "$(systemctl show --value -p MainPID glow-bridge)"
within "it does not come back from a crash" is glow-bridge NRestarts 1
within "it is not online after a crash" online -u bridge -P secret
say "a mistake: failed, named, not tried again; a crash: restarted"

# ---- the page ----

test_page() {
	nginx -t 2>/dev/null || fail "nginx -t, with the site not enabled"
	systemctl -q is-active nginx || fail "nginx does not run"
	[ ! -e /etc/nginx/sites-enabled/glow-dashboard ] || fail "the site is enabled already"
	mapfile -t commands < <(sed -n 's/^    sudo //p' /usr/share/doc/glow-dashboard/README.Debian)
	[ ${#commands[@]} = 2 ] || fail "README.Debian has not two commands"
	for command in "${commands[@]}"; do $command; done
	nginx -t 2>/tmp/nginx || { cat /tmp/nginx && fail "nginx -t"; }
	no grep -q 'warn' /tmp/nginx || { cat /tmp/nginx && fail "nginx -t warns"; }
	page() { printf 'GET %s HTTP/1.0\r\nHost: pi1\r\n\r\n' "$1" | openssl s_client -quiet -connect localhost:8443 2>/dev/null; }
	within "no page" sh -c "$(declare -f page); page / | grep -q '<html'"
	page /site.json | grep -q '"prefix":"glow"' || fail "no site.json"
	say "the page: not enabled, then by the two commands of README.Debian"
}
[[ " ${ours[*]} " != *" glow-dashboard "* ]] || test_page

# ---- upgrade ----

pid=$(systemctl show --value -p MainPID glow-bridge)
cp $etc/bridge.env /tmp/bridge.env
grep -q '^# Of an older version' $etc/conductor.env || fail "the older package is not older"
install_from /mnt/new
[ "$(dpkg-query -W -f '${Version}' glow-bridge)" = "$version" ] || fail "not upgraded"
cmp -s $etc/bridge.env /tmp/bridge.env || fail "the upgrade changed bridge.env"
no grep -q '^# Of an older version' $etc/conductor.env || fail "the upgrade kept a file that nobody had changed"
is glow-bridge ActiveState active || fail "not running after the upgrade"
[ "$(systemctl show --value -p MainPID glow-bridge)" != "$pid" ] || fail "the old program still runs"
within "not online after the upgrade" online -u bridge -P secret
! command -v nginx >/dev/null || nginx -t 2>/dev/null || fail "nginx -t after the upgrade"
say "upgrade: what was changed is as it was, what was not is new, the service restarted"

# ---- removed, purged ----

mosquitto_pub -u bridge -P secret -t glow/node/pi1/set -m red
within "the board is not red" shows "$red"
apt-get -y -q remove "${ours[@]}" >/tmp/apt 2>&1 || { cat /tmp/apt && fail "apt remove"; }
dark || fail "the board is still lit: $(tail -n 1 $frames)"
no pgrep -x glow-bridge >/dev/null || fail "the bridge still runs"
! command -v nginx >/dev/null || nginx -t 2>/dev/null || fail "nginx does not start any more"
[ -e $etc/bridge.env ] || fail "remove took bridge.env"
say "removed: dark, nginx is fine, options are kept"

rm $etc/password /etc/mosquitto/passwords /etc/mosquitto/conf.d/test.conf
apt-get -y -q purge --autoremove "${ours[@]}" >/tmp/apt 2>&1 || { cat /tmp/apt && fail "apt purge"; }
left() { files | comm -13 /tmp/before - | grep -vxFf <(cat /var/lib/dpkg/info/*.list); }
! left || fail "purge left this"
: >/etc/default/glow-bridge
left >/dev/null || fail "a file that is left is not noticed"
say "purged: no file is left"
