/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Scenes over time against a walk that takes one microsecond after the other
 * and remembers where it is, which the real one must not. Wrong ideas of a
 * playlist, given to the same comparison, must be found out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/scene.h>

#include "../harness/dice.h"

#define START INT64_C(1700000000000000)
#define S     GLOW_US_PER_S
#define FAR   (INT64_C(1) << 53)

static struct glow_scene_entry entries[GLOW_PLAYLIST_MAX];
static struct glow_scene scene;
static struct glow_scene_view view;

static int setup(void **state)
{
	(void)state;
	scene = (struct glow_scene){ .start_us = START, .end_us = GLOW_NEVER, .n_entries = 1, .entries = entries };
	return 0;
}

/* ---- targets ---- */

static void test_target(void **state)
{
	static char names[2][GLOW_NAME_SIZE] = { "pi1", "shelf" };
	const char groups[2][GLOW_NAME_SIZE] = { "kitchen", "shelf" };
	struct glow_target target = { .kind = GLOW_TARGET_ALL };

	(void)state;
	assert_true(glow_target_has(&target, "pi1", NULL, 0));
	target = (struct glow_target){ GLOW_TARGET_NODES, 2, names };
	assert_true(glow_target_has(&target, "pi1", groups, 2));
	assert_true(glow_target_has(&target, "shelf", NULL, 0)); /* a node of that name */
	assert_false(glow_target_has(&target, "pi10", groups, 2));
	assert_false(glow_target_has(&target, "pi", groups, 2));
	target.kind = GLOW_TARGET_GROUPS;
	assert_true(glow_target_has(&target, "pi7", groups, 2));
	assert_false(glow_target_has(&target, "pi7", groups, 1));
	assert_false(glow_target_has(&target, "pi1", NULL, 0));
	target.n = 0;
	assert_false(glow_target_has(&target, "pi7", groups, 2));
}

/* ---- a single effect ---- */

static uint32_t cover(int64_t t_us)
{
	assert_true(glow_scene_at(&scene, t_us, &view));
	assert_int_equal(view.entry, 0);
	assert_int_equal(view.from, -1);
	assert_int_equal(view.begin_us, START);
	return view.cover;
}

/* Which is in PROTOCOL.md, for nodes that others write. */
static void test_target_key(void **state)
{
	static char names[2][GLOW_NAME_SIZE] = { "pi1", "shelf" };

	(void)state;
	assert_int_equal(glow_target_key(&(struct glow_target){ GLOW_TARGET_GROUPS, 1, &names[1] }), 0xb609367b);
	assert_int_equal(glow_target_key(&(struct glow_target){ GLOW_TARGET_NODES, 1, &names[1] }), 0x1559dbba);
	assert_int_equal(glow_target_key(&(struct glow_target){ GLOW_TARGET_NODES, 2, names }), 0xf8ef9944);
}

static void test_for_ever(void **state)
{
	(void)state;
	assert_false(glow_scene_at(&scene, START - 1, &view));
	assert_int_equal(cover(START), 65536);
	assert_false(view.fading);
	assert_int_equal(cover(FAR), 65536);
	assert_int_equal(glow_scene_end(&scene), GLOW_NEVER);
	assert_int_equal(glow_scene_next(&scene, -FAR), START);
	assert_int_equal(glow_scene_next(&scene, START - 1), START);
	assert_int_equal(glow_scene_next(&scene, START), GLOW_NEVER);
	assert_int_equal(glow_scene_next(&scene, GLOW_NEVER), GLOW_NEVER);
}

static void test_fades(void **state)
{
	(void)state;
	scene.end_us = START + 10 * S;
	scene.fade_us = 2 * S;
	assert_int_equal(cover(START), 0);
	assert_true(view.fading);
	assert_int_equal(cover(START + S), 32768);
	assert_int_equal(cover(START + 2 * S - 1), 65535);
	assert_true(view.fading);
	assert_int_equal(cover(START + 2 * S), 65536);
	assert_false(view.fading);
	assert_int_equal(cover(START + 8 * S - 1), 65536);
	assert_false(view.fading);
	assert_int_equal(cover(START + 8 * S), 65536);
	assert_true(view.fading); /* from this instant on it changes */
	assert_int_equal(cover(START + 9 * S), 32768);
	assert_int_equal(cover(START + 10 * S - 1), 0);
	assert_false(glow_scene_at(&scene, START + 10 * S, &view));
	assert_int_equal(glow_scene_next(&scene, START), START + 2 * S);
	assert_int_equal(glow_scene_next(&scene, START + 2 * S), START + 8 * S);
	assert_int_equal(glow_scene_next(&scene, START + 8 * S), START + 10 * S);
	assert_int_equal(glow_scene_next(&scene, START + 10 * S), GLOW_NEVER);
}

