/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The boards say what nodes say, and the text is played as a scene, so that nothing here draws: parameters, strips,
 * limits and the change of a text while it shows are those of a cluster. */

#include "preview.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/board.h>
#include <glow/json.h>
#include <glow/limiter.h>
#include <glow/nearest.h>
#include <glow/scenes.h>

#define PREFIX   "preview"
#define CLOCK_ID 1
#define HELD_US  (2 * GLOW_US_PER_S) /* so long it is said that the flash limit has held something back */

/* ---- which boards ---- */

/* A board of that name, of which every one has the same shape; or NULL. */
static const struct glow_board_desc *board_named(const char *name)
{
	const struct glow_board_desc *desc = glow_board_find(name);

	return desc && desc->shape.pixels ? desc : NULL;
}

/* The k-th of these; NULL behind the last. */
static const char *name_at(void *ctx, size_t k)
{
	(void)ctx;
	for (size_t b = 0; b < glow_board_count(); b++)
		if (glow_board_at(b)->shape.pixels && k-- == 0)
			return glow_board_at(b)->name;
	return NULL;
}

static enum glow_code refuse_board(const char *word, const char *kind, struct glow_diag *diag)
{
	char names[80] = "";

	for (size_t k = 0; name_at(NULL, k); k++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s, ", name_at(NULL, k));
	glow_diag_set(
		diag, GLOW_OUT_OF_RANGE, "--board",
		"must be %sor how many pixels a strip has, 1..%d, and may say how many of these, as blinkt:5; got "
		"\"%.40s\"",
		names, GLOW_PIXELS_MAX, word);
	return glow_diag_meant(diag, board_named(kind) ? NULL : glow_nearest(kind, name_at, NULL));
}

/* A whole number from 1 that takes all of the text; 0 for none. */
static unsigned long whole(const char *text)
{
	char *end;
	unsigned long n = text[0] >= '1' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;

	return n && !*end ? n : 0;
}

static void add_board(struct glow_preview_boards *boards, const char *name, struct glow_shape shape)
{
	boards->v[boards->n].shape = shape;
	snprintf(boards->v[boards->n].id, sizeof(boards->v[0].id), "%u-%s", boards->n + 1, name);
	boards->n++;
}

/* "piglow", "blinkt:5", "60:2". */
static enum glow_code add_boards(const char *word, struct glow_preview_boards *boards, struct glow_diag *diag)
{
	const char *colon = strchr(word, ':');
	char kind[16];
	unsigned long n = colon ? whole(colon + 1) : 1, pixels;
	const struct glow_board_desc *desc;
	struct glow_shape shape = { .kind = GLOW_SHAPE_ROW };

	snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(word, ":"), word);
	desc = board_named(kind);
	pixels = whole(kind);
	if (n == 0 || pixels > GLOW_PIXELS_MAX || (!desc && pixels == 0))
		return refuse_board(word, kind, diag);
	if (n > GLOW_PREVIEW_BOARDS - boards->n)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "--board", "at most %d boards: \"%.40s\" is too many",
				     GLOW_PREVIEW_BOARDS, word);
	shape.pixels = (uint32_t)pixels;
	while (n-- > 0)
		add_board(boards, desc ? desc->name : "strip", desc ? desc->shape : shape);
	return GLOW_OK;
}

enum glow_code glow_preview_boards_read(const char *list, struct glow_preview_boards *ret_boards,
					struct glow_diag *diag)
{
	char word[64];

	ret_boards->n = 0;
	diag->code = GLOW_OK;
	for (const char *at = list; diag->code == GLOW_OK; at++) {
		size_t len = strcspn(at, ",\n");

		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		add_boards(word, ret_boards, diag);
		at += len;
		if (!*at)
			break;
	}
	return diag->code;
}

/* ---- the boards as a cluster ---- */

static void hear(struct glow_preview *p, const char *id, const char *leaf, const char *payload)
{
	char topic[GLOW_TOPIC_MAX + 1];
	struct glow_message message = { .topic = topic, .payload = payload, .len = payload ? strlen(payload) : 0 };

	glow_topic_make(topic, PREFIX, "node", id, leaf);
	glow_watch_message(&p->watch, &message);
}

