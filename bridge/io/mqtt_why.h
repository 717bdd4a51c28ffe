/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Why the broker would not have us, in words for people. */

#include <stdbool.h>

#include "mqtt_link.h"

/** An MQTT 5 reason code of 0x80 or more. */
const char *glow_mqtt_reason_text(int reason);

/** Fills `why` after a failed connect. `reason` is the broker's code, or
 * negative when Paho says only "failed": then the cause is found by looking the
 * name up and connecting once more, for at most a second. */
void glow_mqtt_explain(const struct glow_link *link, int reason, bool timed_out, char why[160]);
