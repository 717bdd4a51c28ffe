/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What the rows that every program has ask for. The other pages are in glow/config.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <glow/config.h>

/** Writes what row k asks for (--help, --version, --man, a completion); false when it is one of the program's own. */
bool glow_pages_answer(const struct glow_program *program, size_t k, FILE *out);
