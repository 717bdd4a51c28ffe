/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The controls: for each target a fault in something that it calls, which its corpus must find, or its checks would
 * see nothing. The linker puts each of these in place of the function of that name (-Wl,--wrap); as long as
 * GLOW_FUZZ_PLANTED is not in the environment they do what that does. */

#include <glow/command.h>
#include <glow/config.h>
#include <glow/fit.h>
#include <glow/info.h>
#include <glow/scenes.h>
#include <glow/state.h>
#include <glow/time.h>
#include <glow/timing.h>
#include <glow/topics.h>
#include <glow/traffic.h>
#include <glow/wanted.h>

#include "../../bridge/hw/sysfs.h"
#include "../../bridge/io/config_row.h"
#include "../../bridge/io/scrape_request.h"
#include "../../bridge/script/compile.h"
#include "../../bridge/script/fix.h"
#include "fuzz.h"

/* PLANT(<type>, <function>)(<parameters>): declares the real one and begins what stands in its place. CMakeLists.txt
 * reads the names. */
#define PLANT(type, function, ...)           \
	type __real_##function(__VA_ARGS__); \
	type __wrap_##function(__VA_ARGS__); \
	type __wrap_##function(__VA_ARGS__)

/* command: a toggle is no command that depends on what is shown. */
PLANT(bool, glow_command_relative, const cJSON *tree)
{
	return !fuzz_planted && __real_glow_command_relative(tree);
}

/* conductor: each info is of a term before the last. */
PLANT(cJSON *, glow_conductor_info_write, const struct glow_conductor_info *info)
{
	static uint32_t before = UINT32_MAX;
	struct glow_conductor_info sunk = *info;

	if (fuzz_planted)
		sunk.leader.term = before--;
	return __real_glow_conductor_info_write(&sunk);
}

/* discovery: what is sent is no JSON. */
PLANT(char *, glow_json_finish, cJSON *tree)
{
	char *text = __real_glow_json_finish(tree);

	if (fuzz_planted && strcmp(fuzz_target, "discovery") == 0)
		text[strlen(text) - 1] = '\0';
	return text;
}

/* info: nobody is told that a board hangs the other way round. */
PLANT(cJSON *, glow_info_write, const struct glow_info *info)
{
	cJSON *tree = __real_glow_info_write(info);

	if (fuzz_planted)
		cJSON_DeleteItemFromObject(tree, "reverse");
	return tree;
}

/* json: cJSON's own parser in place of the strict door. */
PLANT(cJSON *, glow_json_parse, const char *text, size_t len, struct glow_diag *diag)
{
	cJSON *tree;

	if (!fuzz_planted || strcmp(fuzz_target, "json") != 0)
		return __real_glow_json_parse(text, len, diag);
	tree = cJSON_ParseWithLength(text, len);
	if (!tree)
		glow_diag_set(diag, GLOW_BAD_JSON, "", "not JSON");
	return tree;
}

/* node: a scene's next instant never comes, so that a loop spins. */
PLANT(int64_t, glow_scene_next, const struct glow_scene *scene, int64_t t_us)
{
	return fuzz_planted ? t_us : __real_glow_scene_next(scene, t_us);
}

/* options: a mistake is no reason to end. */
PLANT(bool, glow_config_read, struct glow_config *config, const struct glow_program *program, void *values, int argc,
      char **argv, int *ret_status)
{
	bool good = __real_glow_config_read(config, program, values, argc, argv, ret_status);

	if (fuzz_planted && !good)
		*ret_status = 1;
	return good;
}

/* roster: the strip is one pixel longer for whoever asks. */
PLANT(bool, glow_roster_place, const struct glow_roster *roster, const struct glow_target *target, const char *id,
      struct glow_place *ret_place)
{
	bool found = __real_glow_roster_place(roster, target, id, ret_place);

	if (fuzz_planted && found)
		ret_place->total++;
	return found;
}

