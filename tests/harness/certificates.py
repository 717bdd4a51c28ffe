# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Certificates of any kind, made by OpenSSL's own program in a directory of the test's."""

import os
import subprocess

import glow

PAST, GONE, FUTURE, END = "20200101000000Z", "20210101000000Z", "20900101000000Z", "20991231000000Z"

CONF = """
[ca]
default_ca = here
[here]
dir = %(dir)s
database = $dir/index
serial = $dir/serial
new_certs_dir = $dir
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = asked
prompt = no
[asked]
CN = %(name)s
[authority]
basicConstraints = critical, CA:true
subjectKeyIdentifier = hash
[broker]
basicConstraints = CA:false
subjectAltName = %(hosts)s
[plain]
basicConstraints = CA:false
"""


def openssl(*words, stdin=b""):
    done = subprocess.run(["openssl", *words], input=stdin, capture_output=True)
    if done.returncode:
        raise AssertionError("openssl %s: %s" % (" ".join(words), done.stderr.decode()))
    return done.stdout


class Authority:
    """An authority of that name in a directory of its own; `start` and `end` are those of its own certificate."""

    def __init__(self, dir, name, start=PAST, end=END):
        os.mkdir(dir)
        self.dir = dir
        self.name = name
        for file, text in (("index", ""), ("serial", "01\n")):
            with open(os.path.join(dir, file), "w") as f:
                f.write(text)
        self.crt, self.key = self._make("ca", name, "authority", start, end, "DNS:unused")

    def _make(self, file, name, section, start, end, hosts, by_itself=True):
        conf, crt, csr = (os.path.join(self.dir, file + end) for end in (".conf", ".crt", ".csr"))
        key = os.path.join(self.dir, file + ".key")
        with open(conf, "w") as f:
            f.write(CONF % {"dir": self.dir, "name": name, "hosts": hosts})
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", conf, "-keyout",
                key, "-out", csr)
        signer = ("-selfsign", "-keyfile", key) if by_itself else ("-cert", self.crt, "-keyfile", self.key)
        openssl("ca", "-batch", "-config", conf, "-extensions", section, "-startdate", start, "-enddate", end, "-notext",
                *signer, "-in", csr, "-out", crt)
        return crt, key

    def sign(self, file, hosts="DNS:localhost", start=PAST, end=END, name="broker"):
        """A certificate for these hosts ("DNS:a,IP:192.0.2.1", "" for none): its path, and its key's."""
        return self._make(file, name, "broker" if hosts else "plain", start, end, hosts or "DNS:unused", by_itself=False)

    def sign_itself(self, file, hosts="DNS:localhost", name="broker"):
        """One that no authority signed."""
        return self._make(file, name, "broker", PAST, END, hosts)


def listener(broker):
    """A listener with TLS beside the plain one of a broker that has not started: its port, and the authority's certificate."""
    authority = Authority(os.path.join(broker.home, "ca"), "An authority")
    port, (crt, key) = glow.free_port(), authority.sign("broker", "IP:127.0.0.1")
    with open(broker.conf, "a") as f:
        f.write("listener %d 127.0.0.1\ncertfile %s\nkeyfile %s\n" % (port, crt, key))
    return port, authority.crt
