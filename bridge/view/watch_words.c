/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The cluster in words: the same ones in glowctl and in a browser, so that what
 * somebody reads in one is found again in the other. */

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <glow/watch.h>

static unsigned percent(unsigned brightness)
{
	return (brightness * 100 + 127) / 255;
}

/* "rainbow 40%", "solid #ff0000", "gauge cpu". Full brightness is not mentioned. */
static void look_text(const struct glow_look *look, char *ret_text, size_t size)
{
	int source = glow_param_with(look->effect, GLOW_ROLE_METER);
	const char *name = look->painted ? "painted" : look->effect->name;
	char color[10] = " ", dimmed[8] = "";

	if (source >= 0)
		snprintf(color, sizeof(color), " %.8s", look->effect->params[source].choices[look->params.v[source]]);
	else if (look->effect == &glow_effect_solid && !look->painted)
		glow_color_format(look->color, color + 1);
	if (look->brightness != 255)
		snprintf(dimmed, sizeof(dimmed), " %u%%", percent(look->brightness));
	snprintf(ret_text, size, "%s%s%s", name, color[1] ? color : "", dimmed);
}

/* The entry that shows, and in a playlist which one it is. */
static void scene_text(const struct glow_scene *scene, int64_t t_us, char *ret_text, size_t size)
{
	struct glow_scene_view view;
	const struct glow_scene_entry *entry;
	char text[64] = "?", place[24] = "";

	if (!glow_scene_at(scene, t_us, &view))
		view.entry = 0;
	entry = &scene->entries[view.entry];
	if (entry->effect)
		look_text(&(struct glow_look){ .effect = entry->effect,
					       .params = entry->params,
					       .color = entry->color,
					       .brightness = entry->brightness },
			  text, sizeof(text));
	if (scene->playlist)
		snprintf(place, sizeof(place), " (%d of %u)", view.entry + 1, scene->n_entries);
	snprintf(ret_text, size, "%s%s", text, place);
}

const char *glow_watch_layer_name(enum glow_watch_layer layer)
{
	static const char *const names[] = {
		[GLOW_LAYER_OFFLINE] = "offline", [GLOW_LAYER_DARK] = "dark",     [GLOW_LAYER_UNKNOWN] = "unknown",
		[GLOW_LAYER_OFF] = "off",         [GLOW_LAYER_NOTICE] = "notice", [GLOW_LAYER_LIGHT] = "light",
		[GLOW_LAYER_SCENE] = "scene",     [GLOW_LAYER_IDLE] = "idle",
	};

	return names[layer];
}

enum glow_watch_layer glow_watch_layer(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us)
{
	const struct glow_told *s = &node->state;

	if (!node->online)
		return GLOW_LAYER_OFFLINE;
	if (node->info.problem[0])
		return GLOW_LAYER_DARK;
	if (!node->has_state)
		return GLOW_LAYER_UNKNOWN;
	if (s->notice && t_us < s->notice_end_us && s->notice->effect)
		return GLOW_LAYER_NOTICE;
	if (!s->light->on)
		return GLOW_LAYER_OFF;
	if (s->light->effect)
		return GLOW_LAYER_LIGHT;
	if (glow_watch_dark(w, node, t_us))
		return GLOW_LAYER_OFF;
	return glow_watch_scene(w, node, t_us) ? GLOW_LAYER_SCENE : GLOW_LAYER_IDLE;
}

void glow_watch_label(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, char *ret_text,
		      size_t size)
{
	char text[96];

	switch (glow_watch_layer(w, node, t_us)) {
	case GLOW_LAYER_OFFLINE:
		snprintf(ret_text, size, "offline");
		break;
	case GLOW_LAYER_DARK:
		snprintf(ret_text, size, "dark: %s", node->info.problem);
		break;
	case GLOW_LAYER_UNKNOWN:
		snprintf(ret_text, size, "no state yet");
		break;
	case GLOW_LAYER_OFF:
		snprintf(ret_text, size, "%s", node->state.light->on ? "off: nothing to show" : "off");
		break;
	case GLOW_LAYER_NOTICE:
		look_text(node->state.notice, text, sizeof(text));
		snprintf(ret_text, size, "notice: %s", text);
		break;
	case GLOW_LAYER_LIGHT:
		look_text(node->state.light, ret_text, size);
		break;
	case GLOW_LAYER_SCENE:
		scene_text(glow_watch_scene(w, node, t_us), t_us, text, sizeof(text));
		snprintf(ret_text, size, "scene: %s", text);
		break;
	case GLOW_LAYER_IDLE:
		snprintf(ret_text, size, "idle: %s", node->info.idle);
		break;
	}
}

/* "12 µs", "3.4 ms". */
static void error_text(uint32_t us, char ret_text[16])
{
	if (us < 1000)
		snprintf(ret_text, 16, "%u µs", us);
	else if (us < 1000000)
		snprintf(ret_text, 16, "%.1f ms", us / 1e3);
	else
		snprintf(ret_text, 16, "%.1f s", us / 1e6);
}

