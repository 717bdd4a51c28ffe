/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* access() asks for a file's mode and for a read-only mount. A profile of
 * AppArmor is asked when the file is opened and not before: where the two
 * disagree, the profile is the cause. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

int glow_sysfs_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != EACCES)
		return -errno;
	return access(path, flags == O_RDONLY ? R_OK : W_OK) == 0 ? -EPERM : -EACCES;
}

int glow_sysfs_read(const char *dir, const char *file, char *ret_text, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = glow_sysfs_open(path, O_RDONLY);
	if (fd < 0)
		return fd;
	n = read(fd, ret_text, size - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	ret_text[n] = '\0';
	ret_text[strcspn(ret_text, "\n")] = '\0';
	return 0;
}

int glow_sysfs_write(int fd, const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

bool glow_sysfs_refused(int error, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	switch (error) {
	case -EROFS:
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "sysfs",
			"%s is read-only: mount the host's /sys read-write (-v /sys:/host/sys, --sysfs /host/sys)",
			cfg->sysfs);
		return true;
	case -EPERM:
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "sysfs",
			"a security profile (AppArmor?) forbids writing below %s: mount the host's /sys at another "
			"path (-v /sys:/host/sys, --sysfs /host/sys)",
			cfg->sysfs);
		return true;
	default:
		return false;
	}
}
