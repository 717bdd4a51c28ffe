/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A child that obeys one order after the other, each a packet on a socket between the two, and reports. */

#include <glow/envoy.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glow/clock.h>

#include "mailbox.h"
#include "mqtt_link.h"
#include "mqtt_why.h"

#define ACK_MS  10000
#define WAIT_MS 5

enum deed { FOLLOW, UNFOLLOW, PUBLISH, HEAR, LEAVE };

struct order {
	enum deed deed;
	char topic[GLOW_ENVOY_TOPIC], text[GLOW_ENVOY_TEXT];
	char response_topic[GLOW_ENVOY_TOPIC], correlation[GLOW_ENVOY_TEXT];
	size_t len;
	unsigned n, wait_ms;
	int qos;
	bool spread, retained, with_will;
};

struct report {
	int r, reason;
	char why[GLOW_MQTT_WHY];
	struct glow_mqtt_limits limits;
	struct glow_envoy_heard heard;
};

/* ---- the child ---- */

struct child {
	struct glow_link link;
	struct glow_mails heard; /* while it waited for something else */
	int fd;
};

static void copy_text(char *ret_text, size_t size, const void *from, size_t len)
{
	snprintf(ret_text, size, "%.*s", (int)(len < size ? len : size - 1), from ? (const char *)from : "");
}

static void take_heard(const struct glow_mail *mail, struct glow_envoy_heard *ret_heard)
{
	const struct glow_message *m = &mail->event.message;

	*ret_heard = (struct glow_envoy_heard){ .len = m->len, .retained = m->retained };
	copy_text(ret_heard->topic, sizeof(ret_heard->topic), m->topic, strlen(m->topic));
	copy_text(ret_heard->text, sizeof(ret_heard->text), m->payload, m->len);
	copy_text(ret_heard->correlation, sizeof(ret_heard->correlation), m->correlation, m->correlation_len);
	if (m->response_topic)
		copy_text(ret_heard->response_topic, sizeof(ret_heard->response_topic), m->response_topic,
			  strlen(m->response_topic));
}

static void hear(struct child *c, const struct order *order, struct report *report)
{
	struct glow_mail *mail = TAILQ_FIRST(&c->heard);
	const struct glow_parting *goodbye = &c->link.stream.goodbye;

	if (mail)
		TAILQ_REMOVE(&c->heard, mail, in_queue);
	report->r = mail ? 1 : glow_link_wait(&c->link, order->wait_ms, &mail);
	if (report->r > 0 && mail)
		take_heard(mail, &report->heard);
	free(mail);
	if (report->r >= 0)
		return;
	glow_mqtt_explain_end(&c->link, false, report->why);
	report->reason = goodbye->said ? goodbye->reason : -1;
}

/* One turn of the network. */
static int turn(struct child *c)
{
	struct glow_mail *mail = NULL;
	int r = glow_link_wait(&c->link, WAIT_MS, &mail);

	if (r > 0 && mail)
		TAILQ_INSERT_TAIL(&c->heard, mail, in_queue);
	return r < 0 ? r : 0;
}

static bool all_answered(const struct child *c)
{
	for (int k = 0; k < GLOW_ACKS_MAX; k++)
		if (c->link.acks.v[k].topic)
			return false;
	return true;
}

/* Turns until there is room for the message, or, without one, until all are answered. A refusal is told first. */
static int wait_for(struct child *c, const struct glow_message *message, char why[GLOW_MQTT_WHY])
{
	int64_t end_ms = glow_mono_ms() + ACK_MS;

	for (;;) {
		struct glow_room room = glow_link_room(&c->link);
		char *refused = glow_acks_refused(&c->link.acks, why);
		int r;

		free(refused);
		if (refused)
			return -EACCES;
		if (message ? glow_room_for(&room, GLOW_LANE_COMMAND, message) : all_answered(c))
			return 0;
		snprintf(why, GLOW_MQTT_WHY, "the broker has not acknowledged what was published within %d s",
			 ACK_MS / 1000);
		if (glow_mono_ms() >= end_ms)
			return -ETIMEDOUT;
		r = turn(c);
		if (r < 0 && all_answered(c) && !message)
			return 0;
		if (r < 0) {
			glow_mqtt_explain_end(&c->link, false, why);
			return r;
		}
	}
}

