/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* Paho (1.3.12 and 1.3.14 alike) looks a name up itself, takes the first IPv4
 * address or else the last one, drops an IPv6 address's zone, and tries no
 * other. Given an address instead of the name it would ask for the address in
 * the broker's certificate. So it keeps the name, for TLS, and what it calls
 * connect() finds this one first, as a program's own functions come before
 * those of the libraries: it puts our connection in the place of the socket.
 *
 * It answers "in progress" so that Paho waits as it does for every connection: answered at once, TLS whose handshake
 * ends in one step is taken for a failure (MQTTProtocolOut.c, MQTTProtocol_connect()). But that wait asks whether there
 * is something to read, for 100 ms, when it knows already that the connection is there (Socket.c,
 * Socket_getReadySocket()). So the first poll() that would wait does not.
 * Without something lent all these functions are those of their libraries.
 *
 * What Paho reads is followed on its way. Its synchronous client (1.3.9 to 1.3.14) drops a DISCONNECT
 * without a word, and leaks it (MQTTClient.c, MQTTClient_receive()); a CONNACK of MQTT 3.1.1, two
 * bytes, leaves its properties uninitialised (MQTTPacketOut.c, MQTTPacket_connack()), and it frees them. Neither
 * reaches it: the rest is read here, and for Paho the connection has ended. */

#include "mqtt_socket.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define REST_MS  200 /* a goodbye is a packet of some bytes, which come together */
#define REST_MAX 1024

static _Thread_local int lent = -1, taken = -1;
static _Thread_local bool fresh; /* Paho is going to wait for a connection that is there */
static _Thread_local struct glow_stream *stream;

typedef int connect_function(int, const struct sockaddr *, socklen_t);
typedef ssize_t recv_function(int, void *, size_t, int);
typedef int tls_function(SSL *, void *, int);
typedef int poll_function(struct pollfd *, nfds_t, int);
typedef int lookup_function(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* The header gives connect() a type of glibc's own, which no other definition can have. */
__attribute__((visibility("default"))) int glow_socket_connect(int fd, const struct sockaddr *address,
							       socklen_t size) __asm__("connect");

__attribute__((visibility("default"))) ssize_t glow_socket_recv(int fd, void *data, size_t size,
								int flags) __asm__("recv");

__attribute__((visibility("default"))) int glow_socket_poll(struct pollfd *fds, nfds_t n,
							    int timeout_ms) __asm__("poll");

void glow_socket_lend(int fd, struct glow_stream *follow)
{
	lent = fd;
	taken = -1;
	stream = follow;
	*stream = (struct glow_stream){ .bytes = 0 };
}

void glow_socket_forget(void)
{
	taken = -1;
}

int glow_socket_taken(void)
{
	if (lent >= 0)
		close(lent);
	lent = -1;
	fresh = false;
	return taken;
}

int glow_socket_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	if (lent < 0)
		return ((connect_function *)dlsym(RTLD_NEXT, "connect"))(fd, address, size);
	if (dup3(lent, fd, O_CLOEXEC) < 0)
		return -1;
	close(lent);
	lent = -1;
	taken = fd;
	fresh = true;
	errno = EINPROGRESS;
	return -1;
}

int glow_socket_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	static _Thread_local poll_function *wait;
	bool at_once = fresh && timeout_ms != 0;

	if (!wait)
		wait = (poll_function *)dlsym(RTLD_NEXT, "poll");
	fresh = fresh && !at_once;
	return wait(fds, n, at_once ? 0 : timeout_ms);
}

__attribute__((visibility("default"))) int getaddrinfo(const char *restrict name, const char *restrict service,
						       const struct addrinfo *restrict hints,
						       struct addrinfo **restrict ret)
{
	lookup_function *lookup = (lookup_function *)dlsym(RTLD_NEXT, "getaddrinfo");

	return lookup(lent < 0 ? name : "127.0.0.1", service, hints, ret);
}

/* ---- what is read ---- */

/* A place to read from: TCP, or TLS over it. */
struct source {
	int fd;
	SSL *tls;
};

static ssize_t read_source(const struct source *from, void *data, size_t size, int flags)
{
	static _Thread_local recv_function *plain;
	static _Thread_local tls_function *secret;

	if (!plain) {
		plain = (recv_function *)dlsym(RTLD_NEXT, "recv");
		secret = (tls_function *)dlsym(RTLD_NEXT, "SSL_read");
	}
	return from->tls ? secret(from->tls, data, (int)size) : plain(from->fd, data, size, flags);
}

/* The rest of a packet that is not for Paho. */
static void read_rest(const struct source *from)
{
	struct pollfd fd = { .fd = from->fd, .events = POLLIN };
	char byte;

	for (int k = 0; k < REST_MAX && !glow_stream_is_whole(stream); k++) {
		ssize_t n = read_source(from, &byte, 1, 0);

		if (n > 0)
			glow_stream_feed(stream, &byte, 1);
		else if (n == 0 || poll(&fd, 1, REST_MS) <= 0)
			return;
	}
}

/* Keeps why a read failed, where that is the network's doing and no reason to try again. */
static void note_error(const struct source *from, ssize_t n)
{
	int error = errno;

	if (from->tls && SSL_get_error(from->tls, (int)n) != SSL_ERROR_SYSCALL)
		return;
	if (error && error != EAGAIN && error != EINTR)
		stream->error = error;
}

static ssize_t follow(const struct source *from, void *data, size_t size, int flags)
{
	ssize_t n;

	if (from->tls)
		errno = 0; /* an end without a word leaves it */
	n = read_source(from, data, size, flags);
	if (n > 0)
		glow_stream_feed(stream, data, (size_t)n);
	else if (n < 0 || from->tls)
		note_error(from, n);
	if (n <= 0 || !glow_stream_is_ours(stream))
		return n;
	read_rest(from);
	errno = ECONNRESET;
	return -1;
}

ssize_t glow_socket_recv(int fd, void *data, size_t size, int flags)
{
	const struct source from = { .fd = fd };

	return taken >= 0 && fd == taken ? follow(&from, data, size, flags) : read_source(&from, data, size, flags);
}

__attribute__((visibility("default"))) int SSL_read(SSL *tls, void *data, int size)
{
	const struct source from = { .fd = SSL_get_fd(tls), .tls = tls };

	return (int)(taken >= 0 && from.fd == taken ? follow(&from, data, (size_t)size, 0)
						    : read_source(&from, data, (size_t)size, 0));
}
