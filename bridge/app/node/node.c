/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A command is parsed against the light as it is, and only a command that is
 * good as a whole touches anything. One that has to wait is kept as its bytes and
 * parsed again when its time has come, so that there is one way for a command
 * to take effect and a waiting one costs no frame of memory.
 *
 * A command for many waits for the conductor's word when they shall take it up
 * together. Where that does not come, each node acts by itself: later and not
 * quite together, but it acts. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/node.h>
#include <glow/flash.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/stage.h>
#include <glow/time.h>
#include <glow/timing.h>

#define NOTICE_TTL_DEFAULT_US   (5 * GLOW_US_PER_S)
#define NOTICE_PRIORITY_DEFAULT 5
#define HOLD_US                 GLOW_US_PER_S /* how long a command for many waits for its `apply` */
#define BEACON_US               GLOW_BEACON_SILENT_US
#define APPLY_AHEAD_US          (60 * GLOW_US_PER_S)
#define SETTLE_US               (GLOW_US_PER_S / 2) /* the cross-fade after the clock stepped */
#define HALVES                  16
#define LATE_APPLY_US           (10 * GLOW_US_PER_S) /* how late an `apply` may come and still be known as one */

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
	uint64_t after; /* `order` of the held one that it comes right after, at the same instant; 0: of none */
	enum glow_command_kind kind;
	uint32_t seed;             /* glow_command_hash(), by which an `apply` names it, too */
	bool many;                 /* it is for many, as soon as all have it: what is for one waits for it */
	bool held;                 /* it is for many, and the conductor has not said when */
	struct glow_message asked; /* held: for the answer; topic, response topic and correlation in `memory` */
	char *memory;
	char *payload; /* NULL marks a free place */
	size_t len;
};

/* Half of a command for many that came without the other half: an `apply` before its
 * command, or a command that took effect without its `apply`. */
struct half {
	uint32_t of;
	bool done;
	uint32_t changes; /* done: b->changes with this one */
	int64_t until_us; /* then it is forgotten */
};

struct glow_node {
	struct glow_node_cfg cfg;
	char prefix[GLOW_PREFIX_MAX + 1], discovery[GLOW_PREFIX_MAX + 1];
	bool connected, started, restored, accepted;
	bool conductor_online, conductor_known;
	bool scenes_new; /* perhaps with effects that this program lacks, which has to be said */
	bool fading;
	bool state_dirty;
	bool limited;   /* some limit changed the last picture */
	bool held_back; /* the flash limit did: what was asked for is still to come */
	enum glow_showing said_showing;
	uint32_t revision; /* rises when the picture may have changed by anything but time */
	uint32_t changes;  /* of the light, by commands and scenes */
	struct glow_look idle, light;
	uint64_t light_clock; /* the timeline that the light's times are on: until it is settled, perhaps not ours */
	int64_t since_us;
	int64_t fade_start_us, fade_end_us;
	struct glow_frame fade_from;
	struct notice notices[GLOW_NOTICES_MAX];
	struct pending pending[GLOW_PENDING_MAX];
	struct half halves[HALVES];
	uint64_t order;
	int64_t beacon_us; /* when the conductor was last heard */
	struct glow_stage stage;
	struct glow_scene_layer layers[GLOW_SCENES_MAX];
	uint32_t n_layers, stage_revision;
	int64_t stage_next_us; /* when the stage next changes by time */
	int64_t ticked_us;
	int64_t state_allowed_us; /* earliest next publication */
	struct glow_flash flash;
	struct glow_command command; /* scratch: too large for the stack of a small thread */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- what shows ---- */

static const struct notice *top_notice(const struct glow_node *b)
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

static struct glow_picture picture(const struct glow_node *b)
{
	const struct notice *n = top_notice(b);

	return (struct glow_picture){
		.idle = &b->idle,
		.light = &b->light,
		.scenes = b->layers,
		.n_scenes = b->n_layers,
		.notice = n ? &n->look : NULL,
		.fade_from = b->fading ? &b->fade_from : NULL,
		.fade_start_us = b->fade_start_us,
		.fade_end_us = b->fade_end_us,
	};
}

static enum glow_showing showing(const struct glow_node *b)
{
	struct glow_picture pic = picture(b);

