/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include "packet.h"

/* ---- out ---- */

static void add(struct packet_out *out, const void *bytes, size_t n)
{
	if (out->n + n > out->room) {
		out->room = 2 * (out->n + n);
		out->v = realloc(out->v, out->room);
		if (!out->v)
			abort();
	}
	memcpy(out->v + out->n, bytes, n);
	out->n += n;
}

static void add_byte(struct packet_out *out, unsigned byte)
{
	const uint8_t b = (uint8_t)byte;

	add(out, &b, 1);
}

static void add_two(struct packet_out *out, unsigned value)
{
	add_byte(out, value >> 8);
	add_byte(out, value);
}

static void add_text(struct packet_out *out, const char *text)
{
	add_two(out, (unsigned)strlen(text));
	add(out, text, strlen(text));
}

static void begin(struct packet_out *out, unsigned first, size_t len)
{
	add_byte(out, first);
	do {
		add_byte(out, (len & 127) | (len > 127 ? 128 : 0));
		len >>= 7;
	} while (len);
}

void packet_connect(struct packet_out *out, const char *client_id, unsigned keepalive_s, const char *will_topic)
{
	static const char will[] = "offline";

	begin(out, PACKET_CONNECT << 4,
	      10 + 6 + 2 + strlen(client_id) + 1 + 2 + strlen(will_topic) + 2 + sizeof(will) - 1);
	add_text(out, "MQTT");
	add_byte(out, 5);
	add_byte(out, 0x02 | 0x04 | 0x08 | 0x20); /* clean start; a will, QoS 1, retained */
	add_two(out, keepalive_s);
	add_byte(out, 5); /* properties: Maximum Packet Size */
	add_byte(out, 0x27);
	add_two(out, PACKET_MAX >> 16);
	add_two(out, PACKET_MAX & 0xffff);
	add_text(out, client_id);
	add_byte(out, 0);
	add_text(out, will_topic);
	add_text(out, will);
}

/* What stands before the topics, each of which takes so many bytes besides its name. */
static void begin_topics(struct packet_out *out, unsigned type, uint16_t id, const char *const *topics, size_t n,
			 size_t each)
{
	size_t len = 3;

	for (size_t k = 0; k < n; k++)
		len += each + strlen(topics[k]);
	begin(out, type << 4 | 2, len);
	add_two(out, id);
	add_byte(out, 0);
}

void packet_subscribe(struct packet_out *out, uint16_t id, const char *const *topics, size_t n, size_t n_live)
{
	begin_topics(out, PACKET_SUBSCRIBE, id, topics, n, 3);
	for (size_t k = 0; k < n; k++) {
		add_text(out, topics[k]);
		add_byte(out, k < n_live ? 1 | 2 << 4 : 0); /* QoS; what is live is not replayed */
	}
}

void packet_unsubscribe(struct packet_out *out, uint16_t id, const char *const *topics, size_t n)
{
	begin_topics(out, PACKET_UNSUBSCRIBE, id, topics, n, 2);
	for (size_t k = 0; k < n; k++)
		add_text(out, topics[k]);
}

void packet_publish(struct packet_out *out, uint16_t id, bool retained, const char *topic, const void *payload,
		    size_t len)
{
	begin(out, PACKET_PUBLISH << 4 | (id ? 2 : 0) | retained, 2 + strlen(topic) + (id ? 2 : 0) + 1 + len);
	add_text(out, topic);
	if (id)
		add_two(out, id);
	add_byte(out, 0);
	add(out, payload, len);
}

void packet_puback(struct packet_out *out, uint16_t id)
{
	begin(out, PACKET_PUBACK << 4, 2);
	add_two(out, id);
}

void packet_ping(struct packet_out *out)
{
	begin(out, PACKET_PINGREQ << 4, 0);
}

void packet_out_free(struct packet_out *out)
{
	free(out->v);
	*out = (struct packet_out){ 0 };
}

/* ---- in ---- */

/* A number of up to four bytes, seven bits each; 0 while it is not complete, -1 for none. */
static int number(const uint8_t *at, size_t n, size_t *ret_value)
{
	*ret_value = 0;
	for (size_t k = 0; k < n && k < 4; k++) {
		*ret_value |= (size_t)(at[k] & 127) << 7 * k;
		if (!(at[k] & 128))
			return (int)k + 1;
	}
	return n < 4 ? 0 : -1;
}

static unsigned two(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

bool packet_message(const struct packet *p, struct packet_message *ret_message)
{
	size_t at = 2, properties;
	int size;

	if (p->kept < 2 || p->kept < 2 + two(p->body) + 3)
		return false;
	ret_message->topic = (const char *)p->body + 2;
	ret_message->n_topic = two(p->body);
	at += ret_message->n_topic;
	ret_message->id = 0;
	if (p->first & 6) {
		ret_message->id = (uint16_t)two(p->body + at);
		at += 2;
	}
	size = number(p->body + at, p->kept - at, &properties);
	if (size <= 0 || at + (size_t)size + properties > p->kept)
		return false;
	at += (size_t)size + properties;
	ret_message->payload = p->body + at;
	ret_message->kept = p->kept - at;
	ret_message->len = p->len - at;
	return true;
}

void packet_in_reset(struct packet_in *in)
{
	in->n_head = 0;
	in->in_body = false;
}

/* Bytes of the fixed header; -1 for what is none. */
static int feed_head(struct packet_in *in, const uint8_t *bytes, size_t n)
{
	size_t used = 0;

	while (!in->in_body && used < n) {
		int size;

		in->head[in->n_head++] = bytes[used++];
		size = in->n_head > 1 ? number(in->head + 1, in->n_head - 1U, &in->len) : 0;
		if (size < 0)
			return -1;
		in->in_body = size > 0;
	}
	if (in->in_body) {
		in->left = in->len;
		in->kept = 0;
	}
	return (int)used;
}

static size_t feed_body(struct packet_in *in, const uint8_t *bytes, size_t n)
{
	size_t part = n < in->left ? n : in->left, room = PACKET_KEPT - in->kept;

	room = room < part ? room : part;
	memcpy(in->body + in->kept, bytes, room);
	in->kept += room;
	in->left -= part;
	return part;
}

bool packet_in_feed(struct packet_in *in, const uint8_t *bytes, size_t n,
		    bool (*take)(void *ctx, const struct packet *p), void *ctx)
{
	while (n > 0 || (in->in_body && in->left == 0)) {
		struct packet p = { .first = in->head[0] };
		size_t used;

		if (!in->in_body) {
			int head = feed_head(in, bytes, n);

			if (head < 0)
				return false;
			bytes += head;
			n -= (size_t)head;
			p.first = in->head[0];
		}
		if (!in->in_body)
			return true;
		if (in->left == in->len && n >= in->len) { /* all of it is here */
			p.body = bytes;
			p.kept = p.len = used = in->len;
		} else {
			used = feed_body(in, bytes, n);
			p.body = in->body;
			p.kept = in->kept;
			p.len = in->len;
			if (in->left > 0)
				return true;
		}
		bytes += used;
		n -= used;
		in->in_body = false;
		in->n_head = 0;
		if (!take(ctx, &p))
			return false;
	}
	return true;
}
