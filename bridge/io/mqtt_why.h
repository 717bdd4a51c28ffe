/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Why the broker would not have us, in words for people. */

#include <stdbool.h>

#include "mqtt_link.h"

/** An MQTT 5 reason code of 0x80 or more. */
const char *glow_mqtt_reason_text(int reason);

/** A reason that stays until people change something: there is no use in waiting for another. False for what may pass
 * by itself ("busy") or says nothing. */
bool glow_mqtt_is_final(int reason);

/** True when TLS is wanted and a file for it cannot be what it is meant to be; `why` says so. */
bool glow_mqtt_explain_files(const struct glow_link *link, char why[GLOW_MQTT_WHY]);

/** Fills `why` after a failed connect to link->peer. `reason` is the broker's code, or
 * negative when Paho says only "failed": then the cause is found by looking at the files
 * and shaking hands once more, for at most two seconds. -ETIME where clock and certificate do
 * not agree, else another negative value. */
int glow_mqtt_explain(const struct glow_link *link, int reason, bool timed_out, char why[GLOW_MQTT_WHY]);

/** Why a connection that was there is no more: what the broker said, or what can be known. `at_once`: it did not last,
 * and its id was not one for which clients compete. */
void glow_mqtt_explain_end(const struct glow_link *link, bool at_once, char why[GLOW_MQTT_WHY]);
