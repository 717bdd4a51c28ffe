/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Pimoroni Blinkt!: eight APA102 (or SK9822) pixels on two pins. Their clock has
 * no shortest pause and no longest, so a system call per edge is fine and
 * nothing here sleeps. */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apa102.h"
#include "blinkt.h"

extern const struct glow_board_desc glow_board_blinkt;

struct blinkt {
	struct glow_board board;
	struct glow_pins *pins;
	bool keep;
	bool known; /* the pixels are lit as `wire` says */
	uint8_t wire[GLOW_APA102_BYTES(GLOW_BLINKT_PIXELS)];
};

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct blinkt *b = (struct blinkt *)board;
	uint8_t next[sizeof(b->wire)];
	size_t clocks;
	int r;

	(void)stamp;
	assert(frame->n == GLOW_BLINKT_PIXELS);
	clocks = glow_apa102_encode(frame, &glow_apa102_bgr, next);
	if (b->known && memcmp(next, b->wire, sizeof(next)) == 0)
		return 1;
	memcpy(b->wire, next, sizeof(next));
	r = b->pins->ops->send(b->pins, b->wire, clocks);
	b->known = r == 0 && !glow_frame_dark(frame);
	return r;
}

static void blinkt_close(struct glow_board *board)
{
	struct blinkt *b = (struct blinkt *)board;

	if (!b)
		return;
	if (!b->keep)
		glow_board_show_dark(board);
	glow_pins_close(b->pins);
	free(b);
}

int glow_blinkt_create(struct glow_pins *pins, bool keep, struct glow_board **ret_board)
{
	struct blinkt *b = calloc(1, sizeof(*b));
	int r;

	if (!b) {
		glow_pins_close(pins);
		return -ENOMEM;
	}
	b->board.desc = &glow_board_blinkt;
	b->board.shape = glow_board_blinkt.shape;
	memcpy(b->board.backend, pins->backend, sizeof(b->board.backend));
	b->pins = pins;
	b->keep = keep;
	/* Twice: a process that was killed may have left a pixel waiting for the
	 * rest of its 32 bits, which it takes from the first of these frames. */
	r = glow_board_show_dark(&b->board);
	if (r == 0)
		r = glow_board_show_dark(&b->board);
	if (r < 0) {
		glow_pins_close(pins);
		free(b);
		return r;
	}
	*ret_board = &b->board;
	return 0;
}

/* Nothing can be read from a Blinkt!, so its pins are all that can be looked for. */
static int blinkt_probe(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	return glow_pins_open(cfg, NULL, diag);
}

static int blinkt_open(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	struct glow_pins *pins;
	int r = glow_pins_open(cfg, &pins, diag);

	if (r < 0)
		return r;
	r = glow_blinkt_create(pins, cfg->keep, ret_board);
	if (r < 0)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "writing to the Blinkt! failed: %s", strerror(-r));
	return r;
}

const struct glow_board_desc glow_board_blinkt = {
	.name = "blinkt",
	.title = "Blinkt!",
	.what = "Pimoroni Blinkt!: 8 RGB pixels on two GPIO lines",
	.shape = { GLOW_SHAPE_ROW, GLOW_BLINKT_PIXELS },
	.hardware = true,
	.probe = blinkt_probe,
	.open = blinkt_open,
	.show = show,
	.close = blinkt_close,
};
