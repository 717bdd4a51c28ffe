/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Command-to-frame latency beside its floor. Publishes colours at random
 * intervals; the same publish is taken by a bare subscriber in this process
 * (the floor) and by a bridge whose virtual board writes each frame's time into a
 * file. All times are CLOCK_MONOTONIC of this machine.
 *
 * latency <port> <topic> <frames file> <count> <qos>  ->  one JSON line */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { COUNT_MAX = 5000, FIRST_COLOR = 0x100000 };

static int64_t sent_ns[COUNT_MAX], floor_ns[COUNT_MAX], frame_ns[COUNT_MAX];

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The few bytes of MQTT 3.1.1 that it takes, by hand: a client library's own
 * waiting would be in the floor. Every length here fits in one byte. */

static int connect_client(int port, const char *id)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	uint8_t packet[64] = { 0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 0 }, answer[4];
	size_t n = strlen(id);

	packet[1] = (uint8_t)(12 + n);
	packet[13] = (uint8_t)n;
	memcpy(packet + 14, id, n);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 || write(fd, packet, 14 + n) < 0 ||
	    recv(fd, answer, 4, MSG_WAITALL) != 4 || answer[3] != 0) {
		fprintf(stderr, "latency: cannot connect to port %d\n", port);
		exit(1);
	}
	return fd;
}

static void subscribe(int fd, const char *topic, int qos)
{
	uint8_t packet[128] = { 0x82, 0, 0, 1, 0, 0 }, answer[5];
	size_t n = strlen(topic);

	packet[1] = (uint8_t)(5 + n);
	packet[5] = (uint8_t)n;
	memcpy(packet + 6, topic, n);
	packet[6 + n] = (uint8_t)qos;
	if (write(fd, packet, 7 + n) < 0 || recv(fd, answer, 5, MSG_WAITALL) != 5 || answer[4] > 2) {
		fprintf(stderr, "latency: cannot subscribe to %s\n", topic);
		exit(1);
	}
}

static void publish(int fd, const char *topic, const char *text, int qos, uint16_t id)
{
	uint8_t packet[128] = { (uint8_t)(0x30 | qos << 1), 0, 0, 0 };
	size_t n = strlen(topic), at = 4 + n;

	packet[3] = (uint8_t)n;
	memcpy(packet + 4, topic, n);
	if (qos) {
		packet[at++] = (uint8_t)(id >> 8);
		packet[at++] = (uint8_t)id;
	}
	memcpy(packet + at, text, strlen(text));
	at += strlen(text);
	packet[1] = (uint8_t)(at - 2);
	if (write(fd, packet, at) < 0)
		perror("latency: publish");
}

/* The index in a text that contains "#rrggbb" or "rrggbb" of ours, or -1. */
static long index_of(const char *hex)
{
	long k = strtol(hex, NULL, 16) - FIRST_COLOR;

	return k >= 0 && k < COUNT_MAX ? k : -1;
}

/* Takes PUBLISH packets and acknowledges those of QoS 1. */
static void *subscriber(void *arg)
{
	int fd = *(int *)arg;
	uint8_t head[2], body[128];

	while (recv(fd, head, 2, MSG_WAITALL) == 2 && recv(fd, body, head[1], MSG_WAITALL) == head[1]) {
		int64_t t = now_ns();
		size_t at = 2 + (size_t)body[1];
		char text[8] = "";
		long k;

		if ((head[0] & 0xf0) != 0x30)
			continue;
		if (head[0] & 0x06) {
			uint8_t ack[4] = { 0x40, 2, body[at], body[at + 1] };

			if (write(fd, ack, 4) < 0)
				break;
			at += 2;
		}
		memcpy(text, body + at, 7);
		k = index_of(text + 1);
		if (k >= 0)
			floor_ns[k] = t;
	}
	return NULL;
}

/* Acknowledgements of the publisher go nowhere. */
static void drain(int fd)
{
	uint8_t ignored[64];

	while (recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) > 0)
		;
}

static void read_frames(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[4096];

	while (in && fgets(line, sizeof(line), in)) {
		const char *ns = strstr(line, "\"mono_ns\":"), *px = strstr(line, "[\"");
		long k = px ? index_of(px + 2) : -1;

		if (ns && k >= 0 && !frame_ns[k])
			frame_ns[k] = strtoll(ns + 10, NULL, 10);
	}
	if (in)
		fclose(in);
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* p50, p99 and maximum in microseconds, and how many arrived. */
static void print_figures(const char *name, const int64_t *at, int count, const char *end)
{
	static int64_t took[COUNT_MAX];
	int n = 0;

	for (int k = 0; k < count; k++)
		if (at[k])
			took[n++] = at[k] - sent_ns[k];
	if (n == 0) {
		fprintf(stderr, "latency: nothing arrived (%s)\n", name);
		exit(1);
	}
	qsort(took, (size_t)n, sizeof(took[0]), ascending);
	printf("\"%s\":{\"n\":%d,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}%s", name, n,
	       (double)took[n / 2] / 1e3, (double)took[n * 99 / 100] / 1e3, (double)took[n - 1] / 1e3, end);
}

int main(int argc, char **argv)
{
	int count, qos, pub, sub;
	pthread_t thread;

	if (argc != 6) {
		fprintf(stderr, "usage: latency port topic frames-file count qos\n");
		return 64;
	}
	count = atoi(argv[4]) < COUNT_MAX ? atoi(argv[4]) : COUNT_MAX;
	qos = atoi(argv[5]);
	pub = connect_client(atoi(argv[1]), "bench-pub");
	sub = connect_client(atoi(argv[1]), "bench-sub");
	subscribe(sub, argv[2], qos);
	pthread_create(&thread, NULL, subscriber, &sub);
	srand(1);
	for (int k = 0; k < count; k++) {
		char text[16];

		usleep(5000 + (useconds_t)(rand() % 40000));
		snprintf(text, sizeof(text), "#%06x", FIRST_COLOR + k);
		sent_ns[k] = now_ns();
		publish(pub, argv[2], text, qos, (uint16_t)(k + 1));
		drain(pub);
	}
	sleep(1);
	shutdown(sub, SHUT_RDWR);
	pthread_join(thread, NULL);
	read_frames(argv[3]);
	printf("{\"qos\":%d,", qos);
	print_figures("floor", floor_ns, count, ",");
	print_figures("frame", frame_ns, count, "}\n");
	return 0;
}
