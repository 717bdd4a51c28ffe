/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One command's conversation with the cluster: connect, hear what is retained,
 * ask, hear the answers. Everything heard goes into the model of the cluster too. */

#include <glow/ctl.h>
#include <glow/mqtt.h>
#include <glow/watch.h>

struct glow_ctl_session {
	const struct glow_ctl_options *options;
	struct glow_mqtt *mqtt;
	struct glow_watch watch;
	cJSON *kept;                      /**< what is kept of what people made, texts by topic below the prefix */
	bool keeps_lights;                /**< `kept` has nodes' states too */
	int patience_ms;                  /**< with the broker */
	struct glow_mqtt_limits limits;   /**< the broker's */
	char broker[GLOW_MQTT_WHY];       /**< its URI, with the address that took us */
	char client[64];                  /**< our client id, new for each run */
	char answers[GLOW_TOPIC_MAX + 1]; /**< where answers are wanted */
	char lost[GLOW_MQTT_WHY];         /**< how the connection was lost last, "" if it never was */
	int64_t took_ms;                  /**< until it was there, with what was wanted of the broker */
	bool refused; /**< it was not: the broker did not let us publish something, as `lost` says */
};

/** How long we wait for the broker, and for answers. */
#define GLOW_CTL_CONNECT_MS 5000
#define GLOW_CTL_SOON_MS    700
#define GLOW_CTL_ANSWER_MS  2000

/** Bytes that may wait for us: the infos of a thousand nodes arrive at once. */
#define GLOW_CTL_INBOX (16 << 20)

/** "glowctl-<process>-<random>": no two programs share it, not even in two containers. */
void glow_ctl_client_id(char ret_client[64]);

/** Connects and returns when everything retained below prefix/<leaves> is in the
 * model. 0, or an exit status after saying why not; glow_ctl_close() in both cases. */
int glow_ctl_open(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *const *leaves,
		  size_t n_leaves);

/** The same, and nodes' states are kept as they are; and the same for somebody who does not wait. */
int glow_ctl_open_lights(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *const *leaves,
			 size_t n_leaves);
int glow_ctl_open_soon(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *const *leaves,
		       size_t n_leaves);

/** The next message within `wait_ms`. False when none came, or when the connection was lost: then s->lost says why. */
bool glow_ctl_next(struct glow_ctl_session *s, int64_t wait_ms, struct glow_message *ret_message);

/** Waits until `done` or for `wait_ms`; returns what `done` said last. */
bool glow_ctl_wait(struct glow_ctl_session *s, int64_t wait_ms, bool (*done)(const struct glow_watch *watch));

/** Waits until every node that is online has said how it does, as it does every ten seconds, or for `wait_ms`. */
bool glow_ctl_wait_reports(struct glow_ctl_session *s, int64_t wait_ms);

/** Reads the infos of those nodes of which the roster does not tell what they are; where nobody leads, and it may be
 * old, of all. */
void glow_ctl_read_infos(struct glow_ctl_session *s);

/** Lets time pass to the present of the cluster in the model, as well as that is known without clock probes: a table
 * needs no milliseconds. */
void glow_ctl_tick(struct glow_ctl_session *s);

/** Publishes, and gathers answers until there are `n`, or until the conductor has answered for all, or
 * until time is up. An array, the caller's. */
cJSON *glow_ctl_ask(struct glow_ctl_session *s, const char *topic, const char *payload, int n);

/** Prints why nothing came: the connection was lost, or else the complaint. EX_UNAVAILABLE. */
int glow_ctl_fail_silence(const struct glow_ctl_session *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Warns of each path that was ignored. */
void glow_ctl_warn_ignored(const struct glow_diag *diag);

/** Prints each rejection among the answers, and what was ignored. The exit status: 0 without a rejection, EX_TEMPFAIL
 * where all of them say `busy`. */
int glow_ctl_complain(const cJSON *answers);

/** Asks the conductor at prefix/a/b. 0 with its answer (the caller's), or an exit status after
 * saying what it refused, or that there is none. */
int glow_ctl_ask_conductor(struct glow_ctl_session *s, const char *a, const char *b, const char *payload,
			   cJSON **ret_answer);

/** Names on standard error each node that an answer tells as skipped, with the reason. */
void glow_ctl_tell_skipped(const cJSON *answer, const char *why);

/** Says goodbye; what was heard stays until glow_ctl_close(). */
void glow_ctl_pause(struct glow_ctl_session *s);

/** Says goodbye and frees; returns `status`, or ends the process with it when the broker does not let go. */
int glow_ctl_close(struct glow_ctl_session *s, int status);

/** Warns of what a broker does not take. */
void glow_ctl_warn_limits(const struct glow_mqtt_limits *limits);

/** The messenger did not open, or an event loop, with this negative errno: EX_USAGE for a broker that is none, else
 * EX_OSERR. */
int glow_ctl_fail_open(const struct glow_ctl_options *o, int error, const char *why);

/** What is wrong with what was typed; EX_DATAERR. */
int glow_ctl_fail_diag(const struct glow_diag *diag);

/** "12:00:03.250": local time of day at a cluster time. */
void glow_ctl_time_text(const struct glow_watch *watch, int64_t t_us, char ret_text[16]);

/** The words as one text with blanks between them; the single word "-" is standard
 * input. The caller's to free; NULL when there is no word, or an exit status in *ret_status. */
char *glow_ctl_text(int n_words, char *const words[], int *ret_status);
