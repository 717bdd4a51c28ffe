/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Reads a program's configuration from its table of options. The table becomes
 * argp options at run time. argp's own errors and help are switched off: the
 * errors print usage and exit, the help sorts by letter and wraps badly. What
 * was wrong is found again from the word at which argp stopped.
 *
 * The order is command line, environment, defaults, each filling only the rows
 * that are still open: --help works whatever the environment holds, and a
 * default is never checked at the cost of what the user said. */

#include <argp.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <glow/config.h>

#include "config_command.h"
#include "config_pages.h"
#include "config_row.h"
#include "config_value.h"

/* argp's keys: the letter of a short option, or one of these plus the row. argp's own begin far above. */
enum { KEY_ROW = 0x1000, KEY_NO = 0x2000, KEY_END = 0x3000 };

/* Among these functions, in place of an exit status: the command line asked for a page, and has it. */
enum { ANSWERED = -1 };

struct reader {
	struct glow_config *config;
	struct argp_option *options;
	int status;
};

/* Command line. */

/* The known option that was probably meant, at most one wrong letter in three; or NULL. */
static const struct argp_option *suggestion(const struct reader *reader, const char *name)
{
	const struct argp_option *best = NULL;
	unsigned best_distance = (unsigned)strlen(name) / 3 + 1;

	for (const struct argp_option *a = reader->options; a->name; a++) {
		if (glow_word_distance(name, a->name) < best_distance) {
			best = a;
			best_distance = glow_word_distance(name, a->name);
		}
	}
	return best;
}

static int unknown_long(const struct reader *reader, const char *name)
{
	const struct argp_option *guess = suggestion(reader, name);
	const struct glow_subcommand *owner = glow_command_with(reader->config->program, name);

	if (owner)
		return glow_say_mistake(reader->config->program, EX_USAGE, "--%s is an option of the command %s", name,
					owner->name);
	if (guess)
		return glow_say_mistake(reader->config->program, EX_USAGE, "unknown option --%.60s; did you mean --%s?",
					name, guess->name);
	return glow_say_mistake(reader->config->program, EX_USAGE, "unknown option --%.60s; --help lists all", name);
}

/* What is wrong with the word --name or --name=value; 0 if nothing is. */
static int long_fault(const struct reader *reader, const char *word)
{
	const struct glow_program *program = reader->config->program;
	size_t len = strcspn(word + 2, "=");
	const struct argp_option *found = NULL, *other = NULL;
	char *name = strndup(word + 2, len);
	bool has_value = word[2 + len];
	int status = 0;

	if (!name)
		return glow_say_no_memory();
	for (const struct argp_option *a = reader->options; a->name; a++) {
		if (strncmp(a->name, name, len) != 0)
			continue;
		other = found;
		found = a;
		if (!a->name[len]) {
			other = NULL;
			break;
		}
	}
	if (!found)
		status = unknown_long(reader, name);
	else if (other)
		status = glow_say_mistake(program, EX_USAGE, "option --%s is ambiguous: --%s or --%s?", name,
					  other->name, found->name);
	else if (found->arg && !has_value)
		status = glow_say_mistake(program, EX_USAGE, "--%s needs a value: --%s=%s", found->name, found->name,
					  found->arg);
	else if (!found->arg && has_value)
		status = glow_say_mistake(program, EX_USAGE, "--%s takes no value", found->name);
	free(name);
	return status;
}

/* What is wrong with the letters of -abc; 0 if nothing is. */
static int short_fault(const struct reader *reader, const char *word)
{
	const struct glow_program *program = reader->config->program;

	for (const char *c = word + 1; *c; c++) {
		const struct argp_option *a = reader->options;

		while (a->name && a->key != *c)
			a++;
		if (!a->name)
			return glow_say_mistake(program, EX_USAGE, "unknown option -%c; --help lists all", *c);
		if (a->arg)
			return c[1] ? 0
				    : glow_say_mistake(program, EX_USAGE, "-%c needs a value: -%c %s", *c, *c, a->arg);
	}
	return 0;
}

