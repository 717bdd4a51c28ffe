/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>

#include "repertoire.h"

#define BOOT_US (5 * GLOW_US_PER_S)

void glow_repertoire_init(struct glow_repertoire *r, const struct glow_conductor_cfg *cfg,
			  struct glow_requests *requests)
{
	r->boot_us = GLOW_NEVER;
	snprintf(r->boot_preset, sizeof(r->boot_preset), "%s", cfg->boot_preset ? cfg->boot_preset : "");
	glow_preset_store_init(&r->presets, requests);
	glow_agenda_store_init(&r->agenda, requests, &r->presets, &cfg->zone, cfg->place);
}

void glow_repertoire_fini(struct glow_repertoire *r)
{
	glow_shelf_fini(&r->presets.shelf);
	glow_shelf_fini(&r->agenda.shelf);
}

void glow_repertoire_restore(struct glow_repertoire *r, const struct glow_topic *topic, const struct glow_message *m)
{
	bool preset = topic->kind == GLOW_TOPIC_PRESET;

	glow_shelf_restore(preset ? &r->presets.shelf : &r->agenda.shelf, topic->id, m);
}

void glow_repertoire_disconnected(struct glow_repertoire *r)
{
	glow_shelf_disconnected(&r->presets.shelf);
	glow_shelf_disconnected(&r->agenda.shelf);
}

void glow_repertoire_open(struct glow_repertoire *r, bool kept, bool fresh, struct glow_time now)
{
	glow_shelf_open(&r->presets.shelf, kept, now);
	glow_agenda_store_open(&r->agenda, kept, now);
	r->boot_us = fresh && r->boot_preset[0] ? now.us + BOOT_US : GLOW_NEVER;
}

int64_t glow_repertoire_utc_us(const struct glow_wall *wall, struct glow_raw raw)
{
	return wall->synchronised ? glow_floor_div(raw.ns + wall->offset_ns, 1000) : INT64_MIN;
}

static void show_boot_preset(struct glow_repertoire *r, struct glow_time now, int64_t ahead_us)
{
	const struct glow_publisher *out = &r->presets.requests->out;
	char topic[GLOW_TOPIC_MAX + 1];
	const struct glow_message m = { .topic = topic, .payload = "" };

	r->boot_us = GLOW_NEVER;
	glow_topic_of(topic, out->prefix, GLOW_TOPIC_PRESET_APPLY, GLOW_OF_CLUSTER, r->boot_preset);
	glow_preset_store_apply(&r->presets, r->boot_preset, &m, now, ahead_us);
}

void glow_repertoire_tick(struct glow_repertoire *r, const struct glow_wall *wall, struct glow_raw raw,
			  struct glow_time now, int64_t ahead_us)
{
	glow_shelf_tick(&r->presets.shelf, now);
	glow_shelf_tick(&r->agenda.shelf, now);
	if (r->boot_us <= now.us)
		show_boot_preset(r, now, ahead_us);
	glow_agenda_store_tick(&r->agenda, glow_repertoire_utc_us(wall, raw), now, ahead_us);
}

struct glow_time glow_repertoire_next(const struct glow_repertoire *r)
{
	int64_t next_us = glow_sooner(glow_shelf_next(&r->presets.shelf).us, glow_shelf_next(&r->agenda.shelf).us);

	return (struct glow_time){ glow_sooner(next_us, r->boot_us) };
}

struct glow_raw glow_repertoire_next_due(const struct glow_repertoire *r, const struct glow_wall *wall)
{
	int64_t next_us = glow_agenda_store_next(&r->agenda);
	bool never = !wall->synchronised || next_us == GLOW_NEVER;

	return (struct glow_raw){ never ? GLOW_NEVER : next_us * 1000 - wall->offset_ns };
}
