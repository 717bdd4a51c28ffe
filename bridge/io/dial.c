/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* A name may have an address that is of no use: an IPv6 one in a network that
 * only speaks IPv4, one that DNS still knows, one behind a cable that is out.
 * Refusal is quick, so the next address follows at once; silence is not, so
 * after a moment the next is tried beside it, and the first to answer is taken. */

#include "dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <glow/clock.h>

#define STAGGER_MS 250

struct attempt {
	struct glow_peer peer;
	int fd;    /* -1 before and after */
	int error; /* why it came to nothing; 0 while that is open */
};

static void begin(struct attempt *a)
{
	a->fd = socket(a->peer.at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->fd >= 0 && (connect(a->fd, (struct sockaddr *)&a->peer.at, a->peer.size) == 0 || errno == EINPROGRESS))
		return;
	a->error = errno;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* What became of an attempt whose descriptor has news: true for a connection. */
static bool settle(struct attempt *a)
{
	socklen_t size = sizeof(a->error);

	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &a->error, &size) < 0)
		a->error = errno;
	if (a->error == 0)
		return true;
	close(a->fd);
	a->fd = -1;
	return false;
}

/* Of the first `n` the one that is connected, -1 for none within that time; returns early when one fails. */
static int wait_some(struct attempt *attempts, struct pollfd *fds, size_t n, int64_t until_ms)
{
	int64_t left_ms = until_ms - glow_mono_ms();

	for (size_t k = 0; k < n; k++)
		fds[k] = (struct pollfd){ .fd = attempts[k].fd, .events = POLLOUT };
	if (poll(fds, n, left_ms > 0 ? (int)left_ms : 0) <= 0)
		return -1;
	for (size_t k = 0; k < n; k++)
		if (fds[k].revents && settle(&attempts[k]))
			return (int)k;
	return -1;
}

static bool is_any_open(const struct attempt *attempts, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (attempts[k].fd >= 0)
			return true;
	return false;
}

/* The index of the attempt that won, or -1. */
static int race(struct attempt *attempts, struct pollfd *fds, size_t n, unsigned timeout_ms)
{
	/* However many there are, the last is begun by half-time. */
	unsigned stagger_ms = timeout_ms / 2 / (unsigned)n < STAGGER_MS ? timeout_ms / 2 / (unsigned)n : STAGGER_MS;
	int64_t end_ms = glow_mono_ms() + timeout_ms, next_ms = 0;
	size_t begun = 0;

	while (glow_mono_ms() < end_ms) {
		int won;

		if (begun < n && (glow_mono_ms() >= next_ms || !is_any_open(attempts, begun))) {
			begin(&attempts[begun++]);
			next_ms = glow_mono_ms() + stagger_ms;
		}
		if (begun == n && !is_any_open(attempts, n))
			return -1;
		won = wait_some(attempts, fds, begun, begun < n ? next_ms : end_ms);
		if (won >= 0)
			return won;
		if (!is_any_open(attempts, begun))
			next_ms = 0;
	}
	return -1;
}

static void hang_up(struct attempt *attempts, size_t n, int winner)
{
	for (size_t k = 0; k < n; k++)
		if ((int)k != winner && attempts[k].fd >= 0) {
			attempts[k].error = ETIMEDOUT;
			close(attempts[k].fd);
			attempts[k].fd = -1;
		}
}

/* "cannot reach b.example:1883: 192.0.2.1: No route to host; 2001:db8::1: Connection refused" */
static void explain(const struct attempt *attempts, size_t n, const char *where, char *why, size_t size)
{
	size_t len;

	snprintf(why, size, "cannot reach %.120s", where);
	for (size_t k = 0; k < n; k++) {
		char part[160];

		if (n == 1 && strstr(where, attempts[k].peer.text))
			snprintf(part, sizeof(part), ": %s", strerror(attempts[k].error));
		else
			snprintf(part, sizeof(part), "%s %s: %s", k ? ";" : ":", attempts[k].peer.text,
				 strerror(attempts[k].error));
		len = strlen(why);
		if (len + strlen(part) + sizeof("; and 99 more") > size) {
			snprintf(why + len, size - len, "; and %zu more", n - k);
			return;
		}
		memcpy(why + len, part, strlen(part) + 1);
	}
}