/* Shorter than its fades: it rises to the middle and falls. */
static void test_overlap(void **state)
{
	(void)state;
	scene.end_us = START + S;
	scene.fade_us = 2 * S;
	assert_int_equal(cover(START), 0);
	assert_int_equal(cover(START + S / 4), 8192);
	assert_int_equal(cover(START + S / 2), 16384);
	assert_int_equal(cover(START + 3 * S / 4), 8192);
	assert_int_equal(glow_scene_next(&scene, START), START + S);
	scene.end_us = START; /* nothing of it */
	assert_false(glow_scene_at(&scene, START, &view));
	assert_int_equal(glow_scene_next(&scene, START - 1), GLOW_NEVER);
	scene.end_us = START - S;
	assert_false(glow_scene_at(&scene, START - S, &view));
	assert_int_equal(glow_scene_next(&scene, START - 2 * S), GLOW_NEVER);
}

/* ---- playlists ---- */

static void list(uint32_t n, const int64_t *seconds, bool loop)
{
	scene.playlist = true;
	scene.loop = loop;
	scene.n_entries = n;
	for (uint32_t k = 0; k < n; k++)
		entries[k].duration_us = seconds[k] * S;
}

static void at(int64_t t_us, int entry, int64_t begin, int from, uint32_t part)
{
	assert_true(glow_scene_at(&scene, START + t_us, &view));
	assert_int_equal(view.entry, entry);
	assert_int_equal(view.begin_us, START + begin * S);
	assert_int_equal(view.from, from);
	assert_int_equal(view.part, part);
}

static void test_playlist(void **state)
{
	(void)state;
	list(3, (const int64_t[]){ 10, 1, 5 }, true);
	scene.fade_us = 2 * S;
	at(0, 0, 0, -1, 65536); /* the first turn's first entry comes by the scene's own fade */
	assert_int_equal(view.cover, 0);
	at(10 * S - 1, 0, 0, -1, 65536);
	at(10 * S, 1, 10, 0, 0);
	assert_int_equal(view.from_us, START);
	assert_int_equal(view.cover, 65536);
	assert_true(view.fading);
	at(10 * S + S / 2, 1, 10, 0, 32768); /* no longer than the entry itself */
	at(11 * S, 2, 11, 1, 0);
	assert_int_equal(view.from_us, START + 10 * S);
	at(13 * S, 2, 11, -1, 65536);
	assert_false(view.fading);
	at(16 * S, 0, 16, 2, 0); /* the second turn */
	assert_int_equal(view.from_us, START + 11 * S);
	at(17 * S, 0, 16, 2, 32768);
	at((1000000 * INT64_C(16) + 12) * S, 2, 1000000 * INT64_C(16) + 11, 1, 32768);
	assert_int_equal(glow_scene_end(&scene), GLOW_NEVER);
	scene.loop = false;
	assert_int_equal(glow_scene_end(&scene), START + 16 * S);
	at(16 * S - 1, 2, 11, -1, 65536);
	assert_int_equal(view.cover, 0);
	assert_false(glow_scene_at(&scene, START + 16 * S, &view));
	scene.end_us = START + 3 * S;
	assert_int_equal(glow_scene_end(&scene), START + 3 * S);
}

/* A single entry that loops fades into its own new turn. */
static void test_one_entry(void **state)
{
	(void)state;
	list(1, (const int64_t[]){ 4 }, true);
	scene.fade_us = S;
	at(3 * S, 0, 0, -1, 65536);
	at(4 * S + S / 4, 0, 4, 0, 16384);
	assert_int_equal(view.from_us, START);
	assert_int_equal(glow_scene_next(&scene, START + 4 * S), START + 5 * S);
	assert_int_equal(glow_scene_next(&scene, START + 5 * S), START + 8 * S);
}

/* ---- the walk ---- */

