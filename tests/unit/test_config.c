/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The configuration as a user meets it: each case runs in a process of its own
 * with the given environment and command line, and everything it wrote is
 * looked at. What a search must not find is always shown to be findable. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/config.h>

#define WORDS_MAX 16
#define SECRET    "hunter2-is-secret"
#define LEFT_OVER 99

struct values {
	char *broker, *password, *note, *board, *lost, *params;
	int64_t fps, brightness_limit;
	bool reverse;
};

#define AT(field) .offset = offsetof(struct values, field)

static const struct glow_option rows[] = {
	{ .name = "broker",
	  .short_name = 'b',
	  .type = GLOW_OPT_STRING,
	  .def = "mqtt://localhost:1883",
	  .max = 60,
	  .arg = "URI",
	  .group = "Broker",
	  .help = "where the broker is",
	  AT(broker) },
	{ .name = "password",
	  .short_name = 'p',
	  .type = GLOW_OPT_SECRET,
	  .group = "Broker",
	  .help = "the account's password",
	  AT(password) },
	{ .name = "note",
	  .type = GLOW_OPT_STRING,
	  .arg = "FILE",
	  .help = ".hostile 'text' with \\fB, \"quotes\", [brackets]: `ticks` … and a long tail that must be wrapped",
	  AT(note) },
	{ .name = "board",
	  .type = GLOW_OPT_CHOICE,
	  .def = "auto",
	  .choices = "auto|blinkt|piglow",
	  .group = "Board",
	  .help = "which board",
	  AT(board) },
	{ .name = "lost",
	  .type = GLOW_OPT_CHOICE,
	  .def = "off",
	  .choices = "off|pixel",
	  .group = "Board",
	  .help = "when the broker is lost",
	  .offset = offsetof(struct values, lost) },
	{ .name = "fps",
	  .type = GLOW_OPT_INT,
	  .def = "60",
	  .min = -5,
	  .max = 240,
	  .group = "Board",
	  .help = "frames a second",
	  AT(fps) },
	{ .name = "brightness-limit",
	  .type = GLOW_OPT_INT,
	  .def = "255",
	  .max = 255,
	  .group = "Board",
	  .help = "the brightest",
	  AT(brightness_limit) },
	{ .name = "reverse",
	  .short_name = 'r',
	  .type = GLOW_OPT_BOOL,
	  .group = "Board",
	  .help = "other way round",
	  AT(reverse) },
	{ .name = "doctor",
	  .short_name = 'd',
	  .type = GLOW_OPT_VERB,
	  .group = "Actions",
	  .help = "find what is wrong" },
	{ .name = "print-config", .type = GLOW_OPT_VERB, .group = "Actions", .help = "show the values" },
};

static const struct glow_program program = { .name = "glow-test",
					     .summary = "a program for tests",
					     .doc = "Does nothing.\n\n.It only reads \\its options.",
					     .options = rows,
					     .n_options = sizeof(rows) / sizeof(rows[0]) };
static struct glow_program program_with_args;

static const struct glow_option paint_rows[] = {
	{ .name = "param", .type = GLOW_OPT_LIST, .arg = "NAME=VALUE", .help = "a parameter", AT(params) },
	{ .name = "coat", .type = GLOW_OPT_CHOICE, .choices = "matt|bright", .help = "how it shines", AT(note) },
};

static int never(const void *values, int n_words, char *const words[])
{
	(void)values;
	(void)words;
	return n_words;
}

static const struct glow_subcommand paint = {
	.name = "paint",
	.args_doc = "COLOR...",
	.summary = "put colour on it",
	.doc = "Takes \\any colour.",
	.examples = "glow-test paint red\nglow-test paint 'blue'",
	.options = paint_rows,
	.n_options = 2,
	.run = never,
};
static const struct glow_subcommand wash = {
	.name = "wash", .summary = "take it off", .doc = "All.", .spots = "walls|roof dry|@kinds", .run = never
};
static const struct glow_subcommand *const commands[] = { &paint, &wash };
static const struct glow_exit exits[] = { { 69, "Nobody there." }, { 0, NULL } };
static const struct glow_program program_with_commands = { .name = "glow-test",
							   .summary = "a program for tests",
							   .doc = "Does one thing or another.",
							   .args_doc = "COMMAND [ARGUMENT]...",
							   .options = rows,
							   .n_options = sizeof(rows) / sizeof(rows[0]),
							   .commands = commands,
							   .n_commands = 2,
							   .examples = "glow-test wash",
							   .exits = exits };

struct run {
	int status;
	char out[8192], err[8192];
};

static void fd_read(int fd, char *ret_text, size_t size)
{
	ssize_t n = pread(fd, ret_text, size - 1, 0);

	assert_true(n >= 0);
	ret_text[n] = '\0';
	close(fd);
}

/* What the child does: the values, then --print-config, then argv as ps would show it. */
static int child_run(const struct glow_program *p, int argc, char **argv)
{
	struct values values = { .broker = NULL };
	struct glow_config config;
	int status;

	if (!glow_config_read(&config, p, &values, argc, argv, &status))
		return values.broker || values.password || values.params ? LEFT_OVER : status; /* all is freed */
	if (config.program->command)
		printf("command %s, params <%s>\n", config.program->command->name,
		       values.params ? values.params : "NULL");
	printf("verb %s, first_arg %d, argc %d, note <%s>, secret %s\n", config.verb ? config.verb : "none",
	       config.first_arg, argc, values.note ? values.note : "NULL",
	       values.password && strcmp(values.password, SECRET) == 0 ? "right" : "other");
	glow_config_print(&config, stdout);
	for (int k = 0; k < argc; k++)
		printf("argv <%s>\n", argv[k]);
	glow_config_free(&config);
	glow_config_free(&config);
	return 0;
}

