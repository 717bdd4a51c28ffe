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
#include <glow/topics.h>

#include "doctor.h"

bool glow_doctor_say(bool fine, const char *what, const char *how)
{
	printf("%s  %-8s %s\n", fine ? "ok  " : "FAIL", what, how);
	return fine;
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
