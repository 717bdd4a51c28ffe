/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Paho's synchronous client, held so that it never waits.
 *
 * MQTTClient_publish5() waits in steps of 100 ms when maxInflightMessages are
 * unacknowledged (with QoS 0 too) or the socket takes only part of a packet; glow_link_room()
 * knows both before, and keeps one place free of what is acknowledged. While it waits it also reads, without the lock
 * that MQTTClient_receive() in another thread would need: so one thread does both.
 *
 * MQTTClient_receive() cannot be woken, so the thread polls the descriptor
 * itself and calls it with no timeout. A packet may already have left the
 * socket for OpenSSL's buffer, where poll() does not see it; "nothing more" is
 * therefore said only after two calls in a row that did nothing. One such call
 * may have eaten a ping response; an acknowledgement shows in the number of
 * pending ones. */

#include "mqtt_link.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <MQTTClient.h>

#include <glow/clock.h>

#include "mqtt_socket.h"
#include "mqtt_uri.h"
#include "mqtt_why.h"

#define WINDOW         20
#define SEND_BUFFER    524288
#define SEND_BACKLOG   65536
#define RESERVED       4     /* of the window, for the clock's lane */
#define RESERVED_BYTES 16384 /* beyond SEND_BACKLOG, for the clock's lane */
#define BEHIND_MS      100   /* an acknowledgement that takes so long */
#define BEHIND_WINDOW  2
#define MEMORY_SPARE   65536 /* for what one call of Paho's may ask for */
#define QUIET_CALLS    2

/* What people are told of the broker: name and port, and where the name is none of its own, the address. */
static void name_broker(struct glow_link *link)
{
	bool ipv6 = strchr(link->host, ':');
	int len = snprintf(link->where, sizeof(link->where), "%s%.100s%s:%u", ipv6 ? "[" : "", link->host,
			   ipv6 ? "]" : "", link->port);

	if (link->peer.size > 0 && strcmp(link->peer.text, link->host) != 0)
		snprintf(link->where + len, sizeof(link->where) - (size_t)len, " (%s)", link->peer.text);
}

void glow_link_name(const struct glow_link *link, char name[GLOW_MQTT_WHY])
{
	snprintf(name, GLOW_MQTT_WHY, "%s://%s", link->tls ? "mqtts" : "mqtt", link->where);
}

/* Paho calls it while this thread is in MQTTClient_receive(). */
static void note_ack(void *data, int token, int packet, MQTTProperties *properties, enum MQTTReasonCodes reason)
{
	struct glow_link *link = data;

	(void)packet;
	(void)properties;
	glow_acks_done(&link->acks, token, (int)reason);
}

bool glow_link_memory(void)
{
	void *volatile spare = malloc(MEMORY_SPARE);
	bool there = spare;

	free(spare);
	return there;
}

int glow_link_init(struct glow_link *link, const struct glow_mqtt_cfg *cfg, const char *id, char why[GLOW_MQTT_WHY])
{
	MQTTClient_createOptions options = MQTTClient_createOptions_initializer;
	char uri[sizeof(link->host) + 24];
	int r;

	*link = (struct glow_link){ .cfg = cfg, .id = id, .fd = -1, .keepalive_s = cfg->keepalive_s };
	if (!glow_link_parse(link, cfg->broker)) {
		/* Not repeated: somebody may have put a password into it. */
		snprintf(why, GLOW_MQTT_WHY, "broker must be mqtt://host[:port] or mqtts://host[:port]");
		return -EINVAL;
	}
	/* Paho 1.3.9 to 1.3.13 send plain MQTT through these. */
	unsetenv("http_proxy");
	unsetenv("https_proxy");

	name_broker(link);
	/* An address without brackets and zone, as Paho asks for this text in the certificate. The port is what
	 * follows the last colon. */
	snprintf(uri, sizeof(uri), "%s://%.*s:%u", link->tls ? "ssl" : "tcp", (int)strcspn(link->host, "%"), link->host,
		 link->port);
	options.MQTTVersion = MQTTVERSION_5;
	r = glow_link_memory()
		    ? MQTTClient_createWithOptions(&link->client, uri, id, MQTTCLIENT_PERSISTENCE_NONE, NULL, &options)
		    : MQTTCLIENT_FAILURE;
	if (r != MQTTCLIENT_SUCCESS) {
		bool named = r == MQTTCLIENT_BAD_UTF8_STRING; /* what else may fail is memory */

		link->client = NULL;
		snprintf(why, GLOW_MQTT_WHY, named ? "client id \"%.80s\" cannot be used" : "out of memory", id);
		return named ? -EINVAL : -ENOMEM;
	}
	MQTTClient_setPublished(link->client, link, note_ack);
	return 0;
}

