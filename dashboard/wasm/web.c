/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a page calls: the cluster as glowctl watches it, and a clock that
 * follows the conductor as a node's does. Each instance of the module is one
 * cluster, so the state is static here.
 *
 * Where 32 bits are too few, numbers go in and out as doubles: microseconds
 * since 1970, and nanoseconds since the page was opened, are exact in them. Bytes
 * come in through web_buffer(); texts leave through web_text(), structured ones as
 * JSON (glow/watch_tree.h). Writing JSON costs more than drawing a board, so what may be
 * large has a revision above 0: a page passes the one that it knows, and only another is written. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/color_forms.h>
#include <glow/flash.h>
#include <glow/follower.h>
#include <glow/json.h>
#include <glow/limiter.h>
#include <glow/script.h>
#include <glow/watch.h>
#include <glow/watch_tree.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

/* A node that is drawn. The flash limit remembers, so each has its own. */
struct board {
	char id[GLOW_ID_MAX + 1];
	const struct glow_watched *node; /* NULL for none; as the watch has it at this nodes_revision */
	uint32_t nodes_revision;
	int64_t t_us;
	struct glow_flash *flash; /* 35 KB, once it is drawn */
};

static struct glow_watch watch;
static struct glow_follower follower;
static char *buffer;
static char line[512]; /* room for a text that is no JSON */
static char *tree_text;
static const char *text; /* one of these two */
static struct glow_frame raw;
static struct glow_paint seen;
static bool held; /* the flash limit changed what was drawn last */

static struct glow_raw local(double ns)
{
	return (struct glow_raw){ (int64_t)ns };
}

/** Room for n bytes from outside, good until it is asked for again; NULL when there is none. */
char *EXPORT(web_buffer)(size_t n)
{
	free(buffer);
	buffer = malloc(n);
	return buffer;
}

/** The text of the latest call that has one, with its NUL. */
const char *EXPORT(web_text)(void)
{
	return text;
}

static void say(cJSON *tree)
{
	free(tree_text);
	tree_text = glow_json_finish(tree);
	text = tree_text ? tree_text : "null";
}

/** Begins. In the buffer are the prefix and what this page's topics end in, each with its NUL; `seed` spreads the
 * probes of many pages. */
void EXPORT(web_init)(uint32_t seed)
{
	glow_watch_init(&watch, buffer);
	glow_follower_init(&follower, &(struct glow_sync_cfg){ .seed = seed }, buffer, buffer + strlen(buffer) + 1);
}

/* ---- messages ---- */

/** A message that arrived at l_ns: in the buffer its topic with a NUL, and `len` bytes of payload. In the text the id
 * of the node that it is of, "" for none. */
void EXPORT(web_message)(size_t len, double l_ns)
{
	struct glow_message message = {
		.topic = buffer, .payload = buffer + strlen(buffer) + 1, .len = len, .at = local(l_ns)
	};
	struct glow_topic topic = glow_topic_parse(watch.prefix, message.topic);
	int64_t step_ns;

	text = line;
	line[0] = '\0';
	if (topic.kind == GLOW_TOPIC_TIME_REPLY) {
		glow_follower_reply(&follower, &message, &step_ns);
		return;
	}
	if (topic.of == GLOW_OF_NODE)
		snprintf(line, sizeof(line), "%s", topic.id);
	glow_watch_message(&watch, &message);
	if (glow_watch_led(&watch))
		glow_sync_follow(&follower.sync, message.at, watch.conductor.leader);
}

/** Cluster time is t_us, and local civil time so much more: before anything is asked for that time. */
void EXPORT(web_tick)(double t_us, double wall_offset_us)
{
	watch.wall_offset_us = (int64_t)wall_offset_us;
	glow_watch_tick(&watch, (int64_t)t_us);
}

/** In the text a refusal or answer, whose payload is `len` bytes in the buffer; null for a broken one. */
void EXPORT(web_answer)(size_t len)
{
	say(glow_watch_answer_tree(buffer, len));
}

/** A preset or schedule, whose payload is `len` bytes in the buffer: in the text, null for a broken or empty one. */
void EXPORT(web_preset)(size_t len)
{
	say(glow_watch_preset_tree(buffer, len));
}

