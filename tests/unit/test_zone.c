/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A folder of zones that the test makes: what stands there is taken, everything else is refused and changes nothing. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/zone.h>

static char folder[] = "/tmp/glow-zone-XXXXXX", path[64];

/* RFC 8536: a block of one type, five and a half hours ahead of UTC, twice (32 and 64 bits); and no rule. */
static void write_zone(FILE *out)
{
	uint8_t block[54] = {
		'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 4, [46] = 0x4d, [47] = 0x58, [50] = 'H', 'L', 'F'
	};

	fwrite(block, sizeof(block), 1, out);
	fwrite(block, sizeof(block), 1, out);
	fputs("\n\n", out);
}

static int make_folder(void **state)
{
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/Here", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/Here/Half", folder);
	out = fopen(path, "w");
	write_zone(out);
	fclose(out);
	snprintf(path, sizeof(path), "%s/list", folder);
	out = fopen(path, "w");
	fputs("no zone", out);
	fclose(out);
	setenv("TZDIR", folder, 1);
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "Here/Half", "Here", "list", "" };

	(void)state;
	for (int k = 0; k < 4; k++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[k]);
		remove(path);
	}
	return 0;
}

static void test_taken(void **state)
{
	char text[64];

	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	glow_zone_text(text, sizeof(text));
	assert_string_equal(text, "UTC, UTC+00:00");
	assert_int_equal(glow_zone_use("Here/Half"), 0);
	glow_zone_text(text, sizeof(text));
	assert_string_equal(text, "HLF, UTC+05:30");
	assert_int_equal(glow_zone_use(""), 0);
	assert_int_equal(glow_zone_use(NULL), 0);
	glow_zone_text(text, sizeof(text));
	assert_string_equal(text, "HLF, UTC+05:30");
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "Here/Halv",      "Here",     "list",      "../list",
					   "/etc/localtime", "HLF-5:30", " Here/Half" };

	(void)state;
	setenv("TZ", "UTC0", 1);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		assert_int_equal(glow_zone_use(bad[k]), -ENOENT);
		assert_string_equal(getenv("TZ"), "UTC0");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
