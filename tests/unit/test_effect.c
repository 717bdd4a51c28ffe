/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What every effect promises, stamped onto each row of effects.def; or, where files are named,
 * onto the effects in text that they hold. A check returns NULL or says what is wrong; so the
 * same check that passes the effects is shown, at the end of this file, to catch an effect
 * that breaks its promise.
 *
 * Parameters come from dice. GLOW_TEST_SEED=<number> throws others.
 * GLOW_TEST_SETS=<number>, at least 4, is for emulated processors: flashes, by
 * far the most work, are then measured with so many sets of parameters only. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/effect.h>
#include <glow/hash.h>
#include <glow/script.h>
#include <glow/shape.h>

#include "../harness/flash.h"

#define US_PER_S INT64_C(1000000)
#define FAR_US   INT64_C(4000000000000000000)

static const char *const files[] = {
#define X(name) #name,
#include "../../bridge/effect/effects.def"
#undef X
};

static uint32_t base_seed = 1, sets_max = UINT32_MAX;
static char reason[512];
static const struct glow_effect_desc *effects[64];
static size_t n_effects;
static struct glow_room room;

/* Puts into words what is wrong, for the check to return. */
__attribute__((format(printf, 1, 2))) static const char *fault(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return reason;
}

/* A row of numbers that look random: every use has its own `stream`. */
struct dice {
	uint32_t stream, k;
};

static uint32_t roll(struct dice *d, uint32_t below)
{
	return glow_dice(base_seed, d->stream, d->k++) % below;
}

/* ---- parameters ---- */

static const struct glow_rgb colors[] = {
	{ 255, 255, 255 }, { 255, 0, 0 },   { 0, 0, 0 },     { 0, 255, 0 },  { 255, 0, 255 }, { 0, 0, 255 },
	{ 255, 255, 0 },   { 0, 255, 255 }, { 255, 60, 20 }, { 128, 0, 40 }, { 0, 168, 0 },   { 200, 200, 200 },
};
#define COLORS (sizeof(colors) / sizeof(colors[0]))

static bool is_duration(const struct glow_param_desc *row)
{
	return strcmp(row->unit, "ms") == 0 || strcmp(row->unit, "s") == 0;
}

static int32_t any_value(const struct glow_param_desc *row, struct dice *d)
{
	uint32_t way = roll(d, 4);

	if (row->type == GLOW_PARAM_COLOR) {
		if (row->def == GLOW_LIGHT_COLOR && way < 2)
			return GLOW_LIGHT_COLOR;
		return way < 3 ? glow_rgb_pack(colors[roll(d, COLORS)]) : (int32_t)roll(d, 0x1000000);
	}
	if (way == 0 || (is_duration(row) && way < 3))
		return row->min;
	if (way == 1)
		return row->max;
	return row->min + (int32_t)roll(d, (uint32_t)(row->max - row->min) + 1);
}

static void any_text(char ret_text[GLOW_TEXT_MAX + 1], struct dice *d)
{
	uint32_t n = roll(d, GLOW_TEXT_MAX + 1);

	for (uint32_t k = 0; k < n; k++)
		ret_text[k] = (char)(' ' + roll(d, 95));
	ret_text[n] = '\0';
}

static void any_params(const struct glow_effect_desc *e, struct dice *d, struct glow_params *ret_params)
{
	glow_params_default(e, ret_params);
	for (int k = 0; k < e->n_params; k++) {
		if (e->params[k].type != GLOW_PARAM_TEXT)
			ret_params->v[k] = any_value(&e->params[k], d);
		else if (roll(d, 2))
			any_text(ret_params->text, d);
	}
}

static bool is_corner_row(const struct glow_param_desc *row)
{
	return row->type != GLOW_PARAM_COLOR && row->type != GLOW_PARAM_TEXT && !is_duration(row);
}

static unsigned corners(const struct glow_effect_desc *e)
{
	unsigned rows = 0;

	for (int k = 0; k < e->n_params; k++)
		rows += is_corner_row(&e->params[k]);
	return 1u << (rows < 4 ? rows : 4);
}

/* Durations at their shortest, every other number at an end of its range: bit k of `corner` picks which. */
static void corner_params(const struct glow_effect_desc *e, unsigned corner, struct dice *d,
			  struct glow_params *ret_params)
{
	unsigned bit = 0;

