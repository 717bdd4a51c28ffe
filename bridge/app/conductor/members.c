/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Nodes are sorted by id, since each message asks for one; they are put in the roster's order only when a roster
 * is made. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/rank.h>
#include <glow/scenes.h>

#include "members.h"

void glow_members_init(struct glow_members *m, const struct glow_placement *placement, int64_t grace_ns)
{
	*m = (struct glow_members){
		.placement = placement,
		.grace_ns = grace_ns,
		.most = GLOW_MEMBERS_MAX,
		.session = 1,
		.expiry = { GLOW_NEVER },
	};
}

struct glow_kept_state *glow_kept_state_hold(struct glow_kept_state *state)
{
	if (state)
		state->refs++;
	return state;
}

void glow_kept_state_drop(struct glow_kept_state *state)
{
	if (state && --state->refs == 0)
		free(state);
}

static void drop(struct glow_members *m, struct glow_member *one)
{
	m->kept_states -= one->state ? one->state->len : 0;
	glow_kept_state_drop(one->state);
	free(one->groups);
	free(one->kind);
	free(one->deliveries);
	free(one->figures);
}

void glow_members_fini(struct glow_members *m)
{
	for (uint32_t k = 0; k < m->n; k++)
		drop(m, &m->v[k]);
	free(m->v);
	*m = (struct glow_members){ 0 };
}

/* ---- the nodes ---- */

/* Where the node of this id is, or would have to go. */
static uint32_t rank(const struct glow_members *m, const char *id, bool *ret_found)
{
	return glow_rank(m->v, m->n, sizeof(*m->v), offsetof(struct glow_member, id), id, ret_found);
}

const struct glow_member *glow_members_find(const struct glow_members *m, const char *id)
{
	bool found;
	uint32_t k = rank(m, id, &found);

	return found ? &m->v[k] : NULL;
}

void glow_members_place(struct glow_members *m)
{
	for (uint32_t k = 0; k < m->n; k++)
		m->v[k].place = glow_placement_of(m->placement, m->v[k].id);
}

const struct glow_member *glow_members_after(const struct glow_members *m, const char *id)
{
	bool found;
	uint32_t k = rank(m, id, &found);

	k += found;
	return k < m->n ? &m->v[k] : NULL;
}

struct glow_figures *glow_members_figures(struct glow_members *m, const char *id)
{
	bool found;
	uint32_t k = rank(m, id, &found);

	if (found && !m->v[k].figures)
		m->v[k].figures = calloc(1, sizeof(*m->v[k].figures));
	return found ? m->v[k].figures : NULL;
}

static bool make_room(struct glow_members *m)
{
	uint32_t room = m->room ? 2 * m->room : 16;
	struct glow_member *v;

	if (m->n < m->room)
		return true;
	v = realloc(m->v, room * sizeof(*v));
	if (!v)
		return false;
	m->v = v;
	m->room = room;
	return true;
}

/* The node of that id, new if need be; NULL when there are too many. */
static struct glow_member *member(struct glow_members *m, const char *id)
{
	bool found;
	uint32_t k = rank(m, id, &found);
	struct glow_member *one;

	if (found)
		return &m->v[k];
	if (m->n >= m->most)
		glow_crowd_add(&m->crowd, id);
	if (m->n >= m->most || !make_room(m))
		return NULL;
	one = &m->v[k];
	memmove(one + 1, one, (m->n++ - k) * sizeof(*one));
	*one = (struct glow_member){ .gone_ns = INT64_MIN,
				     .since_us = INT64_MIN,
				     .ordered_us = INT64_MIN,
				     .place = glow_placement_of(m->placement, id) };
	snprintf(one->id, sizeof(one->id), "%s", id);
	return one;
}

static void forget(struct glow_members *m, uint32_t k)
{
	drop(m, &m->v[k]);
	memset(&m->crowd, 0, sizeof(m->crowd)); /* there is a place now; who has none says so again */
	memmove(&m->v[k], &m->v[k + 1], (--m->n - k) * sizeof(m->v[0]));
}

static int64_t gives_up_ns(const struct glow_members *m, const struct glow_member *one)
{
	return one->known && !one->online && one->gone_ns != INT64_MIN ? one->gone_ns + m->grace_ns : GLOW_NEVER;
}

static void expect(struct glow_members *m, const struct glow_member *one)
{
	m->expiry.ns = glow_sooner(m->expiry.ns, gives_up_ns(m, one));
}

static bool set_groups(struct glow_member *one, const char (*groups)[GLOW_NAME_SIZE], uint32_t n)
{
	if (glow_groups_alike((const char(*)[GLOW_NAME_SIZE])one->groups, one->n_groups, groups, n))
		return false;
	free(one->groups);
	one->groups = n ? malloc(n * sizeof(*groups)) : NULL;
	one->n_groups = one->groups ? n : 0;
	if (one->groups)
		memcpy(one->groups, groups, n * sizeof(*groups));
	return true;
}

