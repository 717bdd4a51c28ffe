/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The table of boards, the choice among them, and what all do alike: they start and end dark, unless their LEDs are to
 * stay as they are. The instant of such a frame is the wall clock's, as none of the cluster belongs to it. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glow/board.h>

#define X(name) extern const struct glow_board_desc glow_board_##name;
#include "boards.def"
#undef X

static const struct glow_board_desc *const boards[] = {
#define X(name) &glow_board_##name,
#include "boards.def"
#undef X
};

const char glow_board_choices[] = "auto"
#define X(name) "|" #name
#include "boards.def"
#undef X
	;

const struct glow_board_desc *glow_board_at(size_t k)
{
	return boards[k];
}

size_t glow_board_count(void)
{
	return sizeof(boards) / sizeof(boards[0]);
}

const struct glow_board_desc *glow_board_find(const char *name)
{
	for (size_t k = 0; k < glow_board_count(); k++)
		if (strcmp(boards[k]->name, name) == 0)
			return boards[k];
	return NULL;
}

bool glow_board_meant(const struct glow_board_desc *desc, const char *word)
{
	return strcmp(word, "auto") == 0 ? desc->hardware && !desc->named : strcmp(word, desc->name) == 0;
}

void glow_board_without_hardware(char *ret_text, size_t size)
{
	size_t used = 0;

	for (size_t k = 0; k < glow_board_count(); k++)
		if (!boards[k]->hardware && used < size)
			used += (size_t)snprintf(ret_text + used, size - used, "%s--board %s", used ? " or " : "",
						 boards[k]->name);
}

/* The first hardware board that is here, or NULL and what each one lacked. */
static const struct glow_board_desc *look_around(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	char lacked[2 * sizeof(diag->what)] = "";

	for (size_t k = 0; k < glow_board_count(); k++) {
		size_t used = strlen(lacked);

		if (!glow_board_meant(boards[k], "auto"))
			continue;
		if (boards[k]->probe(cfg, diag) == 0)
			return boards[k];
		snprintf(lacked + used, sizeof(lacked) - used, "%s%s: %s", used ? "; " : "", boards[k]->name,
			 diag->what);
	}
	glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "%s", lacked);
	return NULL;
}

/* What a board would make of a white balance that it cannot have is not what was asked for. */
static int open_desc(const struct glow_board_desc *desc, const struct glow_board_cfg *cfg,
		     struct glow_board **ret_board, struct glow_diag *diag)
{
	int r;

	if (!glow_linear_equal(cfg->white, GLOW_DARK) && !glow_board_balances(desc)) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "white_balance",
			      "a %s has no LEDs of three colours: leave --white-balance away", desc->title);
		return -EINVAL;
	}
	r = desc->open(cfg, ret_board, diag);
	if (r == 0)
		(*ret_board)->white = cfg->white;
	return r;
}

static int open_named(const char *name, const struct glow_board_cfg *cfg, struct glow_board **ret_board,
		      struct glow_diag *diag)
{
	const struct glow_board_desc *desc;

	if (strcmp(name, "auto") == 0) {
		desc = look_around(cfg, diag);
		return desc ? open_desc(desc, cfg, ret_board, diag) : -ENODEV;
	}
	desc = glow_board_find(name);
	if (!desc) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "no board is called %s; --list-boards names them",
			      name);
		return -EINVAL;
	}
	return open_desc(desc, cfg, ret_board, diag);
}

static int show_dark(struct glow_board *board)
{
	struct glow_frame dark;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	glow_frame_fill(&dark, board->shape.pixels, GLOW_DARK);
	return glow_board_show(board, &dark,
			       (struct glow_stamp){ .t_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 });
}

static int start_dark(struct glow_board *board, struct glow_diag *diag)
{
	int r = show_dark(board);

	if (r < 0) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "writing to %s failed: %s",
			      board->to ? board->to : board->backend, strerror(-r));
		board->desc->close(board);
	}
	return r;
}

int glow_board_open(const char *name, const struct glow_board_cfg *cfg, struct glow_board **ret_board,
		    struct glow_diag *diag)
{
	struct glow_board *board;
	int r = open_named(name, cfg, &board, diag);

	if (r == -ENOMEM) /* of which no road says anything */
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "%s", glow_lack_text(ENOMEM));
	if (r == 0 && !cfg->keep)
		r = start_dark(board, diag);
	if (r < 0)
		return r;
	board->keep = cfg->keep;
	*ret_board = board;
	return 0;
}

void glow_board_close(struct glow_board *board)
{
	if (!board)
		return;
	if (!board->keep)
		show_dark(board);
	board->desc->close(board);
}

int glow_board_show(struct glow_board *b, const struct glow_frame *f, struct glow_stamp s)
{
	struct glow_frame balanced;

	if (glow_linear_equal(b->white, GLOW_DARK))
		return b->desc->show(b, f, s);
	balanced.n = f->n;
	for (uint32_t i = 0; i < f->n; i++)
		balanced.px[i] = glow_linear_filter(f->px[i], b->white);
	return b->desc->show(b, &balanced, s);
}
