/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One pass over the bytes refuses what cJSON would let through; then cJSON
 * builds the tree; then the tree is searched for repeated keys. The pass knows
 * only tokens (strings, numbers, brackets): that they fit together is cJSON's job. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/color_forms.h>
#include <glow/json.h>
#include <glow/meant.h>

/* Bytes from s on that are ASCII and not 0, eight at a time: most of what arrives. */
static size_t ascii_length(const unsigned char *s, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
	size_t k = 0;

	for (uint64_t eight; len - k >= sizeof(eight); k += sizeof(eight)) {
		memcpy(&eight, s + k, sizeof(eight));
		if ((eight | (eight - ones)) & highs) /* a byte of 0 becomes 0xff */
			break;
	}
	return k;
}

bool glow_utf8_valid(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t k = ascii_length(s, len); k < len;) {
		unsigned c = s[k];
		size_t more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : 3;
		unsigned low = 0x80, high = 0xbf; /* of the second byte */

		if (c == 0 || (c >= 0x80 && (c < 0xc2 || c > 0xf4)) || more >= len - k)
			return false;
		if (c == 0xe0)
			low = 0xa0;
		else if (c == 0xed)
			high = 0x9f;
		else if (c == 0xf0)
			low = 0x90;
		else if (c == 0xf4)
			high = 0x8f;
		for (size_t j = 1; j <= more; j++, low = 0x80, high = 0xbf)
			if (s[k + j] < low || s[k + j] > high)
				return false;
		k += 1 + more;
		if (more)
			k += ascii_length(s + k, len - k);
	}
	return true;
}

size_t glow_json_blank(const char *text, size_t len)
{
	size_t k = 0;

	for (;;) {
		if (len - k >= 3 && memcmp(text + k, "\xef\xbb\xbf", 3) == 0)
			k += 3;
		else if (k < len && text[k] && strchr(" \t\r\n", text[k]))
			k++;
		else
			return k;
	}
}

/* Length of the JSON number at s, 0 when there is none of the grammar's form. */
static size_t number_length(const char *s, size_t len)
{
	size_t k = 0, digits;

#define DIGITS()                                                               \
	for (digits = 0; k < len && s[k] >= '0' && s[k] <= '9'; k++, digits++) \
		;
	if (k < len && s[k] == '-')
		k++;
	if (k < len && s[k] == '0') {
		k++;
	} else {
		DIGITS();
		if (!digits)
			return 0;
	}
	if (k < len && s[k] == '.') {
		k++;
		DIGITS();
		if (!digits)
			return 0;
	}
	if (k < len && (s[k] == 'e' || s[k] == 'E')) {
		k++;
		if (k < len && (s[k] == '+' || s[k] == '-'))
			k++;
		DIGITS();
		if (!digits)
			return 0;
	}
#undef DIGITS
	return k;
}

static bool in_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Bytes of the escape that begins at s (a backslash); 0 with diag when it is a
 * NUL, or one in disguise: cJSON reads what is no hexadecimal digit as 0. */
static size_t escape_length(const char *s, size_t len, struct glow_diag *diag)
{
	bool valid = true;

	if (len < 2 || s[1] != 'u')
		return 2;
	for (size_t k = 2; k < 6; k++)
		valid = valid && k < len && strchr("0123456789abcdefABCDEF", s[k]);
	if (!valid) {
		glow_diag_set(diag, GLOW_BAD_JSON, "", "\\u needs four hexadecimal digits");
		return 0;
	}
	if (memcmp(s + 2, "0000", 4) == 0) {
		glow_diag_set(diag, GLOW_BAD_ENCODING, "", "NUL in a string");
		return 0;
	}
	return 6;
}

/* Bytes of the string that begins at s (a quote) through its closing quote; 0 with diag when it is broken. */
static size_t string_length(const char *s, size_t len, struct glow_diag *diag)
{
	for (size_t k = 1; k < len; k++) {
		if (s[k] == '"')
			return k + 1;
		if ((unsigned char)s[k] < 0x20) {
			glow_diag_set(diag, GLOW_BAD_JSON, "", "control character in a string");
			return 0;
		}
		if (s[k] == '\\') {
			size_t escape = escape_length(s + k, len - k, diag);

			if (!escape)
				return 0;
			k += escape - 1;
		}
	}
	glow_diag_set(diag, GLOW_BAD_JSON, "", "a string does not end");
	return 0;
}

