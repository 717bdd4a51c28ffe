/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A frame is begun earlier by the board's own write time, so that the last bit of it, not the
 * first, falls on its slot. The median of the latest writes is taken: a mean would start frames
 * early for a while after a single slow one. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glow/log.h>
#include <glow/quantile.h>
#include <glow/time.h>

#include "painter.h"

#define LATE_US 1000

void glow_painter_set_problem(struct glow_painter *p, const char *what, int retry_s)
{
	if (strcmp(p->problem, what) == 0)
		return;
	if (what[0])
		glow_error("%s: %s; trying again every %d s", p->name, what, retry_s);
	else if (p->board)
		glow_info("board %s through %s", p->board->desc->name, p->board->backend);
	snprintf(p->problem, sizeof(p->problem), "%s", what);
}

int glow_painter_open(struct glow_painter *p, struct glow_diag *diag)
{
	int r = glow_board_open(p->name, p->board_cfg, &p->board, diag);

	if (r < 0)
		return r;
	p->shown.n = 0; /* unknown: whatever comes first is written */
	p->governor = (struct glow_governor){ .n = 0 };
	glow_painter_set_problem(p, "", 0);
	if (p->board->note)
		glow_warning("%s", p->board->note);
	return 0;
}

void glow_painter_close(struct glow_painter *p)
{
	glow_board_close(p->board);
	p->board = NULL;
}

static void measure(struct glow_painter *p, struct glow_mono before, int64_t t_us)
{
	struct glow_instant after = glow_instant_now();
	uint64_t n = p->frames + 1;

	p->took_us[p->frames % GLOW_PAINTER_WRITES] = (uint32_t)((after.mono.ns - before.ns) / 1000);
	p->write_us = glow_quantile(p->took_us, n < GLOW_PAINTER_WRITES ? (uint32_t)n : GLOW_PAINTER_WRITES, 50);
	p->late += glow_clock_time(p->clock, after).us > t_us + LATE_US;
	p->frames = n;
}

static int write_frame(struct glow_painter *p, const struct glow_frame *frame, int64_t t_us)
{
	struct glow_mono before = glow_mono_now();
	int r = glow_board_show(p->board, frame, (struct glow_stamp){ .t_us = t_us });

	if (r < 0) {
		glow_painter_close(p);
		return r;
	}
	if (r == 0)
		measure(p, before, t_us);
	glow_frame_copy(&p->shown, frame);
	return 0;
}

/* The slots of a slow road are among those of a fast one where the one rate divides the other. */
static unsigned rate(const struct glow_painter *p)
{
	unsigned most = p->board ? p->board->fps_max : 0;

	return most && most < p->fps ? most : p->fps;
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void glow_painter_begin(struct glow_painter *p)
{
	p->begun_ns = cpu_ns() - p->spent_ns;
}

void glow_painter_pause(struct glow_painter *p)
{
	p->spent_ns = cpu_ns() - p->begun_ns;
}

void glow_painter_drop(struct glow_painter *p)
{
	p->spent_ns = 0;
}

int glow_painter_show(struct glow_painter *p, const struct glow_frame *frame, int64_t t_us)
{
	int r = glow_frame_equal(frame, &p->shown) ? 0 : write_frame(p, frame, t_us);

	p->spent_ns = 0;
	if (r == 0)
		glow_governor_note(&p->governor, (uint32_t)((cpu_ns() - p->begun_ns) / 1000), rate(p), p->cpu_percent);
	return r;
}

/* The last slot up to t_us that is drawn. */
static int64_t slot(const struct glow_painter *p, int64_t t_us)
{
	return glow_governor_slot(&p->governor, glow_slot_at(t_us, rate(p)));
}

int64_t glow_painter_next(const struct glow_painter *p, enum glow_pace pace, int64_t t_us)
{
	if (!p->board)
		return GLOW_NEVER;
	switch (pace) {
	case GLOW_ANIMATED:
		return glow_slot_time(slot(p, t_us) + glow_governor_slots(&p->governor), rate(p));
	case GLOW_SECONDS:
		return (glow_floor_div(t_us, GLOW_US_PER_S) + 1) * GLOW_US_PER_S;
	case GLOW_STILL:
		break;
	}
	return GLOW_NEVER;
}

int64_t glow_painter_period_us(const struct glow_painter *p)
{
	return GLOW_US_PER_S * glow_governor_slots(&p->governor) / rate(p);
}

int64_t glow_painter_slot(struct glow_painter *p, int64_t t_us, int64_t now_us)
{
	int64_t k = glow_slot_at(t_us, rate(p)), k_now = slot(p, now_us);

	if (k_now <= k)
		return t_us;
	p->dropped += (uint64_t)((k_now - k) / glow_governor_slots(&p->governor));
	return glow_slot_time(k_now, rate(p));
}

uint32_t glow_painter_lead_us(const struct glow_painter *p)
{
	return p->write_us + (p->board ? p->board->latency_us : 0);
}
