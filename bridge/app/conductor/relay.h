/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a rack takes over of the cluster above: scenes, the dimmer and commands for many, with the instants that they
 * have there. The latest word holds, wherever it was said: a scene of the root's begins in the rack as if it had been
 * played there, one that was played or stopped in the rack afterwards stays so, and the next of the root's lies over it
 * again. Pure; times are those of the timeline that both are on. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/roster.h>
#include <glow/scenes.h>
#include <glow/time.h>

#include "requests.h"

struct glow_relay {
	char rack[GLOW_NAME_SIZE]; /**< as which node the rack stands in the root's roster */
	bool has_scenes, has_dim;  /**< they were heard */
	struct glow_scenes scenes; /**< the root's, as they were heard last */
	struct glow_dim dim;
	struct glow_roster roster, next; /**< the root's, and the one that takes effect later; rev 0: none */
};

void glow_relay_init(struct glow_relay *relay, const char *rack);
void glow_relay_fini(struct glow_relay *relay);

/** What the root keeps was heard: scene/current, dim/current, roster. Where `r` is not NULL the rack is led here and on
 * the root's timeline, and what is new is carried out; else it is kept until glow_relay_open(). False, and
 * nothing has changed, when it cannot be read, by diag. */
bool glow_relay_hear_scenes(struct glow_relay *relay, struct glow_requests *r, const struct glow_message *m,
			    struct glow_time now, struct glow_diag *diag);
bool glow_relay_hear_dim(struct glow_relay *relay, struct glow_requests *r, const struct glow_message *m,
			 struct glow_diag *diag);
bool glow_relay_hear_roster(struct glow_relay *relay, const struct glow_message *m, struct glow_diag *diag);

/** From now on the rack is led here, on the root's timeline: carries out what nobody has yet. */
void glow_relay_open(struct glow_relay *relay, struct glow_requests *r, struct glow_time now);

/** A roster takes effect; when that is due, GLOW_NEVER. */
void glow_relay_tick(struct glow_relay *relay, struct glow_requests *r, struct glow_time now);
struct glow_time glow_relay_next(const struct glow_relay *relay);

/** A command for many (all/apply, group/+/apply): publishes it, just as it came, at the rack's topic of that kind. What
 * it makes of their lights, as glow_requests_command(); *ret_good false where it cannot be read, by diag. */
enum glow_lit glow_relay_apply(struct glow_requests *r, const struct glow_topic *topic, const struct glow_message *m,
			       struct glow_time now, bool *ret_good, struct glow_diag *diag);
