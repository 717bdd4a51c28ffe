/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "mqtt_uri.h"

#include <stdlib.h>
#include <string.h>

static bool parse_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long value;

	if (text[0] == '\0')
		return true;
	if (text[0] != ':' || text[1] < '0' || text[1] > '9')
		return false;
	value = strtoul(text + 1, &end, 10);
	if (*end != '\0' || value < 1 || value > 65535)
		return false;
	*port = (uint16_t)value;
	return true;
}

static bool parse_host(struct glow_link *link, const char *text)
{
	bool bracketed = *text == '[';
	size_t len = bracketed ? strcspn(++text, "]") : strcspn(text, ":");
	const char *rest = text + len;

	if (len == 0 || len >= sizeof(link->host) || (bracketed && *rest++ != ']'))
		return false;
	memcpy(link->host, text, len);
	link->host[len] = '\0';
	return !strpbrk(link->host, "/@?# \t") && parse_port(rest, &link->port);
}

bool glow_link_parse(struct glow_link *link, const char *uri)
{
	link->tls = strncmp(uri, "mqtts://", 8) == 0;
	if (!link->tls && strncmp(uri, "mqtt://", 7) != 0)
		return false;
	link->port = link->tls ? 8883 : 1883;
	return parse_host(link, uri + (link->tls ? 8 : 7));
}

bool glow_mqtt_uri_valid(const char *uri)
{
	struct glow_link link;

	return glow_link_parse(&link, uri);
}
