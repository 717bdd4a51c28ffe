/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the core needs of cJSON's interface, since a browser has no libcjson. All
 * texts come through glow/json.h, which has checked them token by token; that
 * they fit together is checked here. What is printed is printed as cJSON does it. */

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* ---- trees ---- */

static cJSON *create(int type)
{
	cJSON *item = calloc(1, sizeof(*item));

	if (item)
		item->type = type;
	return item;
}

void cJSON_Delete(cJSON *item)
{
	while (item) {
		cJSON *next = item->next;

		if (!(item->type & cJSON_IsReference)) {
			cJSON_Delete(item->child);
			free(item->valuestring);
		}
		free(item->string);
		free(item);
		item = next;
	}
}

cJSON *cJSON_CreateObject(void)
{
	return create(cJSON_Object);
}

cJSON *cJSON_CreateArray(void)
{
	return create(cJSON_Array);
}

cJSON *cJSON_CreateNull(void)
{
	return create(cJSON_NULL);
}

cJSON *cJSON_CreateBool(cJSON_bool value)
{
	return create(value ? cJSON_True : cJSON_False);
}

cJSON *cJSON_CreateNumber(double number)
{
	cJSON *item = create(cJSON_Number);

	if (item)
		item->valuedouble = number;
	return item;
}

static cJSON *create_text(int type, const char *text)
{
	cJSON *item = create(type);

	if (item)
		item->valuestring = strdup(text);
	if (item && item->valuestring)
		return item;
	cJSON_Delete(item);
	return NULL;
}

cJSON *cJSON_CreateString(const char *text)
{
	return create_text(cJSON_String, text);
}

/* As in cJSON the first child's prev is the last, so that a long array grows in no time. */
static void append(cJSON *parent, cJSON *item)
{
	cJSON *first = parent->child;

	if (!first) {
		parent->child = item->prev = item;
		return;
	}
	item->prev = first->prev;
	first->prev->next = item;
	first->prev = item;
}

cJSON_bool cJSON_AddItemToArray(cJSON *array, cJSON *item)
{
	if (!array || !item)
		return false;
	append(array, item);
	return true;
}

cJSON_bool cJSON_AddItemToObject(cJSON *object, const char *name, cJSON *item)
{
	if (!object || !item)
		return false;
	free(item->string);
	item->string = strdup(name);
	if (!item->string)
		return false;
	append(object, item);
	return true;
}

/* An item of its own that borrows what the other holds. */
static cJSON *refer(const cJSON *item)
{
	cJSON *reference = item ? create(0) : NULL;

	if (!reference)
		return NULL;
	*reference = *item;
	reference->string = NULL;
	reference->next = reference->prev = NULL;
	reference->type |= cJSON_IsReference;
	return reference;
}

cJSON_bool cJSON_AddItemReferenceToArray(cJSON *array, cJSON *item)
{
	return cJSON_AddItemToArray(array, refer(item));
}

cJSON_bool cJSON_AddItemReferenceToObject(cJSON *object, const char *name, cJSON *item)
{
	return cJSON_AddItemToObject(object, name, refer(item));
}

static cJSON *add(cJSON *object, const char *name, cJSON *item)
{
	if (cJSON_AddItemToObject(object, name, item))
		return item;
	cJSON_Delete(item);
	return NULL;
}

cJSON *cJSON_AddObjectToObject(cJSON *object, const char *name)
{
	return add(object, name, create(cJSON_Object));
}

cJSON *cJSON_AddArrayToObject(cJSON *object, const char *name)
{
	return add(object, name, create(cJSON_Array));
}

cJSON *cJSON_AddNullToObject(cJSON *object, const char *name)
{
	return add(object, name, cJSON_CreateNull());
}

cJSON *cJSON_AddBoolToObject(cJSON *object, const char *name, cJSON_bool value)
{
	return add(object, name, cJSON_CreateBool(value));
}

cJSON *cJSON_AddNumberToObject(cJSON *object, const char *name, double number)
{
	return add(object, name, cJSON_CreateNumber(number));
}

cJSON *cJSON_AddStringToObject(cJSON *object, const char *name, const char *text)
{
	return add(object, name, cJSON_CreateString(text));
}

cJSON *cJSON_AddRawToObject(cJSON *object, const char *name, const char *text)
{
	return add(object, name, create_text(cJSON_Raw, text));
}

cJSON *cJSON_GetObjectItemCaseSensitive(const cJSON *object, const char *name)
{
	cJSON *item = object ? object->child : NULL;

	while (item && (!item->string || strcmp(item->string, name) != 0))
		item = item->next;
	return item;
}

cJSON *cJSON_DetachItemFromObjectCaseSensitive(cJSON *object, const char *name)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	if (!item)
		return NULL;
	if (item->next)
		item->next->prev = item->prev;
	else
		object->child->prev = item->prev;
	if (item == object->child)
		object->child = item->next;
	else
		item->prev->next = item->next;
	item->next = item->prev = NULL;
	return item;
}

