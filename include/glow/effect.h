/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The contract of an effect. An effect has no state: the colour of a pixel is
 * a function of parameters, time, position and seed, so a node that joins late
 * is right on its first frame and a test is a table of numbers.
 *
 * Adding one is one file bridge/effect/<name>.c with a `glow_effect_<name>` and
 * one row in bridge/effect/effects.def; docs/adding-an-effect.md shows how. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/color.h>
#include <glow/shape.h>

#define GLOW_PARAMS_MAX 8
#define GLOW_TEXT_MAX   63

enum glow_param_type {
	GLOW_PARAM_INT,    /**< min..max */
	GLOW_PARAM_BOOL,   /**< 0 or 1 */
	GLOW_PARAM_COLOR,  /**< 0xRRGGBB; GLOW_LIGHT_COLOR where `def` is that */
	GLOW_PARAM_CHOICE, /**< index into `choices` */
	GLOW_PARAM_TEXT,   /**< at most GLOW_TEXT_MAX bytes of printable ASCII; at most one per effect */
};

/** The value of a colour parameter that follows the light's own colour. */
#define GLOW_LIGHT_COLOR (-1)

/** What others may do with a parameter without knowing its effect. At most one row of each kind but the
 * first in an effect. */
enum glow_param_role {
	GLOW_ROLE_NONE,
	GLOW_ROLE_COLOR,   /**< GLOW_PARAM_LIGHT_COLOR: a colour command keeps the effect */
	GLOW_ROLE_METER,   /**< a choice of glow_meter_names, and after them of the number in GLOW_ROLE_PERCENT */
	GLOW_ROLE_PERCENT, /**< 0..100: what a percentage means in a shorthand that names the effect */
};

/** One row of an effect's parameter table: the only source for checking
 * commands, --list-effects, the info topic and the dashboard's sliders. */
struct glow_param_desc {
	const char *name;
	enum glow_param_type type;
	enum glow_param_role role;
	int32_t min, max, def;
	const char *unit;           /**< "ms", "%", "" */
	const char *what;           /**< one line for people */
	const char *const *choices; /**< GLOW_PARAM_CHOICE: NULL-terminated */
	const char *text;           /**< GLOW_PARAM_TEXT: the default */
};

/** Values, one for each row of the table in its order. A text row's v is unused. */
struct glow_params {
	int32_t v[GLOW_PARAMS_MAX];
	char text[GLOW_TEXT_MAX + 1];
};

/** What gauges can measure. Values are permille of the full bar. */
enum glow_meter {
	GLOW_METER_CPU,
	GLOW_METER_MEMORY,
	GLOW_METER_TEMPERATURE,
	GLOW_METER_LOAD,
	GLOW_METER_NETWORK,
	GLOW_METERS
};

/** Their names on the wire, in that order: the only list of them. */
#define GLOW_METER_NAMES "cpu", "memory", "temperature", "load", "network"

/** The same as an array, NULL at the end. */
extern const char *const glow_meter_names[GLOW_METERS + 1];

/** Everything but parameters and position that a pixel may depend on. */
struct glow_moment {
	int64_t t_us;    /**< since the effect's start; negative before it */
	int64_t wall_us; /**< local civil time, microseconds since 1970-01-01 00:00 there */
	uint32_t seed;
	uint32_t total;        /**< length of the strip, at least 1; may exceed one board */
	struct glow_rgb color; /**< the light's own colour */
	uint16_t meter[GLOW_METERS];
	struct glow_shape shape; /**< this board, as long as `total` where its pixels are 0 */
	uint32_t offset;         /**< its pixel 0 is number `offset` of the strip */
	uint32_t board, boards;  /**< it is number `board`, from 0, of `boards` on the strip; of 0: alone */
	struct glow_room *room;  /**< filled by `begin`; NULL for effects that have none */
};

/** What an effect has worked out once for all pixels of a frame, or for several side by side. Whoever draws has it on
 * the stack, and does not touch it between the pixels. */
#define GLOW_ROOM_MAX   1024
#define GLOW_ROOM_LANES 8
struct glow_room {
	const void *program; /**< the effect's */
	uint32_t first;      /**< pixel of the first lane */
	bool drawn;          /**< the lanes hold the pixels from `first` on */
	int32_t v[GLOW_ROOM_MAX][GLOW_ROOM_LANES];
};

/** How often an effect's picture can change by time alone. */
enum glow_pace {
	GLOW_STILL,    /**< only when parameters or meters change */
	GLOW_SECONDS,  /**< at whole seconds of wall_us */
	GLOW_ANIMATED, /**< at any time */
};

