/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The cluster in a terminal's window. What does not fit is left out whole, the least important first. */

#include <string.h>

#include <glow/watch.h>

enum {
	LINES = 4,       /* of a text that is wrapped, at most */
	REASONS = 6,     /* of why boards are dark */
	LOW = 16,        /* a lower window needs its lines for boards */
	NOTES = 8,       /* lines of the notes that are read */
	LABEL_MIN = 14,  /* "scene: rainbow": a board gets wider blocks only beside that much */
	LABEL_LEAST = 7, /* "offline": with less there is none */
	BESIDE_MAX = 52, /* label and clock; not at the far end of a wide window */
	BLINKT = 8,      /* rows up to its length get wider blocks where there is room */
	INDENT = 2,      /* of the lines below a board's name */
	WRAP_MIN = 20,   /* columns in which a long row is wrapped */
	MARK = 6,        /* " 1:586": how many LEDs a block stands for */
};

/* A text in lines, and how many there may be. */
struct text {
	int most, n;
	char lines[REASONS][GLOW_FIT_SIZE];
};

/* The window, divided. */
struct page {
	const struct glow_watch *w;
	const struct glow_watch_screen *screen;
	int64_t t_us;
	FILE *out;
	int margin, width; /* columns before a line, and of the line */
	int gap;           /* between a row's columns */
	int names, blocks; /* columns of a name; of one LED in a short row (3 with a gap) */
	struct text title, notes, head, silence, dark, error, trouble;
	int rows, nodes;   /* lines for boards, the one that counts the others included; boards shown */
	int below;         /* lines that a long row may have below its name */
	bool spaced, airy; /* empty lines between the texts, and between boards */
	int head_gap;      /* lines that the headline leaves free */
	bool begun;        /* a line was written */
	int space;         /* empty lines before the next */
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* ---- the texts around the boards ---- */

static void wrap(const struct page *p, const char *said, struct text *ret)
{
	char clean[GLOW_FIT_SIZE];

	glow_fit_clean(said, p->screen->ascii, clean, sizeof(clean));
	ret->n = glow_fit_wrap(clean, p->width, p->screen->ascii, ret->most, ret->lines);
}

static const char *separator(const struct page *p)
{
	return p->screen->ascii ? " - " : " · ";
}

static void make_title(struct page *p)
{
	struct glow_fit_part parts[4] = { { "glowswarm", 1 }, { "", 2 }, { "", 0 }, { "Ctrl-C leaves", 3 } };
	const struct glow_watch_preview *preview = p->screen->preview;
	char topics[GLOW_PREFIX_MAX + 3] = "preview";

	if (!preview)
		snprintf(topics, sizeof(topics), "%s/#", p->w->prefix);
	glow_fit_clean(preview ? preview->file : p->screen->broker, p->screen->ascii, parts[1].text,
		       sizeof(parts[1].text));
	glow_fit_clean(topics, p->screen->ascii, parts[2].text, sizeof(parts[2].text));
	p->title.n =
		glow_fit_parts(parts, 4, "  ", p->width, p->screen->ascii, least(p->title.most, 1), p->title.lines);
}

static void make_notes(struct page *p)
{
	struct glow_fit_part parts[NOTES];
	size_t n = 0;

	for (const char *line = p->screen->notes; *line && n < NOTES; line += strcspn(line, "\n")) {
		char text[sizeof(parts[0].text)];

		line += strspn(line, "\n");
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
		parts[n].keep = NOTES - (int)n;
		glow_fit_clean(text, p->screen->ascii, parts[n].text, sizeof(parts[n].text));
		n += text[0] != '\0';
	}
	p->notes.n = glow_fit_parts(parts, n, separator(p), p->width, p->screen->ascii, p->notes.most, p->notes.lines);
}

static void make_head(struct page *p)
{
	const struct glow_watch_preview *preview = p->screen->preview;
	struct glow_fit_part parts[GLOW_WATCH_PARTS];
	size_t n = preview ? preview->n_parts : glow_watch_parts(p->w, p->t_us, most(p->width / 3, 6), parts);

	if (preview)
		memcpy(parts, preview->parts, n * sizeof(parts[0]));
	for (size_t k = 0; k < n; k++) {
		char text[sizeof(parts[k].text)];

		glow_fit_clean(parts[k].text, p->screen->ascii, text, sizeof(text));
		snprintf(parts[k].text, sizeof(parts[k].text), "%s", text);
	}
	p->head.n = glow_fit_parts(parts, n, separator(p), p->width, p->screen->ascii, p->head.most, p->head.lines);
}

static void make_trouble(struct page *p)
{
	const struct glow_watch_screen *s = p->screen;
	char text[GLOW_FIT_SIZE];

	if (s->preview)
		snprintf(text, sizeof(text), "%s", s->preview->mistake);
	else if (s->connected)
		return;
	else if (s->trouble[0])
		snprintf(text, sizeof(text), "%s; trying again%s", s->trouble,
			 p->w->n_nodes ? "; the boards as they were heard of last" : "");
	else
		snprintf(text, sizeof(text), "connecting to %s", s->broker);
	wrap(p, text, &p->trouble);
}

/* Why boards are dark, in full: beside a board there is no room for that. */
static void make_dark(struct page *p)
{
	char text[GLOW_FIT_SIZE] = "";
	size_t used = 0;

	for (size_t k = 0; k < p->w->n_nodes && used < sizeof(text); k++) {
		const struct glow_watched *node = p->w->nodes[k];

		if (glow_watch_layer(p->w, node, p->t_us) == GLOW_LAYER_DARK)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s is dark: %s",
						 used ? separator(p) : "", node->id, node->info.problem);
	}
	if (used)
		wrap(p, text, &p->dark);
}

