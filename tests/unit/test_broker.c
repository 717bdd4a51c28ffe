/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Addresses of brokers as people write them, and what is made of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/broker.h>
#include <glow/mqtt.h>

static void test_taken(void **state)
{
	static const char *const cases[][2] = {
		{ "mqtt://pi1", "mqtt://pi1" },
		{ "mqtts://pi1:8884", "mqtts://pi1:8884" },
		{ "mqtts://[fe80::1]:1", "mqtts://[fe80::1]:1" },
		{ "mqtt://br\xc3\xbc"
		  "cke.local",
		  "mqtt://br\xc3\xbc"
		  "cke.local" },
		/* Other clients' schemes, and any case. */
		{ "tcp://pi1", "mqtt://pi1" },
		{ "ssl://pi1", "mqtts://pi1" },
		{ "tls://pi1:1", "mqtts://pi1:1" },
		{ "MQTT://Pi1", "mqtt://Pi1" },
		{ "Mqtts://pi1", "mqtts://pi1" },
		/* Nothing behind it. */
		{ "mqtt://pi1/", "mqtt://pi1" },
		{ "mqtts://pi1:1//", "mqtts://pi1:1" },
		/* A host. */
		{ "localhost", "mqtt://localhost" },
		{ "pi1.local", "mqtt://pi1.local" },
		{ "pi1:1883", "mqtt://pi1:1883" },
		{ "pi1:8883", "mqtts://pi1:8883" },
		{ "mqtt:1883", "mqtt://mqtt:1883" },
		{ "192.168.1.10", "mqtt://192.168.1.10" },
		{ "192.168.1.10:1884/", "mqtt://192.168.1.10:1884" },
		{ "[::1]:1884", "mqtt://[::1]:1884" },
		{ "::1", "mqtt://[::1]" },
		{ "fe80::1", "mqtt://[fe80::1]" },
		{ "fe80::1%eth0", "mqtt://[fe80::1%eth0]" },
		{ "mqtts://fe80::1", "mqtts://[fe80::1]" },
		/* A slash too few. */
		{ "mqtt:/pi1", "mqtt://pi1" },
		{ "mqtts:pi1:8883", "mqtts://pi1:8883" },
		{ "mqtt:///pi1", "mqtt://pi1" },
		{ "mqtt:/pi1:8883", "mqtt://pi1:8883" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct glow_mistake m = { .rule = "" };
		char *read = glow_broker_read(cases[k][0], &m);

		if (!read)
			fail_msg("%s: %s", cases[k][0], m.rule);
		assert_string_equal(read, cases[k][1]);
		assert_true(glow_mqtt_uri_valid(read)); /* which the messenger takes */
		free(read);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *why, *shown, *nearest;
	} cases[] = {
		{ "mqtt://me:geheim@pi1", "without an account", "mqtt://me:***@pi1", "mqtt://pi1" },
		{ "mqtt://me:geh/e@im@pi1:1883", "without an account", "mqtt://me:***@pi1:1883", "mqtt://pi1:1883" },
		{ "me:geheim@pi1", "without an account", "me:***@pi1", "mqtt://pi1" },
		{ "mqtt://:geheim@pi1/", "without an account", "mqtt://:***@pi1/", "mqtt://pi1" },
		{ "mqtt://me@pi1", "without an account", "mqtt://me@pi1", "mqtt://pi1" },
		{ "mqtt://pi1/mqtt", "without a path", "mqtt://pi1/mqtt", "mqtt://pi1" },
		{ "pi1/mqtt", "without a path", "pi1/mqtt", "mqtt://pi1" },
		{ "mqtt://pi1?password=geheim", "without a path", "mqtt://pi1?***", "mqtt://pi1" },
		{ "ws://pi1:9001", "WebSockets", "ws://pi1:9001", "" },
		{ "https://pi1", "HTTP", "https://pi1", "" },
		{ "mqtt://", "", "mqtt://", "" },
		{ "mqtt://:1883", "", "mqtt://:1883", "" },
		{ "mqtt://pi1:", "", "mqtt://pi1:", "" },
		{ "mqtt://pi1:0", "", "mqtt://pi1:0", "" },
		{ "mqtt://pi1:65536", "", "mqtt://pi1:65536", "" },
		{ "mqtt://pi1:18x3", "", "mqtt://pi1:18x3", "" },
		{ "pi1:mqtt", "", "pi1:mqtt", "" },
		{ "mqtt://pi 1", "", "mqtt://pi 1", "" },
		{ "mqtt://pi1,pi2", "", "mqtt://pi1,pi2", "" },
		{ "mqtt://[::1", "", "mqtt://[::1", "" },
		{ "mqtt://<host>", "", "mqtt://<host>", "" },
		{ "mqtt://$HOST", "", "mqtt://$HOST", "" },
		{ "//pi1", "", "//pi1", "" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct glow_mistake m = { .rule = "" };

		if (glow_broker_read(cases[k].text, &m))
			fail_msg("%s", cases[k].text);
		assert_non_null(strstr(m.rule, "must be mqtt://host[:port] or mqtts://host[:port]"));
		assert_non_null(strstr(m.rule, cases[k].why));
		assert_string_equal(m.shown, cases[k].shown);
		assert_string_equal(m.nearest, cases[k].nearest);
	}
}

/* Longer than a name can be, and than there is room to show. */
static void test_long(void **state)
{
	char text[4000];
	struct glow_mistake m = { .rule = "" };

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_null(glow_broker_read(text, &m));
	memcpy(text, "mqtt://me:", 10);
	memcpy(text + 3000, "@pi1", 5);
	assert_null(glow_broker_read(text, &m));
	assert_string_equal(m.shown, "mqtt://me:***@pi1");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_taken), cmocka_unit_test(test_refused),
					    cmocka_unit_test(test_long) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
