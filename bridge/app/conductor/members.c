/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Nodes are kept by id, since each message asks for one; the roster's own order is made when a roster is. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/frame.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/scenes.h>

#include "members.h"

/* ---- the wishes of the configuration ---- */

static struct glow_seat *seat_of(struct glow_members *m, const char *id)
{
	struct glow_seat *seats;

	for (uint32_t k = 0; k < m->n_seats; k++)
		if (strcmp(m->seats[k].id, id) == 0)
			return &m->seats[k];
	seats = realloc(m->seats, (m->n_seats + 1) * sizeof(*seats));
	if (!seats)
		return NULL;
	m->seats = seats;
	seats[m->n_seats] = (struct glow_seat){ .place = UINT32_MAX };
	snprintf(seats[m->n_seats].id, sizeof(seats[0].id), "%s", id);
	return &seats[m->n_seats++];
}

/* Splits "id" or "id=n" off a list; false when that is none. A list ends with its last item, not with a comma. */
static bool next_wish(const char **list, bool valued, char ret_id[GLOW_NAME_SIZE], uint32_t *ret_value)
{
	size_t n = strcspn(*list, valued ? "=," : ",");
	char *end;

	if (n > GLOW_ID_MAX)
		return false;
	memcpy(ret_id, *list, n);
	ret_id[n] = '\0';
	*list += n;
	if (valued) {
		unsigned long value;

		if (**list != '=' || (*list)[1] < '0' || (*list)[1] > '9')
			return false;
		value = strtoul(*list + 1, &end, 10);
		if (value > GLOW_PIXELS_MAX)
			return false;
		*ret_value = (uint32_t)value;
		*list = end;
	}
	if (**list == ',' && *++*list == '\0')
		return false;
	return glow_id_valid(ret_id) && (**list == '\0' || (*list)[-1] == ',');
}

enum wish { WISH_ORDER, WISH_REVERSE, WISH_GAP };

static int read_wishes(struct glow_members *m, enum wish wish, const char *list, struct glow_diag *diag)
{
	static const char *const options[] = { "--order", "--reverse", "--gap" };
	char id[GLOW_NAME_SIZE];
	uint32_t value = 0;

	for (uint32_t place = 0; list && *list; place++) {
		struct glow_seat *seat;

		if (!next_wish(&list, wish == WISH_GAP, id, &value)) {
			glow_diag_set(diag, GLOW_OUT_OF_RANGE, options[wish],
				      wish == WISH_GAP ? "must be id=pixels,… with at most %d pixels each"
						       : "must be node ids separated by commas",
				      GLOW_PIXELS_MAX);
			return -EINVAL;
		}
		seat = seat_of(m, id);
		if (!seat)
			return -ENOMEM;
		if (wish == WISH_ORDER && seat->place == UINT32_MAX)
			seat->place = place;
		else if (wish == WISH_REVERSE)
			seat->reverse = true;
		else if (wish == WISH_GAP)
			seat->gap = value;
	}
	return 0;
}

int glow_members_init(struct glow_members *m, const char *order, const char *reverse, const char *gap, int64_t grace_ns,
		      struct glow_diag *diag)
{
	int r;

	*m = (struct glow_members){ .grace_ns = grace_ns, .session = 1, .expiry_ns = GLOW_NEVER };
	r = read_wishes(m, WISH_ORDER, order, diag);
	if (r == 0)
		r = read_wishes(m, WISH_REVERSE, reverse, diag);
	if (r == 0)
		r = read_wishes(m, WISH_GAP, gap, diag);
	if (r < 0)
		glow_members_fini(m);
	return r;
}

void glow_members_fini(struct glow_members *m)
{
	for (uint32_t k = 0; k < m->n; k++)
		free(m->v[k].groups);
	free(m->v);
	free(m->seats);
	*m = (struct glow_members){ 0 };
}

/* ---- the nodes ---- */

