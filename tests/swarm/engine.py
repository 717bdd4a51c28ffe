# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Docker engines of our own, several on one machine.

Each has a mount namespace, a host name and, if it is a node of a swarm, a network
namespace. All live in the namespaces that run.sh made for the whole test: when its
first process ends, however it ends, the kernel takes engines, containers, mounts and
networks with it, and this machine's own Docker never hears of us.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

PATIENCE_S = 60
DOCKER = "/usr/bin/docker" if os.path.exists("/usr/bin/docker") else "docker"
CGROUP = "glow-swarm"  # all containers' cgroups lie in it, for run.sh to remove

# /run/docker and /run/containerd have fixed names, so each engine gets its own.
START = """hostname "$0"
mount -t tmpfs tmpfs /run/docker && mount -t tmpfs tmpfs /run/containerd
[ -z "$1" ] || mount --rbind "$1" "$2"
shift 2
exec "$@"
"""


def run(*argv, check=True, **more):
    """A command to its end; what it wrote to standard output."""
    done = subprocess.run([str(a) for a in argv], stdin=more.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=more.pop("timeout", 300), **more)
    if check and done.returncode:
        raise AssertionError("%s: exit status %d: %s%s" % (" ".join(map(str, argv)), done.returncode, done.stdout,
                                                           done.stderr))
    return done.stdout.strip() if check else done


class Engine:
    """A dockerd. `home` keeps its images; `bind` is (what, where) in its mount namespace."""

    def __init__(self, home, name, netns=None, bind=("", "")):
        self.home = home
        self.name = name
        self.netns = netns
        self.bind = bind
        self.socket = os.path.join(home, "docker.sock")
        self.log_path = os.path.join(home, "dockerd.log")
        self.process = None

    def start(self):
        os.makedirs(self.home, exist_ok=True)
        argv = ["nsenter", "--net=" + self.netns] if self.netns else []
        argv += ["unshare", "--mount", "--uts", "sh", "-ec", START, self.name, *self.bind, "dockerd",
                 "--data-root", os.path.join(self.home, "data"), "--pidfile", os.path.join(self.home, "pid"),
                 "--host", "unix://" + self.socket, "--exec-opt", "native.cgroupdriver=cgroupfs",
                 "--cgroup-parent", "/" + CGROUP, "--log-level", "warn"]
        if not self.netns:  # builds in the host's network
            argv += ["--bridge", "none", "--iptables=false"]
        with open(self.log_path, "wb") as log:
            self.process = glow.spawn(argv, log, log)
        return self

    def wait(self):
        glow.wait_until(lambda: "no engine %s: %s" % (self.name, self.log()), self._is_up, PATIENCE_S)
        return self

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError("dockerd %s ended: %s" % (self.name, self.log()))
        return self.try_docker("version").returncode == 0

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()[-3000:]

    def env(self):
        return {**os.environ, "DOCKER_HOST": "unix://" + self.socket, "DOCKER_BUILDKIT": "0"}

    def docker(self, *words, env=None, **more):
        return run(DOCKER, *words, env={**self.env(), **(env or {})}, **more)

    def try_docker(self, *words, env=None, **more):
        return self.docker(*words, env=env, check=False, **more)

    def inspect(self, *words):
        return json.loads(self.docker(*words))[0]

    def stop(self):
        if self.process:
            glow.end(self.process)
            self.process = None