void glow_link_fini(struct glow_link *link)
{
	if (link->client && glow_link_memory()) /* else it may be half made */
		MQTTClient_destroy(&link->client);
	glow_acks_clear(&link->acks);
}

/* Without TCP_NODELAY, which Paho does not set, QoS 1 traffic waits 40 ms for
 * delayed acknowledgements. The larger buffer takes the largest packet whole. */
static void tune_connection(int fd)
{
	const int on = 1, size = SEND_BUFFER;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	glow_alive_tune(fd);
}

static int note_tls_error(const char *text, size_t len, void *data)
{
	struct glow_link *link = data;

	/* "error:0A000086:SSL routines::certificate verify failed:../ssl/…" */
	snprintf(link->tls_error, sizeof(link->tls_error), "%.*s", (int)len, text);
	link->tls_error[strcspn(link->tls_error, "\n")] = '\0';
	return 1;
}

static MQTTClient_SSLOptions tls_options(struct glow_link *link)
{
	MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;

	tls.enableServerCertAuth = 1;
	tls.verify = 1; /* the host name, which Paho leaves out by default */
	tls.trustStore = link->cfg->ca_file;
	tls.keyStore = link->cfg->cert_file;
	tls.privateKey = link->cfg->key_file;
	tls.ssl_error_cb = note_tls_error;
	tls.ssl_error_context = link;
	return tls;
}

static MQTTClient_willOptions will_options(const struct glow_mqtt_cfg *cfg)
{
	MQTTClient_willOptions will = MQTTClient_willOptions_initializer;

	will.topicName = cfg->will_topic;
	will.message = cfg->will_payload;
	will.retained = 1;
	will.qos = 1;
	return will;
}

static int connect_with(struct glow_link *link, MQTTClient_connectOptions *options)
{
	MQTTProperty packet_max = { .identifier = MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE,
				    .value.integer4 = GLOW_MQTT_PACKET_MAX };
	MQTTProperties properties = MQTTProperties_initializer;
	MQTTResponse response;
	int reason;

	MQTTProperties_add(&properties, &packet_max);
	response = MQTTClient_connect5(link->client, options, &properties, NULL);
	reason = (int)response.reasonCode;
	link->limits = glow_limits_read(&response);
	MQTTResponse_free(response);
	MQTTProperties_free(&properties);
	return reason;
}

static MQTTClient_connectOptions connect_options(const struct glow_link *link)
{
	const struct glow_mqtt_cfg *cfg = link->cfg;
	MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer5;

	options.MQTTVersion = MQTTVERSION_5;
	options.keepAliveInterval = (int)link->keepalive_s;
	options.cleanstart = 1;
	options.reliable = 0;
	options.maxInflightMessages = WINDOW;
	options.connectTimeout = GLOW_LINK_CONNECT_S;
	options.username = cfg->username;
	options.password = cfg->password;
	return options;
}

/* TCP: link->fd, and the address that it leads to. */
static int dial(struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	int fd;

	link->peer.size = 0;
	name_broker(link);
	fd = glow_dial(link->host, link->port, GLOW_LINK_DIAL_MS, &link->last, link->where, &link->peer, why,
		       GLOW_MQTT_WHY);
	if (fd < 0)
		return glow_mqtt_explain_files(link, why) ? -EINVAL : fd;
	name_broker(link);
	tune_connection(fd);
	glow_socket_lend(fd, &link->stream);
	return 0;
}

/* TLS and MQTT over it; MQTTREASONCODE_SUCCESS, the broker's code, or Paho's negative one. */
static int shake_hands(struct glow_link *link, bool with_will)
{
	MQTTClient_connectOptions options = connect_options(link);
	MQTTClient_SSLOptions tls = tls_options(link);
	int reason;

	options.will = with_will && link->cfg->will_topic ? &link->will : NULL;
	options.ssl = link->tls ? &tls : NULL;
	link->tls_error[0] = '\0';
	glow_acks_clear(&link->acks);
	reason = connect_with(link, &options);
	link->fd = glow_socket_taken();
	return reason;
}

