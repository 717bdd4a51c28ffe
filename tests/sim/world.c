/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define DELAYED_ACK_NS (40 * MS)

void world_at(struct world *w, int64_t t_ns, script_fn *script, int argument)
{
	queue_put(&w->queue,
		  (struct event){ .t_ns = t_ns, .kind = EVENT_SCRIPT, .machine = argument, .script = script });
}

/* Machines. */

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

struct glow_raw world_local(struct world *w, int machine)
{
	return (struct glow_raw){ oscillator_at(&w->machine[machine].crystal, w->t_ns) };
}

int64_t world_time(struct world *w, int machine)
{
	return glow_sync_now(&w->machine[machine].sync, world_local(w, machine));
}

int world_conductor(const struct world *w, int k)
{
	return w->cfg.nodes + k;
}

/* Has the machine woken when its next probe is due. */
static void plan(struct world *w, int m)
{
	struct machine *p = &w->machine[m];
	int64_t due = glow_sync_next_probe(&p->sync).ns;

	p->wake_ns = due == GLOW_NEVER ? INT64_MAX : oscillator_when(&p->crystal, w->t_ns, due);
	if (p->wake_ns != INT64_MAX)
		queue_put(&w->queue, (struct event){ .t_ns = p->wake_ns, .kind = EVENT_WAKE, .machine = m });
}

/* The machine's packet, sent at at_ns, reaches the broker. */
static void send_up(struct world *w, int m, const struct packet *packet, int64_t at_ns)
{
	struct machine *p = &w->machine[m];

	if (!p->online)
		return;
	p->packets++;
	if (p->down.last_ns < at_ns)
		p->down.last_ns = at_ns; /* the radio is awake */
	queue_put(&w->queue, (struct event){ .t_ns = link_arrival(&p->up, at_ns),
					     .kind = EVENT_BROKER,
					     .machine = m,
					     .life = p->life,
					     .packet = *packet });
}

static void wake(struct world *w, int m)
{
	struct machine *p = &w->machine[m];
	struct packet packet = { .kind = PACKET_REQUEST, .from = m, .to = m };
	struct glow_raw l = world_local(w, m);

	if (w->t_ns != p->wake_ns)
		return; /* planned anew since */
	if (l.ns >= glow_sync_next_probe(&p->sync).ns) {
		glow_sync_probe(&p->sync, l, &packet.request);
		send_up(w, m, &packet, w->t_ns);
	}
	plan(w, m);
}

/* The broker: one packet after the other, to one receiver after the other. */

static void transmit(struct world *w, int m, const struct packet *packet, int64_t at_ns)
{
	struct machine *p = &w->machine[m];
	int64_t arrival = link_arrival(&p->down, at_ns);

	queue_put(&w->queue,
		  (struct event){
			  .t_ns = arrival, .kind = EVENT_ARRIVE, .machine = m, .life = p->life, .packet = *packet });
	if (!w->cfg.nagle || p->connection.in_flight)
		return;
	p->connection.in_flight = true;
	queue_put(&w->queue, (struct event){ .t_ns = arrival + DELAYED_ACK_NS,
					     .kind = EVENT_ACK,
					     .machine = m,
					     .life = ++p->connection.acks });
}

static void send_down(struct world *w, int m, const struct packet *packet)
{
	struct machine *p = &w->machine[m];
	struct connection *c = &p->connection;
	int64_t start = w->t_ns > w->broker_free_ns ? w->t_ns : w->broker_free_ns;

	if (!p->online)
		return;
	p->packets++;
	w->broker_free_ns = start + 15000 + llround(random_exponential(&w->dice, 5000));
	if (!w->cfg.nagle || !c->in_flight)
		transmit(w, m, packet, w->broker_free_ns);
	else if (c->holding < HELD_MAX)
		c->held[c->holding++] = *packet;
}

/* All that was small and waited goes out as one. */
static void acknowledged(struct world *w, int m)
{
	struct connection *c = &w->machine[m].connection;

	c->in_flight = false;
	c->acks++;
	for (int k = 0; k < c->holding; k++)
		transmit(w, m, &c->held[k], w->t_ns);
	c->holding = 0;
}

