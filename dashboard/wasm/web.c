/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a page calls: the cluster as glowctl watches it, and a clock that
 * follows the conductor as a node's does. One cluster an instance of the
 * module, so the state is static here.
 *
 * Where 32 bits are too few, numbers go in and out as doubles: microseconds
 * since 1970, and nanoseconds since the page was opened, are exact in them. Bytes
 * come in through web_buffer(); texts and probes leave through web_text(). */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/flash.h>
#include <glow/sync.h>
#include <glow/timing.h>
#include <glow/watch.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

/* A node that is drawn. The flash limit remembers, so each has its own. */
struct board {
	char id[GLOW_ID_MAX + 1];
	const struct glow_watched *node; /* NULL: look for it; good while no node has gone since `gone` */
	uint32_t gone;
	int64_t t_us;
	struct glow_flash flash;
};

static struct glow_watch watch;
static uint32_t gone; /* counts messages with which a node may have gone */
static struct glow_sync follower;
static char *buffer, text[512];
static struct glow_frame raw, seen;

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

/** Where what leaves lies: a text with its NUL, or a probe. */
const char *EXPORT(web_text)(void)
{
	return text;
}

/** Begins. The prefix is in the buffer, with its NUL; `seed` spreads the probes of many pages. */
void EXPORT(web_init)(uint32_t seed)
{
	glow_watch_init(&watch, buffer);
	glow_sync_init(&follower, &(struct glow_sync_cfg){ .seed = seed });
}

/* ---- messages ---- */

static void take_reply(const struct glow_message *message)
{
	struct glow_time_reply reply;
	int64_t step_ns;

	if (glow_reply_read(message->payload, message->len, false, &reply))
		glow_sync_reply(&follower, &reply, message->at, &step_ns);
}

/** A message that arrived at l_ns: in the buffer its topic with a NUL, and `len` bytes of payload. */
void EXPORT(web_message)(size_t len, double l_ns)
{
	struct glow_message message = {
		.topic = buffer, .payload = buffer + strlen(buffer) + 1, .len = len, .at = local(l_ns)
	};

	if (glow_topic_kind(watch.prefix, message.topic) == GLOW_TOPIC_TIME_REPLY) {
		take_reply(&message);
		return;
	}
	gone += len == 0;
	glow_watch_message(&watch, &message);
	if (glow_watch_led(&watch))
		glow_sync_follow(&follower, message.at, watch.conductor.leader);
}

/** Cluster time is t_us, and local civil time so much more: before anything is drawn for that time. */
void EXPORT(web_tick)(double t_us, double wall_offset_us)
{
	watch.wall_offset_us = (int64_t)wall_offset_us;
	glow_watch_tick(&watch, (int64_t)t_us);
}

/* ---- pictures ---- */

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
	if (!board->node || board->gone != gone)
		board->node = glow_watch_find(&watch, board->id);
	board->gone = gone;
	return board->node;
}

/** Draws it as it is lit at t_us; returns how many LEDs, 0 if there is no such node. */
uint32_t EXPORT(web_render)(struct board *board, double t_us)
{
	const struct glow_watched *node = node_of(board);
	int64_t t = (int64_t)t_us;

	if (!node)
		return 0;
	glow_watch_render(&watch, node, t, &raw);
	if (t < board->t_us)
		glow_flash_clock_stepped(&board->flash, t - board->t_us);
	board->t_us = t;
	if (node->info.flash_limit)
		glow_flash_limit(&board->flash, node->info.shape, t, &raw);
	seen.n = raw.n;
	for (uint32_t i = 0; i < raw.n; i++)
		seen.px[i] = glow_watch_pixel(node->info.shape, &raw, i);
	return raw.n;
}

/** What web_render() drew, three bytes an LED: as the board gets it, and as it looks. */
const void *EXPORT(web_raw)(void)
{
	return raw.px;
}

const void *EXPORT(web_seen)(void)
{
	return seen.px;
}

/** What of it is seen (enum glow_watch_layer), and in the text the same in words. */
uint32_t EXPORT(web_layer)(struct board *board, double t_us)
{
	const struct glow_watched *node = node_of(board);

	text[0] = '\0';
	if (!node)
		return GLOW_LAYER_OFFLINE;
	glow_watch_label(&watch, node, (int64_t)t_us, text, sizeof(text));
	return glow_watch_layer(&watch, node, (int64_t)t_us);
}

/** The id of the topmost scene that runs for it, "" for none; in the text. */
void EXPORT(web_scene)(struct board *board, double t_us)
{
	const struct glow_watched *node = node_of(board);
	const struct glow_scene *scene = node ? glow_watch_scene(&watch, node, (int64_t)t_us) : NULL;

	snprintf(text, sizeof(text), "%s", scene ? scene->id : "");
}

/** The cluster in a line; in the text. */
void EXPORT(web_headline)(double t_us)
{
	glow_watch_headline(&watch, (int64_t)t_us, text, sizeof(text));
}

/** The instant of the frame slot that is on show at t_us. */
double EXPORT(web_slot)(double t_us, uint32_t fps)
{
	return (double)glow_slot_time(glow_slot_at((int64_t)t_us, fps), fps);
}

/* ---- the clock; l_ns are nanoseconds of the page's own ---- */

void EXPORT(web_clock_connected)(double l_ns)
{
	glow_sync_connected(&follower, local(l_ns));
}

void EXPORT(web_clock_disconnected)(double l_ns)
{
	glow_sync_disconnected(&follower, local(l_ns));
}

/** When the next probe is due: l_ns, or below 0 for never. */
double EXPORT(web_clock_due)(void)
{
	struct glow_raw due = glow_sync_next_probe(&follower);

	return due.ns == GLOW_NEVER ? -1 : (double)due.ns;
}

/** The due probe, to be sent at once: 24 bytes where web_text() is. */
void EXPORT(web_clock_probe)(double l_ns)
{
	struct glow_time_request request;

	glow_sync_probe(&follower, local(l_ns), &request);
	glow_request_write(&request, (uint8_t *)text);
}

/** Cluster time in microseconds; below 0 while there is none. */
double EXPORT(web_clock_now)(double l_ns)
{
	return glow_sync_valid(&follower) ? (double)(glow_sync_now(&follower, local(l_ns)) / 1000) : -1;
}

/** Its report, as numbers: state (enum glow_sync_state), valid, offset_ns, error_ns, rtt_ns. */
const double *EXPORT(web_clock_report)(double l_ns)
{
	static double values[5];
	struct glow_sync_report report;

	glow_sync_report(&follower, local(l_ns), &report);
	values[0] = report.state;
	values[1] = report.valid;
	values[2] = (double)report.offset_ns;
	values[3] = report.error_ns;
	values[4] = (double)report.rtt_ns;
	return values;
}
