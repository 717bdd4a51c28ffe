/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The node as a device of Home Assistant: glow/herald.h, and what it announces. */

#include <glow/discovery.h>
#include <glow/herald.h>
#include <glow/info.h>

/** The caller's storage; others may use the herald for its topics, messages and time. */
struct glow_device {
	const struct glow_info *info;
	struct glow_discovery discovery;
	struct glow_herald herald;
};

/** What is pointed to is borrowed, and `page` is the address of the page for people, "" for none; `seed` is random. */
void glow_device_init(struct glow_device *d, const struct glow_publisher *out, const struct glow_info *info,
		      const char *page, const struct glow_effect_list *texts, uint32_t seed);
void glow_device_fini(struct glow_device *d);

/** What the broker keeps has been heard: announces the node, if that is called for. */
void glow_device_connected(struct glow_device *d);

/** The list of texts may be another one. */
void glow_device_texts(struct glow_device *d, struct glow_raw now);

/** Announces the node again, if Home Assistant has asked, or has to hear of other effects, and it is time. */
void glow_device_tick(struct glow_device *d, struct glow_raw now);
