/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* The messenger against a real Mosquitto, and against two that misbehave: a
 * listener that never answers and a broker that refuses a subscription. */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include <glow/clock.h>
#include <glow/hash.h>
#include <glow/mqtt.h>

#include "harness/broker.h"

#define PATIENCE_MS 15000
#define CLOSE_MS    3000
#define LEAVE_MS    1600 /* of a broker that does not read */
#define BURST       2000
#define BOX         1024 /* what the messenger holds for a slow owner */

struct fixture {
	struct broker broker;
	struct glow_mqtt *mqtt;
	struct glow_mqtt_cfg cfg;
};

static const char *const topics[] = { "t/#" };
static const char *const retained_topics[] = { "r/#" };
static const char *const wished_topics[] = { "w/#" };

static int64_t now_ms(void)
{
	return glow_mono_now().ns / 1000000;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	broker_init(&f->broker);
	f->cfg = (struct glow_mqtt_cfg){
		.broker = f->broker.uri, .client_id = "messenger", .keepalive_s = 10, .topics = topics, .n_topics = 1
	};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	bool closed = glow_mqtt_close(f->mqtt, CLOSE_MS);

	broker_fini(&f->broker);
	free(f);
	return closed ? 0 : -1;
}

static uint64_t dropped(struct glow_mqtt *mqtt)
{
	struct glow_mqtt_counts counts;

	glow_mqtt_counts(mqtt, &counts);
	return counts.in_dropped + counts.out_dropped;
}

static struct glow_mqtt_event next(struct glow_mqtt *mqtt)
{
	struct pollfd fd = { .fd = glow_mqtt_fd(mqtt), .events = POLLIN };
	struct glow_mqtt_event event;

	while (!glow_mqtt_next(mqtt, &event))
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	return event;
}

static struct glow_mqtt_event expect(struct glow_mqtt *mqtt, enum glow_mqtt_event_kind kind)
{
	struct glow_mqtt_event event = next(mqtt);

	assert_int_equal(event.kind, kind);
	return event;
}

static struct glow_message expect_message(struct glow_mqtt *mqtt, const char *topic, const char *payload)
{
	struct glow_message message = expect(mqtt, GLOW_MQTT_MESSAGE).message;

	assert_string_equal(message.topic, topic);
	assert_int_equal(message.len, strlen(payload));
	assert_memory_equal(message.payload, payload, message.len);
	return message;
}

/* An attempt fails, and the sentence about it contains `words`. */
static void expect_failure(struct glow_mqtt *mqtt, const char *words)
{
	const char *why = expect(mqtt, GLOW_MQTT_FAILED).why;

	if (!strstr(why, words))
		fail_msg("\"%s\" is not in \"%s\"", words, why);
}

static void open_messenger(struct fixture *f)
{
	char why[GLOW_MQTT_WHY];

	assert_int_equal(glow_mqtt_open(&f->cfg, &f->mqtt, why), 0);
}

static void connect_messenger(struct fixture *f)
{
	broker_start(&f->broker, NULL);
	open_messenger(f);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
}

static void close_messenger(struct fixture *f)
{
	assert_true(glow_mqtt_close(f->mqtt, CLOSE_MS));
	f->mqtt = NULL;
}

static int publish(struct fixture *f, const char *topic, const char *payload, int qos, bool retained)
{
	const struct glow_message message = {
		.topic = topic, .payload = payload, .len = strlen(payload), .qos = qos, .retained = retained
	};

	return glow_mqtt_publish(f->mqtt, &message);
}

static void test_uri(void **state)
{
	static const char *const wrong[] = {
		"",
		"localhost",
		"tcp://localhost",
		"mqtt://",
		"mqtt://:1883",
		"mqtt://host:",
		"mqtt://host:0",
		"mqtt://host:65536",
		"mqtt://host:18 3",
		"mqtt://host/path",
		"mqtt://me:pw@host",
		"mqtt://[::1",
		"mqtts://host:12x",
		"MQTT://host",
	};
	struct fixture *f = *state;
	char why[GLOW_MQTT_WHY];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		f->cfg.broker = wrong[i];
		assert_false(glow_mqtt_uri_valid(wrong[i]));
		why[0] = '\0';
		assert_int_equal(glow_mqtt_open(&f->cfg, &f->mqtt, why), -EINVAL);
		assert_non_null(strstr(why, "mqtt://host[:port]"));
		assert_null(strstr(why, "pw"));
	}
	f->cfg.broker = "mqtt://[::1]:1"; /* the control */
	assert_true(glow_mqtt_uri_valid(f->cfg.broker));
	open_messenger(f);
	expect_failure(f->mqtt, "cannot reach [::1]:1: Connection refused");
}

static void test_request(void **state)
{
	struct fixture *f = *state;
	const char *const request[] = { "-q",
					"1",
					"-t",
					"t/in",
					"-m",
					"hello",
					"-D",
					"publish",
					"response-topic",
					"t/answer",
					"-D",
					"publish",
					"correlation-data",
					"4711",
					NULL };
	const char *const plain[] = { "-t", "t/plain", "-m", "hi", NULL };
	struct glow_message message;

	connect_messenger(f);
	assert_int_equal(broker_publish(&f->broker, request), 0);
	message = expect_message(f->mqtt, "t/in", "hello");
	assert_string_equal(message.response_topic, "t/answer");
	assert_int_equal(message.correlation_len, 4);
	assert_memory_equal(message.correlation, "4711", 4);
	assert_int_equal(message.qos, 1);
	assert_false(message.retained);

	assert_int_equal(broker_publish(&f->broker, plain), 0);
	message = expect_message(f->mqtt, "t/plain", "hi");
	assert_null(message.response_topic);
	assert_null(message.correlation);
	assert_int_equal(message.qos, 0);
}

/* What we send, as we receive it ourselves. */
static void test_echo(void **state)
{
	static char large[262144];
	const struct glow_message asked = { .topic = "t/echo",
					    .payload = large,
					    .len = sizeof(large),
					    .qos = 1,
					    .response_topic = "t/there",
					    .correlation = "\0\1\2",
					    .correlation_len = 3 };
	struct glow_message too_large = asked, got;
	struct fixture *f = *state;

	memset(large, 'x', sizeof(large));
	connect_messenger(f);
	assert_int_equal(glow_mqtt_publish(f->mqtt, &asked), 0);
	got = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;
	assert_int_equal(got.len, sizeof(large));
	assert_memory_equal(got.payload, large, sizeof(large));
	assert_string_equal(got.response_topic, "t/there");
	assert_int_equal(got.correlation_len, 3);
	assert_memory_equal(got.correlation, "\0\1\2", 3);

	too_large.len = GLOW_MQTT_PACKET_MAX;
	too_large.payload = calloc(1, too_large.len);
	assert_int_equal(glow_mqtt_publish(f->mqtt, &too_large), -EMSGSIZE);
	free((void *)too_large.payload);
	assert_int_equal(dropped(f->mqtt), 0);
}

/* What is as large as the broker takes arrives; one byte more is not sent, is told, and ends nothing.
 * That a broker hangs up on it is the control in test_accounts.py. */
