/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include <glow/wanted.h>

#include "device.h"

static void announce(struct glow_device *d)
{
	glow_herald_announce(&d->herald, glow_discovery_write(d->info, &d->discovery));
}

void glow_device_init(struct glow_device *d, const struct glow_publisher *out, const struct glow_info *info,
		      const char *page, const struct glow_effect_list *texts, uint32_t seed)
{
	char state[GLOW_TOPIC_MAX + 1];

	d->info = info;
	d->title[0] = d->wanted[0] = '\0';
	if (out->discovery[0])
		glow_topic_of(d->wanted, out->prefix, GLOW_TOPIC_ROSTER_WANTED, GLOW_OF_CLUSTER, NULL);
	d->discovery =
		(struct glow_discovery){ .prefix = out->prefix, .page = page, .texts = texts, .title = d->title };
	glow_topic_of(state, out->prefix, GLOW_TOPIC_STATE, GLOW_OF_NODE, info->id);
	glow_herald_init(&d->herald, out, info->id, state, seed);
}

void glow_device_fini(struct glow_device *d)
{
	glow_herald_fini(&d->herald);
}

void glow_device_connected(struct glow_device *d)
{
	glow_herald_connected(&d->herald);
	announce(d);
}

bool glow_device_topic(const struct glow_device *d, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	if (k == 0 && d->wanted[0]) {
		snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s", d->wanted);
		return true;
	}
	return glow_herald_topic(&d->herald, d->wanted[0] ? k - 1 : k, ret_topic);
}

/* A broken one says nothing. */
static void hear_title(struct glow_device *d, const struct glow_message *m)
{
	const struct glow_wanted none = { .n = 0 };
	const struct glow_wanted_node *node;
	struct glow_wanted wanted = none;
	struct glow_diag diag;
	bool absent;

	if (m->len && glow_wanted_read(m->payload, m->len, &none, &wanted, &absent, &diag) != GLOW_OK)
		return;
	node = glow_wanted_find(&wanted, d->info->id);
	snprintf(d->title, sizeof(d->title), "%s", node ? node->title : "");
	glow_wanted_fini(&wanted);
}

bool glow_device_message(struct glow_device *d, const struct glow_message *m, struct glow_raw now)
{
	if (!d->wanted[0] || strcmp(m->topic, d->wanted) != 0)
		return glow_herald_message(&d->herald, m, now);
	hear_title(d, m);
	glow_device_texts(d, now);
	return true;
}

void glow_device_texts(struct glow_device *d, struct glow_raw now)
{
	glow_herald_offer(&d->herald, glow_discovery_hash(&d->discovery), now);
}

void glow_device_tick(struct glow_device *d, struct glow_raw now)
{
	if (glow_herald_asked(&d->herald, now))
		announce(d);
}
