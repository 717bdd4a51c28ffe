/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include <glow/hash.h>
#include <glow/json.h>

#include "swarm_node.h"

#define SECOND      INT64_C(1000000000)
#define DIAL_NS     (4 * SECOND) /* as a bridge gives TCP, */
#define CONNECT_NS  (9 * SECOND) /* and all in all */
#define KEEPALIVE_S 10
#define SILENT_NS   (14 * SECOND)
#define STATS_NS    (10 * SECOND)
#define ALONE_NS    SECOND

int64_t swarm_raw_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

struct glow_raw swarm_node_local(const struct swarm_node *n, int64_t raw_ns)
{
	int64_t d = raw_ns - n->swarm->raw0_ns;

	return (struct glow_raw){ n->base_ns + d + (int64_t)((double)d * n->ppb / 1e9) };
}

int64_t swarm_node_raw(const struct swarm_node *n, int64_t local_ns)
{
	int64_t d = local_ns - n->base_ns;

	return local_ns == GLOW_NEVER ? GLOW_NEVER
				      : n->swarm->raw0_ns + d - (int64_t)((double)d * n->ppb / (1e9 + n->ppb));
}

void swarm_node_init(struct swarm_node *n, struct swarm *swarm, uint32_t number)
{
	const struct glow_sync_cfg cfg = { .seed = glow_dice(1, number, 7) };

	*n = (struct swarm_node){ .swarm = swarm, .number = number, .link.fd = -1, .due_ns = GLOW_NEVER };
	snprintf(n->id, sizeof(n->id), "s%05u", number);
	n->ppb = (int32_t)(glow_dice(2, number, 7) % 40001) - 20000;
	n->base_ns = 1000 * SECOND + (int64_t)(glow_dice(3, number, 7) % 100000) * SECOND;
	glow_follower_init(&n->follower, &cfg, swarm->prefix, n->id);
}

/* ---- sending ---- */

static void lose(struct swarm_node *n, int64_t now_ns)
{
	struct swarm *s = n->swarm;
	bool was = n->phase == SWARM_ONLINE;

	swarm_link_close(&n->link, false);
	s->lost += was;
	s->failures += !was;
	packet_in_reset(&n->in);
	n->out.n = n->out.gone = 0;
	n->boards = 0;
	if (was)
		glow_sync_disconnected(&n->follower.sync, swarm_node_local(n, now_ns));
	n->phase = SWARM_WAITING;
	n->backoff.crowd = s->conductor.nodes;
	n->due_ns =
		now_ns + 1000000 * (int64_t)glow_backoff_ms(&n->backoff, was ? (now_ns - n->since_ns) / 1000000 : 0,
							    GLOW_END_OTHER, glow_dice(4, n->number, (uint32_t)now_ns));
}

static void flush(struct swarm_node *n, int64_t now_ns)
{
	ssize_t sent;

	if (n->link.fd < 0 || n->out.n == n->out.gone)
		return;
	sent = swarm_link_write(&n->link, n->out.v + n->out.gone, n->out.n - n->out.gone);
	if (sent < 0) {
		lose(n, now_ns);
		return;
	}
	n->out.gone += (size_t)sent;
	n->said_ns = now_ns;
	if (n->out.gone < n->out.n)
		return;
	n->out.n = n->out.gone = 0;
	if (n->out.room > 16384)
		packet_out_free(&n->out);
}

/* A packet was put in the buffer since it was so full. */
static void count_out(struct swarm_node *n, enum swarm_kind kind, size_t before)
{
	n->swarm->out[kind].messages++;
	n->swarm->out[kind].bytes += n->out.n - before;
}

static uint16_t next_id(struct swarm_node *n)
{
	if (++n->packet_id == 0)
		n->packet_id = 1;
	return n->packet_id;
}

static void say(struct swarm_node *n, enum swarm_kind kind, const char *topic, const void *payload, size_t len,
		bool kept)
{
	size_t before = n->out.n;

	n->unacked += kept;
	packet_publish(&n->out, kept ? next_id(n) : 0, kept, topic, payload, len);
	count_out(n, kind, before);
}

