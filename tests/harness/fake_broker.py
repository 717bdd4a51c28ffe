# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A broker that answers as a test wants it to, also what no real one here would: reasons of all kinds, MQTT 3.1.1,
a keepalive of its own, silence. It keeps nothing and passes nothing on."""

import socket
import struct
import threading

import mqtt

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14
SERVER_KEEP_ALIVE, SERVER_REFERENCE, REASON_STRING = 0x13, 0x1c, 0x1f


def packet(kind, body=b""):
    assert len(body) < 128
    return bytes([kind << 4, len(body)]) + body


def text(identifier, words):
    return bytes([identifier]) + struct.pack(">H", len(words)) + words.encode()


def connack(reason=0, properties=b""):
    return packet(CONNACK, bytes([0, reason, len(properties)]) + properties)


def goodbye(reason, properties=b""):
    return packet(DISCONNECT, bytes([reason, len(properties)]) + properties if properties else bytes([reason]))


class FakeBroker:
    """`entry` is its answer to CONNECT (b"": it hangs up). `grant(topic)` and `puback(topic)` are the reasons it answers
    with; `then` follows the first PUBLISH of QoS 1 of each connection, and with it the connection ends,
    RESET without a word and in haste. `tls` is a server's SSLContext."""

    RESET = object()

    def __init__(self, entry=connack(), grant=lambda topic: 1, puback=lambda topic: 0, then=None, tls=None):
        self.entry, self.grant, self.puback, self.then, self.tls = entry, grant, puback, then, tls
        self.connects = []  # (client id, keepalive) of each
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.uri = "%s://127.0.0.1:%d" % ("mqtts" if tls else "mqtt", self.port)
        self.open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()
        for s in self.open:
            s.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            peer = self.tls.wrap_socket(peer, server_side=True) if self.tls else peer
            with peer, peer.makefile("rb") as stream:
                while self._answer(peer, *mqtt.read_packet(stream)):
                    pass
        except (OSError, IndexError, ValueError, struct.error):
            pass  # it hung up, or we did

    def _answer(self, peer, first, body):
        kind = first >> 4
        if kind == CONNECT:
            n, = struct.unpack(">H", body[11 + body[10]:13 + body[10]])
            self.connects.append((body[13 + body[10]:13 + body[10] + n].decode(), *struct.unpack(">H", body[8:10])))
            peer.sendall(self.entry)
            return self.entry
        if kind == SUBSCRIBE:
            peer.sendall(packet(SUBACK, body[:2] + b"\0" + bytes(map(self.grant, self._topics(body[3 + body[2]:])))))
        elif kind == PUBLISH and first & 6:
            n, = struct.unpack(">H", body[:2])
            peer.sendall(packet(PUBACK, body[2 + n:4 + n] + bytes([self.puback(body[2:2 + n].decode())])))
            if self.then:
                self._end(peer)
            return not self.then
        elif kind == PINGREQ:
            peer.sendall(packet(PINGRESP))
        return kind != DISCONNECT

    def _end(self, peer):
        """To the last byte: who closes with something unread takes back what it said."""
        if self.then is self.RESET:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.settimeout(0.3)  # once nothing more comes: who reads hears of it, not who writes
            while peer.recv(65536):
                pass
        peer.sendall(self.then)
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(65536):
            pass

    @staticmethod
    def _topics(data):
        while data:
            n, = struct.unpack(">H", data[:2])
            yield data[2:2 + n].decode()
            data = data[3 + n:]
