/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The cluster as others see it: nodes drawn from what they say of themselves
 * (retained info, state, availability) by the code that drives their LEDs. No
 * pixel is ever sent. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glow/info.h>
#include <glow/mqtt.h>
#include <glow/state.h>

struct glow_watched {
	char id[GLOW_ID_MAX + 1];
	bool online, has_info, has_state;
	struct glow_info info;
	struct glow_state state;
	struct glow_look idle;
	struct glow_env env;
	unsigned fps; /* as last reported */
};

struct glow_watch {
	char prefix[GLOW_PREFIX_MAX + 1];
	struct glow_watched **nodes; /**< in natural order: pi2 before pi10 */
	size_t n_nodes;
	char last_error[200]; /**< the latest rejected command, "" for none */
};

void glow_watch_init(struct glow_watch *w, const char *prefix);
void glow_watch_fini(struct glow_watch *w);

/** Takes a message of prefix/node/+/…; others are ignored, broken ones too. */
void glow_watch_message(struct glow_watch *w, const struct glow_message *message);

/** What the node's LEDs show at t_us; levels in r, g, b alike where LEDs have
 * one colour each. An offline or unknown node is dark. */
void glow_watch_render(const struct glow_watched *node, int64_t t_us, struct glow_frame *ret_frame);

/** How LED i of a frame looks to the eye. */
struct glow_rgb glow_watch_led(struct glow_shape shape, const struct glow_frame *frame, uint32_t i);

/** "rainbow 50%", "off", "idle (blue)", "notice: blink". */
void glow_watch_label(const struct glow_watched *node, char *ret_text, size_t size);

/** The cluster as terminal lines (colours: 0 none, 256, or 1<<24) or as an SVG picture. */
void glow_watch_text(const struct glow_watch *w, int64_t t_us, int colors, FILE *out);
void glow_watch_svg(const struct glow_watch *w, int64_t t_us, FILE *out);
