/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/json.h>
#include <glow/log.h>
#include <glow/topics.h>

#include "announcer.h"

#define BEACON_NS    INT64_C(500000000)
#define UTC_GRAIN_US 5000 /* a change of the wall clock that is worth telling */

void glow_announcer_init(struct glow_announcer *a, const struct glow_publisher *out)
{
	*a = (struct glow_announcer){ .out = *out, .beacon = { GLOW_NEVER } };
}

void glow_announcer_availability(struct glow_announcer *a, bool online)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, a->out.prefix, "conductor", "availability", NULL);
	glow_publish_text(&a->out, topic, online ? "online" : "offline", 1, true);
}

static bool same_info(const struct glow_conductor_info *a, const struct glow_conductor_info *b)
{
	int64_t moved_us = a->utc_offset_us - b->utc_offset_us;

	return memcmp(&a->messages, &b->messages, sizeof(a->messages)) == 0 && a->leading == b->leading &&
	       glow_leader_same(a->leader, b->leader) && a->nodes == b->nodes && a->has_utc == b->has_utc &&
	       memcmp(&a->uplink, &b->uplink, sizeof(a->uplink)) == 0 && a->tz_offset_s == b->tz_offset_s &&
	       a->ahead_us == b->ahead_us && moved_us <= UTC_GRAIN_US && moved_us >= -UTC_GRAIN_US;
}

void glow_announcer_info(struct glow_announcer *a, const struct glow_conductor_info *info)
{
	if (a->has_info && same_info(info, &a->info))
		return;
	glow_announcer_keep(a, info);
	glow_publish_tree(&a->out, "conductor", "info", NULL, glow_conductor_info_write(info), 1, true);
}

void glow_announcer_beacon(struct glow_announcer *a, struct glow_raw now, struct glow_leader leader,
			   struct glow_time time)
{
	struct glow_beacon beacon = { .seq = a->beacon_seq++, .time_us = time.us, .leader = leader };

	a->beacon.ns = now.ns + BEACON_NS;
	glow_publish_tree(&a->out, "conductor", "beacon", NULL, glow_beacon_write(&beacon), 0, false);
}

bool glow_announcer_read(const struct glow_message *m, struct glow_conductor_info *ret_info)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = m->len > 0 ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool good = tree && glow_conductor_info_read(tree, ret_info, &diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (m->len > 0 && !good)
		glow_warning("the retained conductor info is broken and was skipped: %s %s", diag.where, diag.what);
	return good;
}

void glow_announcer_keep(struct glow_announcer *a, const struct glow_conductor_info *info)
{
	a->info = *info;
	a->has_info = true;
}
