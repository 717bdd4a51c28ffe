/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The cluster as others see it: nodes drawn from what they and the conductor
 * say (retained info, state, availability; scenes, roster, dimmer) by the code
 * that drives their LEDs. No pixel is ever sent. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glow/catalogs.h>
#include <glow/crowd.h>
#include <glow/fit.h>
#include <glow/flash.h>
#include <glow/info.h>
#include <glow/library.h>
#include <glow/message.h>
#include <glow/stage.h>
#include <glow/timing.h>
#include <glow/told.h>
#include <glow/wanted.h>

/** How much there can be of a cluster, whoever publishes it: as many nodes as a conductor keeps, of 3 KB each, and
 * bytes of parameter tables in their infos and of states that wait for these. What is beyond is passed over; nodes are
 * counted. */
#define GLOW_WATCH_NODES 10000
#define GLOW_WATCH_TEXTS 16777216

/** Limits the flashes of what is drawn of a node, as a node does. */
struct glow_watch_limiter {
	struct glow_flash flash;
	int64_t held_us; /**< when it last held something back */
};

struct glow_watched {
	char id[GLOW_ID_MAX + 1];
	bool online, has_info, has_state, has_stats;
	bool own_info; /**< it has told its info itself; else that is what the roster tells of its kind, and its state
			*/
	/** Where the watch's revision stood when each was last read. */
	uint32_t info_revision, state_revision, stats_revision;
	struct glow_info info;
	char *effects; /**< the parameter tables in its info, as glow_catalogs_text(); none where info.catalog names
			  them */
	struct glow_told state;
	char *untold;            /**< its state as it came, as long as has_info is missing to read it; NULL */
	struct glow_stats stats; /**< as last reported */
	struct glow_look *idle;  /**< as those in state; NULL: unknown */
	struct glow_env env;
	struct glow_watch_limiter *limiter; /**< the viewer's; NULL: what is drawn is not limited */
};

struct glow_watch {
	char prefix[GLOW_PREFIX_MAX + 1];
	struct glow_watched **nodes; /**< in natural order: pi2 before pi10 */
	size_t n_nodes, most;        /**< which may be GLOW_WATCH_NODES */
	size_t texts_size;           /**< of all nodes' texts */
	struct glow_crowd crowd;     /**< those beyond */
	bool conductor_online, has_conductor, has_beacon;
	struct glow_conductor_info conductor;
	struct glow_beacon beacon; /**< the latest */
	struct glow_raw beacon_at; /**< when it arrived */
	struct glow_stage stage;
	/** The roster's entries by id, so that thousands are found at once, and the roster that it is of. */
	struct glow_watch_index {
		const struct glow_roster_node **by_id, *nodes;
		struct glow_info *kinds; /**< of the roster; without an id where one cannot be read */
		uint32_t n, of;          /**< each id once; of so many entries */
		struct glow_edition edition;
	} index;
	struct glow_catalogs catalogs;
	struct glow_wanted wanted;   /**< titles, and what of the order was set at run time */
	struct glow_library library; /**< the effects that the cluster has as texts */
	/** Rises with all that is read of a node, and whenever one comes or goes; the stage has its own. */
	uint32_t revision;
	uint32_t nodes_revision; /**< where it stood when a node last came or went */
	int64_t now_us;          /**< cluster time, as last told */
	/** Local civil time minus cluster time as this machine knows it; the viewer's to set.
	 * What the conductor says of it takes precedence. */
	int64_t wall_offset_us;
	char last_error[200]; /**< the latest rejected command, "" for none */
};

/** What to subscribe to below the prefix, and how many. A watch can do without the last ones, which brokers with older
 * rules may refuse; of all, these should be asked for first. Who looks but once needs neither those that say what goes
 * on, right behind the first, nor the very last, the tables of what effects can be told. The first are the infos: of
 * many nodes the roster has what they say. */
#define GLOW_WATCH_TOPICS 13
#define GLOW_WATCH_WISHES 4
#define GLOW_WATCH_INFOS  1
#define GLOW_WATCH_GOING  2
#define GLOW_WATCH_TABLES 1
extern const char *const glow_watch_topics[GLOW_WATCH_TOPICS];

void glow_watch_init(struct glow_watch *w, const char *prefix);
void glow_watch_fini(struct glow_watch *w);

/** Takes a message below the prefix; others are ignored, broken ones too. */
void glow_watch_message(struct glow_watch *w, const struct glow_message *message);

/** Lets time pass to t_us of the cluster; before anything is drawn for that time. */
void glow_watch_tick(struct glow_watch *w, int64_t t_us);

/** The node of that id, or NULL. */
const struct glow_watched *glow_watch_find(const struct glow_watch *w, const char *id);

