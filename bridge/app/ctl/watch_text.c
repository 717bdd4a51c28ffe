/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/watch.h>

enum {
	LINE_LEDS = 64,   /* a line's worth of a long row */
	BOARD_WIDTH = 23, /* columns of a Blinkt! */
	AIRY_NODES = 8,   /* up to so many have an empty line between them */
};

/* The nearest entry of the 6x6x6 cube of 256-colour terminals. */
static int cube(struct glow_rgb c)
{
	return 16 + 36 * ((c.r * 5 + 127) / 255) + 6 * ((c.g * 5 + 127) / 255) + (c.b * 5 + 127) / 255;
}

/* Unlit LEDs stay visible as a faint body, as on the real board. */
static struct glow_rgb body(struct glow_rgb c)
{
	const struct glow_rgb faint = { 40, 41, 46 };

	return c.r < faint.r && c.g < faint.g && c.b < faint.b ? glow_rgb_add(c, faint) : c;
}

static void put_led(struct glow_rgb c, const char *block, int colors, FILE *out)
{
	char text[8];

	if (colors > 256) {
		c = body(c);
		fprintf(out, "\033[38;2;%d;%d;%dm%s", c.r, c.g, c.b, block);
	} else if (colors) {
		fprintf(out, "\033[38;5;%dm%s", cube(body(c)), block);
	} else {
		glow_color_format(c, text);
		fprintf(out, "%s ", text + 1);
	}
}

/* Eight pixels get two blocks each and a gap; a PiGlow's arms, and longer rows, one block a LED, so that
 * all lines are about as long as a Blinkt!'s. Returns the columns used. */
static int put_board(const struct glow_watched *node, const struct glow_frame *f, int colors, FILE *out)
{
	struct glow_shape shape = node->has_info ? node->info.shape : (struct glow_shape){ GLOW_SHAPE_BLINKT, 8 };
	bool mono = glow_shape_mono(shape), wide = !mono && f->n <= 8;
	uint32_t most = f->n < LINE_LEDS ? f->n : LINE_LEDS;
	int used = 0;

	for (uint32_t i = 0; i < most; i++) {
		bool gap = i + 1 < most && (wide || (mono && i % GLOW_PIGLOW_ARM == GLOW_PIGLOW_ARM - 1));

		put_led(glow_watch_pixel(shape, f, i), wide ? "██" : "█", colors, out);
		if (gap && colors)
			fputc(' ', out);
		used += 1 + wide + gap;
	}
	if (colors)
		fputs("\033[0m", out);
	return used;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static void put_node(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, int id_width,
		     int colors, FILE *out)
{
	struct glow_frame f;
	char label[160], sync[40];
	int used;

	glow_watch_render(w, node, t_us, &f);
	glow_watch_label(w, node, t_us, label, sizeof(label));
	glow_watch_sync(node, sync, sizeof(sync));
	if (!colors) {
		fprintf(out, "%-*s  ", id_width, node->id);
		put_board(node, &f, 0, out);
		fprintf(out, " %s%s%s\n", label, sync[0] ? "  " : "", sync);
		return;
	}
	fprintf(out, " %s\033[0m \033[1m%-*s\033[0m  ", node->online ? "\033[32m●" : "\033[31m○", id_width, node->id);
	used = put_board(node, &f, colors, out);
	fprintf(out, "%*s  %-30s \033[2m%s\033[0m\033[K\n", max(BOARD_WIDTH - used, 0), "", label, sync);
}

void glow_watch_text(const struct glow_watch *w, int64_t t_us, int colors, FILE *out)
{
	const char *dim = colors ? "\033[2m" : "", *plain = colors ? "\033[0m" : "";
	const char *end = colors ? "\033[K\n" : "\n";
	int id_width = 4;
	char line[512];

	glow_watch_headline(w, t_us, line, sizeof(line));
	fprintf(out, "%s%s%s%s", colors ? " " : "", line, end, colors ? end : "");
	for (size_t k = 0; k < w->n_nodes; k++)
		id_width = max(id_width, (int)strlen(w->nodes[k]->id));
	for (size_t k = 0; k < w->n_nodes; k++) {
		put_node(w, w->nodes[k], t_us, id_width, colors, out);
		if (colors && w->n_nodes <= AIRY_NODES)
			fputs(end, out);
	}
	if (w->n_nodes == 0)
		fprintf(out, "%sno node has said anything below %s/node yet%s%s", dim, w->prefix, plain, end);
	if (w->last_error[0])
		fprintf(out, "%s%srejected%s %s%s", colors ? " " : "", colors ? "\033[1m" : "", plain, w->last_error,
			end);
}