void EXPORT(web_schedule)(size_t len)
{
	say(glow_watch_schedule_tree(buffer, len));
}

/* ---- colours ---- */

static void say_color(bool known, struct glow_rgb color)
{
	text = line;
	line[0] = '\0';
	if (known)
		glow_color_format(color, line);
}

/** The colour that the `len` bytes of the buffer name, "tomato" or "#f40": as "#rrggbb" in the text, "" for none. */
void EXPORT(web_color)(size_t len)
{
	struct glow_rgb color = { 0 };
	bool known = glow_color_parse(buffer, len, &color);

	say_color(known, color);
}

/** The white of a temperature. */
void EXPORT(web_kelvin)(double kelvin)
{
	say_color(true, glow_color_of_kelvin(kelvin));
}

/* ---- nodes ---- */

/** The board of the node whose id is in the buffer, whether or not there is such a node. For ever. */
struct board *EXPORT(web_board)(void)
{
	struct board *board = calloc(1, sizeof(*board));

	if (board)
		snprintf(board->id, sizeof(board->id), "%s", buffer);
	return board;
}

static const struct glow_watched *node_of(struct board *board)
{
	if (board->nodes_revision != watch.nodes_revision)
		board->node = glow_watch_find(&watch, board->id);
	board->nodes_revision = watch.nodes_revision;
	return board->node;
}

/** The ids of all nodes in their order: in the text, if their revision, which is returned, is not the known one. */
uint32_t EXPORT(web_nodes)(uint32_t known)
{
	uint32_t revision = 1 + watch.nodes_revision + watch.stage.revision; /* both only rise */

	if (revision != known)
		say(glow_watch_nodes_tree(&watch));
	return revision;
}

/** How many there are beyond those that are kept. */
uint32_t EXPORT(web_more)(void)
{
	return watch.crowd.n;
}

/** Whether it is online; -1 if there is no such node. */
int32_t EXPORT(web_online)(struct board *board)
{
	const struct glow_watched *node = node_of(board);

	return node ? node->online : -1;
}

/* In the text what a node has said, or null, unless the page knows it. */
static uint32_t tell(const struct glow_watched *node, uint32_t revision, uint32_t known,
		     cJSON *(*tree)(const struct glow_watched *node))
{
	if (revision != known)
		say(revision ? tree(node) : cJSON_CreateNull());
	return revision;
}

/** What it last said of itself: in the text, if its revision, which is returned, is not the known one. 0: nothing. */
uint32_t EXPORT(web_info)(struct board *board, uint32_t known)
{
	const struct glow_watched *node = node_of(board);

	return tell(node, node && node->has_info ? node->info_revision : 0, known, glow_watch_info_tree);
}

uint32_t EXPORT(web_state)(struct board *board, uint32_t known)
{
	const struct glow_watched *node = node_of(board);

	return tell(node, node && node->has_state ? node->state_revision : 0, known, glow_watch_state_tree);
}

uint32_t EXPORT(web_stats)(struct board *board, uint32_t known)
{
	const struct glow_watched *node = node_of(board);

	return tell(node, node && node->has_stats ? node->stats_revision : 0, known, glow_watch_stats_tree);
}

/** The effects and parameter tables of the catalog whose name is in the buffer: in the text, or null. */
void EXPORT(web_catalog)(void)
{
	const char *known = glow_catalogs_find(&watch.catalogs, buffer);

	text = known ? known : "null";
}

/* ---- the cluster ---- */

/** The conductor as it is at l_ns; in the text. */
void EXPORT(web_conductor)(double l_ns)
{
	say(glow_watch_conductor_tree(&watch, local(l_ns)));
}

/** Scenes, roster and dimmer in force: in the text, if their revision, which is returned, is not the known one. */
uint32_t EXPORT(web_stage)(uint32_t known)
{
	uint32_t revision = 1 + watch.stage.revision;

	if (revision != known)
		say(glow_watch_stage_tree(&watch));
	return revision;
}