static void at_broker(struct world *w, int m, const struct packet *packet)
{
	acknowledged(w, m); /* what a client sends also acknowledges what it got */
	switch (packet->kind) {
	case PACKET_REQUEST:
		for (int k = 0; k < w->machines; k++)
			if (w->machine[k].leads && k != m)
				send_down(w, k, packet);
		return;
	case PACKET_REPLY:
	case PACKET_ADOPT:
	case PACKET_OFFER:
		send_down(w, packet->to, packet);
		return;
	default:
		for (int k = 0; k < w->machines; k++)
			if (k != m)
				send_down(w, k, packet);
	}
}

/* At machines. */

static void answer(struct world *w, int m, const struct packet *asked)
{
	bool adopt = asked->kind == PACKET_ADOPT;
	struct packet packet = { .kind = adopt ? PACKET_OFFER : PACKET_REPLY, .from = m, .to = asked->from };
	int64_t t2 = world_time(w, m), work = 20000 + llround(random_exponential(&w->dice, 20000));
	struct glow_sync_report report;

	glow_sync_report(&w->machine[m].sync, world_local(w, m), &report);
	packet.reply = (struct glow_time_reply){
		.seq = asked->request.seq,
		.t1_ns = asked->request.t1_ns,
		.t2_ns = t2,
		.t3_ns = t2 + work,
		.leader = glow_sync_leader(&w->machine[m].sync),
		.sigma_ns = report.error_ns,
		.rate_ppb = report.rate_ppb,
		.state = (uint8_t)report.state,
	};
	send_up(w, m, &packet, w->t_ns + work);
}

static void feed_rivals(struct machine *p, const struct glow_time_reply *reply, int64_t t4)
{
	bool valid = rival_valid(&p->rival[RIVAL_LAST]);
	int64_t before = rival_now(&p->rival[RIVAL_LAST], t4);

	for (int k = 0; k < RIVALS; k++)
		rival_add(&p->rival[k], reply->t1_ns, reply->t2_ns, reply->t3_ns, t4);
	if (valid)
		p->rival_jump_ns = most(p->rival_jump_ns, llabs(rival_now(&p->rival[RIVAL_LAST], t4) - before));
}

static void get_reply(struct world *w, int m, struct glow_time_reply reply)
{
	struct machine *p = &w->machine[m];
	struct glow_raw t4 = world_local(w, m);
	int64_t before = glow_sync_now(&p->sync, t4), step;

	if (w->cfg.careless)
		reply.leader = glow_sync_leader(&p->sync);
	if (glow_sync_reply(&p->sync, &reply, t4, &step)) {
		p->stepped_ns += step;
		p->first_ns = p->first_ns ? p->first_ns : step;
		p->jump_ns = most(p->jump_ns, llabs(glow_sync_now(&p->sync, t4) - before - step));
		figures_add(&w->rtt_ms, (double)((t4.ns - reply.t1_ns) - (reply.t3_ns - reply.t2_ns)) / 1e6);
		feed_rivals(p, &reply, t4.ns);
	}
	plan(w, m);
}

static void arrive(struct world *w, int m, const struct packet *packet)
{
	struct machine *p = &w->machine[m];

	switch (packet->kind) {
	case PACKET_REQUEST:
		if (p->leads)
			answer(w, m, packet);
		return;
	case PACKET_ADOPT:
		if (glow_sync_valid(&p->sync))
			answer(w, m, packet);
		return;
	case PACKET_OFFER:
		glow_adopt_reply(&w->adopt, &packet->reply, world_local(w, m));
		return;
	case PACKET_REPLY:
		get_reply(w, m, packet->reply);
		return;
	case PACKET_INFO:
		glow_sync_follow(&p->sync, world_local(w, m), packet->leader);
		plan(w, m);
		return;
	case PACKET_COMMAND:
		return;
	}
}

