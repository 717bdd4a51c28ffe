/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Text for a terminal: what it can show, in so many columns. What is cut ends with an
 * ellipsis and never inside a number. */

#include <stdbool.h>
#include <stddef.h>

/** The widest window that is filled, and the bytes of its lines. */
enum { GLOW_FIT_COLUMNS = 240, GLOW_FIT_SIZE = GLOW_FIT_COLUMNS * 3 + 1 };

/** True when the environment names a locale of UTF-8; whether that is installed does not matter. */
bool glow_fit_utf8(void);

/** A copy of which every character takes one column: control characters, and what is no Latin text,
 * become "?". With `ascii` that is all of it: "±31 µs" is "+-31 us" then. */
void glow_fit_clean(const char *text, bool ascii, char *ret_text, size_t size);

/** Columns of a clean text. */
int glow_fit_columns(const char *text);

/** Shortens a clean text to `columns` (here and below at most GLOW_FIT_COLUMNS), at the end of a word if one fits. "(2
 * of 3)" and "31 µs" stay whole. */
void glow_fit(char text[GLOW_FIT_SIZE], int columns, bool ascii);

/** Shortens a name in its middle, since names differ at their ends. */
void glow_fit_name(const char *name, int columns, char *ret_text, size_t size);

/** Breaks a clean text between words into at most `most` lines of that width; the last one is shortened
 * if there is more. Returns how many. */
int glow_fit_wrap(const char *text, int columns, bool ascii, int most, char (*ret_lines)[GLOW_FIT_SIZE]);

/** A part of a line. Where there is no room the part with the least `keep` goes first, the last of equals. */
struct glow_fit_part {
	char text[192];
	int keep;
};

/** Joins parts to at most `most` lines; drops whole parts until they fit, and marks what it dropped by a
 * negative `keep`. Returns how many lines it takes. */
int glow_fit_parts(struct glow_fit_part *parts, size_t n, const char *separator, int columns, bool ascii, int most,
		   char (*ret_lines)[GLOW_FIT_SIZE]);