	any_params(e, d, ret_params);
	for (int k = 0; k < e->n_params; k++) {
		const struct glow_param_desc *row = &e->params[k];

		if (is_duration(row))
			ret_params->v[k] = row->min;
		else if (is_corner_row(row))
			ret_params->v[k] = corner >> bit++ % 4 & 1 ? row->max : row->min;
	}
}

static struct glow_moment any_moment(struct dice *d, uint32_t total)
{
	struct glow_moment m = {
		.seed = roll(d, UINT32_MAX), .total = total, .color = colors[roll(d, COLORS)], .room = &room
	};

	m.wall_us = INT64_C(1767225600) * US_PER_S + roll(d, 86400) * US_PER_S;
	for (int k = 0; k < GLOW_METERS; k++)
		m.meter[k] = (uint16_t)roll(d, 1001);
	return m;
}

/* For messages: the values that broke a promise. */
static const char *describe(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	static char text[256];
	size_t n =
		(size_t)snprintf(text, sizeof(text), "seed %u, light %06x", m->seed, (unsigned)glow_rgb_pack(m->color));

	for (int k = 0; k < e->n_params && n < sizeof(text); k++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      p->v[k] >= 0 && e->params[k].type == GLOW_PARAM_COLOR ? ", %s %06x" : ", %s %d",
				      e->params[k].name, (unsigned)p->v[k]);
	return text;
}

/* ---- the table ---- */

static bool is_name(const char *name, char joint)
{
	size_t n = strlen(name);

	for (size_t k = 0; k < n; k++)
		if (!(name[k] >= 'a' && name[k] <= 'z') && !(name[k] >= '0' && name[k] <= '9') && name[k] != joint)
			return false;
	return n > 0;
}

static const char *check_choices(const struct glow_param_desc *row)
{
	int32_t n = 0;

	if (!row->choices)
		return fault("%s has no choices", row->name);
	while (row->choices[n])
		if (!is_name(row->choices[n++], '-'))
			return fault("%s has an odd choice", row->name);
	return row->min == 0 && row->max == n - 1 ? NULL : fault("%s has %d choices", row->name, (int)n);
}

static const char *check_text(const struct glow_param_desc *row)
{
	size_t n = row->text ? strlen(row->text) : GLOW_TEXT_MAX + 1;

	if (n > GLOW_TEXT_MAX)
		return fault("%s has no default or too long a one", row->name);
	for (size_t k = 0; k < n; k++)
		if (row->text[k] < ' ' || row->text[k] > '~')
			return fault("%s is not printable", row->name);
	return NULL;
}

static const char *check_color(const struct glow_param_desc *row)
{
	static const struct glow_param_desc light = GLOW_PARAM_LIGHT_COLOR;
	bool is_light = strcmp(row->name, "color") == 0;

	if (row->min != 0 || row->max != 0xffffff)
		return fault("%s is not 0..0xffffff", row->name);
	if (is_light != (row->def == GLOW_LIGHT_COLOR))
		return fault("%s: `color`, and only it, is the light's", row->name);
	if (is_light && strcmp(row->what, light.what) != 0)
		return fault("`color` is not GLOW_PARAM_LIGHT_COLOR");
	return NULL;
}

static bool is_meter_row(const struct glow_param_desc *row)
{
	if (row->type != GLOW_PARAM_CHOICE || row->max != GLOW_METERS)
		return false;
	for (int k = 0; k < GLOW_METERS; k++)
		if (strcmp(row->choices[k], glow_meter_names[k]) != 0)
			return false;
	return true;
}

static const char *check_role(const struct glow_param_desc *row)
{
	bool is_light = strcmp(row->name, "color") == 0;

	if (is_light != (row->role == GLOW_ROLE_COLOR))
		return fault("%s: `color`, and only it, has that role", row->name);
	if (row->role == GLOW_ROLE_METER && !is_meter_row(row))
		return fault("%s is no choice of the meters and a number", row->name);
	if (row->role == GLOW_ROLE_PERCENT && (row->type != GLOW_PARAM_INT || row->min != 0 || row->max != 100))
		return fault("%s is not 0..100", row->name);
	return NULL;
}

