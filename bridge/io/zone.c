/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The C library takes any TZ: an unknown name is UTC without a word. So the zone's file is looked for first. */

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glow/zone.h>

#define ZONES "/usr/share/zoneinfo"

static bool is_name(const char *name)
{
	if (!isalpha((unsigned char)name[0]) || strstr(name, ".."))
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/_+-", *c))
			return false;
	return true;
}

/* A compiled zone begins with "TZif"; the folder has lists and folders as well. */
static bool is_zone(const char *path)
{
	char magic[4] = "";
	FILE *in = fopen(path, "re");
	bool zone = in && fread(magic, sizeof(magic), 1, in) == 1 && memcmp(magic, "TZif", sizeof(magic)) == 0;

	if (in)
		fclose(in);
	return zone;
}

bool glow_zone_known(const char *name)
{
	const char *folder = getenv("TZDIR");
	char path[512];

	return is_name(name) &&
	       snprintf(path, sizeof(path), "%s/%s", folder ? folder : ZONES, name) < (int)sizeof(path) &&
	       is_zone(path);
}

int glow_zone_use(const char *name)
{
	if (!name || !name[0])
		return 0;
	if (!glow_zone_known(name))
		return -ENOENT;
	setenv("TZ", name, 1);
	tzset();
	return 0;
}

void glow_zone_text(char *ret_text, size_t size)
{
	time_t now = time(NULL);
	char zone[32], offset[8];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(zone, sizeof(zone), "%Z", &tm);
	strftime(offset, sizeof(offset), "%z", &tm);
	snprintf(ret_text, size, "%s, UTC%.3s:%s", zone, offset, offset + 3);
}

int32_t glow_zone_offset_s(void *ctx, int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;

	(void)ctx;
	return localtime_r(&t, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}
