/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* glowctl doctor broker: each thing that a cluster rests on, proved on the broker at hand; docs/brokers.md. */

#include <glow/ctl.h>

#include "findings.h"

/** Connects as our programs do, under ids of its own, and speaks below <prefix>-probe/ alone, where it leaves nothing.
 */
void glow_proofs_run(const struct glow_ctl_options *o, struct glow_findings *found);