/* Where it is after so many microseconds, by counting them. */
static bool walk(const struct glow_scene *s, int64_t t_us, struct glow_scene_view *v)
{
	int64_t entry_began = s->start_us, before_began = 0, fade = s->fade_us, length = -1;
	int k = 0, before = -1;

	if (t_us < s->start_us || t_us >= s->end_us)
		return false;
	for (int64_t t = s->start_us; t <= t_us; t++) {
		if (!s->playlist || t - entry_began < s->entries[k].duration_us)
			continue;
		before = k;
		before_began = entry_began;
		entry_began = t;
		if (++k == (int)s->n_entries) {
			if (!s->loop)
				return false;
			k = 0;
		}
	}
	if (s->end_us != GLOW_NEVER)
		length = s->end_us - s->start_us;
	if (s->playlist && !s->loop) {
		int64_t sum = 0;

		for (uint32_t j = 0; j < s->n_entries; j++)
			sum += s->entries[j].duration_us;
		length = length < 0 || sum < length ? sum : length;
	}
	*v = (struct glow_scene_view){ .entry = k, .from = -1, .begin_us = entry_began, .part = 65536, .cover = 65536 };
	if (before >= 0) {
		int64_t longest = s->entries[k].duration_us < fade ? s->entries[k].duration_us : fade;

		if (t_us - entry_began < longest) {
			v->from = before;
			v->from_us = before_began;
			v->part = (uint32_t)((double)(t_us - entry_began) / (double)longest * 65536);
			v->fading = true;
		}
	}
	for (int end = 0; end < 2; end++) {
		int64_t run = end ? s->start_us + length - t_us : t_us - s->start_us;
		uint32_t shows;

		if (end && length < 0)
			continue;
		shows = run < fade ? (uint32_t)((double)run / (double)fade * 65536) : 65536;
		v->cover = shows < v->cover ? shows : v->cover;
		v->fading = v->fading || run < fade || (end && fade > 0 && run == fade);
	}
	return true;
}

static bool same(const struct glow_scene_view *a, const struct glow_scene_view *b)
{
	/* The walk's quotient may be off by one where the exact one is whole. */
	return a->entry == b->entry && a->from == b->from && a->begin_us == b->begin_us && a->fading == b->fading &&
	       (a->from < 0 || a->from_us == b->from_us) && a->part - b->part + 1 <= 2 && a->cover - b->cover + 1 <= 2;
}

typedef bool view_fn(const struct glow_scene *s, int64_t t_us, struct glow_scene_view *v);

/* The instants at which a view differs from the walk. */
static int differences(view_fn *seen_by)
{
	int count = 0;

	for (int64_t t = scene.start_us - 5; t < scene.start_us + 100; t++) {
		struct glow_scene_view want = { 0 }, got = { 0 };
		bool shows = walk(&scene, t, &want);

		if (seen_by(&scene, t, &got) != shows || (shows && !same(&want, &got)))
			count++;
	}
	return count;
}

/* Everything that may change at an instant, in one number each. */
static void facts(int64_t t_us, int64_t ret_facts[5])
{
	struct glow_scene_view v;
	bool shows = walk(&scene, t_us, &v);

	memset(ret_facts, 0, 5 * sizeof(ret_facts[0]));
	if (!shows)
		return;
	ret_facts[0] = 1;
	ret_facts[1] = v.begin_us;
	ret_facts[2] = v.from;
	ret_facts[3] = t_us < scene.start_us + scene.fade_us;
	ret_facts[4] = glow_scene_end(&scene) != GLOW_NEVER && t_us >= glow_scene_end(&scene) - scene.fade_us;
}

static int64_t walk_next(int64_t t_us)
{
	for (int64_t t = t_us + 1; t < scene.start_us + 400; t++) {
		int64_t before[5], after[5];

		facts(t - 1, before);
		facts(t, after);
		if (memcmp(before, after, sizeof(before)) != 0)
			return t;
	}
	return GLOW_NEVER;
}

static void any_scene(struct dice *d)
{
	scene = (struct glow_scene){ .start_us = dice_between(d, -1000, 1000), .entries = entries };
	scene.playlist = dice_roll(d, 4) > 0;
	scene.n_entries = scene.playlist ? 1 + dice_roll(d, 5) : 1;
	scene.loop = dice_roll(d, 2);
	scene.end_us = dice_roll(d, 2) ? GLOW_NEVER : scene.start_us + dice_between(d, 0, 90);
	scene.fade_us = dice_roll(d, 3) ? dice_roll(d, 16) : 0;
	for (uint32_t k = 0; k < scene.n_entries; k++)
		entries[k].duration_us = dice_between(d, 1, 20);
}

static void test_walk(void **state)
{
	struct dice d;

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 3000; round++) {
		any_scene(&d);
		if (differences(glow_scene_at) > 0)
			fail_msg("round %d", round);
	}
}

