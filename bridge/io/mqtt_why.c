/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Paho answers -1 to an untrusted certificate, a wrong name, a port without TLS
 * and a silent broker alike. People need to know which, so after a failure the
 * same steps are taken once more by hand: files, then TLS. */

#include "mqtt_why.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <MQTTReasonCodes.h>

#include "tls_files.h"
#include "tls_why.h"

const char *glow_mqtt_reason_text(int reason)
{
	const char *text;

	switch (reason) {
	case MQTTREASONCODE_UNSUPPORTED_PROTOCOL_VERSION:
		return "it does not speak MQTT 5";
	case MQTTREASONCODE_CLIENT_IDENTIFIER_NOT_VALID:
		return "client id refused";
	case MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD:
		return "user name or password refused";
	case MQTTREASONCODE_NOT_AUTHORIZED:
		return "not authorized";
	case MQTTREASONCODE_SERVER_UNAVAILABLE:
		return "server unavailable";
	case MQTTREASONCODE_SERVER_BUSY:
		return "server busy";
	case MQTTREASONCODE_BANNED:
		return "this client is banned";
	default:
		text = MQTTReasonCode_toString(reason);
		return text ? text : "unknown reason";
	}
}

bool glow_mqtt_explain_files(const struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	const struct glow_mqtt_cfg *cfg = link->cfg;

	return link->tls && glow_tls_files_explain(cfg->ca_file, cfg->cert_file, cfg->key_file, why, GLOW_MQTT_WHY);
}

static int explain_tls(const struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	char name[sizeof(link->host)];
	const struct glow_tls_question question = { .peer = &link->peer,
						    .where = link->where,
						    .name = name,
						    .ca_file = link->cfg->ca_file,
						    .cert_file = link->cfg->cert_file,
						    .key_file = link->cfg->key_file };
	int r;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(link->host, "%"), link->host);
	r = glow_tls_explain(&question, why);
	if (r < 0)
		return r;
	/* This time all went well, so what Paho met is all there is to tell. */
	if (link->tls_error[0])
		snprintf(why, GLOW_MQTT_WHY, "no TLS with %s: %.150s", link->where, link->tls_error);
	else
		snprintf(why, GLOW_MQTT_WHY, "%s hung up at once: is it an MQTT broker?", link->where);
	return -ECONNREFUSED;
}

static void explain_plain(const struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	if (glow_tls_is_spoken(&link->peer))
		snprintf(why, GLOW_MQTT_WHY, "%s hung up at once: TLS is spoken there; use mqtts://", link->where);
	else
		snprintf(why, GLOW_MQTT_WHY, "%s hung up at once: is it an MQTT broker?", link->where);
}

int glow_mqtt_explain(const struct glow_link *link, int reason, bool timed_out, char why[GLOW_MQTT_WHY])
{
	if (reason == MQTTREASONCODE_NOT_AUTHORIZED)
		/* Mosquitto says this of a wrong password, too. */
		snprintf(why, GLOW_MQTT_WHY, "%s: user name or password refused (not authorized)", link->where);
	else if (reason > 0)
		snprintf(why, GLOW_MQTT_WHY, "%s: %s", link->where, glow_mqtt_reason_text(reason));
	else if (glow_mqtt_explain_files(link, why))
		return -EINVAL;
	else if (timed_out)
		snprintf(why, GLOW_MQTT_WHY, "%s accepts connections but does not answer", link->where);
	else if (link->tls)
		return explain_tls(link, why);
	else
		explain_plain(link, why);
	return -ECONNREFUSED;
}
