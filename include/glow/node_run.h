/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A running node: the state machine of glow/node.h with a board, a broker
 * and a clock around it, on one sd-event loop. */

#include <glow/board.h>
#include <glow/node.h>
#include <glow/mqtt.h>

struct glow_node_run_cfg {
	const char *prefix, *node, *idle, *discovery, *sysfs;
	const char *board; /**< name of the board, or "auto" */
	struct glow_board_cfg board_cfg;
	struct glow_mqtt_cfg mqtt;   /**< topics, client id and will are filled in by the node */
	const char *groups;          /**< "a,b" */
	const char *wifi_power_save; /**< "auto", "on", "off" */
	unsigned fps;
	int32_t time_offset_ms;
	bool reverse, lost_indicator;
	uint8_t brightness_limit;
	int64_t current_limit_ma; /**< 0: none; below 0: the board's default */
	bool flash_limit;
};

/** Runs until SIGTERM, SIGINT or SIGHUP. Returns the exit status (sysexits.h);
 * what went wrong has been logged. */
int glow_node_run(const struct glow_node_run_cfg *cfg);

/** --check-config: judges the values together, without touching board or broker. Says what is
 * wrong, or that all is well; the exit status. */
int glow_node_check(const struct glow_node_run_cfg *cfg);

/** --doctor: looks at everything the node needs and says what is missing and
 * how to mend it, one line each, on standard output. Returns 0 when all is well, EX_UNAVAILABLE otherwise. */
int glow_node_doctor(const struct glow_node_run_cfg *cfg);
