/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Rows of the commands' tables. */

#include <glow/ctl.h>

#define GLOW_OPTIONS struct glow_ctl_options

#define CTL_N(rows) (sizeof(rows) / sizeof((rows)[0]))

#define CTL_FORCE GLOW_ROW_SWITCH("force", "no", NULL, force, "also when nobody of that name is known")

#define CTL_PARAM \
	GLOW_ROW_LIST("param", "NAME=VALUE", NULL, params, "a parameter of the effect; may be given several times")
