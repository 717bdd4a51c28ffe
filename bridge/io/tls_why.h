/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Why there is no TLS with the broker: a connection of our own, which sees what Paho does not tell. */

#include <stdbool.h>

#include <glow/mqtt.h>

#include "dial.h"

/** What is asked of TLS. `where` is what sentences call the broker, `name` what its certificate has to be made out
 * to, `ca_file` NULL for the system's authorities; the others NULL for none. */
struct glow_tls_question {
	const struct glow_peer *peer;
	const char *where, *name;
	const char *ca_file, *cert_file, *key_file;
};

/** Shakes hands with that address once more and says what is wrong. Nothing is sent beyond that, no password either,
 * and nothing is believed. 0 when all is fine, -ETIME where this machine's clock and a certificate do not agree,
 * -EPROTO for everything else. Takes two seconds at most. */
int glow_tls_explain(const struct glow_tls_question *question, char why[GLOW_MQTT_WHY]);

/** Whether TLS is spoken there. */
bool glow_tls_is_spoken(const struct glow_peer *peer);
