/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* --doctor: why is it dark? Looks at each thing that is needed, in the order in
 * which a person would mend them, and says the cure where one is missing. */

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

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

bool glow_doctor_broker(const struct glow_mqtt_cfg *cfg, const char *node)
{
	struct glow_mqtt_cfg mqtt = *cfg;
	char why[160] = "", line[512], client[GLOW_TOPIC_MAX + 1];

	snprintf(client, sizeof(client), "%.200s-doctor", node); /* not the own id: that would end its connection */
	mqtt.client_id = client;
	if (glow_mqtt_check(&mqtt, why) < 0)
		return glow_doctor_say(false, "broker", why);
	snprintf(line, sizeof(line), "%s lets us in", mqtt.broker);
	return glow_doctor_say(true, "broker", line);
}

bool glow_doctor_clock(int64_t built_us)
{
	struct glow_wall wall = glow_wall_now();
	bool set = (glow_raw_now().ns + wall.offset_ns) / 1000 > built_us;

	if (!set)
		return glow_doctor_say(
			false, "clock",
			"the wall clock is unset; let timesyncd or chrony set it (a Pi has no clock chip)");
	return glow_doctor_say(true, "clock",
			       wall.synchronised ? "the wall clock is set, and kept right" : "the wall clock is set");
}
