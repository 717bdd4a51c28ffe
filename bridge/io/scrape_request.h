/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What somebody asks for at the port of glow/scrape.h. Pure. */

#include <stddef.h>

enum glow_scrape_wish {
	GLOW_SCRAPE_TEXT,
	GLOW_SCRAPE_BARE,      /**< its head alone */
	GLOW_SCRAPE_UNREAD,    /**< no HTTP/1.0 or 1.1 */
	GLOW_SCRAPE_ELSEWHERE, /**< another path */
	GLOW_SCRAPE_OTHERWISE, /**< another method */
	GLOW_SCRAPE_TOO_LONG,
	GLOW_SCRAPE_WISHES
};

/** The length of the request at the beginning of these bytes, with the empty line that ends it; 0 while that has not
 * come. */
size_t glow_scrape_request_len(const char *bytes, size_t len);

/** What such a request asks for; never GLOW_SCRAPE_TOO_LONG. */
enum glow_scrape_wish glow_scrape_request_read(const char *bytes, size_t len);
