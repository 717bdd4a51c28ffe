/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

#include <stdint.h>

struct glow_css_name {
	const char *name;
	int32_t rgb;
};

/** The named colours of CSS Color Module Level 4, in lower case; ends with a NULL name. */
extern const struct glow_css_name glow_css_names[];
