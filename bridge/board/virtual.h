/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

#include <glow/board.h>

/** The shape of a board that exists only on a screen or in a file: cfg->shape;
 * -EINVAL when it has not 1..GLOW_PIXELS_MAX pixels. */
int glow_virtual_shape(const struct glow_board_cfg *cfg, struct glow_shape *ret_shape, struct glow_diag *diag);
