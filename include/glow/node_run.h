/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A running node: the state machine of glow/node.h with a board, a broker
 * and a clock around it, on one sd-event loop. */

#include <glow/board.h>
#include <glow/diag.h>
#include <glow/node.h>
#include <glow/mqtt.h>

/** Values as the program's table of options reads them. */
struct glow_node_run_cfg {
	const char *prefix, *node, *idle, *discovery, *sysfs;
	const char *page;  /**< address of the page for people, "" for none */
	const char *board; /**< name of the board, or "auto" */
	struct glow_board_cfg board_cfg;
	struct glow_mqtt_cfg mqtt;   /**< topics, client id and will are filled in by the node */
	const char *groups;          /**< "a,b" */
	const char *wifi_power_save; /**< "auto", "on", "off" */
	unsigned fps, cpu_percent;
	int32_t time_offset_ms;
	bool reverse, lost_indicator;
	uint8_t brightness_limit;
	int64_t current_limit_ma; /**< 0: none; below 0: the board's default */
	bool flash_limit;
};

/** Runs until SIGTERM, or SIGINT or SIGHUP where these were not ignored before. Returns the exit
 * status (sysexits.h); what went wrong has been logged. */
int glow_node_run(const struct glow_node_run_cfg *cfg);

/** Judges the values beside each other, without touching board or broker: 0, EX_USAGE with what is wrong with the
 * idle display, EX_OSERR. To be asked before the others are. */
int glow_node_judge(const struct glow_node_run_cfg *cfg, struct glow_diag *diag);

/** --doctor: looks at everything the node needs and says what is missing and
 * how to mend it, one line each, on standard output. Returns 0 when all is well, EX_UNAVAILABLE otherwise. */
int glow_node_doctor(const struct glow_node_run_cfg *cfg);
