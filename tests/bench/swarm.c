/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Thousands of nodes in one thread, before a real broker and a real conductor.
 *
 * swarm <port> <prefix> <nodes> <groups> <effects hash> <info> <state> <stats> [<CA file>]
 *
 * Info, state and stats are templates of messages. With an authority's file all is over TLS. It reads lines, and
 * answers `status` with one of JSON:
 *
 *	join FROM TO MS   nodes FROM to TO-1 are there from now on, spread over so many milliseconds
 *	leave FROM TO     and no more, as if their power had failed
 *	status
 *	quit */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include <glow/clock.h>

#include "swarm_node.h"

#define BUFFER   262144
#define TICK_NS  500000
#define EVENTS   512
#define LINE     256
#define LOOKBACK 10 /* seconds of probes that bound the leader's time */

static const char *const kinds[SWARM_KINDS] = { "protocol", "probe", "reply",     "info",  "availability",
						"state",    "stats", "effects",   "place", "scene",
						"command",  "apply", "conductor", "other" };

static struct swarm swarm;
static struct swarm_node *nodes; /* and one without a swarm behind the last */
static uint32_t n_nodes;

/* ---- the report ---- */

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* S - L of the leader; false while too little is known. */
static bool leader_offset(int64_t now_ns, int64_t *ret_ns, int64_t *ret_width_ns)
{
	int64_t low = INT64_MIN, high = INT64_MAX;

	for (int k = 0; k < 16; k++)
		if (swarm.bounds[k].second >= now_ns / 1000000000 - LOOKBACK) {
			low = swarm.bounds[k].low_ns > low ? swarm.bounds[k].low_ns : low;
			high = swarm.bounds[k].high_ns < high ? swarm.bounds[k].high_ns : high;
		}
	if (low == INT64_MIN || high == INT64_MAX)
		return false;
	*ret_width_ns = high - low;
	*ret_ns = low + (high - low) / 2;
	return true;
}

static void print_skew(void)
{
	int64_t *off = calloc(n_nodes + 1, sizeof(*off)), theta = 0, width = 0;
	int64_t now_ns = swarm_raw_ns();
	bool known = leader_offset(now_ns, &theta, &width);
	uint32_t n = 0;

	for (uint32_t k = 0; off && known && k < n_nodes; k++) {
		const struct glow_sync *sync = &nodes[k].follower.sync;
		int64_t d = glow_sync_now(sync, swarm_node_local(&nodes[k], now_ns)) - now_ns - theta;

		if (nodes[k].phase != SWARM_OFF && glow_sync_valid(sync))
			off[n++] = d < 0 ? -d : d;
	}
	if (n > 0) {
		qsort(off, n, sizeof(*off), by_size);
		printf("\"skew\":{\"nodes\":%u,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"known_to_us\":%.1f},",
		       n, (double)off[n / 2] / 1e3, (double)off[(size_t)n * 99 / 100] / 1e3, (double)off[n - 1] / 1e3,
		       (double)width / 2e3);
	}
	free(off);
}

static void print_states(int64_t now_ns)
{
	uint32_t states[GLOW_SYNC_LEADING + 1] = { 0 };

	for (uint32_t k = 0; k < n_nodes; k++) {
		struct glow_sync_report report;

		if (nodes[k].phase == SWARM_OFF)
			continue;
		glow_sync_report(&nodes[k].follower.sync, swarm_node_local(&nodes[k], now_ns), &report);
		states[report.state]++;
	}
	printf("\"sync\":{");
	for (int k = 0; k < GLOW_SYNC_LEADING; k++)
		printf("%s\"%s\":%u", k ? "," : "", glow_sync_state_name((enum glow_sync_state)k), states[k]);
	printf("},");
}

static void print_counts(void)
{
	printf("\"traffic\":{");
	for (int k = 0; k < SWARM_KINDS; k++)
		printf("%s\"%s\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", k ? "," : "", kinds[k],
		       swarm.out[k].messages, swarm.out[k].bytes, swarm.in[k].messages, swarm.in[k].bytes);
	printf("}");
}