/* As a node of default options has it. */
static void add_node(struct glow_preview *p, const char *id, struct glow_shape shape)
{
	struct glow_info info = { .shape = shape,
				  .idle = "off",
				  .fps = 60,
				  .brightness_limit = 255,
				  .current_limit_ma = glow_current_default_ma(shape),
				  .flash_limit = true };
	char *text;

	snprintf(info.id, sizeof(info.id), "%s", id);
	text = glow_json_finish(glow_info_write(&info));
	hear(p, id, "info", text);
	hear(p, id, "availability", "online");
	free(text);
}

static void take(struct glow_preview *p, enum glow_topic_kind kind, cJSON *tree)
{
	char *text = glow_json_finish(tree);
	struct glow_diag diag;

	glow_stage_message(&p->watch.stage, kind, text, text ? strlen(text) : 0, p->watch.now_us, &diag);
	free(text);
}

static void lay(struct glow_preview *p, const struct glow_preview_boards *boards)
{
	struct glow_roster_node nodes[GLOW_PREVIEW_BOARDS];
	struct glow_roster roster = { .n = boards->n, .nodes = nodes };

	memset(nodes, 0, sizeof(nodes));
	for (unsigned k = 0; k < boards->n; k++) {
		snprintf(nodes[k].id, sizeof(nodes[k].id), "%s", boards->v[k].id);
		nodes[k].pixels = boards->v[k].shape.pixels;
	}
	glow_roster_lay(&roster);
	take(p, GLOW_TOPIC_ROSTER, glow_roster_write(&roster));
}

bool glow_preview_init(struct glow_preview *p, const char *file, const struct glow_preview_boards *boards,
		       const struct glow_ctl_options *options, const char *words, int64_t now_us, uint32_t seed)
{
	*p = (struct glow_preview){
		.file = file, .options = GLOW_CTL_OPTIONS_NONE, .words = words, .start_us = now_us, .seed = seed
	};
	p->options.params = options->params;
	p->options.span = options->span;
	glow_effect_file_name(file, p->name);
	glow_watch_init(&p->watch, PREFIX);
	glow_watch_tick(&p->watch, now_us);
	glow_stage_clock(&p->watch.stage, CLOCK_ID, now_us);
	for (unsigned k = 0; k < boards->n; k++)
		add_node(p, boards->v[k].id, boards->v[k].shape);
	lay(p, boards);
	p->limiters = calloc(boards->n, sizeof(*p->limiters));
	if (!p->limiters || p->watch.n_nodes != boards->n)
		return false;
	for (unsigned k = 0; k < boards->n; k++) {
		glow_flash_init(&p->limiters[k].flash);
		p->watch.nodes[k]->limiter = &p->limiters[k];
	}
	return true;
}

void glow_preview_fini(struct glow_preview *p)
{
	glow_watch_fini(&p->watch);
	free(p->limiters);
}

/* ---- what the file says ---- */

/* Plays it; `text` is as glowctl play takes it. */
static bool play(struct glow_preview *p, const char *text, const struct glow_ctl_options *options,
		 struct glow_diag *diag)
{
	char *payload = glow_ctl_play_payload(options, text, diag);
	struct glow_scene scene;
	struct glow_scenes scenes = { .edition.clock_id = CLOCK_ID, .n = 1, .v = &scene };
	bool good = payload && glow_play_read(payload, strlen(payload), p->start_us, p->seed, &scene, diag) == GLOW_OK;

	if (good) {
		take(p, GLOW_TOPIC_SCENE_CURRENT, glow_scenes_write(&scenes));
		glow_scene_fini(&scene);
	}
	free(payload);
	return good;
}

/* As it was asked for, or else as it is. */
static int show(struct glow_preview *p)
{
	char text[GLOW_COMMAND_MAX];
	struct glow_diag diag, other;

	snprintf(text, sizeof(text), "%s %s", p->name, p->words);
	if (play(p, text, &p->options, &diag))
		return 0;
	play(p, p->name, &(struct glow_ctl_options)GLOW_CTL_OPTIONS_NONE, &other);
	snprintf(p->mistake, sizeof(p->mistake), "%s%s%s", diag.where, diag.where[0] ? ": " : "", diag.what);
	return EX_DATAERR;
}

/* A board may have too many pixels for it. */
static int check_steps(struct glow_preview *p, const struct glow_effect_desc *effect)
{
	for (size_t k = 0; k < p->watch.n_nodes; k++) {
		uint32_t pixels = p->watch.nodes[k]->info.shape.pixels;

		if (glow_effect_fits(effect, pixels))
			continue;
		snprintf(p->mistake, sizeof(p->mistake),
			 "%s is dark: %u steps for each of %u pixels are more than a board draws (%d steps a frame)",
			 p->watch.nodes[k]->id, effect->steps, pixels, GLOW_FRAME_STEPS_MAX);
		return EX_DATAERR;
	}
	return 0;
}

