# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Real programs for one test: Mosquitto, glow-bridge and Mosquitto's clients.

Everything that a program says goes to a file in the test's own directory, and
tests look at these files: what the virtual board shows, what a broker carries,
what the bridge logs. So there are no reading threads, nothing is lost between
two looks, and "wait until" is one loop with a deadline.

Children ask the kernel to be killed with their parent (PR_SET_PDEATHSIG) and
are ended by process id, so no test leaves one behind, however it ends.
"""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import capture

PATIENCE_S = int(os.environ.get("TEST_PATIENCE_S", 15))  # deadline of every wait: far beyond what a busy machine needs
SKIPPED = 77  # exit status that CTest takes for "skipped"
PR_SET_PDEATHSIG = 1
FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE = 1, 2
SANITIZER_MARKS = ("Sanitizer:", "runtime error:", "ThreadSanitizer")

_libc = ctypes.CDLL(None, use_errno=True)
_count = 0


def _die_with_parent():
    for number in (signal.SIGINT, signal.SIGHUP):  # which a test in the background was told to ignore
        signal.signal(number, signal.SIG_DFL)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def unique(stem="t"):
    """A name that no other test on this machine uses at the same time."""
    global _count
    _count += 1
    return "%s%d-%d" % (stem, os.getpid(), _count)


def now_us():
    return time.time_ns() // 1000


def wait_until(what, condition, patience_s=PATIENCE_S):
    """Returns the first true value of condition(); fails with `what` (text or a function) after the deadline."""
    deadline = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("waited %g s in vain: %s" % (patience_s, what() if callable(what) else what))
        time.sleep(0.002)


def spawn(argv, stdout, stderr, env=None, stdin=subprocess.DEVNULL):
    return subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=stderr, env=env, preexec_fn=_die_with_parent)


def end(process, sig=signal.SIGTERM):
    """Ends a child and returns its exit status."""
    if process.poll() is None:
        process.send_signal(sig)
        process.send_signal(signal.SIGCONT)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("%s does not end" % process.args[0])
    return process.returncode


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Tail:
    """The whole lines of a file that grows."""

    def __init__(self, path):
        self.path = path
        self.offset = 0
        self.rest = b""

    def lines(self):
        """The lines that came since the last call."""
        try:
            with open(self.path, "rb") as f:
                f.seek(self.offset)
                data = f.read()
        except FileNotFoundError:
            return []
        self.offset += len(data)
        whole = (self.rest + data).split(b"\n")
        self.rest = whole.pop()
        return whole

    def forget(self):
        """Gives back the disk's room for what was read, where the file system can: for runs of hours."""
        if not self.offset:
            return
        with open(self.path, "r+b") as f:
            _libc.fallocate(f.fileno(), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, ctypes.c_long(0),
                            ctypes.c_long(self.offset))


class Message:
    def __init__(self, line):
        topic, retained, qos, correlation, when_s, payload = line[2:].split(b"\t")[:6]
        self.topic = topic.decode()
        self.retained = retained == b"1"
        self.qos = int(qos)
        self.correlation = correlation.decode()
        self.when_s = float(when_s)
        self.payload = bytes.fromhex(payload.decode())

    def json(self):
        return json.loads(self.payload)

    def __repr__(self):
        return "%s%s %r" % (self.topic, " (retained)" if self.retained else "", self.payload)


