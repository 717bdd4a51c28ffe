/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One network thread connects, receives and sends; the owner only ever touches
 * two mailboxes. What waits to be sent stays in its box until it can be: so the clock's lane overtakes the others to
 * the last, and a newer retained message still finds the older one. Every call of Paho is made by that thread, so none
 * of Paho's locks and none of its waits can reach the owner, and the two directions cannot delay each other: neither
 * waits (mqtt_link.c), and they take turns of a few messages.
 *
 * Idle, the thread wakes up eight times in a keepalive interval, less often where that is a short one, for Paho's pings
 * and to see that the broker is still there (mqtt_alive.c). */

#include <glow/mqtt.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/diag.h>

#include "backoff.h"
#include "mailbox.h"
#include "mqtt_cfg.h"
#include "mqtt_follow.h"
#include "mqtt_intake.h"
#include "mqtt_link.h"
#include "mqtt_why.h"

#define LANE_ROOM     1048576  /* for the largest packet, too */
#define KEPT_OUT      16777216 /* a place for each of 10,000 nodes, all presets, schedules and texts */
#define TURN_IN       32
#define TURN_OUT      32
#define MEMORY_MS     100 /* between looks whether there is memory again */
#define STUCK_MS      2   /* look again whether the broker, or the owner, makes room */
#define LOST_MS       100 /* look again whether the owner has caught up */
#define REPLAY_MS     10  /* beyond the round trip of the SUBACK */
#define REPLAY_MAX_MS 1000
#define REPLAY_ALL_MS 20000
#define REPLAY_MORE   64
#define SWITCH_MS     300 /* what is queued may still leave when the client id changes */

struct glow_mqtt {
	struct glow_mqtt_cfg cfg;
	void *cfg_memory;
	struct glow_mailbox in, out;
	struct glow_follows follows;
	atomic_uint_fast64_t asked_again;
	struct glow_mail *taken; /* the owner's, until it asks for the next */
	pthread_t thread;
	int stop_fd;          /* readable once the owner wants to close */
	int switch_fd;        /* readable once the owner wants the other client id */
	atomic_int want;      /* enum want: the id that the next connection takes */
	atomic_uint crowd;    /* how many come back to the broker with us */
	int done_fd;          /* readable once the thread is leaving */
	atomic_uint flush_ms; /* how long a closing owner lets us send */

	struct glow_link link; /* the network thread's alone */
	struct glow_intake intake;
};

enum want { WANT_EITHER, WANT_OWN, WANT_LEAD };
enum taken { TAKEN_ALL, TAKEN_SOME, TAKEN_STUCK };
enum sent { SENT_ALL, SENT_SOME, SENT_STUCK };

/* True when the owner wants to close; false after the time, or at once when it wants the other id. */
static bool stop_wanted(const struct glow_mqtt *mqtt, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = mqtt->stop_fd, .events = POLLIN },
		{ .fd = mqtt->switch_fd, .events = POLLIN },
	};

	poll(fds, 2, timeout_ms);
	return fds[0].revents;
}

static bool leads(const struct glow_mqtt *mqtt)
{
	return mqtt->link.id == mqtt->cfg.lead_id && mqtt->cfg.lead_id;
}

/* The owner has to know how the connection is: where there is no memory to say it, this waits for some. */
static struct glow_mail *event_mail(struct glow_mqtt *mqtt, const struct glow_mqtt_event *event)
{
	struct pollfd stop = { .fd = mqtt->stop_fd, .events = POLLIN };
	struct glow_mail *mail;

	do
		mail = glow_mail_create(event);
	while (!mail && poll(&stop, 1, MEMORY_MS) == 0);
	return mail;
}

static void post(struct glow_mqtt *mqtt, enum glow_mqtt_event_kind kind, const char *why)
{
	const struct glow_mqtt_event event = { .kind = kind,
					       .why = why,
					       .leading = leads(mqtt),
					       .refused = kind == GLOW_MQTT_FAILED && mqtt->link.turned_away,
					       .wanted = atomic_load(&mqtt->want) != WANT_EITHER,
					       .limits = mqtt->link.limits };

	glow_mailbox_put(&mqtt->in, event_mail(mqtt, &event), GLOW_LANE_REPORT, 0);
}