static int refuse(struct glow_preview *p, const struct glow_diag *diag, int status)
{
	glow_effect_file_say(p->file, diag->where, diag->what, p->mistake);
	return status;
}

int glow_preview_take(struct glow_preview *p, const char *text, size_t len, const struct glow_diag *diag,
		      int64_t now_us)
{
	struct glow_library_text *one;
	struct glow_script_mistake named;
	struct glow_diag wrong;
	int status;

	if (!text)
		return refuse(p, diag, EX_NOINPUT);
	if (!glow_script_name_free(p->name, strlen(p->name), &named)) {
		glow_diag_set(&wrong, GLOW_BAD_EFFECT, "name", "%s", named.what);
		return refuse(p, &wrong, EX_DATAERR);
	}
	one = glow_library_compile(p->name, text, len, 0, &wrong);
	if (!one)
		return refuse(p, &wrong, EX_DATAERR);
	p->mistake[0] = '\0';
	p->cost = glow_script_cost(glow_script_of(one->effect));
	glow_library_take(&p->watch.library, p->name, one, now_us, now_us);
	status = show(p);
	return status ? status : check_steps(p, one->effect);
}

void glow_preview_meters(struct glow_preview *p, const uint16_t meter[GLOW_METERS])
{
	for (size_t k = 0; k < p->watch.n_nodes; k++)
		memcpy(p->watch.nodes[k]->env.meter, meter, sizeof(p->watch.nodes[k]->env.meter));
}

/* ---- the picture ---- */

struct headline {
	struct glow_fit_part v[GLOW_WATCH_PARTS];
	size_t n;
};

__attribute__((format(printf, 3, 4))) static void add(struct headline *h, int keep, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	h->v[h->n].keep = keep;
	vsnprintf(h->v[h->n].text, sizeof(h->v[h->n].text), format, args);
	va_end(args);
	glow_diag_mend(h->v[h->n++].text);
}

/* "period 12 s", "loud on", "tint #ff8000". */
static void add_param(struct headline *h, const struct glow_param_desc *row, int32_t v)
{
	char color[8];

	if (row->type == GLOW_PARAM_BOOL) {
		add(h, 1, "%s %s", row->name, v ? "on" : "off");
	} else if (row->type == GLOW_PARAM_COLOR) {
		glow_color_format(glow_rgb_unpack(v), color);
		add(h, 1, "%s %s", row->name, v == GLOW_LIGHT_COLOR ? "of the light" : color);
	} else {
		add(h, 1, "%s %d%s%s", row->name, v, row->unit[0] ? " " : "", row->unit);
	}
}

static bool held(const struct glow_preview *p, int64_t t_us)
{
	for (size_t k = 0; k < p->watch.n_nodes; k++)
		if (t_us - p->limiters[k].held_us < HELD_US)
			return true;
	return false;
}

static void make_headline(const struct glow_preview *p, int64_t t_us, struct headline *ret)
{
	const struct glow_scenes *scenes = glow_stage_scenes(&p->watch.stage);
	const struct glow_scene_entry *entry = scenes->n > 0 ? scenes->v[0].entries : NULL;

	ret->n = 0;
	if (!entry || !entry->effect)
		return;
	add(ret, 3, "%s", entry->effect->what[0] ? entry->effect->what : entry->effect->name);
	if (held(p, t_us))
		add(ret, 4, "the flash limit holds it back");
	add(ret, 2, "%u steps a pixel", p->cost.pixel);
	for (unsigned k = 0; k < entry->effect->n_params; k++)
		add_param(ret, &entry->effect->params[k], entry->params.v[k]);
}

void glow_preview_draw(struct glow_preview *p, int64_t t_us, struct glow_watch_screen screen, FILE *out)
{
	struct headline headline;
	struct glow_watch_preview preview = { .file = p->file, .parts = headline.v, .mistake = p->mistake };

	make_headline(p, t_us, &headline);
	preview.n_parts = headline.n;
	screen.preview = &preview;
	screen.broker = screen.notes = screen.trouble = "";
	glow_watch_tick(&p->watch, t_us);
	glow_watch_screen(&p->watch, t_us, &screen, out);
}