void cJSON_DeleteItemFromObjectCaseSensitive(cJSON *object, const char *name)
{
	cJSON_Delete(cJSON_DetachItemFromObjectCaseSensitive(object, name));
}

int cJSON_GetArraySize(const cJSON *array)
{
	int n = 0;

	for (const cJSON *item = array ? array->child : NULL; item; item = item->next)
		n++;
	return n;
}

static bool is(const cJSON *item, int types)
{
	return item && item->type & types;
}

cJSON *cJSON_Duplicate(const cJSON *item, cJSON_bool recurse)
{
	cJSON *copy = item ? create(item->type & ~cJSON_IsReference) : NULL;

	if (!copy)
		return NULL;
	copy->valuedouble = item->valuedouble;
	copy->valueint = item->valueint;
	copy->valuestring = item->valuestring ? strdup(item->valuestring) : NULL;
	copy->string = item->string ? strdup(item->string) : NULL;
	for (const cJSON *child = recurse ? item->child : NULL; child; child = child->next)
		cJSON_AddItemToArray(copy, cJSON_Duplicate(child, true));
	return copy;
}

cJSON_bool cJSON_IsTrue(const cJSON *item)
{
	return is(item, cJSON_True);
}

cJSON_bool cJSON_IsBool(const cJSON *item)
{
	return is(item, cJSON_True | cJSON_False);
}

cJSON_bool cJSON_IsNull(const cJSON *item)
{
	return is(item, cJSON_NULL);
}

cJSON_bool cJSON_IsNumber(const cJSON *item)
{
	return is(item, cJSON_Number);
}

cJSON_bool cJSON_IsString(const cJSON *item)
{
	return is(item, cJSON_String);
}

char *cJSON_GetStringValue(const cJSON *item)
{
	return cJSON_IsString(item) ? item->valuestring : NULL;
}

cJSON_bool cJSON_IsArray(const cJSON *item)
{
	return is(item, cJSON_Array);
}

cJSON_bool cJSON_IsObject(const cJSON *item)
{
	return is(item, cJSON_Object);
}

/* ---- from texts ---- */

#define NUMBER_MAX 63 /* bytes of a number that cJSON takes */

struct text {
	const char *at, *end;
};

static char peek(struct text *t)
{
	while (t->at < t->end && (unsigned char)*t->at <= ' ')
		t->at++;
	return t->at < t->end ? *t->at : '\0';
}

static bool take(struct text *t, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(t->end - t->at) < n || memcmp(t->at, word, n) != 0)
		return false;
	t->at += n;
	return true;
}

static unsigned hex4(const char *s)
{
	unsigned value = 0;

	for (int k = 0; k < 4; k++)
		value = value << 4 | (unsigned)(s[k] <= '9' ? s[k] - '0' : (s[k] | 0x20) - 'a' + 10);
	return value;
}

static char *put_utf8(char *to, unsigned c)
{
	int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	*to++ = (char)(more == 0 ? c : (0xff00u >> (more + 1) & 0xff) | c >> 6 * more);
	while (more-- > 0)
		*to++ = (char)(0x80 | (c >> 6 * more & 0x3f));
	return to;
}

/* "\uXXXX" behind the backslash, with the second half of a pair; false when there is half a pair. */
static bool take_unicode(struct text *t, char **to)
{
	unsigned c = hex4(t->at + 1), low;

	t->at += 5;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!take(t, "\\u"))
			return false;
		low = hex4(t->at);
		t->at += 4;
		if (low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
	} else if (c >= 0xdc00 && c < 0xe000) {
		return false;
	}
	*to = put_utf8(*to, c);
	return true;
}

static bool take_escape(struct text *t, char **to)
{
	static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (*t->at == 'u')
		return take_unicode(t, to);
	found = strchr(plain, *t->at++);
	if (!found)
		return false;
	*(*to)++ = meant[found - plain];
	return true;
}

/* What stands behind the opening quote; the caller's. An unescaped string is never longer than its text. */
static char *take_string(struct text *t)
{
	const char *close = ++t->at;
	char *text, *to;

	while (*close != '"')
		close += *close == '\\' ? 2 : 1;
	text = to = malloc((size_t)(close - t->at) + 1);
	while (text && *t->at != '"') {
		if (*t->at != '\\') {
			*to++ = *t->at++;
			continue;
		}
		t->at++;
		if (!take_escape(t, &to)) {
			free(text);
			return NULL;
		}
	}
	t->at++;
	if (text)
		*to = '\0';
	return text;
}

static bool take_number(struct text *t, cJSON *item)
{
	char number[NUMBER_MAX + 1], *end;
	size_t n = 0;

	while (t->at + n < t->end && n < NUMBER_MAX && strchr("0123456789+-eE.", t->at[n]))
		n++;
	memcpy(number, t->at, n);
	number[n] = '\0';
	item->type = cJSON_Number;
	item->valuedouble = strtod(number, &end);
	t->at += end - number;
	return end > number;
}

