/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* OpenSSL says "no start line" of a file that is empty, in DER, or a key, and
 * nothing of a directory. So the file is looked at once more: what kind of
 * file, which PEM blocks, and if there are none, what its bytes would be. */

#include "tls_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

enum wanted { A_CERTIFICATE, A_KEY };

struct look {
	const char *option, *path;
	enum wanted wanted;
	char *why;
	size_t size;
};

static bool say(const struct look *l, const char *what)
{
	snprintf(l->why, l->size, "%s %.140s %s", l->option, l->path, what);
	return true;
}

/* Never asks anybody: a service has no terminal. */
static int no_pass_phrase(char *buf, int size, int for_writing, void *data)
{
	(void)buf, (void)size, (void)for_writing, (void)data;
	return -1;
}

static bool explain_access(const struct look *l)
{
	struct stat st;

	if (stat(l->path, &st) < 0 || access(l->path, R_OK) < 0) {
		snprintf(l->why, l->size, "cannot read %.140s (%s): %s", l->path, l->option, strerror(errno));
		return true;
	}
	if (S_ISDIR(st.st_mode))
		return say(l, "is a directory; a file is wanted, in PEM form");
	if (S_ISREG(st.st_mode) && st.st_size == 0)
		return say(l, "is empty");
	return false;
}

static bool is_key_block(const char *name)
{
	size_t length = strlen(name);

	return length >= 11 && strcmp(name + length - 11, "PRIVATE KEY") == 0;
}

static bool is_certificate_block(const char *name)
{
	return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0 ||
	       strcmp(name, PEM_STRING_X509_TRUSTED) == 0;
}

/* Copies the name of the file's first block that `accepts`, or of its first at all; false for none. */
static bool find_block(const char *path, bool (*accepts)(const char *), char name[64])
{
	BIO *file = BIO_new_file(path, "r");
	char *found, *header;
	unsigned char *data;
	bool any = false, wanted = false;
	long len;

	while (file && !wanted && PEM_read_bio(file, &found, &header, &data, &len)) {
		wanted = accepts(found);
		if (wanted || !any)
			snprintf(name, 64, "%s", found);
		any = true;
		OPENSSL_free(found);
		OPENSSL_free(header);
		OPENSSL_free(data);
	}
	BIO_free(file);
	ERR_clear_error();
	return any;
}

/* What a file without PEM blocks is. */
static const char *name_bytes(const char *path)
{
	BIO *file = BIO_new_file(path, "rb");
	const char *what = "is no PEM file, which begins with -----BEGIN";
	X509 *certificate = file ? d2i_X509_bio(file, NULL) : NULL;
	EVP_PKEY *key = file && BIO_reset(file) == 0 ? d2i_PrivateKey_bio(file, NULL) : NULL;
	PKCS12 *bundle = file && BIO_reset(file) == 0 ? d2i_PKCS12_bio(file, NULL) : NULL;

	if (certificate)
		what = "is a certificate in DER form; PEM is wanted: openssl x509 -inform der -in FILE -out FILE.pem";
	else if (key)
		what = "is a private key in DER form; PEM is wanted: openssl pkey -inform der -in FILE -out FILE.pem";
	else if (bundle)
		what = "is a PKCS #12 bundle; PEM is wanted: openssl pkcs12 -in FILE -out FILE.pem";
	X509_free(certificate);
	EVP_PKEY_free(key);
	PKCS12_free(bundle);
	BIO_free(file);
	ERR_clear_error();
	return what;
}

static bool explain_block(const struct look *l, const char *name)
{
	char what[160];

	if (is_key_block(name))
		return say(l, "is a private key and no certificate");
	if (is_certificate_block(name))
		return say(l, "is a certificate and no private key");
	snprintf(what, sizeof(what), "holds a \"%.60s\" and no %s", name,
		 l->wanted == A_KEY ? "private key" : "certificate");
	return say(l, what);
}

X509 *glow_tls_read_certificate(const char *path)
{
	BIO *file = BIO_new_file(path, "r");
	X509 *certificate = file ? PEM_read_bio_X509_AUX(file, NULL, no_pass_phrase, NULL) : NULL;

	BIO_free(file);
	ERR_clear_error();
	return certificate;
}

static EVP_PKEY *read_key(const char *path)
{
	BIO *file = BIO_new_file(path, "r");
	EVP_PKEY *key = file ? PEM_read_bio_PrivateKey(file, NULL, no_pass_phrase, NULL) : NULL;

	BIO_free(file);
	ERR_clear_error();
	return key;
}

static bool is_readable(const struct look *l)
{
	X509 *certificate = l->wanted == A_CERTIFICATE ? glow_tls_read_certificate(l->path) : NULL;
	EVP_PKEY *key = l->wanted == A_KEY ? read_key(l->path) : NULL;
	bool readable = certificate || key;

	X509_free(certificate);
	EVP_PKEY_free(key);
	return readable;
}

/* OpenSSL marks both of its ways to lock a key, one of them within the block. */
static bool is_locked(const char *path)
{
	char line[80];
	bool locked = false;
	FILE *file = fopen(path, "re");

	while (file && !locked && fgets(line, sizeof(line), file))
		locked = strstr(line, "ENCRYPTED") != NULL;
	if (file)
		fclose(file);
	return locked;
}

static bool explain_one(const char *option, const char *path, enum wanted wanted, char *why, size_t size)
{
	const struct look l = { .option = option, .path = path, .wanted = wanted, .why = why, .size = size };
	bool (*accepts)(const char *) = wanted == A_KEY ? is_key_block : is_certificate_block;
	char name[64];

	if (!path)
		return false;
	if (explain_access(&l))
		return true;
	if (!find_block(path, accepts, name))
		return say(&l, name_bytes(path));
	if (!accepts(name))
		return explain_block(&l, name);
	if (is_readable(&l))
		return false;
	if (wanted == A_KEY && is_locked(path))
		return say(&l, "is locked with a pass phrase, which a service cannot be asked for:"
			       " openssl pkey -in FILE -out FILE.open");
	return say(&l, "is damaged: what its block holds cannot be read");
}

/* The key that OpenSSL takes is the key file's or, without one, the certificate file's. */
static bool explain_pair(const char *cert_file, const char *key_file, char *why, size_t size)
{
	X509 *certificate = glow_tls_read_certificate(cert_file);
	EVP_PKEY *key = read_key(key_file ? key_file : cert_file);
	bool pair = certificate && key && X509_check_private_key(certificate, key) == 1;

	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (!key)
		snprintf(why, size, "--cert-file %.140s takes its private key with it: name that with --key-file",
			 cert_file);
	else if (!pair)
		snprintf(why, size, "the private key in %.140s is not that of the certificate in --cert-file %.140s",
			 key_file ? key_file : cert_file, cert_file);
	return !pair;
}

bool glow_tls_files_explain(const char *ca_file, const char *cert_file, const char *key_file, char *why, size_t size)
{
	if (explain_one("--ca-file", ca_file, A_CERTIFICATE, why, size) ||
	    explain_one("--cert-file", cert_file, A_CERTIFICATE, why, size) ||
	    explain_one("--key-file", key_file, A_KEY, why, size))
		return true;
	return cert_file && explain_pair(cert_file, key_file, why, size);
}
