/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Which messages go together, and which of them is worth nothing once a newer one is there. */

#include <stdint.h>

#include <glow/message.h>

/** A glow_mqtt_sort for all our programs. Who asks for the time without being of the cluster is no clock, and what is
 * not ours is a command (an answer) unless it is retained.
 *
 * On the way out what is retained has the key of its topic. On the way in commands have one that say the same but for
 * the brightness or the colour, each good in itself, and say nothing that depends on what was before: carried out one
 * after the other they leave what the newer leaves alone. Any doubt is no key. */
enum glow_lane glow_traffic_sort(const char *prefix, enum glow_way way, const struct glow_message *message,
				 uint64_t *ret_key);