/* Something of a message of ours. */
static void post_of(struct glow_mqtt *mqtt, enum glow_mqtt_event_kind kind, const char *topic, const char *why)
{
	const struct glow_mqtt_event event = { .kind = kind, .why = why, .message = { .topic = topic } };

	glow_mailbox_put(&mqtt->in, glow_mail_create(&event), GLOW_LANE_REPORT, 0);
}

static void post_unfollowed(void *ctx, const char *topic, const char *why)
{
	post_of(ctx, GLOW_MQTT_WISH_REFUSED, topic, why);
}

static void post_refusals(struct glow_mqtt *mqtt)
{
	char why[GLOW_MQTT_WHY], *topic;

	while ((topic = glow_acks_refused(&mqtt->link.acks, why))) {
		post_of(mqtt, GLOW_MQTT_REFUSED, topic, why);
		free(topic);
	}
}

/* What is retained comes in one piece, before or behind the SUBACK: it is all here when none of it has come for a round
 * trip, whatever else does. Who may lead goes on after a second without the last of it, since he is waited for. */
static int receive_replayed(struct glow_mqtt *mqtt, int64_t round_trip_ms)
{
	int64_t wait_ms = REPLAY_MS + (round_trip_ms < 80 ? round_trip_ms : 80);
	int64_t begin_ms = glow_mono_ms(), end_ms = begin_ms + (mqtt->cfg.lead_id ? REPLAY_MAX_MS : REPLAY_ALL_MS);
	int64_t quiet_ms = begin_ms + wait_ms;
	int more = REPLAY_MORE; /* of what is there already, where we came late to look */

	while (glow_mono_ms() < end_ms) {
		int64_t left_ms = quiet_ms - glow_mono_ms();
		struct glow_mail *mail;
		int r;

		if (!glow_intake_has_room(&mqtt->intake, glow_mono_ms())) {
			if (stop_wanted(mqtt, STUCK_MS))
				break;
			quiet_ms = glow_mono_ms() + wait_ms;
			continue;
		}
		r = left_ms > 0 ? glow_link_wait(&mqtt->link, (unsigned)left_ms, &mail)
				: glow_link_receive(&mqtt->link, &mail);
		if (r < 0)
			return r;
		if (r > 0 && glow_intake_put(&mqtt->intake, mail)) {
			quiet_ms = glow_mono_ms() + wait_ms;
			more = REPLAY_MORE;
		} else if (left_ms <= 0 && (r == 0 || more-- == 0)) {
			break;
		}
	}
	return 0;
}

static int start_session(struct glow_mqtt *mqtt, char why[GLOW_MQTT_WHY])
{
	int r = glow_link_connect(&mqtt->link, leads(mqtt) || !mqtt->cfg.lead_id, why);
	int64_t asked_ms = glow_mono_ms();

	if (r < 0)
		return r;
	glow_follows_reset(&mqtt->follows);
	glow_intake_reset(&mqtt->intake);
	mqtt->intake.leads = leads(mqtt);
	snprintf(why, GLOW_MQTT_WHY, "connection to %s lost while subscribing", mqtt->link.where);
	r = glow_follows_sync(&mqtt->follows, &mqtt->link, post_unfollowed, mqtt);
	if (r == 0)
		r = glow_link_subscribe(&mqtt->link, atomic_load(&mqtt->crowd) >= GLOW_CROWDED, why);
	if (r == 0 && mqtt->cfg.n_retained_topics > 0) {
		snprintf(why, GLOW_MQTT_WHY, "connection to %s lost while subscribing", mqtt->link.where);
		r = receive_replayed(mqtt, glow_mono_ms() - asked_ms);
	}
	if (r < 0)
		glow_link_disconnect(&mqtt->link, false);
	return r < 0 ? r : 0;
}