static bool tokens_valid(const char *s, size_t len, struct glow_diag *diag)
{
	int depth = 0;

	for (size_t k = 0; k < len;) {
		size_t step = 1;

		/* cJSON takes every control character for white space. */
		if ((unsigned char)s[k] < 0x20 && !strchr("\t\r\n", s[k])) {
			glow_diag_set(diag, GLOW_BAD_JSON, "", "control character at byte %zu", k);
			return false;
		}

		if (s[k] == '"') {
			step = string_length(s + k, len - k, diag);
			if (!step)
				return false;
		} else if (s[k] == '{' || s[k] == '[') {
			if (++depth > GLOW_JSON_DEPTH_MAX) {
				glow_diag_set(diag, GLOW_TOO_DEEP, "", "nested deeper than %d", GLOW_JSON_DEPTH_MAX);
				return false;
			}
		} else if (s[k] == '}' || s[k] == ']') {
			depth--;
		} else if ((s[k] >= '0' && s[k] <= '9') || s[k] == '-' || s[k] == '+' || s[k] == '.') {
			step = number_length(s + k, len - k);
			if (!step || (k + step < len && in_number(s[k + step]))) {
				glow_diag_set(diag, GLOW_BAD_JSON, "", "not a number at byte %zu", k);
				return false;
			}
		}
		k += step;
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static bool is_twice(const cJSON *item, struct glow_diag *diag)
{
	glow_diag_set(diag, GLOW_DUPLICATE_KEY, item->string, "is there twice");
	return false;
}

/* Sorts the keys first: a retained state may be long, and comparing all pairs would stop the start for seconds. */
static bool many_keys_valid(const cJSON *object, size_t n, struct glow_diag *diag)
{
	const cJSON **sorted = malloc(n * sizeof(const cJSON *)), *twice = NULL;
	size_t k = 0;

	if (!sorted) {
		glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
		return false;
	}
	for (const cJSON *item = object->child; item; item = item->next)
		sorted[k++] = item;
	qsort(sorted, n, sizeof(const cJSON *), by_name);
	for (k = 1; k < n && !twice; k++)
		if (strcmp(sorted[k - 1]->string, sorted[k]->string) == 0)
			twice = sorted[k];
	free(sorted);
	return !twice || is_twice(twice, diag);
}

#define FEW_KEYS 16 /* few enough to compare all pairs */

static bool keys_valid(const cJSON *object, struct glow_diag *diag)
{
	size_t n = (size_t)cJSON_GetArraySize(object);

	if (n > FEW_KEYS)
		return many_keys_valid(object, n, diag);
	for (const cJSON *item = object->child; item; item = item->next)
		for (const cJSON *other = item->next; other; other = other->next)
			if (item->string[0] == other->string[0] && strcmp(item->string, other->string) == 0)
				return is_twice(item, diag);
	return true;
}

static bool tree_valid(const cJSON *tree, struct glow_diag *diag)
{
	if (cJSON_IsNumber(tree) && !isfinite(tree->valuedouble)) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, tree->string ? tree->string : "", "must be a finite number");
		return false;
	}
	if (cJSON_IsObject(tree) && !keys_valid(tree, diag))
		return false;
	for (const cJSON *item = tree->child; item; item = item->next)
		if (!tree_valid(item, diag))
			return false;
	return true;
}

cJSON *glow_json_parse(const char *text, size_t len, struct glow_diag *diag)
{
	const char *end = NULL;
	size_t blank = glow_json_blank(text, len);
	cJSON *tree;

	diag->ignored[0] = '\0';
	text += blank;
	len -= blank;
	if (!glow_utf8_valid(text, len)) {
		glow_diag_set(diag, GLOW_BAD_ENCODING, "", "must be UTF-8 without NUL");
		return NULL;
	}
	if (!tokens_valid(text, len, diag))
		return NULL;
	tree = cJSON_ParseWithLengthOpts(text, len, &end, false);
	if (!tree) {
		glow_diag_set(diag, GLOW_BAD_JSON, "", "not JSON at byte %zu", end ? (size_t)(end - text) : 0);
		return NULL;
	}
	while (end < text + len && strchr(" \t\r\n", *end))
		end++;
	if (end < text + len) {
		glow_diag_set(diag, GLOW_BAD_JSON, "", "text after the end at byte %zu", (size_t)(end - text));
		cJSON_Delete(tree);
		return NULL;
	}
	if (!tree_valid(tree, diag)) {
		cJSON_Delete(tree);
		return NULL;
	}
	return tree;
}

const cJSON *glow_json_get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const cJSON *glow_json_given(const cJSON *object, const char *name)
{
	const cJSON *item = glow_json_get(object, name);

	return cJSON_IsNull(item) ? NULL : item;
}

enum glow_code glow_json_int(const cJSON *item, const char *where, int64_t min, int64_t max, int64_t *ret_value,
			     struct glow_diag *diag)
{
	double v;

	if (!cJSON_IsNumber(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be an integer");
	v = floor(item->valuedouble);
	v += item->valuedouble - v >= 0.5;
	if (v < (double)min || v > (double)max)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must be %lld..%lld, got %.15g", (long long)min,
				     (long long)max, item->valuedouble);
	*ret_value = (int64_t)v;
	return GLOW_OK;
}

enum glow_code glow_json_get_int(const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *ret_value,
				 struct glow_diag *diag)
{
	return glow_json_int(glow_json_get(object, name), name, min, max, ret_value, diag);
}

enum glow_code glow_json_opt_int(const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *value,
				 struct glow_diag *diag)
{
	const cJSON *item = glow_json_given(object, name);

