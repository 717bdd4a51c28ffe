/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A file with the text of an effect, and what is wrong with it. */

#include <stddef.h>

#include <glow/diag.h>
#include <glow/script.h>
#include <glow/topics.h>

#define GLOW_EFFECT_FILE_ENDING ".glow"

/** What to say of a file whose effect cannot be called so. */
#define GLOW_EFFECT_FILE_MISNAMED                                                                        \
	"the file is to be called as its effect: small letters, digits and '-' inside, a letter first, " \
	"and " GLOW_EFFECT_FILE_ENDING

/** What its effect is called: "effects/aurora.glow" is of aurora. Whether it may be called so is not looked at. */
void glow_effect_file_name(const char *path, char ret_name[GLOW_ID_MAX + 1]);

/** Its text, or where there is no such file that of the shipped effect of that name (shipped.h), with a NUL behind its
 * *ret_len bytes, the caller's; NULL with the diagnosis where it cannot be read. Of one that is too long for a text a
 * byte more than that is enough to say so. */
char *glow_effect_file_read(const char *path, size_t *ret_len, struct glow_diag *diag);

/** Why nobody need be asked to put it, "is empty"; NULL where a conductor is to judge. */
const char *glow_effect_file_fault(const char *text, size_t len);

/** "aurora.glow:3:14: …", as compilers say it, so that editors find the place; what in `where` is no
 * place in the text is left out. */
#define GLOW_EFFECT_FILE_SAID 640
void glow_effect_file_say(const char *path, const char *where, const char *what, char ret_text[GLOW_EFFECT_FILE_SAID]);

/** Prints that as glow_ctl_fail() does, and returns the status. */
int glow_effect_file_complain(int status, const char *path, const char *where, const char *what);

/** "aurora.glow: good, 24 steps for a pixel and 3 for a frame". */
void glow_effect_file_praise(const char *path, struct glow_script_cost cost, char ret_text[GLOW_EFFECT_FILE_SAID]);