static void make_texts(struct page *p)
{
	char text[GLOW_FIT_SIZE];

	make_title(p);
	make_notes(p);
	make_trouble(p);
	make_dark(p);
	if (p->screen->connected || p->w->n_nodes)
		make_head(p);
	if (p->w->last_error[0]) {
		snprintf(text, sizeof(text), "rejected %s", p->w->last_error);
		wrap(p, text, &p->error);
	}
	if (p->screen->connected && p->w->n_nodes == 0) {
		glow_watch_silence(p->w, text, sizeof(text));
		wrap(p, text, &p->silence);
	}
}

/* ---- how much a board takes ---- */

static int columns_of(uint32_t n, bool mono, int blocks)
{
	if (!mono && n <= BLINKT)
		return (int)n * blocks - (blocks == 3);
	return (int)n + (mono && blocks == 3 ? (int)(n - 1) / GLOW_PIGLOW_ARM : 0);
}

/* Whether names, boards and labels fit side by side, and how wide an LED may be. */
static void measure(struct page *p)
{
	int most_names = most(p->width / 3, 6), beside;

	p->gap = p->width < 30 ? 1 : 2;
	for (size_t k = 0; k < p->w->n_nodes; k++)
		p->names = most(p->names, (int)strlen(p->w->nodes[k]->id));
	p->names = least(p->names, most(least(most_names, p->width - 2 - p->gap), 1));
	beside = p->width - 2 - p->names - 2 * p->gap - LABEL_MIN;
	p->blocks = 3;
	while (p->blocks > 1 && columns_of(BLINKT, false, p->blocks) > beside)
		p->blocks--;
}

static struct glow_shape shape_of(const struct glow_watched *node)
{
	return node->has_info ? node->info.shape : (struct glow_shape){ GLOW_SHAPE_ROW, BLINKT };
}

/* Columns for LEDs and label beside a name. */
static int room_of(const struct page *p)
{
	return p->width - INDENT - p->names - p->gap;
}

static uint32_t shares(uint32_t n, int of)
{
	return (n + (uint32_t)of - 1) / (uint32_t)of;
}

/* Lines below its name that a row wants which leaves no room for a label beside it; 0 for other boards. */
static int lines_wanted(const struct page *p, const struct glow_watched *node)
{
	struct glow_shape shape = shape_of(node);

	if (glow_shape_mono(shape) || p->width < WRAP_MIN || (int)shape.pixels <= room_of(p) - p->gap - LABEL_MIN)
		return 0;
	return (int)shares(shape.pixels, p->width - INDENT);
}

/* Lines that the boards on show take if none has more than so many below its name. */
static int lines_below(const struct page *p, int most_below)
{
	int lines = 0;

	for (int k = 0; k < p->nodes; k++)
		lines += least(lines_wanted(p, p->w->nodes[k]), most_below);
	return lines;
}

/* The more lines the longest rows get, all alike, the smaller the share of an LED that a block is. */
static void give_below(struct page *p, int *left)
{
	int wanted = 0;

	for (int k = 0; k < p->nodes; k++)
		wanted = most(wanted, lines_wanted(p, p->w->nodes[k]));
	while (p->below < wanted && lines_below(p, p->below + 1) <= *left)
		p->below++;
	*left -= lines_below(p, p->below);
}

