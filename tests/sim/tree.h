/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How brokers hang together: a root, racks[0] below it, and racks[1] below each of those; 0: none. They are numbered
 * level by level. */

static inline int tree_size(const int racks[2])
{
	return 1 + racks[0] * (1 + racks[1]);
}

/** The broker above; -1 of the root. */
static inline int tree_above(const int racks[2], int broker)
{
	if (broker <= racks[0])
		return broker > 0 ? 0 : -1;
	return 1 + (broker - racks[0] - 1) / racks[1];
}

/** The lowest broker that the k-th node is at: they take turns. */
static inline int tree_leaf(const int racks[2], int k)
{
	int leaves = racks[1] > 0 ? racks[0] * racks[1] : racks[0] > 0 ? racks[0] : 1;

	return tree_size(racks) - leaves + k % leaves;
}
