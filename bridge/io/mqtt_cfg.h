/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

#include <glow/mqtt.h>

/** Copies a messenger's configuration and all that it points to into one block, the caller's to free(). 0 or -ENOMEM.
 */
int glow_mqtt_cfg_copy(const struct glow_mqtt_cfg *cfg, struct glow_mqtt_cfg *copy, void **ret_memory);
