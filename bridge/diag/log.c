/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One event is one write() of at most PIPE_BUF bytes, which the kernel never
 * mixes with another thread's or process's line; so there is no lock. What came
 * from outside cannot forge a line or a JSON field: control characters and
 * broken UTF-8 are replaced on the way. */

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <glow/log.h>

#define MESSAGE_SIZE 1024

static const char *const level_names[] = {
	[GLOW_LOG_ERROR] = "error",
	[GLOW_LOG_WARNING] = "warning",
	[GLOW_LOG_INFO] = "info",
	[GLOW_LOG_DEBUG] = "debug",
};

/* Set once at the start, before there are threads. */
static struct {
	enum glow_log_level level;
	bool json;
	bool journal; /* standard error is read by systemd */
} log_setup = { .level = GLOW_LOG_INFO };

struct line {
	char text[PIPE_BUF];
	size_t len;
};

/* systemd.exec(5): $JOURNAL_STREAM holds device and inode of the stream, so
 * that a program whose standard error was sent elsewhere can tell. */
static bool stderr_is_journal(void)
{
	const char *text = getenv("JOURNAL_STREAM");
	char own[48];
	struct stat st;

	if (!text || fstat(STDERR_FILENO, &st) < 0)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(text, own) == 0;
}

int glow_log_setup(const char *level, const char *format)
{
	bool json = strcmp(format, "json") == 0;

	if (!json && strcmp(format, "text") != 0)
		return -EINVAL;
	for (size_t k = 0; k < sizeof(level_names) / sizeof(level_names[0]); k++) {
		if (strcmp(level, level_names[k]) != 0)
			continue;
		log_setup.level = (enum glow_log_level)k;
		log_setup.json = json;
		log_setup.journal = stderr_is_journal();
		return 0;
	}
	return -EINVAL;
}

/* Bytes of the well-formed UTF-8 character at `s`, 0 if there is none (Unicode, table 3-7). */
static size_t utf8_length(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0; /* not shorter in two bytes */
	else if (s[0] == 0xed)
		high = 0x9f; /* no surrogates */
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f; /* at most U+10FFFF */
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t k = 2; k < n; k++)
		if (s[k] < 0x80 || s[k] > 0xbf)
			return 0;
	return n;
}

/* The character at `s` as it may appear in a line; returns how many bytes of `s` it was. */
static size_t character_make(const unsigned char *s, bool json, char ret_text[8])
{
	size_t n = utf8_length(s);

	if (n == 0)
		memcpy(ret_text, "\xef\xbf\xbd", 4); /* U+FFFD */
	else if (json && (*s == '"' || *s == '\\'))
		snprintf(ret_text, 8, "\\%c", *s);
	else if (*s < ' ' || *s == 0x7f)
		snprintf(ret_text, 8, json ? "\\u%04x" : "?", *s);
	else
		snprintf(ret_text, 8, "%.*s", (int)n, (const char *)s);
	return n ? n : 1;
}

/* Appends what fits before the last `reserve` bytes, whole characters only. */
static void line_append(struct line *line, const char *text, bool json, size_t reserve)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		char c[8];
		size_t n = character_make(s, json, c);

		if (line->len + strlen(c) + reserve > sizeof(line->text))
			return;
		memcpy(line->text + line->len, c, strlen(c));
		line->len += strlen(c);
		s += n;
	}
}

/* What we write ourselves; it always fits. */
__attribute__((format(printf, 2, 3))) static void line_print(struct line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line->len += (size_t)vsnprintf(line->text + line->len, sizeof(line->text) - line->len, format, args);
	va_end(args);
}

static void text_line(struct line *line, enum glow_log_level level, const char *message)
{
	static const char priorities[] = "3467"; /* LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG */

	if (log_setup.journal)
		line_print(line, "<%c>", priorities[level]);
	line_print(line, "%s: ", level_names[level]);
	line_append(line, message, false, 1);
	line->text[line->len++] = '\n';
}

static void json_line(struct line *line, enum glow_log_level level, const char *message)
{
	static const char end[] = "\"}\n";
	struct timespec now;
	struct tm tm;
	char date[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	line_print(line, "{\"t\":\"%s.%03ldZ\",\"level\":\"%s\",\"message\":\"", date, now.tv_nsec / 1000000,
		   level_names[level]);
	line_append(line, message, true, sizeof(end) - 1);
	memcpy(line->text + line->len, end, sizeof(end) - 1);
	line->len += sizeof(end) - 1;
}

void glow_log(enum glow_log_level level, const char *format, ...)
{
	int saved_errno = errno;
	char message[MESSAGE_SIZE];
	struct line line = { .len = 0 };
	va_list args;

	if (level > log_setup.level)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (log_setup.json)
		json_line(&line, level, message);
	else
		text_line(&line, level, message);
	if (write(STDERR_FILENO, line.text, line.len) < 0) {
		/* Nobody is left to tell. */
	}
	errno = saved_errno;
}
