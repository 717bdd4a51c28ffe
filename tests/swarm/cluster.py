# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Three virtual Raspberry Pis as a swarm: an engine, a network and a Blinkt! each.

The Pis hang on a bridge in the test's own network namespace, where the test is a
host as any other: what it sees of the broker comes over that wire.
"""

import json
import os
import shutil
import subprocess
import sys
import threading

from engine import Engine, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import vgpio

NAMES = ("pi1", "pi2", "pi3")
OUTSIDE = "192.168.77.254"
GPIO_GID, LEDS_ID = 997, 65533
SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
STACK = os.path.join(SOURCE, "compose", "stack.yaml")
TASKS = os.path.join(SOURCE, "compose", "tasks", "stack.yaml")
RACKS = os.path.join(SOURCE, "compose", "racks", "stack.yaml")
ROOT_PORT = 8884  # of the second node, where the broker of a stack above has its place
# Output of the chip for each LED, arm by arm from the tip to the centre: docs/hardware.md.
PIGLOW = {"red": (7, 18, 1), "orange": (8, 17, 2), "yellow": (9, 16, 3), "green": (6, 14, 4), "blue": (5, 12, 15),
          "white": (10, 11, 13)}


class LedFiles:
    """A PiGlow as the kernel's LED driver shows it, in plain files that belong to the group of the LEDs."""

    def __init__(self, tree):
        self.paths = {}
        for color, outputs in PIGLOW.items():
            for output in outputs:
                led = os.path.join(tree, "class", "leds", "piglow:%s:led%d" % (color, output))
                os.makedirs(led)
                self.paths[color, output] = os.path.join(led, "brightness")
                for name, text in (("max_brightness", "255"), ("trigger", "[none] cpu"), ("brightness", "0")):
                    path = os.path.join(led, name)
                    with open(path, "w") as f:
                        f.write(text + "\n")
                    os.chmod(path, 0o444 if name == "max_brightness" else 0o664)
                    os.chown(path, 0, LEDS_ID)

    def show(self, color, level):
        """Whether all LEDs of a color got this level last. A plain file keeps all that was written, end to end, so
        two levels of which one is the end of the other are not to be told apart."""

        def last(path):
            with open(path) as f:
                return f.read().rstrip("\n")

        return all(last(path).endswith(str(level)) for (of, _), path in self.paths.items() if of == color)


def plug_in(name, address):
    """A network namespace, with a cable to the bridge outside. There is no way further: the engines ask for our images
    in the registry first, and have to hear at once that there is none."""
    run("ip", "netns", "add", name)
    run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
    run("ip", "link", "set", name, "master", "lan", "up")
    for words in (("link", "set", "lo", "up"), ("link", "set", "eth0", "up"), ("addr", "add", address + "/24", "dev", "eth0")):
        run("ip", "-n", name, *words)


class Pi:
    """A node: its engine, and its /sys, which its engine sees at the same path as the others theirs."""

    def __init__(self, home, number, sys_path):
        self.name = NAMES[number]
        self.home = os.path.join(home, self.name)
        self.address = "192.168.77.%d" % (number + 1)
        self.netns = "/run/netns/" + self.name
        self.tree = os.path.join(self.home, "tree")
        self.gpio = None
        self.piglow = None
        os.makedirs(self.tree)
        self.engine = Engine(self.home, self.name, self.netns, (self.tree, sys_path))

    def start(self, with_piglow):
        self.gpio = vgpio.Pi(self.home, "--gid", str(GPIO_GID)).start()
        for part in ("class/gpio", "devices"):
            os.makedirs(os.path.join(self.tree, part))
            run("mount", "--bind", os.path.join(self.gpio.sys, part), os.path.join(self.tree, part))
        if with_piglow:
            self.piglow = LedFiles(self.tree)
        plug_in(self.name, self.address)
        self.engine.start()

    def container(self, service):
        """Id of the running container of a service; empty if there is none."""
        return self.engine.docker("ps", "-q", "--filter", "label=com.docker.swarm.service.name=glow_" + service)

    def wait_container(self, service):
        return glow.wait_until("no container of %s on %s" % (service, self.name), lambda: self.container(service), 60)

    def exec(self, service, *words):
        return self.engine.try_docker("exec", self.wait_container(service), *words)

    def health(self, service):
        return self.engine.docker("inspect", "-f", "{{.State.Health.Status}}", self.wait_container(service))


