/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What is wrong with a certificate, in words for people. What others wrote into it is shown in printable ASCII. */

#include <openssl/x509.h>

#include "tls_why.h"

struct glow_tls_fault {
	int error;         /**< X509_V_ERR_… */
	int depth;         /**< 0: the broker's own certificate, more: an authority's */
	X509 *certificate; /**< the one at that depth; may be NULL */
	X509 *brokers;     /**< the broker's own */
};

/** -ETIME where the fault is one of dates, else -EPROTO; fills `why`. */
int glow_tls_words(const struct glow_tls_question *question, const struct glow_tls_fault *fault,
		   char why[GLOW_MQTT_WHY]);

/** The certificate is in order, but made out to other names. */
void glow_tls_words_name(const struct glow_tls_question *question, X509 *certificate, char why[GLOW_MQTT_WHY]);
