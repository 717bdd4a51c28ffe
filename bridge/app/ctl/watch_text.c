/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/watch.h>

/* The nearest entry of the 6x6x6 cube of 256-colour terminals. */
static int cube(struct glow_rgb c)
{
	return 16 + 36 * ((c.r * 5 + 127) / 255) + 6 * ((c.g * 5 + 127) / 255) + (c.b * 5 + 127) / 255;
}

/* Unlit LEDs stay visible as a faint body, as on the real board. */
static struct glow_rgb body(struct glow_rgb c)
{
	const struct glow_rgb faint = { 24, 24, 28 };

	return c.r < faint.r && c.g < faint.g && c.b < faint.b ? glow_rgb_add(c, faint) : c;
}

static void put_led(struct glow_rgb c, int colors, FILE *out)
{
	char text[8];

	if (colors > 256) {
		c = body(c);
		fprintf(out, "\033[38;2;%d;%d;%dm██\033[0m", c.r, c.g, c.b);
	} else if (colors) {
		fprintf(out, "\033[38;5;%dm██\033[0m", cube(body(c)));
	} else {
		glow_color_format(c, text);
		fprintf(out, " %s", text + 1);
	}
}

static void put_board(const struct glow_watched *node, const struct glow_frame *f, int colors, FILE *out)
{
	struct glow_shape shape = node->has_info ? node->info.shape : (struct glow_shape){ GLOW_SHAPE_BLINKT, 8 };
	uint32_t most = f->n < 64 ? f->n : 64; /* a line's worth of a long row */

	for (uint32_t i = 0; i < most; i++) {
		put_led(glow_watch_led(shape, f, i), colors, out);
		if (colors && glow_shape_mono(shape) && i % GLOW_PIGLOW_ARM == GLOW_PIGLOW_ARM - 1)
			fputc(' ', out);
		else if (colors && !glow_shape_mono(shape))
			fputc(' ', out);
	}
	if (most < f->n)
		fputs("…", out);
}

void glow_watch_text(const struct glow_watch *w, int64_t t_us, int colors, FILE *out)
{
	const char *bold = colors ? "\033[1m" : "", *dim = colors ? "\033[2m" : "", *plain = colors ? "\033[0m" : "";
	const char *end = colors ? "\033[K\n" : "\n";

	for (size_t k = 0; k < w->n_nodes; k++) {
		const struct glow_watched *node = w->nodes[k];
		struct glow_frame f;
		char label[160];

		glow_watch_render(node, t_us, &f);
		glow_watch_label(node, label, sizeof(label));
		fprintf(out, "%s%s %s%-12s%s ", colors ? (node->online ? "\033[32m" : "\033[31m") : "",
			node->online ? "●" : "○", colors ? "\033[0m\033[1m" : "", node->id, plain);
		put_board(node, &f, colors, out);
		fprintf(out, " %s%s%s%s", colors ? "" : " ", label, end, colors ? end : "");
	}
	if (w->n_nodes == 0)
		fprintf(out, "%sno node has said anything below %s/node yet%s%s", dim, w->prefix, plain, end);
	if (w->last_error[0])
		fprintf(out, "%srejected%s %s%s", bold, plain, w->last_error, end);
}
