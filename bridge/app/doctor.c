/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* --doctor: why is it dark? Looks at each thing that is needed, in the order in
 * which a person would mend them, and says the cure where one is missing. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <glow/clock.h>
#include <glow/complaints.h>
#include <glow/topics.h>

#include "doctor.h"

#define SWARM_PORT 7946

bool glow_doctor_say(bool fine, const char *what, const char *how)
{
	printf("%s  %-8s %s\n", fine ? "ok  " : "FAIL", what, how);
	return fine;
}

void glow_doctor_note(const char *what, const char *how)
{
	printf("note  %-8s %s\n", what, how);
}

/* Of /proc/net/tcp and tcp6: "   0: 00000000:1F0A 00000000:0000 0A …", 0A being a listener. */
static bool listens(const char *path, unsigned port)
{
	char line[256];
	unsigned local, state;
	bool found = false;
	FILE *in = fopen(path, "re");

	while (in && !found && fgets(line, sizeof(line), in))
		found = sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x", &local, &state) == 2 &&
			local == port && state == 0x0A;
	if (in)
		fclose(in);
	return found;
}

bool glow_doctor_swarm(void)
{
	return listens("/proc/net/tcp", SWARM_PORT) || listens("/proc/net/tcp6", SWARM_PORT);
}

int glow_doctor_verdict(bool fine)
{
	puts(fine ? "all is well" : "something is missing: mend the lines marked FAIL from the top");
	return fine ? 0 : EX_UNAVAILABLE;
}

bool glow_doctor_broker(const struct glow_mqtt_cfg *cfg, const char *node, bool *ret_disputed)
{
	struct glow_mqtt_cfg mqtt = *cfg;
	char why[GLOW_MQTT_WHY] = "", line[GLOW_MQTT_WHY + 16], client[GLOW_TOPIC_MAX + 1];
	int r;

	snprintf(client, sizeof(client), "%.200s-doctor", node); /* not the own id: that would end its connection */
	mqtt.client_id = client;
	r = glow_mqtt_check(&mqtt, why);
	*ret_disputed = r == -ETIME;
	if (r < 0)
		return glow_doctor_say(false, "broker", why);
	snprintf(line, sizeof(line), "%s lets us in", why);
	return glow_doctor_say(true, "broker", line);
}

static bool say_limits(const struct glow_mqtt_found *found)
{
	const char *unsent = found->unsent[0][0] ? found->unsent[0] : found->unsent[1];
	const uint32_t most = found->limits.packet_max;
	char line[GLOW_MQTT_WHY];
	bool fine = !unsent[0];

	for (unsigned k = 0; glow_mqtt_limits_say(&found->limits, k, line); k++)
		fine = glow_doctor_say(false, "limits", line);
	if (unsent[0])
		return glow_doctor_say(false, "limits", unsent);
	if (most < GLOW_MQTT_PACKET_MAX)
		snprintf(line, sizeof(line),
			 "the broker takes packets of at most %u bytes; long playlists and rosters may be larger: set "
			 "max_packet_size %d in its configuration",
			 most, GLOW_MQTT_PACKET_MAX);
	if (most < GLOW_MQTT_PACKET_MAX)
		glow_doctor_note("limits", line);
	else if (fine)
		glow_doctor_say(true, "limits", "the broker takes all that a cluster sends");
	return fine;
}

/* The first message and `also` have to be let, the one behind them need not. */
static bool say_rules(const struct glow_mqtt_found *found, const struct glow_doctor_patient *patient, const char *hint,
		      const char *instead)
{
	const char *refused = found->refused[0], *wished = found->refused[patient->also ? 2 : 1];
	char line[2 * GLOW_MQTT_WHY];

	if (!refused[0] && patient->also)
		refused = found->refused[1];
	if (refused[0])
		snprintf(line, sizeof(line), "%.*s%s", GLOW_MQTT_WHY - 1, refused, hint);
	else if (found->limits.qos_max == 0)
		snprintf(line, sizeof(line), "of QoS 0 the broker does not say what its rules refuse");
	else
		snprintf(line, sizeof(line), "the broker lets us publish %s%s%s", patient->own,
			 patient->also ? " and " : "", patient->also ? patient->also : "");
	if (refused[0])
		return glow_doctor_say(false, "rules", line);
	if (found->limits.qos_max == 0)
		glow_doctor_note("rules", line);
	else
		glow_doctor_say(true, "rules", line);
	snprintf(line, sizeof(line), "%.*s; %s", GLOW_MQTT_WHY - 1, wished, instead);
	if (wished[0])
		glow_doctor_note("rules", line);
	return true;
}

bool glow_doctor_limits(const struct glow_mqtt_cfg *cfg, const struct glow_doctor_patient *patient,
			const struct glow_message *message, const char *instead)
{
	struct glow_message messages[GLOW_MQTT_PROBES] = { { .topic = patient->own, .payload = "", .qos = 1 } };
	struct glow_mqtt_cfg mqtt = *cfg;
	struct glow_mqtt_found found;
	char why[GLOW_MQTT_WHY] = "", client[GLOW_TOPIC_MAX + 1], hint[GLOW_ACCOUNT_HINT];
	size_t n = 1;
	bool fine;

	if (patient->also)
		messages[n++] = (struct glow_message){ .topic = patient->also, .payload = "", .qos = 1 };
	if (message)
		messages[n++] = *message;
	glow_account_hint(patient->what, patient->id, cfg->username, hint);
	snprintf(client, sizeof(client), "%.200s-doctor", patient->id);
	mqtt.client_id = client;
	if (glow_mqtt_probe(&mqtt, messages, n, &found, why) < 0)
		return glow_doctor_say(false, "limits", why);
	fine = say_limits(&found);
	return say_rules(&found, patient, hint, instead) && fine;
}

bool glow_doctor_clock(int64_t built_us, bool disputed)
{
	struct glow_wall wall = glow_wall_now();
	int64_t now_us = (glow_raw_now().ns + wall.offset_ns) / 1000;
	time_t now_s = (time_t)(now_us / GLOW_US_PER_S);
	char now[32], line[192];
	struct tm tm;

	strftime(now, sizeof(now), "%Y-%m-%d %H:%M UTC", gmtime_r(&now_s, &tm));
	if (now_us <= built_us)
		snprintf(line, sizeof(line),
			 "the wall clock is unset: it says %s; let timesyncd or chrony set it (a Pi has no clock chip)",
			 now);
	else if (disputed && !wall.synchronised)
		snprintf(line, sizeof(line),
			 "the wall clock says %s and nothing keeps it right: it may be what is wrong, and not the"
			 " certificate; see timedatectl",
			 now);
	else
		snprintf(line, sizeof(line), "the wall clock is set%s: %s", wall.synchronised ? ", and kept right" : "",
			 now);
	return glow_doctor_say(now_us > built_us && (wall.synchronised || !disputed), "clock", line);
}