static void test_next(void **state)
{
	struct dice d;

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 400; round++) {
		any_scene(&d);
		for (int64_t t = scene.start_us - 3; t < scene.start_us + 60; t++)
			if (glow_scene_next(&scene, t) != walk_next(t))
				fail_msg("round %d at %d: %lld, not %lld", round, (int)(t - scene.start_us),
					 (long long)glow_scene_next(&scene, t), (long long)walk_next(t));
	}
}

/* ---- wrong ideas ---- */

static bool no_end(const struct glow_scene *s, int64_t t_us, struct glow_scene_view *v)
{
	struct glow_scene endless = *s;

	endless.end_us = GLOW_NEVER;
	return glow_scene_at(&endless, t_us, v);
}

static bool late_by_one(const struct glow_scene *s, int64_t t_us, struct glow_scene_view *v)
{
	return glow_scene_at(s, t_us - 1, v);
}

static bool no_cross_fade(const struct glow_scene *s, int64_t t_us, struct glow_scene_view *v)
{
	bool shows = glow_scene_at(s, t_us, v);

	v->from = -1;
	v->part = 65536;
	return shows;
}

static bool always_loops(const struct glow_scene *s, int64_t t_us, struct glow_scene_view *v)
{
	struct glow_scene looping = *s;

	looping.loop = true;
	return glow_scene_at(&looping, t_us, v);
}

static void test_control(void **state)
{
	view_fn *const wrong[] = { no_end, late_by_one, no_cross_fade, always_loops };
	struct dice d;

	(void)state;
	dice_init(&d);
	for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
		int found = 0;

		for (int round = 0; round < 200; round++) {
			any_scene(&d);
			found += differences(wrong[k]) > 0;
		}
		if (found < 10)
			fail_msg("wrong idea %zu was found in %d of 200 scenes", k, found);
	}
}

/* ---- far away ---- */

/* The sanitizer watches the sums; the view must hold the instant. */
static void test_extremes(void **state)
{
	struct dice d;

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 20000; round++) {
		int64_t t, next;

		any_scene(&d);
		scene.start_us = dice_between(&d, -FAR, FAR);
		scene.fade_us = dice_between(&d, 0, 60 * S);
		scene.end_us = dice_roll(&d, 2) ? GLOW_NEVER : dice_between(&d, -FAR, FAR);
		scene.n_entries = scene.playlist ? 1 + dice_roll(&d, GLOW_PLAYLIST_MAX) : 1;
		for (uint32_t k = 0; k < scene.n_entries; k++)
			entries[k].duration_us = dice_roll(&d, 2) ? 31536000 * S : dice_between(&d, 1, 31536000 * S);
		t = dice_roll(&d, 3) ? dice_between(&d, -FAR, FAR) : (dice_roll(&d, 2) ? FAR : -FAR);
		next = glow_scene_next(&scene, t);
		assert_true(next > t);
		if (!glow_scene_at(&scene, t, &view))
			continue;
		assert_true(view.begin_us <= t && view.cover <= 65536 && view.part <= 65536);
		assert_true(view.entry >= 0 && view.entry < (int)scene.n_entries);
		assert_true(!scene.playlist || t - view.begin_us < entries[view.entry].duration_us);
		assert_true(next <= glow_scene_end(&scene));
	}
}

static void test_seed(void **state)
{
	(void)state;
	scene.seed = 4711;
	assert_int_equal(glow_scene_seed(&scene, 0), 4711);
	assert_int_not_equal(glow_scene_seed(&scene, 1), glow_scene_seed(&scene, 0));
	assert_int_not_equal(glow_scene_seed(&scene, 1), glow_scene_seed(&scene, 2));
	assert_int_equal(glow_scene_seed(&scene, 2), glow_scene_seed(&scene, 2));
}

static void test_known(void **state)
{
	static struct glow_scene_entry some[2];

	(void)state;
	some[0] = some[1] = entries[0];
	some[0].effect = some[1].effect = &glow_effect_solid;
	scene.entries = some;
	scene.n_entries = 2;
	assert_true(glow_scene_known(&scene));
	some[1].effect = NULL;
	assert_false(glow_scene_known(&scene));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(test_target),   T(test_target_key), T(test_for_ever), T(test_fades), T(test_overlap),
		T(test_playlist), T(test_one_entry),  T(test_walk),     T(test_next),  T(test_control),
		T(test_extremes), T(test_seed),       T(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
