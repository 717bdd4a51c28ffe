/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl doctor: what is wrong with the cluster, as it looks from here, and what to do.
 *
 * Whether we may command is asked of the broker by empty retained messages at the topics of commands: its
 * acknowledgement says whether the rules let us, and whoever hears one takes it for the clearing of what somebody has
 * retained there by mistake, and does nothing. Where a topic names something, a name is used that nothing can have. */

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/broker.h>
#include <glow/clock.h>
#include <glow/json.h>
#include <glow/timing.h>

#include "doctor_nodes.h"
#include "kept.h"
#include "progress.h"
#include "proofs.h"
#include "rows.h"

#define LISTEN_MS  2500 /* a leader is heard twice a second */
#define REPORTS_MS 12000
#define PROBE_MS   500
#define NOBODY     "-" /* no id */
#define VERSION    "$SYS/broker/version"

static const struct glow_option rows[] = {
	GLOW_ROW_INT("wait-s", NULL, 1, 60, "S", NULL, wait_s,
		     "listen at most so long for the reports of nodes, which come every ten seconds; 12 when not "
		     "given. Of doctor broker: for what a broker has to do; 3 when not given"),
	GLOW_ROW_SWITCH("json", "no", NULL, json, "for programs"),
	GLOW_ROW_READ("broker-too", NULL, "URI", NULL, broker_too, glow_broker_read,
		      "of doctor broker: another address of the same brokers"),
};

struct doctor {
	const struct glow_ctl_options *o;
	struct glow_findings found;
	struct glow_mqtt_limits limits;
	char client[64], own[GLOW_TOPIC_MAX + 1]; /* where we ask for the time */
	char who[100];
	bool hears, answered; /* what we say there; the conductor */
	char version[100];    /* the broker's */
	cJSON *standbys;
	int waited_s;
};

/* ---- the broker ---- */

static void name_account(struct doctor *d)
{
	const char *name = d->o->common.username;

	snprintf(d->who, sizeof(d->who), "%s%.60s", name ? "the account " : "whoever has no account", name ? name : "");
}

static bool check_broker(struct doctor *d)
{
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&d->o->common);
	char why[GLOW_MQTT_WHY] = "";

	cfg.client_id = d->client;
	if (glow_mqtt_check(&cfg, why) >= 0)
		return true;
	glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "broker", false,
			  "without it there is nothing more to look at; --broker says where it is", "%s", why);
	return false;
}

static void say_broker(struct doctor *d, const struct glow_ctl_session *s)
{
	char text[GLOW_MQTT_WHY];

	if (d->version[0])
		glow_findings_add(&d->found, GLOW_FINDING_WELL, "broker", false, NULL, "%s lets us in; it is %s",
				  s->broker, d->version);
	else
		glow_findings_add(&d->found, GLOW_FINDING_WELL, "broker", false, NULL,
				  "%s lets us in; it does not tell this account its version", s->broker);
	for (unsigned k = 0; glow_mqtt_limits_say(&d->limits, k, text); k++)
		glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "broker", false, NULL, "%s", text);
}

/* ---- rights ---- */

static const struct right {
	const char *a, *b, *c;
	bool cleans; /* takes more than commanding */
} rights[] = {
	{ "node", NOBODY, "set", false },     { "node", NOBODY, "notify", false }, { "group", NOBODY, "set", false },
	{ "group", NOBODY, "notify", false }, { "all", "set", NULL, false },       { "all", "notify", NULL, false },
	{ "scene", "play", NULL, false },     { "scene", "stop", NULL, false },    { "dim", "set", NULL, false },
	{ "roster", "set", NULL, false },     { "effect", NOBODY, "set", false },  { "preset", NOBODY, "set", false },
	{ "preset", NOBODY, "apply", false }, { "undo", NULL, NULL, false },       { "schedule", NOBODY, "set", false },
	{ "node", NOBODY, "state", true },
};

_Static_assert(CTL_N(rights) <= GLOW_MQTT_PROBES, "all are asked at once");