/* *ret_reason: the broker's, where it has one. */
static int connect_once(struct glow_link *link, bool with_will, int *ret_reason, char why[GLOW_MQTT_WHY])
{
	int r = dial(link, why);
	struct glow_mono start = glow_mono_now();
	int reason;

	if (r < 0)
		return r;
	reason = *ret_reason = shake_hands(link, with_will);
	if (reason != MQTTREASONCODE_SUCCESS) {
		int64_t took_ms = (glow_mono_now().ns - start.ns) / 1000000;

		glow_socket_forget();
		link->fd = -1;
		link->turned_away = link->stream.old || glow_mqtt_is_final(reason);
		/* What is no broker at one address may be one at the next. */
		if (reason < 0)
			link->last = link->peer;
		return glow_mqtt_explain(link, reason, took_ms > GLOW_LINK_CONNECT_S * 1000 - 500, why);
	}
	if (link->fd >= 0)
		return 0;
	glow_link_disconnect(link, false);
	snprintf(why, GLOW_MQTT_WHY, "this version of Paho connects in a way that glowswarm does not know");
	return -ENOTSUP;
}

/* Paho before 1.3.14 does not look at the keepalive that the broker wants in place of ours: a shorter one is asked for
 * from now on. A longer one is that of the broker alone; our pings do no harm. */
static bool is_hurried(struct glow_link *link)
{
	int wanted_s = link->limits.keepalive_s;

	if (wanted_s <= 0 || (unsigned)wanted_s >= link->keepalive_s)
		return false;
	link->keepalive_s = (unsigned)wanted_s;
	glow_link_disconnect(link, false);
	return true;
}

/* From 1.3.14 on Paho's pings are as far apart as the broker wants. */
static void start_alive(struct glow_link *link)
{
	int wanted_s = link->limits.keepalive_s;
	unsigned longer_s = wanted_s < 0 ? link->keepalive_s : (unsigned)wanted_s;

	link->silent = false;
	glow_alive_start(&link->alive, longer_s, glow_mono_ms());
	if (wanted_s >= 0 && (unsigned)wanted_s == link->keepalive_s)
		link->limits.keepalive_s = -1;
}

int glow_link_connect(struct glow_link *link, bool with_will, char why[GLOW_MQTT_WHY])
{
	int r, reason = 0;

	link->turned_away = false;
	if (!glow_link_memory()) {
		snprintf(why, GLOW_MQTT_WHY, "out of memory");
		return -ENOMEM;
	}
	link->will = will_options(link->cfg);
	do
		r = connect_once(link, with_will, &reason, why);
	while ((r < 0 && with_will && glow_limits_soften(&link->will, reason)) || (r == 0 && is_hurried(link)));
	if (r == 0)
		start_alive(link);
	return r;
}

static struct glow_mail *mail_of(const char *topic, const MQTTClient_message *from, struct glow_raw at)
{
	MQTTProperties *properties = (MQTTProperties *)&from->properties;
	const MQTTProperty *response = MQTTProperties_getProperty(properties, MQTTPROPERTY_CODE_RESPONSE_TOPIC);
	const MQTTProperty *correlation = MQTTProperties_getProperty(properties, MQTTPROPERTY_CODE_CORRELATION_DATA);
	struct glow_mqtt_event event = {
		.kind = GLOW_MQTT_MESSAGE,
		.message = { .topic = topic,
			     .payload = from->payload,
			     .len = (size_t)from->payloadlen,
			     .qos = from->qos,
			     .retained = from->retained,
			     .at = at },
	};
	char *response_topic = NULL;
	struct glow_mail *mail = NULL;

	if (response) {
		response_topic = strndup(response->value.data.data, (size_t)response->value.data.len);
		event.message.response_topic = response_topic;
	}
	if (correlation) {
		event.message.correlation = correlation->value.data.data;
		event.message.correlation_len = (size_t)correlation->value.data.len;
	}
	if (response_topic || !response)
		mail = glow_mail_create(&event);
	free(response_topic);
	return mail;
}

int glow_link_wait(struct glow_link *link, unsigned timeout_ms, struct glow_mail **ret_mail)
{
	MQTTClient_message *message = NULL;
	char *topic = NULL;
	int topic_len = 0;
	int rc = MQTTClient_receive(link->client, &topic, &topic_len, &message, timeout_ms);
	struct glow_raw at = glow_raw_now();

	/* A message may come together with the news that it was the last one. */
	if (message) {
		*ret_mail = rc == MQTTCLIENT_TOPICNAME_TRUNCATED ? NULL : mail_of(topic, message, at);
		MQTTClient_freeMessage(&message);
		MQTTClient_free(topic);
		return 1;
	}
	return MQTTClient_isConnected(link->client) ? 0 : -ENOTCONN;
}

