/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Names become topics, client ids and ids in Home Assistant, so none is changed behind a person's back; what one was
 * probably meant to be is said. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glow/discovery.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/names.h>
#include <glow/scrape.h>
#include <glow/topics.h>
#include <glow/zone.h>

#include "conductor/placement.h"
#include "conductor/uplink.h"

#define ID      "1..63 of a-z, 0-9 and '-', not beginning or ending with '-'"
#define LIST_OF "must be node ids with commas between them"

/* Fills the mistake; `text` is what was probably meant if it is right itself. */
static char *refuse(struct glow_mistake *m, const char *rule, const char *text, bool right)
{
	snprintf(m->rule, sizeof(m->rule), "%s", rule);
	if (right && strlen(text) < sizeof(m->nearest))
		snprintf(m->nearest, sizeof(m->nearest), "%s", text);
	return NULL;
}

/* ---- prefixes ---- */

static bool prefix_right(const char *text)
{
	return glow_prefix_valid(text) && glow_utf8_valid(text, strlen(text));
}

/* Without wildcards and empty levels, with a '-' for each blank. */
static void prefix_near(const char *text, char ret_near[GLOW_PREFIX_MAX + 1])
{
	size_t n = 0;

	for (; *text && n < GLOW_PREFIX_MAX; text++) {
		if (*text == '+' || *text == '#' || (*text == '/' && (n == 0 || ret_near[n - 1] == '/')))
			continue;
		ret_near[n++] = (unsigned char)*text > ' ' ? *text : '-';
	}
	while (n > 0 && ret_near[n - 1] == '/')
		n--;
	ret_near[n] = '\0';
}

char *glow_names_read_prefix(const char *text, struct glow_mistake *ret_mistake)
{
	char near[GLOW_PREFIX_MAX + 1];

	if (prefix_right(text))
		return strdup(text);
	prefix_near(text, near);
	return refuse(ret_mistake,
		      "must be levels of a topic, without wildcards, blanks, an empty level or a / at either end", near,
		      prefix_right(near));
}

char *glow_names_read_discovery(const char *text, struct glow_mistake *ret_mistake)
{
	bool on;

	if (glow_config_switch(text, &on))
		return strdup(on ? "homeassistant" : "off");
	return glow_names_read_prefix(text, ret_mistake);
}

