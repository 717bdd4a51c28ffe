/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The messenger: an MQTT 5 connection that never blocks its owner. One network
 * thread lives behind it, with a bounded box for each direction between it and the owner and one
 * eventfd that is readable while something waits. All functions are for
 * the owner's thread. One messenger a process: Paho serves the sockets of all
 * its clients from whichever thread calls it.
 *
 * Each box has lanes, and each lane has room of its own, so that a flood in one takes nothing from another. Order is
 * kept within a lane, and the news of a connection are barriers: what came before them is taken before them. Of what
 * waits, the clock's lane is taken first, the others in turn. Where a lane is full, the oldest message goes of whatever
 * topic fills most of it. Nothing is lost without being counted.
 *
 * What is retained has room of its own, 16 MiB on the way out, where of each topic the newest waits until it is sent.
 * On the way in what the broker keeps waits for room, half of inbox_max, and the broker with it; of retained_topics,
 * wished_topics and what is followed the broker is asked again where something was dropped. So retained messages may
 * come at any time, and more than once.
 *
 * While there is no connection, what is published is dropped: the owner says
 * everything that is retained again when GLOW_MQTT_CONNECTED arrives. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/time.h>

/** Largest packet we accept (CONNECT Maximum Packet Size), bytes. */
#define GLOW_MQTT_PACKET_MAX 1000000

/** Room for a sentence that says why something failed. */
#define GLOW_MQTT_WHY 480

/** What a broker takes, as it said when it let us in. The messenger keeps to it: it sends what is larger not at all,
 * and the rest with less QoS or not retained. */
struct glow_mqtt_limits {
	uint32_t packet_max; /**< bytes of a packet; UINT32_MAX: any */
	int receive_max;     /**< publishes that it has not acknowledged */
	int qos_max;
	bool retain;     /**< it keeps retained messages */
	bool shared;     /**< it knows shared subscriptions */
	int keepalive_s; /**< which it takes in place of our shorter one, 0 for none; -1: ours */
};

/** Sorts a message into a lane. *ret_key is 0, or the same for two messages of one topic of which only the newer
 * matters: in a lane that is more than half full (on the way out: more than a 64th) the newer then takes the place of
 * the older. On the way in that happens only where the two follow each other in their lane, so nothing can lie between
 * them that would notice. Called in the network thread on the way in, so it has to be pure. */
typedef enum glow_lane glow_mqtt_sort(const char *prefix, enum glow_way way, const struct glow_message *message,
				      uint64_t *ret_key);

struct glow_mqtt_cfg {
	const char *broker; /**< mqtt://host[:port] or mqtts://host[:port]; 1883 and 8883 by default */
	const char *client_id;
	const char *username, *password; /**< NULL for none */
	const char *ca_file, *cert_file,
		*key_file; /**< NULL for none; mqtts verifies certificate and host name always */
	unsigned keepalive_s;
	const char *will_topic; /**< NULL for none; retained, QoS 1 */
	const char *will_payload;
	/** A second client id that this messenger can take for a while, glow_mqtt_lead(); NULL for none.
	 * The broker lets one client have it. With it the will belongs to connections under this id only. */
	const char *lead_id;
	const char *prefix;   /**< for `sort` */
	glow_mqtt_sort *sort; /**< NULL: all are commands, without a key */
	size_t inbox_max;     /**< bytes of reports that may wait for the owner, 1 MiB at least; 0: 1 MiB */
	/** Subscribed on every connection, Retain As Published, Retain Handling 2 (no retained replay), QoS 1. */
	const char *const *topics;
	size_t n_topics;
	size_t n_lead_topics; /**< so many of them, the last ones, are for connections under lead_id only */
	/** So many of them, the last ones, every client of glow_mqtt_crowd() has as well: those are shared
	 * subscriptions, each with a group of its own, where these are a thousand or more and the broker lets us. No
	 * such where there are topics for lead_id. */
	size_t n_common_topics;
	bool without_own; /**< no message of our own comes back by any of these, but in such a group */
	/** Subscribed with retained messages wanted (Retain Handling 0), QoS 0; those
	 * come before GLOW_MQTT_CONNECTED, and never any of our own. May be empty. */
	const char *const *retained_topics;
	size_t n_retained_topics;
	size_t n_lead_retained; /**< so many of these, the last ones, likewise for connections under lead_id only */
	/** So many of these, the first ones, every client has as well: where there are groups, they come (our own, too)
	 * by one that is heard once the broker has sent what it keeps, and for a moment by both ways. */
	size_t n_common_retained;
	/** As retained_topics, but our own messages come back too (all of these arrive without the retain flag
	 * when they are live), and a broker may refuse any of them: GLOW_MQTT_WISH_REFUSED says so. May be empty. */
	const char *const *wished_topics;
	size_t n_wished_topics;
	size_t n_common_wished; /**< as n_common_retained; one that is refused is not asked for again in the group */
};

enum glow_mqtt_event_kind {
	GLOW_MQTT_CONNECTED,    /**< every subscription is acknowledged */
	GLOW_MQTT_WISH_REFUSED, /**< after it, for each wished topic that was refused; `why` says which; of one of
				   glow_mqtt_follow(), whenever it is, with message.topic */
	GLOW_MQTT_DISCONNECTED, /**< was connected, is not any more; `why` says */
	GLOW_MQTT_FAILED,       /**< an attempt failed; `why` says; another follows by itself */
	GLOW_MQTT_MESSAGE,
	GLOW_MQTT_DROPPED, /**< a message with a response topic found no room, or a newer one took its place: it is
			      here without its payload. At most 64 of these wait; the rest is only counted */
	GLOW_MQTT_REFUSED, /**< the broker does not let us publish at message.topic (QoS 1); `why` says */
	GLOW_MQTT_UNSENT,  /**< a message of ours for message.topic is larger than the broker takes; `why` says */
};

