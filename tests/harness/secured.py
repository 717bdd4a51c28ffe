# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The broker as it is deployed: the files of broker-config, with what its script made.

Only what ties a file to a container is replaced: paths, ports, and the user.
"""

import os
import subprocess

import glow
import mqtt

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "broker-config")
WITNESS = "witness"  # may do everything, and is in these tests alone


def secrets(directory, *options):
    """Runs secrets.sh to its end."""
    return subprocess.run([os.path.join(CONFIG, "secrets.sh"), "--dir", directory, *options], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=4 * glow.PATIENCE_S)


def make_secrets(directory, *options):
    done = secrets(directory, *options)
    if done.returncode:
        raise AssertionError(done)
    return done


def replaced(text, changes):
    for old, new in changes.items():
        if text.count(old) != 1:
            raise AssertionError("%r is there %d times" % (old, text.count(old)))
        text = text.replace(old, new)
    return text


def read(*path):
    with open(os.path.join(*path)) as f:
        return f.read()


class Broker(glow.Broker):
    """Mosquitto with mosquitto.conf, and the secrets of a directory. `acl` in place of the one there.

    The harness's own clients are the witness, on the listener of this host."""

    def __init__(self, home, secrets_dir, acl=None):
        self.home = home
        self.secrets_dir = secrets_dir
        self.process = None
        self.port, self.tls_port, self.web_port = (glow.free_port() for _ in range(3))
        self.account = (WITNESS, "sees-all")
        self.uri = "mqtts://localhost:%d" % self.tls_port
        self.log = os.path.join(home, "mosquitto.log")
        self.conf = os.path.join(home, "mosquitto.conf")
        self.acl = os.path.join(home, "acl")
        self.passwords = os.path.join(home, "passwords")
        self.write_passwords()
        self.write_acl(acl or read(secrets_dir, "acl"))
        changes = {
            "\nuser mosquitto\n": "\nuser root\n",
            "/run/secrets/passwords": self.passwords,
            "/mosquitto/config/acl": self.acl,
            "/run/secrets/server.crt": os.path.join(secrets_dir, "server.crt"),
            "/run/secrets/server.key": os.path.join(secrets_dir, "server.key"),
            "\nlistener 8883\n": "\nlistener %d 127.0.0.1\n" % self.tls_port,
            "\nlistener 9001\n": "\nlistener %d 127.0.0.1\n" % self.web_port,
            "\nlistener 1883 127.0.0.1\n": "\nlistener %d 127.0.0.1\n" % self.port,
            "persistence_location /mosquitto/data/": "persistence_location %s/" % home,
            "\ninclude_dir /run/secrets\n": "\n",
        }
        with open(self.conf, "w") as f:
            f.write(replaced(read(CONFIG, "mosquitto.conf"), changes))

    def write_passwords(self):
        """The accounts of the directory, and the witness."""
        with open(self.passwords, "w") as f:
            f.write("%s:%s\n" % self.account)
        os.chmod(self.passwords, 0o600)
        subprocess.run(["mosquitto_passwd", "-H", "sha512-pbkdf2", "-U", self.passwords], check=True,
                       stderr=subprocess.DEVNULL)
        with open(self.passwords, "a") as f:
            f.write(read(self.secrets_dir, "passwords"))

    def write_acl(self, acl):
        with open(self.acl, "w") as f:
            f.write(acl + "\nuser %s\ntopic readwrite #\ntopic read $SYS/#\n" % WITNESS)
        os.chmod(self.acl, 0o600)

    def password(self, name):
        return self.account[1] if name == WITNESS else read(self.secrets_dir, "accounts", name)

    def tls(self):
        return mqtt.trusting(os.path.join(self.secrets_dir, "ca.crt"))

    def connect(self, name, tls=False, **more):
        """A client of that account, on this host's listener or over TLS."""
        stream = mqtt.Stream(self.tls_port, tls=self.tls()) if tls else mqtt.Stream(self.port)
        return mqtt.Client(stream, (name, self.password(name)), **more)

    def env(self, name):
        """What one of our programs needs to be that account."""
        return {"GLOW_USERNAME": name, "GLOW_PASSWORD_FILE": os.path.join(self.secrets_dir, "accounts", name),
                "GLOW_CA_FILE": os.path.join(self.secrets_dir, "ca.crt")}


def deploy(case):
    """The broker as it is deployed, for a whole class of tests, with secrets of its own; returns a folder for its programs."""
    home = glow.tempfile.TemporaryDirectory()
    case.addClassCleanup(home.cleanup)
    made = os.path.join(home.name, "secrets")
    make_secrets(made)
    broker = case.broker = Broker(home.name, made)
    broker.start()
    case.addClassCleanup(broker.stop)
    return home.name
