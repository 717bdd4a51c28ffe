/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/json.h>
#include <glow/log.h>
#include <glow/scenes.h>

#include "place_store.h"
#include "roster_store.h"

#define GATHER_NS INT64_C(200000000)

/* While nodes come, an eighth of what a broker passes on may be to tell those that are there of their new places. */
#define PART    8
#define TELL_NS (PART * INT64_C(1000) * GLOW_PLACES_EVERY_US / GLOW_PLACES_AT_ONCE) /* of a node */
#define QUIETS  8 /* changes have ended when there was none for this part of it; it is waited for so often at most */
#define FAR_US  (60 * GLOW_US_PER_S)

void glow_roster_store_init(struct glow_roster_store *s)
{
	*s = (struct glow_roster_store){ .due = { GLOW_NEVER }, .again = { INT64_MIN }, .bytes_max = GLOW_ROSTER_MAX };
}

void glow_roster_store_fini(struct glow_roster_store *s)
{
	glow_roster_fini(&s->roster);
}

/* How far apart the rosters of so many nodes are, which tell each of them its place. */
static int64_t tell_ns(uint32_t nodes)
{
	return nodes * TELL_NS;
}

void glow_roster_store_change(struct glow_roster_store *s, struct glow_raw now, uint32_t nodes)
{
	s->latest = now;
	s->nodes = nodes;
	if (s->due.ns != GLOW_NEVER)
		return;
	s->first = now;
	s->due.ns = now.ns + GATHER_NS > s->again.ns ? now.ns + GATHER_NS : s->again.ns;
}

bool glow_roster_store_ripe(struct glow_roster_store *s, struct glow_raw now)
{
	int64_t quiet_ns = tell_ns(s->nodes) / QUIETS, until_ns;

	if (now.ns < s->due.ns)
		return false;
	until_ns = glow_sooner(s->latest.ns + quiet_ns, s->first.ns + QUIETS * quiet_ns);
	if (until_ns <= now.ns)
		return true;
	s->due.ns = until_ns;
	return false;
}

void glow_roster_store_lost(struct glow_roster_store *s)
{
	s->kept = false;
}

static void take(struct glow_roster_store *s, const struct glow_roster *roster)
{
	glow_roster_fini(&s->roster);
	s->roster = *roster;
}

static enum glow_code read_retained(const struct glow_message *m, struct glow_roster *ret_roster,
				    struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(m->payload, m->len, diag);

	if (tree && glow_roster_read(tree, ret_roster, diag) == GLOW_OK && ret_roster->edition.rev > GLOW_REV_MAX) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "rev", "leaves no room to rise");
		glow_roster_fini(ret_roster);
	}
	cJSON_Delete(tree);
	return diag->code;
}

bool glow_roster_store_restore(struct glow_roster_store *s, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_roster roster;

	s->kept = false;
	if (m->len == 0)
		return false;
	if (read_retained(m, &roster, &diag) != GLOW_OK) {
		glow_warning("the retained roster is broken and was skipped: %s %s", diag.where, diag.what);
		return false;
	}
	if (glow_edition_before(&roster.edition, &s->roster.edition)) {
		glow_roster_fini(&roster);
		return false;
	}
	take(s, &roster);
	s->kept = true;
	return true;
}

/* Who comes last in the order has no place where there is none. */
static void fit(struct glow_roster_store *s, struct glow_roster *fresh)
{
	uint32_t n = fresh->n;

	glow_roster_fit(fresh, s->bytes_max);
	if (fresh->left_out > s->roster.left_out)
		glow_warning("%u of %u nodes have no place on the strip: a roster has at most %zu bytes. They show "
			     "scenes as "
			     "if alone",
			     fresh->left_out, n, s->bytes_max);
}

bool glow_roster_store_renew(struct glow_roster_store *s, struct glow_roster *fresh, struct glow_time effective,
			     struct glow_raw now)
{
	s->due.ns = GLOW_NEVER;
	fit(s, fresh);
	if (glow_roster_alike(fresh, &s->roster) && s->roster.effective_us < effective.us + FAR_US) {
		glow_roster_fini(fresh);
		return false;
	}
	fresh->edition = (struct glow_edition){ s->clock_id, s->term, s->roster.edition.rev + 1 };
	fresh->effective_us = effective.us;
	take(s, fresh);
	s->again.ns = now.ns + tell_ns(fresh->n);
	return true;
}

bool glow_roster_store_open(struct glow_roster_store *s, uint64_t clock_id, uint32_t term)
{
	s->clock_id = clock_id;
	s->term = term;
	if (s->kept && s->roster.edition.clock_id == clock_id)
		return false;
	s->roster.edition.clock_id = clock_id;
	s->roster.edition.term = term;
	return true;
}

void glow_roster_store_publish(struct glow_roster_store *s, const struct glow_publisher *out)
{
	if (s->roster.edition.rev == 0)
		return;
	glow_publish_tree(out, "roster", NULL, NULL, glow_roster_write(&s->roster), 1, true);
	s->kept = true;
}