static void print_status(void)
{
	uint32_t online = 0, following = 0, placed = 0, in_roster = 0, shown = 0, late = 0, scene = 0, answered = 0,
		 connected = 0, aimed = 0;
	int64_t now_ns = swarm_raw_ns(), shown_ns = 0, scene_ns = 0, aimed_ns = 0;
	uint64_t mono_ns = (uint64_t)glow_mono_now().ns;

	for (uint32_t k = 0; k < n_nodes; k++) {
		const struct swarm_node *n = &nodes[k];

		if (n->phase == SWARM_OFF)
			continue;
		online += n->phase == SWARM_ONLINE && n->unacked == 0;
		connected += n->phase == SWARM_ONLINE;
		answered += n->phase == SWARM_ONLINE && n->answered_ns > n->since_ns;
		following += glow_leader_same(glow_sync_leader(&n->follower.sync), swarm.conductor.leader);
		placed += n->boards == swarm.boards && n->boards;
		in_roster += n->boards > 0;
		scene += n->scene == swarm.scene && n->scene;
		scene_ns = n->scene_ns > scene_ns ? n->scene_ns : scene_ns;
		aimed += n->aimed_ns > 0;
		aimed_ns = n->aimed_ns > aimed_ns ? n->aimed_ns : aimed_ns;
		if (swarm.of && n->shown_of == swarm.of) {
			shown++;
			late += n->late;
			shown_ns = n->shown_ns > shown_ns ? n->shown_ns : shown_ns;
		}
	}
	printf("{\"mono_ns\":%" PRIu64 ",\"online\":%u,\"answered\":%u,\"connected\":%u,\"following\":%u,\"placed\":%u,"
	       "\"in_roster\":%u,\"of\":\"%08x\","
	       "\"shown\":%u,\"late\":%u,\"shown_ns\":%" PRIu64 ",\"scene\":%u,\"scene_ns\":%" PRIu64
	       ",\"aimed\":%u,\"aimed_ns\":%" PRIu64 ",",
	       mono_ns, online, answered, connected, following, placed, in_roster, swarm.of, shown, late,
	       mono_ns - (uint64_t)(now_ns - shown_ns), scene, mono_ns - (uint64_t)(now_ns - scene_ns), aimed,
	       mono_ns - (uint64_t)(now_ns - aimed_ns));
	printf("\"term\":%u,\"leading\":%s,\"boot\":%u,\"nodes\":%u,\"ahead_us\":%u,\"place\":{\"rev\":%" PRIu64
	       ",\"bytes\":%" PRIu64 ",\"boards\":%u,\"revisions\":%" PRIu64 "},",
	       swarm.conductor.leader.term, swarm.conductor.leading ? "true" : "false", swarm.conductor.leader.boot,
	       swarm.conductor.nodes, swarm.conductor.ahead_us, swarm.place, swarm.place_bytes, swarm.boards,
	       swarm.places);
	printf("\"connects\":%" PRIu64 ",\"failures\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"alone\":%" PRIu64 ",",
	       swarm.connects, swarm.failures, swarm.lost, swarm.alone);
	print_skew();
	print_states(now_ns);
	print_counts();
	puts("}");
	fflush(stdout);
}

/* ---- commands ---- */

static void join(uint32_t from, uint32_t to, uint32_t ms)
{
	int64_t now_ns = swarm_raw_ns();

	for (uint32_t k = from; k < to && k < n_nodes; k++)
		swarm_node_start(&nodes[k], now_ns + (int64_t)ms * 1000000 * (k - from) / (to - from));
}

/* False to end. */
static bool obey(const char *line)
{
	uint32_t from, to, ms;

	if (sscanf(line, "join %u %u %u", &from, &to, &ms) == 3)
		join(from, to, ms);
	else if (sscanf(line, "leave %u %u", &from, &to) == 2)
		for (uint32_t k = from; k < to && k < n_nodes; k++)
			swarm_node_stop(&nodes[k]);
	else if (strcmp(line, "status") == 0)
		print_status();
	return strcmp(line, "quit") != 0;
}

static bool read_commands(void)
{
	static char text[LINE];
	static size_t n;
	ssize_t got = read(STDIN_FILENO, text + n, sizeof(text) - 1 - n);
	char *end;

	if (got <= 0)
		return false;
	n += (size_t)got;
	text[n] = '\0';
	while ((end = strchr(text, '\n'))) {
		*end = '\0';
		if (!obey(text))
			return false;
		n -= (size_t)(end + 1 - text);
		memmove(text, end + 1, n + 1);
	}
	return true;
}

/* ---- life ---- */

static void tick_all(void)
{
	static int64_t last_ns;
	int64_t now_ns = swarm_raw_ns();

	if (now_ns - last_ns < TICK_NS)
		return;
	last_ns = now_ns;
	for (uint32_t k = 0; k < n_nodes; k++)
		if (nodes[k].due_ns <= now_ns)
			swarm_node_tick(&nodes[k], swarm_raw_ns());
}

static void run(void)
{
	static uint8_t buffer[BUFFER];
	struct epoll_event events[EVENTS];

	for (;;) {
		int n = epoll_wait(swarm.road.epoll, events, EVENTS, 1);

		for (int k = 0; k < n; k++) {
			if (events[k].data.ptr)
				swarm_node_event(events[k].data.ptr, events[k].events, buffer, sizeof(buffer));
			else if (!read_commands())
				return;
			if (k % 64 == 63)
				tick_all();
		}
		tick_all();
	}
}

static bool start(char **argv)
{
	struct epoll_event commands = { .events = EPOLLIN };
	struct rlimit files = { 1 << 20, 1 << 20 };

	if (setrlimit(RLIMIT_NOFILE, &files) < 0 && getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	swarm = (struct swarm){ .prefix = argv[2],
				.groups = (unsigned)atoi(argv[4]),
				.effects = argv[5],
				.info = argv[6],
				.state = argv[7],
				.stats = argv[8],
				.raw0_ns = swarm_raw_ns() };
	n_nodes = (uint32_t)atoi(argv[3]);
	nodes = calloc(n_nodes + 1, sizeof(*nodes));
	if (!nodes || !swarm_road_init(&swarm.road, (uint16_t)atoi(argv[1]), argv[9]) ||
	    epoll_ctl(swarm.road.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &commands) < 0)
		return false;
	for (uint32_t k = 0; k < n_nodes; k++)
		swarm_node_init(&nodes[k], &swarm, k);
	return true;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc != 9 && argc != 10)
		return 64;
	if (!start(argv)) {
		perror("swarm");
		return 1;
	}
	run();
	return 0;
}
