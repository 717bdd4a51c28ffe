/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A command is parsed against the light as it is, and only a command that is
 * good as a whole touches anything. One with a time is kept as its bytes and
 * parsed again when its time has come, so that there is one way for a command
 * to take effect and a waiting one costs no frame of memory. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/bridge.h>
#include <glow/flash.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/time.h>

#define NOTICE_TTL_DEFAULT_US   (5 * GLOW_US_PER_S)
#define NOTICE_PRIORITY_DEFAULT 5

struct notice {
	struct glow_look look;
	char id[GLOW_NOTICE_ID_MAX + 1];
	uint8_t priority;
	uint64_t order; /* rises with each arrival */
	int64_t end_us; /* GLOW_NEVER never; 0 marks a free place */
};

struct pending {
	int64_t at_us;
	uint64_t order;
	enum glow_command_kind kind;
	uint32_t seed;
	char *payload; /* NULL marks a free place */
	size_t len;
};

struct glow_bridge {
	struct glow_bridge_cfg cfg;
	char prefix[GLOW_PREFIX_MAX + 1], discovery[GLOW_PREFIX_MAX + 1];
	struct glow_look idle, light;
	int64_t since_us;
	bool fading;
	int64_t fade_start_us, fade_end_us;
	struct glow_frame fade_from;
	struct notice notices[GLOW_NOTICES_MAX];
	struct pending pending[GLOW_PENDING_MAX];
	uint64_t order;
	bool connected, started, restored, accepted;
	bool state_dirty;
	int64_t state_allowed_us; /* earliest next publication */
	bool limited;             /* some limit changed the last picture */
	uint32_t revision;        /* rises when the picture may have changed by anything but time */
	bool held_back;           /* the flash limit did: what was asked for is still to come */
	struct glow_flash flash;
	struct glow_command command; /* scratch: too large for the stack of a small thread */
};

/* ---- what shows ---- */

static const struct notice *top_notice(const struct glow_bridge *b)
{
	const struct notice *top = NULL;

	for (int k = 0; k < GLOW_NOTICES_MAX; k++) {
		const struct notice *n = &b->notices[k];

		if (n->end_us &&
		    (!top || n->priority > top->priority || (n->priority == top->priority && n->order > top->order)))
			top = n;
	}
	return top;
}

static struct glow_picture picture(const struct glow_bridge *b)
{
	const struct notice *n = top_notice(b);

	return (struct glow_picture){
		.idle = &b->idle,
		.light = &b->light,
		.notice = n ? &n->look : NULL,
		.fade_from = b->fading ? &b->fade_from : NULL,
		.fade_start_us = b->fade_start_us,
		.fade_end_us = b->fade_end_us,
	};
}

static enum glow_showing showing(const struct glow_bridge *b)
{
	if (top_notice(b))
		return GLOW_SHOWS_NOTICE;
	return b->light.effect || !b->light.on ? GLOW_SHOWS_LIGHT : GLOW_SHOWS_IDLE;
}

/* One dim red pixel, the first, unless it shines brighter anyway. */
static void show_lost(const struct glow_bridge *b, struct glow_frame *frame)
{
	const struct glow_rgb dim = glow_shape_project(b->cfg.env.shape, 0, (struct glow_rgb){ 16, 0, 0 });

	if (frame->px[0].r < dim.r)
		frame->px[0] = dim;
}

void glow_bridge_render(struct glow_bridge *b, int64_t t_us, struct glow_frame *ret_frame)
{
	struct glow_picture pic = picture(b);
	bool limited = glow_picture_render(&pic, &b->cfg.env, t_us, ret_frame);

	if (b->cfg.lost_indicator && !b->connected)
		show_lost(b, ret_frame);
	b->held_back = b->cfg.info.flash_limit && glow_flash_limit(&b->flash, b->cfg.env.shape, t_us, ret_frame);
	limited = limited || b->held_back;

	if (limited != b->limited) {
		b->limited = limited;
		b->state_dirty = true;
	}
}

enum glow_pace glow_bridge_pace(const struct glow_bridge *b, int64_t t_us, uint32_t *ret_meters)
{
	struct glow_picture pic = picture(b);
	enum glow_pace pace = glow_picture_pace(&pic, &b->cfg.env, t_us, ret_meters);

	return b->held_back ? GLOW_ANIMATED : pace;
}

uint32_t glow_bridge_revision(const struct glow_bridge *b)
{
	return b->revision;
}

