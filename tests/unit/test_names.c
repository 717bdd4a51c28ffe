/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Names as people write them in options. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/names.h>

typedef char *reader(const char *text, struct glow_mistake *ret_mistake);

static void taken(reader *read, const char *text, const char *expected)
{
	struct glow_mistake m = { .rule = "" };
	char *got = read(text, &m);

	if (!got)
		fail_msg("%s: %s", text, m.rule);
	assert_string_equal(got, expected);
	free(got);
}

static void refused(reader *read, const char *text, const char *nearest)
{
	struct glow_mistake m = { .rule = "" };

	if (read(text, &m))
		fail_msg("taken: %s", text);
	assert_memory_equal(m.rule, "must ", 5);
	assert_string_equal(m.nearest, nearest);
}

static void test_prefix(void **state)
{
	(void)state;
	taken(glow_names_read_prefix, "glow", "glow");
	taken(glow_names_read_prefix, "Home/g\xc3\xbcte", "Home/g\xc3\xbcte");
	taken(glow_names_read_prefix, "off", "off");
	refused(glow_names_read_prefix, "glow/", "glow");
	refused(glow_names_read_prefix, "/home//glow/#", "home/glow");
	refused(glow_names_read_prefix, "my glow", "my-glow");
	refused(glow_names_read_prefix, "+", "");
	refused(glow_names_read_prefix, "$SYS", "");
	refused(glow_names_read_prefix, "gl\xff", ""); /* the broker takes UTF-8 alone */
}

static void test_discovery(void **state)
{
	static const char *const no[] = { "off", "Off", "False", "0", "no", "none", "NONE" };
	static const char *const yes[] = { "on", "True", "1", "yes" };

	(void)state;
	for (size_t k = 0; k < sizeof(no) / sizeof(no[0]); k++)
		taken(glow_names_read_discovery, no[k], "off");
	for (size_t k = 0; k < sizeof(yes) / sizeof(yes[0]); k++)
		taken(glow_names_read_discovery, yes[k], "homeassistant");
	taken(glow_names_read_discovery, "ha/office", "ha/office"); /* control */
	refused(glow_names_read_discovery, "ha/", "ha");
	taken(glow_names_read_page, "", "");
	taken(glow_names_read_page, "https://glow.local:8443/#x", "https://glow.local:8443/#x");
	refused(glow_names_read_page, "glow.local", "http://glow.local");
	refused(glow_names_read_page, "http://", "");
	refused(glow_names_read_page, "http://a b", "");
	refused(glow_names_read_page, "ftp://glow.local", "");
}

static void test_ids(void **state)
{
	(void)state;
	taken(glow_names_read_node, "pi-1", "pi-1");
	refused(glow_names_read_node, "Pi_1", "pi-1");
	refused(glow_names_read_node, "-pi1.local-", "pi1-local");
	refused(glow_names_read_node, "_", "");
	refused(glow_names_read_node, "cluster", "");
	refused(glow_names_read_node, "conductor", "");
	taken(glow_names_read_conductor, "conductor", "conductor");
	refused(glow_names_read_conductor, "CM4", "cm4");
}

static void test_idle(void **state)
{
	(void)state;
	taken(glow_names_read_idle, "None", "off");
	taken(glow_names_read_idle, "0", "off");
	taken(glow_names_read_idle, "on", "on");
	taken(glow_names_read_idle, "red 40%", "red 40%");
}

static void test_lists(void **state)
{
	(void)state;
	taken(glow_names_read_order, "pi3,pi1", "pi3,pi1");
	taken(glow_names_read_order, "pi3, pi1 ,\tpi2", "pi3,pi1,pi2");
	refused(glow_names_read_order, "pi3 pi1", "pi3,pi1");
	refused(glow_names_read_order, "Pi3;pi1,", "pi3,pi1");
	refused(glow_names_read_order, "pi3,,pi1", "pi3,pi1");
	refused(glow_names_read_order, "pi3, ", "pi3");
	refused(glow_names_read_order, ",", "");
	refused(glow_names_read_order, "pi_3", "");
	taken(glow_names_read_gap, "pi1=4", "pi1=4");
	taken(glow_names_read_gap, "pi1 = 4 , pi2= 0", "pi1=4,pi2=0");
	refused(glow_names_read_gap, "pi1=4097", "");
	refused(glow_names_read_gap, "pi1", "");
	refused(glow_names_read_gap, "Pi1=4 pi2=3", "pi1=4,pi2=3");
	taken(glow_names_read_groups, "shelf, top", "shelf,top");
	refused(glow_names_read_groups, "Shelf top", "shelf,top");
	refused(glow_names_read_groups, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", ""); /* 17 */
	taken(glow_names_read_groups, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p");
}

static void test_username(void **state)
{
	(void)state;
	taken(glow_names_read_username,
	      "br\xc3\xbc"
	      "cke",
	      "br\xc3\xbc"
	      "cke");
	refused(glow_names_read_username,
		"br\xfc"
		"cke",
		"");
}

/* Without --node it is the host's name, which is read in the same way. */
static char *read_host(const char *text, struct glow_mistake *ret_mistake)
{
	(void)text;
	return glow_names_read_node("pi1", ret_mistake);
}

static char *read_bad_host(const char *text, struct glow_mistake *ret_mistake)
{
	(void)text;
	return glow_names_read_node("Pi_1", ret_mistake);
}

static void test_settle(void **state)
{
	static const struct glow_option row = { .name = "node", .type = GLOW_OPT_STRING };
	static const struct glow_program program = { .name = "test", .options = &row, .n_options = 1 };
	char *node = strdup("given");
	struct glow_config config = { .program = &program, .values = &node };

	(void)state;
	assert_int_equal(glow_names_settle(&config, &node, read_bad_host), 0);
	assert_string_equal(node, "given");
	node[0] = '\0';
	assert_int_equal(glow_names_settle(&config, &node, read_host), 0);
	assert_string_equal(node, "pi1");
	free(node);
	node = NULL;
	assert_int_equal(glow_names_settle(&config, &node, read_bad_host), 64);
	assert_null(node);
}

static void test_engine(void **state)
{
	(void)state;
	taken(glow_names_read_engine, "unix:///var/run/docker.sock", "unix:///var/run/docker.sock");
	taken(glow_names_read_engine, "http://engine:8080", "http://engine:8080");
	taken(glow_names_read_engine, "http://[::1]:8080", "http://[::1]:8080");
	refused(glow_names_read_engine, "/var/run/docker.sock", "unix:///var/run/docker.sock");
	refused(glow_names_read_engine, "unix:/run/docker.sock", "unix:///run/docker.sock");
	refused(glow_names_read_engine, "tcp://pi1:2375", "http://pi1:2375");
	refused(glow_names_read_engine, "http://pi1:2375/v1.41", "http://pi1:2375");
	refused(glow_names_read_engine, "pi1:2375", "http://pi1:2375");
	refused(glow_names_read_engine, "unix://", "");
	refused(glow_names_read_engine, "http://pi1 ", "");
	refused(glow_names_read_engine, "http://me@pi1", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_prefix), cmocka_unit_test(test_discovery),
					    cmocka_unit_test(test_ids),    cmocka_unit_test(test_idle),
					    cmocka_unit_test(test_lists),  cmocka_unit_test(test_username),
					    cmocka_unit_test(test_settle), cmocka_unit_test(test_engine) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