/* argp stopped: behind the word at fault, or at it when a letter inside a group of short options is wrong. */
static int option_fault(const struct reader *reader, const struct argp_state *state)
{
	for (int k = state->next - 1; k <= state->next && k < state->argc; k++) {
		const char *word = state->argv[k];
		int status = 0;

		if (k > 0 && strncmp(word, "--", 2) == 0)
			status = long_fault(reader, word);
		else if (k > 0 && word[0] == '-')
			status = short_fault(reader, word);
		if (status)
			return status;
	}
	return glow_say_mistake(reader->config->program, EX_USAGE,
				"cannot make sense of the options; --help lists all");
}

/* How much of a word in the wrong place is shown: behind a "--" it may be an option with its secret. */
static int shown(const char *word)
{
	size_t n = strcspn(word, "=");

	return n < 60 ? (int)n : 60;
}

static int unknown_command(const struct glow_program *program, const char *word)
{
	const struct glow_subcommand *guess = glow_command_like(program, word);

	if (guess)
		return glow_say_mistake(program, EX_USAGE, "unknown command \"%.*s\"; did you mean %s?", shown(word),
					word, guess->name);
	return glow_say_mistake(program, EX_USAGE, "unknown command \"%.*s\"; --help lists all", shown(word), word);
}

static int verb_set(struct reader *reader, size_t row)
{
	struct glow_config *config = reader->config;
	const struct glow_program *program = config->program;
	const char *name = glow_row_at(program, row)->name;

	if (glow_pages_answer(program, row, stdout))
		return ANSWERED;
	if (config->verb && config->verb != name)
		return glow_say_mistake(program, EX_USAGE, "--%s and --%s cannot be given together", config->verb,
					name);
	config->verb = name;
	return 0;
}

/* The next option, which argp took for the value of one that was given none. It may be a password's, so it is not
 * shown. */
static bool is_option(const struct reader *reader, const char *text)
{
	size_t len = strncmp(text, "--", 2) == 0 ? strcspn(text + 2, "=") : 0;

	for (const struct argp_option *a = reader->options; len > 0 && a->name; a++)
		if (strncmp(a->name, text + 2, len) == 0 && !a->name[len])
			return true;
	return false;
}

static int option_set(struct reader *reader, size_t row, bool negated, char *text)
{
	const struct glow_option *o = glow_row_at(reader->config->program, row);
	char label[GLOW_WORD_MAX + 2];
	int status;

	if (o->type == GLOW_OPT_VERB)
		return verb_set(reader, row);
	if (o->type == GLOW_OPT_BOOL)
		return glow_value_set(reader->config, row, GLOW_FROM_COMMAND_LINE, o->name, negated ? "no" : "yes");
	if (is_option(reader, text))
		return glow_say_mistake(reader->config->program, EX_USAGE, "--%s needs a value: --%s=%s", o->name,
					o->name, glow_row_arg(o));
	snprintf(label, sizeof(label), "--%s", o->name);
	status = glow_value_set(reader->config, row, GLOW_FROM_COMMAND_LINE, label, text);
	if (o->type == GLOW_OPT_SECRET)
		explicit_bzero(text, strlen(text)); /* argv is what ps shows */
	return status;
}

/* Called for the first argument alone, with the options behind it taken already: argp moved them before it. */
static int argument_set(struct reader *reader, struct argp_state *state, const char *text)
{
	const struct glow_program *program = reader->config->program;
	int first = state->next - 1;

	state->next = state->argc;
	if (program->n_commands)
		return unknown_command(program, text);
	if (program->command && strcmp(text, program->command->name) == 0)
		text = ++first < state->argc ? state->argv[first] : NULL;
	if (!program->args_doc && text)
		return glow_say_mistake(program, EX_USAGE, "unexpected argument \"%.*s\"; options begin with --",
					shown(text), text);
	reader->config->first_arg = first;
	return 0;
}

