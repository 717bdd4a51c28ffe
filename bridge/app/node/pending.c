/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A command that waits is parsed again when it is due, so there is one way for a command to take
 * effect, and one that waits costs its bytes and no frame of memory.
 *
 * A command for many and the conductor's `apply` reach a node on two topics, in either order and
 * not always both. Which of the two came alone is remembered for a while, so that nothing is done twice. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glow/library.h>
#include <glow/time.h>

#include "pending.h"

#define AHEAD_US (60 * GLOW_US_PER_S) /* an instant further away is another timeline's */
#define LATE_US  (10 * GLOW_US_PER_S) /* how late the other of a command and its `apply` may come and still be known */

void glow_pending_remove(struct glow_waiting *one)
{
	free(one->memory);
	free(one->payload);
	memset(one, 0, sizeof(*one));
}

void glow_pending_fini(struct glow_pending *p)
{
	for (unsigned k = 0; k < p->n; k++)
		glow_pending_remove(&p->v[k]);
}

static struct glow_waiting *free_place(struct glow_pending *p)
{
	for (unsigned k = 0; k < p->n; k++)
		if (!p->v[k].payload)
			return &p->v[k];
	return p->n < GLOW_PENDING_MAX ? &p->v[p->n++] : NULL;
}

/* A free place with a copy of the payload in it; NULL when there is none. */
static struct glow_waiting *add(struct glow_pending *p, enum glow_command_kind kind, const void *payload, size_t len)
{
	struct glow_waiting *one = free_place(p);

	if (!one)
		return NULL;
	one->payload = malloc(len + 1);
	if (!one->payload)
		return NULL;
	memcpy(one->payload, payload, len);
	one->len = len;
	one->kind = kind;
	one->order = ++p->order;
	return one;
}

enum glow_code glow_pending_keep(struct glow_pending *p, const struct glow_message *m, enum glow_command_kind kind,
				 int64_t at_us, const struct glow_waiting *after, struct glow_diag *diag)
{
	struct glow_waiting *one = add(p, kind, m->payload, m->len);

	if (!one)
		return glow_diag_set(diag, GLOW_BUSY, "", "%d commands wait for their time already; try again",
				     GLOW_PENDING_MAX);
	one->at_us = after ? after->at_us : at_us;
	one->timed = !after;
	one->after = after && after->held ? after->order : 0;
	one->of = one->seed = glow_command_hash(m->topic, m->payload, m->len);
	return GLOW_OK;
}

/* What an answer needs, should the conductor give none. */
static bool keep_asked(struct glow_waiting *one, const struct glow_message *m)
{
	size_t topic = strlen(m->topic) + 1, response = m->response_topic ? strlen(m->response_topic) + 1 : 0;
	char *at = malloc(topic + response + m->correlation_len);

	if (!at)
		return false;
	one->memory = at;
	one->asked.topic = memcpy(at, m->topic, topic);
	if (response)
		one->asked.response_topic = memcpy(at + topic, m->response_topic, response);
	if (m->correlation_len) {
		one->asked.correlation = memcpy(at + topic + response, m->correlation, m->correlation_len);
		one->asked.correlation_len = m->correlation_len;
	}
	return true;
}

static struct glow_unpaired *find_unpaired(struct glow_pending *p, uint32_t of, bool done, int64_t now_us)
{
	for (int k = 0; k < GLOW_UNPAIRED_MAX; k++)
		if (p->unpaired[k].of == of && p->unpaired[k].done == done && p->unpaired[k].until_us > now_us)
			return &p->unpaired[k];
	return NULL;
}

static void keep_unpaired(struct glow_pending *p, struct glow_unpaired unpaired)
{
	struct glow_unpaired *oldest = &p->unpaired[0];

	for (int k = 1; k < GLOW_UNPAIRED_MAX; k++)
		if (p->unpaired[k].until_us < oldest->until_us)
			oldest = &p->unpaired[k];
	*oldest = unpaired;
}

