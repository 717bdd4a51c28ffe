/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Options that every program has: how to reach the broker, and the log. A
 * program embeds the struct in its own options and lists the rows in its table. */

#include <stddef.h>

#include <glow/config.h>
#include <glow/mqtt.h>

struct glow_common_options {
	char *broker, *username, *password, *ca_file, *cert_file, *key_file, *prefix;
	char *log_level, *log_format;
};

#define GLOW_ROW_STRING(owner, field, n, d, a, g, h)                                           \
	{                                                                                      \
		.name = n, .type = GLOW_OPT_STRING, .def = d, .arg = a, .group = g, .help = h, \
		.offset = offsetof(owner, field)                                               \
	}

/** Rows for `struct glow_common_options common` inside the struct `owner`. */
#define GLOW_BROKER_ROWS(owner)                                                                                       \
	GLOW_ROW_STRING(owner, common.broker, "broker", "mqtt://localhost:1883", "URI", "Broker",                     \
			"mqtt://host[:port] or mqtts://host[:port]"),                                                 \
		GLOW_ROW_STRING(owner, common.username, "username", NULL, "NAME", "Broker", "account on the broker"), \
		{ .name = "password",                                                                                 \
		  .type = GLOW_OPT_SECRET,                                                                            \
		  .arg = "WORD",                                                                                      \
		  .group = "Broker",                                                                                  \
		  .help = "its password; better in a file",                                                           \
		  .offset = offsetof(owner, common.password) },                                                       \
		GLOW_ROW_STRING(owner, common.ca_file, "ca-file", NULL, "FILE", "Broker",                             \
				"certificate authority of an mqtts broker"),                                          \
		GLOW_ROW_STRING(owner, common.cert_file, "cert-file", NULL, "FILE", "Broker",                         \
				"our certificate, where the broker asks for one"),                                    \
		GLOW_ROW_STRING(owner, common.key_file, "key-file", NULL, "FILE", "Broker", "its key"),               \
		GLOW_ROW_STRING(owner, common.prefix, "prefix", "glow", "TOPIC", "Broker",                            \
				"first levels of every topic")

#define GLOW_LOG_ROWS(owner, level)                                                                                   \
	{ .name = "log-level",                                                                                        \
	  .type = GLOW_OPT_CHOICE,                                                                                    \
	  .def = level,                                                                                               \
	  .choices = "error|warning|info|debug",                                                                      \
	  .group = "Log",                                                                                             \
	  .help = "how much is told",                                                                                 \
	  .offset = offsetof(owner, common.log_level) },                                                              \
	{                                                                                                             \
		.name = "log-format", .type = GLOW_OPT_CHOICE, .def = "text", .choices = "text|json", .group = "Log", \
		.help = "form of a line on standard error", .offset = offsetof(owner, common.log_format)              \
	}

/** The connection they describe; topics, client id and will are the program's. Strings are borrowed. */
static inline struct glow_mqtt_cfg glow_common_mqtt(const struct glow_common_options *o)
{
	return (struct glow_mqtt_cfg){ .broker = o->broker,
				       .username = o->username,
				       .password = o->password,
				       .ca_file = o->ca_file,
				       .cert_file = o->cert_file,
				       .key_file = o->key_file,
				       .keepalive_s = 10 };
}