/* The template with this node's names in it. */
static void say_template(struct swarm_node *n, enum swarm_kind kind, const char *leaf, const char *template, bool kept)
{
	char topic[GLOW_TOPIC_MAX + 1], text[4096];
	size_t len = 0;

	glow_topic_make(topic, n->swarm->prefix, "node", n->id, leaf);
	for (const char *at = template; *at && len + 64 < sizeof(text);) {
		if (strncmp(at, "@ID@", 4) == 0) {
			len += (size_t)sprintf(text + len, "%s", n->id);
			at += 4;
		} else if (strncmp(at, "@GROUP@", 7) == 0) {
			len += (size_t)sprintf(text + len, "g%u", n->number % n->swarm->groups);
			at += 7;
		} else {
			text[len++] = *at++;
		}
	}
	say(n, kind, topic, text, len, kept);
}

static void announce(struct swarm_node *n)
{
	char topic[GLOW_TOPIC_MAX + 1];

	n->announced = true;
	glow_topic_make(topic, n->swarm->prefix, "node", n->id, "availability");
	say_template(n, SWARM_INFO, "info", n->swarm->info, true);
	say_template(n, SWARM_STATE, "state", n->swarm->state, true);
	say(n, SWARM_AVAILABILITY, topic, "online", 6, true);
}

/* ---- connecting ---- */

static void dial(struct swarm_node *n, int64_t now_ns)
{
	n->since_ns = n->heard_ns = now_ns;
	n->phase = SWARM_DIALING;
	n->announced = false;
	n->unacked = 0;
	if (!swarm_link_open(&n->link, &n->swarm->road, n))
		lose(n, now_ns);
}

static void greet(struct swarm_node *n)
{
	char client[GLOW_TOPIC_MAX + 1], will[GLOW_TOPIC_MAX + 1];
	size_t before = n->out.n;

	glow_client_id(client, n->swarm->prefix, n->id);
	glow_topic_make(will, n->swarm->prefix, "node", n->id, "availability");
	packet_connect(&n->out, client, KEEPALIVE_S, will);
	count_out(n, SWARM_PROTOCOL, before);
	n->phase = SWARM_GREETING;
}

static void ask(struct swarm_node *n)
{
	char names[SWARM_TOPICS][GLOW_TOPIC_MAX + 1];
	const char *topics[SWARM_TOPICS];
	size_t live, count = swarm_topics(n, names, &live), before = n->out.n;

	for (size_t k = 0; k < count; k++)
		topics[k] = names[k];
	if (n->asked > SWARM_LIVE)
		packet_unsubscribe(&n->out, next_id(n), topics, count);
	else
		packet_subscribe(&n->out, next_id(n), topics, count, live);
	count_out(n, SWARM_PROTOCOL, before);
	n->phase = SWARM_ASKING;
	n->asked++;
}

static void come_online(struct swarm_node *n, int64_t now_ns)
{
	n->phase = SWARM_ONLINE;
	n->since_ns = now_ns;
	n->stats_ns = now_ns + (int64_t)(glow_dice(5, n->number, 1) % 10000) * 1000000;
	n->swarm->connects++;
	glow_sync_connected(&n->follower.sync, swarm_node_local(n, now_ns));
	announce(n);
}

/* ---- what comes ---- */

static bool ends(const struct packet_message *m, const char *word)
{
	size_t len = strlen(word);

	return m->n_topic > len && memcmp(m->topic + m->n_topic - len, word, len) == 0;
}

static bool begins(const struct swarm_node *n, const struct packet_message *m, const char *word)
{
	size_t skip = strlen(n->swarm->prefix) + 1, len = strlen(word);

	return m->n_topic >= skip + len && memcmp(m->topic + skip, word, len) == 0;
}

static enum swarm_kind kind_of(const struct swarm_node *n, const struct packet_message *m)
{
	if (begins(n, m, "time/"))
		return SWARM_REPLY;
	if (begins(n, m, "conductor/"))
		return SWARM_CONDUCTOR;
	if (ends(m, "/place"))
		return SWARM_PLACE;
	if (begins(n, m, "scene/") || begins(n, m, "dim/"))
		return SWARM_SCENE;
	if (begins(n, m, "effect"))
		return SWARM_EFFECTS;
	if (ends(m, "/apply"))
		return SWARM_APPLY;
	if (ends(m, "/set") || ends(m, "/notify"))
		return SWARM_COMMAND;
	return ends(m, "/state") ? SWARM_STATE : SWARM_OTHER;
}