/* False when the broker would not say, or be asked. */
static bool ask_rights(struct doctor *d, struct glow_mqtt_found *found)
{
	char topics[CTL_N(rights)][GLOW_TOPIC_MAX + 1], why[GLOW_MQTT_WHY];
	struct glow_message messages[CTL_N(rights)];
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&d->o->common);

	if (!d->limits.retain || d->limits.qos_max < 1) {
		glow_findings_add(&d->found, GLOW_FINDING_NOTE, "rights", false, NULL,
				  "the broker cannot be asked whether %s may command", d->who);
		return false;
	}
	for (size_t k = 0; k < CTL_N(rights); k++) {
		glow_topic_make(topics[k], d->o->common.prefix, rights[k].a, rights[k].b, rights[k].c);
		messages[k] = (struct glow_message){ .topic = topics[k], .payload = "", .qos = 1, .retained = true };
	}
	cfg.client_id = d->client;
	if (glow_mqtt_probe(&cfg, messages, CTL_N(rights), found, why) >= 0)
		return true;
	glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "rights", false, NULL, "%s", why);
	return false;
}

/* Topics that were refused, as people write them; how many. */
static unsigned list_refused(const struct glow_mqtt_found *found, char *ret_text, size_t size)
{
	unsigned n = 0;
	size_t len = 0;

	ret_text[0] = '\0';
	for (size_t k = 0; k < CTL_N(rights); k++) {
		const struct right *r = &rights[k];
		const char *b = r->b && strcmp(r->b, NOBODY) == 0 ? "+" : r->b;

		if (r->cleans || !found->refused[k][0])
			continue;
		if (len < size)
			len += (size_t)snprintf(ret_text + len, size - len, "%s%s%s%s%s%s", n ? ", " : "", r->a,
						b ? "/" : "", b ? b : "", r->c ? "/" : "", r->c ? r->c : "");
		n++;
	}
	return n;
}

static void say_rights(struct doctor *d)
{
	struct glow_mqtt_found found;
	char list[600];
	unsigned refused;
	bool cleans;

	if (!d->hears)
		glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "rights", false,
				  "viewer and operator of the broker's rules may look",
				  "%s does not hear what is said below %s", d->who, d->o->common.prefix);
	if (!ask_rights(d, &found))
		return;
	refused = list_refused(&found, list, sizeof(list));
	cleans = !found.refused[CTL_N(rights) - 1][0];
	if (refused == 0)
		glow_findings_add(&d->found, GLOW_FINDING_WELL, "rights", false, NULL, "%s may %scommand%s", d->who,
				  d->hears ? "look and " : "", cleans ? ", and forget what is gone" : "");
	else if (refused >= CTL_N(rights) - 1)
		glow_findings_add(&d->found, GLOW_FINDING_NOTE, "rights", false,
				  "operator of the broker's rules may command", "%s may look only", d->who);
	else
		glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "rights", false,
				  "are the rules of an older version? secrets.sh writes those of this one",
				  "the broker does not let %s publish %s", d->who, list);
}

/* ---- listening ---- */

static void follow(struct doctor *d, struct glow_ctl_session *s)
{
	const char *prefix = d->o->common.prefix;
	char topic[GLOW_TOPIC_MAX + 1], name[80];

	snprintf(name, sizeof(name), "x/%s", d->client);
	glow_topic_make(d->own, prefix, "time", "request", name);
	glow_mqtt_follow(s->mqtt, d->own, true);
	glow_topic_make(topic, prefix, "time", "reply", name);
	glow_mqtt_follow(s->mqtt, topic, true);
	glow_topic_make(topic, prefix, "time", "request", "+");
	glow_mqtt_follow(s->mqtt, topic, true);
	glow_topic_make(topic, prefix, "schedule", "+", NULL);
	glow_mqtt_follow(s->mqtt, topic, true);
	glow_mqtt_follow(s->mqtt, VERSION, true);
}

/* Anybody may ask for the time: what comes back tells that we hear, and that the conductor does. */
static void probe(struct doctor *d, struct glow_ctl_session *s)
{
	const struct glow_time_request request = { .seq = 1, .t1_ns = glow_raw_now().ns };
	uint8_t bytes[GLOW_REQUEST_SIZE];
	struct glow_message message;

	glow_request_message(&request, d->own, bytes, &message);
	message.qos = 1;
	glow_mqtt_publish(s->mqtt, &message);
}

