/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Five gauges from text files of the kernel. /proc shows a container the whole
 * machine's processor, memory and load; network and temperature come from the
 * given sysfs, which may be the host's. Counters are taken as they are and only
 * their growth counts, so one that starts again (an interface that left) gives
 * 0 once and not a wild value. */

#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/clock.h>
#include <glow/meter.h>

#include "meter_read.h"

#define PATH_SIZE 512
#define LINE_SIZE 512

static const double full_bar_network_bit_s = 100e6, empty_bar_network_bit_s = 1e3;
static const double full_bar_c = 85, empty_bar_c = 30;

static uint16_t permille(double part)
{
	if (!(part > 0)) /* NAN too */
		return 0;
	return part >= 1 ? 1000 : (uint16_t)lround(part * 1000);
}

/* The growth of a counter; 0 when it went back. */
static uint64_t growth(uint64_t *before, uint64_t now)
{
	uint64_t d = now > *before ? now - *before : 0;

	*before = now;
	return d;
}

static FILE *file_open(const char *folder, const char *name)
{
	char path[PATH_SIZE];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return NULL;
	return fopen(path, "re");
}

/* The file's first line; false, and an empty one, if there is none. */
static bool line_read(const char *folder, const char *name, char ret_line[LINE_SIZE])
{
	FILE *in = file_open(folder, name);
	bool ok = in && fgets(ret_line, LINE_SIZE, in);

	if (in)
		fclose(in);
	if (!ok)
		ret_line[0] = '\0';
	return ok;
}

/* /proc/stat, proc(5): user nice system idle iowait irq softirq steal; guests
 * are in user already. Returns the number of processors, 0 without the file. */
static unsigned cpu_read(const char *proc, uint64_t *ret_busy, uint64_t *ret_total)
{
	FILE *in = file_open(proc, "stat");
	uint64_t v[8] = { 0 };
	char line[LINE_SIZE];
	unsigned n_cpus = 0;

	while (in && fgets(line, sizeof(line), in) && strncmp(line, "cpu", 3) == 0) {
		char *at = line + 3;

		n_cpus += *at != ' ';
		for (int k = 0; k < 8 && line[3] == ' '; k++)
			v[k] = strtoull(at, &at, 10);
	}
	if (in)
		fclose(in);
	*ret_busy = v[0] + v[1] + v[2] + v[5] + v[6] + v[7];
	*ret_total = *ret_busy + v[3] + v[4];
	return n_cpus;
}

/* Part of the memory that is not available to a new program. */
static double memory_read(const char *proc)
{
	static const char total_key[] = "MemTotal:", available_key[] = "MemAvailable:";
	FILE *in = file_open(proc, "meminfo");
	double total = 0, available = 0;
	char line[LINE_SIZE];

	while (in && fgets(line, sizeof(line), in)) {
		if (strncmp(line, total_key, sizeof(total_key) - 1) == 0)
			total = strtod(line + sizeof(total_key) - 1, NULL);
		if (strncmp(line, available_key, sizeof(available_key) - 1) == 0)
			available = strtod(line + sizeof(available_key) - 1, NULL);
	}
	if (in)
		fclose(in);
	return total > 0 ? 1 - available / total : 0;
}

/* The first thermal zone that can be read: on a Raspberry Pi the processor. */
static double temperature_read(const char *sysfs)
{
	for (int zone = 0; zone < 16; zone++) {
		char name[64], line[LINE_SIZE], *end;
		long millidegrees;

		snprintf(name, sizeof(name), "class/thermal/thermal_zone%d/temp", zone);
		if (!line_read(sysfs, name, line))
			continue;
		millidegrees = strtol(line, &end, 10);
		if (end != line)
			return (double)millidegrees / 1000;
	}
	return NAN;
}

static double load_read(const char *proc)
{
	char line[LINE_SIZE];

	return line_read(proc, "loadavg", line) ? strtod(line, NULL) : 0;
}

/* Bridges and container ends would count the same bytes again. */
static bool interface_counts(const char *name)
{
	static const char *const inner[] = { ".", "docker", "veth", "br-" };

	for (size_t k = 0; k < sizeof(inner) / sizeof(inner[0]); k++)
		if (strncmp(name, inner[k], strlen(inner[k])) == 0)
			return false;
	return strcmp(name, "lo") != 0;
}

static uint64_t counter_read(const char *folder, const char *interface, const char *counter)
{
	char name[PATH_SIZE], line[LINE_SIZE];

	snprintf(name, sizeof(name), "%s/statistics/%s", interface, counter);
	return line_read(folder, name, line) ? strtoull(line, NULL, 10) : 0;
}

static uint64_t network_read(const char *sysfs)
{
	char folder[PATH_SIZE];
	struct dirent *entry;
	uint64_t bytes = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/class/net", sysfs);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir)))
		if (interface_counts(entry->d_name))
			bytes += counter_read(folder, entry->d_name, "rx_bytes") +
				 counter_read(folder, entry->d_name, "tx_bytes");
	if (dir)
		closedir(dir);
	return bytes;
}

void glow_meters_init(struct glow_meters *meters, const char *sysfs)
{
	*meters = (struct glow_meters){ .sysfs = sysfs, .temperature_c = NAN };
}

void glow_meters_read_at(struct glow_meters *m, const char *proc, int64_t now_ns)
{
	double seconds = m->last_ns ? (double)(now_ns - m->last_ns) / 1e9 : 0;
	uint64_t busy, total;
	unsigned n_cpus = cpu_read(proc, &busy, &total);
	double d_busy = (double)growth(&m->cpu_busy, busy), d_total = (double)growth(&m->cpu_total, total);
	double bit_s = 8 * (double)growth(&m->net_bytes, network_read(m->sysfs));

	bit_s = seconds > 0 ? bit_s / seconds : 0;
	m->last_ns = now_ns;
	m->temperature_c = temperature_read(m->sysfs);
	m->load1 = load_read(proc);
	m->network_mbit_s = bit_s / 1e6;
	m->permille[GLOW_METER_CPU] = permille(seconds > 0 && d_total > 0 ? d_busy / d_total : 0);
	m->permille[GLOW_METER_MEMORY] = permille(memory_read(proc));
	m->permille[GLOW_METER_TEMPERATURE] = permille((m->temperature_c - empty_bar_c) / (full_bar_c - empty_bar_c));
	m->permille[GLOW_METER_LOAD] = permille(n_cpus ? m->load1 / n_cpus : 0);
	m->permille[GLOW_METER_NETWORK] = permille(log10(bit_s / empty_bar_network_bit_s) /
						   log10(full_bar_network_bit_s / empty_bar_network_bit_s));
}

void glow_meters_read(struct glow_meters *meters)
{
	glow_meters_read_at(meters, "/proc", glow_mono_now().ns);
}