/* `text` is words separated by '|', or NULL; returns how many. */
static int words_split(const char *text, const char *first, char *ret_words[WORDS_MAX])
{
	char *rest = text ? strdup(text) : NULL;
	int n = 0;

	if (first)
		ret_words[n++] = strdup(first);
	while (rest && n < WORDS_MAX - 1)
		ret_words[n++] = strsep(&rest, "|");
	ret_words[n] = NULL;
	return n;
}

static struct run run_program(const struct glow_program *p, const char *env, const char *args)
{
	struct run run;
	int out = memfd_create("out", 0), err = memfd_create("err", 0), status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static char *argv[WORDS_MAX], *variables[WORDS_MAX];
		int argc = words_split(args, "glow-test", argv);
		int n_env = words_split(env, NULL, variables);

		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		clearenv();
		for (int k = 0; k < n_env; k++)
			putenv(variables[k]);
		status = child_run(p, argc, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	run.status = WEXITSTATUS(status);
	fd_read(out, run.out, sizeof(run.out));
	fd_read(err, run.err, sizeof(run.err));
	return run;
}

static struct run run(const char *env, const char *args)
{
	return run_program(&program, env, args);
}

/* The row of --print-config says exactly this. */
static bool row_says(const struct run *r, const char *name, const char *value, const char *source)
{
	char pattern[64];
	const char *line;
	char found_value[128], found_source[64];

	snprintf(pattern, sizeof(pattern), "\n%s ", name);
	line = strstr(r->out, pattern);
	if (!line || sscanf(line + 1, "%*s %127s %63[^\n]", found_value, found_source) != 2)
		return false;
	return strcmp(found_value, value) == 0 && strcmp(found_source, source) == 0;
}

static void precedence(void **state)
{
	struct run r = run(NULL, NULL);

	(void)state;
	assert_int_equal(r.status, 0);
	assert_string_equal(r.err, "");
	assert_true(row_says(&r, "fps", "60", "default"));
	assert_false(row_says(&r, "fps", "61", "default")); /* control */
	assert_false(row_says(&r, "fps", "60", "environment"));
	r = run("GLOW_FPS=50", NULL);
	assert_true(row_says(&r, "fps", "50", "environment"));
	r = run("GLOW_FPS=50", "--fps|40");
	assert_true(row_says(&r, "fps", "40", "command line"));
	r = run("GLOW_FPS=50", "--fps=40|--fps=-5");
	assert_true(row_says(&r, "fps", "-5", "command line"));
	r = run("GLOW_FPS=nonsense", "--fps=40"); /* what is beaten is not read */
	assert_int_equal(r.status, 0);
	r = run("GLOW_FPS=|GLOW_BROKER=|GLOW_PASSWORD=|GLOW_PASSWORD_FILE=", NULL); /* empty is unset */
	assert_true(row_says(&r, "fps", "60", "default"));
	assert_true(row_says(&r, "broker", "mqtt://localhost:1883", "default"));
	assert_non_null(strstr(r.out, "(not set)"));
}

static void booleans(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "Yes", "TRUE" }, *const no[] = { "no",   "false",
												      "off",  "0",
												      "None", "OFF" };
	struct run r;

	(void)state;
	for (int k = 0; k < 6; k++) {
		char env[32];

		snprintf(env, sizeof(env), "GLOW_REVERSE=%s", yes[k]);
		r = run(env, NULL);
		assert_true(row_says(&r, "reverse", "yes", "environment"));
		r = run(env, "--no-reverse");
		assert_true(row_says(&r, "reverse", "no", "command line"));
		snprintf(env, sizeof(env), "GLOW_REVERSE=%s", no[k]);
		r = run(env, NULL);
		assert_true(row_says(&r, "reverse", "no", "environment"));
		r = run(env, "-r");
		assert_true(row_says(&r, "reverse", "yes", "command line"));
	}
}

static void choices(void **state)
{
	static const struct {
		const char *env, *stored;
	} cases[] = {
		{ "GLOW_BOARD=piglow", "piglow" }, { "GLOW_BOARD=PiGlow", "piglow" }, { "GLOW_BOARD=AUTO", "auto" },
		{ "GLOW_LOST=no", "off" },         { "GLOW_LOST=False", "off" },      { "GLOW_LOST=0", "off" },
		{ "GLOW_LOST=NONE", "off" },       { "GLOW_LOST=Pixel", "pixel" },
	};
	struct run r;

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		const char *name = strncmp(cases[k].env, "GLOW_LOST", 9) == 0 ? "lost" : "board";

		r = run(cases[k].env, NULL);
		if (!row_says(&r, name, cases[k].stored, "environment"))
			fail_msg("%s: %s%s", cases[k].env, r.out, r.err);
	}
	r = run("GLOW_LOST=yes", NULL); /* there is no `on` that it could mean */
	assert_string_equal(r.err, "glow-test: GLOW_LOST: must be one of off|pixel, got \"yes\"\n");
	r = run("GLOW_BOARD=no", NULL);
	assert_int_equal(r.status, 78);
}

