/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The folder is found from the program's own path: packages, images and a prefix of one's own are the same to it. */

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glow/nearest.h>

#include "shipped.h"

#define SHARE  "/share/glowswarm/effects"
#define SUFFIX ".glow"

/* Takes the last part of a path away. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	*(slash ? slash : path) = '\0';
}

/* "" where the program's own path is not known, or too long. */
static void find_folder(char ret_folder[PATH_MAX])
{
	const size_t room = PATH_MAX - sizeof(SHARE);
	ssize_t n = readlink("/proc/self/exe", ret_folder, room);

	if (n < 0 || (size_t)n == room)
		n = 0;
	ret_folder[n] = '\0';
	go_up(ret_folder);
	go_up(ret_folder);
	if (n > 0)
		memcpy(ret_folder + strlen(ret_folder), SHARE, sizeof(SHARE));
}

size_t glow_shipped_list(char ret_names[GLOW_SHIPPED_MAX][GLOW_SCRIPT_NAME_SIZE])
{
	char folder[PATH_MAX];
	struct dirent *entry;
	size_t n = 0, len;
	DIR *dir;

	find_folder(folder);
	dir = opendir(folder);
	while (dir && n < GLOW_SHIPPED_MAX && (entry = readdir(dir))) {
		len = strcspn(entry->d_name, ".");
		if (len > 0 && len < GLOW_SCRIPT_NAME_SIZE && strcmp(entry->d_name + len, SUFFIX) == 0)
			snprintf(ret_names[n++], GLOW_SCRIPT_NAME_SIZE, "%.*s", (int)len, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return n;
}

/* Appends the name that is near, where there is one. */
static void add_meant(const char *name, char *why)
{
	char names[GLOW_SHIPPED_MAX][GLOW_SCRIPT_NAME_SIZE];
	const char *known[GLOW_SHIPPED_MAX + 1] = { NULL }, *meant;
	size_t at = strlen(why);

	for (size_t n = glow_shipped_list(names); n-- > 0;)
		known[n] = names[n];
	meant = glow_nearest(name, glow_nearest_entry, known);
	if (meant)
		snprintf(why + at, GLOW_SHIPPED_WHY - at, "; did you mean %s?", meant);
}

static bool is_name(const char *word)
{
	return !strchr(word, '/') && strlen(word) < GLOW_SCRIPT_NAME_SIZE;
}

static bool is_shipped(const char *name, char ret_path[GLOW_SHIPPED_PATH])
{
	char folder[PATH_MAX];

	find_folder(folder);
	snprintf(ret_path, GLOW_SHIPPED_PATH, "%s/%s" SUFFIX, folder, name);
	return access(ret_path, F_OK) == 0;
}

const char *glow_shipped_path(const char *word, char room[GLOW_SHIPPED_PATH])
{
	return is_name(word) && access(word, F_OK) != 0 && is_shipped(word, room) ? room : word;
}

const char *glow_shipped_quoted(const char *message, char room[GLOW_SCRIPT_NAME_SIZE])
{
	const char *quote = strchr(message, '"');
	size_t len = quote ? strcspn(quote + 1, "\"") : 0;
	char path[GLOW_SHIPPED_PATH];

	if (len == 0 || len >= GLOW_SCRIPT_NAME_SIZE)
		return NULL;
	snprintf(room, GLOW_SCRIPT_NAME_SIZE, "%.*s", (int)len, quote + 1);
	return is_name(room) && is_shipped(room, path) ? room : NULL;
}

void glow_shipped_why(const char *word, int error, char ret_why[GLOW_SHIPPED_WHY])
{
	char folder[PATH_MAX];

	snprintf(ret_why, GLOW_SHIPPED_WHY, "%s", strerror(error));
	if (error != ENOENT || !is_name(word))
		return;
	find_folder(folder);
	snprintf(ret_why, GLOW_SHIPPED_WHY, "there is no such file, and no such effect in %.400s", folder);
	add_meant(word, ret_why);
}
