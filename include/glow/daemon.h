/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What our programs that run for long do alike: their names, and their end. */

#include <systemd/sd-event.h>

#include <glow/mqtt.h>

/** The host name in lower case, without its domain; the default of --node. */
const char *glow_daemon_node(void);

/** Checks --node, --prefix and --discovery ("" or NULL: none). 0, or EX_USAGE, which has been logged. */
int glow_daemon_names(const char *node, const char *prefix, const char *discovery);

/** Blocks SIGTERM, SIGINT and SIGHUP and ignores SIGPIPE; call it before the first thread, which inherits that. */
void glow_daemon_block_signals(void);

/** Lets the handler have the blocked signals; 0 or a negative errno. */
int glow_daemon_handle_signals(sd_event *loop, sd_event_signal_handler_t handler, void *userdata);

/** Sends what is queued and closes the connection (NULL: none), within 1.2 s. A network that does
 * not let go by then still uses its memory: the process ends here, with that status. */
void glow_daemon_hang_up(struct glow_mqtt *mqtt, int status);