/* What stands around a value in files that other programs and people write. */
static void tidied(void **state)
{
	static const char *const around[][2] = {
		{ "", "" },
		{ " ", "\t" },
		{ "", "\r" },
		{ "\"", "\"" },
		{ "'", "'" },
		{ " \"", "\"\r" },
		{ "'\"", "\"'" },
		{ "\" ", " \"" },
		{ "\xef\xbb\xbf", "" },
		{ "", "\xc2\xa0" },
		{ "\xe2\x80\x9c", "\xe2\x80\x9d" },
	};
	static const char *const untouched[] = { "a\" \"b", "\"a", "a'", "'a\"", "\"a\"\"b\"", "{\"a\":\"b\"}" };
	char env[128], line[128];
	struct run r;

	(void)state;
	for (size_t k = 0; k < sizeof(around) / sizeof(around[0]); k++) {
		snprintf(env, sizeof(env),
			 "GLOW_FPS=%s50%s|GLOW_BOARD=%spiglow%s|GLOW_REVERSE=%syes%s|GLOW_NOTE=%sx y%s", around[k][0],
			 around[k][1], around[k][0], around[k][1], around[k][0], around[k][1], around[k][0],
			 around[k][1]);
		r = run(env, NULL);
		assert_string_equal(r.err, "");
		assert_true(row_says(&r, "fps", "50", "environment"));
		assert_true(row_says(&r, "board", "piglow", "environment"));
		assert_true(row_says(&r, "reverse", "yes", "environment"));
		assert_non_null(strstr(r.out, "note <x y>"));
		snprintf(env, sizeof(env), "--fps=%s50%s", around[k][0], around[k][1]);
		r = run(NULL, env);
		assert_true(row_says(&r, "fps", "50", "command line"));
		snprintf(env, sizeof(env), "GLOW_FPS=%s%s", around[k][0], around[k][1]); /* as good as unset */
		r = run(env, NULL);
		assert_true(row_says(&r, "fps", "60", "default"));
	}
	for (size_t k = 0; k < sizeof(untouched) / sizeof(untouched[0]); k++) {
		snprintf(env, sizeof(env), "GLOW_NOTE=%s", untouched[k]);
		snprintf(line, sizeof(line), "note <%s>", untouched[k]);
		r = run(env, NULL);
		assert_non_null(strstr(r.out, line));
	}
	r = run("GLOW_FPS=\"6 0\"", NULL); /* control: what stands within a value counts */
	assert_string_equal(r.err, "glow-test: GLOW_FPS: must be -5..240, got \"6 0\"\n");
	r = run_program(&program_with_commands, NULL, "paint|--param=\"a\"|--param= b ");
	assert_non_null(strstr(r.out, "params <\"a\"\n b >")); /* whoever types a list has a shell */
}

static void strings(void **state)
{
	struct run r = run(NULL, "--note=");

	(void)state;
	assert_non_null(strstr(r.out, "note <>")); /* without a default, empty is a value */
	r = run(NULL, NULL);
	assert_non_null(strstr(r.out, "note <NULL>"));
	r = run(NULL, "--brok=mqtt://x|-d"); /* an unambiguous beginning is enough */
	assert_true(row_says(&r, "broker", "mqtt://x", "command line"));
	assert_non_null(strstr(r.out, "verb doctor,"));
	r = run(NULL, "-rbmqtt://y");
	assert_true(row_says(&r, "broker", "mqtt://y", "command line"));
}

static void arguments(void **state)
{
	struct run r;

	(void)state;
	program_with_args = program;
	program_with_args.args_doc = "COMMAND [ARG]...";
	r = run_program(&program_with_args, NULL, "watch|--fps=3|pi1");
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "first_arg 2, argc 4"));
	assert_non_null(strstr(r.out, "argv <watch>\nargv <pi1>\n"));
	r = run_program(&program_with_args, NULL, "--|--fps=3");
	assert_non_null(strstr(r.out, "first_arg 2, argc 3"));
	assert_true(row_says(&r, "fps", "60", "default"));
	r = run_program(&program_with_args, NULL, "--fps=3");
	assert_non_null(strstr(r.out, "first_arg 2, argc 2")); /* none */
}

