# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A way to a broker on which is counted what comes from it."""

import contextlib
import socket
import threading


class Relay:
    def __init__(self, port, scheme="mqtt"):
        self.listener, self.port, self.received = socket.create_server(("127.0.0.1", 0)), port, 0
        self.uri = "%s://127.0.0.1:%d" % (scheme, self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, far = self.listener.accept()[0], socket.create_connection(("127.0.0.1", self.port))
                for pair in (near, far, 0), (far, near, 1):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, sink, counts):
        with contextlib.suppress(OSError):
            while data := source.recv(262144):
                self.received += counts * len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
