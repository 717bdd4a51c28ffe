/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What Paho meets where it connects: a connection that is there, and a wait for it that does not wait. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bridge/io/mqtt_socket.h"

static const struct sockaddr_in nowhere = { .sin_family = AF_INET };
static struct glow_stream heard;
static int broker, paho; /* the two ends */

static int begin(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	broker = ends[0];
	glow_socket_lend(ends[1], &heard);
	paho = socket(AF_INET, SOCK_STREAM, 0);
	return paho < 0 ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	glow_socket_taken();
	glow_socket_forget();
	close(broker);
	close(paho);
	return 0;
}

static int connect_paho(void)
{
	return connect(paho, (const struct sockaddr *)&nowhere, sizeof(nowhere));
}

/* For ever, unless it does not wait at all. */
static int wait_readable(void)
{
	struct pollfd fd = { .fd = paho, .events = POLLIN };

	return poll(&fd, 1, -1);
}

static void *say(void *data)
{
	(void)data;
	return write(broker, "x", 1) == 1 ? NULL : &broker;
}

/* poll() that waits meets what comes later. */
static void expect_wait(void)
{
	pthread_t thread;
	void *failed;
	char byte;

	assert_int_equal(pthread_create(&thread, NULL, say, NULL), 0);
	assert_int_equal(wait_readable(), 1);
	pthread_join(thread, &failed);
	assert_null(failed);
	assert_int_equal(recv(paho, &byte, 1, 0), 1);
}

static void test_taken(void **state)
{
	(void)state;
	assert_int_equal(connect_paho(), -1);
	assert_int_equal(errno, EINPROGRESS);
	assert_int_equal(glow_socket_taken(), paho);
	expect_wait();
	assert_int_equal(heard.bytes, 1);
}

static void test_wait(void **state)
{
	struct pollfd fd = { .events = POLLOUT };

	(void)state;
	fd.fd = paho;
	connect_paho();
	assert_int_equal(poll(&fd, 1, 0), 1); /* which asks, and would not wait */
	assert_int_equal(wait_readable(), 0);
	expect_wait();
}

/* Only for Paho, only while it connects. */
static void test_wait_control(void **state)
{
	(void)state;
	connect_paho();
	glow_socket_taken();
	expect_wait();
}

static void *wait_elsewhere(void *data)
{
	*(int *)data = wait_readable();
	return NULL;
}

static void test_other_threads_wait(void **state)
{
	pthread_t thread;
	int ready = -1;

	(void)state;
	connect_paho();
	assert_int_equal(pthread_create(&thread, NULL, wait_elsewhere, &ready), 0);
	say(NULL);
	pthread_join(thread, NULL);
	assert_int_equal(ready, 1);
	assert_int_equal(wait_readable(), 1); /* ours was still to come, and finds something */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken, begin, end),
		cmocka_unit_test_setup_teardown(test_wait, begin, end),
		cmocka_unit_test_setup_teardown(test_wait_control, begin, end),
		cmocka_unit_test_setup_teardown(test_other_threads_wait, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
