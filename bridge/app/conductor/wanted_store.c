/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/command.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/topics.h>

#include "addressees.h"
#include "wanted_store.h"

#define RETAINED_MAX 262144

void glow_wanted_store_init(struct glow_wanted_store *s, const struct glow_publisher *out)
{
	*s = (struct glow_wanted_store){ .out = *out };
}

void glow_wanted_store_fini(struct glow_wanted_store *s)
{
	glow_wanted_fini(&s->wanted);
}

static void take(struct glow_wanted_store *s, const struct glow_wanted *wanted)
{
	glow_wanted_fini(&s->wanted);
	s->wanted = *wanted;
}

/* ---- what the broker keeps ---- */

bool glow_wanted_store_restore(struct glow_wanted_store *s, const struct glow_message *m)
{
	const struct glow_wanted none = { .n = 0 };
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_wanted wanted;
	bool absent;

	if (m->len == 0)
		return false;
	if (glow_wanted_read(m->payload, m->len, &none, &wanted, &absent, &diag) != GLOW_OK) {
		glow_warning("the retained order and titles are broken and were skipped: %s %s", diag.where, diag.what);
		return false;
	}
	if (wanted.edition.rev > GLOW_REV_MAX || glow_edition_before(&wanted.edition, &s->wanted.edition)) {
		glow_wanted_fini(&wanted);
		return false;
	}
	take(s, &wanted);
	return true;
}

static void publish(const struct glow_wanted_store *s)
{
	glow_publish_tree(&s->out, "roster", "wanted", NULL, glow_wanted_write(&s->wanted), 1, true);
}

void glow_wanted_store_open(struct glow_wanted_store *s, uint64_t clock_id, uint32_t term)
{
	s->wanted.edition.clock_id = clock_id;
	s->wanted.edition.term = term;
	if (s->wanted.edition.rev > 0)
		publish(s);
}

/* ---- what people ask ---- */

static enum glow_code check_name(const struct glow_members *members, const char *id, const char *where,
				 struct glow_diag *diag)
{
	char name[GLOW_NAME_SIZE];
	const struct glow_target one = { .kind = GLOW_TARGET_NODES, .n = 1, .ids = &name };

	snprintf(name, sizeof(name), "%s", id);
	if (glow_addressees_check(members, &one, "", diag) != GLOW_OK)
		snprintf(diag->where, sizeof(diag->where), "%s", where);
	return diag->code;
}

/* What was named before is known by that. */
static enum glow_code check_names(const struct glow_wanted *wanted, const struct glow_members *members,
				  struct glow_diag *diag)
{
	char where[96];

	for (uint32_t k = 0; k < wanted->n_order; k++) {
		snprintf(where, sizeof(where), "order.%u", k);
		if (check_name(members, wanted->order[k], where, diag) != GLOW_OK)
			return diag->code;
	}
	for (uint32_t k = 0; k < wanted->n; k++) {
		snprintf(where, sizeof(where), "nodes.%s", wanted->nodes[k].id);
		if (check_name(members, wanted->nodes[k].id, where, diag) != GLOW_OK)
			return diag->code;
	}
	return GLOW_OK;
}

static enum glow_code check_size(const struct glow_wanted *wanted, struct glow_diag *diag)
{
	char *text = glow_json_finish(glow_wanted_write(wanted));
	size_t len = text ? strlen(text) : RETAINED_MAX;

	free(text);
	return len < RETAINED_MAX
		       ? GLOW_OK
		       : glow_diag_set(diag, GLOW_TOO_LARGE, "", "all titles and orders together are too long");
}

static enum glow_code read_set(struct glow_wanted_store *s, const struct glow_message *m,
			       const struct glow_members *members, struct glow_wanted *ret, struct glow_diag *diag)
{
	bool absent;

	if (m->len > GLOW_COMMAND_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "at most %d bytes, got %zu", GLOW_COMMAND_MAX, m->len);
	if (glow_wanted_read(m->payload, m->len, &s->wanted, ret, &absent, diag) != GLOW_OK)
		return diag->code;
	if ((!absent && check_names(ret, members, diag) != GLOW_OK) || check_size(ret, diag) != GLOW_OK)
		glow_wanted_fini(ret);
	return diag->code;
}

bool glow_wanted_store_set(struct glow_wanted_store *s, const struct glow_message *m,
			   const struct glow_members *members)
{
	struct glow_wanted wanted;
	struct glow_diag diag;
	char refusals[GLOW_TOPIC_MAX + 1];
	bool good;

	if (glow_command_clears(m))
		return false;
	good = glow_command_refuse_retained(m, &diag) == GLOW_OK && read_set(s, m, members, &wanted, &diag) == GLOW_OK;
	if (good) {
		wanted.edition = s->wanted.edition;
		wanted.edition.rev++;
		take(s, &wanted);
		publish(s); /* before the answer: whoever hears ok may rely on it */
	}
	glow_topic_of(refusals, s->out.prefix, GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER, NULL);
	glow_publish_answer(&s->out, m, &diag, glow_answer_write(NULL, &diag), refusals);
	return good;
}
