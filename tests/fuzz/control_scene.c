/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The control of fuzz_scene.c: a writer that forgets until when the dimmer
 * holds. Its corpus must fail with it. */

#include <glow/scenes.h>
#include <glow/time.h>

#undef glow_dim_write
cJSON *glow_dim_write(const struct glow_dim *dim);

cJSON *forgetful_write(const struct glow_dim *dim)
{
	struct glow_dim forgotten = { dim->brightness, GLOW_NEVER };

	return glow_dim_write(&forgotten);
}