/* False once nothing was heard for too long. */
static bool is_alive(struct glow_link *link)
{
	link->silent = !glow_alive_look(&link->alive, link->stream.bytes, glow_mono_ms());
	return !link->silent;
}

int glow_link_idle_ms(const struct glow_link *link)
{
	return glow_alive_next_ms(&link->alive);
}

int glow_link_receive(struct glow_link *link, struct glow_mail **ret_mail)
{
	int pending = glow_link_pending(link);
	int r = 0;

	for (int quiet = 0; r == 0 && quiet < QUIET_CALLS; quiet++) {
		int before = pending;

		r = glow_link_wait(link, 0, ret_mail);
		pending = glow_link_pending(link);
		if (pending != before)
			quiet = -1;
	}
	return r == 0 && !is_alive(link) ? -ENOTCONN : r;
}

/* How many Paho lets be unacknowledged before it waits. */
static int window(const struct glow_link *link)
{
	int most = link->limits.receive_max;

	return most > 0 && most < WINDOW ? most : WINDOW;
}

struct glow_room glow_link_room(const struct glow_link *link)
{
	int pending = glow_link_pending(link), most = window(link), queued = 0;
	/* A broker that takes one at a time leaves none to keep. */
	int clock = most > 1 ? most - 1 : 1, others = clock > RESERVED ? clock - RESERVED : 1;
	bool behind = glow_acks_wait_ms(&link->acks, glow_mono_ms()) > BEHIND_MS;

	if (ioctl(link->fd, SIOCOUTQ, &queued) < 0)
		queued = 0;
	/* A broker reads one packet of each connection in turn. Among thousands what the socket took may wait there for
	 * seconds, and beacons behind it. */
	if (behind && others > BEHIND_WINDOW)
		others = BEHIND_WINDOW;
	return (struct glow_room){ .behind = behind,
				   .qos_max = link->limits.qos_max,
				   .any = pending < most,
				   .acked = { pending < others, pending < clock },
				   .queued = (size_t)queued,
				   .most = { SEND_BACKLOG, SEND_BACKLOG + RESERVED_BYTES } };
}

static void add_data(MQTTProperties *properties, enum MQTTPropertyCodes code, const void *data, size_t len)
{
	MQTTProperty property = { .identifier = code };

	property.value.data.data = (char *)data;
	property.value.data.len = (int)len;
	MQTTProperties_add(properties, &property);
}

int glow_link_publish(struct glow_link *link, const struct glow_message *message)
{
	MQTTClient_message out = MQTTClient_message_initializer;
	MQTTResponse response;
	int reason, token = 0;

	if (!glow_link_memory())
		return -ENOTCONN;
	out.payload = (void *)message->payload;
	out.payloadlen = (int)message->len;
	out.qos = message->qos < link->limits.qos_max ? message->qos : link->limits.qos_max;
	out.retained = message->retained && link->limits.retain;
	if (message->response_topic)
		add_data(&out.properties, MQTTPROPERTY_CODE_RESPONSE_TOPIC, message->response_topic,
			 strlen(message->response_topic));
	if (message->correlation)
		add_data(&out.properties, MQTTPROPERTY_CODE_CORRELATION_DATA, message->correlation,
			 message->correlation_len);
	response = MQTTClient_publishMessage5(link->client, message->topic, &out, &token);
	MQTTProperties_free(&out.properties);
	reason = (int)response.reasonCode; /* an enum without negative values, which Paho puts there */
	MQTTResponse_free(response);
	if (reason >= 0 && out.qos > 0)
		glow_acks_sent(&link->acks, token, message->topic, glow_mono_ms());
	if (reason >= 0)
		return 0;
	return reason == MQTTCLIENT_BAD_UTF8_STRING ? -EINVAL : -ENOTCONN;
}

int glow_link_pending(const struct glow_link *link)
{
	MQTTClient_deliveryToken *tokens = NULL;
	int n = 0;

	if (MQTTClient_getPendingDeliveryTokens(link->client, &tokens) != MQTTCLIENT_SUCCESS || !tokens)
		return 0;
	while (tokens[n] != -1)
		n++;
	MQTTClient_free(tokens);
	return n;
}

void glow_link_disconnect(struct glow_link *link, bool with_will)
{
	MQTTClient_disconnect5(link->client, 0,
			       with_will ? MQTTREASONCODE_DISCONNECT_WITH_WILL_MESSAGE
					 : MQTTREASONCODE_NORMAL_DISCONNECTION,
			       NULL);
	glow_socket_forget();
	link->fd = -1;
}
