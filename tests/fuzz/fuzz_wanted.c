/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What people want of the strip, line after line, each applied to what the ones before left: refused with words, and
 * then nothing has changed, or read back as it was written, with titles that may be shown. */

#include <glow/wanted.h>

#include "fuzz.h"

static struct glow_wanted wanted;

static void check_nodes(void)
{
	for (uint32_t k = 0; k < wanted.n; k++) {
		const struct glow_wanted_node *node = &wanted.nodes[k];

		CHECK(glow_id_valid(node->id) && glow_wanted_find(&wanted, node->id) == node);
		CHECK(!node->title[0] || glow_title_valid(node->title));
		CHECK(node->has_gap || node->has_reverse || node->title[0]);
		CHECK(node->gap <= GLOW_PIXELS_MAX);
	}
	for (uint32_t k = 0; k < wanted.n_order; k++)
		for (uint32_t j = 0; j < k; j++)
			CHECK(strcmp(wanted.order[j], wanted.order[k]) != 0);
}

/* Whoever reads it from the broker has the same. */
static void check_kept(char *text)
{
	const struct glow_wanted none = { .n = 0 };
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_wanted again;
	bool absent;

	CHECK(glow_wanted_read(text, strlen(text), &none, &again, &absent, &diag) == GLOW_OK);
	CHECK(again.n == wanted.n && again.n_order == wanted.n_order && again.has_order == wanted.has_order);
	check_same_text(text, glow_wanted_write(&again));
	glow_wanted_fini(&again);
}

static void apply(const char *line, size_t len)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_wanted fresh;
	bool absent;
	char *before = glow_json_finish(glow_wanted_write(&wanted));

	if (glow_wanted_read(line, len, &wanted, &fresh, &absent, &diag) != GLOW_OK) {
		check_refusal(&diag);
		check_same_text(before, glow_wanted_write(&wanted));
		return;
	}
	free(before);
	glow_wanted_fini(&wanted);
	wanted = fresh;
	check_nodes();
	check_kept(glow_json_finish(glow_wanted_write(&wanted)));
}

void fuzz_wanted(const uint8_t *data, size_t size)
{
	glow_wanted_fini(&wanted);
	fuzz_lines(data, size, 20, apply);
	glow_wanted_fini(&wanted);
}