static void mistakes(void **state)
{
	static const struct {
		const char *env, *args;
		int status;
		const char *line; /* NULL: the control, the same without the mistake */
	} cases[] = {
		{ NULL, "--brigtness-limit=3", 64,
		  "unknown option --brigtness-limit; did you mean --brightness-limit?" },
		{ NULL, "--brightness-limit=3", 0, NULL },
		{ NULL, "--no-revers", 0, NULL },
		{ NULL, "--no-rewerse", 64, "unknown option --no-rewerse; did you mean --no-reverse?" },
		{ NULL, "--hlep", 64, "unknown option --hlep; --help lists all" },
		{ NULL, "--xylophone", 64, "unknown option --xylophone; --help lists all" },
		{ NULL, "--br=x", 64, "option --br is ambiguous: --broker or --brightness-limit?" },
		{ NULL, "--bro=x", 0, NULL },
		{ NULL, "-q", 64, "unknown option -q; --help lists all" },
		{ NULL, "-rq", 64, "unknown option -q; --help lists all" },
		{ NULL, "--fps|3|-rq", 64, "unknown option -q; --help lists all" },
		{ NULL, "-r", 0, NULL },
		{ NULL, "--broker", 64, "--broker needs a value: --broker=URI" },
		{ NULL, "--broker=--password=geheim", 64, "--broker needs a value: --broker=URI" },
		{ NULL, "-b", 64, "-b needs a value: -b URI" },
		{ NULL, "-rb", 64, "-b needs a value: -b URI" },
		{ NULL, "--doctor=1", 64, "--doctor takes no value" },
		{ NULL, "--doctor|--print-config", 64, "--doctor and --print-config cannot be given together" },
		{ NULL, "--doctor", 0, NULL },
		{ NULL, "word", 64, "unexpected argument \"word\"; options begin with --" },
		{ NULL, "--|--password=geheim", 64, "unexpected argument \"--password\"; options begin with --" },
		{ NULL, "--fps=", 64, "--fps: must be -5..240, got \"\"" },
		{ NULL, "--fps=-", 64, "--fps: must be -5..240, got \"-\"" },
		{ NULL, "--fps=+1", 64, "--fps: must be -5..240, got \"+1\"" },
		{ NULL, "--fps=1 0", 64, "--fps: must be -5..240, got \"1 0\"" },
		{ NULL, "--fps=1x", 64, "--fps: must be -5..240, got \"1x\"" },
		{ NULL, "--fps=1.5", 64, "--fps: must be -5..240, got \"1.5\"" },
		{ NULL, "--fps=241", 64, "--fps: must be -5..240, got \"241\"" },
		{ NULL, "--fps=-6", 64, "--fps: must be -5..240, got \"-6\"" },
		{ NULL, "--fps=9223372036854775808", 64, "--fps: must be -5..240, got \"9223372036854775808\"" },
		{ NULL, "--fps=240", 0, NULL },
		{ NULL, "--fps=a\nb\x1b[m", 64, "--fps: must be -5..240, got \"a?b?[m\"" },
		{ NULL, "--board=pi", 64, "--board: must be one of auto|blinkt|piglow, got \"pi\"" },
		{ NULL, "--board=", 64, "--board: must be one of auto|blinkt|piglow, got \"\"" },
		{ NULL, "--board=piglow", 0, NULL },
		{ NULL, "--broker=", 64, "--broker: must not be empty" },
		{ NULL, "--broker=1234567890123456789012345678901234567890123456789012345678901", 64,
		  "--broker: at most 60 bytes" },
		{ NULL, "--broker=123456789012345678901234567890123456789012345678901234567890", 0, NULL },
		{ "GLOW_FPS=x", NULL, 78, "GLOW_FPS: must be -5..240, got \"x\"" },
		{ "GLOW_FPS=6", NULL, 0, NULL },
		{ "GLOW_BOARD=pi", NULL, 78, "GLOW_BOARD: must be one of auto|blinkt|piglow, got \"pi\"" },
		{ "GLOW_REVERSE=maybe", NULL, 78,
		  "GLOW_REVERSE: must be yes or no (or true, false, on, off, 1, 0), got \"maybe\"" },
		{ "GLOW_REVERSE=on", NULL, 0, NULL },
		{ "GLOW_PASSWORD=" SECRET "|GLOW_PASSWORD_FILE=/dev/null", NULL, 78,
		  "GLOW_PASSWORD and GLOW_PASSWORD_FILE cannot be given together" },
		{ "GLOW_PASSWORD_FILE=/dev/null/none", NULL, 78,
		  "GLOW_PASSWORD_FILE: cannot read \"/dev/null/none\": Not a directory" },
		{ "GLOW_PASSWORD_FILE=/", NULL, 78, "GLOW_PASSWORD_FILE: cannot read \"/\": Is a directory" },
		{ "GLOW_PASSWORD_FILE=/dev/null", NULL, 78, "GLOW_PASSWORD_FILE: \"/dev/null\" is empty" },
		{ "GLOW_PASSWORD_FILE=/dev/zero", NULL, 78, "GLOW_PASSWORD_FILE: \"/dev/zero\" holds a NUL byte" },
		{ "GLOW_FROBNICATE=1", NULL, 0, "warning: GLOW_FROBNICATE is no option of this program" },
		{ "GLOW_BROKR=x", NULL, 0,
		  "warning: GLOW_BROKR is no option of this program; did you mean GLOW_BROKER?" },
		{ "GLOW_BRIGHTNES_LIMIT=3", NULL, 0,
		  "warning: GLOW_BRIGHTNES_LIMIT is no option of this program; did you mean GLOW_BRIGHTNESS_LIMIT?" },
		{ "GLOW_=3", NULL, 0, "warning: GLOW_ is no option of this program" },
		{ "GLOW_BROKER_FILE=/x", NULL, 0, "warning: GLOW_BROKER_FILE is no option of this program" },
		{ "GLOW_DOCTOR=1", NULL, 0, "warning: GLOW_DOCTOR is no option of this program" },
		{ "GLOWING=1", NULL, 0, NULL },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct run r = run(cases[k].env, cases[k].args);
		char line[256] = "";

		if (cases[k].line)
			snprintf(line, sizeof(line), "glow-test: %s\n", cases[k].line);
		assert_string_equal(r.err, line);
		assert_int_equal(r.status, cases[k].status);
		assert_int_equal(r.out[0] == '\0', cases[k].status != 0);
	}
}

static bool mentioned(const struct run *r, const char *text)
{
	return strstr(r->out, text) || strstr(r->err, text);
}

