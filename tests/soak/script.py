# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What happens to the swarm, by a seed: the same seed, the same events in the same order.

First one of each kind, and of each kind of flood, so that a short run has seen them all, then as the dice fall. Every CHECK_S the
script asks for a check, with nothing else going on.
"""

import heapq
import json
import random

NODES, STEADY, GROUPS = 20, 10, 4  # the first STEADY nodes live as long as the run, and the first conductor
FLOODED = 2  # of these so many are flooded, so that the memory of what was once needed is not in all
CONDUCTORS = ("c1", "c2")
CHECK_S = 60
FLOOD_S = 3
BROKER_REST_S = 12  # until everybody is back

MOVING = "rainbow"  # of which no two frames are alike
KINDS = {"scene": 20, "stop": 4, "light": 12, "group": 10, "dim": 6, "notice": 8, "leave": 8, "kill": 8,
         "freeze": 1.5, "conductor": 2, "flood": 5, "step": 6, "broker": 1.5}


def node_name(k):
    return "pi%d" % (k + 1)


def group_name(k):
    return "g%d" % (k % GROUPS + 1)


def _color(dice):
    """So dim that no limit touches it, and lit."""
    return "#%02x%02x%02x" % tuple(dice.randint(8, 48) for _ in range(3))


def _scene(dice):
    if dice.random() < 0.2:
        return {"effect": dice.choice(("plasma", "fire", "larson", "binary-clock"))}
    looks = [{"effect": MOVING, "params": {"period_ms": dice.randint(2000, 7000)}} for _ in range(dice.choice((1, 1, 1, 5)))]
    if len(looks) == 1:
        return {**looks[0], "fade_ms": dice.choice((0, 0, 400, 1500))}
    return {"playlist": [{**look, "duration_s": dice.randint(2, 9)} for look in looks], "loop": True, "fade_ms": 300}


def moves(scene):
    """Whether each slot of it is another picture, never a black one."""
    return scene.get("effect", MOVING) == MOVING


def _floods(node):
    """What it is called -> a topic, payloads to send in turn as fast as the connection takes them, and one that must be
    obeyed after it."""
    node = "glow/node/%s/set" % node
    plays = [json.dumps({"effect": MOVING, "params": {"period_ms": 2000 + 10 * k}}) for k in range(50)]
    # Too near each other for a flash, 4 % of luminance in all: the limiter would hold the picture, as it has to.
    levels = [json.dumps({"brightness": level}) for level in range(235, 239)]
    bad = ['{"effect":', "no such word", '{"brightness":999}']
    auto, play = json.dumps({"state": "ON", "effect": "auto", "brightness": 255}), json.dumps({"effect": MOVING})
    return {
        "plays": ("glow/scene/play", plays, play),
        "faded plays": ("glow/scene/play", [p[:-1] + ',"fade_ms":500}' for p in plays], play),
        "bad plays": ("glow/scene/play", bad, play),
        "lights": (node, levels, auto),
        "large lights": (node, [level[:-1] + ',"%s":0}' % ("x" * 6600) for level in levels], auto),
        "bad lights": (node, bad, auto),
    }


FLOODS = len(_floods(""))


class Script:
    """An endless iterator of events: dicts with `at` (seconds of the script's own clock), `do`, and what it takes."""

    def __init__(self, seed, nodes=NODES):
        self.dice = random.Random(seed)
        self.nodes = nodes
        self.at_s = 0
        self.due = []  # what ends or returns: a heap of (second, count, event)
        self.count = 0
        self.up = {node_name(k) for k in range(min(STEADY, nodes), nodes)}
        self.standby_is_up = True
        self.floods = []  # kinds whose turn is still to come

    def __iter__(self):
        lap, checked_s = list(KINDS) + (FLOODS - 1) * ["flood"], 0
        while True:
            self.at_s += self.dice.uniform(2, 6)
            while self.due and self.due[0][0] <= self.at_s:
                yield self._return(heapq.heappop(self.due))
            if self.at_s - checked_s >= CHECK_S:
                checked_s = self.at_s
                yield {"at": self.at_s, "do": "check"}
                continue
            kind = lap.pop(0) if lap else self.dice.choices(list(KINDS), list(KINDS.values()))[0]
            event = getattr(self, "_" + kind)()
            if event:
                yield {"at": self.at_s, "do": kind, **event}
            if kind == "broker":
                self.at_s += BROKER_REST_S
            if kind == "flood":
                self.at_s += FLOOD_S + 2

    def _later(self, least_s, most_s, event):
        self.count += 1
        heapq.heappush(self.due, (self.at_s + self.dice.uniform(least_s, most_s), self.count, event))

    def _return(self, entry):
        at_s, _, event = entry
        if event["do"] == "join":
            self.up.add(event["node"])
        if event["do"] == "conduct":
            self.standby_is_up = True
        return {"at": at_s, **event}

    def _any_node(self):
        return node_name(self.dice.randrange(self.nodes))

    def _scene(self):
        return {"scene": _scene(self.dice)}

    def _stop(self):
        return {"fade_ms": self.dice.choice((0, 500)), "scene": _scene(self.dice)}

    def _light(self):
        target = "node/" + self._any_node()
        self._later(3, 12, {"do": "release", "target": target})
        return {"target": target, "color": _color(self.dice)}

    def _group(self):
        target = self.dice.choice(["all"] + ["group/" + group_name(k) for k in range(GROUPS)])
        self._later(3, 12, {"do": "release", "target": target})
        return {"target": target, "color": _color(self.dice)}

    def _dim(self):
        return {"brightness": self.dice.randint(120, 255)}

    def _notice(self):
        target = self.dice.choice(["node/" + self._any_node(), "group/g1", "all"])
        return {"target": target, "ttl_s": self.dice.randint(1, 4), "effect": self.dice.choice(("blink", "identify"))}

    def _leave(self):
        if len(self.up) < 3:
            return None
        node = self.dice.choice(sorted(self.up))
        self.up.remove(node)
        self._later(3, 40, {"do": "join", "node": node})
        return {"node": node}

    _kill = _leave

    def _conductor(self):
        """The second ends or is killed; the first is only frozen at times, so that it lives as long as the run."""
        if not self.standby_is_up:
            return None
        self.standby_is_up = False
        self._later(5, 30, {"do": "conduct", "name": CONDUCTORS[1]})
        return {"name": CONDUCTORS[1], "signal": self.dice.choice(("SIGTERM", "SIGKILL"))}

    def _freeze(self):
        return {"name": CONDUCTORS[0], "frozen_s": self.dice.uniform(2, 8)} if self.standby_is_up else None

    def _flood(self):
        kinds = _floods(node_name(self.dice.randrange(FLOODED)))
        if not self.floods:
            self.floods = self.dice.sample(sorted(kinds), len(kinds))
        what = self.floods.pop()
        return dict(zip(("what", "topic", "payloads", "last"), (what, *kinds[what])))

    def _step(self):
        ms = self.dice.choice((0, 40, 300, 5000, 3600000, 86400000))  # so forward and, from there, back
        return {"who": self.dice.choice([self._any_node(), self.dice.choice(CONDUCTORS)]), "ms": ms}

    def _broker(self):
        return {"signal": self.dice.choice(("SIGTERM", "SIGKILL")), "away_s": self.dice.uniform(0, 4)}
