/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The shell of a program that runs for long, as far as there need be no broker. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/clock.h>
#include <glow/log.h>
#include <glow/loop.h>

static struct glow_loop loop;

static int setup(void **state)
{
	(void)state;
	return glow_loop_init(&loop);
}

static int teardown(void **state)
{
	(void)state;
	glow_loop_close(&loop, 1);
	return 0;
}

/* ---- signals ---- */

static bool is_blocked(int number)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	return sigismember(&set, number) == 1;
}

static bool is_ignored(int number)
{
	struct sigaction action;

	sigaction(number, NULL, &action);
	return action.sa_handler == SIG_IGN;
}

/* Blocked are those that the loop takes; what was ignored stays so. */
static void test_signals(void **state)
{
	static const int all[] = { SIGTERM, SIGINT, SIGHUP };
	struct glow_loop other;
	sigset_t set;

	(void)state;
	for (int k = 0; k < 3; k++) {
		assert_true(is_blocked(all[k])); /* the control, by setup() */
		sigemptyset(&set);
		sigaddset(&set, all[k]);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		signal(all[k], SIG_IGN);
	}
	assert_int_equal(glow_loop_init(&other), 0);
	assert_true(is_blocked(SIGTERM) && !is_ignored(SIGTERM));
	assert_true(!is_blocked(SIGINT) && is_ignored(SIGINT));
	assert_true(!is_blocked(SIGHUP) && is_ignored(SIGHUP));
	glow_loop_close(&other, 1);
	for (int k = 0; k < 3; k++)
		signal(all[k], SIG_DFL);
}

/* ---- timers ---- */

static char names[] = "abc", rung[16];

static void ring(void *ctx)
{
	strncat(rung, ctx, 1);
}

static void add(struct glow_timer *timer, int k)
{
	assert_int_equal(glow_loop_timer(&loop, timer, ring, &names[k]), 0);
}

/* Everything that is due by now. */
static const char *run(void)
{
	rung[0] = '\0';
	for (size_t k = 0; k + 1 < sizeof(rung) && sd_event_run(loop.event, 0) > 0; k++)
		;
	return rung;
}

static int64_t set_to_us(const struct glow_timer *timer)
{
	uint64_t us;

	assert_true(sd_event_source_get_time(timer->source, &us) >= 0);
	return (int64_t)us;
}

static void test_timers(void **state)
{
	struct glow_timer a, b, c;

	(void)state;
	add(&a, 0);
	add(&b, 1);
	add(&c, 2);
	assert_string_equal(run(), ""); /* one that has not been set is off */
	glow_timer_at(&a, (struct glow_mono){ 3000 });
	glow_timer_at(&b, (struct glow_mono){ 1000 });
	glow_timer_at(&c, (struct glow_mono){ 2000 });
	assert_int_equal(strlen(run()), 3); /* all; of those due at one look no order is promised */
	assert_true(strchr(rung, 'a') && strchr(rung, 'b') && strchr(rung, 'c'));
	assert_string_equal(run(), ""); /* once */
	glow_timer_at(&a, (struct glow_mono){ 3000 });
	glow_timer_at(&b, (struct glow_mono){ 1000 });
	glow_timer_at(&b, (struct glow_mono){ GLOW_NEVER });
	glow_timer_at(&c, (struct glow_mono){ glow_mono_now().ns + INT64_C(3600000000000) });
	assert_string_equal(run(), "a");
	glow_timer_at(&c, (struct glow_mono){ -5000000 }); /* before this machine started */
	assert_string_equal(run(), "c");
}

/* Never before its time, not by a part of a microsecond. */
static void test_timer_rounds_up(void **state)
{
	struct glow_timer timer;

	(void)state;
	add(&timer, 0);
	glow_timer_at(&timer, (struct glow_mono){ 5000 });
	assert_int_equal(set_to_us(&timer), 5);
	glow_timer_at(&timer, (struct glow_mono){ 5001 });
	assert_int_equal(set_to_us(&timer), 6);
}

static void test_timer_in(void **state)
{
	struct glow_timer timer;
	int enabled;
	int64_t before = glow_mono_now().ns / 1000;

	(void)state;
	add(&timer, 0);
	glow_timer_in(&timer, 3600 * GLOW_US_PER_S);
	assert_true(set_to_us(&timer) >= before + 3600 * GLOW_US_PER_S);
	assert_true(set_to_us(&timer) <= glow_mono_now().ns / 1000 + 3600 * GLOW_US_PER_S);
	assert_string_equal(run(), "");
	assert_int_equal(sd_event_source_get_enabled(timer.source, &enabled), 1);
	assert_int_equal(enabled, SD_EVENT_ONESHOT);
}

/* ---- opening ---- */

static bool asked_for_topics;

static bool topic(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	assert_ptr_equal(ctx, &loop);
	asked_for_topics = true;
	snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "glow/test/%zu", k);
	*ret_retained = k % 2;
	return k < 60; /* as many as a node with 16 groups has */
}

static void test_open_bad_broker(void **state)
{
	const struct glow_loop_role role = { .topic = topic };
	char id[40];
	const struct glow_loop_cfg cfg = { .role = &role,
					   .ctx = &loop,
					   .what = "test",
					   .id = id,
					   .health_id = id,
					   .mqtt = { .broker = "http://pi9", .client_id = "t" } };

	(void)state;
	snprintf(id, sizeof(id), "test-loop-%d", (int)getpid());
	asked_for_topics = false;
	assert_int_equal(glow_loop_open(&loop, &cfg), EX_USAGE);
	assert_true(asked_for_topics);
	assert_null(loop.mqtt); /* and what is half open closes */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_signals), T(test_timers), T(test_timer_rounds_up), T(test_timer_in), T(test_open_bad_broker),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
