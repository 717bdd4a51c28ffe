/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is wanted changes at any time, and the broker's word takes a while: so a topic is copied out under the lock,
 * asked for without it, and looked at again. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mqtt_follow.h"

int glow_follows_init(struct glow_follows *f)
{
	f->n = 0;
	f->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return f->fd < 0 ? -errno : -pthread_mutex_init(&f->lock, NULL);
}

void glow_follows_fini(struct glow_follows *f)
{
	if (f->fd < 0)
		return;
	for (size_t k = 0; k < f->n; k++)
		free(f->v[k].topic);
	pthread_mutex_destroy(&f->lock);
	close(f->fd);
	f->fd = -1;
}

static struct glow_follow *find(struct glow_follows *f, const char *topic)
{
	for (size_t k = 0; k < f->n; k++)
		if (strcmp(f->v[k].topic, topic) == 0)
			return &f->v[k];
	return NULL;
}

static void remove_at(struct glow_follows *f, size_t k)
{
	free(f->v[k].topic);
	f->v[k] = f->v[--f->n];
}

bool glow_follows_want(struct glow_follows *f, const char *topic, bool on)
{
	struct glow_follow *one;
	bool room = true;

	pthread_mutex_lock(&f->lock);
	one = find(f, topic);
	if (!one && on) {
		char *copy = f->n < GLOW_FOLLOWS_MAX ? strdup(topic) : NULL;

		room = copy;
		if (room) {
			one = &f->v[f->n++];
			*one = (struct glow_follow){ .topic = copy };
		}
	}
	if (one)
		one->wanted = on;
	if (one && !on && !one->asked)
		remove_at(f, (size_t)(one - f->v));
	pthread_mutex_unlock(&f->lock);
	eventfd_write(f->fd, 1);
	return room;
}

void glow_follows_reset(struct glow_follows *f)
{
	pthread_mutex_lock(&f->lock);
	for (size_t k = f->n; k-- > 0;) {
		f->v[k].asked = f->v[k].lost = f->v[k].again = false;
		if (!f->v[k].wanted)
			remove_at(f, k);
	}
	pthread_mutex_unlock(&f->lock);
}

/* The next one that the broker does not know as the owner wants it, which counts as told from here on: the caller's to
 * free(). NULL for none, and for want of memory: then it is asked for later. */
static char *next(struct glow_follows *f, bool *ret_on)
{
	char *topic = NULL;

	pthread_mutex_lock(&f->lock);
	for (size_t k = 0; k < f->n && !topic; k++) {
		struct glow_follow *one = &f->v[k];

		if (one->wanted == one->asked && !one->again)
			continue;
		topic = strdup(one->topic);
		if (!topic)
			break;
		one->asked = *ret_on = one->wanted;
		one->again = false;
		if (!one->wanted)
			remove_at(f, k);
	}
	pthread_mutex_unlock(&f->lock);
	return topic;
}

bool glow_filter_matches(const char *filter, const char *topic)
{
	for (; *filter; filter++) {
		if (*filter == '#')
			return true;
		if (*filter == '+') {
			topic += strcspn(topic, "/");
		} else if (*filter == *topic) {
			topic++;
		} else {
			return *topic == '\0' && strcmp(filter, "/#") == 0; /* a level itself belongs to it */
		}
	}
	return *topic == '\0';
}

bool glow_follows_lost(struct glow_follows *f, const char *topic)
{
	bool some = false;

	pthread_mutex_lock(&f->lock);
	for (size_t k = 0; k < f->n; k++) {
		bool hit = f->v[k].asked && glow_filter_matches(f->v[k].topic, topic);

		f->v[k].lost |= hit;
		some |= hit;
	}
	pthread_mutex_unlock(&f->lock);
	return some;
}

int glow_follows_again(struct glow_follows *f)
{
	int n = 0;

	pthread_mutex_lock(&f->lock);
	for (size_t k = 0; k < f->n; k++) {
		n += f->v[k].lost;
		f->v[k].again |= f->v[k].lost;
		f->v[k].lost = false;
	}
	pthread_mutex_unlock(&f->lock);
	return n;
}

int glow_follows_sync(struct glow_follows *f, struct glow_link *link,
		      void (*refused)(void *ctx, const char *topic, const char *why), void *ctx)
{
	char why[GLOW_MQTT_WHY], *topic;
	eventfd_t ignored;
	bool on = false;
	int r = 0;

	eventfd_read(f->fd, &ignored);
	while (r >= 0 && (topic = next(f, &on))) {
		r = glow_link_follow(link, topic, on, why);
		if (r > 0)
			refused(ctx, topic, why);
		free(topic);
	}
	return r < 0 ? r : 0;
}
