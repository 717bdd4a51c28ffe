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
		return "it does not speak MQTT 5, which Glowswarm needs";
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
	case MQTTREASONCODE_USE_ANOTHER_SERVER:
		return "another broker is to be used for now";
	case MQTTREASONCODE_SERVER_MOVED:
		return "another broker is to be used from now on";
	default:
		text = MQTTReasonCode_toString(reason);
		return text ? text : "unknown reason";
	}
}

bool glow_mqtt_is_final(int reason)
{
	static const int final[] = { MQTTREASONCODE_UNSUPPORTED_PROTOCOL_VERSION,
				     MQTTREASONCODE_CLIENT_IDENTIFIER_NOT_VALID,
				     MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD,
				     MQTTREASONCODE_NOT_AUTHORIZED,
				     MQTTREASONCODE_BANNED,
				     MQTTREASONCODE_BAD_AUTHENTICATION_METHOD,
				     MQTTREASONCODE_SERVER_MOVED };

	for (size_t k = 0; k < sizeof(final) / sizeof(final[0]); k++)
		if (final[k] == reason)
			return true;
	return false;
}

bool glow_mqtt_explain_files(const struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	const struct glow_mqtt_cfg *cfg = link->cfg;

	return link->tls && glow_tls_files_explain(cfg->ca_file, cfg->cert_file, cfg->key_file, why, GLOW_MQTT_WHY);
}

static void say_no_broker(const struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	snprintf(why, GLOW_MQTT_WHY, "%s hung up at once: is it an MQTT broker, and does it speak MQTT 5?",
		 link->where);
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
		say_no_broker(link, why);
	return -ECONNREFUSED;
}

static void explain_plain(const struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	if (glow_tls_is_spoken(&link->peer))
		snprintf(why, GLOW_MQTT_WHY, "%s hung up at once: TLS is spoken there; use mqtts://", link->where);
	else
		say_no_broker(link, why);
}

/* Where else to go, and the broker's own words. */
static void add_words(const struct glow_parting *parting, char why[GLOW_MQTT_WHY])
{
	size_t len = strlen(why);

	if (parting->server[0])
		len += (size_t)snprintf(why + len, GLOW_MQTT_WHY - len, ": it names %s", parting->server);
	if (parting->words[0] && len < GLOW_MQTT_WHY)
		snprintf(why + len, GLOW_MQTT_WHY - len, " (\"%s\")", parting->words);
}

int glow_mqtt_explain(const struct glow_link *link, int reason, bool timed_out, char why[GLOW_MQTT_WHY])
{
	if (link->stream.old)
		snprintf(why, GLOW_MQTT_WHY,
			 "%s speaks MQTT 3.1.1 only, and Glowswarm needs MQTT 5: Mosquitto does from 1.6 on",
			 link->where);
	else if (reason == MQTTREASONCODE_NOT_AUTHORIZED)
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
	add_words(&link->stream.entry, why);
	return -ECONNREFUSED;
}

/* A DISCONNECT, where more can be said than what its reason is called. */
static void say_goodbye(const struct glow_link *link, char text[GLOW_MQTT_WHY])
{
	static const struct {
		int reason;
		const char *text;
	} known[] = {
		{ MQTTREASONCODE_SUCCESS, "it gave no reason" },
		{ MQTTREASONCODE_NOT_AUTHORIZED, "not authorized; were its accounts or rules changed?" },
		{ MQTTREASONCODE_SERVER_SHUTTING_DOWN, "it is shutting down" },
		{ MQTTREASONCODE_KEEP_ALIVE_TIMEOUT, "it heard nothing from us for too long (keep alive timeout)" },
		{ MQTTREASONCODE_PACKET_TOO_LARGE, "a packet was too large for it; see its max_packet_size" },
		{ MQTTREASONCODE_QUOTA_EXCEEDED, "quota exceeded; see its limits" },
		{ MQTTREASONCODE_ADMINISTRATIVE_ACTION, "somebody ended it there (administrative action)" },
	};
	int reason = link->stream.goodbye.reason;

	snprintf(text, GLOW_MQTT_WHY, "%s", glow_mqtt_reason_text(reason));
	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (known[k].reason == reason)
			snprintf(text, GLOW_MQTT_WHY, "%s", known[k].text);
	if (reason != MQTTREASONCODE_SESSION_TAKEN_OVER)
		return;
	if (link->cfg->lead_id && link->id == link->cfg->lead_id)
		snprintf(text, GLOW_MQTT_WHY, "another conductor took the lead (session taken over)");
	else
		snprintf(text, GLOW_MQTT_WHY,
			 "another client took the id %.80s (session taken over): does something of the same name run "
			 "twice? Each needs a name of its own",
			 link->id);
}

void glow_mqtt_explain_end(const struct glow_link *link, bool at_once, char why[GLOW_MQTT_WHY])
{
	char text[GLOW_MQTT_WHY];

	if (link->stream.goodbye.said) {
		say_goodbye(link, text);
		snprintf(why, GLOW_MQTT_WHY, "connection to %s ended by the broker: %.250s", link->where, text);
		add_words(&link->stream.goodbye, why);
	} else if (link->silent) {
		snprintf(why, GLOW_MQTT_WHY, "connection to %s lost: nothing was heard for %u s", link->where,
			 link->alive.silent_ms / 1000);
	} else {
		snprintf(why, GLOW_MQTT_WHY, "connection to %s lost%s: %s", link->where, at_once ? " at once" : "",
			 link->stream.error ? strerror(link->stream.error) : "it hung up");
		if (at_once) /* two clients with one id throw each other out for ever */
			snprintf(why + strlen(why), GLOW_MQTT_WHY - strlen(why),
				 "; does another client use the id %.40s?", link->id);
	}
}