static void test_packet_size(void **state)
{
	enum { MOST = 5000 };
	static char large[2 * MOST];
	struct glow_message messages[] = {
		{ .topic = "t/0" },
		{ .topic = "t/1", .qos = 1 },
		{ .topic = "t/asked",
		  .qos = 1,
		  .response_topic = "t/there",
		  .correlation = "123",
		  .correlation_len = 3 },
	};
	struct fixture *f = *state;
	struct glow_mqtt_event event;

	broker_start(&f->broker, "allow_anonymous true\nmax_packet_size 5000\n");
	open_messenger(f);
	assert_int_equal(expect(f->mqtt, GLOW_MQTT_CONNECTED).limits.packet_max, MOST);
	memset(large, 'x', sizeof(large));
	for (size_t k = 0; k < sizeof(messages) / sizeof(messages[0]); k++) {
		struct glow_message *m = &messages[k];

		m->payload = large;
		m->len = 4900;
		m->len += MOST - glow_mqtt_packet_size(m);
		assert_int_equal(glow_mqtt_packet_size(m), MOST);
		assert_int_equal(glow_mqtt_publish(f->mqtt, m), 0);
		event = expect(f->mqtt, GLOW_MQTT_MESSAGE);
		assert_int_equal(event.message.len, m->len);
		m->len++;
		assert_int_equal(glow_mqtt_publish(f->mqtt, m), 0);
		event = expect(f->mqtt, GLOW_MQTT_UNSENT);
		assert_string_equal(event.message.topic, m->topic);
		assert_non_null(strstr(event.why, "5001 bytes, and the broker takes packets of at most 5000"));
	}
	assert_int_equal(publish(f, "t/small", "x", 1, false), 0);
	expect_message(f->mqtt, "t/small", "x");
}

/* Counts the replayed messages up to CONNECTED; none may come from the live topics. */
static int count_replay(struct fixture *f)
{
	int n = 0;

	for (;;) {
		struct glow_mqtt_event event = next(f->mqtt);

		if (event.kind == GLOW_MQTT_CONNECTED)
			return n;
		assert_int_equal(event.kind, GLOW_MQTT_MESSAGE);
		assert_true(event.message.retained);
		assert_int_equal(event.message.qos, 0); /* not to be acknowledged; what is live is: test_request() */
		assert_memory_equal(event.message.topic, "r/", 2);
		n++;
	}
}

/* Fifty of them: more than the broker sends without an acknowledgement where it asks for that. */
static void test_retained(void **state)
{
	enum { REPLAYED = 50 };
	struct fixture *f = *state;
	char topic[16];

	connect_messenger(f);
	for (int i = 0; i < REPLAYED; i++) {
		snprintf(topic, sizeof(topic), "r/%d", i);
		assert_int_equal(publish(f, topic, "kept", 1, true), 0);
	}
	assert_int_equal(publish(f, "t/kept", "not replayed", 1, true), 0);
	assert_true(expect_message(f->mqtt, "t/kept", "not replayed").retained); /* as published */
	close_messenger(f);

	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	open_messenger(f);
	assert_int_equal(count_replay(f), REPLAYED);

	/* Own messages come back on the live topics only. */
	assert_int_equal(publish(f, "r/own", "no", 1, false), 0);
	assert_int_equal(publish(f, "t/own", "yes", 1, false), 0);
	assert_false(expect_message(f->mqtt, "t/own", "yes").retained);
	close_messenger(f);

	f->cfg.n_retained_topics = 0; /* the control: who does not ask gets none */
	open_messenger(f);
	assert_int_equal(count_replay(f), 0);
}

/* A process of its own with a will, which tells through `ready` that it is connected. */
static void live_until_killed(const struct fixture *f, const char *id, int ready)
{
	struct glow_mqtt_cfg cfg = f->cfg;
	struct glow_mqtt_event event;
	struct glow_mqtt *mqtt;
	char why[GLOW_MQTT_WHY];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	cfg.client_id = id;
	cfg.lead_id = NULL;
	cfg.will_topic = "t/availability";
	cfg.will_payload = "offline";
	if (glow_mqtt_open(&cfg, &mqtt, why) < 0)
		_exit(1);
	while (!glow_mqtt_next(mqtt, &event) || event.kind != GLOW_MQTT_CONNECTED)
		poll(&(struct pollfd){ .fd = glow_mqtt_fd(mqtt), .events = POLLIN }, 1, PATIENCE_MS);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	pause();
}

/* Starts such a process and waits until it is connected. */
static pid_t start_other(const struct fixture *f, const char *id)
{
	int ready[2];
	pid_t other;
	char byte;

	assert_int_equal(pipe(ready), 0);
	other = fork();
	if (other == 0) {
		live_until_killed(f, id, ready[1]);
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return other;
}

static void end_other(pid_t other)
{
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
}

static void test_will(void **state)
{
	struct fixture *f = *state;
	pid_t victim;

	broker_start(&f->broker, NULL);
	victim = start_other(f, "victim");
	open_messenger(f);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	end_other(victim);
	assert_true(expect_message(f->mqtt, "t/availability", "offline").retained);
}

/* Who says goodbye has everything sent, and no will: the retained word is the last one said. */
/* promise: offline-is-told */
static void test_goodbye(void **state)
{
	struct fixture *f = *state;
	struct glow_message last;

	f->cfg.will_topic = "r/availability";
	f->cfg.will_payload = "died";
	connect_messenger(f);
	for (int i = 0; i < 100; i++)
		assert_int_equal(publish(f, "r/availability", "busy", 1, true), 0);
	assert_int_equal(publish(f, "r/availability", "left", 1, true), 0);
	close_messenger(f);

	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	open_messenger(f);
	last = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;
	assert_int_equal(last.len, 4);
	assert_memory_equal(last.payload, "left", 4);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
}

/* promise: broker-may-be-away */
static void test_restart(void **state)
{
	struct fixture *f = *state;
	struct glow_mqtt_event event;

	connect_messenger(f);
	broker_stop(&f->broker, SIGTERM);
	event = expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	assert_non_null(strstr(event.why, "lost"));
	assert_int_equal(publish(f, "t/x", "nobody hears this", 1, false), -ENOTCONN);
	expect_failure(f->mqtt, "Connection refused");
	broker_start(&f->broker, NULL);
	do {
		event = next(f->mqtt);
	} while (event.kind == GLOW_MQTT_FAILED);
	assert_int_equal(event.kind, GLOW_MQTT_CONNECTED);
	assert_int_equal(publish(f, "t/x", "flowing", 1, false), 0);
	expect_message(f->mqtt, "t/x", "flowing");
}

static void test_password(void **state)
{
	struct fixture *f = *state;
	char file[64], config[128];
	const char *const passwd[] = { "mosquitto_passwd", "-b", "-c", file, "me", "right", NULL };

	snprintf(file, sizeof(file), "%s/passwords", f->broker.dir);
	snprintf(config, sizeof(config), "allow_anonymous false\npassword_file %s", file);
	assert_int_equal(broker_run(NULL, passwd), 0);
	broker_start(&f->broker, config);
	f->cfg.username = "me";
	f->cfg.password = "wrong";
	open_messenger(f);
	expect_failure(f->mqtt, "password refused");
	close_messenger(f);

	f->cfg.password = "right";
	open_messenger(f);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
}

static void test_nobody_there(void **state)
{
	struct fixture *f = *state;
	char why[GLOW_MQTT_WHY];

	open_messenger(f); /* the broker is not started */
	expect_failure(f->mqtt, "Connection refused");
	close_messenger(f);
	f->cfg.broker = "mqtt://host.invalid";
	assert_true(glow_mqtt_check(&f->cfg, why) < 0);
	assert_non_null(strstr(why, "host.invalid not found"));
	assert_null(strstr(why, "mDNS"));

	f->cfg.broker = f->broker.uri;
	broker_start(&f->broker, NULL);
	assert_int_equal(glow_mqtt_check(&f->cfg, why), 0);
}

/* A name that takes mDNS says so, and in full. */
static void test_local_name(void **state)
{
	static const struct {
		const char *broker;
		bool mdns;
	} cases[] = {
		{ "mqtt://no-such-host.local", true },
		{ "mqtt://no-such-host.LOCAL.", true },
		{ "mqtt://local.invalid", false },
		{ "mqtt://no-such-host.local.invalid", false },
		{ "mqtt://no-such-host-local.invalid", false },
	};
	struct fixture *f = *state;
	char why[GLOW_MQTT_WHY];

	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		f->cfg.broker = cases[k].broker;
		assert_true(glow_mqtt_check(&f->cfg, why) < 0);
		assert_non_null(strstr(why, "not found"));
		assert_int_equal(strstr(why, "give the address, or docker's --add-host") != NULL, cases[k].mdns);
	}
}

