/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* Of a handshake that failed Paho keeps one line of OpenSSL's, and none where
 * the name is what is wrong. So the handshake is made once more without
 * judging, which brings the certificates whatever is the matter with them, and
 * they are judged here, with the questions that Paho asks in its order. */

#include "tls_why.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <glow/clock.h>

#include "tls_words.h"

#define DIAL_MS  700
#define SHAKE_MS 800
#define ALERT_MS 300 /* TLS 1.3 refuses our certificate after the handshake */

/* The first byte of a TLS record in answer to a ClientHello. */
#define RECORD_ALERT     0x15
#define RECORD_HANDSHAKE 0x16

enum answer {
	ANSWER_NONE,    /* silence */
	ANSWER_GONE,    /* it hung up without a word */
	ANSWER_FOREIGN, /* not TLS */
	ANSWER_TLS,
};

struct shake {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
	enum answer answer;
	bool done;           /* the handshake is complete, and nobody objected since */
	unsigned long error; /* OpenSSL's, 0 for none */
};

/* True when there is something to read, the end included. */
static bool wait_readable(int fd, int64_t end_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left_ms = end_ms - glow_mono_ms();

	return left_ms > 0 && poll(&p, 1, (int)left_ms) == 1;
}

static enum answer classify(unsigned char first)
{
	return first == RECORD_ALERT || first == RECORD_HANDSHAKE ? ANSWER_TLS : ANSWER_FOREIGN;
}

/* Hands to OpenSSL what came; false when nothing did in time, or the end. OpenSSL does not read by
 * itself: of a peer that answers at once the first byte would be gone before it was looked at. */
static bool feed(struct shake *s, int64_t end_ms)
{
	unsigned char bytes[4096];
	ssize_t n;

	if (!wait_readable(s->fd, end_ms))
		return false;
	n = recv(s->fd, bytes, sizeof(bytes), 0);
	if (s->answer == ANSWER_NONE)
		s->answer = n > 0 ? classify(bytes[0]) : ANSWER_GONE;
	return n > 0 && BIO_write(SSL_get_rbio(s->ssl), bytes, (int)n) == n;
}

/* Repeats one of OpenSSL's calls until it is through (1), fails (-1), or nothing more comes (0). */
static int repeat(struct shake *s, int (*step)(SSL *), int64_t end_ms)
{
	for (;;) {
		int r;

		ERR_clear_error();
		r = step(s->ssl);
		if (r == 1)
			return 1;
		if (SSL_get_error(s->ssl, r) != SSL_ERROR_WANT_READ) {
			s->error = ERR_peek_last_error();
			return -1;
		}
		if (!feed(s, end_ms))
			return 0;
	}
}

static int read_byte(SSL *ssl)
{
	char byte;

	return SSL_read(ssl, &byte, 1);
}

static void shake_hands(struct shake *s, const char *name)
{
	/* Paho sends the name in any case. */
	if (name)
		SSL_set_tlsext_host_name(s->ssl, name);
	SSL_set0_rbio(s->ssl, BIO_new(BIO_s_mem()));
	SSL_set0_wbio(s->ssl, BIO_new_socket(s->fd, BIO_NOCLOSE));
	if (repeat(s, SSL_connect, glow_mono_ms() + SHAKE_MS) == 1)
		s->done = repeat(s, read_byte, glow_mono_ms() + ALERT_MS) >= 0;
}

static void shake_fini(struct shake *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
	if (s->fd >= 0)
		close(s->fd);
	ERR_clear_error();
}

/* False when there is not even a connection. */
static bool shake_init(struct shake *s, const struct glow_peer *peer)
{
	*s = (struct shake){ .ctx = SSL_CTX_new(TLS_client_method()), .fd = glow_dial_peer(peer, DIAL_MS) };
	if (s->ctx)
		s->ssl = SSL_new(s->ctx);
	if (s->ssl && s->fd >= 0)
		return true;
	shake_fini(s);
	return false;
}

static void offer(const struct shake *s, const struct glow_tls_question *q)
{
	if (q->cert_file && SSL_use_certificate_chain_file(s->ssl, q->cert_file) == 1)
		SSL_use_PrivateKey_file(s->ssl, q->key_file ? q->key_file : q->cert_file, SSL_FILETYPE_PEM);
}

/* A CONNECT of MQTT 5 without id, name or password: only an MQTT broker answers it with a CONNACK. */
static bool is_mqtt_spoken(const struct glow_peer *peer)
{
	static const unsigned char hello[] = { 0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0, 0, 0, 0 };
	int fd = glow_dial_peer(peer, DIAL_MS);
	unsigned char first = 0;
	bool is_mqtt;

	if (fd < 0)
		return false;
	is_mqtt = send(fd, hello, sizeof(hello), MSG_NOSIGNAL) == sizeof(hello) &&
		  wait_readable(fd, glow_mono_ms() + ALERT_MS) && recv(fd, &first, 1, 0) == 1 && first == 0x20;
	close(fd);
	return is_mqtt;
}

