/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people call a board, a preset or a schedule: a line of text in any script. */

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>

/** Bytes of a title: 32 characters of any script. */
#define GLOW_TITLE_MAX 96

/** True for a name for people: UTF-8 of 1..GLOW_TITLE_MAX bytes, not all blank, without control characters, ends of
 * lines and what turns the direction of a text round (Unicode's Bidi_Control, which could make a name look like
 * another). */
bool glow_title_valid(const char *text);

/** The member `title` of something that people name: "" where there is none, where it is null, and for "". */
enum glow_code glow_title_read(const cJSON *tree, char ret_title[GLOW_TITLE_MAX + 1], struct glow_diag *diag);
