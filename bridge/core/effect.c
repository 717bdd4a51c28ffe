/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Look-ups in an effect's table of parameters. */

#include <string.h>

#include <glow/effect.h>

int glow_param_find(const struct glow_effect_desc *e, const char *name)
{
	for (int k = 0; k < e->n_params; k++)
		if (strcmp(e->params[k].name, name) == 0)
			return k;
	return -1;
}

int glow_param_with(const struct glow_effect_desc *e, enum glow_param_role role)
{
	for (int k = 0; k < e->n_params; k++)
		if (e->params[k].role == role)
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

/* A value that fits a row of the same type is good for it. Choices are kept by what they are called. */
static bool fits(const struct glow_param_desc *row, const struct glow_param_desc *was, int32_t *v)
{
	if (row->type != was->type)
		return false;
	switch (row->type) {
	case GLOW_PARAM_INT:
		return *v >= row->min && *v <= row->max;
	case GLOW_PARAM_COLOR:
		return *v != GLOW_LIGHT_COLOR || row->def == GLOW_LIGHT_COLOR;
	case GLOW_PARAM_CHOICE:
		for (int32_t k = 0; row->choices[k]; k++)
			if (strcmp(row->choices[k], was->choices[*v]) == 0) {
				*v = k;
				return true;
			}
		return false;
	default:
		return true;
	}
}

void glow_params_carry(const struct glow_effect_desc *from, const struct glow_effect_desc *to,
		       struct glow_params *params)
{
	struct glow_params old = *params;

	glow_params_default(to, params);
	for (int k = 0; k < to->n_params; k++) {
		int was = glow_param_find(from, to->params[k].name);
		int32_t v = was >= 0 ? old.v[was] : 0;

		if (was < 0 || !fits(&to->params[k], &from->params[was], &v))
			continue;
		params->v[k] = v;
		if (to->params[k].type == GLOW_PARAM_TEXT)
			memcpy(params->text, old.text, sizeof(params->text));
	}
}
