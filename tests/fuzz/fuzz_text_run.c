/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* An effect in text, drawn: the first line is a number that dice start with, the others are the text. Whatever it says,
 * it draws the same for the same moment in any order and in another room, does not change more often than it says, and
 * shows only meters that it names. */

#include "../harness/any_text.h"
#include "fuzz.h"

#define PIXELS 12

static struct glow_script_work *work;
static struct glow_room room, other;

static void draw(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m,
		 struct glow_rgb ret_px[PIXELS])
{
	glow_effect_begin(e, p, m);
	for (uint32_t k = 0; k < PIXELS; k++)
		ret_px[k] = e->render(p, m, (uint32_t)((uint64_t)m->total * k / PIXELS));
}

static void check_same(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m,
		       const struct glow_rgb px[PIXELS])
{
	struct glow_rgb again[PIXELS];

	draw(e, p, m, again);
	CHECK(memcmp(again, px, sizeof(again)) == 0);
	for (uint32_t k = PIXELS; k-- > 0;)
		CHECK(glow_rgb_equal(px[k], e->render(p, m, (uint32_t)((uint64_t)m->total * k / PIXELS))));
}

static void check_moment(struct dice *d, const struct glow_effect_desc *e)
{
	struct glow_moment m = any_moment(d), later;
	struct glow_rgb px[PIXELS];
	struct glow_params p;

	any_params(d, e, &p);
	m.room = &room;
	draw(e, &p, &m, px);
	later = m;
	later.room = &other;
	check_same(e, &p, &later, px);
	for (int k = 0; k < GLOW_METERS; k++)
		if (!(e->meters & 1u << k))
			later.meter[k] = (uint16_t)dice_roll(d, 1001);
	if (e->pace < GLOW_ANIMATED)
		later.t_us = (int64_t)dice_next(d) >> 4;
	if (e->pace == GLOW_STILL)
		later.wall_us = (int64_t)dice_next(d) >> 4;
	check_same(e, &p, &later, px);
}

void fuzz_text_run(const uint8_t *data, size_t size)
{
	const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
	struct glow_script_mistake mistake;
	struct dice d = { 0 };
	size_t n;

	if (!line)
		return;
	for (; data < line; data++, size--)
		d.state = d.state * 10 + *data;
	if (!work)
		work = malloc(glow_script_work_size());
	memset(&room, 0x5a, sizeof(room));
	n = glow_script_compile(work, (const char *)data + 1, size - 1, &mistake);
	if (n) {
		struct glow_script *script = glow_script_store(work, "fuzz", malloc(n));

		for (int k = 0; k < 4; k++)
			check_moment(&d, glow_script_effect(script));
		free(script);
	}
}