class Swarm:
    def __init__(self, home, images, secrets):
        self.home = home
        self.images = images
        self.sys = os.path.join(home, "sys")  # stands for /sys
        os.makedirs(self.sys)
        self.pis = [Pi(home, k, self.sys) for k in range(len(NAMES))]
        self.manager = self.pis[0].engine
        self.secrets = secrets
        self.root_secrets, self.handed = (os.path.join(secrets, name) for name in ("hall", "handed"))

    def start(self):
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "lan", "type", "bridge")
        run("ip", "addr", "add", OUTSIDE + "/24", "dev", "lan")
        run("ip", "link", "set", "lan", "up")
        for pi in self.pis:
            pi.start(with_piglow=pi is self.pis[0])
        for pi in self.pis:
            pi.engine.wait()
        self.each(self.load)
        self.manager.docker("swarm", "init", "--advertise-addr", self.pis[0].address)
        for pi in self.pis[1:]:
            self.join(pi)
        self.label("pi1", "glow.broker=true", "glow.piglow=true")
        for pi in self.pis:
            self.label(pi.name, "glow.blinkt=true")
        return self

    def each(self, what):
        """For all nodes at once; the first that fails fails us."""
        errors = []

        def guarded(pi):
            try:
                what(pi)
            except Exception as e:
                errors.append(e)

        threads = [threading.Thread(target=guarded, args=(pi,)) for pi in self.pis]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if errors:
            raise errors[0]

    def load(self, pi):
        names = ("bridge", "conductor") + (("tasks", "broker", "dashboard") if pi is self.pis[0] else ())
        for name in names:
            pi.engine.docker("load", "-q", "-i", os.path.join(self.images, name + ".tar"))

    def join(self, pi):
        token = self.manager.docker("swarm", "join-token", "-q", "worker")
        pi.engine.docker("swarm", "join", "--advertise-addr", pi.address, "--token", token, self.pis[0].address + ":2377")

    def label(self, node, *labels):
        words = [w for label in labels for w in ("--label-add", label)]
        self.manager.docker("node", "update", *words, node)

    def make_secrets(self):
        """A root's, and ours with what that hands over: they need no other version then when we become its rack."""
        root = self.pis[1].address
        self.swarm_secrets("hall", "--dir", self.root_secrets, "--prefix", "hall", "--name", root, "--account", "rack-east")
        os.mkdir(self.handed, 0o700)
        for name in ("ca.crt", "accounts/rack-east"):
            shutil.copy(os.path.join(self.root_secrets, name), self.handed)
        self.swarm_secrets("1", "--dir", self.secrets, "--name", self.pis[0].address,
                           "--uplink", "hall/east@%s:%d" % (root, ROOT_PORT), "--from", self.handed)

    def swarm_secrets(self, version, *options):
        run(os.path.join(SOURCE, "compose", "swarm-secrets.sh"), *options,
            env={**self.manager.env(), "GLOW_SECRETS_VERSION": version})

    def deploy(self, check=True, files=(STACK,), stack="glow", **variables):
        env = {"GLOW_SYS": self.sys, "GLOW_HEALTH_EVERY": "2s", "GLOW_UPDATE_MONITOR": "4s", **variables}
        return self.manager.docker("stack", "deploy", "--resolve-image", "never", *(w for f in files for w in ("-c", f)), stack,
                                   env=env, check=check)

    def broker(self, account):
        return Broker(self.home, self.pis[0].address, account, self.secrets)

    def stop(self):
        for pi in self.pis:
            pi.engine.stop()
        for pi in self.pis:
            if pi.gpio:
                for part in ("class/gpio", "devices"):
                    subprocess.run(["umount", "-l", os.path.join(pi.tree, part)], check=False)
                pi.gpio.stop()


class Broker:
    """A broker for one account, over TLS, as glow.Watch and others want one."""

    def __init__(self, home, host, account, secrets, port=8883):
        self.home = home
        self.host = host
        self.port = port
        self.account = account
        self.ca = os.path.join(secrets, "ca.crt")
        self.password = os.path.join(secrets, "accounts", account)

    def client(self, program, *args):
        with open(self.password) as f:
            password = f.read()
        return [program, "-h", self.host, "-p", str(self.port), "-V", "5", "--cafile", self.ca, "-u", self.account, "-P",
                password, *args]

    def publish(self, topic, payload):
        run(*self.client("mosquitto_pub", "-t", topic, "-q", "1", "-m", payload))

    def request(self, topic, payload):
        """The answer, or None if there is none within two seconds."""
        answer = glow.unique(topic.split("/")[0] + "/answer/")
        told = run(*self.client("mosquitto_rr", "-t", topic, "-e", answer, "-q", "1", "-m", payload, "-W", "2"), check=False)
        return json.loads(told.stdout) if told.returncode == 0 else None


class Watch(glow.Watch):
    """What an account receives. It comes back when the broker was away, with all that is retained then."""

    def __init__(self, broker, *topics):
        self.path = os.path.join(broker.home, glow.unique("watch"))
        self.argv = broker.client("mosquitto_sub", "-d", "-q", "1", "--retain-as-published", "-F", self.FORMAT)
        for topic in topics:
            self.argv += ["-t", topic]
        self.tail = glow.Tail(self.path)
        self.all = []
        self._start()
        glow.wait_until("no subscription, see %s" % self.path, self._subscribed)

    def _start(self):
        with open(self.path, "ab") as out:
            self.process = glow.spawn(self.argv, out, subprocess.STDOUT)

    def _stay(self):
        if self.process.poll() is not None:  # it ends when TLS ends without a word, or when there is no broker yet
            self._start()

    def _subscribed(self):
        self._stay()
        with open(self.path, "rb") as f:
            return b"SUBACK" in f.read()

    def look(self):
        self._stay()
        return super().look()
