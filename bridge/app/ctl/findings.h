/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What glowctl doctor found: each thing that is well, could be better, or is wrong, and then what to do. */

#include <stdbool.h>

#include <cjson/cJSON.h>

enum glow_finding { GLOW_FINDING_WELL, GLOW_FINDING_NOTE, GLOW_FINDING_TROUBLE };

struct glow_findings {
	cJSON *list;
	unsigned troubles;
};

void glow_findings_init(struct glow_findings *f);
void glow_findings_fini(struct glow_findings *f);

/** `about` is "broker", "rights", "conductor", or a node's id where `node`; `cure` is what to do, NULL for nothing. The
 * format is of the sentence. */
void glow_findings_add(struct glow_findings *f, enum glow_finding kind, const char *about, bool node, const char *cure,
		       const char *format, ...) __attribute__((format(printf, 6, 7)));

/** Prints them as lines or as JSON; the exit status is 0 when nothing is wrong, else 1. */
int glow_findings_print(struct glow_findings *f, bool json);
