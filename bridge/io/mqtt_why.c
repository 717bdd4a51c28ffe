/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Paho answers -1 to a wrong host name, a closed port, an untrusted
 * certificate and a silent broker alike. People need to know which, so after a
 * failure the same steps are taken once more by hand: files, name, TCP. What
 * is left when all of them work is TLS, where OpenSSL's complaint decides. */

#include "mqtt_why.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <MQTTReasonCodes.h>

#define PROBE_MS 1000

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

/* 0, or a positive errno of connecting to one address. */
static int probe_address(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd writable = { .fd = fd, .events = POLLOUT };
	int error = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
		error = errno;
	if (error == EINPROGRESS) {
		socklen_t size = sizeof(error);

		error = ETIMEDOUT;
		if (poll(&writable, 1, PROBE_MS) == 1)
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	}
	close(fd);
	return error;
}

/* Names ending in .local are looked up by mDNS, which takes a package of its
 * own on Debian and is in no container. */
static bool is_mdns_name(const char *host)
{
	size_t length = strlen(host);

	if (length > 0 && host[length - 1] == '.')
		length--;
	return length > 6 && strncasecmp(host + length - 6, ".local", 6) == 0;
}

static void explain_name(const char *host, int error, char why[160])
{
	if (is_mdns_name(host))
		snprintf(why, 160,
			 "host %.40s not found: .local takes mDNS (libnss-mdns), which containers lack:"
			 " give the address, or docker's --add-host",
			 host);
	else
		snprintf(why, 160, "host %.80s not found: %s", host, gai_strerror(error));
}

/* Fills `why` and returns true when the broker's port cannot even be reached. */
static bool explain_network(const struct glow_link *link, char why[160])
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses;
	char port[8];
	int error;

	snprintf(port, sizeof(port), "%u", link->port);
	error = getaddrinfo(link->host, port, &hints, &addresses);
	if (error) {
		explain_name(link->host, error, why);
		return true;
	}
	for (const struct addrinfo *at = addresses; at; at = at->ai_next) {
		error = probe_address(at);
		if (!error)
			break;
	}
	freeaddrinfo(addresses);
	if (error)
		snprintf(why, 160, "cannot reach %.80s:%u: %s", link->host, link->port, strerror(error));
	return error != 0;
}

static bool explain_file(const char *path, char why[160])
{
	if (!path || access(path, R_OK) == 0)
		return false;
	snprintf(why, 160, "cannot read %.100s: %s", path, strerror(errno));
	return true;
}

static void explain_tls(const struct glow_link *link, char why[160])
{
	if (strstr(link->tls_error, "certificate verify failed"))
		snprintf(why, 160, "the certificate of %.60s:%u is not trusted; name its CA with --ca-file", link->host,
			 link->port);
	else if (link->tls_error[0])
		snprintf(why, 160, "no TLS with %.60s:%u: %.70s", link->host, link->port, link->tls_error);
	else
		/* OpenSSL was content; Paho compares the name afterwards and says nothing. */
		snprintf(why, 160, "the certificate of %.50s:%u is not made out to the name %.50s", link->host,
			 link->port, link->host);
}

void glow_mqtt_explain(const struct glow_link *link, int reason, bool timed_out, char why[160])
{
	const struct glow_mqtt_cfg *cfg = link->cfg;

	if (reason == MQTTREASONCODE_NOT_AUTHORIZED)
		/* Mosquitto says this of a wrong password, too. */
		snprintf(why, 160, "%.80s:%u: user name or password refused (not authorized)", link->host, link->port);
	else if (reason > 0)
		snprintf(why, 160, "%.80s:%u: %s", link->host, link->port, glow_mqtt_reason_text(reason));
	else if (explain_file(cfg->ca_file, why) || explain_file(cfg->cert_file, why) ||
		 explain_file(cfg->key_file, why))
		return;
	else if (link->tls_error[0])
		explain_tls(link, why);
	else if (explain_network(link, why))
		return;
	else if (timed_out)
		snprintf(why, 160, "%.80s:%u accepts connections but does not answer", link->host, link->port);
	else if (link->tls)
		explain_tls(link, why);
	else
		snprintf(why, 160, "%.60s:%u hung up at once: is it an MQTT broker, without TLS?", link->host,
			 link->port);
}
