/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/spi/spidev.h>

#include "fake_kernel.h"

struct fake_kernel fake_kernel;

int __real_access(const char *path, int mode);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __real_pread64(int fd, void *ret_data, size_t len, off64_t at);
int __real_glob64(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *ret_paths);
int __wrap_glob64(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *ret_paths);
int __wrap___glob64_time64(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *ret_paths)
	__attribute__((alias("__wrap_glob64"))); /* what glob() is where time was 32 bits once */
int __wrap_access(const char *path, int mode);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_pread64(int fd, void *ret_data, size_t len, off64_t at);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...) __attribute__((alias("__wrap_open")));
int __wrap___open_2(const char *path, int flags); /* what open() is in a fortified build */
int __wrap___open64_2(const char *path, int flags) __attribute__((alias("__wrap___open_2")));
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap___ioctl_time64(int fd, unsigned long request, ...) __attribute__((alias("__wrap_ioctl")));
int __wrap_nanosleep(const struct timespec *time, struct timespec *rest);
int __wrap___nanosleep64(const struct timespec *time, struct timespec *rest) __attribute__((alias("__wrap_nanosleep")));

static bool in_sys(const char *path)
{
	return fake_kernel.sys[0] && strncmp(path, fake_kernel.sys, strlen(fake_kernel.sys)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

static void make_file(const char *path, const char *text)
{
	char dir[PATH_MAX];
	FILE *f;

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(dir, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	if (!f)
		abort();
	fputs(text, f);
	fclose(f);
}

/* "…/export" and the number to "…/gpio<number>". */
static void line_dir(const char *file, const char *number, char ret_dir[PATH_MAX])
{
	snprintf(ret_dir, PATH_MAX, "%.*s/gpio%s", (int)(strrchr(file, '/') - file), file, number);
}

static int export_line(const char *file, const char *number)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];

	line_dir(file, number, dir);
	if (strtoul(number, NULL, 10) == fake_kernel.claimed_line || __real_access(dir, F_OK) == 0)
		return fail(EBUSY);
	snprintf(path, sizeof(path), "%s/direction", dir);
	make_file(path, "in\n");
	snprintf(path, sizeof(path), "%s/value", dir);
	make_file(path, strtoul(number, NULL, 10) == fake_kernel.scl_line ? "1\n" : "");
	if (fake_kernel.thief) {
		fake_kernel.thief_fd = openat(AT_FDCWD, path, O_RDONLY);
		flock(fake_kernel.thief_fd, LOCK_EX | LOCK_NB);
	}
	return 0;
}

static int unexport_line(const char *file, const char *number)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];

	line_dir(file, number, dir);
	snprintf(path, sizeof(path), "%s/direction", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/value", dir);
	unlink(path);
	return rmdir(dir) < 0 ? fail(EINVAL) : 0;
}

/* Of "…/gpio/gpio535/value" and "…/gpio/chip0/gpio23/value". */
static unsigned line_number(const char *file)
{
	const char *number = strstr(file, "/gpio/") + strlen("/gpio/");

	return (unsigned)strtoul(strstr(number, "gpio") + strlen("gpio"), NULL, 10);
}

static int set_value(const char *file, const char *text)
{
	fake_kernel.value_writes++;
	if (line_number(file) == fake_kernel.data_line)
		fake_wire_set_data(&fake_kernel.wire, text[0] == '1');
	else
		fake_wire_set_clock(&fake_kernel.wire, text[0] == '1');
	return 0;
}

/* Puts the level of SDA where it is read. */
static void show_sda(const char *direction)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%.*s/gpio%u/value", (int)(strstr(direction, "/gpio/") + 5 - direction), direction,
		 fake_kernel.sda_line);
	f = fopen(path, "r+");
	if (!f)
		return;
	fputs(fake_wires_sda(&fake_kernel.i2c_wires) ? "1\n" : "0\n", f);
	fclose(f);
}

