#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# boot.sh <root> <folder> <pid file>: boots the systemd of a root in namespaces of its own, over a throw-away layer,
# with <folder> at /mnt. Writes the pid of its init to <pid file> as soon as there is one, and ends when that is
# killed, with all that runs there; nothing is left. Needs to be root.
#
#   nsenter --target "$(<pid file)" --all systemctl status
#
# It has a loopback of its own, sees a read-only copy of this machine's /sys, so udev stays away, and what any
# container gets of /dev.
set -euo pipefail

if [ "${1:-}" != inside ]; then
	# A cgroup of its own in the unified hierarchy, wherever that is mounted here, or if it is not.
	# shellcheck disable=SC2016 # for the bash inside
	exec unshare --mount --propagation private bash -c '
		mkdir -p "$1.cgroup" "$1.top" && mount -t cgroup2 cgroup2 "$1.cgroup" || exit
		group=$1.cgroup/glow-boot.$$
		mkdir "$group" || exit
		(echo $BASHPID >"$group/cgroup.procs" && shift && exec "$@") &
		trap "kill -KILL $!" TERM INT
		wait $!
		wait $!
		for k in 1 2 3 4 5 6 7 8 9; do
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
			sleep 0.2
		done
		umount "$1.cgroup" && rmdir "$1.cgroup" "$1.top"' boot "$3" \
		unshare --cgroup --mount --pid --ipc --uts --net --fork --kill-child=KILL "$0" inside "$@"
fi

lower=$2 folder=$3 pid_file=$4
ip link set lo up
top=$pid_file.top
mount -t tmpfs -o mode=755 tmpfs "$top"
root=$top/root
mkdir "$top"/{upper,work} "$root"
mount -t overlay -o "lowerdir=$lower,upperdir=$top/upper,workdir=$top/work" overlay "$root"
mount --bind "$folder" "$root/mnt"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys" # this machine's: systemd would set it
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
"$(dirname "$0")/dev.sh" "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
echo pi1 >"$root/etc/hostname"
echo '127.0.0.1 localhost pi1' >"$root/etc/hosts"
hostname pi1
# /proc is still this machine's, so this is the number outside.
read -r pid _ </proc/self/stat
echo "$pid" >"$pid_file.new"
mv "$pid_file.new" "$pid_file"
cd "$root"
mkdir .old
pivot_root . .old
umount -l .old
rmdir .old
exec env -i container=glow PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --show-status=0 \
	--log-target=null systemd.unit=multi-user.target
