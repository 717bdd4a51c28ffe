/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Effects written as text (glow/script.h) on the wire: what people ask for at effect/<name>/set, what the conductor
 * keeps retained at effect/<name>, and the list of those at effect, by which a node knows at once whether there is one
 * of a name without keeping them all. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/effect.h>
#include <glow/script.h>

/** Texts of a cluster. */
#define GLOW_EFFECT_TEXTS_MAX 64

/** The highest `rev`. */
#define GLOW_EFFECT_REV_MAX ((UINT64_C(1) << 53) - 1)

/** Names that begin so are for trying out: Home Assistant is not told of them. */
#define GLOW_EFFECT_TRIAL "try-"

/** effect/<name>. */
struct glow_effect_text {
	char name[GLOW_SCRIPT_NAME_SIZE];
	const char *text; /**< `len` bytes; whose they are, the functions say */
	size_t len;
	uint64_t rev;      /**< of all texts of the cluster each change has a higher one; after the last comes 1 */
	int64_t at_us;     /**< cluster time at which all take it in place of the one before */
	uint64_t clock_id; /**< on this timeline; 0: at once */
};

/** effect: which texts there are, and which of each is the latest. */
struct glow_effect_list {
	uint64_t rev; /**< the latest that was given */
	size_t n;
	struct glow_effect_listed {
		char name[GLOW_SCRIPT_NAME_SIZE];
		uint64_t rev;
	} v[GLOW_EFFECT_TEXTS_MAX];
};

/** Whether a name can be that of a text: small letters, digits and '-' inside, a letter first. */
bool glow_effect_text_named(const char *name);

/** The payload of effect/<name>/set: the text itself, or an object with it. *ret_text is the caller's to free() and has
 * a NUL behind its *ret_len bytes; NULL where the text is to be removed: an empty payload, "" or null. Whether it is a
 * good text is not looked at. */
enum glow_code glow_effect_text_asked(const char *payload, size_t len, char **ret_text, size_t *ret_len,
				      struct glow_diag *diag);

/** effect/<name>, with the name, explanation and parameters that compiling gave. The text has to be UTF-8 and without
 * NUL. */
cJSON *glow_effect_text_write(const struct glow_effect_text *text, const struct glow_effect_desc *effect);

/** Reads it again. The text lies in the tree; of explanation and parameters the text itself has the say. */
enum glow_code glow_effect_text_read(const cJSON *tree, struct glow_effect_text *ret_text, struct glow_diag *diag);

cJSON *glow_effect_list_write(const struct glow_effect_list *list);
enum glow_code glow_effect_list_read(const cJSON *tree, struct glow_effect_list *ret_list, struct glow_diag *diag);

/** The entry of a name, or NULL. */
const struct glow_effect_listed *glow_effect_list_find(const struct glow_effect_list *list, const char *name);
