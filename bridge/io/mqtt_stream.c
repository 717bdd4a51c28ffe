/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "mqtt_stream.h"

#include <string.h>

enum { CONNACK = 2, DISCONNECT = 14 };
enum { REASON_STRING = 0x1f, SERVER_REFERENCE = 0x1c };
enum { IN_BODY = 5 }; /* behind at most four bytes of length */

/* Bytes of a property's value: of the text at `at` for those that have two bytes of length before, -1 for what is no
 * property. */
static int value_size(uint8_t id, const uint8_t *at, size_t left)
{
	static const uint8_t ones[] = { 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a };
	static const uint8_t twos[] = { 0x13, 0x21, 0x22, 0x23 };
	static const uint8_t fours[] = { 0x02, 0x11, 0x18, 0x27 };

	if (memchr(ones, id, sizeof(ones)))
		return 1;
	if (memchr(twos, id, sizeof(twos)))
		return 2;
	if (memchr(fours, id, sizeof(fours)))
		return 4;
	return left < 2 || id == 0x0b ? -1 : 2 + (at[0] << 8 | at[1]);
}

/* Whoever reads a log may be at a terminal: nothing but printable ASCII and UTF-8's bytes beyond it. */
static void keep_words(char words[GLOW_STREAM_WORDS], const uint8_t *text, size_t len)
{
	size_t n = 0;

	while (n < len && n < GLOW_STREAM_WORDS - 1) {
		words[n] = text[n] < 0x20 || text[n] == 0x7f ? ' ' : (char)text[n];
		n++;
	}
	while (len > n && n > 0 && (text[n] & 0xc0) == 0x80) /* a character is kept whole or not at all */
		n--;
	words[n] = '\0';
}

/* A user property is a pair of texts: the second is passed over as well. */
static int second_size(uint8_t id, const uint8_t *at, size_t left)
{
	return id != 0x26 ? 0 : left < 2 ? -1 : 2 + (at[0] << 8 | at[1]);
}

static void read_properties(struct glow_parting *parting, const uint8_t *at, size_t left)
{
	while (left > 1) {
		uint8_t id = *at++;
		int size = value_size(id, at, --left), second;

		if (size < 0 || (size_t)size > left)
			return;
		if (id == REASON_STRING)
			keep_words(parting->words, at + 2, (size_t)size - 2);
		else if (id == SERVER_REFERENCE)
			keep_words(parting->server, at + 2, (size_t)size - 2);
		at += size;
		left -= (size_t)size;
		second = second_size(id, at, left);
		if (second < 0 || (size_t)second > left)
			return;
		at += second;
		left -= (size_t)second;
	}
}

/* Behind the reason: how many bytes of properties there are, a variable byte integer, and the properties. */
static void read_parting(struct glow_parting *parting, const uint8_t *at, size_t left)
{
	parting->said = true;
	if (left == 0)
		return;
	parting->reason = *at++;
	left--;
	while (left > 0 && *at & 0x80) {
		at++;
		left--;
	}
	if (left > 0)
		read_properties(parting, at + 1, left - 1);
}

static void end_packet(struct glow_stream *s)
{
	size_t kept = s->length < sizeof(s->body) ? s->length : sizeof(s->body);

	if (s->kind >> 4 == CONNACK && kept >= 2)
		read_parting(&s->entry, s->body + 1, kept - 1);
	else if (s->kind >> 4 == DISCONNECT)
		read_parting(&s->goodbye, s->body, kept);
	s->part = 0;
}

static void take_length(struct glow_stream *s, uint8_t byte)
{
	s->length |= (size_t)(byte & 0x7f) << 7 * (s->part - 1);
	s->part = byte & 0x80 && s->part < 4 ? s->part + 1 : IN_BODY;
	if (s->part < IN_BODY)
		return;
	s->old = s->old || (s->kind >> 4 == CONNACK && s->length == 2);
	if (s->length == 0)
		end_packet(s);
}

/* As much of the body as is here. */
static size_t take_body(struct glow_stream *s, const uint8_t *data, size_t len)
{
	size_t n = s->length - s->at < len ? s->length - s->at : len;
	bool told = s->kind >> 4 == CONNACK || s->kind >> 4 == DISCONNECT;

	for (size_t k = 0; told && k < n && s->at + k < sizeof(s->body); k++)
		s->body[s->at + k] = data[k];
	s->at += n;
	if (s->at == s->length)
		end_packet(s);
	return n;
}

void glow_stream_feed(struct glow_stream *s, const void *data, size_t len)
{
	const uint8_t *at = data, *end = at + len;

	s->bytes += len;
	while (at < end) {
		if (s->part == IN_BODY) {
			at += take_body(s, at, (size_t)(end - at));
		} else if (s->part > 0) {
			take_length(s, *at++);
		} else {
			s->kind = *at++;
			s->part = 1;
			s->length = s->at = 0;
		}
	}
}

bool glow_stream_is_ours(const struct glow_stream *s)
{
	return s->goodbye.said || s->old || (s->part > 0 && s->kind >> 4 == DISCONNECT);
}

bool glow_stream_is_whole(const struct glow_stream *s)
{
	return s->part == 0;
}
