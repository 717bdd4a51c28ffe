/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Instants of the cluster above mean something only where its timeline is ours. So a rack that leads on another one
 * goes over to it as soon as it knows the time there, and takes over nothing before. */

#include <stdio.h>
#include <string.h>

#include <glow/frame.h>
#include <glow/json.h>
#include <glow/log.h>

#include "above.h"

/* ---- whether ---- */

static bool joined(const struct glow_conductor *c)
{
	return glow_parts_lead(c) && c->uplink.has_root && !c->uplink.loops &&
	       c->leadership.self.clock_id == c->uplink.root.leader.clock_id;
}

/* To carry out in; NULL while what is heard is only kept. */
static struct glow_requests *open_requests(struct glow_conductor *c)
{
	return c->relaying && joined(c) ? &c->requests : NULL;
}

/* ---- what is heard ---- */

static void hear_info(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	glow_uplink_hear_info(&c->uplink, m, now);
}

static void hear_beacon(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	glow_uplink_hear_beacon(&c->uplink, m, now);
}

static void hear_reply(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		       struct glow_raw now)
{
	if (strcmp(topic->id, c->uplink.rack) == 0 && glow_uplink_hear_reply(&c->uplink, m) && joined(c))
		glow_leadership_steer(&c->leadership, now, &c->uplink.follower.sync);
}

static void hear_adopt(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		       struct glow_raw now)
{
	if (strcmp(topic->id, c->uplink.rack) == 0 && joined(c))
		glow_uplink_hear_adopt(&c->uplink, m, &c->leadership.follower.sync, now);
}

static void hear_twin(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	if (strcmp(topic->id, c->uplink.rack) == 0)
		glow_uplink_hear_twin(&c->uplink, m, now);
}

/* An empty one says that there is nothing any more, as after `glowctl forget`: what shows goes on. */
static void hear_kept(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	struct glow_requests *r = open_requests(c);
	struct glow_diag diag = { .code = GLOW_OK };
	bool good;

	if (m->len == 0)
		return;
	if (topic->kind == GLOW_TOPIC_SCENE_CURRENT)
		good = glow_relay_hear_scenes(&c->relay, r, m, r ? glow_parts_time(c, now) : (struct glow_time){ 0 },
					      &diag);
	else if (topic->kind == GLOW_TOPIC_DIM_CURRENT)
		good = glow_relay_hear_dim(&c->relay, r, m, &diag);
	else
		good = glow_relay_hear_roster(&c->relay, m, &diag);
	glow_uplink_read(&c->uplink, topic, good ? NULL : &diag);
}

static void hear_apply(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		       struct glow_raw now)
{
	struct glow_requests *r = open_requests(c);
	struct glow_diag diag = { .code = GLOW_OK };
	enum glow_lit made;
	bool good;

	if (!r)
		return;
	made = glow_relay_apply(r, topic, m, glow_parts_time(c, now), &good, &diag);
	glow_uplink_read(&c->uplink, topic, good ? NULL : &diag);
	if (made != GLOW_LIT_UNKNOWN)
		glow_members_expect(&c->members, topic->of == GLOW_OF_GROUP ? topic->id : NULL, made == GLOW_LIT_SOME);
}

static bool says_when(const struct glow_message *m)
{
	struct glow_diag diag;
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool says = glow_json_given(tree, "at_us");

	cJSON_Delete(tree);
	return says;
}

/* What is for the node that the rack is, is for all of its nodes; with the instant that it has. */
static void hear_command(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			 struct glow_raw now)
{
	const struct glow_topic all = { .kind = topic->kind, .of = GLOW_OF_ALL };
	struct glow_message as = *m;
	char name[GLOW_TOPIC_MAX + 1];

	if (strcmp(topic->id, c->uplink.rack) != 0 || !open_requests(c))
		return;
	glow_topic_of(name, c->prefix, all.kind, all.of, NULL);
	as.topic = name;
	glow_parts_command(c, &all, &as, now, says_when(m) ? 0 : glow_parts_ahead_us(c));
}

static const struct {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	void (*hear)(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		     struct glow_raw now);
} rows[] = {
	{ GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, hear_info },
	{ GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, hear_beacon },
	{ GLOW_TOPIC_TIME_REPLY, GLOW_OF_NODE, hear_reply },
	{ GLOW_TOPIC_ADOPT_REQUEST, GLOW_OF_NODE, hear_adopt },
	{ GLOW_TOPIC_INFO, GLOW_OF_NODE, hear_twin },
	{ GLOW_TOPIC_ROSTER, GLOW_OF_CLUSTER, hear_kept },
	{ GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, hear_kept },
	{ GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, hear_kept },
	{ GLOW_TOPIC_APPLY, GLOW_OF_ALL, hear_apply },
	{ GLOW_TOPIC_APPLY, GLOW_OF_GROUP, hear_apply },
	{ GLOW_TOPIC_SET, GLOW_OF_NODE, hear_command },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_NODE, hear_command },
};

