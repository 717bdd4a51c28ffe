/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The shell of a program that runs for long, as far as there need be no broker. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
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

/* ---- what can wait ---- */

static struct glow_mono wanted;

static struct glow_mono turn(void *ctx)
{
	strncat(rung, ctx, 1);
	return wanted;
}

/* Its descriptor is readable all the time, and yet all else comes first; then it rests. */
static void test_aside(void **state)
{
	struct glow_aside aside;
	struct glow_timer a, b;
	int fd = eventfd(1, EFD_CLOEXEC);

	(void)state;
	wanted.ns = GLOW_NEVER;
	assert_int_equal(glow_loop_aside(&loop, &aside, fd, turn, &names[2]), 0);
	add(&a, 0);
	add(&b, 1);
	glow_timer_at(&a, (struct glow_mono){ 1000 });
	glow_timer_at(&b, (struct glow_mono){ 1000 });
	rung[0] = '\0';
	for (int k = 0; k < 3; k++)
		assert_true(sd_event_run(loop.event, 0) > 0);
	assert_int_equal(strlen(rung), 3);
	assert_int_equal(rung[2], 'c');
	assert_true(aside.rests);
	while (aside.rests) /* for some microseconds */
		sd_event_run(loop.event, UINT64_MAX);
	assert_string_equal(rung + 2, "c");
	sd_event_run(loop.event, 0); /* the control: it is readable still */
	assert_string_equal(rung + 2, "cc");
	eventfd_read(fd, &(eventfd_t){ 0 });
	run();
	assert_string_equal(run(), ""); /* nothing came */
	while (aside.rests) /* for as long as the last turn took, which may have had to wait for a processor */
		sd_event_run(loop.event, UINT64_MAX);
	wanted.ns = 1000;
	eventfd_write(fd, 1);
	assert_true(sd_event_run(loop.event, UINT64_MAX) > 0); /* something came */
	eventfd_read(fd, &(eventfd_t){ 0 });
	while (strlen(rung) < 2) /* and it wanted a turn */
		sd_event_run(loop.event, UINT64_MAX);
	assert_string_equal(rung, "cc");
	sd_event_source_disable_unref(sd_event_source_ref(aside.source));
	close(fd);
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
					   .mqtt = { .broker = "http://pi9", .client_id = "t" } };

	(void)state;
	snprintf(id, sizeof(id), "test-loop-%d", (int)getpid());
	asked_for_topics = false;
	assert_int_equal(glow_loop_open(&loop, &cfg), EX_USAGE);
	assert_true(asked_for_topics);
	assert_null(loop.mqtt); /* and what is half open closes */
}

/* ---- turns ---- */

/* A messenger that has mail, in place of the one that is linked elsewhere. */
static struct {
	int fd, waiting, taken;
} mail;

int glow_mqtt_open(const struct glow_mqtt_cfg *cfg, struct glow_mqtt **ret_mqtt, char why[GLOW_MQTT_WHY])
{
	if (!glow_mqtt_uri_valid(cfg->broker)) {
		snprintf(why, GLOW_MQTT_WHY, "no broker");
		return -EINVAL;
	}
	mail.fd = eventfd(1, EFD_NONBLOCK);
	*ret_mqtt = (struct glow_mqtt *)&mail;
	return 0;
}

int glow_mqtt_fd(const struct glow_mqtt *mqtt)
{
	assert_ptr_equal(mqtt, &mail);
	return mail.fd;
}

bool glow_mqtt_next(struct glow_mqtt *mqtt, struct glow_mqtt_event *ret_event)
{
	eventfd_t ignored;

	assert_ptr_equal(mqtt, &mail);
	if (mail.taken == mail.waiting) {
		eventfd_read(mail.fd, &ignored);
		return false;
	}
	mail.taken++;
	*ret_event = (struct glow_mqtt_event){ .kind = GLOW_MQTT_MESSAGE, .message = { .topic = "glow/all/set" } };
	return true;
}

int glow_mqtt_publish(struct glow_mqtt *mqtt, const struct glow_message *message)
{
	(void)mqtt;
	(void)message;
	return 0;
}

bool glow_mqtt_follow(struct glow_mqtt *mqtt, const char *topic, bool on)
{
	(void)mqtt;
	(void)topic;
	return on;
}

static struct glow_mqtt_counts counts;

void glow_mqtt_counts(struct glow_mqtt *mqtt, struct glow_mqtt_counts *ret_counts)
{
	(void)mqtt;
	*ret_counts = counts;
}

void glow_mqtt_lead(struct glow_mqtt *mqtt, bool lead)
{
	(void)mqtt;
	(void)lead;
}

bool glow_mqtt_close(struct glow_mqtt *mqtt, unsigned wait_ms)
{
	(void)wait_ms;
	if (mqtt)
		close(mail.fd);
	return true;
}

static int before, after, most, rung_at;

static void on_before(void *ctx)
{
	(void)ctx;
	before++;
	rung_at = mail.taken;
}

static void on_event(void *ctx, const struct glow_mqtt_event *event)
{
	(void)ctx;
	(void)event;
}

static void on_after(void *ctx)
{
	(void)ctx;
	after++;
	most = mail.taken - rung_at > most ? mail.taken - rung_at : most;
	if (mail.taken == mail.waiting)
		sd_event_exit(loop.event, 0);
}

static const struct glow_loop_role role = { .topic = topic, .event = on_event, .before = on_before, .after = on_after };

static void open_with_mail(int n)
{
	char id[40];
	const struct glow_loop_cfg cfg = { .role = &role,
					   .ctx = &loop,
					   .what = "test",
					   .id = id,
					   .last_words = "leaving",
					   .mqtt = { .broker = "mqtt://pi9", .client_id = "t" } };

	snprintf(id, sizeof(id), "test-turns-%d", (int)getpid());
	before = after = most = 0;
	mail.taken = 0;
	mail.waiting = n;
	assert_int_equal(glow_loop_open(&loop, &cfg), 0);
}

/* promise: bounded-turns */
static void test_turns(void **state)
{
	(void)state;
	open_with_mail(1000);
	assert_int_equal(glow_loop_run(&loop), 0);
	assert_int_equal(mail.taken, 1000); /* nothing is left lying */
	assert_in_range(before, 16, 1000);  /* 15.6 turns of 64; more where the machine is slow */
	assert_int_equal(after, before);
	assert_in_range(most, 1, 64);
}

static int taken_then;

static void look(void *ctx)
{
	(void)ctx;
	taken_then = mail.taken;
}

/* A timer that is due comes after one turn at the latest. */
/* promise: bounded-turns */
static void test_timer_between_turns(void **state)
{
	struct glow_timer timer;

	(void)state;
	open_with_mail(1000);
	assert_int_equal(glow_loop_timer(&loop, &timer, look, NULL), 0);
	glow_timer_at(&timer, (struct glow_mono){ 1000 });
	taken_then = -1;
	assert_int_equal(glow_loop_run(&loop), 0);
	assert_in_range(taken_then, 0, 64);
	assert_int_equal(mail.taken, 1000); /* the control: there was more */
}

/* A signal comes before the mail. */
/* promise: bounded-turns */
static void test_signal_before_mail(void **state)
{
	(void)state;
	open_with_mail(1000);
	kill(getpid(), SIGTERM);
	assert_int_equal(glow_loop_run(&loop), 0);
	assert_int_equal(mail.taken, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_signals),
		T(test_timers),
		T(test_timer_rounds_up),
		T(test_timer_in),
		T(test_aside),
		T(test_open_bad_broker),
		T(test_turns),
		T(test_timer_between_turns),
		T(test_signal_before_mail),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
