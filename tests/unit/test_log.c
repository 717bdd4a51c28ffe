/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The log's lines, read from a socket that keeps writes apart, so that a line
 * in two writes would be seen. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/log.h>

static int stderr_before, reader;

static int redirect(void **state)
{
	int pair[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	stderr_before = dup(STDERR_FILENO);
	dup2(pair[1], STDERR_FILENO);
	close(pair[1]);
	reader = pair[0];
	unsetenv("JOURNAL_STREAM");
	return 0;
}

static int restore(void **state)
{
	(void)state;
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	close(reader);
	return 0;
}

/* The next write, "" if there is none. */
static const char *next(void)
{
	static char text[2 * PIPE_BUF];
	ssize_t n = recv(reader, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void setup_words(void **state)
{
	(void)state;
	assert_int_equal(glow_log_setup("info", "text"), 0);
	assert_int_equal(glow_log_setup("verbose", "text"), -EINVAL);
	assert_int_equal(glow_log_setup("info", "xml"), -EINVAL);
	assert_int_equal(glow_log_setup("debug", "xml"), -EINVAL);
	glow_debug("still info"); /* a refused setup changes nothing */
	assert_string_equal(next(), "");
}

static void levels(void **state)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

	(void)state;
	for (int set = 0; set < 4; set++) {
		assert_int_equal(glow_log_setup(names[set], "text"), 0);
		for (int k = 0; k < 4; k++) {
			char expected[32] = "";

			glow_log((enum glow_log_level)k, "number %d", k);
			if (k <= set)
				snprintf(expected, sizeof(expected), "%s: number %d\n", names[k], k);
			assert_string_equal(next(), expected);
		}
	}
}

static void text_is_one_line(void **state)
{
	(void)state;
	glow_log_setup("info", "text");
	glow_info("a\nerror: forged\x1b[2J\x7f \xff\xc3\xa4");
	assert_string_equal(next(), "info: a?error: forged?[2J? \xef\xbf\xbd\xc3\xa4\n");
	assert_string_equal(next(), "");
	errno = ENOENT;
	glow_info("errno survives");
	assert_int_equal(errno, ENOENT);
	next();
}

/* "2025-07-15T12:00:00.123Z" */
static bool is_date(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";

	for (size_t k = 0; form[k]; k++)
		if (form[k] == 'd' ? text[k] < '0' || text[k] > '9' : text[k] != form[k])
			return false;
	return true;
}

static void json(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "q\" b\\ /", "q\\\" b\\\\ /" },
		{ "\x01\t\n\x1f\x7f", "\\u0001\\u0009\\u000a\\u001f\\u007f" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },                                 /* overlong */
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },                 /* surrogate */
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* beyond U+10FFFF */
		{ "x\xe2\x82", "x\xef\xbf\xbd\xef\xbf\xbd" },                               /* cut */
	};

	(void)state;
	glow_log_setup("info", "json");
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		char expected[256];
		const char *line;

		glow_warning("%s", cases[k].in);
		line = next();
		assert_int_equal(strncmp(line, "{\"t\":\"", 6), 0);
		assert_true(is_date(line + 6));
		assert_false(is_date(line + 5)); /* control */
		snprintf(expected, sizeof(expected), "\",\"level\":\"warning\",\"message\":\"%s\"}\n", cases[k].out);
		assert_string_equal(line + 6 + 24, expected);
		assert_string_not_equal(line + 6 + 23, expected); /* control */
	}
}

/* The longest line: every byte becomes six. It ends as it should, and fits one atomic write to a pipe. */
static void long_lines(void **state)
{
	static char long_text[3000];
	const char *line;

	(void)state;
	glow_log_setup("info", "json");
	memset(long_text, 1, sizeof(long_text) - 1);
	glow_info("%s", long_text);
	line = next();
	assert_true(strlen(line) <= PIPE_BUF && strlen(line) > PIPE_BUF - 6);
	assert_string_equal(line + strlen(line) - 9, "\\u0001\"}\n");
	assert_string_equal(next(), "");
	glow_log_setup("info", "text");
	glow_info("%s", long_text);
	line = next();
	assert_int_equal(line[strlen(line) - 1], '\n');
	assert_true(strlen(line) > 1000);
}

static void journal_prefix(void **state)
{
	char stream[64];
	struct stat st;

	(void)state;
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	glow_log_setup("debug", "text");
	glow_error("e");
	assert_string_equal(next(), "<3>error: e\n");
	glow_warning("w");
	assert_string_equal(next(), "<4>warning: w\n");
	glow_info("i");
	assert_string_equal(next(), "<6>info: i\n");
	glow_debug("d");
	assert_string_equal(next(), "<7>debug: d\n");
	glow_log_setup("debug", "json");
	glow_info("i");
	assert_int_equal(next()[0], '{');
	setenv("JOURNAL_STREAM", "1:2", 1); /* control: inherited, but standard error goes elsewhere */
	glow_log_setup("debug", "text");
	glow_info("i");
	assert_string_equal(next(), "info: i\n");
}

