/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Networks as they are, for TCP connections on one machine: accepts at a port of
 * 127.0.0.1, connects to the server's, and delays what passes, in each direction
 * by dice of its own and in order, as a queue on a radio does: what is held up
 * holds up all that is behind it.
 *
 * links <seed> <network>:<port of the server>…
 *
 * Prints the ports at which it accepts, one a line, in the order of the links. One
 * process for all of them, which sleeps until the next byte or the next delivery and
 * runs until it is ended. That a side closed is news which makes the way like all else. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS_MAX 64
#define PIPES_MAX     (2 * LISTENERS_MAX) /* in both directions: 64 connections */
#define CHUNK_MAX     16384
#define NS_PER_S      INT64_C(1000000000)

/* Delay of one direction: base + exp(jitter) + now and then exp(spike), and rarely
 * a stall of uniformly drawn length. In milliseconds; shares in 1. */
struct network {
	const char *name;
	double base, jitter, spike_share, spike, stall_share, stall_least, stall_most;
};

static const struct network networks[] = {
	{ .name = "none" },
	{ "wired", 0.2, 0.06, 0.02, 1.5, 0.0005, 20, 200 },
	{ "wifi", 1.0, 0.8, 0.10, 8.0, 0.005, 20, 200 },
	{ "bad", 1.5, 3.0, 0.25, 25.0, 0.02, 50, 400 },
};

struct listener {
	int fd;
	uint16_t to;
	const struct network *network;
};

/* What came at once; of no length for the end of the stream. */
struct chunk {
	struct chunk *next;
	int64_t due_ns;
	size_t len, sent;
	char bytes[];
};

/* One direction of a connection; the other one is its neighbour, pipes[k ^ 1]. */
struct pipe {
	bool used, ended; /* ended: there is nothing more to read */
	int from, to;
	const struct network *network;
	struct chunk *first, **last;
	int64_t due_ns; /* of the last one */
};

static struct listener listeners[LISTENERS_MAX];
static struct pipe pipes[PIPES_MAX];
static int n_listeners;
static uint64_t dice;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* xorshift64*, as a number above 0 and at most 1. */
static double draw(void)
{
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return (double)((dice * UINT64_C(2685821657736338717) >> 11) + 1) / 9007199254740992.0;
}

static double draw_exp(double mean)
{
	return -mean * log(draw());
}

static int64_t draw_delay_ns(const struct network *net)
{
	double ms = net->base + draw_exp(net->jitter);

	if (draw() < net->spike_share)
		ms += draw_exp(net->spike);
	if (draw() < net->stall_share)
		ms += net->stall_least + draw() * (net->stall_most - net->stall_least);
	return (int64_t)(ms * 1e6);
}

static struct sockaddr_in local(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static const struct network *find_network(const char *name)
{
	for (size_t k = 0; k < sizeof(networks) / sizeof(networks[0]); k++)
		if (strcmp(networks[k].name, name) == 0)
			return &networks[k];
	return NULL;
}

static void open_listener(char *spec)
{
	struct listener *l = &listeners[n_listeners++];
	struct sockaddr_in at = local(0);
	socklen_t size = sizeof(at);
	char *colon = strchr(spec, ':');

	if (colon) {
		*colon = '\0';
		l->to = (uint16_t)atoi(colon + 1);
		l->network = find_network(spec);
	}
	if (!l->network) {
		fprintf(stderr, "links: '%s' is not none, wired, wifi or bad with a port\n", spec);
		exit(64);
	}
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bind(l->fd, (struct sockaddr *)&at, size) < 0 || listen(l->fd, 16) < 0 ||
	    getsockname(l->fd, (struct sockaddr *)&at, &size) < 0)
		die(spec);
	printf("%u\n", ntohs(at.sin_port));
}

static void open_pipe(struct pipe *p, int from, int to, const struct network *network)
{
	int on = 1;

	*p = (struct pipe){ .used = true, .from = from, .to = to, .network = network, .last = &p->first };
	setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(to, F_SETFL, fcntl(to, F_GETFL) | O_NONBLOCK);
}

/* Nobody at the other end looks like a connection that is closed at once. */
static void accept_one(const struct listener *l)
{
	struct sockaddr_in at = local(l->to);
	int client = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int k = 0;

	while (k < PIPES_MAX && pipes[k].used)
		k += 2;
	if (k < PIPES_MAX && client >= 0 && connect(server, (struct sockaddr *)&at, sizeof(at)) == 0) {
		open_pipe(&pipes[k], client, server, l->network);
		open_pipe(&pipes[k + 1], server, client, l->network);
		return;
	}
	if (client >= 0)
		close(client);
	close(server);
}

