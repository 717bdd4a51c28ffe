/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* faulty address|undefined|thread: does what that sanitizer has to report, so that ./run test-sanitized knows that its
 * reports come where it looks for them. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static void *count(void *ignored)
{
	for (int k = 0; k < 1000; k++)
		shared++;
	return ignored;
}

static int read_beyond(size_t size)
{
	char *volatile room = calloc(size, 1);

	return room[size];
}

static int overflow(int most)
{
	return most + 1;
}

int main(int argc, char **argv)
{
	const char *fault = argc == 2 ? argv[1] : "";
	pthread_t other;

	if (strcmp(fault, "address") == 0)
		return read_beyond(strlen(fault));
	if (strcmp(fault, "undefined") == 0)
		return overflow(0x7fffffff + argc - 2);
	if (strcmp(fault, "thread") != 0 || pthread_create(&other, NULL, count, NULL))
		return 64;
	count(NULL);
	pthread_join(other, NULL);
	return shared == 0;
}
