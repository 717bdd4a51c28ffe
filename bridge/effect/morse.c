/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A text in international Morse code (ITU-R M.1677-1) on the whole strip: a dot
 * is one unit of light, a dash three; one unit of dark between them, three
 * after a character, seven between words.
 *
 * The codes are written as they are sent, unit by unit, so that the lamp is a
 * look-up. The shortest unit allowed is 200 ms: a row of dots is then two and
 * a half flashes a second. */

#include <glow/effect.h>
#include <glow/time.h>

enum { COLOR, TEXT, UNIT, PAUSE, BACKGROUND };
enum { CHARACTER_GAP = 3, WORD_GAP = 7 };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[TEXT] = { .name = "text", .type = GLOW_PARAM_TEXT, .unit = "", .what = "what is sent", .text = "GLOW" },
	[UNIT] = { .name = "unit_ms",
		   .type = GLOW_PARAM_INT,
		   .min = 200,
		   .max = 2000,
		   .def = 240,
		   .unit = "ms",
		   .what = "length of a dot; 240 is five words a minute" },
	[PAUSE] = { .name = "pause_ms",
		    .type = GLOW_PARAM_INT,
		    .min = 0,
		    .max = 60000,
		    .def = 2000,
		    .unit = "ms",
		    .what = "before the text repeats, on top of a word gap" },
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0x000000,
			 .unit = "",
			 .what = "colour between the signs" },
};

struct code {
	const char *lamp; /* '=' a unit of light, '.' of dark; NULL for what Morse code lacks */
	uint8_t units;
};

#define CODE(lamp)                       \
	{                                \
		(lamp), sizeof(lamp) - 1 \
	}

static const struct code codes[] = {
	['A'] = CODE("=.==="),
	['B'] = CODE("===.=.=.="),
	['C'] = CODE("===.=.===.="),
	['D'] = CODE("===.=.="),
	['E'] = CODE("="),
	['F'] = CODE("=.=.===.="),
	['G'] = CODE("===.===.="),
	['H'] = CODE("=.=.=.="),
	['I'] = CODE("=.="),
	['J'] = CODE("=.===.===.==="),
	['K'] = CODE("===.=.==="),
	['L'] = CODE("=.===.=.="),
	['M'] = CODE("===.==="),
	['N'] = CODE("===.="),
	['O'] = CODE("===.===.==="),
	['P'] = CODE("=.===.===.="),
	['Q'] = CODE("===.===.=.==="),
	['R'] = CODE("=.===.="),
	['S'] = CODE("=.=.="),
	['T'] = CODE("==="),
	['U'] = CODE("=.=.==="),
	['V'] = CODE("=.=.=.==="),
	['W'] = CODE("=.===.==="),
	['X'] = CODE("===.=.=.==="),
	['Y'] = CODE("===.=.===.==="),
	['Z'] = CODE("===.===.=.="),
	['0'] = CODE("===.===.===.===.==="),
	['1'] = CODE("=.===.===.===.==="),
	['2'] = CODE("=.=.===.===.==="),
	['3'] = CODE("=.=.=.===.==="),
	['4'] = CODE("=.=.=.=.==="),
	['5'] = CODE("=.=.=.=.="),
	['6'] = CODE("===.=.=.=.="),
	['7'] = CODE("===.===.=.=.="),
	['8'] = CODE("===.===.===.=.="),
	['9'] = CODE("===.===.===.===.="),
	['.'] = CODE("=.===.=.===.=.==="),
	[','] = CODE("===.===.=.=.===.==="),
	[':'] = CODE("===.===.===.=.=.="),
	['?'] = CODE("=.=.===.===.=.="),
	['!'] = CODE("===.=.===.=.===.==="),
	['\''] = CODE("=.===.===.===.===.="),
	['-'] = CODE("===.=.=.=.=.==="),
	['/'] = CODE("===.=.=.===.="),
	['('] = CODE("===.=.===.===.="),
	[')'] = CODE("===.=.===.===.=.==="),
	['"'] = CODE("=.===.=.=.===.="),
	['='] = CODE("===.=.=.=.==="),
	['+'] = CODE("=.===.=.===.="),
	['@'] = CODE("=.===.===.=.===.="),
};

static struct code code_of(char ch)
{
	size_t k = (unsigned char)ch;

	if (ch >= 'a' && ch <= 'z')
		k = (size_t)ch - 'a' + 'A';
	return k < sizeof(codes) / sizeof(codes[0]) ? codes[k] : (struct code){ NULL, 0 };
}

/* With the dark after it. A gap of its own makes the one after a character a word gap. */
static uint32_t units_of(struct code c)
{
	return c.lamp ? c.units + CHARACTER_GAP : WORD_GAP - CHARACTER_GAP;
}

static bool lamp_at(const char *text, uint32_t unit)
{
	for (; *text; text++) {
		struct code c = code_of(*text);

		if (unit < units_of(c))
			return c.lamp && unit < c.units && c.lamp[unit] == '=';
		unit -= units_of(c);
	}
	return false;
}

static bool lamp_now(const struct glow_params *p, int64_t t_us)
{
	uint32_t units = WORD_GAP - CHARACTER_GAP;
	int64_t unit_us = (int64_t)p->v[UNIT] * 1000;

	for (const char *c = p->text; *c; c++)
		units += units_of(code_of(*c));

	int64_t in_text_us = glow_floor_mod(t_us, units * unit_us + (int64_t)p->v[PAUSE] * 1000);

	return lamp_at(p->text, (uint32_t)(in_text_us / unit_us));
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)i;
	return glow_param_color(p, m, lamp_now(p, m->t_us) ? COLOR : BACKGROUND);
}

const struct glow_effect_desc glow_effect_morse = {
	.name = "morse",
	.what = "a text in Morse code",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.even = true,
	.render = render,
};
