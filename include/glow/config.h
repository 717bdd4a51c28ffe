/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Configuration from one table: each row gives the command-line option, the
 * GLOW_* environment variable, the *_FILE variant of a secret, the line in
 * --help, --print-config, the man page and the shell completion. Command line
 * beats environment beats default. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum glow_option_type {
	GLOW_OPT_STRING,
	GLOW_OPT_INT,    /**< min..max */
	GLOW_OPT_BOOL,   /**< command line: no argument; environment: yes/no, true/false, on/off, 1/0 in any case */
	GLOW_OPT_CHOICE, /**< one of the words of `choices`, separated by '|', in any case; stored as it is there.
			  * Where `off` is one a no means it, where `on` is one a yes */
	GLOW_OPT_SECRET, /**< a string never shown; also from the file that <NAME>_FILE names */
	GLOW_OPT_LIST,   /**< a string; given again it adds a line */
	GLOW_OPT_VERB,   /**< --doctor, --print-config …: at most one of them on a command line */
};

/** What is wrong with a value. */
struct glow_mistake {
	char rule[200];    /**< "must be …" */
	char shown[100];   /**< the value as it may be shown */
	char nearest[100]; /**< what was probably meant; "" when that is not known */
};

struct glow_option {
	const char *name; /**< "broker" for --broker and GLOW_BROKER; '-' becomes '_' */
	char short_name;  /**< 0 for none */
	enum glow_option_type type;
	const char *def;     /**< as it would be typed; NULL for none */
	int64_t min, max;    /**< GLOW_OPT_INT; for strings max is the most bytes (0: 4096) */
	const char *choices; /**< GLOW_OPT_CHOICE */
	const char *arg;     /**< placeholder in help: "URI" */
	const char *group;   /**< heading in help: "Broker", "Board", … */
	const char *help;    /**< one line */
	/** Of a string: what the text means, allocated, in the spelling that the program wants. NULL for one that
	 * cannot be meant, with what is wrong, of which `shown` is filled already; `rule` stays "" without memory. Not
	 * asked of an empty one. NULL: any text will do. */
	char *(*read)(const char *text, struct glow_mistake *ret_mistake);
	const char *spot; /**< what shells offer for its value, as in glow_subcommand; NULL: by its type */
	size_t offset;    /**< where the value lives in the caller's struct: char* | int64_t | bool; verbs: unused */
};

/** One thing that a program with commands does: `glowctl play`. */
struct glow_subcommand {
	const char *name;                  /**< "play" */
	const char *args_doc;              /**< what follows it, or NULL if nothing may */
	const char *summary;               /**< one line for the list of commands */
	const char *doc;                   /**< a paragraph for `glowctl play --help` and the man page */
	const char *examples;              /**< command lines, one a line */
	const struct glow_option *options; /**< beside the program's own; without environment variables */
	size_t n_options;
	/** What shells offer for the words that follow it: a spot a word with blanks between, the last for all further
	 * ones. A spot is alternatives between '|': a word itself, FILE, or @KIND for what `PROGRAM names KIND` prints.
	 * NULL: nothing. */
	const char *spots;
	int (*run)(const void *values, int n_words, char *const words[]); /**< the program's to call */
};

/** An exit status besides 0, 64 and 78. */
struct glow_exit {
	int status; /**< 0 ends a list */
	const char *what;
};

struct glow_program {
	const char *name;     /**< "glow-bridge" */
	const char *summary;  /**< one line */
	const char *doc;      /**< a paragraph for --help and the man page */
	const char *args_doc; /**< what follows the options, or NULL if nothing may */
	const struct glow_option *options;
	size_t n_options;
	const struct glow_subcommand *const *commands; /**< a command line names one of them; none by default */
	size_t n_commands;
	const char *examples;             /**< command lines, one a line; or NULL */
	const struct glow_exit *exits;    /**< or NULL */
	const struct glow_program *whole; /**< set by glow_config_read(): this is `command` of that program */
	const struct glow_subcommand *command;
};

/** The commit that the program was built from, with a `+` if files were changed since; "" when unknown. Only
 * --version shows it: what goes over the wire and into the pages is GLOW_VERSION. */
extern const char glow_commit[];

/** Where each value came from, for --print-config. */
enum glow_source { GLOW_FROM_DEFAULT, GLOW_FROM_ENV, GLOW_FROM_FILE, GLOW_FROM_COMMAND_LINE };

struct glow_config {
	const struct glow_program *program; /**< as given, or `joined` */
	struct glow_program joined;         /**< the program and its command as one: "glowctl play" */
	void *values;                       /**< the caller's struct; what has no default stays as it was: zeroed */
	enum glow_source source[64];        /**< by row */
	const char *verb;                   /**< name of the verb given, or NULL */
	int first_arg; /**< index in argv of the first argument that is no option (nor the command), argc if none */
};

/** Reads environment and command line into `values`. Strings are allocated and
 * owned by the config until glow_config_free(). False when the program has to end with *ret_status,
 * and nothing is left to free: after --help, --version, --man or a completion, which are answered
 * here, with 0; after a mistake, for which one line on standard error says what and what is allowed,
 * with 64 (EX_USAGE) for the command line and 78 (EX_CONFIG) for environment and files; without
 * memory with 71 (EX_OSERR).
 * A variable GLOW_… that no row knows is a warning, not an error, since other programs share the prefix.
 * Of a program with commands the first argument must be one; config->program->command is then that. */
bool glow_config_read(struct glow_config *config, const struct glow_program *program, void *values, int argc,
		      char **argv, int *ret_status);
void glow_config_free(struct glow_config *config);

/** Says, as reading would have, what is wrong with the value of that option beside others or this machine; 64 or 78. */
int glow_config_refuse(const struct glow_config *config, const char *option, const char *what);

/** True for a yes or a no in the words of GLOW_OPT_BOOL; `none` is a no as well. */
bool glow_config_switch(const char *text, bool *ret_on);

/** --print-config: each row's value and where it came from; secrets as "(set)". */
void glow_config_print(const struct glow_config *config, FILE *out);

/** The pages made from the table: troff man page; bash, zsh and fish completion. */
void glow_config_man(const struct glow_program *program, FILE *out);
void glow_config_completion(const struct glow_program *program, const char *shell, FILE *out);
