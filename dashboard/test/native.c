/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The core as this machine compiles it, with the real cJSON: the same calls as a
 * page makes, from a script on standard input, and a line for each answer.
 * Instead, with the word `info` it says what a node of this version says of itself,
 * and with `topics` what those who watch a cluster subscribe to.
 *
 *   m <l_ns> <topic> <payload in hex>   a message: whose it is
 *   t <t_us> <wall_offset_us>           time passes
 *   f <id> <t_us>                       the node's frame, raw and as seen
 *   s <id> <t_us>                       what shows on it
 *   v <id>                              what it says of itself: online, info, state, stats
 *   o / g                               all nodes in order; scenes, roster and dimmer
 *   l <l_ns>                            the conductor
 *   e <start_us> <t_us> <id in hex>     the entry of a scene that shows
 *   a <payload in hex>                  an answer
 *   q / r <payload in hex>              a preset, a schedule
 *   u                                   what was set of order and titles
 *   x                                   the effects in text
 *   y <text in hex>                     what an editor is told of it
 *   w <name in hex>                     whether a text may be called so
 *   c / d <l_ns>                        connected, disconnected
 *   p <l_ns>                            the probe that is due
 *   n <l_ns>                            the clock: now, the next probe, its report */

#pragma GCC diagnostic ignored "-Wattributes" /* names for export mean nothing here */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#include "../wasm/web.c"

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

/* Returns how many bytes it put there. */
static size_t unhex(const char *hex, char *to)
{
	size_t n = strlen(hex) / 2;

	for (size_t k = 0; k < n; k++) {
		char digits[3] = { hex[2 * k], hex[2 * k + 1], '\0' };

		to[k] = (char)strtoul(digits, NULL, 16);
	}
	return n;
}

static void take_message(double l_ns, const char *topic, const char *hex)
{
	char *to = web_buffer(strlen(topic) + 1 + strlen(hex) / 2);

	to = stpcpy(to, topic) + 1;
	web_message(unhex(hex, to), l_ns);
	puts(text);
}

/* An answer, a preset or a schedule. */
static void read_payload(const char *hex, void (*web_read)(size_t len))
{
	char *to = web_buffer(strlen(hex) / 2);

	web_read(unhex(hex, to));
	puts(text);
}

static void check(char verb, const char *hex)
{
	size_t len = unhex(hex, web_buffer(strlen(hex) / 2 + 1));

	if (verb == 'y')
		web_check(len);
	else
		web_name(len);
	puts(text);
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

	print_bytes(web_raw(), (size_t)6 * n);
	print_bytes(web_seen(), (size_t)3 * n);
	putchar('\n');
}

/* As the answer to somebody who knows nothing yet. */
static void print_part(uint32_t revision)
{
	printf(" %s", revision ? text : "null");
}

static void print_node(const char *id)
{
	struct board *board = board_for(id);

	printf("%d", web_online(board));
	print_part(web_info(board, 0));
	print_part(web_state(board, 0));
	print_part(web_stats(board, 0));
	putchar('\n');
}

static void print_entry(const char *hex, double start_us, double t_us)
{
	char *to = web_buffer(strlen(hex) / 2 + 1);

	to[unhex(hex, to)] = '\0';
	printf("%d\n", web_entry(start_us, t_us));
}

static void print_clock(double l_ns)
{
	web_clock_report(l_ns);
	printf("%.0f %.0f %s\n", web_clock_now(l_ns), web_clock_due(), text);
}

static void print_probe(double l_ns)
{
	const void *payload = web_clock_probe(l_ns);

	if (payload) {
		printf("%s ", text);
		print_bytes(payload, GLOW_REQUEST_SIZE);
	}
	putchar('\n');
}

/* What concerns the cluster as a whole. */
static bool obey_cluster(char verb, char *const word[3])
{
	if (verb == 'o')
		web_nodes(0);
	else if (verb == 'g')
		web_stage(0);
	else if (verb == 'x')
		web_effects(0);
	else if (verb == 'u')
		web_wanted();
	else if (verb == 'l')
		web_conductor(strtod(word[0], NULL));
	else
		return false;
	puts(text);
	return true;
}

static void obey(char *step)
{
	char *save = NULL, *verb = strtok_r(step, " ", &save), *word[3] = { 0 };

	for (int k = 0; k < 3; k++)
		word[k] = strtok_r(NULL, " ", &save);
	if (obey_cluster(verb[0], word))
		return;
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
		web_showing(board_for(word[0]), strtod(word[1], NULL));
		puts(text);
		break;
	case 'v':
		print_node(word[0]);
		break;
	case 'e':
		print_entry(word[2], strtod(word[0], NULL), strtod(word[1], NULL));
		break;
	case 'a':
	case 'q':
	case 'r':
		read_payload(word[0] ? word[0] : "", verb[0] == 'a'   ? web_answer
						     : verb[0] == 'q' ? web_preset
								      : web_schedule);
		break;
	case 'y':
	case 'w':
		check(verb[0], word[0] ? word[0] : "");
		break;
	case 'c':
		web_clock_connected(strtod(word[0], NULL));
		break;
	case 'd':
		web_clock_disconnected(strtod(word[0], NULL));
		break;
	case 'p':
		print_probe(strtod(word[0], NULL));
		break;
	case 'n':
		print_clock(strtod(word[0], NULL));
		break;
	}
}

int main(int argc, char **argv)
{
	char *step = NULL;
	size_t size = 0;
	ssize_t n;

	if (argc > 1 && strcmp(argv[1], "info") == 0) {
		struct glow_info info = { .id = "pi1", .shape = { GLOW_SHAPE_ROW, 8 }, .fps = 60 };

		puts(glow_json_finish(glow_info_write(&info)));
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "topics") == 0) {
		for (size_t k = 0; k < GLOW_WATCH_TOPICS; k++)
			puts(glow_watch_topics[k]);
		return 0;
	}
	memcpy(web_buffer(9), "glow\0x/1", 9);
	web_init(1);
	while ((n = getline(&step, &size, stdin)) > 0) {
		step[n - 1] = '\0';
		obey(step);
	}
	free(step);
	return 0;
}