static const char *check_row(const struct glow_param_desc *row)
{
	if (!row->name || !is_name(row->name, '_'))
		return fault("a parameter without a proper name");
	if (!row->what || !row->what[0] || !row->unit)
		return fault("%s has no explanation or unit", row->name);
	if (row->type == GLOW_PARAM_TEXT)
		return check_text(row);
	if (strcmp(row->name, "color") == 0 && row->type != GLOW_PARAM_COLOR)
		return fault("`color` is not a colour");
	if (row->type == GLOW_PARAM_COLOR && row->def == GLOW_LIGHT_COLOR)
		return check_color(row);
	if (row->min >= row->max || row->def < row->min || row->def > row->max)
		return fault("%s: %d..%d, default %d", row->name, (int)row->min, (int)row->max, (int)row->def);
	if (row->type == GLOW_PARAM_BOOL && (row->min != 0 || row->max != 1))
		return fault("%s is not 0 or 1", row->name);
	if (row->type == GLOW_PARAM_CHOICE)
		return check_choices(row);
	return row->type == GLOW_PARAM_COLOR ? check_color(row) : NULL;
}

static const char *check_table(const struct glow_effect_desc *e)
{
	const char *wrong;
	int texts = 0;

	if (!e->name || !is_name(e->name, '-') || !e->what || !e->what[0] || !e->render)
		return fault("no name, explanation or render");
	if (e->n_params > GLOW_PARAMS_MAX)
		return fault("%d parameters", e->n_params);
	for (int k = 0; k < e->n_params; k++) {
		wrong = check_row(&e->params[k]);
		if (!wrong)
			wrong = check_role(&e->params[k]);
		if (wrong)
			return wrong;
		texts += e->params[k].type == GLOW_PARAM_TEXT;
		if (glow_param_find(e, e->params[k].name) != k)
			return fault("%s is there twice", e->params[k].name);
		if (e->params[k].role != GLOW_ROLE_NONE && glow_param_with(e, e->params[k].role) != k)
			return fault("%s has a role that another row has", e->params[k].name);
	}
	return texts <= 1 ? NULL : fault("%d texts", texts);
}

/* ---- a function of its arguments ---- */

static const int64_t times_us[] = { -FAR_US,         -86400 * US_PER_S,         -1,    0, 1, 999999, US_PER_S,
				    3600 * US_PER_S, INT64_C(1767225600000000), FAR_US };
static const uint32_t totals[] = { 1, 2, 3, 7, 8, 18, 40, 4096, 1u << 24 };
#define TIMES  (sizeof(times_us) / sizeof(times_us[0]))
#define TOTALS (sizeof(totals) / sizeof(totals[0]))
#define PROBES 12

/* Pixels of a strip of any length: both ends, the middle and some between. */
static uint32_t probe(uint32_t total, uint32_t k)
{
	return k == PROBES - 1 ? total - 1 : (uint32_t)((uint64_t)total * k / PROBES);
}

/* Draws the probes twice, the second time backwards; whatever a call leaves behind would show. */
static const char *check_repeats(const struct glow_effect_desc *e, const struct glow_params *p,
				 const struct glow_moment *m)
{
	struct glow_rgb first[PROBES];

	glow_effect_begin(e, p, m);
	for (uint32_t k = 0; k < PROBES; k++)
		first[k] = e->render(p, m, probe(m->total, k));
	for (uint32_t k = PROBES; k-- > 0;)
		if (!glow_rgb_equal(first[k], e->render(p, m, probe(m->total, k))))
			return fault("pixel %u of %u differs when drawn again (%s)", probe(m->total, k), m->total,
				     describe(e, p, m));
	for (uint32_t k = 1; e->even && k < PROBES; k++)
		if (!glow_rgb_equal(first[k], first[0]))
			return fault("is even, but pixel %u of %u is not like the first (%s)", probe(m->total, k),
				     m->total, describe(e, p, m));
	return NULL;
}

/* Every time and length with one set of parameters; the sanitizers watch. */
static const char *check_extremes(const struct glow_effect_desc *e, const struct glow_params *p, struct dice *d)
{
	for (size_t t = 0; t < TIMES; t++)
		for (size_t n = 0; n < TOTALS; n++) {
			struct glow_moment m = any_moment(d, totals[n]);
			const char *wrong;

			m.t_us = times_us[t];
			m.wall_us = t % 2 ? m.wall_us : times_us[TIMES - 1 - t];
			wrong = check_repeats(e, p, &m);
			if (wrong)
				return wrong;
		}
	return NULL;
}

