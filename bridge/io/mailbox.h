/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A bounded queue between two threads: one puts, the other takes. Its eventfd
 * is readable from the first put until a take found it empty, so the taker
 * either drains the box or is told again.
 *
 * It has lanes, each with room of its own. A message takes what its block takes, and GLOW_MAIL_MIN at least, so room
 * bounds both their number and the memory. Where a lane is full, the oldest message goes of the topic that fills most
 * of it (topics share GLOW_MAIL_TOPICS counters, by a hash that differs from box to box): whoever floods displaces
 * himself. What is kept at the broker nobody says again: it waits in the order of its lane, with room of its own, which
 * no flood takes from it. News of the connection have no lane and are barriers. */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <glow/mqtt.h>

#define GLOW_MAIL_MIN    1024
#define GLOW_MAIL_TOPICS 64
#define GLOW_MAIL_KEYS   1024 /* lists of what waits on its way out and has a key */
#define GLOW_MAIL_ASKERS 64   /* dropped ones who hear of it */
#define GLOW_MAIL_ASKER  1024 /* bytes of block that such news may have */

/** An event together with all the memory it points to, in one block for free(). */
struct glow_mail {
	TAILQ_ENTRY(glow_mail) in_queue, of_topic;
	LIST_ENTRY(glow_mail) of_key;
	size_t size;    /**< of the block */
	bool kept;      /**< from or for what the broker keeps; the putter's to set */
	uint64_t order; /**< in which they were put */
	uint64_t key;
	struct glow_mailbox_lane *lane; /**< NULL for what has none */
	struct glow_mailbox_topic *topic;
	struct glow_mqtt_event event;
	char data[];
};

TAILQ_HEAD(glow_mails, glow_mail);

struct glow_mailbox_topic {
	struct glow_mails mails;
	size_t used;
};

struct glow_mailbox_lane {
	struct glow_mails mails;
	size_t used, room; /**< without what is kept */
	struct glow_mailbox_topic topics[GLOW_MAIL_TOPICS];
};

struct glow_mailbox_cfg {
	size_t room[GLOW_LANES]; /**< bytes */
	size_t kept;             /**< bytes for what is kept, of all lanes; where that is full the oldest of it goes */
	/** What arrived, not what is to be sent: who asked is told of what is dropped (GLOW_MQTT_DROPPED), and a
	 * message takes the place of its neighbour only, not of any that has its key. */
	bool arrivals;
	unsigned part; /**< what waits is replaced once more than one part of so many of a lane is used; 0: of two */
	/** Hears of each message that is dropped, from within the put that does it; NULL: nobody does. */
	void (*lost)(void *ctx, const char *topic);
	void *ctx;
};

struct glow_mailbox {
	pthread_mutex_t lock;
	struct glow_mailbox_cfg cfg;
	struct glow_mailbox_lane lanes[GLOW_LANES];
	struct glow_mails news, askers, spent;
	struct glow_mailbox_topic kept;
	LIST_HEAD(, glow_mail) keys[GLOW_MAIL_KEYS]; /**< the newest first */
	unsigned n_askers;
	unsigned turn, in_a_row; /* whose turn it is, and how often the clock had it */
	uint64_t order;
	uint64_t dropped, replaced;
	uint32_t seed;
	bool shut;
	int fd;
};

/** A copy of `event`, strings, payload and correlation included; NULL without memory. */
struct glow_mail *glow_mail_create(const struct glow_mqtt_event *event);

/** Starts open and empty; 0 or the negative errno of eventfd(). */
int glow_mailbox_init(struct glow_mailbox *box, const struct glow_mailbox_cfg *cfg);

/** Frees what is still inside. */
void glow_mailbox_fini(struct glow_mailbox *box);

/** Gives `mail` away, whatever comes back: 0, -EAGAIN when just this one found no room, -ENOTCONN when the box is shut,
 * -ENOMEM for NULL. What is dropped is counted, whichever it was. News of the connection always find room; they are
 * few. `key`: glow_mqtt_sort. */
int glow_mailbox_put(struct glow_mailbox *box, struct glow_mail *mail, enum glow_lane lane, uint64_t key);

/** Whether there is room for one that is kept. For the one who puts: until then it only grows. */
bool glow_mailbox_has_room(struct glow_mailbox *box, const struct glow_mail *mail);

/** Three quarters of each lane, and of the room for what is kept, are free. */
bool glow_mailbox_is_calm(struct glow_mailbox *box);

/** Whether a message can be taken now. */
typedef bool glow_mailbox_fits(const void *ctx, enum glow_lane lane, const struct glow_message *message);

/** The next one, which the caller gives back; NULL when there is none. What does not fit holds up its lane, but
 * in the clock's QoS 0 goes past more. `fits` may be NULL: all do. *ret_waits, where wanted, says whether anything is
 * left. */
struct glow_mail *glow_mailbox_take(struct glow_mailbox *box, glow_mailbox_fits *fits, const void *ctx,
				    bool *ret_waits);

/** Gives one that was taken (or NULL) back for who put it, who frees it with the next put: so no thread waits for the
 * allocator's locks that the other holds. */
void glow_mailbox_give_back(struct glow_mailbox *box, struct glow_mail *mail);

/** Something waits in that lane. */
bool glow_mailbox_waits(struct glow_mailbox *box, enum glow_lane lane);

/** Shut, it is emptied and refuses; the emptied are not counted as dropped. */
void glow_mailbox_set_shut(struct glow_mailbox *box, bool shut);

void glow_mailbox_counts(struct glow_mailbox *box, uint64_t *ret_dropped, uint64_t *ret_replaced);
