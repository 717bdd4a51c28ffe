/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The verbs of glowctl effects that go on until they are told to end. Each returns an exit status. */

#include <glow/ctl.h>

/** Draws the file's effect on boards of o's choice, words being those of a light. */
int glow_ctl_effects_preview(const struct glow_ctl_options *o, const char *path, int n_words, char *const words[]);

/** Puts the file on the cluster now and whenever it is saved. */
int glow_ctl_effects_watch(const struct glow_ctl_options *o, const char *path);