	if (pic.notice)
		return GLOW_SHOWS_NOTICE;
	if (b->light.effect || !b->light.on)
		return GLOW_SHOWS_LIGHT;
	return glow_picture_scene(&pic, b->ticked_us) ? GLOW_SHOWS_SCENE : GLOW_SHOWS_IDLE;
}

static bool conductor_leads(const struct glow_node *b, int64_t now_us)
{
	return b->connected && b->conductor_online && now_us < b->beacon_us + BEACON_US;
}

static bool is_lost(const struct glow_node *b, int64_t now_us)
{
	return !b->connected || (b->conductor_known && !conductor_leads(b, now_us));
}

/* One dim red pixel, the first, unless it shines brighter anyway. */
static void show_lost(const struct glow_node *b, struct glow_frame *frame)
{
	const struct glow_rgb dim = glow_shape_project(b->cfg.env.shape, 0, (struct glow_rgb){ 16, 0, 0 });

	if (frame->px[0].r < dim.r)
		frame->px[0] = dim;
}

void glow_node_render(struct glow_node *b, int64_t t_us, struct glow_frame *ret_frame)
{
	struct glow_picture pic = picture(b);
	bool limited = glow_picture_render(&pic, &b->cfg.env, t_us, ret_frame);

	if (b->cfg.lost_indicator && is_lost(b, t_us))
		show_lost(b, ret_frame);
	b->held_back = b->cfg.info.flash_limit && glow_flash_limit(&b->flash, b->cfg.env.shape, t_us, ret_frame);
	limited = limited || b->held_back;

	if (limited != b->limited) {
		b->limited = limited;
		b->state_dirty = true;
	}
}

enum glow_pace glow_node_pace(const struct glow_node *b, int64_t t_us, uint32_t *ret_meters)
{
	struct glow_picture pic = picture(b);
	enum glow_pace pace = glow_picture_pace(&pic, &b->cfg.env, t_us, ret_meters);

	return b->held_back ? GLOW_ANIMATED : pace;
}

uint32_t glow_node_revision(const struct glow_node *b)
{
	return b->revision;
}

void glow_node_meters(struct glow_node *b, const uint16_t meter[GLOW_METERS])
{
	struct glow_picture pic = picture(b);
	uint32_t shown;

	glow_picture_pace(&pic, &b->cfg.env, GLOW_NEVER, &shown);
	if (shown)
		b->revision++;
	memcpy(b->cfg.env.meter, meter, sizeof(b->cfg.env.meter));
}

void glow_node_wall_offset(struct glow_node *b, int64_t offset_us)
{
	if (b->cfg.env.wall_offset_us != offset_us)
		b->revision++;
	b->cfg.env.wall_offset_us = offset_us;
}

/* ---- transitions and the clock ---- */

static void start_fade(struct glow_node *b, int64_t now_us, int64_t length_us)
{
	struct glow_picture pic = picture(b);
	struct glow_frame from; /* the picture may itself be drawn from b->fade_from */

	b->fading = length_us > 0;
	if (!b->fading)
		return;
	glow_picture_base(&pic, &b->cfg.env, now_us, &from);
	glow_frame_copy(&b->fade_from, &from);
	b->fade_start_us = now_us;
	b->fade_end_us = now_us + length_us;
}

/* Takes up what the cluster shows here, where that has changed by a message or by time. */
static void update_stage(struct glow_node *b, int64_t t_us)
{
	if (b->stage.revision != b->stage_revision) {
		b->n_layers = glow_stage_layers(&b->stage, &b->cfg.info, b->layers);
		b->cfg.env.blackout = glow_stage_blackout(&b->stage);
		b->stage_revision = b->stage.revision;
	} else if (t_us < b->stage_next_us) {
		return;
	}
	b->stage_next_us = glow_stage_next(&b->stage, t_us);
	b->revision++;
}

static void shift_pending(struct glow_node *b, int64_t delta_us)
{
	for (int k = 0; k < GLOW_PENDING_MAX; k++)
		if (b->pending[k].held || b->pending[k].after) /* the others' times were given in the cluster's */
			b->pending[k].at_us += delta_us;
	for (int k = 0; k < HALVES; k++)
		b->halves[k].until_us += delta_us;
}

static void shift_notices(struct glow_node *b, int64_t delta_us)
{
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us) {
			b->notices[k].look.start_us += delta_us;
			b->notices[k].end_us += delta_us;
		}
}

