/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A pair of GPIO lines as files of sysfs: which chip, which directories, who
 * may have them. What is written to them is gpio_sysfs.c's part. */

#include <limits.h>
#include <stdbool.h>

#include <glow/board.h>
#include <glow/diag.h>

struct glow_sysfs_chip {
	char home[PATH_MAX - 64]; /* leaves room for the names in it */
	unsigned base;
	char name[32]; /* for people: "512", "chip0" */
};

struct glow_sysfs_line {
	unsigned number;
	int value_fd, direction_fd; /* held; value_fd carries our lock */
	bool exported;              /* by us, so ours to unexport */
};

struct glow_sysfs_pair {
	struct glow_sysfs_chip chip;
	struct glow_sysfs_line line[2];
};

/** Whether lines could be exported; changes nothing. */
int glow_sysfs_pair_look(const struct glow_board_cfg *cfg, struct glow_diag *diag);

/** Exports both pins and sets their direction ("low", "in"). -EBUSY when a
 * driver or another bridge has one of them. On failure nothing stays exported. */
int glow_sysfs_pair_open(const struct glow_board_cfg *cfg, const unsigned pins[2], const char *direction,
			 struct glow_sysfs_pair *ret_pair, struct glow_diag *diag);
void glow_sysfs_pair_close(struct glow_sysfs_pair *pair);
