/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "targets.h"

#include <string.h>
#include <sysexits.h>

#include <glow/nearest.h>

#include "rows.h"

/* A target taken apart: "pi1" and "node/pi1" are the same node. */
static const char *name_of(const char *target, bool *ret_group)
{
	const char *slash = strchr(target, '/');

	*ret_group = strncmp(target, "group/", 6) == 0;
	return slash ? slash + 1 : target;
}

/* ---- every name in the model, one after the other ---- */

struct names {
	const struct glow_watch *watch;
	size_t owner, group; /* the next one, since they are asked for in order; behind the nodes come the roster's */
};

static const char *next_node(void *ctx, size_t k)
{
	struct names *names = ctx;
	const struct glow_watch *w = names->watch;
	size_t at = names->owner++;

	(void)k;
	if (at < w->n_nodes)
		return w->nodes[at]->id;
	at -= w->n_nodes;
	return at < w->stage.roster.n ? w->stage.roster.nodes[at].id : NULL;
}

/* Group k of a node, or of an entry of the roster; NULL when it has no more. */
static const char *group_of(const struct glow_watch *w, size_t owner, size_t k)
{
	const struct glow_roster_node *entry;

	if (owner < w->n_nodes)
		return k < w->nodes[owner]->info.n_groups ? w->nodes[owner]->info.groups[k] : NULL;
	entry = &w->stage.roster.nodes[owner - w->n_nodes];
	return k < entry->n_groups ? entry->groups[k] : NULL;
}

static const char *next_group(void *ctx, size_t k)
{
	struct names *names = ctx;
	const struct glow_watch *w = names->watch;

	(void)k;
	for (; names->owner < w->n_nodes + w->stage.roster.n; names->owner++, names->group = 0) {
		const char *group = group_of(w, names->owner, names->group);

		names->group++;
		if (group)
			return group;
	}
	return NULL;
}

/* ---- what is asked ---- */

static bool can_tell(const struct glow_watch *w, bool group)
{
	for (size_t k = 0; group && k < w->n_nodes; k++)
		if (w->nodes[k]->online && !w->nodes[k]->has_info)
			return false;
	return w->n_nodes + w->stage.roster.n > 0;
}

bool glow_ctl_targets_know(const struct glow_watch *w, const char *target)
{
	struct names names = { .watch = w };
	bool group;
	const char *name = name_of(target, &group), *one;

	if (strcmp(target, "all") == 0 || !can_tell(w, group))
		return true;
	while ((one = (group ? next_group : next_node)(&names, 0)))
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

static const char *nearest(const struct glow_watch *w, bool group, const char *name)
{
	struct names names = { .watch = w };

	return glow_nearest(name, group ? next_group : next_node, &names);
}

bool glow_ctl_targets_meant(const struct glow_watch *w, const char *target, char ret_target[GLOW_ID_MAX + 8])
{
	bool group;
	const char *name = name_of(target, &group);
	const char *own = nearest(w, group, name), *other = nearest(w, !group, name);

	/* The very name of the other kind is what was meant, else one of the same kind if it is near. */
	if (other && (!own || strcmp(other, name) == 0)) {
		own = other;
		group = !group;
	}
	if (own)
		snprintf(ret_target, GLOW_ID_MAX + 8, "%s%s", group ? "group/" : "", own);
	return own;
}

int glow_ctl_targets_fail(const struct glow_watch *w, const char *target)
{
	char meant[GLOW_ID_MAX + 8] = "";
	bool group, near = glow_ctl_targets_meant(w, target, meant);
	const char *name = name_of(target, &group);

	return glow_ctl_fail(EX_UNAVAILABLE, "%s \"%s\"%s%s%s--force sends it all the same)",
			     group ? "no node has the group" : "there is no node", name,
			     near ? "; did you mean \"" : "", meant,
			     near ? "\"? (" : " (glowctl nodes tells who is there; ");
}

int glow_ctl_targets_check(struct glow_ctl_session *s, const char *target)
{
	static const char *const topics[] = { "node/+/availability", "node/+/info", "roster" };
	const struct glow_ctl_options *o = s->options;
	int status;

	glow_ctl_close(s, 0); /* two connections of one process would read each other's packets */
	status = glow_ctl_open(s, o, topics, CTL_N(topics));
	return status || glow_ctl_targets_know(&s->watch, target) ? status : glow_ctl_targets_fail(&s->watch, target);
}
