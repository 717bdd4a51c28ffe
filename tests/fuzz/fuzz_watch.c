/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Who watches, as a script, one event a line: whatever is on the broker, what is drawn of it is text without control
 * characters, of a length that follows from the nodes there are and from the window.
 *
 *	+250		a quarter of a second passes (or goes back, with a '-')
 *	=1700000000	it is so many seconds since 1970
 *	m<t>...		a message on the topic of that letter (topics[]); M: a retained one
 *	e<name> ...	a message on effect/<name>
 *	s80 24		the window is so large; a third, a sum: 1 ASCII, 2 few colours, 4 no connection, 8 a preview
 *	d		all of it is drawn, as at the end */

#include <glow/ctl.h>
#include <glow/json.h>
#include <glow/watch.h>
#include <glow/watch_tree.h>

#include "fuzz.h"

#define START     INT64_C(1700000000000000)
#define LINES_MAX 200

static const char *const topics[] = {
	"my/glow/node/a/info",
	"my/glow/node/a/state",
	"my/glow/node/a/stats",
	"my/glow/node/a/error",
	"my/glow/node/a/availability",
	"my/glow/node/pi10/info",
	"my/glow/node/pi10/state",
	"my/glow/node/pi10/availability",
	"my/glow/node/pi9/info",
	"my/glow/scene/current",
	"my/glow/roster",
	"my/glow/dim/current",
	"my/glow/conductor/info",
	"my/glow/conductor/availability",
	"my/glow/conductor/beacon",
	"my/glow/conductor/error",
	"my/glow/effects/0123456789abcdef",
	"my/glow/effect",
	"my/glow/effect/aurora",
};
#define N_TOPICS (int)(sizeof(topics) / sizeof(topics[0]))

static struct glow_watch watch;
static struct glow_watch_screen screen;
static int64_t now;

/* What a file is called and what it says comes from outside too. */
static const struct glow_fit_part parts[] = { { "cur\033tains", 3 }, { "98 steps a pixel", 2 }, { "period 20 s", 1 } };
static const struct glow_watch_preview preview = {
	.file = "some/where/a\xff\nb.glow",
	.parts = parts,
	.n_parts = 3,
	.mistake = "some/where/a.glow:1:9: there is no \"\xc3\"; did you mean \"wave\"?",
};

/* ---- what is drawn ---- */

static void check_clean(const char *text, size_t len, const char *controls, bool ascii)
{
	CHECK(strlen(text) == len && glow_utf8_valid(text, len));
	for (size_t k = 0; k < len; k++)
		CHECK(ascii ? (text[k] >= ' ' && text[k] <= '~') || strchr(controls, text[k])
			    : ((unsigned char)text[k] >= ' ' && text[k] != 0x7f) || strchr(controls, text[k]));
}

static void draw_text(bool ascii)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	glow_watch_text(&watch, now, ascii, out);
	fclose(out);
	check_clean(text, len, "\n", ascii);
	CHECK(len <= 3 * GLOW_HEADLINE_SIZE + watch.n_nodes * (8 * GLOW_PIXELS_MAX + 2000));
	free(text);
}

static void draw_svg(void)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	glow_watch_svg(&watch, now, out);
	fclose(out);
	check_clean(text, len, "\n", false);
	CHECK(len <= 4 * GLOW_HEADLINE_SIZE + watch.n_nodes * (10000 + 64 * GLOW_PIXELS_MAX));
	CHECK(strncmp(text, "<svg ", 5) == 0 && strcmp(text + len - 7, "</svg>\n") == 0);
	free(text);
}

/* Columns of a line, its colours left out. */
static int columns_of(const char *line, size_t len)
{
	int n = 0;

	for (size_t k = 0; k < len; k++) {
		if (line[k] == '\033')
			k += strcspn(line + k, "mK");
		else
			n += (line[k] & 0xc0) != 0x80;
	}
	return n;
}

static void draw_screen(void)
{
	char *text;
	size_t len;
	int lines = 1;
	FILE *out = open_memstream(&text, &len);

	glow_watch_screen(&watch, now, &screen, out);
	fclose(out);
	check_clean(text, len, "\n\033", screen.ascii);
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");

		CHECK(columns_of(line, n) <= (screen.columns > 5 ? screen.columns - 1 : 4));
		lines += line[n] == '\n';
		line += n + (line[n] != '\0');
	}
	CHECK(lines <= (screen.rows > 1 ? screen.rows : 1));
	free(text);
}

