/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a connection asks the broker for.
 *
 * Before Mosquitto lets a client subscribe, and when it leaves, it goes through all who have the same topic. Groups
 * of a shared subscription it finds at once, so where thousands share a broker each asks for what all have as the one
 * member of a group of its own: it is told the same. What the broker keeps is not sent to such groups (MQTT 5, 4.8.2),
 * so what all have and is kept is asked for as anybody does, then in the group, and then the first is let go: nothing
 * is missed, what comes in between comes twice, and the broker's lists stay as short as those who just come are many.
 */

#include "mqtt_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <MQTTClient.h>

#include "mqtt_why.h"

#define LIVE_QOS 1
#define KEPT_QOS 0 /* what the broker keeps it can be asked for again; an acknowledgement is a packet, for each */

struct request {
	const char *const *topics;
	size_t n, n_shared; /* the last ones, in groups, */
	size_t n_kept;      /* and the last of those once the broker has sent what it keeps there */
	MQTTSubscribe_options option;
	int qos;
	int *ret_refused; /* NULL: it fails; else it is only remembered here */
};

static void say_refused(const char *topic, int reason, char why[GLOW_MQTT_WHY])
{
	snprintf(why, GLOW_MQTT_WHY, "subscription to %.80s refused: %s", topic, glow_mqtt_reason_text(reason));
}

/* 0, or how it fails: -EAGAIN where it was a group. */
static int refuse(const struct request *request, size_t k, int reason, char why[GLOW_MQTT_WHY])
{
	if (request->ret_refused && k < GLOW_LINK_WISHES)
		request->ret_refused[k] = reason;
	if (reason == 0 || request->ret_refused)
		return 0;
	say_refused(request->topics[k], reason, why);
	return k < request->n - request->n_shared ? -EACCES : -EAGAIN;
}

static int reason_of(const MQTTResponse *response, size_t k)
{
	int reason = response->reasonCodes ? (int)response->reasonCodes[k] : (int)response->reasonCode;

	return reason >= 0x80 ? reason : 0;
}

static int check(const struct glow_link *link, const MQTTResponse *response, const struct request *request,
		 char why[GLOW_MQTT_WHY])
{
	int r = 0;

	if ((int)response->reasonCode < 0 || (request->n > 1 && response->reasonCodeCount != (int)request->n)) {
		snprintf(why, GLOW_MQTT_WHY, /* where it has dropped its answer we are connected still */
			 MQTTClient_isConnected(link->client)
				 ? "no answer of %s while subscribing: is its max_queued_messages 50000?"
				 : "connection to %s lost while subscribing",
			 link->where);
		return -ENOTCONN;
	}
	for (size_t k = 0; k < request->n && r == 0; k++)
		r = refuse(request, k, reason_of(response, k), why);
	return r;
}

static int subscribe(struct glow_link *link, const struct request *request, char why[GLOW_MQTT_WHY])
{
	MQTTSubscribe_options *options = calloc(request->n + 1, sizeof(*options));
	int *qos = calloc(request->n + 1, sizeof(*qos));
	int r = -ENOMEM;

	snprintf(why, GLOW_MQTT_WHY, "out of memory");
	if (!glow_limits_subscription(&link->limits, request->topics, request->n, why)) {
		r = -EMSGSIZE;
	} else if (options && qos && glow_link_memory()) {
		MQTTResponse response;

		for (size_t k = 0; k < request->n; k++) {
			bool kept = k >= request->n - request->n_kept;

			options[k] = request->option;
			options[k].retainAsPublished &= !kept;
			options[k].noLocal &= k < request->n - request->n_shared; /* a group may not say it */
			qos[k] = kept ? KEPT_QOS : request->qos;
		}
		response = MQTTClient_subscribeMany5(link->client, (int)request->n, (char *const *)request->topics, qos,
						     options, NULL);
		r = check(link, &response, request, why);
		MQTTResponse_free(response);
	}
	free(options);
	free(qos);
	return r;
}

