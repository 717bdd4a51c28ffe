/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A command is parsed against the light as it is, and only a command that is good as a whole touches
 * anything. One that has to wait is parsed again when its time has come, so there is one way for a
 * command to take effect.
 *
 * A command for many waits for the conductor's word when they shall take it up together. Where
 * that does not come, each node acts by itself: later and not quite together, but it acts. */

#include <errno.h>

#include <glow/json.h>
#include <glow/log.h>
#include <glow/publish.h>
#include <glow/time.h>
#include <glow/timing.h>

#include "orders.h"

/* A text may be too much for a board of so many pixels. */
static void check_steps(const struct glow_command *command, uint32_t pixels, struct glow_diag *diag)
{
	const struct glow_effect_desc *e = command->effect;

	if (e && !glow_effect_fits(e, pixels))
		glow_diag_set(diag, GLOW_BAD_EFFECT, "effect",
			      "the text \"%s\" takes %u steps for a pixel: %u pixels are more than this board can draw "
			      "(%d steps a frame)",
			      e->name, e->steps, pixels, GLOW_FRAME_STEPS_MAX);
}

/* Checks a payload against the light as it is at now_us. */
static enum glow_code read_command(const struct glow_orders *o, enum glow_command_kind kind, const char *payload,
				   size_t len, int64_t now_us, struct glow_command *ret_command, struct glow_diag *diag)
{
	struct glow_command_ctx ctx = {
		.kind = kind,
		.shape = o->layers->env.shape,
		.current = kind == GLOW_COMMAND_SET ? o->layers->light.effect : NULL,
		.now_us = now_us,
		.strict = true,
	};
	cJSON *tree = glow_command_tree(payload, len, diag);

	if (tree && glow_command_read(tree, &ctx, ret_command, diag) == GLOW_OK)
		check_steps(ret_command, ctx.shape.pixels, diag);
	cJSON_Delete(tree);
	if (diag->code == GLOW_UNKNOWN_EFFECT)
		glow_texts_explain(o->texts, payload, len, diag);
	return diag->code;
}

static void apply(struct glow_orders *o, struct glow_command *command, enum glow_command_kind kind, int64_t now_us,
		  uint32_t seed)
{
	glow_command_resolve(command, glow_layers_lit(o->layers), o->layers->light.brightness);
	if (kind == GLOW_COMMAND_SET)
		glow_layers_set(o->layers, command, now_us, seed);
	else
		glow_layers_notify(o->layers, command, now_us, seed);
	o->voice->stale = true;
}

/* At once, when its time has come, or right after what came before it. *ret_at_us is its own time, 0 for none. */
static enum glow_code accept(struct glow_orders *o, const struct glow_message *m, struct glow_command *command,
			     enum glow_command_kind kind, bool many, int64_t now_us, int64_t *ret_at_us,
			     struct glow_diag *diag)
{
	const struct glow_waiting *after = glow_pending_last_for_many(&o->pending, kind);
	bool waits = command->has & GLOW_HAS_AT && command->at_us > now_us;
	uint32_t of = glow_command_hash(m->topic, m->payload, m->len);

	*ret_at_us = waits ? command->at_us : 0;
	if (waits)
		after = NULL;
	if (waits || after)
		glow_pending_keep(&o->pending, m, kind, *ret_at_us, after, diag);
	else
		apply(o, command, kind, now_us, of);
	if (diag->code != GLOW_OK)
		return diag->code;
	if (many)
		glow_pending_done(&o->pending, of, o->layers->changes, now_us);
	o->accepted = true;
	return GLOW_OK;
}

/* What was good when it came may not fit the light any more, e.g. a parameter of an effect that
 * no longer runs: then it is refused now. A held one is not held any longer, and waits for its own time if it has one.
 */
