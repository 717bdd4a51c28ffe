/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The PiGlow without its bus: tests give it a recorder instead. */

#include <stdbool.h>

#include <glow/board.h>
#include <glow/i2c.h>

#define GLOW_SN3218_ADDR 0x54

/** A dark PiGlow on this bus. Takes the bus over, also when it fails. */
int glow_piglow_create(struct glow_i2c *bus, bool keep, struct glow_board **ret_board);
