/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a node makes of the conductor's retained messages, in whatever order and
 * on whatever clock they come. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/stage.h>

#define T      INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define OURS   UINT64_C(0xa1)
#define OTHER  UINT64_C(0xb2)

static struct glow_stage stage;
static struct glow_info info;
static struct glow_scene_layer layers[GLOW_SCENES_MAX];
static struct glow_diag diag;

static int setup(void **state)
{
	(void)state;
	glow_stage_init(&stage);
	info = (struct glow_info){ .id = "pi2", .shape = { GLOW_SHAPE_ROW, 8 } };
	diag = (struct glow_diag){ .code = GLOW_OK };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_stage_fini(&stage);
	return 0;
}

static enum glow_code tell(enum glow_topic_kind kind, const char *payload, int64_t now_us)
{
	return glow_stage_message(&stage, kind, payload, strlen(payload), now_us, &diag);
}

/* ---- the roster ---- */

#define NODE(id, offset) "{\"id\":\"" id "\",\"groups\":[],\"pixels\":8,\"offset\":" #offset "}"
#define TWO              "[" NODE("pi1", 0) "," NODE("pi2", 8) "]"
#define THREE            "[" NODE("pi0", 0) "," NODE("pi1", 8) "," NODE("pi2", 16) "]"

static void tell_roster(const char *nodes, uint32_t pixels, int64_t effective_us, int64_t now_us)
{
	char text[600];

	snprintf(text, sizeof(text), "{\"rev\":1,\"effective_us\":%lld,\"pixels\":%u,\"nodes\":%s}",
		 (long long)effective_us, pixels, nodes);
	assert_int_equal(tell(GLOW_TOPIC_ROSTER, text, now_us), GLOW_OK);
}

#define SCENE(more) "{\"id\":\"main\",\"effect\":\"rainbow\",\"start_us\":1700000000000000" more "}"

static void tell_scenes(uint64_t clock_id, const char *scenes)
{
	char text[2000];

	snprintf(text, sizeof(text), "{\"clock_id\":\"%016llx\",\"term\":1,\"rev\":1,\"scenes\":[%s]}",
		 (unsigned long long)clock_id, scenes);
	assert_int_equal(tell(GLOW_TOPIC_SCENE_CURRENT, text, T), GLOW_OK);
}

/* Where this node's board lies under a scene for all. */
static bool lies_at(uint32_t offset, uint32_t total)
{
	return glow_stage_layers(&stage, &info, NULL, layers) == 1 && layers[0].place.offset == offset &&
	       layers[0].place.total == total;
}

static void test_roster_in_time(void **state)
{
	uint32_t revision;

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(""));
	assert_true(lies_at(0, 8)); /* not on the roster yet */
	tell_roster(TWO, 16, T - SECOND, T);
	assert_true(lies_at(8, 16)); /* a late joiner's has been in force for long */
	tell_roster(THREE, 24, T + SECOND, T);
	assert_true(lies_at(8, 16));
	assert_int_equal(glow_stage_next(&stage, T), T + SECOND);
	revision = stage.revision;
	glow_stage_tick(&stage, T + SECOND - 1);
	assert_true(lies_at(8, 16));
	assert_int_equal(stage.revision, revision);
	glow_stage_tick(&stage, T + SECOND);
	assert_true(lies_at(16, 24));
	assert_int_not_equal(stage.revision, revision);
	assert_int_equal(glow_stage_next(&stage, T + SECOND), GLOW_NEVER);
}

/* Of two that wait, the later one holds. */
static void test_roster_overtaken(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(""));
	tell_roster(TWO, 16, T, T);
	tell_roster("[" NODE("pi1", 0) "]", 8, T + SECOND, T);
	tell_roster(THREE, 24, T + 2 * SECOND, T);
	glow_stage_tick(&stage, T + SECOND);
	assert_true(lies_at(8, 16));
	glow_stage_tick(&stage, T + 2 * SECOND);
	assert_true(lies_at(16, 24));
}

/* Without cluster time there is no instant to wait for; with it, what waits does not wait in vain. */
static void test_roster_without_clock(void **state)
{
	(void)state;
	tell_roster(TWO, 16, T + SECOND, T);
	assert_int_equal(stage.roster.n, 2);
	assert_false(stage.has_next_roster);
	glow_stage_clock(&stage, OURS, T);
	tell_roster(THREE, 24, T + 3600 * SECOND, T);
	assert_int_equal(stage.roster.n, 2);
	glow_stage_clock(&stage, OTHER, T + 3600 * SECOND);
	assert_int_equal(stage.roster.n, 3);
}