/* Writes a file for GLOW_PASSWORD_FILE and runs with it. */
static struct run run_with_secret_file(const char *content, size_t len)
{
	char path[] = "/tmp/glow-test-XXXXXX", env[64];
	int fd = mkstemp(path);
	struct run r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, len), (ssize_t)len);
	close(fd);
	snprintf(env, sizeof(env), "GLOW_PASSWORD_FILE=%s", path);
	r = run(env, NULL);
	unlink(path);
	return r;
}

static void secrets(void **state)
{
	static const char *const envs[] = { "GLOW_PASSWORD=" SECRET, "GLOW_PASSWORD=" SECRET "|GLOW_FPS=x",
					    "GLOW_PASSWORD=" SECRET "|GLOW_PASSWORD_FILE=/x" };
	static const char *const args[] = { "--password|" SECRET,
					    "--password=" SECRET,
					    "-p" SECRET,
					    "--pass=" SECRET "|--fps=x",
					    "--pasword=" SECRET,
					    "--doctor=" SECRET,
					    "--password=" SECRET "|--unknown" };
	static char long_secret[4200];
	struct run r;

	(void)state;
	for (size_t k = 0; k < sizeof(envs) / sizeof(envs[0]); k++) {
		r = run(envs[k], NULL);
		assert_false(mentioned(&r, SECRET));
		assert_int_equal(r.status == 0, mentioned(&r, "secret right"));
		assert_int_equal(r.status == 0, mentioned(&r, "(set)"));
	}
	for (size_t k = 0; k < sizeof(args) / sizeof(args[0]); k++) {
		r = run(NULL, args[k]);
		assert_false(mentioned(&r, SECRET));
		assert_int_equal(r.status == 0, mentioned(&r, "secret right"));
	}
	r = run(NULL, "--note=" SECRET); /* control: what is no secret is found in both places */
	assert_non_null(strstr(r.out, "argv <--note=" SECRET ">"));
	assert_true(row_says(&r, "note", SECRET, "command line"));

	r = run_with_secret_file(SECRET "\n", sizeof(SECRET));
	assert_true(mentioned(&r, "secret right"));
	assert_non_null(strstr(r.out, "(set)                  file"));
	r = run_with_secret_file(SECRET, sizeof(SECRET) - 1);
	assert_true(mentioned(&r, "secret right"));
	memset(long_secret, 'x', sizeof(long_secret));
	r = run_with_secret_file(long_secret, sizeof(long_secret));
	assert_int_equal(r.status, 78);
	assert_string_equal(r.err, "glow-test: GLOW_PASSWORD_FILE: at most 4096 bytes\n");
	long_secret[4096] = '\n';
	r = run_with_secret_file(long_secret, 4097);
	assert_int_equal(r.status, 0);
}

/* A password file as other systems and their editors write it. */
static void secret_files(void **state)
{
	static const char blanks[] = "glow-test: warning: GLOW_PASSWORD_FILE: the blanks around the password are not "
				     "taken for a part of it\n";
	static const char quotes[] = "glow-test: warning: GLOW_PASSWORD_FILE: the quotes around the password are taken "
				     "for a part of it\n";
	static const char lines[] =
		"glow-test: warning: GLOW_PASSWORD_FILE: all of its lines are taken for the password\n";
	static const struct {
		const char *content;
		bool right;
		const char *err;
	} cases[] = {
		{ SECRET, true, "" },
		{ SECRET "\r\n", true, "" },
		{ SECRET "\r", true, "" },
		{ "\xef\xbb\xbf" SECRET "\r\n", true, "" },
		{ SECRET " \n", true, blanks },
		{ SECRET " ", true, blanks },
		{ "\t" SECRET, true, blanks },
		{ SECRET "\n\n", true, blanks },
		{ "\"" SECRET "\"\n", false, quotes },
		{ "bridge\n" SECRET "\n", false, lines },
	};
	struct run r;

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		r = run_with_secret_file(cases[k].content, strlen(cases[k].content));
		assert_int_equal(mentioned(&r, "secret right"), cases[k].right);
		assert_string_equal(r.err, cases[k].err);
		assert_false(mentioned(&r, SECRET));
	}
	r = run_with_secret_file("\xff\xfeh\0i\0", 6);
	assert_int_equal(r.status, 78);
	assert_non_null(strstr(r.err, "is UTF-16, must be UTF-8\n"));
	r = run_with_secret_file("\xef\xbb\xbf \r\n", 6);
	assert_non_null(strstr(r.err, "is empty\n"));
	/* From the environment likewise; from the command line, where a shell has taken quotes away, as it is. */
	r = run("GLOW_PASSWORD=" SECRET "\r", NULL);
	assert_true(mentioned(&r, "secret right"));
	assert_string_equal(r.err, "");
	r = run("GLOW_PASSWORD= " SECRET, NULL);
	assert_true(mentioned(&r, "secret right"));
	assert_non_null(strstr(r.err, "GLOW_PASSWORD: the blanks around"));
	r = run(NULL, "--password=" SECRET " ");
	assert_true(mentioned(&r, "secret other"));
	assert_string_equal(r.err, "");
	r = run("GLOW_PASSWORD_FILE=\"/dev/null/none\"\r", NULL);
	assert_string_equal(r.err, "glow-test: GLOW_PASSWORD_FILE: cannot read \"/dev/null/none\": Not a directory\n");
}

static bool lines_fit(const char *text, size_t columns)
{
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (n > columns)
			return false;
	}
	return true;
}

