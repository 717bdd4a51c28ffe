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

bool glow_roster_store_restore(struct glow_roster_store *s, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_roster roster;
	cJSON *tree = m->len > 0 ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool good = tree && glow_roster_read(tree, &roster, &diag) == GLOW_OK;

	if (good && roster.rev > GLOW_REV_MAX) {
		glow_diag_set(&diag, GLOW_OUT_OF_RANGE, "rev", "leaves no room to rise");
		glow_roster_fini(&roster);
		good = false;
	}
	if (good)
		take(s, &roster);
	else if (m->len > 0)
		glow_warning("the retained roster is broken and was skipped: %s %s", diag.where, diag.what);
	cJSON_Delete(tree);
	return good;
}

bool glow_roster_store_renew(struct glow_roster_store *s, struct glow_roster *fresh, struct glow_time effective)
{
	s->due.ns = GLOW_NEVER;
	if (glow_roster_alike(fresh, &s->roster) && s->roster.effective_us < effective.us + FAR_US) {
		glow_roster_fini(fresh);
		return false;
	}
	fresh->rev = s->roster.rev + 1;
	fresh->effective_us = effective.us;
	take(s, fresh);
	return true;
}

void glow_roster_store_publish(const struct glow_roster_store *s, const struct glow_publisher *out)
{
	if (s->roster.rev > 0)
		glow_publish_tree(out, "roster", NULL, NULL, glow_roster_write(&s->roster), 1, true);
}