static const char *check_pure(const struct glow_effect_desc *e)
{
	struct dice d = { .stream = glow_fnv1a(GLOW_FNV_START, e->name, strlen(e->name)) };
	const char *wrong = NULL;
	struct glow_params p;

	for (unsigned k = 0; k < corners(e) && !wrong; k++) {
		corner_params(e, k, &d, &p);
		wrong = check_extremes(e, &p, &d);
	}
	for (int k = 0; k < e->n_params && !wrong; k++)
		if (e->params[k].type != GLOW_PARAM_TEXT) {
			glow_params_default(e, &p);
			p.v[k] = e->params[k].min;
			wrong = check_extremes(e, &p, &d);
			p.v[k] = e->params[k].max;
			wrong = wrong ? wrong : check_extremes(e, &p, &d);
		}
	for (int k = 0; k < 10 && !wrong; k++) {
		any_params(e, &d, &p);
		wrong = check_extremes(e, &p, &d);
	}
	return wrong;
}

/* ---- pace ---- */

/* A strip of eight as one number. */
static uint32_t picture(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	uint32_t hash = GLOW_FNV_START;

	glow_effect_begin(e, p, m);
	for (uint32_t i = 0; i < m->total; i++) {
		struct glow_rgb c = e->render(p, m, i);

		hash = glow_fnv1a(hash, &c, sizeof(c));
	}
	return hash;
}

static const char *check_still(const struct glow_effect_desc *e, struct dice *d)
{
	for (int set = 0; set < 20; set++) {
		struct glow_moment m = any_moment(d, 8);
		struct glow_params p;
		uint32_t before;

		any_params(e, d, &p);
		before = picture(e, &p, &m);
		for (int k = 0; k < 50; k++) {
			m.t_us = (int64_t)roll(d, 1000000) * 1000;
			m.wall_us += roll(d, 1000000);
			if (picture(e, &p, &m) != before)
				return fault("is GLOW_STILL but changes with time (%s)", describe(e, &p, &m));
		}
	}
	return NULL;
}

/* Counts changes over ten seconds; a GLOW_SECONDS effect may change at whole seconds of wall_us only. */
static const char *check_moves(const struct glow_effect_desc *e, struct dice *d)
{
	struct glow_moment m = any_moment(d, 8);
	struct glow_params p;
	uint32_t before, changes = 0;

	glow_params_default(e, &p);
	m.color = GLOW_WHITE;
	before = picture(e, &p, &m);
	for (int k = 1; k <= 400; k++) {
		uint32_t now;

		m.t_us += 25000;
		m.wall_us += 25000;
		now = picture(e, &p, &m);
		if (now == before)
			continue;
		if (e->pace == GLOW_SECONDS && m.wall_us % US_PER_S != 0)
			return fault("is GLOW_SECONDS but changes in between");
		changes++;
		before = now;
	}
	return changes >= 5 ? NULL : fault("changes %u times in ten seconds", changes);
}

static const char *check_pace(const struct glow_effect_desc *e)
{
	struct dice d = { .stream = 0x9ace };

	return e->pace == GLOW_STILL ? check_still(e, &d) : check_moves(e, &d);
}

/* ---- flashes ---- */

#define SAMPLES_PER_S 120
#define SAMPLE_S      10
#define STRIP_MAX     40
#define BOARD         8
#define REGIONS_MAX   (STRIP_MAX + STRIP_MAX / BOARD + 1)

/* A board, alone or as a part of a cluster's strip. Not a PiGlow on a strip: what
 * passes over it passes three arms, faster than any range of an effect could rule
 * out; that is for the limiter (test_flash.c). */
struct lit {
	struct glow_shape shape;
	uint32_t offset, total; /* 0 of 0: alone */
};

static const struct lit boards[] = {
	{ { GLOW_SHAPE_ROW, 1 }, 0, 0 },   { { GLOW_SHAPE_ROW, 4 }, 0, 0 },      { { GLOW_SHAPE_ROW, 8 }, 0, 0 },
	{ { GLOW_SHAPE_ROW, 18 }, 0, 0 },  { { GLOW_SHAPE_PIGLOW, 18 }, 0, 0 },  { { GLOW_SHAPE_ROW, 40 }, 0, 0 },
	{ { GLOW_SHAPE_ROW, 8 }, 16, 40 }, { { GLOW_SHAPE_ROW, 8 }, 800, 1600 },
};
#define BOARDS (sizeof(boards) / sizeof(boards[0]))

struct region {
	uint32_t from, n;
	struct flash_meter meter;
};

