#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A swarm as a picture: glow-tasks before an engine that this test plays, and the real filter between them."""

import contextlib
import http.client
import http.server
import json
import os
import queue
import shutil
import signal
import socket
import socketserver
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import secured
import web

TASKS = glow.beside_bridge("glow-tasks")
CONF = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "compose", "tasks", "engine.conf")
QUESTIONS = ("/nodes", "/services", "/tasks")
EVENTS = "/events?filters=%7B%22type%22%3A%5B%22node%22%2C%22service%22%5D%7D"


class Engine(socketserver.ThreadingUnixStreamServer):
    """Answers as a manager's engine does, and keeps what it was asked: (method, path, headers, body)."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path):
        self.path = path
        self.asked = []
        self.listeners = []
        self.connections = []
        self.documents = {path: [] for path in QUESTIONS}
        super().__init__(path, Handler)
        os.chmod(path, 0o666)  # nginx, started by root, asks as another user
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def swarm(self, *tasks, nodes=("pi1", "pi2"), drained=()):
        """Each task is (service, slot, node, state, desired), and new."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.5Z", time.gmtime())
        self.documents = {
            "/nodes": [{"ID": "id-" + n, "Description": {"Hostname": n}, "Status": {"State": "ready"},
                        "Spec": {"Availability": "drain" if n in drained else "active"}} for n in nodes],
            "/services": [{"ID": "id-" + s, "Spec": {"Name": s}} for s in sorted({t[0] for t in tasks})],
            "/tasks": [{"ServiceID": "id-" + s, "Slot": slot, "NodeID": "id-" + n, "Status": {"State": state},
                        "DesiredState": desired, "CreatedAt": stamp, "UpdatedAt": stamp} for s, slot, n, state, desired in tasks],
        }

    def handle_error(self, *_):
        """Who asks may go before the answer."""

    def happen(self):
        for listener in self.listeners:
            listener.put(b'{"Type":"service","Action":"update"}\n')

    def get_request(self):
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def close(self):
        """As when the engine ends: its connections too, on which it would go on to answer."""
        self.shutdown()
        self.server_close()
        os.unlink(self.path)
        for connection in self.connections:
            with contextlib.suppress(OSError):  # it has ended
                connection.shutdown(socket.SHUT_RDWR)
        for listener in self.listeners:
            listener.put(None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "the socket"

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        path = self.path.split("?")[0]
        if path == "/events":
            return self.stream()
        found = self.server.documents.get(path)
        text = json.dumps({"message": "page not found"} if found is None else found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def stream(self):
        listener = queue.Queue()
        self.close_connection = True
        self.send_response(200)
        self.end_headers()
        self.server.listeners.append(listener)
        for event in iter(listener.get, None):
            self.wfile.write(event)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer


class Filter:
    """nginx with the stack's configuration, on a free port."""

    def __init__(self, home, engine):
        self.home = os.path.join(home, glow.unique("filter"))
        os.mkdir(self.home)
        self.port, health = glow.free_port(), glow.free_port()
        conf = secured.replaced(secured.read(CONF).replace("/tmp/", self.home + "/"), {
            "listen 8080;": "listen 127.0.0.1:%d;" % self.port, "127.0.0.1:8081": "127.0.0.1:%d" % health,
            "unix:/run/docker.sock": "unix:" + engine})
        path = os.path.join(self.home, "nginx.conf")
        with open(path, "w") as f:
            f.write(conf)
        self.log_path = os.path.join(self.home, "log")
        for folder in (home, self.home):
            os.chmod(folder, 0o711)
        with open(self.log_path, "wb") as log:
            self.process = glow.spawn(["setpriv", "--pdeathsig", "TERM", "nginx", "-p", self.home, "-e", "stderr", "-c", path],
                                      log, log)
        glow.wait_until(lambda: "nginx does not listen: " + secured.read(self.log_path), self.listens)

    def listens(self):
        with socket.socket() as s:
            return self.process.poll() is None and s.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        glow.end(self.process)


class Local(http.client.HTTPConnection):
    """Straight to a socket."""

    def __init__(self, path):
        super().__init__("engine", timeout=glow.PATIENCE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Case(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="glow-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.socket = os.path.join(self.home, "docker.sock")
        self.engine = self.start_engine()

    def start_engine(self):
        engine = Engine(self.socket)
        self.addCleanup(lambda: os.path.exists(self.socket) and self.engine is engine and engine.close())
        return engine

    def filter(self):
        served = Filter(self.home, self.socket)
        self.addCleanup(served.close)
        return served


class Filtered(Case):
    METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "get", "GETS")
    PATHS = ("/", "/containers", "/containers/json", "/containers/create", "/secrets", "/configs", "/images/json", "/info",
             "/version", "/_ping", "/swarm", "/swarm/unlockkey", "/exec/1/start", "/networks", "/volumes", "/plugins",
             "/tasks/", "/tasks/1", "/tasks/1/logs", "/services/1/logs", "/nodes/1", "/v1.41/tasks", "/v1.41/secrets",
             "/TASKS", "/tasks;", "/tasks.json", "/tasks%20", "/tasks%00", "/tasks/../secrets", "/tasks/%2e%2e/secrets",
             "/tasks%2f..%2fsecrets", "/tasks/..%2fsecrets", "/nodes/..;/secrets", "/events/../containers/json",
             "http://engine/secrets", "/tasks%0d%0a%0d%0aGET%20/secrets", "/%74asks/../secrets", "*", "tasks",
             "/tasks HTTP/1.1\r\nHost: x\r\n\r\nPOST /containers/create")

    def setUp(self):
        super().setUp()
        self.served = self.filter()

    def send(self, method, path, *lines, body=b""):
        """As it is, byte for byte; the status, 0 for none."""
        with socket.create_connection(("127.0.0.1", self.served.port), glow.PATIENCE_S) as s:
            head = "\r\n".join(["%s %s HTTP/1.1" % (method, path), "Host: engine", "Connection: close", *lines, "", ""])
            s.sendall(head.encode() + body)
            got = b"".join(iter(lambda: s.recv(65536), b""))
        return int(got.split()[1]) if got.startswith(b"HTTP/") else 0

    # promise: engine-is-asked-only
    def test_what_passes(self):
        self.engine.documents["/tasks"] = [{"ID": "x" * 100000}]
        for path in QUESTIONS:
            self.assertEqual(self.send("GET", path), 200)
        self.assertEqual([a[:2] for a in self.engine.asked], [("GET", path) for path in QUESTIONS])

    # promise: engine-is-asked-only
    def test_nothing_else_passes(self):
        for path in (*QUESTIONS, "/events", "/containers/create", "/secrets"):
            for method in self.METHODS:
                self.assertIn(self.send(method, path, "Content-Length: 2", body=b"{}"), (400, 403, 405), (method, path))
        for path in self.PATHS:
            status = self.send("GET", path)
            self.assertTrue(status in (400, 403, 404) or "\r" in path, (path, status))
        for method, path, headers, body in self.engine.asked:  # of the split one, what came before the split
            self.assertEqual((method, path, body), ("GET", "/tasks", b""))
        self.assertLessEqual(len(self.engine.asked), 1)
        self.assertIn('"POST /containers/create HTTP/1.1" 405', secured.read(self.served.log_path))

    # promise: engine-is-asked-only
    def test_of_a_request_nothing_goes_further(self):
        self.assertEqual(self.send("GET", "/tasks?filters=x&a=/../secrets", "X-Registry-Auth: x", "Upgrade: tcp",
                                   "X-HTTP-Method-Override: POST", "Content-Length: 4", body=b"{}{}"), 200)
        self.assertEqual(self.send("GET", "//tasks"), 200)  # two slashes are one
        self.assertEqual(self.send("GET", "http://elsewhere/tasks"), 200)
        self.assertIn(self.send("GET", "/tasks", "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\nPOST"),
                      (200, 400))
        for asked in self.engine.asked:
            self.assertEqual(asked, ("GET", "/tasks", {"Host": "engine", "Connection": "close"}, b""))

    def test_events(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=glow.PATIENCE_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/events?filters=%7B%7D")
        glow.wait_until("nobody listens", lambda: self.engine.listeners)
        self.engine.happen()
        self.assertEqual(connection.getresponse().readline(), b'{"Type":"service","Action":"update"}\n')
        self.assertEqual(self.engine.asked[0][:2], ("GET", EVENTS))

    def test_without_it(self):
        """The control: at the socket itself all of that reaches the engine."""
        for method, path in (("POST", "/containers/create"), ("DELETE", "/nodes/1"), ("GET", "/secrets")):
            connection = Local(self.socket)
            connection.request(method, path, b"{}", {"X-Registry-Auth": "x"})
            self.assertEqual(connection.getresponse().status, 404)
            connection.close()
            asked = self.engine.asked[-1]
            self.assertEqual((asked[:2], asked[3]), ((method, path), b"{}"))
            self.assertEqual(asked[2]["X-Registry-Auth"], "x")


class Shown(Case):
    """With the broker as it is deployed, and the account that the stack has for it."""

    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.kept)
        secrets = os.path.join(cls.kept, "secrets")
        secured.make_secrets(secrets)
        cls.broker = secured.Broker(cls.kept, secrets).start()
        cls.addClassCleanup(cls.broker.stop, signal.SIGKILL)

    def setUp(self):
        super().setUp()
        self.watch = glow.Watch(self.broker, "glow/#")
        self.addCleanup(self.watch.close)

    def bridge(self, node):
        bridge = glow.Bridge(self.home, self.broker.uri, "--fps", "20", node=node, env=self.broker.env("bridge"))
        self.addCleanup(bridge.close)
        return bridge.wait_connected()

    def tasks(self, *options, engine=None):
        argv = [TASKS, "--broker", self.broker.uri, "--engine", engine or "unix://" + self.socket, *options]
        program = glow.Program(argv, os.path.join(self.home, glow.unique("tasks")), self.broker.env("tasks"), ())
        self.addCleanup(program.close)
        return program

    def wait_pixels(self, node, *pixels, since=0):
        """A notice for it that shows just these, and black."""
        wanted = list(pixels) + ["#000000"] * (8 - len(pixels))
        return self.watch.wait("glow/node/%s/notify" % node, lambda m: m.json().get("pixels") == wanted, since)

    # promise: engine-is-asked-only
    def test_update(self):
        """An update goes from node to node, told by events alone: it is an hour to the next poll."""
        web, run = "#b3ff00", ("running", "running")
        self.engine.swarm(("web", 1, "pi1", *run), ("db", 0, "pi2", *run), nodes=("pi1", "pi2", "pi9"))
        pi1 = self.bridge("pi1")
        self.bridge("pi2")
        program = self.tasks("--poll-s", "3600", engine="http://127.0.0.1:%d" % self.filter().port)
        first = self.wait_pixels("pi1", web).json()
        self.assertEqual({k: first[k] for k in ("brightness", "priority", "ttl_s", "id")},
                         {"brightness": 128, "priority": 2, "ttl_s": 10800, "id": "tasks"})
        lit = pi1.frames.wait("of a task", lambda f: f.lights[0] != "000000")
        self.assertEqual(lit.lights[1:], ["000000"] * 7)
        for state, desired, pixel in (("running", "shutdown", "#606060"), ("failed", "shutdown", "#ff0000"),
                                      ("starting", "running", "#5a8000"), ("running", "running", web)):
            since = self.watch.mark()
            self.engine.swarm(("web", 1, "pi1", state, desired), ("db", 0, "pi2", *run), nodes=("pi1", "pi2", "pi9"))
            self.engine.happen()
            self.wait_pixels("pi1", pixel, since=since)
        pictures = {tuple(m.json()["pixels"]) for m in self.watch.find("glow/node/pi2/notify")}
        self.assertEqual(len(pictures), 1)  # the other node looked the same all the time
        self.engine.swarm(drained=("pi2",))
        self.engine.happen()
        self.wait_pixels("pi2", *["#603000"] * 8)
        self.watch.wait("glow/node/pi1/notify", lambda m: m.json().get("clear"))
        self.assertEqual(program.log().count("pi9 of the swarm has no row of pixels here"), 1, program.log())
        self.assertEqual({a[1] for a in self.engine.asked}, {*QUESTIONS, EVENTS})
        self.assertEqual({a[0] for a in self.engine.asked}, {"GET"})
        program.stop()
        self.watch.wait("glow/node/pi2/notify", lambda m: m.json().get("clear"))
        self.assertNotIn("does not let us", program.log())

    # promise: swarm-picture-ends
    def test_engine_goes(self):
        """That is told once; notices run out, and are back with the engine."""
        self.engine.swarm(("web", 1, "pi1", "running", "running"))
        frames = self.bridge("pi1").frames
        program = self.tasks("--poll-s", "1")
        frames.wait("of a task", lambda f: f.lights[0] != "000000")
        mark = frames.mark()
        self.engine.close()
        frames.wait("without it", lambda f: f.lights[0] == "000000", mark)
        self.assertEqual(program.log().count("notices run out by themselves"), 1, program.log())
        self.assertIn("docker.sock", program.log())
        self.engine = self.start_engine()
        self.engine.swarm(("web", 1, "pi1", "running", "running"))
        mark = frames.mark()
        frames.wait("of a task", lambda f: f.lights[0] != "000000", mark)
        program.wait_log("answers again")

    def test_a_board_that_comes(self):
        """Is shown its node's tasks at once, before the next poll."""
        self.engine.swarm(("web", 1, "pi3", "running", "running"), nodes=("pi3",))
        program = self.tasks("--poll-s", "3600")
        program.wait_log("pi3 of the swarm has no row of pixels here")
        self.bridge("pi3").frames.wait("of a task", lambda f: f.lights[0] != "000000")

    def test_refusals(self):
        """What an engine says that is no manager's, and what is no engine, is told in its words."""
        self.engine.documents = {}
        self.tasks().wait_log(" with 404: page not found; trying again")
        self.engine.documents = {path: {} for path in QUESTIONS}
        self.tasks().wait_log("what it says of its nodes is no list; trying again")

    def test_doctor(self):
        env = {**self.broker.env("tasks"), "GLOW_BROKER": self.broker.uri, "GLOW_ENGINE": "unix://" + self.socket}
        for gone, said in ((False, "ok    engine   it tells of 0 nodes"), (True, "FAIL  engine   unix://" + self.socket)):
            if gone:
                self.engine.close()
            done = glow.subprocess.run([TASKS, "--doctor"], env=glow.child_env(env), capture_output=True, text=True)
            self.assertIn(said, done.stdout)
            self.assertIn("ok    broker", done.stdout)
            self.assertEqual(done.returncode != 0, gone)


if __name__ == "__main__":
    web.need()
    if not os.path.exists(TASKS):
        print("SKIPPED: built without libcurl")
        sys.exit(glow.SKIPPED)
    glow.main()
