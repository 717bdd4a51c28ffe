/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include "tree.h"
#include "world.h"

#define DELAYED_ACK_NS     (40 * MS)
#define UPLINK_INTERVAL_NS (SEC / 2) /* between the probes of a rack's conductor */
#define PACE               10e-6     /* at which a rack is steered, */
#define HURRY              100e-6    /* and while its timeline is young; all begin together here */
#define HURRY_NS           (120 * SEC)
#define SILENCE_NS         (5 * SEC / 2) /* without a beacon: the uplink is lost */

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

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

struct glow_raw world_local(struct world *w, int machine)
{
	return (struct glow_raw){ oscillator_at(&w->machine[machine].crystal, w->t_ns) };
}

int64_t world_time(struct world *w, int machine)
{
	return glow_sync_now(&w->machine[machine].sync, world_local(w, machine));
}

int64_t world_served(struct world *w, int machine)
{
	const struct machine *p = &w->machine[machine];

	if (p->above >= 0 && w->cfg.unfiltered)
		return rival_now(&p->rival[RIVAL_LAST], world_local(w, machine).ns);
	return world_time(w, machine);
}

int world_conductor(const struct world *w, int k)
{
	return w->cfg.nodes + k;
}

int world_rack_conductor(const struct world *w, int broker, int k)
{
	return world_conductor(w, broker * w->cfg.conductors + k);
}

