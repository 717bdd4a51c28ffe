/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A key is a hash of the topic and of the payload, in which a brightness and a colour that are good in themselves are
 * left out. So where one of two commands with the same key is valid, so is the other, and nothing need be parsed here:
 * the members of one object are walked through, and whatever is unusual, or of a field that is not listed, is no key.
 */

#include <string.h>

#include <glow/topics.h>
#include <glow/traffic.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)
#define TEXT_MAX   8192

/* Nothing of these is relative, acts by itself or waits for a time. */
#define LOOKS \
	"effect", "params", "color", "color_temp", "color_temp_kelvin", "brightness", "brightness_pct", "seed", "absent"
static const char *const light_fields[] = { LOOKS, "state", "transition", "pixels", "leds", NULL };
static const char *const scene_fields[] = {
	LOOKS, "playlist", "loop", "target", "span", "fade_ms", "id", "take", NULL
};
static const char *const dim_fields[] = { "brightness", "brightness_pct", "state", NULL };

struct text {
	const char *at, *end;
	uint64_t hash;
};

static uint64_t hash_on(uint64_t hash, const char *bytes, size_t n)
{
	for (size_t k = 0; k < n; k++)
		hash = (hash ^ (uint8_t)bytes[k]) * HASH_PRIME;
	return hash;
}

/* Which topic a key is of; never 0. */
static uint64_t hash_of_topic(const char *topic)
{
	return hash_on(HASH_START, topic, strlen(topic) + 1) | 1;
}

/* ---- one object ---- */

static char look(const struct text *t)
{
	return t->at < t->end ? *t->at : '\0';
}

static void skip_blank(struct text *t)
{
	while (look(t) == ' ')
		t->at++;
}

static bool take(struct text *t, char c)
{
	skip_blank(t);
	if (look(t) != c)
		return false;
	t->at++;
	return true;
}

/* A string with its quotes. There are no backslashes. */
static bool skip_string(struct text *t)
{
	const char *close = look(t) == '"' ? memchr(t->at + 1, '"', (size_t)(t->end - t->at) - 1) : NULL;

	if (close)
		t->at = close + 1;
	return close;
}