void glow_orders_carry_out(struct glow_orders *o, struct glow_waiting *one)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_message asked = { .topic = "a waiting command" };
	struct glow_command command;
	bool by_itself = one->held, waits;
	int64_t at_us = one->at_us;

	if (by_itself)
		asked = one->asked;
	read_command(o, one->kind, one->payload, one->len, at_us, &command, &diag);
	waits = by_itself && diag.code == GLOW_OK && command.has & GLOW_HAS_AT && command.at_us > at_us;
	if (waits)
		one->at_us = command.at_us;
	else if (diag.code == GLOW_OK)
		apply(o, &command, one->kind, at_us, one->seed);
	if (by_itself)
		glow_pending_done(&o->pending, one->of, o->layers->changes, at_us);
	if (by_itself || diag.code != GLOW_OK || (one->by_word && diag.ignored[0]))
		glow_voice_answer(o->voice, &asked, &diag, waits ? one->at_us : 0);
	one->held = false;
	if (!waits)
		glow_pending_remove(one);
}

/* No place is left: what has waited longest takes effect now, so that the newest has its place and is the last.
 * False where all wait for instants of their own. */
static bool make_room(struct glow_orders *o, int64_t now_us)
{
	struct glow_waiting *one = glow_pending_first_untimed(&o->pending);

	if (!one)
		return false;
	one->at_us = glow_sooner(one->at_us, now_us);
	glow_orders_carry_out(o, one);
	return true;
}

static bool hold(struct glow_orders *o, const struct glow_message *m, const struct glow_command *command,
		 enum glow_command_kind kind, int64_t now_us)
{
	bool timed = command->has & GLOW_HAS_AT;

	return glow_pending_hold(&o->pending, m, kind, timed, now_us) ||
	       (!timed && make_room(o, now_us) && glow_pending_hold(&o->pending, m, kind, timed, now_us));
}

static void take_command(struct glow_orders *o, const struct glow_message *m, enum glow_command_kind kind, bool many,
			 int64_t now_us)
{
	struct glow_diag diag;
	struct glow_command command;
	bool conducted = many && glow_conducted_leads(o->conductor, now_us);
	struct glow_message asked = *m;
	int64_t at_us = 0;

	if (glow_command_clears(m))
		return;
	if (conducted && m->len > 0) /* who asked hears of it from the conductor, once */
		asked.response_topic = NULL;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK && m->len == 0) {
		o->voice->stale = true; /* a question for the state */
	} else if (diag.code == GLOW_OK &&
		   read_command(o, kind, m->payload, m->len, now_us, &command, &diag) == GLOW_OK) {
		if ((many && glow_pending_came(&o->pending, m, &command, now_us)) ||
		    (conducted && hold(o, m, &command, kind, now_us))) {
			o->accepted = true;
			return;
		}
		accept(o, m, &command, kind, many, now_us, &at_us, &diag);
	}
	glow_voice_answer(o->voice, &asked, &diag, diag.code == GLOW_OK ? at_us : 0);
}

bool glow_orders_many(const struct glow_topic *topic)
{
	return topic->of == GLOW_OF_GROUP || topic->of == GLOW_OF_ALL;
}

void glow_orders_take(struct glow_orders *o, const struct glow_topic *topic, const struct glow_message *m,
		      int64_t now_us)
{
	take_command(o, m, topic->kind == GLOW_TOPIC_SET ? GLOW_COMMAND_SET : GLOW_COMMAND_NOTIFY,
		     glow_orders_many(topic), now_us);
}

static void apply_word(struct glow_orders *o, const struct glow_apply *word, int64_t now_us)
{
	bool clocked = o->layers->stage.clock_id != 0;
	int r = glow_pending_apply(&o->pending, word, clocked, o->layers->changes, now_us);

	if (r == -ENOSPC && make_room(o, now_us))
		r = glow_pending_apply(&o->pending, word, clocked, o->layers->changes, now_us);
	o->accepted |= r == 0;
	if (r < 0)
		glow_warning("no room for a command for many nodes");
}

void glow_orders_apply(struct glow_orders *o, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_apply word;
	cJSON *tree = m->retained ? NULL : glow_json_parse(m->payload, m->len, &diag);

	if (tree && glow_apply_read(tree, &word, &diag) == GLOW_OK)
		apply_word(o, &word, now_us);
	else if (!m->retained)
		glow_warning("%s: %s %s", m->topic, diag.where, diag.what);
	cJSON_Delete(tree);
}