static void announce(struct world *w, int m)
{
	struct packet packet = { .kind = PACKET_INFO, .from = m, .leader = glow_sync_leader(&w->machine[m].sync) };

	send_up(w, m, &packet, w->t_ns);
}

void world_lead(struct world *w, int m, struct glow_leader leader)
{
	glow_sync_lead(&w->machine[m].sync, world_local(w, m), leader);
	w->machine[m].leads = true;
	announce(w, m);
	plan(w, m);
}

void world_lead_from(struct world *w, int m, int64_t s_ns, double rate, struct glow_leader leader, bool silent)
{
	glow_sync_begin(&w->machine[m].sync, world_local(w, m), s_ns, rate, leader);
	w->machine[m].leads = true;
	if (!silent)
		announce(w, m);
	plan(w, m);
}

/* Each due probe of a node, and in the end what the answers come to. */
static void adopt(struct world *w, int m)
{
	struct packet packet = { .kind = PACKET_ADOPT, .from = m };
	struct glow_raw l = world_local(w, m), next;
	struct glow_leader leader = glow_sync_leader(&w->machine[0].sync);
	int64_t offset;
	int32_t ppb;

	while (glow_adopt_probe(&w->adopt, l, &packet.to, &packet.request))
		send_up(w, m, &packet, w->t_ns);
	if (glow_adopt_done(&w->adopt, l) && glow_adopt_result(&w->adopt, &offset, &ppb)) {
		leader.term++;
		leader.boot++;
		world_lead_from(w, m, l.ns + offset, isnan(w->rate_known) ? ppb / 1e9 : w->rate_known, leader, false);
		return;
	}
	next = glow_adopt_next(&w->adopt);
	queue_put(&w->queue, (struct event){ .t_ns = oscillator_when(&w->machine[m].crystal, w->t_ns, next.ns) + 1000,
					     .kind = EVENT_ADOPT,
					     .machine = m });
}

static void happen(struct world *w, const struct event *e)
{
	struct machine *p = &w->machine[e->machine];

	switch (e->kind) {
	case EVENT_WAKE:
		wake(w, e->machine);
		return;
	case EVENT_BROKER:
		if (p->online && e->life == p->life)
			at_broker(w, e->machine, &e->packet);
		return;
	case EVENT_ARRIVE:
		if (p->online && e->life == p->life)
			arrive(w, e->machine, &e->packet);
		return;
	case EVENT_ACK:
		if (e->life == p->connection.acks)
			acknowledged(w, e->machine);
		return;
	case EVENT_ADOPT:
		adopt(w, e->machine);
		return;
	case EVENT_SCRIPT:
		e->script(w, e->machine);
		return;
	}
}

void world_run(struct world *w, int64_t t_ns)
{
	while (w->queue.n > 0 && w->queue.heap[0].t_ns <= t_ns) {
		struct event e = queue_take(&w->queue);

		w->t_ns = e.t_ns;
		happen(w, &e);
	}
	w->t_ns = t_ns;
}

/* What scripts do. */

/* The retained info of whoever leads, for one that has just connected. */
static void retained_info(struct world *w, int m)
{
	struct packet packet = { .kind = PACKET_INFO };

	for (int k = 0; k < w->machines; k++)
		if (w->machine[k].leads && k != m) {
			packet.leader = glow_sync_leader(&w->machine[k].sync);
			send_down(w, m, &packet);
		}
}

void world_join(struct world *w, int m)
{
	struct machine *p = &w->machine[m];

	if (p->online || !w->broker_up)
		return;
	p->alive = p->online = true;
	p->life++;
	p->joined_ns = w->t_ns;
	p->up.last_ns = p->down.last_ns = w->t_ns;
	memset(&p->connection, 0, sizeof(p->connection));
	glow_sync_connected(&p->sync, world_local(w, m));
	retained_info(w, m);
	plan(w, m);
}

static void lose(struct world *w, int m)
{
	w->machine[m].online = w->machine[m].leads = false;
	glow_sync_yield(&w->machine[m].sync, world_local(w, m));
	glow_sync_disconnected(&w->machine[m].sync, world_local(w, m));
	plan(w, m);
}