static void test_roster_cleared_and_broken(void **state)
{
	static const char *const broken[] = {
		"{", "[]", "{}", "\"x\"", "{\"rev\":1,\"effective_us\":0,\"pixels\":8,\"nodes\":[{\"id\":\"pi2\"}]}"
	};

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(""));
	tell_roster(TWO, 16, T, T);
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		diag.what[0] = '\0';
		assert_int_not_equal(tell(GLOW_TOPIC_ROSTER, broken[k], T), GLOW_OK);
		assert_true(diag.what[0]);
		assert_true(lies_at(8, 16));
	}
	assert_int_equal(tell(GLOW_TOPIC_ROSTER, "", T), GLOW_OK);
	assert_true(lies_at(0, 8));
}

/* ---- a node's own place ---- */

#define PLACE(rev, at, offset, pixels, more)                                                                       \
	"{\"clock_id\":\"00000000000000a1\",\"term\":1,\"rev\":" rev ",\"effective_us\":" at ",\"offset\":" offset \
	",\"pixels\":" pixels ",\"board\":1,\"boards\":3" more "}"
#define NOW   "1700000000000000"
#define LATER "1700000001000000"

static void tell_place(const char *text)
{
	assert_int_equal(tell(GLOW_TOPIC_PLACE, text, T), GLOW_OK);
}

static void test_place_in_time(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(""));
	assert_true(lies_at(0, 8));
	tell_place(PLACE("1", NOW, "8", "24", ",\"reverse\":true"));
	assert_true(lies_at(8, 24) && layers[0].place.board == 1 && layers[0].place.boards == 3);
	assert_true(layers[0].place.reverse);
	tell_place(PLACE("2", LATER, "16", "32", ""));
	assert_true(lies_at(8, 24));
	assert_int_equal(glow_stage_next(&stage, T), T + SECOND);
	tell_place(PLACE("1", NOW, "0", "8", "")); /* of a broker that comes back with what it had saved */
	glow_stage_tick(&stage, T + SECOND);
	assert_true(lies_at(16, 32) && !layers[0].place.reverse);
	assert_int_not_equal(tell(GLOW_TOPIC_PLACE, "{\"rev\":3}", T), GLOW_OK);
	assert_true(lies_at(16, 32));
	tell_place(""); /* it is forgotten */
	assert_true(lies_at(0, 8));
}

static const char *shelf_text(char text[100], const char *offset)
{
	char names[1][GLOW_NAME_SIZE] = { "shelf" };
	struct glow_target target = { GLOW_TARGET_GROUPS, 1, names };

	sprintf(text, ",\"targets\":{\"%08x\":{\"offset\":%s,\"pixels\":16,\"board\":1,\"boards\":2}}",
		glow_target_key(&target), offset);
	return text;
}

static void tell_place_on_shelf(const char *at, const char *offset)
{
	char shelf[100], text[400];

	snprintf(text, sizeof(text), PLACE("1", "%s", "8", "24", "%s"), at, shelf_text(shelf, offset));
	tell_place(text);
}

static void test_place_for_a_target(void **state)
{
	(void)state;
	info.n_groups = 1;
	strcpy(info.groups[0], "shelf");
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(",\"target\":{\"groups\":[\"shelf\"]}"));
	tell_place(PLACE("1", NOW, "8", "24", ""));
	assert_true(lies_at(0, 8)); /* nobody has said where it lies on the shelf */
	assert_int_equal(layers[0].place.boards, 0);
	tell_place_on_shelf(NOW, "8"); /* the same edition, which says more */
	assert_true(lies_at(8, 16) && layers[0].place.board == 1);
	tell_place_on_shelf(LATER, "0");
	assert_true(lies_at(8, 16));
	glow_stage_tick(&stage, T + SECOND);
	assert_true(lies_at(0, 16));
	/* One that waits is better than none. */
	tell_place(PLACE("2", NOW, "8", "24", ""));
	assert_true(lies_at(0, 8));
	tell_place(PLACE("3", LATER, "8", "24", ",\"targets\":{}"));
	assert_true(lies_at(0, 8));
	tell_place("");
	tell_place_on_shelf(LATER, "8");
	assert_true(lies_at(0, 8)); /* a new node: with all others, when it is time */
	glow_stage_tick(&stage, T + SECOND);
	assert_true(lies_at(8, 16));
	tell_place(PLACE("2", NOW, "8", "24", ""));
	assert_true(lies_at(0, 8));
	stage.places.edition.rev = 1;
	tell_place_on_shelf("1700000009000000", "8");
	assert_true(lies_at(8, 16));
}

