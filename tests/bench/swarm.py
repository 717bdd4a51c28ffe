#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How large a cluster one broker and one conductor bear: ./run bench-swarm [--tls] [--case CASE] [--spread-ms MS] [N…]

Simulated nodes (swarm.c) speak the real protocol to a real Mosquitto, a real leader and a real standby, beside three
real bridges. All run on this machine, whose processors the simulation takes a part of: what is said of processor time is
that of each program, what is said of skew is this machine's too. One line of JSON for each number of nodes and case.

A node is online when the broker has acknowledged all that it says of itself; in the roster when it has been told its place;
placed when that is on the strip that the latest place is on. All numbers of seconds count from the beginning of the case; null is not within its time.

With --tls all of these, and glowctl, come over TLS as bridges do: authority and address verified, no connection that
takes up another's. Who gives the commands stays on a plain listener of the same broker; bytes of `traffic` are MQTT's.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
BIN = os.path.abspath(os.environ.pop("GLOW_BIN"))
os.environ["GLOW_BIN"] = os.path.join(BIN, "glow-bridge")
import certificates
import cost
import glow
import relay

BRIDGES = 3
GROUPS = 10
POLL_S = 0.05
KNOWN_US = 250  # so well the leader's time has to be known here before nodes are compared with it
STATE = ('{"state":"ON","color_mode":"rgb","color":{"r":255,"g":0,"b":0},"brightness":128,"effect":"solid","params":{},'
         '"start_us":1767225600000000,"seed":1,"since_us":1767225600000000,"showing":"light","limited":false}')
STATS = ('{"fps":60,"late":0,"dropped":0,"write_us":812,"frame_cpu_us":905,"slots_a_frame":1,'
         '"sync":{"state":"tracking","offset_us":12,"error_us":8},"cpu":12.5,"memory":31,"temperature":48.2,'
         '"gauges":{"cpu":12.5,"memory":31,"temperature":33.1,"load":20,"network":4},'
         '"messages":{"in_dropped":0,"in_replaced":0,"out_dropped":0,"out_replaced":0}}')