static void empty_pipe(struct pipe *p)
{
	while (p->first) {
		struct chunk *c = p->first;

		p->first = c->next;
		free(c);
	}
	p->used = false;
}

static void close_connection(struct pipe *p)
{
	close(p->from);
	close(p->to);
	empty_pipe(p);
	empty_pipe(&pipes[(p - pipes) ^ 1]);
}

static void take_in(struct pipe *p)
{
	struct chunk *c = malloc(sizeof(*c) + CHUNK_MAX);
	ssize_t n;

	if (!c)
		die("links");
	n = read(p->from, c->bytes, CHUNK_MAX);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		free(c);
		return;
	}
	p->ended = n <= 0;
	*c = (struct chunk){ .len = n > 0 ? (size_t)n : 0, .due_ns = now_ns() + draw_delay_ns(p->network) };
	if (c->due_ns < p->due_ns)
		c->due_ns = p->due_ns;
	p->due_ns = c->due_ns;
	*p->last = c;
	p->last = &c->next;
}

/* Hands on what is due. False when that was the end of the stream. */
static bool let_out(struct pipe *p, int64_t now)
{
	while (p->first && p->first->due_ns <= now) {
		struct chunk *c = p->first;
		ssize_t n = c->len ? send(p->to, c->bytes + c->sent, c->len - c->sent, MSG_NOSIGNAL) : -1;

		if (n < 0)
			return c->len && (errno == EAGAIN || errno == EINTR);
		c->sent += (size_t)n;
		if (c->sent < c->len)
			continue;
		p->first = c->next;
		if (!p->first)
			p->last = &p->first;
		free(c);
	}
	return true;
}

/* Sleeps until there is something to do, and notes for each pipe whether it can be read. */
static void wait_for_work(bool *accepts, bool *readable)
{
	struct pollfd fds[LISTENERS_MAX + 2 * PIPES_MAX];
	int64_t now = now_ns(), next = INT64_MAX;
	struct timespec t;
	int n = 0;

	for (int k = 0; k < n_listeners; k++)
		fds[n++] = (struct pollfd){ .fd = listeners[k].fd, .events = POLLIN };
	for (int k = 0; k < PIPES_MAX; k++) {
		const struct pipe *p = &pipes[k];
		bool late = p->used && p->first && p->first->due_ns <= now;

		fds[n++] = (struct pollfd){ .fd = p->used && !p->ended ? p->from : -1, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = late ? p->to : -1, .events = POLLOUT };
		if (p->used && p->first && !late && p->first->due_ns < next)
			next = p->first->due_ns;
	}
	t = (struct timespec){ .tv_sec = (next - now) / NS_PER_S, .tv_nsec = (next - now) % NS_PER_S };
	if (ppoll(fds, (nfds_t)n, next == INT64_MAX ? NULL : &t, NULL) < 0 && errno != EINTR)
		die("ppoll");
	for (int k = 0; k < n_listeners; k++)
		accepts[k] = fds[k].revents != 0;
	for (int k = 0; k < PIPES_MAX; k++)
		readable[k] = fds[n_listeners + 2 * k].revents != 0;
}

static void serve(void)
{
	bool accepts[LISTENERS_MAX], readable[PIPES_MAX];

	wait_for_work(accepts, readable);
	for (int k = 0; k < PIPES_MAX; k++)
		if (pipes[k].used && readable[k])
			take_in(&pipes[k]);
	for (int k = 0; k < PIPES_MAX; k++)
		if (pipes[k].used && !let_out(&pipes[k], now_ns()))
			close_connection(&pipes[k]);
	for (int k = 0; k < n_listeners; k++)
		if (accepts[k])
			accept_one(&listeners[k]);
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 2 + LISTENERS_MAX) {
		fprintf(stderr, "usage: links <seed> <network>:<port of the server>...\n");
		return 64;
	}
	dice = (strtoull(argv[1], NULL, 10) * 2 + 1) * UINT64_C(0x9e3779b97f4a7c15);
	for (int k = 2; k < argc; k++)
		open_listener(argv[k]);
	fflush(stdout);
	prctl(PR_SET_TIMERSLACK, 1);
	for (;;)
		serve();
}
