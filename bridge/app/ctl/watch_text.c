/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The cluster in lines, for logs and pipes. */

#include <string.h>

#include <glow/watch.h>

/* Text from elsewhere, in characters that the reader can show. */
static void put(const char *text, bool ascii, FILE *out)
{
	char clean[GLOW_HEADLINE_SIZE];

	glow_fit_clean(text, ascii, clean, sizeof(clean));
	fputs(clean, out);
}

static void put_node(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, int id_width,
		     bool ascii, FILE *out)
{
	struct glow_shape shape = node->has_info ? node->info.shape : (struct glow_shape){ GLOW_SHAPE_ROW, 8 };
	struct glow_frame f;
	char label[GLOW_WATCH_LABEL_SIZE], sync[40], color[8];

	glow_watch_render(w, node, t_us, &f);
	glow_watch_label(w, node, t_us, label, sizeof(label));
	glow_watch_sync(node, sync, sizeof(sync));
	fprintf(out, "%-*s  ", id_width, node->id);
	for (uint32_t i = 0; i < f.n; i++) {
		glow_color_format(glow_watch_pixel(shape, &f, i), color);
		fprintf(out, "%s ", color + 1);
	}
	fputc(' ', out);
	put(label, ascii, out);
	fputs(sync[0] ? "  " : "", out);
	put(sync, ascii, out);
	fputc('\n', out);
}

void glow_watch_text(const struct glow_watch *w, int64_t t_us, bool ascii, FILE *out)
{
	int id_width = 4;
	char line[GLOW_HEADLINE_SIZE];

	glow_watch_headline(w, t_us, line, sizeof(line));
	put(line, ascii, out);
	fputc('\n', out);
	for (size_t k = 0; k < w->n_nodes; k++)
		if ((int)strlen(w->nodes[k]->id) > id_width)
			id_width = (int)strlen(w->nodes[k]->id);
	for (size_t k = 0; k < w->n_nodes; k++)
		put_node(w, w->nodes[k], t_us, id_width, ascii, out);
	if (w->n_nodes == 0) {
		glow_watch_silence(w, line, sizeof(line));
		fprintf(out, "%s\n", line);
	}
	if (w->last_error[0]) {
		fputs("rejected ", out);
		put(w->last_error, ascii, out);
		fputc('\n', out);
	}
}