static void pair(struct glow_unpaired *unpaired)
{
	unpaired->until_us = 0;
}

void glow_pending_done(struct glow_pending *p, uint32_t of, uint32_t changes, int64_t at_us)
{
	keep_unpaired(p, (struct glow_unpaired){
				 .of = of, .done = true, .changes = changes, .until_us = at_us + LATE_US });
}

/* True when the `apply` of that command came first, since then. */
static bool came_since(struct glow_pending *p, uint32_t of, int64_t since_us, int64_t now_us)
{
	struct glow_unpaired *first = find_unpaired(p, of, false, now_us);

	if (!first || first->until_us - LATE_US <= since_us)
		return false;
	pair(first);
	return true;
}

bool glow_pending_came(struct glow_pending *p, const struct glow_message *m, const struct glow_command *command,
		       int64_t now_us)
{
	bool relative = command->toggle || command->has & GLOW_HAS_STEP;

	return relative && came_since(p, glow_command_hash(m->topic, m->payload, m->len), now_us - LATE_US, now_us);
}

bool glow_pending_hold(struct glow_pending *p, const struct glow_message *m, enum glow_command_kind kind, bool timed,
		       int64_t now_us)
{
	uint32_t of = glow_command_hash(m->topic, m->payload, m->len);
	struct glow_waiting *one;

	if (came_since(p, of, now_us - GLOW_HOLD_US, now_us))
		return true;
	one = add(p, kind, m->payload, m->len);
	if (!one)
		return false;
	if (!keep_asked(one, m)) {
		glow_pending_remove(one);
		return false;
	}
	one->at_us = now_us + GLOW_HOLD_US;
	one->of = one->seed = of;
	one->timed = timed;
	one->for_many = !timed;
	one->held = true;
	return true;
}

/* ---- the conductor's word ---- */

static enum glow_command_kind kind_of(const struct glow_apply *apply)
{
	return apply->notify ? GLOW_COMMAND_NOTIFY : GLOW_COMMAND_SET;
}

static struct glow_waiting *find_held(struct glow_pending *p, const struct glow_apply *apply)
{
	struct glow_waiting *found = NULL;

	for (unsigned k = 0; k < p->n; k++) {
		struct glow_waiting *one = &p->v[k];

		if (one->held && one->kind == kind_of(apply) && one->of == apply->of &&
		    (!found || one->order < found->order))
			found = one;
	}
	return found;
}

/* A place for a command that did not come before its `apply`, or is known to be over: the same outcomes
 * as glow_pending_apply(). A light that nothing has changed since takes the common instant after all,
 * to run in phase with the others'. */
static int add_ahead(struct glow_pending *p, const struct glow_apply *apply, uint32_t changes, int64_t now_us,
		     struct glow_waiting **ret_one)
{
	struct glow_unpaired *done = find_unpaired(p, apply->of, true, now_us);

	if (done && (apply->notify || changes != done->changes || glow_command_relative(apply->command))) {
		pair(done);
		return 1;
	}
	*ret_one = add(p, kind_of(apply), "", 0);
	if (!*ret_one)
		return -ENOSPC;
	if (done)
		pair(done);
	else
		keep_unpaired(p, (struct glow_unpaired){ .of = apply->of, .until_us = now_us + LATE_US });
	(*ret_one)->of = apply->of;
	(*ret_one)->timed = apply->at_us > now_us + GLOW_HOLD_US;
	(*ret_one)->for_many = !(*ret_one)->timed;
	return 0;
}

/* What was to come right after it does. */
static void move(struct glow_pending *p, struct glow_waiting *one, int64_t at_us)
{
	one->at_us = at_us;
	for (unsigned k = 0; k < p->n; k++)
		if (p->v[k].after == one->order)
			p->v[k].at_us = at_us;
}