void glow_watch_sync(const struct glow_watched *node, char *ret_text, size_t size)
{
	const struct glow_stats_sync *sync = &node->stats.sync;
	char error[16];

	ret_text[0] = '\0';
	if (!node->online || !node->has_stats)
		return;
	error_text(sync->error_us, error);
	if (sync->valid)
		snprintf(ret_text, size, "%s ±%s", sync->state, error);
	else
		snprintf(ret_text, size, "own clock");
}

/* Parts as they are made. */
struct parts {
	struct glow_fit_part *v;
	size_t n;
	int name_columns;
};

__attribute__((format(printf, 3, 4))) static void add(struct parts *p, int keep, const char *format, ...)
{
	struct glow_fit_part *part = &p->v[p->n++];
	va_list args;

	part->keep = keep;
	va_start(args, format);
	vsnprintf(part->text, sizeof(part->text), format, args);
	va_end(args);
}

static void add_conductor(const struct glow_watch *w, struct parts *p)
{
	char id[GLOW_SCENE_ID_MAX + 4];

	glow_fit_name(w->conductor.id, p->name_columns, id, sizeof(id));
	if (glow_watch_led(w))
		add(p, 4, "%s leads, term %u", id, w->conductor.leader.term);
	else if (w->conductor_online && w->has_conductor)
		add(p, 4, "%s asks the nodes for the time", id);
	else
		add(p, 4, "no conductor");
}

static void add_scenes(const struct glow_watch *w, int64_t t_us, struct parts *p)
{
	const struct glow_scenes *scenes = glow_stage_scenes(&w->stage);
	struct glow_scene_view view;
	char name[96], id[GLOW_SCENE_ID_MAX + 4];

	for (uint32_t k = 0; scenes && k < scenes->n; k++) {
		if (!glow_scene_at(&scenes->v[k], t_us, &view))
			continue;
		scene_text(&scenes->v[k], t_us, name, sizeof(name));
		glow_fit_name(scenes->v[k].id, p->name_columns, id, sizeof(id));
		add(p, 2, "%s: %s", id, name);
	}
}

static void add_nodes(const struct glow_watch *w, struct parts *p)
{
	unsigned online = 0, synced = 0, slow = 0;
	uint32_t worst_us = 0;
	uint64_t dropped = w->conductor.messages.in_dropped + w->conductor.messages.out_dropped;
	char error[16];

	for (size_t k = 0; k < w->n_nodes; k++) {
		const struct glow_watched *node = w->nodes[k];

		online += node->online;
		slow += node->online && node->info.slots_a_frame > 1;
		dropped += node->stats.messages.in_dropped + node->stats.messages.out_dropped;
		if (!node->online || !node->has_stats || !node->stats.sync.valid)
			continue;
		synced++;
		if (node->stats.sync.error_us > worst_us)
			worst_us = node->stats.sync.error_us;
	}
	add(p, 5, "%u of %zu nodes online", online, w->n_nodes);
	if (w->crowd.n)
		add(p, 4, "%s%u more %s not shown", w->crowd.n == GLOW_CROWD_MAX ? "at least " : "", w->crowd.n,
		    w->crowd.n == 1 ? "is" : "are");
	error_text(worst_us, error);
	if (synced)
		add(p, 1, "clocks within %s", error);
	if (slow)
		add(p, 2, "%u draw%s fewer frames", slow, slow == 1 ? "s" : "");
	if (dropped)
		add(p, 3, "%" PRIu64 " messages dropped", dropped);
}

size_t glow_watch_parts(const struct glow_watch *w, int64_t t_us, int name_columns,
			struct glow_fit_part ret_parts[GLOW_WATCH_PARTS])
{
	struct parts p = { .v = ret_parts, .name_columns = name_columns };

	add_conductor(w, &p);
	add_scenes(w, t_us, &p);
	if (glow_stage_blackout(&w->stage) > 0)
		add(&p, 3, "dimmed to %u%%", percent(255 - glow_stage_blackout(&w->stage)));
	add_nodes(w, &p);
	return p.n;
}

void glow_watch_headline(const struct glow_watch *w, int64_t t_us, char *ret_text, size_t size)
{
	struct glow_fit_part parts[GLOW_WATCH_PARTS];
	size_t n = glow_watch_parts(w, t_us, GLOW_SCENE_ID_MAX, parts), used = 0;

	ret_text[0] = '\0';
	for (size_t k = 0; k < n && used < size; k++)
		used += (size_t)snprintf(ret_text + used, size - used, "%s%s", k ? " · " : "", parts[k].text);
}

void glow_watch_silence(const struct glow_watch *w, char *ret_text, size_t size)
{
	bool conductor = w->has_conductor || w->has_beacon;

	snprintf(ret_text, size, "%s has said anything below %s/: %s with this broker and --prefix %s?",
		 conductor ? "no node" : "neither a node nor a conductor", w->prefix,
		 conductor ? "does glow-bridge run" : "do glow-bridge and glow-conductor run", w->prefix);
}