/* A restored light's times say nothing on another timeline than theirs; nor does a start in the future. */
static void settle_light(struct glow_node *b, int64_t now_us)
{
	if (b->light_clock != b->stage.clock_id || b->light.start_us > now_us)
		b->light.start_us = now_us;
	if (b->since_us > now_us)
		b->since_us = now_us;
	b->light_clock = b->stage.clock_id;
}

/* Without cluster time it waits: its own timeline may come yet. */
static void settle_restored(struct glow_node *b, int64_t now_us)
{
	if (b->started && (b->stage.clock_id || !b->light_clock))
		settle_light(b, now_us);
}

void glow_node_clock_stepped(struct glow_node *b, int64_t now_us, int64_t delta_us, uint64_t clock_id)
{
	bool settled = b->light_clock == b->stage.clock_id;
	bool jumps = !settled || (!b->light.effect && b->light.on);

	if (b->started && jumps && !b->fading)
		start_fade(b, now_us, SETTLE_US);
	if (settled) {
		b->light.start_us += delta_us;
		b->since_us += delta_us;
		b->light_clock = clock_id;
	}
	b->fade_start_us += delta_us;
	b->fade_end_us += delta_us;
	b->state_allowed_us += delta_us;
	b->beacon_us += delta_us;
	b->ticked_us += delta_us;
	glow_flash_clock_stepped(&b->flash, delta_us);
	shift_notices(b, delta_us);
	shift_pending(b, delta_us);
	glow_stage_clock(&b->stage, clock_id, now_us + delta_us);
	b->stage_next_us = b->ticked_us; /* whatever it was, it was by another clock */
	update_stage(b, b->ticked_us);
	settle_restored(b, b->ticked_us);
	b->scenes_new = true;
	b->state_dirty = true;
}

/* ---- what is said ---- */

static void publish(struct glow_node *b, const char *topic, const char *payload, int qos, bool retained)
{
	struct glow_message m = {
		.topic = topic, .payload = payload, .len = strlen(payload), .qos = qos, .retained = retained
	};

	b->cfg.outbox.publish(b->cfg.outbox.ctx, &m);
}

/* Publishes a tree below node/<id>/ and deletes it. */
static void publish_tree(struct glow_node *b, const char *leaf, cJSON *tree, int qos, bool retained)
{
	char topic[GLOW_TOPIC_MAX + 1];
	char *text = glow_json_finish(tree);

	glow_topic_make(topic, b->prefix, "node", b->cfg.info.id, leaf);
	if (text)
		publish(b, topic, text, qos, retained);
	free(text);
}

static void publish_state(struct glow_node *b, int64_t now_us)
{
	const struct notice *n = top_notice(b);
	struct glow_state *state;

	b->state_dirty = false;
	b->state_allowed_us = now_us + GLOW_STATE_EVERY_US;
	b->said_showing = showing(b);

	if (!b->connected)
		return;
	state = calloc(1, sizeof(*state));
	if (!state)
		return;
	state->light = b->light;
	state->since_us = b->since_us;
	state->clock_id = b->light_clock;
	state->showing = b->said_showing;
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

static void publish_info(struct glow_node *b)
{
	if (b->connected)
		publish_tree(b, "info", glow_info_write(&b->cfg.info), 1, true);
}

static void publish_discovery(struct glow_node *b)
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

static void publish_availability(struct glow_node *b, const char *value)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, b->prefix, "node", b->cfg.info.id, "availability");
	publish(b, topic, value, 1, true);
}

void glow_node_goodbye(struct glow_node *b)
{
	if (b->connected)
		publish_availability(b, "offline");
}