/* It becomes the member's. */
static bool set_kind(struct glow_member *one, char *kind)
{
	bool changed = strcmp(one->kind ? one->kind : "", kind ? kind : "") != 0;

	free(one->kind);
	one->kind = kind;
	return changed;
}

static bool describe(struct glow_members *m, struct glow_member *one, uint32_t pixels,
		     const char (*groups)[GLOW_NAME_SIZE], uint32_t n_groups)
{
	bool changed = !one->known || one->pixels != pixels;

	one->known = true;
	one->pixels = pixels;
	expect(m, one);
	return set_groups(one, groups, n_groups) || changed;
}

static bool read_info(const char *id, const char *payload, size_t len, struct glow_info *ret_info,
		      struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(payload, len, diag);
	bool good = tree && glow_info_read(tree, ret_info, diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (good && strcmp(ret_info->id, id) != 0) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "id", "is %s, on the topic of %s", ret_info->id, id);
		good = false;
	}
	return good;
}

bool glow_members_info(struct glow_members *m, const char *id, const char *payload, size_t len, struct glow_diag *diag)
{
	_Static_assert(sizeof(((struct glow_info *)NULL)->groups[0]) == GLOW_NAME_SIZE, "one size of names");
	struct glow_info info;
	struct glow_member *one;
	bool found, changed = false;
	uint32_t k = rank(m, id, &found);

	if (len == 0 && found && m->v[k].online) { /* it is there all the same, and may say again what it is */
		m->v[k].known = false;
		set_groups(&m->v[k], NULL, 0);
		return true;
	}
	if (len == 0) {
		if (found)
			forget(m, k);
		return found;
	}
	if (!read_info(id, payload, len, &info, diag))
		return false;
	one = member(m, id);
	if (!one)
		return false;
	one->ahead_us = info.ahead_us;
	if (!info.problem[0] ||
	    !one->kind) /* while its board fails it has no backend, and is what it was all the same */
		changed = set_kind(one, glow_info_kind(&info));
	return describe(m, one, info.strip ? info.strip : info.shape.pixels, (const char(*)[GLOW_NAME_SIZE])info.groups,
			info.n_groups) ||
	       changed;
}

static void leave(struct glow_members *m, struct glow_member *one, struct glow_raw now)
{
	one->online = false;
	one->gone_ns = now.ns;
	if (one->figures)
		one->figures->told = false;
	expect(m, one);
}

bool glow_members_availability(struct glow_members *m, const char *id, bool online, struct glow_raw now)
{
	struct glow_member *one;
	bool found, changed;
	uint32_t k = rank(m, id, &found);

	if (!online && (!found || !m->v[k].known)) { /* nothing says that there is such a node */
		if (found)
			forget(m, k);
		return found;
	}
	one = member(m, id);
	if (!one)
		return false;
	changed = one->online != online;
	one->session = m->session;
	if (changed && online)
		one->online = true;
	else if (changed)
		leave(m, one, now);
	return changed;
}

/* ---- their lights ---- */

static void keep_state(struct glow_members *m, struct glow_member *one, const char *payload, size_t len)
{
	size_t others = m->kept_states - (one->state ? one->state->len : 0);
	struct glow_kept_state *state = NULL;

	glow_kept_state_drop(one->state);
	if (len > 0 && len <= GLOW_KEPT_STATE_MAX && others + len <= GLOW_KEPT_STATES)
		state = malloc(sizeof(*state) + len);
	if (state) {
		*state = (struct glow_kept_state){ .refs = 1, .len = (uint32_t)len };
		memcpy(state->text, payload, len);
	}
	one->state = state;
	m->kept_states = others + (state ? len : 0);
}

/* Whose change it was. */
static void keep_past(struct glow_members *m, struct glow_member *one, const char *payload, size_t len)
{
	keep_state(m, one, payload, len);
	one->since_us = glow_member_light_since(payload, len);
	if (one->order_due && one->since_us >= one->ordered_us) {
		one->ordered_us = one->since_us;
		one->order_due = false;
	}
}

bool glow_members_state(struct glow_members *m, const char *id, const char *payload, size_t len)
{
	bool found, on = false;
	uint32_t k = rank(m, id, &found);
	struct glow_member was, *one = found ? &m->v[k] : NULL;

	if (!one)
		return false;
	was = *one;
	one->told = glow_member_light_read(payload, len, &on, &one->light);
	one->on = one->lit = one->told && on;
	keep_past(m, one, payload, len);
	return was.told != one->told || was.on != one->on || !glow_member_light_equal(&was.light, &one->light);
}

