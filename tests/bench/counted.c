/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "counted.h"

__attribute__((noipa)) void counted(void (*what)(void *of), void *of)
{
	what(of);
}
