/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A text as an effect: what compiling takes and gives. */

#include <string.h>

#include "compile.h"

size_t glow_script_work_size(void)
{
	return sizeof(struct glow_script_work);
}

/* ---- names of effects ---- */

static const char *const shorthand[] = { "on", "off", "toggle", "auto", NULL };

static bool is_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool is_name(const char *name, size_t len)
{
	if (len == 0 || len >= GLOW_SCRIPT_NAME_SIZE || name[0] < 'a' || name[0] > 'z' || name[len - 1] == '-')
		return false;
	for (size_t k = 0; k < len; k++)
		if (!(name[k] >= 'a' && name[k] <= 'z') && !(name[k] >= '0' && name[k] <= '9') && name[k] != '-')
			return false;
	return true;
}

bool glow_script_name_free(const char *name, size_t len, struct glow_script_mistake *ret_mistake)
{
	char copy[GLOW_SCRIPT_NAME_SIZE];
	struct glow_rgb color;

	if (!is_name(name, len)) {
		glow_script_say(ret_mistake,
				"an effect's name has at most %d small letters, digits and '-' between them, "
				"and a letter first",
				GLOW_SCRIPT_NAME_SIZE - 1);
		return false;
	}
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (glow_effect_built_in_find(copy, len))
		glow_script_say(ret_mistake, "\"%s\" is a built-in effect; take another name", copy);
	else if (glow_color_parse(copy, len, &color))
		glow_script_say(ret_mistake, "\"%s\" is a colour; take another name", copy);
	else if (is_in(glow_meter_names, copy))
		glow_script_say(ret_mistake, "\"%s\" is a gauge; take another name", copy);
	else if (is_in(shorthand, copy))
		glow_script_say(ret_mistake, "\"%s\" is a word of commands; take another name", copy);
	else
		return true;
	return false;
}

/* ---- compiling ---- */

/* The length of the character at byte k, 0 if there is none: UTF-8 as in RFC 3629. */
static size_t character(const char *text, size_t len, size_t k)
{
	const unsigned char *s = (const unsigned char *)text + k;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4 || n > len - k)
		return 0;
	for (size_t j = 1; j < n; j++) {
		if ((s[j] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (s[j] & 0x3f);
	}
	if ((n == 3 && v < 0x800) || (n == 4 && (v < 0x10000 || v > 0x10ffff)) || (v >= 0xd800 && v < 0xe000))
		return 0;
	return n;
}

static bool check_bytes(struct glow_script_work *w)
{
	if (w->len > GLOW_SCRIPT_MAX) {
		glow_script_say(w->mistake, "a text has at most %d bytes, this one has %d", GLOW_SCRIPT_MAX,
				(int)(w->len < INT32_MAX ? w->len : INT32_MAX));
		w->failed = true;
	}
	for (size_t k = 0, n; k < w->len && !w->failed; k += n) {
		unsigned char c = (unsigned char)w->text[k];

		n = character(w->text, w->len, k);
		if (n == 0)
			glow_script_fail(w, k, "this is no UTF-8");
		else if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
			glow_script_fail(w, k, "a text has no control characters");
	}
	return !w->failed;
}

size_t glow_script_compile(struct glow_script_work *w, const char *text, size_t len,
			   struct glow_script_mistake *ret_mistake)
{
	struct val color;

	memset(w, 0, offsetof(struct glow_script_work, words));
	memset(w->name_slots, 0, sizeof(w->name_slots));
	memset(w->value_slots, 0, sizeof(w->value_slots));
	w->text = text;
	w->len = len;
	w->mistake = ret_mistake;
	w->light = -1;
	memcpy(w->what, "written in text", 16);
	if (!check_bytes(w))
		return 0;
	w->zero = glow_script_number(w, 0);
	glow_script_lex(w);
	color = glow_script_parse(w);
	if (!w->failed)
		glow_script_pack(w, color);
	return w->failed ? 0
			 : sizeof(struct glow_script) + w->n_numbers * sizeof(w->numbers[0]) +
				   (w->n_frame + w->n_pixel) * sizeof(w->steps[0]);
}

/* ---- the compiled text ---- */

static void store_rows(const struct glow_script_work *w, struct glow_script *s)
{
	memcpy(s->rows, w->rows, sizeof(s->rows));
	memcpy(s->texts, w->texts, sizeof(s->texts));
	for (int k = 0; k < (int)w->n_rows; k++)
		if (k != w->light) {
			s->rows[k].name = s->texts[k].name;
			s->rows[k].unit = s->texts[k].unit;
			s->rows[k].what = s->texts[k].what;
		}
}

static void store_code(const struct glow_script_work *w, struct glow_script *s)
{
	int32_t *numbers = (int32_t *)(s + 1);
	struct glow_script_step *steps = (struct glow_script_step *)(numbers + w->n_numbers);

	s->n_numbers = w->n_numbers;
	s->n_frame = w->n_frame;
	s->n_pixel = w->n_pixel;
	memcpy(numbers, w->numbers, w->n_numbers * sizeof(numbers[0]));
	memcpy(steps, w->steps, (w->n_frame + w->n_pixel) * sizeof(steps[0]));
	s->n_shared = w->n_numbers;
	for (uint32_t k = 0; k < w->n_frame; k++)
		if (steps[k].to >= s->n_shared)
			s->n_shared = steps[k].to + 1u;
	s->numbers = numbers;
	s->steps = steps;
	s->cost = w->cost;
	memcpy(s->out, w->out, sizeof(s->out));
}

struct glow_script *glow_script_store(const struct glow_script_work *w, const char *name, void *memory)
{
	struct glow_script *s = memory;
	size_t n = strlen(name);

	memset(s, 0, sizeof(*s));
	memcpy(s->name, name, n < sizeof(s->name) ? n : sizeof(s->name) - 1);
	memcpy(s->what, w->what, sizeof(s->what));
	store_rows(w, s);
	store_code(w, s);
	s->desc = (struct glow_effect_desc){
		.name = s->name,
		.what = s->what,
		.params = s->rows,
		.n_params = (uint8_t)w->n_rows,
		.pace = w->pace,
		.even = w->n_pixel == 0,
		.levels = w->levels,
		.meters = w->meters,
		.program = s,
		.steps = w->cost.pixel,
		.begin = glow_script_begin,
		.render = glow_script_render,
	};
	return s;
}

const struct glow_effect_desc *glow_script_effect(const struct glow_script *s)
{
	return &s->desc;
}

struct glow_script_cost glow_script_cost(const struct glow_script *s)
{
	return s->cost;
}

const struct glow_script *glow_script_of(const struct glow_effect_desc *effect)
{
	return effect->render == glow_script_render ? effect->program : NULL;
}

const char *glow_script_word(enum glow_script_words kind, size_t k)
{
	if (kind == GLOW_SCRIPT_KEYWORDS)
		return k < KEYS ? glow_script_keywords[k] : NULL;
	if (kind == GLOW_SCRIPT_FUNCTIONS)
		return glow_script_function(k);
	return k < INPUTS ? glow_script_inputs[k].name : k == INPUTS ? "color" : NULL;
}
