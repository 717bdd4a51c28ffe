/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The control of -fsanitize=alignment: reads a number from an odd address. */

#include <stdint.h>

int main(int argc, char **argv)
{
	void *odd = argv[0] + (((uintptr_t)argv[0] & 1) ^ 1);
	const volatile uint16_t *number = odd;

	(void)argc;
	(void)*number;
	return 0;
}