static int set_direction(const char *file, const char *text)
{
	struct fake_wires *w = &fake_kernel.i2c_wires;
	bool high = strcmp(text, "in") == 0;

	if (line_number(file) == fake_kernel.sda_line)
		fake_wires_set(w, high, w->scl);
	else if (line_number(file) == fake_kernel.scl_line)
		fake_wires_set(w, w->sda, high);
	show_sda(file);
	return 0;
}

static int set_brightness(const char *file, const char *text)
{
	fake_kernel.led[atoi(strstr(file, ":led") + strlen(":led")) - 1] = atoi(text);
	fake_kernel.led_writes++;
	return 0;
}

static int sys_write(const char *path, const char *text)
{
	if (fake_kernel.gone)
		return fail(ENODEV);
	if (ends_with(path, "/export"))
		return export_line(path, text);
	if (ends_with(path, "/unexport"))
		return unexport_line(path, text);
	if (ends_with(path, "/value"))
		return set_value(path, text);
	if (ends_with(path, "/direction"))
		return set_direction(path, text);
	if (ends_with(path, "/trigger"))
		fake_kernel.trigger_writes += strcmp(text, "none") == 0;
	if (ends_with(path, "/brightness"))
		return set_brightness(path, text);
	return 0;
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	char link[64], path[PATH_MAX], text[32];
	ssize_t n;

	fake_kernel.calls++;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return fail(EBADF);
	path[n] = '\0';
	if (in_sys(path)) {
		snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)data);
		if (sys_write(path, text) < 0)
			return -1;
	}
	return __real_write(fd, data, len);
}

ssize_t __wrap_pread64(int fd, void *ret_data, size_t len, off64_t at)
{
	fake_kernel.calls++;
	return __real_pread64(fd, ret_data, len, at);
}

static int open_spi(const char *path, int flags)
{
	char ours[PATH_MAX];

	if (fake_kernel.spi_error)
		return fail(fake_kernel.spi_error);
	if (fake_kernel.gone)
		return fail(ENODEV);
	snprintf(ours, sizeof(ours), "%s%s", fake_kernel.root, path);
	return openat(AT_FDCWD, ours, flags);
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	fake_kernel.calls++;
	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, mode_t);
	va_end(args);
	fake_kernel.last_denied = false;
	if (in_sys(path) && (flags & O_ACCMODE) != O_RDONLY) {
		if (fake_kernel.read_only)
			return fail(EROFS);
		if (fake_kernel.confined)
			return fail(EACCES);
		if ((ends_with(path, "/direction") || ends_with(path, "/value") || ends_with(path, "/brightness")) &&
		    fake_kernel.denied_opens > 0) {
			fake_kernel.denied_opens--;
			fake_kernel.last_denied = true;
			return fail(EACCES);
		}
	}
	if (strncmp(path, "/dev/spidev", strlen("/dev/spidev")) == 0)
		return open_spi(path, flags);
	if (fake_kernel.open_error && strcmp(path, fake_kernel.i2c_bus) == 0)
		return fail(fake_kernel.open_error);
	return openat(AT_FDCWD, path, flags, mode);
}

int __wrap___open_2(const char *path, int flags)
{
	return __wrap_open(path, flags);
}

int __wrap_access(const char *path, int mode)
{
	fake_kernel.calls++;
	if (in_sys(path) && mode & W_OK && fake_kernel.read_only)
		return fail(EROFS);
	if (in_sys(path) && mode & W_OK && fake_kernel.last_denied)
		return fail(EACCES);
	return __real_access(path, mode);
}

/* This machine's own GPIO chips are none of the tests' business: /dev is the one in the temporary directory. */
int __wrap_glob64(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *ret_paths)
{
	char ours[PATH_MAX];

	snprintf(ours, sizeof(ours), "%s%s", in_sys(pattern) ? "" : fake_kernel.root, pattern);
	return __real_glob64(ours, flags, on_error, ret_paths);
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *rest)
{
	(void)time;
	(void)rest;
	fake_kernel.calls++;
	fake_kernel.naps++;
	return 0;
}

