/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/limiter.h>
#include <glow/log.h>
#include <glow/loop.h>

#include "setup.h"

void glow_setup_info(const struct glow_node_run_cfg *cfg, const struct glow_board_desc *board,
		     struct glow_info *ret_info)
{
	struct glow_info *info = ret_info;

	*info = (struct glow_info){
		.shape = glow_board_shape(board, &cfg->board_cfg),
		.fps = cfg->fps,
		.slots_a_frame = 1,
		.reverse = cfg->reverse,
		.time_offset_ms = cfg->time_offset_ms,
		.brightness_limit = cfg->brightness_limit,
		.current_limit_ma = (uint32_t)(cfg->current_limit_ma < 0 ? 0 : cfg->current_limit_ma),
		.flash_limit = cfg->flash_limit,
		.backend = "none",
		.version = GLOW_VERSION,
	};
	glow_groups_parse(cfg->groups ? cfg->groups : "", info);
	snprintf(info->id, sizeof(info->id), "%s", cfg->node);
	snprintf(info->board, sizeof(info->board), "%s", board->name);
	snprintf(info->model, sizeof(info->model), "%s", board->title);
	snprintf(info->idle, sizeof(info->idle), "%s", cfg->idle);
	if (cfg->current_limit_ma < 0 && board->hardware)
		info->current_limit_ma = glow_current_default_ma(info->shape);
}

static int create(const struct glow_node_run_cfg *cfg, const struct glow_info *info, struct glow_outbox outbox,
		  int64_t now_us, struct glow_node **ret_node, struct glow_diag *diag)
{
	const struct glow_node_cfg node = {
		.out = { cfg->prefix, cfg->discovery ? cfg->discovery : "", outbox },
		.idle = cfg->idle,
		.info = *info,
		.env = { .shape = info->shape,
			 .reverse = cfg->reverse,
			 .wall_offset_us = (int64_t)glow_tz_offset_s(now_us) * GLOW_US_PER_S,
			 .brightness_limit = info->brightness_limit,
			 .current_limit_ma = info->current_limit_ma },
		.dice = (uint32_t)glow_raw_now().ns,
		.lost_indicator = cfg->lost_indicator,
	};

	return glow_node_create(&node, now_us, ret_node, diag);
}

int glow_setup_node(const struct glow_node_run_cfg *cfg, const struct glow_info *info, struct glow_outbox outbox,
		    int64_t now_us, struct glow_node **ret_node)
{
	struct glow_diag diag;
	int error = create(cfg, info, outbox, now_us, ret_node, &diag);

	for (const char *path = NULL; error == 0 && (path = glow_diag_ignored(&diag, path));)
		glow_warning("--idle: ignored %s, which says nothing here", path);
	if (error == -EINVAL)
		glow_error("--idle %s: %s", cfg->idle, diag.what);
	else if (error < 0)
		glow_error("%s", strerror(-error));
	return error == -EINVAL ? EX_USAGE : error < 0 ? EX_OSERR : 0;
}

int glow_setup_idle(const struct glow_node_run_cfg *cfg, const struct glow_board_desc *board, struct glow_diag *diag)
{
	const struct glow_outbox outbox = { .publish = glow_loop_discard };
	struct glow_node *node = NULL;
	struct glow_info info;
	int error;

	glow_setup_info(cfg, board, &info);
	error = create(cfg, &info, outbox, 0, &node, diag);
	if (error == 0)
		glow_node_destroy(node);
	return error;
}

/* Of the boards that `auto` may find, the idle display has to suit one. */
int glow_node_judge(const struct glow_node_run_cfg *cfg, struct glow_diag *diag)
{
	int error = -EINVAL;

	for (size_t k = 0; k < glow_board_count() && error == -EINVAL; k++)
		if (glow_board_meant(glow_board_at(k), cfg->board))
			error = glow_setup_idle(cfg, glow_board_at(k), diag);
	if (error < 0 && error != -EINVAL)
		glow_error("%s", strerror(-error));
	return error == -EINVAL ? EX_USAGE : error < 0 ? EX_OSERR : 0;
}