	return item ? glow_json_int(item, name, min, max, value, diag) : GLOW_OK;
}

enum glow_code glow_json_time(const cJSON *item, const char *where, int64_t *ret_us, struct glow_diag *diag)
{
	return glow_json_int(item, where, -GLOW_JSON_INT_MAX, GLOW_JSON_INT_MAX, ret_us, diag);
}

enum glow_code glow_json_get_time(const cJSON *object, const char *name, int64_t *ret_us, struct glow_diag *diag)
{
	return glow_json_time(glow_json_get(object, name), name, ret_us, diag);
}

enum glow_code glow_json_opt_time(const cJSON *object, const char *name, int64_t *us, struct glow_diag *diag)
{
	const cJSON *item = glow_json_given(object, name);

	return item ? glow_json_time(item, name, us, diag) : GLOW_OK;
}

enum glow_code glow_json_number(const cJSON *item, const char *where, double min, double max, double *ret_value,
				struct glow_diag *diag)
{
	if (!cJSON_IsNumber(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be a number");
	if (item->valuedouble < min || item->valuedouble > max)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must be %.10g..%.10g, got %.15g", min, max,
				     item->valuedouble);
	*ret_value = item->valuedouble;
	return GLOW_OK;
}

enum glow_code glow_json_percent(const cJSON *item, const char *where, uint8_t *ret_level, struct glow_diag *diag)
{
	double percent = 0;

	if (glow_json_number(item, where, 0, 100, &percent, diag) != GLOW_OK)
		return diag->code;
	*ret_level = (uint8_t)(percent * 255 / 100 + 0.5);
	return GLOW_OK;
}

enum glow_code glow_json_micro(const cJSON *item, const char *where, double min, double max, int64_t *ret_value,
			       struct glow_diag *diag)
{
	double v = 0;

	if (glow_json_number(item, where, min, max, &v, diag) != GLOW_OK)
		return diag->code;
	*ret_value = (int64_t)llround(v * 1e6);
	return GLOW_OK;
}

enum glow_code glow_json_color(const cJSON *item, const char *where, struct glow_rgb *ret_color, struct glow_diag *diag)
{
	if (cJSON_IsString(item)) {
		if (glow_color_parse(item->valuestring, strlen(item->valuestring), ret_color))
			return GLOW_OK;
		glow_diag_set(diag, GLOW_UNKNOWN_COLOR, where, "\"%s\" is not #rrggbb, #rgb or a CSS colour name",
			      item->valuestring);
		return glow_diag_meant(diag, glow_meant_color(item->valuestring));
	}
	if (!cJSON_IsObject(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where,
				     "must be {\"r\":…,\"g\":…,\"b\":…} or a colour's name");
	return glow_color_form_read(item, where, ret_color, diag);
}

enum glow_code glow_json_bool(const cJSON *item, const char *where, bool *ret_value, struct glow_diag *diag)
{
	if (!cJSON_IsBool(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be true or false");
	*ret_value = cJSON_IsTrue(item);
	return GLOW_OK;
}

enum glow_code glow_json_word(const cJSON *item, const char *where, const char *const *words, int *ret_index,
			      struct glow_diag *diag)
{
	char all[120] = "";
	size_t n = 0;

	if (!cJSON_IsString(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be a string");
	for (int k = 0; words[k]; k++) {
		if (strcmp(words[k], item->valuestring) == 0) {
			*ret_index = k;
			return GLOW_OK;
		}
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", k ? ", " : "", words[k]);
		if (n >= sizeof(all))
			n = sizeof(all) - 1;
	}
	return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must be one of %s", all);
}

enum glow_code glow_json_text(const cJSON *item, const char *where, size_t max, char *ret_text, struct glow_diag *diag)
{
	size_t n;

	if (!cJSON_IsString(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be a string");
	n = strlen(item->valuestring);
	if (n == 0 || n > max)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must have 1..%zu bytes, got %zu", max, n);
	memcpy(ret_text, item->valuestring, n + 1);
	return GLOW_OK;
}

enum glow_code glow_json_id(const cJSON *item, const char *where, char ret_id[GLOW_ID_MAX + 1], struct glow_diag *diag)
{
	if (!cJSON_IsString(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be a string");
	if (!glow_id_valid(item->valuestring))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "\"%s\" is no id of a node or group",
				     item->valuestring);
	memcpy(ret_id, item->valuestring, strlen(item->valuestring) + 1);
	return GLOW_OK;
}

void glow_json_add_int(cJSON *object, const char *name, int64_t value)
{
	char text[24];

	if (value >= INT32_MIN && value <= INT32_MAX) {
		cJSON_AddNumberToObject(object, name, (double)value);
		return;
	}
	/* cJSON would print a time as 1.7e+15. */
	snprintf(text, sizeof(text), "%lld", (long long)value);
	cJSON_AddRawToObject(object, name, text);
}

void glow_json_add_color(cJSON *object, const char *name, struct glow_rgb c)
{
	char text[8];

	glow_color_format(c, text);
	cJSON_AddStringToObject(object, name, text);
}

char *glow_json_finish(cJSON *tree)
{
	char *text = cJSON_PrintUnformatted(tree);

	cJSON_Delete(tree);
	return text;
}