static void flood(unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		glow_warning("bad command %u", k);
}

/* What all lines read say that there was. */
static unsigned told(unsigned *ret_lines)
{
	unsigned sum = 0, more;
	const char *line, *and;

	for (*ret_lines = 0; (line = next())[0]; ++*ret_lines) {
		and = strstr(line, "; and ");
		more = 0;
		assert_true(!and || sscanf(and, "; and %u more like it", &more) == 1);
		sum += strncmp(line, "warning: bad command ", 21) == 0 ? 1 + more : 0;
	}
	return sum;
}

/* A flood takes few lines, and none of it is left untold; others are told as ever. */
/* promise: log-waits-for-nobody */
static void flood_is_summed_up(void **state)
{
	unsigned lines, sum;

	(void)state;
	glow_log_setup("info", "text");
	flood(10);
	assert_int_equal(told(&lines), 10);
	assert_int_equal(lines, 10); /* the control: few are told one by one */
	flood(10000);
	glow_info("something else");
	sum = told(&lines);
	assert_in_range(lines, 10, 100);
	assert_string_equal(next(), "");
	glow_log_settle();
	sum += told(&lines);
	assert_int_equal(lines, 1);
	assert_int_equal(sum, 10000);
	glow_log_settle();
	assert_string_equal(next(), ""); /* once */
}

/* Nobody reads: not one call waits, and what was lost is told afterwards. */
/* promise: log-waits-for-nobody */
static void unread(void **state)
{
	static char long_text[900];
	int fds[2], lines = 0, lost = 0, before = dup(STDERR_FILENO);
	char line[2048];
	FILE *in;

	(void)state;
	glow_log_setup("info", "text");
	memset(long_text, 'x', sizeof(long_text) - 1);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	for (int k = 0; k < 400; k++) { /* more than the 64 KiB of a pipe; each from a place of its own */
		struct glow_log_site site = { .paid_ms = 0 };

		glow_log_at(&site, GLOW_LOG_INFO, "%s", long_text);
	}
	in = fdopen(fds[0], "r");
	for (int k = 0; k < 50; k++) /* as if the reader had woken up */
		lines += fgets(line, sizeof(line), in) && line[0] == 'i';
	glow_info("read again");
	dup2(before, STDERR_FILENO); /* ends the pipe */
	close(fds[1]);
	while (fgets(line, sizeof(line), in)) {
		lines += line[0] == 'i';
		sscanf(line, "warning: %d lines were lost here", &lost);
	}
	fclose(in);
	close(before);
	assert_true(lost > 0);
	assert_string_equal(line, "info: read again\n");
	assert_int_equal(lines + lost, 401);
}

/* What a terminal's other end says within a moment is added to `text`. */
static void read_terminal(int fd, char *text, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t len = strlen(text);
	ssize_t n = poll(&ready, 1, 20) > 0 ? read(fd, text + len, size - len - 1) : 0;

	text[len + (n > 0 ? (size_t)n : 0)] = '\0';
}

/* A terminal with some room left says that it can be written to. */
/* promise: log-waits-for-nobody */
static void unread_terminal(void **state)
{
	static char long_text[900], got[1 << 20];
	int before = dup(STDERR_FILENO), master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), slave;
	const int calls = 400;

	(void)state;
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	dup2(slave, STDERR_FILENO);
	glow_log_setup("info", "text");
	memset(long_text, 'x', sizeof(long_text) - 1);
	for (int k = 0; k < calls; k++) {
		struct glow_log_site site = { .paid_ms = 0 };

		glow_log_at(&site, GLOW_LOG_INFO, "%s", long_text);
	}
	assert_int_equal(fcntl(slave, F_GETFL) & O_NONBLOCK, 0); /* who shares it still waits */
	for (int k = 0; k < 500 && !strstr(got, "lines were lost here: standard error did not take them"); k++) {
		read_terminal(master, got, sizeof(got));
		glow_log_settle();
	}
	dup2(before, STDERR_FILENO);
	glow_log_setup("info", "text"); /* lets go of the terminal */
	close(before);
	close(slave);
	close(master);
	assert_non_null(strstr(got, "info: xxx"));
	assert_non_null(strstr(got, "lines were lost here: standard error did not take them"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(setup_words, redirect, restore),
		cmocka_unit_test_setup_teardown(levels, redirect, restore),
		cmocka_unit_test_setup_teardown(text_is_one_line, redirect, restore),
		cmocka_unit_test_setup_teardown(json, redirect, restore),
		cmocka_unit_test_setup_teardown(long_lines, redirect, restore),
		cmocka_unit_test_setup_teardown(journal_prefix, redirect, restore),
		cmocka_unit_test_setup_teardown(flood_is_summed_up, redirect, restore),
		cmocka_unit_test_setup_teardown(unread, redirect, restore),
		cmocka_unit_test_setup_teardown(unread_terminal, redirect, restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