void glow_node_stats(struct glow_node *b, const struct glow_stats *stats)
{
	if (b->connected)
		publish_tree(b, "stats", glow_stats_write(stats), 0, false);
}

void glow_node_problem(struct glow_node *b, const char *problem, const char *backend)
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
static void answer(struct glow_node *b, const struct glow_message *asked, const struct glow_diag *diag, int64_t at_us)
{
	cJSON *tree = glow_answer_write(b->cfg.info.id, diag);
	char *text;

	if (at_us)
		glow_json_add_int(tree, "at_us", at_us);
	text = glow_json_finish(tree);
	if (!text)
		return;
	if (asked->response_topic && glow_answer_topic_allowed(b->prefix, b->discovery, asked->response_topic)) {
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
static struct notice *place_for(struct glow_node *b, const char *id, uint8_t priority)
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

static struct notice *add_notice(struct glow_node *b, const char *id, uint8_t priority, int64_t end_us)
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

static void remove_notice(struct glow_node *b, const char *id)
{
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us && strcmp(b->notices[k].id, id) == 0)
			b->notices[k].end_us = 0;
}

static const struct glow_effect_desc *blink(void)
{
	return glow_effect_find("blink", strlen("blink"));
}

static void apply_notify(struct glow_node *b, const struct glow_command *cmd, int64_t now_us, uint32_t seed)
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

static void apply_flash(struct glow_node *b, int64_t flash_us, int64_t now_us)
{
	struct notice *n = add_notice(b, "flash", NOTICE_PRIORITY_DEFAULT, now_us + flash_us);

	if (!n)
		return;
	glow_look_init(&n->look, blink(), now_us);
	n->look.color = b->light.color;
	n->look.brightness = b->light.brightness;
}

static void apply_set(struct glow_node *b, const struct glow_command *cmd, int64_t now_us, uint32_t seed)
{
	const uint32_t extras = GLOW_HAS_AT | GLOW_HAS_FLASH | GLOW_HAS_TRANSITION;

	if (cmd->has & ~extras) {
		settle_light(b, now_us);
		start_fade(b, now_us, cmd->transition_us);
		glow_command_apply(cmd, b->cfg.env.shape, now_us, seed, &b->light);
		b->since_us = now_us;
		b->changes++;
	}
	if (cmd->flash_us > 0)
		apply_flash(b, cmd->flash_us, now_us);
}

static void free_pending(struct pending *p)
{
	free(p->memory);
	free(p->payload);
	memset(p, 0, sizeof(*p));
}

/* A free place with a copy of the payload in it; NULL when there is none. */
static struct pending *add_pending(struct glow_node *b, enum glow_command_kind kind, const void *payload, size_t len)
{
	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		struct pending *p = &b->pending[k];

		if (p->payload)
			continue;
		p->payload = malloc(len + 1);
		if (!p->payload)
			break;
		memcpy(p->payload, payload, len);
		p->len = len;
		p->kind = kind;
		p->order = ++b->order;
		b->accepted = true;
		return p;
	}
	return NULL;
}

/* The latest command for many of that kind that has not taken effect; NULL for none. */
static const struct pending *last_for_many(const struct glow_node *b, enum glow_command_kind kind)
{
	const struct pending *last = NULL;

	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		const struct pending *p = &b->pending[k];

		if (p->payload && p->many && p->kind == kind && (!last || p->order > last->order))
			last = p;
	}
	return last;
}

/* Keeps a copy until its time, which may be that of another command. */
static enum glow_code keep_pending(struct glow_node *b, const struct glow_message *m, enum glow_command_kind kind,
				   int64_t at_us, const struct pending *after, struct glow_diag *diag)
{
	struct pending *p = add_pending(b, kind, m->payload, m->len);

	if (!p)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "at_us", "%d commands wait for their time already",
				     GLOW_PENDING_MAX);
	p->at_us = after ? after->at_us : at_us;
	p->after = after && after->held ? after->order : 0;
	p->seed = glow_command_hash(m->topic, m->payload, m->len);
	return GLOW_OK;
}

