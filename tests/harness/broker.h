/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A real Mosquitto for one test: on a free loopback port, in a directory of its
 * own, and gone with the test however that ends. Functions that cannot do
 * their job end the program with a message: a test without its broker is void. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct broker {
	pid_t pid; /**< 0 while it is stopped */
	uint16_t port;
	char dir[32]; /**< for certificates, passwords and the like; removed at the end */
	char uri[40]; /**< mqtt://127.0.0.1:<port> */
};

/** Whether there is a Mosquitto, in PATH or /usr/sbin, and its clients. */
bool broker_available(void);

/** A TCP port on 127.0.0.1 where nobody listens. */
uint16_t broker_free_port(void);

/** Makes directory and port; the broker does not run yet. */
void broker_init(struct broker *broker);

/** Runs it with a listener on `port` and `config` below that (lines of
 * mosquitto.conf; NULL for "allow_anonymous true"); returns when it accepts connections. */
void broker_start(struct broker *broker, const char *config);

/** Returns once a line of its log has these words in it. */
void broker_wait_log(const struct broker *broker, const char *words);

/** Ends it with `signal` and waits for its end. */
void broker_stop(struct broker *broker, int signal);

/** Stops it and removes the directory; may be called after broker_init() at any time. */
void broker_fini(struct broker *broker);

/** Runs `argv` to its end with `input` (NULL for none) on its standard input;
 * returns the exit status. The child dies with the caller. */
int broker_run(const char *input, const char *const argv[]);

/** broker_run() of mosquitto_pub at this broker; options end with NULL. */
int broker_publish(const struct broker *broker, const char *const options[]);
