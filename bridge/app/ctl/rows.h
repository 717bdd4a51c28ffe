/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Rows of the commands' tables. */

#include <glow/ctl.h>

#define GLOW_OPTIONS struct glow_ctl_options

#define CTL_N(rows) (sizeof(rows) / sizeof((rows)[0]))

/** A string for whose value shells offer something. */
#define CTL_SPOT(n, s, a, f, h) GLOW_ROW(GLOW_OPT_STRING, n, NULL, NULL, f, h, .arg = a, .spot = s)

#define CTL_FORCE GLOW_ROW_SWITCH("force", "no", NULL, force, "also when nobody of that name is known")

#define CTL_PARAM \
	GLOW_ROW_LIST("param", "NAME=VALUE", NULL, params, "a parameter of the effect; may be given several times")
