/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Files of sysfs, for the roads that need nothing else. */

#include <stddef.h>

#include <glow/board.h>
#include <glow/diag.h>

/** Opens a file: a descriptor or a negative errno. -EPERM, which sysfs itself
 * never answers, means that a security profile forbids what the file's mode allows. */
int glow_sysfs_open(const char *path, int flags);

/** The first line of dir/file without its end. */
int glow_sysfs_read(const char *dir, const char *file, char *ret_text, size_t size);

/** Writes `text` in one call, as the kernel wants it: 0 or a negative errno. */
int glow_sysfs_write(int fd, const char *text);

/** Fills diag where the error is one of the whole sysfs (read-only, forbidden);
 * false when it is another. */
bool glow_sysfs_refused(int error, const struct glow_board_cfg *cfg, struct glow_diag *diag);
