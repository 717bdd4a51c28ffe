/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/publish.h>
#include <glow/state.h>
#include <glow/topics.h>

#include "voice.h"

static void publish_tree(const struct glow_voice *v, const char *leaf, cJSON *tree, int qos, bool retained)
{
	glow_publish_tree(&v->cfg->out, "node", v->cfg->info.id, leaf, tree, qos, retained);
}

bool glow_voice_outdated(const struct glow_voice *v, const struct glow_layers *layers)
{
	return glow_layers_showing(layers) != v->showing || glow_layers_dark(layers) != v->dark;
}

void glow_voice_state(struct glow_voice *v, const struct glow_layers *layers, bool limited, int64_t now_us)
{
	struct glow_state *state;

	v->stale = false;
	v->showing = glow_layers_showing(layers);
	v->dark = glow_layers_dark(layers);
	v->again_us = now_us + GLOW_STATE_EVERY_US;
	state = v->conductor->connected ? calloc(1, sizeof(*state)) : NULL;
	if (!state)
		return;
	glow_layers_state(layers, state);
	state->limited = limited;
	memcpy(state->problem, v->cfg->info.problem, sizeof(state->problem));
	state->slots_a_frame = v->cfg->info.slots_a_frame;
	publish_tree(v, "state", glow_state_write(state, layers->env.shape), 1, true);
	free(state);
}

void glow_voice_info(const struct glow_voice *v)
{
	if (v->conductor->connected)
		publish_tree(v, "info", glow_info_write(&v->cfg->info), 1, true);
}

void glow_voice_availability(const struct glow_voice *v, const char *value)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, v->cfg->out.prefix, GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE, v->cfg->info.id);
	if (v->conductor->connected)
		glow_publish_text(&v->cfg->out, topic, value, 1, true);
}

void glow_voice_stats(const struct glow_voice *v, const struct glow_stats *stats)
{
	if (v->conductor->connected)
		publish_tree(v, "stats", glow_stats_write(stats), 0, false);
}

void glow_voice_answer(const struct glow_voice *v, const struct glow_message *asked, const struct glow_diag *diag,
		       int64_t at_us)
{
	cJSON *tree = glow_answer_write(v->cfg->info.id, diag);
	char errors[GLOW_TOPIC_MAX + 1];

	if (at_us)
		glow_json_add_int(tree, "at_us", at_us);
	glow_topic_of(errors, v->cfg->out.prefix, GLOW_TOPIC_ERROR, GLOW_OF_NODE, v->cfg->info.id);
	glow_publish_answer(&v->cfg->out, asked, diag, tree, errors);
}
