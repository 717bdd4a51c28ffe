/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "proofs.h"

#include <signal.h>
#include <stdio.h>

#include "progress.h"
#include "proof_clients.h"
#include "proof_messages.h"
#include "rows.h"
#include "session.h"

#define PATIENCE_MS 3000

static volatile sig_atomic_t interrupted;
static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

#define ANOTHER "no setting of Glowswarm can make up for it: docs/brokers.md names brokers that do it"

static const struct glow_proof proofs[] = {
	{ "qos 0", glow_proof_trips, "nodes would get no time and their reports would be lost", ANOTHER },
	{ "order", glow_proof_order, "an older command could come after a newer one, and a light stay wrong", ANOTHER },
	{ "answers", glow_proof_answers, "the page and glowctl would never learn whether a command was taken",
	  ANOTHER },
	{ "large", glow_proof_large, "long playlists, effects in text and the roster of many nodes would not arrive",
	  "let the broker take, pass on and retain packets of 1000000 bytes" },
	{ "retained", glow_proof_retained,
	  "who comes later finds no nodes, conductor or presets: page and glowctl would show an empty cluster, and a "
	  "new conductor lead nobody",
	  ANOTHER },
	{ "cleared", glow_proof_cleared, "nodes, presets and effects that were removed would come back", ANOTHER },
	{ "replay", glow_proof_replay,
	  "a command that somebody has retained comes again with each connection, and is complained of each time",
	  ANOTHER },
	{ "flag", glow_proof_flag, "a command that is retained by mistake cannot be told from one that is meant now",
	  ANOTHER },
	{ "own", glow_proof_own, "a program would take its own words for another's", ANOTHER },
	{ "follow", glow_proof_follow, "a node would miss the effects in text that it shows", ANOTHER },
	{ "shared", glow_proof_shared,
	  "of a thousand nodes and more those that come back would not hear what is said to all", ANOTHER },
	{ "takeover", glow_proof_takeover, "conductors could lead beside each other, or throw each other out for ever",
	  "let only one conductor run, or use another broker: docs/brokers.md; where it holds at one address alone, "
	  "give that one to all conductors" },
	{ "will", glow_proof_will, "a node or a conductor that died would count as online", ANOTHER },
	{ "goodbye", glow_proof_goodbye, "who ends as he should would count as lost", ANOTHER },
	{ "silence", glow_proof_silence, "a node whose power or network is gone would count as online",
	  "does the broker set a keepalive of its own? Let it keep to the client's" },
};

static const struct glow_proof entry = {
	"broker",
	NULL,
	"nothing can be proved there",
	"Glowswarm needs a broker of MQTT 5 that lets it in: docs/brokers.md names some",
};
static const struct glow_proof rights = {
	"rights",
	NULL,
	"nothing can be proved by this account",
	"the account admin of broker-config may; of rules of your own, let one read and write <prefix>-probe/#",
};
static const struct glow_proof one_cluster = {
	"addresses",
	NULL,
	"they are not of one cluster, and nothing else was tried",
	"programs of one Glowswarm cluster have to reach each other by the addresses that they are given",
};
static const struct glow_proof cleaning = {
	"clean",
	NULL,
	"nobody looks there, but they take the broker's memory",
	"clear them with an empty retained message for each",
};

static void say_limits(struct glow_proving *p, const struct glow_envoy *e, int at)
{
	char text[GLOW_MQTT_WHY], packet[40] = "any size";

	if (e->limits.packet_max != UINT32_MAX)
		snprintf(packet, sizeof(packet), "at most %u bytes", e->limits.packet_max);
	glow_proving_well(p, "%s lets us in by MQTT 5; it takes packets of %s, %d of QoS 1 at a time", p->broker[at],
			  packet, e->limits.receive_max);
	for (unsigned k = 0; glow_mqtt_limits_say(&e->limits, k, text); k++)
		glow_findings_add(p->found, GLOW_FINDING_TROUBLE, "limits", false, NULL, "%s", text);
}

static bool prove_entry(struct glow_proving *p)
{
	struct glow_envoy *e;

	p->proof = &entry;
	for (int at = 0; at <= p->two; at++) {
		e = glow_proving_send(p, at, (struct glow_manners){ 0 });
		if (!e)
			return false;
		say_limits(p, e, at);
		if (!e->limits.retain || e->limits.qos_max < 1)
			return false;
	}
	return true;
}

