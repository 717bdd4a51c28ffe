/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* All targets in one program, so that one link serves all of them:
 *
 *	GLOW_FUZZ=json fuzz corpus/json */

#include <sysexits.h>

#include <unistd.h>

#include <glow/log.h>

#include "fuzz.h"

static const struct target {
	const char *name;
	void (*run)(const uint8_t *data, size_t size);
} targets[] = {
#define X(name) { #name, fuzz_##name },
#include "targets.def"
#undef X
};

static const struct target *target;

void (*fuzz_clear)(void);
const char *fuzz_target;
bool fuzz_planted;

void fuzz_fail(const char *file, int line, const char *condition)
{
	dprintf(STDERR_FILENO, "%s:%d: not so: %s\n", file, line, condition);
	if (fuzz_clear)
		fuzz_clear();
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("GLOW_FUZZ");

	(void)argc;
	fuzz_planted = getenv("GLOW_FUZZ_PLANTED") != NULL;
	glow_log_setup("error", "text");
	for (size_t k = 0; k < sizeof(targets) / sizeof(targets[0]); k++)
		if (name && strcmp(targets[k].name, name) == 0)
			target = &targets[k];
	if (target) {
		fuzz_target = target->name;
		return 0;
	}
	fprintf(stderr, "%s: GLOW_FUZZ is '%s', must be one of:", (*argv)[0], name ? name : "");
	for (size_t k = 0; k < sizeof(targets) / sizeof(targets[0]); k++)
		fprintf(stderr, " %s", targets[k].name);
	fputc('\n', stderr);
	exit(EX_USAGE);
}

/* promise: input-is-fuzzed */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	target->run(data, size);
	return 0;
}
