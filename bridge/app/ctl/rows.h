/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Rows of the commands' tables. */

#include <stddef.h>

#include <glow/ctl.h>

#define CTL_N(rows)   (sizeof(rows) / sizeof((rows)[0]))
#define CTL_AT(field) .offset = offsetof(struct glow_ctl_options, field)

#define CTL_INT(n, field, least, most, a, h)                                                                   \
	{                                                                                                      \
		.name = n, .type = GLOW_OPT_INT, .min = least, .max = most, .arg = a, .help = h, CTL_AT(field) \
	}
#define CTL_TEXT(n, field, a, h)                                                       \
	{                                                                              \
		.name = n, .type = GLOW_OPT_STRING, .arg = a, .help = h, CTL_AT(field) \
	}
#define CTL_SWITCH(n, field, d, h)                                                   \
	{                                                                            \
		.name = n, .type = GLOW_OPT_BOOL, .def = d, .help = h, CTL_AT(field) \
	}
#define CTL_PARAM                                                            \
	{                                                                    \
		.name = "param", .type = GLOW_OPT_LIST, .arg = "NAME=VALUE", \
		.help = "a parameter of the effect; may "                    \
			"be given several times",                            \
		CTL_AT(params)                                               \
	}
