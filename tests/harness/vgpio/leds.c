/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Stricter than any one kind of pixel. An APA102 shows its word at once and an
 * SK9822 only with 32 zeros behind it, so a frame that ends in ones, or too
 * early, would look right on some boards and late or torn on others: it is
 * counted as broken and not shown. After 32 zeros all begins anew, whatever
 * was before. */

#include <string.h>

#include "leds.h"

#define START_ZEROS 32
#define WORD_BITS   32

void vgpio_leds_init(struct vgpio_leds *l, unsigned pixels)
{
	*l = (struct vgpio_leds){ .n = pixels };
}

static void lose(struct vgpio_leds *l)
{
	l->broken += !l->lost;
	l->lost = true;
	l->in_frame = false;
	l->zeros = 0;
	memcpy(l->next, l->shown, sizeof(l->next));
}

static void begin_word(struct vgpio_leds *l)
{
	l->word = 1;
	l->word_bits = 1;
	l->zeros = 0;
}

static void end_word(struct vgpio_leds *l)
{
	l->word_bits = 0;
	if (l->word >> 29 != 7) {
		lose(l);
		return;
	}
	if (l->words < l->n) /* what is left over falls off the chain's end */
		l->next[l->words] = l->word;
	l->words++;
}

static bool latch(struct vgpio_leds *l, int64_t now_ns)
{
	bool changed = l->latches == 0 || memcmp(l->shown, l->next, sizeof(l->shown)) != 0;

	memcpy(l->shown, l->next, sizeof(l->shown));
	l->latches++;
	l->first_ns = l->began_ns;
	l->last_ns = now_ns;
	l->frame_clocks = l->clocks_since;
	l->clocks_since = 0;
	l->in_frame = false; /* The zeros count on: they are a start as well. */
	return changed;
}

/* Between frames: 32 zeros, then the first word. */
static void clock_start(struct vgpio_leds *l, bool bit)
{
	if (!bit) {
		l->zeros++;
		if (l->zeros >= START_ZEROS)
			l->lost = false;
	} else if (l->zeros < START_ZEROS) {
		lose(l);
	} else {
		l->in_frame = true;
		l->words = 0;
		begin_word(l);
	}
}

static bool clock_frame(struct vgpio_leds *l, bool bit, int64_t now_ns)
{
	if (l->word_bits) {
		l->word = l->word << 1 | bit;
		if (++l->word_bits == WORD_BITS)
			end_word(l);
	} else if (!bit) {
		l->zeros++;
		return l->zeros == START_ZEROS + (l->n + 1) / 2 && latch(l, now_ns);
	} else if (l->zeros == 0) {
		begin_word(l);
	} else {
		lose(l);
	}
	return false;
}

bool vgpio_leds_clock(struct vgpio_leds *l, bool bit, int64_t now_ns)
{
	l->clocks++;
	if (l->clocks_since++ == 0)
		l->began_ns = now_ns;
	if (l->in_frame)
		return clock_frame(l, bit, now_ns);
	clock_start(l, bit);
	return false;
}
