/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The road to the pins over the files of sysfs, the only one that needs no
 * device node. A line is the directory `home`/gpio<number>:
 *
 *   up to Linux 6.16   home is class/gpio, number counts from the chip's base,
 *                      which differs between kernels (0, 399, 512, 569 …)
 *   since Linux 6.17   home is class/gpio/chip<N>, number is the chip's own
 *
 * The value files stay open and DAT is written only when it changes: about 750
 * one-byte writes a Blinkt! frame, 5 ms on a Pi 3 and 16 ms on a Pi Zero. */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glow/pins.h>

#include "gpio_label.h"

#define UDEV_WAIT_MS 500 /* udev hands a fresh line's files to the group gpio some ms after they appear. */
#define UDEV_STEP_MS 10

struct place {
	char home[PATH_MAX - 64]; /* leaves room for the names in it */
	unsigned base;
	char name[32]; /* for people: "512", "chip0" */
};

struct line {
	unsigned number;
	int value_fd;
	bool exported; /* by us, so ours to unexport */
};

struct sysfs_pins {
	struct glow_pins pins;
	struct place place;
	struct line data, clock;
	bool data_level;
};

static int read_text(const char *dir, const char *file, char *ret_text, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, ret_text, size - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	ret_text[n] = '\0';
	ret_text[strcspn(ret_text, "\n")] = '\0';
	return 0;
}

static int write_text(int fd, const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int open_waiting(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	for (int ms = 0; fd < 0 && errno == EACCES && ms < UDEV_WAIT_MS; ms += UDEV_STEP_MS) {
		nanosleep(&(struct timespec){ .tv_nsec = UDEV_STEP_MS * 1000000L }, NULL);
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

/* Writes a line's number to home/export or home/unexport. */
static int write_number(const struct place *place, const char *file, unsigned number)
{
	char path[PATH_MAX], text[16];
	int fd, r;

	snprintf(path, sizeof(path), "%s/%s", place->home, file);
	snprintf(text, sizeof(text), "%u", number);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_text(fd, text);
	close(fd);
	return r;
}

/* A chip's directory as a place, for both layouts. */
static int read_place(const char *chip, struct place *ret_place)
{
	const char *name = strrchr(chip, '/') + 1;
	char base[16];

	if (strlen(chip) >= sizeof(ret_place->home))
		return -ENAMETOOLONG;
	*ret_place = (struct place){ 0 };
	snprintf(ret_place->home, sizeof(ret_place->home), "%s", chip);
	if (strncmp(name, "chip", 4) == 0) {
		snprintf(ret_place->name, sizeof(ret_place->name), "%s", name);
		return 0;
	}
	if (read_text(chip, "base", base, sizeof(base)) < 0)
		return -ENODEV;
	ret_place->home[name - chip - 1] = '\0';
	ret_place->base = (unsigned)strtoul(base, NULL, 10);
	snprintf(ret_place->name, sizeof(ret_place->name), "%u", ret_place->base);
	return 0;
}

/* Looks among the chips that match `pattern`; true when one fits. */
static bool look(const char *pattern, const struct glow_board_cfg *cfg, struct glow_labels *seen,
		 struct place *ret_place)
{
	char path[PATH_MAX], label[GLOW_LABEL_MAX];
	bool found = false;
	glob_t chips;

	snprintf(path, sizeof(path), "%s/class/gpio/%s", cfg->sysfs, pattern);
	if (glob(path, 0, NULL, &chips) != 0)
		return false;
	for (size_t k = 0; k < chips.gl_pathc && !found; k++)
		found = read_text(chips.gl_pathv[k], "label", label, sizeof(label)) == 0 &&
			glow_label_fits(seen, cfg, label) && read_place(chips.gl_pathv[k], ret_place) == 0;
	globfree(&chips);
	return found;
}

static int find_place(const struct glow_board_cfg *cfg, struct place *ret_place, struct glow_diag *diag)
{
	struct glow_labels seen = { "" };

	if (look("chip*", cfg, &seen, ret_place) || look("gpiochip*", cfg, &seen, ret_place))
		return 0;
	if (seen.text[0])
		return glow_labels_missing(&seen, cfg, diag);
	glow_diag_set(
		diag, GLOW_OUT_OF_RANGE, "sysfs",
		"no chip in %s/class/gpio: this kernel has no sysfs GPIO, use --gpio gpiod (or name the host's /sys)",
		cfg->sysfs);
	return -ENODEV;
}

static int refused(int error, const struct glow_board_cfg *cfg, const struct place *place, unsigned pin,
		   struct glow_diag *diag)
{
	switch (error) {
	case -EROFS:
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "sysfs",
			"%s is read-only: mount the host's /sys read-write (-v /sys:/host/sys, --sysfs /host/sys)",
			cfg->sysfs);
		break;
	case -EACCES:
	case -EPERM:
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "sysfs",
			"no permission for %s: add this user to the group gpio (in a container: use the host's gid)",
			place->home);
		break;
	case -EBUSY:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "GPIO %u is held by another program or a driver: `gpioinfo` names it, stop it", pin);
		break;
	case -EINVAL:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "the chip has no GPIO %u: check --pin-data and --pin-clock", pin);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio", "cannot use GPIO %u in %s: %s", pin, place->home,
			      strerror(-error));
	}
	return error;
}