/* The number behind the first `"name":` among what is kept; 0 for none. */
static int64_t find_number(const struct packet_message *m, const char *name)
{
	const uint8_t *at = memmem(m->payload, m->kept, name, strlen(name));

	return at ? strtoll((const char *)at + strlen(name), NULL, 10) : 0;
}

static uint64_t edition(const struct packet_message *m)
{
	return (uint64_t)find_number(m, "\"term\":") << 32 | (uint64_t)find_number(m, "\"rev\":");
}

/* All nodes get the same bytes: the first reads them for all. */
static void take_info(struct swarm_node *n, const struct packet_message *m, int64_t now_ns)
{
	struct swarm *s = n->swarm;

	if (m->kept != s->n_conductor || memcmp(m->payload, s->conductor_text, m->kept) != 0) {
		struct glow_diag diag;
		cJSON *tree = glow_json_parse((const char *)m->payload, m->kept, &diag);
		struct glow_conductor_info info;

		if (tree && glow_conductor_info_read(tree, &info, &diag) == GLOW_OK)
			s->conductor = info;
		cJSON_Delete(tree);
		memcpy(s->conductor_text, m->payload, m->kept);
		s->n_conductor = m->kept;
	}
	glow_sync_crowd(&n->follower.sync, s->conductor.nodes);
	if (s->conductor.leading)
		glow_sync_follow(&n->follower.sync, swarm_node_local(n, now_ns), s->conductor.leader);
}

static void take_place(struct swarm_node *n, const struct packet_message *m, int64_t now_ns)
{
	struct swarm *s = n->swarm;
	uint64_t rev = edition(m);

	n->boards = (uint32_t)find_number(m, "\"boards\":");
	n->aimed_ns = memmem(m->payload, m->kept, "\"targets\"", 9) ? now_ns : 0;
	if (rev < s->place)
		return;
	s->places += rev > s->place;
	s->place = rev;
	s->place_bytes = m->len;
	s->boards = n->boards;
}

static void take_bounds(struct swarm *s, uint32_t boot, int64_t now_ns, int64_t u_ns, int64_t v_ns)
{
	int64_t second = now_ns / SECOND;
	unsigned at = (unsigned)second % 16;

	if (boot != s->leader_boot)
		memset(s->bounds, 0, sizeof(s->bounds));
	s->leader_boot = boot;
	if (s->bounds[at].second != second) {
		s->bounds[at].second = second;
		s->bounds[at].low_ns = INT64_MIN;
		s->bounds[at].high_ns = INT64_MAX;
	}
	if (v_ns > s->bounds[at].low_ns)
		s->bounds[at].low_ns = v_ns;
	if (u_ns < s->bounds[at].high_ns)
		s->bounds[at].high_ns = u_ns;
}

static void take_time(struct swarm_node *n, const struct packet_message *m, int64_t now_ns)
{
	struct glow_raw local = swarm_node_local(n, now_ns);
	struct glow_message message = { .payload = m->payload, .len = m->kept, .at = local };
	struct glow_time_reply reply;
	int64_t step_ns;

	if (ends(m, "/set") || begins(n, m, "time/adopt"))
		return;
	if (glow_follower_reply(&n->follower, &message, &step_ns) &&
	    glow_reply_read(m->payload, m->kept, false, &reply)) {
		n->answered_ns = now_ns;
		take_bounds(n->swarm, reply.leader.boot, now_ns, reply.t2_ns - swarm_node_raw(n, reply.t1_ns),
			    reply.t3_ns - now_ns);
	}
}

/* A new conductor asks what time it was. */
static void give_time(struct swarm_node *n, const struct packet_message *m, int64_t now_ns)
{
	const struct glow_sync *sync = &n->follower.sync;
	struct glow_sync_report report;
	struct glow_time_request request;
	struct glow_time_reply reply;
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	char topic[GLOW_TOPIC_MAX + 1];
	struct glow_raw local = swarm_node_local(n, now_ns);

	if (!glow_sync_valid(sync) || !glow_request_read(m->payload, m->kept, &request))
		return;
	glow_sync_report(sync, local, &report);
	reply = (struct glow_time_reply){ .seq = request.seq,
					  .t1_ns = request.t1_ns,
					  .t2_ns = glow_sync_now(sync, local),
					  .t3_ns = glow_sync_now(sync, local),
					  .leader = glow_sync_leader(sync),
					  .sigma_ns = report.error_ns,
					  .rate_ppb = report.rate_ppb,
					  .state = (uint8_t)report.state };
	snprintf(topic, sizeof(topic), "%s/time/adopt/reply/%08x", n->swarm->prefix, n->swarm->conductor.leader.boot);
	say(n, SWARM_REPLY, topic, bytes, glow_reply_write(&reply, true, bytes), false);
}