/* ---- who gets the lines of the window ---- */

static void give(int *left, int wanted, int *has)
{
	int given = most(least(wanted - *has, *left), 0);

	*has += given;
	*left -= given;
}

/* Gives lines to one text after the other, the most important first. A board that is not shown is at least counted. */
static void divide(struct page *p)
{
	int left = p->screen->rows, n = (int)p->w->n_nodes, spaces, head = p->head.n;
	/* As many lines as the headline ever needs, so that boards do not jump when the digits of a clock error change.
	 */
	int steady = p->width < 60 ? 3 : 2;
	struct text *const texts[] = { &p->title, &p->notes, &p->head, &p->silence, &p->dark, &p->error, &p->trouble };

	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
		texts[k]->most = 0;
	give(&left, least(n, 1), &p->rows);
	give(&left, least(p->trouble.n, 1), &p->trouble.most);
	give(&left, least(p->head.n, 1), &p->head.most);
	give(&left, p->silence.n, &p->silence.most);
	give(&left, least(n, 4), &p->rows);
	give(&left, p->trouble.n, &p->trouble.most);
	give(&left, p->notes.n, &p->notes.most);
	give(&left, least(p->error.n, 1), &p->error.most);
	give(&left, p->title.n, &p->title.most);
	give(&left, n, &p->rows);
	give(&left, p->dark.n, &p->dark.most);
	give(&left, p->head.n, &p->head.most);
	give(&left, p->error.n, &p->error.most);
	give(&left, p->head.n ? steady : 0, &head);
	p->head_gap = head - p->head.n;
	p->nodes = p->rows < n ? most(p->rows - 1, 0) : n;
	spaces = (p->title.most + p->notes.most > 0) + (p->head.most > 0) +
		 (p->dark.most + p->error.most + p->trouble.most > 0);
	p->spaced = left >= spaces;
	left -= spaces;
	give_below(p, &left);
	p->airy = left >= n - 1;
}

/* ---- a board's row ---- */

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

static void put_color(const struct page *p, struct glow_rgb c)
{
	c = body(c);
	if (p->screen->colors > 256)
		fprintf(p->out, "\033[38;2;%d;%d;%dm", c.r, c.g, c.b);
	else
		fprintf(p->out, "\033[38;5;%dm", cube(c));
}

static void put_blocks(const struct page *p, struct glow_rgb c, int blocks)
{
	const char *block = !p->screen->ascii ? "█" : c.r || c.g || c.b ? "#" : ".";

	while (blocks-- > 0)
		fputs(block, p->out);
}

/* A short row gets two blocks an LED and a gap where there is room, a PiGlow a gap between its arms. */
static int put_short(const struct page *p, struct glow_shape shape, const struct glow_frame *f, int blocks)
{
	bool mono = glow_shape_mono(shape), row = !mono && f->n <= BLINKT;
	int wide = row ? least(blocks, 2) : 1;

	for (uint32_t i = 0; i < f->n; i++) {
		struct glow_rgb c = glow_watch_pixel(shape, f, i);
		bool arm = mono && i % GLOW_PIGLOW_ARM == GLOW_PIGLOW_ARM - 1;

		put_color(p, c);
		put_blocks(p, c, wide);
		fputs(blocks == 3 && (row || arm) && i + 1 < f->n ? " " : "", p->out);
	}
	fputs("\033[0m", p->out);
	return columns_of(f->n, mono, blocks);
}

/* What several LEDs look like in one place: none that shines is lost. */
static struct glow_rgb brightest(struct glow_shape shape, const struct glow_frame *f, uint32_t from, uint32_t n)
{
	struct glow_rgb most = GLOW_BLACK;

	for (uint32_t i = from; i < from + n && i < f->n; i++) {
		struct glow_rgb c = glow_watch_pixel(shape, f, i);

		most = (struct glow_rgb){ c.r > most.r ? c.r : most.r, c.g > most.g ? c.g : most.g,
					  c.b > most.b ? c.b : most.b };
	}
	return most;
}

/* LEDs from there on in at most `columns` blocks of `each` of them; a colour is named once for equal neighbours.
 * Returns the columns used. */
static int put_run(const struct page *p, struct glow_shape shape, const struct glow_frame *f, uint32_t from,
		   int columns, uint32_t each)
{
	struct glow_rgb last = GLOW_BLACK;
	int n = 0;

	for (; n < columns && from < f->n; n++, from += each) {
		struct glow_rgb c = brightest(shape, f, from, each);

		if (n == 0 || !glow_rgb_equal(c, last))
			put_color(p, c);
		put_blocks(p, c, 1);
		last = c;
	}
	fputs("\033[0m", p->out);
	return n;
}