/* EBUSY has two meanings: somebody exported the line, then its directory is
 * there and we share it; or somebody holds it in another way, then it is not. */
static int export_line(const struct place *place, struct line *line, const char *dir)
{
	int r = write_number(place, "export", line->number);

	line->exported = r == 0;
	return r == -EBUSY && access(dir, F_OK) == 0 ? 0 : r;
}

static int open_line(const struct place *place, struct line *line)
{
	char dir[PATH_MAX - 16], path[PATH_MAX];
	int fd, r;

	snprintf(dir, sizeof(dir), "%s/gpio%u", place->home, line->number);
	r = export_line(place, line, dir);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/direction", dir);
	fd = open_waiting(path);
	if (fd < 0)
		return fd;
	r = write_text(fd, "low"); /* output and level in one step: no glitch */
	close(fd);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/value", dir);
	line->value_fd = open_waiting(path);
	return line->value_fd < 0 ? line->value_fd : 0;
}

static void close_line(const struct place *place, struct line *line)
{
	if (line->value_fd >= 0)
		close(line->value_fd);
	if (line->exported)
		write_number(place, "unexport", line->number);
}

static int set(struct line *line, bool level)
{
	return write_text(line->value_fd, level ? "1" : "0");
}

static int set_data(struct sysfs_pins *p, bool level)
{
	int r = level == p->data_level ? 0 : set(&p->data, level);

	if (r == 0)
		p->data_level = level;
	return r;
}

static int pins_clock(struct glow_pins *pins, bool data)
{
	struct sysfs_pins *p = (struct sysfs_pins *)pins;
	int r = set(&p->clock, false);

	if (r == 0)
		r = set_data(p, data);
	return r < 0 ? r : set(&p->clock, true);
}

static int pins_idle(struct glow_pins *pins)
{
	struct sysfs_pins *p = (struct sysfs_pins *)pins;
	int r = set(&p->clock, false);

	return r < 0 ? r : set_data(p, false);
}

static void pins_close(struct glow_pins *pins)
{
	struct sysfs_pins *p = (struct sysfs_pins *)pins;

	close_line(&p->place, &p->data);
	close_line(&p->place, &p->clock);
	free(p);
}

static const struct glow_pins_ops ops = { .clock = pins_clock, .idle = pins_idle, .close = pins_close };

static int open_both(struct sysfs_pins *p, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	int r = open_line(&p->place, &p->data);

	if (r < 0)
		return refused(r, cfg, &p->place, cfg->pin_data, diag);
	r = open_line(&p->place, &p->clock);
	return r < 0 ? refused(r, cfg, &p->place, cfg->pin_clock, diag) : 0;
}

static int try_export(const struct glow_board_cfg *cfg, const struct place *place, struct glow_diag *diag)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/export", place->home);
	return access(path, W_OK) < 0 ? refused(-errno, cfg, place, cfg->pin_data, diag) : 0;
}

int glow_pins_open_sysfs(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	struct sysfs_pins *p;
	struct place place = { 0 };
	int r = find_place(cfg, &place, diag);

	if (r < 0)
		return r;
	if (!ret_pins)
		return try_export(cfg, &place, diag);
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->pins.ops = &ops;
	p->place = place;
	p->data = (struct line){ .number = place.base + cfg->pin_data, .value_fd = -1 };
	p->clock = (struct line){ .number = place.base + cfg->pin_clock, .value_fd = -1 };
	snprintf(p->pins.backend, sizeof(p->pins.backend), "sysfs:%s", place.name);
	r = open_both(p, cfg, diag);
	if (r < 0) {
		pins_close(&p->pins);
		return r;
	}
	*ret_pins = &p->pins;
	return 0;
}