class Watch:
    """A mosquitto_sub and all that it got. Made ready before the constructor
    returns: a retained marker, subscribed last, comes after everything retained."""

    FORMAT = "M\t%t\t%r\t%q\t%D\t%U\t%x\t%R"

    def __init__(self, broker, *topics):
        marker = "marker/" + unique()
        broker.publish(marker, "here", retain=True)
        self.path = os.path.join(broker.home, unique("watch"))
        with open(self.path, "wb") as out:
            argv = broker.client("mosquitto_sub", "-q", "2", "--retain-as-published", "-F", self.FORMAT)
            for topic in topics + (marker,):
                argv += ["-t", topic]
            self.process = spawn(argv, out, subprocess.STDOUT)
        self.tail = Tail(self.path)
        self.all = []
        try:
            copies = 1 + ("#" in topics)  # which brings the marker too, somewhere among everything retained
            wait_until("no subscription, see %s" % self.path, lambda: len(self.find(marker)) >= copies)
        except AssertionError:
            self.close()
            raise
        self.all = [m for m in self.all if not m.topic.startswith("marker/")]

    def look(self):
        for line in self.tail.lines():
            if line.startswith(b"M\t"):
                self.all.append(Message(line))
                capture.heard(os.path.basename(self.path), line)
        return self.all

    def take(self):
        """The messages since the last call, which are forgotten here."""
        taken, self.all = self.look(), []
        self.tail.forget()
        return taken

    def mark(self):
        """Where the next message will be; for the `since` of the others."""
        return len(self.look())

    def find(self, topic, since=0):
        return [m for m in self.look()[since:] if m.topic == topic]

    def wait(self, topic, accept=lambda m: True, since=0):
        """The first message of a topic that `accept` takes."""

        def found():
            return next((m for m in self.find(topic, since) if accept(m)), None)

        return wait_until(lambda: "no such message on %s but %s" % (topic, self.find(topic, since)[-5:]), found)

    def wait_synced(self, *nodes, since=0):
        """Until each has cluster time."""
        for node in nodes:
            self.wait(node.topic("stats"), lambda m: m.json()["sync"]["state"] in ("tracking", "acquire"), since)

    def last(self, topic):
        found = self.find(topic)
        return found[-1] if found else None

    def effects(self, info_topic):
        """The tables of effects that a node's info names, which whoever finds them absent publishes within five seconds."""
        prefix = info_topic.rsplit("/node/", 1)[0]
        name = self.wait(info_topic).json()["effects_hash"]
        return self.wait("%s/effects/%s" % (prefix, name)).json()

    def close(self):
        self.look()
        end(self.process, signal.SIGKILL)  # its own end may wait for ever on a lock that the signal found taken


class Broker:
    """Mosquitto on a free port of 127.0.0.1, with its store and logs in `home`."""

    def __init__(self, home, persistence=False, account=None):
        self.home = home
        self.port = free_port()
        self.account = account
        self.uri = "mqtt://127.0.0.1:%d" % self.port
        self.process = None
        self.log = os.path.join(home, "mosquitto.log")
        self.conf = os.path.join(home, "mosquitto.conf")
        lines = ["listener %d 127.0.0.1" % self.port, "user root", "set_tcp_nodelay true", "max_queued_messages 0",
                 "log_type all", "allow_anonymous %s" % ("false" if account else "true")]
        if account:
            self._write_passwords(account)
            lines.append("password_file %s" % self.passwords)
        if persistence:
            lines += ["persistence true", "persistence_location %s/" % home]
        with open(self.conf, "w") as f:
            f.write("\n".join(lines) + "\n")

    def _write_passwords(self, account):
        self.passwords = os.path.join(self.home, "passwords")
        subprocess.run(["mosquitto_passwd", "-b", "-c", self.passwords, account[0], account[1]], check=True)

    def _answers(self):
        """Whether it answers a CONNECT, with a yes or a no. That it listens is not enough: between that and its loop
        Mosquitto forgets a SIGTERM."""
        if self.process.poll() is not None:
            raise AssertionError("mosquitto ended, see %s" % self.log)
        with socket.socket() as s:
            s.settimeout(1)
            try:
                s.connect(("127.0.0.1", self.port))
                s.sendall(b"\x10\x0c\0\4MQTT\4\2\0\x3c\0\0")
                return s.recv(1) == b"\x20"
            except OSError:
                return False

    def start(self):
        with open(self.log, "ab") as log:
            self.process = spawn(["mosquitto", "-c", self.conf], log, subprocess.STDOUT)
        wait_until("mosquitto does not answer, see %s" % self.log, self._answers)
        return self

    def stop(self, sig=signal.SIGTERM):
        if self.process:
            end(self.process, sig)
            self.process = None

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def client(self, program, *args, version="5"):
        argv = [program, "-h", "127.0.0.1", "-p", str(self.port), "-V", version]
        if self.account:
            argv += ["-u", self.account[0], "-P", self.account[1]]
        return argv + list(args)

    def publish(self, topic, payload=b"", version="5", qos=1, retain=False, response=None, correlation=None):
        argv = self.client("mosquitto_pub", "-t", topic, "-q", str(qos), "-s" if payload else "-n", version=version)
        if retain:
            argv.append("-r")
        if response is not None:
            argv += ["-D", "publish", "response-topic", response]
        if correlation is not None:
            argv += ["-D", "publish", "correlation-data", correlation]
        data = payload.encode() if isinstance(payload, str) else payload
        capture.said(topic, data)
        subprocess.run(argv, input=data, check=True, timeout=PATIENCE_S)

    def request(self, topic, payload, response):
        """mosquitto_rr: publishes and returns the one answer."""
        argv = self.client("mosquitto_rr", "-t", topic, "-e", response, "-q", "1", "-m", payload, "-W",
                           str(PATIENCE_S))
        return json.loads(subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout)

    def retained(self, *topics):
        """What the broker keeps: topic -> payload. What is said meanwhile, and kept, has that flag as well."""
        watch = Watch(self, *topics)
        watch.close()
        kept = {m.topic: m.payload for m in watch.all if m.retained}
        return {topic: payload for topic, payload in kept.items() if payload}


