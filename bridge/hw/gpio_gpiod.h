/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What libgpiod 1 and libgpiod 2 do differently; each has a file. Errors are
 * negative errno values without words, which gpio_gpiod.c adds. */

#include <glow/pins.h>

#include "gpio_drain.h"
#include "gpio_label.h"

/** The label of the chip at `path`. */
int glow_gpiod_label(const char *path, char ret_label[GLOW_LABEL_MAX]);

/** Claims both lines of the chip at `path` as outputs at low level. */
int glow_gpiod_claim(const char *path, unsigned data, unsigned clock, struct glow_pins **ret_pins);

/** Claims both lines of the chip at `path` as open drain and lets them go. */
int glow_gpiod_claim_drain(const char *path, unsigned sda, unsigned scl, struct glow_drain **ret_drain);