static int smbus(const struct i2c_smbus_ioctl_data *call)
{
	fake_kernel.transfers++;
	if (fake_kernel.gone)
		return fail(ENODEV);
	if (fake_kernel.transfer_error)
		return fail(fake_kernel.transfer_error);
	if (call->read_write != I2C_SMBUS_WRITE)
		return fail(EREMOTEIO); /* the SN3218 acknowledges writes only */
	switch (call->size) {
	case I2C_SMBUS_BYTE:
		fake_kernel.questions++;
		return 0;
	case I2C_SMBUS_BYTE_DATA:
		fake_sn3218_write(&fake_kernel.chip, call->command, &call->data->byte, 1);
		return 0;
	case I2C_SMBUS_I2C_BLOCK_DATA:
		fake_sn3218_write(&fake_kernel.chip, call->command, call->data->block + 1, call->data->block[0]);
		return 0;
	default:
		return fail(EOPNOTSUPP);
	}
}

/* As the kernel's bit banger does it: the clock is low before and after. */
static int spi_message(const struct spi_ioc_transfer *transfer)
{
	const uint8_t *bytes = (const uint8_t *)(uintptr_t)transfer->tx_buf;

	if (fake_kernel.gone)
		return fail(ENODEV);
	if (transfer->len > FAKE_SPI_BUFFER)
		return fail(EMSGSIZE);
	fake_kernel.spi_messages++;
	if (transfer->len > fake_kernel.spi_longest)
		fake_kernel.spi_longest = transfer->len;
	for (uint32_t k = 0; k < 8 * transfer->len; k++) {
		fake_wire_set_data(&fake_kernel.wire, bytes[k / 8] >> (7 - k % 8) & 1);
		fake_wire_set_clock(&fake_kernel.wire, true);
		fake_wire_set_clock(&fake_kernel.wire, false);
	}
	return (int)transfer->len;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	fake_kernel.calls++;
	(void)fd;
	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request == I2C_SMBUS)
		return smbus(arg);
	if (request == SPI_IOC_MESSAGE(1))
		return spi_message(arg);
	if (request == SPI_IOC_RD_MODE)
		return 0;
	if (request == SPI_IOC_WR_MODE)
		return *(uint8_t *)arg == SPI_MODE_0 ? 0 : fail(EINVAL);
	if (request != I2C_SLAVE)
		return fail(ENOTTY);
	if (fake_kernel.slave_error)
		return fail(fake_kernel.slave_error);
	fake_kernel.addr = (uint8_t)(uintptr_t)arg;
	return 0;
}

