/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* When a command was sent, and when a bare subscriber had it: the floor for all who do something with it. Each line of
 * standard input is a payload; for each goes out "<sent> <heard>", nanoseconds of CLOCK_MONOTONIC.
 *
 * latency <port> <topic> */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <inttypes.h>

#include "client.h"

int main(int argc, char **argv)
{
	struct client sender, listener;
	char line[256];

	if (argc != 3) {
		fprintf(stderr, "usage: latency port topic\n");
		return 64;
	}
	client_open(&sender, atoi(argv[1]), "bench-sender", NULL);
	client_open(&listener, atoi(argv[1]), "bench-listener", argv[2]);
	while (fgets(line, sizeof(line), stdin)) {
		int64_t sent_ns;

		line[strcspn(line, "\n")] = '\0';
		sent_ns = client_publish(&sender, argv[2], line);
		while (!client_wait(&listener, -1))
			;
		printf("%" PRId64 " %" PRId64 "\n", sent_ns, listener.heard_ns);
		fflush(stdout);
		client_wait(&sender, 0);
	}
	return 0;
}
