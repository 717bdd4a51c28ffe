/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The measure for the sysfs road: a writer as common examples have it, which opens, writes and closes a value file for
 * every level it sets. It shows so many frames, or what a topic says: {"color":"#rrggbb"}, or "rainbow" at 60 frames a
 * second. Without a root it has no pins; with a file it notes there when a frame was out, as the virtual board does.
 *
 * naive_sysfs <root> <data line> <clock line> <frames>
 * naive_sysfs <root or ""> <data line> <clock line> <port> <topic> [file] */

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

enum { PIXELS = 8, FPS = 60 };

#define NS_PER_S  INT64_C(1000000000)
#define PERIOD_NS (8 * NS_PER_S) /* of the rainbow */

static char value_path[2][256];
static bool has_pins;

/* ---- pins ---- */

static void put(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, n) < 0) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static void open_pins(const char *root, char **lines)
{
	char path[256];

	has_pins = *root;
	for (int k = 0; has_pins && k < 2; k++) {
		snprintf(path, sizeof(path), "%s/class/gpio/export", root);
		put(path, lines[k], 3);
		snprintf(path, sizeof(path), "%s/class/gpio/gpio%s/direction", root, lines[k]);
		put(path, "out", 3);
		snprintf(value_path[k], sizeof(value_path[k]), "%s/class/gpio/gpio%s/value", root, lines[k]);
	}
}

static void clock_out(unsigned bit)
{
	if (!has_pins)
		return;
	put(value_path[0], bit ? "1" : "0", 1);
	put(value_path[1], "1", 1);
	put(value_path[1], "0", 1);
}

static void show(const uint32_t *rgb)
{
	for (int i = 0; i < 32; i++)
		clock_out(0);
	for (int k = 0; k < PIXELS; k++) {
		uint32_t word = 0xe1000000 | (rgb[k] & 0xff) << 16 | (rgb[k] & 0xff00) | rgb[k] >> 16;

		for (int i = 31; i >= 0; i--)
			clock_out(word >> i & 1);
	}
	for (int i = 0; i < 36; i++)
		clock_out(0);
}

/* ---- pictures ---- */

/* A way around the colours: `part` of 1536. */
static uint32_t hue(unsigned part)
{
	uint32_t up = part % 256, down = 255 - up;

	switch (part / 256 % 6) {
	case 0:
		return 0xff0000 | up << 8;
	case 1:
		return down << 16 | 0x00ff00;
	case 2:
		return 0x00ff00 | up;
	case 3:
		return down << 8 | 0x0000ff;
	case 4:
		return up << 16 | 0x0000ff;
	default:
		return 0xff0000 | down;
	}
}

static void draw(uint32_t *rgb, bool rainbow, uint32_t color, int64_t now_ns)
{
	for (unsigned k = 0; k < PIXELS; k++)
		rgb[k] = rainbow ? hue((unsigned)(now_ns % PERIOD_NS * 1536 / PERIOD_NS) + k * 1536 / PIXELS) : color;
}

static void note(int fd, const uint32_t *rgb)
{
	char line[96];
	int n;

	if (fd < 0)
		return;
	n = snprintf(line, sizeof(line),
		     "{\"t_us\":0,\"mono_ns\":%" PRId64 ",\"pixels\":[\"%06" PRIx32 "\",\"%06" PRIx32 "\"]}\n",
		     client_now_ns(), rgb[0], rgb[1]);
	if (write(fd, line, (size_t)n) != n)
		exit(1);
}

static void show_frames(int count)
{
	uint32_t rgb[PIXELS];

	for (int n = 0; n < count; n++) {
		for (unsigned k = 0; k < PIXELS; k++)
			rgb[k] = ((unsigned)n * 37 + k * 71) * 0x010203 & 0xffffff;
		show(rgb);
	}
}

static int wait_ms(bool rainbow, int64_t next_ns)
{
	int64_t left_ns = next_ns - client_now_ns();

	if (!rainbow)
		return -1;
	return left_ns > 0 ? (int)(left_ns / 1000000) : 0;
}

static void serve(struct client *c, int out_fd)
{
	uint32_t rgb[PIXELS], color = 0;
	bool rainbow = false;
	int64_t next_ns = 0;

	for (bool news = c->heard > 0;; news = client_wait(c, wait_ms(rainbow, next_ns))) {
		if (news) {
			const char *hex = strchr(c->text, '#');

			rainbow = strstr(c->text, "rainbow") != NULL;
			color = hex ? (uint32_t)strtoul(hex + 1, NULL, 16) & 0xffffff : 0;
		} else if (!rainbow) {
			continue;
		}
		next_ns = client_now_ns() + NS_PER_S / FPS;
		draw(rgb, rainbow, color, client_now_ns());
		show(rgb);
		note(out_fd, rgb);
	}
}

int main(int argc, char **argv)
{
	struct client c;

	if (argc < 5)
		return 64;
	open_pins(argv[1], argv + 2);
	if (argc == 5) {
		show_frames(atoi(argv[4]));
		return 0;
	}
	client_open(&c, atoi(argv[4]), "bench-naive", argv[5]);
	serve(&c, argc > 6 ? open(argv[6], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1);
}
