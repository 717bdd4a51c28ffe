/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "proof_clients.h"

#include <stdio.h>
#include <string.h>

#include <glow/clock.h>

#include "progress.h"

#define QUIET_MS        300
#define PAUSE_MS        20
#define SIDE_MS         3000  /* so long two may hold one id before they are said to */
#define KEEPALIVE_S     3     /* a conductor's */
#define SILENCE_MS      11500 /* one and a half keepalives, and Mosquitto looks every six seconds only */
#define MQTT_TAKEN_OVER 0x8e  /* the reason of a DISCONNECT */

/* ---- the lead ---- */

struct takeover {
	struct glow_envoy *watch, *first, *second;
	unsigned late;  /* what the first could still say */
	int64_t out_ms; /* when it was out */
	int reason;     /* the broker's word, -1 for none */
	bool out, inherits;
};

/* The first goes on speaking until it is out. It looks before it speaks: who writes to a connection that has ended may
 * lose what the broker said last. */
static void speak_on(struct glow_proving *p, struct takeover *t)
{
	const struct glow_envoy_post word = { .topic = "lead/words", .text = "first", .qos = 1 };
	struct glow_envoy_heard heard;
	int64_t begin_ms = glow_mono_ms();

	do {
		unsigned pause_ms = t->late > 0 ? PAUSE_MS : 0;

		t->out = glow_envoy_hear(t->first, pause_ms, &heard, &t->reason, p->why) < 0;
		if (!t->out && glow_proving_say_or(p, t->first, word) == 0)
			t->late++;
		t->out_ms = glow_mono_ms() - begin_ms;
	} while (!t->out && t->out_ms < SIDE_MS);
}

/* What the first said was perhaps passed on without an acknowledgement. */
static bool listen_back(struct glow_proving *p, struct takeover *t)
{
	const struct glow_envoy_post end = { .topic = "lead/words", .text = "second", .qos = 1 };
	struct glow_envoy_heard heard = { .text = "" };
	unsigned n = 0;

	if (!glow_proving_say(p, t->second, end))
		return false;
	while (glow_proving_hear(p, t->watch, p->patience_ms, &heard) && strcmp(heard.text, "second") != 0)
		n++;
	t->late = n > t->late ? n : t->late;
	return true;
}

/* Both asked to start anew, so the second has nothing of what the first subscribed to. */
static bool look_for_heritage(struct glow_proving *p, struct takeover *t)
{
	struct glow_envoy *from = glow_proving_send(p, 1, (struct glow_manners){ 0 });
	char topic[GLOW_TOPIC_MAX + 1];
	struct glow_envoy_heard heard = { .topic = "" };

	snprintf(topic, sizeof(topic), "%slead/end", p->where);
	if (from && glow_envoy_follow(t->second, topic, true, p->why) != 0) {
		glow_proving_fail(p, "%s", p->why);
		return false;
	}
	if (!glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "lead/anew", .text = "?", .qos = 1 }) ||
	    !glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "lead/end", .text = "?", .qos = 1 }))
		return false;
	glow_proving_hear(p, t->second, p->patience_ms, &heard);
	t->inherits = strcmp(heard.topic, "lead/anew") == 0;
	return true;
}

static void judge_takeover(struct glow_proving *p, const struct takeover *t)
{
	const char *where = p->two ? ", at one address each" : "";

	if (!t->out)
		glow_proving_fail(p, "two clients of one id are connected side by side%s, and both are heard", where);
	else if (t->inherits)
		glow_proving_fail(p, "who takes over an id and asks to start anew hears what the one before asked for");
	else if (t->late > 0)
		glow_proving_note(p,
				  "the second client of an id throws the first out%s, which could still say %u things "
				  "in %d ms: so long two conductors may lead",
				  where, t->late, (int)t->out_ms);
	else if (t->reason != MQTT_TAKEN_OVER)
		glow_proving_note(
			p,
			"the second client of an id throws the first out%s and nothing that the first says is "
			"heard from then on, but the first is not told why (reason 142): where something of one "
			"name runs twice, it takes a while until the two guess it",
			where);
	else
		glow_proving_well(p,
				  "the second client of an id throws the first out%s, tells it so (reason 142), and "
				  "nothing that the first says is heard from then on",
				  where);
}

