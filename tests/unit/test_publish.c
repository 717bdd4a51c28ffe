/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Answers go where they may and nowhere else, refusals are told of, retained commands are known. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/publish.h>

static int n_sent;
static char topics[4][128], payloads[4][256];
static struct glow_message sent[4];

static void take(void *ctx, const struct glow_message *m)
{
	(void)ctx;
	assert_true(n_sent < 4);
	snprintf(topics[n_sent], sizeof(topics[0]), "%s", m->topic);
	snprintf(payloads[n_sent], sizeof(payloads[0]), "%.*s", (int)m->len, (const char *)m->payload);
	sent[n_sent++] = *m;
}

static const struct glow_publisher out = { "glow", "homeassistant", { NULL, take } };

static cJSON *tree(void)
{
	return cJSON_Parse("{\"a\":1}");
}

static int reset(void **state)
{
	(void)state;
	n_sent = 0;
	return 0;
}

static void test_tree(void **state)
{
	(void)state;
	glow_publish_tree(&out, "node", "pi1", "state", tree(), 1, true);
	assert_int_equal(n_sent, 1);
	assert_string_equal(topics[0], "glow/node/pi1/state");
	assert_string_equal(payloads[0], "{\"a\":1}");
	assert_int_equal(sent[0].qos, 1);
	assert_true(sent[0].retained);
}

static void test_answer(void **state)
{
	struct glow_message asked = {
		.topic = "glow/all/set", .response_topic = "glow/answer/me", .correlation = "42", .correlation_len = 2
	};
	struct glow_diag fine = { .code = GLOW_OK }, bad;

	(void)state;
	glow_publish_answer(&out, &asked, &fine, tree(), "glow/node/pi1/error");
	assert_int_equal(n_sent, 1); /* what is fine is no refusal */
	assert_string_equal(topics[0], "glow/answer/me");
	assert_int_equal(sent[0].correlation_len, 2);
	assert_false(sent[0].retained);

	glow_diag_set(&bad, GLOW_OUT_OF_RANGE, "brightness", "must be 0..255");
	n_sent = 0;
	glow_publish_answer(&out, &asked, &bad, tree(), "glow/node/pi1/error");
	assert_int_equal(n_sent, 2);
	assert_string_equal(topics[1], "glow/node/pi1/error");

	n_sent = 0;
	glow_publish_answer(&out, &asked, &bad, tree(), NULL);
	assert_int_equal(n_sent, 1);
	n_sent = 0;
	asked.response_topic = "glow/node/pi2/set"; /* an asker must not write through us */
	glow_publish_answer(&out, &asked, &fine, tree(), NULL);
	asked.response_topic = NULL;
	glow_publish_answer(&out, &asked, &fine, tree(), NULL);
	assert_int_equal(n_sent, 0);
}

/* Only who asked hears of it. */
/* promise: nothing-lost-unsaid */
static void test_busy(void **state)
{
	struct glow_message asked = { .topic = "glow/all/set", .response_topic = "glow/answer/me" };

	(void)state;
	glow_publish_busy(&out, &asked, "pi1", false);
	assert_int_equal(n_sent, 1);
	assert_string_equal(topics[0], "glow/answer/me");
	assert_non_null(strstr(payloads[0], "\"node\":\"pi1\",\"code\":\"busy\""));
	assert_non_null(strstr(payloads[0], "try again"));
	glow_publish_busy(&out, &asked, NULL, true);
	assert_null(strstr(payloads[1], "node"));
	assert_non_null(strstr(payloads[1], "a newer command took its place"));
	asked.response_topic = "glow/node/pi2/set";
	glow_publish_busy(&out, &asked, "pi1", false);
	assert_int_equal(n_sent, 2);
}

static void test_retained(void **state)
{
	const struct glow_message live = { .len = 2 }, kept = { .len = 2, .retained = true },
				  cleared = { .retained = true }, asked = { .len = 0 };
	struct glow_diag diag;

	(void)state;
	assert_int_equal(glow_command_refuse_retained(&live, &diag), GLOW_OK);
	assert_int_equal(diag.code, GLOW_OK);
	assert_int_equal(glow_command_refuse_retained(&kept, &diag), GLOW_RETAINED);
	assert_int_equal(diag.code, GLOW_RETAINED);
	assert_true(glow_command_clears(&cleared));
	assert_false(glow_command_clears(&kept));
	assert_false(glow_command_clears(&asked));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tree, reset),
		cmocka_unit_test_setup(test_answer, reset),
		cmocka_unit_test_setup(test_busy, reset),
		cmocka_unit_test_setup(test_retained, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