void glow_member_order(struct glow_member *one, int64_t at_us)
{
	one->ordered_us = at_us;
	one->order_due = true;
}

void glow_members_ordered(struct glow_members *m, const char *id, int64_t at_us)
{
	bool found;
	uint32_t k = rank(m, id, &found);

	if (found && at_us >= m->v[k].ordered_us)
		glow_member_order(&m->v[k], at_us);
}

bool glow_member_strayed(const struct glow_member *one)
{
	return one->ordered_us != INT64_MIN && one->since_us > one->ordered_us;
}

bool glow_members_belongs(const struct glow_member *one, const char *group)
{
	bool in = !group;

	for (uint32_t k = 0; !in && k < one->n_groups; k++)
		in = strcmp(one->groups[k], group) == 0;
	return in;
}

char (*glow_members_groups(const struct glow_members *m, uint32_t *ret_n))[GLOW_NAME_SIZE]
{
	uint32_t all = 0, n = 0;
	char(*names)[GLOW_NAME_SIZE];

	*ret_n = 0;
	for (uint32_t k = 0; k < m->n; k++)
		all += m->v[k].n_groups;
	names = all ? malloc(all * sizeof(*names)) : NULL;
	if (!names)
		return NULL;
	for (uint32_t k = 0; k < m->n; k++) {
		if (m->v[k].n_groups) /* else there is no list */
			memcpy(names + n, m->v[k].groups, m->v[k].n_groups * sizeof(*names));
		n += m->v[k].n_groups;
	}
	qsort(names, n, sizeof(*names), glow_rank_order);
	for (uint32_t k = 0; k < n; k++)
		if (*ret_n == 0 || strcmp(names[*ret_n - 1], names[k]) != 0)
			memmove(names[(*ret_n)++], names[k], sizeof(*names));
	return names;
}

bool glow_members_lit(const struct glow_members *m, const char *group, bool *ret_lit)
{
	bool told = false;

	*ret_lit = false;
	for (uint32_t k = 0; k < m->n && !*ret_lit; k++) {
		const struct glow_member *one = &m->v[k];

		if (!one->online || !one->told || !glow_members_belongs(one, group))
			continue;
		told = true;
		*ret_lit = one->lit;
	}
	return told;
}

void glow_members_expect(struct glow_members *m, const char *group, bool lit)
{
	for (uint32_t k = 0; k < m->n; k++)
		if (m->v[k].told && m->v[k].online && glow_members_belongs(&m->v[k], group))
			m->v[k].lit = lit;
}

/* ---- how long their messages take ---- */

void glow_members_delivery(struct glow_members *m, const char *id, int64_t us, struct glow_raw now)
{
	bool found;
	uint32_t k = rank(m, id, &found);
	struct glow_member *one = found ? &m->v[k] : NULL;

	if (!one)
		return;
	if (!one->deliveries)
		one->deliveries = calloc(1, sizeof(*one->deliveries));
	if (!one->deliveries)
		return;
	if (us <= GLOW_DELIVERY_MAX_US) { /* beyond that it is no measure */
		us += glow_deliveries_of_ahead_us(one->ahead_us, m->n);
		us = us < GLOW_DELIVERY_MAX_US ? us : GLOW_DELIVERY_MAX_US;
	}
	glow_deliveries_add(one->deliveries, us, now);
	glow_lately_add(&m->lately, one->deliveries, &one->lately, us, now);
	one->has_slow = glow_deliveries_slow_us(one->deliveries, &one->slow_us);
}

/* How many of those that have a say take no longer; with UINT32_MAX, how many have. */
static uint32_t within(const struct glow_members *m, uint32_t us)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < m->n; k++)
		n += m->v[k].online && m->v[k].has_slow && m->v[k].slow_us <= us;
	return n;
}

static uint32_t online(const struct glow_members *m)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < m->n; k++)
		n += m->v[k].online;
	return n;
}

bool glow_members_delivered(const struct glow_members *m)
{
	uint32_t n = online(m);

	return glow_lately_tells(&m->lately, n) || 2 * within(m, UINT32_MAX) > n;
}

