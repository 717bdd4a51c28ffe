# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The page's own nginx, as dashboard/nginx/serve.sh starts it, before a broker."""

import http.client
import os
import shutil
import signal
import socket
import sys

import glow
import secured

NGINX = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "dashboard", "nginx")


def need():
    if not shutil.which("nginx"):
        print("SKIPPED: not installed: nginx")
        sys.exit(glow.SKIPPED)


class Web:
    """Serves on a free port of 127.0.0.1. `limits` is the text of a limits.conf in place of ours, `changes`
    are of page.conf: what is there, and what is in its place."""

    def __init__(self, home, broker_port, limits=None, changes=None):
        self.port = glow.free_port()
        self.home = os.path.join(home, glow.unique("web"))
        os.mkdir(self.home)
        for folder in (home, self.home):
            os.chmod(folder, 0o711)  # nginx, started by root, reads as another user
        self.log_path = os.path.join(self.home, "log")
        self._write("index.html", "the page")
        env = {"TMPDIR": self.home}
        if limits is not None:
            env["GLOW_LIMITS"] = self._write("limits.conf", limits)
        serve = os.path.join(NGINX, "serve.sh")
        if changes:
            serve = self._own_files(changes)
        with open(self.log_path, "ab") as log:
            # TERM when the test is gone, not KILL, so that it takes its worker along.
            self.process = glow.spawn(["setpriv", "--pdeathsig", "TERM", "sh", serve, "127.0.0.1:%d" % self.port,
                                       "127.0.0.1:%d" % broker_port, self.home], log, log, env=glow.child_env(env))
        glow.wait_until(lambda: "nginx does not listen: %s" % self.log(), self._listens)

    def _write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def _own_files(self, changes):
        folder = shutil.copytree(NGINX, os.path.join(self.home, "nginx"))
        text = secured.replaced(secured.read(folder, "page.conf"), changes)
        self._write("nginx/page.conf", text)
        return os.path.join(folder, "serve.sh")

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError("nginx ended: %s" % self.log())
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        with open(self.log_path) as f:
            return f.read()

    def room(self, **headers):
        """What a page is told that asks whether there is room."""
        return self.status("/mqtt/room", "POST", headers)

    def status(self, path, method="GET", headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=glow.PATIENCE_S)
        try:
            connection.request(method, path, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def close(self):
        glow.end(self.process, signal.SIGTERM)
