/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The control: with scenes whose next instant never comes fuzz_node.c must fail
 * on its corpus, or it would not see a loop that spins. */

#include <glow/scene.h>

int64_t stuck_next(const struct glow_scene *scene, int64_t t_us)
{
	(void)scene;
	return t_us;
}