void glow_bridge_meters(struct glow_bridge *b, const uint16_t meter[GLOW_METERS])
{
	struct glow_picture pic = picture(b);
	uint32_t shown;

	glow_picture_pace(&pic, &b->cfg.env, GLOW_NEVER, &shown);
	if (shown)
		b->revision++;
	memcpy(b->cfg.env.meter, meter, sizeof(b->cfg.env.meter));
}

void glow_bridge_wall_offset(struct glow_bridge *b, int64_t offset_us)
{
	if (b->cfg.env.wall_offset_us != offset_us)
		b->revision++;
	b->cfg.env.wall_offset_us = offset_us;
}

void glow_bridge_clock_stepped(struct glow_bridge *b, int64_t delta_us)
{
	b->light.start_us += delta_us;
	b->idle.start_us += delta_us;
	b->since_us += delta_us;
	b->fade_start_us += delta_us;
	b->fade_end_us += delta_us;
	b->state_allowed_us += delta_us;
	glow_flash_clock_stepped(&b->flash, delta_us);
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us) {
			b->notices[k].look.start_us += delta_us;
			b->notices[k].end_us += delta_us;
		}
	b->state_dirty = true;
	b->revision++;
}

/* ---- what is said ---- */

static void publish(struct glow_bridge *b, const char *topic, const char *payload, int qos, bool retained)
{
	struct glow_message m = {
		.topic = topic, .payload = payload, .len = strlen(payload), .qos = qos, .retained = retained
	};

	b->cfg.outbox.publish(b->cfg.outbox.ctx, &m);
}

/* Publishes a tree below node/<id>/ and deletes it. */
static void publish_tree(struct glow_bridge *b, const char *leaf, cJSON *tree, int qos, bool retained)
{
	char topic[GLOW_TOPIC_MAX + 1];
	char *text = glow_json_finish(tree);

	glow_topic_make(topic, b->prefix, "node", b->cfg.info.id, leaf);
	if (text)
		publish(b, topic, text, qos, retained);
	free(text);
}

static void publish_state(struct glow_bridge *b, int64_t now_us)
{
	const struct notice *n = top_notice(b);
	struct glow_state *state;

	b->state_dirty = false;
	b->state_allowed_us = now_us + GLOW_STATE_EVERY_US;

	if (!b->connected)
		return;
	state = calloc(1, sizeof(*state));
	if (!state)
		return;
	state->light = b->light;
	state->since_us = b->since_us;
	state->showing = showing(b);
	state->limited = b->limited;
	state->fading = b->fading;
	if (b->fading) {
		state->fade_start_us = b->fade_start_us;
		state->fade_end_us = b->fade_end_us;
		glow_frame_copy(&state->fade_from, &b->fade_from);
	}
	if (n) {
		state->has_notice = true;
		state->notice = n->look;
		memcpy(state->notice_id, n->id, sizeof(n->id));
		state->notice_priority = n->priority;
		state->notice_end_us = n->end_us;
	}
	publish_tree(b, "state", glow_state_write(state, b->cfg.env.shape), 1, true);
	free(state);
}

static void publish_info(struct glow_bridge *b)
{
	if (b->connected)
		publish_tree(b, "info", glow_info_write(&b->cfg.info), 1, true);
}

static void publish_discovery(struct glow_bridge *b)
{
	char topic[GLOW_TOPIC_MAX + 1];
	char *text;

	if (!b->discovery[0])
		return;
	glow_discovery_topic(topic, b->discovery, b->prefix, b->cfg.info.id);
	text = glow_json_finish(glow_discovery_write(&b->cfg.info, b->prefix));
	if (text)
		publish(b, topic, text, 1, true);
	free(text);
}

static void publish_availability(struct glow_bridge *b, const char *value)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, b->prefix, "node", b->cfg.info.id, "availability");
	publish(b, topic, value, 1, true);
}

void glow_bridge_goodbye(struct glow_bridge *b)
{
	if (b->connected)
		publish_availability(b, "offline");
}

void glow_bridge_stats(struct glow_bridge *b, const struct glow_stats *stats)
{
	if (b->connected)
		publish_tree(b, "stats", glow_stats_write(stats), 0, false);
}

void glow_bridge_problem(struct glow_bridge *b, const char *problem, const char *backend)
{
	struct glow_info *info = &b->cfg.info;
	char *texts[2] = { info->problem, info->backend };
	const char *news[2] = { problem ? problem : "", backend };
	size_t sizes[2] = { sizeof(info->problem), sizeof(info->backend) };
	bool changed = false;

	for (int k = 0; k < 2; k++) {
		changed = changed || strcmp(texts[k], news[k]) != 0;
		snprintf(texts[k], sizes[k], "%s", news[k]);
	}
	if (changed)
		publish_info(b);
}

