/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The cluster as a picture for documentation. Drawn as it looks: boards on a
 * shelf, LEDs with a halo. */

#include <glow/watch.h>

enum { WIDTH = 680, ROW = 100, HEAD = 56, TAIL = 24, LEFT = 260, STEP = 48, SPIRAL = 13 /* tenths */ };

/* Unit directions of a PiGlow's spiral arm steps would need a sine; these are
 * the positions of its 18 LEDs in tenths of a pixel, measured on a drawing of the board. */
static void piglow_at(uint32_t i, int *ret_x, int *ret_y)
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
	bool lit = c.r || c.g || c.b;
	char text[8];

	glow_color_format(lit ? c : (struct glow_rgb){ 38, 40, 46 }, text);
	if (lit)
		fprintf(out,
			"<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\" opacity=\".35\" filter=\"url(#halo)\"/>\n", x,
			y, r * 9 / 4, text);
	fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\"/>\n", x, y, r, text);
}

static void put_node(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, int y, FILE *out)
{
	struct glow_frame f;
	struct glow_shape shape = node->info.shape;
	char label[GLOW_WATCH_LABEL_SIZE];

	glow_watch_render(w, node, t_us, &f);
	glow_watch_label(w, node, t_us, label, sizeof(label));
	fprintf(out, "<text x=\"24\" y=\"%d\" class=\"id\">", y - 2);
	escaped(node->id, out);
	fprintf(out, "</text>\n<text x=\"24\" y=\"%d\" class=\"what\">", y + 18);
	escaped(label, out);
	fputs("</text>\n", out);
	if (node->has_info && glow_shape_mono(shape)) {
		int cx = LEFT + 50;

		fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"50\" class=\"pcb\"/>\n", cx, y);
		for (uint32_t i = 0; i < f.n; i++) {
			int dx, dy;

			piglow_at(i, &dx, &dy);
			put_led(glow_watch_pixel(shape, &f, i), cx + dx * SPIRAL / 10, y + dy * SPIRAL / 10, 5, out);
		}
		return;
	}
	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"44\" rx=\"8\" class=\"pcb\"/>\n", LEFT, y - 22,
		STEP * 8 + 12);
	for (uint32_t i = 0; i < f.n && i < 8; i++)
		put_led(glow_watch_pixel(shape, &f, i), LEFT + 29 + STEP * (int)i, y, 12, out);
}

void glow_watch_svg(const struct glow_watch *w, int64_t t_us, FILE *out)
{
	int height = HEAD + ROW * (int)w->n_nodes + TAIL;
	char line[GLOW_HEADLINE_SIZE];

	glow_watch_headline(w, t_us, line, sizeof(line));
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
		"<style>.id{font:600 18px sans-serif;fill:#f2f3f5}.what{font:13px sans-serif;fill:#9aa0aa}"
		".pcb{fill:#1b1d22;stroke:#2c2f37}</style>\n"
		"<defs><filter id=\"halo\" x=\"-50%%\" y=\"-50%%\" width=\"200%%\" height=\"200%%\">"
		"<feGaussianBlur stdDeviation=\"7\"/></filter></defs>\n"
		"<rect width=\"%d\" height=\"%d\" rx=\"14\" fill=\"#101216\"/>\n",
		WIDTH, height, WIDTH, height, WIDTH, height);
	fputs("<text x=\"24\" y=\"38\" class=\"what\">", out);
	escaped(line, out);
	fputs("</text>\n", out);
	for (size_t k = 0; k < w->n_nodes; k++)
		put_node(w, w->nodes[k], t_us, HEAD + ROW / 2 + ROW * (int)k, out);
	fputs("</svg>\n", out);
}
