/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A request for metrics, which comes in parts of any size: its end is found once, wherever it was cut, and who gets the
 * text has asked for it. */

#include "../../bridge/io/scrape_request.h"
#include "fuzz.h"

static void check_text(const char *bytes, size_t len, const char *method)
{
	const char *line = memchr(bytes, '\n', len);

	CHECK(line && !memchr(bytes, '\0', len));
	CHECK((size_t)(line - bytes) > strlen(method) && memcmp(bytes, method, strlen(method)) == 0);
	CHECK(memmem(bytes, (size_t)(line - bytes), " HTTP/1.", 8));
}

void fuzz_scrape(const uint8_t *data, size_t size)
{
	char *bytes = exact_copy(data, size);
	size_t n = glow_scrape_request_len(bytes, size);

	CHECK(n <= size);
	for (size_t k = 0; k <= size; k++) {
		char *part = exact_copy(data, k);

		CHECK(glow_scrape_request_len(part, k) == (n && k >= n ? n : 0));
		free(part);
	}
	if (n) {
		enum glow_scrape_wish wish = glow_scrape_request_read(bytes, n);

		CHECK(wish < GLOW_SCRAPE_TOO_LONG);
		if (wish == GLOW_SCRAPE_TEXT)
			check_text(bytes, n, "GET /metrics");
		if (wish == GLOW_SCRAPE_BARE)
			check_text(bytes, n, "HEAD /metrics");
	}
	free(bytes);
}