/* TAKEN_SOME: there may be more. TAKEN_STUCK: and it has to wait. Negative: the connection is gone. */
static int take_in(struct glow_mqtt *mqtt)
{
	int r = TAKEN_SOME;

	for (int i = 0; i < TURN_IN && r == TAKEN_SOME; i++) {
		struct glow_mail *mail;

		if (!glow_intake_has_room(&mqtt->intake, glow_mono_ms()))
			return TAKEN_STUCK;
		r = glow_link_receive(&mqtt->link, &mail);
		if (r > 0)
			glow_intake_put(&mqtt->intake, mail);
	}
	post_refusals(mqtt);
	return r;
}

/* Negative: the connection is gone. */
static int ask(struct glow_mqtt *mqtt)
{
	int r = glow_intake_ask(&mqtt->intake, &mqtt->link, glow_mono_ms());

	if (r > 0)
		mqtt->asked_again += (unsigned)r;
	return r < 0 ? r : glow_follows_sync(&mqtt->follows, &mqtt->link, post_unfollowed, mqtt);
}

/* Time stamps in the payload grow by what the message waited. */
static void age(struct glow_message *message)
{
	int64_t waited_ns = glow_raw_now().ns - message->at.ns;

	for (int k = 0; k < 2; k++) {
		uint8_t *at = (uint8_t *)message->payload + message->aging[k];
		uint64_t ns = 0;

		if (!message->aging[k] || (size_t)message->aging[k] + 8 > message->len)
			continue;
		for (int i = 7; i >= 0; i--)
			ns = ns << 8 | at[i];
		ns += (uint64_t)waited_ns;
		for (int i = 0; i < 8; i++, ns >>= 8)
			at[i] = (uint8_t)ns;
	}
}

static int send_one(struct glow_mqtt *mqtt, struct glow_message *message)
{
	char why[GLOW_MQTT_WHY];

	if (!glow_limits_fit(&mqtt->link.limits, message->topic, glow_mqtt_packet_size(message), why)) {
		post_of(mqtt, GLOW_MQTT_UNSENT, message->topic, why);
		return 0;
	}
	age(message);
	return glow_link_publish(&mqtt->link, message);
}

/* An enum sent, or negative: the connection is gone. */
static int send_out(struct glow_mqtt *mqtt)
{
	for (int i = 0; i < TURN_OUT; i++) {
		struct glow_room room = glow_link_room(&mqtt->link);
		bool waits;
		struct glow_mail *mail = glow_mailbox_take(&mqtt->out, glow_room_for, &room, &waits);
		int r;

		if (!mail)
			return waits ? SENT_STUCK : SENT_ALL;
		r = send_one(mqtt, &mail->event.message);
		glow_mailbox_give_back(&mqtt->out, mail);
		if (r == -ENOTCONN)
			return r;
	}
	return SENT_SOME;
}

/* True when the owner wants another id than the present one. A wish for the one that we have is dropped. */
static bool other_id_wanted(struct glow_mqtt *mqtt)
{
	int same = leads(mqtt) ? WANT_LEAD : WANT_OWN;
	eventfd_t ignored;

	eventfd_read(mqtt->switch_fd, &ignored);
	atomic_compare_exchange_strong(&mqtt->want, &same, WANT_EITHER);
	return atomic_load(&mqtt->want) != WANT_EITHER;
}

/* Sleeps until the broker, the owner or the time wants something. How long what
 * is queued may still take: 0 while the session goes on. */
static unsigned sleep_until_work(struct glow_mqtt *mqtt, int received, int sent, bool closing)
{
	struct pollfd fds[] = {
		{ .fd = received == TAKEN_STUCK ? -1 : mqtt->link.fd, .events = POLLIN },
		{ .fd = sent == SENT_STUCK ? -1 : mqtt->out.fd, .events = POLLIN },
		{ .fd = closing ? -1 : mqtt->stop_fd, .events = POLLIN },
		{ .fd = closing ? -1 : mqtt->switch_fd, .events = POLLIN },
		{ .fd = closing ? -1 : mqtt->follows.fd, .events = POLLIN },
	};
	int timeout_ms = glow_link_idle_ms(&mqtt->link);

	if (received == TAKEN_SOME || sent == SENT_SOME || (mqtt->intake.asking && received != TAKEN_STUCK && !closing))
		timeout_ms = 0;
	else if (received == TAKEN_STUCK || sent == SENT_STUCK || closing)
		timeout_ms = STUCK_MS;
	else if (mqtt->intake.some_lost && timeout_ms > LOST_MS)
		timeout_ms = LOST_MS;
	poll(fds, sizeof(fds) / sizeof(fds[0]), timeout_ms);
	if (fds[2].revents)
		mqtt->intake.leaving = true;
	if (fds[2].revents)
		return atomic_load(&mqtt->flush_ms) + 1;
	return fds[3].revents && other_id_wanted(mqtt) ? SWITCH_MS : 0;
}