/* Where the id is, or would be. */
static uint32_t rank(const struct glow_members *m, const char *id, bool *ret_found)
{
	uint32_t low = 0, high = m->n;

	*ret_found = false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(id, m->v[middle].id);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct glow_member *glow_members_find(const struct glow_members *m, const char *id)
{
	bool found;
	uint32_t k = rank(m, id, &found);

	return found ? &m->v[k] : NULL;
}

static bool make_room(struct glow_members *m)
{
	uint32_t room = m->room ? 2 * m->room : 16;
	struct glow_member *v;

	if (m->n < m->room)
		return true;
	if (m->n >= GLOW_MEMBERS_MAX)
		return false;
	v = realloc(m->v, room * sizeof(*v));
	if (!v)
		return false;
	m->v = v;
	m->room = room;
	return true;
}

/* The node of that name, new if need be; NULL when there are too many. */
static struct glow_member *member(struct glow_members *m, const char *id)
{
	bool found;
	uint32_t k = rank(m, id, &found);
	struct glow_member *one;

	if (found)
		return &m->v[k];
	if (!make_room(m))
		return NULL;
	one = &m->v[k];
	memmove(one + 1, one, (m->n++ - k) * sizeof(*one));
	*one = (struct glow_member){ .gone_ns = INT64_MIN, .seat = { .place = UINT32_MAX } };
	snprintf(one->id, sizeof(one->id), "%s", id);
	for (uint32_t i = 0; i < m->n_seats; i++)
		if (strcmp(m->seats[i].id, id) == 0)
			one->seat = m->seats[i];
	return one;
}

static void forget(struct glow_members *m, uint32_t k)
{
	free(m->v[k].groups);
	memmove(&m->v[k], &m->v[k + 1], (--m->n - k) * sizeof(m->v[0]));
}

static int64_t gives_up_ns(const struct glow_members *m, const struct glow_member *one)
{
	return one->known && !one->online && one->gone_ns != INT64_MIN ? one->gone_ns + m->grace_ns : GLOW_NEVER;
}

static void expect(struct glow_members *m, const struct glow_member *one)
{
	int64_t ns = gives_up_ns(m, one);

	if (ns < m->expiry_ns)
		m->expiry_ns = ns;
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
	bool found;
	uint32_t k = rank(m, id, &found);

	if (len == 0) {
		if (found)
			forget(m, k);
		return found;
	}
	if (!read_info(id, payload, len, &info, diag))
		return false;
	one = member(m, id);
	return one && describe(m, one, info.shape.pixels, (const char(*)[GLOW_NAME_SIZE])info.groups, info.n_groups);
}

static void leave(struct glow_members *m, struct glow_member *one, struct glow_raw now)
{
	one->online = false;
	one->gone_ns = now.ns;
	expect(m, one);
}

bool glow_members_availability(struct glow_members *m, const char *id, bool online, struct glow_raw now)
{
	struct glow_member *one = member(m, id);
	bool changed = one && one->online != online;

	if (!one)
		return false;
	one->session = m->session;
	if (changed && online)
		one->online = true;
	else if (changed)
		leave(m, one, now);
	return changed;
}

void glow_members_restore(struct glow_members *m, const struct glow_roster *roster, struct glow_raw now)
{
	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];
		struct glow_member *one = member(m, node->id);

		if (!one)
			return;
		if (!one->known)
			describe(m, one, node->pixels, (const char(*)[GLOW_NAME_SIZE])node->groups, node->n_groups);
		if (!one->online && one->gone_ns == INT64_MIN)
			leave(m, one, now);
	}
}

void glow_members_disconnected(struct glow_members *m)
{
	m->session++;
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
	if (now.ns < m->expiry_ns)
		return false;
	m->expiry_ns = GLOW_NEVER;
	for (uint32_t k = 0; k < m->n; k++) {
		if (gives_up_ns(m, &m->v[k]) <= now.ns)
			m->v[k].gone_ns = INT64_MIN;
		expect(m, &m->v[k]);
	}
	return true;
}

/* ---- the roster ---- */

static int by_seat(const void *a, const void *b)
{
	const struct glow_member *x = *(struct glow_member *const *)a, *y = *(struct glow_member *const *)b;

	if (x->seat.place != y->seat.place)
		return x->seat.place < y->seat.place ? -1 : 1;
	return strverscmp(x->id, y->id); /* pi2 before pi10 */
}

static bool has_place(const struct glow_members *m, const struct glow_member *one, struct glow_raw now)
{
	int64_t until_ns = gives_up_ns(m, one);

	return one->known && (one->online || (until_ns != GLOW_NEVER && now.ns < until_ns));
}

static bool fill_node(struct glow_roster_node *node, const struct glow_member *one)
{
	*node = (struct glow_roster_node){ .pixels = one->pixels, .gap = one->seat.gap, .reverse = one->seat.reverse };
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

int glow_members_roster(const struct glow_members *m, struct glow_raw now, struct glow_roster *ret_roster)
{
	struct glow_roster roster = { .nodes = calloc(m->n + 1, sizeof(*roster.nodes)) };
	const struct glow_member **seated = malloc((m->n + 1) * sizeof(*seated));
	uint32_t n = 0;
	bool good = roster.nodes && seated;

	for (uint32_t k = 0; good && k < m->n; k++)
		if (has_place(m, &m->v[k], now))
			seated[n++] = &m->v[k];
	if (good)
		qsort(seated, n, sizeof(*seated), by_seat);
	for (uint32_t k = 0; good && k < n; k++, roster.n++)
		good = fill_node(&roster.nodes[k], seated[k]);
	free(seated);
	if (!good) {
		glow_roster_fini(&roster);
		return -ENOMEM;
	}
	glow_roster_lay(&roster);
	*ret_roster = roster;
	return 0;
}