/* ---- scenes ---- */

static uint32_t n_layers(void)
{
	return glow_stage_layers(&stage, &info, NULL, layers);
}

static void test_no_clock_no_scene(void **state)
{
	(void)state;
	tell_scenes(OURS, SCENE(",\"end_us\":1700000005000000"));
	assert_int_equal(n_layers(), 0);
	assert_int_equal(glow_stage_next(&stage, T), GLOW_NEVER);
	glow_stage_clock(&stage, OURS, T);
	assert_int_equal(n_layers(), 1);
	assert_int_equal(glow_stage_next(&stage, T), T + 5 * SECOND);
}

/* The next timeline's scenes wait beside the present ones. */
static void test_another_clock(void **state)
{
	uint32_t revision;

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(""));
	revision = stage.revision;
	tell_scenes(OTHER, SCENE(",\"seed\":1") "," SCENE(",\"seed\":2"));
	assert_int_equal(stage.revision, revision);
	assert_int_equal(n_layers(), 1);
	tell_scenes(OTHER, SCENE(",\"seed\":3") "," SCENE(",\"seed\":4"));
	glow_stage_clock(&stage, OTHER, T);
	assert_int_equal(n_layers(), 2);
	assert_int_equal(layers[0].scene->seed, 3);
	/* On a third clock they say nothing, and wake nobody. */
	tell_scenes(OTHER, SCENE(",\"end_us\":1700000005000000"));
	assert_int_equal(glow_stage_next(&stage, T), T + 5 * SECOND);
	glow_stage_clock(&stage, OURS, T);
	assert_int_equal(n_layers(), 0);
	assert_int_equal(glow_stage_next(&stage, T), GLOW_NEVER);
	glow_stage_clock(&stage, 0, T);
	assert_int_equal(n_layers(), 0);
}

/* Present scenes end what waited before them. */
static void test_waiting_replaced(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OTHER, SCENE(""));
	tell_scenes(OURS, SCENE(",\"seed\":9"));
	assert_int_equal(n_layers(), 1);
	glow_stage_clock(&stage, OTHER, T);
	assert_int_equal(n_layers(), 0);
}

static void test_scenes_cleared_and_broken(void **state)
{
	static const char *const broken[] = { "{", "[]", "{}", "{\"clock_id\":\"00000000000000a1\",\"scenes\":[7]}",
					      "{\"clock_id\":\"a1\",\"scenes\":[]}" };
	uint32_t revision;

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, SCENE(""));
	revision = stage.revision;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		assert_int_not_equal(tell(GLOW_TOPIC_SCENE_CURRENT, broken[k], T), GLOW_OK);
		assert_int_equal(n_layers(), 1);
	}
	assert_int_equal(stage.revision, revision);
	assert_int_equal(tell(GLOW_TOPIC_SCENE_CURRENT, "", T), GLOW_OK);
	assert_int_equal(n_layers(), 0);
	assert_int_not_equal(stage.revision, revision);
}

static void test_cleared_while_waiting(void **state)
{
	(void)state;
	tell_scenes(OURS, SCENE(""));
	assert_int_equal(tell(GLOW_TOPIC_SCENE_CURRENT, "", T), GLOW_OK);
	glow_stage_clock(&stage, OURS, T);
	assert_int_equal(n_layers(), 0);
}

/* ---- which is the latest ---- */

#define STAMP(clock, term, rev) "{\"clock_id\":\"00000000000000" clock "\",\"term\":" #term ",\"rev\":" #rev ","