/* A board beside its name. Where there are more LEDs than columns each block stands for some, and a mark says for how
 * many. Returns the columns used. */
static int put_board(const struct page *p, struct glow_shape shape, const struct glow_frame *f, int room)
{
	bool mono = glow_shape_mono(shape);
	int blocks = p->blocks, columns = room > 2 * MARK ? room - MARK : room;

	while (blocks > 1 && columns_of(f->n, mono, blocks) > room)
		blocks--;
	if (columns_of(f->n, mono, blocks) <= room)
		return put_short(p, shape, f, blocks);
	if (columns < 1)
		return 0;
	columns = put_run(p, shape, f, 0, columns, shares(f->n, columns));
	return columns + (room > 2 * MARK ? fprintf(p->out, " 1:%u", shares(f->n, room - MARK)) : 0);
}

/* How long a row is whose LEDs are in the lines below. */
static int put_length(const struct page *p, uint32_t n, uint32_t each, int room)
{
	struct glow_fit_part parts[2] = { { "", 2 }, { "", 1 } };
	char line[1][GLOW_FIT_SIZE] = { "" };

	snprintf(parts[0].text, sizeof(parts[0].text), "%u LEDs", n);
	if (each > 1)
		snprintf(parts[1].text, sizeof(parts[1].text), "1:%u", each);
	glow_fit_parts(parts, each > 1 ? 2 : 1, " ", room, p->screen->ascii, 1, line);
	fprintf(p->out, "\033[2m%s\033[0m", line[0]);
	return glow_fit_columns(line[0]);
}

/* What a node shows, without the word for the layer where there is no room for it. */
static void make_label(const struct page *p, const struct glow_watched *node, int columns, char ret[GLOW_FIT_SIZE])
{
	enum glow_watch_layer layer = glow_watch_layer(p->w, node, p->t_us);
	bool named = layer == GLOW_LAYER_SCENE || layer == GLOW_LAYER_NOTICE || layer == GLOW_LAYER_IDLE;
	char label[GLOW_WATCH_LABEL_SIZE];
	const char *part;

	glow_watch_label(p->w, node, p->t_us, label, sizeof(label));
	glow_fit_clean(label, p->screen->ascii, ret, GLOW_FIT_SIZE);
	part = named ? strstr(ret, ": ") : NULL;
	if (part && glow_fit_columns(ret) > columns)
		memmove(ret, part + 2, strlen(part + 2) + 1);
	glow_fit(ret, columns, p->screen->ascii);
}

/* As much of the clock's error as fits beside the label. */
static void make_sync(const struct page *p, const struct glow_watched *node, int columns, char ret[64])
{
	const char *sign = p->screen->ascii ? "+-" : "±", *number;
	char sync[40];

	glow_watch_sync(node, sync, sizeof(sync));
	glow_fit_clean(sync, p->screen->ascii, ret, 64);
	number = strstr(ret, sign);
	if (number && glow_fit_columns(ret) > columns)
		memmove(ret, number, strlen(number) + 1);
	if (glow_fit_columns(ret) > columns)
		ret[0] = '\0';
}

static void put_beside(const struct page *p, const struct glow_watched *node, int room)
{
	char label[GLOW_FIT_SIZE], sync[64];
	int used;

	if (room < LABEL_LEAST || p->screen->preview) /* they show what the headline says */
		return;
	room = least(room, BESIDE_MAX);
	make_label(p, node, room, label);
	used = glow_fit_columns(label);
	fprintf(p->out, "%*s%s", p->gap, "", label);
	make_sync(p, node, room - used - p->gap, sync);
	if (sync[0])
		fprintf(p->out, "%*s\033[2m%s\033[0m", room - used - glow_fit_columns(sync), "", sync);
}

/* Begins a line, after the empty lines due before it. */
static void begin(struct page *p)
{
	for (int k = -1; p->begun && k < p->space; k++)
		fputs("\033[K\n", p->out);
	fprintf(p->out, "%*s", p->margin, "");
	p->begun = true;
	p->space = 0;
}

