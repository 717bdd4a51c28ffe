/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Effects written as text: docs/effects-in-text.md. A text is compiled once, and is then an effect like any other.
 * Pure, integer only, without an allocation of its own: glow/written.h is the same with memory. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/effect.h>

#define GLOW_SCRIPT_MAX       4096 /**< bytes of a text */
#define GLOW_SCRIPT_STEPS_MAX 2000 /**< steps of a pixel, and of a frame */
#define GLOW_SCRIPT_NAME_SIZE 32   /**< of an effect's name with its NUL */
#define GLOW_SCRIPT_WORD_SIZE 32   /**< of a name within a text */
#define GLOW_SCRIPT_UNIT_SIZE 8
#define GLOW_SCRIPT_WHAT_SIZE 96 /**< of an explanation */

/** Why a text is refused: the place, from 1, columns in characters; 0, 0 for the name. `what` is a sentence for people
 * that says what would be right; UTF-8. */
struct glow_script_mistake {
	uint32_t line, column;
	char what[200];
};

/** What drawing costs, in steps of about fifteen instructions. */
struct glow_script_cost {
	uint32_t pixel; /**< for each pixel */
	uint32_t frame; /**< once a frame, for all of them */
};

/** Room for compiling, 300 kB, and a compiled text. */
struct glow_script_work;
struct glow_script;
size_t glow_script_work_size(void);

/** Whether a text may have this name of `len` bytes: small letters, digits and '-' between them, a letter first, at
 * most GLOW_SCRIPT_NAME_SIZE - 1 bytes, and no built-in effect, CSS colour, gauge or word of a shorthand. */
bool glow_script_name_free(const char *name, size_t len, struct glow_script_mistake *ret_mistake);

/** Compiles a text. Returns how many bytes the compiled one needs, or 0 after saying why it is refused. Whatever the
 * text is, this takes a bounded number of steps. */
size_t glow_script_compile(struct glow_script_work *work, const char *text, size_t len,
			   struct glow_script_mistake *ret_mistake);

/** What compiling has made, in the caller's `memory` of that many bytes, aligned for any type. It stands alone: neither
 * `work`, the text nor the name are needed any more. It must not be moved. */
struct glow_script *glow_script_store(const struct glow_script_work *work, const char *name, void *memory);

/** As an effect like any other; as long as the script. Its `what` is the text's first line, if that is a comment. */
const struct glow_effect_desc *glow_script_effect(const struct glow_script *script);

struct glow_script_cost glow_script_cost(const struct glow_script *script);

/** The script behind an effect, or NULL: it is a built-in. */
const struct glow_script *glow_script_of(const struct glow_effect_desc *effect);

/** All words that mean something in a text, for highlighting and completion; NULL behind the last of a kind. */
enum glow_script_words { GLOW_SCRIPT_KEYWORDS, GLOW_SCRIPT_INPUTS, GLOW_SCRIPT_FUNCTIONS };
const char *glow_script_word(enum glow_script_words kind, size_t k);
