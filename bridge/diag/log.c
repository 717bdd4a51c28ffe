/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One event is one write() of at most PIPE_BUF bytes, which the kernel never
 * mixes with another thread's or process's line. What came
 * from outside cannot forge a line or a JSON field: control characters and
 * broken UTF-8 are replaced on the way.
 *
 * A pipe that can be written to takes PIPE_BUF bytes at once, so asking it first is enough; other processes that
 * fill the same one in just that moment are the only ones that could make us wait. A terminal says as much while it has
 * any room at all: it is opened once more, so that we alone do not wait for it, not who shares standard error. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <glow/log.h>

#define MESSAGE_SIZE 1024
#define BURST        20
#define EVERY_MS     1000

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
	bool settles; /* at the end */
	int fd;       /* standard error, or the terminal that it is */
} log_setup = { .level = GLOW_LOG_INFO, .fd = STDERR_FILENO };

/* What the threads share. */
static struct {
	pthread_mutex_t lock;
	struct glow_log_site *limited;
	uint64_t lost; /* lines that standard error did not take */
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

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

/* Where we may not open it, a terminal that nobody reads makes us wait. */
static void open_output(void)
{
	int fd = isatty(STDERR_FILENO) ? open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;

	if (log_setup.fd != STDERR_FILENO)
		close(log_setup.fd);
	log_setup.fd = fd < 0 ? STDERR_FILENO : fd;
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
		open_output();
		if (!log_setup.settles)
			log_setup.settles = atexit(glow_log_settle) == 0;
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

static void make_line(struct line *line, enum glow_log_level level, const char *message)
{
	line->len = 0;
	if (log_setup.json)
		json_line(line, level, message);
	else
		text_line(line, level, message);
}

static bool write_line(const struct line *line)
{
	struct pollfd fd = { .fd = log_setup.fd, .events = POLLOUT };
	ssize_t n = send(fd.fd, line->text, line->len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno == ENOTSOCK && poll(&fd, 1, 0) > 0 && fd.revents & POLLOUT)
		n = write(fd.fd, line->text, line->len);
	return n >= 0;
}

/* These have the lock. True when there is nothing to tell, or it is told. */
static bool tell_lost(void)
{
	struct line line;
	char text[80];

	if (shared.lost == 0)
		return true;
	snprintf(text, sizeof(text), "%" PRIu64 " lines were lost here: standard error did not take them", shared.lost);
	make_line(&line, GLOW_LOG_WARNING, text);
	if (!write_line(&line))
		return false;
	shared.lost = 0;
	return true;
}

static void put(enum glow_log_level level, const char *message)
{
	struct line line;

	make_line(&line, level, message);
	shared.lost += !tell_lost() || !write_line(&line);
}

/* A line and what was left out before it. */
static void put_with(struct glow_log_site *site, const char *message)
{
	char text[MESSAGE_SIZE];

	if (site->left_out == 0) {
		put(site->level, message);
		return;
	}
	snprintf(text, sizeof(text), "%.900s; and %" PRIu32 " more like it", message, site->left_out);
	site->left_out = 0;
	put(site->level, text);
}

/* True when this place may say a line more. */
static bool pay(struct glow_log_site *site)
{
	struct timespec now;
	int64_t now_ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (site->paid_ms > now_ms + (BURST - 1) * EVERY_MS)
		return false;
	site->paid_ms = (site->paid_ms > now_ms ? site->paid_ms : now_ms) + EVERY_MS;
	return true;
}

static void leave_out(struct glow_log_site *site, const char *message)
{
	if (site->left_out++ == 0 && !site->last[0]) { /* for the first time */
		site->next = shared.limited;
		shared.limited = site;
	}
	snprintf(site->last, sizeof(site->last), "%.239s", message[0] ? message : " ");
}

void glow_log_at(struct glow_log_site *site, enum glow_log_level level, const char *format, ...)
{
	int saved_errno = errno;
	char message[MESSAGE_SIZE];
	va_list args;

	if (level > log_setup.level)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	pthread_mutex_lock(&shared.lock);
	site->level = level;
	if (pay(site))
		put_with(site, message);
	else
		leave_out(site, message);
	pthread_mutex_unlock(&shared.lock);
	errno = saved_errno;
}

void glow_log_settle(void)
{
	pthread_mutex_lock(&shared.lock);
	for (struct glow_log_site *site = shared.limited; site; site = site->next)
		if (site->left_out > 0) {
			site->left_out--; /* the last one is told */
			put_with(site, site->last);
		}
	tell_lost();
	pthread_mutex_unlock(&shared.lock);
}
