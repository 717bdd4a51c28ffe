/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glow-bridge: options in, one node out. */

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/config.h>
#include <glow/health.h>
#include <glow/log.h>
#include <glow/names.h>
#include <glow/node_run.h>
#include <glow/options.h>
#include <glow/params.h>
#include <glow/topics.h>

#include "board/apa102.h"

struct options {
	struct glow_common_options common;
	char *discovery, *page;
	char *node, *groups, *wifi_power_save;
	char *board, *gpio, *gpio_chip, *i2c, *i2c_bus, *spi, *color_order, *white_balance, *sysfs;
	int64_t pin_data, pin_clock, pin_sda, pin_scl;
	char *virtual_out, *virtual_shape;
	bool virtual_wire;
	int64_t pixels, spi_hz, virtual_pixels;
	char *idle, *lost_indicator, *on_exit;
	int64_t fps, cpu_limit, time_offset_ms;
	bool reverse;
	int64_t brightness_limit;
	int64_t current_limit_ma;
	char *flash_limit;
};

#define GLOW_OPTIONS struct options

static const char broker[] = "Broker", node[] = "Node", board[] = "Board", show[] = "Display", limits[] = "Limits";

static const struct glow_option rows[] = {
	GLOW_BROKER_ROWS,
	GLOW_ROW_READ("discovery", "homeassistant", "TOPIC", broker, discovery, glow_names_read_discovery,
		      "prefix of Home Assistant's discovery; off for none"),
	GLOW_ROW_READ("page", "", "URL", broker, page, glow_names_read_page,
		      "address of the web page, to which Home Assistant links"),

	GLOW_ROW_READ("node", NULL, "ID", node, node, glow_names_read_node,
		      "id of this node (default: the host name in lower case)"),
	GLOW_ROW_CHOICE("wifi-power-save", "auto", "auto|on|off", node, wifi_power_save,
			"whether the radio sleeps, so that clock probes wake it; in a container auto cannot see that"),
	GLOW_ROW_READ("groups", "", "ID,ID", node, groups, glow_names_read_groups, "groups this node belongs to"),

	GLOW_ROW_CHOICE("board", "auto", glow_board_choices, board, board,
			"which board; auto takes the one that is there"),
	GLOW_ROW_CHOICE("gpio", "auto", "auto|spi|gpiod|sysfs", board, gpio, "road to the Blinkt!'s pins"),
	GLOW_ROW_STRING("gpio-chip", "", "CHIP", board, gpio_chip,
			"GPIO chip by label or path (default: the Pi's own)"),
	GLOW_ROW_INT("pin-data", "23", 0, 1023, "LINE", board, pin_data, "Blinkt! data line, BCM number"),
	GLOW_ROW_INT("pin-clock", "24", 0, 1023, "LINE", board, pin_clock, "Blinkt! clock line, BCM number"),
	GLOW_ROW_CHOICE("i2c", "auto", "auto|dev|gpio|leds", board, i2c, "road to the PiGlow"),
	GLOW_ROW_STRING("i2c-bus", "/dev/i2c-1", "DEVICE", board, i2c_bus, "I2C bus of the PiGlow"),
	GLOW_ROW_INT("pin-sda", "2", 0, 1023, "LINE", board, pin_sda, "data line for I2C over GPIO"),
	GLOW_ROW_INT("pin-scl", "3", 0, 1023, "LINE", board, pin_scl, "clock line for I2C over GPIO"),
	GLOW_ROW_INT("pixels", "0", 0, GLOW_PIXELS_MAX, "N", board, pixels,
		     "LEDs of a strip; of a virtual or terminal row too, 0 for --virtual-pixels"),
	GLOW_ROW_STRING("spi", "/dev/spidev0.0", "DEVICE", board, spi, "SPI bus of a strip"),
	GLOW_ROW_INT("spi-hz", "4000000", 100000, 32000000, "HZ", board, spi_hz, "clock of a strip"),
	GLOW_ROW_CHOICE("color-order", "bgr", "bgr|brg|gbr|grb|rbg|rgb", board, color_order,
			"order of the colours in a strip's LEDs"),
	GLOW_ROW_READ("white-balance", "100,100,100", "R,G,B", board, white_balance, glow_names_read_white,
		      "per cent of each colour at which the LEDs' white is white"),
	GLOW_ROW_STRING("sysfs", "/sys", "DIR", board, sysfs, "root of the sysfs to use"),
	GLOW_ROW_STRING("virtual-out", "", "FILE", board, virtual_out,
			"append each frame to this file, a JSON line each"),
	GLOW_ROW_SWITCH("virtual-wire", "no", board, virtual_wire, "with what an LED's wire would carry"),
	GLOW_ROW_INT("virtual-pixels", "8", 1, GLOW_PIXELS_MAX, "N", board, virtual_pixels,
		     "length of a virtual or terminal row"),
	GLOW_ROW_CHOICE("virtual-shape", "blinkt", "blinkt|piglow", board, virtual_shape,
			"shape of a virtual or terminal board"),

	GLOW_ROW_READ("idle", "off", "WORDS", show, idle, glow_names_read_idle,
		      "shown while nothing else is: blue, cpu, progress 40%, rainbow …"),
	GLOW_ROW_INT("fps", "60", 1, 240, "N", show, fps, "frames a second while something moves"),
	GLOW_ROW_INT("cpu-limit", "50", 1, 100, "PERCENT", show, cpu_limit,
		     "of a frame's time, what drawing and writing it may take of a processor; a node that needs more "
		     "draws every 2nd, 4th … frame"),
	GLOW_ROW_INT("time-offset-ms", "0", -10000, 10000, "MS", show, time_offset_ms,
		     "show everything this much later (earlier below 0)"),
	GLOW_ROW_SWITCH("reverse", "no", show, reverse, "the board is mounted the other way round"),
	GLOW_ROW_CHOICE("lost-indicator", "off", "off|pixel", show, lost_indicator,
			"pixel: one dim pixel tells that the broker is lost"),
	GLOW_ROW_CHOICE("on-exit", "clear", "clear|keep", show, on_exit,
			"the LEDs when the program ends, and before its first frame"),

	GLOW_ROW_INT("brightness-limit", "255", 0, 255, "N", limits, brightness_limit,
		     "what full brightness shines as"),
	GLOW_ROW_INT("current-limit-ma", "-1", -1, 1000000, "MA", limits, current_limit_ma,
		     "most supply current; 0 for no limit, -1 for the board's own safe one"),
	GLOW_ROW_CHOICE("flash-limit", "on", "on|off", limits, flash_limit,
			"at most three flashes a second (WCAG 2.3.1)"),

	GLOW_LOG_ROWS("info"),

	GLOW_ROW_VERB("doctor", "say what is missing, and how to mend it"),
	GLOW_ROW_VERB("check-config", "check options and environment, and do nothing"),
	GLOW_ROW_VERB("print-config", "every value and where it came from"),
	GLOW_ROW_VERB("list-effects", "every effect and its parameters"),
	GLOW_ROW_VERB("list-boards", "every board"),
	GLOW_ROW_VERB("healthcheck", "ask the running bridge of this node whether it is well"),
};