static int listen_at(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* What is left of such a messenger is left, so it is looked at in a process of its own. */
static void close_in_the_middle(const struct fixture *f)
{
	struct glow_mqtt *mqtt;
	int64_t start_ms;
	char why[GLOW_MQTT_WHY];
	bool closed;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (glow_mqtt_open(&f->cfg, &mqtt, why) < 0)
		_exit(1);
	poll(NULL, 0, 200); /* into the middle of the connect */
	start_ms = now_ms();
	closed = glow_mqtt_close(mqtt, 300);
	_exit(closed ? 2 : now_ms() - start_ms > 800 ? 3 : 0);
}

static void test_silent_broker(void **state)
{
	struct fixture *f = *state;
	int listener = listen_at(f->broker.port);
	int64_t start_ms;
	char why[GLOW_MQTT_WHY];
	int status;
	pid_t child = fork();

	if (child == 0)
		close_in_the_middle(f);
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);

	start_ms = now_ms();
	assert_true(glow_mqtt_check(&f->cfg, why) < 0);
	assert_in_range(now_ms() - start_ms, 4000, 6500);
	assert_non_null(strstr(why, "does not answer"));
	close(listener);
}

/* It was there and is frozen now: neither publishing nor closing may wait for it. */
/* promise: bounded-queues */
static void test_frozen_broker(void **state)
{
	static char payload[50000];
	struct fixture *f = *state;
	int64_t start_ms, worst_ms = 0;

	memset(payload, 'x', sizeof(payload) - 1);
	connect_messenger(f);
	kill(f->broker.pid, SIGSTOP);
	for (int i = 0; i < 200; i++) {
		start_ms = now_ms();
		assert_int_equal(publish(f, "t/large", payload, i % 2, false), 0);
		if (now_ms() - start_ms > worst_ms)
			worst_ms = now_ms() - start_ms;
	}
	assert_in_range(dropped(f->mqtt), 1, 199); /* 20 fit into the lane, and some into the socket */
	assert_in_range(worst_ms, 0, 500);

	start_ms = now_ms();
	close_messenger(f); /* asserts that it was possible */
	assert_in_range(now_ms() - start_ms, CLOSE_MS * 3 / 4, CLOSE_MS);
}

/* Reads what the client sent up to its SUBSCRIBE, whose packet id is returned. */
static uint16_t fake_read_subscribe(int fd)
{
	uint8_t packet[512];

	for (;;) {
		ssize_t n = recv(fd, packet, sizeof(packet), 0);

		assert_true(n > 3);
		if (packet[0] == 0x10)
			assert_int_equal(send(fd, "\x20\x03\0\0\0", 5, 0), 5);
		else if (packet[0] == 0x82)
			return (uint16_t)(packet[2] << 8 | packet[3]);
	}
}

static void fake_answer_subscribe(int fd, uint8_t reason)
{
	uint16_t id = fake_read_subscribe(fd);
	const uint8_t answer[] = { 0x90, 4, (uint8_t)(id >> 8), (uint8_t)id, 0, reason };

	assert_int_equal(send(fd, answer, sizeof(answer), 0), sizeof(answer));
}

static void *refuse_subscription(void *data)
{
	int client = accept(*(int *)data, NULL, NULL);
	uint16_t id;

	fake_answer_subscribe(client, 0x87);
	while (recv(client, &id, sizeof(id), 0) > 0)
		;
	close(client);
	return NULL;
}

static void test_refused_subscription(void **state)
{
	struct fixture *f = *state;
	int listener = listen_at(f->broker.port);
	pthread_t fake;

	pthread_create(&fake, NULL, refuse_subscription, &listener);
	open_messenger(f);
	expect_failure(f->mqtt, "subscription to t/# refused: not authorized");
	pthread_join(fake, NULL);
	close(listener);
}

static void *refuse_wish(void *data)
{
	int client = accept(*(int *)data, NULL, NULL);
	uint8_t byte;

	fake_answer_subscribe(client, 0x87);
	fake_answer_subscribe(client, 1);
	while (recv(client, &byte, 1, 0) > 0)
		;
	close(client);
	return NULL;
}

/* It goes on without, and says so. */
static void test_refused_wish(void **state)
{
	struct fixture *f = *state;
	int listener = listen_at(f->broker.port);
	pthread_t fake;

	f->cfg.wished_topics = wished_topics;
	f->cfg.n_wished_topics = 1;
	pthread_create(&fake, NULL, refuse_wish, &listener);
	open_messenger(f);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	assert_string_equal(expect(f->mqtt, GLOW_MQTT_WISH_REFUSED).why, "subscription to w/# refused: not authorized");
	close_messenger(f);
	pthread_join(fake, NULL);
	close(listener);
}

/* Ours come back, and what is retained comes first. */
static void test_wish(void **state)
{
	struct fixture *f = *state;

	connect_messenger(f);
	assert_int_equal(publish(f, "w/kept", "old", 1, true), 0);
	publish(f, "t/1", "through", 1, false);
	expect_message(f->mqtt, "t/1", "through"); /* the control: nobody wished for the other */
	close_messenger(f);
	f->cfg.wished_topics = wished_topics;
	f->cfg.n_wished_topics = 1;
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	open_messenger(f);
	assert_true(expect_message(f->mqtt, "w/kept", "old").retained);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	assert_int_equal(publish(f, "w/kept", "", 1, true), 0);
	assert_false(expect_message(f->mqtt, "w/kept", "").retained);
}

static void make_certificates(const struct broker *broker)
{
	static const char script[] =
		"cd \"$1\" && exec 2>/dev/null && "
		"for ca in ca other; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
		"-subj /CN=$ca -keyout $ca.key -out $ca.crt || exit 1; done && "
		"openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout server.key "
		"-out server.csr && "
		"echo subjectAltName=DNS:localhost >san && "
		"openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san "
		"-out server.crt";
	const char *const sh[] = { "sh", "-c", script, "sh", broker->dir, NULL };

	assert_int_equal(broker_run(NULL, sh), 0);
}

/* Publishes `n` messages and receives them, each once and in order. */
static void burst(struct fixture *f, int n)
{
	int sent = 0;

	for (int received = 0; received < n; received++) {
		char payload[16];

		for (; sent < n && sent < received + BOX / 2; sent++) {
			snprintf(payload, sizeof(payload), "%d", sent);
			assert_int_equal(publish(f, "t/burst", payload, 1, false), 0);
		}
		snprintf(payload, sizeof(payload), "%d", received);
		expect_message(f->mqtt, "t/burst", payload);
	}
	assert_int_equal(dropped(f->mqtt), 0);
}

