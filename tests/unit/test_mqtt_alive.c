/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A connection that falls silent, in simulated time. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../bridge/io/mqtt_alive.h"

/* Looks whenever it is due until it is told that the other side is gone: how long that took from the last byte. */
static int64_t noticed_ms(unsigned keepalive_s, int64_t last_byte_ms, int *ret_looks)
{
	struct glow_alive a;
	int64_t now_ms = 7000;
	uint64_t bytes = 0;

	glow_alive_start(&a, keepalive_s, now_ms);
	for (*ret_looks = 0; *ret_looks < 1000; ++*ret_looks) {
		int wait_ms = glow_alive_next_ms(&a);

		assert_true(wait_ms > 0);
		/* A byte wakes the thread. */
		if (bytes == 0 && now_ms + wait_ms >= 7000 + last_byte_ms) {
			now_ms = 7000 + last_byte_ms;
			bytes = 1;
		} else {
			now_ms += wait_ms;
		}
		if (!glow_alive_look(&a, bytes, now_ms))
			return now_ms - 7000 - last_byte_ms;
	}
	return -1;
}

/* promise: silence-is-noticed */
static void test_silence(void **state)
{
	int looks;

	(void)state;
	for (int64_t last_ms = 0; last_ms < 6900; last_ms += 177) {
		assert_int_equal(noticed_ms(10, last_ms, &looks), 14000);
		assert_int_equal(noticed_ms(3, last_ms, &looks), 7000);
	}
	noticed_ms(10, 0, &looks);
	assert_in_range(looks, 8, 20); /* a thread that sleeps costs little */
}

/* Who sends or hears a beacon every half second does not wake up in between; of a node without, that is seldom anyway.
 */
static void test_beacons_are_looks(void **state)
{
	struct glow_alive leader, node;

	(void)state;
	glow_alive_start(&leader, 3, 0);
	glow_alive_start(&node, 10, 0);
	assert_in_range(glow_alive_next_ms(&leader), 501, 750);
	assert_int_equal(glow_alive_next_ms(&node), 1250);
}

/* A ping leaves a look after the keepalive at most, and what answers it within the rest is heard. */
static void test_answered(void **state)
{
	struct glow_alive a;
	int64_t now_ms = 0;
	uint64_t bytes = 0;

	(void)state;
	glow_alive_start(&a, 10, 0);
	for (int k = 0; k < 1000; k++) {
		now_ms += glow_alive_next_ms(&a);
		if (a.silent_ms >= 11250)
			bytes += 2;
		assert_true(glow_alive_look(&a, bytes, now_ms));
	}
}

/* After SIGSTOP, or on a machine that slept, silence is not the other side's. */
/* promise: silence-is-noticed */
static void test_stopped(void **state)
{
	struct glow_alive a;

	(void)state;
	glow_alive_start(&a, 10, 0);
	assert_true(glow_alive_look(&a, 0, 3600000));
	assert_true(glow_alive_look(&a, 0, 3600000 + 11000));
	for (int64_t ms = 3611000; ms < 3620000; ms += 1000)
		assert_true(glow_alive_look(&a, 0, ms));
	assert_false(glow_alive_look(&a, 0, 3622000)); /* the control */
}

static void test_no_keepalive(void **state)
{
	struct glow_alive a;

	(void)state;
	glow_alive_start(&a, 0, 0);
	for (int64_t ms = 0; ms < 1000000; ms += glow_alive_next_ms(&a))
		assert_true(glow_alive_look(&a, 0, ms));
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &size), 0);
	return value;
}

/* The kernel's own bound for what nobody answers: probes begin, and end after what may be unacknowledged. */
/* promise: silence-is-noticed */
static void test_tuned(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0); /* the control */
	glow_alive_tune(fd);
	assert_int_equal(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_in_range(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 1, 12000);
	assert_true(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) * 1000 < option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	assert_in_range(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) * 1000 + option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 1,
			15000);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silence),      cmocka_unit_test(test_answered),
		cmocka_unit_test(test_stopped),      cmocka_unit_test(test_beacons_are_looks),
		cmocka_unit_test(test_no_keepalive), cmocka_unit_test(test_tuned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
