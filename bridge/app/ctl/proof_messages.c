/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What must not come is waited for by what comes behind it: a broker passes on what one client publishes in its order.
 */

#include "proof_messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/clock.h>

#define TRIPS       20
#define MANY        GLOW_PROOF_MANY
#define LARGE       990000 /* a packet of GLOW_MQTT_PACKET_MAX has room for it and its topic */
#define NUMBER_TEXT 12

/* One who speaks at the first address and one who listens at the second. */
static struct glow_envoy *pair(struct glow_proving *p, struct glow_manners manners, struct glow_envoy **ret_to)
{
	*ret_to = glow_proving_send(p, 1, manners);
	return *ret_to ? glow_proving_send(p, 0, (struct glow_manners){ 0 }) : NULL;
}

/* ---- messages ---- */

static int compare_us(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of QoS 0, as the clock's. */
void glow_proof_trips(struct glow_proving *p)
{
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ .live = "trip" }, &to);
	struct glow_envoy_heard heard;
	int64_t us[TRIPS], median_us;

	if (!from)
		return;
	for (int k = 0; k < TRIPS; k++) {
		int64_t begin_ns = glow_mono_now().ns;

		if (!glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "trip", .text = "there" }))
			return;
		if (!glow_proving_hear_text(p, to, "there", &heard)) {
			glow_proving_fail(p, "of %d messages of QoS 0, one at a time, %d came", TRIPS, k);
			return;
		}
		us[k] = (glow_mono_now().ns - begin_ns) / 1000;
	}
	qsort(us, TRIPS, sizeof(us[0]), compare_us);
	median_us = us[TRIPS / 2];
	glow_proving_well(p, "QoS 0 comes through, from one client to another in %.2f ms (the median of %d)",
			  (double)median_us / 1000.0, TRIPS);
}

void glow_proof_order(struct glow_proving *p)
{
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ .live = "order/+" }, &to);
	struct glow_envoy_heard heard;
	char number[NUMBER_TEXT];

	if (!glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "order/1", .text = "", .n = MANY, .qos = 1 }))
		return;
	for (int k = 1; k <= MANY; k++) {
		snprintf(number, sizeof(number), "%d", k);
		if (glow_proving_hear_text(p, to, number, &heard))
			continue;
		glow_proving_fail(p, "of %d messages of QoS 1 in a row, the one after %d was %.20s", MANY, k - 1,
				  heard.text[0] ? heard.text : "none");
		return;
	}
	glow_proving_well(p, "%d messages of QoS 1 came, each once, in their order", MANY);
}

void glow_proof_answers(struct glow_proving *p)
{
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ .live = "answers" }, &to);
	struct glow_envoy_heard heard;

	if (!glow_proving_say(
		    p, from,
		    (struct glow_envoy_post){
			    .topic = "answers", .text = "?", .qos = 1, .response_topic = "here", .correlation = "7f" }))
		return;
	if (!glow_proving_hear_text(p, to, "?", &heard))
		glow_proving_fail(p, "a message with response topic and correlation data does not come");
	else if (strcmp(heard.response_topic, "here") != 0 || strcmp(heard.correlation, "7f") != 0)
		glow_proving_fail(p, "%s of a message does not come with it",
				  strcmp(heard.correlation, "7f") != 0 ? "the correlation data" : "the response topic");
	else
		glow_proving_well(p, "response topic and correlation data come with a message");
}

void glow_proof_large(struct glow_proving *p)
{
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ .live = "large" }, &to);
	struct glow_envoy_heard heard;

	if (!from)
		return;
	if (from->limits.packet_max < GLOW_MQTT_PACKET_MAX) {
		glow_proving_note(p,
				  "the broker takes packets of at most %u bytes; long playlists and rosters may be "
				  "larger: let it take %d",
				  from->limits.packet_max, GLOW_MQTT_PACKET_MAX);
		return;
	}
	if (!glow_proving_say(p, from,
			      (struct glow_envoy_post){
				      .topic = "large", .text = "", .len = LARGE, .qos = 1, .retained = true }))
		return;
	if (!glow_proving_hear(p, to, p->patience_ms, &heard) || heard.len != LARGE)
		glow_proving_fail(p, "a message of %d bytes does not come", LARGE);
	else if (glow_proving_count(p, 1, "large", 1) == 0)
		glow_proving_fail(p, "a message of %d bytes is not retained", LARGE);
	else
		glow_proving_well(p, "a message of %d bytes comes, and is retained", LARGE);
}