static bool take_value(struct text *t, cJSON *item);

static bool take_members(struct text *t, cJSON *parent, char close)
{
	bool named = close == '}';

	t->at++;
	parent->type = named ? cJSON_Object : cJSON_Array;
	if (peek(t) == close) {
		t->at++;
		return true;
	}
	do {
		cJSON *item = create(cJSON_Invalid);

		if (!item)
			return false;
		append(parent, item);
		if (named && (peek(t) != '"' || !(item->string = take_string(t)) || peek(t) != ':' || !take(t, ":")))
			return false;
		if (!take_value(t, item))
			return false;
	} while (peek(t) == ',' && take(t, ","));
	return peek(t) == close && t->at++ < t->end;
}

static bool take_value(struct text *t, cJSON *item)
{
	char c = peek(t);

	if (c == '{' || c == '[')
		return take_members(t, item, c == '{' ? '}' : ']');
	if (c == '"') {
		item->type = cJSON_String;
		item->valuestring = take_string(t);
		return item->valuestring;
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return take_number(t, item);
	item->type = take(t, "true") ? cJSON_True : take(t, "false") ? cJSON_False : cJSON_NULL;
	return item->type != cJSON_NULL || take(t, "null");
}

cJSON *cJSON_ParseWithLengthOpts(const char *text, size_t len, const char **ret_end, cJSON_bool terminated)
{
	struct text t = { text, text + len };
	cJSON *tree = create(cJSON_Invalid);

	(void)terminated;
	take(&t, "\xef\xbb\xbf");
	if (tree && !take_value(&t, tree)) {
		cJSON_Delete(tree);
		tree = NULL;
	}
	*ret_end = t.at;
	return tree;
}

/* ---- to texts ---- */

/* A text that grows; `at` is NULL when there was no room. */
struct print {
	char *at;
	size_t n, size;
};

static void put(struct print *p, const char *text, size_t n)
{
	if (p->at && p->n + n >= p->size) {
		char *grown = realloc(p->at, p->size = 2 * (p->n + n) + 256);

		if (!grown)
			free(p->at);
		p->at = grown;
	}
	if (!p->at)
		return;
	memcpy(p->at + p->n, text, n);
	p->n += n;
}

static void put_text(struct print *p, const char *text)
{
	put(p, text, strlen(text));
}

/* Fifteen digits if they say it, else seventeen; "1", not "1.0". */
static void put_number(struct print *p, double v)
{
	char text[32];

	if (isnan(v) || isinf(v)) {
		put_text(p, "null");
		return;
	}
	if (v >= INT_MIN && v <= INT_MAX && v == (int)v) {
		snprintf(text, sizeof(text), "%d", (int)v);
	} else {
		snprintf(text, sizeof(text), "%1.15g", v);
		if (fabs(strtod(text, NULL) - v) > fabs(v) * DBL_EPSILON)
			snprintf(text, sizeof(text), "%1.17g", v);
	}
	put_text(p, text);
}

static void put_string(struct print *p, const char *text)
{
	static const char plain[] = "\"\\bfnrt", meant[] = "\"\\\b\f\n\r\t";

	put(p, "\"", 1);
	for (; *text; text++) {
		const char *found = strchr(meant, *text);
		char escape[8];

		if (found)
			put(p, (char[]){ '\\', plain[found - meant] }, 2);
		else if ((unsigned char)*text >= ' ')
			put(p, text, 1);
		else
			put(p, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", *text));
	}
	put(p, "\"", 1);
}

static void put_value(struct print *p, const cJSON *item);

static void put_members(struct print *p, const cJSON *parent, bool named)
{
	put(p, named ? "{" : "[", 1);
	for (const cJSON *item = parent->child; item; item = item->next) {
		if (named) {
			put_string(p, item->string);
			put(p, ":", 1);
		}
		put_value(p, item);
		if (item->next)
			put(p, ",", 1);
	}
	put(p, named ? "}" : "]", 1);
}

static void put_value(struct print *p, const cJSON *item)
{
	switch (item->type & ~(cJSON_IsReference | cJSON_StringIsConst)) {
	case cJSON_Object:
	case cJSON_Array:
		put_members(p, item, cJSON_IsObject(item));
		break;
	case cJSON_String:
		put_string(p, item->valuestring);
		break;
	case cJSON_Raw:
		put_text(p, item->valuestring);
		break;
	case cJSON_Number:
		put_number(p, item->valuedouble);
		break;
	case cJSON_True:
		put_text(p, "true");
		break;
	case cJSON_False:
		put_text(p, "false");
		break;
	default:
		put_text(p, "null");
	}
}

char *cJSON_PrintUnformatted(const cJSON *tree)
{
	struct print p = { .at = tree ? malloc(256) : NULL, .size = 256 };

	if (p.at)
		put_value(&p, tree);
	put(&p, "", 1);
	return p.at;
}
