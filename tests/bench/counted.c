/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "counted.h"

void counted(void (*what)(void *of), void *of)
{
	what(of);
}
