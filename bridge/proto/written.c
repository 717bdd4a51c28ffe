/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/written.h>

static void refuse(struct glow_diag *diag, const char *where, const struct glow_script_mistake *mistake)
{
	char place[32];

	snprintf(place, sizeof(place), "%u:%u", mistake->line, mistake->column);
	glow_diag_set(diag, GLOW_BAD_EFFECT, mistake->line ? place : where, "%s", mistake->what);
}

static struct glow_script *compile(struct glow_script_work *work, const char *name, const char *text, size_t len,
				   struct glow_diag *diag)
{
	struct glow_script_mistake mistake;
	size_t size = glow_script_compile(work, text, len, &mistake);
	void *memory = size ? malloc(size) : NULL;

	if (size == 0)
		refuse(diag, "", &mistake);
	else if (memory)
		return glow_script_store(work, name, memory);
	else
		glow_diag_set(diag, GLOW_BUSY, "", "no memory for the effect; try again");
	return NULL;
}

struct glow_script *glow_written_compile(const char *name, const char *text, size_t len, struct glow_diag *diag)
{
	struct glow_script_mistake mistake;

	if (glow_script_name_free(name, strlen(name), &mistake))
		return glow_written_compile_kept(name, text, len, diag);
	refuse(diag, "name", &mistake);
	return NULL;
}

struct glow_script *glow_written_compile_kept(const char *name, const char *text, size_t len, struct glow_diag *diag)
{
	struct glow_script_work *work = malloc(glow_script_work_size());
	struct glow_script *script;

	if (!work) {
		glow_diag_set(diag, GLOW_BUSY, "", "no memory for compiling the effect; try again");
		return NULL;
	}
	script = compile(work, name, text, len, diag);
	free(work);
	return script;
}
