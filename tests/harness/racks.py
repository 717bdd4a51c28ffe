# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A root and racks on one machine: each with a Mosquitto of its own, those of the racks bridged to the root's as
broker-config/bridge/uplink.conf says it. The wire between two of them can be cut."""

import os
import selectors
import socket
import threading

import glow

TEMPLATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "broker-config", "bridge", "uplink.conf")
SECRETS = ("bridge_cafile", "bridge_tls_version", "remote_username", "remote_password")  # for brokers that have none
HURRY = "restart_timeout 1 1\n"  # a base alone leaves the cap at 30 s: Mosquitto 2.0.11


class Wire:
    """A port that leads to a server, until it is cut; then connections end at once, and new ones."""

    def __init__(self, port):
        self.server = port
        self.whole = True
        self.pairs = {}
        self.events = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.wake, self.woken = socket.socketpair()
        self.events.register(self.listener, selectors.EVENT_READ)
        self.events.register(self.woken, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while True:
            for key, _ in self.events.select():
                if key.fileobj is self.woken:
                    if self.woken.recv(1) == b"x":
                        return
                    if not self.whole:
                        self._drop_all()
                elif key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj in self.pairs:
                    self._pass_on(key.fileobj)

    def _accept(self):
        client, _ = self.listener.accept()
        try:
            if not self.whole:
                raise OSError("cut")
            server = socket.create_connection(("127.0.0.1", self.server))
        except OSError:
            client.close()
            return
        for a, b in ((client, server), (server, client)):
            a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.pairs[a] = b
            self.events.register(a, selectors.EVENT_READ)

    def _pass_on(self, one):
        try:
            data = one.recv(65536)
            if data:
                self.pairs[one].sendall(data)
                return
        except OSError:
            pass
        self._drop(one)

    def _drop(self, one):
        for end in (one, self.pairs.pop(one)):
            self.pairs.pop(end, None)
            self.events.unregister(end)
            end.close()

    def _drop_all(self):
        while self.pairs:
            self._drop(next(iter(self.pairs)))

    def cut(self):
        self.whole = False
        self.wake.send(b"-")

    def mend(self):
        self.whole = True

    def close(self):
        self.wake.send(b"x")
        self.thread.join()
        self._drop_all()
        for end in (self.listener, self.wake, self.woken):
            end.close()
        self.events.close()


def uplink_conf(name, port, prefix="glow", root="hall"):
    """The bridge of a rack of that name, without secrets, to a root at that port of this machine."""
    with open(TEMPLATE) as f:
        lines = [line for line in f if not line.startswith("#") and not line.startswith(SECRETS)]
    text = "".join(HURRY if line.startswith("restart_timeout") else line for line in lines)
    return (text.replace("root.local:8883", "127.0.0.1:%d" % port).replace(" glow/", " \1/").replace("hall", root)
            .replace("east", name).replace("\1", prefix))


class Broker(glow.Broker):
    """A rack's, with a folder of its own below `home`."""

    def __init__(self, home, *bridges):
        folder = os.path.join(home, glow.unique("rack"))
        os.mkdir(folder)
        super().__init__(folder)
        with open(self.conf, "a") as f:
            f.write("\n" + "\n".join(bridges))