/* Answers the asker, and tells everybody when it is a rejection. */
static void answer(struct glow_bridge *b, const struct glow_message *asked, const struct glow_diag *diag, int64_t at_us)
{
	cJSON *tree = glow_answer_write(b->cfg.info.id, diag);
	char *text;

	if (at_us)
		glow_json_add_int(tree, "at_us", at_us);
	text = glow_json_finish(tree);
	if (!text)
		return;
	if (asked->response_topic && glow_answer_topic_allowed(b->prefix, asked->response_topic)) {
		struct glow_message m = { .topic = asked->response_topic,
					  .payload = text,
					  .len = strlen(text),
					  .qos = 1,
					  .correlation = asked->correlation,
					  .correlation_len = asked->correlation_len };

		b->cfg.outbox.publish(b->cfg.outbox.ctx, &m);
	}
	if (diag->code != GLOW_OK) {
		char topic[GLOW_TOPIC_MAX + 1];

		glow_topic_make(topic, b->prefix, "node", b->cfg.info.id, "error");
		publish(b, topic, text, 0, false);
		glow_warning("%s rejected: %s %s: %s", asked->topic, glow_code_name(diag->code), diag->where,
			     diag->what);
	}
	free(text);
}

/* ---- what commands do ---- */

/* Where a notice goes: the place of its id, a free place, or that of the one
 * that is pushed out. NULL when the new one would be the lowest itself. */
static struct notice *place_for(struct glow_bridge *b, const char *id, uint8_t priority)
{
	struct notice *free_place = NULL, *lowest = &b->notices[0];

	for (int k = 0; k < GLOW_NOTICES_MAX; k++) {
		struct notice *n = &b->notices[k];

		if (!n->end_us)
			free_place = n;
		else if (id[0] && strcmp(n->id, id) == 0)
			return n;
		if (n->priority < lowest->priority || (n->priority == lowest->priority && n->order < lowest->order))
			lowest = n;
	}
	if (free_place)
		return free_place;
	return priority < lowest->priority ? NULL : lowest;
}

static struct notice *add_notice(struct glow_bridge *b, const char *id, uint8_t priority, int64_t end_us)
{
	struct notice *n = place_for(b, id, priority);

	if (!n)
		return NULL;
	memset(n->id, 0, sizeof(n->id));
	memcpy(n->id, id, strlen(id));
	n->priority = priority;
	n->order = ++b->order;
	n->end_us = end_us;
	return n;
}

static void remove_notice(struct glow_bridge *b, const char *id)
{
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us && strcmp(b->notices[k].id, id) == 0)
			b->notices[k].end_us = 0;
}

static const struct glow_effect_desc *blink(void)
{
	return glow_effect_find("blink", strlen("blink"));
}

static void apply_notify(struct glow_bridge *b, const struct glow_command *cmd, int64_t now_us, uint32_t seed)
{
	int64_t ttl_us = NOTICE_TTL_DEFAULT_US;
	struct notice *n;

	if (cmd->clear) {
		remove_notice(b, cmd->id);
		return;
	}
	if (cmd->has & GLOW_HAS_TTL)
		ttl_us = cmd->ttl_us;
	else if (cmd->has & GLOW_HAS_FLASH && cmd->flash_us)
		ttl_us = cmd->flash_us;
	n = add_notice(b, cmd->id, cmd->has & GLOW_HAS_PRIORITY ? cmd->priority : NOTICE_PRIORITY_DEFAULT,
		       now_us + ttl_us);
	if (!n)
		return;
	glow_look_init(&n->look, NULL, now_us);
	glow_command_apply(cmd, b->cfg.env.shape, now_us, seed, &n->look);
	/* A notice that does not say how it looks, or asks to flash, blinks. */
	if (!n->look.effect || (cmd->has & GLOW_HAS_FLASH && !(cmd->has & GLOW_HAS_EFFECT))) {
		struct glow_rgb color = n->look.color;

		n->look.effect = blink();
		n->look.painted = false;
		n->look.color = color;
		glow_params_default(n->look.effect, &n->look.params);
	}
}

