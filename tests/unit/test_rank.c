/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include <glow/rank.h>

struct row {
	int weight;
	char name[8];
};

/* Tables of every length, each name of them, and each place between two. */
static void test_every_place(void **state)
{
	struct row rows[9];
	char between[9];
	bool found;

	(void)state;
	for (uint32_t k = 0; k < 9; k++)
		snprintf(rows[k].name, sizeof(rows[k].name), "n%u", k);
	for (uint32_t n = 0; n <= 9; n++) {
		for (uint32_t k = 0; k < n; k++) {
			assert_int_equal(glow_rank(rows, n, sizeof(rows[0]), offsetof(struct row, name), rows[k].name,
						   &found),
					 k);
			assert_true(found);
			snprintf(between, sizeof(between), "%s+", rows[k].name);
			assert_int_equal(glow_rank(rows, n, sizeof(rows[0]), offsetof(struct row, name), between,
						   &found),
					 k + 1);
			assert_false(found);
		}
		assert_int_equal(glow_rank(n ? rows : NULL, n, sizeof(rows[0]), offsetof(struct row, name), "a",
					   &found),
				 0);
		assert_false(found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
