/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node.h"

/* Text that is put together piece by piece in room enough for it. */
struct text {
	char *at;
	size_t room;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(t->at, t->room, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= t->room)
		abort();
	t->at += len;
	t->room -= (size_t)len;
}

static void publish(const struct vgpio_node *n)
{
	char line[128 + VGPIO_PIXELS_MAX * 64];
	struct text t = { line, sizeof(line) };

	put(&t, "{\"mono_ns\":%" PRId64 ",\"first_ns\":%" PRId64 ",\"clocks\":%u,\"pixels\":[", n->leds.last_ns,
	    n->leds.first_ns, n->leds.frame_clocks);
	for (unsigned k = 0; k < n->leds.n; k++) {
		uint32_t w = n->leds.shown[k];

		put(&t, "%s{\"r\":%u,\"g\":%u,\"b\":%u,\"brightness\":%u}", k ? "," : "", w & 0xff, w >> 8 & 0xff,
		    w >> 16 & 0xff, w >> 24 & 0x1f);
	}
	put(&t, "]}\n");
	if (write(n->out_fd, line, sizeof(line) - t.room) < 0)
		perror("vgpio: cannot write what the LEDs show");
}

void vgpio_node_wires(struct vgpio_node *n, int64_t now_ns)
{
	bool level = vgpio_chip_level(&n->chip, n->clock);
	bool rose = level && !n->clock_level;

	n->clock_level = level;
	if (rose && vgpio_leds_clock(&n->leds, vgpio_chip_level(&n->chip, n->data), now_ns))
		publish(n);
}

static int set_busy(struct vgpio_node *n, unsigned line, bool busy)
{
	if (line >= n->chip.ngpio)
		return -EINVAL;
	if (n->chip.line[line].exported)
		return -EBUSY;
	n->chip.line[line].busy = busy;
	return 0;
}

int vgpio_node_control(struct vgpio_node *n, const char *text)
{
	char word[16], rest;
	unsigned line;

	if (sscanf(text, "%15s %u %c", word, &line, &rest) == 2) {
		if (strcmp(word, "busy") == 0 || strcmp(word, "free") == 0)
			return set_busy(n, line, word[0] == 'b');
		return -EINVAL;
	}
	if (sscanf(text, "%15s %c", word, &rest) != 1)
		return -EINVAL;
	if (strcmp(word, "vanish") == 0 || strcmp(word, "return") == 0)
		vgpio_chip_plug(&n->chip, word[0] == 'r');
	else if (strcmp(word, "read-only") == 0 || strcmp(word, "read-write") == 0)
		n->read_only = strcmp(word, "read-only") == 0;
	else if (strcmp(word, "forbid") == 0 || strcmp(word, "allow") == 0)
		n->forbidden = word[0] == 'f';
	else
		return -EINVAL;
	return 0;
}

static void put_lines(struct text *t, const struct vgpio_chip *c, const char *name, bool busy)
{
	const char *comma = "";

	put(t, "\"%s\":[", name);
	for (unsigned k = 0; k < c->ngpio; k++)
		if (busy ? c->line[k].busy : c->line[k].exported) {
			put(t, "%s%u", comma, k);
			comma = ",";
		}
	put(t, "],");
}

size_t vgpio_node_report(const struct vgpio_node *n, char *ret_text, size_t size)
{
	struct text t = { ret_text, size };

	put(&t, "{\"here\":%s,\"read_only\":%s,\"forbidden\":%s,", n->chip.gone ? "false" : "true",
	    n->read_only ? "true" : "false", n->forbidden ? "true" : "false");
	put_lines(&t, &n->chip, "busy", true);
	put_lines(&t, &n->chip, "exported", false);
	put(&t, "\"writes\":%" PRIu64 ",\"refused\":%" PRIu64 ",", n->writes, n->refused);
	put(&t, "\"clocks\":%" PRIu64 ",\"latches\":%" PRIu64 ",\"broken\":%" PRIu64 "}\n", n->leds.clocks,
	    n->leds.latches, n->leds.broken);
	return size - t.room;
}
