/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "tls_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls_files.h"

#define NAME_MAX_TEXT 64

/* Up to the room there is; "?" for what is not printable ASCII. */
static void copy_printable(char *to, size_t size, const unsigned char *from, int len)
{
	size_t n = 0;

	for (; n + 1 < size && (int)n < len; n++)
		to[n] = (char)(from[n] >= ' ' && from[n] <= '~' ? from[n] : '?');
	to[n] = '\0';
}

/* The last part of a name that is one for people: its common name, or else its organisation. */
static void name_text(const X509_NAME *name, char text[NAME_MAX_TEXT])
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	ASN1_STRING *value = NULL;

	if (at < 0)
		at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
	if (at >= 0)
		value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	if (value)
		copy_printable(text, NAME_MAX_TEXT, ASN1_STRING_get0_data(value), ASN1_STRING_length(value));
	else
		snprintf(text, NAME_MAX_TEXT, "nobody");
}

static void date_text(const struct tm *tm, char text[32])
{
	strftime(text, 32, "%Y-%m-%d %H:%M UTC", tm);
}

static void asn1_date_text(const ASN1_TIME *date, char text[32])
{
	struct tm tm;

	if (ASN1_TIME_to_tm(date, &tm) == 1)
		date_text(&tm, text);
	else
		snprintf(text, 32, "a day that is none");
}

/* OpenSSL asks the same clock. */
static time_t clock_text(char text[32])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	date_text(&tm, text);
	return now;
}

/* "the certificate of …", or that of the authority behind it. */
static void subject_text(const struct glow_tls_question *q, const struct glow_tls_fault *f, char *text, size_t size)
{
	char name[NAME_MAX_TEXT];

	if (f->depth == 0 || !f->certificate) {
		snprintf(text, size, "the certificate of %s", q->where);
		return;
	}
	name_text(X509_get_subject_name(f->certificate), name);
	snprintf(text, size, "the authority \"%s\" behind the certificate of %s", name, q->where);
}

static void explain_expired(const char *subject, const struct glow_tls_fault *f, char why[GLOW_MQTT_WHY])
{
	char end[32], now[32];

	asn1_date_text(X509_get0_notAfter(f->certificate), end);
	clock_text(now);
	snprintf(why, GLOW_MQTT_WHY, "%s expired on %s; this machine's clock says %s", subject, end, now);
}

static void explain_early(const char *subject, const struct glow_tls_fault *f, char why[GLOW_MQTT_WHY])
{
	char begin[32], now[32];

	asn1_date_text(X509_get0_notBefore(f->certificate), begin);
	if (clock_text(now) < GLOW_WALL_LEAST_S)
		snprintf(why, GLOW_MQTT_WHY,
			 "this machine's clock is unset: it says %s, and %s is not valid before %s;"
			 " let timesyncd or chrony set the clock",
			 now, subject, begin);
	else
		snprintf(why, GLOW_MQTT_WHY,
			 "%s is not valid before %s; this machine's clock says %s: one of the two is wrong", subject,
			 begin, now);
}

/* What the CA file holds in place of the authority that is missing. */
static void explain_authority(const struct glow_tls_question *q, X509 *brokers, const char *issuer,
			      char why[GLOW_MQTT_WHY])
{
	X509 *held = glow_tls_read_certificate(q->ca_file);
	char name[NAME_MAX_TEXT] = "nobody";

	if (held)
		name_text(X509_get_subject_name(held), name);
	if (held && X509_cmp(held, brokers) == 0)
		snprintf(why, GLOW_MQTT_WHY,
			 "the certificate of %s is not trusted: --ca-file %.100s holds that certificate itself, and not"
			 " that of the authority \"%s\" which signed it",
			 q->where, q->ca_file, issuer);
	else if (strcmp(name, issuer) == 0)
		snprintf(
			why, GLOW_MQTT_WHY,
			"the certificate of %s is not trusted: the authority \"%s\" in --ca-file %.100s has the name of"
			" the one which signed it, but another key",
			q->where, name, q->ca_file);
	else
		snprintf(why, GLOW_MQTT_WHY,
			 "the certificate of %s is not trusted: \"%s\" signed it, and --ca-file %.100s holds \"%s\"",
			 q->where, issuer, q->ca_file, name);
	X509_free(held);
}

