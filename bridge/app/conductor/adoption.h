/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How a conductor without history asks nodes for the time: the probes of
 * glow/adopt.h as messages, to nodes by name. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/adopt.h>
#include <glow/message.h>
#include <glow/scene.h>
#include <glow/timing.h>
#include <glow/topics.h>

/** A broker's rules cannot say who answers, for an answer's topic names the conductor. So each probe has a number that
 * only whoever may read it knows: the node it goes to. */
struct glow_adoption {
	struct glow_adopt adopt; /**< for everything but nodes, probes and answers, the caller's to use */
	uint64_t secret;
	uint32_t drawn;                                         /**< numbers so far, in all adoptions */
	uint32_t numbers[GLOW_ADOPT_NODES * GLOW_ADOPT_PROBES]; /**< of the probes, 0: not sent */
	char ids[GLOW_ADOPT_NODES][GLOW_NAME_SIZE];
	const char *prefix; /**< borrowed */
	char topic[GLOW_TOPIC_MAX + 1];
	uint8_t bytes[GLOW_REQUEST_SIZE];
};

/** Begins to look for the time of this clock; nobody is asked yet. The adoption is all 0 at first; `secret` is random,
 * and nothing else may come from it that others hear of. */
void glow_adoption_start(struct glow_adoption *a, const char *prefix, struct glow_raw now, uint64_t clock_id,
			 uint64_t secret);

/** One more node to ask. Nothing happens when it is asked already, or when GLOW_ADOPT_NODES are. */
void glow_adoption_ask(struct glow_adoption *a, const char *id);

/** The next probe that is due, if one is: to be sent now. It lies in the adoption until the next call. */
bool glow_adoption_probe(struct glow_adoption *a, struct glow_raw now, struct glow_message *ret_message);

/** A message of the answers' topic; m->at is when it arrived. What is no answer is passed over. */
void glow_adoption_reply(struct glow_adoption *a, const struct glow_message *m);