/* There was no handshake to speak of. */
static void explain_silence(const struct glow_tls_question *q, enum answer answer, char why[GLOW_MQTT_WHY])
{
	if (answer == ANSWER_NONE)
		snprintf(why, GLOW_MQTT_WHY, "%s accepts connections but does not answer in TLS", q->where);
	else if (is_mqtt_spoken(q->peer))
		snprintf(why, GLOW_MQTT_WHY,
			 "no TLS at %s: it is an MQTT broker's port without TLS; name its port for TLS (often 8883),"
			 " or mqtt:// where no TLS is wanted",
			 q->where);
	else if (answer == ANSWER_FOREIGN)
		snprintf(why, GLOW_MQTT_WHY, "no TLS at %s: what answers there is something else", q->where);
	else
		snprintf(why, GLOW_MQTT_WHY, "no TLS at %s: it hung up at once; is it the broker's port for TLS?",
			 q->where);
}

static void explain_objection(const struct glow_tls_question *q, unsigned long error, char why[GLOW_MQTT_WHY])
{
	const char *text = ERR_reason_error_string(error);

	switch (ERR_GET_REASON(error)) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		snprintf(why, GLOW_MQTT_WHY, "%s wants a certificate of ours: --cert-file and --key-file", q->where);
		return;
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
		snprintf(why, GLOW_MQTT_WHY, "%s does not know who signed --cert-file %.140s", q->where,
			 q->cert_file ? q->cert_file : "");
		return;
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
		snprintf(why, GLOW_MQTT_WHY, "%s finds that --cert-file %.140s has expired", q->where,
			 q->cert_file ? q->cert_file : "");
		return;
	default:
		snprintf(why, GLOW_MQTT_WHY, "%s ends the TLS handshake: %.120s%s", q->where,
			 text ? text : "no reason given",
			 q->cert_file ? "" : "; does it want a certificate of ours (--cert-file)?");
	}
}

/* The first thing that OpenSSL finds wrong in a chain. */
struct verdict {
	int error, depth;
	X509 *certificate;
};

static int note(int fine, X509_STORE_CTX *ctx)
{
	struct verdict *v = X509_STORE_CTX_get_app_data(ctx);

	if (!fine && !v->error) {
		v->error = X509_STORE_CTX_get_error(ctx);
		v->depth = X509_STORE_CTX_get_error_depth(ctx);
		v->certificate = X509_STORE_CTX_get_current_cert(ctx);
		if (v->certificate)
			X509_up_ref(v->certificate);
	}
	return 1; /* nothing is believed here: it only has to be the first */
}

static void judge(const struct shake *s, X509 *certificate, const char *ca_file, struct verdict *v)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	if (ca_file)
		SSL_CTX_load_verify_locations(s->ctx, ca_file, NULL);
	else
		SSL_CTX_set_default_verify_paths(s->ctx);
	if (ctx && X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(s->ctx), certificate,
				       SSL_get_peer_cert_chain(s->ssl)) == 1) {
		X509_STORE_CTX_set_default(ctx, "ssl_server");
		X509_STORE_CTX_set_app_data(ctx, v);
		X509_STORE_CTX_set_verify_cb(ctx, note);
		X509_verify_cert(ctx);
	}
	X509_STORE_CTX_free(ctx);
}

/* As Paho does: the name as a name or, failing that, as an address. */
static bool is_made_out_to(X509 *certificate, const char *name)
{
	return X509_check_host(certificate, name, strlen(name), 0, NULL) == 1 ||
	       X509_check_ip_asc(certificate, name, 0) == 1;
}

static int explain_certificate(const struct shake *s, const struct glow_tls_question *q, char why[GLOW_MQTT_WHY])
{
	X509 *certificate = SSL_get1_peer_certificate(s->ssl);
	struct verdict v = { 0 };
	int r = 0;

	if (!certificate)
		return 0;
	judge(s, certificate, q->ca_file, &v);
	if (v.error) {
		r = glow_tls_words(q, &(struct glow_tls_fault){ v.error, v.depth, v.certificate, certificate }, why);
	} else if (!is_made_out_to(certificate, q->name)) {
		glow_tls_words_name(q, certificate, why);
		r = -EPROTO;
	}
	X509_free(v.certificate);
	X509_free(certificate);
	return r;
}

int glow_tls_explain(const struct glow_tls_question *question, char why[GLOW_MQTT_WHY])
{
	struct shake s;
	int r;

	if (!shake_init(&s, question->peer)) {
		snprintf(why, GLOW_MQTT_WHY, "%s took a connection and now takes none", question->where);
		return -EPROTO;
	}
	offer(&s, question);
	shake_hands(&s, question->name);
	r = explain_certificate(&s, question, why);
	if (r == 0 && s.answer != ANSWER_TLS) {
		explain_silence(question, s.answer, why);
		r = -EPROTO;
	} else if (r == 0 && !s.done) {
		explain_objection(question, s.error, why);
		r = -EPROTO;
	}
	shake_fini(&s);
	return r;
}

bool glow_tls_is_spoken(const struct glow_peer *peer)
{
	struct shake s;
	bool spoken;

	if (!shake_init(&s, peer))
		return false;
	shake_hands(&s, NULL);
	spoken = s.answer == ANSWER_TLS;
	shake_fini(&s);
	return spoken;
}