/* Up to what ends it: a comma or a bracket that is not its own. */
static bool skip_value(struct text *t)
{
	int depth = 0;

	while (t->at < t->end) {
		char c = *t->at;

		if (c == '"') {
			if (!skip_string(t))
				return false;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return true;
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		t->at++;
	}
	return false;
}

static bool is(const char *from, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(from, word, n) == 0;
}

static bool listed(const char *const *fields, const char *name, size_t n)
{
	while (*fields && !is(name, n, *fields))
		fields++;
	return *fields;
}

/* 1..255. 0 is OFF, and says nothing of the level. */
static bool plain_level(const char *v, size_t n)
{
	int level = 0;

	if (n == 0 || n > 3 || v[0] == '0')
		return false;
	for (size_t k = 0; k < n; k++) {
		if (v[k] < '0' || v[k] > '9')
			return false;
		level = level * 10 + v[k] - '0';
	}
	return level <= 255;
}

/* "#rrggbb" */
static bool plain_color(const char *v, size_t n)
{
	return n == 9 && v[0] == '"' && v[1] == '#' && strspn(v + 2, "0123456789abcdefABCDEF") == 6;
}

/* One member. Its value goes into the hash unless it is one of those that may differ. */
static bool read_member(struct text *t, const char *const *fields)
{
	const char *name, *value;
	size_t n_name, n;

	skip_blank(t);
	name = t->at + 1;
	if (!skip_string(t))
		return false;
	n_name = (size_t)(t->at - name) - 1;
	if (!listed(fields, name, n_name) || !take(t, ':'))
		return false;
	skip_blank(t);
	value = t->at;
	if (!skip_value(t))
		return false;
	n = (size_t)(t->at - value);
	while (n > 0 && value[n - 1] == ' ')
		n--;
	if (is(name, n_name, "state") && !is(value, n, "\"ON\"") && !is(value, n, "\"OFF\""))
		return false;
	if ((is(name, n_name, "brightness") && plain_level(value, n)) ||
	    (is(name, n_name, "color") && plain_color(value, n)))
		n = 0;
	t->hash = hash_on(hash_on(hash_on(t->hash, name, n_name + 1), value, n), "", 1);
	return true;
}

static bool read_object(struct text *t, const char *const *fields)
{
	if (!take(t, '{'))
		return false;
	do
		if (!read_member(t, fields))
			return false;
	while (take(t, ','));
	if (!take(t, '}'))
		return false;
	skip_blank(t);
	return t->at == t->end;
}

/* ---- keys ---- */

static bool is_plain(const char *text, size_t len)
{
	for (size_t k = 0; k < len; k++)
		if (text[k] == '\\' || text[k] < ' ' || text[k] > '~') /* and no blank but one */
			return false;
	return len > 0 && len <= TEXT_MAX;
}

/* What is for many nodes has none: it goes to each of them and to the conductor, who would not all replace the same. */
static const char *const *fields_of(const struct glow_topic *topic)
{
	switch (topic->kind) {
	case GLOW_TOPIC_SET:
		return topic->of == GLOW_OF_NODE ? light_fields : NULL;
	case GLOW_TOPIC_SCENE_PLAY:
		return scene_fields;
	case GLOW_TOPIC_DIM_SET:
		return dim_fields;
	default:
		return NULL;
	}
}

static uint64_t key_of_command(const struct glow_topic *topic, const struct glow_message *m)
{
	const char *const *fields = fields_of(topic);
	struct text t = { .at = m->payload, .end = (const char *)m->payload + m->len, .hash = hash_of_topic(m->topic) };

	if (!fields || m->retained || !is_plain(m->payload, m->len) || !read_object(&t, fields))
		return 0;
	return t.hash | 1;
}

/* ---- lanes ---- */

/* An asker of the time who is none of ours may ask as often as he likes. Older ones are called x-<random>. */
static bool is_stranger(const struct glow_topic *topic)
{
	return topic->of == GLOW_OF_VIEWER || strncmp(topic->id, "x-", 2) == 0;
}

static enum glow_lane lane_of(const struct glow_topic *topic, enum glow_way way, bool retained)
{
	switch (topic->kind) {
	case GLOW_TOPIC_TIME_REPLY: /* a conductor's to thousands; what they wait, the stamps in them tell */
		return is_stranger(topic) || way == GLOW_WAY_OUT ? GLOW_LANE_REPORT : GLOW_LANE_CLOCK;
	case GLOW_TOPIC_TIME_REQUEST:
		return is_stranger(topic) ? GLOW_LANE_REPORT : GLOW_LANE_CLOCK;
	case GLOW_TOPIC_ADOPT_REQUEST:
	case GLOW_TOPIC_ADOPT_REPLY:
	case GLOW_TOPIC_CONDUCTOR_AVAILABILITY:
	case GLOW_TOPIC_CONDUCTOR_INFO:
	case GLOW_TOPIC_CONDUCTOR_BEACON:
		return GLOW_LANE_CLOCK;
	case GLOW_TOPIC_AVAILABILITY: /* one's own is the goodbye, and the other tells of what is lost */
	case GLOW_TOPIC_STATS:
		return way == GLOW_WAY_OUT ? GLOW_LANE_CLOCK : GLOW_LANE_REPORT;
	case GLOW_TOPIC_ROSTER:
		return way == GLOW_WAY_OUT ? GLOW_LANE_COMMAND : GLOW_LANE_REPORT;
	case GLOW_TOPIC_SET:
	case GLOW_TOPIC_NOTIFY:
	case GLOW_TOPIC_APPLY:
	case GLOW_TOPIC_SCENE_PLAY:
	case GLOW_TOPIC_SCENE_STOP:
	case GLOW_TOPIC_SCENE_CURRENT:
	case GLOW_TOPIC_DIM_SET:
	case GLOW_TOPIC_DIM_CURRENT:
	case GLOW_TOPIC_ROSTER_SET:
	case GLOW_TOPIC_ROSTER_WANTED:
	case GLOW_TOPIC_TEXTS: /* before the scenes and commands that mean them */
	case GLOW_TOPIC_TEXT:
	case GLOW_TOPIC_TEXT_SET:
	case GLOW_TOPIC_PRESET_SET:
	case GLOW_TOPIC_PRESET_APPLY:
	case GLOW_TOPIC_UNDO:
	case GLOW_TOPIC_SCHEDULE_SET:
		return GLOW_LANE_COMMAND;
	case GLOW_TOPIC_OTHER:
		return retained ? GLOW_LANE_REPORT : GLOW_LANE_COMMAND;
	default:
		return GLOW_LANE_REPORT;
	}
}

enum glow_lane glow_traffic_sort(const char *prefix, enum glow_way way, const struct glow_message *message,
				 uint64_t *ret_key)
{
	struct glow_topic topic = glow_topic_parse(prefix, message->topic);

	if (way == GLOW_WAY_IN)
		*ret_key = key_of_command(&topic, message);
	else
		*ret_key = message->retained ? hash_of_topic(message->topic) : 0;
	return lane_of(&topic, way, message->retained);
}