/* promise: tls-is-verified */
static void test_tls(void **state)
{
	struct fixture *f = *state;
	char config[256], by_name[64], by_number[64], ca[64], other[64];
	const char *dir = f->broker.dir;

	snprintf(ca, sizeof(ca), "%s/ca.crt", dir);
	snprintf(other, sizeof(other), "%s/other.crt", dir);
	snprintf(by_name, sizeof(by_name), "mqtts://localhost:%u", f->broker.port);
	snprintf(by_number, sizeof(by_number), "mqtts://127.0.0.1:%u", f->broker.port);
	snprintf(config, sizeof(config),
		 "allow_anonymous true\ncafile %s\ncertfile %s/server.crt\nkeyfile %s/server.key", ca, dir, dir);
	make_certificates(&f->broker);
	broker_start(&f->broker, config);

	f->cfg.broker = by_name;
	f->cfg.ca_file = other;
	open_messenger(f);
	expect_failure(f->mqtt, "not trusted");
	close_messenger(f);

	f->cfg.ca_file = NULL;
	open_messenger(f);
	expect_failure(f->mqtt, "--ca-file");
	close_messenger(f);

	f->cfg.ca_file = "/nowhere/ca.crt";
	open_messenger(f);
	expect_failure(f->mqtt, "cannot read /nowhere/ca.crt");
	close_messenger(f);

	f->cfg.broker = by_number;
	f->cfg.ca_file = ca;
	open_messenger(f);
	expect_failure(f->mqtt, "not made out to the name 127.0.0.1");
	close_messenger(f);

	f->cfg.broker = f->broker.uri; /* no TLS where the broker wants it */
	open_messenger(f);
	expect_failure(f->mqtt, "use mqtts://");
	close_messenger(f);

	f->cfg.broker = by_name;
	open_messenger(f);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	burst(f, BURST);
}

static void test_burst(void **state)
{
	struct fixture *f = *state;

	connect_messenger(f);
	burst(f, BURST);
}

/* An owner that does not read loses the oldest, and hears how many. */
/* promise: bounded-queues */
static void test_overflow(void **state)
{
	enum { LOST = 100 };
	struct fixture *f = *state;
	static char lines[(BOX + LOST) * 8 + 1];
	char port[8];
	const char *const pub[] = {
		"mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "t/x", "-l", NULL
	};
	int64_t start_ms = now_ms();

	for (int i = 0; i < BOX + LOST; i++)
		snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), "%d\n", i);
	snprintf(port, sizeof(port), "%u", f->broker.port);
	connect_messenger(f);
	assert_int_equal(dropped(f->mqtt), 0);
	assert_int_equal(broker_run(lines, pub), 0);
	while (dropped(f->mqtt) < LOST && now_ms() - start_ms < PATIENCE_MS)
		poll(NULL, 0, 5);
	assert_int_equal(dropped(f->mqtt), LOST);
	for (int i = LOST; i < BOX + LOST; i++) {
		char payload[16];

		snprintf(payload, sizeof(payload), "%d", i);
		expect_message(f->mqtt, "t/x", payload);
	}
}

/* "…/clock" is the clock's, and what is retained has the key of its topic. */
static enum glow_lane sort(const char *prefix, enum glow_way way, const struct glow_message *message, uint64_t *ret_key)
{
	(void)prefix;
	*ret_key = way == GLOW_WAY_OUT && message->retained;
	return strstr(message->topic, "/clock") ? GLOW_LANE_CLOCK : GLOW_LANE_COMMAND;
}

/* Nothing of the others holds up the clock: it leaves while they wait for acknowledgements, its QoS 0 even while its
 * own QoS 1 does. */
/* promise: bounded-queues */
static void test_clock_overtakes(void **state)
{
	struct fixture *f = *state;
	int64_t sent[2] = { 7, 1000000000 }, waited_ns[2];
	struct glow_message probe = { .payload = sent, .len = sizeof(sent), .aging = { 8 } };

	f->cfg.sort = sort;
	connect_messenger(f);
	kill(f->broker.pid, SIGSTOP);
	for (int i = 0; i < 50; i++) {
		publish(f, "t/fill", "x", 1, false);
		publish(f, "t/clock/fill", "x", 1, false);
	}
	for (int i = 0; i < 2; i++) {
		probe.topic = i ? "t/fill/probe" : "t/clock/probe"; /* the other is the control */
		assert_int_equal(glow_mqtt_publish(f->mqtt, &probe), 0);
	}
	poll(NULL, 0, 200);
	kill(f->broker.pid, SIGCONT);
	for (int i = 0; i < 2;) {
		struct glow_message back = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;

		if (!strstr(back.topic, "/probe"))
			continue;
		assert_string_equal(back.topic, i ? "t/fill/probe" : "t/clock/probe");
		memcpy(sent, back.payload, sizeof(sent));
		waited_ns[i++] = sent[1] - 1000000000;
	}
	assert_true(waited_ns[0] < waited_ns[1]);
	assert_true(waited_ns[1] >= 200000000); /* as long as the broker stood still */
}

enum { FLOOD = 30000, SINGLES = 8 };

/* QoS 0, with a response topic when `asks`. */
static size_t fake_publish(uint8_t *at, const char *topic, bool asks)
{
	static const uint8_t response[] = { 0x08, 0, 4, 't', 'o', '/', 'm' };
	uint8_t n_topic = (uint8_t)strlen(topic), n_properties = asks ? sizeof(response) : 0;
	uint8_t *start = at;

	*at++ = 0x30;
	*at++ = (uint8_t)(2 + n_topic + 1 + n_properties + 1);
	*at++ = 0;
	*at++ = n_topic;
	at = (uint8_t *)memcpy(at, topic, n_topic) + n_topic;
	*at++ = n_properties;
	at = (uint8_t *)memcpy(at, response, n_properties) + n_properties;
	*at++ = 'x';
	return (size_t)(at - start);
}

/* A few single messages, a flood of three kinds, and a last one. */
static void *flood(void *data)
{
	static const char *const kinds[] = { "t/plain", "t/asked", "t/newest" };
	static uint8_t bytes[(SINGLES + FLOOD + 1) * 32];
	int client = accept(*(int *)data, NULL, NULL);
	char single[] = "t/single/0";
	size_t n = 0;
	uint8_t byte;

	for (int k = 0; k < SINGLES; k++, single[9]++)
		n += fake_publish(bytes + n, single, false);
	for (int k = 0; k < FLOOD; k++)
		n += fake_publish(bytes + n, kinds[k / 10 % 3], k / 10 % 3 == 1);
	n += fake_publish(bytes + n, "t/clock/last", false);
	fake_answer_subscribe(client, 1);
	for (size_t sent = 0; sent < n;)
		sent += (size_t)send(client, bytes + sent, n - sent, 0);
	while (recv(client, &byte, 1, 0) > 0)
		;
	close(client);
	return NULL;
}

static enum glow_lane sort_flood(const char *prefix, enum glow_way way, const struct glow_message *message,
				 uint64_t *ret_key)
{
	enum glow_lane lane = sort(prefix, way, message, ret_key);

	*ret_key = strcmp(message->topic, "t/newest") == 0;
	return lane;
}