static int row_of_key(const struct glow_program *program, int key)
{
	if (key >= KEY_ROW && key < KEY_END)
		return key & (KEY_ROW - 1);
	for (size_t k = 0; k < glow_row_count(program); k++)
		if (glow_row_at(program, k)->short_name == key)
			return (int)k;
	return -1;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct reader *reader = state->input;
	int row = row_of_key(reader->config->program, key);

	if (key == ARGP_KEY_ARG)
		reader->status = argument_set(reader, state, text);
	else if (key == ARGP_KEY_ERROR && !reader->status)
		reader->status = option_fault(reader, state);
	else if (row >= 0)
		reader->status = option_set(reader, (size_t)row, key >= KEY_NO, text);
	else
		return ARGP_ERR_UNKNOWN;
	return reader->status ? EINVAL : 0;
}

static void options_free(struct argp_option *options)
{
	for (struct argp_option *a = options; a && a->name; a++)
		if (a->key >= KEY_NO)
			free((char *)a->name);
	free(options);
}

/* argp's own table: an entry for each row, a second one for --no-<name>, an empty one at the end. NULL without memory.
 */
static struct argp_option *options_make(const struct glow_program *program)
{
	size_t n = glow_row_count(program);
	struct argp_option *options = calloc(2 * n + 1, sizeof(*options));
	struct argp_option *to = options;

	for (size_t row = 0; options && row < n; row++) {
		const struct glow_option *o = glow_row_at(program, row);
		char *negated = NULL;

		assert(strlen(o->name) + sizeof("no-") <= GLOW_WORD_MAX);
		*to++ = (struct argp_option){ .name = o->name,
					      .key = o->short_name ? o->short_name : KEY_ROW + (int)row,
					      .arg = glow_row_takes_value(o) ? glow_row_arg(o) : NULL };
		if (o->type != GLOW_OPT_BOOL)
			continue;
		if (asprintf(&negated, "no-%s", o->name) < 0) {
			options_free(options);
			return NULL;
		}
		*to++ = (struct argp_option){ .name = negated, .key = KEY_NO + (int)row };
	}
	return options;
}

static int command_line_read(struct glow_config *config, int argc, char **argv)
{
	struct reader reader = { .config = config, .options = options_make(config->program) };
	struct argp argp = { .options = reader.options, .parser = parse };

	if (!reader.options)
		return glow_say_no_memory();
	if (argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, &reader) != 0 && !reader.status)
		reader.status = glow_say_no_memory();
	options_free(reader.options);
	return reader.status;
}

/* Environment. */

static const char *env_get(const char *name)
{
	const char *text = getenv(name);

	return text && !glow_value_blank(text) ? text : NULL;
}

static int row_env_read(struct glow_config *config, size_t row)
{
	const struct glow_option *o = &config->program->options[row];
	char name[GLOW_ENV_SIZE], file_name[GLOW_ENV_SIZE + 8];
	const char *text, *path = NULL;

	glow_row_env(o, name);
	snprintf(file_name, sizeof(file_name), "%s_FILE", name);
	text = env_get(name);
	if (o->type == GLOW_OPT_SECRET)
		path = env_get(file_name);
	if (text && path)
		return glow_say_mistake(config->program, EX_CONFIG, "%s and %s cannot be given together", name,
					file_name);
	if (path)
		return glow_value_set_file(config, row, file_name, path);
	return text ? glow_value_set(config, row, GLOW_FROM_ENV, name, text) : 0;
}

static bool env_known(const struct glow_program *program, const char *variable, size_t len)
{
	for (size_t k = 0; k < glow_row_env_count(program); k++) {
		const struct glow_option *o = &program->options[k];
		char name[GLOW_ENV_SIZE];
		size_t n;

		if (o->type == GLOW_OPT_VERB)
			continue;
		glow_row_env(o, name);
		n = strlen(name);
		if (len >= n && memcmp(variable, name, n) == 0 &&
		    (len == n || (o->type == GLOW_OPT_SECRET && len == n + 5 && memcmp(variable + n, "_FILE", 5) == 0)))
			return true;
	}
	return false;
}

