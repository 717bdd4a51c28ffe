/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A node's light as its state tells of it, of what a conductor adds up or looks back at. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/color.h>
#include <glow/script.h>

/** What a node says of its light. */
struct glow_member_light {
	struct glow_rgb color;
	uint8_t brightness;
	char effect[GLOW_SCRIPT_NAME_SIZE]; /**< "" where it says none */
};

/** Reads a state; what it does not say is 0. False when it says neither ON nor OFF. */
bool glow_member_light_read(const char *state, size_t len, bool *ret_on, struct glow_member_light *ret_light);
bool glow_member_light_equal(const struct glow_member_light *a, const struct glow_member_light *b);

/** When the light last changed, by its state; INT64_MIN: it does not say. */
int64_t glow_member_light_since(const char *state, size_t len);
