/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node has told of its light, as a viewer of thousands keeps it: a struct glow_state has room for the longest
 * board four times over, 50 KB, and most boards have eight pixels. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/state.h>

/** The fields are those of struct glow_state. Looks and frames end behind the pixels that they have: they are not to be
 * copied by assignment. */
struct glow_told {
	struct glow_look *light;
	struct glow_look *notice;     /**< NULL: there is none on top */
	struct glow_frame *fade_from; /**< NULL: it does not fade */
	int64_t since_us;
	uint64_t clock_id;
	enum glow_showing showing;
	bool dark, limited;
	char *problem; /**< NULL for none */
	unsigned slots_a_frame;
	int64_t fade_start_us, fade_end_us;
	char notice_id[GLOW_NOTICE_ID_MAX + 1];
	uint8_t notice_priority;
	int64_t notice_start_us, notice_end_us;
};

/** A look with no more pixels than it has, the caller's to free(); NULL without memory. */
struct glow_look *glow_look_keep(const struct glow_look *look);

/** Keeps this in place of what was kept. False without memory: then nothing has changed. All zero at first. */
bool glow_told_keep(struct glow_told *told, const struct glow_state *state);
void glow_told_fini(struct glow_told *told);

/** As glow_state_write(); NULL without memory. */
cJSON *glow_told_write(const struct glow_told *told, struct glow_shape shape);
