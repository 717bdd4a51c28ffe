/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The table of effects. */

#include <string.h>

#include <glow/effect.h>

#define X(name) extern const struct glow_effect_desc glow_effect_##name;
#include "effects.def"
#undef X

static const struct glow_effect_desc *const effects[] = {
#define X(name) &glow_effect_##name,
#include "effects.def"
#undef X
};

const char *const glow_meter_names[GLOW_METERS + 1] = { GLOW_METER_NAMES, NULL };

const struct glow_effect_desc *glow_effect_at(size_t k)
{
	return effects[k];
}

size_t glow_effect_count(void)
{
	return sizeof(effects) / sizeof(effects[0]);
}

const struct glow_effect_desc *glow_effect_find(const char *name, size_t len)
{
	for (size_t k = 0; k < glow_effect_count(); k++)
		if (strlen(effects[k]->name) == len && memcmp(effects[k]->name, name, len) == 0)
			return effects[k];
	return NULL;
}
