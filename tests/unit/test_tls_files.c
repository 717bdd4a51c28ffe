/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* What integration/tls cannot ask running programs: OpenSSL asks the terminal for a pass phrase. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bridge/io/tls_files.h"

/* Three zeros in base64: a block that is whole and holds nothing of what its name says. */
#define BLOCK(name) "-----BEGIN " name "-----\nAAAA\n-----END " name "-----\n"

static char path[] = "/tmp/glow-test-XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void expect_key(const char *text, const char *words)
{
	char why[400] = "";

	write_file(text);
	assert_true(glow_tls_files_explain(NULL, NULL, path, why, sizeof(why)));
	if (!strstr(why, words) || !strstr(why, path) || !strstr(why, "--key-file"))
		fail_msg("\"%s\", not: %s", why, words);
}

static void test_keys(void **state)
{
	(void)state;
	expect_key(BLOCK("ENCRYPTED PRIVATE KEY"), "is locked with a pass phrase");
	expect_key("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
		   "-----END EC PRIVATE KEY-----\n",
		   "is locked with a pass phrase");
	expect_key(BLOCK("PRIVATE KEY"), "is damaged"); /* the control: the same without the lock */
	expect_key(BLOCK("PUBLIC KEY"), "holds a \"PUBLIC KEY\" and no private key");
	expect_key(" \n", "is no PEM file");
}

static void test_nothing_asked(void **state)
{
	char why[400] = "untouched";

	(void)state;
	assert_false(glow_tls_files_explain(NULL, NULL, NULL, why, sizeof(why)));
	assert_string_equal(why, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_nothing_asked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
