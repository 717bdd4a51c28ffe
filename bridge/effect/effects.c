/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The table of effects. Which effects a program knows is asked here and nowhere else, so a text that was added is an
 * effect like any other to whoever asks. */

#include <string.h>

#include <glow/effect.h>

#define X(name) extern const struct glow_effect_desc glow_effect_##name;
#include "effects.def"
#undef X

static const struct glow_effect_desc *const built_in[] = {
#define X(name) &glow_effect_##name,
#include "effects.def"
#undef X
};
enum { N_BUILT_IN = sizeof(built_in) / sizeof(built_in[0]) };

/* The built-in ones, or what stands in their place, and the others that were added. */
static const struct glow_effect_desc *effects[N_BUILT_IN + GLOW_EFFECTS_ADDED_MAX] = {
#define X(name) &glow_effect_##name,
#include "effects.def"
#undef X
};
static size_t n_effects = N_BUILT_IN, n_added;

const char *const glow_meter_names[GLOW_METERS + 1] = { GLOW_METER_NAMES, NULL };

const struct glow_effect_desc *glow_effect_at(size_t k)
{
	return effects[k];
}

size_t glow_effect_count(void)
{
	return n_effects;
}

const struct glow_effect_desc *glow_effect_built_in_at(size_t k)
{
	return built_in[k];
}

size_t glow_effect_built_in_count(void)
{
	return N_BUILT_IN;
}

/* Its place among the first n of a table; n for none. */
static size_t place(const struct glow_effect_desc *const *table, size_t n, const char *name, size_t len)
{
	size_t k = 0;

	while (k < n && (strlen(table[k]->name) != len || memcmp(table[k]->name, name, len) != 0))
		k++;
	return k;
}

const struct glow_effect_desc *glow_effect_find(const char *name, size_t len)
{
	size_t k = place(effects, n_effects, name, len);

	return k < n_effects ? effects[k] : NULL;
}

const struct glow_effect_desc *glow_effect_built_in_find(const char *name, size_t len)
{
	size_t k = place(built_in, N_BUILT_IN, name, len);

	return k < N_BUILT_IN ? built_in[k] : NULL;
}

static bool is_own(const struct glow_effect_desc *e)
{
	return e == &glow_effect_solid || e == &glow_effect_blink || e == &glow_effect_identify;
}

bool glow_effect_add(const struct glow_effect_desc *e)
{
	size_t k = place(effects, n_effects, e->name, strlen(e->name));

	if (n_added == GLOW_EFFECTS_ADDED_MAX)
		return false;
	if (k < n_effects && (k >= N_BUILT_IN || effects[k] != built_in[k] || is_own(effects[k])))
		return false;
	n_effects += k == n_effects;
	effects[k] = e;
	n_added++;
	return true;
}

void glow_effect_remove(const struct glow_effect_desc *e)
{
	size_t k = 0;

	while (k < n_effects && effects[k] != e)
		k++;
	if (k == n_effects || (k < N_BUILT_IN && e == built_in[k]))
		return;
	n_added--;
	if (k < N_BUILT_IN)
		effects[k] = built_in[k];
	else
		memmove(&effects[k], &effects[k + 1], (--n_effects - k) * sizeof(effects[0]));
}