char *glow_names_read_uplink(const char *text, struct glow_mistake *ret_mistake)
{
	char prefix[GLOW_PREFIX_MAX + 1], rack[GLOW_ID_MAX + 1], near[GLOW_PREFIX_MAX + 1];

	if (!text[0] || (prefix_right(text) && glow_uplink_split(text, prefix, rack)))
		return strdup(text);
	prefix_near(text, near);
	for (char *c = near; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return refuse(ret_mistake, "must be the prefix of the cluster above, a / and this rack's id there: hall/east",
		      near, glow_uplink_split(near, prefix, rack));
}

/* What Home Assistant links to; without a scheme it is probably HTTP. */
char *glow_names_read_page(const char *text, struct glow_mistake *ret_mistake)
{
	char near[GLOW_PAGE_MAX + 8];
	bool fits = strlen(text) <= GLOW_PAGE_MAX && glow_utf8_valid(text, strlen(text));

	for (const char *c = text; *c; c++)
		fits = fits && (unsigned char)*c > ' ' && *c != 0x7f;
	if (fits && (!text[0] || ((strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0) &&
				  strlen(strstr(text, "//")) > 2)))
		return strdup(text);
	snprintf(near, sizeof(near), "http://%s", fits ? text : "");
	return refuse(ret_mistake, "must be an address that begins with http:// or https://, of 255 bytes at most",
		      near, fits && !strstr(text, "//"));
}

char *glow_names_read_username(const char *text, struct glow_mistake *ret_mistake)
{
	return glow_utf8_valid(text, strlen(text)) ? strdup(text) : refuse(ret_mistake, "must be UTF-8", "", false);
}

/* ---- ids ---- */

static void id_near(const char *text, char ret_near[GLOW_ID_MAX + 1])
{
	size_t n = 0;

	for (; *text && n < GLOW_ID_MAX; text++) {
		char c = isalnum((unsigned char)*text) ? (char)tolower((unsigned char)*text) : '-';

		if (c != '-' || (n > 0 && ret_near[n - 1] != '-'))
			ret_near[n++] = c;
	}
	while (n > 0 && ret_near[n - 1] == '-')
		n--;
	ret_near[n] = '\0';
}

char *glow_names_read_conductor(const char *text, struct glow_mistake *ret_mistake)
{
	char near[GLOW_ID_MAX + 1];

	if (glow_id_valid(text))
		return strdup(text);
	id_near(text, near);
	return refuse(ret_mistake, "must be " ID, near, glow_id_valid(near));
}

char *glow_names_read_node(const char *text, struct glow_mistake *ret_mistake)
{
	/* The client id of the leading conductor, and the cluster's device in Home Assistant. */
	if (strcmp(text, "conductor") == 0 || strcmp(text, GLOW_DISCOVERY_CLUSTER) == 0)
		return refuse(ret_mistake, "must not be a name of the cluster's own", "", false);
	return glow_names_read_conductor(text, ret_mistake);
}

static const char *host_name(void)
{
	static char name[256];

	if (gethostname(name, sizeof(name) - 1) < 0)
		return "";
	name[strcspn(name, ".")] = '\0';
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return name;
}

int glow_names_settle(const struct glow_config *config, char **node,
		      char *(*read)(const char *text, struct glow_mistake *ret_mistake))
{
	struct glow_mistake mistake = { .rule = "" };
	char what[700];

	if (*node && **node)
		return 0;
	free(*node);
	*node = read(host_name(), &mistake);
	if (*node)
		return 0;
	snprintf(what, sizeof(what), "must be given, since the host name \"%s\" is none: it %s%s%s", host_name(),
		 mistake.rule, mistake.nearest[0] ? "; for example " : "", mistake.nearest);
	return glow_config_refuse(config, "node", what);
}

char *glow_names_read_idle(const char *text, struct glow_mistake *ret_mistake)
{
	bool on;

	(void)ret_mistake;
	return strdup(glow_config_switch(text, &on) && !on ? "off" : text);
}

char *glow_names_read_zone(const char *text, struct glow_mistake *ret_mistake)
{
	if (glow_zone_known(text))
		return strdup(text);
	return refuse(ret_mistake, "must be a time zone that there is here; one is like Europe/Berlin", "", false);
}

/* With this machine's own address where there is none, or its name. */
static void metrics_near(const char *text, char ret_near[100])
{
	const char *colon = strrchr(text, ':');

	snprintf(ret_near, 100, "127.0.0.1:%.5s", colon ? colon + 1 : text);
}

char *glow_names_read_metrics(const char *text, struct glow_mistake *ret_mistake)
{
	char near[100];
	bool on;

	if (glow_config_switch(text, &on))
		return strdup(on ? "127.0.0.1:9464" : "off");
	if (glow_scrape_address_valid(text))
		return strdup(text);
	metrics_near(text, near);
	return refuse(ret_mistake, "must be an address in figures and a port, or off", near,
		      glow_scrape_address_valid(near));
}

/* ---- lists ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A copy without blanks beside a comma or an equals sign; NULL without memory. */
static char *list_tidy(const char *text)
{
	char *list = strdup(text), *to = list;

	for (const char *c = list; c && *c; c++) {
		bool beside = to > list && strchr(",=", to[-1]);

		for (const char *next = c; is_blank(*next) && !beside; next++)
			beside = next[1] && strchr(",= \t", next[1]) && !is_blank(next[1]);
		if (!is_blank(*c) || !beside)
			*to++ = *c;
	}
	if (to)
		*to = '\0';
	return list;
}

/* In lower case, with one comma between two items. */
static void list_near(const char *text, char *ret_near, size_t size)
{
	size_t n = 0;

	for (; *text && n < size - 1; text++) {
		char c = strchr(",; \t\n", *text) ? ',' : (char)tolower((unsigned char)*text);

		if (c != ',' || (n > 0 && ret_near[n - 1] != ','))
			ret_near[n++] = c;
	}
	while (n > 0 && ret_near[n - 1] == ',')
		n--;
	ret_near[n] = '\0';
}

static bool order_right(const char *list)
{
	struct glow_placement p;
	struct glow_diag diag;
	bool right = glow_placement_init(&p, list, NULL, NULL, &diag) == 0;

	glow_placement_fini(&p);
	return right && *list;
}

static bool gap_right(const char *list)
{
	struct glow_placement p;
	struct glow_diag diag;
	bool right = glow_placement_init(&p, NULL, NULL, list, &diag) == 0;

	glow_placement_fini(&p);
	return right && *list;
}

static bool groups_right(const char *list)
{
	struct glow_info info;

	return glow_groups_parse(list, &info) && *list;
}

static char *read_list(const char *text, bool (*right)(const char *list), const char *rule, struct glow_mistake *m)
{
	char *list = list_tidy(text), near[sizeof(m->nearest)];

	if (!list || right(list))
		return list;
	list_near(list, near, sizeof(near));
	refuse(m, rule, near, strlen(list) < sizeof(near) && right(near));
	free(list);
	return NULL;
}

char *glow_names_read_groups(const char *text, struct glow_mistake *ret_mistake)
{
	char rule[100];

	snprintf(rule, sizeof(rule), "must be at most %d ids of a-z, 0-9 and '-', with commas between them",
		 GLOW_GROUPS_MAX);
	return read_list(text, groups_right, rule, ret_mistake);
}

char *glow_names_read_order(const char *text, struct glow_mistake *ret_mistake)
{
	return read_list(text, order_right, LIST_OF, ret_mistake);
}

char *glow_names_read_gap(const char *text, struct glow_mistake *ret_mistake)
{
	char rule[100];

	snprintf(rule, sizeof(rule), "must be id=pixels with commas between them, at most %d pixels each",
		 GLOW_PIXELS_MAX);
	return read_list(text, gap_right, rule, ret_mistake);
}

/* ---- white ---- */

/* Three times 1..100; false when the list is anything else. */
static bool white_parse(const char *list, unsigned ret_percent[3])
{
	int end = 0;

	if (strspn(list, "0123456789,") != strlen(list) ||
	    sscanf(list, "%3u,%3u,%3u%n", &ret_percent[0], &ret_percent[1], &ret_percent[2], &end) != 3 || list[end])
		return false;
	for (int k = 0; k < 3; k++)
		if (ret_percent[k] < 1 || ret_percent[k] > 100)
			return false;
	return true;
}

static bool white_right(const char *list)
{
	unsigned percent[3];

	return white_parse(list, percent);
}

char *glow_names_read_white(const char *text, struct glow_mistake *ret_mistake)
{
	return read_list(text, white_right, "must be three numbers 1..100, of red, green and blue: 100,85,70",
			 ret_mistake);
}

struct glow_linear glow_names_white(const char *text)
{
	unsigned percent[3];

	if (!white_parse(text, percent) || percent[0] + percent[1] + percent[2] == 300)
		return GLOW_DARK;
	return (struct glow_linear){ (uint16_t)(percent[0] * 65535 / 100), (uint16_t)(percent[1] * 65535 / 100),
				     (uint16_t)(percent[2] * 65535 / 100) };
}

/* ---- places and presets ---- */

bool glow_names_place(const char *text, struct glow_calendar_place *ret_place)
{
	double latitude, longitude;
	int end = 0;

	if (strspn(text, "0123456789.,+-") != strlen(text) ||
	    sscanf(text, "%lf,%lf%n", &latitude, &longitude, &end) != 2 || text[end])
		return false;
	*ret_place = (struct glow_calendar_place){ latitude, longitude };
	return latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180;
}

static bool place_right(const char *list)
{
	struct glow_calendar_place place;

	return !list[0] || glow_names_place(list, &place);
}

char *glow_names_read_place(const char *text, struct glow_mistake *ret_mistake)
{
	return read_list(text, place_right,
			 "must be a latitude -90..90 and a longitude -180..180, in degrees: 52.52,13.40", ret_mistake);
}

char *glow_names_read_preset(const char *text, struct glow_mistake *ret_mistake)
{
	if (!text[0] || glow_id_valid(text))
		return strdup(text);
	return refuse(ret_mistake, "must be the name of a preset: a-z, 0-9 and '-' inside, at most 63", "", false);
}

/* ---- engines ---- */

static bool engine_right(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:[]");

	if (text[n] || strlen(text) > 107) /* what a socket's path can be */
		return false;
	if (strncmp(text, "unix:///", 8) == 0)
		return text[8];
	return strncmp(text, "http://", 7) == 0 && text[7] && !strchr(text + 7, '/');
}

char *glow_names_read_engine(const char *text, struct glow_mistake *ret_mistake)
{
	const char *colon = strchr(text, ':');
	size_t slashes = colon ? strspn(colon + 1, "/") : 0;
	const char *rest = slashes == 0 ? text : colon + 1 + (slashes == 2 ? 2 : slashes - 1); /* behind a scheme */
	char near[sizeof(ret_mistake->nearest)];

	if (engine_right(text))
		return strdup(text);
	snprintf(near, sizeof(near), "%s%.*s", *rest == '/' ? "unix://" : "http://",
		 (int)(*rest == '/' ? strlen(rest) : strcspn(rest, "/")), rest);
	return refuse(ret_mistake, "must be unix:///path or http://host[:port]", near,
		      strlen(text) < sizeof(near) / 2 && engine_right(near));
}