/* ---- what a page is told ---- */

static void check_tree(cJSON *tree)
{
	char *text;

	CHECK(tree);
	cJSON_Delete(check_again(tree, &text));
	free(text);
}

static void tell_page(void)
{
	cJSON *nodes = glow_watch_nodes_tree(&watch);

	CHECK(cJSON_GetArraySize(nodes) >= (int)watch.n_nodes);
	check_tree(nodes);
	check_tree(glow_watch_stage_tree(&watch));
	check_tree(glow_watch_conductor_tree(&watch, (struct glow_raw){ now * 1000 }));
	for (size_t k = 0; k < watch.n_nodes; k++) {
		const struct glow_watched *node = watch.nodes[k];

		CHECK(glow_watch_find(&watch, node->id) == node);
		if (node->has_info)
			check_tree(glow_watch_info_tree(node));
		if (node->has_state)
			check_tree(glow_watch_state_tree(node));
		if (node->has_stats)
			check_tree(glow_watch_stats_tree(node));
	}
}

static void draw(void)
{
	draw_text(screen.ascii);
	draw_svg();
	draw_screen();
	tell_page();
}

/* ---- events ---- */

static void pass_to(int64_t t_us)
{
	if (t_us < 0 || t_us > 4 * START)
		return;
	now = t_us;
	glow_watch_tick(&watch, now);
	CHECK(glow_stage_next(&watch.stage, now) > now);
}

static void deliver(const char *topic, const char *payload, size_t len, bool retained)
{
	char *exact = exact_copy((const uint8_t *)payload, len);
	struct glow_message m = {
		.topic = topic, .payload = exact, .len = len, .retained = retained, .at = { now * 1000 }
	};

	glow_watch_message(&watch, &m);
	cJSON_Delete(glow_watch_answer_tree(exact, len));
	cJSON_Delete(glow_watch_preset_tree(exact, len));
	cJSON_Delete(glow_watch_schedule_tree(exact, len));
	free(exact);
}

static void deliver_text(const char *line)
{
	char topic[GLOW_TOPIC_MAX + 1];
	const char *payload = fuzz_text_topic("my/glow", line, topic);

	deliver(topic, payload, strlen(payload), true);
}

static void resize(const char *rest)
{
	char *more;
	long columns = strtol(rest, &more, 10), rows = strtol(more, &more, 10), how = strtol(more, NULL, 10);

	screen.columns = (int)(columns < 1 ? 1 : columns > 400 ? 400 : columns);
	screen.rows = (int)(rows < 1 ? 1 : rows > 200 ? 200 : rows);
	screen.ascii = how & 1;
	screen.colors = how & 2 ? 256 : 1 << 24;
	screen.connected = !(how & 4);
	screen.preview = how & 8 ? &preview : NULL;
}

static void run(const char *line, size_t len)
{
	int topic = len > 1 ? line[1] - 'a' : -1;

	switch (line[0]) {
	case '+':
		pass_to(now + strtol(line + 1, NULL, 10) % 1000000 * 1000);
		break;
	case '=':
		pass_to(strtoll(line + 1, NULL, 10) % (4 * START / GLOW_US_PER_S) * GLOW_US_PER_S);
		break;
	case 'm':
	case 'M':
		if (topic >= 0 && topic < N_TOPICS)
			deliver(topics[topic], line + 2, len - 2, line[0] == 'M');
		break;
	case 'e':
		deliver_text(line + 1);
		break;
	case 's':
		resize(line + 1);
		break;
	case 'd':
		draw();
		break;
	default:
		break;
	}
}

void fuzz_watch(const uint8_t *data, size_t size)
{
	now = START;
	screen = (struct glow_watch_screen){ .columns = 80,
					     .rows = 24,
					     .colors = 1 << 24,
					     .broker = "mqtt://broker",
					     .notes = "a note",
					     .connected = true,
					     .trouble = "nobody answers" };
	glow_watch_init(&watch, "my/glow");
	glow_watch_tick(&watch, now);
	fuzz_lines(data, size, LINES_MAX, run);
	draw();
	glow_watch_fini(&watch);
}