struct glow_effect_desc {
	const char *name;
	const char *what;
	const struct glow_param_desc *params; /**< n_params rows; values are in range when render is called */
	uint8_t n_params;
	enum glow_pace pace;
	bool even;           /**< all pixels of a moment are alike: one is drawn for all */
	bool bar;            /**< positions run along the shape's bar axis, glow_shape_bar() */
	bool levels;         /**< on LEDs of one colour each only how bright a pixel is counts, not its hue */
	uint8_t meters;      /**< a bit for each meter that it shows besides that of GLOW_ROLE_METER */
	const void *program; /**< what `begin` and `render` run; NULL for built-in effects */
	uint32_t steps;      /**< that a pixel of it takes, as glow/script.h counts them; 0 for built-in effects */

	/** Works out what all pixels of a moment share, in m->room. Where it is not NULL it is called before
	 * `render`, with the same parameters and moment: glow_effect_begin(). */
	void (*begin)(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m);

	/** The colour of pixel i of m->total. Pure, reentrant, integer only; must
	 * accept every t_us, every seed and 1 <= total <= 2^24. */
	struct glow_rgb (*render)(const struct glow_params *p, const struct glow_moment *m, uint32_t i);
};

/** Before the pixels of a moment are drawn; whatever of it changes, begin again. */
static inline void glow_effect_begin(const struct glow_effect_desc *e, const struct glow_params *p,
				     const struct glow_moment *m)
{
	if (e->begin)
		e->begin(e, p, m);
}

/** Steps of a frame: a board on which an effect would take more does not show it, but what it shows in place of an
 * effect that it does not know. */
#define GLOW_FRAME_STEPS_MAX 2000000

static inline bool glow_effect_fits(const struct glow_effect_desc *e, uint32_t pixels)
{
	return (uint64_t)e->steps * pixels <= GLOW_FRAME_STEPS_MAX;
}

/** Every effect that this program knows: the built-in ones in the order of effects.def, then those that were added;
 * glow_effect_count() of them. One that was added stands in the place of a built-in of its name: a text that a cluster
 * keeps goes on to be meant by its name when a later version has a built-in effect of that name.
 *
 * The table is the process's. It is for one thread, and drawing does not look at it. */
const struct glow_effect_desc *glow_effect_at(size_t k);
size_t glow_effect_count(void);

/** By name of `len` bytes, or NULL. */
const struct glow_effect_desc *glow_effect_find(const char *name, size_t len);

/** The same of the built-in ones alone. */
const struct glow_effect_desc *glow_effect_built_in_at(size_t k);
size_t glow_effect_built_in_count(void);
const struct glow_effect_desc *glow_effect_built_in_find(const char *name, size_t len);

/** How many may be added. */
#define GLOW_EFFECTS_ADDED_MAX 64

/** Adds an effect, which stays the caller's and has to stay where it is until glow_effect_remove(). False, and nothing
 * has changed, where there is no room, where one of its name was added already, and for the names of those below, which
 * the program itself means. */
bool glow_effect_add(const struct glow_effect_desc *e);

/** Takes one away that was added; nobody may point to it any more when it goes. */
void glow_effect_remove(const struct glow_effect_desc *e);

/** The effects that others ask for, so that nobody finds them by position or by name: the picture of a
 * plain colour, of a notice that does not say how it looks, and of a node that is to be found. */
extern const struct glow_effect_desc glow_effect_solid, glow_effect_blink, glow_effect_identify;

/** Row of a parameter by name or by role, or -1. */
int glow_param_find(const struct glow_effect_desc *e, const char *name);
int glow_param_with(const struct glow_effect_desc *e, enum glow_param_role role);

/** The table's defaults. */
void glow_params_default(const struct glow_effect_desc *e, struct glow_params *ret_params);

/** What values for the rows of `from` are in those of `to`: what has the same name and type, and is in range there, is
 * kept, and the rest has its default. */
void glow_params_carry(const struct glow_effect_desc *from, const struct glow_effect_desc *to,
		       struct glow_params *params);

/** Colour of row k: its own, or the light's for GLOW_LIGHT_COLOR. */
static inline struct glow_rgb glow_param_color(const struct glow_params *p, const struct glow_moment *m, int k)
{
	return p->v[k] == GLOW_LIGHT_COLOR ? m->color : glow_rgb_unpack(p->v[k]);
}

/** The row that every effect with the light's colour has. */
#define GLOW_PARAM_LIGHT_COLOR                                                                                 \
	{                                                                                                      \
		.name = "color", .type = GLOW_PARAM_COLOR, .role = GLOW_ROLE_COLOR, .min = 0, .max = 0xffffff, \
		.def = GLOW_LIGHT_COLOR, .unit = "", .what = "colour; null follows the light"                  \
	}