static uint32_t add_region(struct region *regions, uint32_t k, uint32_t from, uint32_t n)
{
	regions[k].from = from;
	regions[k].n = n;
	flash_meter_init(&regions[k].meter);
	return k + 1;
}

/* The whole strip, every contiguous quarter, and every board of eight on a longer one. */
static uint32_t all_regions(uint32_t pixels, struct region ret_regions[REGIONS_MAX])
{
	uint32_t quarter = pixels < 4 ? 1 : pixels / 4, n = add_region(ret_regions, 0, 0, pixels);

	for (uint32_t from = 0; from + quarter <= pixels && quarter < pixels; from++)
		n = add_region(ret_regions, n, from, quarter);
	for (uint32_t from = 0; from + BOARD <= pixels && BOARD < pixels; from += BOARD)
		n = add_region(ret_regions, n, from, BOARD);
	return n;
}

/* The light of LED i: an RGB pixel's colour, or a single-colour LED's own at the level it is driven with. */
static struct flash_light led_light(const struct glow_effect_desc *e, const struct glow_params *p,
				    const struct glow_moment *m, const struct lit *board, uint32_t i)
{
	struct glow_shape shape = board->shape;
	struct flash_light own;
	uint32_t at = board->offset + i, level, len;
	struct glow_rgb c;

	if (e->bar && !board->total)
		glow_shape_bar(shape, i, &at, &len);
	c = e->render(p, m, at);
	if (!glow_shape_mono(shape))
		return flash_light_of(c);
	own = flash_light_of(glow_shape_led_color(shape, i));
	level = glow_gamma16(glow_shape_project(shape, i, c).r);
	return (struct flash_light){ (uint32_t)((uint64_t)own.r * level / 65535),
				     (uint32_t)((uint64_t)own.g * level / 65535),
				     (uint32_t)((uint64_t)own.b * level / 65535) };
}

static void feed_regions(struct region *regions, uint32_t n, int64_t t_us, const struct flash_light *led,
			 uint32_t pixels)
{
	struct flash_light sum[STRIP_MAX + 1] = { { 0 } };

	for (uint32_t i = 0; i < pixels; i++)
		sum[i + 1] = (struct flash_light){ sum[i].r + led[i].r, sum[i].g + led[i].g, sum[i].b + led[i].b };
	for (uint32_t k = 0; k < n; k++) {
		const struct flash_light *a = &sum[regions[k].from], *b = &sum[regions[k].from + regions[k].n];
		struct flash_light mean = { (b->r - a->r) / regions[k].n, (b->g - a->g) / regions[k].n,
					    (b->b - a->b) / regions[k].n };

		flash_meter_feed(&regions[k].meter, t_us, mean);
	}
}

/* Where the board lies on the strip. */
static void lie(const struct glow_effect_desc *e, const struct lit *board, struct glow_moment *m)
{
	uint32_t at;

	m->shape = board->shape;
	m->offset = board->offset;
	m->total = board->total ? board->total : board->shape.pixels;
	m->boards = board->total ? board->total / BOARD : 1;
	m->board = board->offset / BOARD;
	if (e->bar && !board->total)
		glow_shape_bar(board->shape, 0, &at, &m->total);
}

static const char *measure(const struct glow_effect_desc *e, const struct glow_params *p, struct glow_moment m,
			   const struct lit *board)
{
	struct glow_shape shape = board->shape;
	struct flash_light led[STRIP_MAX];
	struct region regions[REGIONS_MAX];
	uint32_t n = all_regions(shape.pixels, regions);
	int64_t start_us = m.t_us, wall_us = m.wall_us;

	lie(e, board, &m);
	for (int64_t s = 0; s < SAMPLE_S * SAMPLES_PER_S; s++) {
		int64_t passed_us = s * US_PER_S / SAMPLES_PER_S;

		m.t_us = start_us + passed_us;
		m.wall_us = wall_us + passed_us;
		glow_effect_begin(e, p, &m);
		for (uint32_t i = 0; i < shape.pixels; i++)
			led[i] = led_light(e, p, &m, board, i);
		feed_regions(regions, n, passed_us, led, shape.pixels);
	}
	for (uint32_t k = 0; k < n; k++)
		if (!flash_meter_safe(&regions[k].meter))
			return fault("%s of %u at %u of %u, pixels %u..%u: %u general and %u red transitions in a "
				     "second (%s)",
				     glow_shape_name(shape), shape.pixels, board->offset, board->total, regions[k].from,
				     regions[k].from + regions[k].n - 1, flash_meter_general(&regions[k].meter),
				     flash_meter_red(&regions[k].meter), describe(e, p, &m));
	return NULL;
}

