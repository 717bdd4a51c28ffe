/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A message borrows its topic and payload, so both lie in the follower: every caller may hand the probe
 * to a queue, or send it, without a buffer of its own. */

#include <glow/follower.h>

void glow_follower_init(struct glow_follower *f, const struct glow_sync_cfg *cfg, const char *prefix, const char *asker)
{
	glow_sync_init(&f->sync, cfg);
	glow_topic_make(f->topic, prefix, "time", "request", asker);
}

bool glow_follower_probe(struct glow_follower *f, struct glow_raw now, struct glow_message *ret_message)
{
	struct glow_time_request request;

	if (glow_sync_next_probe(&f->sync).ns > now.ns)
		return false;
	glow_sync_probe(&f->sync, now, &request);
	glow_request_message(&request, f->topic, f->bytes, ret_message);
	return true;
}

bool glow_follower_reply(struct glow_follower *f, const struct glow_message *m, int64_t *ret_step_ns)
{
	struct glow_time_reply reply;

	return glow_reply_read(m->payload, m->len, false, &reply) &&
	       glow_sync_reply(&f->sync, &reply, m->at, ret_step_ns);
}
