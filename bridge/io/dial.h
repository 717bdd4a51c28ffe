/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A TCP connection to a name, of whose addresses every one is tried. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/** An IPv6 address with its zone. */
#define GLOW_DIAL_TEXT 64

/** One address, and how people write it. */
struct glow_peer {
	struct sockaddr_storage at;
	socklen_t size; /**< 0: no address */
	char text[GLOW_DIAL_TEXT];
};

/** Looks `host` up and connects to the first of its addresses that takes the connection. The order is
 * the resolver's (RFC 6724), with `last` behind the others where it is among them (size 0: none); an address that is
 * silent holds the next up for a quarter second at most (as in RFC 8305). Blocks for the name service
 * and then at most `timeout_ms`. Returns the descriptor, which does not block, and fills *ret_peer;
 * or -ENXIO for a name that has no address, -EHOSTUNREACH when no address took it, with a sentence
 * that names each address and what is the matter with it. `where` is what the sentence calls the broker. */
int glow_dial(const char *host, uint16_t port, unsigned timeout_ms, const struct glow_peer *last, const char *where,
	      struct glow_peer *ret_peer, char *why, size_t size);

/** Connects to that address alone: the descriptor, or a negative errno. */
int glow_dial_peer(const struct glow_peer *peer, unsigned timeout_ms);