static void take_apply(struct swarm_node *n, const struct packet_message *m, int64_t now_ns)
{
	const struct glow_sync *sync = &n->follower.sync;
	int64_t at_us = find_number(m, "\"at_us\":");
	const char *of = memmem(m->payload, m->kept, "\"of\":\"", 6);

	n->asked_ns = 0;
	n->waiting_of = of ? (uint32_t)strtoul(of + 6, NULL, 16) : 0;
	n->swarm->of = n->waiting_of;
	n->show_ns = now_ns;
	if (glow_sync_valid(sync))
		n->show_ns = swarm_node_raw(n, glow_sync_when(sync, at_us * 1000).ns);
	n->late = n->show_ns < now_ns;
}

static void take_scene(struct swarm_node *n, const struct packet_message *m, int64_t now_ns)
{
	n->scene = edition(m);
	n->scene_ns = now_ns;
	n->swarm->scene = n->scene > n->swarm->scene ? n->scene : n->swarm->scene;
}

static void take_publish(struct swarm_node *n, const struct packet *p, int64_t now_ns)
{
	struct packet_message m;
	enum swarm_kind kind;
	size_t before = n->out.n;

	if (!packet_message(p, &m))
		return;
	kind = kind_of(n, &m);
	n->swarm->in[kind].messages++;
	n->swarm->in[kind].bytes += p->len + 2 + (p->len > 127) + (p->len > 16383);
	if (m.id) {
		packet_puback(&n->out, m.id);
		count_out(n, SWARM_PROTOCOL, before);
	}
	if (begins(n, &m, "time/adopt"))
		give_time(n, &m, now_ns);
	else if (kind == SWARM_REPLY)
		take_time(n, &m, now_ns);
	else if (begins(n, &m, "conductor/info"))
		take_info(n, &m, now_ns);
	else if (kind == SWARM_PLACE)
		take_place(n, &m, now_ns);
	else if (begins(n, &m, "scene/current"))
		take_scene(n, &m, now_ns);
	else if (kind == SWARM_APPLY)
		take_apply(n, &m, now_ns);
	else if (kind == SWARM_COMMAND && n->asked_ns == 0)
		n->asked_ns = now_ns;
}

struct taking {
	struct swarm_node *node;
	int64_t now_ns;
};

static bool take_packet(void *ctx, const struct packet *p)
{
	struct taking *t = ctx;
	struct swarm_node *n = t->node;

	n->heard_ns = t->now_ns;
	if (p->first >> 4 == PACKET_PUBLISH) {
		take_publish(n, p, t->now_ns);
		return true;
	}
	n->swarm->in[SWARM_PROTOCOL].messages++;
	n->swarm->in[SWARM_PROTOCOL].bytes += p->len + 2;
	switch (p->first >> 4) {
	case PACKET_CONNACK:
		n->asked = 0;
		if (p->kept < 2 || p->body[1] != 0)
			return false;
		ask(n);
		return true;
	case PACKET_SUBACK:
	case PACKET_UNSUBACK:
		if (n->asked <= (swarm_topics_grouped(n) ? SWARM_LIVE + 1 : SWARM_LIVE))
			ask(n);
		else
			come_online(n, t->now_ns);
		return true;
	case PACKET_PUBACK:
		n->unacked -= n->unacked > 0;
		return true;
	case PACKET_DISCONNECT:
		return false;
	default:
		return true;
	}
}

