/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <glow/told.h>

/* What there is of a look: without a picture in it, nothing of its pixels. */
static size_t look_size(const struct glow_look *look)
{
	uint32_t n = look->painted ? look->paint.n : 0;

	return offsetof(struct glow_look, paint) + offsetof(struct glow_paint, px) + n * sizeof(look->paint.px[0]);
}

static size_t frame_size(const struct glow_frame *frame)
{
	return offsetof(struct glow_frame, px) + frame->n * sizeof(frame->px[0]);
}

static void *copy_of(const void *from, size_t size)
{
	void *copy = malloc(size);

	return copy ? memcpy(copy, from, size) : NULL;
}

struct glow_look *glow_look_keep(const struct glow_look *look)
{
	return copy_of(look, look_size(look));
}

void glow_told_fini(struct glow_told *told)
{
	free(told->light);
	free(told->notice);
	free(told->fade_from);
	free(told->problem);
	*told = (struct glow_told){ .light = NULL };
}

bool glow_told_keep(struct glow_told *told, const struct glow_state *s)
{
	struct glow_told next = {
		.light = glow_look_keep(&s->light),
		.notice = s->has_notice ? glow_look_keep(&s->notice) : NULL,
		.fade_from = s->fading ? copy_of(&s->fade_from, frame_size(&s->fade_from)) : NULL,
		.since_us = s->since_us,
		.clock_id = s->clock_id,
		.showing = s->showing,
		.dark = s->dark,
		.limited = s->limited,
		.problem = s->problem[0] ? strdup(s->problem) : NULL,
		.slots_a_frame = s->slots_a_frame,
		.fade_start_us = s->fade_start_us,
		.fade_end_us = s->fade_end_us,
		.notice_priority = s->notice_priority,
		.notice_start_us = s->notice_start_us,
		.notice_end_us = s->notice_end_us,
	};

	memcpy(next.notice_id, s->notice_id, sizeof(next.notice_id));
	if (!next.light || (s->has_notice && !next.notice) || (s->fading && !next.fade_from) ||
	    (s->problem[0] && !next.problem)) {
		glow_told_fini(&next);
		return false;
	}
	glow_told_fini(told);
	*told = next;
	return true;
}

cJSON *glow_told_write(const struct glow_told *told, struct glow_shape shape)
{
	struct glow_state *s = calloc(1, sizeof(*s));
	cJSON *tree;

	if (!s)
		return NULL;
	*s = (struct glow_state){ .since_us = told->since_us,
				  .clock_id = told->clock_id,
				  .showing = told->showing,
				  .dark = told->dark,
				  .limited = told->limited,
				  .slots_a_frame = told->slots_a_frame,
				  .fading = told->fade_from,
				  .fade_start_us = told->fade_start_us,
				  .fade_end_us = told->fade_end_us,
				  .has_notice = told->notice,
				  .notice_priority = told->notice_priority,
				  .notice_start_us = told->notice_start_us,
				  .notice_end_us = told->notice_end_us };
	memcpy(&s->light, told->light, look_size(told->light));
	if (told->notice)
		memcpy(&s->notice, told->notice, look_size(told->notice));
	if (told->fade_from)
		glow_frame_copy(&s->fade_from, told->fade_from);
	memcpy(s->notice_id, told->notice_id, sizeof(s->notice_id));
	if (told->problem)
		strncat(s->problem, told->problem, sizeof(s->problem) - 1);
	tree = glow_state_write(s, shape);
	free(s);
	return tree;
}