/* Keeps what an answer needs, should the conductor give none. */
static bool keep_asked(struct pending *p, const struct glow_message *m)
{
	size_t topic = strlen(m->topic) + 1, response = m->response_topic ? strlen(m->response_topic) + 1 : 0;
	char *at = malloc(topic + response + m->correlation_len);

	if (!at)
		return false;
	p->memory = at;
	p->asked.topic = memcpy(at, m->topic, topic);
	if (response)
		p->asked.response_topic = memcpy(at + topic, m->response_topic, response);
	if (m->correlation_len) {
		p->asked.correlation = memcpy(at + topic + response, m->correlation, m->correlation_len);
		p->asked.correlation_len = m->correlation_len;
	}
	return true;
}

/* The half of that command that is there already, NULL for none. The caller takes it. */
static struct half *find_half(struct glow_node *b, uint32_t of, bool done, int64_t now_us)
{
	for (int k = 0; k < HALVES; k++)
		if (b->halves[k].of == of && b->halves[k].done == done && b->halves[k].until_us > now_us)
			return &b->halves[k];
	return NULL;
}

static void keep_half(struct glow_node *b, struct half half)
{
	struct half *oldest = &b->halves[0];

	for (int k = 1; k < HALVES; k++)
		if (b->halves[k].until_us < oldest->until_us)
			oldest = &b->halves[k];
	*oldest = half;
}

/* It took effect by itself: should its `apply` still come, that is known. */
static void note_done(struct glow_node *b, uint32_t of, int64_t at_us)
{
	keep_half(b, (struct half){ .of = of, .done = true, .changes = b->changes, .until_us = at_us + LATE_APPLY_US });
}

/* True when the `apply` came first, or it waits for that. */
static bool hold(struct glow_node *b, const struct glow_message *m, enum glow_command_kind kind, int64_t now_us)
{
	uint32_t of = glow_command_hash(m->topic, m->payload, m->len);
	struct half *half = find_half(b, of, false, now_us);
	struct pending *p;

	if (half) {
		half->until_us = 0;
		return true;
	}
	p = add_pending(b, kind, m->payload, m->len);
	if (!p)
		return false;
	if (!keep_asked(p, m)) {
		free_pending(p);
		return false;
	}
	p->at_us = now_us + HOLD_US;
	p->seed = of;
	p->many = !(b->command.has & GLOW_HAS_AT);
	p->held = true;
	return true;
}

/* Reads a payload into b->command, checked against the light as it is at now_us. */
static enum glow_code read_command(struct glow_node *b, enum glow_command_kind kind, const char *payload, size_t len,
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

static void apply(struct glow_node *b, enum glow_command_kind kind, int64_t now_us, uint32_t seed)
{
	if (kind == GLOW_COMMAND_SET)
		apply_set(b, &b->command, now_us, seed);
	else
		apply_notify(b, &b->command, now_us, seed);
	b->accepted = true;
	b->state_dirty = true;
	b->revision++;
}

/* At once, when its time has come, or right after what came before it. Returns its own time, 0 for none. */
static int64_t accept(struct glow_node *b, const struct glow_message *m, enum glow_command_kind kind, bool many,
		      int64_t now_us, struct glow_diag *diag)
{
	const struct pending *after = last_for_many(b, kind);
	uint32_t of = glow_command_hash(m->topic, m->payload, m->len);

	int64_t at_us = 0;

	if (b->command.has & GLOW_HAS_AT && b->command.at_us > now_us)
		keep_pending(b, m, kind, at_us = b->command.at_us, NULL, diag);
	else if (after)
		keep_pending(b, m, kind, 0, after, diag);
	else
		apply(b, kind, now_us, of);
	if (many && diag->code == GLOW_OK)
		note_done(b, of, now_us);
	return at_us;
}

static void handle_command(struct glow_node *b, const struct glow_message *m, enum glow_command_kind kind, bool many,
			   int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	bool conducted = many && conductor_leads(b, now_us);
	struct glow_message asked = *m;
	int64_t at_us = 0;

	if (m->retained && m->len == 0) /* somebody clears a retained command: the cure, not the fault */
		return;
	if (conducted) /* who asked hears of it from the conductor, once */
		asked.response_topic = NULL;
	if (m->retained) {
		glow_diag_set(&diag, GLOW_RETAINED, "",
			      "commands must not be retained: clear it with an empty retained one");
	} else if (m->len == 0) {
		b->state_dirty = true;
		asked.response_topic = m->response_topic;
	} else if (read_command(b, kind, m->payload, m->len, now_us, &diag) == GLOW_OK) {
		if (conducted && hold(b, m, kind, now_us))
			return;
		at_us = accept(b, m, kind, many, now_us, &diag);
	}
	answer(b, &asked, &diag, diag.code == GLOW_OK ? at_us : 0);
}

/* ---- the conductor's word ---- */

static struct pending *find_held(struct glow_node *b, const struct glow_apply *apply)
{
	enum glow_command_kind kind = apply->notify ? GLOW_COMMAND_NOTIFY : GLOW_COMMAND_SET;
	struct pending *found = NULL;

	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		struct pending *p = &b->pending[k];

		if (p->held && p->kind == kind && p->seed == apply->of && (!found || p->order < found->order))
			found = p;
	}
	return found;
}

