#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The stack on a real swarm of three nodes, seen from outside: at the wire of each
node's LEDs, and over TLS with the accounts that people have.

test_swarm.py <folder of images> <of nodes> <of secrets> [step…]. Runs in the namespaces
of run.sh. The steps share one swarm and go from whole to broken (of single ones, take
"deploy" first); the first that fails ends it, with what the swarm says of itself.
"""

import base64
import json
import os
import shlex
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import time
import traceback

import cluster
import rack
from engine import DOCKER, run
from cluster import SOURCE, Broker, Swarm, Watch, glow
from eyes import BLUE, DARK, FPS, LIME, PERIOD_MS, RED, SHIFT_NS, along_the_strip, dark_times, meet, test_of_the_eyes
from images import TARGETS, engine_of_debian13

PATIENCE_S = 90  # for the swarm, which moves in seconds
DEPLOYED = {"GLOW_USER": "65532:%d" % cluster.GPIO_GID, "GLOW_IDLE": "lime", "GLOW_PIGLOW_IDLE": "off", "GLOW_FPS": str(FPS)}


def is_bright(pixel):
    """Of a notice: black, or a service whose task runs."""
    return pixel == "#000000" or ("ff" in pixel and pixel != "#ff0000")


def documented(command):
    """A command of docs/deploy.md, of one line or several."""
    with open(os.path.join(SOURCE, "docs", "deploy.md")) as f:
        lines = f.read().split("    " + command, 1)[1].split("\n")
    last = next(k for k, line in enumerate(lines) if not line.endswith("\\"))
    return command + "\n".join(lines[:last + 1])


# ---- the steps ----

class Test:
    def __init__(self, swarm):
        self.swarm = swarm
        self.images = swarm.images
        self.pis = swarm.pis
        self.manager = swarm.manager
        self.operator = swarm.broker("operator")
        self.viewer = swarm.broker("viewer")
        self.watch = None
        self.figures = []

    def wait(self, what, condition, patience_s=PATIENCE_S):
        return glow.wait_until(what, condition, patience_s)

    def wait_shows(self, pixels, pis=None):
        for pi in pis or self.pis:
            pi.gpio.shown.wait(pixels, PATIENCE_S)

    def wait_online(self, *names):
        for name in names:
            self.wait("%s is not online" % name, lambda: self.last("glow/node/%s/availability" % name) == b"online")

    def last(self, topic):
        message = self.watch.last(topic)
        return message.payload if message else None

    def command(self, topic, payload):
        self.operator.publish(topic, payload if isinstance(payload, str) else json.dumps(payload))

    def service(self, name, *path):
        value = self.manager.inspect("service", "inspect", "glow_" + name)
        for key in path:
            value = value.get(key, {})
        return value

    # ---- scenes ----

    def ask(self, topic, payload, broker=None):
        """Asked again while nobody leads, as in the first seconds of two conductors."""
        answer = self.wait("no answer on %s" % topic, lambda: (broker or self.operator).request(topic, payload))
        assert answer["status"] == "ok", answer
        return answer

    def play(self):
        scene = {"effect": "rainbow", "params": {"period_ms": PERIOD_MS}, "target": {"nodes": [p.name for p in self.pis]}}
        self.ask("glow/scene/play", json.dumps(scene))

    def strip(self, pis, shift_ns, since_ns):
        return along_the_strip([pi.gpio.shown.look() for pi in pis], shift_ns, since_ns, time.monotonic_ns())

    def wait_in_phase(self, pis=None, shift_ns=SHIFT_NS, frames=10):
        """Until so many frames of the rainbow, from now on, went over the nodes as one strip; one in ten may be late or
        left out. The skews of these frames."""
        pis = pis or self.pis
        since_ns = time.monotonic_ns()
        seen = None

        def together():
            nonlocal seen
            time.sleep(0.3)
            seen = skews, differ = self.strip(pis, shift_ns, since_ns)
            return len(skews) >= frames * (len(pis) - 1) and differ <= len(skews) // 10 and skews

        return self.wait(lambda: "no one strip: %s" % (seen,), together)

    def leader(self):
        return json.loads(self.last("glow/conductor/info") or b"{}")

    def node_of_leader(self):
        """The Pi on which the leading conductor runs; None while there is none."""
        info = self.leader()
        tasks = self.manager.docker("service", "ps", "glow_conductor", "--filter", "desired-state=running", "--format",
                                    "{{.Name}} {{.Node}} {{.CurrentState}}")
        for line in tasks.splitlines():
            name, node, state = line.split()[:3]
            if info.get("state") == "leading" and name == "glow_conductor." + info["id"].split("-")[-1] and state == "Running":
                return next(pi for pi in self.pis if pi.name == node)
        return None

    # ---- one after the other ----

    def step_deploy(self):
        """the stack starts, and every node shows its idle colour"""
        told = self.swarm.deploy(check=False)
        assert told.returncode != 0 and "docs/deploy.md" in told.stderr, "without a user: %s" % told
        self.swarm.deploy(**DEPLOYED)
        self.wait_shows(LIME)
        self.wait("the broker does not listen", lambda: socket.socket().connect_ex((self.pis[0].address, 8883)) == 0)
        self.watch = Watch(self.viewer, "glow/node/+/availability", "glow/node/+/state", "glow/node/+/info",
                           "glow/node/+/stats", "glow/conductor/info", "glow/roster")
        self.wait_online("pi1", "pi2", "pi3", "pi1-piglow")

    # promise: nobody-anonymous, viewer-commands-nothing
    def step_strangers(self):
        """without an account nobody is let in, and a viewer lights nothing"""
        anonymous = ["mosquitto_pub", "-h", self.pis[0].address, "-p", "8883", "--cafile", self.viewer.ca, "-V", "5", "-t",
                     "glow/node/pi1/set", "-m", "red"]
        assert run(*anonymous, check=False).returncode != 0
        self.viewer.publish("glow/node/pi1/set", "red")

    def step_topics(self):
        """each node lights by its own topic, and groups by the labels of the service"""
        for pi, color in zip(self.pis, ("red", "lime", "blue")):
            self.command("glow/node/%s/set" % pi.name, color)
        for pi, pixels in zip(self.pis, (RED, LIME, BLUE)):
            self.wait_shows(pixels, [pi])
        assert not any(f.pixels == RED for pi in self.pis[1:] for f in pi.gpio.shown.look())
        self.manager.docker("service", "update", "--detach", "--force", "--label-add", "groups.pi2=shelf,top", "glow_blinkt")
        self.wait("no groups", lambda: json.loads(self.last("glow/node/pi2/info")).get("groups") == ["shelf", "top"])
        assert json.loads(self.last("glow/node/pi1/info"))["groups"] == []
        self.wait_update("completed")
        self.command("glow/group/shelf/set", "red")
        self.wait_shows(RED, self.pis[:2])
        self.wait_shows(BLUE, self.pis[2:])

    # promise: least-privilege
    def step_rights(self):
        """two bridges on one node, each with the files of its own board and nothing else"""
        self.command("glow/node/pi1-piglow/set", {"leds": {"red": 255}})
        piglow = self.pis[0].piglow
        self.wait("the PiGlow is dark", lambda: piglow.show("red", 255) and piglow.show("blue", 0))
        led, export = "/host/sys/class/leds/piglow:red:led7/brightness", "/host/sys/class/gpio/export"
        for service, own, other, user in (("blinkt", export, led, "65532"), ("piglow", led, export, str(cluster.LEDS_ID))):
            pi = self.pis[0]
            told = pi.engine.inspect("inspect", pi.wait_container(service))
            host = told["HostConfig"]
            assert host["ReadonlyRootfs"] and not host["Privileged"] and not host["Devices"], host
            assert [m["Destination"] for m in told["Mounts"] if m["Type"] != "tmpfs"] == ["/host/sys"], told["Mounts"]
            process = told["State"]["Pid"]
            with open("/proc/%d/status" % process) as f:
                status = dict(line.split(":\t") for line in f.read().splitlines() if ":\t" in line)
            assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, status
            assert status["Uid"].split()[0] == user, status
            # There is no shell in there, so one of ours with the same rights looks in from outside.
            same = ["setpriv", "--reuid", user, "--regid", status["Gid"].split()[0], "--clear-groups", "--bounding-set=-all",
                    "--inh-caps=-all", "--no-new-privs"]
            root = "/proc/%d/root" % process
            assert run(*same, "test", "-w", root + own, check=False).returncode == 0
            assert run(*same, "test", "-w", root + other, check=False).returncode != 0
            for path in (other, "/usr/bin/glow-bridge", "/host/sys/class/net"):
                tried = run(*same, "sh", "-c", "echo 1 >'%s'" % (root + path), check=False)
                assert tried.returncode != 0, path
            assert pi.exec(service, "sh", "-c", "true").returncode != 0, "a shell"

    # promise: doctor-tells
    def step_doctor(self):
        """--doctor in the container says what is there and what is missing"""
        asked = self.pis[1].exec("blinkt", "glow-bridge", "--doctor")
        assert "ok    broker" in asked.stdout and "ok    board" in asked.stdout, asked.stdout + asked.stderr
        sysfs = os.path.join(self.swarm.home, "i2c")
        for there, says in (("", "set dtparam=i2c_arm=on in config.txt, reboot, run `sudo modprobe i2c-dev`"),
                            ("module/i2c_dev", "set dtparam=i2c_arm=on in config.txt and reboot"),
                            ("bus/i2c/devices/i2c-1", "i2c-dev is not loaded, run `sudo modprobe i2c-dev`"),
                            ("class/i2c-dev/i2c-1", "start the container with --device /dev/i2c-1")):
            os.makedirs(os.path.join(sysfs, there))
            asked = self.pis[0].engine.try_docker("run", "--rm", "--network", "none", "-v", sysfs + ":/i2c:ro",
                                                  "glowswarm/bridge", "--doctor", "--node", "x", "--board", "piglow",
                                                  "--i2c", "dev", "--sysfs", "/i2c")
            assert asked.returncode != 0 and says in asked.stdout, asked.stdout + asked.stderr
            shutil.rmtree(sysfs)

    def step_dashboard(self):
        """the dashboard answers over TLS, and leads browsers to the broker"""
        trust = ssl.create_default_context(cafile=self.viewer.ca)

        def connect():
            raw = socket.create_connection((self.pis[0].address, 8443), 5)
            return trust.wrap_socket(raw, server_hostname=self.pis[0].address)

        with connect() as s:
            s.sendall(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
            page = b"".join(iter(lambda: s.recv(65536), b""))
        assert page.startswith(b"HTTP/1.1 200") and b"Glowswarm" in page and b"Content-Security-Policy" in page, page
        with open(self.viewer.password, "rb") as f:
            answers = [self.mqtt_of_browser(connect(), password) for password in (f.read(), b"wrong")]
        assert answers == [0, 0x87], answers  # success, not authorized
        for service in ("dashboard", "broker"):
            self.wait("%s is not healthy" % service, lambda: self.pis[0].health(service) == "healthy")

    def mqtt_of_browser(self, s, password):
        """CONNECT over a WebSocket; the broker's reason code."""

        def text(data):
            return len(data).to_bytes(2, "big") + data

        with s:
            s.sendall(b"GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Key: " +
                      base64.b64encode(os.urandom(16)) + b"\r\n\r\n")
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                got = s.recv(1)
                assert got, head
                head += got
            assert head.startswith(b"HTTP/1.1 101"), head
            body = text(b"MQTT") + bytes([5, 0xC2, 0, 10, 0]) + text(b"browser") + text(b"viewer") + text(password)
            packet = bytes([0x10, len(body)]) + body
            s.sendall(bytes([0x82, 0x80 | len(packet), 0, 0, 0, 0]) + packet)  # masked with zeros
            answer = b""
            while len(answer) < 6:
                got = s.recv(100)
                assert got, answer
                answer += got
            return answer[5]  # two bytes of WebSocket, CONNACK, length, flags, reason

    def shows_tasks(self, notices, pi):
        """Until a notice for the node has a bright pixel for each task that runs there, and black ones."""

        def fits(message):
            bright = [p for p in message.json().get("pixels", []) if p != "#000000"]
            listed = self.manager.docker("node", "ps", "--filter", "desired-state=running", "--format", "{{.CurrentState}}", pi.name)
            return bright and all(is_bright(p) for p in bright) and [s.split()[0] for s in listed.splitlines()] == ["Running"] * len(bright)

        notices.wait("glow/node/%s/notify" % pi.name, fits)

    # promise: engine-is-asked-only
    def step_tasks(self):
        """each board shows the tasks of its node, and the filter before the engine takes questions only"""
        notices = Watch(self.viewer, "glow/node/+/notify", "glow/conductor/info")  # of which it is told at once
        pi = self.pis[0]
        gid = os.stat(pi.engine.socket).st_gid
        self.swarm.label("pi1", "glow.tasks=true")
        self.swarm.deploy(files=(cluster.STACK, cluster.TASKS), GLOW_ENGINE_USER="65532:%d" % gid, GLOW_ENGINE_SOCKET=pi.engine.socket,
                          **DEPLOYED)
        for each in self.pis:
            self.shows_tasks(notices, each)
        get = ("busybox", "wget", "-q", "-O", "-", "-T", "5")
        assert pi.exec("engine", *get, "http://127.0.0.1:8080/tasks").stdout.startswith("[{"), "the filter passes nothing"
        for words in (("http://127.0.0.1:8080/secrets",), ("--post-data", "{}", "http://127.0.0.1:8080/containers/create")):
            told = pi.exec("engine", *get, *words)
            assert told.returncode != 0 and " 40" in told.stderr, told
        for each in self.pis:  # nobody else sees the socket
            for container in each.engine.docker("ps", "-q").split():
                told = each.engine.inspect("inspect", container)
                sees = any(m["Source"].endswith("docker.sock") for m in told["Mounts"])
                assert sees == (told["Config"]["Labels"].get("com.docker.swarm.service.name") == "glow_engine"), told["Mounts"]
        self.manager.docker("service", "rm", "glow_tasks", "glow_engine")
        for each in self.pis:
            notices.wait("glow/node/%s/notify" % each.name, lambda m: m.json().get("clear"))
        notices.close()

    # promise: one-strip
    def step_rainbow(self):
        """a rainbow crosses all nodes as one strip"""
        self.command("glow/all/set", "auto")
        self.play()
        self.wait_in_phase()
        since_ns = time.monotonic_ns()
        skews = sorted(self.wait_in_phase(frames=15))
        self.figures.append("skew at the wire over %d frames: median %.1f ms, p90 %.1f ms (a frame is written in %.0f ms)" %
                            (len(skews), statistics.median(skews) / 1000, skews[len(skews) * 9 // 10] / 1000,
                             self.writing_ms()))
        assert self.strip(self.pis, 0, since_ns)[1] > len(skews) // 2, "the control: all nodes alike are taken for a strip"

        self.figures.append("clocks' own bounds of their error over the overlay network: %s us" % ", ".join(
            str(json.loads(self.last("glow/node/%s/stats" % pi.name) or b"{}").get("sync", {}).get("error_us")) for pi in
            self.pis))

    def writing_ms(self):
        return statistics.median((f.mono_ns - f.first_ns) / 1e6 for pi in self.pis for f in pi.gpio.shown.all[-20:])

    def retained(self):
        told = run(*self.viewer.client("mosquitto_sub", "--retained-only", "-t", "glow/#", "-W", "3", "-F", "%t"), check=False)
        return set(told.stdout.split())

    # promise: broker-keeps
    def step_broker(self):
        """the broker is killed: the rainbow goes on, and nothing retained is lost"""
        before = self.retained()
        assert {"glow/roster", "glow/scene/current", "glow/node/pi2/state", "glow/conductor/info"} <= before, before
        broker = self.pis[0]
        old = broker.container("broker")
        broker.engine.docker("kill", "--signal", "KILL", old)
        self.wait_in_phase()
        self.wait("no new broker", lambda: broker.container("broker") not in ("", old))
        self.wait(lambda: "lost: %s" % (before - self.retained()), lambda: before <= self.retained())
        self.wait_in_phase()

    # promise: light-survives
    def step_bridge(self):
        """a bridge is killed: its own light is back, and in the rainbow its place"""
        pi = self.pis[1]
        for color, back in (("red", lambda: self.wait_shows(RED, [pi])), ("auto", self.wait_in_phase)):
            self.command("glow/node/pi2/set", color)
            self.wait("not said", lambda: json.loads(self.last("glow/node/pi2/state"))["effect"] ==
                      {"red": "solid"}.get(color, color))
            back()
            old = pi.container("blinkt")
            since = self.watch.mark()
            pi.engine.docker("kill", "--signal", "KILL", old)
            self.wait("no new bridge", lambda: pi.container("blinkt") not in ("", old))
            self.watch.wait("glow/node/pi2/availability", lambda m: m.payload == b"online", since)
            back()

    # promise: time-outlives
    def step_conductor(self):
        """the leading conductor is killed, then its node drained: the rainbow goes on on the same timeline"""
        clock = self.leader()["clock_id"]
        while True:
            leading = self.wait("nobody leads", self.node_of_leader)
            if leading is not self.pis[0]:
                break
            since = self.watch.mark()
            leading.engine.docker("kill", "--signal", "KILL", leading.container("conductor"))
            self.watch.wait("glow/conductor/info", lambda m: m.payload and m.json()["state"] == "leading", since)
        others = [pi for pi in self.pis if pi is not leading]
        apart = self.pis.index(others[1]) - self.pis.index(others[0])
        since = self.watch.mark()
        self.manager.docker("node", "update", "--availability", "drain", leading.name)
        self.watch.wait("glow/conductor/info", lambda m: m.payload and m.json()["state"] == "leading", since)
        self.wait_shows(DARK, [leading])
        assert self.leader()["clock_id"] == clock, self.leader()
        self.wait_in_phase(others, apart * SHIFT_NS)
        self.manager.docker("node", "update", "--availability", "active", leading.name)
        self.wait_in_phase()
        assert self.leader()["clock_id"] == clock, self.leader()

    def step_node(self):
        """a node leaves the swarm and joins it again"""
        pi = self.pis[2]
        self.manager.docker("node", "update", "--availability", "drain", "pi3")  # leaving alone would kill the bridge
        self.wait_shows(DARK, [pi])
        pi.engine.docker("swarm", "leave")
        self.manager.docker("node", "rm", "--force", "pi3")
        self.swarm.join(pi)
        self.swarm.label("pi3", "glow.blinkt=true")
        self.wait_in_phase()

    # promise: racks, rack-goes-on
    def step_racks(self):
        """another stack as the root: its scene, its command and its time are the rack's, until it goes and when it is back"""
        rack.below_a_root(self, DEPLOYED)

    def update(self, *words):
        self.manager.docker("service", "update", "--detach", *words, "glow_blinkt")

    def wait_update(self, state):
        return self.wait(lambda: "the update is %s" % self.service("blinkt", "UpdateStatus"),
                         lambda: self.service("blinkt", "UpdateStatus").get("State") == state)

    def one_by_one(self, since_ns):
        """The nodes that were dark meanwhile; no two at once."""
        now_ns = time.monotonic_ns()
        times = {pi.name: dark_times(pi.gpio.shown.look(), since_ns, now_ns) for pi in self.pis}
        for a, b in (("pi1", "pi2"), ("pi1", "pi3"), ("pi2", "pi3")):
            assert not meet(times[a], times[b]), "%s and %s are dark at once: %s" % (a, b, times)
        return {name for name, dark in times.items() if dark}

    # promise: update-one-by-one
    def step_update(self):
        """an update to another idle colour goes from node to node"""
        self.ask("glow/scene/stop", "{}")
        self.wait_shows(LIME)
        since_ns = time.monotonic_ns()
        self.update("--env-add", "GLOW_IDLE=blue")
        self.wait_shows(BLUE)
        dark = self.one_by_one(since_ns)
        assert dark == set(cluster.NAMES), "the LEDs do not tell who was updated: %s" % dark
        self.wait_update("completed")

    def takes_back(self, *words):
        since_ns = time.monotonic_ns()
        self.update(*words)
        self.wait_update("rollback_completed")
        said = self.service("blinkt", "UpdateStatus")["Message"]
        assert "rollback" in said, said
        self.wait_shows(BLUE)
        dark = self.one_by_one(since_ns)
        assert len(dark) == 1, "not one node tried: %s" % dark

    # promise: update-one-by-one
    def step_broken_image(self):
        """a broken image is taken back after the first node"""
        folder = os.path.join(self.swarm.home, "broken")
        os.mkdir(folder)
        with open(os.path.join(folder, "Dockerfile"), "w") as f:
            f.write('FROM glowswarm/bridge\nENTRYPOINT ["false"]\n')
        self.swarm.each(lambda pi: pi.engine.docker("build", "-q", "-t", "glowswarm/bridge:broken", folder))
        self.takes_back("--image", "glowswarm/bridge:broken", "--no-resolve-image")

    # promise: update-one-by-one
    def step_broken_option(self):
        """a board that cannot be written is unhealthy, and taken back too"""
        self.takes_back("--env-add", "GLOW_GPIO_CHIP=nonesuch")

    # promise: parts-are-listed
    def step_layers(self):
        """an update of our program moves its own layer"""
        layers = {name: self.manager.inspect("image", "inspect", "glowswarm/" + name)["RootFS"]["Layers"]
                  for name in ("bridge", "conductor")}
        assert layers["bridge"][:-1] == layers["conductor"][:-1], layers
        history = self.manager.docker("history", "--human=false", "--format", "{{.Size}}", "glowswarm/bridge").split()
        program = next(int(size) for size in history if size != "0")
        assert program < 1000000, history
        assert 3 * program < sum(map(int, history)) < 20e6, history
        sizes = {name: self.manager.inspect("image", "inspect", "glowswarm/" + name)["Size"] / 1e6
                 for name in ("bridge", "conductor", "tasks", "broker", "dashboard")}
        self.figures.append("bridge's own layer %d kB; images in MB: %s" % (program // 1000, ", ".join(
            "%s %.0f" % pair for pair in sizes.items())))
        known = json.loads(run("/usr/bin/python3", "-B", os.path.join(SOURCE, "compose", "sbom.py"), "glowswarm/bridge",
                               env=self.manager.env()))
        names = {c["name"] for c in known["components"]}
        assert {"libpaho-mqtt1.3", "libc6", "libgpiod3", "tzdata"} <= names and not {"gcc", "mosquitto"} & names, names

    # promise: dark-on-exit
    def step_end(self):
        """the stack is removed, and all LEDs are dark"""
        self.manager.docker("stack", "rm", "glow")
        self.wait_shows(DARK)
        self.wait("the PiGlow shines", lambda: all(self.pis[0].piglow.show(c, 0) for c in cluster.PIGLOW))
        self.wait("lines stay exported", lambda: self.pis[0].gpio.report()["exported"] == [])  # no bridge was killed there
        for pi in self.pis:
            self.wait("containers stay", lambda: pi.engine.docker("ps", "-q") == "")

    # promise: least-privilege
    def step_one_service(self):
        """a service by hand, as in docs/deploy.md, with a plain broker elsewhere"""
        with open(os.path.join(self.swarm.home, "plain.conf"), "w") as f:
            f.write("listener 1883 %s\nallow_anonymous true\n" % cluster.OUTSIDE)
        broker = glow.spawn(["mosquitto", "-c", f.name], subprocess.DEVNULL, subprocess.DEVNULL)
        for pi in self.pis:  # a container's own, which the kernel always has
            os.makedirs(os.path.join(pi.tree, "fs", "cgroup"), exist_ok=True)
        line = documented("docker service create")
        for documents, here in (("src=/sys,", "src=%s," % shlex.quote(self.swarm.sys)), ("192.168.1.10", cluster.OUTSIDE),
                                ("$(getent group gpio | cut -d: -f3)", str(cluster.GPIO_GID)),
                                ("docker service create", "%s service create --detach --no-resolve-image" % DOCKER)):
            assert line.count(documents) == 1, (documents, line)
            line = line.replace(documents, here)
        self.manager.run("sh", "-ec", line)
        self.wait_shows(LIME)
        run("mosquitto_pub", "-h", cluster.OUTSIDE, "-t", "glow/node/pi2/set", "-m", "red")
        self.wait_shows(RED, [self.pis[1]])
        for pi in self.pis:
            find = pi.engine.docker("ps", "-q", "--filter", "label=com.docker.swarm.service.name=blinkt")
            host = pi.engine.inspect("inspect", find)["HostConfig"]
            assert not host["Privileged"] and not host["Devices"] and host["CapDrop"] == ["ALL"], host
            self.wait("not healthy", lambda: pi.engine.inspect("inspect", find)["State"]["Health"]["Status"] == "healthy")
        asked = pi.engine.try_docker("exec", find, "glow-bridge", "--doctor")
        assert asked.returncode == 0, asked
        asked = pi.engine.try_docker("exec", find, "glow-bridge", "--doctor", "--broker", "mqtt://pi1.local")
        assert asked.returncode != 0 and "--add-host" in asked.stdout, asked
        self.manager.docker("service", "rm", "blinkt")
        self.wait_shows(DARK)
        glow.end(broker)

    def one_machine(self, engine, address, owner, uplink=""):
        """compose.yaml with virtual boards, as documented, with secrets that are the owner's alone; below a root that is not
        there, or none."""
        home = os.path.join(self.swarm.secrets, engine.name)
        secrets = os.path.join(home, ".config", "glowswarm")
        run(os.path.join(SOURCE, "broker-config", "secrets.sh"), "--dir", secrets, "--name", address,
            *(("--uplink", "%s@%s" % (uplink, cluster.OUTSIDE), "--from", self.swarm.handed) if uplink else ()))
        run("chown", "-R", owner, home)
        compose = ["-f", os.path.join(SOURCE, "compose", "compose.yaml"), "-p", "one"]
        nothing = engine.compose(*compose, "up", "-d", env={"HOME": home + "/nowhere"}, check=False)
        assert nothing.returncode != 0 and home + "/nowhere/.config/glowswarm" in nothing.stderr, nothing
        told = engine.compose(*compose, "up", "-d", env={"HOME": home, "GLOW_UPLINK": uplink}, check=False)
        assert told.returncode == 0 and "warn" not in told.stderr.lower(), (told, engine.compose(*compose, "logs", check=False))
        if self.watch:
            self.watch.close()
        self.watch = Watch(Broker(self.swarm.home, address, "viewer", secrets), "glow/node/+/availability",
                           "glow/node/+/state", "glow/roster")
        self.wait_online("pi1", "pi2", "pi3", "pi4")
        self.wait("the conductor does not lead", lambda: len(json.loads(self.last("glow/roster") or b"{}").get("nodes", [])) == 4)
        Broker(self.swarm.home, address, "operator", secrets).publish("glow/node/pi1/set", "red")
        self.wait("pi1 is not red", lambda: json.loads(self.last("glow/node/pi1/state"))["color"] == {"r": 255, "g": 0, "b": 0})
        for container in engine.docker("ps", "-q").split():
            told = engine.inspect("inspect", container)
            host = told["HostConfig"]
            assert not host["Privileged"] and host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"], host
            assert told["Config"]["User"] == "glow", told["Config"]
            self.wait("%s is not healthy" % told["Name"],
                      lambda: engine.inspect("inspect", container)["State"]["Health"]["Status"] == "healthy")
        said = engine.compose(*compose, "logs", "conductor", "pi1")
        assert "leading" in said and "is no option" not in said, said
        assert ("Connecting bridge (step 1) east" in engine.compose(*compose, "logs", "broker")) == bool(uplink)
        folder = engine.inspect("volume", "inspect", "one_bridge-secrets")["Mountpoint"]
        assert set(os.listdir(folder)) == {"ca.crt", "password"}, os.listdir(folder)
        assert {(os.stat(os.path.join(folder, f)).st_uid, os.stat(os.path.join(folder, f)).st_mode & 0o777) for f in
                os.listdir(folder)} == {(65532, 0o400)}
        engine.compose(*compose, "down", "-v", env={"HOME": home})

    # promise: secrets-are-the-owners, least-privilege
    def step_compose(self):
        """compose.yaml: one machine, with virtual boards and somebody's secrets, as a rack"""
        self.one_machine(self.pis[0].engine, self.pis[0].address, "1234:1234", "hall/east")

    def one_node(self, engine, address):
        """The stack on an engine that is a swarm by itself, and has no board."""
        engine.docker("swarm", "init", "--advertise-addr", address)
        engine.docker("node", "update", "--label-add", "glow.broker=true", engine.name)
        secrets = os.path.join(self.swarm.secrets, engine.name, ".config", "glowswarm")
        run(os.path.join(SOURCE, "compose", "swarm-secrets.sh"), "--dir", secrets, env=engine.env())
        told = engine.try_docker("stack", "deploy", "--detach", "--resolve-image", "never", "-c", cluster.STACK, "glow",
                                 env={"GLOW_USER": "65532:%d" % cluster.GPIO_GID})
        assert told.returncode == 0 and not told.stderr, told
        self.wait(lambda: "no broker: " + engine.docker("stack", "ps", "--no-trunc", "glow") + engine.log(),
                  lambda: socket.socket().connect_ex((address, 8883)) == 0)
        self.watch.close()
        self.watch = Watch(Broker(self.swarm.home, address, "viewer", secrets), "glow/conductor/info")
        self.wait("nobody leads", lambda: self.leader().get("state") == "leading")

    def step_debian13(self):
        """the same with Debian 13's engine, images of its builder, and root's secrets"""
        address = "192.168.77.13"
        cluster.plug_in("debian13", address)
        home = os.path.join(self.swarm.home, "debian13")
        engine = engine_of_debian13(home, self.images, "/run/netns/debian13", (self.swarm.secrets,))
        try:
            engine.start().wait()
            for name in [t for t in TARGETS if t != "tasks"]:
                engine.docker("load", "-q", "-i", os.path.join(self.images, "newer", name + ".tar"))
            self.figures.append("Debian 13: engine %s, compose %s" % (engine.docker("version", "-f", "{{.Server.Version}}"),
                                                                    engine.compose("version", "--short")))
            self.one_machine(engine, address, "0:0")
            self.one_node(engine, address)
        finally:
            engine.stop()


