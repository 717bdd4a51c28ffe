/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a Docker swarm says of itself, as far as boards show it: its nodes, and on each of them the places of its tasks.
 *
 * A place is what a task takes and its successor takes over: a slot of a replicated service, or the one task that a
 * global service has on a node. How a place looks comes from all tasks that it had on that node. Documents are those
 * of the engine's API: GET /nodes, /services and /tasks. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/topics.h>

/** So long a place shows that a task failed or was shut down, counted from when the manager heard of it. */
#define GLOW_SWARM_LINGER_US INT64_C(30000000)

/** How a place looks. What wants more attention comes later. */
enum glow_swarm_look {
	GLOW_SWARM_RUNS, /**< and is healthy: of a service with a health check the engine says so only then */
	GLOW_SWARM_ENDS, /**< is shut down, or was */
	GLOW_SWARM_STARTS,
	GLOW_SWARM_FAILED, /**< and nothing has run in its place since */
};

struct glow_swarm_place {
	uint32_t service; /**< a number made of the service's name, the same for ever */
	enum glow_swarm_look look;
};

enum glow_swarm_state {
	GLOW_SWARM_READY,
	GLOW_SWARM_DRAINED, /**< takes no tasks */
	GLOW_SWARM_LOST,    /**< the managers do not hear of it */
};

struct glow_swarm_node {
	char host[GLOW_ID_MAX + 1]; /**< as the swarm names it, cut to fit */
	char id[GLOW_ID_MAX + 1]; /**< the node's id on the broker, which is that in lower case; "": it cannot be one */
	enum glow_swarm_state state;
	struct glow_swarm_place *places; /**< by service and slot */
	size_t n;
};

struct glow_swarm {
	struct glow_swarm_node *nodes; /**< no two of one id */
	size_t n;
	bool moving; /**< something starts, is shown for a while only, or is being updated: look again soon */
	struct glow_swarm_place *room;
};

/** The three documents, as the engine sends them. */
struct glow_swarm_text {
	const char *nodes, *services, *tasks;
	size_t nodes_len, services_len, tasks_len;
};

/** Reads them; `now_us` is the manager's wall clock. False, with the reason in diag and an empty swarm, when one is not
 * such a document or memory is lacking. What has no part here is passed over, odd items too. */
bool glow_swarm_read(struct glow_swarm *ret_swarm, const struct glow_swarm_text *text, int64_t now_us,
		     struct glow_diag *diag);
void glow_swarm_fini(struct glow_swarm *swarm);
