/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bridge/io/mqtt_limits.h"

/* What the broker has not acknowledged tells how far it is behind. */
static void test_wait(void **state)
{
	struct glow_acks acks = { 0 };

	(void)state;
	assert_int_equal(glow_acks_wait_ms(&acks, 1000), 0);
	glow_acks_sent(&acks, 1, "a", 1000);
	glow_acks_sent(&acks, 2, "b", 1200);
	assert_int_equal(glow_acks_wait_ms(&acks, 1300), 300);
	glow_acks_done(&acks, 1, 0);
	assert_int_equal(glow_acks_wait_ms(&acks, 1300), 100);
	glow_acks_done(&acks, 2, 0x87); /* refused: an answer as well */
	assert_int_equal(glow_acks_wait_ms(&acks, 1300), 0);
	glow_acks_sent(&acks, 3, "c", 2000);
	glow_acks_sent(&acks, 4, "d", 6900);
	assert_int_equal(glow_acks_wait_ms(&acks, 6999), 4999);
	assert_int_equal(glow_acks_wait_ms(&acks, 7000), 100); /* the other is lost */
	glow_acks_clear(&acks);
}

/* Behind: what is not acknowledged, and may be many, waits; beacons and commands do not. */
static void test_room(void **state)
{
	struct glow_room room = {
		.qos_max = 2, .any = true, .acked = { true, true }, .behind = true, .most = { 100, 200 }
	};
	const struct glow_message reply = { .topic = "t", .len = 24 }, report = { .topic = "t", .len = 24, .qos = 1 };

	(void)state;
	assert_false(glow_room_for(&room, GLOW_LANE_REPORT, &reply));
	assert_true(glow_room_for(&room, GLOW_LANE_REPORT, &report));
	assert_true(glow_room_for(&room, GLOW_LANE_COMMAND, &reply));
	assert_true(glow_room_for(&room, GLOW_LANE_CLOCK, &reply));
	room.behind = false; /* the control */
	assert_true(glow_room_for(&room, GLOW_LANE_REPORT, &reply));
	room.queued = 80;
	assert_false(glow_room_for(&room, GLOW_LANE_REPORT, &reply));
	assert_true(glow_room_for(&room, GLOW_LANE_CLOCK, &reply));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_wait), cmocka_unit_test(test_room) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
