/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl: the cluster from the command line. Each command is a file of app/ctl. */

#include <sysexits.h>

#include <glow/config.h>
#include <glow/ctl.h>
#include <glow/log.h>
#include <glow/names.h>
#include <glow/options.h>

#define GLOW_OPTIONS struct glow_ctl_options
#define N(array)     (sizeof(array) / sizeof((array)[0]))

static const struct glow_option rows[] = {
	GLOW_BROKER_ROWS,
	GLOW_LOG_ROWS("warning"),
};

static const struct glow_subcommand *const commands[] = {
	&glow_ctl_play,   &glow_ctl_stop,   &glow_ctl_set,      &glow_ctl_notify, &glow_ctl_identify, &glow_ctl_dim,
	&glow_ctl_nodes,  &glow_ctl_watch,  &glow_ctl_effects,  &glow_ctl_order,  &glow_ctl_reverse,  &glow_ctl_gap,
	&glow_ctl_title,  &glow_ctl_preset, &glow_ctl_schedule, &glow_ctl_undo,   &glow_ctl_forget,   &glow_ctl_sync,
	&glow_ctl_doctor, &glow_ctl_bench,  &glow_ctl_export,   &glow_ctl_import, &glow_ctl_names,
};

static const struct glow_exit exits[] = {
	{ 1, "doctor: something is wrong; what, and what to do, is told." },
	{ EX_DATAERR, "The command was rejected; what is wrong with it is told." },
	{ EX_UNAVAILABLE, "Nobody answered: no broker, no conductor, or no such node." },
	{ EX_TEMPFAIL, "Too much came at once, and the command was dropped or a newer one took its place: try again." },
	{ 0, NULL },
};

static const struct glow_program program = {
	.name = "glowctl",
	.summary = "the LED boards of a cluster from the command line",
	.doc = "Scenes run across all boards as if they were one strip; lights and notices are a node's, a group's or "
	       "everybody's. All of it is MQTT: whatever a command does, any client can.",
	.args_doc = "COMMAND [ARGUMENT]...",
	.options = rows,
	.n_options = N(rows),
	.commands = commands,
	.n_commands = N(commands),
	.examples = "glowctl play rainbow 40%\n"
		    "glowctl set pi1 red breathe\n"
		    "glowctl notify all orange blink --ttl-s 3\n"
		    "glowctl nodes\n"
		    "glowctl doctor\n"
		    "glowctl watch",
	.exits = exits,
};

int main(int argc, char **argv)
{
	struct glow_ctl_options options = GLOW_CTL_OPTIONS_NONE;
	struct glow_config config;
	int status;

	if (!glow_config_read(&config, &program, &options, argc, argv, &status))
		return status;
	glow_log_setup(options.common.log_level, options.common.log_format);
	status = config.program->command->run(&options, argc - config.first_arg, argv + config.first_arg);
	glow_config_free(&config);
	return status;
}
