/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How a program's table of options is written, and the rows that every program has: how to reach
 * the broker, and the log. */

#include <stddef.h>

#include <glow/broker.h>
#include <glow/config.h>
#include <glow/mqtt.h>

/* The rows of a table are of one struct, which the file with the table names before its first row:
 *
 *     #define GLOW_OPTIONS struct options
 *
 * n is the name, d the default as it would be typed (NULL for none), a the placeholder of its value,
 * g the heading in help, f the member of the struct, r what reads it, h one line of help. */
#define GLOW_ROW(t, n, d, g, f, h, ...)                                                                     \
	{                                                                                                   \
		.name = n, .type = t, .def = d, .group = g, .offset = offsetof(GLOW_OPTIONS, f), .help = h, \
		__VA_ARGS__                                                                                 \
	}
#define GLOW_ROW_STRING(n, d, a, g, f, h)      GLOW_ROW(GLOW_OPT_STRING, n, d, g, f, h, .arg = a)
#define GLOW_ROW_READ(n, d, a, g, f, r, h)     GLOW_ROW(GLOW_OPT_STRING, n, d, g, f, h, .arg = a, .read = r)
#define GLOW_ROW_SECRET(n, a, g, f, h)         GLOW_ROW(GLOW_OPT_SECRET, n, NULL, g, f, h, .arg = a)
#define GLOW_ROW_LIST(n, a, g, f, h)           GLOW_ROW(GLOW_OPT_LIST, n, NULL, g, f, h, .arg = a)
#define GLOW_ROW_INT(n, d, lo, hi, a, g, f, h) GLOW_ROW(GLOW_OPT_INT, n, d, g, f, h, .min = lo, .max = hi, .arg = a)
#define GLOW_ROW_CHOICE(n, d, c, g, f, h)      GLOW_ROW(GLOW_OPT_CHOICE, n, d, g, f, h, .choices = c)
#define GLOW_ROW_SWITCH(n, d, g, f, h)         GLOW_ROW(GLOW_OPT_BOOL, n, d, g, f, h, .arg = NULL)
#define GLOW_ROW_VERB(n, h)                                                                \
	{                                                                                  \
		.name = n, .type = GLOW_OPT_VERB, .group = "Instead of running", .help = h \
	}

/** A program has these in its own struct, as `common`; its file with the rows includes glow/names.h. */
struct glow_common_options {
	char *broker, *username, *password, *ca_file, *cert_file, *key_file, *prefix;
	char *log_level, *log_format;
};

#define GLOW_BROKER_ROWS                                                                                          \
	GLOW_ROW_READ("broker", "mqtt://localhost:1883", "URI", "Broker", common.broker, glow_broker_read,        \
		      "mqtt://host[:port] or mqtts://host[:port]"),                                               \
		GLOW_ROW_READ("username", NULL, "NAME", "Broker", common.username, glow_names_read_username,      \
			      "account on the broker"),                                                           \
		GLOW_ROW_SECRET("password", "WORD", "Broker", common.password, "its password; better in a file"), \
		GLOW_ROW_STRING("ca-file", NULL, "FILE", "Broker", common.ca_file,                                \
				"certificate authority of an mqtts broker"),                                      \
		GLOW_ROW_STRING("cert-file", NULL, "FILE", "Broker", common.cert_file,                            \
				"our certificate, where the broker asks for one"),                                \
		GLOW_ROW_STRING("key-file", NULL, "FILE", "Broker", common.key_file, "its key"),                  \
		GLOW_ROW_READ("prefix", "glow", "TOPIC", "Broker", common.prefix, glow_names_read_prefix,         \
			      "first levels of every topic")

#define GLOW_LOG_ROWS(level)                                                                                          \
	GLOW_ROW_CHOICE("log-level", level, "error|warning|info|debug", "Log", common.log_level, "how much is told"), \
		GLOW_ROW_CHOICE("log-format", "text", "text|json", "Log", common.log_format,                          \
				"form of a line on standard error")

/** The connection they describe; topics, client id and will are the program's. Strings are borrowed. */
static inline struct glow_mqtt_cfg glow_common_mqtt(const struct glow_common_options *o)
{
	return (struct glow_mqtt_cfg){ .prefix = o->prefix,
				       .broker = o->broker,
				       .username = o->username,
				       .password = o->password,
				       .ca_file = o->ca_file,
				       .cert_file = o->cert_file,
				       .key_file = o->key_file,
				       .keepalive_s = 10 };
}
