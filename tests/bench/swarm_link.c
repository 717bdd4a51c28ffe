/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "swarm_link.h"

bool swarm_road_init(struct swarm_road *road, uint16_t port, const char *ca_file)
{
	*road = (struct swarm_road){ .port = port, .epoll = epoll_create1(EPOLL_CLOEXEC) };
	if (!ca_file)
		return road->epoll >= 0;
	road->tls = SSL_CTX_new(TLS_client_method());
	if (!road->tls || SSL_CTX_load_verify_file(road->tls, ca_file) != 1 ||
	    X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(road->tls), "127.0.0.1") != 1) {
		ERR_print_errors_fp(stderr);
		return false;
	}
	SSL_CTX_set_verify(road->tls, SSL_VERIFY_PEER, NULL);
	/* Of thousands few have something to read at a time: the others need no buffers. */
	SSL_CTX_set_mode(road->tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(road->tls, 1);
	signal(SIGPIPE, SIG_IGN);
	return road->epoll >= 0;
}

static bool add_tls(struct swarm_link *link, const struct swarm_road *road)
{
	link->tls = SSL_new(road->tls);
	if (!link->tls || SSL_set_fd(link->tls, link->fd) != 1)
		return false;
	SSL_set_connect_state(link->tls);
	return true;
}

bool swarm_link_open(struct swarm_link *link, const struct swarm_road *road, void *owner)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(road->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.ptr = owner };
	const int on = 1;

	*link = (struct swarm_link){ .road = road,
				     .owner = owner,
				     .full = true,
				     .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	if (link->fd < 0 || (connect(link->fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS) ||
	    (road->tls && !add_tls(link, road)))
		return false;
	setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return epoll_ctl(road->epoll, EPOLL_CTL_ADD, link->fd, &event) == 0;
}

/* Whether what OpenSSL did not do is only to be tried again. */
static bool waits(struct swarm_link *link)
{
	int error = SSL_get_error(link->tls, 0);

	ERR_clear_error();
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

ssize_t swarm_link_read(struct swarm_link *link, uint8_t *buffer, size_t size)
{
	size_t all = 0, some;

	if (!link->tls) {
		ssize_t got = recv(link->fd, buffer, size, MSG_DONTWAIT);

		return got > 0 ? got : got < 0 && errno == EAGAIN ? 0 : -1;
	}
	while (all < size && SSL_read_ex(link->tls, buffer + all, size - all, &some) == 1)
		all += some;
	return all == size || waits(link) || all > 0 ? (ssize_t)all : -1;
}

ssize_t swarm_link_write(struct swarm_link *link, const uint8_t *bytes, size_t n)
{
	size_t went = 0;
	bool full;

	if (link->tls) {
		if (SSL_write_ex(link->tls, bytes, n, &went) != 1 && !waits(link))
			return -1;
		full = SSL_want_write(link->tls); /* it may also wait for the broker's part of the greeting */
	} else {
		ssize_t sent = send(link->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN)
			return -1;
		went = sent > 0 ? (size_t)sent : 0;
		full = went < n;
	}
	if (full != link->full) {
		struct epoll_event event = { .events = EPOLLIN | (full ? EPOLLOUT : 0U), .data.ptr = link->owner };

		epoll_ctl(link->road->epoll, EPOLL_CTL_MOD, link->fd, &event);
		link->full = full;
	}
	return (ssize_t)went;
}

void swarm_link_close(struct swarm_link *link, bool cut)
{
	const struct linger at_once = { .l_onoff = 1 };

	if (link->fd < 0)
		return;
	if (cut)
		setsockopt(link->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	SSL_free(link->tls);
	close(link->fd);
	link->tls = NULL;
	link->fd = -1;
}
