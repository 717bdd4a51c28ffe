/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "doctor_nodes.h"

#include <inttypes.h>
#include <string.h>

#define REPORTS_S 10   /* how often a node reports */
#define FAR_US    1000 /* a deviation of which three are what an eye sees, docs/sync.md */

struct patient {
	const struct glow_watch *w;
	const struct glow_watched *node;
	const char *version; /* which most nodes have */
	int waited_s;
	struct glow_findings *f;
};

#define TROUBLE(p, cure, ...) glow_findings_add((p)->f, GLOW_FINDING_TROUBLE, (p)->node->id, true, cure, __VA_ARGS__)
#define NOTE(p, cure, ...)    glow_findings_add((p)->f, GLOW_FINDING_NOTE, (p)->node->id, true, cure, __VA_ARGS__)

static void look_offline(const struct patient *p)
{
	char cure[200];

	snprintf(cure, sizeof(cure),
		 "look for its power and network, and at glow-bridge --doctor there; if it is gone for good, "
		 "glowctl forget %s",
		 p->node->id);
	TROUBLE(p, cure, "is offline");
}

/* True when it can be judged further. */
static bool look_at_words(const struct patient *p)
{
	const struct glow_watched *node = p->node;

	if (!node->has_info)
		TROUBLE(p, "are the broker's rules those of this version? glow-bridge --doctor there tells",
			"is online, and has not said what it is");
	else if (!node->has_state)
		TROUBLE(p, "are the broker's rules those of this version? glow-bridge --doctor there tells",
			"is online, and has not said what it shows");
	else if (!node->has_stats && p->waited_s > REPORTS_S)
		TROUBLE(p, "look at its log; a program that hangs is started again by systemd or Docker",
			"is online, and has not reported for %d s", p->waited_s);
	return node->has_info && node->has_state;
}

static void look_at_clock(const struct patient *p)
{
	const struct glow_stats_sync *sync = &p->node->stats.sync;

	if (!p->node->has_stats || !glow_watch_led(p->w))
		return;
	if (!sync->valid)
		TROUBLE(p, "what it asks at P/time/request does not come through: look at the broker's rules",
			"has no cluster time, though a conductor leads");
	else if (strcmp(sync->state, "holdover") == 0)
		TROUBLE(p, "look at its network", "hears no answers about the time, and goes on by its own clock");
	else if (sync->error_us > FAR_US)
		NOTE(p, "a busy Wi-Fi, or one that saves power, does that: glow-bridge --doctor there tells",
		     "knows the time to %" PRIu32 " µs only", sync->error_us);
}

static void look_at_pace(const struct patient *p)
{
	const struct glow_watched *node = p->node;
	const struct glow_mqtt_counts *counts = &node->stats.messages;

	if (node->info.slots_a_frame > 1)
		NOTE(p, "a shorter strip, a lower --fps or a lighter effect", "draws 1 frame in %u",
		     node->info.slots_a_frame);
	if (node->has_stats && counts->in_dropped + counts->out_dropped > 0)
		NOTE(p, "somebody sends more than it can take",
		     "has dropped %" PRIu64 " messages that came and %" PRIu64 " that it was to send",
		     counts->in_dropped, counts->out_dropped);
	if (!node->info.flash_limit)
		NOTE(p, "--flash-limit on, unless nobody sees it", "has no flash limit");
	if (strcmp(node->info.version, p->version) != 0)
		NOTE(p, "bring all to one", "is of version %s, and most are of %s", node->info.version, p->version);
}

static void look(const struct patient *p)
{
	const struct glow_watched *node = p->node;

	if (!node->online) {
		look_offline(p);
		return;
	}
	if (!look_at_words(p))
		return;
	if (node->info.problem[0])
		TROUBLE(p, NULL, "its board is dark: %s", node->info.problem);
	if (glow_watch_led(p->w) && !glow_watch_entry(p->w, node->id) && !p->w->stage.has_next_roster)
		TROUBLE(p, "look at the conductor's log", "the conductor has not put it on the strip");
	look_at_clock(p);
	look_at_pace(p);
}

/* The one that most of those have that are online. */
static const char *common_version(const struct glow_watch *w)
{
	const char *best = "";
	size_t most = 0;

	for (size_t k = 0; k < w->n_nodes; k++) {
		const char *version = w->nodes[k]->info.version;
		size_t n = 0;

		if (!w->nodes[k]->online || !w->nodes[k]->has_info || strcmp(version, best) == 0)
			continue;
		for (size_t i = 0; i < w->n_nodes; i++)
			n += w->nodes[i]->online && strcmp(w->nodes[i]->info.version, version) == 0;
		if (n > most) {
			most = n;
			best = version;
		}
	}
	return best;
}

void glow_doctor_nodes(const struct glow_watch *w, int waited_s, struct glow_findings *f)
{
	struct patient p = { .w = w, .version = common_version(w), .waited_s = waited_s, .f = f };
	unsigned well = 0;

	for (size_t k = 0; k < w->n_nodes; k++) {
		int before = cJSON_GetArraySize(f->list);

		p.node = w->nodes[k];
		look(&p);
		well += cJSON_GetArraySize(f->list) == before;
	}
	if (w->crowd.n)
		glow_findings_add(f, GLOW_FINDING_NOTE, "nodes", false,
				  "part the cluster, or glowctl forget those that are gone",
				  "%u more than %zu were not looked at", w->crowd.n, w->n_nodes);
	if (w->n_nodes == 0)
		glow_findings_add(f, GLOW_FINDING_TROUBLE, "nodes", false,
				  "start glow-bridge with this broker and prefix; glow-bridge --doctor tells why not",
				  "there are none below %s", w->prefix);
	else if (well > 0)
		glow_findings_add(f, GLOW_FINDING_WELL, "nodes", false, NULL, "%u of %zu are online and well", well,
				  w->n_nodes);
}
