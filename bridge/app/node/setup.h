/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* From the configuration to a node that runs nowhere yet; what is wrong with it is logged. */

#include <stdint.h>

#include <glow/board.h>
#include <glow/info.h>
#include <glow/message.h>
#include <glow/node.h>
#include <glow/node_run.h>

/** What the node will say of itself with that board, which has not answered yet. */
void glow_setup_info(const struct glow_node_run_cfg *cfg, const struct glow_board_desc *board,
		     struct glow_info *ret_info);

/** Whether the idle display suits that board: 0, -EINVAL with what is wrong, or another negative errno. */
int glow_setup_idle(const struct glow_node_run_cfg *cfg, const struct glow_board_desc *board, struct glow_diag *diag);

/** The node, at now_us of the clock of pictures. 0, EX_USAGE, or EX_OSERR without memory. */
int glow_setup_node(const struct glow_node_run_cfg *cfg, const struct glow_info *info, struct glow_outbox outbox,
		    int64_t now_us, struct glow_node **ret_node);