/* True when there is no more to do: the command took effect here without waiting any longer. Only
 * a light that nothing has changed since takes the common instant after all, to run in phase with the others'. */
static bool is_over(const struct glow_node *b, const struct glow_apply *apply, struct half *done)
{
	done->until_us = 0;
	return apply->notify || b->changes != done->changes;
}

/* A place for a command that did not come before its `apply`; NULL where there is none or it is over. */
static struct pending *add_ahead(struct glow_node *b, const struct glow_apply *apply, int64_t now_us)
{
	struct half *done = find_half(b, apply->of, true, now_us);
	struct pending *p;

	if (done && is_over(b, apply, done))
		return NULL;
	if (!done)
		keep_half(b, (struct half){ .of = apply->of, .until_us = now_us + HOLD_US });
	p = add_pending(b, apply->notify ? GLOW_COMMAND_NOTIFY : GLOW_COMMAND_SET, "", 0);
	if (p)
		p->many = apply->at_us <= now_us + HOLD_US;
	else
		glow_warning("no room for a command for many nodes");
	return p;
}

/* The conductor's form of the command replaces ours: both say the same. */
static void take_apply(struct glow_node *b, const struct glow_apply *apply, int64_t now_us)
{
	char *text = cJSON_PrintUnformatted(apply->command);
	struct pending *p = text ? find_held(b, apply) : NULL;

	if (text && !p)
		p = add_ahead(b, apply, now_us);
	if (!p) {
		cJSON_free(text);
		return;
	}
	free(p->payload);
	p->payload = text;
	p->len = strlen(text);
	p->held = false;
	p->seed = apply->seed;
	p->at_us = b->stage.clock_id && apply->at_us < now_us + APPLY_AHEAD_US ? apply->at_us : now_us;
	for (int k = 0; k < GLOW_PENDING_MAX; k++)
		if (b->pending[k].after == p->order) {
			b->pending[k].at_us = p->at_us;
			b->pending[k].after = 0;
		}
}

static void handle_apply(struct glow_node *b, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_apply apply;
	cJSON *tree = m->retained ? NULL : glow_json_parse(m->payload, m->len, &diag);

	if (tree && glow_apply_read(tree, &apply, &diag) == GLOW_OK)
		take_apply(b, &apply, now_us);
	else if (!m->retained)
		glow_warning("%s: %s %s", m->topic, diag.where, diag.what);
	cJSON_Delete(tree);
}

/* Says which scenes have an effect of a newer program than this one. */
static void report_unknown(struct glow_node *b)
{
	const struct glow_message asked = { .topic = "scene/current" };
	struct glow_diag diag;
	char where[80];

	b->scenes_new = false;
	for (uint32_t j = 0; j < b->n_layers; j++) {
		const struct glow_scene *scene = b->layers[j].scene;
		uint32_t k = 0;

		while (k < scene->n_entries && scene->entries[k].effect)
			k++;
		if (k == scene->n_entries)
			continue;
		snprintf(where, sizeof(where), "%s.effect", scene->id);
		glow_diag_set(&diag, GLOW_UNKNOWN_EFFECT, where,
			      "this node lacks an effect of the scene and shows its idle display instead");
		answer(b, &asked, &diag, 0);
	}
}

