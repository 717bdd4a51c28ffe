/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What callgrind counts, and nothing around it: tests/harness/callgrind.py has it begin anew where counted() begins and
 * write down what it has where that ends. So one run counts many things exactly, and the program needs nothing of
 * valgrind's to be built. */

#include <stdio.h>

/** Does it, and counts the instructions that it takes. Lies in a file of its own, so that nothing of it is inlined. */
void counted(void (*what)(void *of), void *of);

/** The same with a name, and between how many parts (pixels of frames) the instructions are divided. */
static inline void count(const char *name, double parts, void (*what)(void *of), void *of)
{
	printf("%s\t%.0f\n", name, parts);
	counted(what, of);
}
