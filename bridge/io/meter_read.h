/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* glow_meters_read() with the places and the time it reads given, for tests. */

#include <glow/meter.h>

void glow_meters_read_at(struct glow_meters *meters, const char *proc, int64_t now_ns);