static void assert_version(const char *out)
{
	const char *open = *glow_commit ? " (" : "", *close = *glow_commit ? ")" : "";
	char want[96];

	snprintf(want, sizeof(want), "glow-test %s%s%s%s\n", GLOW_VERSION, open, glow_commit, close);
	assert_string_equal(out, want);
}

static void help_and_version(void **state)
{
	struct run r = run("GLOW_FPS=nonsense", "--help");

	(void)state;
	assert_int_equal(r.status, 0);
	assert_string_equal(r.err, "");
	for (size_t k = 0; k < program.n_options; k++)
		assert_non_null(strstr(r.out, rows[k].name));
	assert_null(strstr(r.out, "--frobnicate")); /* control */
	assert_non_null(strstr(r.out, "\nBoard:\n"));
	assert_non_null(strstr(r.out, "frames a second, -5..240 (default 60) [GLOW_FPS]"));
	assert_non_null(strstr(r.out, "[GLOW_PASSWORD_FILE]"));
	assert_true(lines_fit(r.out, 80));
	assert_false(lines_fit(r.out, 40)); /* control */
	r = run(NULL, "-V");
	assert_int_equal(r.status, 0);
	assert_version(r.out);
	r = run(NULL, "--broker=mqtt://x|-V|--frobnicate"); /* what follows a question is not read any more */
	assert_int_equal(r.status, 0);
	assert_string_equal(r.err, "");
	assert_version(r.out);
	assert_int_equal(run(NULL, "--frobnicate|-V").status, 64); /* control */
}

/* The table's rows line up: every source begins in the same column. */
static void print_config_is_aligned(void **state)
{
	struct run r = run(NULL, "--fps=3");
	size_t columns[2] = { 0 };
	static const char *const names[] = { "\nfps ", "\nbroker " }, *const sources[] = { "command", "default" };

	(void)state;
	for (int k = 0; k < 2; k++) {
		const char *line = strstr(r.out, names[k]);

		assert_non_null(line);
		columns[k] = (size_t)(strstr(line, sources[k]) - line);
	}
	assert_int_equal(columns[0], columns[1]);
	assert_true(columns[0] > sizeof("brightness-limit"));
	assert_null(strstr(r.out, "doctor ")); /* verbs have no value */
}

/* ---- commands ---- */

static void a_command_has_options(void **state)
{
	/* Whatever the order, and whatever stands before the command. */
	static const char *const lines[] = {
		"--fps=3|paint|red|blue|--param|a=1|--param=b=2",
		"paint|red|blue|--fps|3|--param|a=1|--param|b=2",
		"--param|a=1|--fps|3|--param|b=2|paint|red|blue",
		"-b|mqtt://x|--para|a=1|--param=b=2|--fps=3|paint|red|blue",
		"-r|--fps|3|--no-reverse|--param=a=1|--param=b=2|paint|red|blue",
	};

	(void)state;
	for (size_t k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
		struct run r = run_program(&program_with_commands, "GLOW_COAT=matt", lines[k]);

		assert_int_equal(r.status, 0);
		assert_non_null(strstr(r.out, "command paint, params <a=1\nb=2>\n"));
		assert_non_null(strstr(r.out, "argv <red>\nargv <blue>\n"));
		assert_true(row_says(&r, "fps", "3", "command line"));
		assert_non_null(strstr(r.out, "note <NULL>")); /* a command's options are not in the environment */
		assert_string_equal(r.err, "glow-test paint: warning: GLOW_COAT is no option of this program\n");
	}
}

static void a_command_has_arguments(void **state)
{
	struct run r = run_program(&program_with_commands, NULL, "paint");

	(void)state;
	assert_non_null(strstr(r.out, "first_arg 2, argc 2"));
	r = run_program(&program_with_commands, NULL, "paint|--|--param");
	assert_non_null(strstr(r.out, "params <NULL>"));
	assert_non_null(strstr(r.out, "argv <--param>"));
	r = run_program(&program_with_commands, NULL, "--|paint|x");
	assert_non_null(strstr(r.out, "command paint"));
	r = run_program(&program_with_commands, NULL, "wash");
	assert_int_equal(r.status, 0);
}

