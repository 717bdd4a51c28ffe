/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What is wrong with nodes, by what they say of themselves, and what to do about it. */

#include <glow/watch.h>

#include "findings.h"

/** A finding for each node that is not as it should be, and one for all that are. `waited_s` is for how long they were
 * listened to. */
void glow_doctor_nodes(const struct glow_watch *w, int waited_s, struct glow_findings *f);