/* Moves messages until the connection is lost, or the owner closes it or wants
 * the other id, and everything is sent. */
static void run_session(struct glow_mqtt *mqtt)
{
	bool closing = false;
	int64_t end_ms = INT64_MAX;
	unsigned flush_ms;

	for (;;) {
		int asked = closing ? 0 : ask(mqtt);
		int received = asked < 0 ? asked : take_in(mqtt);
		int sent = received < 0 ? received : send_out(mqtt);

		if (sent < 0 || glow_mono_ms() >= end_ms)
			return;
		if (closing && sent == SENT_ALL && glow_link_pending(&mqtt->link) == 0)
			return;
		flush_ms = sleep_until_work(mqtt, received, sent, closing);
		if (flush_ms) {
			closing = true;
			end_ms = glow_mono_ms() + flush_ms;
		}
	}
}

static void end_session(struct glow_mqtt *mqtt, int64_t lasted_ms)
{
	bool at_once = lasted_ms < GLOW_BACKOFF_STABLE_MS && !leads(mqtt);
	char why[GLOW_MQTT_WHY];
	/* The last word did not get out, so the will has to say it. */
	bool unsaid = glow_mailbox_waits(&mqtt->out, GLOW_LANE_CLOCK);

	glow_mailbox_set_shut(&mqtt->out, true);
	glow_link_disconnect(&mqtt->link, unsaid);
	glow_mqtt_explain_end(&mqtt->link, at_once, why);
	post(mqtt, GLOW_MQTT_DISCONNECTED, why);
}

/* One connection from its first to its last byte; returns how long it lasted, 0 when there was none. */
static int64_t connect_and_run(struct glow_mqtt *mqtt)
{
	char why[GLOW_MQTT_WHY];
	int64_t start_ms, lasted_ms;

	if (start_session(mqtt, why) < 0) {
		post(mqtt, GLOW_MQTT_FAILED, why);
		return 0;
	}
	start_ms = glow_mono_ms();
	glow_mailbox_set_shut(&mqtt->out, false);
	glow_link_name(&mqtt->link, why);
	post(mqtt, GLOW_MQTT_CONNECTED, why);
	for (size_t k = 0; k < mqtt->cfg.n_wished_topics; k++)
		if (glow_link_wish_refused(&mqtt->link, k, why))
			post(mqtt, GLOW_MQTT_WISH_REFUSED, why);
	run_session(mqtt);
	lasted_ms = glow_mono_ms() - start_ms;
	end_session(mqtt, lasted_ms);
	return lasted_ms;
}

static uint32_t roll(void)
{
	uint32_t dice = 0;

	return getrandom(&dice, sizeof(dice), 0) == sizeof(dice) ? dice : (uint32_t)glow_mono_now().ns;
}

/* A rival that takes the lead is as it should be. */
static enum glow_end end_of(const struct glow_link *link, int64_t lasted_ms, bool led)
{
	bool taken_over = link->stream.goodbye.reason == MQTTREASONCODE_SESSION_TAKEN_OVER;

	if (lasted_ms == 0 || led || link->silent)
		return GLOW_END_OTHER;
	if (link->stream.goodbye.said)
		return taken_over ? GLOW_END_TAKEN_OVER : GLOW_END_OTHER;
	return link->stream.error == 0 || link->stream.error == ECONNRESET ? GLOW_END_HUNG_UP : GLOW_END_OTHER;
}

/* The link under the id that is wanted now; the other one is for a single connection. False, and told, when there is
 * no memory for one: the next attempt makes it. */