STEPS = ("deploy strangers topics rights doctor dashboard layers tasks rainbow broker bridge conductor node racks update "
         "broken_image broken_option end one_service compose debian13").split()


def tell_all(swarm):
    for words in (("node", "ls"), ("stack", "ps", "--no-trunc", "glow"), ("service", "logs", "--tail", "15", "glow_blinkt"),
                  ("service", "logs", "--tail", "15", "glow_conductor"), ("service", "logs", "--tail", "15", "glow_broker"),
                  ("service", "logs", "--tail", "15", "hall_conductor"), ("service", "logs", "--tail", "15", "hall_broker")):
        told = swarm.manager.try_docker(*words, timeout=20)
        print("$ docker %s\n%s%s" % (" ".join(words), told.stdout[-4000:], told.stderr[-1000:]))


def run_steps(swarm):
    """The number of steps that passed, and whether all did."""
    test = Test(swarm)
    passed = 0
    for name in sys.argv[4:] or STEPS:
        step = getattr(test, "step_" + name)
        begin = time.monotonic()
        try:
            step()
        except (AssertionError, subprocess.SubprocessError, OSError, KeyError, ValueError):
            print("FAILED: %s (%.1f s)" % (step.__doc__, time.monotonic() - begin))
            traceback.print_exc(file=sys.stdout)
            tell_all(swarm)
            return passed, False
        passed += 1
        print("ok: %s (%.1f s)" % (step.__doc__, time.monotonic() - begin), flush=True)
    for figure in test.figures:
        print(figure)
    return passed, True


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    images, home, secrets = sys.argv[1:4]
    signal.signal(signal.SIGTERM, interrupted)
    test_of_the_eyes()
    begin = time.monotonic()
    swarm = Swarm(home, images, secrets)
    try:
        swarm.start()
        swarm.make_secrets()
        print("a swarm of three: %.1f s" % (time.monotonic() - begin), flush=True)
        passed, fine = run_steps(swarm)
    finally:
        swarm.stop()
    print("%d passed, %d failed" % (passed, not fine))
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
