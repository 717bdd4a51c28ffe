/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* SPI through the kernel's /dev/spidev<bus>.<select>. The kernel copies what is
 * sent into a buffer of a size fixed when its module was loaded, and refuses
 * more, so a long frame is several messages; LEDs do not mind the pause, and
 * there is no chip select to mind.
 *
 * spidev lets two programs open one device, whose frames would then mix. A lock
 * on the device node keeps a second bridge away; other programs do not look at it. */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/spi/spidev.h>

#include <glow/spi.h>

#include "sysfs.h"

#define CHUNK 4096 /* spidev's own default */

struct dev_spi {
	struct glow_spi spi;
	uint32_t hz;
	int fd;
};

static int send_chunk(const struct dev_spi *s, const uint8_t *bytes, size_t len)
{
	struct spi_ioc_transfer transfer = {
		.tx_buf = (uintptr_t)bytes, .len = (uint32_t)len, .speed_hz = s->hz, .bits_per_word = 8
	};

	return ioctl(s->fd, SPI_IOC_MESSAGE(1), &transfer) < 0 ? -errno : 0;
}

static int spi_write(struct glow_spi *spi, const uint8_t *bytes, size_t len)
{
	struct dev_spi *s = (struct dev_spi *)spi;

	for (size_t done = 0; done < len;) {
		size_t n = len - done < spi->chunk ? len - done : spi->chunk;
		int r = send_chunk(s, bytes + done, n);

		if (r == -EMSGSIZE && n > 1)
			spi->chunk = n / 2; /* its size could not be read */
		else if (r < 0)
			return r;
		else
			done += n;
	}
	return 0;
}

static void spi_close(struct glow_spi *spi)
{
	struct dev_spi *s = (struct dev_spi *)spi;

	close(s->fd);
	free(s);
}

static const struct glow_spi_ops ops = { .write = spi_write, .close = spi_close };

static size_t chunk(const struct glow_board_cfg *cfg)
{
	char dir[PATH_MAX], text[16];
	long bytes;

	snprintf(dir, sizeof(dir), "%s/module/spidev/parameters", cfg->sysfs);
	if (glow_sysfs_read(dir, "bufsiz", text, sizeof(text)) < 0)
		return CHUNK;
	bytes = strtol(text, NULL, 10);
	return bytes > 0 ? (size_t)bytes : CHUNK;
}

/* ---- refusals in words ---- */

static int no_node(const struct glow_board_cfg *cfg, const char *device, struct glow_diag *diag)
{
	const char *slash = strrchr(device, '/'), *name = slash ? slash + 1 : device;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/class/spidev/%s", cfg->sysfs, name);
	if (access(path, F_OK) == 0)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "spi", "the host has %s: start the container with --device %s",
			      device, device);
	else
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "spi",
			"no %s: set dtparam=spi=on in config.txt and reboot; `ls /dev/spidev*` names what is there",
			device);
	return -ENODEV;
}

static int refused(int error, const struct glow_board_cfg *cfg, const char *device, struct glow_diag *diag)
{
	switch (error) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return no_node(cfg, device, diag);
	case -EACCES:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "spi",
			      "no permission for %s: add this user to the group spi (in a container: --group-add)",
			      device);
		break;
	case -EPERM:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "spi", "the container may not use %s: start it with --device %s",
			      device, device);
		break;
	case -EBUSY:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "spi",
			      "another glow-bridge sends to %s: stop it, or give each its own device", device);
		break;
	case -ENOTTY:
	case -EINVAL:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "spi", "%s is no SPI device: its name is like /dev/spidev0.0",
			      device);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "spi", "cannot use %s: %s", device, strerror(-error));
	}
	return error;
}

/* ---- life ---- */

/* Mode 0, whatever the program before us left, and ours alone. */
static int claim(int fd)
{
	uint8_t mode = SPI_MODE_0;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return -EBUSY;
	return ioctl(fd, SPI_IOC_WR_MODE, &mode) < 0 ? -errno : 0;
}

static int look(int fd)
{
	uint8_t mode;

	return ioctl(fd, SPI_IOC_RD_MODE, &mode) < 0 ? -errno : 0;
}

int glow_spi_open_dev(const struct glow_board_cfg *cfg, const char *device, uint32_t hz, struct glow_spi **ret_spi,
		      struct glow_diag *diag)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	struct dev_spi *s = NULL;
	int r = fd < 0 ? -errno : ret_spi ? claim(fd) : look(fd);

	if (r == 0 && ret_spi)
		s = calloc(1, sizeof(*s));
	if (!s) {
		if (fd >= 0)
			close(fd);
		return r < 0 ? refused(r, cfg, device, diag) : ret_spi ? -ENOMEM : 0;
	}
	s->spi.ops = &ops;
	s->spi.chunk = chunk(cfg);
	s->hz = hz;
	s->fd = fd;
	snprintf(s->spi.backend, sizeof(s->spi.backend), "spi:%.50s", device);
	*ret_spi = &s->spi;
	return 0;
}

/* The overlay's node is a device whose name is part of where sysfs has its children, which a container sees too:
 * …/devices/platform/<overlay>/spi_master/spi10/spi10.0/spidev/spidev10.0 */
static bool made_by(const char *entry, const char *overlay)
{
	char where[PATH_MAX], part[64];

	if (!realpath(entry, where))
		return false;
	snprintf(part, sizeof(part), "/%s/", overlay);
	return strstr(where, part);
}

bool glow_spi_find(const struct glow_board_cfg *cfg, const char *overlay, char ret_device[GLOW_SPI_PATH])
{
	char pattern[PATH_MAX];
	bool found = false;
	glob_t entries;

	snprintf(pattern, sizeof(pattern), "%s/class/spidev/spidev*", cfg->sysfs);
	if (glob(pattern, 0, NULL, &entries) != 0)
		return false;
	for (size_t k = 0; k < entries.gl_pathc && !found; k++) {
		found = made_by(entries.gl_pathv[k], overlay);
		if (found)
			snprintf(ret_device, GLOW_SPI_PATH, "/dev/%.50s", strrchr(entries.gl_pathv[k], '/') + 1);
	}
	globfree(&entries);
	return found;
}