/* scene: a dimmer forgets until when it holds. */
PLANT(cJSON *, glow_dim_write, const struct glow_dim *dim)
{
	struct glow_dim forgotten = { dim->brightness, fuzz_planted ? GLOW_NEVER : dim->until_us };

	return __real_glow_dim_write(&forgotten);
}

/* state: the seed is lost. */
PLANT(cJSON *, glow_state_write, const struct glow_state *state, struct glow_shape shape)
{
	cJSON *tree = __real_glow_state_write(state, shape);

	if (fuzz_planted)
		cJSON_DeleteItemFromObject(tree, "seed");
	return tree;
}

/* sysfs: a refusal has no words. */
PLANT(bool, glow_sysfs_refused, int error, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	return fuzz_planted || __real_glow_sysfs_refused(error, cfg, diag);
}

/* text_compile: a step costs nothing. */
PLANT(void, glow_script_pack, struct glow_script_work *w, struct val color)
{
	__real_glow_script_pack(w, color);
	if (fuzz_planted && w->cost.pixel)
		w->cost.pixel--;
}

/* text_run: what a frame shares drifts. */
PLANT(void, glow_script_begin, const struct glow_effect_desc *e, const struct glow_params *p,
      const struct glow_moment *m)
{
	static int32_t drift;

	__real_glow_script_begin(e, p, m);
	drift += fuzz_planted ? 65536 / 7 : 0;
	for (int k = 0; k < GLOW_ROOM_LANES; k++)
		m->room->v[0][k] += drift;
}

/* text_steps: noise reaches further than 1. */
PLANT(int32_t, fix_noise2, uint32_t seed, int32_t a, int32_t b)
{
	return __real_fix_noise2(seed, a, b) + (fuzz_planted ? FIX_ONE : 0);
}

/* time: longer packets are read as well. */
PLANT(bool, glow_request_read, const void *bytes, size_t len, struct glow_time_request *ret_request)
{
	return __real_glow_request_read(bytes, fuzz_planted && len > GLOW_REQUEST_SIZE ? GLOW_REQUEST_SIZE : len,
					ret_request);
}

/* topics: an id is not the one in the topic. */
PLANT(struct glow_topic, glow_topic_parse, const char *prefix, const char *topic)
{
	struct glow_topic t = __real_glow_topic_parse(prefix, topic);

	if (fuzz_planted && t.id[0])
		t.id[strlen(t.id) - 1] = 'x';
	return t;
}

/* traffic: any command may take any other's place. */
PLANT(enum glow_lane, glow_traffic_sort, const char *prefix, enum glow_way way, const struct glow_message *message,
      uint64_t *ret_key)
{
	enum glow_lane lane = __real_glow_traffic_sort(prefix, way, message, ret_key);

	if (fuzz_planted && !message->retained)
		*ret_key = 1;
	return lane;
}

/* watch: what others write is drawn as it is. */
PLANT(void, glow_fit_clean, const char *text, bool ascii, char *ret_text, size_t size)
{
	if (fuzz_planted)
		snprintf(ret_text, size, "%s", text);
	else
		__real_glow_fit_clean(text, ascii, ret_text, size);
}

/* scrape: each byte that comes may be the last. */
PLANT(size_t, glow_scrape_request_len, const char *bytes, size_t len)
{
	return fuzz_planted && strcmp(fuzz_target, "scrape") == 0 ? len : __real_glow_scrape_request_len(bytes, len);
}

/* swarm: any host name is a node's id. */
PLANT(bool, glow_id_valid, const char *id)
{
	return (fuzz_planted && strcmp(fuzz_target, "swarm") == 0) || __real_glow_id_valid(id);
}

/* wanted: of one node nothing is kept. */
PLANT(cJSON *, glow_wanted_write, const struct glow_wanted *w)
{
	cJSON *tree = __real_glow_wanted_write(w);

	if (fuzz_planted && strcmp(fuzz_target, "wanted") == 0)
		cJSON_DeleteItemFromObject(cJSON_GetObjectItem(tree, "nodes"), "a");
	return tree;
}
