/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The cluster as a picture for documentation. Drawn as it looks: boards on a
 * shelf, LEDs with a halo. */

#include <glow/watch.h>

enum {
	WIDTH = 680,
	ROW = 100, /* height of a board, and of the part that is its Blinkt! */
	BLINKT = 44,
	HEAD = 56,
	TAIL = 24,
	LEFT = 260,
	STEP = 48,
	ACROSS = STEP * 8,
	DOWN = ACROSS / 2, /* height of the longest row, at most */
	SPIRAL = 13,       /* tenths */
};

#define UNLIT ((struct glow_rgb){ 38, 40, 46 })

/* Unit directions of a PiGlow's spiral arm steps would need a sine; these positions
 * were measured on a drawing of the board. */
void glow_watch_piglow_at(uint32_t i, int *ret_x, int *ret_y)
{
	static const int arm[6][2] = { { 0, -38 }, { 9, -30 }, { 13, -21 }, { 13, -12 }, { 9, -5 }, { 2, -1 } };
	uint32_t k = i % GLOW_PIGLOW_ARM;
	int x = arm[k][0], y = arm[k][1];

	switch (i / GLOW_PIGLOW_ARM) {
	case 0:
		*ret_x = x;
		*ret_y = y;
		break;
	case 1: /* turned by 120 degrees: cos -1/2, sin 0.866 */
		*ret_x = (-500 * x - 866 * y) / 1000;
		*ret_y = (866 * x - 500 * y) / 1000;
		break;
	default:
		*ret_x = (-500 * x + 866 * y) / 1000;
		*ret_y = (-866 * x - 500 * y) / 1000;
		break;
	}
}

/* Text from elsewhere: XML has no control characters, and no halves of others. */
static void escaped(const char *text, FILE *out)
{
	char clean[GLOW_HEADLINE_SIZE];

	glow_fit_clean(text, false, clean, sizeof(clean));
	for (const char *c = clean; *c; c++) {
		if (*c == '<')
			fputs("&lt;", out);
		else if (*c == '&')
			fputs("&amp;", out);
		else
			fputc(*c, out);
	}
}

static void put_led(struct glow_rgb c, int x, int y, int r, FILE *out)
{
	bool lit = !glow_rgb_equal(c, GLOW_BLACK);
	char text[8];

	glow_color_format(lit ? c : UNLIT, text);
	if (lit)
		fprintf(out,
			"<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\" opacity=\".35\" filter=\"url(#halo)\"/>\n", x,
			y, r * 9 / 4, text);
	fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\"/>\n", x, y, r, text);
}

/* A PiGlow around (cx, y). */
static void put_piglow(struct glow_shape shape, const struct glow_frame *f, int cx, int y, FILE *out)
{
	fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"50\" class=\"pcb\"/>\n", cx, y);
	for (uint32_t i = 0; i < f->n; i++) {
		int dx, dy;

		glow_watch_piglow_at(i, &dx, &dy);
		put_led(glow_watch_pixel(shape, f, i), cx + dx * SPIRAL / 10, y + dy * SPIRAL / 10, 5, out);
	}
}

static void put_carrier(int y, int height, FILE *out)
{
	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\" class=\"pcb\"/>\n", LEFT, y,
		ACROSS + 12, height);
}

static void put_row(struct glow_shape shape, const struct glow_frame *f, int y, FILE *out)
{
	put_carrier(y - BLINKT / 2, BLINKT, out);
	for (uint32_t i = 0; i < f->n; i++)
		put_led(glow_watch_pixel(shape, f, i), LEFT + 29 + STEP * (int)i, y, 12, out);
}

/* A longer row in lines, its LEDs as large as their room lets them be. */
struct wrapped {
	int pitch, across, height;
};

static struct wrapped wrap(uint32_t n)
{
	struct wrapped w = { .pitch = STEP / 2 + 1 };

	do {
		w.pitch--;
		w.across = ACROSS / w.pitch;
		w.height = ((int)n + w.across - 1) / w.across * w.pitch;
	} while (w.height > DOWN && w.pitch > 1);
	return w;
}

