/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* An abstract socket needs no directory, no rights and no cleaning up, works in
 * a read-only container, and ends with its process; that it is bound is also
 * what keeps a second bridge of the same name off this machine. */

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/health.h>

#define ASK_TIMEOUT_MS 2000

/* The length of the address. The name is not terminated: its length is part of the address. */
static socklen_t address_make(enum glow_health_of of, const char *id, struct sockaddr_un *ret_address)
{
	static const char *const kinds[] = { "", "conductor-", "tasks-" };
	char *name = ret_address->sun_path + 1;

	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(name, sizeof(ret_address->sun_path) - 1, "glow-%s%.80s", kinds[of], id);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static int socket_open(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int glow_health_listen(enum glow_health_of of, const char *id)
{
	struct sockaddr_un address;
	socklen_t len = address_make(of, id, &address);
	int fd = socket_open(), r;

	if (fd < 0)
		return fd;
	if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 4) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

void glow_health_answer(int fd, bool healthy, const char *reason)
{
	char text[200];
	int asker = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (asker < 0)
		return;
	snprintf(text, sizeof(text), "%.*s\n", (int)sizeof(text) - 2, healthy ? "ok" : reason);
	(void)send(asker, text, strlen(text), MSG_NOSIGNAL); /* an asker that left got what it wanted */
	close(asker);
}

/* Reads until the other side closes. The length, or a negative errno; -ETIMEDOUT after two seconds in all. */
static int answer_read(int fd, char *ret_text, size_t size)
{
	int64_t end_ns = glow_mono_now().ns + ASK_TIMEOUT_MS * INT64_C(1000000);
	size_t len = 0;

	while (len < size - 1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left_ms = (end_ns - glow_mono_now().ns) / 1000000;
		ssize_t n;

		if (left_ms <= 0 || poll(&p, 1, (int)left_ms) == 0)
			return -ETIMEDOUT;
		n = read(fd, ret_text + len, size - 1 - len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n == 0)
			break;
		if (n > 0)
			len += (size_t)n;
	}
	ret_text[len] = '\0';
	return (int)len;
}

/* The answer without its newline, or in its place why there is none. */
static void answer_ask(enum glow_health_of of, const char *id, char *ret_text, size_t size)
{
	struct sockaddr_un address;
	socklen_t len = address_make(of, id, &address);
	int fd = socket_open(), r;

	if (fd < 0) {
		snprintf(ret_text, size, "cannot ask: %s", strerror(-fd));
		return;
	}
	if (connect(fd, (struct sockaddr *)&address, len) < 0)
		snprintf(ret_text, size,
			 errno == ECONNREFUSED ? "not running here (nobody listens at @%s)" : "does not answer at @%s",
			 address.sun_path + 1);
	else if ((r = answer_read(fd, ret_text, size)) < 0)
		snprintf(ret_text, size, r == -ETIMEDOUT ? "no answer within two seconds" : "the answer broke off");
	else if (r == 0)
		snprintf(ret_text, size, "an empty answer");
	ret_text[strcspn(ret_text, "\n")] = '\0';
	close(fd);
}

int glow_health_ask(enum glow_health_of of, const char *id)
{
	char text[256];

	answer_ask(of, id, text, sizeof(text));
	if (strcmp(text, "ok") == 0)
		return 0;
	puts(text);
	return 1;
}
