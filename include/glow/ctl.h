/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* glowctl: what its commands are, and how words of a command line become the
 * topic and the payload that anybody else could have published. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/config.h>
#include <glow/diag.h>
#include <glow/options.h>
#include <glow/topics.h>

/** The options of all commands together; each command lists its own. A number that was not given is -1. */
struct glow_ctl_options {
	struct glow_common_options common;
	char *id, *nodes, *groups, *span, *params, *svg, *note_file, *discovery, *boards, *title, *only, *days,
		*broker_too;
	int64_t fade_ms, for_s, ttl_s, priority, fps, wait_s;
	bool take, clear, force, json, plain, reset, dry_run;
};

#define GLOW_CTL_OPTIONS_NONE                                                                                   \
	{                                                                                                       \
		.fade_ms = -1, .for_s = -1, .ttl_s = -1, .priority = -1, .fps = -1, .wait_s = -1, .take = true, \
	}

/** The commands, one a file. Each returns an exit status. */
extern const struct glow_subcommand glow_ctl_play, glow_ctl_stop, glow_ctl_set, glow_ctl_notify, glow_ctl_identify,
	glow_ctl_dim, glow_ctl_nodes, glow_ctl_forget, glow_ctl_watch, glow_ctl_effects, glow_ctl_order,
	glow_ctl_reverse, glow_ctl_gap, glow_ctl_title, glow_ctl_preset, glow_ctl_schedule, glow_ctl_undo,
	glow_ctl_sync, glow_ctl_doctor, glow_ctl_export, glow_ctl_import, glow_ctl_bench, glow_ctl_names;

/** Whom a light command is for: "pi1", "node/pi1", "group/shelf" or "all". Writes the topic
 * prefix/…/leaf; false when the word is none of these. */
bool glow_ctl_target(const char *prefix, const char *word, const char *leaf, char ret_topic[GLOW_TOPIC_MAX + 1]);

/** True for a target that stands for several nodes. */
bool glow_ctl_target_is_many(const char *word);

/** Payloads, the caller's to free(); NULL with diag. `text` is what was typed,
 * JSON or shorthand. It goes out as it is unless an option adds something to it. */
char *glow_ctl_play_payload(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag);
char *glow_ctl_set_payload(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag);
char *glow_ctl_notify_payload(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag);

/** `id` NULL: all scenes. */
char *glow_ctl_stop_payload(const struct glow_ctl_options *o, const char *id, struct glow_diag *diag);

/** preset/<name>/set, to save what shows; and preset/<name>/apply and undo. */
char *glow_ctl_save_payload(const struct glow_ctl_options *o, struct glow_diag *diag);
char *glow_ctl_fade_payload(const struct glow_ctl_options *o, struct glow_diag *diag);

/** schedule/<name>/set: `at` is "07:00", "sunset" or "sunset-30", `deed` preset, play or dim, `text` what of it. */
char *glow_ctl_schedule_payload(const struct glow_ctl_options *o, const char *at, const char *deed, const char *text,
				struct glow_diag *diag);

/** Cluster time is needed for --for-s only. */
char *glow_ctl_dim_payload(const struct glow_ctl_options *o, const char *text, int64_t now_us, struct glow_diag *diag);

/** What a scene payload plays, for people: "rainbow", "playlist of 3". */
void glow_ctl_scene_name(const char *payload, char *ret_text, size_t size);

/** Prints "glowctl: …" and returns the exit status that goes with it. */
int glow_ctl_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
