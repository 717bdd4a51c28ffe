/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The time zone of this machine, or one that it is told. A container has none of its host's: local time is UTC in it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** True when there is a zone of that name here. */
bool glow_zone_known(const char *name);

/** Takes that zone ("Europe/Berlin") for local time from now on; "" or NULL leaves the machine's. -ENOENT when
 * there is no such zone here: then nothing changes. Call it before there are threads. */
int glow_zone_use(const char *name);

/** What local time is now, for people: "CET, UTC+01:00". */
void glow_zone_text(char *ret_text, size_t size);

/** Local time minus UTC, in seconds, at an instant; `ctx` is not looked at. */
int32_t glow_zone_offset_s(void *ctx, int64_t utc_s);
