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

#define CHECK(condition)                                                                        \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                \
		}                                                                               \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

/** What lies beyond `data` is seen by the address sanitizer: the fuzzer's own copy may have room. */
static inline char *exact_copy(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);

	if (size)
		memcpy(copy, data, size);
	return copy;
}