/* Names ending in .local are asked of the hosts around by mDNS, which takes a
 * package of its own on Debian, and which no container has. */
static bool is_mdns_name(const char *host)
{
	size_t length = strlen(host);

	if (length > 0 && host[length - 1] == '.')
		length--;
	return length > 6 && strncasecmp(host + length - 6, ".local", 6) == 0;
}

static void explain_name(const char *host, int error, char *why, size_t size)
{
	if (is_mdns_name(host))
		snprintf(why, size,
			 "host %.80s not found: .local takes mDNS (libnss-mdns), which containers lack:"
			 " give the address, or docker's --add-host",
			 host);
	else if (strchr(host, '%') && error == EAI_NONAME)
		snprintf(why, size, "host %.80s not found: is there an interface %.40s here?", host,
			 strchr(host, '%') + 1);
	else
		snprintf(why, size, "host %.80s not found: %s", host, gai_strerror(error));
}

static void fill(struct glow_peer *peer, const struct addrinfo *from)
{
	memcpy(&peer->at, from->ai_addr, from->ai_addrlen);
	peer->size = from->ai_addrlen;
	if (getnameinfo(from->ai_addr, from->ai_addrlen, peer->text, sizeof(peer->text), NULL, 0, NI_NUMERICHOST))
		snprintf(peer->text, sizeof(peer->text), "an address of family %d", from->ai_family);
}

static bool is_same(const struct glow_peer *a, const struct glow_peer *b)
{
	return a->size > 0 && a->size == b->size && memcmp(&a->at, &b->at, a->size) == 0;
}

/* All but `last` in the resolver's order, then `last` if it is among them. */
static size_t order(struct attempt *attempts, const struct addrinfo *addresses, const struct glow_peer *last)
{
	bool has_last = false;
	size_t n = 0;

	for (const struct addrinfo *at = addresses; at; at = at->ai_next) {
		attempts[n] = (struct attempt){ .fd = -1 };
		fill(&attempts[n].peer, at);
		if (is_same(&attempts[n].peer, last))
			has_last = true;
		else
			n++;
	}
	if (has_last)
		attempts[n++] = (struct attempt){ .peer = *last, .fd = -1 };
	return n;
}

static int dial_all(const struct addrinfo *addresses, unsigned timeout_ms, const struct glow_peer *last,
		    const char *where, struct glow_peer *ret_peer, char *why, size_t size)
{
	struct attempt *attempts;
	struct pollfd *fds;
	size_t n = 0;
	int won = -1, fd = -EHOSTUNREACH;

	for (const struct addrinfo *at = addresses; at; at = at->ai_next)
		n++;
	attempts = calloc(n + 1, sizeof(*attempts));
	fds = calloc(n + 1, sizeof(*fds));
	snprintf(why, size, "out of memory");
	if (attempts && fds) {
		n = order(attempts, addresses, last);
		won = race(attempts, fds, n, timeout_ms);
		hang_up(attempts, n, won);
		if (won < 0)
			explain(attempts, n, where, why, size);
	}
	if (won >= 0) {
		*ret_peer = attempts[won].peer;
		fd = attempts[won].fd;
	}
	free(attempts);
	free(fds);
	return fd;
}

int glow_dial(const char *host, uint16_t port, unsigned timeout_ms, const struct glow_peer *last, const char *where,
	      struct glow_peer *ret_peer, char *why, size_t size)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses;
	char service[8];
	int r;

	snprintf(service, sizeof(service), "%u", port);
	r = getaddrinfo(host, service, &hints, &addresses);
	if (r) {
		explain_name(host, r, why, size);
		return -ENXIO;
	}
	r = dial_all(addresses, timeout_ms, last, where, ret_peer, why, size);
	freeaddrinfo(addresses);
	return r;
}

int glow_dial_peer(const struct glow_peer *peer, unsigned timeout_ms)
{
	struct attempt attempt = { .peer = *peer, .fd = -1 };
	struct pollfd fd;

	if (race(&attempt, &fd, 1, timeout_ms) >= 0)
		return attempt.fd;
	hang_up(&attempt, 1, -1);
	return -attempt.error;
}
