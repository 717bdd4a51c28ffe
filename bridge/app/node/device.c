/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
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
	d->discovery = (struct glow_discovery){ .prefix = out->prefix, .page = page, .texts = texts };
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

void glow_device_texts(struct glow_device *d, struct glow_raw now)
{
	glow_herald_offer(&d->herald, glow_discovery_hash(&d->discovery), now);
}

void glow_device_tick(struct glow_device *d, struct glow_raw now)
{
	if (glow_herald_asked(&d->herald, now))
		announce(d);
}