/* What is said below our topics is heard there, by ourselves and from the other address. */
static bool prove_echo(struct glow_proving *p)
{
	const char *who = p->o->common.username;
	struct glow_envoy *from = glow_proving_send(p, 0, (struct glow_manners){ .live = "echo" });
	struct glow_envoy *to = from ? glow_proving_send(p, 1, (struct glow_manners){ .live = "echo" }) : NULL;
	struct glow_envoy_heard heard;

	p->proof = &rights;
	if (!glow_proving_say(p, from, (struct glow_envoy_post){ .topic = "echo", .text = "echo", .qos = 1 }) || !to)
		return false;
	if (!glow_proving_hear_text(p, from, "echo", &heard)) {
		glow_proving_fail(p, "%s%s may not hear what is said below %s",
				  who ? "the account " : "who has no account", who ? who : "", p->where);
		return false;
	}
	p->proof = &one_cluster;
	if (glow_proving_hear_text(p, to, "echo", &heard))
		return true;
	glow_proving_fail(p, "what is said at %s is not heard at %s", p->broker[0], p->broker[1]);
	return false;
}

/* What the proofs may have left, at either address: a broker whose wildcards bring nothing would not tell us. */
static void clean_at(struct glow_proving *p, int at)
{
	static const char *const left[] = { "large",      "cleared/1",   "cleared/2",    "replay",    "flag",
					    "lead/state", "will/killed", "will/goodbye", "will/late", "silence" };
	struct glow_envoy *e = glow_proving_send(p, at, (struct glow_manners){ 0 });
	unsigned n;

	for (size_t k = 0; k < CTL_N(left); k++)
		if (!glow_proving_say(
			    p, e, (struct glow_envoy_post){ .topic = left[k], .text = "", .qos = 1, .retained = true }))
			return;
	if (!glow_proving_say(p, e,
			      (struct glow_envoy_post){ .topic = "kept",
							.text = "",
							.n = GLOW_PROOF_MANY,
							.spread = true,
							.qos = 1,
							.retained = true }))
		return;
	n = glow_proving_count(p, at, "#", 2 * GLOW_PROOF_MANY);
	if (n > 0)
		glow_proving_fail(p, "%u retained messages stay below %s", n, p->where);
}

static void clean(struct glow_proving *p)
{
	p->proof = &cleaning;
	for (int at = 0; at <= p->two; at++)
		clean_at(p, at);
	glow_proving_part(p);
}

static void prove_all(struct glow_proving *p)
{
	glow_proof_begin_silence(p);
	for (size_t k = 0; k < CTL_N(proofs) && !interrupted; k++) {
		p->proof = &proofs[k];
		glow_progress_say("looking at the broker: %s", p->proof->about);
		p->proof->prove(p);
		glow_proving_part(p);
		glow_proof_look_silence(p, 0);
	}
	glow_envoy_end(&p->watch, GLOW_ENVOY_GOODBYE);
	glow_envoy_end(&p->hung, GLOW_ENVOY_KILLED);
	clean(p);
}

static void interrupt(int signal)
{
	interrupted = signal;
}

/* Whoever ends us in between waits for the present proof, and nothing stays at the broker. What is ignored stays so. */
static void heed_ends(struct sigaction before[CTL_N(ends)])
{
	const struct sigaction ours = { .sa_handler = interrupt, .sa_flags = SA_RESTART };

	for (size_t k = 0; k < CTL_N(ends); k++) {
		sigaction(ends[k], NULL, &before[k]);
		if (before[k].sa_handler != SIG_IGN)
			sigaction(ends[k], &ours, NULL);
	}
}

static void run_cleanly(struct glow_proving *p)
{
	struct sigaction before[CTL_N(ends)];
	bool able;

	heed_ends(before);
	able = prove_entry(p);
	glow_proving_part(p);
	able = able && prove_echo(p);
	glow_proving_part(p);
	if (able)
		prove_all(p);
	for (size_t k = 0; k < CTL_N(ends); k++)
		sigaction(ends[k], &before[k], NULL);
	glow_progress_end();
	if (interrupted)
		raise(interrupted);
}

void glow_proofs_run(const struct glow_ctl_options *o, struct glow_findings *found)
{
	struct glow_proving p = { .o = o,
				  .patience_ms = o->wait_s > 0 ? (unsigned)o->wait_s * 1000 : PATIENCE_MS,
				  .found = found,
				  .two = o->broker_too,
				  .broker = { o->common.broker, o->broker_too ? o->broker_too : o->common.broker } };

	glow_ctl_client_id(p.client);
	snprintf(p.where, sizeof(p.where), "%s-probe/%s/", o->common.prefix, p.client);
	run_cleanly(&p);
}