bool glow_above_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_topic topic;

	if (!c->uplink.on)
		return false;
	topic = glow_topic_parse(c->uplink.prefix, m->topic);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (rows[k].kind == topic.kind && rows[k].of == topic.of)
			rows[k].hear(c, &topic, m, now);
	return topic.kind != GLOW_TOPIC_OTHER;
}

static bool is_below(const char *prefix, const char *topic)
{
	size_t n = strlen(prefix);

	return strncmp(topic, prefix, n) == 0 && topic[n] == '/';
}

bool glow_above_answers(const struct glow_conductor *c, const struct glow_message *m)
{
	const char *prefix = c->uplink.prefix, *to = m->response_topic;

	if (!c->uplink.on || !to)
		return true;
	if (glow_topic_kind(prefix, m->topic) != GLOW_TOPIC_OTHER)
		return is_below(prefix, to) && strncmp(to + strlen(prefix), "/answer/", 8) == 0;
	return !is_below(prefix, to) || is_below(c->prefix, to);
}

/* ---- what the rack is ---- */

static bool add_group(struct glow_info *info, const char *group)
{
	for (unsigned k = 0; k < info->n_groups; k++)
		if (strcmp(info->groups[k], group) == 0)
			return true;
	if (info->n_groups == GLOW_GROUPS_MAX)
		return false;
	snprintf(info->groups[info->n_groups++], sizeof(info->groups[0]), "%s", group);
	return true;
}

static struct glow_info describe(const struct glow_conductor *c)
{
	const struct glow_roster *roster = &c->roster.roster;
	struct glow_info info = { .board = "rack",
				  .shape = { GLOW_SHAPE_ROW, 1 },
				  .version = GLOW_VERSION,
				  .fps = 60,
				  .idle = "off",
				  .brightness_limit = 255,
				  .strip = roster->pixels,
				  .ahead_us = c->leadership.ahead_us,
				  .flash_limit = true, /* or not: that is each board's */
				  .boot = c->cfg.boot };
	bool all = true;

	snprintf(info.id, sizeof(info.id), "%s", c->uplink.rack);
	snprintf(info.backend, sizeof(info.backend), "conductor %.50s", c->node);
	if (roster->pixels > 0)
		info.shape.pixels = roster->pixels < GLOW_PIXELS_MAX ? roster->pixels : GLOW_PIXELS_MAX;
	for (uint32_t k = 0; k < roster->n; k++)
		for (uint32_t g = 0; g < roster->nodes[k].n_groups; g++)
			all = add_group(&info, roster->nodes[k].groups[g]) && all;
	if (!all)
		glow_warning("uplink: a rack tells %d groups at most; to others nothing comes from above",
			     GLOW_GROUPS_MAX);
	return info;
}

/* By the roster, which is what there is to be told of. */
static void say(struct glow_conductor *c, struct glow_raw now)
{
	if (glow_parts_lead(c) && (c->uplink.said == 0 || c->told_rev != c->roster.roster.edition.rev ||
				   c->told_ahead_us != c->leadership.ahead_us)) {
		const struct glow_info info = describe(c);

		glow_uplink_say(&c->uplink, &info);
		c->told_rev = c->roster.roster.edition.rev;
		c->told_ahead_us = c->leadership.ahead_us;
	}
	glow_uplink_say_stats(&c->uplink, &c->leadership.follower.sync, now);
}

/* ---- time ---- */

static bool go_over(struct glow_conductor *c, struct glow_raw now)
{
	const struct glow_uplink *u = &c->uplink;

	return u->state == GLOW_UPLINK_FOLLOWING && glow_leadership_join(&c->leadership, now, &u->follower.sync);
}

static void relay(struct glow_conductor *c, struct glow_raw now)
{
	if (!joined(c)) {
		c->relaying = false;
		return;
	}
	if (!c->relaying)
		glow_relay_open(&c->relay, &c->requests, glow_parts_time(c, now));
	c->relaying = true;
	glow_relay_tick(&c->relay, &c->requests, glow_parts_time(c, now));
}

bool glow_above_tick(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_uplink_info info;
	bool begun;

	if (!c->uplink.on)
		return false;
	if (glow_parts_stand_by(c) && c->leadership.announcer.has_info)
		glow_uplink_kin(&c->uplink, c->leadership.announcer.info.leader.boot);
	glow_uplink_speak(&c->uplink, now, !glow_parts_stand_by(c));
	glow_uplink_tick(&c->uplink, now);
	begun = go_over(c, now);
	if (!begun)
		relay(c, now);
	say(c, now);
	glow_uplink_report(&c->uplink, now, &info);
	glow_leadership_uplink(&c->leadership, &info, now);
	return begun;
}

struct glow_raw glow_above_next(const struct glow_conductor *c)
{
	int64_t ns = GLOW_NEVER;

	if (!c->uplink.on)
		return (struct glow_raw){ ns };
	ns = glow_uplink_next(&c->uplink).ns;
	if (c->relaying && joined(c))
		ns = glow_sooner(ns, glow_leadership_when(&c->leadership, glow_relay_next(&c->relay)).ns);
	return (struct glow_raw){ ns };
}
