# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""An MQTT client that does exactly what a test says and waits for nothing by the clock.

A broker handles one connection's packets in order. So once a PUBACK is here, the
message is on its way to every subscriber, and once a subscriber's PINGRESP is here,
so is everything that was on its way before: tests need no pauses to know what did
not come.
"""

import base64
import os
import socket
import ssl
import struct
import time

import capture

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14
PATIENCE_S = 15
RESPONSE_TOPIC = 8  # the property

V311, V5 = 4, 5


class Refused(Exception):
    """By the broker: code of the CONNACK, or None when it hung up."""

    def __init__(self, code):
        super().__init__("refused with %s" % code)
        self.code = code


def _text(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def number(n):
    out = b""
    while True:
        n, digit = divmod(n, 128)
        out += bytes([digit | (128 if n else 0)])
        if not n:
            return out


def read_packet(stream):
    """The first byte of the next packet, and what follows its length. IndexError at the end."""
    first = stream.read(1)[0]
    size = shift = 0
    while True:
        digit = stream.read(1)[0]
        size |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return first, stream.read(size)


def trusting(ca_file):
    return ssl.create_default_context(cafile=ca_file)


class Stream:
    """Bytes over TCP or TLS."""

    def __init__(self, port, host="127.0.0.1", tls=None, name="localhost"):
        self.sock = socket.create_connection((host, port), PATIENCE_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname=name)

    def send(self, data):
        self.sock.sendall(data)

    def read(self, n):
        data = b""
        while len(data) < n:
            part = self.sock.recv(n - len(data))
            if not part:
                raise ConnectionError("the broker hung up")
            data += part
        return data

    def close(self):
        self.sock.close()


class WebSocket(Stream):
    """The same as binary messages of a WebSocket (RFC 6455). `more` are lines of its HTTP request."""

    def __init__(self, port, more=()):
        super().__init__(port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ("GET /mqtt HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Key: " + key, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mqtt", *more)
        super().send("".join(line + "\r\n" for line in (*lines, "")).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += super().read(1)
        if not head.startswith(b"HTTP/1.1 101"):
            self.close()
            raise ConnectionError(head.decode())
        self.rest = b""

    def send(self, data):
        size = bytes([128 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        super().send(b"\x82" + size + bytes(4) + data)  # masked with zeros

    def read(self, n):
        while len(self.rest) < n:
            kind, size = super().read(2)
            if size == 126:
                size, = struct.unpack(">H", super().read(2))
            part = super().read(size)
            if kind & 15 == 8:
                raise ConnectionError("the broker closed the WebSocket")
            self.rest += part
        part, self.rest = self.rest[:n], self.rest[n:]
        return part


class Client:
    """A connection. `account` is (name, password) or None; `will` is (topic, payload)."""

    def __init__(self, stream, account=None, version=V5, client_id="", will=None, keepalive_s=60):
        self.stream = stream
        self.version = version
        self.got = []  # (topic, payload, retained)
        self.packet_id = 0
        flags = 2
        payload = _text(client_id)
        if will:
            flags |= 4 | 32  # retained
            capture.said(*will)
            payload += self._properties() + _text(will[0]) + _text(will[1])
        if account:
            flags |= 128 | 64
            payload += _text(account[0]) + _text(account[1])
        head = _text("MQTT") + bytes([version, flags]) + struct.pack(">H", keepalive_s) + self._properties()
        try:
            self._send(CONNECT << 4, head + payload)
            kind, body = self._read()
        except (ConnectionError, OSError):
            self.close()
            raise Refused(None) from None
        if kind >> 4 != CONNACK or body[1] != 0:
            self.close()
            raise Refused(body[1] if kind >> 4 == CONNACK else None)
        self.connack = body

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Without a goodbye: a will is due."""
        self.stream.close()

    def _properties(self, data=b""):
        return number(len(data)) + data if self.version == V5 else b""

    def _send(self, first, body):
        self.stream.send(bytes([first]) + number(len(body)) + body)

    def _read(self):
        first = self.stream.read(1)[0]
        size = shift = 0
        while True:
            digit = self.stream.read(1)[0]
            size |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                break
        body = self.stream.read(size)
        if first >> 4 == PUBLISH:
            self._take(first, body)
        return first, body

    def _take(self, first, body):
        n, = struct.unpack(">H", body[:2])
        topic, rest = body[2:2 + n].decode(), body[2 + n:]
        if first & 6:
            self._send(PUBACK << 4, rest[:2])
            rest = rest[2:]
        if self.version == V5:
            rest = rest[1 + rest[0]:]
        self.got.append((topic, rest.decode(errors="replace"), bool(first & 1)))

    def _until(self, wanted):
        while True:
            kind, body = self._read()
            if kind >> 4 == wanted:
                return body

    def _id(self):
        self.packet_id += 1
        return struct.pack(">H", self.packet_id)

    def publish(self, topic, payload="", retain=False, response=None):
        """QoS 1. Returns the reason code, which MQTT 3.1.1 does not have: always 0."""
        capture.said(topic, payload)
        properties = bytes([RESPONSE_TOPIC]) + _text(response) if response else b""
        self._send(PUBLISH << 4 | 2 | retain,
                   _text(topic) + self._id() + self._properties(properties)
                   + (payload if isinstance(payload, bytes) else payload.encode()))
        body = self._until(PUBACK)
        return body[2] if len(body) > 2 else 0

    def flood(self, topic, payloads, seconds):
        """QoS 0, in turn, as fast as the connection takes them. Returns how many went."""
        packets = b""
        for payload in payloads:
            capture.said(topic, payload)
            body = _text(topic) + self._properties() + payload.encode()
            packets += bytes([PUBLISH << 4]) + number(len(body)) + body
        chunk = packets * max(1, 65536 // len(packets))
        count, end_s = 0, time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.stream.send(chunk)
            count += len(chunk) // len(packets) * len(payloads)
        return count

    def subscribe(self, *filters, qos=0):
        body = self._id() + self._properties()
        for f in filters:
            body += _text(f) + bytes([qos])
        self._send(SUBSCRIBE << 4 | 2, body)
        return list(self._until(SUBACK)[-len(filters):])

    def received(self):
        """Everything that was published to it until now, since the last call. With QoS 1 what is
        beyond the broker's window comes with the next call."""
        self._send(PINGREQ << 4, b"")
        self._until(PINGRESP)
        got, self.got = self.got, []
        return got