/* Has the machine woken when its next probe is due. */
static void plan(struct world *w, int m)
{
	struct machine *p = &w->machine[m];
	int64_t due = least(glow_sync_next_probe(&p->sync).ns, glow_sync_next_probe(&p->uplink).ns);

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

/* Asks the conductor of this broker, if that is due. */
static void probe(struct world *w, int m, struct glow_sync *sync, int of)
{
	struct packet packet = { .kind = PACKET_REQUEST, .from = m, .to = m, .of = of };
	struct glow_raw l = world_local(w, m);

	if (l.ns < glow_sync_next_probe(sync).ns)
		return;
	glow_sync_probe(sync, l, &packet.request);
	send_up(w, m, &packet, w->t_ns);
}

static void wake(struct world *w, int m)
{
	struct machine *p = &w->machine[m];

	if (w->t_ns != p->wake_ns)
		return; /* planned anew since */
	probe(w, m, &p->sync, p->home);
	probe(w, m, &p->uplink, p->above);
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

/* When a broker is done with a packet for one receiver. */
static int64_t handled(struct world *w, struct broker *b)
{
	b->free_ns = most(w->t_ns, b->free_ns) + 15000 + llround(random_exponential(&w->dice, 5000));
	return b->free_ns;
}

static void send_down(struct world *w, int m, const struct packet *packet)
{
	struct machine *p = &w->machine[m];
	struct connection *c = &p->connection;
	int64_t at_ns;

	if (!p->online)
		return;
	p->packets++;
	at_ns = handled(w, &w->broker[p->home]);
	if (!w->cfg.nagle || !c->in_flight)
		transmit(w, m, packet, at_ns);
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

/* Over the bridge of broker b, to it or to the one above. */
static void cross(struct world *w, int b, enum event_kind to, const struct packet *packet)
{
	struct broker *lower = &w->broker[b], *near = to == EVENT_ABOVE ? lower : &w->broker[lower->above];
	struct link *link = to == EVENT_ABOVE ? &lower->up : &lower->down;

	if (lower->bridged)
		queue_put(&w->queue, (struct event){ .t_ns = link_arrival(link, handled(w, near)),
						     .kind = to,
						     .machine = b,
						     .life = lower->life,
						     .packet = *packet });
}

static void ask(struct world *w, int b, const struct packet *packet)
{
	if (packet->of != b)
		cross(w, b, EVENT_ABOVE, packet);
	else
		for (int k = 0; k < w->machines; k++)
			if (w->machine[k].leads && w->machine[k].home == b && k != packet->from)
				send_down(w, k, packet);
}

static void tell(struct world *w, int b, const struct packet *packet)
{
	for (int k = 0; k < w->machines; k++)
		if (w->machine[k].home == b && (packet->of == b || packet->of == w->machine[k].above) &&
		    k != packet->from)
			send_down(w, k, packet);
	for (int below = 0; below < w->brokers; below++)
		if (packet->of == b && w->broker[below].above == b)
			cross(w, below, EVENT_BELOW, packet);
}

/* Comes to broker b, from a client or over a bridge. */
static void at_broker(struct world *w, int b, const struct packet *packet)
{
	int home = w->machine[packet->to].home;

	switch (packet->kind) {
	case PACKET_REQUEST:
		ask(w, b, packet);
		return;
	case PACKET_REPLY:
	case PACKET_ADOPT:
	case PACKET_OFFER:
		if (home == b)
			send_down(w, packet->to, packet);
		else
			cross(w, home, EVENT_BELOW, packet);
		return;
	default:
		tell(w, b, packet);
	}
}

/* At machines. */

static void answer(struct world *w, int m, const struct packet *asked)
{
	bool adopt = asked->kind == PACKET_ADOPT;
	struct packet packet = { adopt ? PACKET_OFFER : PACKET_REPLY, .from = m, .to = asked->from, .of = asked->of };
	int64_t t2 = world_served(w, m), work = 20000 + llround(random_exponential(&w->dice, 20000));
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

static bool knows_above(const struct machine *p)
{
	return p->uplink.valid && !p->uplink.anew && p->uplink.phase != GLOW_SYNC_ACQUIRE;
}

static void get_reply_above(struct world *w, int m, const struct glow_time_reply *reply)
{
	struct machine *p = &w->machine[m];
	struct glow_raw t4 = world_local(w, m);
	int64_t step;

	if (glow_sync_reply(&p->uplink, reply, t4, &step)) {
		feed_rivals(p, reply, t4.ns);
		if (knows_above(p))
			glow_sync_steer(&p->sync, t4, &p->uplink, w->t_ns < HURRY_NS ? HURRY : PACE);
	}
	plan(w, m);
}

static void get_info(struct world *w, int m, const struct packet *packet)
{
	struct machine *p = &w->machine[m];
	struct glow_raw l = world_local(w, m);

	glow_sync_follow(packet->of == p->home ? &p->sync : &p->uplink, l, packet->leader);
	if (packet->of == p->above && p->leads && !p->uplink.connected)
		glow_sync_connected(&p->uplink, l);
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
		if (packet->of == p->home)
			get_reply(w, m, packet->reply);
		else
			get_reply_above(w, m, &packet->reply);
		return;
	case PACKET_INFO:
		get_info(w, m, packet);
		return;
	case PACKET_COMMAND:
		return;
	}
}

static struct packet info_of(const struct world *w, int m)
{
	const struct machine *p = &w->machine[m];

	return (struct packet){ PACKET_INFO, .from = m, .of = p->home, .leader = glow_sync_leader(&p->sync) };
}

/* Whoever leads tells everybody, and follows the conductor above. */
static void led(struct world *w, int m, bool silent)
{
	struct machine *p = &w->machine[m];
	struct packet info = info_of(w, m);

	p->leads = true;
	if (p->above >= 0 && !p->uplink.connected)
		glow_sync_connected(&p->uplink, world_local(w, m));
	if (!silent)
		send_up(w, m, &info, w->t_ns);
	plan(w, m);
}

void world_lead(struct world *w, int m, struct glow_leader leader)
{
	glow_sync_lead(&w->machine[m].sync, world_local(w, m), leader);
	led(w, m, false);
}

void world_lead_from(struct world *w, int m, int64_t s_ns, double rate, struct glow_leader leader, bool silent)
{
	glow_sync_begin(&w->machine[m].sync, world_local(w, m), s_ns, rate, leader);
	led(w, m, silent);
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
	struct broker *b = &w->broker[e->machine % BROKERS_MAX];

	switch (e->kind) {
	case EVENT_WAKE:
		wake(w, e->machine);
		return;
	case EVENT_BROKER:
		if (!p->online || e->life != p->life)
			return;
		acknowledged(w, e->machine); /* what a client sends also acknowledges what it got */
		at_broker(w, p->home, &e->packet);
		return;
	case EVENT_ABOVE:
	case EVENT_BELOW:
		if (b->bridged && e->life == b->life)
			at_broker(w, e->kind == EVENT_ABOVE ? b->above : e->machine, &e->packet);
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

/* The retained infos of whoever leads, for one that has just connected. */
static void retained_info(struct world *w, int m)
{
	const struct machine *p = &w->machine[m];

	for (int k = 0; k < w->machines; k++)
		if (w->machine[k].leads && (w->machine[k].home == p->home || w->machine[k].home == p->above) &&
		    k != m) {
			struct packet info = info_of(w, k);

			send_down(w, m, &info);
		}
}

/* No beacon has come from above for a while. */
static void silent_above(struct world *w, int b)
{
	for (int m = 0; m < w->machines; m++)
		if (w->machine[m].home == b && w->machine[m].above >= 0 && !w->broker[b].bridged) {
			glow_sync_disconnected(&w->machine[m].uplink, world_local(w, m));
			plan(w, m);
		}
}

void world_bridge(struct world *w, int b, bool whole)
{
	struct broker *p = &w->broker[b];

	p->bridged = whole;
	p->life++;
	p->up.last_ns = p->down.last_ns = w->t_ns;
	if (!whole)
		world_at(w, w->t_ns + SILENCE_NS, silent_above, b);
	for (int k = 0; whole && k < w->machines; k++)
		if (w->machine[k].leads && w->machine[k].home == p->above) {
			struct packet info = info_of(w, k);

			cross(w, b, EVENT_BELOW, &info);
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
	glow_sync_disconnected(&w->machine[m].uplink, world_local(w, m));
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
	w->broker[0].free_ns = w->t_ns;
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

	p->home = node ? tree_leaf(w->cfg.racks, m) : (m - w->cfg.nodes) / w->cfg.conductors;
	p->above = node ? -1 : w->broker[p->home].above;
	link.power_save = node && w->cfg.power_save;
	oscillator_init(&p->crystal, &w->cfg.crystal, w->seed, first);
	link_init(&p->up, &link, true, w->seed, first + 1);
	link_init(&p->down, &link, false, w->seed, first + 2);
	glow_sync_init(&p->sync, &cfg);
	cfg.interval_min_ns = cfg.interval_max_ns = UPLINK_INTERVAL_NS;
	glow_sync_init(&p->uplink, &cfg);
	for (int k = 0; k < RIVALS; k++)
		rival_init(&p->rival[k], (enum rival_kind)k);
}

static void broker_init(struct world *w, int b)
{
	uint64_t first = (uint64_t)(MACHINES_MAX + b) * 4 + 1;

	w->broker[b].above = tree_above(w->cfg.racks, b);
	w->broker[b].bridged = b > 0;
	link_init(&w->broker[b].up, &link_uplink, true, w->seed, first);
	link_init(&w->broker[b].down, &link_wired, false, w->seed, first + 1);
}

struct world *world_create(const struct world_cfg *cfg, uint64_t seed)
{
	struct world *w = calloc(1, sizeof(*w));

	w->cfg = *cfg;
	w->seed = seed;
	w->dice = random_of(seed, 0);
	w->broker_up = true;
	w->brokers = tree_size(cfg->racks);
	w->machines = cfg->nodes + cfg->conductors * w->brokers;
	for (int b = 0; b < w->brokers; b++)
		broker_init(w, b);
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

/* The first conductor of this broker leads as soon as it knows the time. */
static void begin_below(struct world *w, int b)
{
	int m = world_rack_conductor(w, b, 0);
	struct machine *p = &w->machine[m];
	struct glow_leader self = { .clock_id = w->seed, .term = 1, .boot = (uint32_t)(1000 * b) };
	struct glow_raw l = world_local(w, m);

	if (p->online && !p->uplink.connected)
		glow_sync_connected(&p->uplink, l);
	plan(w, m);
	if (knows_above(p))
		world_lead_from(w, m, glow_sync_now(&p->uplink, l), p->uplink.line.rate, self, false);
	else
		world_at(w, w->t_ns + SEC / 10, begin_below, b);
}

void world_begin(struct world *w)
{
	struct glow_leader leader = { .clock_id = w->seed, .term = 1, .boot = 1 };
	int first = world_conductor(w, 0);

	world_join(w, first);
	world_lead_from(w, first, 1700000000 * SEC, 0, leader, false);
	for (int b = 1; b < w->brokers; b++) {
		world_at(w, w->t_ns + (int64_t)random_between(&w->dice, 0, 1e9), world_join,
			 world_rack_conductor(w, b, 0));
		world_at(w, w->t_ns + SEC, begin_below, b);
	}
	for (int m = 0; m < w->cfg.nodes; m++)
		world_at(w, w->t_ns + (int64_t)random_between(&w->dice, 0, 1e9), world_join, m);
	if (w->cfg.command_every_ms > 0)
		world_at(w, w->t_ns, command, 0);
}
