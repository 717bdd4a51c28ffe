/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A library that serves HTTP can do a great deal more than answer one question, and each of these things is open to
 * whoever reaches the port. What a scraper needs is a request line and an end of the request; the rest is counted in
 * bytes and thrown away. A guest reads after its answer until the other side closes, since closing with something
 * unread would reset the connection and might take the answer with it. */

#include <errno.h>
#include <netdb.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glow/scrape.h>

#include "scrape_request.h"

#define GUEST_NS INT64_C(10000000000) /* as long as a scrape may take by Prometheus' own default */
#define DOOR_NS  INT64_C(10000000)
#define WASTE    65536 /* bytes that one may send after its request, which nobody reads */
enum { BACKLOG = 128, DOOR = GLOW_SCRAPE_GUESTS };

enum phase { GONE, ASKING, TOLD, LEAVING };

struct guest {
	enum phase phase;
	int fd;
	struct glow_mono since;
	bool more;        /* of the text, beyond what is in `bytes` */
	size_t len, sent; /* of `bytes`: the request, then what is sent */
	size_t waste;
	alignas(max_align_t) char place[GLOW_SCRAPE_PLACE];
	char bytes[GLOW_SCRAPE_PIECE];
};

struct glow_scrape {
	int fd, epoll;
	struct glow_scrape_text text;
	struct glow_mono door; /* when the next one is let in; GLOW_NEVER: as soon as one is there */
	struct guest guests[GLOW_SCRAPE_GUESTS];
};

/* ---- answers ---- */

struct answer {
	const char *status, *more_head, *line;
};

static const struct answer answers[GLOW_SCRAPE_WISHES] = {
	[GLOW_SCRAPE_TEXT] = { "200 OK", "", NULL },
	[GLOW_SCRAPE_BARE] = { "200 OK", "", "" },
	[GLOW_SCRAPE_UNREAD] = { "400 Bad Request", "", "this is no request of HTTP/1.0 or 1.1\n" },
	[GLOW_SCRAPE_ELSEWHERE] = { "404 Not Found", "", "there is nothing but /metrics here\n" },
	[GLOW_SCRAPE_OTHERWISE] = { "405 Method Not Allowed", "Allow: GET, HEAD\r\n", "only GET and HEAD here\n" },
	[GLOW_SCRAPE_TOO_LONG] = { "431 Request Header Fields Too Large", "", "a request has 4096 bytes at most\n" },
};

/* ---- guests ---- */

static void watch(struct glow_scrape *s, struct guest *g, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.u32 = (uint32_t)(g - s->guests) };

	epoll_ctl(s->epoll, EPOLL_CTL_MOD, g->fd, &event);
}

static void leave(struct guest *g)
{
	close(g->fd);
	g->phase = GONE;
}

/* The other side sees that it has not got all. */
static void throw_out(struct guest *g)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(g->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	leave(g);
}

static void tell(struct glow_scrape *s, struct guest *g, enum glow_scrape_wish wish)
{
	const struct answer *answer = &answers[wish];
	int n = snprintf(g->bytes, sizeof(g->bytes),
			 "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
			 "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n%s\r\n%s",
			 answer->status, answer->more_head, answer->line ? answer->line : "");

	g->phase = TOLD;
	g->len = (size_t)n;
	g->sent = 0;
	g->more = !answer->line;
	watch(s, g, EPOLLOUT);
}

static void hear(struct glow_scrape *s, struct guest *g)
{
	ssize_t n = recv(g->fd, g->bytes + g->len, GLOW_SCRAPE_HEAD - g->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		leave(g);
		return;
	}
	g->len += (size_t)n;
	if (glow_scrape_request_len(g->bytes, g->len))
		tell(s, g, glow_scrape_request_read(g->bytes, g->len));
	else if (g->len == GLOW_SCRAPE_HEAD)
		tell(s, g, GLOW_SCRAPE_TOO_LONG);
}

static void send_piece(struct glow_scrape *s, struct guest *g)
{
	ssize_t n;

	if (g->sent == g->len && g->more) {
		g->sent = 0;
		g->len = s->text.next(s->text.ctx, g->place, g->bytes, sizeof(g->bytes));
		g->more = g->len > 0;
	}
	if (g->sent == g->len) {
		shutdown(g->fd, SHUT_WR);
		g->phase = LEAVING;
		watch(s, g, EPOLLIN);
		return;
	}
	n = send(g->fd, g->bytes + g->sent, g->len - g->sent, MSG_NOSIGNAL);
	if (n >= 0)
		g->sent += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		leave(g);
}