struct glow_mqtt_event {
	enum glow_mqtt_event_kind kind;
	const char *
		why; /**< one line for people; of GLOW_MQTT_CONNECTED the broker's URI, with the address that took us */
	bool leading;                   /**< GLOW_MQTT_CONNECTED and _DISCONNECTED: under cfg.lead_id */
	bool wanted;                    /**< GLOW_MQTT_DISCONNECTED: by glow_mqtt_lead() */
	bool refused;                   /**< GLOW_MQTT_FAILED: by the broker's own word, which only people change */
	bool replaced;                  /**< GLOW_MQTT_DROPPED: by a newer one */
	struct glow_mqtt_limits limits; /**< GLOW_MQTT_CONNECTED */
	struct glow_message message;
};

struct glow_mqtt;

/** True for mqtt://host[:port] and mqtts://host[:port]. */
bool glow_mqtt_uri_valid(const char *uri);

/** Copies the configuration and starts connecting; -EINVAL for a URI or client id that is
 * not one, another negative value for lack of memory, descriptors or threads, with the reason in `why`. The owner's
 * signals must be blocked when this is called. */
int glow_mqtt_open(const struct glow_mqtt_cfg *cfg, struct glow_mqtt **ret_mqtt, char why[GLOW_MQTT_WHY]);

/** The eventfd to watch for reading. */
int glow_mqtt_fd(const struct glow_mqtt *mqtt);

/** True: ends the present connection and connects anew under cfg.lead_id, once: when
 * that attempt fails or that connection ends, the messenger is back under its own id
 * by itself. False: back to its own id now. Events tell what happens. */
void glow_mqtt_lead(struct glow_mqtt *mqtt, bool lead);

/** Asks for one more topic as for `wished_topics`, on this connection and on all that follow, or for no more of it; 80
 * such at most. Never blocks. False where there is no room for it. What a broker refuses is told as
 * GLOW_MQTT_WISH_REFUSED with message.topic. */
bool glow_mqtt_follow(struct glow_mqtt *mqtt, const char *topic, bool on);

/** About how many clients have this broker and lose it at the same time: thousands come back one after the other, and
 * ask for what they have in common in a way that costs the broker less. 0 at first, and for who is to be there before
 * them. */
void glow_mqtt_crowd(struct glow_mqtt *mqtt, uint32_t n);

/** Takes the next event; false when there is none. What it points to lives
 * until the next call. The descriptor stays readable until this was false: take a turn's worth each time. */
bool glow_mqtt_next(struct glow_mqtt *mqtt, struct glow_mqtt_event *ret_event);

/** Queues a message, copying it. Never blocks. -ENOTCONN while there is no
 * connection, -EAGAIN when just this one found no room (an older one that
 * had to go is counted only), -EMSGSIZE for more than
 * GLOW_MQTT_PACKET_MAX: a broker would hang up on it each time. */
int glow_mqtt_publish(struct glow_mqtt *mqtt, const struct glow_message *message);

/** Bytes of the packet that a message is sent in. */
size_t glow_mqtt_packet_size(const struct glow_message *message);

/** Where a broker takes less than a cluster needs: the k-th such thing as a sentence, with what to change; false behind
 * the last. The size of packets is judged message by message. */
bool glow_mqtt_limits_say(const struct glow_mqtt_limits *limits, unsigned k, char ret_text[GLOW_MQTT_WHY]);

/** What was not passed on so far. */
void glow_mqtt_counts(struct glow_mqtt *mqtt, struct glow_mqtt_counts *ret_counts);

/** Sends what is queued, says goodbye, and frees; waits at most `wait_ms`.
 * Returns false when the network did not let go in time: then the memory is
 * left alone and the process should end with _exit(). Accepts NULL. */
bool glow_mqtt_close(struct glow_mqtt *mqtt, unsigned wait_ms);

#define GLOW_MQTT_PROBES 16

/** What glow_mqtt_probe() found out. Sentences; "" for none. */
struct glow_mqtt_found {
	struct glow_mqtt_limits limits;
	char unsent[GLOW_MQTT_PROBES][GLOW_MQTT_WHY];  /**< a message is too large */
	char refused[GLOW_MQTT_PROBES][GLOW_MQTT_WHY]; /**< the broker does not let us publish it */
};

/** For --doctor: connects and publishes `n` messages, GLOW_MQTT_PROBES at most. 0 when the broker lets us in, or
 * negative with a sentence. What a broker refuses of QoS 0 it never says. Blocks up to 10 s, and 3 s more for each. */
int glow_mqtt_probe(const struct glow_mqtt_cfg *cfg, const struct glow_message *messages, size_t n,
		    struct glow_mqtt_found *ret_found, char why[GLOW_MQTT_WHY]);

/** One connection attempt for --doctor: 0, -ETIME where this machine's clock and the broker's certificate do not
 * agree, or another negative value; and a sentence: why not, or the broker's URI with the address that took us.
 * Blocks up to 10 s. */
int glow_mqtt_check(const struct glow_mqtt_cfg *cfg, char why[GLOW_MQTT_WHY]);
