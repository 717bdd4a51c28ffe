/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A simulated node's way to the broker: TCP, or TLS over it as a bridge's is, that is with the authority and the
 * broker's address verified and each connection greeted anew (Paho keeps no session where none is to be taken up).
 * Nothing waits: whoever has the epoll is told of the owner when there is something to read, and to write when the last
 * write left something. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ssl_st;
struct ssl_ctx_st;

/** Where all links lead. */
struct swarm_road {
	uint16_t port; /**< of this machine's broker */
	int epoll;
	struct ssl_ctx_st *tls; /**< NULL: plain */
};

struct swarm_link {
	const struct swarm_road *road;
	void *owner;
	int fd;    /**< -1: closed */
	bool full; /**< told when there is room to write */
	struct ssl_st *tls;
};

/** ca_file: of the authority that signed for the broker; NULL: without TLS. */
bool swarm_road_init(struct swarm_road *road, uint16_t port, const char *ca_file);

/** Begins to connect; with events for `owner` from then on, the first of which says how it ended. */
bool swarm_link_open(struct swarm_link *link, const struct swarm_road *road, void *owner);

/** How many bytes came, less than `size` when there are no more for now; -1 when the link is gone. */
ssize_t swarm_link_read(struct swarm_link *link, uint8_t *buffer, size_t size);

/** How many bytes went; -1 when the link is gone. What did not go is to be written again, with or without more. */
ssize_t swarm_link_write(struct swarm_link *link, const uint8_t *bytes, size_t n);

/** `cut`: as if the power failed, without a word to the broker's machine but that nobody is here. */
void swarm_link_close(struct swarm_link *link, bool cut);
