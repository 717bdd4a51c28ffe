/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <ctype.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <glow/daemon.h>
#include <glow/log.h>
#include <glow/topics.h>

#define GOODBYE_MS 1200 /* of the two seconds in which a program has to end */

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

const char *glow_daemon_node(void)
{
	static char name[256];

	if (gethostname(name, sizeof(name) - 1) < 0)
		return "";
	name[strcspn(name, ".")] = '\0';
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return name;
}

int glow_daemon_names(const char *node, const char *prefix, const char *discovery)
{
	const char *const options[] = { "--prefix", "--discovery" }, *const values[] = { prefix, discovery };

	if (!glow_id_valid(node)) {
		glow_error("--node %s: must be 1..63 of a-z, 0-9 and '-', not beginning or ending with '-'", node);
		return EX_USAGE;
	}
	for (int k = 0; k < 2; k++)
		if (!glow_prefix_valid(values[k] ? values[k] : "") && (k == 0 || (discovery && discovery[0]))) {
			glow_error("%s %s: must be levels of a topic without wildcards or white space", options[k],
				   values[k]);
			return EX_USAGE;
		}
	return 0;
}

void glow_daemon_block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]); k++)
		sigaddset(&set, signals[k]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int glow_daemon_handle_signals(sd_event *loop, sd_event_signal_handler_t handler, void *userdata)
{
	int r = 0;

	for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]) && r >= 0; k++)
		r = sd_event_add_signal(loop, NULL, signals[k], handler, userdata);
	return r < 0 ? r : 0;
}

void glow_daemon_hang_up(struct glow_mqtt *mqtt, int status)
{
	if (glow_mqtt_close(mqtt, GOODBYE_MS))
		return;
	glow_debug("the network did not let go in time");
	_exit(status);
}
