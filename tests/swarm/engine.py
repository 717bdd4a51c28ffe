# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Docker engines of our own, several on one machine.

Each has a mount namespace, a host name and, if it is a node of a swarm, a network
namespace. All live in the namespaces that run.sh made for the whole test: when its
first process ends, however it ends, the kernel takes engines, containers, mounts and
networks with it, and this machine's own Docker never hears of us.
"""

import contextlib
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

# The same in the root of another Debian, which sees the folders $3… at their own paths. Its root is really changed,
# since a container that is entered finds itself below the engine's own otherwise. What it writes is not kept.
START_IN_ROOT = """hostname "$0"
root=$1 upper=$2
shift 2
mkdir -p "$upper"
mount -t tmpfs tmpfs "$upper"
mkdir "$upper/files" "$upper/work" "$upper/root"
mount -t overlay -o "lowerdir=$root,upperdir=$upper/files,workdir=$upper/work" overlay "$upper/root"
cd "$upper/root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
cp -L /etc/resolv.conf etc/
while [ "$1" != -- ]; do
	mkdir -p "./$1"
	mount --rbind "$1" "./$1"
	shift
done
shift
mkdir old
pivot_root . old
umount -l /old
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
    """A dockerd. `home` keeps its images; `bind` is (what, where) in its mount namespace. With `root` it is the engine of
    the Debian there, with the builder that it comes with, and so are all programs that talk to it."""

    def __init__(self, home, name, netns=None, bind=("", ""), root=None, folders=()):
        self.home = home
        self.name = name
        self.netns = netns
        self.bind = bind
        self.root = root
        self.folders = folders
        self.socket = os.path.join(home, "docker.sock")
        self.log_path = os.path.join(home, "dockerd.log")
        self.process = None

    def start(self):
        os.makedirs(self.home, exist_ok=True)
        # run.sh's lock says that no engine runs here. What a killed one left is a number in another namespace of
        # processes, mostly a small one, which here is somebody's; no engine starts then.
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(self.home, "pid"))
        argv = ["nsenter", "--net=" + self.netns] if self.netns else []
        argv += ["unshare", "--mount", "--uts", "sh", "-ec"]
        if self.root:
            argv += [START_IN_ROOT, self.name, self.root, os.path.join(self.home, "upper"), self.home, *self.folders, "--"]
        else:
            argv += [START, self.name, *self.bind]
        argv += ["dockerd", "--data-root", os.path.join(self.home, "data"), "--pidfile", os.path.join(self.home, "pid"),
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
        """Of Debian 12's builders the classic one: the other is Debian 13's."""
        return {**os.environ, "DOCKER_HOST": "unix://" + self.socket, **({} if self.root else {"DOCKER_BUILDKIT": "0"})}

    def run(self, *argv, env=None, **more):
        """A command beside the engine: in its root, if it has one."""
        enter = ["nsenter", "--mount=/proc/%d/ns/mnt" % self.process.pid] if self.root else []
        return run(*enter, *argv, env={**self.env(), **(env or {})}, **more)

    def docker(self, *words, **more):
        return self.run(DOCKER, *words, **more)

    def try_docker(self, *words, **more):
        return self.docker(*words, check=False, **more)

    def compose(self, *words, **more):
        compose = [DOCKER, "compose"] if self.try_docker("compose", "version").returncode == 0 else ["docker-compose"]
        return self.run(*compose, *words, **more)

    def inspect(self, *words):
        return json.loads(self.docker(*words))[0]

    def stop(self):
        if self.process:
            glow.end(self.process)
            self.process = None
