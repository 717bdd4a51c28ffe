/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The contract of a board: a few facts and four functions. Brightness, limits and
 * projection are core arithmetic and the shape is data, so a driver only brings
 * light to its wire. Whatever lists boards reads their descriptors.
 *
 * Adding one is one file bridge/board/<name>.c with a `glow_board_<name>` and
 * one row in bridge/board/boards.def; docs/adding-a-board.md shows how.
 *
 * Errors are negative errno values. Where a person has to do something, the
 * function also fills `diag->what` with one sentence that says what is wrong
 * and what to do ("i2c-dev is not loaded: run `sudo modprobe i2c-dev`"). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/frame.h>
#include <glow/shape.h>

/** Where the boards find their hardware; strings are borrowed for the board's life. */
struct glow_board_cfg {
	const char *gpio;                               /**< "auto", "spi", "gpiod", "sysfs" */
	const char *gpio_chip;                          /**< label or path; NULL or "" finds the Pi's by label */
	unsigned pin_data, pin_clock, pin_sda, pin_scl; /**< line offsets on the chip (BCM numbers) */
	const char *i2c;                                /**< "auto", "dev", "gpio", "leds" */
	const char *i2c_bus;                            /**< "/dev/i2c-1" */
	const char *spi;                                /**< "/dev/spidev0.0" */
	uint32_t spi_hz;                                /**< its clock */
	const char *color_order;                        /**< of a strip: "bgr" and the five others */
	const char *sysfs;                              /**< root of the sysfs to use, "/sys" */
	struct glow_linear white;                       /**< by which LEDs shine white; GLOW_DARK: as they are */
	const char *virtual_out;                        /**< file to append frames to, NULL or "" for none */
	bool virtual_wire;                              /**< with what a wire would carry */
	struct glow_shape shape;                        /**< of a board that can have any */
	bool keep; /**< leave the LEDs as they are at open and close (--on-exit keep) */
};

/** What show() may want to know about the frame's time; the virtual board records it. */
struct glow_stamp {
	int64_t t_us; /**< the instant of the cluster that the frame was drawn for */
};

struct glow_board;

struct glow_board_desc {
	const char *name;        /**< as in boards.def: for --board and the info topic */
	const char *title;       /**< what people call it, "Blinkt!": the model in Home Assistant */
	const char *what;        /**< one line for --list-boards */
	struct glow_shape shape; /**< that of every board of this kind; of no pixels where cfg.shape says it */
	bool hardware;           /**< `auto` tries it; a current limit applies by default */
	bool named;              /**< but only its name opens it: it can be told from nothing else */

	/** Harmless look: 0 when the board can be opened, -ENODEV when it is not
	 * here, another error when it may be here but cannot be used (diag says why).
	 * With 0 diag->what is what would make it better on a machine that serves no
	 * swarm, or left as it was. */
	int (*probe)(const struct glow_board_cfg *cfg, struct glow_diag *diag);

	/** Claims the hardware, and changes nothing that anybody sees: the LEDs show what they showed, which may be
	 * what a killed process left, until the first show(). On success *ret_board is the caller's until close().
	 * Allocates here and nowhere later. */
	int (*open)(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag);

	/** Shows a frame of shape.pixels pixels; returns 0 when the last bit is out, or
	 * 1 where the LEDs cannot tell the frame from the last one and nothing was
	 * written; a dark one is always written. Called on one thread only. An error
	 * leaves the board open: the caller may try again or close it. The first one, and
	 * one after an error, must come out whole whatever half frame went before it. */
	int (*show)(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp);

	/** Leaves the LEDs as they are, releases everything. */
	void (*close)(struct glow_board *board);
};

/** The part of an open board that its users may read. Drivers embed it first. */
struct glow_board {
	const struct glow_board_desc *desc;
	struct glow_shape shape;
	char backend[64];         /**< the road in use: "spi:/dev/spidev10.0", "gpiod:pinctrl-bcm2711", "sysfs:512",
				     "i2c-dev:/dev/i2c-1", "virtual" */
	const char *to;           /**< what it writes to where backend does not say that, a file's name; or NULL */
	const char *note;         /**< what a person should know about this road, worth a line in the log; or NULL */
	unsigned fps_max;         /**< the most frames a second that this road carries; 0: any */
	uint32_t latency_us;      /**< from the return of show() until the LEDs have changed */
	bool keep;                /**< cfg.keep, set by glow_board_open() */
	struct glow_linear white; /**< cfg.white, likewise */
};

/** Every board in the order of boards.def, which is also the order `auto` tries them in. */
const struct glow_board_desc *glow_board_at(size_t k);
size_t glow_board_count(void);
const struct glow_board_desc *glow_board_find(const char *name);

/** "auto|piglow|…": the words of --board. */
extern const char glow_board_choices[];

/** True when `--board word` may open this board: its name, or "auto" and it is hardware. */
bool glow_board_meant(const struct glow_board_desc *desc, const char *word);

/** "--board virtual or --board terminal": what always works, for people whose hardware does not. */
void glow_board_without_hardware(char *ret_text, size_t size);

/** The shape that the board has when it is open, known before it answers. */
static inline struct glow_shape glow_board_shape(const struct glow_board_desc *desc, const struct glow_board_cfg *cfg)
{
	return desc->shape.pixels ? desc->shape : cfg->shape;
}

/** True when its LEDs may need a white balance: hardware, and pixels of three colours. */
static inline bool glow_board_balances(const struct glow_board_desc *desc)
{
	return desc->hardware && !glow_shape_mono(desc->shape);
}

/** Opens the named board, or for "auto" the first hardware board that probes, and makes it dark unless cfg->keep.
 * When none does, -ENODEV and diag names what each one lacked. */
int glow_board_open(const char *name, const struct glow_board_cfg *cfg, struct glow_board **ret_board,
		    struct glow_diag *diag);

/** The board's show(), after the white balance: that corrects the LEDs, so it is no part of the picture, and nobody
 * else draws it. */
int glow_board_show(struct glow_board *b, const struct glow_frame *f, struct glow_stamp s);

/** Makes the LEDs dark, unless they are to stay, and releases everything. Accepts NULL. */
void glow_board_close(struct glow_board *board);