/* ---- groups ---- */

#define GROUP 32 /* digits: who knew the name could sit in our group, and take what is said to us */

/* Another name for each connection; false where there is no chance to be had. */
static bool name_group(char ret_group[GROUP + 1])
{
	uint8_t bytes[GROUP / 2];

	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		return false;
	for (size_t k = 0; k < sizeof(bytes); k++)
		snprintf(ret_group + 2 * k, 3, "%02x", bytes[k]);
	return true;
}

/* The k-th of what all have in common and the broker keeps, "" where it does not let us have it; NULL behind the last.
 */
static const char *kept_topic(const struct glow_link *link, size_t k)
{
	const struct glow_mqtt_cfg *cfg = link->cfg;

	if (k < cfg->n_common_wished)
		return k < GLOW_LINK_WISHES && link->refused[k] ? "" : cfg->wished_topics[k];
	k -= cfg->n_common_wished;
	return k < cfg->n_common_retained ? cfg->retained_topics[k] : NULL;
}

static size_t list_kept(const struct glow_link *link, const char **ret_topics)
{
	const char *topic;
	size_t n = 0;

	for (size_t k = 0; (topic = kept_topic(link, k)); k++)
		if (topic[0])
			ret_topics[n++] = topic;
	return n;
}

static bool comes_by_group(const struct glow_link *link, const char *topic)
{
	const char *one;

	for (size_t k = 0; link->grouped && (one = kept_topic(link, k)); k++)
		if (strcmp(one, topic) == 0)
			return true;
	return false;
}

/* They come by the group from now on. */
static int let_go(const struct glow_link *link, const char *const *topics, size_t n, char why[GLOW_MQTT_WHY])
{
	MQTTResponse response;
	int r;

	if (n == 0)
		return 0;
	snprintf(why, GLOW_MQTT_WHY, "connection to %s lost while subscribing", link->where);
	response = MQTTClient_unsubscribeMany5(link->client, (int)n, (char *const *)topics, NULL);
	r = (int)response.reasonCode;
	MQTTResponse_free(response);
	return r < 0 ? -ENOTCONN : 0;
}

/* The names of the request's last topics in that group: to be freed, NULL without memory. */
static char *name_shared(const struct request *request, const char *group, const char **topics)
{
	size_t first = request->n - request->n_shared, size = sizeof("$share//") + GROUP, at = 0;
	char *names;

	for (size_t k = first; k < request->n; k++)
		at += size + strlen(topics[k]);
	names = malloc(at);
	for (size_t k = first; names && k < request->n; k++) {
		char *name = names + (at -= size + strlen(topics[k]));

		sprintf(name, "$share/%s/%s", group, topics[k]);
		topics[k] = name;
	}
	return names;
}

/* The live ones, of which the last `n_shared` are asked for in that group, and there what is kept. */
static int subscribe_grouped(struct glow_link *link, struct request request, const char *group, char why[GLOW_MQTT_WHY])
{
	size_t most = link->cfg->n_common_wished + link->cfg->n_common_retained;
	const char **topics = calloc(request.n + most, sizeof(*topics)), **kept = calloc(most + 1, sizeof(*kept));
	char *names = NULL;
	int r = -ENOMEM;

	snprintf(why, GLOW_MQTT_WHY, "out of memory");
	if (topics && kept) {
		request.n_kept = list_kept(link, kept);
		memcpy(topics, request.topics, request.n * sizeof(*topics));
		memcpy(topics + request.n, kept, request.n_kept * sizeof(*topics));
		request.topics = topics;
		request.n += request.n_kept;
		request.n_shared += request.n_kept;
		names = name_shared(&request, group, topics);
	}
	if (names)
		r = subscribe(link, &request, why);
	if (r == 0)
		r = let_go(link, kept, request.n_kept, why);
	free(topics);
	free(kept);
	free(names);
	link->grouped = r == 0;
	if (r == -EAGAIN || r == -EMSGSIZE) {
		link->groups = GLOW_LINK_NO_GROUPS;
		strncat(why, ", so from now on without a group", GLOW_MQTT_WHY - strlen(why) - 1);
		return -EAGAIN;
	}
	if (r < 0)
		link->groups = GLOW_LINK_NO_GROUPS_NOW;
	return r;
}