/* Whatever an owner does not keep up with is handled, dropped or replaced: the sum is exact. What is single, and what
 * comes in another lane, is not lost. (A single message shares its counter with a flooded topic in one box of twenty,
 * and goes with it: so there are several.) */
/* promise: nothing-lost-unsaid */
static void test_flood_counts(void **state)
{
	struct fixture *f = *state;
	int listener = listen_at(f->broker.port), handled = 0, single = 0, told = 0;
	struct glow_mqtt_counts counts = { 0 };
	struct glow_mqtt_event event;
	bool last = false;
	pthread_t fake;

	f->cfg.sort = sort_flood;
	pthread_create(&fake, NULL, flood, &listener);
	open_messenger(f);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	while (dropped(f->mqtt) < FLOOD / 10)
		poll(NULL, 0, 5);
	while (!last) {
		event = next(f->mqtt);
		if (event.kind == GLOW_MQTT_DROPPED) {
			assert_string_equal(event.message.response_topic, "to/m");
			told++;
			continue;
		}
		assert_int_equal(event.kind, GLOW_MQTT_MESSAGE);
		single += strncmp(event.message.topic, "t/single/", 9) == 0;
		last = strcmp(event.message.topic, "t/clock/last") == 0;
		handled++;
	}
	while (glow_mqtt_next(f->mqtt, &event))
		handled += event.kind == GLOW_MQTT_MESSAGE;
	glow_mqtt_counts(f->mqtt, &counts);
	assert_in_range(single, 1, SINGLES);
	assert_true(counts.in_dropped > 0 && counts.in_replaced > 0 && told > 0);
	assert_int_equal(handled + (int)counts.in_dropped + (int)counts.in_replaced, SINGLES + FLOOD + 1);
	close_messenger(f);
	pthread_join(fake, NULL);
	close(listener);
}

enum { KEPT = 5000 };

static void publish_numbered(struct fixture *f, const char *pattern, int number, const char *payload)
{
	char topic[32];

	snprintf(topic, sizeof(topic), pattern, number);
	assert_int_equal(publish(f, topic, payload, 1, true), 0);
}

/* Reads until all of so many retained messages have been seen, each with its payload. */
static void read_numbered(struct fixture *f, const char *pattern, int n, const char *payload)
{
	static bool seen[KEPT];
	int left = n, number;

	memset(seen, 0, sizeof(seen));
	while (left > 0) {
		struct glow_mqtt_event event = next(f->mqtt);

		if (event.kind != GLOW_MQTT_MESSAGE || sscanf(event.message.topic, pattern, &number) != 1)
			continue;
		assert_in_range(number, 0, n - 1);
		assert_int_equal(event.message.len, strlen(payload));
		left -= !seen[number];
		seen[number] = true;
	}
}

/* Each retained topic has a key of its own. */
static enum glow_lane sort_kept(const char *prefix, enum glow_way way, const struct glow_message *message,
				uint64_t *ret_key)
{
	enum glow_lane lane = sort(prefix, way, message, ret_key);

	if (*ret_key)
		*ret_key = 1 + glow_fnv1a(GLOW_FNV_START, message->topic, strlen(message->topic));
	return lane;
}

/* A broker that takes nothing for a while has the newest of each retained topic in the end, whatever else found no
 * room: also that it was cleared. */
/* promise: retained-until-sent */
static void test_kept_until_sent(void **state)
{
	struct fixture *f = *state;
	struct glow_mqtt_event event;
	int number;

	f->cfg.sort = sort_kept;
	f->cfg.keepalive_s = 60; /* a slow machine takes some seconds */
	connect_messenger(f);
	kill(f->broker.pid, SIGSTOP);
	for (int k = 0; k < KEPT; k++)
		publish_numbered(f, "r/%d", k, "old");
	for (int k = 0; k < 2 * BOX; k++)
		assert_int_equal(publish(f, "x/fill", "x", 1, false), 0);
	for (int k = 0; k < KEPT; k++)
		publish_numbered(f, "r/%d", k, k % 2 ? "new" : "");
	assert_int_equal(dropped(f->mqtt), BOX); /* the control: of the flood, all that has no room */
	kill(f->broker.pid, SIGCONT);
	publish(f, "t/last", "", 1, false);
	expect_message(f->mqtt, "t/last", "");
	close_messenger(f);

	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	open_messenger(f);
	number = 0;
	while ((event = next(f->mqtt)).kind == GLOW_MQTT_MESSAGE) {
		assert_int_equal(event.message.len, 3);
		assert_memory_equal(event.message.payload, "new", 3);
		number++;
	}
	assert_int_equal(event.kind, GLOW_MQTT_CONNECTED);
	assert_int_equal(number, KEPT / 2);
	assert_int_equal(dropped(f->mqtt), 0);
}

/* Who reads slowly has all that the broker keeps in the end. */
/* promise: retained-read-to-its-end */
static void test_kept_all_read(void **state)
{
	static char payload[2001];
	struct fixture *f = *state;
	struct glow_mqtt_counts counts;

	memset(payload, 'x', sizeof(payload) - 1);
	f->cfg.sort = sort;
	f->cfg.wished_topics = wished_topics;
	f->cfg.n_wished_topics = 1;
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	connect_messenger(f);
	/* The control: of what is said just now most finds no room. Then it is asked for again. */
	for (int k = 0; k < KEPT; k++)
		publish_numbered(f, "w/%d/info", k, payload);
	while (dropped(f->mqtt) < KEPT / 2)
		poll(NULL, 0, 5);
	read_numbered(f, "w/%d/info", KEPT, payload);
	glow_mqtt_counts(f->mqtt, &counts);
	assert_true(counts.asked_again > 0);
	close_messenger(f);

	open_messenger(f);
	poll(NULL, 0, 200); /* a reader who has something else to do */
	read_numbered(f, "w/%d/info", KEPT, payload);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	assert_int_equal(dropped(f->mqtt), 0);
	glow_mqtt_counts(f->mqtt, &counts);
	assert_int_equal(counts.asked_again, 0);
}

/* That is what the broker keeps, once it has read the connection to its last byte: before that a new one under the same
 * client id would take its place, and have the will said. */
static void expect_availability(struct fixture *f, const char *word)
{
	struct glow_message kept;

	broker_wait_log(&f->broker, "Client messenger ");
	f->cfg.will_topic = NULL;
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	open_messenger(f);
	do
		kept = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;
	while (strcmp(kept.topic, "r/availability/clock") != 0);
	assert_int_equal(kept.len, strlen(word));
	assert_memory_equal(kept.payload, word, kept.len);
}

/* More than fits into the box and the sockets of a broker that stands still. None is acknowledged: a broker that cannot
 * acknowledge says the will by itself, whatever the goodbye was. */
static void publish_too_much(struct fixture *f, const char *topic)
{
	static char payload[50000];

	memset(payload, 'x', sizeof(payload) - 1);
	for (int i = 0; i < 100; i++)
		publish(f, topic, payload, 0, false);
	assert_in_range(dropped(f->mqtt), 1, 99);
}

/* The owner's last word, while too much waits for a broker that has just come to a stop. */
static void say_left_to_nobody(struct fixture *f, const char *too_much)
{
	assert_int_equal(publish(f, "r/availability/clock", "online", 1, true), 0);
	assert_int_equal(publish(f, "t/there", "", 1, false), 0);
	expect_message(f->mqtt, "t/there", "");
	kill(f->broker.pid, SIGSTOP);
	publish_too_much(f, too_much);
	assert_int_equal(publish(f, "r/availability/clock", "left", 0, true), 0);
}

