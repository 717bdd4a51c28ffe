/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A message borrows its topic and payload, so both lie in the follower: every caller may hand the probe
 * to a queue, or send it, without a buffer of its own. */

#include <stdio.h>

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

void glow_follower_adopt(const struct glow_sync *sync, const char *prefix, uint32_t asker, const struct glow_message *m,
			 struct glow_raw now, const struct glow_outbox *outbox)
{
	struct glow_sync_report report;
	struct glow_time_request request;
	struct glow_time_reply reply;
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	char topic[GLOW_TOPIC_MAX + 1], boot[9];
	struct glow_message out;

	if (!glow_sync_valid(sync) || !glow_request_read(m->payload, m->len, &request))
		return;
	glow_sync_report(sync, now, &report);
	reply = (struct glow_time_reply){ .seq = request.seq,
					  .t1_ns = request.t1_ns,
					  .t2_ns = glow_sync_now(sync, m->at),
					  .t3_ns = glow_sync_now(sync, now),
					  .leader = glow_sync_leader(sync),
					  .sigma_ns = report.error_ns,
					  .rate_ppb = report.rate_ppb,
					  .state = (uint8_t)report.state };
	snprintf(boot, sizeof(boot), "%08x", asker);
	glow_topic_of(topic, prefix, GLOW_TOPIC_ADOPT_REPLY, GLOW_OF_CLUSTER, boot);
	glow_reply_message(&reply, true, topic, bytes, &out);
	outbox->publish(outbox->ctx, &out);
}
