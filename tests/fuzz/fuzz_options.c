/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Command line, environment and files: a value within its bounds, or one line that names the mistake and nothing
 * secret. The input is lines, each a word of the command line, or with a '$' before it a variable ("$GLOW_FPS=60"),
 * or with a '<' a line of the file that GLOW_PASSWORD_FILE names. */

#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include <glow/config.h>
#include <glow/names.h>
#include <glow/options.h>

#include "fuzz.h"

#define WORDS_MAX 24
#define SECRET    "geheim" /* as the corpus writes its passwords; anywhere else it is none */

struct options {
	struct glow_common_options common;
	char *node, *groups, *order, *gap, *idle, *discovery, *zone, *params, *lost;
	int64_t fps, offset;
	bool reverse;
};

#define GLOW_OPTIONS struct options

static const struct glow_option rows[] = {
	GLOW_BROKER_ROWS,
	GLOW_ROW_READ("discovery", "homeassistant", "TOPIC", "Broker", discovery, glow_names_read_discovery, "prefix"),
	GLOW_ROW_READ("node", NULL, "ID", "Node", node, glow_names_read_node, "id"),
	GLOW_ROW_READ("groups", "", "ID,ID", "Node", groups, glow_names_read_groups, "groups"),
	GLOW_ROW_READ("order", "", "ID,ID", "Strip", order, glow_names_read_order, "order"),
	GLOW_ROW_READ("gap", "", "ID=N", "Strip", gap, glow_names_read_gap, "gaps"),
	GLOW_ROW_READ("idle", "off", "WORDS", "Show", idle, glow_names_read_idle, "idle"),
	GLOW_ROW_READ("time-zone", NULL, "ZONE", "Show", zone, glow_names_read_zone, "zone"),
	GLOW_ROW_LIST("param", "NAME=VALUE", "Show", params, "a parameter"),
	GLOW_ROW_INT("fps", "60", 1, 240, "N", "Show", fps, "frames a second"),
	GLOW_ROW_INT("time-offset-ms", "0", -10000, 10000, "MS", "Show", offset, "later"),
	GLOW_ROW_CHOICE("lost-indicator", "off", "off|pixel", "Show", lost, "what a lost broker shows"),
	GLOW_ROW_SWITCH("reverse", "no", "Show", reverse, "mounted the other way round"),
	GLOW_LOG_ROWS("info"),
	GLOW_ROW_VERB("check-config", "check only"),
	GLOW_ROW_VERB("print-config", "every value"),
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct glow_program program = {
	.name = "fuzzed", .summary = "s", .doc = "d", .options = rows, .n_options = N_ROWS
};

static char *words[WORDS_MAX + 1], *variables[WORDS_MAX + 2];
static int n_words, n_variables, secret_fd;
static bool secret_shown;

/* Whether it stands where only a password does. */
static bool is_secret(const char *line)
{
	return line[0] == '<' || strncmp(line, "$GLOW_PASSWORD=", 15) == 0 || strncmp(line, "--password=", 11) == 0 ||
	       strcmp(words[n_words - 1], "--password") == 0;
}

static void take(const char *line, size_t len)
{
	secret_shown = secret_shown || (strstr(line, SECRET) && !is_secret(line));
	if (line[0] == '$' && n_variables < WORDS_MAX && strncmp(line, "$GLOW_PASSWORD_FILE", 19) != 0)
		variables[n_variables++] = strdup(line + 1);
	else if (line[0] == '<')
		(void)!write(secret_fd, line + 1, len - 1);
	else if (line[0] != '$' && n_words < WORDS_MAX)
		words[n_words++] = strdup(line);
}

/* ---- what must hold ---- */

static void check_string(const struct glow_option *o, const char *value)
{
	CHECK(!o->def || value);
	CHECK(!value || strlen(value) <= (o->max ? (size_t)o->max : 4096) || o->type == GLOW_OPT_LIST);
	if (o->type == GLOW_OPT_CHOICE)
		CHECK(strstr(o->choices, value));
}

static void check_values(const struct options *o)
{
	for (size_t k = 0; k < N_ROWS; k++) {
		const void *slot = (const char *)o + rows[k].offset;

		if (rows[k].type == GLOW_OPT_INT)
			CHECK(*(const int64_t *)slot >= rows[k].min && *(const int64_t *)slot <= rows[k].max);
		else if (rows[k].type != GLOW_OPT_BOOL && rows[k].type != GLOW_OPT_VERB)
			check_string(&rows[k], *(char *const *)slot);
	}
	CHECK(glow_prefix_valid(o->common.prefix) && glow_mqtt_uri_valid(o->common.broker));
	CHECK(!o->node || !*o->node || glow_id_valid(o->node));
}

/* What is read is read the same when it is given again. */
static void check_again_as_given(const struct options *o)
{
	struct options second = { .fps = 0 };
	struct glow_config config;
	char broker[5000], idle[5000];
	char *again[] = { words[0], broker, idle, NULL };
	int status;

	snprintf(broker, sizeof(broker), "--broker=%s", o->common.broker);
	snprintf(idle, sizeof(idle), "--idle=%s", o->idle);
	CHECK(glow_config_read(&config, &program, &second, 3, again, &status));
	CHECK(strcmp(second.common.broker, o->common.broker) == 0 && strcmp(second.idle, o->idle) == 0);
	glow_config_free(&config);
}

/* Lines that begin with the program's name, without a control character or a secret; the last is the mistake. */
static void check_said(const char *said, size_t len, bool mistake)
{
	CHECK(!mistake || len > 0);
	CHECK(strlen(said) == len && (len == 0 || said[len - 1] == '\n'));
	CHECK(secret_shown || !strstr(said, SECRET));
	for (const char *line = said; *line; line += strcspn(line, "\n") + 1) {
		CHECK(strncmp(line, "fuzzed: ", 8) == 0);
		for (const char *c = line; *c != '\n'; c++)
			CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
	}
}

/* ---- one reading, with what it says kept ---- */

static void read_once(void)
{
	struct options options = { .fps = 0 };
	struct glow_config config;
	FILE *out = stdout, *err = stderr;
	char *shown, *said;
	size_t n_shown, n_said;
	int status = -1;
	bool good;

	stdout = open_memstream(&shown, &n_shown);
	stderr = open_memstream(&said, &n_said);
	good = glow_config_read(&config, &program, &options, n_words, words, &status);
	if (good)
		glow_config_print(&config, stdout);
	fclose(stdout);
	fclose(stderr);
	stdout = out;
	stderr = err;
	CHECK(good || status == 0 || status == EX_USAGE || status == EX_CONFIG);
	CHECK(secret_shown || !strstr(shown, SECRET));
	check_said(said, n_said, !good && status != 0);
	free(shown);
	free(said);
	if (!good)
		return;
	check_values(&options);
	environ = variables + WORDS_MAX + 1; /* nothing */
	check_again_as_given(&options);
	glow_config_free(&config);
}

void fuzz_options(const uint8_t *data, size_t size)
{
	char **own = environ, file[64];

	memset(words, 0, sizeof(words));
	memset(variables, 0, sizeof(variables));
	n_words = n_variables = 0;
	secret_shown = false;
	words[n_words++] = strdup("fuzzed");
	secret_fd = memfd_create("secret", MFD_CLOEXEC);
	fuzz_lines(data, size, 200, take);
	if (lseek(secret_fd, 0, SEEK_CUR) > 0) {
		snprintf(file, sizeof(file), "GLOW_PASSWORD_FILE=/proc/self/fd/%d", secret_fd);
		variables[n_variables++] = strdup(file);
	}
	environ = variables;
	read_once();
	environ = own;
	close(secret_fd);
	for (int k = 0; k < n_words; k++)
		free(words[k]);
	for (int k = 0; k < n_variables; k++)
		free(variables[k]);
}
