/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A mail is one block of memory, built before the lock is taken, so that the
 * lock is held for a few pointer moves only and neither thread ever waits for
 * the other's copy or network. Who is waiting is told when the lock is free again: woken on another
 * processor while it is held, it would sleep a second time, for the lock. So it may be told of what it has already
 * taken, and then finds nothing. */

#include "mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/hash.h>

/* How many messages of the clock's lane are taken before another lane has a turn: it comes first, and can be flooded.
 */
#define CLOCK_IN_A_ROW 8

static size_t string_size(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

/* Copies `size` bytes to *at, moves *at behind them, and returns where they are; NULL stays NULL. */
static const void *append(char **at, const void *from, size_t size)
{
	char *to = *at;

	if (!from)
		return NULL;
	memcpy(to, from, size);
	*at += size;
	return to;
}

struct glow_mail *glow_mail_create(const struct glow_mqtt_event *event)
{
	const struct glow_message *message = &event->message;
	size_t size = sizeof(struct glow_mail) + message->len + message->correlation_len + string_size(event->why) +
		      string_size(message->topic) + string_size(message->response_topic);
	struct glow_mail *mail = malloc(size);
	struct glow_message *copy;
	char *at;

	if (!mail)
		return NULL;
	mail->size = size;
	mail->kept = false;
	mail->lane = NULL;
	mail->event = *event;
	copy = &mail->event.message;
	at = mail->data;
	mail->event.why = append(&at, event->why, string_size(event->why));
	copy->topic = append(&at, message->topic, string_size(message->topic));
	copy->payload = append(&at, message->payload, message->len);
	copy->response_topic = append(&at, message->response_topic, string_size(message->response_topic));
	copy->correlation = append(&at, message->correlation, message->correlation_len);
	return mail;
}

/* The owner may run in real time, and the network thread wait behind others for a processor: while it holds the lock
 * it runs in the owner's place. */
static void init_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t how;

	pthread_mutexattr_init(&how);
	pthread_mutexattr_setprotocol(&how, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(lock, &how);
	pthread_mutexattr_destroy(&how);
}

int glow_mailbox_init(struct glow_mailbox *box, const struct glow_mailbox_cfg *cfg)
{
	*box = (struct glow_mailbox){ .cfg = *cfg };
	TAILQ_INIT(&box->news);
	TAILQ_INIT(&box->askers);
	TAILQ_INIT(&box->spent);
	TAILQ_INIT(&box->kept.mails);
	for (unsigned k = 0; k < GLOW_LANES; k++) {
		TAILQ_INIT(&box->lanes[k].mails);
		box->lanes[k].room = cfg->room[k];
		for (unsigned t = 0; t < GLOW_MAIL_TOPICS; t++)
			TAILQ_INIT(&box->lanes[k].topics[t].mails);
	}
	if (getrandom(&box->seed, sizeof(box->seed), GRND_NONBLOCK) < 0)
		box->seed = (uint32_t)glow_mono_now().ns;
	box->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (box->fd < 0)
		return -errno;
	init_lock(&box->lock);
	return 0;
}

/* ---- lists ---- */

static size_t weight(const struct glow_mail *mail)
{
	return mail->size > GLOW_MAIL_MIN ? mail->size : GLOW_MAIL_MIN;
}

static struct glow_mailbox_topic *topic_of(struct glow_mailbox *box, const struct glow_mail *mail)
{
	const char *topic = mail->event.message.topic;

	if (mail->kept)
		return &box->kept;
	return &mail->lane->topics[glow_fnv1a(box->seed, topic, strlen(topic)) % GLOW_MAIL_TOPICS];
}

/* Behind all of its lane. */
static void link_in(struct glow_mailbox *box, struct glow_mail *mail)
{
	struct glow_mailbox_lane *lane = mail->lane;

	mail->topic = topic_of(box, mail);
	TAILQ_INSERT_TAIL(&lane->mails, mail, in_queue);
	TAILQ_INSERT_TAIL(&mail->topic->mails, mail, of_topic);
	lane->used += mail->kept ? 0 : weight(mail);
	mail->topic->used += weight(mail);
	if (mail->key && !box->cfg.arrivals)
		LIST_INSERT_HEAD(&box->keys[mail->key % GLOW_MAIL_KEYS], mail, of_key);
}

static void link_out(struct glow_mailbox *box, struct glow_mail *mail)
{
	struct glow_mailbox_lane *lane = mail->lane;

	TAILQ_REMOVE(&lane->mails, mail, in_queue);
	TAILQ_REMOVE(&mail->topic->mails, mail, of_topic);
	lane->used -= mail->kept ? 0 : weight(mail);
	mail->topic->used -= weight(mail);
	if (mail->key && !box->cfg.arrivals)
		LIST_REMOVE(mail, of_key);
}

static void free_all(struct glow_mails *mails)
{
	struct glow_mail *mail;

	while ((mail = TAILQ_FIRST(mails))) {
		TAILQ_REMOVE(mails, mail, in_queue);
		free(mail);
	}
}

static void empty(struct glow_mailbox *box)
{
	struct glow_mail *mail;

	for (unsigned k = 0; k < GLOW_LANES; k++)
		while ((mail = TAILQ_FIRST(&box->lanes[k].mails))) {
			link_out(box, mail);
			free(mail);
		}
	free_all(&box->news);
	free_all(&box->askers);
	free_all(&box->spent);
	box->n_askers = 0;
}

void glow_mailbox_fini(struct glow_mailbox *box)
{
	empty(box);
	close(box->fd);
	pthread_mutex_destroy(&box->lock);
}

/* ---- what goes ---- */

/* Somebody waits for an answer to that one. */
static void tell_asker(struct glow_mailbox *box, const struct glow_mail *mail, bool replaced)
{
	struct glow_mqtt_event event = mail->event;
	struct glow_mail *told;

	if (!box->cfg.arrivals || event.kind != GLOW_MQTT_MESSAGE || !event.message.response_topic ||
	    mail->size - event.message.len > GLOW_MAIL_ASKER || box->n_askers == GLOW_MAIL_ASKERS)
		return;
	event.kind = GLOW_MQTT_DROPPED;
	event.replaced = replaced;
	event.message.payload = NULL;
	event.message.len = 0;
	told = glow_mail_create(&event);
	if (!told)
		return;
	told->order = ++box->order;
	TAILQ_INSERT_TAIL(&box->askers, told, in_queue);
	box->n_askers++;
}

static void tell_lost(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	if (box->cfg.lost && mail->event.kind == GLOW_MQTT_MESSAGE)
		box->cfg.lost(box->cfg.ctx, mail->event.message.topic);
}

static void discard(struct glow_mailbox *box, struct glow_mail *mail, bool replaced)
{
	link_out(box, mail);
	tell_asker(box, mail, replaced);
	if (!replaced)
		tell_lost(box, mail);
	box->replaced += replaced;
	box->dropped += !replaced;
	free(mail);
}

static bool alike(const struct glow_mail *old, const struct glow_mail *mail)
{
	return old->lane == mail->lane && old->key == mail->key &&
	       strcmp(old->event.message.topic, mail->event.message.topic) == 0;
}

/* The one whose place `mail` takes; NULL for none. */
static struct glow_mail *older(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	const struct glow_mailbox_lane *lane = mail->lane;
	size_t waits = lane->used + (mail->kept ? box->kept.used : 0);
	struct glow_mail *old;

	if (!mail->key || waits <= lane->room / (box->cfg.part ? box->cfg.part : 2))
		return NULL;
	if (box->cfg.arrivals) {
		old = TAILQ_LAST(&lane->mails, glow_mails);
		return old && alike(old, mail) ? old : NULL;
	}
	LIST_FOREACH(old, &box->keys[mail->key % GLOW_MAIL_KEYS], of_key)
	{
		if (alike(old, mail))
			return old;
	}
	return NULL;
}

/* Of what shares the room with this one, which is not empty. */
static struct glow_mail *victim(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	const struct glow_mailbox_topic *topics = mail->lane->topics, *fullest = topics;

	if (mail->kept)
		return TAILQ_FIRST(&box->kept.mails);
	for (unsigned t = 1; t < GLOW_MAIL_TOPICS; t++)
		if (topics[t].used > fullest->used)
			fullest = &topics[t];
	return TAILQ_FIRST(&fullest->mails);
}

/* ---- putting ---- */

static bool is_news(const struct glow_mail *mail)
{
	switch (mail->event.kind) {
	case GLOW_MQTT_CONNECTED:
	case GLOW_MQTT_WISH_REFUSED:
	case GLOW_MQTT_DISCONNECTED:
	case GLOW_MQTT_FAILED:
		return true;
	default:
		return false;
	}
}

static size_t room_of(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	return mail->kept ? box->cfg.kept : mail->lane->room;
}

static size_t used_of(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	return mail->kept ? box->kept.used : mail->lane->used;
}

/* -EAGAIN when it was itself the one that had to go. */
static int add(struct glow_mailbox *box, struct glow_mail *mail, struct glow_mailbox_lane *lane, uint64_t key)
{
	size_t room;
	struct glow_mail *old;
	int r = 0;

	mail->lane = lane;
	mail->key = key;
	room = room_of(box, mail);
	if (weight(mail) > room) {
		tell_asker(box, mail, false);
		tell_lost(box, mail);
		box->dropped++;
		free(mail);
		return -EAGAIN;
	}
	old = older(box, mail);
	if (old)
		discard(box, old, true);
	link_in(box, mail);
	while (used_of(box, mail) > room) {
		struct glow_mail *gone = victim(box, mail);

		if (gone == mail)
			r = -EAGAIN;
		discard(box, gone, false);
		if (r < 0)
			break;
	}
	return r;
}

static int put(struct glow_mailbox *box, struct glow_mail *mail, struct glow_mailbox_lane *lane, uint64_t key)
{
	if (!mail) {
		box->dropped++;
		return -ENOMEM;
	}
	mail->order = ++box->order;
	if (!is_news(mail))
		return add(box, mail, lane, key);
	TAILQ_INSERT_TAIL(&box->news, mail, in_queue);
	return 0;
}

static bool is_empty(const struct glow_mailbox *box)
{
	for (unsigned k = 0; k < GLOW_LANES; k++)
		if (!TAILQ_EMPTY(&box->lanes[k].mails))
			return false;
	return TAILQ_EMPTY(&box->news) && TAILQ_EMPTY(&box->askers);
}

int glow_mailbox_put(struct glow_mailbox *box, struct glow_mail *mail, enum glow_lane lane, uint64_t key)
{
	struct glow_mails spent = TAILQ_HEAD_INITIALIZER(spent);
	bool first = false;
	int r = -ENOTCONN;

	pthread_mutex_lock(&box->lock);
	TAILQ_CONCAT(&spent, &box->spent, in_queue);
	if (box->shut) {
		free(mail);
	} else {
		first = is_empty(box);
		r = put(box, mail, &box->lanes[lane], key);
	}
	pthread_mutex_unlock(&box->lock);
	if (first)
		eventfd_write(box->fd, 1);
	free_all(&spent);
	return r;
}

bool glow_mailbox_has_room(struct glow_mailbox *box, const struct glow_mail *mail)
{
	bool room;

	pthread_mutex_lock(&box->lock);
	room = box->kept.used + weight(mail) <= box->cfg.kept;
	pthread_mutex_unlock(&box->lock);
	return room;
}

bool glow_mailbox_is_calm(struct glow_mailbox *box)
{
	bool calm;

	pthread_mutex_lock(&box->lock);
	calm = box->kept.used <= box->cfg.kept / 4;
	for (unsigned k = 0; k < GLOW_LANES; k++)
		calm = calm && box->lanes[k].used <= box->lanes[k].room / 4;
	pthread_mutex_unlock(&box->lock);
	return calm;
}

/* ---- taking ---- */

struct taking {
	struct glow_mailbox *box;
	glow_mailbox_fits *fits;
	const void *ctx;
	uint64_t before; /* the first barrier */
};

static struct glow_mail *first_of(const struct taking *t, enum glow_lane lane)
{
	struct glow_mail *mail;

	TAILQ_FOREACH(mail, &t->box->lanes[lane].mails, in_queue)
	{
		if (mail->order > t->before)
			return NULL;
		if (!t->fits || t->fits(t->ctx, lane, &mail->event.message))
			return mail;
		if (lane != GLOW_LANE_CLOCK || mail->event.message.qos == 0)
			return NULL;
	}
	return NULL;
}

/* A turn each: commands, reports, and those whose message was dropped. */
static struct glow_mail *first_in_turn(const struct taking *t)
{
	struct glow_mailbox *box = t->box;
	struct glow_mail *mail = NULL;

	for (unsigned k = 0; !mail && k < GLOW_LANES; k++) {
		box->turn = (box->turn + 1) % GLOW_LANES;
		if (box->turn != GLOW_LANE_CLOCK) {
			mail = first_of(t, (enum glow_lane)box->turn);
			continue;
		}
		mail = TAILQ_FIRST(&box->askers);
		if (mail && mail->order > t->before)
			mail = NULL;
	}
	return mail;
}

static struct glow_mail *first(const struct taking *t)
{
	struct glow_mailbox *box = t->box;
	struct glow_mail *clock = first_of(t, GLOW_LANE_CLOCK), *mail = NULL;

	if (!clock || box->in_a_row >= CLOCK_IN_A_ROW)
		mail = first_in_turn(t);
	box->in_a_row = mail || !clock ? 0 : box->in_a_row + 1;
	if (mail || clock)
		return mail ? mail : clock;
	return TAILQ_FIRST(&box->news);
}

static void remove_from(struct glow_mailbox *box, struct glow_mail *mail)
{
	if (mail->lane) {
		link_out(box, mail);
	} else if (is_news(mail)) {
		TAILQ_REMOVE(&box->news, mail, in_queue);
	} else {
		TAILQ_REMOVE(&box->askers, mail, in_queue);
		box->n_askers--;
	}
}

struct glow_mail *glow_mailbox_take(struct glow_mailbox *box, glow_mailbox_fits *fits, const void *ctx, bool *ret_waits)
{
	struct taking t = { .box = box, .fits = fits, .ctx = ctx, .before = UINT64_MAX };
	struct glow_mail *mail;
	eventfd_t ignored;

	pthread_mutex_lock(&box->lock);
	if (!TAILQ_EMPTY(&box->news))
		t.before = TAILQ_FIRST(&box->news)->order;
	mail = first(&t);
	if (mail)
		remove_from(box, mail);
	else if (is_empty(box))
		eventfd_read(box->fd, &ignored);
	if (ret_waits)
		*ret_waits = !is_empty(box);
	pthread_mutex_unlock(&box->lock);
	return mail;
}

void glow_mailbox_give_back(struct glow_mailbox *box, struct glow_mail *mail)
{
	if (!mail)
		return;
	pthread_mutex_lock(&box->lock);
	TAILQ_INSERT_TAIL(&box->spent, mail, in_queue);
	pthread_mutex_unlock(&box->lock);
}

bool glow_mailbox_waits(struct glow_mailbox *box, enum glow_lane lane)
{
	bool waits;

	pthread_mutex_lock(&box->lock);
	waits = !TAILQ_EMPTY(&box->lanes[lane].mails);
	pthread_mutex_unlock(&box->lock);
	return waits;
}

void glow_mailbox_set_shut(struct glow_mailbox *box, bool shut)
{
	pthread_mutex_lock(&box->lock);
	box->shut = shut;
	if (shut)
		empty(box);
	pthread_mutex_unlock(&box->lock);
}

void glow_mailbox_counts(struct glow_mailbox *box, uint64_t *ret_dropped, uint64_t *ret_replaced)
{
	pthread_mutex_lock(&box->lock);
	*ret_dropped = box->dropped;
	*ret_replaced = box->replaced;
	pthread_mutex_unlock(&box->lock);
}