static void leave_standing_broker(struct fixture *f, const char *too_much)
{
	f->cfg.sort = sort;
	f->cfg.will_topic = "r/availability/clock";
	f->cfg.will_payload = "died";
	connect_messenger(f);
	say_left_to_nobody(f, too_much);
	assert_true(glow_mqtt_close(f->mqtt, LEAVE_MS));
	f->mqtt = NULL;
	kill(f->broker.pid, SIGCONT);
}

/* With all else full, the last word still leaves. */
/* promise: offline-is-told */
static void test_goodbye_has_room(void **state)
{
	struct fixture *f = *state;

	leave_standing_broker(f, "u/large");
	expect_availability(f, "left");
}

/* Where even that cannot leave, the broker is asked to say the will. */
/* promise: offline-is-told */
static void test_goodbye_unsaid(void **state)
{
	struct fixture *f = *state;

	leave_standing_broker(f, "u/clock/large");
	expect_availability(f, "died");
}

/* So it is where the client id changes. */
/* promise: offline-is-told */
static void test_lead_unsaid(void **state)
{
	struct fixture *f = *state;
	bool died = false, back = false;
	struct glow_mqtt_event event;

	f->cfg.lead_id = "leader";
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	f->cfg.sort = sort;
	f->cfg.will_topic = "r/availability/clock";
	f->cfg.will_payload = "died";
	connect_messenger(f);
	glow_mqtt_lead(f->mqtt, true);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	say_left_to_nobody(f, "u/clock");
	glow_mqtt_lead(f->mqtt, false);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	kill(f->broker.pid, SIGCONT);
	/* The broker may serve the new connection before it has read the old one to its end. */
	do {
		event = next(f->mqtt);
		died |= event.kind == GLOW_MQTT_MESSAGE && event.message.len == 4 &&
			memcmp(event.message.payload, "died", 4) == 0;
		back |= event.kind == GLOW_MQTT_CONNECTED && !event.leading;
	} while (!died || !back);
}

/* A time stamp in a payload tells when it left, not when it was queued; the rest stays as it is. */
static void test_aging(void **state)
{
	struct fixture *f = *state;
	int64_t queued[4] = { 7, glow_raw_now().ns, 9, 1000000 };
	struct glow_message message = {
		.topic = "t/probe", .payload = queued, .len = sizeof(queued), .aging = { 8, 24 }
	};
	int64_t sent[4], before_ns;
	struct glow_message back;

	connect_messenger(f);
	kill(f->broker.pid, SIGSTOP); /* 20 unacknowledged ones fill the window */
	for (int i = 0; i < 25; i++)
		assert_int_equal(publish(f, "t/fill", "x", 1, false), 0);
	queued[1] = glow_raw_now().ns;
	assert_int_equal(glow_mqtt_publish(f->mqtt, &message), 0);
	poll(NULL, 0, 50);
	before_ns = glow_raw_now().ns;
	kill(f->broker.pid, SIGCONT);
	do
		back = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;
	while (strcmp(back.topic, "t/probe") != 0);
	memcpy(sent, back.payload, sizeof(sent));
	assert_int_equal(sent[0], 7);
	assert_int_equal(sent[2], 9);
	assert_true(sent[1] > before_ns);
	assert_true(back.at.ns > sent[1]);
	assert_true(back.at.ns <= glow_raw_now().ns);
	/* Both by the same, up to what passed between reading the clock and queueing. */
	assert_in_range(sent[1] - queued[1] - (sent[3] - 1000000), 0, 40000000);

	message.aging[0] = message.aging[1] = 0; /* the control */
	assert_int_equal(glow_mqtt_publish(f->mqtt, &message), 0);
	do
		back = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;
	while (strcmp(back.topic, "t/probe") != 0);
	assert_memory_equal(back.payload, queued, sizeof(queued));
}

/* The next connection; the retained words that come with it are gathered in `words`. */
static bool reconnected_as_leader(struct glow_mqtt *mqtt, char words[64])
{
	struct glow_mqtt_event event;

	words[0] = '\0';
	for (event = next(mqtt); event.kind != GLOW_MQTT_CONNECTED; event = next(mqtt)) {
		assert_int_not_equal(event.kind, GLOW_MQTT_DISCONNECTED);
		if (event.kind == GLOW_MQTT_MESSAGE)
			snprintf(words + strlen(words), 64 - strlen(words), "%s=%.*s ", event.message.topic,
				 (int)event.message.len, (const char *)event.message.payload);
	}
	return event.leading;
}

/* Asking for the id that the messenger has already is no reason to leave. */
static void ask_in_vain(struct glow_mqtt *mqtt, bool lead)
{
	struct pollfd fd = { .fd = glow_mqtt_fd(mqtt), .events = POLLIN };
	struct glow_mqtt_event event;

	glow_mqtt_lead(mqtt, lead);
	for (int64_t end_ms = now_ms() + 600; now_ms() < end_ms;) {
		poll(&fd, 1, 20);
		while (glow_mqtt_next(mqtt, &event))
			assert_int_not_equal(event.kind, GLOW_MQTT_DISCONNECTED);
	}
}

/* The second id is one client's at a time: who takes it throws the other out, who is
 * thrown out is back under its own, and only the second id leaves a will behind. */
/* promise: one-leader */
static void test_lead(void **state)
{
	struct fixture *f = *state;
	struct glow_mqtt_event event;
	char words[64];
	pid_t rival;

	f->cfg.lead_id = "leader";
	f->cfg.will_topic = "r/will";
	f->cfg.will_payload = "gone";
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = 1;
	connect_messenger(f);
	ask_in_vain(f->mqtt, false);
	glow_mqtt_lead(f->mqtt, true);
	assert_false(expect(f->mqtt, GLOW_MQTT_DISCONNECTED).leading);
	assert_true(reconnected_as_leader(f->mqtt, words));
	assert_string_equal(words, "");
	ask_in_vain(f->mqtt, true);

	rival = start_other(f, "leader");
	event = expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	assert_true(event.leading);
	assert_null(strstr(event.why, "another client"));
	assert_false(reconnected_as_leader(f->mqtt, words));
	assert_string_equal(words, "r/will=gone ");

	glow_mqtt_lead(f->mqtt, true);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	assert_true(reconnected_as_leader(f->mqtt, words));
	end_other(rival);

	/* What is queued still leaves, and leaving is a goodbye: no will. */
	assert_int_equal(publish(f, "r/will", "", 1, true), 0);
	assert_int_equal(publish(f, "r/last", "word", 1, true), 0);
	glow_mqtt_lead(f->mqtt, false);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	assert_false(reconnected_as_leader(f->mqtt, words));
	assert_string_equal(words, "r/last=word ");
}

/* Whether a message to "l/word" comes here, of which one to "t/word" comes for certain. */
static bool hears_leaders_word(struct fixture *f)
{
	struct glow_message m;
	bool heard = false;

	publish(f, "l/word", "", 1, false);
	publish(f, "t/word", "", 1, false);
	for (;;) {
		m = expect(f->mqtt, GLOW_MQTT_MESSAGE).message;
		if (strcmp(m.topic, "t/word") == 0)
			return heard;
		heard |= strcmp(m.topic, "l/word") == 0;
	}
}

