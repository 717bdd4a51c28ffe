/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What is the matter with the files that TLS takes: each option's file is named as what it is. */

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

/** True when one of them cannot be what its option wants, with a sentence: it is missing, a directory,
 * empty, in another form than PEM, something else than a certificate or a key, locked, or of another pair.
 * NULL is a file that nobody asked for. */
bool glow_tls_files_explain(const char *ca_file, const char *cert_file, const char *key_file, char *why, size_t size);

/** The first certificate of a PEM file, the caller's to X509_free(); NULL for none. Asks nobody for a pass phrase. */
X509 *glow_tls_read_certificate(const char *path);
