/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A file is called what its effect is called, so one name is enough, and a folder of files is a list of effects. */

#include "effect_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glow/ctl.h>

#include "shipped.h"

void glow_effect_file_name(const char *path, char ret_name[GLOW_ID_MAX + 1])
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t len = strlen(base), end = strlen(GLOW_EFFECT_FILE_ENDING);

	if (len > end && strcmp(base + len - end, GLOW_EFFECT_FILE_ENDING) == 0)
		len -= end;
	snprintf(ret_name, GLOW_ID_MAX + 1, "%.*s", (int)(len <= GLOW_ID_MAX ? len : GLOW_ID_MAX), base);
}

/* A pipe to which nobody writes does not hold us up. */
static FILE *open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	FILE *in = fd >= 0 && fcntl(fd, F_SETFL, O_RDONLY) >= 0 ? fdopen(fd, "r") : NULL;

	if (fd >= 0 && !in)
		close(fd);
	return in;
}

char *glow_effect_file_read(const char *path, size_t *ret_len, struct glow_diag *diag)
{
	char room[GLOW_SHIPPED_PATH], why[GLOW_SHIPPED_WHY];
	FILE *in = open_file(glow_shipped_path(path, room));
	char *text = calloc(1, GLOW_SCRIPT_MAX + 2);

	*ret_len = in && text ? fread(text, 1, GLOW_SCRIPT_MAX + 1, in) : 0;
	if (!in || !text || ferror(in)) {
		glow_shipped_why(path, errno, why);
		glow_diag_set(diag, GLOW_BAD_EFFECT, "", "%s", why);
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

const char *glow_effect_file_fault(const char *text, size_t len)
{
	return len == 0 ? "is empty" : strlen(text) != len ? "is no text" : NULL;
}

void glow_effect_file_say(const char *path, const char *where, const char *what, char ret_text[GLOW_EFFECT_FILE_SAID])
{
	bool place = where[0] >= '0' && where[0] <= '9';

	snprintf(ret_text, GLOW_EFFECT_FILE_SAID, "%s%s%s: %s", path, place ? ":" : "", place ? where : "", what);
	glow_diag_mend(ret_text);
}

int glow_effect_file_complain(int status, const char *path, const char *where, const char *what)
{
	char said[GLOW_EFFECT_FILE_SAID];

	glow_effect_file_say(path, where, what, said);
	return glow_ctl_fail(status, "%s", said);
}

void glow_effect_file_praise(const char *path, struct glow_script_cost cost, char ret_text[GLOW_EFFECT_FILE_SAID])
{
	snprintf(ret_text, GLOW_EFFECT_FILE_SAID, "%s: good, %u steps for a pixel and %u for a frame", path, cost.pixel,
		 cost.frame);
}
