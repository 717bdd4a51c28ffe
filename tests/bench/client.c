/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

int64_t client_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void flush(struct client *c)
{
	if (c->out.n && send(c->fd, c->out.v, c->out.n, MSG_NOSIGNAL) != (ssize_t)c->out.n)
		fail("send");
	c->out.n = 0;
}

static void hear(struct client *c, const struct packet *p)
{
	struct packet_message m;
	size_t n;

	if (!packet_message(p, &m))
		return;
	n = m.kept < sizeof(c->text) ? m.kept : sizeof(c->text) - 1;
	memcpy(c->text, m.payload, n);
	c->text[n] = '\0';
	c->heard++;
	if (m.id)
		packet_puback(&c->out, m.id);
}

static bool take(void *ctx, const struct packet *p)
{
	struct client *c = ctx;

	if (p->first >> 4 == PACKET_PUBLISH)
		hear(c, p);
	c->subscribed |= p->first >> 4 == PACKET_SUBACK;
	return true;
}

bool client_wait(struct client *c, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = c->fd, .events = POLLIN };
	unsigned before = c->heard;
	uint8_t bytes[4096];
	ssize_t n;

	if (poll(&poll_fd, 1, timeout_ms) <= 0)
		return false;
	n = recv(c->fd, bytes, sizeof(bytes), 0);
	c->heard_ns = client_now_ns();
	if (n <= 0 || !packet_in_feed(&c->in, bytes, (size_t)n, take, c))
		fail("recv");
	flush(c);
	return c->heard != before;
}

int64_t client_publish(struct client *c, const char *topic, const char *text)
{
	int64_t now_ns;

	c->id = c->id == UINT16_MAX ? 1 : c->id + 1;
	packet_publish(&c->out, c->id, false, topic, text, strlen(text));
	now_ns = client_now_ns();
	flush(c);
	return now_ns;
}

void client_open(struct client *c, int port, const char *name, const char *topic)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;

	*c = (struct client){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		fail("connect");
	packet_connect(&c->out, name, 0, name);
	if (topic)
		packet_subscribe(&c->out, 1, &topic, 1, 1);
	flush(c);
	while (topic && !c->subscribed)
		client_wait(c, -1);
}
