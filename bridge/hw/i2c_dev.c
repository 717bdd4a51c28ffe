/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* I2C through the kernel's /dev/i2c-<n>, as SMBus transfers: every adapter
 * knows these, with or without plain I2C. To find out whether a device is there
 * it is sent a register number and no data: an SN3218 acknowledges writes only,
 * and a number alone changes nothing in it or in an EEPROM that may sit there. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include <glow/i2c.h>

struct dev_bus {
	struct glow_i2c bus;
	int fd;
};

static int transfer(int fd, uint8_t reg, uint32_t size, union i2c_smbus_data *data)
{
	struct i2c_smbus_ioctl_data call = {
		.read_write = I2C_SMBUS_WRITE, .command = reg, .size = size, .data = data
	};

	return ioctl(fd, I2C_SMBUS, &call) < 0 ? -errno : 0;
}

static int bus_write(struct glow_i2c *bus, uint8_t reg, const uint8_t *data, size_t len)
{
	struct dev_bus *b = (struct dev_bus *)bus;
	union i2c_smbus_data block;

	if (len < 1 || len > I2C_SMBUS_BLOCK_MAX)
		return -EINVAL;
	if (len == 1) {
		block.byte = data[0];
		return transfer(b->fd, reg, I2C_SMBUS_BYTE_DATA, &block);
	}
	block.block[0] = (uint8_t)len; /* for the kernel; I2C_BLOCK_DATA does not send it */
	memcpy(block.block + 1, data, len);
	return transfer(b->fd, reg, I2C_SMBUS_I2C_BLOCK_DATA, &block);
}

static void bus_close(struct glow_i2c *bus)
{
	struct dev_bus *b = (struct dev_bus *)bus;

	close(b->fd);
	free(b);
}

static const struct glow_i2c_ops ops = { .write = bus_write, .close = bus_close };

static bool in_sysfs(const struct glow_board_cfg *cfg, const char *dir, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s", cfg->sysfs, dir, name);
	return access(path, F_OK) == 0;
}

/* Why there is no device node: sysfs tells how far the kernel got. */
static int no_node(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	const char *slash = strrchr(cfg->i2c_bus, '/'), *name = slash ? slash + 1 : cfg->i2c_bus;

	if (in_sysfs(cfg, "class/i2c-dev", name))
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "the host has %s: start the container with --device %s, or use --i2c leds", cfg->i2c_bus,
			      cfg->i2c_bus);
	else if (in_sysfs(cfg, "bus/i2c/devices", name))
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "no %s: i2c-dev is not loaded, run `sudo modprobe i2c-dev`", cfg->i2c_bus);
	else if (in_sysfs(cfg, "module", "i2c_dev"))
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "no %s: the I2C controller is off, set dtparam=i2c_arm=on in config.txt and reboot",
			      cfg->i2c_bus);
	else
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "no %s: set dtparam=i2c_arm=on in config.txt, reboot, run `sudo modprobe i2c-dev`",
			      cfg->i2c_bus);
	return -ENODEV;
}

static int not_opened(int error, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	switch (error) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return no_node(cfg, diag);
	case -EACCES:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "no permission for %s: add this user to the group i2c (in a container: --group-add)",
			      cfg->i2c_bus);
		break;
	case -EPERM:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "the container may not use %s: start it with --device %s", cfg->i2c_bus, cfg->i2c_bus);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus", "cannot open %s: %s", cfg->i2c_bus, strerror(-error));
	}
	return error;
}

static int not_answering(int error, const struct glow_board_cfg *cfg, uint8_t addr, struct glow_diag *diag)
{
	switch (error) {
	case -EBUSY:
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			"a kernel driver holds address 0x%02x on %s: use --i2c leds if it is that of dtoverlay=piglow, "
			"else remove its overlay and reboot",
			addr, cfg->i2c_bus);
		return error;
	case -EREMOTEIO:
	case -ENXIO:
	case -ENODEV:
	case -EIO:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus",
			      "no device acknowledged at 0x%02x on %s: check that the board sits right on the header",
			      addr, cfg->i2c_bus);
		return -ENODEV;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c_bus", "asking address 0x%02x on %s failed: %s", addr,
			      cfg->i2c_bus, strerror(-error));
		return error;
	}
}

static int ask(int fd, uint8_t addr)
{
	if (ioctl(fd, I2C_SLAVE, (long)addr) < 0)
		return -errno;
	return transfer(fd, 0, I2C_SMBUS_BYTE, NULL);
}

int glow_i2c_open_dev(const struct glow_board_cfg *cfg, uint8_t addr, struct glow_i2c **ret_bus, struct glow_diag *diag)
{
	int fd = open(cfg->i2c_bus, O_RDWR | O_CLOEXEC);
	struct dev_bus *b;
	int r;

	if (fd < 0)
		return not_opened(-errno, cfg, diag);
	r = ask(fd, addr);
	b = r == 0 ? calloc(1, sizeof(*b)) : NULL;
	if (!b) {
		close(fd);
		return r < 0 ? not_answering(r, cfg, addr, diag) : -ENOMEM;
	}
	b->bus.ops = &ops;
	b->fd = fd;
	snprintf(b->bus.backend, sizeof(b->bus.backend), "i2c-dev:%s", cfg->i2c_bus);
	*ret_bus = &b->bus;
	return 0;
}