static void mistakes_with_commands(void **state)
{
	static const char *const cases[][2] = {
		{ NULL, "glow-test: say what to do; --help lists all commands" },
		{ "--fps=3", "glow-test: say what to do; --help lists all commands" },
		{ "pant", "glow-test: unknown command \"pant\"; did you mean paint?" },
		{ "xylophone", "glow-test: unknown command \"xylophone\"; --help lists all" },
		{ "wash|--coat=matt", "glow-test wash: --coat is an option of the command paint" },
		{ "--coat=matt|wash", "glow-test wash: --coat is an option of the command paint" },
		{ "--coat|matt", "glow-test: --coat is an option of the command paint" },
		{ "paint|--cat=matt", "glow-test paint: unknown option --cat; did you mean --coat?" },
		{ "paint|--coat=dull", "glow-test paint: --coat: must be one of matt|bright, got \"dull\"" },
		{ "wash|it", "glow-test wash: unexpected argument \"it\"; options begin with --" },
		{ "--fps=999|wash", "glow-test wash: --fps: must be -5..240, got \"999\"" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct run r = run_program(&program_with_commands, NULL, cases[k][0]);
		char line[256];

		snprintf(line, sizeof(line), "%s\n", cases[k][1]);
		assert_string_equal(r.err, line);
		assert_int_equal(r.status, 64);
	}
}

static void help_with_commands(void **state)
{
	struct run r = run_program(&program_with_commands, NULL, "--help");

	(void)state;
	assert_non_null(strstr(r.out, "\n  paint COLOR..."));
	assert_non_null(strstr(r.out, "put colour on it"));
	assert_non_null(strstr(r.out, "\nExamples:\n  glow-test wash\n"));
	assert_non_null(strstr(r.out, "[GLOW_FPS]"));
	assert_null(strstr(r.out, "--coat"));
	r = run_program(&program_with_commands, NULL, "paint|--help");
	assert_non_null(strstr(r.out, "Usage: glow-test paint [OPTION]... COLOR...\n"));
	assert_non_null(strstr(r.out, "how it shines; one of matt, bright\n"));
	assert_non_null(strstr(r.out, "\n  glow-test paint red\n  glow-test paint 'blue'\n"));
	assert_null(strstr(r.out, "--fps"));
	r = run_program(&program_with_commands, NULL, "wash|--version");
	assert_version(r.out);
}

/* Runs a shell command on a page in a file ("$1"); its output, or NULL where `tool` is missing. */
static const char *shell(const char *tool, const char *command, const char *page, char ret_out[8192])
{
	char path[] = "/tmp/glow-page-XXXXXX", line[1024];
	int fd = mkstemp(path);
	size_t n;
	FILE *in;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, page, strlen(page)), (ssize_t)strlen(page));
	close(fd);
	snprintf(line, sizeof(line), "command -v %s >/dev/null || exit 99; set -- %s; { %s; } 2>&1", tool, path,
		 command);
	in = popen(line, "r");
	assert_non_null(in);
	n = fread(ret_out, 1, 8191, in);
	ret_out[n] = '\0';
	n = (size_t)WEXITSTATUS(pclose(in));
	unlink(path);
	return n == 99 ? NULL : ret_out;
}

static char *page_of(const struct glow_program *p, const char *shell_name)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (shell_name)
		glow_config_completion(p, shell_name, out);
	else
		glow_config_man(p, out);
	fclose(out);
	return text;
}

static char *page(const char *shell_name)
{
	return page_of(&program, shell_name);
}

static void man_page(void **state)
{
	static const char command[] = "groff -man -ww -Tutf8 -Z \"$1\" >/dev/null";
	char *man = page(NULL), out[8192];
	const char *warnings = shell("groff", command, man, out);

	(void)state;
	for (size_t k = 0; k < program.n_options; k++) {
		char name[64] = "\\fB\\-\\-";

		for (const char *c = rows[k].name; *c; c++)
			snprintf(name + strlen(name), sizeof(name) - strlen(name), *c == '-' ? "\\-" : "%c", *c);
		snprintf(name + strlen(name), sizeof(name) - strlen(name), "\\fR");
		assert_non_null(strstr(man, name));
	}
	assert_null(strstr(man, "frobnicate")); /* control */
	assert_non_null(strstr(man, "[GLOW_PASSWORD_FILE]"));
	assert_non_null(strstr(man, "\n\\&.It only reads \\eits options."));
	assert_non_null(strstr(man, "\n\\&.hostile \\(aqtext\\(aq with \\efB"));
	assert_non_null(strstr(man, "\\[u2026]"));
	if (warnings) {
		assert_string_equal(warnings, "");
		assert_non_null(
			strstr(shell("groff", command, ".TH X 1\n.SH X\n.NOSUCH\n", out), "NOSUCH")); /* control */
	}
	free(man);
}

static void bash_completion(void **state)
{
	static const char all[] = "bash -c 'source $1; COMP_WORDS=(glow-test --); COMP_CWORD=1; _glow_test; "
				  "echo \" ${COMPREPLY[*]} \"' - $1";
	static const char value[] = "bash -c 'source $1; COMP_WORDS=(glow-test --board = pi); COMP_CWORD=3; "
				    "_glow_test; echo \"${COMPREPLY[*]}\"' - $1";
	static const char loose[] = "bash -c 'source $1; COMP_WORDS=(glow-test --board \"\"); COMP_CWORD=2; "
				    "_glow_test; echo \"${COMPREPLY[*]}\"' - $1";
	char *text = page("bash"), out[8192];

	(void)state;
	if (!shell("bash", all, text, out))
		skip();
	for (size_t k = 0; k < program.n_options; k++) {
		char name[64];

		snprintf(name, sizeof(name), " --%s ", rows[k].name);
		assert_non_null(strstr(out, name));
	}
	assert_non_null(strstr(out, " --no-reverse "));
	assert_non_null(strstr(out, " --help "));
	assert_null(strstr(out, " --frobnicate ")); /* control */
	assert_string_equal(shell("bash", value, text, out), "piglow\n");
	assert_string_equal(shell("bash", loose, text, out), "auto blinkt piglow\n");
	free(text);
}

static void zsh_and_fish_completion(void **state)
{
	static const char *const shells[] = { "zsh", "fish" }, *const prefixes[] = { "'--", "-l " };

	(void)state;
	for (int s = 0; s < 2; s++) {
		char *text = page(shells[s]), command[64], out[8192];
		const char *said;

		for (size_t k = 0; k < program.n_options; k++) {
			char name[64];

			snprintf(name, sizeof(name), "%s%s", prefixes[s], rows[k].name);
			assert_non_null(strstr(text, name));
		}
		snprintf(command, sizeof(command), "%s -n \"$1\"", shells[s]);
		said = shell(shells[s], command, text, out);
		if (said) {
			assert_string_equal(said, "");
			assert_string_not_equal(shell(shells[s], command, "if 'x\n", out), ""); /* control */
		}
		free(text);
	}
}