/* ---- what is retained ---- */

void glow_proof_retained(struct glow_proving *p)
{
	struct glow_envoy *from = glow_proving_send(p, 0, (struct glow_manners){ 0 });
	int tries;
	unsigned n;

	if (!glow_proving_say(
		    p, from,
		    (struct glow_envoy_post){
			    .topic = "kept", .text = "kept", .n = MANY, .spread = true, .qos = 1, .retained = true }))
		return;
	n = glow_proving_count_patiently(p, "kept/+", MANY, &tries);
	if (n != MANY && n == 0 && glow_proving_count(p, 1, "kept/1", 1) == 1)
		glow_proving_fail(p, "who subscribes to a wildcard gets no retained message; who names a topic itself "
				     "gets its");
	else if (n != MANY)
		glow_proving_fail(p, "who subscribes to a wildcard gets %u of %d retained messages%s", n, MANY,
				  p->two ? " at the other address" : "");
	else if (tries > 1)
		glow_proving_note(p,
				  "who subscribes to a wildcard gets all of %d retained messages, but not at once: "
				  "it took %d tries",
				  MANY, tries);
	else
		glow_proving_well(p, "who subscribes to a wildcard gets each of %d retained messages%s", MANY,
				  p->two ? ", at the other address too" : "");
}

void glow_proof_cleared(struct glow_proving *p)
{
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ .live = "cleared/1" }, &to);
	struct glow_envoy_heard heard;
	unsigned before, after;
	int tries;

	if (!glow_proving_say(
		    p, from,
		    (struct glow_envoy_post){
			    .topic = "cleared", .text = "kept", .n = 2, .spread = true, .qos = 1, .retained = true }))
		return;
	before = glow_proving_count_patiently(p, "cleared/1", 1, &tries);
	if (!glow_proving_say(p, from,
			      (struct glow_envoy_post){ .topic = "cleared/1", .text = "", .qos = 1, .retained = true }))
		return;
	after = glow_proving_count_patiently(p, "cleared/1", 0, &tries);
	if (before != 1)
		glow_proving_fail(p, "a message is not retained");
	else if (after != 0)
		glow_proving_fail(p, "an empty message does not clear what is retained");
	else if (!glow_proving_hear_text(p, to, "kept", &heard) || !glow_proving_hear_text(p, to, "", &heard))
		glow_proving_fail(p, "who listens does not hear the empty message that clears what is retained");
	else
		glow_proving_well(p, "an empty message clears what is retained, and who listens hears it");
}

/* Retain Handling 2. */
void glow_proof_replay(struct glow_proving *p)
{
	const struct glow_envoy_post old = { .topic = "replay", .text = "old", .qos = 1, .retained = true };
	struct glow_envoy *from = glow_proving_send(p, 0, (struct glow_manners){ 0 }), *to;
	struct glow_envoy_heard heard;
	int tries;

	if (!glow_proving_say(p, from, old))
		return;
	if (glow_proving_count_patiently(p, "replay", 1, &tries) != 1) {
		glow_proving_fail(p, "a message is not retained");
		return;
	}
	to = glow_proving_send(p, 1, (struct glow_manners){ .live = "replay" });
	if (!to || !glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "replay", .text = "new", .qos = 1 }))
		return;
	if (!glow_proving_hear(p, to, p->patience_ms, &heard))
		glow_proving_fail(p, "who asks for no replay of retained messages hears nothing at all");
	else if (strcmp(heard.text, "old") == 0)
		glow_proving_fail(p, "who asks for no replay of retained messages (Retain Handling 2) gets it");
	else
		glow_proving_well(p, "who asks for no replay of retained messages gets none");
}

/* Retain As Published. */
void glow_proof_flag(struct glow_proving *p)
{
	struct glow_envoy *as_published = glow_proving_send(p, 1, (struct glow_manners){ .live = "flag" });
	struct glow_envoy *plain =
		as_published ? glow_proving_send(p, 1, (struct glow_manners){ .wished = "flag" }) : NULL;
	struct glow_envoy *from = plain ? glow_proving_send(p, 0, (struct glow_manners){ 0 }) : NULL;
	struct glow_envoy_heard one, two, three;

	if (!glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "flag", .text = "live", .qos = 1 }) ||
	    !glow_proving_say(p, from,
			      (struct glow_envoy_post){ .topic = "flag", .text = "kept", .qos = 1, .retained = true }))
		return;
	if (!glow_proving_hear_text(p, as_published, "live", &one) ||
	    !glow_proving_hear_text(p, as_published, "kept", &two) ||
	    !glow_proving_hear_text(p, plain, "live", &three) || !glow_proving_hear_text(p, plain, "kept", &three))
		glow_proving_fail(p, "what is published does not come");
	else if (!two.retained)
		glow_proving_fail(p, "who asks for messages as published (Retain As Published) gets them without their "
				     "retain flag");
	else if (one.retained || three.retained)
		glow_proving_fail(p, "what is live comes with a retain flag that says the opposite");
	else
		glow_proving_well(p, "who asks for messages as published gets them with their retain flag, others "
				     "without");
}

