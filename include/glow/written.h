/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Effects in text as they come from outside: glow/script.h with memory, and with refusals that can be answered. */

#include <glow/diag.h>
#include <glow/script.h>

/** Compiles a text under a name that it may have. The caller's, one block that is given back by free();
 * glow_script_effect() is the effect, which is good as long. NULL after filling the diagnosis: GLOW_BAD_EFFECT, where
 * `where` is line and column, "3:14", or "name", or "" for a text that is too long; GLOW_BUSY without memory. */
struct glow_script *glow_written_compile(const char *name, const char *text, size_t len, struct glow_diag *diag);

/** The same for a text that is kept under its name already, whatever a later version calls so. */
struct glow_script *glow_written_compile_kept(const char *name, const char *text, size_t len, struct glow_diag *diag);