/* The k-th message of an order; *ret_payload is the caller's to free. */
static bool compose(const struct order *order, unsigned k, char topic[GLOW_ENVOY_TOPIC + 16], char **ret_payload,
		    struct glow_message *ret_message)
{
	char text[GLOW_ENVOY_TEXT + 16];
	bool numbered = order->n > 0 && !order->spread;
	int len = numbered ? snprintf(text, sizeof(text), "%s%u", order->text, k)
			   : snprintf(text, sizeof(text), "%s", order->text);
	size_t size = order->len > (size_t)len ? order->len : (size_t)len;
	char *payload = *ret_payload = malloc(size + 1);

	if (!payload)
		return false;
	memset(payload, ' ', size);
	memcpy(payload, text, (size_t)len);
	if (order->spread)
		snprintf(topic, GLOW_ENVOY_TOPIC + 16, "%s/%u", order->topic, k);
	else
		snprintf(topic, GLOW_ENVOY_TOPIC + 16, "%s", order->topic);
	*ret_message = (struct glow_message){
		.topic = topic, .payload = payload, .len = size, .qos = order->qos, .retained = order->retained
	};
	if (order->response_topic[0])
		ret_message->response_topic = order->response_topic;
	if (order->correlation[0]) {
		ret_message->correlation = order->correlation;
		ret_message->correlation_len = strlen(order->correlation);
	}
	return true;
}

static int publish_one(struct child *c, const struct order *order, unsigned k, char why[GLOW_MQTT_WHY])
{
	char topic[GLOW_ENVOY_TOPIC + 16], *payload;
	struct glow_message message;
	int r = -ENOMEM;

	snprintf(why, GLOW_MQTT_WHY, "out of memory");
	if (compose(order, k, topic, &payload, &message))
		r = wait_for(c, &message, why);
	if (r == 0)
		r = glow_link_publish(&c->link, &message);
	free(payload);
	if (r == -ENOTCONN)
		glow_mqtt_explain_end(&c->link, false, why);
	return r;
}

static void publish(struct child *c, const struct order *order, struct report *report)
{
	unsigned n = order->n ? order->n : 1;

	for (unsigned k = 1; k <= n && report->r == 0; k++)
		report->r = publish_one(c, order, k, report->why);
	if (report->r == 0)
		report->r = wait_for(c, NULL, report->why);
	glow_acks_clear(&c->link.acks);
}

static void obey(struct child *c, const struct order *order, struct report *report)
{
	switch (order->deed) {
	case FOLLOW:
	case UNFOLLOW:
		report->r = glow_link_follow(&c->link, order->topic, order->deed == FOLLOW, report->why);
		break;
	case PUBLISH:
		publish(c, order, report);
		break;
	case HEAR:
		hear(c, order, report);
		break;
	case LEAVE:
		glow_link_disconnect(&c->link, order->with_will);
		break;
	}
}

static int connect_child(struct child *c, const struct glow_mqtt_cfg *cfg, char why[GLOW_MQTT_WHY])
{
	int r = glow_link_init(&c->link, cfg, cfg->client_id, why);

	if (r == 0)
		r = glow_link_connect(&c->link, cfg->will_topic, why);
	if (r == 0)
		r = glow_link_subscribe(&c->link, false, why);
	return r;
}

static _Noreturn void run_child(int fd, const struct glow_mqtt_cfg *cfg)
{
	struct child c = { .fd = fd };
	struct order order = { .deed = HEAR };
	struct report report = { .r = 0 };

	signal(SIGINT, SIG_IGN); /* of the terminal, or of all that belong together: who sent us cleans up */
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	TAILQ_INIT(&c.heard);
	report.r = connect_child(&c, cfg, report.why);
	report.limits = c.link.limits;
	while (send(fd, &report, sizeof(report), MSG_NOSIGNAL) > 0 && order.deed != LEAVE &&
	       recv(fd, &order, sizeof(order), 0) == sizeof(order)) {
		report = (struct report){ .reason = -1 };
		obey(&c, &order, &report);
	}
	_exit(0);
}

/* ---- who sent it ---- */

