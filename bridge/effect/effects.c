/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The table of effects and look-ups in it and in their parameter tables. */

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

const char *const glow_meter_names[GLOW_METERS + 1] = { "cpu", "memory", "temperature", "load", "network", NULL };

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

int glow_param_find(const struct glow_effect_desc *e, const char *name)
{
	for (int k = 0; k < e->n_params; k++)
		if (strcmp(e->params[k].name, name) == 0)
			return k;
	return -1;
}

void glow_params_default(const struct glow_effect_desc *e, struct glow_params *ret_params)
{
	memset(ret_params, 0, sizeof(*ret_params));
	for (int k = 0; k < e->n_params; k++) {
		ret_params->v[k] = e->params[k].def;
		if (e->params[k].type == GLOW_PARAM_TEXT)
			memcpy(ret_params->text, e->params[k].text, strlen(e->params[k].text) + 1);
	}
}

bool glow_effect_has_color(const struct glow_effect_desc *e)
{
	return glow_param_find(e, "color") >= 0;
}
