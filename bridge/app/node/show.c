/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* There is one target, the next instant at which anything changes: a frame slot while something
 * moves, else the end of a notice or a transition, a command's time, a state to publish, else nothing.
 * What is drawn is always the instant itself and never "now". A still picture therefore costs no wake-up at all. */

#include <glow/time.h>

#include "show.h"

static struct glow_frame canvas;

static void give_up(struct glow_show *s)
{
	s->begun = 0;
	glow_painter_drop(&s->painter);
}

static int draw(struct glow_show *s, int64_t t_us)
{
	give_up(s);
	s->drawn_us = t_us;
	s->revision = glow_node_revision(s->node);
	if (!s->painter.board || !glow_node_started(s->node))
		return 0;
	glow_painter_begin(&s->painter);
	glow_node_render(s->node, t_us, &canvas);
	return glow_painter_show(&s->painter, &canvas, t_us);
}

/* Draws as much of a slot's picture as a turn of the loop may take. Where the picture has changed since its first part
 * it is drawn anew, and at once: so it comes from one state of the node, and no stream of commands holds it up. */
static int draw_slot(struct glow_show *s, int64_t t_us)
{
	uint32_t n = glow_node_turn(s->node);

	if (!s->painter.board || !glow_node_started(s->node) || n >= s->painter.board->shape.pixels ||
	    (s->begun && s->revision != glow_node_revision(s->node)))
		return draw(s, t_us);
	glow_painter_begin(&s->painter);
	s->revision = glow_node_revision(s->node);
	glow_node_draw(s->node, t_us, s->begun, n, &canvas);
	s->begun += n;
	if (s->begun < canvas.n) {
		glow_painter_pause(&s->painter);
		return 0;
	}
	s->begun = 0;
	s->drawn_us = t_us;
	glow_node_finish(s->node, t_us, &canvas);
	return glow_painter_show(&s->painter, &canvas, t_us);
}

/* Draws an instant that is no frame slot, if anything but time has changed the
 * picture: animations stay on their grid whatever is said or refused meanwhile. */
static int draw_change(struct glow_show *s, int64_t t_us)
{
	uint64_t frames = s->painter.frames;
	int r;

	if (glow_node_revision(s->node) == s->revision || t_us < s->ready_us)
		return 0;
	r = draw(s, t_us);
	if (s->painter.frames != frames)
		s->ready_us = t_us + glow_painter_period_us(&s->painter);
	return r;
}

/* The next frame for time alone. A slot so soon after a picture out of turn is left to the next one; a second is not.
 */
static int64_t next_frame(const struct glow_show *s, int64_t t_us)
{
	enum glow_pace pace = glow_node_pace(s->node, t_us, NULL);
	int64_t frame = glow_painter_next(&s->painter, pace, t_us);

	if (frame >= s->ready_us)
		return frame;
	return pace == GLOW_ANIMATED ? glow_painter_next(&s->painter, pace, s->ready_us - 1) : s->ready_us;
}

/* After anything has happened up to t_us. */
static void plan(struct glow_show *s, int64_t t_us)
{
	int64_t instant = glow_node_next(s->node), frame = GLOW_NEVER;

	if (s->begun) /* the target stays */
		return;
	if (!glow_node_started(s->node))
		instant = glow_sooner(instant, s->opening.until_us);
	else
		frame = next_frame(s, t_us);
	if (glow_node_revision(s->node) != s->revision) /* a change that waits for its turn */
		instant = glow_sooner(instant, s->ready_us);
	s->target_us = glow_sooner(instant, frame);
	s->is_slot = frame <= instant && frame != GLOW_NEVER;
}

int glow_show_due(struct glow_show *s, int64_t now_us)
{
	int64_t t_us = s->target_us;
	int r;

	if (!s->begun) {
		if (s->is_slot && now_us > t_us)
			t_us = s->target_us = glow_painter_slot(&s->painter, t_us, now_us);
		glow_node_tick(s->node, t_us);
	}
	r = s->is_slot ? draw_slot(s, t_us) : draw_change(s, t_us);
	plan(s, t_us);
	return r;
}

/* A slot whose time has come is drawn first: were the next one planned instead, a steady stream of messages, each just
 * ahead of the timer, would leave an animation without its frames. */
int glow_show_changed(struct glow_show *s, int64_t now_us)
{
	int due = s->is_slot && s->target_us <= now_us ? glow_show_due(s, now_us) : 0;
	int64_t t_us = now_us < s->drawn_us ? s->drawn_us : now_us; /* a slot is drawn a little ahead of its time */
	int r;

	glow_node_tick(s->node, t_us);
	r = draw_change(s, t_us);
	plan(s, t_us);
	return due ? due : r;
}

int glow_show_again(struct glow_show *s, int64_t now_us)
{
	int r = draw(s, now_us);
	int more = glow_show_changed(s, now_us);

	return r ? r : more;
}

int64_t glow_show_wake_us(const struct glow_show *s)
{
	return s->target_us == GLOW_NEVER ? GLOW_NEVER : s->target_us - glow_painter_lead_us(&s->painter);
}

void glow_show_shift(struct glow_show *s, int64_t delta_us)
{
	s->drawn_us += delta_us;
	s->ready_us += delta_us;
	s->opening.until_us += delta_us;
	give_up(s);
	s->is_slot = false; /* of the old clock; what is planned next is of the new one */
}
