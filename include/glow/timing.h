/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What conductor and nodes say to each other about time: clock probes (binary,
 * little-endian), the conductor's retained info and its beacon (JSON). Cluster
 * time is in nanoseconds here, since the Unix epoch; elsewhere in microseconds. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/message.h>
#include <glow/roster.h>
#include <glow/sync.h>
#include <glow/topics.h>

#define GLOW_REQUEST_SIZE     24
#define GLOW_REPLY_SIZE       48
#define GLOW_ADOPT_REPLY_SIZE 64

/** Where the time stamps lie that have to age while a message waits to be sent
 * (struct glow_message, `aging`): t1 and s1 of a request, t3 of a reply. */
#define GLOW_REQUEST_T1 8
#define GLOW_REQUEST_S1 16
#define GLOW_REPLY_T3   24

void glow_request_write(const struct glow_time_request *request, uint8_t ret_bytes[GLOW_REQUEST_SIZE]);

/** False for bytes that are none: another length, another version. */
bool glow_request_read(const void *bytes, size_t len, struct glow_time_request *ret_request);

/** Writes 48 bytes, or 64 with what a new conductor asks of nodes (`adopt`); returns how many. */
size_t glow_reply_write(const struct glow_time_reply *reply, bool adopt, uint8_t ret_bytes[GLOW_ADOPT_REPLY_SIZE]);
bool glow_reply_read(const void *bytes, size_t len, bool adopt, struct glow_time_reply *ret_reply);

/** The same as messages at that topic, with the stamps that age. The message borrows topic and bytes. */
void glow_request_message(const struct glow_time_request *request, const char *topic, uint8_t bytes[GLOW_REQUEST_SIZE],
			  struct glow_message *ret_message);
void glow_reply_message(const struct glow_time_reply *reply, bool adopt, const char *topic,
			uint8_t bytes[GLOW_ADOPT_REPLY_SIZE], struct glow_message *ret_message);

/** "0123456789abcdef": a clock's id on the wire. */
#define GLOW_CLOCK_ID_LEN 16
void glow_clock_id_format(uint64_t id, char ret_text[GLOW_CLOCK_ID_LEN + 1]);
bool glow_clock_id_parse(const char *text, uint64_t *ret_id);
/** The member `clock_id` of an object. */
void glow_clock_id_add(cJSON *object, uint64_t id);
enum glow_code glow_clock_id_read(const cJSON *object, uint64_t *ret_id, struct glow_diag *diag);

/** Writes the members `clock_id`, `term` and `rev` of what a conductor keeps at the broker. */
void glow_edition_add(cJSON *object, const struct glow_edition *edition);
/** Each may be missing, as from a conductor of before, and is 0 then. */
enum glow_code glow_edition_read(const cJSON *object, struct glow_edition *ret_edition, struct glow_diag *diag);

/** What the conductor of a rack says of the cluster above, which it follows (--uplink). */
#define GLOW_ABOVE_MAX 8 /**< so many conductors may be above one another */
struct glow_uplink_info {
	char root[GLOW_PREFIX_MAX + 1]; /**< the prefix of that cluster; "": there is none above */
	char rack[GLOW_ID_MAX + 1];     /**< as which node this cluster is known there */
	char state[16];                 /**< waiting, measuring, following, lost, refused */
	char problem[192];              /**< what is wrong; "" while all is well */
	uint32_t losses;                /**< how often the uplink was lost, since the start */
	uint32_t n_above;
	uint32_t above[GLOW_ABOVE_MAX]; /**< boots of the conductor that is followed, and of those above it */
};

/** P/conductor/info. */
struct glow_conductor_info {
	char id[GLOW_ID_MAX + 1];
	bool leading; /**< else adopting */
	struct glow_leader leader;
	int32_t rate_ppb;
	uint32_t nodes;
	char version[32];
	bool has_utc;          /**< the conductor's host has a synchronised wall clock, so: */
	int64_t utc_offset_us; /**< UTC minus cluster time */
	int32_t tz_offset_s;   /**< local civil time there minus UTC */
	uint32_t ahead_us;     /**< how far ahead commands for many nodes lie; 0: it does not say */
	struct glow_mqtt_counts messages;
	struct glow_uplink_info uplink;
};

cJSON *glow_conductor_info_write(const struct glow_conductor_info *info);
enum glow_code glow_conductor_info_read(const cJSON *tree, struct glow_conductor_info *ret_info,
					struct glow_diag *diag);

/** P/conductor/beacon. A conductor that has sent none for so long is silent: it does not lead. */
#define GLOW_BEACON_SILENT_US (3 * GLOW_US_PER_S / 2)
struct glow_beacon {
	uint32_t seq;
	int64_t time_us;
	struct glow_leader leader;
};

cJSON *glow_beacon_write(const struct glow_beacon *beacon);
enum glow_code glow_beacon_read(const cJSON *tree, struct glow_beacon *ret_beacon, struct glow_diag *diag);
