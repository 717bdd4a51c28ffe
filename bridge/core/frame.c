/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/frame.h>

void glow_paint_fill(struct glow_paint *p, uint32_t n, struct glow_rgb c)
{
	p->n = n;
	for (uint32_t i = 0; i < n; i++)
		p->px[i] = c;
}

bool glow_paint_equal(const struct glow_paint *a, const struct glow_paint *b)
{
	return a->n == b->n && memcmp(a->px, b->px, a->n * sizeof(a->px[0])) == 0;
}

void glow_frame_copy(struct glow_frame *to, const struct glow_frame *from)
{
	to->n = from->n;
	memcpy(to->px, from->px, from->n * sizeof(from->px[0]));
}

void glow_frame_fill(struct glow_frame *f, uint32_t n, struct glow_linear c)
{
	f->n = n;
	for (uint32_t i = 0; i < n; i++)
		f->px[i] = c;
}

bool glow_frame_equal(const struct glow_frame *a, const struct glow_frame *b)
{
	return a->n == b->n && memcmp(a->px, b->px, a->n * sizeof(a->px[0])) == 0;
}

bool glow_frame_dark(const struct glow_frame *f)
{
	uint32_t i = 0;

	while (i < f->n && glow_linear_equal(f->px[i], GLOW_DARK))
		i++;
	return i == f->n;
}

void glow_frame_scale(struct glow_frame *f, uint8_t brightness)
{
	const uint16_t factor = glow_gamma16(brightness);

	if (brightness == 255)
		return;
	for (uint32_t i = 0, n = f->n; i < n; i++) {
		struct glow_linear *px = &f->px[i];

		px->r = glow_linear_scale16(px->r, factor);
		px->g = glow_linear_scale16(px->g, factor);
		px->b = glow_linear_scale16(px->b, factor);
	}
}

void glow_frame_fade(struct glow_frame *f, const struct glow_frame *from, uint32_t part)
{
	for (uint32_t i = 0; i < f->n; i++)
		f->px[i] = glow_linear_mix(i < from->n ? from->px[i] : GLOW_DARK, f->px[i], part);
}
