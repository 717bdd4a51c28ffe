/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a machine itself allows: a process that wakes for every slot of a grid on
 * CLOCK_MONOTONIC and writes down when it woke. Nothing is estimated and nothing
 * drawn, so several of them differ only by how late the kernel runs each, with the
 * real-time priority that the bridge asks for. Lines are those of the virtual board;
 * slot k is t_us = k·10⁶/fps after the first.
 *
 * floor <first slot, CLOCK_MONOTONIC ns> <fps> <file> */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

static void sleep_until(int64_t ns)
{
	struct timespec t = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int main(int argc, char **argv)
{
	const struct sched_param priority = { .sched_priority = 10 };
	int64_t first_ns, fps;
	char line[96];
	int fd, n;

	if (argc != 4)
		return 64;
	first_ns = strtoll(argv[1], NULL, 10);
	fps = strtoll(argv[2], NULL, 10);
	fd = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || fps < 1) {
		perror(argv[3]);
		return 1;
	}
	sched_setscheduler(0, SCHED_FIFO, &priority);
	for (int64_t k = 0;; k++) {
		sleep_until(first_ns + k * NS_PER_S / fps);
		n = snprintf(line, sizeof(line), "{\"t_us\":%" PRId64 ",\"mono_ns\":%" PRId64 ",\"pixels\":[]}\n",
			     k * 1000000 / fps, now_ns());
		if (write(fd, line, (size_t)n) != n) /* dprintf() would ask twice more for the file */
			return 1;
	}
}