static int read_report(struct glow_envoy *e, struct report *ret_report)
{
	ssize_t n;

	do
		n = recv(e->fd, ret_report, sizeof(*ret_report), 0);
	while (n < 0 && errno == EINTR);
	if (n == sizeof(*ret_report))
		return ret_report->r;
	*ret_report = (struct report){ .r = -ENOTCONN, .reason = -1, .why = "its process has ended" };
	return -ENOTCONN;
}

static int command(struct glow_envoy *e, const struct order *order, struct report *ret_report, char why[GLOW_MQTT_WHY])
{
	int r = -ENOTCONN;

	*ret_report = (struct report){ .r = r, .reason = -1, .why = "there is no such connection" };
	if (e->pid > 0 && send(e->fd, order, sizeof(*order), MSG_NOSIGNAL) == sizeof(*order))
		r = read_report(e, ret_report);
	snprintf(why, GLOW_MQTT_WHY, "%s", ret_report->why);
	return r;
}

int glow_envoy_send(struct glow_envoy *ret_envoy, const struct glow_mqtt_cfg *cfg, char why[GLOW_MQTT_WHY])
{
	struct report report;
	int ends[2], pid;

	*ret_envoy = (struct glow_envoy){ .pid = 0 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		snprintf(why, GLOW_MQTT_WHY, "no socket: %s", strerror(errno));
		return -errno;
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		run_child(ends[1], cfg);
	}
	close(ends[1]);
	if (pid < 0) {
		snprintf(why, GLOW_MQTT_WHY, "no process: %s", strerror(errno));
		close(ends[0]);
		return -EAGAIN;
	}
	*ret_envoy = (struct glow_envoy){ .pid = pid, .fd = ends[0] };
	if (read_report(ret_envoy, &report) < 0) {
		snprintf(why, GLOW_MQTT_WHY, "%s", report.why);
		glow_envoy_end(ret_envoy, GLOW_ENVOY_KILLED);
		return report.r;
	}
	ret_envoy->limits = report.limits;
	return 0;
}

int glow_envoy_follow(struct glow_envoy *e, const char *topic, bool on, char why[GLOW_MQTT_WHY])
{
	struct order order = { .deed = on ? FOLLOW : UNFOLLOW };
	struct report report;

	snprintf(order.topic, sizeof(order.topic), "%s", topic);
	return command(e, &order, &report, why);
}

int glow_envoy_publish(struct glow_envoy *e, const struct glow_envoy_post *post, char why[GLOW_MQTT_WHY])
{
	struct order order = { .deed = PUBLISH,
			       .len = post->len,
			       .n = post->n,
			       .spread = post->spread,
			       .qos = post->qos,
			       .retained = post->retained };
	struct report report;

	snprintf(order.topic, sizeof(order.topic), "%s", post->topic);
	snprintf(order.text, sizeof(order.text), "%s", post->text);
	snprintf(order.response_topic, sizeof(order.response_topic), "%s",
		 post->response_topic ? post->response_topic : "");
	snprintf(order.correlation, sizeof(order.correlation), "%s", post->correlation ? post->correlation : "");
	return command(e, &order, &report, why);
}

int glow_envoy_hear(struct glow_envoy *e, unsigned wait_ms, struct glow_envoy_heard *ret_heard, int *ret_reason,
		    char why[GLOW_MQTT_WHY])
{
	const struct order order = { .deed = HEAR, .wait_ms = wait_ms };
	struct report report;
	int r = command(e, &order, &report, why);

	*ret_heard = report.heard;
	*ret_reason = report.reason;
	return r;
}

void glow_envoy_end(struct glow_envoy *e, enum glow_envoy_end how)
{
	const struct order order = { .deed = LEAVE, .with_will = how == GLOW_ENVOY_LATE };
	struct report report;
	char why[GLOW_MQTT_WHY];

	if (e->pid <= 0)
		return;
	if (how != GLOW_ENVOY_KILLED)
		command(e, &order, &report, why);
	kill(e->pid, SIGKILL);
	while (waitpid(e->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(e->fd);
	*e = (struct glow_envoy){ .pid = 0 };
}

void glow_envoy_hang(struct glow_envoy *e)
{
	kill(e->pid, SIGSTOP);
}