static void explain_unknown(const struct glow_tls_question *q, const struct glow_tls_fault *f, char why[GLOW_MQTT_WHY])
{
	X509 *top = f->certificate ? f->certificate : f->brokers;
	char issuer[NAME_MAX_TEXT];

	name_text(X509_get_issuer_name(top), issuer);
	if (f->error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
		snprintf(why, GLOW_MQTT_WHY,
			 "the certificate of %s is not trusted: it signed itself, and is not in %s%.140s", q->where,
			 q->ca_file ? "--ca-file " : "what this system trusts; name it with --ca-file",
			 q->ca_file ? q->ca_file : "");
	else if (q->ca_file)
		explain_authority(q, f->brokers, issuer, why);
	else
		snprintf(why, GLOW_MQTT_WHY,
			 "the certificate of %s is not trusted: no authority \"%s\" is known to this system;"
			 " name its certificate with --ca-file",
			 q->where, issuer);
}

int glow_tls_words(const struct glow_tls_question *question, const struct glow_tls_fault *fault,
		   char why[GLOW_MQTT_WHY])
{
	char subject[GLOW_MQTT_WHY / 2];

	subject_text(question, fault, subject, sizeof(subject));
	switch (fault->error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		explain_expired(subject, fault, why);
		return -ETIME;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		explain_early(subject, fault, why);
		return -ETIME;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		explain_unknown(question, fault, why);
		return -EPROTO;
	default:
		snprintf(why, GLOW_MQTT_WHY, "%s is refused: %s", subject, X509_verify_cert_error_string(fault->error));
		return -EPROTO;
	}
}

/* One name of a certificate's list, "" for a kind that is none of a host. */
static void host_text(const GENERAL_NAME *name, char text[NAME_MAX_TEXT])
{
	const ASN1_STRING *value;
	int type;

	text[0] = '\0';
	value = GENERAL_NAME_get0_value(name, &type);
	if (type == GEN_DNS)
		copy_printable(text, NAME_MAX_TEXT, ASN1_STRING_get0_data(value), ASN1_STRING_length(value));
	else if (type == GEN_IPADD && ASN1_STRING_length(value) == 4)
		inet_ntop(AF_INET, ASN1_STRING_get0_data(value), text, NAME_MAX_TEXT);
	else if (type == GEN_IPADD && ASN1_STRING_length(value) == 16)
		inet_ntop(AF_INET6, ASN1_STRING_get0_data(value), text, NAME_MAX_TEXT);
}

/* "broker.local, 192.0.2.7 and 3 more"; without a list it is the common name that counts. */
static void hosts_text(X509 *certificate, char *text, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	char name[NAME_MAX_TEXT];

	text[0] = '\0';
	for (int k = 0; k < sk_GENERAL_NAME_num(names); k++) {
		size_t len = strlen(text);

		host_text(sk_GENERAL_NAME_value(names, k), name);
		if (!name[0])
			continue;
		if (len + strlen(name) + sizeof(" and 999 more") > size) {
			snprintf(text + len, size - len, " and %d more", sk_GENERAL_NAME_num(names) - k);
			break;
		}
		snprintf(text + len, size - len, "%s%s", len ? ", " : "", name);
	}
	GENERAL_NAMES_free(names);
	if (text[0])
		return;
	name_text(X509_get_subject_name(certificate), name);
	snprintf(text, size, "%s", name);
}

void glow_tls_words_name(const struct glow_tls_question *question, X509 *certificate, char why[GLOW_MQTT_WHY])
{
	char hosts[160];

	hosts_text(certificate, hosts, sizeof(hosts));
	snprintf(why, GLOW_MQTT_WHY, "the certificate of %s is not made out to the name %.80s, but to %s",
		 question->where, question->name, hosts);
}
