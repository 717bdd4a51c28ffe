/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/crowd.h>

/* Each is counted once, as long as there are not too many. */
static void test_counts(void **state)
{
	static struct glow_crowd crowd;
	char name[16];

	(void)state;
	for (int round = 0; round < 3; round++)
		for (int k = 0; k < GLOW_CROWD_MAX; k++) {
			snprintf(name, sizeof(name), "pi%d", k);
			assert_int_equal(glow_crowd_add(&crowd, name), round == 0);
		}
	assert_int_equal(crowd.n, GLOW_CROWD_MAX);
	assert_false(glow_crowd_add(&crowd, "one-too-many"));
	assert_int_equal(crowd.n, GLOW_CROWD_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_counts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