static void handle_stage(struct glow_node *b, const struct glow_message *m, enum glow_topic_kind kind, int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	uint32_t before = b->stage.revision;

	if (glow_stage_message(&b->stage, kind, m->payload, m->len, now_us, &diag) != GLOW_OK) {
		glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
		return;
	}
	update_stage(b, now_us);
	b->scenes_new |= kind == GLOW_TOPIC_SCENE_CURRENT && b->stage.revision != before;
}

static void hear_conductor(struct glow_node *b, const struct glow_message *m, enum glow_topic_kind kind, int64_t now_us)
{
	bool was_lost = is_lost(b, now_us);

	if (kind == GLOW_TOPIC_CONDUCTOR_BEACON) {
		b->beacon_us = now_us;
	} else {
		b->conductor_online = m->len == 6 && memcmp(m->payload, "online", 6) == 0;
		b->conductor_known = m->len > 0;
	}
	b->revision += b->cfg.lost_indicator && is_lost(b, now_us) != was_lost;
}

bool glow_node_has_conductor(const struct glow_node *b)
{
	return b->conductor_online;
}

/* At its start a scene lets go what was lit before it, so that it can be seen. */
static void let_go(struct glow_node *b, const struct glow_scene *scene, int64_t t_us)
{
	if (!scene->take || !b->light.on || !b->light.effect || scene->start_us > t_us ||
	    b->since_us >= scene->start_us || glow_scene_end(scene) <= t_us)
		return;
	start_fade(b, scene->start_us, scene->fade_us);
	b->light.effect = NULL;
	b->light.painted = false;
	b->since_us = scene->start_us;
	b->changes++;
	b->state_dirty = true;
	b->revision++;
}

/* ---- what comes back after a restart ---- */

static void restore(struct glow_node *b, const struct glow_message *m, int64_t now_us)
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
		b->light_clock = state->clock_id;
		b->restored = true;
		settle_restored(b, now_us);
		glow_info("light restored: %s", b->light.effect ? b->light.effect->name : "auto");
	} else {
		glow_warning("the retained state is broken and was skipped: %s %s", diag.where, diag.what);
	}
	free(state);
	cJSON_Delete(tree);
}

/* ---- events ---- */

