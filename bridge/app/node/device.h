/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The node as a device of Home Assistant: glow/herald.h, and what it announces. Its name is the title that people have
 * given it, if they have. */

#include <glow/discovery.h>
#include <glow/herald.h>
#include <glow/info.h>
#include <glow/title.h>

/** The caller's storage; others may use the herald for its topics, messages and time. */
struct glow_device {
	const struct glow_info *info;
	struct glow_discovery discovery;
	struct glow_herald herald;
	char wanted[GLOW_TOPIC_MAX + 1]; /**< where people's titles are; "" where nothing is announced */
	char title[GLOW_TITLE_MAX + 1];
};

/** What is pointed to is borrowed, and `page` is the address of the page for people, "" for none; `seed` is random. */
void glow_device_init(struct glow_device *d, const struct glow_publisher *out, const struct glow_info *info,
		      const char *page, const struct glow_effect_list *texts, uint32_t seed);
void glow_device_fini(struct glow_device *d);

/** What the broker keeps has been heard: announces the node, if that is called for. */
void glow_device_connected(struct glow_device *d);

/** The topics to subscribe, as glow_herald_topic() has them, and a message: true when it was for the device alone. */
bool glow_device_topic(const struct glow_device *d, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);
bool glow_device_message(struct glow_device *d, const struct glow_message *m, struct glow_raw now);

/** The list of texts may be another one. */
void glow_device_texts(struct glow_device *d, struct glow_raw now);

/** Announces the node again, if Home Assistant has asked, or has to hear of other effects, and it is time. */
void glow_device_tick(struct glow_device *d, struct glow_raw now);
