/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How everybody who takes commands publishes: trees as text, answers to those who asked,
 * and the rule on retained commands. */

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/message.h>

struct glow_publisher {
	const char *prefix, *discovery; /**< borrowed; "" for a discovery prefix that is not used */
	struct glow_outbox outbox;
	uint64_t *answers; /**< how many commands were answered so, by enum glow_code; borrowed, NULL to count none */
};

void glow_publish_text(const struct glow_publisher *p, const char *topic, const char *text, int qos, bool retained);

/** Publishes a tree at prefix/a/b/c (NULL parts are left out) and deletes it. */
void glow_publish_tree(const struct glow_publisher *p, const char *a, const char *b, const char *c, cJSON *tree,
		       int qos, bool retained);

/** Answers a command to where its sender wants it, if that is allowed, and deletes the tree. A refusal (by diag),
 * and what it ignored, is logged, and published at `refusals` too, where that is not NULL. */
void glow_publish_answer(const struct glow_publisher *p, const struct glow_message *asked, const struct glow_diag *diag,
			 cJSON *tree, const char *refusals);

/** Answers a command that nobody has read: too much came at once, or a newer one took its place. It is neither logged
 * nor published for all, which would be as much again. `node` as in glow_answer_write(). */
void glow_publish_busy(const struct glow_publisher *p, const struct glow_message *asked, const char *node,
		       bool replaced);

/** True for an empty retained message at a command's topic: somebody clears a retained
 * command, which is the cure and needs no answer. */
static inline bool glow_command_clears(const struct glow_message *m)
{
	return m->retained && m->len == 0;
}

/** GLOW_OK, or GLOW_RETAINED with diag for a retained command: it would come back at every connection. */
enum glow_code glow_command_refuse_retained(const struct glow_message *m, struct glow_diag *diag);