void fake_kernel_init(void)
{
	struct fake_kernel *k = &fake_kernel;

	memset(k, 0, sizeof(*k));
	snprintf(k->root, sizeof(k->root), "/tmp/glow-kernel-XXXXXX");
	if (!mkdtemp(k->root))
		abort();
	snprintf(k->sys, sizeof(k->sys), "%.60s/sys", k->root);
	snprintf(k->i2c_bus, sizeof(k->i2c_bus), "%.60s/i2c-1", k->root);
	fake_kernel_add_file("sys/class/README", ""); /* a kernel always has the directory */
	fake_wires_init(&k->i2c_wires, &k->chip, 0x54);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void fake_kernel_fini(void)
{
	nftw(fake_kernel.root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	memset(&fake_kernel, 0, sizeof(fake_kernel));
}

void fake_kernel_add_file(const char *path, const char *text)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", fake_kernel.root, path);
	make_file(full, text);
}

const char *fake_kernel_read(const char *path)
{
	static char text[4096];
	char full[PATH_MAX];
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", fake_kernel.root, path);
	f = fopen(full, "r");
	text[f ? fread(text, 1, sizeof(text) - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
	return text;
}

void fake_kernel_add_gpio(const char *label, int base)
{
	const char *home = base < 0 ? "sys/class/gpio/chip0" : "sys/class/gpio";
	char chip[64], path[96], text[16];

	snprintf(chip, sizeof(chip), base < 0 ? "%s" : "%s/gpiochip%d", home, base);
	snprintf(path, sizeof(path), "%s/label", chip);
	fake_kernel_add_file(path, label);
	if (base >= 0) {
		snprintf(path, sizeof(path), "%s/base", chip);
		snprintf(text, sizeof(text), "%d\n", base);
		fake_kernel_add_file(path, text);
	}
	snprintf(path, sizeof(path), "%s/export", home);
	fake_kernel_add_file(path, "");
	snprintf(path, sizeof(path), "%s/unexport", home);
	fake_kernel_add_file(path, "");
	fake_kernel.data_line = (unsigned)(base < 0 ? 0 : base) + 23;
	fake_kernel.clock_line = fake_kernel.data_line + 1;
	fake_kernel.sda_line = fake_kernel.data_line - 21;
	fake_kernel.scl_line = fake_kernel.sda_line + 1;
}

void fake_kernel_add_i2c(void)
{
	fake_kernel_add_file("i2c-1", "");
}

void fake_kernel_add_spi(const char *overlay)
{
	char path[160], to[160], text[16];

	fake_kernel_add_file("dev/spidev10.0", "");
	snprintf(text, sizeof(text), "%d\n", FAKE_SPI_BUFFER);
	fake_kernel_add_file("sys/module/spidev/parameters/bufsiz", text);
	snprintf(path, sizeof(path), "sys/devices/platform/%s/spi_master/spi10/spi10.0/spidev/spidev10.0/dev", overlay);
	fake_kernel_add_file(path, "153:0\n");
	fake_kernel_add_file("sys/class/spidev/README", "");
	snprintf(path, sizeof(path), "%s/class/spidev/spidev10.0", fake_kernel.sys);
	snprintf(to, sizeof(to), "../../devices/platform/%s/spi_master/spi10/spi10.0/spidev/spidev10.0", overlay);
	if (symlink(to, path) < 0 && errno != EEXIST)
		abort();
}

void fake_kernel_add_leds(bool triggered)
{
	static const char *const colors[FAKE_OUTPUTS] = { "red",   "orange", "yellow", "green",  "blue",   "green",
							  "red",   "orange", "yellow", "white",  "white",  "blue",
							  "white", "green",  "blue",   "yellow", "orange", "red" };
	const char *triggers = triggered ? "none timer [heartbeat]\n" : "[none] timer heartbeat\n";
	char dir[64], path[96];

	for (int k = 0; k < FAKE_OUTPUTS; k++) {
		snprintf(dir, sizeof(dir), "sys/class/leds/piglow:%s:led%d", colors[k], k + 1);
		snprintf(path, sizeof(path), "%s/brightness", dir);
		fake_kernel_add_file(path, "");
		snprintf(path, sizeof(path), "%s/max_brightness", dir);
		fake_kernel_add_file(path, "255\n");
		snprintf(path, sizeof(path), "%s/trigger", dir);
		fake_kernel_add_file(path, triggers);
		fake_kernel.led[k] = 77; /* whatever was there before */
	}
}

struct glow_board_cfg fake_kernel_cfg(void)
{
	return (struct glow_board_cfg){
		.gpio = "sysfs",
		.pin_data = 23,
		.pin_clock = 24,
		.pin_sda = 2,
		.pin_scl = 3,
		.i2c = "auto",
		.i2c_bus = fake_kernel.i2c_bus,
		.spi = "/dev/spidev10.0",
		.spi_hz = 4000000,
		.color_order = "bgr",
		.sysfs = fake_kernel.sys,
		.shape = { GLOW_SHAPE_ROW, 8 },
	};
}
