/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The engine is asked by us and answers us alone, so its documents are read with cJSON's own tolerance: they are deeper
 * than what glow_json_parse() lets in. Nothing of them but host names, in the form of ids, gets any further. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glow/hash.h>
#include <glow/json.h>
#include <glow/time.h>

#include "swarm.h"

/* A task on its way, by its states' names; those behind "running" are ends. */
static const char *const states[] = {
	"new",     "pending",  "assigned", "accepted", "preparing", "ready",  "starting",
	"running", "complete", "shutdown", "failed",   "rejected",  "remove", "orphaned"
};
enum { RUNNING = 7, FAILED = 10, REJECTED = 11, N_STATES = sizeof(states) / sizeof(states[0]) };

struct task {
	size_t node;
	const char *service; /* its name, or its id where it is gone */
	double slot;         /* 0 of a global service */
	int64_t created_us, updated_us;
	int state, desired;
};

/* ---- values ---- */

static const char *text_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(glow_json_get(object, name));

	return text ? text : "";
}

static const char *inner_text(const cJSON *object, const char *outer, const char *name)
{
	return text_of(glow_json_get(object, outer), name);
}

/* RFC 3339 as the engine writes it, in UTC; 0 for what is none. */
static int64_t time_us(const char *text)
{
	struct tm tm = { .tm_isdst = 0 };
	int end = 0;
	int64_t us = 0, unit = 100000;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec, &end) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	for (text += end + (text[end] == '.'); isdigit((unsigned char)*text); text++, unit /= 10)
		us += (*text - '0') * unit;
	return timegm(&tm) * GLOW_US_PER_S + us;
}

static int state_of(const char *name)
{
	int k = 0;

	while (k < N_STATES && strcmp(states[k], name) != 0)
		k++;
	return k;
}

/* ---- nodes ---- */