static void see_off(struct guest *g)
{
	ssize_t n = recv(g->fd, g->bytes, sizeof(g->bytes), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	g->waste += n > 0 ? (size_t)n : 0;
	if (n <= 0)
		leave(g);
	else if (g->waste > WASTE)
		throw_out(g);
}

static void serve(struct glow_scrape *s, struct guest *g)
{
	switch (g->phase) {
	case ASKING:
		hear(s, g);
		break;
	case TOLD:
		send_piece(s, g);
		break;
	case LEAVING:
		see_off(g);
		break;
	case GONE:
		break;
	}
}

/* ---- the door ---- */

/* A free place; where there is none, that of who came first. */
static struct guest *place_for_one(struct glow_scrape *s)
{
	struct guest *first = &s->guests[0];

	for (int k = 0; k < GLOW_SCRAPE_GUESTS; k++) {
		if (s->guests[k].phase == GONE)
			return &s->guests[k];
		if (s->guests[k].since.ns < first->since.ns)
			first = &s->guests[k];
	}
	throw_out(first);
	return first;
}

static void watch_door(struct glow_scrape *s, uint32_t events, struct glow_mono until)
{
	struct epoll_event event = { .events = events, .data.u32 = DOOR };

	s->door = until;
	epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->fd, &event);
}

/* Then it stays shut for a while, also where nobody could be let in for lack of descriptors. */
static void let_in(struct glow_scrape *s, struct glow_mono now)
{
	int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	struct guest *g;

	watch_door(s, 0, (struct glow_mono){ now.ns + DOOR_NS });
	if (fd < 0)
		return;
	g = place_for_one(s);
	*g = (struct guest){ .phase = ASKING, .fd = fd, .since = now };
	event.data.u32 = (uint32_t)(g - s->guests);
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		leave(g);
}

/* ---- turns ---- */

struct glow_mono glow_scrape_next(const struct glow_scrape *s)
{
	int64_t ns = s->door.ns;

	for (int k = 0; k < GLOW_SCRAPE_GUESTS; k++)
		if (s->guests[k].phase != GONE)
			ns = glow_sooner(ns, s->guests[k].since.ns + GUEST_NS);
	return (struct glow_mono){ ns };
}

static void look_at_clock(struct glow_scrape *s, struct glow_mono now)
{
	if (s->door.ns <= now.ns)
		watch_door(s, EPOLLIN, (struct glow_mono){ GLOW_NEVER });
	for (int k = 0; k < GLOW_SCRAPE_GUESTS; k++)
		if (s->guests[k].phase != GONE && now.ns - s->guests[k].since.ns >= GUEST_NS)
			throw_out(&s->guests[k]);
}

void glow_scrape_turn(struct glow_scrape *s, struct glow_mono now)
{
	struct epoll_event event;

	look_at_clock(s, now);
	if (epoll_wait(s->epoll, &event, 1, 0) <= 0)
		return;
	if (event.data.u32 == DOOR)
		let_in(s, now);
	else
		serve(s, &s->guests[event.data.u32]);
}

int glow_scrape_fd(const struct glow_scrape *s)
{
	return s->epoll;
}

/* ---- life ---- */

/* Splits "address:port" or "[address]:port" and reads both; NULL for anything else. To be freed. */
static struct addrinfo *read_address(const char *text)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
					.ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(text, ':');
	struct addrinfo *found = NULL;
	char host[64];
	size_t n = colon ? (size_t)(colon - text) : 0;
	bool brackets = n > 2 && text[0] == '[' && text[n - 1] == ']';

	if (n == 0 || n >= sizeof(host) || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strlen(colon + 1) > 5 || atoi(colon + 1) < 1 || atoi(colon + 1) > 65535)
		return NULL;
	snprintf(host, sizeof(host), "%.*s", (int)(brackets ? n - 2 : n), text + brackets);
	if (!brackets == (strchr(host, ':') != NULL))
		return NULL;
	return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

bool glow_scrape_address_valid(const char *address)
{
	struct addrinfo *found = read_address(address);
	bool valid = found;

	if (found)
		freeaddrinfo(found);
	return valid;
}

static int listen_at(const struct addrinfo *at)
{
	const int yes = 1;
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int glow_scrape_open(const char *address, const struct glow_scrape_text *text, struct glow_scrape **ret_scrape)
{
	struct addrinfo *at = read_address(address);
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = DOOR };
	int fd = at ? listen_at(at) : -EINVAL, r;
	struct glow_scrape *s;

	if (at)
		freeaddrinfo(at);
	if (fd < 0)
		return fd;
	s = calloc(1, sizeof(*s));
	if (s)
		*s = (struct glow_scrape){ .fd = fd, .text = *text, .door = { GLOW_NEVER } };
	if (s && (s->epoll = epoll_create1(EPOLL_CLOEXEC)) >= 0 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
		*ret_scrape = s;
		return 0;
	}
	r = s ? -errno : -ENOMEM;
	if (s && s->epoll >= 0)
		close(s->epoll);
	close(fd);
	free(s);
	return r;
}

void glow_scrape_close(struct glow_scrape *s)
{
	if (!s)
		return;
	for (int k = 0; k < GLOW_SCRAPE_GUESTS; k++)
		if (s->guests[k].phase != GONE)
			throw_out(&s->guests[k]);
	close(s->fd);
	close(s->epoll);
	free(s);
}
