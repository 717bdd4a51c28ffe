/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/json.h>
#include <glow/log.h>
#include <glow/scenes.h>

#include "roster_store.h"

#define GATHER_NS INT64_C(200000000)
#define FAR_US    (60 * GLOW_US_PER_S)

void glow_roster_store_init(struct glow_roster_store *s)
{
	*s = (struct glow_roster_store){ .due = { GLOW_NEVER } };
}

void glow_roster_store_fini(struct glow_roster_store *s)
{
	glow_roster_fini(&s->roster);
}

void glow_roster_store_change(struct glow_roster_store *s, struct glow_raw now)
{
	if (s->due.ns == GLOW_NEVER)
		s->due.ns = now.ns + GATHER_NS;
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
	return true;
}

bool glow_roster_store_renew(struct glow_roster_store *s, struct glow_roster *fresh, struct glow_time effective)
{
	s->due.ns = GLOW_NEVER;
	if (glow_roster_alike(fresh, &s->roster) && s->roster.effective_us < effective.us + FAR_US) {
		glow_roster_fini(fresh);
		return false;
	}
	fresh->edition = s->roster.edition;
	fresh->edition.rev++;
	fresh->effective_us = effective.us;
	take(s, fresh);
	return true;
}

void glow_roster_store_open(struct glow_roster_store *s, uint64_t clock_id, uint32_t term)
{
	s->roster.edition.clock_id = clock_id;
	s->roster.edition.term = term;
}

void glow_roster_store_publish(const struct glow_roster_store *s, const struct glow_publisher *out)
{
	if (s->roster.edition.rev > 0)
		glow_publish_tree(out, "roster", NULL, NULL, glow_roster_write(&s->roster), 1, true);
}