static void name_node(struct glow_swarm_node *node, const char *host)
{
	char id[GLOW_ID_MAX + 2];
	size_t n = strcspn(host, ".");

	snprintf(node->host, sizeof(node->host), "%s", host);
	snprintf(id, sizeof(id), "%.*s", n > GLOW_ID_MAX ? GLOW_ID_MAX + 1 : (int)n, host);
	for (char *c = id; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (glow_id_valid(id))
		memcpy(node->id, id, sizeof(node->id));
}

static enum glow_swarm_state node_state(const cJSON *item)
{
	const char *state = inner_text(item, "Status", "State");

	if (strcmp(state, "down") == 0 || strcmp(state, "disconnected") == 0)
		return GLOW_SWARM_LOST;
	return strcmp(inner_text(item, "Spec", "Availability"), "drain") == 0 ? GLOW_SWARM_DRAINED : GLOW_SWARM_READY;
}

static bool read_nodes(struct glow_swarm *s, const cJSON *nodes)
{
	s->nodes = calloc((size_t)cJSON_GetArraySize(nodes) + 1, sizeof(*s->nodes));
	if (!s->nodes)
		return false;
	for (const cJSON *item = nodes->child; item; item = item->next) {
		struct glow_swarm_node *node = &s->nodes[s->n++];

		name_node(node, inner_text(item, "Description", "Hostname"));
		node->state = node_state(item);
	}
	return true;
}

/* A machine that left and joined again is two nodes, of which one is down for ever. */
static bool is_ghost(const struct glow_swarm *s, size_t k)
{
	const struct glow_swarm_node *node = &s->nodes[k];

	for (size_t j = 0; j < s->n && node->id[0]; j++)
		if (strcmp(s->nodes[j].id, node->id) == 0 &&
		    (s->nodes[j].state < node->state || (s->nodes[j].state == node->state && j < k)))
			return true;
	return false;
}

static void drop_ghosts(struct glow_swarm *s)
{
	size_t kept = 0;

	for (size_t k = 0; k < s->n; k++)
		if (!is_ghost(s, k))
			s->nodes[kept++] = s->nodes[k]; /* what it leaves behind is of no better state than it */
	s->n = kept;
}

/* ---- tasks ---- */

/* Where in a list the item with that ID is; its length for nowhere. */
static size_t place_of(const cJSON *list, const char *id, const cJSON **ret_item)
{
	size_t k = 0;

	for (*ret_item = list->child; *ret_item; *ret_item = (*ret_item)->next) {
		if (strcmp(text_of(*ret_item, "ID"), id) == 0)
			return k;
		k++;
	}
	return k;
}

static bool read_task(const cJSON *item, const cJSON *nodes, const cJSON *services, struct task *ret_task)
{
	const cJSON *node, *service;
	const char *id = text_of(item, "ServiceID"), *name;

	ret_task->node = place_of(nodes, text_of(item, "NodeID"), &node);
	place_of(services, id, &service);
	name = inner_text(service, "Spec", "Name");
	ret_task->service = *name ? name : id;
	ret_task->slot = cJSON_GetNumberValue(glow_json_get(item, "Slot"));
	if (ret_task->slot != ret_task->slot) /* no number */
		ret_task->slot = 0;
	ret_task->created_us = time_us(text_of(item, "CreatedAt"));
	ret_task->updated_us = time_us(text_of(item, "UpdatedAt"));
	ret_task->state = state_of(inner_text(item, "Status", "State"));
	ret_task->desired = state_of(text_of(item, "DesiredState"));
	return node && ret_task->state < N_STATES; /* one that has no node yet is on no board */
}

static int order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_place(const struct task *x, const struct task *y)
{
	int by = order((int64_t)x->node, (int64_t)y->node);

	by = by ? by : strcmp(x->service, y->service);
	return by ? by : (x->slot > y->slot) - (x->slot < y->slot);
}

static int by_place_and_age(const void *a, const void *b)
{
	const struct task *x = a, *y = b;
	int by = by_place(x, y);

	return by ? by : order(x->created_us, y->created_us);
}

/* ---- places ---- */

static bool is_recent(const struct task *t, int64_t now_us)
{
	return now_us - t->updated_us < GLOW_SWARM_LINGER_US;
}

/* Of the tasks of one place, oldest first. False: nothing is to be seen of it any more. */
static bool look_of(const struct task *tasks, size_t n, int64_t now_us, enum glow_swarm_look *ret_look)
{
	const struct task *newest = &tasks[n - 1];
	bool meant = newest->desired <= RUNNING, alive = newest->state <= RUNNING;

	*ret_look = alive && meant ? GLOW_SWARM_STARTS : GLOW_SWARM_ENDS;
	if (meant && newest->state == RUNNING) {
		*ret_look = GLOW_SWARM_RUNS;
		return true;
	}
	for (size_t k = 0; k < n; k++)
		if ((tasks[k].state == FAILED || tasks[k].state == REJECTED) && is_recent(&tasks[k], now_us))
			*ret_look = GLOW_SWARM_FAILED;
	return alive || is_recent(newest, now_us);
}

static void add_places(struct glow_swarm *s, const struct task *tasks, size_t n, int64_t now_us)
{
	struct glow_swarm_place *place = s->room;

	for (size_t k = 0, first = 0; k < n; k++) {
		struct glow_swarm_node *node = &s->nodes[tasks[k].node];
		const char *service = tasks[k].service;

		if (k + 1 < n && by_place(&tasks[k], &tasks[k + 1]) == 0)
			continue;
		place->service = glow_fnv1a(GLOW_FNV_START, service, strlen(service));
		if (look_of(tasks + first, k + 1 - first, now_us, &place->look)) {
			node->places = node->n ? node->places : place;
			node->n++;
			s->moving = s->moving || place->look != GLOW_SWARM_RUNS;
			place++;
		}
		first = k + 1;
	}
}

static bool read_tasks(struct glow_swarm *s, const cJSON *nodes, const cJSON *services, const cJSON *list,
		       int64_t now_us)
{
	size_t most = (size_t)cJSON_GetArraySize(list) + 1, n = 0;
	struct task *tasks = calloc(most, sizeof(*tasks));

	s->room = calloc(most, sizeof(*s->room));
	if (tasks && s->room) {
		for (const cJSON *item = list->child; item; item = item->next)
			n += read_task(item, nodes, services, &tasks[n]);
		qsort(tasks, n, sizeof(*tasks), by_place_and_age);
		add_places(s, tasks, n, now_us);
	}
	free(tasks);
	return tasks && s->room;
}

static bool is_updated(const cJSON *services)
{
	for (const cJSON *item = services->child; item; item = item->next) {
		const char *state = inner_text(item, "UpdateStatus", "State");

		if (strcmp(state, "updating") == 0 || strcmp(state, "rollback_started") == 0)
			return true;
	}
	return false;
}

/* ---- all of it ---- */

static cJSON *list_of(const char *text, size_t len, const char *what, struct glow_diag *diag)
{
	cJSON *list = cJSON_ParseWithLength(text, len);

	if (cJSON_IsArray(list))
		return list;
	cJSON_Delete(list);
	glow_diag_set(diag, GLOW_BAD_JSON, what, "is no list");
	return NULL;
}

bool glow_swarm_read(struct glow_swarm *ret_swarm, const struct glow_swarm_text *text, int64_t now_us,
		     struct glow_diag *diag)
{
	cJSON *nodes = list_of(text->nodes, text->nodes_len, "nodes", diag);
	cJSON *services = nodes ? list_of(text->services, text->services_len, "services", diag) : NULL;
	cJSON *tasks = services ? list_of(text->tasks, text->tasks_len, "tasks", diag) : NULL;
	bool fine = tasks;

	*ret_swarm = (struct glow_swarm){ .n = 0 };
	if (fine) {
		fine = read_nodes(ret_swarm, nodes) && read_tasks(ret_swarm, nodes, services, tasks, now_us);
		ret_swarm->moving = ret_swarm->moving || is_updated(services);
		if (!fine)
			glow_diag_set(diag, GLOW_BUSY, "swarm", "%s", "no memory for it");
	}
	if (fine)
		drop_ghosts(ret_swarm);
	else
		glow_swarm_fini(ret_swarm);
	cJSON_Delete(nodes);
	cJSON_Delete(services);
	cJSON_Delete(tasks);
	return fine;
}

void glow_swarm_fini(struct glow_swarm *swarm)
{
	free(swarm->nodes);
	free(swarm->room);
	*swarm = (struct glow_swarm){ .n = 0 };
}
