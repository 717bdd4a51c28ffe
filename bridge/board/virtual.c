/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A board without LEDs that appends what it would show to a file, one JSON
 * line for each frame that differs from the one before:
 *
 *   {"t_us":1760000000000000,"mono_ns":81234567890,"pixels":["ff0000","000000"]}
 *   {"t_us":1760000000000000,"mono_ns":81234567890,"leds":[0,255, … 18 levels]}
 *
 * Colours and levels are sRGB, rounded. With --virtual-wire a line ends in what
 * the LEDs' wire would carry, `"wire":["1fff0000","00000000"]`: the brightness of
 * an APA102, 00..1f, then its red, green and blue; or a PiGlow's levels 0..255.
 *
 * mono_ns stands in the very line it times, so it is taken right before the write, when all
 * else is formatted: the write ends some microseconds later.
 *
 * A line is one write() in append mode from a buffer of fixed size, so that
 * readers see whole lines and 60 frames a second cost next to nothing. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apa102.h"
#include "piglow.h"
#include "virtual.h"

#define HEAD_MAX  64 /* {"t_us":…,"mono_ns":…, */
#define PIXEL_MAX (strlen("\"rrggbb\",") + strlen("\"bbrrggbb\","))
#define TAIL_MAX  (strlen("\"pixels\":[") + strlen("],\"wire\":[") + strlen("]}\n"))

extern const struct glow_board_desc glow_board_virtual;

struct virtual_board {
	struct glow_board board;
	int fd; /* -1: the frames go nowhere */
	bool with_wire;
	size_t shown_len; /* of the pixels as last written, which lie behind the line; 0 before the first */
	size_t line_max;
	char line[]; /* HEAD_MAX bytes for the head, which ends where the pixels start */
};

static int64_t now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static char *put_hex(char *to, const uint8_t *bytes, int n)
{
	static const char hex[] = "0123456789abcdef";

	*to++ = '"';
	for (int k = 0; k < n; k++) {
		*to++ = hex[bytes[k] >> 4];
		*to++ = hex[bytes[k] & 15];
	}
	*to++ = '"';
	return to;
}

static char *put_level(char *to, uint8_t v)
{
	if (v >= 100)
		*to++ = (char)('0' + v / 100);
	if (v >= 10)
		*to++ = (char)('0' + v / 10 % 10);
	*to++ = (char)('0' + v % 10);
	return to;
}

static char *put_frame(char *to, struct glow_shape shape, const struct glow_frame *frame)
{
	bool mono = glow_shape_mono(shape);

	to = stpcpy(to, mono ? "\"leds\":[" : "\"pixels\":[");
	for (uint32_t i = 0; i < shape.pixels; i++) {
		struct glow_rgb c = glow_linear_rgb(frame->px[i]);

		if (i)
			*to++ = ',';
		to = mono ? put_level(to, c.r) : put_hex(to, (const uint8_t[]){ c.r, c.g, c.b }, 3);
	}
	return stpcpy(to, "]");
}

static char *put_wire(char *to, struct glow_shape shape, const struct glow_frame *frame)
{
	static const struct glow_apa102_order rgb = { .r = 0, .g = 1, .b = 2 };
	uint8_t levels[GLOW_PIGLOW_LEDS], wire[GLOW_APA102_BYTES(GLOW_PIXELS_MAX)];
	bool mono = glow_shape_mono(shape);

	if (mono)
		glow_piglow_levels(frame, levels);
	else
		glow_apa102_encode(frame, &rgb, wire);
	to = stpcpy(to, ",\"wire\":[");
	for (uint32_t i = 0; i < shape.pixels; i++) {
		uint8_t *bytes = wire + 4 + (size_t)4 * i;

		if (i)
			*to++ = ',';
		bytes[0] &= 0x1f;
		to = mono ? put_level(to, levels[i]) : put_hex(to, bytes, 4);
	}
	return stpcpy(to, "]");
}

/* Puts the head right before the pixels and returns where the line starts. */
static char *put_head(struct virtual_board *v, int64_t t_us)
{
	char head[HEAD_MAX];
	int n = snprintf(head, sizeof(head), "{\"t_us\":%" PRId64 ",\"mono_ns\":%" PRId64 ",", t_us,
			 now(CLOCK_MONOTONIC));

	return memcpy(v->line + HEAD_MAX - n, head, (size_t)n);
}

