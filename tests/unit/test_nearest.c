/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is suggested for a name with a slip in it, and that nothing is where nothing is near. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/nearest.h>

static const char *const names[] = { "rainbow", "red", "rose", "solid", "brightness", "blink", "breathe", "h", NULL };

static void suggests(const char *word, const char *want)
{
	const char *got = glow_nearest(word, glow_nearest_entry, (void *)names);

	if (!want != !got || (want && strcmp(want, got) != 0))
		fail_msg("%s: wanted %s, got %s", word, want ? want : "nothing", got ? got : "nothing");
}

static void test_slips(void **state)
{
	(void)state;
	suggests("rainbow", "rainbow");
	suggests("rainbwo", "rainbow"); /* neighbours changed places: one edit, not two */
	suggests("rianbwo", "rainbow"); /* twice */
	suggests("RAINBOW", "rainbow");
	suggests("rad", "red");
	suggests("er", NULL); /* two of two bytes away */
	suggests("rd", "red");
	suggests("brigthnes", "brightness");
	suggests("blinkk", "blink");
	suggests("breath", "breathe");
}

static void test_nothing_near(void **state)
{
	char longest[GLOW_NEAREST_MAX + 2];

	(void)state;
	suggests("seg", NULL);
	suggests("x", NULL); /* one edit from `h`, but then nothing of it is left */
	suggests("", NULL);
	suggests("raxnbxox", NULL);     /* three edits of eight bytes */
	suggests("raxnbwo", "rainbow"); /* control: two of seven */
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	suggests(longest, NULL);
}

/* Of equals the first, of others the nearest wherever it stands. */
static void test_order(void **state)
{
	static const char *const equal[] = { "cat", "car", NULL }, *const better[] = { "cart", "caxxe", "cares", NULL };

	(void)state;
	assert_string_equal(glow_nearest("cab", glow_nearest_entry, (void *)equal), "cat");
	assert_string_equal(glow_nearest("caresx", glow_nearest_entry, (void *)better), "cares");
}

/* The longest that is compared fits the tables. */
static void test_longest(void **state)
{
	char a[GLOW_NEAREST_MAX + 1], b[GLOW_NEAREST_MAX + 1], too_long[GLOW_NEAREST_MAX + 2];
	const char *const long_names[] = { too_long, b, NULL };

	(void)state;
	memset(a, 'a', GLOW_NEAREST_MAX);
	a[GLOW_NEAREST_MAX] = '\0';
	memcpy(b, a, sizeof(b));
	b[0] = b[GLOW_NEAREST_MAX - 1] = 'b';
	memset(too_long, 'a', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	assert_ptr_equal(glow_nearest(a, glow_nearest_entry, (void *)long_names), b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_nothing_near),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
