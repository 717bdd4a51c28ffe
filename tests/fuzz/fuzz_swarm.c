/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* An engine's three documents, a NUL between them: refused with words, or nodes of which each can be one on the broker,
 * once, and a picture for a board of any length. */

#include "../../bridge/app/tasks/mosaic.h"
#include "fuzz.h"

#define NOW_US INT64_C(1764411000000000)

/* As the documents say it, and not as our own check does. */
static void check_name(const struct glow_swarm_node *node)
{
	size_t n = strlen(node->id);

	CHECK(memchr(node->host, '\0', sizeof(node->host)) && n <= GLOW_ID_MAX);
	CHECK(strspn(node->id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n);
	CHECK(n == 0 || (node->id[0] != '-' && node->id[n - 1] != '-'));
}

static void check_picture(const struct glow_swarm_node *node)
{
	for (uint32_t n = 1; n <= 16; n *= 4) {
		struct glow_rgb pixels[17] = { [16] = GLOW_WHITE };
		bool black = true, more;

		pixels[n] = GLOW_WHITE;
		more = glow_mosaic_paint(node, n, pixels);
		CHECK(glow_rgb_equal(pixels[n], GLOW_WHITE));
		for (uint32_t k = 0; k < n; k++)
			black = black && glow_rgb_equal(pixels[k], GLOW_BLACK);
		CHECK(more == !black);
	}
}

static void check(const struct glow_swarm *swarm)
{
	size_t places = 0;

	for (size_t k = 0; k < swarm->n; k++) {
		check_name(&swarm->nodes[k]);
		check_picture(&swarm->nodes[k]);
		for (size_t j = 0; j < k; j++)
			CHECK(!swarm->nodes[k].id[0] || strcmp(swarm->nodes[j].id, swarm->nodes[k].id) != 0);
		for (size_t j = 0; j < swarm->nodes[k].n; j++)
			CHECK(swarm->nodes[k].places[j].look <= GLOW_SWARM_FAILED);
		places += swarm->nodes[k].n;
	}
	CHECK(places == 0 || swarm->room);
}

void fuzz_swarm(const uint8_t *data, size_t size)
{
	const uint8_t *first = memchr(data, '\0', size);
	size_t nodes = first ? (size_t)(first - data) : size, more = first ? nodes + 1 : size;
	const uint8_t *second = memchr(data + more, '\0', size - more);
	size_t services = second ? (size_t)(second - data) - more : size - more,
	       last = second ? more + services + 1 : size;
	char *a = exact_copy(data, nodes), *b = exact_copy(data + more, services),
	     *c = exact_copy(data + last, size - last);
	const struct glow_swarm_text text = { a, b, c, nodes, services, size - last };
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_swarm swarm;

	if (glow_swarm_read(&swarm, &text, NOW_US, &diag))
		check(&swarm);
	else
		check_refusal(&diag);
	CHECK(diag.code == GLOW_OK || swarm.n == 0);
	glow_swarm_fini(&swarm);
	free(a);
	free(b);
	free(c);
}
