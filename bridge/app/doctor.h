/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What the doctors of our programs have in common. Each check prints its line and returns whether all is well. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/mqtt.h>

bool glow_doctor_say(bool fine, const char *what, const char *how);

/** Something that could be better, though all works. */
void glow_doctor_note(const char *what, const char *how);

/** This machine seems to be a node of a Docker swarm, whose services get no devices: somebody listens where the
 * engines of a swarm talk to each other. */
bool glow_doctor_swarm(void);

/** The last line; the exit status. */
int glow_doctor_verdict(bool fine);

/** The broker takes us, under an id of the doctor's own, and every subscription in cfg.
 * *ret_disputed: its certificate and this machine's clock do not agree. */
bool glow_doctor_broker(const struct glow_mqtt_cfg *cfg, const char *node, bool *ret_disputed);

/** Whose doctor it is. */
struct glow_doctor_patient {
	const char *what, *id; /**< as in glow_complaints_init() */
	const char *own;       /**< a topic at which it says something of itself that nobody keeps */
	const char *also;      /**< another at which an empty message does nothing; NULL for none */
};

/** What the broker takes: retained messages, acknowledgements, large packets, and what its rules let us say. An
 * empty message is published at the patient's own topics, and has to be let. So is `message` (NULL:
 * none), which has to fit; where that is refused it is noted, with what it means: `instead`. After
 * glow_doctor_broker(). */
bool glow_doctor_limits(const struct glow_mqtt_cfg *cfg, const struct glow_doctor_patient *patient,
			const struct glow_message *message, const char *instead);

/** The wall clock is later than `built_us`, so somebody has set it, and where it is disputed something keeps it right.
 */
bool glow_doctor_clock(int64_t built_us, bool disputed);
