/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Takes an address apart as far as it can be told what was meant, and leaves it to the messenger to say whether
 * that is an address. What is refused is shown without whatever may be a password. */

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glow/broker.h>
#include <glow/mqtt.h>

#define FORM "must be mqtt://host[:port] or mqtts://host[:port]"

static const struct {
	const char *name;
	bool tls;
} schemes[] = { { "mqtt", false }, { "tcp", false }, { "mqtts", true }, { "ssl", true }, { "tls", true } };

struct parts {
	bool has_scheme;
	bool known, tls;
	const char *rest; /* behind the scheme */
	const char *host; /* behind an account */
	int host_len;     /* with the port */
};

static void take_scheme(const char *text, struct parts *p)
{
	size_t n = strcspn(text, ":");
	const char *rest = text + n + (text[n] == ':');
	bool slashes = strncmp(rest, "//", 2) == 0;

	p->rest = text;
	p->known = true;
	if (!slashes && *rest != '/' && !isalpha((unsigned char)*rest))
		return; /* host:port, or a host alone */
	p->known = false;
	for (size_t k = 0; k < sizeof(schemes) / sizeof(schemes[0]); k++) {
		if (strlen(schemes[k].name) != n || strncasecmp(schemes[k].name, text, n) != 0)
			continue;
		p->known = true;
		p->tls = schemes[k].tls;
	}
	p->has_scheme = slashes || p->known;
	if (p->has_scheme)
		p->rest = rest + strspn(rest, "/");
	else
		p->known = true; /* a host, and what should have been its port */
}

/* A password may hold what ends a host elsewhere, so the last @ counts. */
static void take_apart(const char *text, struct parts *p)
{
	const char *at;

	*p = (struct parts){ .rest = NULL };
	take_scheme(text, p);
	at = strrchr(p->rest, '@');
	p->host = at ? at + 1 : p->rest;
	p->host_len = (int)strcspn(p->host, "/?#");
	if (!p->has_scheme && p->host_len > 5 && strncmp(p->host + p->host_len - 5, ":8883", 5) == 0)
		p->tls = true;
}

/* What the parts would be as an address; NULL without memory. */
static char *address(const struct parts *p)
{
	struct in6_addr ipv6;
	char host[INET6_ADDRSTRLEN + 1], *made = NULL;
	bool bare;
	int len = (int)strcspn(p->host, "%"); /* behind it is an interface */

	if (len > p->host_len)
		len = p->host_len;
	snprintf(host, sizeof(host), "%.*s", len, p->host);
	bare = len < (int)sizeof(host) && inet_pton(AF_INET6, host, &ipv6) == 1;
	if (asprintf(&made, "%s://%s%.*s%s", p->tls ? "mqtts" : "mqtt", bare ? "[" : "", p->host_len, p->host,
		     bare ? "]" : "") < 0)
		return NULL;
	return made;
}

/* The messenger asks the name service what a name is; these are in no name. */
static bool is_address(const char *made)
{
	for (const char *c = made; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return false;
	return !strpbrk(made, "\\\"'`<>(){}|^,;*$&=!") && glow_mqtt_uri_valid(made);
}

/* The text as it may be shown: an account's password and what follows a ? are none of a log's. */
static void show(const char *text, const struct parts *p, struct glow_mistake *m)
{
	int before = (int)(p->rest - text), account = (int)(p->host - p->rest);
	const char *colon = account ? memchr(p->rest, ':', (size_t)account) : NULL;
	int user = colon ? (int)(colon - p->rest) : account;
	bool query = p->host[strcspn(p->host, "?#")] != '\0';

	snprintf(m->shown, sizeof(m->shown), "%.*s%s%.*s%s", before + user, text, colon ? ":***@" : "",
		 (int)strcspn(p->host, "?#"), p->host, query ? "?***" : "");
}

static char *refuse(const char *text, const struct parts *p, const char *made, struct glow_mistake *m)
{
	const char *why = "";

	if (p->host != p->rest)
		why = " without an account, which is --username (GLOW_USERNAME) and its password";
	else if (!p->known)
		why = "; WebSockets, HTTP and others are not spoken";
	else if (p->host[p->host_len])
		why = " without a path";
	snprintf(m->rule, sizeof(m->rule), FORM "%s", why);
	show(text, p, m);
	if (p->known && made && is_address(made))
		snprintf(m->nearest, sizeof(m->nearest), "%s", made);
	return NULL;
}

char *glow_broker_read(const char *text, struct glow_mistake *ret_mistake)
{
	struct parts p;
	char *made;
	bool fine;

	take_apart(text, &p);
	made = address(&p);
	fine = made && p.known && p.host == p.rest && is_address(made) &&
	       strspn(p.host + p.host_len, "/") == strlen(p.host + p.host_len);
	if (fine)
		return made;
	if (made)
		refuse(text, &p, made, ret_mistake);
	free(made);
	return NULL;
}
