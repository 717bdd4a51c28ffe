/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Whom a command or a scene is for: whether there is anybody of that name, and
 * how many of them are there now. A node is known that is online, whose info the
 * broker keeps, that stood in the last roster, or that the configuration names
 * (placement.h); a group, that one of the known nodes has. */

#include <stdint.h>

#include <glow/diag.h>
#include <glow/scene.h>

#include "members.h"

/** GLOW_OK when the target names nobody who is unknown; else GLOW_UNKNOWN_TARGET with diag, which tells the name and
 * the nearest that is known, of a node or a group. `field` is where the names stand ("target.nodes"); "" when they
 * are in no field. Where nothing at all is known, or no more nodes can be kept, nobody is unknown. */
enum glow_code glow_addressees_check(const struct glow_members *members, const struct glow_target *target,
				     const char *field, struct glow_diag *diag);

/** How many nodes are online that one of these targets is for, each counted once; without memory to tell, how many are
 * online at all. */
uint32_t glow_addressees_online(const struct glow_members *members, const struct glow_target *const *targets,
				uint32_t n_targets);