/** What was set of the order and titles; in the text. */
void EXPORT(web_wanted)(void)
{
	say(glow_watch_wanted_tree(&watch));
}

/** Which entry of a scene shows at t_us, 0 where it is no playlist; -1 while the scene does not run. Its id is in the
 * buffer; one that it replaces may have the same for a while, but began at another time. */
int32_t EXPORT(web_entry)(double start_us, double t_us)
{
	const struct glow_scenes *scenes = glow_stage_scenes(&watch.stage);
	struct glow_scene_view view;

	for (uint32_t k = 0; k < scenes->n; k++)
		if (strcmp(scenes->v[k].id, buffer) == 0 && scenes->v[k].start_us == (int64_t)start_us &&
		    glow_scene_at(&scenes->v[k], (int64_t)t_us, &view))
			return view.entry;
	return -1;
}

/** Of how many kinds of nodes the roster tells, the next one where one waits. */
uint32_t EXPORT(web_kinds)(void)
{
	return watch.stage.has_next_roster ? watch.stage.next_roster.n_kinds : watch.stage.roster.n_kinds;
}

/* ---- effects in text ---- */

/** All of the cluster: in the text, if their revision, which is returned, is not the known one. */
uint32_t EXPORT(web_effects)(uint32_t known)
{
	uint32_t revision = 1 + watch.library.revision;

	if (revision != known)
		say(glow_watch_texts_tree(&watch));
	return revision;
}

/** Compiles the `len` bytes of the buffer; in the text what came of it. */
void EXPORT(web_check)(size_t len)
{
	say(glow_watch_check_tree(buffer, len));
}

/** Why a text may not have the `len` bytes of the buffer for its name: in the text, "" if it may. */
void EXPORT(web_name)(size_t len)
{
	struct glow_script_mistake mistake = { 0 };

	text = line;
	line[0] = '\0';
	if (!glow_script_name_free(buffer, len, &mistake))
		snprintf(line, sizeof(line), "%s", mistake.what);
}

static void add_words(cJSON *tree, const char *kind, enum glow_script_words words)
{
	cJSON *list = cJSON_AddArrayToObject(tree, kind);
	const char *word;

	for (size_t k = 0; (word = glow_script_word(words, k)); k++)
		cJSON_AddItemToArray(list, cJSON_CreateString(word));
}

/** All words that mean something in a text, {"keywords":…,"inputs":…,"functions":…,"colors":…}, and beside them "bytes"
 * and "steps", the most that it may have and a frame may take; in the text. */
void EXPORT(web_words)(void)
{
	cJSON *tree = cJSON_CreateObject(), *colors;
	const char *name;

	add_words(tree, "keywords", GLOW_SCRIPT_KEYWORDS);
	add_words(tree, "inputs", GLOW_SCRIPT_INPUTS);
	add_words(tree, "functions", GLOW_SCRIPT_FUNCTIONS);
	colors = cJSON_AddArrayToObject(tree, "colors");
	for (size_t k = 0; (name = glow_color_name(k)); k++)
		cJSON_AddItemToArray(colors, cJSON_CreateString(name));
	cJSON_AddNumberToObject(tree, "bytes", GLOW_SCRIPT_MAX);
	cJSON_AddNumberToObject(tree, "steps", GLOW_FRAME_STEPS_MAX);
	say(tree);
}

/* ---- pictures ---- */

/** Draws it as it is lit at t_us; returns how many LEDs, 0 if there is no such node. */
uint32_t EXPORT(web_render)(struct board *board, double t_us)
{
	const struct glow_watched *node = node_of(board);
	int64_t t = (int64_t)t_us;

	if (node && !board->flash)
		board->flash = calloc(1, sizeof(*board->flash));
	if (!node || !board->flash)
		return 0;
	glow_watch_render(&watch, node, t, &raw);
	if (t < board->t_us)
		glow_flash_clock_stepped(board->flash, t - board->t_us);
	board->t_us = t;
	held = node->info.flash_limit && glow_flash_limit(board->flash, node->info.shape, t, &raw);
	seen.n = raw.n;
	for (uint32_t i = 0; i < raw.n; i++)
		seen.px[i] = glow_watch_pixel(node->info.shape, &raw, i);
	return raw.n;
}

