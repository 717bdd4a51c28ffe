/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which of a broker's reasons are its last word. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bridge/io/mqtt_why.h"

static bool is_among(int reason, const uint8_t *reasons, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (reasons[k] == reason)
			return true;
	return false;
}

/* Of what a CONNACK may say (MQTT 5, 3.2.2.2), and Paho in place of it. */
static void test_final(void **state)
{
	static const uint8_t final[] = { 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x9d };

	(void)state;
	for (int reason = -20; reason < 256; reason++)
		assert_int_equal(glow_mqtt_is_final(reason), is_among(reason, final, sizeof(final)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_final) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
