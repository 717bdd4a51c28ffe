/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <glow/nearest.h>

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool same(char a, char b)
{
	return lower(a) == lower(b);
}

static uint8_t least(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

/* Row i of the table of distances between beginnings, from the two above it. */
static void fill(uint8_t *row, const uint8_t *above, const uint8_t *above2, const char *a, size_t i, const char *b)
{
	row[0] = (uint8_t)i;
	for (size_t j = 1; b[j - 1]; j++) {
		row[j] = least((uint8_t)(above[j] + 1), (uint8_t)(row[j - 1] + 1));
		row[j] = least(row[j], (uint8_t)(above[j - 1] + !same(a[i - 1], b[j - 1])));
		if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
			row[j] = least(row[j], (uint8_t)(above2[j - 2] + 1));
	}
}

/* Both at most GLOW_NEAREST_MAX long. */
static uint8_t distance(const char *a, const char *b)
{
	uint8_t rows[3][GLOW_NEAREST_MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= n; i++)
		fill(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, i, b);
	return rows[n % 3][m];
}

const char *glow_nearest(const char *word, const char *(*at)(void *ctx, size_t k), void *ctx)
{
	size_t n = strlen(word), allowed = n / 3 ? n / 3 : 1;
	const char *best = NULL, *name;

	if (n > GLOW_NEAREST_MAX)
		return NULL;
	for (size_t k = 0; (name = at(ctx, k)); k++) {
		uint8_t d = strlen(name) > GLOW_NEAREST_MAX ? UINT8_MAX : distance(word, name);

		if (d > allowed || d >= n || (best && d == allowed))
			continue;
		best = name;
		allowed = d;
		if (d == 0)
			break;
	}
	return best;
}

const char *glow_nearest_entry(void *names, size_t k)
{
	return names ? ((const char *const *)names)[k] : NULL;
}