static void hear(struct doctor *d, const struct glow_message *m)
{
	struct glow_topic topic = glow_topic_parse(d->o->common.prefix, m->topic);

	d->hears = d->hears || topic.kind != GLOW_TOPIC_OTHER;
	if (strcmp(m->topic, VERSION) == 0)
		snprintf(d->version, sizeof(d->version), "%.*s", (int)(m->len < 90 ? m->len : 90),
			 (const char *)m->payload);
	else if (topic.kind == GLOW_TOPIC_TIME_REPLY && topic.of == GLOW_OF_VIEWER)
		d->answered = true;
	else if (topic.kind == GLOW_TOPIC_TIME_REQUEST && strncmp(topic.id, "c-", 2) == 0)
		cJSON_AddItemToObject(d->standbys, topic.id, cJSON_CreateTrue());
}

/* Nothing more is to be heard that would change a word. */
static bool is_enough(const struct doctor *d, const struct glow_watch *w, int64_t waited_ms, unsigned *ret_missing)
{
	*ret_missing = 0;
	for (size_t k = 0; k < w->n_nodes; k++)
		*ret_missing += w->nodes[k]->online && !w->nodes[k]->has_stats;
	return *ret_missing == 0 && ((d->answered && w->has_beacon) || waited_ms >= LISTEN_MS);
}

static void listen_for(struct doctor *d, struct glow_ctl_session *s)
{
	int64_t begin_ms = glow_mono_ms(), waited_ms = 0, next_ms = 0;
	int64_t most_ms = d->o->wait_s > 0 ? d->o->wait_s * 1000 : REPORTS_MS;
	struct glow_message message;
	unsigned missing;

	while (!s->lost[0] && waited_ms < most_ms && !is_enough(d, &s->watch, waited_ms, &missing)) {
		if (!d->answered && waited_ms >= next_ms) {
			probe(d, s);
			next_ms = waited_ms + PROBE_MS;
		}
		glow_progress_say(missing ? "%u nodes have yet to report" : "listening for conductors", missing);
		if (glow_ctl_next(s, 250, &message))
			hear(d, &message);
		waited_ms = glow_mono_ms() - begin_ms;
	}
	glow_progress_end();
	d->waited_s = (int)(waited_ms / 1000);
}

/* ---- conductors ---- */

static void say_nobody_leads(struct doctor *d, const struct glow_watch *w)
{
	bool was = w->has_conductor || w->n_nodes > 1;

	glow_findings_add(&d->found, was ? GLOW_FINDING_TROUBLE : GLOW_FINDING_NOTE, "conductor", false,
			  "start glow-conductor; glow-conductor --doctor tells why it does not lead",
			  "%s: scenes, presets, schedules and the order wait for one, and each node is by itself",
			  w->conductor_online ? "it says that it is online, and is not heard" : "nobody leads");
}

/* How a rack's conductor fares with the cluster above. */
static void say_uplink(struct doctor *d, const struct glow_uplink_info *uplink)
{
	bool well = strcmp(uplink->state, "following") == 0;
	char lost[48];

	if (!uplink->root[0])
		return;
	snprintf(lost, sizeof(lost), uplink->losses == 1 ? "; it was lost once" : "; it was lost %u times",
		 uplink->losses);
	if (uplink->problem[0])
		glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "uplink", false,
				  "docs/racks.md has what each of these means", "%s to %s: %s", uplink->rack,
				  uplink->root, uplink->problem);
	glow_findings_add(&d->found, well ? GLOW_FINDING_WELL : GLOW_FINDING_TROUBLE, "uplink", false,
			  well ? NULL : "the rack goes on by itself; look at the bridge between the two brokers",
			  "%s, rack %s of %s%s", uplink->state, uplink->rack, uplink->root,
			  uplink->losses > 0 ? lost : "");
}