void world_leave(struct world *w, int m)
{
	w->machine[m].alive = false;
	lose(w, m);
}

void world_adopt(struct world *w, int m, double rate_known)
{
	struct machine *p = &w->machine[m];
	struct glow_sync_cfg cfg = p->sync.cfg;

	glow_sync_init(&p->sync, &cfg);
	world_join(w, m);
	w->rate_known = rate_known;
	glow_adopt_init(&w->adopt, world_local(w, m), glow_sync_leader(&w->machine[0].sync).clock_id);
	for (int k = 0; k < w->cfg.nodes && glow_adopt_add(&w->adopt) >= 0; k++)
		;
	adopt(w, m);
}

static void broker_back(struct world *w, int argument)
{
	(void)argument;
	w->broker_up = true;
	w->broker_free_ns = w->t_ns;
	for (int m = 0; m < w->machines; m++)
		if (w->machine[m].alive)
			world_at(w, w->t_ns + (int64_t)random_between(&w->dice, 1e8, 2e9), world_join, m);
}

void world_restart_broker(struct world *w, int64_t away_ns)
{
	w->broker_up = false;
	for (int m = 0; m < w->machines; m++)
		if (w->machine[m].online)
			lose(w, m);
	world_at(w, w->t_ns + away_ns, broker_back, 0);
}

static void command(struct world *w, int argument)
{
	struct packet packet = { .kind = PACKET_COMMAND };

	for (int k = 0; k < w->cfg.nodes; k++)
		send_down(w, k, &packet);
	world_at(w, w->t_ns + llround(random_exponential(&w->dice, w->cfg.command_every_ms * 1e6)), command, argument);
}

static void machine_init(struct world *w, int m)
{
	struct machine *p = &w->machine[m];
	uint64_t first = (uint64_t)m * 4 + 1;
	bool node = m < w->cfg.nodes;
	struct link_cfg link = node ? *w->cfg.link[m % 2] : link_leg;
	struct glow_sync_cfg cfg = {
		.seed = (uint32_t)(w->seed * 1000 + (uint64_t)m),
		.power_save = node && w->cfg.power_save && !w->cfg.untold,
		.interval_min_ns = llround(w->cfg.interval_s[0] * 1e9),
		.interval_max_ns = llround(w->cfg.interval_s[1] * 1e9),
	};

	link.power_save = node && w->cfg.power_save;
	oscillator_init(&p->crystal, &w->cfg.crystal, w->seed, first);
	link_init(&p->up, &link, true, w->seed, first + 1);
	link_init(&p->down, &link, false, w->seed, first + 2);
	glow_sync_init(&p->sync, &cfg);
	for (int k = 0; k < RIVALS; k++)
		rival_init(&p->rival[k], (enum rival_kind)k);
}

struct world *world_create(const struct world_cfg *cfg, uint64_t seed)
{
	struct world *w = calloc(1, sizeof(*w));

	w->cfg = *cfg;
	w->seed = seed;
	w->dice = random_of(seed, 0);
	w->broker_up = true;
	w->machines = cfg->nodes + cfg->conductors;
	for (int m = 0; m < w->machines; m++)
		machine_init(w, m);
	return w;
}

void world_destroy(struct world *w)
{
	queue_free(&w->queue);
	figures_free(&w->rtt_ms);
	free(w);
}

void world_begin(struct world *w)
{
	struct glow_leader leader = { .clock_id = w->seed, .term = 1, .boot = 1 };
	int first = world_conductor(w, 0);

	world_join(w, first);
	world_lead_from(w, first, 1700000000 * SEC, 0, leader, false);
	for (int m = 0; m < w->cfg.nodes; m++)
		world_at(w, w->t_ns + (int64_t)random_between(&w->dice, 0, 1e9), world_join, m);
	if (w->cfg.command_every_ms > 0)
		world_at(w, w->t_ns, command, 0);
}