class Nodes:
    """The process with the simulated nodes."""

    def __init__(self, port, count, info, ca):
        self.count = count
        self.process = subprocess.Popen(
            [os.path.join(BIN, "bench_swarm"), str(port), "glow", str(count), str(GROUPS), info["effects_hash"],
             json.dumps({**info, "id": "@ID@", "groups": ["@GROUP@"]}, separators=(",", ":")), STATE, STATS, *([ca] if ca else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def tell(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()

    def status(self):
        self.tell("status")
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.kill()
        self.process.wait()


def memory_mib(pid):
    """The most it ever had."""
    with open("/proc/%d/status" % pid) as f:
        return round(int(next(line.split()[1] for line in f if line.startswith("VmHWM"))) / 1024, 1)


def alive(process):
    return process.poll() is None


def roster_bytes(broker):
    """None where the broker has too much to do to say it."""
    with contextlib.suppress(AssertionError, subprocess.SubprocessError):
        return len(broker.retained("glow/roster").get("glow/roster", ""))


class Case:
    """What is counted from its beginning to its end."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        self.begin = self.last = cluster.nodes.status()
        self.cpu0 = dict(cluster.cpu().values())
        self.since = time.monotonic()
        self.row, self.skew = {}, []

    def look(self):
        self.last = self.cluster.nodes.status()
        if self.last.get("skew", {}).get("known_to_us", KNOWN_US) < KNOWN_US:
            self.skew.append(self.last["skew"])
        return self.last

    def wait(self, patience_s, **marks):
        """Until each of these conditions of a status was true once; seconds in the row."""
        for mark in marks:
            self.row[mark + "_s"] = None
        while time.monotonic() - self.since < patience_s and None in [self.row[m + "_s"] for m in marks]:
            status = self.look()
            for mark, holds in marks.items():
                if self.row[mark + "_s"] is None and holds(status):
                    self.row[mark + "_s"] = round(time.monotonic() - self.since, 2)
            time.sleep(POLL_S)

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            time.sleep(0.25)

    def finish(self):
        now, begin, cpu = self.look(), self.begin, self.cluster.cpu()
        took = time.monotonic() - self.since
        traffic = {kind: [b - a for a, b in zip(begin["traffic"][kind], counts)]
                   for kind, counts in now["traffic"].items()}
        self.row.update(
            seconds=round(took, 1),
            sync=now["sync"],
            connected=now["connected"], in_roster=now["in_roster"], placed=now["placed"],
            terms=now["term"] - begin["term"],
            revisions=now["place"]["revisions"] - begin["place"]["revisions"],
            place_bytes=now["place"]["bytes"], boards=now["place"]["boards"],
            roster_bytes=roster_bytes(self.cluster.broker),
            lost=now["lost"] - begin["lost"], failures=now["failures"] - begin["failures"],
            acted_alone=now["alone"] - begin["alone"],
            sent_mb=round(sum(t[1] for t in traffic.values()) / 1e6, 2),
            received_mb=round(sum(t[3] for t in traffic.values()) / 1e6, 2),
            traffic={kind: t for kind, t in traffic.items() if any(t)},
            cpu_s={who: round(s - self.cpu0.get(pid, 0), 2) for who, (pid, s) in cpu.items()},
            memory_mib={who: memory_mib(p.pid) for who, p in self.cluster.processes().items()},
            messages=self.cluster.lost_words())
        if self.skew:
            self.row["skew_us"] = {"p50": self.skew[-1]["p50_us"], "p99": self.skew[-1]["p99_us"],
                                   "max": self.skew[-1]["max_us"], "known_to": self.skew[-1]["known_to_us"],
                                   "worst_p99": max(s["p99_us"] for s in self.skew)}
        print(json.dumps({"nodes": self.cluster.count, "case": self.name, "tls": bool(self.cluster.ca), **self.row}), flush=True)


class Cluster:
    def __init__(self, home, ends, count, keep, tls):
        self.home, self.ends, self.count = home, ends, count
        self.broker = glow.Broker(home)
        with open(self.broker.conf) as f:
            lines = f.read().replace("log_type all", "log_type error\nlog_type warning\nconnection_messages false")
        if keep:
            lines += "persistence true\npersistence_location %s/\nautosave_interval 1\nautosave_on_changes false\n" % home
        with open(self.broker.conf, "w") as f:
            f.write(lines)
        self.port, self.scheme, self.ca = self.broker.port, "mqtt", None
        if tls:
            self.scheme, (self.port, self.ca) = "mqtts", certificates.listener(self.broker)
        self.broker.start()
        ends.callback(self.broker.stop, signal.SIGKILL)
        self.conductors = [self.start_conductor(k) for k in range(2)]
        self.bridges = [self.start(glow.Bridge, "--virtual-pixels", "8", node="real%d" % k) for k in range(BRIDGES)]
        for bridge in self.bridges:
            bridge.wait_connected()
        info = json.loads(self.broker.retained("glow/node/real0/info")["glow/node/real0/info"])
        self.nodes = Nodes(self.port, count, info, self.ca)
        ends.callback(self.nodes.close)

    def start(self, kind, *options, **more):
        program = kind(self.home, "%s://127.0.0.1:%d" % (self.scheme, self.port), *self.trust(), *options, **more)
        self.ends.callback(program.kill)
        return program

    def trust(self):
        return ["--ca-file", self.ca] if self.ca else []

    def start_conductor(self, k):
        conductor = self.start(glow.Conductor, node="conductor%d" % k).wait_connected()
        if k == 0:
            conductor.wait_leading()
        return conductor

    def leader(self):
        return next((c for c in self.conductors if alive(c.process) and c.leads()), None)

    def processes(self):
        leader = self.leader()
        standby = next((c for c in self.conductors if c is not leader and alive(c.process)), None)
        found = {"broker": self.broker, "leader": leader, "standby": standby, "nodes": self.nodes}
        return {who: p.process for who, p in found.items() if p and p.process and alive(p.process)}

    def cpu(self):
        return {who: (p.pid, cost.cpu_s(p.pid)) for who, p in self.processes().items()}

    def lost_words(self):
        """What conductors said of messages that found no room."""
        return [line.split("too much at once: ")[1][:90] for c in self.conductors for line in c.log().splitlines()
                if "too much at once" in line][-3:]

    def command(self, k):
        """Seconds since the boot at which a command to all was sent, and the answer."""
        begin = time.monotonic_ns()
        self.broker.publish("glow/all/set", json.dumps({"color": "#%06x" % (k * 4099 % 0xffffff)}))
        return begin


COMMANDS = 0


def settled(count):
    return {"online": lambda s: s["online"] == count, "in_roster": lambda s: s["in_roster"] == count,
            "placed": lambda s: s["placed"] == count and s["in_roster"] == count,
            "answered": lambda s: s["answered"] == count,
            "tracking": lambda s: s["answered"] == count and s["sync"]["tracking"] == count}


def join(cluster, args):
    case = Case(cluster, "join")
    cluster.nodes.tell("join", 0, cluster.count, args.spread_ms)
    case.wait(args.patience, **settled(cluster.count))
    case.finish()


def steady(cluster, args):
    case = Case(cluster, "steady")
    case.rest(args.steady)
    case.finish()


def command_once(cluster, case, patience_s):
    """Milliseconds until every node has shown a command to all."""
    global COMMANDS
    COMMANDS += 1
    before = cluster.nodes.status()["of"]
    begin = cluster.command(COMMANDS)
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        status = case.look()
        if status["of"] != before and status["shown"] >= status["connected"]:
            return {"shown_ms": round((status["shown_ns"] - begin) / 1e6), "late": status["late"], "nodes": status["shown"]}
        time.sleep(POLL_S)
    return {"shown_ms": None, "nodes": status["shown"] if status["of"] != before else 0}


def command(cluster, args):
    case = Case(cluster, "command")
    case.row["commands"] = [command_once(cluster, case, 10) for _ in range(5)]
    case.row["ahead_us"] = case.last["ahead_us"]
    case.finish()


def scene(cluster, args):
    case = Case(cluster, "scene")
    begin = time.monotonic_ns()
    cluster.broker.publish("glow/scene/play", '{"effect":"rainbow"}')
    case.wait(10, scene=lambda s: s["scene"] == s["connected"] and s["scene_ns"] > begin)
    case.row["last_heard_ms"] = round((case.last["scene_ns"] - begin) / 1e6)
    case.finish()


def look_once(cluster, *words, until_s=None):
    """What glowctl takes of time, bytes and memory."""
    way, begin = relay.Relay(cluster.port, cluster.scheme), time.monotonic()
    with subprocess.Popen([os.path.join(BIN, "glowctl"), *words, "--broker", way.uri, *cluster.trust()], env=glow.child_env(),
                          stdout=subprocess.PIPE) as ctl:
        if until_s:
            threading.Timer(until_s, ctl.send_signal, [signal.SIGTERM]).start()
        out = ctl.stdout.read()
        _, _, used = os.wait4(ctl.pid, 0)
        ctl.returncode = 0
    way.close()
    return {"s": round(time.monotonic() - begin, 2), "mb": round(way.received / 1e6, 2), "lines": out.count(b"\n"),
            "cpu_s": round(used.ru_utime + used.ru_stime, 2), "memory_mib": round(used.ru_maxrss / 1024, 1)}


def look(cluster, args):
    case = Case(cluster, "look")
    case.row["glowctl_nodes"] = look_once(cluster, "nodes")
    case.row["glowctl_watch"] = look_once(cluster, "watch", until_s=10)
    case.finish()


def aimed(cluster, args):
    """A scene along the strip of a target that nobody knew before."""
    case = Case(cluster, "aimed")
    begin, wall = time.monotonic_ns(), time.time()
    answer = cluster.broker.request("glow/scene/play", json.dumps({
        "effect": "rainbow", "absent": True, "target": {"groups": ["g%d" % k for k in range(GROUPS)]}}), "answers/swarm")
    case.wait(10, aimed=lambda s: s["aimed"] == s["connected"])
    case.row["last_told_ms"] = round((case.last["aimed_ns"] - begin) / 1e6)
    # Cluster time begins as the wall clock's: so long after the request it starts.
    case.row["starts_ms"] = round((answer["start_us"] / 1e6 - wall) * 1e3)
    case.finish()


def broker(cluster, args):
    case = Case(cluster, "broker")
    boot = case.begin["boot"]
    leader = cluster.leader()
    cluster.broker.stop(signal.SIGKILL)
    while case.look()["lost"] - case.begin["lost"] < cluster.count or (leader and leader.leads()):
        time.sleep(0.01)
    case.since = time.monotonic()
    cluster.broker.start()
    marks = settled(cluster.count)
    case.wait(args.patience, leader=lambda s: cluster.leader() is not None, online=marks.pop("online"))
    case.row["command"] = command_once(cluster, case, 10)
    case.row["obeyed_s"] = round(time.monotonic() - case.since, 2)
    case.wait(args.patience, **marks)
    case.row["same_leader"] = case.last["boot"] == boot
    case.finish()


def conductor(cluster, args):
    case = Case(cluster, "conductor")
    leader = cluster.leader()
    leader.kill()
    case.wait(args.patience, leader=lambda s: cluster.leader() is not None,
              followed=lambda s: s["boot"] != case.begin["boot"] and s["following"] == cluster.count,
              tracking=settled(cluster.count)["tracking"])
    case.row["command"] = command_once(cluster, case, 10)
    case.finish()
    cluster.conductors[cluster.conductors.index(leader)] = cluster.start(glow.Conductor, node="conductor9")
    case.rest(2)


def half(cluster, args):
    case = Case(cluster, "half")
    n = cluster.count // 2
    cluster.nodes.tell("leave", 0, n)
    case.wait(args.patience, online=lambda s: s["online"] == cluster.count - n)
    case.row["command"] = command_once(cluster, case, 10)
    cluster.nodes.tell("join", 0, n, 500)  # as they would by themselves
    case.wait(args.patience + time.monotonic() - case.since, back=settled(cluster.count)["online"],
              tracking=settled(cluster.count)["tracking"])
    case.finish()


CASES = {f.__name__: f for f in (join, steady, command, scene, aimed, look, broker, conductor, half)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", nargs="*", type=int, default=[10, 100, 300, 1000], help="how many simulated nodes")
    parser.add_argument("--tls", action="store_true", help="everybody over TLS")
    parser.add_argument("--case", action="append", choices=CASES, help="these alone, after `join`")
    parser.add_argument("--spread-ms", type=int, default=0, help="all nodes start within so long")
    parser.add_argument("--steady", type=float, default=20, help="seconds of the steady state")
    parser.add_argument("--patience", type=float, default=60, help="seconds that anything may take")
    parser.add_argument("--keep", action="store_true", help="the broker keeps its store through the kill")
    args = parser.parse_args()
    hard = max(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for count in args.n:
        with tempfile.TemporaryDirectory(prefix="glow-swarm-") as home, contextlib.ExitStack() as ends:
            cluster = Cluster(home, ends, count, args.keep, args.tls)
            for name, case in CASES.items():
                if name == "join" or not args.case or name in args.case:
                    case(cluster, args)


main()