static void say_leader(struct doctor *d, const struct glow_ctl_session *s)
{
	const struct glow_watch *w = &s->watch;
	const struct glow_conductor_info *c = &w->conductor;
	uint64_t dropped = c->messages.in_dropped + c->messages.out_dropped;
	size_t schedules;
	int standbys = cJSON_GetArraySize(d->standbys);

	glow_findings_add(&d->found, GLOW_FINDING_WELL, "conductor", false, NULL,
			  "%s leads in term %u, with %u nodes; on standby %d %s heard", c->id, c->leader.term, c->nodes,
			  standbys, standbys == 1 ? "was" : "were");
	if (!d->answered)
		glow_findings_add(&d->found, GLOW_FINDING_TROUBLE, "conductor", false,
				  "are the broker's rules those of this version? glow-conductor --doctor there tells",
				  "it does not answer who asks for the time");
	free(glow_kept_list(s, "schedule", &schedules));
	if (!c->has_utc)
		glow_findings_add(&d->found, schedules ? GLOW_FINDING_TROUBLE : GLOW_FINDING_NOTE, "conductor", false,
				  "let timesyncd or chrony set it",
				  "its clock is not synchronised, so no schedule is due");
	if (dropped > 0)
		glow_findings_add(&d->found, GLOW_FINDING_NOTE, "conductor", false,
				  "somebody sends more than it can take", "it has dropped %llu messages",
				  (unsigned long long)dropped);
	say_uplink(d, &c->uplink);
}

/* ---- all of it ---- */

static int examine(struct doctor *d)
{
	struct glow_ctl_session s;
	int status = glow_ctl_open(&s, d->o, glow_watch_topics, GLOW_WATCH_TOPICS);

	if (status)
		return glow_ctl_close(&s, status);
	d->limits = s.limits;
	follow(d, &s);
	d->hears = s.watch.n_nodes > 0 || s.watch.has_conductor;
	listen_for(d, &s);
	say_broker(d, &s);
	glow_ctl_pause(&s); /* two connections of one process would read each other's packets */
	say_rights(d);
	glow_ctl_tick(&s);
	if (glow_watch_led(&s.watch) && s.watch.has_beacon)
		say_leader(d, &s);
	else
		say_nobody_leads(d, &s.watch);
	glow_doctor_nodes(&s.watch, d->waited_s, &d->found);
	return glow_ctl_close(&s, 0);
}

static int run(const void *values, int n_words, char *const words[])
{
	struct doctor d = { .o = values };
	bool broker = n_words == 1 && strcmp(words[0], "broker") == 0;
	int status = 0;

	if (n_words > 0 && !broker)
		return glow_ctl_fail(EX_USAGE,
				     "doctor looks at the whole cluster, or with the word broker at what a broker can, "
				     "and takes no other name, such as \"%s\"",
				     words[0]);
	if (d.o->broker_too && !broker)
		return glow_ctl_fail(EX_USAGE, "--broker-too is of glowctl doctor broker");
	d.standbys = cJSON_CreateObject();
	glow_findings_init(&d.found);
	glow_ctl_client_id(d.client);
	name_account(&d);
	if (broker)
		glow_proofs_run(d.o, &d.found);
	else if (check_broker(&d))
		status = examine(&d);
	if (status == 0)
		status = glow_findings_print(&d.found, d.o->json);
	glow_findings_fini(&d.found);
	cJSON_Delete(d.standbys);
	return status;
}

const struct glow_subcommand glow_ctl_doctor = {
	.name = "doctor",
	.args_doc = "[broker]",
	.summary = "what is wrong with the cluster, and what to do",
	.doc = "Looks at the broker, at what this account may do, at the conductors and at every node, and says of "
	       "each "
	       "trouble what to do. It changes nothing: whether the account may command is asked of the broker by "
	       "empty retained messages, of which nobody takes notice. With the word broker it proves instead, on this "
	       "broker and without any cluster, each thing that a cluster rests on, at topics below <prefix>-probe/, "
	       "where it leaves nothing; of brokers that are a cluster of their own, --broker-too is the address of "
	       "another one. The exit status is 0 when nothing is wrong, 1 when something is.",
	.spots = "broker",
	.examples = "glowctl doctor\nglowctl doctor broker --broker mqtt://one.local --broker-too "
		    "mqtt://two.local\nglowctl doctor --json | jq '.findings[] | select(.kind == \"trouble\")'",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