void glow_proof_takeover(struct glow_proving *p)
{
	const struct glow_envoy_post online = { .topic = "lead/state", .text = "online", .qos = 1, .retained = true };
	struct takeover t = { .reason = -1 };
	struct glow_envoy *reader;
	struct glow_envoy_heard heard = { .text = "" };

	t.watch = glow_proving_send(p, 1, (struct glow_manners){ .live = "lead/words" });
	t.first = glow_proving_send(p, 0,
				    (struct glow_manners){ .id = "lead", .will = "lead/state", .wished = "lead/anew" });
	if (!t.watch || !t.first || !glow_proving_say(p, t.first, online))
		return;
	t.second = glow_proving_send(p, 1, (struct glow_manners){ .id = "lead" });
	if (!t.second)
		return;
	speak_on(p, &t);
	if (glow_proving_say_or(p, t.second, online) != 0) {
		glow_proving_fail(p, "the second client of an id is thrown out as well: %s", p->why);
		return;
	}
	if (!listen_back(p, &t) || !look_for_heritage(p, &t))
		return;
	judge_takeover(p, &t);
	reader = glow_proving_send(p, 1, (struct glow_manners){ .kept = "lead/state" });
	if (t.out && reader && glow_proving_hear(p, reader, QUIET_MS, &heard) && strcmp(heard.text, "online") != 0)
		glow_proving_note(p,
				  "the will of who was thrown out comes after the word of who took over: for a moment "
				  "nobody seems to lead, until the leader says it again");
}

/* ---- wills ---- */

void glow_proof_will(struct glow_proving *p)
{
	struct glow_envoy *watch = glow_proving_send(p, 1, (struct glow_manners){ .live = "will/killed" });
	struct glow_envoy *one = watch ? glow_proving_send(p, 0, (struct glow_manners){ .will = "will/killed" }) : NULL;
	struct glow_envoy_heard heard;
	int tries;

	if (!one)
		return;
	glow_envoy_end(one, GLOW_ENVOY_KILLED);
	if (!glow_proving_hear_text(p, watch, "offline", &heard))
		glow_proving_fail(p, "the will of a client that was killed is not told within %d s",
				  (int)p->patience_ms / 1000);
	else if (glow_proving_count_patiently(p, "will/killed", 1, &tries) != 1)
		glow_proving_fail(p, "the will of a client that was killed is told, but not retained");
	else
		glow_proving_well(p, "the will of a client that was killed is told at once, and retained");
}

void glow_proof_goodbye(struct glow_proving *p)
{
	struct glow_envoy *watch = glow_proving_send(p, 1, (struct glow_manners){ .live = "will/+" });
	struct glow_envoy *one =
		watch ? glow_proving_send(p, 0, (struct glow_manners){ .will = "will/goodbye" }) : NULL;
	struct glow_envoy *two = one ? glow_proving_send(p, 0, (struct glow_manners){ .will = "will/late" }) : NULL;
	struct glow_envoy_heard heard;
	bool late = false, goodbye = false;

	if (!two)
		return;
	glow_envoy_end(one, GLOW_ENVOY_GOODBYE);
	glow_envoy_end(two, GLOW_ENVOY_LATE);
	while (glow_proving_hear(p, watch, late ? QUIET_MS : p->patience_ms, &heard)) {
		late = late || strcmp(heard.topic, "will/late") == 0;
		goodbye = goodbye || strcmp(heard.topic, "will/goodbye") == 0;
	}
	if (goodbye)
		glow_proving_fail(p, "the will of a client that said goodbye is told all the same");
	else if (!late)
		glow_proving_note(p,
				  "a client that says goodbye and asks for its will (reason 4) asks in vain: a program "
				  "that cannot say its last word stays online");
	else
		glow_proving_well(p, "who says goodbye has no will, unless it asks for it");
}

/* Begins before the other proofs, and is waited for behind them. */
void glow_proof_begin_silence(struct glow_proving *p)
{
	if (glow_proving_try(p, 1, (struct glow_manners){ .live = "silence" }, &p->watch) < 0 ||
	    glow_proving_try(p, 0, (struct glow_manners){ .will = "silence", .keepalive_s = KEEPALIVE_S }, &p->hung) <
		    0)
		return;
	glow_envoy_hang(&p->hung);
	p->hung_ms = glow_mono_ms();
}

void glow_proof_look_silence(struct glow_proving *p, unsigned wait_ms)
{
	struct glow_envoy_heard heard;

	if (p->hung_ms && !p->told_ms && glow_proving_hear(p, &p->watch, wait_ms, &heard))
		p->told_ms = glow_mono_ms();
}

void glow_proof_silence(struct glow_proving *p)
{
	int64_t left_ms = p->hung_ms + SILENCE_MS + p->patience_ms - glow_mono_ms();

	glow_progress_say("waiting for the will of a client that is silent");
	glow_proof_look_silence(p, left_ms > 0 ? (unsigned)left_ms : 0);
	if (!p->hung_ms)
		glow_proving_fail(p, "%s", p->why);
	else if (!p->told_ms)
		glow_proving_fail(p, "a client with a keepalive of %d s was silent for %d s, and its will is not told",
				  KEEPALIVE_S, (int)((glow_mono_ms() - p->hung_ms) / 1000));
	else
		glow_proving_well(p,
				  "the will of a client that is silent, with a keepalive of %d s, is told within %d s",
				  KEEPALIVE_S, (int)((p->told_ms - p->hung_ms + 999) / 1000));
	glow_envoy_end(&p->hung, GLOW_ENVOY_KILLED);
}
