/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A notice has its times from its arrival, whether or not it shows: one that comes up again when
 * a higher one ends is where it would have been, and two boards with the same notice agree. */

#include <string.h>

#include <glow/time.h>

#include "notices.h"

#define TTL_DEFAULT_US   (5 * GLOW_US_PER_S)
#define PRIORITY_DEFAULT 5

const struct glow_notice *glow_notices_top(const struct glow_notices *n)
{
	const struct glow_notice *top = NULL;

	for (unsigned k = 0; k < n->n; k++) {
		const struct glow_notice *one = &n->v[k];

		if (one->end_us && (!top || one->priority > top->priority ||
				    (one->priority == top->priority && one->order > top->order)))
			top = one;
	}
	return top;
}

/* The place of its id, a free place, or that of the lowest. NULL when the new one would be the lowest itself. */
static struct glow_notice *place_for(struct glow_notices *n, const char *id, uint8_t priority)
{
	struct glow_notice *free_place = NULL, *lowest = &n->v[0];

	for (unsigned k = 0; k < n->n; k++) {
		struct glow_notice *one = &n->v[k];

		if (!one->end_us)
			free_place = one;
		else if (id[0] && strcmp(one->id, id) == 0)
			return one;
		if (one->priority < lowest->priority ||
		    (one->priority == lowest->priority && one->order < lowest->order))
			lowest = one;
	}
	if (free_place)
		return free_place;
	if (n->n < GLOW_NOTICES_MAX)
		return &n->v[n->n++];
	return priority < lowest->priority ? NULL : lowest;
}

static struct glow_notice *add(struct glow_notices *n, const char *id, uint8_t priority, int64_t end_us)
{
	struct glow_notice *one = place_for(n, id, priority);

	if (!one)
		return NULL;
	memset(one->id, 0, sizeof(one->id));
	memcpy(one->id, id, strlen(id));
	one->priority = priority;
	one->order = ++n->order;
	one->end_us = end_us;
	return one;
}

static void remove_id(struct glow_notices *n, const char *id)
{
	for (unsigned k = 0; k < n->n; k++)
		if (n->v[k].end_us && strcmp(n->v[k].id, id) == 0)
			n->v[k].end_us = 0;
}

static int64_t ttl_us(const struct glow_command *command)
{
	if (command->has & GLOW_HAS_TTL)
		return command->ttl_us;
	if (command->has & GLOW_HAS_FLASH && command->flash_us)
		return command->flash_us;
	return TTL_DEFAULT_US;
}

void glow_notices_take(struct glow_notices *n, const struct glow_command *command, struct glow_shape shape,
		       int64_t now_us, uint32_t seed)
{
	struct glow_notice *one;

	if (command->clear) {
		remove_id(n, command->id);
		return;
	}
	one = add(n, command->id, command->has & GLOW_HAS_PRIORITY ? command->priority : PRIORITY_DEFAULT,
		  now_us + ttl_us(command));
	if (!one)
		return;
	glow_look_init(&one->look, NULL, now_us);
	glow_command_apply(command, shape, now_us, seed, &one->look);
	/* A notice that does not say how it looks, or asks to flash, blinks. */
	if (!one->look.effect || (command->has & GLOW_HAS_FLASH && !(command->has & GLOW_HAS_EFFECT))) {
		one->look.effect = &glow_effect_blink;
		one->look.painted = false;
		glow_params_default(one->look.effect, &one->look.params);
	}
}

void glow_notices_flash(struct glow_notices *n, const struct glow_look *light, int64_t length_us, int64_t now_us)
{
	struct glow_notice *one = add(n, "flash", PRIORITY_DEFAULT, now_us + length_us);

	if (!one)
		return;
	glow_look_init(&one->look, &glow_effect_blink, now_us);
	one->look.color = light->color;
	one->look.brightness = light->brightness;
}

bool glow_notices_expire(struct glow_notices *n, int64_t t_us)
{
	bool ended = false;

	for (unsigned k = 0; k < n->n; k++)
		if (n->v[k].end_us && n->v[k].end_us <= t_us) {
			n->v[k].end_us = 0;
			ended = true;
		}
	while (n->n > 0 && !n->v[n->n - 1].end_us)
		n->n--;
	return ended;
}

int64_t glow_notices_next(const struct glow_notices *n)
{
	int64_t next = GLOW_NEVER;

	for (unsigned k = 0; k < n->n; k++)
		if (n->v[k].end_us)
			next = glow_sooner(next, n->v[k].end_us);
	return next;
}

void glow_notices_shift(struct glow_notices *n, int64_t delta_us)
{
	for (unsigned k = 0; k < n->n; k++)
		if (n->v[k].end_us) {
			n->v[k].look.start_us += delta_us;
			n->v[k].end_us += delta_us;
		}
}