/** What web_render() drew, three numbers an LED: the linear light that the board gets, in 16 bits, and as it looks,
 * in 8. */
const void *EXPORT(web_raw)(void)
{
	return raw.px;
}

const void *EXPORT(web_seen)(void)
{
	return seen.px;
}

/** Whether that was held back, since it would have been a flash too many. */
int32_t EXPORT(web_held)(void)
{
	return held;
}

/** Microampere that the board is estimated to take for what web_render() drew last. */
double EXPORT(web_current)(struct board *board)
{
	const struct glow_watched *node = node_of(board);

	return node ? (double)glow_current_ua(node->info.shape, &raw) : 0;
}

/** What shows on it: {"layer":…,"label":…,"scene":…}, the label is the layer in words, and the scene is the topmost
 * one that runs for it, or null; in the text. */
void EXPORT(web_showing)(struct board *board, double t_us)
{
	const struct glow_watched *node = node_of(board);
	const struct glow_scene *scene = node ? glow_watch_scene(&watch, node, (int64_t)t_us) : NULL;
	enum glow_watch_layer layer = node ? glow_watch_layer(&watch, node, (int64_t)t_us) : GLOW_LAYER_OFFLINE;
	char label[GLOW_WATCH_LABEL_SIZE] = "";
	cJSON *tree = cJSON_CreateObject();

	if (node)
		glow_watch_label(&watch, node, (int64_t)t_us, label, sizeof(label));
	cJSON_AddStringToObject(tree, "layer", glow_watch_layer_name(layer));
	cJSON_AddStringToObject(tree, "label", label);
	cJSON_AddItemToObject(tree, "scene", scene ? cJSON_CreateString(scene->id) : cJSON_CreateNull());
	say(tree);
}

/** The instant of the frame slot that is on show at t_us. */
double EXPORT(web_slot)(double t_us, uint32_t fps)
{
	return (double)glow_slot_time(glow_slot_at((int64_t)t_us, fps), fps);
}

/* ---- the clock; l_ns are nanoseconds of the page's own ---- */

void EXPORT(web_clock_connected)(double l_ns)
{
	glow_sync_connected(&follower.sync, local(l_ns));
}

void EXPORT(web_clock_disconnected)(double l_ns)
{
	glow_sync_disconnected(&follower.sync, local(l_ns));
}

/** When the next probe is due: l_ns, or below 0 for never. */
double EXPORT(web_clock_due)(void)
{
	struct glow_raw due = glow_sync_next_probe(&follower.sync);

	return due.ns == GLOW_NEVER ? -1 : (double)due.ns;
}

/** The probe that is due, to be sent at once: returns its payload, and the topic is in the text. NULL if none is due.
 */
const void *EXPORT(web_clock_probe)(double l_ns)
{
	struct glow_message message;

	if (!glow_follower_probe(&follower, local(l_ns), &message))
		return NULL;
	text = message.topic;
	return message.payload;
}

/** Cluster time in microseconds; below 0 while there is none. */
double EXPORT(web_clock_now)(double l_ns)
{
	return glow_sync_valid(&follower.sync) ? (double)(glow_sync_now(&follower.sync, local(l_ns)) / 1000) : -1;
}

/** Its report: {"state":…,"valid":…,"offset_us":…,"error_us":…,"rtt_us":…}; in the text. */
void EXPORT(web_clock_report)(double l_ns)
{
	struct glow_sync_report report;
	cJSON *tree = cJSON_CreateObject();

	glow_sync_report(&follower.sync, local(l_ns), &report);
	cJSON_AddStringToObject(tree, "state", glow_sync_state_name(report.state));
	cJSON_AddBoolToObject(tree, "valid", report.valid);
	cJSON_AddNumberToObject(tree, "offset_us", (double)report.offset_ns / 1000);
	cJSON_AddNumberToObject(tree, "error_us", report.error_ns / 1000.0);
	cJSON_AddNumberToObject(tree, "rtt_us", (double)report.rtt_ns / 1000);
	say(tree);
}
