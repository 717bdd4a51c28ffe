# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A whole MQTT 5 broker, small and slow, that can be told to do one thing or the other wrong. It listens at two
addresses, as two nodes of one cluster would. `faults` are words; each is looked for where it is committed."""

import socket
import struct
import threading

import mqtt

(CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT) = (
    1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14)
RESPONSE_TOPIC, CORRELATION, MAXIMUM_PACKET_SIZE = 0x08, 0x09, 0x27
TAKEN_OVER, WITH_WILL = 0x8e, 0x04
KEEPALIVE_UNIT_S = 0.1  # for tests: a second of a client's keepalive


def packet(first, body=b""):
    return bytes([first]) + mqtt.number(len(body)) + body


def text(data):
    return struct.pack(">H", len(data)) + data


class Reader:
    """The body of a packet, from its beginning."""

    def __init__(self, data):
        self.data = data

    def take(self, n):
        taken, self.data = self.data[:n], self.data[n:]
        return taken

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self):
        return self.take(self.integer(2))

    def properties(self):
        """Those with a text, by identifier; the others are passed over."""
        size = shift = 0
        while True:
            digit = self.integer(1)
            size |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                break
        inner, found = Reader(self.take(size)), {}
        while inner.data:
            which = inner.integer(1)
            if which in (RESPONSE_TOPIC, CORRELATION):
                found[which] = inner.text()
            else:
                inner.take({0x21: 2, 0x22: 2, 0x11: 4, MAXIMUM_PACKET_SIZE: 4}.get(which, 1))
        return found


def matches(topic_filter, topic):
    wanted, levels = topic_filter.split("/"), topic.split("/")
    for k, level in enumerate(wanted):
        if level == "#":
            return True
        if k >= len(levels) or level not in ("+", levels[k]):
            return False
    return len(wanted) == len(levels)


class Message:
    def __init__(self, topic, payload, qos, retained, properties=None):
        self.topic, self.payload, self.qos, self.retained, self.properties = topic, payload, qos, retained, properties or {}

    def bytes(self, retained, identifier, properties):
        body = text(self.topic.encode()) + (struct.pack(">H", identifier) if self.qos else b"")
        words = b"".join(bytes([which]) + text(value) for which, value in properties.items())
        return packet(PUBLISH << 4 | self.qos << 1 | retained, body + mqtt.number(len(words)) + words + self.payload)


class Client(threading.Thread):
    """One connection."""

    def __init__(self, broker, sock, site):
        super().__init__(daemon=True)
        self.broker, self.sock, self.site = broker, sock, site
        self.id = self.will = None
        self.filters = {}  # filter: options
        self.identifier = self.said_after = 0
        self.losing = self.gone = False

    def run(self):
        try:
            with self.sock.makefile("rb") as stream:
                while True:
                    first, body = mqtt.read_packet(stream)
                    if not self.obey(first, Reader(body)):
                        break
        except (OSError, IndexError, ValueError):
            pass  # it hung up, was silent for too long, or we hung up
        self.broker.gone(self, self.will)
        self.sock.close()


    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass  # its own thread notices

    def obey(self, first, body):
        with self.broker.lock:
            kind = first >> 4
            if kind == CONNECT:
                self.connect(body)
            elif kind == PUBLISH:
                self.publish(first, body)
            elif kind in (SUBSCRIBE, UNSUBSCRIBE):
                self.subscribe(kind, body)
            elif kind == PINGREQ:
                self.send(packet(PINGRESP << 4))
            elif kind == DISCONNECT:
                late = body.data[:1] == bytes([WITH_WILL]) and not self.broker.wrong("no-late-will")
                self.will = self.will if late or self.broker.wrong("will-always") else None
            return kind != DISCONNECT

    def connect(self, body):
        body.take(7)
        flags, keepalive = body.integer(1), body.integer(2)
        body.properties()
        self.id = body.text().decode()
        if flags & 4:
            body.properties()
            topic = body.text().decode()
            self.will = Message(topic, body.text(), flags >> 3 & 3, bool(flags & 0x20))
        if not self.broker.wrong("patient"):
            self.sock.settimeout(keepalive * KEEPALIVE_UNIT_S * 1.5)
        self.broker.enter(self)
        least = struct.pack(">BI", MAXIMUM_PACKET_SIZE, 65536) if self.broker.wrong("small-packets") else b""
        self.send(packet(CONNACK << 4, b"\0\0" + mqtt.number(len(least)) + least))

    def publish(self, first, body):
        topic, qos = body.text().decode(), first >> 1 & 3
        identifier = body.take(2) if qos else b""
        properties = body.properties()
        if self.losing and self.said_after < 3:
            self.said_after += 1
        elif self.losing:
            raise OSError("thrown out at last")
        refused = self.broker.wrong("refuses")
        if qos:
            self.send(packet(PUBACK << 4, identifier + (b"\x87" if refused else b"")))
        if not refused:
            self.broker.pass_on(self, Message(topic, body.data, qos, bool(first & 1), properties))

    def subscribe(self, kind, body):
        identifier, answers, fresh = body.take(2), b"", []
        body.properties()
        while body.data:
            topic_filter = body.text().decode()
            if kind == SUBSCRIBE and topic_filter.startswith("$share/") and self.broker.wrong("no-groups"):
                body.integer(1)
                answers += b"\x9e"
                continue
            if kind == SUBSCRIBE:
                self.filters[topic_filter] = body.integer(1)
                fresh.append(topic_filter)
            elif not self.broker.wrong("unsubscribes-nothing"):
                self.filters.pop(topic_filter, None)
                if self.broker.wrong("groups-end-with-their-topic"):
                    self.filters = {name: how for name, how in self.filters.items() if not name.endswith("/" + topic_filter)}
            answers += bytes([kind == SUBSCRIBE])
        self.send(packet((SUBACK if kind == SUBSCRIBE else UNSUBACK) << 4, identifier + b"\0" + answers))
        for topic_filter in fresh:
            self.broker.replay(self, topic_filter)

    def deliver(self, message, options, retained):
        if message.qos:
            self.identifier += 1
        properties = dict(message.properties)
        for word, which in (("no-response-topic", RESPONSE_TOPIC), ("no-correlation", CORRELATION)):
            if self.broker.wrong(word):
                properties.pop(which, None)
        self.send(message.bytes(retained, self.identifier, properties))


class SmallBroker:
    """`uris` are its two addresses."""

    def __init__(self, *faults):
        self.faults = set(faults)
        self.lock = threading.RLock()
        self.clients, self.kept, self.held, self.came = [], {}, [], 0
        self.listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.uris = ["mqtt://127.0.0.1:%d" % s.getsockname()[1] for s in self.listeners]
        for site, listener in enumerate(self.listeners):
            threading.Thread(target=self.accept, args=(listener, site), daemon=True).start()

    def wrong(self, word):
        return word in self.faults

    def close(self):
        for s in self.listeners + [c.sock for c in self.clients]:
            s.close()

    def accept(self, listener, site):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Client(self, sock, site).start()

    # ---- who is there ----

    def enter(self, client):
        for other in [c for c in self.clients if c.id == client.id]:
            if self.wrong("side-by-side") or (self.wrong("apart") and other.site != client.site):
                continue
            if self.wrong("inherits"):
                client.filters = dict(other.filters)
            if self.wrong("slow"):
                other.losing = True
            else:
                self.throw_out(other)
        self.clients.append(client)

    def throw_out(self, client):
        if not self.wrong("wordless"):
            client.send(packet(DISCONNECT << 4, bytes([TAKEN_OVER])))
        if self.wrong("will-after"):
            self.held.append(client.will)
            client.will = None
        else:
            self.gone(client, client.will)
        client.sock.shutdown(socket.SHUT_RDWR)

    def gone(self, client, will):
        with self.lock:
            if client in self.clients:
                self.clients.remove(client)
            if client.gone or not will or self.wrong("no-will"):
                return
            client.gone = True
            will.retained = will.retained and not self.wrong("will-not-kept")
            self.pass_on(client, will)

    # ---- what is said ----

    def store(self, site):
        return self.kept.setdefault(site if self.wrong("apart") else 0, {})

    def pass_on(self, sender, message):
        self.came += 1
        if message.retained and (message.payload or not self.wrong("clears-nothing")):
            self.store(sender.site).pop(message.topic, None)
            if message.payload:
                self.store(sender.site)[message.topic] = message
        if self.wrong("loses") and message.payload == b"100":
            return
        if self.wrong("no-large") and len(message.payload) > 100000:
            return
        if self.wrong("no-qos-0") and message.qos == 0:
            return
        if self.wrong("swaps") and message.payload == b"100":
            self.held.append(message)
            return
        self.distribute(sender, message)
        if message.payload in (b"101", b"online"):
            while self.held:
                self.distribute(sender, self.keep_late(sender, self.held.pop()))

    def keep_late(self, sender, message):
        if message.retained:
            self.store(sender.site)[message.topic] = message
        return message

    def distribute(self, sender, message):
        for client in list(self.clients):
            for topic_filter, options in client.filters.items():
                if topic_filter.startswith("$share/") and not self.wrong("groups-literally"):
                    topic_filter = topic_filter.split("/", 2)[2]  # each is alone in its group
                if not matches(topic_filter, message.topic):
                    continue
                if self.wrong("two-clusters") and client.site != sender.site:
                    continue
                if client is sender and options & 4 and not self.wrong("echoes"):
                    continue
                as_published = bool(options & 8) and not self.wrong("no-flag")
                client.deliver(message, options, message.retained and (as_published or self.wrong("always-flag")))
                break

    def replay(self, client, topic_filter):
        options, n = client.filters[topic_filter], 0
        if options >> 4 == 2 and not self.wrong("replays"):
            return
        for topic, message in list(self.store(client.site).items()):
            if not matches(topic_filter, topic) or (self.wrong("exact-only") and topic != topic_filter):
                continue
            if self.wrong("some-only") and n == 50:
                return
            n += 1
            client.deliver(message, options, True)
