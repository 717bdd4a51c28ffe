/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The broker's address as people write it. */

#include <glow/config.h>

/** For a row of options: mqtt://host[:port] or mqtts://host[:port] of what is clearly meant by one: tcp, ssl and tls as
 * the scheme, any case, a bare host[:port] (TLS at port 8883), a `/` at the end. A password in it is not shown. */
char *glow_broker_read(const char *text, struct glow_mistake *ret_mistake);
