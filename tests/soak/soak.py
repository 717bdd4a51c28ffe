#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A swarm that is not let alone, for hours: ./run soak [HOURS] [--seed N] [--nodes N] [--no-page]

The broker of broker-config, twenty nodes with clocks of their own, two conductors, and the page in a browser, on this
machine. A script by a seed lets nodes join, leave and die, restarts the broker, kills conductors, changes scenes and
lights, floods, and steps clocks. Meanwhile memory, descriptors and threads are sampled and every frame is looked at.
At the end stand verdicts, a table and a figure; the exit status is 1 where a verdict does not hold.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "harness"), os.path.join(HERE, "..", "bench")]
import cast
import cluster
import glow
import report
import script
import skew
import verdict

EX_USAGE = 64
SAMPLE_S = 5
PATIENCE_S = 30  # what a flood leaves in the broker has to be read first
TRIES = 3  # the broker drops what it has no room for, also of QoS 1, and says so in its log alone
TICK_S = 0.1
SLOT_AGE_US = 2000000  # when nobody shows a slot any more
SECOND_NS = 10**9
WATCHED = ("glow/node/+/state", "glow/node/+/availability", "glow/node/+/info", "glow/node/+/stats",
           "glow/conductor/info", "glow/conductor/availability", "glow/scene/current", "glow/roster",
           "glow/dim/current", "glow/effect", "glow/effects/+", "glow/all/state", "glow/time/request/+", "homeassistant/#")
WHEN_AWAY = ("WebSocket ", "Failed to load resource")  # what the browser itself says where the broker is not there
NOT_KEPT = ("/stats", "/request/+")
KEPT = ("glow/node/{}/state", "glow/node/{}/availability", "glow/node/{}/info", "glow/node/{}/place", "homeassistant/device/glow-{}/config")
KEPT_ONCE = ("glow/conductor/info", "glow/conductor/availability", "glow/scene/current", "glow/roster",
             "glow/roster/wanted", "glow/dim/current", "glow/effect", "glow/all/state",
             "homeassistant/device/glow-cluster/config")
KEPT_NAMED = re.compile("glow/(effects|effect|preset|schedule)/[^/]+|glow/group/[^/]+/state")