static void apply_flash(struct glow_bridge *b, int64_t flash_us, int64_t now_us)
{
	struct notice *n = add_notice(b, "flash", NOTICE_PRIORITY_DEFAULT, now_us + flash_us);

	if (!n)
		return;
	glow_look_init(&n->look, blink(), now_us);
	n->look.color = b->light.color;
	n->look.brightness = b->light.brightness;
}

static void apply_set(struct glow_bridge *b, const struct glow_command *cmd, int64_t now_us, uint32_t seed)
{
	const uint32_t extras = GLOW_HAS_AT | GLOW_HAS_FLASH | GLOW_HAS_TRANSITION;

	if (cmd->has & ~extras) {
		if (cmd->transition_us > 0) {
			struct glow_picture pic = picture(b);
			struct glow_frame from; /* the picture may itself be drawn from b->fade_from */

			glow_picture_base(&pic, &b->cfg.env, now_us, &from);
			glow_frame_copy(&b->fade_from, &from);
			b->fade_start_us = now_us;
			b->fade_end_us = now_us + cmd->transition_us;
		}
		b->fading = cmd->transition_us > 0;
		glow_command_apply(cmd, b->cfg.env.shape, now_us, seed, &b->light);
		b->since_us = now_us;
	}
	if (cmd->flash_us > 0)
		apply_flash(b, cmd->flash_us, now_us);
}

/* Keeps a copy until its time. */
static enum glow_code keep_pending(struct glow_bridge *b, const struct glow_message *m, enum glow_command_kind kind,
				   int64_t at_us, struct glow_diag *diag)
{
	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		struct pending *p = &b->pending[k];

		if (p->payload)
			continue;
		p->payload = malloc(m->len + 1);
		if (!p->payload)
			break;
		memcpy(p->payload, m->payload, m->len);
		p->len = m->len;
		p->kind = kind;
		p->at_us = at_us;
		p->seed = glow_command_hash(m->topic, m->payload, m->len);
		p->order = ++b->order;
		b->accepted = true;
		return GLOW_OK;
	}
	return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "at_us", "%d commands wait for their time already",
			     GLOW_PENDING_MAX);
}

/* Reads a payload into b->command, checked against the light as it is at now_us. */
static enum glow_code read_command(struct glow_bridge *b, enum glow_command_kind kind, const char *payload, size_t len,
				   int64_t now_us, struct glow_diag *diag)
{
	struct glow_command_ctx ctx = {
		.kind = kind,
		.shape = b->cfg.env.shape,
		.current = kind == GLOW_COMMAND_SET ? b->light.effect : NULL,
		.now_us = now_us,
	};
	cJSON *tree = glow_command_tree(payload, len, diag);

	if (!tree)
		return diag->code;
	glow_command_read(tree, &ctx, &b->command, diag);
	cJSON_Delete(tree);
	return diag->code;
}

static void apply(struct glow_bridge *b, enum glow_command_kind kind, int64_t now_us, uint32_t seed)
{
	if (kind == GLOW_COMMAND_SET)
		apply_set(b, &b->command, now_us, seed);
	else
		apply_notify(b, &b->command, now_us, seed);
	b->accepted = true;
	b->state_dirty = true;
	b->revision++;
}

static void handle_command(struct glow_bridge *b, const struct glow_message *m, enum glow_command_kind kind,
			   int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	int64_t at_us = 0;

	if (m->retained && m->len == 0) /* somebody clears a retained command: the cure, not the fault */
		return;
	if (m->retained) {
		glow_diag_set(&diag, GLOW_RETAINED, "",
			      "commands must not be retained: clear it with an empty retained one");
	} else if (m->len == 0) {
		b->state_dirty = true;
	} else if (read_command(b, kind, m->payload, m->len, now_us, &diag) == GLOW_OK) {
		if (b->command.has & GLOW_HAS_AT && b->command.at_us > now_us) {
			at_us = b->command.at_us;
			keep_pending(b, m, kind, at_us, &diag);
		} else {
			apply(b, kind, now_us, glow_command_hash(m->topic, m->payload, m->len));
		}
	}
	answer(b, m, &diag, diag.code == GLOW_OK ? at_us : 0);
}

static void restore(struct glow_bridge *b, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree;
	struct glow_state *state;

	if (m->len == 0)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	state = malloc(sizeof(*state));
	if (tree && state && glow_state_read(tree, b->cfg.env.shape, state, &diag) == GLOW_OK) {
		b->revision++;
		b->light = state->light;
		b->since_us = state->since_us;
		/* A start in the future is another timeline's. */
		if (b->light.start_us > now_us)
			b->light.start_us = now_us;
		b->restored = true;
		glow_info("light restored: %s", b->light.effect ? b->light.effect->name : "auto");
	} else {
		glow_warning("the retained state is broken and was skipped: %s %s", diag.where, diag.what);
	}
	free(state);
	cJSON_Delete(tree);
}

