/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include <glow/hash.h>

#include "adoption.h"

void glow_adoption_start(struct glow_adoption *a, const char *prefix, struct glow_raw now, uint64_t clock_id,
			 uint64_t secret)
{
	a->prefix = prefix;
	a->secret = secret;
	memset(a->numbers, 0, sizeof(a->numbers));
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

/* Where the number of a probe of glow/adopt.h lies: its seq is that of the node and of the probe. */
static uint32_t place(uint32_t seq)
{
	return (seq >> 16) * GLOW_ADOPT_PROBES + (seq & 0xffff);
}

static uint32_t draw(struct glow_adoption *a)
{
	uint32_t number =
		glow_dice((uint32_t)(a->secret >> 32), a->drawn, 1) ^ glow_dice((uint32_t)a->secret, a->drawn, 2);

	a->drawn++;
	return number ? number : 1;
}

bool glow_adoption_probe(struct glow_adoption *a, struct glow_raw now, struct glow_message *ret_message)
{
	struct glow_time_request request;
	char below[GLOW_TOPIC_MAX + 1];
	int k;

	if (!glow_adopt_probe(&a->adopt, now, &k, &request))
		return false;
	a->numbers[place(request.seq)] = draw(a);
	request.seq = a->numbers[place(request.seq)];
	glow_topic_make(below, a->prefix, "time", "adopt", "request");
	glow_topic_make(a->topic, below, a->ids[k], NULL, NULL);
	glow_request_message(&request, a->topic, a->bytes, ret_message);
	return true;
}

void glow_adoption_reply(struct glow_adoption *a, const struct glow_message *m)
{
	struct glow_time_reply reply;

	if (!glow_reply_read(m->payload, m->len, true, &reply) || reply.seq == 0)
		return;
	for (uint32_t k = 0; k < GLOW_ADOPT_NODES * GLOW_ADOPT_PROBES; k++)
		if (a->numbers[k] == reply.seq) {
			reply.seq = k / GLOW_ADOPT_PROBES << 16 | k % GLOW_ADOPT_PROBES;
			glow_adopt_reply(&a->adopt, &reply, m->at);
			return;
		}
}
