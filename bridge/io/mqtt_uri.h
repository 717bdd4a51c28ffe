/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a broker's URI says. */

#include <stdbool.h>

#include "mqtt_link.h"

/** Sets tls, host and port of `link`. False for what is not mqtt://host[:port] or mqtts://host[:port]. */
bool glow_link_parse(struct glow_link *link, const char *uri);
