/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A line is the directory `home`/gpio<number>:
 *
 *   up to Linux 6.16   home is class/gpio, number counts from the chip's base,
 *                      which differs between kernels (0, 399, 512, 569 …)
 *   since Linux 6.17   home is class/gpio/chip<N>, number is the chip's own
 *
 * An exported line belongs to nobody: whoever finds its files may write to
 * them, and two bridges would mix their clocks. So each locks the value files
 * it writes to. The lock goes with the process: lines that a crashed one left
 * exported are free, and taken over. */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "gpio_label.h"
#include "gpio_sysfs_line.h"
#include "gpio_overlay.h"
#include "sysfs.h"

#define UDEV_WAIT_MS 500 /* udev hands a fresh line's files to the group gpio some ms after they appear. */
#define UDEV_STEP_MS 10
#define LOCKED       (-EALREADY) /* among these functions: another process has our lock */

/* A chip's directory, in either layout. */
static int read_chip(const char *dir, struct glow_sysfs_chip *ret_chip)
{
	const char *name = strrchr(dir, '/') + 1;
	char base[16];

	if (strlen(dir) >= sizeof(ret_chip->home))
		return -ENAMETOOLONG;
	*ret_chip = (struct glow_sysfs_chip){ 0 };
	snprintf(ret_chip->home, sizeof(ret_chip->home), "%s", dir);
	if (strncmp(name, "chip", 4) == 0) {
		snprintf(ret_chip->name, sizeof(ret_chip->name), "%s", name);
		return 0;
	}
	if (glow_sysfs_read(dir, "base", base, sizeof(base)) < 0)
		return -ENODEV;
	ret_chip->home[name - dir - 1] = '\0';
	ret_chip->base = (unsigned)strtoul(base, NULL, 10);
	snprintf(ret_chip->name, sizeof(ret_chip->name), "%u", ret_chip->base);
	return 0;
}

/* What a search for the chip has come across. */
struct search {
	const struct glow_board_cfg *cfg;
	struct glow_labels seen;
	bool dead_links;
};

static bool chip_fits(struct search *s, const char *dir, struct glow_sysfs_chip *ret_chip)
{
	char label[GLOW_LABEL_MAX];
	int r = glow_sysfs_read(dir, "label", label, sizeof(label));

	if (r == -ENOENT)
		s->dead_links = true;
	return r == 0 && glow_label_fits(&s->seen, s->cfg, label) && read_chip(dir, ret_chip) == 0;
}

/* Looks among the chips that match `pattern`; true when one fits. */
static bool look(struct search *s, const char *pattern, struct glow_sysfs_chip *ret_chip)
{
	char path[PATH_MAX];
	bool found = false;
	glob_t chips;

	snprintf(path, sizeof(path), "%s/class/gpio/%s", s->cfg->sysfs, pattern);
	if (glob(path, 0, NULL, &chips) != 0)
		return false;
	for (size_t k = 0; k < chips.gl_pathc && !found; k++)
		found = chip_fits(s, chips.gl_pathv[k], ret_chip);
	globfree(&chips);
	return found;
}

static int no_chip(const struct search *s, struct glow_diag *diag)
{
	const char *sysfs = s->cfg->sysfs;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/class", sysfs);
	if (s->seen.text[0])
		return glow_labels_missing(&s->seen, s->cfg, diag);
	if (s->dead_links)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "sysfs",
			      "the chips in %s/class/gpio lead nowhere: mount the whole of the host's /sys, not a part",
			      sysfs);
	else if (access(path, F_OK) < 0)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "sysfs",
			      "there is no sysfs at %s: name the place of the host's /sys with --sysfs", sysfs);
	else
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "sysfs",
			      "no chip in %s/class/gpio: this kernel has no sysfs GPIO, use --gpio gpiod", sysfs);
	return -ENODEV;
}

static int find_chip(const struct glow_board_cfg *cfg, struct glow_sysfs_chip *ret_chip, struct glow_diag *diag)
{
	struct search s = { .cfg = cfg };

	return look(&s, "chip*", ret_chip) || look(&s, "gpiochip*", ret_chip) ? 0 : no_chip(&s, diag);
}