/** A conductor is online and leads. */
bool glow_watch_led(const struct glow_watch *w);

/** A beacon came within GLOW_BEACON_SILENT_US. */
bool glow_watch_beating(const struct glow_watch *w, struct glow_raw now);

/** The node's entry in the roster, or NULL. */
const struct glow_roster_node *glow_watch_entry(const struct glow_watch *w, const char *id);

/** What people call the node; "" where they call it nothing else. */
const char *glow_watch_title(const struct glow_watch *w, const char *id);

/** What the node's LEDs show at t_us; levels in r, g, b alike where LEDs have
 * one colour each. A node that is offline or unknown, or whose board has a problem, is dark. Where the node has a
 * limiter times must not fall. */
void glow_watch_render(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us,
		       struct glow_frame *ret_frame);

/** The topmost scene that shows on the node at t_us, whatever lies over it; or NULL. */
const struct glow_scene *glow_watch_scene(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us);

/** True while the node's light is ON and there is nothing that it could show; its state says OFF then. */
bool glow_watch_dark(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us);

/** How LED i of a frame looks to the eye. */
struct glow_rgb glow_watch_pixel(struct glow_shape shape, const struct glow_frame *frame, uint32_t i);

/** What can be seen of a node at an instant. */
enum glow_watch_layer {
	GLOW_LAYER_OFFLINE,
	GLOW_LAYER_DARK,    /**< its board has a problem */
	GLOW_LAYER_UNKNOWN, /**< online, but has not said its state */
	GLOW_LAYER_OFF,     /**< or dark for want of anything to show */
	GLOW_LAYER_NOTICE,
	GLOW_LAYER_LIGHT,
	GLOW_LAYER_SCENE,
	GLOW_LAYER_IDLE,
};

enum glow_watch_layer glow_watch_layer(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us);

/** "offline", "dark", "unknown", "off", "notice", "light", "scene", "idle". */
const char *glow_watch_layer_name(enum glow_watch_layer layer);

/** What is seen, in words: "scene: rainbow", "solid #ff0000 50%", "off", "off: nothing to show", "idle: blue", "notice:
 * blink". */
#define GLOW_WATCH_LABEL_SIZE 352
void glow_watch_label(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, char *ret_text,
		      size_t size);

/** "tracking ±12 µs", "own clock"; "" while the node has not reported. */
void glow_watch_sync(const struct glow_watched *node, char *ret_text, size_t size);

/** "shelf leads, term 3", "main: rainbow", "dimmed to 40%", "5 of 5 nodes online", "clocks within 31 µs":
 * the parts of a headline, with names of so many columns. Returns how many. */
#define GLOW_WATCH_PARTS (GLOW_SCENES_MAX + 7)
size_t glow_watch_parts(const struct glow_watch *w, int64_t t_us, int name_columns,
			struct glow_fit_part ret_parts[GLOW_WATCH_PARTS]);

/** The parts as one line, with " · " between them. */
#define GLOW_HEADLINE_SIZE 8192
void glow_watch_headline(const struct glow_watch *w, int64_t t_us, char *ret_text, size_t size);

/** What to look for when there is no node, in a sentence. */
void glow_watch_silence(const struct glow_watch *w, char *ret_text, size_t size);

/** The cluster as lines of text, of any length. */
void glow_watch_text(const struct glow_watch *w, int64_t t_us, bool ascii, FILE *out);

/** What stands around the boards of a preview, which are no cluster's. */
struct glow_watch_preview {
	const char *file;
	const struct glow_fit_part *parts; /**< of the headline, GLOW_WATCH_PARTS at most */
	size_t n_parts;
	const char *mistake; /**< why the boards do not show what the file says; "" when they do */
};

/** A terminal, and what is shown in it beside the cluster. */
struct glow_watch_screen {
	int columns, rows;
	int colors; /**< 256, or 1<<24 */
	bool ascii;
	const char *broker;
	const char *notes;                        /**< lines, the most important first */
	bool connected;                           /**< to the broker, now */
	const char *trouble;                      /**< why not; "" while that is not known */
	const struct glow_watch_preview *preview; /**< NULL for none; else broker, connected and trouble say nothing */
};

/** The cluster as one picture that fits into the window, its lines without a line break after the last.
 * Boards that do not fit are counted. */
void glow_watch_screen(const struct glow_watch *w, int64_t t_us, const struct glow_watch_screen *screen, FILE *out);

/** Where LED i of a PiGlow lies around the middle of the board, in units of which the outermost is 38 away. */
void glow_watch_piglow_at(uint32_t i, int *ret_x, int *ret_y);

/** The cluster as an SVG picture. */
void glow_watch_svg(const struct glow_watch *w, int64_t t_us, FILE *out);
