/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The probes of a node span half a second, or one where there are many nodes:
 * two crystals drift apart by some ten microseconds in it, so the line of the
 * full estimator would have nothing to fit, and its minima alone are taken. A
 * probe's seq holds the number of its node, because an answer's topic does not. */

#include <glow/adopt.h>

#define MS           INT64_C(1000000)
#define EVERY_NS     (30 * MS)  /* to one node */
#define APART_NS     (3 * MS)   /* of any two probes */
#define SETTLE_NS    (500 * MS) /* nodes that are just coming back get this chance */
#define ENOUGH_NS    (1500 * MS)
#define PATIENCE_NS  (3000 * MS)
#define RTT_MAX_NS   (2000 * MS)
#define STAMP_MAX_NS (INT64_C(1) << 62)

void glow_adopt_init(struct glow_adopt *a, struct glow_raw now, uint64_t clock_id)
{
	*a = (struct glow_adopt){ .clock_id = clock_id, .start = now, .due = now };
}

int glow_adopt_add(struct glow_adopt *a)
{
	if (a->n == GLOW_ADOPT_NODES)
		return -1;
	a->nodes[a->n] = (struct glow_adopt_node){ .up_ns = INT64_MAX, .down_ns = INT64_MIN };
	return (int)a->n++;
}

/* The next node in turn that still gets probes, or -1. */
static int next_node(const struct glow_adopt *a)
{
	for (uint32_t k = 0; k < a->n; k++) {
		uint32_t node = (a->turn + k) % a->n;

		if (a->nodes[node].probes < GLOW_ADOPT_PROBES)
			return (int)node;
	}
	return -1;
}

bool glow_adopt_probe(struct glow_adopt *a, struct glow_raw now, int *ret_node, struct glow_time_request *ret_request)
{
	int node = now.ns < a->due.ns ? -1 : next_node(a);
	int64_t share_ns;

	if (node < 0)
		return false;
	share_ns = EVERY_NS / a->n;
	a->due.ns = now.ns + (share_ns > APART_NS ? share_ns : APART_NS);
	a->turn = (uint32_t)node + 1;
	*ret_node = node;
	*ret_request =
		(struct glow_time_request){ .seq = (uint32_t)node << 16 | a->nodes[node].probes++, .t1_ns = now.ns };
	return true;
}

bool glow_adopt_reply(struct glow_adopt *a, const struct glow_time_reply *reply, struct glow_raw t4)
{
	uint32_t k = reply->seq >> 16;
	struct glow_adopt_node *node = &a->nodes[k < a->n ? k : 0];

	if (k >= a->n || (reply->seq & 0xffff) >= node->probes || reply->leader.clock_id != a->clock_id ||
	    reply->state == GLOW_SYNC_UNSYNCED || reply->sigma_ns > GLOW_ADOPT_SIGMA_NS)
		return false;
	if (reply->t2_ns < 0 || reply->t3_ns > STAMP_MAX_NS || reply->t1_ns < a->start.ns || t4.ns < reply->t1_ns ||
	    t4.ns - reply->t1_ns > RTT_MAX_NS || reply->t3_ns < reply->t2_ns)
		return false;
	if (reply->t2_ns - reply->t1_ns < node->up_ns)
		node->up_ns = reply->t2_ns - reply->t1_ns;
	if (reply->t3_ns - t4.ns > node->down_ns)
		node->down_ns = reply->t3_ns - t4.ns;
	node->rate_ppb = reply->rate_ppb;
	node->replies++;
	return true;
}

static bool anybody(const struct glow_adopt *a)
{
	for (uint32_t k = 0; k < a->n; k++)
		if (a->nodes[k].replies > 0)
			return true;
	return false;
}

static bool everybody(const struct glow_adopt *a)
{
	for (uint32_t k = 0; k < a->n; k++)
		if (a->nodes[k].replies < GLOW_ADOPT_PROBES)
			return false;
	return a->n > 0;
}

static int64_t decision_ns(const struct glow_adopt *a)
{
	return a->start.ns + (everybody(a) ? SETTLE_NS : anybody(a) ? ENOUGH_NS : PATIENCE_NS);
}

struct glow_raw glow_adopt_next(const struct glow_adopt *a)
{
	int64_t decision = decision_ns(a);

	return next_node(a) >= 0 && a->due.ns < decision ? a->due : (struct glow_raw){ decision };
}

bool glow_adopt_done(const struct glow_adopt *a, struct glow_raw now)
{
	return now.ns >= decision_ns(a);
}

/* Few votes: they are sorted as they are cast. */
static void cast(int64_t *votes, uint32_t n, int64_t vote)
{
	for (; n > 0 && votes[n - 1] > vote; n--)
		votes[n] = votes[n - 1];
	votes[n] = vote;
}

bool glow_adopt_result(const struct glow_adopt *a, int64_t *ret_offset_ns, int32_t *ret_rate_ppb)
{
	int64_t offsets[GLOW_ADOPT_NODES], rates[GLOW_ADOPT_NODES];
	uint32_t n = 0;

	for (uint32_t k = 0; k < a->n; k++) {
		const struct glow_adopt_node *node = &a->nodes[k];

		if (node->replies == 0)
			continue;
		cast(offsets, n, node->down_ns + (node->up_ns - node->down_ns) / 2);
		cast(rates, n++, node->rate_ppb);
	}
	if (n == 0)
		return false;
	*ret_offset_ns = offsets[(n - 1) / 2];
	*ret_rate_ppb = (int32_t)rates[(n - 1) / 2];
	return true;
}
