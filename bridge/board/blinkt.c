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
	bool torn;  /* the chain may wait for the rest of a frame */
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
	r = b->torn ? b->pins->ops->send(b->pins, glow_apa102_mend, GLOW_APA102_MEND_CLOCKS) : 0;
	if (r == 0)
		r = b->pins->ops->send(b->pins, b->wire, clocks);
	b->torn = r < 0;
	b->known = r == 0 && !glow_frame_dark(frame);
	return r;
}

static void blinkt_close(struct glow_board *board)
{
	struct blinkt *b = (struct blinkt *)board;

	glow_pins_close(b->pins);
	free(b);
}

int glow_blinkt_create(struct glow_pins *pins, struct glow_board **ret_board)
{
	struct blinkt *b = calloc(1, sizeof(*b));

	if (!b) {
		glow_pins_close(pins);
		return -ENOMEM;
	}
	b->board.desc = &glow_board_blinkt;
	b->board.shape = glow_board_blinkt.shape;
	memcpy(b->board.backend, pins->backend, sizeof(b->board.backend));
	b->pins = pins;
	b->torn = true;
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

	return r < 0 ? r : glow_blinkt_create(pins, ret_board);
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
