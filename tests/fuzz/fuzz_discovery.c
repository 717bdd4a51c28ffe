/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Who announces a device to Home Assistant, as a script, one event a line:
 *
 *	+250		a quarter of a second passes
 *	C D		connected, disconnected
 *	A<word>		the device is announced, as this model
 *	m<t>...		a message on the topic of that letter (topics[]); M: a retained one
 *	p<prefix> ...	a message there: an announcement under another prefix
 *
 * What is sent goes to topics of ours alone, is JSON or empty, and nothing is announced between its deletion and
 * Home Assistant's next birth. */

#include <glow/herald.h>
#include <glow/discovery.h>
#include <glow/info.h>

#include "fuzz.h"

#define START     INT64_C(1234000000000)
#define LINES_MAX 400

static const char *const topics[] = {
	"homeassistant/device/glow-n/config",     "homeassistant/status",     "glow/node/n/info",
	"homeassistant/device/glow-other/config", "old/device/glow-n/config", "older/device/glow-n/config",
};
enum { OWN, BIRTH, N_TOPICS = sizeof(topics) / sizeof(topics[0]) };

static struct glow_herald herald;
static int64_t now;
static bool connected, deleted;

static void check_message(void *ctx, const struct glow_message *m)
{
	size_t n = strlen(m->topic);
	static const char tail[] = "/device/glow-n/config";

	(void)ctx;
	CHECK(connected && m->retained);
	CHECK(n > sizeof(tail) - 1 && strcmp(m->topic + n - (sizeof(tail) - 1), tail) == 0);
	if (m->len == 0)
		return;
	CHECK(strcmp(m->topic, topics[OWN]) == 0 && !deleted);
	cJSON_Delete(check_json(m->payload, m->len));
}

static void deliver(const char *topic, const char *payload, size_t len, bool retained)
{
	char *exact = exact_copy((const uint8_t *)payload, len);
	struct glow_message m = { .topic = topic, .payload = exact, .len = len, .retained = retained, .at = { now } };

	glow_herald_message(&herald, &m, (struct glow_raw){ now });
	if (strcmp(topic, topics[OWN]) == 0)
		deleted = len == 0;
	else if (strcmp(topic, topics[BIRTH]) == 0 && !retained && glow_message_says(&m, "online"))
		deleted = false;
	CHECK(herald.n_strays <= GLOW_HERALD_STRAYS);
	free(exact);
}

static void announce(const char *model)
{
	struct glow_info info = { .id = "n", .shape = { GLOW_SHAPE_ROW, 8 } };

	snprintf(info.model, sizeof(info.model), "%s", model);
	if (connected && glow_utf8_valid(info.model, strlen(info.model)))
		glow_herald_announce(&herald,
				     glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "glow" }));
}

static void pass(int64_t ms)
{
	now += ms * 1000000;
	if (glow_herald_asked(&herald, (struct glow_raw){ now }))
		announce("asked");
	CHECK(glow_herald_next(&herald).ns > now);
	CHECK(glow_herald_next(&herald).ns == GLOW_NEVER ||
	      glow_herald_next(&herald).ns <= now + GLOW_HERALD_SPREAD_NS);
}

static void hear_elsewhere(const char *line)
{
	char prefix[GLOW_PREFIX_MAX + 1], topic[GLOW_TOPIC_MAX + 1];
	size_t n = strcspn(line, " ");

	if (n > GLOW_PREFIX_MAX)
		return;
	memcpy(prefix, line, n);
	prefix[n] = '\0';
	if (!glow_prefix_valid(prefix))
		return;
	glow_discovery_topic(topic, prefix, "glow", "n");
	deliver(topic, line + n, strlen(line + n), true);
}

static void run(const char *line, size_t len)
{
	int topic = len > 1 ? line[1] - 'a' : -1;

	switch (line[0]) {
	case '+':
		pass(strtol(line + 1, NULL, 10) % 100000);
		break;
	case 'C':
		connected = true;
		glow_herald_connected(&herald);
		break;
	case 'D':
		connected = false;
		glow_herald_disconnected(&herald);
		break;
	case 'A':
		announce(line + 1);
		break;
	case 'm':
	case 'M':
		if (topic >= 0 && topic < N_TOPICS)
			deliver(topics[topic], line + 2, len - 2, line[0] == 'M');
		break;
	case 'p':
		hear_elsewhere(line + 1);
		break;
	default:
		break;
	}
}

void fuzz_discovery(const uint8_t *data, size_t size)
{
	static const struct glow_publisher out = { "glow", "homeassistant", { NULL, check_message } };

	now = START;
	connected = deleted = false;
	glow_herald_init(&herald, &out, "n", "glow/node/n/info", 7);
	fuzz_lines(data, size, LINES_MAX, run);
	glow_herald_fini(&herald);
}