static bool take_id(struct glow_mqtt *mqtt)
{
	eventfd_t ignored;
	bool lead;
	char why[GLOW_MQTT_WHY];

	eventfd_read(mqtt->switch_fd, &ignored);
	lead = atomic_exchange(&mqtt->want, WANT_EITHER) == WANT_LEAD;
	if (lead == leads(mqtt) && mqtt->link.client)
		return true;
	glow_link_fini(&mqtt->link);
	if (glow_link_init(&mqtt->link, &mqtt->cfg, lead ? mqtt->cfg.lead_id : mqtt->cfg.client_id, why) == 0)
		return true;
	post(mqtt, GLOW_MQTT_FAILED, why);
	return false;
}

static void *network_thread(void *data)
{
	struct glow_mqtt *mqtt = data;
	struct glow_backoff backoff = { 0 };
	int wait_ms = 0;

	while (!stop_wanted(mqtt, wait_ms)) {
		int64_t lasted_ms = take_id(mqtt) ? connect_and_run(mqtt) : 0;

		backoff.crowd = atomic_load(&mqtt->crowd);
		wait_ms = atomic_load(&mqtt->want) != WANT_EITHER
				  ? 0
				  : glow_backoff_ms(&backoff, lasted_ms, end_of(&mqtt->link, lasted_ms, leads(mqtt)),
						    roll());
	}
	eventfd_write(mqtt->done_fd, 1);
	return NULL;
}

/* Signals are for the owner's thread. */
static int start_thread(struct glow_mqtt *mqtt)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&mqtt->thread, NULL, network_thread, mqtt);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		pthread_setname_np(mqtt->thread, "glow-mqtt");
	return -r;
}

static void destroy(struct glow_mqtt *mqtt)
{
	glow_link_fini(&mqtt->link);
	glow_intake_reset(&mqtt->intake);
	if (mqtt->in.fd >= 0)
		glow_mailbox_fini(&mqtt->in);
	if (mqtt->out.fd >= 0)
		glow_mailbox_fini(&mqtt->out);
	glow_follows_fini(&mqtt->follows);
	if (mqtt->stop_fd >= 0)
		close(mqtt->stop_fd);
	if (mqtt->switch_fd >= 0)
		close(mqtt->switch_fd);
	if (mqtt->done_fd >= 0)
		close(mqtt->done_fd);
	free(mqtt->taken);
	free(mqtt->cfg_memory);
	free(mqtt);
}

static int start_boxes(struct glow_mqtt *mqtt, size_t inbox_max)
{
	struct glow_mailbox_cfg in = { .room = { LANE_ROOM, LANE_ROOM, inbox_max ? inbox_max : LANE_ROOM },
				       .arrivals = true,
				       .lost = glow_intake_lost,
				       .ctx = &mqtt->intake };
	/* A broker that floods us answers late, and what waits for it should be news: some 16 messages. */
	const struct glow_mailbox_cfg out = { .room = { LANE_ROOM, LANE_ROOM, LANE_ROOM },
					      .kept = KEPT_OUT,
					      .part = 64 };
	int r;

	in.kept = in.room[GLOW_LANE_REPORT] / 2;
	if (in.kept < LANE_ROOM)
		in.kept = LANE_ROOM;
	mqtt->intake = (struct glow_intake){ .cfg = &mqtt->cfg, .box = &mqtt->in, .follows = &mqtt->follows };
	r = glow_mailbox_init(&mqtt->in, &in);
	if (r == 0)
		r = glow_mailbox_init(&mqtt->out, &out);
	if (r == 0)
		r = glow_follows_init(&mqtt->follows);
	if (r == 0)
		glow_mailbox_set_shut(&mqtt->out, true);
	return r;
}

static int start(struct glow_mqtt *mqtt, const struct glow_mqtt_cfg *cfg, char why[GLOW_MQTT_WHY])
{
	int r = glow_mqtt_cfg_copy(cfg, &mqtt->cfg, &mqtt->cfg_memory);

	if (r == 0)
		r = start_boxes(mqtt, cfg->inbox_max);
	if (r < 0)
		return r;
	mqtt->stop_fd = eventfd(0, EFD_CLOEXEC);
	mqtt->switch_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	mqtt->done_fd = eventfd(0, EFD_CLOEXEC);
	if (mqtt->stop_fd < 0 || mqtt->switch_fd < 0 || mqtt->done_fd < 0)
		return -errno;
	r = glow_link_init(&mqtt->link, &mqtt->cfg, mqtt->cfg.client_id, why);
	if (r < 0)
		return r;
	return start_thread(mqtt);
}