static const struct glow_program program = {
	.name = "glow-bridge",
	.summary = "light the LED board of this Raspberry Pi as MQTT says",
	.doc = "Shows light commands, notices and animations on an LED board, or without one in a terminal or a file.",
	.options = rows,
	.n_options = sizeof(rows) / sizeof(rows[0]),
};

static int list_effects(void)
{
	for (size_t k = 0; k < glow_effect_count(); k++) {
		const struct glow_effect_desc *e = glow_effect_at(k);

		printf("%-14s %s\n", e->name, e->what);
		for (int j = 0; j < e->n_params; j++) {
			const struct glow_param_desc *row = &e->params[j];
			char range[128];

			glow_param_range(row, range, sizeof(range));
			printf("    %-12s %-28s %s\n", row->name, range, row->what);
		}
	}
	return 0;
}

static int list_boards(void)
{
	for (size_t k = 0; k < glow_board_count(); k++)
		printf("%-10s %s\n", glow_board_at(k)->name, glow_board_at(k)->what);
	return 0;
}

static struct glow_shape shape(const struct options *o)
{
	if (o->pixels == 0 && strcmp(o->virtual_shape, "piglow") == 0)
		return (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	return (struct glow_shape){ GLOW_SHAPE_ROW, (uint32_t)(o->pixels ? o->pixels : o->virtual_pixels) };
}

static struct glow_node_run_cfg node_cfg(const struct options *o)
{
	return (struct glow_node_run_cfg){
		.prefix = o->common.prefix,
		.node = o->node,
		.groups = o->groups,
		.wifi_power_save = o->wifi_power_save,
		.idle = o->idle,
		.discovery = strcmp(o->discovery, "off") == 0 ? "" : o->discovery,
		.page = o->page,
		.sysfs = o->sysfs,
		.board = o->board,
		.board_cfg = { .gpio = o->gpio,
			       .gpio_chip = o->gpio_chip,
			       .pin_data = (unsigned)o->pin_data,
			       .pin_clock = (unsigned)o->pin_clock,
			       .pin_sda = (unsigned)o->pin_sda,
			       .pin_scl = (unsigned)o->pin_scl,
			       .i2c = o->i2c,
			       .i2c_bus = o->i2c_bus,
			       .spi = o->spi,
			       .spi_hz = (uint32_t)o->spi_hz,
			       .color_order = o->color_order,
			       .sysfs = o->sysfs,
			       .white = glow_names_white(o->white_balance),
			       .virtual_out = o->virtual_out,
			       .virtual_wire = o->virtual_wire,
			       .shape = shape(o),
			       .keep = strcmp(o->on_exit, "keep") == 0 },
		.mqtt = glow_common_mqtt(&o->common),
		.fps = (unsigned)o->fps,
		.cpu_percent = (unsigned)o->cpu_limit,
		.time_offset_ms = (int32_t)o->time_offset_ms,
		.reverse = o->reverse,
		.lost_indicator = strcmp(o->lost_indicator, "pixel") == 0,
		.brightness_limit = (uint8_t)o->brightness_limit,
		.current_limit_ma = o->current_limit_ma,
		.flash_limit = strcmp(o->flash_limit, "on") == 0,
	};
}

static int run_verb(const struct glow_config *config, const struct glow_node_run_cfg *cfg)
{
	const char *verb = config->verb;

	if (strcmp(verb, "list-effects") == 0)
		return list_effects();
	if (strcmp(verb, "list-boards") == 0)
		return list_boards();
	if (strcmp(verb, "print-config") == 0) {
		glow_config_print(config, stdout);
		return 0;
	}
	if (strcmp(verb, "healthcheck") == 0)
		return glow_health_ask(GLOW_HEALTH_NODE, cfg->node);
	if (strcmp(verb, "doctor") == 0)
		return glow_node_doctor(cfg);
	puts("the configuration is fine"); /* --check-config */
	return 0;
}

/* A frame that takes long would outlast the two seconds in which a program goes dark and ends. */
#define FRAMES_S 5

static int judge_clock(const struct glow_config *config, const struct options *o)
{
	int64_t least_hz = GLOW_APA102_CLOCKS(o->pixels) * FRAMES_S;
	char what[128];

	if (o->spi_hz >= least_hz)
		return 0;
	snprintf(what, sizeof(what), "%" PRId64 " LEDs need %" PRId64 " at least, for %d frames a second", o->pixels,
		 least_hz, FRAMES_S);
	return glow_config_refuse(config, "spi-hz", what);
}

/* Who has how many LEDs. */
static int judge_pixels(const struct glow_config *config, const struct options *o)
{
	const struct glow_board_desc *desc = glow_board_find(o->board);

	if (desc && desc->named && o->pixels == 0)
		return glow_config_refuse(config, "pixels", "a strip does not say how many LEDs it has: --pixels 144");
	if (o->pixels && (!desc || desc->shape.pixels))
		return glow_config_refuse(config, "pixels",
					  "only a strip and a virtual or terminal row are as long as said");
	if (o->pixels && !desc->hardware && strcmp(o->virtual_shape, "piglow") == 0)
		return glow_config_refuse(config, "pixels",
					  "a PiGlow has 18 LEDs: without --virtual-shape piglow, or without this");
	return desc && desc->named ? judge_clock(config, o) : 0;
}

static int judge_white(const struct glow_config *config, const struct options *o)
{
	const struct glow_board_desc *desc = glow_board_find(o->board);

	if (!desc || glow_board_balances(desc) || glow_linear_equal(glow_names_white(o->white_balance), GLOW_DARK))
		return 0;
	return glow_config_refuse(config, "white-balance", "only a board with LEDs of three colours has a white");
}

/* Whatever the options are for, to run, for a check or for the doctor, this is judged of them beyond each value by
 * itself. */
static int judge(const struct glow_config *config, struct options *o)
{
	struct glow_diag diag = { .what = "" };
	struct glow_node_run_cfg cfg;
	int status = glow_names_settle(config, &o->node, glow_names_read_node);

	if (status)
		return status;
	status = judge_pixels(config, o);
	if (status)
		return status;
	status = judge_white(config, o);
	if (status)
		return status;
	cfg = node_cfg(o);
	status = glow_node_judge(&cfg, &diag);
	return status == EX_USAGE ? glow_config_refuse(config, "idle", diag.what) : status;
}

/* What only shows something works with any options. */
static bool only_shows(const char *verb)
{
	return verb && (strcmp(verb, "print-config") == 0 || strncmp(verb, "list-", 5) == 0);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct glow_config config;
	struct glow_node_run_cfg cfg;
	int status;

	if (!glow_config_read(&config, &program, &options, argc, argv, &status))
		return status;
	glow_log_setup(options.common.log_level, options.common.log_format);
	if (!only_shows(config.verb))
		status = judge(&config, &options);
	cfg = node_cfg(&options);
	if (!status)
		status = config.verb ? run_verb(&config, &cfg) : glow_node_run(&cfg);
	glow_config_free(&config);
	return status;
}