static void next_due(struct swarm_node *n)
{
	int64_t probe_ns = glow_sync_next_probe(&n->follower.sync).ns;
	bool dials = n->phase == SWARM_DIALING && !n->link.tls;

	if (n->phase != SWARM_ONLINE) {
		if (n->phase > SWARM_WAITING)
			n->due_ns = n->since_ns + (dials ? DIAL_NS : CONNECT_NS);
		return;
	}
	n->due_ns = glow_sooner(swarm_node_raw(n, probe_ns), n->stats_ns);
	n->due_ns = glow_sooner(n->due_ns, n->said_ns + KEEPALIVE_S * SECOND);
	n->due_ns = glow_sooner(n->due_ns, n->heard_ns + SILENT_NS);
	if (n->waiting_of)
		n->due_ns = glow_sooner(n->due_ns, n->show_ns);
	if (n->asked_ns)
		n->due_ns = glow_sooner(n->due_ns, n->asked_ns + ALONE_NS);
}

static void take_bytes(struct swarm_node *n, uint8_t *buffer, size_t size)
{
	struct taking t = { n, 0 };
	ssize_t got;

	do {
		got = swarm_link_read(&n->link, buffer, size);
		t.now_ns = swarm_raw_ns();
		if (got < 0 || !packet_in_feed(&n->in, buffer, (size_t)got, take_packet, &t)) {
			lose(n, t.now_ns);
			return;
		}
	} while (got == (ssize_t)size);
	flush(n, t.now_ns);
}

void swarm_node_event(struct swarm_node *n, uint32_t events, uint8_t *buffer, size_t size)
{
	if (n->link.fd < 0)
		return;
	if (n->phase == SWARM_DIALING && (events & EPOLLOUT) && !(events & (EPOLLERR | EPOLLHUP)))
		greet(n);
	if (events & EPOLLOUT)
		flush(n, swarm_raw_ns());
	if (n->link.fd >= 0 && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
		take_bytes(n, buffer, size);
	next_due(n);
}

/* ---- what is due ---- */

static void show(struct swarm_node *n, int64_t now_ns)
{
	n->shown_of = n->waiting_of;
	n->shown_ns = now_ns;
	n->waiting_of = 0;
	say_template(n, SWARM_STATE, "state", n->swarm->state, true);
}

static void probe(struct swarm_node *n)
{
	struct glow_message m;

	while (glow_follower_probe(&n->follower, swarm_node_local(n, swarm_raw_ns()), &m))
		say(n, SWARM_PROBE, m.topic, m.payload, m.len, false);
}

static void do_due(struct swarm_node *n, int64_t now_ns)
{
	if (n->waiting_of && n->show_ns <= now_ns)
		show(n, now_ns);
	if (n->asked_ns && n->asked_ns + ALONE_NS <= now_ns) {
		n->asked_ns = 0;
		n->swarm->alone++;
		say_template(n, SWARM_STATE, "state", n->swarm->state, true);
	}
	if (n->stats_ns <= now_ns) {
		n->stats_ns += STATS_NS;
		say_template(n, SWARM_STATS, "stats", n->swarm->stats, false);
	}
	probe(n);
	if (n->said_ns + KEEPALIVE_S * SECOND <= now_ns) {
		size_t before = n->out.n;

		packet_ping(&n->out);
		count_out(n, SWARM_PROTOCOL, before);
	}
	flush(n, now_ns);
}

void swarm_node_tick(struct swarm_node *n, int64_t now_ns)
{
	switch (n->phase) {
	case SWARM_OFF:
		n->due_ns = GLOW_NEVER;
		return;
	case SWARM_WAITING:
		dial(n, now_ns);
		break;
	case SWARM_ONLINE:
		if (n->heard_ns + SILENT_NS <= now_ns)
			lose(n, now_ns);
		else
			do_due(n, now_ns);
		break;
	default:
		if (n->due_ns <= now_ns)
			lose(n, now_ns);
		break;
	}
	next_due(n);
}

void swarm_node_start(struct swarm_node *n, int64_t at_ns)
{
	if (n->phase != SWARM_OFF)
		return;
	n->phase = SWARM_WAITING;
	n->due_ns = at_ns;
}

void swarm_node_stop(struct swarm_node *n)
{
	swarm_link_close(&n->link, true);
	if (n->phase > SWARM_WAITING)
		lose(n, swarm_raw_ns());
	n->phase = SWARM_OFF;
	n->due_ns = GLOW_NEVER;
	n->shown_of = 0;
	n->asked_ns = 0;
	n->waiting_of = 0;
}
