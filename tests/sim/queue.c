/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A binary heap. */
#include <stdbool.h>
#include <stdlib.h>

#include "queue.h"

static bool before(const struct event *a, const struct event *b)
{
	return a->t_ns != b->t_ns ? a->t_ns < b->t_ns : a->order < b->order;
}

static void swap(struct event *a, struct event *b)
{
	struct event t = *a;

	*a = *b;
	*b = t;
}

void queue_put(struct queue *q, struct event e)
{
	int k = q->n++;

	if (q->n > q->room) {
		q->room = 2 * q->room + 64;
		q->heap = realloc(q->heap, sizeof(*q->heap) * (size_t)q->room);
	}
	e.order = q->ordered++;
	q->heap[k] = e;
	for (; k > 0 && before(&q->heap[k], &q->heap[(k - 1) / 2]); k = (k - 1) / 2)
		swap(&q->heap[k], &q->heap[(k - 1) / 2]);
}

struct event queue_take(struct queue *q)
{
	struct event first = q->heap[0];
	int k = 0;

	q->heap[0] = q->heap[--q->n];
	for (;;) {
		int least = k;

		for (int child = 2 * k + 1; child <= 2 * k + 2; child++)
			if (child < q->n && before(&q->heap[child], &q->heap[least]))
				least = child;
		if (least == k)
			return first;
		swap(&q->heap[k], &q->heap[least]);
		k = least;
	}
}

void queue_free(struct queue *q)
{
	free(q->heap);
	*q = (struct queue){ 0 };
}
