/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include "adoption.h"

void glow_adoption_start(struct glow_adoption *a, const char *prefix, struct glow_raw now, uint64_t clock_id)
{
	a->prefix = prefix;
	glow_adopt_init(&a->adopt, now, clock_id);
}

void glow_adoption_ask(struct glow_adoption *a, const char *id)
{
	int k;

	for (k = 0; k < (int)a->adopt.n; k++)
		if (strcmp(a->ids[k], id) == 0)
			return;
	k = glow_adopt_add(&a->adopt);
	if (k >= 0)
		snprintf(a->ids[k], sizeof(a->ids[k]), "%s", id);
}

bool glow_adoption_probe(struct glow_adoption *a, struct glow_raw now, struct glow_message *ret_message)
{
	struct glow_time_request request;
	char below[GLOW_TOPIC_MAX + 1];
	int k;

	if (!glow_adopt_probe(&a->adopt, now, &k, &request))
		return false;
	glow_topic_make(below, a->prefix, "time", "adopt", "request");
	glow_topic_make(a->topic, below, a->ids[k], NULL, NULL);
	glow_request_message(&request, a->topic, a->bytes, ret_message);
	return true;
}

void glow_adoption_reply(struct glow_adoption *a, const struct glow_message *m)
{
	struct glow_time_reply reply;

	if (glow_reply_read(m->payload, m->len, true, &reply))
		glow_adopt_reply(&a->adopt, &reply, m->at);
}
