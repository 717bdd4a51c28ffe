/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Editors write a file, or put another one in its place, or move it away first: so its folder is what is watched. A
 * save is over when nothing more has happened for a moment. A folder that is not there is looked for every second. */

#include "saves.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#define SETTLE_US 30000
#define LOOK_US   1000000

/* A file is not looked at while it is written: what opened it has to close it. */
#define OF_FILE   (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
#define OF_FOLDER (IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

static int arm(struct glow_saves *s, uint64_t after_us)
{
	int r = sd_event_source_set_time_relative(s->timer, after_us);

	return r < 0 ? r : sd_event_source_set_enabled(s->timer, SD_EVENT_ONESHOT);
}

static int on_event(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
	struct glow_saves *s = userdata;

	(void)source;
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT))
		s->watch = sd_event_source_unref(s->watch);
	else if (event->len && strcmp(event->name, s->name) != 0)
		return 0;
	s->happened = true;
	return arm(s, SETTLE_US);
}

/* Where the path leads now, the last link followed. */
static int settle_path(struct glow_saves *s)
{
	char *real = realpath(s->path, NULL), *copy = strdup(real ? real : s->path);

	free(s->folder);
	free(s->name);
	s->name = copy ? strdup(basename(copy)) : NULL;
	s->folder = copy ? strdup(dirname(copy)) : NULL;
	free(real);
	free(copy);
	return s->name && s->folder ? 0 : -ENOMEM;
}

static int look(struct glow_saves *s)
{
	int r = settle_path(s);

	return r < 0 ? r : sd_event_add_inotify(s->loop, &s->watch, s->folder, OF_FILE | OF_FOLDER, on_event, s);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct glow_saves *s = userdata;
	bool told = s->happened;

	(void)source;
	(void)usec;
	if (!s->watch && look(s) >= 0)
		told = true;
	if (!s->watch)
		arm(s, LOOK_US);
	s->happened = false;
	if (told)
		s->saved(s->ctx);
	return 0;
}

int glow_saves_init(struct glow_saves *s, sd_event *loop, const char *path, void (*saved)(void *ctx), void *ctx)
{
	int r;

	*s = (struct glow_saves){ .path = path, .loop = loop, .saved = saved, .ctx = ctx };
	r = sd_event_add_time_relative(loop, &s->timer, CLOCK_MONOTONIC, LOOK_US, 1000, on_timer, s);
	if (r >= 0)
		r = look(s);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	return r < 0 ? r : sd_event_source_set_enabled(s->timer, SD_EVENT_OFF);
}

void glow_saves_fini(struct glow_saves *s)
{
	sd_event_source_unref(s->watch);
	sd_event_source_unref(s->timer);
	free(s->folder);
	free(s->name);
}