class Asker:
    """Commands with answers over one lasting mosquitto_pub. A node takes one
    sender's commands in order, so the n-th answer belongs to the n-th command."""

    WINDOW = 128  # on the way at once; the bridge's mailbox holds more

    def __init__(self, broker, watch, topic):
        self.watch = watch
        self.answers = unique("answers/")
        self.correlation = unique("c")
        self.seen = 0
        self.since = watch.mark()
        self.process = spawn(broker.client("mosquitto_pub", "-t", topic, "-q", "1", "-l", "-D", "publish",
                                           "response-topic", self.answers, "-D", "publish", "correlation-data",
                                           self.correlation),
                             subprocess.DEVNULL, subprocess.DEVNULL, stdin=subprocess.PIPE)

    def _wait_for(self, count):
        return wait_until(lambda: "%d answers of %d" % (len(self._answers()), count),
                          lambda: len(self._answers()) >= count and self._answers())

    def _answers(self):
        return self.watch.find(self.answers, self.since)

    def ask_many(self, payloads):
        """One answer for each payload. A line is a payload, so none may hold a line break or NUL."""
        answers = []
        for start in range(0, len(payloads), self.WINDOW):
            part = [p.encode() if isinstance(p, str) else p for p in payloads[start:start + self.WINDOW]]
            assert not any(b"\n" in p or b"\0" in p for p in part)
            self.process.stdin.write(b"".join(p + b"\n" for p in part))
            self.process.stdin.flush()
            got = self._wait_for(self.seen + len(part))
            answers += [m.json() for m in got[self.seen:]]
            self.seen += len(part)
        assert all(m.correlation == self.correlation for m in self._answers())
        return answers

    def ask(self, payload):
        return self.ask_many([payload if isinstance(payload, (str, bytes)) else json.dumps(payload)])[0]

    def close(self):
        self.process.stdin.close()
        end(self.process)


class Frame:
    def __init__(self, line):
        raw = json.loads(line)
        self.t_us = raw["t_us"]
        self.mono_ns = raw["mono_ns"]
        self.lights = raw.get("pixels", raw.get("leds"))

    def __repr__(self):
        return "%d %s" % (self.t_us, self.lights)


class Frames:
    """What a virtual board showed so far, oldest first. The first is the board's own darkness at its start."""

    def __init__(self, path):
        self.tail = Tail(path)
        self.all = []

    def look(self):
        self.all += [Frame(line) for line in self.tail.lines()]
        return self.all

    def take(self):
        """The frames since the last call, which are forgotten here."""
        taken, self.all = self.look(), []
        self.tail.forget()
        return taken

    def mark(self):
        return len(self.look())

    def last(self):
        return self.look()[-1]

    def since(self, mark):
        return self.look()[mark:]

    def wait(self, what, accept, since=0):
        """The first frame that `accept` takes."""

        def found():
            return next((f for f in self.look()[since:] if accept(f)), None)

        return wait_until(lambda: "no frame %s; the last are %s" % (what, self.all[-3:]), found)

    def wait_shows(self, lights):
        """Until the board shows this, for all we can see now."""
        wait_until(lambda: "the board shows %s instead of %s" % (self.last().lights, lights),
                   lambda: self.look() and self.last().lights == lights)
        return self.last()


