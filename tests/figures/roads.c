/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* How many system calls a frame takes on each road from a board to its LEDs, for test_figures.py: the fake kernel
 * counts them. A line is a road and the mean of some frames of many colours, with a tab between. With GENERATION it is
 * the roads by libgpiod of that generation. With the word `again` all frames are the same, for a control. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glow/board.h>

#include "fake_kernel.h"
#ifdef GENERATION
#include "fake_gpiod.h"
#endif

enum { FRAMES = 16 };

static const struct road {
	const char *name, *board, *i2c, *gpio;
} roads[] = {
#ifdef GENERATION
	{ "Blinkt! over libgpiod", "blinkt", "auto", "gpiod" },
	{ "PiGlow over lines of libgpiod", "piglow", "gpio", "gpiod" },
#else
	{ "Blinkt! over the overlay", "blinkt", "auto", "spi" },
	{ "Blinkt! over sysfs", "blinkt", "auto", "sysfs" },
	{ "PiGlow over I2C", "piglow", "dev", "sysfs" },
	{ "PiGlow over the kernel's LEDs", "piglow", "leds", "sysfs" },
	{ "PiGlow over lines of sysfs", "piglow", "gpio", "sysfs" },
	{ "APA102 over SPI", "apa102", "auto", "spi" },
	{ "virtual board", "virtual", "auto", "sysfs" },
	{ "terminal", "terminal", "auto", "sysfs" },
#endif
};

static unsigned calls(void)
{
#ifdef GENERATION
	return fake_kernel.calls + fake_gpiod.sets + fake_gpiod.gets;
#else
	return fake_kernel.calls;
#endif
}

static void plug_in(void)
{
	fake_kernel_init();
#ifdef GENERATION
	memset(&fake_gpiod, 0, sizeof(fake_gpiod));
	fake_kernel_add_file("dev/gpiochip0", "pinctrl-bcm2711\n");
#endif
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

/* The first frame is another: it mends what was before. */
static double calls_of(const struct road *road, bool again)
{
	static struct glow_frame frame;
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
	paint(&frame, board->shape.pixels, FRAMES);
	glow_board_show(board, &frame, (struct glow_stamp){ 0 });
	before = calls();
	for (int k = 0; k < FRAMES; k++) {
		paint(&frame, board->shape.pixels, again ? FRAMES : k);
		if (glow_board_show(board, &frame, (struct glow_stamp){ k }) < 0)
			abort();
		fake_kernel.wire.n = fake_kernel.chip.n = 0;
	}
	before = calls() - before;
	glow_board_close(board);
	return (double)before / FRAMES;
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
#ifdef GENERATION
		fprintf(out, "system calls of a frame: %s %d\t%g\n", roads[k].name, GENERATION,
			calls_of(&roads[k], again));
#else
		fprintf(out, "system calls of a frame: %s\t%g\n", roads[k].name, calls_of(&roads[k], again));
#endif
		fake_kernel_fini();
	}
	return fclose(out) != 0;
}
