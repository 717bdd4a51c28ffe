/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/roster.h>

void glow_roster_lay(struct glow_roster *roster)
{
	uint32_t at = 0;

	roster->pixels = 0;
	for (uint32_t k = 0; k < roster->n; k++) {
		struct glow_roster_node *node = &roster->nodes[k];

		node->offset = at;
		roster->pixels = at + node->pixels;
		at = roster->pixels + node->gap;
	}
}

bool glow_roster_place(const struct glow_roster *roster, const struct glow_target *target, const char *id,
		       struct glow_place *ret_place)
{
	struct glow_place place = { 0 };
	uint32_t at = 0;
	bool found = false;

	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];

		if (!glow_target_has(target, node->id, (const char(*)[GLOW_NAME_SIZE])node->groups, node->n_groups))
			continue;
		if (!found && strcmp(node->id, id) == 0) {
			found = true;
			place.offset = at;
			place.reverse = node->reverse;
		}
		place.total = at + node->pixels;
		at = place.total + node->gap;
	}
	if (found)
		*ret_place = place;
	return found;
}
