/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt_cfg.h"

static const char *keep_string(char **at, const char *s)
{
	const char *kept = *at;

	if (!s)
		return NULL;
	*at = stpcpy(*at, s) + 1;
	return kept;
}

static size_t strings_size(const char *const *strings, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += strings[i] ? strlen(strings[i]) + 1 : 0;
	return size;
}

int glow_mqtt_cfg_copy(const struct glow_mqtt_cfg *cfg, struct glow_mqtt_cfg *copy, void **ret_memory)
{
	const char **const fields[] = { &copy->broker,       &copy->client_id, &copy->username, &copy->password,
					&copy->ca_file,      &copy->cert_file, &copy->key_file, &copy->will_topic,
					&copy->will_payload, &copy->lead_id,   &copy->prefix };
	const size_t n_fields = sizeof(fields) / sizeof(fields[0]);
	const size_t n_topics = cfg->n_topics + cfg->n_retained_topics + cfg->n_wished_topics;
	size_t size = n_topics * sizeof(char *) + strings_size(cfg->topics, cfg->n_topics) +
		      strings_size(cfg->retained_topics, cfg->n_retained_topics) +
		      strings_size(cfg->wished_topics, cfg->n_wished_topics) + 1;
	const char **topics;
	char *at;

	*copy = *cfg;
	for (size_t i = 0; i < n_fields; i++)
		size += strings_size(fields[i], 1);
	topics = *ret_memory = malloc(size);
	if (!topics)
		return -ENOMEM;
	at = (char *)(topics + n_topics);
	for (size_t i = 0; i < n_fields; i++)
		*fields[i] = keep_string(&at, *fields[i]);
	for (size_t i = 0; i < cfg->n_topics; i++)
		topics[i] = keep_string(&at, cfg->topics[i]);
	for (size_t i = 0; i < cfg->n_retained_topics; i++)
		topics[cfg->n_topics + i] = keep_string(&at, cfg->retained_topics[i]);
	for (size_t i = 0; i < cfg->n_wished_topics; i++)
		topics[cfg->n_topics + cfg->n_retained_topics + i] = keep_string(&at, cfg->wished_topics[i]);
	copy->topics = topics;
	copy->retained_topics = topics + cfg->n_topics;
	copy->wished_topics = copy->retained_topics + cfg->n_retained_topics;
	return 0;
}
