/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Names as people write them in options: each function is a row's `read` (glow/config.h), so that whoever reads
 * the configuration, to run, to check it or for the doctor, takes and refuses the same. */

#include <glow/calendar.h>
#include <glow/config.h>
#include <glow/linear.h>

/** --prefix. */
char *glow_names_read_prefix(const char *text, struct glow_mistake *ret_mistake);

/** --discovery: a prefix, or "off" for a no; a yes is the default. */
char *glow_names_read_discovery(const char *text, struct glow_mistake *ret_mistake);

/** --uplink: a prefix and an id below it, or "". */
char *glow_names_read_uplink(const char *text, struct glow_mistake *ret_mistake);

/** --node of a bridge, which may not be a name of the cluster's own, and of a conductor. */
char *glow_names_read_node(const char *text, struct glow_mistake *ret_mistake);
char *glow_names_read_conductor(const char *text, struct glow_mistake *ret_mistake);

/** --page: an address of HTTP, or "". */
char *glow_names_read_page(const char *text, struct glow_mistake *ret_mistake);

/** --username. */
char *glow_names_read_username(const char *text, struct glow_mistake *ret_mistake);

/** --idle: "off" for a no. What it shows depends on the board and is not judged. */
char *glow_names_read_idle(const char *text, struct glow_mistake *ret_mistake);

/** --groups, --order and --reverse, --gap, without blanks. */
char *glow_names_read_groups(const char *text, struct glow_mistake *ret_mistake);
char *glow_names_read_order(const char *text, struct glow_mistake *ret_mistake);
char *glow_names_read_gap(const char *text, struct glow_mistake *ret_mistake);

/** --white-balance: per cent of each colour, 1..100, without blanks; and the factors that it means, GLOW_DARK for none.
 */
char *glow_names_read_white(const char *text, struct glow_mistake *ret_mistake);
struct glow_linear glow_names_white(const char *text);

/** --place: degrees of latitude and longitude, without blanks; and what it means, false where it is none. */
char *glow_names_read_place(const char *text, struct glow_mistake *ret_mistake);
bool glow_names_place(const char *text, struct glow_calendar_place *ret_place);

/** --boot-preset. */
char *glow_names_read_preset(const char *text, struct glow_mistake *ret_mistake);

/** --time-zone. */
char *glow_names_read_zone(const char *text, struct glow_mistake *ret_mistake);

/** --metrics: an address and a port; "off" for a no, 127.0.0.1:9464 for a yes. */
char *glow_names_read_metrics(const char *text, struct glow_mistake *ret_mistake);

/** --engine: where a Docker engine's API is, a socket's path or a host. */
char *glow_names_read_engine(const char *text, struct glow_mistake *ret_mistake);

/** The name of a program to which --node gave none: the host name in lower case, without its domain, read as --node is.
 * 0, or the exit status after saying what is wrong with it. */
int glow_names_settle(const struct glow_config *config, char **node,
		      char *(*read)(const char *text, struct glow_mistake *ret_mistake));
