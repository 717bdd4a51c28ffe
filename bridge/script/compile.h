/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The parts of the compiler: a text becomes words (lex.c), these are read as statements (parse.c, expr.c, call.c),
 * which make values (value.c); what of them counts is written down as steps (pack.c). Whatever is wrong is said once
 * (mistake.c), and from then on every part sees the end of the text. */

#include <stdarg.h>
#include <stdbool.h>

#include "ops.h"

#define WORDS_MAX (GLOW_SCRIPT_MAX + 1)
#define NAMES_MAX \
	2048 /* distinct names that fit into a text: 26 of a letter, the others with a blank take three bytes */
#define VALUES_MAX 8192
#define SLOTS      (2 * VALUES_MAX)
#define READ_MAX   12000 /* words read, values made and places of tables looked at: less than a millisecond */
#define DEPTH_MAX  40
#define DEFS_MAX   128
#define ARGS_MAX   8
#define FRAME_TEXT 1 /* what stands in no def */

/* ---- words ---- */

enum word_kind {
	WORD_END,
	WORD_LINE, /**< the end of a line that ends a statement */
	WORD_NAME, /**< `key` is its number in names[] */
	WORD_NUMBER,
	WORD_COLOR,
	WORD_TEXT, /**< between quotes; `at` and `len` without them */
	WORD_SIGN, /**< `key` is the character, or one of these */
};
enum { SIGN_AT_MOST = 128, SIGN_AT_LEAST, SIGN_EQUAL, SIGN_UNEQUAL, SIGN_TO };

struct word {
	uint8_t kind;
	uint8_t len;
	uint16_t at, key;
	int32_t number; /**< the number, or the packed colour */
	int32_t whole;  /**< the number if it has no fraction and fits; else -1 */
};

/** Words with a meaning of their own, in the order of their table in call.c and parse.c. */
enum keyword {
	KEY_PARAM,
	KEY_LET,
	KEY_DEF,
	KEY_IF,
	KEY_THEN,
	KEY_ELSE,
	KEY_AND,
	KEY_OR,
	KEY_NOT,
	KEY_ON,
	KEY_OFF,
	KEYS
};
extern const char *const glow_script_keywords[KEYS + 1];

/* ---- values ---- */

/** A number is one value; a colour three, red, green and blue. */
struct val {
	bool color;
	uint16_t v[3];
};

struct value {
	uint8_t op, when; /**< a constant has OPS for its op, and its number */
	uint16_t a, b, c;
	int32_t number;
};

/* ---- names ---- */

enum meaning {
	MEANS_NOTHING,
	MEANS_KEYWORD,
	MEANS_INPUT,
	MEANS_FUNCTION,
	MEANS_LIGHT,
	MEANS_VALUE,
	MEANS_DEF,
	MEANS_COLOR
};

struct name {
	uint16_t at; /**< in pool */
	uint8_t meaning;
	bool looked;    /**< whether it is a CSS colour is known */
	uint16_t key;   /**< which keyword, input, function or def */
	uint16_t line;  /**< where the text says what it means */
	struct val val; /**< MEANS_VALUE; MEANS_COLOR */
	uint32_t frame; /**< where `local` holds: an argument, or what a sum counts with; 0 for nowhere */
	struct val local;
};

struct def {
	uint16_t body;
	uint8_t n_args;
	uint16_t args[ARGS_MAX]; /**< names */
};

struct glow_script_work {
	const char *text;
	size_t len;
	struct glow_script_mistake *mistake;
	bool failed;

	uint32_t n_words, at;
	uint32_t read, depth;   /**< how much was done, and how deep it is nested */
	uint32_t frame, frames; /**< the call that is written out now, and how many there were */
	uint32_t n_names, n_defs, n_values, pool_len;
	uint32_t n_rows;
	struct glow_param_desc rows[GLOW_PARAMS_MAX];
	struct glow_script_row_text texts[GLOW_PARAMS_MAX];
	char what[GLOW_SCRIPT_WHAT_SIZE];
	int light;          /**< the row of the light's colour, or -1 */
	uint16_t zero;      /**< the value that is 0 */
	uint32_t last_line; /**< the word with which the colour of the pixel begins */

