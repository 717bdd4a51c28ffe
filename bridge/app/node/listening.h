/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node hears, topic by topic: the rows behind glow_node_topic() and glow_node_message(). A message that names a
 * text which is not here yet waits, and the commands behind it do too. Those that wait are dealt with as if they came
 * when the text does. */

#include <stdint.h>

#include <glow/node.h>

/** Deals with what waited for a text. */
void glow_listening_release(struct glow_node *n, int64_t now_us);
