/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a frame takes on each road from a board to its LEDs, for roads.py: the real drivers down to their system calls,
 * behind which a fake kernel stands and counts them. A line is a road, the calls of some frames of many colours, and
 * how many frames, with tabs between; callgrind counts the same frames (counted.h). The roads by libgpiod are those by
 * its generation GENERATION. With the word `again` all frames are the same, for a control. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glow/board.h>

#include "counted.h"
#include "fake_gpiod.h"
#include "fake_kernel.h"

enum { FRAMES = 16 };

static const struct road {
	const char *name, *board, *i2c, *gpio;
} roads[] = {
	{ "Blinkt! over the overlay", "blinkt", "auto", "spi" },
	{ "Blinkt! over libgpiod " GENERATION, "blinkt", "auto", "gpiod" },
	{ "Blinkt! over sysfs", "blinkt", "auto", "sysfs" },
	{ "APA102 over SPI", "apa102", "auto", "spi" },
	{ "PiGlow over I2C", "piglow", "dev", "sysfs" },
	{ "PiGlow over the kernel's LEDs", "piglow", "leds", "sysfs" },
	{ "PiGlow over lines of libgpiod " GENERATION, "piglow", "gpio", "gpiod" },
	{ "PiGlow over lines of sysfs", "piglow", "gpio", "sysfs" },
	{ "virtual board", "virtual", "auto", "sysfs" },
	{ "terminal", "terminal", "auto", "sysfs" },
};

/* The first is another for a driver: it mends what was before. */
static struct glow_frame first, frames[FRAMES];

static unsigned calls(void)
{
	return fake_kernel.calls + fake_gpiod.sets + fake_gpiod.gets;
}

static void plug_in(void)
{
	fake_kernel_init();
	memset(&fake_gpiod, 0, sizeof(fake_gpiod));
	fake_kernel_add_file("dev/gpiochip0", "pinctrl-bcm2711\n");
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel_add_i2c();
	fake_kernel_add_leds(false);
	fake_kernel_add_spi("glow-blinkt");
}

/* No two are alike, nor are any two pixels. */
static void paint(struct glow_frame *frame, uint32_t pixels, int k)
{
	glow_frame_fill(frame, pixels, GLOW_DARK);
	for (uint32_t i = 0; i < pixels; i++)
		frame->px[i] = glow_linear_of(glow_rgb_hue((uint16_t)(k * 4099 + (int)i * 7919), (uint8_t)(255 - k)));
}

static void show(struct glow_board *board, const struct glow_frame *frame, int k)
{
	if (glow_board_show(board, frame, (struct glow_stamp){ .t_us = k }) < 0)
		abort();
	fake_kernel.wire.n = fake_kernel.chip.n = 0;
}

static void show_all(void *of)
{
	for (int k = 0; k < FRAMES; k++)
		show(of, &frames[k], k);
}

/* The calls of all frames. */
static unsigned drive(const struct road *road, bool again)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();
	struct glow_board *board;
	struct glow_diag diag;
	unsigned before;

	cfg.i2c = road->i2c;
	cfg.gpio = road->gpio;
	cfg.virtual_out = "/dev/null";
	if (glow_board_open(road->board, &cfg, &board, &diag) != 0) {
		fprintf(stderr, "%s: %s\n", road->name, diag.what);
		exit(1);
	}
	paint(&first, board->shape.pixels, FRAMES);
	for (int k = 0; k < FRAMES; k++)
		paint(&frames[k], board->shape.pixels, again ? FRAMES : k);
	show(board, &first, 0);
	before = calls();
	counted(show_all, board);
	before = calls() - before;
	glow_board_close(board);
	return before;
}

/* What the terminal board draws goes nowhere; what is said here goes where it was meant to. */
int main(int argc, char **argv)
{
	bool again = argc == 2 && strcmp(argv[1], "again") == 0;
	FILE *out = fdopen(dup(STDOUT_FILENO), "w");
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (!out || dup2(nowhere, STDOUT_FILENO) < 0)
		abort();
	for (size_t k = 0; k < sizeof(roads) / sizeof(roads[0]); k++) {
		plug_in();
		fprintf(out, "%s\t%u\t%d\n", roads[k].name, drive(&roads[k], again), FRAMES);
		fake_kernel_fini();
	}
	return fclose(out) != 0;
}