static void man_page_with_commands(void **state)
{
	char *man = page_of(&program_with_commands, NULL), out[8192];
	const char *warnings = shell("groff", "groff -man -ww -Tutf8 -Z \"$1\" >/dev/null", man, out);

	(void)state;
	assert_non_null(strstr(man, "\n.SS paint COLOR...\n"));
	assert_non_null(strstr(man, "\\fB\\-\\-coat\\fR"));
	assert_non_null(strstr(man, "\\eany colour."));
	assert_non_null(strstr(man, "glow\\-test paint \\(aqblue\\(aq"));
	assert_non_null(strstr(man, ".TP\n69\nNobody there.\n"));
	assert_null(strstr(man, "GLOW_COAT"));
	if (warnings)
		assert_string_equal(warnings, "");
	free(man);
}

static void bash_completes_commands(void **state)
{
	static const char *const cases[][2] = {
		{ "w", "wash" },
		{ "paint --co", "--coat" },
		{ "paint --coat = br", "bright" },
		{ "paint --coat br", "bright" },
		{ "wash --co", "" },
		{ "--fps 3 paint --pa", "--param --password" },
		{ "paint w", "" },
		{ "wash --bo", "--board" },
		{ "wash ro", "roof" },
		{ "wash \"\"", "roof walls" },
		{ "wash --fps 3 walls d", "dry" },
		{ "wash --fps = 3 walls --reverse d", "dry" },
		{ "wash walls ro", "" },
	};
	char *text = page_of(&program_with_commands, "bash"), out[8192];

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		char command[256], expected[64];

		snprintf(command, sizeof(command),
			 "bash -c 'source $1; COMP_WORDS=(glow-test %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
			 "_glow_test; echo $(printf \"%%s\\n\" \"${COMPREPLY[@]}\" | sort)' - $1",
			 cases[k][0]);
		if (!shell("bash", command, text, out))
			skip();
		snprintf(expected, sizeof(expected), "%s\n", cases[k][1]);
		assert_string_equal(out, expected);
	}
	free(text);
}

/* What bash completes, fish does; it also shows what each is for, and offers options behind a dash only. */
static void fish_completes_commands(void **state)
{
	static const char *const cases[][2] = {
		{ "w", "wash" },
		{ "paint --co", "--coat" },
		{ "paint --coat=br", "--coat=bright" },
		{ "paint --coat br", "bright" },
		{ "wash --co", "" },
		{ "--fps 3 pa", "paint" },
		{ "--fps 3 paint --par", "--param" },
		{ "paint w", "" },
		{ "wash ro", "roof" },
		{ "wash ", "roof walls" },
		{ "wash --fps 3 walls d", "dry" },
		{ "wash walls ro", "" },
		{ "wash walls dry d", "dry" },
		{ "wash walls k", "kind-of names kinds" },
	};
	char *text = page_of(&program_with_commands, "fish"), out[8192];

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		char command[256], expected[64];

		snprintf(command, sizeof(command),
			 "fish -c 'cd /; function glow-test; echo kind-of $argv; end; source $argv[1]; echo (complete "
			 "-C \"glow-test %s\" | cut -f1 | sort)' \"$1\"",
			 cases[k][0]);
		if (!shell("fish", command, text, out))
			skip();
		snprintf(expected, sizeof(expected), "%s\n", cases[k][1]);
		assert_string_equal(out, expected);
	}
	free(text);
}

static void other_shells_complete_commands(void **state)
{
	static const char *const shells[] = { "zsh", "fish" };

	(void)state;
	for (int s = 0; s < 2; s++) {
		char *text = page_of(&program_with_commands, shells[s]), command[64], out[8192];
		const char *said;

		assert_non_null(strstr(text, "wash"));
		assert_non_null(strstr(text, "put colour on it"));
		assert_non_null(strstr(text, "coat"));
		assert_non_null(
			strstr(text, s ? "(glow-test names kinds 2>/dev/null)" : " _glow_test_spot walls roof"));
		snprintf(command, sizeof(command), "%s -n \"$1\"", shells[s]);
		said = shell(shells[s], command, text, out);
		if (said)
			assert_string_equal(said, "");
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(precedence),
		cmocka_unit_test(booleans),
		cmocka_unit_test(choices),
		cmocka_unit_test(tidied),
		cmocka_unit_test(strings),
		cmocka_unit_test(arguments),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(secrets),
		cmocka_unit_test(secret_files),
		cmocka_unit_test(help_and_version),
		cmocka_unit_test(print_config_is_aligned),
		cmocka_unit_test(man_page),
		cmocka_unit_test(bash_completion),
		cmocka_unit_test(zsh_and_fish_completion),
		cmocka_unit_test(a_command_has_options),
		cmocka_unit_test(a_command_has_arguments),
		cmocka_unit_test(mistakes_with_commands),
		cmocka_unit_test(help_with_commands),
		cmocka_unit_test(man_page_with_commands),
		cmocka_unit_test(bash_completes_commands),
		cmocka_unit_test(fish_completes_commands),
		cmocka_unit_test(other_shells_complete_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
