/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* pictures [n] [file…]: one line an effect, and one for each file with an effect in text, with a number for everything
 * it draws, from parameters and times that dice chose; then the same for n thousand texts that dice wrote, a line each
 * thousand. A swarm of different Pis shows one picture only if this text is the same on every processor, and a page
 * only if it is the same in WebAssembly. */

#include <inttypes.h>
#include <string.h>

#include <glow/hash.h>

#include "../harness/any_text.h"

#define SETS  40
#define TIMES 6

static void built_in(struct dice *d)
{
	for (size_t k = 0; k < glow_effect_count(); k++) {
		uint32_t hash = GLOW_FNV_START;

		for (int set = 0; set < SETS; set++)
			hash = hash_effect(d, glow_effect_at(k), TIMES, hash);
		printf("%s %08" PRIx32 "\n", glow_effect_at(k)->name, hash);
	}
}

static bool from_file(struct dice *d, const char *path)
{
	char text[GLOW_SCRIPT_MAX + 1];
	uint32_t hash = GLOW_FNV_START;
	bool compiles = false;
	FILE *in = fopen(path, "r");
	const char *name = strrchr(path, '/');
	size_t len = in ? fread(text, 1, sizeof(text), in) : 0;

	if (in)
		fclose(in);
	for (int set = 0; set < SETS; set++)
		hash = hash_text(d, text, len, hash, &compiles);
	printf("%s %08" PRIx32 "\n", name ? name + 1 : path, hash);
	return compiles;
}

/* Most of them compile, or dice that write nonsense would show nothing. */
static bool from_dice(struct dice *d, int thousand)
{
	uint32_t hash = GLOW_FNV_START;
	int good = 0;

	for (int k = 0; k < 1000; k++) {
		char text[GLOW_SCRIPT_MAX + 1];
		size_t len = any_text(d, text);
		bool compiles;

		hash = hash_text(d, text, len, glow_fnv1a(hash, text, len), &compiles);
		good += compiles;
	}
	printf("texts %d..%d %08" PRIx32 "\n", thousand * 1000, thousand * 1000 + 999, hash);
	return good > 990;
}

int main(int argc, char **argv)
{
	struct dice d;
	bool good = true;

	dice_init(&d);
	built_in(&d);
	for (int k = 2; k < argc; k++)
		good = from_file(&d, argv[k]) && good;
	for (int k = 0; k < (argc > 1 ? atoi(argv[1]) : 0); k++)
		good = from_dice(&d, k) && good;
	return good ? 0 : 1;
}