/* Halving costs 21 looks at all of them, and neither room nor an order to keep. */
uint32_t glow_members_slow_us(const struct glow_members *m)
{
	uint32_t n = within(m, UINT32_MAX), most = n > 2 ? n - 1 : n > 0, low = 0, high = GLOW_DELIVERY_MAX_US;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (within(m, middle) >= most)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t glow_members_ahead_us(const struct glow_members *m)
{
	uint32_t slow_us = glow_members_slow_us(m);

	if (glow_lately_tells(&m->lately, online(m)))
		slow_us = glow_lately_slow_us(&m->lately, slow_us);
	return glow_deliveries_ahead_us(slow_us, m->n);
}

/* ---- what was published of them ---- */

void glow_members_restore(struct glow_members *m, const struct glow_roster *roster, struct glow_raw now)
{
	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];
		struct glow_member *one = member(m, node->id);

		if (!one)
			return;
		if (!one->known) {
			describe(m, one, node->pixels, (const char(*)[GLOW_NAME_SIZE])node->groups, node->n_groups);
			set_kind(one, node->kind ? strdup(roster->kinds[node->kind - 1]) : NULL);
		}
		if (!one->online && one->gone_ns == INT64_MIN)
			leave(m, one, now);
	}
}

void glow_members_disconnected(struct glow_members *m)
{
	bool many = m->n >= GLOW_DELIVERIES_MANY; /* who all come back make a storm */

	m->session++;
	memset(&m->lately, 0, sizeof(m->lately));
	for (uint32_t k = 0; k < m->n; k++) {
		m->v[k].lately = 0;
		if (!many || !m->v[k].deliveries)
			continue;
		m->v[k].deliveries->n = 0;
		m->v[k].has_slow = false;
	}
}

bool glow_members_connected(struct glow_members *m, struct glow_raw now)
{
	bool changed = false;

	for (uint32_t k = 0; k < m->n; k++)
		if (m->v[k].online && m->v[k].session != m->session) {
			leave(m, &m->v[k], now);
			changed = true;
		}
	return changed;
}

bool glow_members_expire(struct glow_members *m, struct glow_raw now)
{
	if (now.ns < m->expiry.ns)
		return false;
	m->expiry.ns = GLOW_NEVER;
	for (uint32_t k = 0; k < m->n; k++) {
		if (gives_up_ns(m, &m->v[k]) <= now.ns)
			m->v[k].gone_ns = INT64_MIN;
		expect(m, &m->v[k]);
	}
	return true;
}

/* ---- the roster ---- */

static int by_place(const void *a, const void *b)
{
	const struct glow_member *x = *(struct glow_member *const *)a, *y = *(struct glow_member *const *)b;

	if (x->place->rank != y->place->rank)
		return x->place->rank < y->place->rank ? -1 : 1;
	return strverscmp(x->id, y->id); /* pi2 before pi10 */
}

static bool has_place(const struct glow_members *m, const struct glow_member *one, struct glow_raw now)
{
	int64_t until_ns = gives_up_ns(m, one);

	return one->known && (one->online || (until_ns != GLOW_NEVER && now.ns < until_ns));
}

static bool fill_node(struct glow_roster_node *node, const struct glow_member *one)
{
	*node = (struct glow_roster_node){ .pixels = one->pixels,
					   .gap = one->place->gap,
					   .reverse = one->place->reverse };
	memcpy(node->id, one->id, sizeof(node->id));
	if (one->n_groups == 0)
		return true;
	node->groups = malloc(one->n_groups * sizeof(*node->groups));
	if (!node->groups)
		return false;
	memcpy(node->groups, one->groups, one->n_groups * sizeof(*node->groups));
	node->n_groups = one->n_groups;
	return true;
}

/* The number that this kind has in the roster: a new one, if need be. 0 where there is none, and no room. */
static uint32_t kind_in(struct glow_roster *roster, const char *kind)
{
	uint32_t k = 0;

	while (kind && k < roster->n_kinds && strcmp(roster->kinds[k], kind) != 0)
		k++;
	if (!kind || k == GLOW_KINDS_MAX)
		return 0;
	if (k == roster->n_kinds && (roster->kinds[k] = strdup(kind)))
		roster->n_kinds++;
	return k < roster->n_kinds ? k + 1 : 0;
}

int glow_members_roster(const struct glow_members *m, struct glow_raw now, struct glow_roster *ret_roster)
{
	struct glow_roster roster = { .nodes = calloc(m->n + 1, sizeof(*roster.nodes)) };
	const struct glow_member **placed = malloc((m->n + 1) * sizeof(*placed));
	uint32_t n = 0;
	bool good = roster.nodes && placed;

	for (uint32_t k = 0; good && k < m->n; k++)
		if (has_place(m, &m->v[k], now))
			placed[n++] = &m->v[k];
	if (good)
		qsort(placed, n, sizeof(*placed), by_place);
	for (uint32_t k = 0; good && k < n; k++, roster.n++) {
		good = fill_node(&roster.nodes[k], placed[k]);
		if (n > GLOW_ROSTER_SHORT)
			roster.nodes[k].kind = kind_in(&roster, placed[k]->kind);
	}
	free(placed);
	if (!good) {
		glow_roster_fini(&roster);
		return -ENOMEM;
	}
	glow_roster_lay(&roster);
	*ret_roster = roster;
	return 0;
}
