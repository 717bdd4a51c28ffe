/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A mail is one block of memory, built before the lock is taken, so that the
 * lock is held for a few pointer moves only and neither thread ever waits for
 * the other's malloc, copy or network. The eventfd changes under the same lock
 * as the queue: readable and "not empty" cannot come apart. */

#include "mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static size_t string_size(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

/* Copies `size` bytes to *at, moves *at behind them, and returns where they are; NULL stays NULL. */
static const void *append(char **at, const void *from, size_t size)
{
	char *to = *at;

	if (!from)
		return NULL;
	memcpy(to, from, size);
	*at += size;
	return to;
}

struct glow_mail *glow_mail_create(const struct glow_mqtt_event *event)
{
	const struct glow_message *message = &event->message;
	size_t size = sizeof(struct glow_mail) + message->len + message->correlation_len + string_size(event->why) +
		      string_size(message->topic) + string_size(message->response_topic);
	struct glow_mail *mail = malloc(size);
	struct glow_message *copy;
	char *at;

	if (!mail)
		return NULL;
	mail->next = NULL;
	mail->size = size;
	mail->event = *event;
	copy = &mail->event.message;
	at = mail->data;
	mail->event.why = append(&at, event->why, string_size(event->why));
	copy->topic = append(&at, message->topic, string_size(message->topic));
	copy->payload = append(&at, message->payload, message->len);
	copy->response_topic = append(&at, message->response_topic, string_size(message->response_topic));
	copy->correlation = append(&at, message->correlation, message->correlation_len);
	return mail;
}

int glow_mailbox_init(struct glow_mailbox *box, size_t max_count, size_t max_size)
{
	*box = (struct glow_mailbox){ .end = &box->first, .max_count = max_count, .max_size = max_size };
	box->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (box->fd < 0)
		return -errno;
	pthread_mutex_init(&box->lock, NULL);
	return 0;
}

static void empty(struct glow_mailbox *box)
{
	while (box->first) {
		struct glow_mail *mail = box->first;

		box->first = mail->next;
		free(mail);
	}
	box->end = &box->first;
	box->count = 0;
	box->size = 0;
}

void glow_mailbox_fini(struct glow_mailbox *box)
{
	empty(box);
	close(box->fd);
	pthread_mutex_destroy(&box->lock);
}

static bool has_room(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	if (mail->event.kind != GLOW_MQTT_MESSAGE)
		return true;
	return box->count < box->max_count && box->size + mail->size <= box->max_size;
}

static int refusal(const struct glow_mailbox *box, const struct glow_mail *mail)
{
	if (box->shut)
		return -ENOTCONN;
	if (!mail)
		return -ENOMEM;
	return has_room(box, mail) ? 0 : -EAGAIN;
}

int glow_mailbox_put(struct glow_mailbox *box, struct glow_mail *mail)
{
	int r;

	pthread_mutex_lock(&box->lock);
	r = refusal(box, mail);
	if (r == 0) {
		if (!box->first)
			eventfd_write(box->fd, 1);
		*box->end = mail;
		box->end = &mail->next;
		box->count++;
		box->size += mail->size;
	} else if (r != -ENOTCONN) {
		box->dropped++;
	}
	pthread_mutex_unlock(&box->lock);
	if (r < 0)
		free(mail);
	return r;
}

struct glow_mail *glow_mailbox_take(struct glow_mailbox *box)
{
	struct glow_mail *mail;

	pthread_mutex_lock(&box->lock);
	mail = box->first;
	if (mail) {
		box->first = mail->next;
		if (!box->first)
			box->end = &box->first;
		box->count--;
		box->size -= mail->size;
	} else {
		eventfd_t ignored;

		eventfd_read(box->fd, &ignored);
	}
	pthread_mutex_unlock(&box->lock);
	return mail;
}

void glow_mailbox_set_shut(struct glow_mailbox *box, bool shut)
{
	pthread_mutex_lock(&box->lock);
	box->shut = shut;
	if (shut)
		empty(box);
	pthread_mutex_unlock(&box->lock);
}

uint64_t glow_mailbox_dropped(struct glow_mailbox *box)
{
	uint64_t dropped;

	pthread_mutex_lock(&box->lock);
	dropped = box->dropped;
	pthread_mutex_unlock(&box->lock);
	return dropped;
}