class Strip:
    """Frames of several that should show the same slots at once: skew and gaps of each second."""

    def __init__(self):
        self.slots = collections.defaultdict(dict)
        self.newest_us = 0
        self.skews, self.gaps = collections.defaultdict(list), collections.defaultdict(list)

    def add(self, who, frames, last, moves_ns, joined_ns):
        """`last` is the frame before these, or None."""
        for f in frames:
            if last and last.host_ns >= moves_ns:
                self.gaps[f.host_ns // SECOND_NS].append(((f.host_ns - last.host_ns) / 1e6, who))
            if f.host_ns >= max(joined_ns, moves_ns):
                self.slots[f.t_us][who] = f
                self.newest_us = max(self.newest_us, f.t_us)
            last = f

    def settle(self):
        """Slots that all have shown who will become figures."""
        for t_us in [t for t in self.slots if t < self.newest_us - SLOT_AGE_US]:
            frames = list(self.slots.pop(t_us).values())
            if len(frames) > 1:
                self.skews[frames[0].host_ns // SECOND_NS].append(skew.spread([skew.late_us(f) for f in frames]))
        if len(self.slots) > 10000:  # of a timeline that is no more
            self.slots.clear()
            self.newest_us = 0


class Soak:
    def __init__(self, run, options):
        self.options, self.seed = options, options.seed
        self.complaints, self.samples, self.events, self.ends, self.pages = [], [], [], [], []
        self.begin_ns = time.monotonic_ns()
        self.begin_raw_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        self.warm_s = None
        self.nodes_strip, self.floor_strip = Strip(), Strip()
        self.latest, self.stats = {}, collections.Counter()
        self.sample_ns = 0
        self.floods, self.moves = [], True
        self.cast = cast.Cast(run.home, run.ends, options.nodes, options.page)
        self.watch = glow.Watch(self.cast.broker, *WATCHED)
        run.ends.callback(self.watch.close)
        self.floor, self.floor_last = None, {}
        self.run = run

    # ---- looking ----

    def now_s(self):
        return (time.monotonic_ns() - self.begin_ns) / SECOND_NS

    def complain(self, kind, text):
        line = "at %d s %s" % (self.now_s(), text)
        self.complaints.append((kind, line))
        print("%s: %s" % (kind, line), file=sys.stderr)

    def tick(self):
        """Everything that came since the last one."""
        for node in self.cast.nodes.values():
            last = node.last
            self.nodes_strip.add(node.name, node.take(), last, node.moves_ns, node.joined_ns)
            self.look_at(node)
        self.nodes_strip.settle()
        self.look_at_floor()
        for m in self.watch.take():
            self.hear(m)
        for said in self.cast.page_said():
            self.pages.append({"second": self.now_s(), **said})
        if time.monotonic_ns() >= self.sample_ns:
            self.sample()
        time.sleep(TICK_S)

    def look_at(self, node):
        now_ns = time.monotonic_ns()
        if node.last and node.last.host_ns >= node.lit_ns and not cast.is_lit(node.last):
            self.complain("dark", "%s is dark" % node.life)
            node.lit_ns = now_ns + 10 * SECOND_NS
        if node.moves_ns < now_ns - SECOND_NS and node.last and now_ns - node.last.host_ns > SECOND_NS:
            self.complain("dark", "%s stands still since %.1f s: %s" % (
                node.life, (now_ns - node.last.host_ns) / 1e9, cast.waits(node.process.pid)))
            node.moves_ns = now_ns + 10 * SECOND_NS
        if node.process.poll() is not None:
            self.complain("ends", "%s has ended with %d" % (node.life, node.process.returncode))
            self.cast.nodes.pop(node.name)

    def look_at_floor(self):
        for k, frames in enumerate(self.floor or ()):
            new = frames.take()
            for f in new:
                f.host_ns = f.mono_ns
            self.floor_strip.add(k, new, self.floor_last.get(k), self.floor_ns, 0)
            self.floor_last[k] = new[-1] if new else self.floor_last.get(k)
        self.floor_strip.settle()

    def hear(self, m):
        if m.topic.startswith("glow/time/request/"):
            return self.hear_probe(m)
        if m.topic.startswith("marker/"):  # the harness's own
            return None
        if m.topic.endswith("/stats"):
            return self.hear_stats(m)
        self.latest[m.topic] = m.payload

    def hear_probe(self, m):
        node = self.cast.nodes.get(m.topic.rsplit("/", 1)[1])
        if node and len(m.payload) == 24:
            _, _, _, _, t1, s1 = struct.unpack("<BBHIqq", m.payload)
            if s1:
                node.readings.append((node.said.clock.host_raw_ns(t1), s1))

    def hear_stats(self, m):
        """Counters of a life, by their names; the last ones count."""
        node = self.cast.nodes.get(m.topic.split("/")[2])
        if node:
            node.stats = {name: value for name, value in report.flat(m.json()) if name in report.COUNTERS}

    def sample(self, rest=False):
        self.sample_ns = time.monotonic_ns() + SAMPLE_S * SECOND_NS
        for life in self.cast.lives():
            taken = life.sample()
            if taken:
                self.samples.append({"second": self.now_s(), "rest": rest, **taken})

    def wait(self, seconds, condition=lambda: False):
        """Goes on looking until the condition is true, and returns it, or for so long."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.tick()
            if condition():
                return True
        return False

    # ---- what the script asks for ----

    def aims(self, target):
        """The nodes that are up and meant by node/x, group/x or all."""
        kind, _, name = target.partition("/")
        return [n for n in self.cast.nodes.values() if kind == "all" or kind == "node" and n.name == name or
                kind == "group" and script.group_name(int(n.name[2:]) - 1) == name]

    def hide(self, nodes):
        """Nobody can tell what these show now."""
        for node in nodes:
            node.moves_ns = node.lit_ns = cast.NEVER

    def let(self, nodes, after_s=cast.AFTER_S):
        """From when on these are judged: lit if they have a light of their own, else by the scene."""
        then_ns = time.monotonic_ns() + int(after_s * SECOND_NS)
        for node in nodes:
            from_ns = max(then_ns, node.noticed_ns)
            node.lit_ns = from_ns if node.own or self.moves else cast.NEVER
            node.moves_ns = from_ns if self.moves and not node.own else cast.NEVER

    def tell(self, topic, command):
        """To the conductor, who may just have been another."""
        if not self.wait(glow.PATIENCE_S, self.is_led):
            self.complain("agree", "nobody leads")
        self.ask("glow/" + topic, json.dumps(command))

    def is_led(self):
        info = json.loads(self.latest.get("glow/conductor/info") or b"{}")
        return self.latest.get("glow/conductor/availability") == b"online" and info.get("state") == "leading"

    def everybody(self):
        return list(self.cast.nodes.values())

    def publish(self, topic, command):
        payload = command if isinstance(command, str) else json.dumps(command)
        try:
            self.cast.broker.publish("glow/" + topic, payload)
        except subprocess.SubprocessError as e:  # the script leaves it time to come back
            self.complain("ends", "the broker takes nothing: %s" % e)

    def do_scene(self, e):
        """It takes all lights."""
        self.hide(self.everybody())
        self.tell("scene/play", e["scene"])
        self.moves = script.moves(e["scene"])
        for node in self.everybody():
            node.own = False
        self.let(self.everybody(), after_s=cast.MANY_S)

    def do_stop(self, e):
        self.hide(self.everybody())
        self.tell("scene/stop", {"fade_ms": e["fade_ms"]})
        self.wait(2)
        self.do_scene(e)

    def do_light(self, e):
        aims = self.aims(e["target"])
        self.hide(aims)
        self.publish(e["target"] + "/set", {"state": "ON", "color": e["color"]})
        for node in aims:
            node.own = True
        self.let(aims, self.settle_s(e))

    do_group = do_light

    def do_release(self, e):
        aims = self.aims(e["target"])
        self.publish(e["target"] + "/set", {"state": "ON", "effect": "auto"})
        for node in aims:
            node.own = False
        self.let(aims, self.settle_s(e))

    @staticmethod
    def settle_s(e):
        return cast.AFTER_S if e["target"].startswith("node/") else cast.MANY_S

    def do_dim(self, e):
        self.publish("dim/set", {"brightness": e["brightness"]})

    def do_notice(self, e):
        aims = self.aims(e["target"])
        self.hide(aims)
        self.publish(e["target"] + "/notify", {"effect": e["effect"], "ttl_s": e["ttl_s"]})
        for node in aims:
            node.noticed_ns = time.monotonic_ns() + int((e["ttl_s"] + self.settle_s(e)) * SECOND_NS)
        self.let(aims)

    def do_leave(self, e, sig=signal.SIGTERM):
        node = self.cast.nodes.get(e["node"])
        if node:
            self.end(node, sig)

    def end(self, life, sig):
        ended = self.cast.end(life, sig)
        if ended:
            self.ends.append(ended)

    def do_kill(self, e):
        self.do_leave(e, signal.SIGKILL)

    def do_join(self, e):
        node = self.cast.start_node(e["node"])
        self.joining(node)
        self.connected([node], {})

    def joining(self, node):
        """Judged once it is online, and for gaps from the next scene on: it may have taken back a still light."""
        node.own = True

        def watch():
            with contextlib.suppress(AssertionError):
                node.said.wait_connected()
                from_ns = time.monotonic_ns() + cast.FIRST_S * SECOND_NS
                node.joined_ns = from_ns + 7 * SECOND_NS
                node.lit_ns = from_ns if self.moves else cast.NEVER
        threading.Thread(target=watch, daemon=True).start()

    def do_conductor(self, e):
        self.end(self.cast.conductors[e["name"]], getattr(signal, e["signal"]))

    def do_freeze(self, e):
        said = self.cast.conductors[e["name"]].said
        said.freeze()
        self.wait(e["frozen_s"])
        said.thaw()

    def do_conduct(self, e):
        self.cast.start_conductor(e["name"])

    def do_step(self, e):
        self.cast.clocks[e["who"]].step_to(e["ms"])

    def do_broker(self, e):
        before = {n.name: n.said.connections() for n in self.everybody()}
        self.cast.broker.stop(getattr(signal, e["signal"]))
        self.wait(e["away_s"])
        self.cast.start_broker()
        self.connected(self.everybody(), before)

    def connected(self, nodes, before):
        """Nodes that are there again: what is published to a node that is not, is lost, as MQTT has it."""
        def away():
            return [n for n in nodes if n.process.poll() is None and n.said.connections() <= before.get(n.name, 0)]
        if not self.wait(glow.PATIENCE_S, lambda: not away()):
            self.complain("agree", "not connected: %s" % ", ".join(n.life for n in away()))

    def do_flood(self, e):
        """At the highest rate that one connection reaches; then one command, which has to be obeyed. Scenes that begin
        all the time show their first picture for as long."""
        began_anew, began_s = e["what"].endswith("plays"), self.now_s()
        if began_anew:
            self.hide(self.everybody())
        sent = {}

        def send():
            with contextlib.suppress(OSError), self.cast.broker.connect("operator") as client:
                sent["count"] = client.flood(e["topic"], e["payloads"], script.FLOOD_S)
        thread = threading.Thread(target=send)
        thread.start()
        self.wait(script.FLOOD_S + 30, lambda: not thread.is_alive())
        answered = self.ask(e["topic"], e["last"])
        self.floods.append({"what": e["what"], "who": e["topic"].split("/")[2], "sent": sent.get("count", 0),
                            "began": began_s, "ended": self.now_s(), **answered})
        if began_anew:
            self.do_scene({"scene": json.loads(e["last"])})

    def ask(self, topic, command):
        """Sends one command until it is answered with more than "busy", or was lost too often, while looking goes on."""
        answers, began_s = [], time.monotonic()

        def again():
            lost = sum("code" not in a for a in answers)
            return not answers or answers[-1].get("code") == "busy" or answers[-1]["status"] != "ok" and 0 < lost < TRIES

        def send():
            while again() and time.monotonic() < began_s + TRIES * PATIENCE_S:
                try:
                    answers.append(self.cast.broker.request(topic, command, "glow/answer/" + glow.unique()))
                except subprocess.CalledProcessError:
                    answers.append({"status": "nothing, for %d s" % glow.PATIENCE_S})
        thread = threading.Thread(target=send)
        thread.start()
        self.wait((TRIES + 1) * PATIENCE_S, lambda: not thread.is_alive())
        took_s = time.monotonic() - began_s
        status = answers[-1]["status"] if answers else "nothing"
        if status != "ok":
            self.complain("obey", "%s to %s is answered with %s" % (command, topic, answers))
        return {"answer_s": took_s, "status": status, "times": len(answers)}

    # ---- checks ----

    def do_check(self, e):
        """With all lights in one colour: what each shows, says and has retained; then what there is of handles."""
        red, green, blue = (random.Random(e["at"]).randint(10, 40) for _ in range(3))
        color = "%02x%02x%02x" % (red, green, blue)
        nodes, found = self.everybody(), len(self.complaints)
        self.check("dark", "not online: %s", nodes, lambda n: self.says(n, "availability") == b"online")
        self.tell("dim/set", {"brightness": 255})
        self.hide(nodes)
        self.publish("all/set", {"state": "ON", "color": "#" + color, "brightness": 255})
        self.check("dark", "not in #%s: %%s" % color, nodes, lambda n: n.last and set(n.last.lights) == {color})
        self.check("agree", "do not say #%s: %%s" % color, nodes, lambda n: self.state_has(
            n, state="ON", brightness=255, effect="solid", color=dict(r=red, g=green, b=blue)))
        self.check_retained()
        if len(self.complaints) == found:
            self.sample(rest=True)
        self.check_page()
        self.do_release({"target": "all"})

    def check(self, kind, words, nodes, good):
        """All nodes that are up come to it before long."""
        bad = []

        def all_good():
            bad[:] = [n for n in nodes if n.name in self.cast.nodes and not good(n)]
            return not bad
        if not self.wait(glow.PATIENCE_S, all_good):
            self.complain(kind, words % "%s; the first shows %s and says %s" % (
                ", ".join(n.life for n in bad), bad[0].last, (self.says(bad[0], "state") or b"nothing").decode()))

    def says(self, node, leaf):
        return self.latest.get("glow/node/%s/%s" % (node.name, leaf))

    def state_has(self, node, **fields):
        state = json.loads(self.says(node, "state") or b"{}")
        return all(state.get(name) == value for name, value in fields.items())

    def check_retained(self):
        """What a new subscriber gets is what was heard last, and the states are those that the nodes say when asked."""
        differs = []

        def same():
            kept = self.cast.broker.retained(*[t for t in WATCHED if not t.endswith(NOT_KEPT)])
            heard = {t: p for t, p in self.latest.items() if p}
            kept = {t: p for t, p in kept.items() if not t.startswith("marker/")}
            differs[:] = sorted(t for t in kept.keys() | heard.keys() if kept.get(t) != heard.get(t))
            return not differs
        for _ in range(5):
            if self.wait(1, same):
                break
        else:
            self.complain("agree", "retained is not what was said last: %s" % ", ".join(differs[:5]))
        before = {n.name: self.says(n, "state") for n in self.cast.nodes.values()}
        with self.cast.broker.connect("operator") as client:
            for name in before:
                client.publish("glow/node/%s/set" % name)
        self.wait(1)
        for node in self.cast.nodes.values():
            if before.get(node.name) != self.says(node, "state"):
                self.complain("agree", "%s says %s when asked, retained was %s" % (
                    node.life, self.says(node, "state"), before.get(node.name)))

    def check_page(self):
        if not self.cast.page_lines:
            return
        up = sorted(self.cast.nodes)
        if not self.wait(2 * glow.PATIENCE_S, lambda: self.pages and sorted(self.pages[-1]["online"]) == up):
            self.complain("page", "the page sees %s, there are %s" % (
                self.pages[-1]["online"] if self.pages else "nothing", up))

    # ---- the run ----

    def start(self):
        for life in [*self.cast.nodes.values(), *self.cast.conductors.values()]:
            life.said.wait_connected()
        self.tell("scene/play", {"effect": "rainbow"})
        nodes = list(self.cast.nodes.values())
        self.check("dark", "show nothing: %s", nodes, lambda n: n.last and cast.is_lit(n.last))
        for node in nodes:
            node.joined_ns = time.monotonic_ns() + 10 * SECOND_NS
        self.let(nodes)
        moving = next(n.last for n in nodes if n.last)
        floor = cluster.Floor(self.run.home, len(nodes), moving, cast.FPS)
        self.run.ends.callback(floor.close)
        self.floor = [glow.Frames(path) for path in floor.paths]
        self.floor_ns = time.monotonic_ns() + SECOND_NS
        if self.options.page:
            self.cast.open_page()
            if not self.wait(60, lambda: self.pages):
                self.complain("page", "the page does not open")

    def play(self):
        """The script, until the time is over. Its clock stands while an event takes its time."""
        span_s = self.options.hours * 3600
        behind_s = self.now_s()
        for event in script.Script(self.seed, self.options.nodes):
            self.wait(max(0, event["at"] + behind_s - self.now_s()))
            if self.now_s() >= span_s:
                break
            began_s = self.now_s()
            self.events.append({"second": began_s, **event})
            print("%6.1f s  %s" % (began_s, json.dumps(event)[:150]), file=self.run.journal, flush=True)
            getattr(self, "do_" + event["do"])(event)
            behind_s += self.now_s() - began_s
            if self.warm_s is None and self.seen_all():
                self.warm_s = self.now_s()
        self.do_check({"at": self.now_s()})

    def seen_all(self):
        kinds, floods = {e["do"] for e in self.events}, {f["what"] for f in self.floods}
        return kinds >= set(script.KINDS) and len(floods) == script.FLOODS

    def finish(self):
        """Everybody is told to end, the nodes first; what is left then?"""
        nodes = list(self.cast.nodes.values())
        for life in nodes:
            self.end(life, signal.SIGTERM)
        self.check_offline(nodes)
        if self.cast.close_page():
            self.complain("page", "the browser ends badly: see page.log")
        for life in list(self.cast.conductors.values()):
            self.end(life, signal.SIGTERM)
        self.left = self.left_retained()
        self.span_s = self.now_s()

    def check_offline(self, nodes):
        self.wait(5, lambda: all(self.says(n, "availability") == b"offline" for n in nodes))
        for n in nodes:
            if self.says(n, "availability") != b"offline":
                self.complain("ends", "%s is %s" % (n.life, self.says(n, "availability")))

    def left_retained(self):
        names = [script.node_name(k) for k in range(self.options.nodes)]
        known = {form.format(name) for form in KEPT for name in names} | set(KEPT_ONCE)
        kept = {m.topic for m in self.heard_anew("glow/#", "homeassistant/#") if m.retained}
        return ["retained: %s" % t for t in sorted(kept - known) if not KEPT_NAMED.fullmatch(t)]

    def heard_anew(self, *topics):
        """What a client that subscribes now gets."""
        watch = glow.Watch(self.cast.broker, *topics)
        watch.close()
        return watch.all

    def record(self):
        lives = [life for life in self.cast.over if isinstance(life, cast.Spoken)]
        logs = [(life, *life.log()) for life in lives]
        programs = sorted({s["program"] for s in self.samples} | ({"page"} if self.pages else set()))
        for said in self.pages:
            self.complaints += [("page", text) for text in said["complaints"] if not text.startswith(WHEN_AWAY)]
            self.samples.append({"life": "page", "program": "page", "second": said["second"], "rest": False,
                                 "anon_kib": said["heap"] / 1024, "rss_kib": said["heap"] / 1024,
                                 "descriptors": said["nodes"], "threads": said["listeners"], "cpu_s": 0})
        return {
            "seed": self.seed, "span_s": self.span_s, "programs": programs, "nodes": self.options.nodes,
            "warm_s": max(self.warm_s or 0, self.span_s / 6), "samples": self.samples, "events": self.events,
            "complaints": self.complaints, "ends": self.ends, "left": self.left, "floods": self.floods,
            "seconds": report.seconds(self), "clocks": report.clocks(self), "counters": report.counters(self),
            "skews": report.skews(self), "gap_counts": report.gap_counts(self),
            "log_errors": [(life.life, line) for life, _, errors in logs for line in errors],
            "log_lines": [(life.life, count, time.monotonic() - life.began_s) for life, count, _ in logs],
        }


class Run:
    def __init__(self, home, ends, journal):
        self.home, self.ends, self.journal = home, ends, journal


def soak(options, out):
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    home = tempfile.mkdtemp(prefix="glow-soak-", dir=base)
    try:
        with contextlib.ExitStack() as ends, open(os.path.join(out, "journal"), "w") as journal:
            run = Soak(Run(home, ends, journal), options)
            run.start()
            run.play()
            run.finish()
            record = run.record()
        record["left"] += cast.left(home) + ["file %s" % n for n in os.listdir(os.path.join(home, "tmp"))]
        return record
    finally:
        keep = os.path.join(out, "logs")
        shutil.rmtree(keep, ignore_errors=True)
        os.mkdir(keep)
        for name in os.listdir(home):
            if name.endswith(".log"):
                shutil.copy(os.path.join(home, name), keep)
        shutil.rmtree(home)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(EX_USAGE, "%s: %s (%s --help)\n" % (self.prog, message, self.prog))


def parse(words):
    parser = Parser(prog="./run soak")
    parser.add_argument("hours", nargs="?", type=float, default=1, help="how long (1; fractions are fine)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of an earlier run, for the same events")
    parser.add_argument("--nodes", type=int, default=script.NODES, help="how many (%(default)s)")
    parser.add_argument("--no-page", dest="page", action="store_false", help="without nginx and browser")
    parser.add_argument("--out", default=os.path.join(cast.TOP, "build", "soak"), help="where its files go (%(default)s)")
    parser.add_argument("--docs", action="store_true", help="take table and figure over into docs/soak.md")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # of these words alone
    options = parser.parse_args(words)
    if not 0.01 <= options.hours <= 1000:
        parser.error("a soak has 0.01 to 1000 hours, not %g" % options.hours)
    if not 3 <= options.nodes <= 200:
        parser.error("a soak has 3 to 200 nodes, not %d" % options.nodes)
    return options


def main():
    glow.PATIENCE_S = PATIENCE_S
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # with all that ends and is removed then
    options = parse(sys.argv[1:])
    if options.check:
        return
    if lacks := cast.missing(options.page):
        print("SKIPPED: not installed: " + ", ".join(lacks))
        sys.exit(glow.SKIPPED)
    cluster.need_clocks()
    os.makedirs(options.out, exist_ok=True)
    print("%g hours, seed %d" % (options.hours, options.seed), file=sys.stderr, flush=True)
    record = soak(options, options.out)
    with open(os.path.join(options.out, "record.json"), "w") as f:
        json.dump(record, f)
    status = report.tell(record, options.out)
    if options.docs:
        report.take_over(record, os.path.join(cast.TOP, "docs"))
    sys.exit(status)


if __name__ == "__main__":
    main()