/* Takes back the part of a line that was written before the disk was full. */
static int take_back(int fd, size_t part, int error)
{
	if (part && ftruncate(fd, lseek(fd, 0, SEEK_CUR) - (off_t)part) < 0)
		return -errno;
	return error;
}

/* All or nothing, also where the kernel takes a line in parts. */
static int append(int fd, const char *line, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, line + done, len - done);

		if (n < 0 && errno != EINTR)
			return take_back(fd, done, -errno);
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct virtual_board *v = (struct virtual_board *)board;
	char *pixels = v->line + HEAD_MAX, *shown = v->line + v->line_max, *end, *start;
	size_t len;
	int r;

	if (v->fd < 0)
		return 0;
	end = put_frame(pixels, board->shape, frame);
	if (v->with_wire)
		end = put_wire(end, board->shape, frame);
	end = stpcpy(end, "}\n");
	len = (size_t)(end - pixels);
	if (len == v->shown_len && memcmp(pixels, shown, len) == 0)
		return 1;
	start = put_head(v, stamp.t_us);
	r = append(v->fd, start, (size_t)(end - start));
	if (r == 0) {
		memcpy(shown, pixels, len);
		v->shown_len = len;
	}
	return r;
}

static void virtual_close(struct glow_board *board)
{
	struct virtual_board *v = (struct virtual_board *)board;

	if (v->fd >= 0)
		close(v->fd);
	free(v);
}

static int cannot_append(const char *path, int error, struct glow_diag *diag)
{
	glow_diag_set(diag, GLOW_OUT_OF_RANGE, "virtual_out",
		      "cannot append to %s (%s): name a file in a directory that this user may write", path,
		      strerror(-error));
	return error;
}

static int open_file(const char *path, int *ret_fd, struct glow_diag *diag)
{
	int fd = -1;

	if (path && path[0]) {
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (fd < 0)
			return cannot_append(path, -errno, diag);
	}
	*ret_fd = fd;
	return 0;
}

/* What open_file() would say, without a file where there is none: 0 or a negative errno. */
static int try_file(const char *path)
{
	char *copy;
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), error = fd < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	if (error != -ENOENT)
		return error;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	error = access(dirname(copy), W_OK | X_OK) < 0 ? -errno : 0;
	free(copy);
	return error;
}

int glow_virtual_shape(const struct glow_board_cfg *cfg, struct glow_shape *ret_shape, struct glow_diag *diag)
{
	if (cfg->shape.pixels < 1 || cfg->shape.pixels > GLOW_PIXELS_MAX) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "virtual_pixels", "must be 1..%d, got %u", GLOW_PIXELS_MAX,
			      cfg->shape.pixels);
		return -EINVAL;
	}
	*ret_shape = cfg->shape;
	return 0;
}

static int virtual_probe(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	int error = cfg->virtual_out && cfg->virtual_out[0] ? try_file(cfg->virtual_out) : 0;

	return error ? cannot_append(cfg->virtual_out, error, diag) : 0;
}

static int virtual_open(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	struct glow_shape shape;
	struct virtual_board *v;
	size_t line_max;
	int r = glow_virtual_shape(cfg, &shape, diag);

	if (r < 0)
		return r;
	line_max = HEAD_MAX + shape.pixels * PIXEL_MAX + TAIL_MAX + 1;
	v = calloc(1, sizeof(*v) + 2 * line_max);
	if (!v)
		return -ENOMEM;
	v->line_max = line_max;
	v->with_wire = cfg->virtual_wire;
	v->board.desc = &glow_board_virtual;
	v->board.shape = shape;
	strcpy(v->board.backend, "virtual");
	v->board.to = cfg->virtual_out;
	r = open_file(cfg->virtual_out, &v->fd, diag);
	if (r < 0) {
		free(v);
		return r;
	}
	*ret_board = &v->board;
	return 0;
}

const struct glow_board_desc glow_board_virtual = {
	.name = "virtual",
	.title = "Virtual board",
	.what = "no LEDs: appends each frame to the file of --virtual-out",
	.probe = virtual_probe,
	.open = virtual_open,
	.show = show,
	.close = virtual_close,
};
