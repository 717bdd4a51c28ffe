/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The core as this machine compiles it, with the real cJSON: the same calls as a
 * page makes, from a script on standard input, and a line for each answer. With
 * the word `info` it says what a node of this version says of itself instead.
 *
 *   m <l_ns> <topic> <payload in hex>   a message
 *   t <t_us> <wall_offset_us>           time passes
 *   f <id> <t_us>                       the node's frame, raw and as seen
 *   s <id> <t_us>                       what shows on it
 *   h <t_us>                            the headline
 *   c / d <l_ns>                        connected, disconnected
 *   p <l_ns>                            a probe
 *   n <l_ns>                            the clock: now, the next probe, its report */

#pragma GCC diagnostic ignored "-Wattributes" /* names for export mean nothing here */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#include "../wasm/web.c"

#include <glow/json.h>

static struct board *board_for(const char *id)
{
	static struct board *known[64];
	size_t k = 0;

	while (k < 63 && known[k] && strcmp(known[k]->id, id) != 0)
		k++;
	if (!known[k]) {
		strcpy(web_buffer(strlen(id) + 1), id);
		known[k] = web_board();
	}
	return known[k];
}

static void take_message(double l_ns, const char *topic, const char *hex)
{
	size_t n = strlen(hex) / 2;
	char *to = web_buffer(strlen(topic) + 1 + n);

	to = stpcpy(to, topic) + 1;
	for (size_t k = 0; k < n; k++) {
		char digits[3] = { hex[2 * k], hex[2 * k + 1], '\0' };

		to[k] = (char)strtoul(digits, NULL, 16);
	}
	web_message(n, l_ns);
}

static void print_bytes(const void *bytes, size_t n)
{
	for (size_t k = 0; k < n; k++)
		printf("%02x", ((const uint8_t *)bytes)[k]);
	putchar(' ');
}

static void print_frame(const char *id, double t_us)
{
	uint32_t n = web_render(board_for(id), t_us);

	print_bytes(web_raw(), (size_t)3 * n);
	print_bytes(web_seen(), (size_t)3 * n);
	putchar('\n');
}

static void print_showing(const char *id, double t_us)
{
	unsigned layer = web_layer(board_for(id), t_us);

	printf("%u %s / ", layer, text);
	web_scene(board_for(id), t_us);
	printf("%s\n", text);
}

static void print_clock(double l_ns)
{
	const double *report = web_clock_report(l_ns);

	printf("%.0f %.0f", web_clock_now(l_ns), web_clock_due());
	for (int k = 0; k < 5; k++)
		printf(" %.0f", report[k]);
	putchar('\n');
}

static void obey(char *line)
{
	char *save = NULL, *verb = strtok_r(line, " ", &save), *word[3] = { 0 };

	for (int k = 0; k < 3; k++)
		word[k] = strtok_r(NULL, " ", &save);
	switch (verb[0]) {
	case 'm':
		take_message(strtod(word[0], NULL), word[1], word[2] ? word[2] : "");
		break;
	case 't':
		web_tick(strtod(word[0], NULL), strtod(word[1], NULL));
		break;
	case 'f':
		print_frame(word[0], strtod(word[1], NULL));
		break;
	case 's':
		print_showing(word[0], strtod(word[1], NULL));
		break;
	case 'h':
		web_headline(strtod(word[0], NULL));
		puts(text);
		break;
	case 'c':
		web_clock_connected(strtod(word[0], NULL));
		break;
	case 'd':
		web_clock_disconnected(strtod(word[0], NULL));
		break;
	case 'p':
		web_clock_probe(strtod(word[0], NULL));
		print_bytes(text, GLOW_REQUEST_SIZE);
		putchar('\n');
		break;
	case 'n':
		print_clock(strtod(word[0], NULL));
		break;
	}
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (argc > 1 && strcmp(argv[1], "info") == 0) {
		struct glow_info info = { .id = "pi1", .shape = { GLOW_SHAPE_ROW, 8 }, .fps = 60 };

		puts(glow_json_finish(glow_info_write(&info)));
		return 0;
	}
	strcpy(web_buffer(5), "glow");
	web_init(1);
	while ((n = getline(&line, &size, stdin)) > 0) {
		line[n - 1] = '\0';
		obey(line);
	}
	free(line);
	return 0;
}