int glow_node_create(const struct glow_node_cfg *cfg, int64_t now_us, struct glow_node **ret_bridge,
		     struct glow_diag *diag)
{
	struct glow_node *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->cfg = *cfg;
	glow_stage_init(&b->stage);
	b->stage_next_us = GLOW_NEVER;
	b->ticked_us = now_us;
	b->beacon_us = now_us - BEACON_US;
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

void glow_node_destroy(struct glow_node *b)
{
	if (!b)
		return;
	for (int k = 0; k < GLOW_PENDING_MAX; k++)
		free_pending(&b->pending[k]);
	glow_stage_fini(&b->stage);
	free(b);
}

void glow_node_start(struct glow_node *b, int64_t now_us)
{
	if (b->started)
		return;
	b->started = true;
	b->revision++;
	b->state_dirty = true;
	settle_restored(b, now_us);
}

bool glow_node_started(const struct glow_node *b)
{
	return b->started;
}

void glow_node_connected(struct glow_node *b, int64_t now_us)
{
	b->connected = true;
	b->revision += b->cfg.lost_indicator;
	b->restored = true;
	publish_info(b);
	publish_discovery(b);
	publish_state(b, now_us);
	publish_availability(b, "online");
}

void glow_node_disconnected(struct glow_node *b)
{
	b->connected = false;
	b->conductor_online = false; /* the broker says so again when we are back */
	b->revision += b->cfg.lost_indicator;
}

void glow_node_message(struct glow_node *b, const struct glow_message *message, int64_t now_us)
{
	struct glow_topic topic = glow_topic_parse(b->prefix, message->topic);
	bool many = topic.of == GLOW_OF_GROUP || topic.of == GLOW_OF_ALL;

	now_us = later(now_us, b->ticked_us);
	switch (topic.kind) {
	case GLOW_TOPIC_SET:
		handle_command(b, message, GLOW_COMMAND_SET, many, now_us);
		break;
	case GLOW_TOPIC_NOTIFY:
		handle_command(b, message, GLOW_COMMAND_NOTIFY, many, now_us);
		break;
	case GLOW_TOPIC_APPLY:
		handle_apply(b, message, now_us);
		break;
	case GLOW_TOPIC_STATE:
		if (!b->restored && !b->accepted)
			restore(b, message, now_us);
		break;
	case GLOW_TOPIC_SCENE_CURRENT:
	case GLOW_TOPIC_ROSTER:
	case GLOW_TOPIC_DIM_CURRENT:
		handle_stage(b, message, topic.kind, now_us);
		break;
	case GLOW_TOPIC_CONDUCTOR_AVAILABILITY:
	case GLOW_TOPIC_CONDUCTOR_BEACON:
		hear_conductor(b, message, topic.kind, now_us);
		break;
	default:
		break;
	}
}

/* The one that is due first; of one instant the one that came first. */
static struct pending *first_pending(const struct glow_node *b)
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
 * of an effect that no longer runs: then it is refused now. A held one is not
 * held any longer, and waits for its own time if it has one. */
static void apply_pending(struct glow_node *b, struct pending *p)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_message asked = { .topic = "a waiting command" };
	bool by_itself = p->held, waits;
	int64_t at_us = p->at_us;

	if (by_itself)
		asked = p->asked;
	read_command(b, p->kind, p->payload, p->len, at_us, &diag);
	waits = by_itself && diag.code == GLOW_OK && b->command.has & GLOW_HAS_AT && b->command.at_us > at_us;
	if (waits)
		p->at_us = b->command.at_us;
	else if (diag.code == GLOW_OK)
		apply(b, p->kind, at_us, p->seed);
	if (by_itself)
		note_done(b, p->seed, at_us);
	if (by_itself || diag.code != GLOW_OK)
		answer(b, &asked, &diag, waits ? p->at_us : 0);
	p->held = false;
	if (!waits)
		free_pending(p);
}

/* What the cluster shows, at t_us: before a command of that instant, so that "older" means the same on every node. */
static void pass(struct glow_node *b, int64_t t_us)
{
	glow_stage_tick(&b->stage, t_us);
	update_stage(b, t_us);
	for (uint32_t k = 0; b->started && k < b->n_layers; k++)
		let_go(b, b->layers[k].scene, t_us);
}

void glow_node_tick(struct glow_node *b, int64_t t_us)
{
	struct pending *p;

	t_us = later(t_us, b->ticked_us);
	while ((p = first_pending(b)) && p->at_us <= t_us) {
		pass(b, later(p->at_us, b->ticked_us));
		apply_pending(b, p);
	}
	pass(b, t_us);
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
	if (b->cfg.lost_indicator && is_lost(b, t_us) != is_lost(b, b->ticked_us))
		b->revision++;
	b->ticked_us = t_us;
	if (b->scenes_new && b->connected)
		report_unknown(b);
	if (showing(b) != b->said_showing)
		b->state_dirty = true;
	if (b->state_dirty && t_us >= b->state_allowed_us)
		publish_state(b, t_us);
}

int64_t glow_node_next(const struct glow_node *b)
{
	const struct pending *p = first_pending(b);
	int64_t next = p ? glow_sooner(p->at_us, b->stage_next_us) : b->stage_next_us;

	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (b->notices[k].end_us)
			next = glow_sooner(next, b->notices[k].end_us);
	if (b->fading)
		next = glow_sooner(next, b->fade_end_us);
	if (b->cfg.lost_indicator && !is_lost(b, b->ticked_us) && b->conductor_known)
		next = glow_sooner(next, b->beacon_us + BEACON_US);
	if (b->state_dirty)
		next = glow_sooner(next, b->state_allowed_us);
	return next;
}