static int refused(int error, const struct glow_board_cfg *cfg, const struct glow_sysfs_chip *chip, unsigned pin,
		   struct glow_diag *diag)
{
	if (glow_sysfs_refused(error, cfg, diag))
		return error;
	switch (error) {
	case LOCKED:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "another glow-bridge drives GPIO %u through %s: stop it, or give each its own pins", pin,
			      chip->home);
		return -EBUSY;
	case -EACCES:
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "sysfs",
			"no permission for %s: add this user to the group gpio (in a container: use the host's gid)",
			chip->home);
		break;
	case -EBUSY:
		if ((pin == cfg->pin_data || pin == cfg->pin_clock) && glow_gpio_overlay_says(cfg, diag))
			break;
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "GPIO %u is held by another program or a driver: `gpioinfo` names it, stop it", pin);
		break;
	case -EINVAL:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio", "the chip has no GPIO %u: check the --pin- options",
			      pin);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio", "cannot use GPIO %u in %s: %s", pin, chip->home,
			      strerror(-error));
	}
	return error;
}

static int open_waiting(const char *dir, const char *file, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = glow_sysfs_open(path, flags);
	for (int ms = 0; fd == -EACCES && ms < UDEV_WAIT_MS; ms += UDEV_STEP_MS) {
		nanosleep(&(struct timespec){ .tv_nsec = UDEV_STEP_MS * 1000000L }, NULL);
		fd = glow_sysfs_open(path, flags);
	}
	return fd;
}

/* Writes a line's number to home/export or home/unexport. */
static int write_number(const struct glow_sysfs_chip *chip, const char *file, unsigned number)
{
	char path[PATH_MAX], text[16];
	int fd, r;

	snprintf(path, sizeof(path), "%s/%s", chip->home, file);
	snprintf(text, sizeof(text), "%u", number);
	fd = glow_sysfs_open(path, O_WRONLY);
	if (fd < 0)
		return fd;
	r = glow_sysfs_write(fd, text);
	close(fd);
	return r;
}

/* EBUSY has two meanings: somebody exported the line, then its directory is
 * there and the lock tells more; or somebody holds it in another way, then it is not. */
static int export_line(const struct glow_sysfs_chip *chip, struct glow_sysfs_line *line, const char *dir)
{
	int r = write_number(chip, "export", line->number);

	line->exported = r == 0;
	return r == -EBUSY && access(dir, F_OK) == 0 ? 0 : r;
}

/* Only a lock that somebody has is a refusal; where locks do not exist the line is used without. */
static int lock(struct glow_sysfs_line *line)
{
	if (flock(line->value_fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	line->exported = false; /* The other one has it: not ours to unexport. */
	return LOCKED;
}

static int open_line(const struct glow_sysfs_chip *chip, const char *direction, struct glow_sysfs_line *line)
{
	char dir[PATH_MAX - 16];
	int r;

	snprintf(dir, sizeof(dir), "%s/gpio%u", chip->home, line->number);
	r = export_line(chip, line, dir);
	if (r < 0)
		return r;
	line->value_fd = open_waiting(dir, "value", O_RDWR);
	r = line->value_fd < 0 ? line->value_fd : lock(line);
	if (r < 0)
		return r;
	line->direction_fd = open_waiting(dir, "direction", O_WRONLY);
	return line->direction_fd < 0 ? line->direction_fd : glow_sysfs_write(line->direction_fd, direction);
}

static void close_line(const struct glow_sysfs_chip *chip, struct glow_sysfs_line *line)
{
	if (line->direction_fd >= 0)
		close(line->direction_fd);
	if (line->exported)
		write_number(chip, "unexport", line->number);
	if (line->value_fd >= 0)
		close(line->value_fd); /* the lock last: what follows finds the line free */
}

int glow_sysfs_pair_look(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	struct glow_sysfs_chip chip;
	char path[PATH_MAX];
	int r = find_chip(cfg, &chip, diag);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/export", chip.home);
	r = glow_sysfs_open(path, O_WRONLY);
	if (r < 0)
		return refused(r, cfg, &chip, cfg->pin_data, diag);
	close(r);
	return 0;
}

int glow_sysfs_pair_open(const struct glow_board_cfg *cfg, const unsigned pins[2], const char *direction,
			 struct glow_sysfs_pair *ret_pair, struct glow_diag *diag)
{
	struct glow_sysfs_pair pair = { 0 };
	int r = find_chip(cfg, &pair.chip, diag);

	if (r < 0)
		return r;
	for (int k = 0; k < 2; k++)
		pair.line[k] = (struct glow_sysfs_line){ pair.chip.base + pins[k], -1, -1, false };
	for (int k = 0; k < 2 && r == 0; k++) {
		r = open_line(&pair.chip, direction, &pair.line[k]);
		if (r < 0)
			r = refused(r, cfg, &pair.chip, pins[k], diag);
	}
	if (r < 0)
		glow_sysfs_pair_close(&pair);
	else
		*ret_pair = pair;
	return r;
}

void glow_sysfs_pair_close(struct glow_sysfs_pair *pair)
{
	close_line(&pair->chip, &pair->line[0]);
	close_line(&pair->chip, &pair->line[1]);
}
