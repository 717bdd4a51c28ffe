/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "scrape_request.h"

size_t glow_scrape_request_len(const char *bytes, size_t len)
{
	for (size_t k = 0; k < len; k++) {
		if (bytes[k] != '\n')
			continue;
		if (k + 1 < len && bytes[k + 1] == '\n')
			return k + 2;
		if (k + 2 < len && bytes[k + 1] == '\r' && bytes[k + 2] == '\n')
			return k + 3;
	}
	return 0;
}

/* Splits a word off a request line; false where no blank ends it. */
static bool take_word(const char **at, const char *end, char *ret_word, size_t size)
{
	const char *blank = memchr(*at, ' ', (size_t)(end - *at));

	if (!blank || blank == *at)
		return false;
	snprintf(ret_word, size, "%.*s", (int)(blank - *at), *at); /* what is longer is none that is known */
	*at = blank + 1;
	return true;
}

enum glow_scrape_wish glow_scrape_request_read(const char *bytes, size_t len)
{
	const char *at = bytes, *end = memchr(bytes, '\n', len);
	char method[8], path[16];
	bool get;

	if (!end || memchr(bytes, '\0', len))
		return GLOW_SCRAPE_UNREAD;
	if (end > at && end[-1] == '\r')
		end--;
	if (!take_word(&at, end, method, sizeof(method)) || !take_word(&at, end, path, sizeof(path)) || end - at != 8 ||
	    memcmp(at, "HTTP/1.", 7) != 0 || (at[7] != '0' && at[7] != '1'))
		return GLOW_SCRAPE_UNREAD;
	get = strcmp(method, "GET") == 0;
	if (!get && strcmp(method, "HEAD") != 0)
		return GLOW_SCRAPE_OTHERWISE;
	path[strcspn(path, "?")] = '\0';
	if (strcmp(path, "/metrics") != 0)
		return GLOW_SCRAPE_ELSEWHERE;
	return get ? GLOW_SCRAPE_TEXT : GLOW_SCRAPE_BARE;
}