/* ---- what is asked for ---- */

int glow_link_subscribe(struct glow_link *link, bool crowded, char why[GLOW_MQTT_WHY])
{
	const struct glow_mqtt_cfg *cfg = link->cfg;
	bool leads = link->id == cfg->lead_id;
	bool grouped = crowded && link->limits.shared && link->groups == GLOW_LINK_GROUPS && cfg->n_common_topics > 0;
	char group[GROUP + 1];
	struct request wished = { .topics = cfg->wished_topics,
				  .n = cfg->n_wished_topics,
				  .option = MQTTSubscribe_options_initializer,
				  .qos = KEPT_QOS };
	struct request replayed = wished, live = wished;
	int r = 0;

	wished.ret_refused = link->refused;
	replayed.topics = cfg->retained_topics;
	replayed.n = cfg->n_retained_topics - (leads ? 0 : cfg->n_lead_retained);
	replayed.option.noLocal = 1;
	live.topics = cfg->topics;
	live.n = cfg->n_topics - (leads ? 0 : cfg->n_lead_topics);
	live.n_shared = grouped && name_group(group) ? cfg->n_common_topics : 0;
	live.option.retainAsPublished = 1;
	live.option.retainHandling = 2;
	live.option.noLocal = cfg->without_own;
	live.qos = LIVE_QOS;
	if (live.n_shared > live.n)
		live.n_shared = live.n;
	if (link->groups == GLOW_LINK_NO_GROUPS_NOW)
		link->groups = GLOW_LINK_GROUPS;
	memset(link->refused, 0, sizeof(link->refused));
	link->grouped = false;
	if (wished.n > 0)
		r = subscribe(link, &wished, why);
	if (r == 0 && replayed.n > 0)
		r = subscribe(link, &replayed, why);
	if (r == 0 && live.n > 0)
		r = live.n_shared > 0 ? subscribe_grouped(link, live, group, why) : subscribe(link, &live, why);
	link->turned_away = r == -EACCES || r == -EMSGSIZE;
	return r;
}

int glow_link_ask(struct glow_link *link, const char *topic, bool without_own, char why[GLOW_MQTT_WHY])
{
	int refused = 0, r;
	struct request request = { .topics = &topic,
				   .n = 1,
				   .option = MQTTSubscribe_options_initializer,
				   .qos = KEPT_QOS,
				   .ret_refused = &refused };

	request.option.noLocal = without_own;
	r = subscribe(link, &request, why);
	if (refused)
		say_refused(topic, refused, why);
	if (r == 0 && !refused && comes_by_group(link, topic))
		r = let_go(link, &topic, 1, why);
	return r < 0 ? r : refused != 0;
}

int glow_link_follow(struct glow_link *link, const char *topic, bool on, char why[GLOW_MQTT_WHY])
{
	MQTTResponse response;
	int r;

	if (on)
		return glow_link_ask(link, topic, false, why);
	response = MQTTClient_unsubscribe5(link->client, topic, NULL);
	r = (int)response.reasonCode;
	MQTTResponse_free(response);
	return r < 0 ? -ENOTCONN : 0;
}

bool glow_link_wish_refused(const struct glow_link *link, size_t k, char why[GLOW_MQTT_WHY])
{
	if (k >= GLOW_LINK_WISHES || !link->refused[k])
		return false;
	say_refused(link->cfg->wished_topics[k], link->refused[k], why);
	return true;
}