/* What is held still and came before `one` is not carried out after it, whether or not its own `apply` comes. */
static void hurry_older(struct glow_pending *p, const struct glow_waiting *one)
{
	for (unsigned k = 0; k < p->n; k++) {
		struct glow_waiting *older = &p->v[k];

		if (older->held && older->for_many && older->kind == one->kind && older->order < one->order &&
		    older->at_us > one->at_us)
			move(p, older, one->at_us);
	}
}

/* It has its instant. */
static void fix(struct glow_pending *p, struct glow_waiting *one, int64_t at_us)
{
	one->held = false;
	move(p, one, at_us);
	for (unsigned k = 0; k < p->n; k++)
		if (p->v[k].after == one->order)
			p->v[k].after = 0;
}

int glow_pending_apply(struct glow_pending *p, const struct glow_apply *apply, bool clocked, uint32_t changes,
		       int64_t now_us)
{
	bool late = find_unpaired(p, apply->of, true, now_us);
	char *text = cJSON_PrintUnformatted(apply->command);
	struct glow_waiting *one;
	int r = 0;

	if (!text)
		return -ENOMEM;
	one = find_held(p, apply);
	late = late && !one; /* what is held came after that */
	if (!one)
		r = add_ahead(p, apply, changes, now_us, &one);
	if (r) {
		cJSON_free(text);
		return r;
	}
	free(one->payload);
	one->payload = text;
	one->len = strlen(text);
	one->seed = apply->seed;
	one->by_word = true;
	fix(p, one, clocked && apply->at_us < now_us + AHEAD_US ? apply->at_us : now_us);
	if (!late)
		hurry_older(p, one);
	return 0;
}

/* ---- time ---- */

const struct glow_waiting *glow_pending_last_for_many(const struct glow_pending *p, enum glow_command_kind kind)
{
	const struct glow_waiting *last = NULL;

	for (unsigned k = 0; k < p->n; k++) {
		const struct glow_waiting *one = &p->v[k];

		if (one->payload && one->for_many && one->kind == kind && (!last || one->order > last->order))
			last = one;
	}
	return last;
}

static bool before(const struct glow_waiting *a, const struct glow_waiting *b)
{
	return a->at_us < b->at_us || (a->at_us == b->at_us && a->order < b->order);
}

struct glow_waiting *glow_pending_due(struct glow_pending *p, int64_t t_us)
{
	struct glow_waiting *first = NULL;

	while (p->n > 0 && !p->v[p->n - 1].payload)
		p->n--;
	for (unsigned k = 0; k < p->n; k++) {
		struct glow_waiting *one = &p->v[k];

		if (one->payload && one->at_us <= t_us && (!first || before(one, first)))
			first = one;
	}
	return first;
}

struct glow_waiting *glow_pending_first_untimed(struct glow_pending *p)
{
	struct glow_waiting *first = NULL;

	for (unsigned k = 0; k < p->n; k++) {
		struct glow_waiting *one = &p->v[k];

		if (one->payload && !one->timed && (!first || before(one, first)))
			first = one;
	}
	return first;
}

bool glow_pending_names(const struct glow_pending *p, const char *word)
{
	for (unsigned k = 0; k < p->n; k++)
		if (p->v[k].payload && glow_library_word(p->v[k].payload, p->v[k].len, word))
			return true;
	return false;
}

int64_t glow_pending_next(const struct glow_pending *p)
{
	int64_t next = GLOW_NEVER;

	for (unsigned k = 0; k < p->n; k++)
		if (p->v[k].payload)
			next = glow_sooner(next, p->v[k].at_us);
	return next;
}

void glow_pending_shift(struct glow_pending *p, int64_t delta_us)
{
	for (unsigned k = 0; k < p->n; k++)
		if (p->v[k].held || p->v[k].after)
			p->v[k].at_us += delta_us;
	for (int k = 0; k < GLOW_UNPAIRED_MAX; k++)
		p->unpaired[k].until_us += delta_us;
}
