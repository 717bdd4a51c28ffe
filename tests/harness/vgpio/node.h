/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One virtual Raspberry Pi: a GPIO chip, the LEDs on two of its lines, the
 * faults that a test wants, and the file in which the LEDs are seen. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "chip.h"
#include "leds.h"

struct vgpio_node {
	struct vgpio_chip chip;
	struct vgpio_leds leds;
	const char *label;
	unsigned data, clock; /**< lines of the LEDs */
	bool clock_level;
	int out_fd;               /**< one JSON line for each change of what the LEDs show */
	bool read_only;           /**< fault: opening for writing is EROFS */
	bool forbidden;           /**< fault: opening for writing is EACCES whoever asks */
	uint64_t writes, refused; /**< to any file of a line; to any file at all and answered by an error */
	bool handed_over;         /**< lines are given to `gid` */
	gid_t gid;                /**< of a line's files, */
	int64_t hand_over_ns;     /**< so long after its export */
};

/** To be called after each write that may have moved a line. */
void vgpio_node_wires(struct vgpio_node *n, int64_t now_ns);

/** One command, with or without a line feed: "busy LINE", "free LINE" (offsets),
 * "vanish", "return", "read-only", "read-write", "forbid", "allow".
 * -EINVAL for anything else, -EBUSY for a line that is exported. */
int vgpio_node_control(struct vgpio_node *n, const char *text);

/** Faults and counters as a line of JSON; returns its length. */
size_t vgpio_node_report(const struct vgpio_node *n, char *ret_text, size_t size);
