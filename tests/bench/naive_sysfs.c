/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The measure for the sysfs road: a writer as common examples have it, which
 * opens, writes and closes a value file for every level it sets.
 *
 * naive_sysfs <root> <data line> <clock line> <frames> */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char value_path[2][256];

static void put(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, n) < 0) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static void clock_out(unsigned bit)
{
	put(value_path[0], bit ? "1" : "0", 1);
	put(value_path[1], "1", 1);
	put(value_path[1], "0", 1);
}

static void frame(unsigned k)
{
	for (int i = 0; i < 32; i++)
		clock_out(0);
	for (unsigned pixel = 0; pixel < 8; pixel++) {
		uint32_t word = 0xe1000000 | ((k * 37 + pixel * 71) * 0x010203 & 0xffffff);

		for (int i = 31; i >= 0; i--)
			clock_out(word >> i & 1);
	}
	for (int i = 0; i < 36; i++)
		clock_out(0);
}

int main(int argc, char **argv)
{
	char path[256];

	if (argc != 5)
		return 64;
	for (int k = 0; k < 2; k++) {
		snprintf(path, sizeof(path), "%s/class/gpio/export", argv[1]);
		put(path, argv[2 + k], 3);
		snprintf(path, sizeof(path), "%s/class/gpio/gpio%s/direction", argv[1], argv[2 + k]);
		put(path, "out", 3);
		snprintf(value_path[k], sizeof(value_path[k]), "%s/class/gpio/gpio%s/value", argv[1], argv[2 + k]);
	}
	for (int k = 0; k < atoi(argv[4]); k++)
		frame((unsigned)k);
	return 0;
}