/* What is for the leader alone comes under its name only. */
static void test_lead_topics(void **state)
{
	static const char *const with_leaders[] = { "t/#", "l/#" };
	struct fixture *f = *state;

	f->cfg.lead_id = "leader";
	f->cfg.topics = with_leaders;
	f->cfg.n_topics = 2;
	f->cfg.n_lead_topics = 1;
	connect_messenger(f);
	assert_false(hears_leaders_word(f));
	glow_mqtt_lead(f->mqtt, true);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	assert_true(expect(f->mqtt, GLOW_MQTT_CONNECTED).leading);
	assert_true(hears_leaders_word(f));
}

/* ---- a crowd ---- */

#define TOLD "allow_anonymous true\nlog_type all"

static const char *const crowd_topics[] = { "own", "all/#" };

/* The broker has just come. */
static void wait_connected(struct glow_mqtt *mqtt)
{
	struct glow_mqtt_event event;

	while ((event = next(mqtt)).kind == GLOW_MQTT_FAILED)
		assert_non_null(strstr(event.why, "Connection refused"));
	assert_int_equal(event.kind, GLOW_MQTT_CONNECTED);
}

/* So many have this broker, as it knows before it connects. */
static void open_in_crowd(struct fixture *f, uint32_t crowd)
{
	f->cfg.topics = crowd_topics;
	f->cfg.n_topics = 2;
	f->cfg.n_common_topics = 1;
	f->cfg.without_own = true;
	open_messenger(f);
	glow_mqtt_crowd(f->mqtt, crowd);
	broker_start(&f->broker, TOLD);
	wait_connected(f->mqtt);
}

/* All of twenty that somebody says to all come here, though another sits in a group of our name: nobody knows the
 * group's that we are in. The last is said to us alone. */
static void hear_twenty(struct fixture *f)
{
	static const char *const word[] = { "-q", "1", "-t", "all/word", "-m", "red", NULL };
	static const char *const end[] = { "-q", "1", "-t", "own", "-m", "end", NULL };
	static const char *const group[] = { "$share/messenger/all/#" };
	struct glow_mqtt_cfg cfg = {
		.broker = f->broker.uri, .client_id = "other", .keepalive_s = 10, .topics = group, .n_topics = 1
	};
	struct glow_mqtt *other;
	char why[GLOW_MQTT_WHY];

	assert_int_equal(glow_mqtt_open(&cfg, &other, why), 0);
	expect(other, GLOW_MQTT_CONNECTED);
	for (int k = 0; k < 20; k++)
		assert_int_equal(broker_publish(&f->broker, word), 0);
	assert_int_equal(broker_publish(&f->broker, end), 0);
	for (int k = 0; k < 20; k++)
		assert_false(expect_message(f->mqtt, "all/word", "red").retained);
	expect_message(f->mqtt, "own", "end");
	assert_true(glow_mqtt_close(other, CLOSE_MS));
}

/* The group's name in the broker's log, the latest; "" for none. */
static void find_group(const struct fixture *f, char ret_group[33])
{
	char path[200], line[400];
	FILE *log;

	snprintf(path, sizeof(path), "%s/log", f->broker.dir);
	log = fopen(path, "r");
	assert_non_null(log);
	ret_group[0] = '\0';
	while (fgets(line, sizeof(line), log)) {
		const char *at = strstr(line, "\t$share/");

		if (at && strncmp(at + 8, "messenger", 9) != 0)
			snprintf(ret_group, 33, "%s", at + 8);
	}
	fclose(log);
}

/* Among a thousand what all have in common is a shared subscription in a group of its own, and so one like any other.
 */
/* promise: viewer-changes-nothing */
static void test_crowd(void **state)
{
	static const char *const kept[] = { "-q", "1", "-r", "-t", "all/kept", "-m", "late", NULL };
	struct fixture *f = *state;
	char group[33], other[33];

	open_in_crowd(f, 999);
	hear_twenty(f);
	find_group(f, group);
	assert_string_equal(group, ""); /* the control */
	close_messenger(f);
	broker_stop(&f->broker, SIGTERM);

	open_in_crowd(f, 1000);
	find_group(f, group);
	assert_int_equal(strspn(group, "0123456789abcdef"), 32);
	assert_int_equal(publish(f, "own", "not to myself", 1, false), 0);
	assert_int_equal(broker_publish(&f->broker, kept), 0);
	assert_true(expect_message(f->mqtt, "all/kept", "late").retained); /* as published */
	hear_twenty(f);
	broker_stop(&f->broker, SIGTERM);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	broker_start(&f->broker, TOLD);
	wait_connected(f->mqtt); /* and nothing that is kept comes again */
	hear_twenty(f);
	find_group(f, other);
	assert_string_not_equal(group, other);
}

/* How often the broker was asked not to send something any more. */
static unsigned count_let_go(const struct fixture *f)
{
	char path[200], line[400];
	unsigned n = 0;
	FILE *log;

	snprintf(path, sizeof(path), "%s/log", f->broker.dir);
	log = fopen(path, "r");
	assert_non_null(log);
	while (fgets(line, sizeof(line), log))
		n += strstr(line, "Received UNSUBSCRIBE from messenger") != NULL;
	fclose(log);
	return n;
}

/* What is kept there comes once, and as something new. */
static void hear_kept_once(struct fixture *f, const char *word)
{
	const char *const wished[] = { "-q", "1", "-r", "-t", "w/0/info", "-m", word, NULL };
	const char *const retained[] = { "-q", "1", "-r", "-t", "r/one", "-m", word, NULL };
	static const char *const end[] = { "-q", "1", "-t", "own", "-m", "end", NULL };

	assert_int_equal(broker_publish(&f->broker, wished), 0);
	assert_int_equal(broker_publish(&f->broker, retained), 0);
	assert_int_equal(broker_publish(&f->broker, end), 0);
	assert_false(expect_message(f->mqtt, "w/0/info", word).retained);
	assert_false(expect_message(f->mqtt, "r/one", word).retained);
	expect_message(f->mqtt, "own", "end");
}

/* Comes back to a broker that has all it kept, in a crowd of so many: what is kept comes first and what is new after
 * it, each once. */
static void come_back_to_kept(struct fixture *f, uint32_t crowd)
{
	struct glow_mqtt_event event;
	char config[300];

	snprintf(config, sizeof(config), TOLD "\npersistence true\npersistence_location %s/", f->broker.dir);
	f->cfg.topics = crowd_topics;
	f->cfg.n_topics = 2;
	f->cfg.n_common_topics = 1;
	f->cfg.wished_topics = wished_topics;
	f->cfg.n_wished_topics = f->cfg.n_common_wished = 1;
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = f->cfg.n_common_retained = 1;
	open_messenger(f);
	glow_mqtt_crowd(f->mqtt, crowd);
	broker_start(&f->broker, config);
	wait_connected(f->mqtt);
	hear_kept_once(f, "new");
	broker_stop(&f->broker, SIGTERM);
	expect(f->mqtt, GLOW_MQTT_DISCONNECTED);
	broker_start(&f->broker, config);
	while ((event = next(f->mqtt)).kind == GLOW_MQTT_FAILED)
		;
	assert_int_equal(event.kind, GLOW_MQTT_MESSAGE);
	assert_string_equal(event.message.topic, "w/0/info");
	assert_true(event.message.retained);
	assert_true(expect_message(f->mqtt, "r/one", "new").retained);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	hear_kept_once(f, "newer");
	hear_twenty(f);
}

