/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A Docker engine that is asked over HTTP for what it knows of its swarm, in the owner's loop and without waiting. It
 * is told nothing: every request is a GET. */

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "swarm.h"

/** Bytes that a document may have. */
#define GLOW_ENGINE_TEXT_MAX (16 << 20)

/** Room for a sentence that says why something failed. */
#define GLOW_ENGINE_WHY 400

/** What becomes of a question; `ctx` is the owner's. */
struct glow_engine_role {
	/** Nodes, services and tasks as they are now. The text lives until the function returns. */
	void (*answered)(void *ctx, const struct glow_swarm_text *text);
	void (*failed)(void *ctx, const char *why);
	/** Something happened to a node or a service. It may not ask at once. */
	void (*event)(void *ctx);
};

struct glow_engine;

/** `address` is what glow_names_read_engine() returns; everything is borrowed. 0 or -ENOMEM. */
int glow_engine_open(sd_event *loop, const char *address, const struct glow_engine_role *role, void *ctx,
		     struct glow_engine **ret_engine);

/** Asks, and is answered or fails within ten seconds. Not while a question is open. */
void glow_engine_ask(struct glow_engine *engine);

/** Listens to events from now on, until that connection ends; nothing if it does already. */
void glow_engine_listen(struct glow_engine *engine);

/** Accepts NULL. */
void glow_engine_close(struct glow_engine *engine);
