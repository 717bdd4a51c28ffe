/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A port where whoever asks gets one text, by HTTP: what Prometheus scrapes. It answers `GET /metrics` and `HEAD
 * /metrics` (RFC 9112, HTTP/1.0 and 1.1), everything else with a status and a line, and closes. There is no way to say
 * anything to the program by it.
 *
 * All that it takes is bounded: 8 guests at a time, of whom the one that came first goes where there is a 9th;
 * a request of 4 KiB; 10 s for each; one guest let in every 10 ms; a text made and sent in pieces of 16 KiB, so that
 * neither its memory nor the time of a turn grows with it. A guest that goes before it has all sees its connection
 * reset, and not an end. One thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/time.h>

#define GLOW_SCRAPE_GUESTS 8
#define GLOW_SCRAPE_HEAD   4096
#define GLOW_SCRAPE_PIECE  16384
/** Bytes in which a text keeps for a guest how far it has come; aligned for any type, and zero at its start. */
#define GLOW_SCRAPE_PLACE 128

struct glow_scrape;

/** Makes the text: the next piece of it, of GLOW_SCRAPE_PIECE bytes at most. Returns how many; 0 at the end. */
struct glow_scrape_text {
	void *ctx;
	size_t (*next)(void *ctx, void *place, char *ret_text, size_t room);
};

/** True for "address:port" with an address in figures: 127.0.0.1:9464, [::1]:9464. */
bool glow_scrape_address_valid(const char *address);

/** Listens there. 0, or a negative errno. */
int glow_scrape_open(const char *address, const struct glow_scrape_text *text, struct glow_scrape **ret_scrape);
/** Accepts NULL. */
void glow_scrape_close(struct glow_scrape *s);

/** The descriptor to watch for reading; then glow_scrape_turn() does one thing of what there is to do: lets one guest
 * in, reads or sends at most a piece of one. It never blocks. */
int glow_scrape_fd(const struct glow_scrape *s);
void glow_scrape_turn(struct glow_scrape *s, struct glow_mono now);

/** When a turn is wanted though nothing came; GLOW_NEVER. */
struct glow_mono glow_scrape_next(const struct glow_scrape *s);