int glow_mqtt_open(const struct glow_mqtt_cfg *cfg, struct glow_mqtt **ret_mqtt, char why[GLOW_MQTT_WHY])
{
	struct glow_mqtt *mqtt = calloc(1, sizeof(*mqtt));
	int r = -ENOMEM;

	if (mqtt) {
		mqtt->in.fd = mqtt->out.fd = mqtt->follows.fd = mqtt->stop_fd = mqtt->switch_fd = mqtt->done_fd = -1;
		r = start(mqtt, cfg, why);
	}
	if (r < 0 && r != -EINVAL)
		snprintf(why, GLOW_MQTT_WHY, "%s", glow_lack_text(-r));
	if (r < 0 && mqtt)
		destroy(mqtt);
	else
		*ret_mqtt = mqtt;
	return r;
}

int glow_mqtt_fd(const struct glow_mqtt *mqtt)
{
	return mqtt->in.fd;
}

bool glow_mqtt_next(struct glow_mqtt *mqtt, struct glow_mqtt_event *ret_event)
{
	glow_mailbox_give_back(&mqtt->in, mqtt->taken);
	mqtt->taken = glow_mailbox_take(&mqtt->in, NULL, NULL, NULL);
	if (!mqtt->taken)
		return false;
	*ret_event = mqtt->taken->event;
	return true;
}

int glow_mqtt_publish(struct glow_mqtt *mqtt, const struct glow_message *message)
{
	struct glow_mqtt_event event = { .kind = GLOW_MQTT_MESSAGE, .message = *message };
	struct glow_mail *mail;
	enum glow_lane lane = GLOW_LANE_COMMAND;
	uint64_t key = 0;

	if (mqtt->cfg.sort)
		lane = mqtt->cfg.sort(mqtt->cfg.prefix, GLOW_WAY_OUT, message, &key);
	event.message.at = glow_raw_now();
	mail = glow_mail_create(&event);

	if (mail)
		mail->kept = message->retained;
	/* A broker hangs up on a packet that is too large, and would again after each reconnect. */
	if (mail && mail->size > GLOW_MQTT_PACKET_MAX) {
		free(mail);
		return -EMSGSIZE;
	}
	return glow_mailbox_put(&mqtt->out, mail, lane, key);
}

bool glow_mqtt_follow(struct glow_mqtt *mqtt, const char *topic, bool on)
{
	return glow_follows_want(&mqtt->follows, topic, on);
}

void glow_mqtt_crowd(struct glow_mqtt *mqtt, uint32_t n)
{
	atomic_store(&mqtt->crowd, n);
}

void glow_mqtt_lead(struct glow_mqtt *mqtt, bool lead)
{
	atomic_store(&mqtt->want, lead ? WANT_LEAD : WANT_OWN);
	eventfd_write(mqtt->switch_fd, 1);
}

void glow_mqtt_counts(struct glow_mqtt *mqtt, struct glow_mqtt_counts *ret_counts)
{
	glow_mailbox_counts(&mqtt->in, &ret_counts->in_dropped, &ret_counts->in_replaced);
	glow_mailbox_counts(&mqtt->out, &ret_counts->out_dropped, &ret_counts->out_replaced);
	ret_counts->asked_again = mqtt->asked_again;
}

bool glow_mqtt_close(struct glow_mqtt *mqtt, unsigned wait_ms)
{
	struct pollfd done = { .events = POLLIN };

	if (!mqtt)
		return true;
	done.fd = mqtt->done_fd;
	atomic_store(&mqtt->flush_ms, wait_ms * 3 / 4); /* the rest is for the goodbye */
	eventfd_write(mqtt->stop_fd, 1);
	if (poll(&done, 1, (int)wait_ms) <= 0)
		return false;
	pthread_join(mqtt->thread, NULL);
	destroy(mqtt);
	return true;
}
