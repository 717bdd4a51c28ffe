/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the kernel says in the files of sysfs and /proc: pins, LEDs and gauges are there, or one sentence says what is
 * missing. The input is the files of a tree, each begun by a line "=" with its letter and filled by what follows:
 *
 *	=l gpiochip512/label	=b gpiochip512/base	=L chip0/label
 *	=m max_brightness	=t trigger		(of every LED)
 *	=s /proc/stat		=i /proc/meminfo	=a /proc/loadavg
 *	=d temperature		=r received bytes	=w sent bytes
 *
 * A line of a file that is never begun is passed over. */

#include <ftw.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glow/leds.h>
#include <glow/pins.h>

#include "../../bridge/io/meter_read.h"
#include "fuzz.h"

static const struct {
	char letter;
	const char *path;
} files[] = {
	{ 'l', "class/gpio/gpiochip512/label" },
	{ 'b', "class/gpio/gpiochip512/base" },
	{ 'L', "class/gpio/chip0/label" },
	{ 'm', "class/leds/max_brightness" },
	{ 't', "class/leds/trigger" },
	{ 's', "proc/stat" },
	{ 'i', "proc/meminfo" },
	{ 'a', "proc/loadavg" },
	{ 'd', "class/thermal/thermal_zone0/temp" },
	{ 'r', "class/net/eth0/statistics/rx_bytes" },
	{ 'w', "class/net/eth0/statistics/tx_bytes" },
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

static char root[64];
static FILE *out;

/* ---- the tree ---- */

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about;
	(void)kind;
	(void)where;
	return remove(path);
}

static void remove_tree(void)
{
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make(const char *path, const char *text)
{
	char whole[200];
	FILE *made;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(whole, 0700);
	}
	made = fopen(whole, "we");
	CHECK(made);
	fputs(text, made);
	fclose(made);
}

static void make_led(int k)
{
	static const char *const linked[] = { "max_brightness", "trigger" };
	char path[100], to[200];

	snprintf(path, sizeof(path), "class/leds/piglow:red:led%d/brightness", k);
	make(path, "0");
	for (int j = 0; j < 2; j++) {
		snprintf(path, sizeof(path), "../%s", linked[j]);
		snprintf(to, sizeof(to), "%s/class/leds/piglow:red:led%d/%s", root, k, linked[j]);
		CHECK(symlink(path, to) == 0);
	}
}

/* Beside the input's files, what belongs to a chip of base 512, and to one that counts its own lines. */
static void make_tree(void)
{
	static const char *const fixed[] = {
		"class/gpio/export",
		"class/gpio/unexport",
		"class/gpio/gpio535/value",
		"class/gpio/gpio535/direction",
		"class/gpio/gpio536/value",
		"class/gpio/gpio536/direction",
		"class/gpio/chip0/export",
		"class/gpio/chip0/unexport",
		"class/gpio/chip0/gpio23/value",
		"class/gpio/chip0/gpio24/value",
		"class/gpio/chip0/gpio23/direction",
		"class/gpio/chip0/gpio24/direction",
	};

	snprintf(root, sizeof(root), "%s/glow-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(root));
	atexit(remove_tree);
	fuzz_clear = remove_tree;
	for (size_t k = 0; k < sizeof(fixed) / sizeof(fixed[0]); k++)
		make(fixed[k], "");
	for (size_t k = 0; k < N_FILES; k++)
		make(files[k].path, "");
	for (int k = 1; k <= GLOW_SN3218_OUTPUTS; k++)
		make_led(k);
}

static void open_file(const char *mode, size_t k)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", root, files[k].path);
	if (out)
		fclose(out);
	out = fopen(path, mode);
	CHECK(out);
}

/* A file may have a NUL, but here it ends a line. */
static void take(const char *line, size_t len)
{
	for (size_t k = 0; line[0] == '=' && k < N_FILES; k++)
		if (line[1] == files[k].letter) {
			open_file("we", k);
			return;
		}
	if (out)
		fprintf(out, "%.*s\n", (int)len, line);
}

/* ---- what reads it ---- */

static void check_open(int r, const struct glow_diag *diag)
{
	CHECK(r <= 0);
	CHECK(r == 0 || diag->what[0]);
}

static void check_backend(const char *backend, size_t size)
{
	CHECK(memchr(backend, '\0', size));
	CHECK(backend[0]);
}

static void try_pins(const struct glow_board_cfg *cfg)
{
	struct glow_diag diag = { .what = "" };
	struct glow_pins *pins;
	int r = glow_pins_open(cfg, &pins, &diag);

	check_open(r, &diag);
	if (r < 0)
		return;
	check_backend(pins->backend, sizeof(pins->backend));
	CHECK(pins->ops->send(pins, (const uint8_t[]){ 0x80 }, 1) == 0);
	pins->ops->close(pins);
}

static void try_leds(const struct glow_board_cfg *cfg)
{
	static const uint8_t levels[GLOW_SN3218_OUTPUTS] = { 0, 1, 128, 255 };
	struct glow_diag diag = { .what = "" };
	struct glow_leds *leds;
	int r = glow_leds_open_class(cfg, &leds, &diag);

	check_open(r, &diag);
	if (r < 0)
		return;
	CHECK(leds->ops->show(leds, levels) == 0);
	glow_leds_close(leds);
}

static void try_meters(void)
{
	struct glow_meters meters;
	char proc[80];

	snprintf(proc, sizeof(proc), "%s/proc", root);
	glow_meters_init(&meters, root);
	for (int k = 1; k <= 2; k++) {
		glow_meters_read_at(&meters, proc, k * INT64_C(1000000000));
		for (int j = 0; j < GLOW_METERS; j++)
			CHECK(meters.permille[j] <= 1000);
		CHECK(!isinf(meters.temperature_c) && meters.network_mbit_s >= 0);
		open_file("we", N_FILES - 1); /* the counter goes on, or back */
		fputs("123456", out);
		fclose(out);
		out = NULL;
	}
}

void fuzz_sysfs(const uint8_t *data, size_t size)
{
	struct glow_board_cfg cfg = { .gpio = "sysfs", .pin_data = 23, .pin_clock = 24, .sysfs = root };

	if (!root[0])
		make_tree();
	for (size_t k = 0; k < N_FILES; k++)
		open_file("we", k);
	fclose(out);
	out = NULL;
	fuzz_lines(data, size, 400, take);
	if (out)
		fclose(out);
	out = NULL;
	try_pins(&cfg);
	cfg.gpio_chip = "other";
	try_pins(&cfg);
	try_leds(&cfg);
	try_meters();
}