/* Every corner and some random sets; each set on one length in turn, white and red on all. */
static const char *check_flashes(const struct glow_effect_desc *e)
{
	struct dice d = { .stream = ~glow_fnv1a(GLOW_FNV_START, e->name, strlen(e->name)) };
	unsigned sets = corners(e) * 2 + 40;

	if (e->pace == GLOW_STILL)
		return NULL;
	for (unsigned set = 0; set < sets && set < sets_max; set++) {
		struct glow_moment m = any_moment(&d, 1);
		struct glow_params p;

		if (set < 4)
			m.color = colors[set % 2]; /* white, red */
		if (set < corners(e) * 2)
			corner_params(e, set / 2, &d, &p);
		else
			any_params(e, &d, &p);
		if (set < 2)
			glow_params_default(e, &p);
		m.t_us = (int64_t)roll(&d, 1000000) * 1000;
		for (size_t k = 0; k < BOARDS; k++) {
			const char *wrong = set < 4 || k == set % BOARDS ? measure(e, &p, m, &boards[k]) : NULL;

			if (wrong)
				return wrong;
		}
	}
	return NULL;
}

/* ---- each check on each effect ---- */

static void each_effect(const char *(*check)(const struct glow_effect_desc *e))
{
	unsigned failed = 0;

	for (size_t k = 0; k < n_effects; k++) {
		const char *wrong = check(effects[k]);

		if (wrong)
			print_error("%s: %s\n", effects[k]->name, wrong);
		failed += wrong != NULL;
	}
	assert_int_equal(failed, 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(glow_effect_count(), sizeof(files) / sizeof(files[0]));
	for (size_t k = 0; k < glow_effect_count(); k++) {
		const struct glow_effect_desc *e = glow_effect_at(k);

		assert_int_equal(strlen(e->name), strlen(files[k]));
		for (size_t c = 0; files[k][c]; c++)
			assert_int_equal(e->name[c], files[k][c] == '_' ? '-' : files[k][c]);
		assert_ptr_equal(glow_effect_find(e->name, strlen(e->name)), e); /* the first of its name */
	}
	assert_null(glow_effect_find("soli", 4));
	assert_null(glow_effect_find("", 0));
}

static void test_tables(void **state)
{
	(void)state;
	each_effect(check_table);
}

static void test_pure(void **state)
{
	(void)state;
	each_effect(check_pure);
}

static void test_pace(void **state)
{
	(void)state;
	each_effect(check_pace);
}

/* promise: calm-effects */
static void test_flashes(void **state)
{
	(void)state;
	each_effect(check_flashes);
}

/* ---- controls: each check catches what it is for ---- */

static struct glow_rgb strobe(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	(void)i;
	return m->t_us / 50000 % 2 ? m->color : GLOW_BLACK;
}

/* A red that 4 % of white's luminance would hide, and only on the last quarter. */
static struct glow_rgb red_strobe(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	if (i < m->total - (m->total + 3) / 4)
		return GLOW_WHITE;
	return m->t_us / 100000 % 2 ? (struct glow_rgb){ 120, 0, 0 } : GLOW_BLACK;
}

static struct glow_rgb forgetful(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	static uint8_t calls;

	(void)p;
	(void)m;
	(void)i;
	return (struct glow_rgb){ ++calls, 0, 0 };
}

static struct glow_rgb frozen(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	(void)i;
	return m->color;
}

static struct glow_rgb lopsided(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	return i == m->total - 1 ? GLOW_BLACK : m->color;
}

static void test_control_flashes(void **state)
{
	struct glow_effect_desc bad = { .name = "strobe", .what = "bad", .pace = GLOW_ANIMATED, .render = strobe };

	(void)state;
	assert_non_null(check_flashes(&bad));
	assert_non_null(strstr(reason, "20 general"));
	bad.render = red_strobe;
	assert_non_null(check_flashes(&bad));
	assert_non_null(strstr(reason, "0 general and 10 red"));
	bad.render = frozen;
	assert_null(check_flashes(&bad));
}

static void test_control_pace(void **state)
{
	struct glow_effect_desc bad = { .name = "bad", .what = "bad", .pace = GLOW_STILL, .render = strobe };

	(void)state;
	assert_non_null(check_pace(&bad));
	bad.pace = GLOW_SECONDS;
	assert_non_null(check_pace(&bad));
	bad.pace = GLOW_ANIMATED;
	assert_null(check_pace(&bad));
	bad.render = frozen;
	assert_non_null(check_pace(&bad));
}

static void test_control_role(void **state)
{
	static const char *const meters[] = { GLOW_METER_NAMES, "number", NULL };
	static const char *const others[] = { "load", "network", "cpu", "memory", "temperature", "number", NULL };
	const struct glow_param_desc meter = { .name = "m",
					       .type = GLOW_PARAM_CHOICE,
					       .role = GLOW_ROLE_METER,
					       .max = GLOW_METERS,
					       .unit = "",
					       .what = "meter",
					       .choices = meters };
	const struct glow_param_desc percent = { .name = "p",
						 .type = GLOW_PARAM_INT,
						 .role = GLOW_ROLE_PERCENT,
						 .max = 100,
						 .unit = "%",
						 .what = "percent" };
	struct glow_param_desc rows[] = { GLOW_PARAM_LIGHT_COLOR, meter, percent };
	struct glow_effect_desc e = { .name = "e", .what = "what", .params = rows, .n_params = 3, .render = frozen };

	(void)state;
	assert_null(check_table(&e));
	assert_int_equal(glow_param_with(&e, GLOW_ROLE_PERCENT), 2);
	rows[1].role = GLOW_ROLE_PERCENT;
	assert_non_null(check_table(&e));
	rows[1] = meter;
	rows[1].choices = others;
	assert_non_null(check_table(&e));
	rows[1] = meter;
	rows[2].max = 99;
	assert_non_null(check_table(&e));
	rows[2] = percent;
	rows[2].name = "q";
	rows[1] = percent;
	assert_non_null(check_table(&e));
	rows[1] = meter;
	rows[0].role = GLOW_ROLE_NONE;
	assert_non_null(check_table(&e));
	assert_int_equal(glow_param_with(&e, GLOW_ROLE_COLOR), -1);
}

static void test_control_pure(void **state)
{
	struct glow_effect_desc bad = { .name = "bad", .what = "bad", .pace = GLOW_ANIMATED, .render = forgetful };

	(void)state;
	assert_non_null(check_pure(&bad));
	bad.render = frozen;
	bad.even = true;
	assert_null(check_pure(&bad));
	bad.render = lopsided;
	assert_non_null(check_pure(&bad));
	assert_non_null(strstr(reason, "is not like the first"));
	bad.even = false;
	assert_null(check_pure(&bad));
}

static void test_control_table(void **state)
{
	static const char *const two[] = { "a", "b", NULL };
	struct glow_param_desc good[] = {
		GLOW_PARAM_LIGHT_COLOR,
		{ .name = "n", .type = GLOW_PARAM_INT, .min = 1, .max = 9, .def = 5, .unit = "", .what = "number" },
		{ .name = "c", .type = GLOW_PARAM_CHOICE, .max = 1, .unit = "", .what = "choice", .choices = two },
		{ .name = "t", .type = GLOW_PARAM_TEXT, .unit = "", .what = "text", .text = "sos" },
	};
	struct glow_param_desc rows[4];
	struct glow_effect_desc e = { .name = "e", .what = "what", .params = rows, .n_params = 4, .render = frozen };

#define CATCHES(change)                           \
	do {                                      \
		memcpy(rows, good, sizeof(rows)); \
		assert_null(check_table(&e));     \
		change;                           \
		assert_non_null(check_table(&e)); \
	} while (0)

	(void)state;
	CATCHES(rows[0].def = 0);
	CATCHES(rows[0].type = GLOW_PARAM_INT);
	CATCHES(rows[1].def = 10);
	CATCHES(rows[1].name = "N");
	CATCHES(rows[1].name = "c");
	CATCHES(rows[1].what = "");
	CATCHES(rows[1].type = GLOW_PARAM_BOOL);
	CATCHES(rows[2].max = 2);
	CATCHES(rows[3].text = "\n");
	CATCHES(rows[1] = good[3]; rows[1].name = "u");
#undef CATCHES
	e.name = "a_b";
	assert_non_null(check_table(&e));
}

/* The worst second of a light that is `dark` or `bright` by turns, `hz10` tenths of a time a second. */
static struct flash_meter swing(struct glow_rgb dark, struct glow_rgb bright, int64_t hz10)
{
	struct flash_meter meter;

	flash_meter_init(&meter);
	for (int64_t s = 0; s < 10 * SAMPLES_PER_S; s++)
		flash_meter_feed(&meter, s * US_PER_S / SAMPLES_PER_S,
				 flash_light_of(s * hz10 / (5 * SAMPLES_PER_S) % 2 ? bright : dark));
	return meter;
}

static void test_meter(void **state)
{
	const struct glow_rgb grey = { 90, 90, 90 }, dim = { 95, 0, 0 }, dimmer = { 60, 0, 0 },
			      pale = { 232, 232, 232 };
	struct flash_meter m;

	(void)state;
	m = swing(GLOW_BLACK, GLOW_WHITE, 30);
	assert_int_equal(flash_meter_general(&m), 6);
	assert_true(flash_meter_safe(&m));
	m = swing(GLOW_BLACK, GLOW_WHITE, 40);
	assert_int_equal(flash_meter_general(&m), 8);
	assert_int_equal(flash_meter_red(&m), 0);
	assert_false(flash_meter_safe(&m));
	m = swing(GLOW_BLACK, grey, 100); /* 10.2 % of white */
	assert_int_equal(flash_meter_general(&m), 20);
	m = swing(GLOW_BLACK, (struct glow_rgb){ 89, 89, 89 }, 100);
	assert_int_equal(flash_meter_general(&m), 0);
	m = swing(pale, GLOW_WHITE, 100); /* the darker is above 80 % */
	assert_int_equal(flash_meter_general(&m), 0);
	m = swing(GLOW_BLACK, dim, 40); /* too dark for a general flash */
	assert_int_equal(flash_meter_general(&m), 0);
	assert_int_equal(flash_meter_red(&m), 8);
	m = swing(GLOW_BLACK, dimmer, 100);
	assert_true(flash_meter_safe(&m));
}

/* ---- effects in text ---- */

static struct glow_script *compile(const char *path)
{
	struct glow_script_work *work = malloc(glow_script_work_size());
	struct glow_script_mistake mistake;
	struct glow_script *script = NULL;
	char text[GLOW_SCRIPT_MAX], name[256];
	FILE *in = fopen(path, "r");
	size_t size = in ? glow_script_compile(work, text, fread(text, 1, sizeof(text), in), &mistake) : 0;

	snprintf(name, sizeof(name), "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	name[strcspn(name, ".")] = '\0';
	if (size)
		script = glow_script_store(work, name, malloc(size));
	else
		print_error("%s:%u:%u: %s\n", path, mistake.line, mistake.column, mistake.what);
	if (in)
		fclose(in);
	free(work);
	return script;
}

/* The promises that an effect in text has as well: the controls, and what there is of built-ins alone, are for the
 * other run. */
static int run_texts(char **paths, size_t n)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_pure),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_flashes),
	};
	struct glow_script *scripts[64];
	int failed;

	for (n_effects = 0; n_effects < n; n_effects++) {
		scripts[n_effects] = compile(paths[n_effects]);
		if (!scripts[n_effects])
			return 1;
		effects[n_effects] = glow_script_effect(scripts[n_effects]);
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	while (n-- > 0)
		free(scripts[n]);
	return failed;
}

int main(int argc, char **argv)
{
	const char *chosen = getenv("GLOW_TEST_SEED"), *sets = getenv("GLOW_TEST_SETS");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_pure),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_meter),
		cmocka_unit_test(test_flashes),
		cmocka_unit_test(test_control_table),
		cmocka_unit_test(test_control_pure),
		cmocka_unit_test(test_control_role),
		cmocka_unit_test(test_control_pace),
		cmocka_unit_test(test_control_flashes),
	};

	if (chosen)
		base_seed = (uint32_t)strtoul(chosen, NULL, 10);
	if (sets)
		sets_max = (uint32_t)strtoul(sets, NULL, 10);
	print_message("GLOW_TEST_SEED=%u\n", base_seed);
	if (argc > 1)
		return run_texts(argv + 1, (size_t)argc - 1);
	for (n_effects = 0; n_effects < glow_effect_count(); n_effects++)
		effects[n_effects] = glow_effect_at(n_effects);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