static bool takes_scenes(const char *stamped)
{
	char text[300];

	tell(GLOW_TOPIC_SCENE_CURRENT, "", T);
	glow_stage_clock(&stage, OURS, T);
	assert_int_equal(tell(GLOW_TOPIC_SCENE_CURRENT, STAMP("a1", 3, 7) "\"scenes\":[" SCENE("") "]}", T), GLOW_OK);
	snprintf(text, sizeof(text), "%s\"scenes\":[]}", stamped);
	assert_int_equal(tell(GLOW_TOPIC_SCENE_CURRENT, text, T), GLOW_OK);
	glow_stage_clock(&stage, OTHER, T); /* what waits for that comes into force */
	return stage.scenes.n == 0;
}

static bool takes_roster(const char *stamped)
{
	char text[300];

	tell(GLOW_TOPIC_ROSTER, "", T);
	assert_int_equal(tell(GLOW_TOPIC_ROSTER,
			      STAMP("a1", 3, 7) "\"effective_us\":0,\"pixels\":16,\"nodes\":" TWO "}", T),
			 GLOW_OK);
	snprintf(text, sizeof(text), "%s\"effective_us\":0,\"pixels\":0,\"nodes\":[]}", stamped);
	assert_int_equal(tell(GLOW_TOPIC_ROSTER, text, T), GLOW_OK);
	return stage.roster.n == 0;
}

static bool takes_dim(const char *stamped)
{
	char text[300];

	tell(GLOW_TOPIC_DIM_CURRENT, "", T);
	assert_int_equal(tell(GLOW_TOPIC_DIM_CURRENT, STAMP("a1", 3, 7) "\"brightness\":9}", T), GLOW_OK);
	snprintf(text, sizeof(text), "%s\"brightness\":200}", stamped);
	assert_int_equal(tell(GLOW_TOPIC_DIM_CURRENT, text, T), GLOW_OK);
	return glow_stage_blackout(&stage) == 55;
}

/* A broker that was killed comes back with what it saved a while before. */
/* promise: newest-stays */
static void test_older_is_passed_over(void **state)
{
	static const struct {
		const char *stamped;
		bool taken;
	} rows[] = {
		{ STAMP("a1", 3, 6), false }, { STAMP("a1", 2, 9), false }, { STAMP("a1", 3, 7), true },
		{ STAMP("a1", 3, 8), true },  { STAMP("a1", 4, 1), true },  { STAMP("b2", 1, 1), true },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		assert_int_equal(takes_scenes(rows[k].stamped), rows[k].taken);
		assert_int_equal(takes_roster(rows[k].stamped), rows[k].taken);
		assert_int_equal(takes_dim(rows[k].stamped), rows[k].taken);
	}
	assert_true(takes_roster("{\"rev\":1,")); /* a conductor of before */
	assert_true(takes_dim("{"));
}

/* Of one that waits as well. */
static void test_older_than_what_waits(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell(GLOW_TOPIC_ROSTER, STAMP("a1", 1, 5) "\"effective_us\":1700000009000000,\"pixels\":16,\"nodes\":" TWO "}",
	     T);
	tell(GLOW_TOPIC_ROSTER, STAMP("a1", 1, 4) "\"effective_us\":0,\"pixels\":0,\"nodes\":[]}", T);
	tell(GLOW_TOPIC_SCENE_CURRENT, STAMP("b2", 1, 5) "\"scenes\":[" SCENE("") "]}", T);
	tell(GLOW_TOPIC_SCENE_CURRENT, STAMP("b2", 1, 4) "\"scenes\":[]}", T);
	glow_stage_clock(&stage, OTHER, T + 9 * SECOND);
	assert_int_equal(stage.roster.n, 2);
	assert_int_equal(stage.scenes.n, 1);
}

/* ---- layers ---- */

#define TARGET(what) SCENE(",\"target\":{" what "}")

static void test_targets(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	info.n_groups = 2;
	memcpy(info.groups[0], "shelf", sizeof("shelf"));
	memcpy(info.groups[1], "left", sizeof("left"));
	tell_scenes(OURS,
		    TARGET("\"nodes\":[\"pi1\",\"pi3\"]") "," TARGET("\"nodes\":[\"pi1\",\"pi2\"]") "," TARGET(
			    "\"groups\":[\"right\"]") "," TARGET("\"groups\":[\"right\",\"left\"]") "," SCENE(""));
	assert_int_equal(n_layers(), 3);
	/* In their order: the last is on top. */
	assert_ptr_equal(layers[0].scene, &stage.scenes.v[1]);
	assert_ptr_equal(layers[1].scene, &stage.scenes.v[3]);
	assert_ptr_equal(layers[2].scene, &stage.scenes.v[4]);
	info.n_groups = 1;
	assert_int_equal(n_layers(), 2);
}

