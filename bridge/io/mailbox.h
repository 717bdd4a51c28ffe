/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A bounded queue between two threads: one puts, the other takes. Its eventfd
 * is readable from the first put until a take found nothing, so the taker
 * either drains the box or is told again. */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/mqtt.h>

/** An event together with all the memory it points to, in one block for free(). */
struct glow_mail {
	struct glow_mail *next;
	size_t size; /**< of the block */
	struct glow_mqtt_event event;
	char data[];
};

struct glow_mailbox {
	pthread_mutex_t lock;
	struct glow_mail *first, **end;
	size_t count, size;
	size_t max_count, max_size; /**< messages beyond these are dropped */
	uint64_t dropped;
	bool shut;
	int fd;
};

/** A copy of `event`, strings, payload and correlation included; NULL without memory. */
struct glow_mail *glow_mail_create(const struct glow_mqtt_event *event);

/** Starts open and empty; 0 or the negative errno of eventfd(). */
int glow_mailbox_init(struct glow_mailbox *box, size_t max_count, size_t max_size);

/** Frees what is still inside. */
void glow_mailbox_fini(struct glow_mailbox *box);

/** Gives `mail` away, whatever comes back: 0, -EAGAIN when it was dropped for
 * want of room (counted), -ENOTCONN when the box is shut, -ENOMEM for NULL
 * (counted). Only messages are bounded: an owner must hear of every connect
 * and disconnect, and those are few. */
int glow_mailbox_put(struct glow_mailbox *box, struct glow_mail *mail);

/** The oldest one, which the caller frees; NULL when there is none. */
struct glow_mail *glow_mailbox_take(struct glow_mailbox *box);

/** Shut, it is emptied and refuses; the emptied are not counted as dropped. */
void glow_mailbox_set_shut(struct glow_mailbox *box, bool shut);

uint64_t glow_mailbox_dropped(struct glow_mailbox *box);
