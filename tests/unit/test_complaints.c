/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is told of a broker, how often, and what of it is trouble. */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/complaints.h>

#define OWN "glow/node/pi3/"

static const struct glow_mqtt_limits generous = {
	.packet_max = UINT32_MAX, .receive_max = 65535, .qos_max = 2, .retain = true, .keepalive_s = -1
};

static struct glow_complaints c;
static int log_fd, stderr_fd;

static int setup(void **state)
{
	char name[] = "/tmp/glow-test-XXXXXX";

	(void)state;
	glow_complaints_init(&c, "node", "pi3",
			     &(struct glow_mqtt_cfg){ .will_topic = OWN "availability", .username = "bridge-pi2" });
	log_fd = mkstemp(name);
	unlink(name);
	stderr_fd = dup(2);
	dup2(log_fd, 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(stderr_fd, 2);
	close(stderr_fd);
	close(log_fd);
	return 0;
}

/* Everything that was logged since the last call, and how many lines. */
static const char *logged(int *ret_lines)
{
	static char text[65536];
	ssize_t n = pread(log_fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(log_fd, 0), 0);
	lseek(log_fd, 0, SEEK_SET);
	*ret_lines = 0;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		++*ret_lines;
	return text;
}

static void event(enum glow_mqtt_event_kind kind, const char *topic, const char *why)
{
	glow_complaints_event(&c,
			      &(struct glow_mqtt_event){
				      .kind = kind, .why = why, .limits = generous, .message = { .topic = topic } });
}

static void test_once(void **state)
{
	int lines;

	(void)state;
	for (int k = 0; k < 100; k++) {
		event(GLOW_MQTT_CONNECTED, "", "");
		event(GLOW_MQTT_WISH_REFUSED, "", "subscription to x refused: not authorized");
		event(GLOW_MQTT_WISH_REFUSED, "", "subscription to y refused: not authorized");
		event(GLOW_MQTT_REFUSED, OWN "state", "not let state");
		event(GLOW_MQTT_REFUSED, OWN "info", "not let info");
		event(GLOW_MQTT_UNSENT, "glow/effects/1", "too large");
	}
	logged(&lines);
	assert_int_equal(lines, 5);
}

/* Whoever asks for answers where we may not write pushes out nothing that is ours. */
static void test_flood(void **state)
{
	char topic[32];
	int lines;

	(void)state;
	event(GLOW_MQTT_REFUSED, OWN "state", "not let state");
	for (int k = 0; k < 1000; k++) {
		snprintf(topic, sizeof(topic), "answers/%d", k);
		event(GLOW_MQTT_REFUSED, topic, "not let answer");
		event(GLOW_MQTT_REFUSED, OWN "state", "not let state");
	}
	assert_ptr_equal(strstr(strstr(logged(&lines), "not let state") + 1, "not let state"), NULL);
	event(GLOW_MQTT_REFUSED, OWN "info", "not let info"); /* the control: what is new is told, however full it is */
	assert_non_null(strstr(logged(&lines), "not let info"));
	assert_int_equal(lines, 1);
}

static void test_trouble(void **state)
{
	int lines;

	(void)state;
	event(GLOW_MQTT_CONNECTED, "", "");
	event(GLOW_MQTT_REFUSED, "answers/1", "not let answer");
	event(GLOW_MQTT_REFUSED, "glow/effects/1", "not let effects");
	event(GLOW_MQTT_REFUSED, "glow/node/pi33/state", "not let another");
	assert_null(glow_complaints_trouble(&c));
	event(GLOW_MQTT_REFUSED, OWN "state", "not let state");
	assert_string_equal(
		glow_complaints_trouble(&c),
		"not let state; its account bridge-pi2 is that of the node pi2: this is the node pi3, and wants "
		"bridge-pi3");
	assert_non_null(strstr(logged(&lines), glow_complaints_trouble(&c)));
	event(GLOW_MQTT_CONNECTED, "", ""); /* the rules may be others now */
	assert_null(glow_complaints_trouble(&c));
}

static void hint(const char *what, const char *username, const char *expected)
{
	char text[GLOW_ACCOUNT_HINT];

	glow_account_hint(what, "pi3", username, text);
	assert_string_equal(text, expected);
}

static void test_hint(void **state)
{
	(void)state;
	hint("node", NULL, "; it came without an account: --username bridge-pi3");
	hint("node", "bridge-pi3", "; is bridge-pi3 the account of a node in the broker's rules?");
	hint("node", "viewer", "; is viewer the account of a node in the broker's rules?");
	hint("conductor", "", "; it came without an account: --username conductor");
	hint("conductor", "bridge-pi3",
	     "; its account bridge-pi3 is that of the node pi3: this is the conductor pi3, and wants conductor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trouble, setup, teardown),
		cmocka_unit_test(test_hint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
