/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Both sides of --healthcheck: this process is the program, a child asks. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/health.h>

static char id[32];

struct asker {
	pid_t pid;
	int out;
};

static struct asker asker_start(void)
{
	struct asker a = { .out = memfd_create("out", 0) };

	fflush(NULL);
	a.pid = fork();
	assert_true(a.pid >= 0);
	if (a.pid == 0) {
		int status;

		dup2(a.out, STDOUT_FILENO);
		status = glow_health_ask(GLOW_HEALTH_NODE, id);
		fflush(NULL);
		_exit(status);
	}
	return a;
}

/* The exit status; and what was printed. */
static int asker_end(struct asker a, char ret_text[256])
{
	int status;
	ssize_t n;

	assert_int_equal(waitpid(a.pid, &status, 0), a.pid);
	assert_true(WIFEXITED(status));
	n = pread(a.out, ret_text, 255, 0);
	assert_true(n >= 0);
	ret_text[n] = '\0';
	close(a.out);
	return WEXITSTATUS(status);
}

static int ask_and_answer(int fd, bool healthy, const char *reason, char ret_text[256])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct asker a = asker_start();

	assert_int_equal(poll(&p, 1, 10000), 1);
	glow_health_answer(fd, healthy, reason);
	return asker_end(a, ret_text);
}

static void answers(void **state)
{
	char text[256];
	int fd = glow_health_listen(GLOW_HEALTH_NODE, id);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ask_and_answer(fd, true, "", text), 0);
	assert_string_equal(text, "");
	assert_int_equal(ask_and_answer(fd, false, "no board: Blinkt! is not here", text),
			 1); /* control for the above */
	assert_string_equal(text, "no board: Blinkt! is not here\n");
	assert_int_equal(ask_and_answer(fd, false, "", text), 1);
	assert_int_equal(ask_and_answer(fd, true, "ignored", text), 0);
	close(fd);
}

static void nobody(void **state)
{
	char text[256], expected[128];

	(void)state;
	snprintf(expected, sizeof(expected), "not running here (nobody listens at @glow-%s)\n", id);
	assert_int_equal(asker_end(asker_start(), text), 1);
	assert_string_equal(text, expected);
}

/* A loop that hangs still has its socket: the kernel accepts, nobody answers. */
static void hung(void **state)
{
	int fd = glow_health_listen(GLOW_HEALTH_NODE, id);
	struct timespec before, after;
	char text[256];
	double s;

	(void)state;
	assert_true(fd >= 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(asker_end(asker_start(), text), 1);
	clock_gettime(CLOCK_MONOTONIC, &after);
	s = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	assert_string_equal(text, "no answer within two seconds\n");
	assert_true(s > 1.5 && s < 10);
	close(fd);
}

static void descriptor(void **state)
{
	int fd = glow_health_listen(GLOW_HEALTH_NODE, id);

	(void)state;
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	glow_health_answer(fd, true, ""); /* nobody asks: returns at once */
	assert_int_equal(glow_health_listen(GLOW_HEALTH_NODE, id), -EADDRINUSE);
	close(fd);
	fd = glow_health_listen(GLOW_HEALTH_NODE, id); /* control: free again */
	assert_true(fd >= 0);
	close(fd);
}

/* A node and a conductor of one name are two; two conductors of one name are not. */
static void kinds(void **state)
{
	int node = glow_health_listen(GLOW_HEALTH_NODE, id), conductor = glow_health_listen(GLOW_HEALTH_CONDUCTOR, id);

	(void)state;
	assert_true(node >= 0);
	assert_true(conductor >= 0);
	assert_int_equal(glow_health_listen(GLOW_HEALTH_CONDUCTOR, id), -EADDRINUSE);
	close(node);
	close(conductor);
}

/* A prefix may be longer than an address. */
static void long_id(void **state)
{
	char name[129];
	int fd, other;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[128] = '\0';
	fd = glow_health_listen(GLOW_HEALTH_CONDUCTOR, name);
	assert_true(fd >= 0);
	name[80] = 'y'; /* does not count */
	assert_int_equal(glow_health_listen(GLOW_HEALTH_CONDUCTOR, name), -EADDRINUSE);
	name[79] = 'y';
	other = glow_health_listen(GLOW_HEALTH_CONDUCTOR, name);
	assert_true(other >= 0);
	close(fd);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),    cmocka_unit_test(nobody), cmocka_unit_test(hung),
		cmocka_unit_test(descriptor), cmocka_unit_test(kinds),  cmocka_unit_test(long_id),
	};

	snprintf(id, sizeof(id), "test-%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
