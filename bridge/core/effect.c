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