/* ---- subscriptions ---- */

/* No Local. */
void glow_proof_own(struct glow_proving *p)
{
	struct glow_envoy *self = glow_proving_send(p, 0, (struct glow_manners){ .kept = "own" });
	struct glow_envoy *other = self ? glow_proving_send(p, 1, (struct glow_manners){ 0 }) : NULL;
	struct glow_envoy_heard heard;

	if (!other ||
	    !glow_proving_say(p, self, (struct glow_envoy_post){ .topic = "own", .text = "mine", .qos = 1 }) ||
	    !glow_proving_say(p, other, (struct glow_envoy_post){ .topic = "own", .text = "another's", .qos = 1 }))
		return;
	if (!glow_proving_hear(p, self, p->patience_ms, &heard))
		glow_proving_fail(p, "who does not want its own messages does not hear others' either");
	else if (strcmp(heard.text, "mine") == 0)
		glow_proving_fail(p, "who does not want its own messages (No Local) hears them");
	else
		glow_proving_well(p, "who does not want its own messages does not hear them, and others'");
}

void glow_proof_follow(struct glow_proving *p)
{
	char topic[GLOW_TOPIC_MAX + 1];
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ .wished = "follow/2" }, &to);
	struct glow_envoy_heard heard;
	bool came;

	if (!from)
		return;
	snprintf(topic, sizeof(topic), "%sfollow/1", p->where);
	if (glow_envoy_follow(to, topic, true, p->why) != 0) {
		glow_proving_fail(p, "%s", p->why);
		return;
	}
	if (!glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "follow/1", .text = "1", .qos = 1 }))
		return;
	came = glow_proving_hear_text(p, to, "1", &heard);
	if (glow_envoy_follow(to, topic, false, p->why) != 0 ||
	    !glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "follow/1", .text = "2", .qos = 1 }) ||
	    !glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "follow/2", .text = "3", .qos = 1 }))
		return;
	if (!came)
		glow_proving_fail(p, "a second subscription on a connection brings nothing");
	else if (!glow_proving_hear_text(p, to, "3", &heard))
		glow_proving_fail(p, "a subscription that was ended %s",
				  heard.text[0] ? "goes on" : "takes the others with it");
	else
		glow_proving_well(p, "subscriptions come and go while a connection lasts");
}

/* A node that is alone in its group, as mqtt_subscribe.c asks for it: and lets go of the topic itself. Who has no
 * groups says so or refuses: then it asks without. */
void glow_proof_shared(struct glow_proving *p)
{
	char plain[GLOW_TOPIC_MAX + 1], group[GLOW_TOPIC_MAX + 1];
	struct glow_envoy *to, *from = pair(p, (struct glow_manners){ 0 }, &to);
	struct glow_envoy_heard heard;

	if (!from)
		return;
	snprintf(plain, sizeof(plain), "%sshared", p->where);
	snprintf(group, sizeof(group), "$share/%s/%sshared", p->client, p->where);
	if (!to->limits.shared)
		glow_proving_note(p,
				  "the broker has no shared subscriptions: of thousands of nodes that come back each "
				  "is more work for it");
	else if (glow_envoy_follow(to, plain, true, p->why) != 0 || glow_envoy_follow(to, group, true, p->why) != 0)
		glow_proving_note(p, "%s: of thousands of nodes that come back each is more work for it", p->why);
	else if (glow_envoy_follow(to, plain, false, p->why) != 0 ||
		 !glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "shared", .text = "1", .qos = 1 }))
		return;
	else if (!glow_proving_hear_text(p, to, "1", &heard))
		glow_proving_fail(p, "who is alone in the group of a shared subscription is told nothing");
	else
		glow_proving_well(p, "who is alone in the group of a shared subscription is told what all are");
}