static void put_name(struct page *p, const struct glow_watched *node)
{
	static const char *const dots[2][2] = { { "○", "●" }, { "-", "+" } };
	char name[GLOW_ID_MAX + 4], clean[GLOW_ID_MAX + 4];

	glow_fit_name(node->id, p->names, name, sizeof(name));
	glow_fit_clean(name, p->screen->ascii, clean, sizeof(clean));
	begin(p);
	fprintf(p->out, "\033[%dm%s\033[0m \033[1m%s\033[0m%*s", node->online && !node->info.problem[0] ? 32 : 31,
		dots[p->screen->ascii][node->online], clean, p->names - glow_fit_columns(clean) + p->gap, "");
}

/* A long row in lines of one length, below its name. */
static void put_wrapped(struct page *p, struct glow_shape shape, const struct glow_frame *f, uint32_t each)
{
	uint32_t blocks = shares(f->n, (int)each), lines = shares(blocks, p->width - INDENT);
	int columns = (int)shares(blocks, (int)lines);

	for (uint32_t from = 0; from < f->n; from += each * (uint32_t)columns) {
		begin(p);
		fprintf(p->out, "%*s", INDENT, "");
		put_run(p, shape, f, from, columns, each);
	}
}

static void put_node(struct page *p, const struct glow_watched *node)
{
	int room = room_of(p), used, pad, lines = least(lines_wanted(p, node), p->below);
	struct glow_shape shape = shape_of(node);
	struct glow_frame f;
	uint32_t each;

	glow_watch_render(p->w, node, p->t_us, &f);
	each = lines > 0 ? shares(f.n, lines * (p->width - INDENT)) : 1;
	put_name(p, node);
	used = lines > 0 ? put_length(p, f.n, each, room) : put_board(p, shape, &f, room);
	pad = most(least(columns_of(BLINKT, false, p->blocks), room) - used, 0);
	fprintf(p->out, "%*s", pad, "");
	put_beside(p, node, room - used - pad - p->gap);
	if (lines > 0)
		put_wrapped(p, shape, &f, each);
}

/* ---- the page ---- */

static void put_text(struct page *p, const struct text *text, const char *style)
{
	for (int k = 0; k < text->n; k++) {
		begin(p);
		fprintf(p->out, "%s%s%s", style, text->lines[k], style[0] ? "\033[0m" : "");
	}
}

/* How many boards are not shown, in as many words as fit. */
static void put_hidden(struct page *p)
{
	int hidden = (int)p->w->n_nodes - p->nodes;
	const char *more = p->nodes ? "more " : "", *s = hidden == 1 ? "" : "s";
	char texts[4][80];
	size_t k = 0;

	snprintf(texts[0], 80, "%d %sboard%s: a higher window shows %s", hidden, more, s, hidden == 1 ? "it" : "them");
	snprintf(texts[1], 80, "%d %sboard%s: make this higher", hidden, more, s);
	snprintf(texts[2], 80, "%d %sboard%s", hidden, more, s);
	snprintf(texts[3], 80, "+%d", hidden);
	while (k < 3 && glow_fit_columns(texts[k]) > p->width)
		k++;
	begin(p);
	fprintf(p->out, "\033[2m%s\033[0m", texts[k]);
}

static void put_boards(struct page *p)
{
	for (int k = 0; k < p->nodes; k++) {
		if (k > 0)
			p->space = p->airy;
		put_node(p, p->w->nodes[k]);
	}
	if (p->nodes < (int)p->w->n_nodes && p->rows > 0)
		put_hidden(p);
}

void glow_watch_screen(const struct glow_watch *w, int64_t t_us, const struct glow_watch_screen *screen, FILE *out)
{
	struct page p = { .w = w, .screen = screen, .t_us = t_us, .out = out };

	/* The last column stays empty: a terminal that wrote there stands between two lines. */
	p.margin = screen->columns >= 60;
	p.width = least(most(screen->columns - 1 - p.margin, 1), GLOW_FIT_COLUMNS);
	p.title.most = p.head.most = p.silence.most = p.error.most = p.trouble.most = LINES;
	p.dark.most = REASONS;
	p.notes.most = screen->rows < LOW ? LINES - 1 : LINES;
	measure(&p);
	make_texts(&p);
	divide(&p);
	make_texts(&p);
	put_text(&p, &p.title, "\033[2m");
	put_text(&p, &p.notes, "\033[1m");
	p.space = p.spaced;
	put_text(&p, &p.head, "");
	p.space = p.spaced + p.head_gap;
	put_text(&p, &p.silence, "");
	put_boards(&p);
	p.space = p.spaced;
	put_text(&p, &p.dark, "\033[31m");
	put_text(&p, &p.error, "");
	put_text(&p, &p.trouble, "\033[31m");
	fputs("\033[K", out);
}