/* The row whose variable was probably meant, at most one wrong letter in three; or NULL. What all begin with is not
 * counted. */
static const struct glow_option *env_like(const struct glow_program *program, const char *variable, size_t len)
{
	const struct glow_option *best = NULL;
	unsigned best_distance = (unsigned)(len - 5) / 3 + 1;
	char word[GLOW_ENV_SIZE], name[GLOW_ENV_SIZE];

	snprintf(word, sizeof(word), "%.*s", (int)len - 5, variable + 5);
	for (size_t k = 0; k < glow_row_env_count(program); k++) {
		unsigned distance;

		glow_row_env(&program->options[k], name);
		distance = glow_word_distance(word, name + 5);
		if (program->options[k].type == GLOW_OPT_VERB || distance >= best_distance)
			continue;
		best = &program->options[k];
		best_distance = distance;
	}
	return best;
}

static void unknown_env_warn(const struct glow_program *program)
{
	for (char **e = environ; e && *e; e++) {
		size_t len = strcspn(*e, "=");
		const struct glow_option *guess;
		char name[GLOW_ENV_SIZE] = "";

		if (strncmp(*e, "GLOW_", 5) != 0 || env_known(program, *e, len))
			continue;
		guess = env_like(program, *e, len);
		if (guess)
			glow_row_env(guess, name);
		glow_say_warning(program, "%.*s is no option of this program%s%s%s", (int)len, *e,
				 guess ? "; did you mean " : "", name, guess ? "?" : "");
	}
}

static int environment_read(struct glow_config *config)
{
	unknown_env_warn(config->program);
	for (size_t row = 0; row < glow_row_env_count(config->program); row++) {
		int status = 0;

		if (config->source[row] == GLOW_FROM_DEFAULT && config->program->options[row].type != GLOW_OPT_VERB)
			status = row_env_read(config, row);
		if (status)
			return status;
	}
	return 0;
}

static int defaults_set(struct glow_config *config)
{
	int status = 0;

	for (size_t row = 0; row < config->program->n_options && !status; row++) {
		const struct glow_option *o = &config->program->options[row];

		if (config->source[row] == GLOW_FROM_DEFAULT && o->type != GLOW_OPT_VERB && o->def)
			status = glow_value_set(config, row, GLOW_FROM_DEFAULT, o->name, o->def);
	}
	assert(status == 0 || status == EX_OSERR); /* else a default in our own table that its row refuses */
	return status;
}

bool glow_config_read(struct glow_config *config, const struct glow_program *program, void *values, int argc,
		      char **argv, int *ret_status)
{
	const struct glow_subcommand *command = glow_command_find(program, argc, argv);
	int status = 0;

	*config = (struct glow_config){ .program = program, .values = values, .first_arg = argc };
	if (command && !glow_command_join(program, command, &config->joined))
		status = glow_say_no_memory();
	else if (command)
		config->program = &config->joined;
	assert(config->program->n_options <= sizeof(config->source) / sizeof(config->source[0]));
	if (!status)
		status = command_line_read(config, argc, argv);
	if (!status && program->n_commands && !command)
		status = glow_say_mistake(program, EX_USAGE, "say what to do; --help lists all commands");
	if (!status)
		status = environment_read(config);
	if (!status)
		status = defaults_set(config);
	if (status)
		glow_config_free(config);
	*ret_status = status == ANSWERED ? EX_OK : status;
	return status == 0;
}

void glow_config_free(struct glow_config *config)
{
	for (size_t row = 0; config->program && row < config->program->n_options; row++) {
		const struct glow_option *o = &config->program->options[row];

		if (o->type != GLOW_OPT_INT && o->type != GLOW_OPT_BOOL && o->type != GLOW_OPT_VERB)
			glow_value_free(o, (void *)((char *)config->values + o->offset));
	}
	if (config->program == &config->joined)
		config->program = NULL;
	glow_command_part(&config->joined);
}
