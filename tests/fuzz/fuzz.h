/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What must hold after any input; where it does not, the fuzzer is to see a crash. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/picture.h>
#include <glow/topics.h>

#define CHECK(condition)                                           \
	do {                                                       \
		if (!(condition))                                  \
			fuzz_fail(__FILE__, __LINE__, #condition); \
	} while (0)

/** Says what is not so, and ends the program as a crash. */
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/** What an end by fuzz_fail() leaves behind is cleared by this; NULL for nothing. */
extern void (*fuzz_clear)(void);

/** The target, and whether its control runs: planted.c. */
extern const char *fuzz_target;
extern bool fuzz_planted;

/** What fuzzer and replay.c call; the target is that of the environment's GLOW_FUZZ. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The targets, one input each. */
#define X(name) void fuzz_##name(const uint8_t *data, size_t size);
#include "targets.def"
#undef X

/** A refusal has a code, and words that can be sent as JSON. */
static inline void check_refusal(const struct glow_diag *diag)
{
	CHECK(diag->code > GLOW_OK && diag->code < GLOW_N_CODES);
	CHECK(diag->what[0]);
	CHECK(glow_utf8_valid(diag->where, strlen(diag->where)));
	CHECK(glow_utf8_valid(diag->what, strlen(diag->what)));
}

static inline void check_param(const struct glow_look *look, int k)
{
	const struct glow_param_desc *row = &look->effect->params[k];
	int32_t v = look->params.v[k];

	if (row->type == GLOW_PARAM_TEXT) {
		CHECK(memchr(look->params.text, '\0', sizeof(look->params.text)));
		for (const char *c = look->params.text; *c; c++)
			CHECK(*c >= ' ' && *c <= '~');
		return;
	}
	if (row->type == GLOW_PARAM_COLOR && row->def == GLOW_LIGHT_COLOR && v == GLOW_LIGHT_COLOR)
		return;
	CHECK(v >= row->min && v <= row->max);
}

/** A light is in range, and can be drawn at any time. */
static inline void check_look(const struct glow_look *look, struct glow_shape shape)
{
	static const int64_t times[] = { -5000000, 0, INT64_C(1700000000123456), INT64_C(9000000000000000) };
	static struct glow_frame frame;
	struct glow_env env = { .shape = shape, .brightness_limit = 255, .meter = { 0, 500, 1000, 333, 65535 } };
	struct glow_place place = { .total = shape.pixels };

	CHECK(!look->painted || (look->effect == &glow_effect_solid && look->paint.n == shape.pixels));
	for (int k = 0; look->effect && k < look->effect->n_params; k++)
		check_param(look, k);
	for (size_t k = 0; k < sizeof(times) / sizeof(times[0]); k++) {
		glow_look_render(look, &env, place, times[k], &frame);
		CHECK(frame.n == shape.pixels);
	}
}

/** The text is JSON that the strict door lets in; the caller's. */
static inline cJSON *check_json(const char *text, size_t len)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_json_parse(text, len, &diag);

	CHECK(tree);
	return tree;
}

/** Prints the tree, which it deletes, into *ret_text, and reads it again; both are the caller's. */
static inline cJSON *check_again(cJSON *written, char **ret_text)
{
	*ret_text = glow_json_finish(written);
	return check_json(*ret_text, strlen(*ret_text));
}

/** Frees the text, which must be what the tree prints as; deletes that. */
static inline void check_same_text(char *text, cJSON *written)
{
	char *second = glow_json_finish(written);

	CHECK(strcmp(text, second) == 0);
	free(text);
	free(second);
}

/** What lies beyond `data` is seen by the address sanitizer: the fuzzer's own copy may have room. */
static inline char *exact_copy(const uint8_t *data, size_t size)
{
	char *copy = calloc(1, size ? size : 1);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

/** An input that is a script: calls `run` for each of its first `most` lines, which end with a NUL. */
static inline void fuzz_lines(const uint8_t *data, size_t size, int most, void (*run)(const char *line, size_t len))
{
	char *script = malloc(size + 1), *line = script, *end = script + size;

	if (size)
		memcpy(script, data, size);
	*end = '\0';
	for (int k = 0; line < end && k < most; k++) {
		size_t len = strcspn(line, "\n"); /* a NUL ends a line as well */

		line[len] = '\0';
		run(line, len);
		line += len + 1;
	}
	free(script);
}

/** The topic of a line as "aurora/set ...": what stands before the first blank, below effect/; without wildcards, which
 * no broker delivers. Returns what stands behind it. */
static inline const char *fuzz_text_topic(const char *prefix, const char *line, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	size_t len = strcspn(line, " ");

	snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s/effect/%.*s", prefix, (int)(len < 100 ? len : 100), line);
	for (char *wild; (wild = strpbrk(ret_topic, "+#"));)
		*wild = 'x';
	return line + len + (line[len] == ' ');
}
