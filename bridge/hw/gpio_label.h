/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Which GPIO chip is meant. Chip numbers move between kernels and models, the
 * label does not, so both roads to the pins look for a label. */

#include <stdbool.h>
#include <stddef.h>

#include <glow/board.h>
#include <glow/diag.h>

#define GLOW_LABEL_MAX 48

/** The labels seen during one search, for the message when none fits. */
struct glow_labels {
	char text[120];
};

/** Notes `label` as seen; true when it is cfg->gpio_chip or, without one, a Raspberry Pi's header. */
bool glow_label_fits(struct glow_labels *seen, const struct glow_board_cfg *cfg, const char *label);

/** Fills diag with what was wanted and what is there; returns -ENODEV. */
int glow_labels_missing(const struct glow_labels *seen, const struct glow_board_cfg *cfg, struct glow_diag *diag);