static void test_span(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_roster(THREE, 24, T, T);
	tell_scenes(OURS, SCENE("") "," SCENE(",\"span\":\"node\"") "," TARGET("\"nodes\":[\"pi2\",\"pi0\"]"));
	assert_int_equal(n_layers(), 3);
	assert_int_equal(layers[0].place.offset, 16);
	assert_int_equal(layers[0].place.total, 24);
	assert_int_equal(layers[1].place.offset, 0);
	assert_int_equal(layers[1].place.total, 8);
	assert_int_equal(layers[2].place.offset, 8); /* the targeted ones close up, in the roster's order */
	assert_int_equal(layers[2].place.total, 16);
}

/* Who is not on the roster is a strip of its own, as long as its board. */
static void test_not_on_the_roster(void **state)
{
	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_roster("[" NODE("pi1", 0) "]", 8, T, T);
	info.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	tell_scenes(OURS, SCENE(""));
	assert_true(lies_at(0, GLOW_PIGLOW_LEDS));
}

/* ---- the dimmer ---- */

static void test_dim(void **state)
{
	uint32_t revision;

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	assert_int_equal(glow_stage_blackout(&stage), 0);
	tell(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":55,\"until_us\":null}", T);
	assert_int_equal(glow_stage_blackout(&stage), 200);
	assert_int_equal(glow_stage_next(&stage, T), GLOW_NEVER);
	tell(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":0,\"until_us\":1700000003000000}", T);
	assert_int_equal(glow_stage_blackout(&stage), 255);
	assert_int_equal(glow_stage_next(&stage, T), T + 3 * SECOND);
	revision = stage.revision;
	glow_stage_tick(&stage, T + 3 * SECOND - 1);
	assert_int_equal(glow_stage_blackout(&stage), 255);
	assert_int_equal(stage.revision, revision);
	glow_stage_tick(&stage, T + 3 * SECOND);
	assert_int_equal(glow_stage_blackout(&stage), 0);
	assert_int_equal(stage.revision, revision + 1);
	assert_int_equal(glow_stage_next(&stage, T + 3 * SECOND), GLOW_NEVER);
	glow_stage_tick(&stage, T + 4 * SECOND);
	assert_int_equal(stage.revision, revision + 1);
}

static void test_dim_cleared_and_broken(void **state)
{
	(void)state;
	tell(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":10}", T);
	assert_int_not_equal(tell(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":300}", T), GLOW_OK);
	assert_int_not_equal(tell(GLOW_TOPIC_DIM_CURRENT, "{", T), GLOW_OK);
	assert_int_equal(glow_stage_blackout(&stage), 245);
	assert_int_equal(tell(GLOW_TOPIC_DIM_CURRENT, "", T), GLOW_OK);
	assert_int_equal(glow_stage_blackout(&stage), 0);
}

/* A node's own wall clock may say that the time is over; the cluster's has the last word. */
static void test_dim_by_another_clock(void **state)
{
	(void)state;
	tell(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":0,\"until_us\":1700000003000000}", T + 3600 * SECOND);
	assert_int_equal(glow_stage_blackout(&stage), 0);
	assert_int_equal(glow_stage_next(&stage, T + 3600 * SECOND), GLOW_NEVER);
	glow_stage_clock(&stage, OURS, T);
	assert_int_equal(glow_stage_blackout(&stage), 255);
	assert_int_equal(glow_stage_next(&stage, T), T + 3 * SECOND);
	/* Also when the dimmer was in force before it seemed to be over. */
	glow_stage_tick(&stage, T + 5 * SECOND);
	assert_int_equal(glow_stage_blackout(&stage), 0);
	glow_stage_tick(&stage, T + SECOND);
	assert_int_equal(glow_stage_blackout(&stage), 255);
}

/* ---- instants ---- */