/* Dots of one colour are one path, from there on. Returns the LED that follows. */
static uint32_t put_dots(struct glow_shape shape, const struct glow_frame *f, uint32_t i, struct wrapped w, int y,
			 FILE *out)
{
	struct glow_rgb c = glow_watch_pixel(shape, f, i), next;
	bool lit = !glow_rgb_equal(c, GLOW_BLACK);
	char text[8];

	glow_color_format(lit ? c : UNLIT, text);
	fprintf(out, "<path stroke=\"%s\" d=\"", text);
	do {
		int column = (int)i % w.across, line = (int)i / w.across;

		fprintf(out, "M%d %dh0", LEFT + 6 + column * w.pitch + w.pitch / 2, y + line * w.pitch + w.pitch / 2);
		next = ++i < f->n ? glow_watch_pixel(shape, f, i) : GLOW_BLACK;
	} while (i < f->n && glow_rgb_equal(next, c));
	fputs("\"/>\n", out);
	return i;
}

/* Behind the dots lies a blurred copy of all of them. */
static void put_wrapped(struct glow_shape shape, const struct glow_frame *f, size_t k, int y, FILE *out)
{
	struct wrapped w = wrap(f->n);

	put_carrier(y, w.height + 12, out);
	fprintf(out,
		"<use href=\"#row%zu\" opacity=\".35\" filter=\"url(#halo)\"/>\n"
		"<g id=\"row%zu\" stroke-linecap=\"round\" stroke-width=\"%d.%d\">\n",
		k, k, w.pitch * 7 / 10, w.pitch * 7 % 10);
	for (uint32_t i = 0; i < f->n;)
		i = put_dots(shape, f, i, w, y + 6, out);
	fputs("</g>\n", out);
}

static bool is_wrapped(const struct glow_watched *node)
{
	return !glow_shape_mono(node->info.shape) && node->info.shape.pixels > ACROSS / STEP;
}

static int height_of(const struct glow_watched *node)
{
	return is_wrapped(node) ? wrap(node->info.shape.pixels).height + 12 + ROW - BLINKT : ROW;
}

static void put_text(const char *class, const char *text, int y, FILE *out)
{
	fprintf(out, "<text x=\"24\" y=\"%d\" class=\"%s\">", y, class);
	escaped(text, out);
	fputs("</text>\n", out);
}

/* Node k in the room below y. */
static void put_node(const struct glow_watch *w, size_t k, int64_t t_us, int y, FILE *out)
{
	const struct glow_watched *node = w->nodes[k];
	struct glow_shape shape = node->info.shape;
	int middle = y + ROW / 2;
	char label[GLOW_WATCH_LABEL_SIZE];
	struct glow_frame f;

	glow_watch_render(w, node, t_us, &f);
	glow_watch_label(w, node, t_us, label, sizeof(label));
	put_text("id", node->id, middle - 2, out);
	put_text("what", label, middle + 18, out);
	if (is_wrapped(node)) {
		snprintf(label, sizeof(label), "%u LEDs", f.n);
		put_text("what", label, middle + 38, out);
		put_wrapped(shape, &f, k, middle - BLINKT / 2, out);
	} else if (node->has_info && glow_shape_mono(shape)) {
		put_piglow(shape, &f, LEFT + 50, middle, out);
	} else {
		put_row(shape, &f, middle, out);
	}
}

void glow_watch_svg(const struct glow_watch *w, int64_t t_us, FILE *out)
{
	int height = HEAD + TAIL, y = HEAD;
	char line[GLOW_HEADLINE_SIZE];

	for (size_t k = 0; k < w->n_nodes; k++)
		height += height_of(w->nodes[k]);
	glow_watch_headline(w, t_us, line, sizeof(line));
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
		"<style>.id{font:600 18px sans-serif;fill:#f2f3f5}.what{font:13px sans-serif;fill:#9aa0aa}"
		".pcb{fill:#1b1d22;stroke:#2c2f37}</style>\n"
		"<defs><filter id=\"halo\" x=\"-50%%\" y=\"-50%%\" width=\"200%%\" height=\"200%%\">"
		"<feGaussianBlur stdDeviation=\"7\"/></filter></defs>\n"
		"<rect width=\"%d\" height=\"%d\" rx=\"14\" fill=\"#101216\"/>\n",
		WIDTH, height, WIDTH, height, WIDTH, height);
	put_text("what", line, 38, out);
	for (size_t k = 0; k < w->n_nodes; y += height_of(w->nodes[k++]))
		put_node(w, k, t_us, y, out);
	fputs("</svg>\n", out);
}
