/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A change counts when the light of an area has moved far enough from its last
 * extreme: by 10 % of white for luminance where the darker side is below 80 %,
 * by 20/320 for the saturated red. A board's areas are its mean and its
 * quarters: every contiguous one of up to 64 pixels, fewer than 60 spread evenly over a longer row. */

#include <string.h>

#include <glow/flash.h>

#define WHITE          (INT64_C(65535) * 10000) /* luminance in 1/10000, so that its weights are integers */
#define GENERAL_CHANGE (WHITE / 10)
#define GENERAL_DARK   (WHITE / 10 * 8)
#define RED_CHANGE     (INT64_C(65535) * 20 / 320)
#define WINDOW_US      INT64_C(1050000) /* a second, and room for frames that are shown a little late */

struct light {
	uint64_t r, g, b; /* linear, summed over an area */
};

void glow_flash_init(struct glow_flash *flash)
{
	memset(flash, 0, sizeof(*flash));
}

static struct light light_of(struct glow_shape shape, uint32_t i, struct glow_linear c)
{
	c = glow_shape_seen(shape, i, c);
	return (struct light){ c.r, c.g, c.b };
}

/* What a track would do with a value: -1 or 1 for a change that way, 0 for none. */
static int change(const struct glow_flash_track *t, int64_t value, bool red, bool is_red_track)
{
	int64_t low = value < t->low ? value : t->low, high = value > t->high ? value : t->high;
	bool up, down;

	if (is_red_track) {
		up = value - low > RED_CHANGE && (red || t->red_low);
		down = high - value > RED_CHANGE && (red || t->red_high);
	} else {
		up = value - low >= GENERAL_CHANGE && low < GENERAL_DARK;
		down = high - value >= GENERAL_CHANGE && value < GENERAL_DARK;
	}
	if (t->direction <= 0 && up)
		return 1;
	return t->direction >= 0 && down ? -1 : 0;
}

static bool exhausted(const struct glow_flash_track *t, int64_t t_us)
{
	return t->at_us[t->oldest] > t_us - WINDOW_US;
}

static void take(struct glow_flash_track *t, int64_t t_us, int64_t value, bool red, bool is_red_track)
{
	int way = change(t, value, red, is_red_track);

	if (way) {
		t->direction = (int8_t)way;
		t->low = t->high = value;
		t->red_low = t->red_high = red;
		t->at_us[t->oldest] = t_us;
		t->oldest = (uint8_t)((t->oldest + 1) % GLOW_FLASH_CHANGES);
		return;
	}
	if (value <= t->low) {
		t->red_low = value < t->low ? red : t->red_low || red;
		t->low = value;
	}
	if (value >= t->high) {
		t->red_high = value > t->high ? red : t->red_high || red;
		t->high = value;
	}
}

static void begin(struct glow_flash_track *t, int64_t t_us, int64_t value, bool red)
{
	*t = (struct glow_flash_track){ .low = value, .high = value, .red_low = red, .red_high = red };
	for (int k = 0; k < GLOW_FLASH_CHANGES; k++)
		t->at_us[k] = t_us - WINDOW_US;
}

enum task { BEGIN, ASK, TAKE };

/* One area: false when ASK finds a flash too many. */
static bool do_area(struct glow_flash *flash, uint32_t area, struct light sum, uint32_t n, int64_t t_us, enum task task)
{
	struct glow_flash_track *general = &flash->general[area], *red = &flash->red[area];
	struct light l;
	int64_t bright, redness;
	bool is_red;

	if (n == 0) /* a frame without pixels */
		return true;
	l = (struct light){ sum.r / n, sum.g / n, sum.b / n };
	bright = (int64_t)(2126 * l.r + 7152 * l.g + 722 * l.b);
	redness = l.r > l.g + l.b ? (int64_t)(l.r - l.g - l.b) : 0;
	is_red = l.r > 0 && l.r * 10 >= (l.r + l.g + l.b) * 8;
	switch (task) {
	case BEGIN:
		begin(general, t_us, bright, false);
		begin(red, t_us, redness, is_red);
		break;
	case ASK:
		return !(change(general, bright, false, false) && exhausted(general, t_us)) &&
		       !(change(red, redness, is_red, true) && exhausted(red, t_us));
	case TAKE:
		take(general, t_us, bright, false, false);
		take(red, t_us, redness, is_red, true);
		break;
	}
	return true;
}

static void add(struct light *sum, struct light l)
{
	sum->r += l.r;
	sum->g += l.g;
	sum->b += l.b;
}

static void subtract(struct light *sum, struct light l)
{
	sum->r -= l.r;
	sum->g -= l.g;
	sum->b -= l.b;
}

/* Every area of a frame: a window of a quarter slides along it, and the mean comes last. */
static bool do_areas(struct glow_flash *flash, struct glow_shape shape, const struct glow_frame *f, int64_t t_us,
		     enum task task)
{
	const uint32_t n = f->n, quarter = n < 8 ? 1 : n / 4, stride = 1 + n / 65;
	uint32_t area = 0;
	struct light all = { 0, 0, 0 }, window = { 0, 0, 0 };

	for (uint32_t i = 0; i < n; i++) {
		struct light l = light_of(shape, i, f->px[i]);

		add(&all, l);
		add(&window, l);
		if (i + 1 < quarter)
			continue;
		if (i >= quarter)
			subtract(&window, light_of(shape, i - quarter, f->px[i - quarter]));
		if ((i + 1 - quarter) % stride == 0 && !do_area(flash, area++, window, quarter, t_us, task))
			return false;
	}
	return do_area(flash, area, all, n, t_us, task);
}

bool glow_flash_limit(struct glow_flash *flash, struct glow_shape shape, int64_t t_us, struct glow_frame *frame)
{
	static const uint32_t parts[] = { 49152, 32768, 16384, 8192, 4096, 0 };
	struct glow_frame wanted;
	bool limited = false;

	if (!flash->begun || flash->shown.n != frame->n) {
		do_areas(flash, shape, frame, t_us, BEGIN);
		flash->begun = true;
	} else if (!do_areas(flash, shape, frame, t_us, ASK)) {
		limited = true;
		glow_frame_copy(&wanted, frame);
		/* The last part is nothing: what is shown already can be shown again. */
		for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
			glow_frame_copy(frame, &wanted);
			glow_frame_fade(frame, &flash->shown, parts[k]);
			if (do_areas(flash, shape, frame, t_us, ASK))
				break;
		}
	}
	do_areas(flash, shape, frame, t_us, TAKE);
	glow_frame_copy(&flash->shown, frame);
	return limited;
}

void glow_flash_clock_stepped(struct glow_flash *flash, int64_t delta_us)
{
	for (int area = 0; area < GLOW_FLASH_AREAS; area++)
		for (int k = 0; k < GLOW_FLASH_CHANGES; k++) {
			flash->general[area].at_us[k] += delta_us;
			flash->red[area].at_us[k] += delta_us;
		}
}