def child_env(extra=None):
    """Our environment without its own GLOW_*, in UTF-8, and with `extra`."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GLOW_")}
    env["LC_ALL"] = "C.UTF-8"
    env["TSAN_OPTIONS"] = env.get("TSAN_OPTIONS", "") + " atexit_sleep_ms=0"  # a second of our two for the end
    env.update(extra or {})
    return env


def bridge_path():
    return os.environ.get("GLOW_BIN", "glow-bridge")


def beside_bridge(name):
    """A file of the build that lies beside glow-bridge."""
    return os.path.join(os.path.dirname(os.path.abspath(bridge_path())), name)


def run_bridge(*options, env=None):
    """Runs glow-bridge to its end; for everything that is not a running node."""
    return subprocess.run([bridge_path()] + list(options), env=child_env(env), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace", timeout=2 * PATIENCE_S)


def run_ctl(*words, stdin=b"", env=None):
    """Runs glowctl, which lies beside glow-bridge, to its end."""
    done = subprocess.run([beside_bridge("glowctl")] + list(words), env=child_env(env), input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=2 * PATIENCE_S)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    if any(mark in done.stderr for mark in SANITIZER_MARKS):
        raise AssertionError(done.stderr)
    return done


class Program:
    """One of our programs that run until they are told to end, and its log. `within` is a command that runs it."""

    def __init__(self, argv, log_path, env, within):
        self.log_path = log_path
        with open(log_path, "wb") as log:
            self.process = spawn([*within, *argv], log, log, env=child_env(env))

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def wait_log(self, text):
        wait_until(lambda: "no %r in the log: %s" % (text, self.log()), lambda: text in self.log())

    def connections(self):
        """How often it has met the broker."""
        return self.log().count("connected to mqtt")

    def wait_connected(self, times=1):
        def connected():
            if self.process.poll() is not None:
                raise AssertionError("ended with %d: %s" % (self.process.returncode, self.log()))
            return self.connections() >= times

        wait_until(lambda: "not connected: %s" % self.log(), connected)
        return self

    def stop(self, sig=signal.SIGTERM):
        """Ends it; returns exit status and seconds. What a sanitizer found fails here."""
        start = time.monotonic()
        self.process.send_signal(sig)
        status = self.process.wait(PATIENCE_S)
        took_s = time.monotonic() - start
        self.check_log()
        return status, took_s

    def check_log(self):
        log = self.log()
        if any(mark in log for mark in SANITIZER_MARKS):
            raise AssertionError(log)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        """For the end of a test that ended it already or not."""
        if self.process.poll() is None:
            self.thaw()
            status, _ = self.stop()
            if status != 0:
                raise AssertionError("exit status %d: %s" % (status, self.log()))
        self.check_log()


def discovery_of(options):
    return options[options.index("--discovery") + 1] if "--discovery" in options else "homeassistant"


class Bridge(Program):
    """A running glow-bridge with a virtual board, whose frames go to a file."""

    def __init__(self, home, uri, *options, node=None, prefix="glow", env=None, board="virtual", within=()):
        self.node = node or unique()
        self.prefix = prefix
        capture.uses(prefix, discovery_of(options))
        out = os.path.join(home, unique("frames"))
        super().__init__([bridge_path(), "--broker", uri, "--node", self.node, "--prefix", prefix, "--board", board,
                          "--virtual-out", out] + list(options), out + ".log", env, within)
        self.frames = Frames(out)

    def topic(self, leaf):
        return "%s/node/%s/%s" % (self.prefix, self.node, leaf)


def run_conductor(*options, env=None):
    """Runs glow-conductor to its end."""
    return subprocess.run([beside_bridge("glow-conductor")] + list(options), env=child_env(env), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace", timeout=2 * PATIENCE_S)


class Conductor(Program):
    """A running glow-conductor."""

    def __init__(self, home, uri, *options, node=None, prefix="glow", env=None, within=()):
        self.node = node or unique("c")
        self.prefix = prefix
        capture.uses(prefix, discovery_of(options))
        super().__init__([beside_bridge("glow-conductor"), "--broker", uri, "--node", self.node, "--prefix", prefix] +
                         list(options), os.path.join(home, unique("conductor") + ".log"), env, within)

    def leads(self):
        """True when its last word on the matter is that it does."""
        words = [line for line in self.log().splitlines() if "leading" in line]
        return bool(words) and "no longer" not in words[-1] and "leading clock" in words[-1]

    def wait_leading(self):
        wait_until(lambda: "it does not lead: %s" % self.log(), self.leads)
        return self


class Case(unittest.TestCase):
    """A broker for all tests of the class, and bridges as they need them."""

    maxDiff = 4000
    persistence = False
    account = None

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.broker = Broker(cls.home, persistence=cls.persistence, account=cls.account).start()
        cls.addClassCleanup(cls.broker.stop, signal.SIGKILL)

    def watch(self, *topics):
        watch = Watch(self.broker, *(topics or ("#",)))
        self.addCleanup(watch.close)
        return watch

    def bridge(self, *options, uri=None, **more):
        bridge = Bridge(self.home, uri or self.broker.uri, *options, **more)
        self.addCleanup(bridge.close)
        return bridge

    def conductor(self, *options, uri=None, **more):
        conductor = Conductor(self.home, uri or self.broker.uri, *options, **more)
        self.addCleanup(conductor.close)
        return conductor

    def asker(self, watch, topic):
        asker = Asker(self.broker, watch, topic)
        self.addCleanup(asker.close)
        return asker

    def assert_ok(self, answer):
        self.assertEqual(answer.get("status"), "ok", answer)

    def assert_refused(self, answer, code, field=None):
        self.assertEqual((answer.get("status"), answer.get("code")), ("error", code), answer)
        self.assertTrue(answer["message"], "a refusal says why")
        if field is not None:
            self.assertEqual(answer["field"], field, answer)


class ClusterCase(Case):
    """A conductor that leads for all tests of the class, and boards, dark as long as nobody asks for anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = Watch(cls.broker, "#")
        cls.addClassCleanup(cls.seen.close)
        cls.lead()

    @classmethod
    def lead(cls):
        cls.leader = Conductor(cls.home, cls.broker.uri)
        cls.addClassCleanup(cls.leader.close)
        cls.leader.wait_leading()  # before there are nodes, whose first stats then tell of its time

    @classmethod
    def start(cls, name, *options):
        node = Bridge(cls.home, cls.broker.uri, "--idle", "off", "--current-limit-ma", "0", *options, node=name)
        cls.addClassCleanup(node.close)
        return node

    @classmethod
    def wait_ready(cls, *nodes, since=0):
        """Until they have cluster time and their places; returns the roster."""
        cls.seen.wait_synced(*nodes, since=since)
        names = {n.node for n in nodes}
        return cls.seen.wait("glow/roster", lambda m: names <= {n["id"] for n in m.json()["nodes"]}).json()

    def request(self, topic, payload):
        return self.broker.request("glow/" + topic, payload if isinstance(payload, str) else json.dumps(payload),
                                   unique("answers/"))


