/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A file that somebody edits, and when it is saved. */

#include <stdbool.h>

#include <systemd/sd-event.h>

struct glow_saves {
	const char *path;    /**< borrowed */
	char *folder, *name; /**< of the file itself, where the path is a link to it */
	sd_event *loop;
	sd_event_source *watch, *timer; /**< watch: NULL while the folder is not there */
	bool happened;
	void (*saved)(void *ctx);
	void *ctx;
};

/** From now on `saved` is called whenever the file was saved, removed or came, a moment after the last that happened to
 * it; the file and its folder need not be there yet. A negative errno; glow_saves_fini() in both cases. */
int glow_saves_init(struct glow_saves *s, sd_event *loop, const char *path, void (*saved)(void *ctx), void *ctx);

void glow_saves_fini(struct glow_saves *s);