/* What all have of what the broker keeps comes by the group as well. */
static void test_crowd_kept(void **state)
{
	struct fixture *f = *state;
	char group[33];

	come_back_to_kept(f, 1000);
	find_group(f, group);
	assert_int_equal(strlen(group), 32);
	assert_int_equal(count_let_go(f), 2);
}

/* The control. */
static void test_few_kept(void **state)
{
	struct fixture *f = *state;
	char group[33];

	come_back_to_kept(f, 999);
	find_group(f, group);
	assert_string_equal(group, "");
	assert_int_equal(count_let_go(f), 0);
}

/* How many messages come before one that is published now: all, or those that are new there and say that. */
static unsigned count_until_end(struct fixture *f, const char *topic, const char *word)
{
	static const char *const end[] = { "-q", "1", "-t", "own", "-m", "end", NULL };
	struct glow_mqtt_event event;
	unsigned n = 0;

	assert_int_equal(broker_publish(&f->broker, end), 0);
	while (event = next(f->mqtt), event.kind != GLOW_MQTT_MESSAGE || strcmp(event.message.topic, "own") != 0)
		n += !word ||
		     (!event.message.retained && strcmp(event.message.topic, topic) == 0 &&
		      event.message.len == strlen(word) && memcmp(event.message.payload, word, strlen(word)) == 0);
	return n;
}

/* What found no room is asked for, and let go of again. */
/* promise: retained-read-to-its-end */
static void test_crowd_asked_again(void **state)
{
	static const char *const news[] = { "-q", "1", "-r", "-t", "w/0/info", "-m", "news", NULL };
	static char payload[2001];
	struct fixture *f = *state;
	struct glow_mqtt_counts counts;

	memset(payload, 'x', sizeof(payload) - 1);
	f->cfg.sort = sort;
	f->cfg.wished_topics = wished_topics;
	f->cfg.n_wished_topics = f->cfg.n_common_wished = 1;
	f->cfg.retained_topics = retained_topics;
	f->cfg.n_retained_topics = f->cfg.n_common_retained = 1;
	open_in_crowd(f, 1000);
	for (int k = 0; k < KEPT; k++)
		publish_numbered(f, "w/%d/info", k, payload);
	while (dropped(f->mqtt) < KEPT / 2)
		poll(NULL, 0, 5);
	read_numbered(f, "w/%d/info", KEPT, payload);
	for (int turn = 0; turn < 100; turn++) { /* until all rounds are over */
		glow_mqtt_counts(f->mqtt, &counts);
		if (count_until_end(f, NULL, NULL) == 0 && count_let_go(f) > counts.asked_again)
			break;
	}
	assert_true(counts.asked_again > 0);
	assert_true(count_let_go(f) > counts.asked_again);
	assert_int_equal(broker_publish(&f->broker, news), 0);
	assert_int_equal(count_until_end(f, "w/0/info", "news"), 1);
}

/* Lets one in with this CONNACK, and answers its SUBSCRIBE to two topics, or hangs up at reason 0; true where that
 * asked for a group. */
static bool fake_grouped(int client, const char *connack, size_t size, uint8_t reason)
{
	uint8_t packet[512], answer[] = { 0x90, 5, 0, 0, 0, 1, reason };
	const uint8_t *at;
	ssize_t n = 0;

	while (n < 4 || packet[0] != 0x82) {
		n = recv(client, packet, sizeof(packet), 0);
		if (n <= 3)
			return false;
		if (packet[0] == 0x10 && send(client, connack, size, 0) != (ssize_t)size)
			return false;
	}
	memcpy(answer + 2, packet + 2, 2);
	if (reason == 0)
		shutdown(client, SHUT_RDWR);
	else if (send(client, answer, sizeof(answer), 0) != (ssize_t)sizeof(answer))
		return false;
	at = memmem(packet, (size_t)n, "$share/", 7);
	return at && (at[7 + 32 + strlen("/all/#")] & 4) == 0; /* No Local is not for groups */
}

static void wait_for_end(int client)
{
	uint8_t byte;

	while (recv(client, &byte, 1, 0) > 0)
		;
	close(client);
}

static bool grouped[6];

/* Refuses groups: by a reason of a SUBACK, as it lets us in, and without a word. */
static void *refuse_groups(void *data)
{
	static const struct {
		const char *connack;
		size_t size;
		uint8_t reason;
	} fakes[] = { { "\x20\x03\0\0\0", 5, 0x9e }, { "\x20\x03\0\0\0", 5, 1 }, { "\x20\x05\0\0\x02\x2a\0", 7, 1 },
		      { "\x20\x03\0\0\0", 5, 0 },    { "\x20\x03\0\0\0", 5, 1 }, { "\x20\x03\0\0\0", 5, 1 } };

	for (int k = 0; k < 6; k++) {
		int client = accept(*(int *)data, NULL, NULL);

		grouped[k] = fake_grouped(client, fakes[k].connack, fakes[k].size, fakes[k].reason);
		wait_for_end(client);
	}
	return NULL;
}

static void test_refused_group(void **state)
{
	struct fixture *f = *state;
	int listener = listen_at(f->broker.port);
	struct glow_mqtt_event event;
	pthread_t fake;

	f->cfg.topics = crowd_topics;
	f->cfg.n_topics = 2;
	f->cfg.n_common_topics = 1;
	f->cfg.without_own = true;
	for (int k = 0; k < 3; k++) {
		open_messenger(f);
		glow_mqtt_crowd(f->mqtt, 5000);
		if (k == 0)
			pthread_create(&fake, NULL, refuse_groups, &listener);
		event = next(f->mqtt);
		if (k == 0) {
			assert_int_equal(event.kind, GLOW_MQTT_FAILED);
			assert_false(event.refused); /* nobody has to change anything */
			assert_memory_equal(event.why, "subscription to $share/", 23);
			assert_non_null(strstr(event.why, "/all/# refused: Shared subscriptions not supported, so from "
							  "now on without a group"));
		} else if (k == 2) {
			assert_int_equal(event.kind, GLOW_MQTT_FAILED);
			assert_non_null(strstr(event.why, "lost while subscribing"));
		}
		if (event.kind == GLOW_MQTT_FAILED)
			event = next(f->mqtt);
		assert_int_equal(event.kind, GLOW_MQTT_CONNECTED);
		close_messenger(f);
	}
	open_messenger(f); /* so that the last of them is asked, too */
	glow_mqtt_crowd(f->mqtt, 5000);
	expect(f->mqtt, GLOW_MQTT_CONNECTED);
	close_messenger(f);
	pthread_join(fake, NULL);
	assert_true(grouped[0] && !grouped[1] && !grouped[2] && grouped[3] && !grouped[4] && grouped[5]);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_uri, setup, teardown),
		cmocka_unit_test_setup_teardown(test_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_echo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_packet_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retained, setup, teardown),
		cmocka_unit_test_setup_teardown(test_will, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goodbye, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aging, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lead, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lead_topics, setup, teardown),
		cmocka_unit_test_setup_teardown(test_password, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_local_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent_broker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frozen_broker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_subscription, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_wish, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crowd_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_few_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crowd_asked_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_group, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wish, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overflow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock_overtakes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kept_until_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kept_all_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goodbye_has_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goodbye_unsaid, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lead_unsaid, setup, teardown),
	};

	if (!broker_available())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
