/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Whether there is somebody of the name that was typed. A node that is not there
 * cannot answer, and nobody does it in its place; a group's word is the conductor's where one leads. */

#include <glow/ctl.h>
#include <glow/watch.h>

#include "session.h"

/** False when a target (glow_ctl_target()) is neither a node or group of the model nor in its roster. True where the
 * model cannot tell: it has nobody, or for a group a node that has not said what it is. */
bool glow_ctl_targets_know(const struct glow_watch *w, const char *target);

/** The target that was meant, as glowctl takes it ("pi1", "group/odd"), of those in the model; false when none is
 * near. */
bool glow_ctl_targets_meant(const struct glow_watch *w, const char *target, char ret_target[GLOW_ID_MAX + 8]);

/** Connects anew to hear whom the broker knows; the session stays open for asking, and to be closed. 0 when the target
 * is one of these, or there is no telling; else an exit status after saying what was meant, or why there is no
 * connection. */
int glow_ctl_targets_check(struct glow_ctl_session *s, const char *target);

/** Says that there is nobody of that name, and whom the model has of a similar one; EX_UNAVAILABLE. */
int glow_ctl_targets_fail(const struct glow_watch *w, const char *target);
