/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl effects preview: an effect in text as one writes it, in a terminal and without a cluster. */

#include "effects.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/meter.h>

#include "preview.h"
#include "saves.h"
#include "session.h"
#include "window.h"

#define BOARDS         "blinkt:5"
#define FPS            30
#define METER_EVERY_US 1000000

struct stage_hand {
	struct glow_preview preview;
	struct glow_window window;
	struct glow_saves saves;
	struct glow_meters meters;
	int64_t epoch_us; /* what is added to the monotonic clock, once and for all: the picture's time does not fall */
	int status;       /* of the file as it is */
};

static int64_t now_us(const struct stage_hand *h)
{
	return glow_mono_now().ns / 1000 + h->epoch_us;
}

/* Where there is no picture, what it says. */
static void tell(const struct stage_hand *h)
{
	char text[GLOW_EFFECT_FILE_SAID];

	if (h->window.colors)
		return;
	if (h->preview.mistake[0]) {
		glow_ctl_fail(0, "%s", h->preview.mistake);
		return;
	}
	glow_effect_file_praise(h->preview.file, h->preview.cost, text);
	puts(text);
	fflush(stdout);
}

static void on_saved(void *ctx)
{
	struct stage_hand *h = ctx;
	struct glow_diag diag;
	size_t len;
	char *text = glow_effect_file_read(h->preview.file, &len, &diag);

	if (!text)
		strncat(diag.what, "; it shows once it can be read", sizeof(diag.what) - strlen(diag.what) - 1);
	h->status = glow_preview_take(&h->preview, text, len, &diag, now_us(h));
	free(text);
	tell(h);
}

static int on_meters(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct stage_hand *h = userdata;

	(void)usec;
	glow_meters_read(&h->meters);
	glow_preview_meters(&h->preview, h->meters.permille);
	return sd_event_source_set_time_relative(source, METER_EVERY_US);
}

static void draw(void *ctx, FILE *out)
{
	struct stage_hand *h = ctx;
	const struct glow_watch_screen screen = { .columns = h->window.columns,
						  .rows = h->window.rows,
						  .colors = h->window.colors,
						  .ascii = h->window.ascii };
	int64_t utc_us = glow_mono_now().ns / 1000 + glow_wall_minus_mono_us(), t_us = now_us(h);

	h->preview.watch.wall_offset_us = utc_us - t_us + glow_tz_offset_s(utc_us) * GLOW_US_PER_S;
	glow_preview_draw(&h->preview, t_us, screen, out);
}

static int add_sources(struct stage_hand *h, const char *path)
{
	sd_event_source *meters = NULL;
	int r = glow_saves_init(&h->saves, h->window.loop, path, on_saved, h);

	if (r < 0)
		return glow_ctl_fail(EX_OSERR, "%s cannot be watched: %s", path, strerror(-r));
	glow_meters_init(&h->meters, "/sys");
	r = sd_event_add_time_relative(h->window.loop, &meters, CLOCK_MONOTONIC, 0, 0, on_meters, h);
	if (r >= 0)
		r = sd_event_source_set_enabled(meters, SD_EVENT_ON);
	sd_event_source_set_floating(meters, true);
	sd_event_source_unref(meters);
	return r < 0 ? glow_ctl_fail(EX_OSERR, "cannot start: %s", strerror(-r)) : 0;
}

/* What is wrong with the file at the end is said again below the picture that is gone. */
static int show(struct stage_hand *h, const struct glow_ctl_options *o)
{
	int r;

	on_saved(h);
	r = glow_window_run(&h->window, o->for_s, o->fps < 0 ? FPS : o->fps);
	if (r < 0)
		return glow_ctl_fail(EX_OSERR, "cannot go on: %s", strerror(-r));
	if (h->window.colors && h->status)
		glow_ctl_fail(0, "%s", h->preview.mistake);
	return h->status;
}

static int run(struct stage_hand *h, const struct glow_ctl_options *o, const char *path, const char *words)
{
	struct glow_preview_boards boards;
	struct glow_diag diag;
	uint32_t seed = (uint32_t)glow_mono_now().ns ^ (uint32_t)getpid() << 16;
	int r, status;

	if (glow_preview_boards_read(o->boards ? o->boards : BOARDS, &boards, &diag) != GLOW_OK)
		return glow_ctl_fail(EX_USAGE, "%s %s", diag.where, diag.what);
	h->epoch_us = glow_wall_minus_mono_us();
	r = glow_window_init(&h->window, o->plain);
	h->window.draw = draw;
	h->window.ctx = h;
	if (r < 0 || !glow_preview_init(&h->preview, path, &boards, o, words, now_us(h), seed))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	status = add_sources(h, path);
	return status ? status : show(h, o);
}

int glow_ctl_effects_preview(const struct glow_ctl_options *o, const char *path, int n_words, char *const words[])
{
	static struct stage_hand h;
	int status = 0;
	char *text = glow_ctl_text(n_words, words, &status);

	if (!text && n_words > 0)
		return status;
	status = run(&h, o, path, text ? text : "");
	glow_saves_fini(&h.saves);
	glow_preview_fini(&h.preview);
	glow_window_fini(&h.window);
	free(text);
	return status;
}
