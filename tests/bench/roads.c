/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Frames of a moving rainbow on a board and a road, for callgrind to count: the real drivers down to their system
 * calls, behind which a fake kernel stands. Prints how many system calls a frame took. Bytes that cross the wire, and
 * what the fake does with them, are no part of the instructions that roads.py takes: it counts within glow_board_show()
 * alone, and not within the fake.
 *
 * roads <board> <gpio> <i2c> <frames> */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/board.h>

#include "fake_gpiod.h"
#include "fake_kernel.h"

static void plug_in(const char *gpio, const char *i2c)
{
	if (strcmp(gpio, "gpiod") == 0)
		fake_kernel_add_file("dev/gpiochip0", "pinctrl-bcm2711\n");
	else
		fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	if (strcmp(gpio, "spi") == 0)
		fake_kernel_add_spi("glow-blinkt");
	if (strcmp(i2c, "leds") == 0)
		fake_kernel_add_leds(false);
	else
		fake_kernel_add_i2c();
}

static unsigned calls(void)
{
	return fake_kernel.calls + fake_gpiod.sets + fake_gpiod.gets;
}

static struct glow_rgb hue(int part)
{
	uint8_t up = (uint8_t)(part % 256), down = (uint8_t)(255 - up);
	const struct glow_rgb sides[] = { { 255, up, 0 },   { down, 255, 0 }, { 0, 255, up },
					  { 0, down, 255 }, { up, 0, 255 },   { 255, 0, down } };

	return sides[part / 256 % 6];
}

int show_counted(struct glow_board *board, int n);

/* The name by which callgrind knows what is to be counted: all but the first frame, which is longer. */
__attribute__((noinline)) int show_counted(struct glow_board *board, int n)
{
	static struct glow_frame frame;

	frame.n = board->shape.pixels;
	for (unsigned k = 0; k < frame.n; k++)
		frame.px[k] = glow_linear_of(hue((int)(k * 1536 / frame.n) + n * 3));
	fake_kernel.wire.n = 0;
	fake_kernel.chip.n = 0;
	return glow_board_show(board, &frame, (struct glow_stamp){ .t_us = n });
}

int main(int argc, char **argv)
{
	struct glow_board_cfg cfg;
	struct glow_board *board;
	struct glow_diag diag = { 0 };
	unsigned before;
	int frames, r;

	if (argc != 5)
		return 64;
	fake_kernel_init();
	plug_in(argv[2], argv[3]);
	cfg = fake_kernel_cfg();
	cfg.gpio = argv[2];
	cfg.i2c = argv[3];
	cfg.keep = true; /* no dark frames at the ends */
	frames = atoi(argv[4]);
	r = glow_board_open(argv[1], &cfg, &board, &diag);
	if (r < 0) {
		fprintf(stderr, "roads: %s: %s\n", argv[1], diag.what);
		return 1;
	}
	r = glow_board_show(board, &(struct glow_frame){ .n = board->shape.pixels }, (struct glow_stamp){ 0 });
	before = calls();
	for (int n = 0; n < frames && r >= 0; n++)
		r = show_counted(board, n);
	printf("%.1f\n", (double)(calls() - before) / frames);
	glow_board_close(board);
	fake_kernel_fini();
	return r < 0;
}
