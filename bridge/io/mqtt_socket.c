/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* Paho (1.3.12 and 1.3.14 alike) looks a name up itself, takes the first IPv4
 * address or else the last one, drops an IPv6 address's zone, and tries no
 * other. Given an address instead of the name it would ask for the address in
 * the broker's certificate. So it keeps the name, for TLS, and what it calls
 * connect() finds this one first, as a program's own functions come before
 * those of the libraries: it puts our connection in the place of the socket.
 *
 * It answers "in progress" so that Paho waits as it does for every connection.
 * Without something lent both functions are the C library's. */

#include "mqtt_socket.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

static _Thread_local int lent = -1, taken = -1;

typedef int connect_function(int, const struct sockaddr *, socklen_t);
typedef int lookup_function(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* The header gives connect() a type of glibc's own, which no other definition can have. */
__attribute__((visibility("default"))) int glow_socket_connect(int fd, const struct sockaddr *address,
							       socklen_t size) __asm__("connect");

void glow_socket_lend(int fd)
{
	lent = fd;
	taken = -1;
}

int glow_socket_taken(void)
{
	if (lent >= 0)
		close(lent);
	lent = -1;
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
	errno = EINPROGRESS;
	return -1;
}

__attribute__((visibility("default"))) int getaddrinfo(const char *restrict name, const char *restrict service,
						       const struct addrinfo *restrict hints,
						       struct addrinfo **restrict ret)
{
	lookup_function *lookup = (lookup_function *)dlsym(RTLD_NEXT, "getaddrinfo");

	return lookup(lent < 0 ? name : "127.0.0.1", service, hints, ret);
}