class NodeCase(Case):
    """One node for all tests of the class; each starts with a light that is let go and no notice."""

    options = ()
    prefix = "glow"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all = Watch(cls.broker, "#")
        cls.addClassCleanup(cls.all.close)
        cls.node = Bridge(cls.home, cls.broker.uri, *cls.options, prefix=cls.prefix)
        cls.addClassCleanup(cls.node.close)
        cls.all.wait(cls.node.topic("availability"), lambda m: m.payload == b"online")
        cls.frames = cls.node.frames
        cls.setter = Asker(cls.broker, cls.all, cls.node.topic("set"))
        cls.addClassCleanup(cls.setter.close)
        cls.notifier = Asker(cls.broker, cls.all, cls.node.topic("notify"))
        cls.addClassCleanup(cls.notifier.close)

    def setUp(self):
        self.set({"state": "OFF", "dark": True, "effect": "auto", "brightness": 255})

    def set(self, command):
        answer = self.setter.ask(command)
        self.assert_ok(answer)
        return answer

    def notify(self, command):
        answer = self.notifier.ask(command)
        self.assert_ok(answer)
        return answer

    def refuse(self, command, code, field=None):
        self.assert_refused(self.setter.ask(command), code, field)

    def state(self):
        """The state after all that was sent, by asking for it."""
        since = self.all.mark()
        self.set("")
        return self.all.wait(self.node.topic("state"), since=since).json()

    def shows(self, *lights):
        """Waits until the board shows these colours, one for all or one each."""
        n = len(self.frames.look()[0].lights)
        return self.frames.wait_shows(list(lights) * (n if len(lights) == 1 else 1))


def grid(frames, period_us):
    """Frames by their place in a period, for comparing one stretch of an animation with another."""
    return {f.t_us % period_us: f.lights for f in frames}


def assert_in_phase(before, after, period_us, least=10):
    """Of an effect that repeats, frames of equal phase must be equal, and enough must be comparable."""
    known = grid(before, period_us)
    compared = [f for f in after if f.t_us % period_us in known]
    if len(compared) < least:
        raise AssertionError("only %d of %d frames can be compared" % (len(compared), len(after)))
    for f in compared:
        if f.lights != known[f.t_us % period_us]:
            raise AssertionError("out of phase at %d: %s, before %s" %
                                 (f.t_us, f.lights, known[f.t_us % period_us]))


def main():
    missing = [p for p in ("mosquitto", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr", "mosquitto_passwd")
               if not shutil.which(p)]
    if missing:
        print("SKIPPED: not installed: " + ", ".join(missing))
        sys.exit(SKIPPED)
    capture.begins()
    unittest.main()


os.environ["PATH"] += ":/usr/sbin"  # where Debian has mosquitto