	struct glow_script_cost cost;
	uint32_t n_numbers, n_frame, n_pixel;
	uint16_t out[3];
	enum glow_pace pace;
	uint8_t meters;
	bool levels;

	struct word words[WORDS_MAX + 1];
	struct name names[NAMES_MAX];
	uint16_t name_slots[2 * NAMES_MAX];
	char pool[2 * GLOW_SCRIPT_MAX];
	struct def defs[DEFS_MAX];
	struct value values[VALUES_MAX];
	uint16_t value_slots[SLOTS];
	uint16_t registers[VALUES_MAX], last[VALUES_MAX]; /**< of each value, while it is written down */
	bool live[VALUES_MAX];
	int32_t numbers[GLOW_ROOM_MAX];
	struct glow_script_step steps[2 * GLOW_SCRIPT_STEPS_MAX];
};

/* ---- mistake.c ---- */

/** Says what is wrong at byte `at` of the text, unless something was before. `format` knows %s, %d, and %w, which is
 * the word of that number as it stands in the text. */
void glow_script_fail(struct glow_script_work *w, size_t at, const char *format, ...);

/** The same at a word. */
#define fail_at(w, word, ...) glow_script_fail(w, (w)->words[word].at, __VA_ARGS__)

/** The same for a text that is only a name. */
void glow_script_say(struct glow_script_mistake *ret_mistake, const char *format, ...);

/** Adds "; did you mean "x"?" to what was said, where there is something near. */
void glow_script_meant(struct glow_script_mistake *mistake, const char *meant);

/* ---- lex.c ---- */

/** Fills words and names; the text ends with WORD_END. */
void glow_script_lex(struct glow_script_work *w);

/** Whether the word is this sign; whether it is this keyword. */
bool glow_script_is(const struct glow_script_work *w, uint32_t word, unsigned sign);
bool glow_script_is_key(const struct glow_script_work *w, uint32_t word, enum keyword key);

/* ---- value.c ---- */

uint16_t glow_script_number(struct glow_script_work *w, int32_t number);
uint16_t glow_script_emit(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b, uint16_t c);

/** A value that is read: `a` and `b` as they are. */
uint16_t glow_script_emit_read(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b);

/** The same for numbers and colours: where one is a colour all are, a number being grey. */
struct val glow_script_each(struct glow_script_work *w, enum glow_script_op op, struct val a, struct val b,
			    struct val c);

struct val glow_script_val(uint16_t v);
struct val glow_script_color(struct glow_script_work *w, int32_t packed);
bool glow_script_is_const(const struct glow_script_work *w, struct val v, int32_t *ret_number);

/* ---- parse.c ---- */

/** Reads the whole text; returns the colour of a pixel. */
struct val glow_script_parse(struct glow_script_work *w);

/* ---- expr.c ---- */

/** Counts one more thing that was done, at byte `at`; true where they are too many, and after any mistake. */
bool glow_script_is_too_long(struct glow_script_work *w, size_t at);

/** Takes the next word and returns its number. After a mistake all that follows is the end. */
uint32_t glow_script_next(struct glow_script_work *w);

/** Takes the word if it is this sign, or this keyword. */
bool glow_script_take(struct glow_script_work *w, unsigned sign);
bool glow_script_take_key(struct glow_script_work *w, enum keyword key);

/** Takes a sign that must be there; `where` says so, where it is not: "after the name". */
void glow_script_want(struct glow_script_work *w, unsigned sign, const char *where);

struct val glow_script_expr(struct glow_script_work *w);

/* ---- call.c ---- */

/** A call of a function or a def, from behind its name at `word`. */
struct val glow_script_call(struct glow_script_work *w, uint32_t word);
struct val glow_script_call_def(struct glow_script_work *w, uint32_t word);

/** The name of function k, NULL behind the last. */
const char *glow_script_function(size_t k);

/* ---- pack.c ---- */

/** Writes down the steps that lead to the colour. */
void glow_script_pack(struct glow_script_work *w, struct val color);
