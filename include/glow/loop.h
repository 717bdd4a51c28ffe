/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The shell around a program that runs for long: one sd-event loop with a messenger, timers, the
 * wall clock, the health check, the watchdog and the signals that end it. What the program is, it says in its
 * `struct glow_loop_role`. One thread; one loop a process. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include <glow/complaints.h>
#include <glow/health.h>
#include <glow/mqtt.h>
#include <glow/time.h>
#include <glow/topics.h>

/** What a program does when something happens; `ctx` is glow_loop_cfg's. */
struct glow_loop_role {
	/** Of the messenger, one after the other. What the broker refuses and what it does not take is logged already.
	 */
	void (*event)(void *ctx, const struct glow_mqtt_event *event);
	/** Before and after a turn at the messenger's events: those that came together, as far as a turn goes. Timers,
	 * signals, the health check and the watchdog have theirs in between. `before` may be NULL. */
	void (*before)(void *ctx), (*after)(void *ctx);
	/** Somebody set the wall clock. */
	void (*wall_set)(void *ctx);
	/** For the health check: NULL when all is well, else why it is not; "" leaves that open. What the broker
	 * refuses of the program's own word is asked besides. */
	const char *(*trouble)(void *ctx);
	/** The k-th topic to subscribe, as glow_node_topic(). */
	bool (*topic)(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained);
	/** The k-th topic that a broker may refuse, as glow_herald_topic(); NULL for none. */
	bool (*wish)(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);
};

struct glow_loop_cfg {
	const struct glow_loop_role *role;
	void *ctx;
	const char *what, *id;      /**< "node" and its id, for people */
	enum glow_health_of health; /**< who is asked by --healthcheck, with that id */
	const char *last_words;     /**< what a signal brings about: "going dark and leaving" */
	struct glow_mqtt_cfg mqtt;  /**< its topics are the role's to say */
};

/** Rings once at a time that is set each time. The caller's storage, for as long as the loop. */
struct glow_timer {
	sd_event_source *source;
	void (*ring)(void *ctx);
	void *ctx;
};

/** Something that can wait: it has its turn when nothing else is due, and rests four times as long as that took. The
 * caller's storage, for as long as the loop. */
struct glow_aside {
	sd_event_source *source;
	struct glow_timer timer;
	bool rests;
	struct glow_mono wanted;
	struct glow_mono (*turn)(void *ctx);
	void *ctx;
};

struct glow_loop {
	struct glow_loop_cfg cfg;
	sd_event *event;
	struct glow_mqtt *mqtt;
	sd_event_source *mail;  /**< its events, but for while they */
	struct glow_timer rest; /**< rest */
	int wall_fd, health_fd;
	struct glow_complaints complaints;
	struct glow_mqtt_counts counts; /**< of messages that were not passed on, as told last, and when */
	int64_t counts_ns;
};

/** Blocks the signals that end the program, which threads inherit: call it before there is one. These are SIGTERM
 * always, and SIGINT and SIGHUP unless they are ignored when it is called. 0, or an exit status. */
int glow_loop_init(struct glow_loop *loop);

/** A timer that is off. 0, or an exit status. */
int glow_loop_timer(struct glow_loop *loop, struct glow_timer *timer, void (*ring)(void *ctx), void *ctx);

/** Sets it to an instant of this machine, to the microsecond; GLOW_NEVER turns it off. Or to so much from now, to a
 * quarter of a second; a timer is used in one of these two ways. */
void glow_timer_at(struct glow_timer *timer, struct glow_mono when);
void glow_timer_in(struct glow_timer *timer, int64_t us);

/** Calls `turn` when the descriptor is readable, and at the instant that it returned last; GLOW_NEVER for none. 0, or
 * an exit status. */
int glow_loop_aside(struct glow_loop *loop, struct glow_aside *aside, int fd, struct glow_mono (*turn)(void *ctx),
		    void *ctx);

/** Begins to connect and to listen to everything. cfg's strings are borrowed for the call, but for role, ctx
 * and last_words. 0, or an exit status after logging why. */
int glow_loop_open(struct glow_loop *loop, const struct glow_loop_cfg *cfg);

/** An outbox's function, with the loop as its context: queues a message. What is dropped is logged, once a second at
 * most. */
void glow_loop_publish(void *ctx, const struct glow_message *message);

/** An outbox's function, with the loop as its context: glow_mqtt_follow(). */
void glow_loop_follow(void *ctx, const char *topic, bool on);

/** An outbox's function that drops what it gets, for --check-config. */
void glow_loop_discard(void *ctx, const struct glow_message *message);

/** Logs what is not logged yet: lines that were summed up, messages that found no room. To be called now and then. */
void glow_loop_settle(struct glow_loop *loop);

/** Runs until one of these signals; the exit status. */
int glow_loop_run(struct glow_loop *loop);

/** Says to systemd that the program ends. Then the program says its goodbye, and glow_loop_close() sends that and
 * closes everything within 1.2 s. A network that does not let go by then still uses its memory: the
 * process ends there, with `status`. */
void glow_loop_stopping(void);
void glow_loop_close(struct glow_loop *loop, int status);
