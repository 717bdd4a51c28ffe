/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/nearest.h>
#include <glow/rank.h>

#include "addressees.h"

/* ---- every name that is known, one after the other ---- */

struct names {
	const struct glow_members *members;
	uint32_t member, group; /* the next one, since they are asked for in order */
};

static bool is_known(const struct glow_member *one)
{
	return one->known || one->online;
}

static const char *next_node(void *ctx, size_t k)
{
	struct names *names = ctx;
	const struct glow_members *m = names->members;

	(void)k;
	while (names->member < m->n) {
		const struct glow_member *one = &m->v[names->member++];

		if (is_known(one))
			return one->id;
	}
	return names->member - m->n < m->placement->n ? m->placement->rows[names->member++ - m->n].id : NULL;
}

static const char *next_group(void *ctx, size_t k)
{
	struct names *names = ctx;
	const struct glow_members *m = names->members;

	(void)k;
	for (; names->member < m->n; names->member++, names->group = 0)
		if (names->group < m->v[names->member].n_groups)
			return m->v[names->member].groups[names->group++];
	return NULL;
}

static const char *nearest(const struct glow_members *m, bool group, const char *name)
{
	struct names names = { .members = m };

	return glow_nearest(name, group ? next_group : next_node, &names);
}

/* ---- what is asked ---- */

/* Without any node there is no telling who is missing, as with a broker that was emptied. What groups a node has that
 * is online and has not said what it is cannot be told either. */
static bool can_tell(const struct glow_members *m, bool group)
{
	bool any = false;

	for (uint32_t k = 0; k < m->n; k++) {
		any |= is_known(&m->v[k]);
		if (group && m->v[k].online && !m->v[k].known)
			return false;
	}
	return any && m->n < m->most;
}

static bool has_node(const struct glow_members *m, const char *id)
{
	const struct glow_member *one = glow_members_find(m, id);

	return (one && is_known(one)) || strcmp(glow_placement_of(m->placement, id)->id, id) == 0;
}

static bool has_group(const struct glow_members *m, const char *id)
{
	struct names names = { .members = m };
	const char *one;

	while ((one = next_group(&names, 0)))
		if (strcmp(one, id) == 0)
			return true;
	return false;
}

/* Of the same kind, unless it is the very name of the other kind, or near to nothing else. */
static enum glow_code unknown(const struct glow_members *m, bool group, const char *name, struct glow_diag *diag)
{
	const char *own = nearest(m, group, name), *other = nearest(m, !group, name);
	char path[GLOW_NAME_SIZE + 8];

	if (!other || (own && strcmp(other, name) != 0))
		return glow_diag_meant(diag, own);
	snprintf(path, sizeof(path), "%s/%s", group ? "node" : "group", other);
	return glow_diag_meant(diag, path);
}

enum glow_code glow_addressees_check(const struct glow_members *members, const struct glow_target *target,
				     const char *field, struct glow_diag *diag)
{
	bool group = target->kind == GLOW_TARGET_GROUPS;
	char where[96] = "";

	if (!can_tell(members, group))
		return GLOW_OK;
	for (uint32_t k = 0; k < target->n; k++) {
		const char *name = target->ids[k];

		if (group ? has_group(members, name) : has_node(members, name))
			continue;
		if (field[0])
			snprintf(where, sizeof(where), "%s.%u", field, k);
		glow_diag_set(diag, GLOW_UNKNOWN_TARGET, where,
			      group ? "no node has the group \"%s\", and \"absent\" is not true"
				    : "no node \"%s\" is known, and \"absent\" is not true",
			      name);
		return unknown(members, group, name, diag);
	}
	return GLOW_OK;
}

/* ---- how many they are ---- */

/* The ids that targets of one kind name, sorted: there may be hundreds, and each of thousands of nodes is looked for.
 */
struct ids {
	char (*v)[GLOW_NAME_SIZE];
	uint32_t n;
};

/* False without memory. */
static bool gather(struct ids *ids, enum glow_target_kind kind, const struct glow_target *const *targets, uint32_t n)
{
	uint32_t all = 0;

	for (uint32_t k = 0; k < n; k++)
		all += targets[k]->kind == kind ? targets[k]->n : 0;
	*ids = (struct ids){ .v = malloc((all + 1) * sizeof(*ids->v)) };
	for (uint32_t k = 0; ids->v && k < n; k++) {
		if (targets[k]->kind != kind || targets[k]->n == 0)
			continue;
		memcpy(ids->v + ids->n, targets[k]->ids, targets[k]->n * sizeof(*ids->v));
		ids->n += targets[k]->n;
	}
	if (ids->v)
		qsort(ids->v, ids->n, sizeof(*ids->v), glow_rank_order);
	return ids->v;
}

static bool among(const struct ids *ids, const char *name)
{
	bool found;

	glow_rank(ids->v, ids->n, sizeof(*ids->v), 0, name, &found);
	return found;
}

static bool is_meant(const struct glow_member *one, const struct ids *nodes, const struct ids *groups)
{
	bool meant = among(nodes, one->id);

	for (uint32_t k = 0; !meant && k < one->n_groups; k++)
		meant = among(groups, one->groups[k]);
	return meant;
}

uint32_t glow_addressees_online(const struct glow_members *members, const struct glow_target *const *targets,
				uint32_t n_targets)
{
	struct ids nodes, groups;
	uint32_t n = 0;
	bool all = !gather(&nodes, GLOW_TARGET_NODES, targets, n_targets);

	all |= !gather(&groups, GLOW_TARGET_GROUPS, targets, n_targets);
	for (uint32_t k = 0; k < n_targets; k++)
		all |= targets[k]->kind == GLOW_TARGET_ALL;
	for (uint32_t k = 0; k < members->n; k++)
		n += members->v[k].online && (all || is_meant(&members->v[k], &nodes, &groups));
	free(nodes.v);
	free(groups.v);
	return n;
}
