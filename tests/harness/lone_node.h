/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A node's whole life without a network, a clock or a board: the test says what
 * arrives and what time it is, looks at what is shown, and reads in the outbox what is said. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/command.h>
#include <glow/node.h>

#include "outbox.h"

#define START  INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define RED    ((struct glow_rgb){ 255, 0, 0 })
#define LIME   ((struct glow_rgb){ 0, 255, 0 })
#define BLUE   ((struct glow_rgb){ 0, 0, 255 })

#define SET    "glow/node/pi1/set"
#define NOTIFY "glow/node/pi1/notify"
#define STATE  "glow/node/pi1/state"
#define ERROR  "glow/node/pi1/error"
#define INFO   "glow/node/pi1/info"
#define ONLINE "glow/node/pi1/availability"
#define ALL    "glow/all/set"
#define APPLY  "glow/all/apply"
#define SCENES "glow/scene/current"

/** Two timelines. */
#define OURS  UINT64_C(0xa1)
#define OTHER UINT64_C(0xb2)

extern struct glow_node_cfg cfg; /**< for create(): pi1, a row of 8 pixels, white while idle */
extern struct glow_node *node;
extern struct glow_diag diag;
extern struct glow_frame frame; /**< as last rendered */
extern int64_t now;

int setup(void **state);
int teardown(void **state);

void create(void);
void tick(void);
void pass(int64_t us);

/** Connected, with nothing more to wait for. */
void online(void);

/** Created, online, and long enough ago that the state may be said again. */
void bring_up(void);

/** A message arrives: as it is, one of a topic, one that wants an answer. */
void deliver(struct glow_message m);
void tell(const char *topic, const char *payload);
void ask(const char *topic, const char *payload, const char *response);

/** Asks, at "r", for a colour at an instant. */
void tell_at(const char *color, int64_t at_us);

/** A solid notice of one colour; `more` is further members, after a comma. */
void notice(const char *color, const char *more);

/** Every pixel is of that colour, and there are as many as the board has. */
bool shows(struct glow_rgb c);

/** A number in the last payload on a topic is that. */
void expect_number(const char *topic, const char *name, int64_t value);

/** A payload that is good for cfg's board, as a command; until the next one. */
const struct glow_command *command(enum glow_command_kind kind, const char *payload);

/* ---- with a conductor ---- */

void step(int64_t delta, uint64_t clock_id);
void beacon(void);
void conductor(const char *availability);

/** On the cluster's time since two seconds, and a conductor leads. */
void join(void);

/** scene/current with these scenes; and one of one colour that starts so many seconds after START,
 * with further members. It lies in a buffer that three more calls leave alone. */
void play(uint64_t clock_id, const char *scenes);
const char *scene(const char *color, int start_s, const char *more);

/** The conductor's word on the command `payload` of a topic: what it says is `cmd`. */
void tell_apply(const char *topic, const char *payload, const char *cmd, int64_t at_us);