/* ---- events ---- */

int glow_bridge_create(const struct glow_bridge_cfg *cfg, int64_t now_us, struct glow_bridge **ret_bridge,
		       struct glow_diag *diag)
{
	struct glow_bridge *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->cfg = *cfg;
	snprintf(b->prefix, sizeof(b->prefix), "%s", cfg->prefix);
	snprintf(b->discovery, sizeof(b->discovery), "%s", cfg->discovery);
	glow_look_init(&b->light, NULL, now_us);
	b->since_us = now_us;
	if (glow_command_idle(cfg->idle, cfg->env.shape, now_us, &b->idle, diag) != GLOW_OK) {
		free(b);
		return -EINVAL;
	}
	*ret_bridge = b;
	return 0;
}

void glow_bridge_destroy(struct glow_bridge *b)
{
	if (!b)
		return;
	for (int k = 0; k < GLOW_PENDING_MAX; k++)
		free(b->pending[k].payload);
	free(b);
}

void glow_bridge_start(struct glow_bridge *b)
{
	b->revision += !b->started;
	b->started = true;
}

bool glow_bridge_started(const struct glow_bridge *b)
{
	return b->started;
}

void glow_bridge_connected(struct glow_bridge *b, int64_t now_us)
{
	b->connected = true;
	b->revision += b->cfg.lost_indicator;
	b->restored = true;
	glow_bridge_start(b);
	publish_info(b);
	publish_discovery(b);
	publish_state(b, now_us);
	publish_availability(b, "online");
}

void glow_bridge_disconnected(struct glow_bridge *b)
{
	b->connected = false;
	b->revision += b->cfg.lost_indicator;
}

void glow_bridge_message(struct glow_bridge *b, const struct glow_message *message, int64_t now_us)
{
	switch (glow_topic_kind(b->prefix, message->topic)) {
	case GLOW_TOPIC_SET:
		handle_command(b, message, GLOW_COMMAND_SET, now_us);
		break;
	case GLOW_TOPIC_NOTIFY:
		handle_command(b, message, GLOW_COMMAND_NOTIFY, now_us);
		break;
	case GLOW_TOPIC_STATE:
		if (!b->restored && !b->accepted)
			restore(b, message, now_us);
		break;
	default:
		break;
	}
}

static struct pending *first_pending(const struct glow_bridge *b)
{
	const struct pending *first = NULL;

	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		const struct pending *p = &b->pending[k];

		if (p->payload &&
		    (!first || p->at_us < first->at_us || (p->at_us == first->at_us && p->order < first->order)))
			first = p;
	}
	return (struct pending *)first;
}

/* What was good when it came may not fit the light any more, e.g. a parameter
 * of an effect that no longer runs: then it is refused now. */
static void apply_pending(struct glow_bridge *b, struct pending *p)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_message m = { .topic = "a waiting command" };

	if (read_command(b, p->kind, p->payload, p->len, p->at_us, &diag) == GLOW_OK)
		apply(b, p->kind, p->at_us, p->seed);
	else
		answer(b, &m, &diag, 0);
	free(p->payload);
	p->payload = NULL;
}

void glow_bridge_tick(struct glow_bridge *b, int64_t t_us)
{
	struct pending *p;

	while ((p = first_pending(b)) && p->at_us <= t_us)
		apply_pending(b, p);
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us && b->notices[k].end_us <= t_us) {
			b->notices[k].end_us = 0;
			b->state_dirty = true;
			b->revision++;
		}
	if (b->fading && b->fade_end_us <= t_us) {
		b->fading = false;
		b->state_dirty = true;
		b->revision++;
	}
	if (b->state_dirty && t_us >= b->state_allowed_us)
		publish_state(b, t_us);
}

int64_t glow_bridge_next(const struct glow_bridge *b)
{
	const struct pending *p = first_pending(b);
	int64_t next = p ? p->at_us : GLOW_NEVER;

	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us && b->notices[k].end_us < next)
			next = b->notices[k].end_us;
	if (b->fading && b->fade_end_us < next)
		next = b->fade_end_us;
	if (b->state_dirty && b->state_allowed_us < next)
		next = b->state_allowed_us;
	return next;
}
