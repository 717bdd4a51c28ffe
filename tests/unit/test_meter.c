/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The meters on a /proc and a /sys made by the test, in a directory of its own. */

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bridge/io/meter_read.h"

#define S INT64_C(1000000000)

static char root[] = "/tmp/glow-meter-XXXXXX";
static char proc[64], sysfs[64];

/* Writes root/path, making the folders on the way. */
static void file_put(const char *path, const char *text)
{
	char name[256];
	FILE *out;

	snprintf(name, sizeof(name), "%s/%s", root, path);
	for (char *slash = name + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(name, 0700);
		*slash = '/';
	}
	out = fopen(name, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int tree_make(void **state)
{
	(void)state;
	memset(root + strlen(root) - 6, 'X', 6);
	if (!mkdtemp(root))
		return -1;
	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(sysfs, sizeof(sysfs), "%s/sys", root);
	return 0;
}

static int tree_remove(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void cpu_is_a_mean_since_the_last_call(void **state)
{
	struct glow_meters m;

	(void)state;
	glow_meters_init(&m, sysfs);
	file_put("proc/stat", "cpu  100 10 50 800 40 1 2 3 77 0\ncpu0 1 2 3 4\ncpu1 1 2 3 4\nintr 5\n");
	glow_meters_read_at(&m, proc, 1 * S);
	assert_int_equal(m.permille[GLOW_METER_CPU], 0); /* nothing to compare with yet */
	/* busy +30 (user, nice, system, irq, softirq, steal 5 each), idle +40, iowait +30; guest does not count */
	file_put("proc/stat", "cpu  105 15 55 840 70 6 7 8 999 0\ncpu0 1 2 3 4\n");
	glow_meters_read_at(&m, proc, 2 * S);
	assert_int_equal(m.permille[GLOW_METER_CPU], 300);
	file_put("proc/stat", "cpu  1105 15 55 840 70 6 7 8 999 0\ncpu0 1 2 3 4\n");
	glow_meters_read_at(&m, proc, 3 * S);
	assert_int_equal(m.permille[GLOW_METER_CPU], 1000);
	file_put("proc/stat", "cpu  5 15 55 840 70 6 7 8 999 0\ncpu0 1 2 3 4\n"); /* went back */
	glow_meters_read_at(&m, proc, 4 * S);
	assert_int_equal(m.permille[GLOW_METER_CPU], 0);
}

static void memory_and_load(void **state)
{
	struct glow_meters m;

	(void)state;
	glow_meters_init(&m, sysfs);
	file_put("proc/meminfo",
		 "MemTotal:        1000 kB\nMemFree:  1 kB\nMemAvailable:     250 kB\nSwapTotal: 7 kB\n");
	file_put("proc/loadavg", "1.50 0.70 0.30 1/200 4242\n");
	file_put("proc/stat", "cpu  1 1 1 1 1 1 1 1\ncpu0 1\ncpu1 1\ncpu2 1\ncpu3 1\nintr 1\ncpu4 no\n");
	glow_meters_read_at(&m, proc, S);
	assert_int_equal(m.permille[GLOW_METER_MEMORY], 750);
	assert_true(fabs(m.load1 - 1.5) < 1e-9);
	assert_int_equal(m.permille[GLOW_METER_LOAD], 375);
	file_put("proc/loadavg", "9.00 0.70 0.30 1/200 4242\n");
	glow_meters_read_at(&m, proc, 2 * S);
	assert_int_equal(m.permille[GLOW_METER_LOAD], 1000);
}

static void temperature(void **state)
{
	static const struct {
		const char *text;
		int permille;
	} cases[] = { { "57500\n", 500 }, { "30000\n", 0 }, { "85000\n", 1000 }, { "-5000\n", 0 }, { "99000", 1000 } };
	struct glow_meters m;

	(void)state;
	glow_meters_init(&m, sysfs);
	glow_meters_read_at(&m, proc, S);
	assert_true(isnan(m.temperature_c));
	assert_int_equal(m.permille[GLOW_METER_TEMPERATURE], 0);
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		file_put("sys/class/thermal/thermal_zone0/temp", cases[k].text);
		glow_meters_read_at(&m, proc, 2 * S);
		assert_int_equal(m.permille[GLOW_METER_TEMPERATURE], cases[k].permille);
		assert_true(fabs(m.temperature_c - strtod(cases[k].text, NULL) / 1000) < 1e-9);
	}
	file_put("sys/class/thermal/thermal_zone0/temp", "no number\n");
	file_put("sys/class/thermal/thermal_zone3/temp", "41000\n"); /* the first that can be read */
	glow_meters_read_at(&m, proc, 3 * S);
	assert_true(fabs(m.temperature_c - 41) < 1e-9);
}

static void interface_put(const char *name, const char *rx, const char *tx)
{
	char path[128];

	snprintf(path, sizeof(path), "sys/class/net/%s/statistics/rx_bytes", name);
	file_put(path, rx);
	snprintf(path, sizeof(path), "sys/class/net/%s/statistics/tx_bytes", name);
	file_put(path, tx);
}

/* The bar after `bytes` more on `name`, two seconds after a reading. */
static int network_after(const char *name, uint64_t bytes, double *ret_mbit_s)
{
	struct glow_meters m;
	char text[32];

	glow_meters_init(&m, sysfs);
	interface_put(name, "1000", "500");
	glow_meters_read_at(&m, proc, 10 * S);
	assert_int_equal(m.permille[GLOW_METER_NETWORK], 0);
	snprintf(text, sizeof(text), "%ju\n", (uintmax_t)(1000 + bytes));
	interface_put(name, text, "500");
	glow_meters_read_at(&m, proc, 12 * S);
	*ret_mbit_s = m.network_mbit_s;
	return m.permille[GLOW_METER_NETWORK];
}

static void network(void **state)
{
	static const char *const inner[] = { "lo", "docker0", "docker_gwbridge", "veth12ab", "br-0123" };
	double mbit_s;

	(void)state;
	assert_int_equal(network_after("eth0", 25000000, &mbit_s), 1000); /* 100 Mbit/s for two seconds */
	assert_true(fabs(mbit_s - 100) < 1e-9);
	assert_int_equal(network_after("eth0", 250, &mbit_s), 0);     /* 1 kbit/s */
	assert_int_equal(network_after("eth0", 25000, &mbit_s), 400); /* 100 kbit/s: two of five decades */
	assert_int_equal(network_after("eth0", 250000000, &mbit_s), 1000);
	assert_int_equal(network_after("eth0", 0, &mbit_s), 0);
	for (size_t k = 0; k < sizeof(inner) / sizeof(inner[0]); k++) {
		assert_int_equal(network_after(inner[k], 25000000, &mbit_s), 0);
		assert_true(mbit_s == 0);
	}
	assert_int_equal(network_after("wlan0", 25000000, &mbit_s), 1000); /* control */
}

static void network_restarts(void **state)
{
	struct glow_meters m;

	(void)state;
	glow_meters_init(&m, sysfs);
	interface_put("eth0", "18446744073709551000", "100");
	glow_meters_read_at(&m, proc, 1 * S);
	interface_put("eth0", "0", "100");
	glow_meters_read_at(&m, proc, 2 * S);
	assert_true(m.network_mbit_s == 0);
	interface_put("eth0", "125000", "100");
	glow_meters_read_at(&m, proc, 3 * S);
	assert_true(fabs(m.network_mbit_s - 1) < 1e-9);
}

/* This machine, whatever it is, gives values in range. */
static void real_machine(void **state)
{
	struct glow_meters m;

	(void)state;
	glow_meters_init(&m, "/sys");
	glow_meters_read(&m);
	glow_meters_read(&m);
	for (int k = 0; k < GLOW_METERS; k++)
		assert_in_range(m.permille[k], 0, 1000);
	assert_in_range(m.permille[GLOW_METER_MEMORY], 1, 999);
	assert_true(m.last_ns > 0);
	glow_meters_init(&m, "/nowhere"); /* control: a source that is missing reads 0 */
	glow_meters_read_at(&m, "/nowhere", S);
	for (int k = 0; k < GLOW_METERS; k++)
		assert_int_equal(m.permille[k], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cpu_is_a_mean_since_the_last_call, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(memory_and_load, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(temperature, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(network, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(network_restarts, tree_make, tree_remove),
		cmocka_unit_test(real_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