/* All that changes by time, one after the other, and each but once. */
static void test_next(void **state)
{
	static const int64_t want[] = { 1, 2, 3, 4, 6, 8, 9, 10 };
	int64_t t = T;

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS,
		    "{\"id\":\"a\",\"effect\":\"fire\",\"start_us\":1700000001000000,\"end_us\":1700000010000000,"
		    "\"fade_ms\":1000},"
		    "{\"id\":\"b\",\"playlist\":[{\"effect\":\"fire\",\"duration_us\":2000000},{\"effect\":\"rainbow\","
		    "\"duration_us\":2000000}],\"start_us\":1700000004000000}");
	tell(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":9,\"until_us\":1700000003000000}", T);
	for (size_t k = 0; k < sizeof(want) / sizeof(want[0]); k++) {
		int64_t next = glow_stage_next(&stage, t);

		assert_int_equal(next - T, want[k] * SECOND);
		t = next;
		glow_stage_tick(&stage, t);
	}
	assert_int_equal(glow_stage_next(&stage, t), GLOW_NEVER);
}

static void test_other_kinds(void **state)
{
	(void)state;
	assert_int_equal(tell(GLOW_TOPIC_SET, "{", T), GLOW_OK);
	assert_int_equal(tell(GLOW_TOPIC_CONDUCTOR_INFO, "{", T), GLOW_OK);
	assert_int_equal(stage.revision, 0);
}

static const struct glow_effect_desc *first_effect(void)
{
	return glow_stage_scenes(&stage)->v[0].entries[0].effect;
}

/* Scenes are read anew when an effect of theirs comes, changes or goes, those of a timeline to come as well; and not
 * where they have built-in ones alone. */
static void test_effects_changed(void **state)
{
	static const struct glow_param_desc rows[] = { { .name = "p", .type = GLOW_PARAM_INT, .max = 9, .def = 1 } };
	static const struct glow_param_desc narrow[] = { { .name = "p", .type = GLOW_PARAM_INT, .max = 5, .def = 2 } };
	const struct glow_effect_desc one = { .name = "aurora", .params = rows, .n_params = 1, .program = rows };
	const struct glow_effect_desc two = { .name = "aurora", .params = narrow, .n_params = 1, .program = rows };
	static const char text[] = "{\"id\":\"a\",\"effect\":\"aurora\",\"params\":{\"p\":7},\"start_us\":1}";
	uint32_t revision;

	(void)state;
	glow_stage_clock(&stage, OURS, T);
	tell_scenes(OURS, text);
	tell_scenes(OTHER, text);
	assert_null(first_effect());
	assert_string_equal(glow_stage_scenes(&stage)->v[0].entries[0].unknown, "aurora");
	assert_true(glow_effect_add(&one));
	revision = stage.revision;
	glow_stage_effects_changed(&stage);
	assert_int_not_equal(stage.revision, revision);
	assert_ptr_equal(first_effect(), &one);
	assert_int_equal(glow_stage_scenes(&stage)->v[0].entries[0].params.v[0], 7);
	glow_effect_remove(&one);
	glow_effect_add(&two);
	glow_stage_effects_changed(&stage);
	assert_ptr_equal(first_effect(), &two);
	assert_int_equal(glow_stage_scenes(&stage)->v[0].entries[0].params.v[0], 2);
	glow_stage_clock(&stage, OTHER, T);
	assert_ptr_equal(first_effect(), &two);
	glow_effect_remove(&two);
	glow_stage_effects_changed(&stage);
	assert_null(first_effect());
	tell_scenes(OTHER, SCENE(""));
	revision = stage.revision;
	glow_stage_effects_changed(&stage);
	assert_int_equal(stage.revision, revision);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_roster_in_time),
		CASE(test_roster_overtaken),
		CASE(test_roster_without_clock),
		CASE(test_roster_cleared_and_broken),
		CASE(test_place_in_time),
		CASE(test_place_for_a_target),
		CASE(test_no_clock_no_scene),
		CASE(test_another_clock),
		CASE(test_effects_changed),
		CASE(test_waiting_replaced),
		CASE(test_scenes_cleared_and_broken),
		CASE(test_cleared_while_waiting),
		CASE(test_older_is_passed_over),
		CASE(test_older_than_what_waits),
		CASE(test_targets),
		CASE(test_span),
		CASE(test_not_on_the_roster),
		CASE(test_dim),
		CASE(test_dim_cleared_and_broken),
		CASE(test_dim_by_another_clock),
		CASE(test_next),
		CASE(test_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
