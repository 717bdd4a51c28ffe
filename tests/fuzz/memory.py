#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""memory.py [--only PROGRAM] [--some N] [--jobs N] [--out FOLDER]: memory that is not there.

Runs each program as often as there are places that ask for memory from its start to its first frame (a conductor:
until it leads; glowctl: until it is done): a call stack each, its first and its last time. Each time one of these
allocations fails, starve.c; then the same once more where all fail from that one on. After each it either goes on, or ends with words and a status that is not the one of a wrong command
line. A crash is told with its stack, once for each place: one of ours fails the run, others are counted by their
library. GLOW_BIN names our glow-bridge, beside which starve.so lies.
"""

import argparse
import collections
import concurrent.futures
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../harness"))
import glow  # noqa: E402

EX_USAGE = 64
PATIENCE_S = 20
FRAME = re.compile(r"^(?P<object>[^(]*)\((?P<function>[^+)]*)\+(?P<offset>0x[0-9a-f]+)\)")
IGNORED = ("starve.so", "libc.so.6", "linux-vdso", "ld-linux", "libasan", "libpthread")


class Subject:
    """A program and its arguments; done(log, folder) tells that it has come so far. It is ended then, or ends itself."""

    def __init__(self, name, program, words, done=None):
        self.name, self.program, self.words, self.done = name, program, words, done


def first_frame(log, folder):
    frames = os.path.join(folder, "frames")
    return b"connected to" in log and os.path.exists(frames) and os.path.getsize(frames) > 0


SUBJECTS = [
    Subject("bridge", "glow-bridge", "--node {name} --prefix {name} --board virtual --virtual-out {folder}/frames --idle rainbow",
            first_frame),
    Subject("conductor", "glow-conductor", "--node c --prefix {name}", lambda log, folder: b"leading clock" in log),
    Subject("ctl-nodes", "glowctl", "nodes --prefix alive"),
    Subject("ctl-set", "glowctl", "set n red --prefix alive"),
    Subject("ctl-play", "glowctl", "play rainbow --prefix alive"),
]


class Run:
    """One run in which allocation `which` ("7", "7+") fails."""

    def __init__(self, lab, subject, which):
        self.which = which
        self.stuck = False
        folder = tempfile.mkdtemp(dir=lab.home)
        words = subject.words.format(name="p%d" % next(lab.numbers), folder=folder).split()
        path = os.path.join(folder, "log")
        env = dict(lab.env, LD_PRELOAD=lab.starve, GLOW_STARVE=which, GLOW_BROKER=lab.broker.uri)
        with open(path, "wb") as out:
            process = glow.spawn([os.path.join(lab.bin, subject.program)] + words, out, out, env)
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None:
            with open(path, "rb") as f:
                log = f.read()
            if subject.done and subject.done(log, folder):
                glow.end(process)
            elif time.monotonic() > deadline:
                self.stuck = True
                process.kill()
                process.wait()
            time.sleep(0.005)
        with open(path, "rb") as f:
            self.log = f.read().decode(errors="replace")
        self.status = process.returncode
        shutil.rmtree(folder)

    def allocations(self):
        return int(re.search(r"starve: (\d+) allocations", self.log).group(1))

    def places(self):
        """The numbers of the allocations that are the first or the last of their place."""
        pairs = re.findall(r"starve: places (\d+) (\d+)", self.log)
        return sorted({int(number) for pair in pairs for number in pair})

    def words(self):
        """What it said, without what starve.c did."""
        return re.sub("starve: (crash|failed)\n.*?(?=starve: )|starve: .*\n", "", self.log, flags=re.S)

    def stack(self, title):
        m = re.search("starve: %s\n(.*?)starve: " % title, self.log, re.S)
        return [f for f in map(FRAME.match, m.group(1).splitlines() if m else []) if f]

    def culprit(self):
        """The innermost frame that is neither the C library's nor our own stand-in."""
        for frame in self.stack("crash"):
            if not any(part in frame["object"] for part in IGNORED):
                return frame
        return None

    def outcome(self):
        if self.status < 0 and not self.stuck:
            return "crash"
        if self.status == EX_USAGE:
            return "wrong status"
        if self.status and not self.words().strip():
            return "no words"
        if self.stuck:
            return "went on, and did not get so far"
        return "went on" if self.status == 0 else "status %d" % self.status


def place(frame):
    """function (file:line) of a frame, as far as debug information tells."""
    if not frame:
        return "unknown"
    line = subprocess.run(["addr2line", "-f", "-s", "-e", frame["object"], frame["offset"]], stdout=subprocess.PIPE,
                          text=True).stdout.split("\n") if not frame["function"] else [frame["function"], ""]
    where = line[1] if len(line) > 1 and "?" not in line[1] else "+" + frame["offset"]
    return "%s: %s (%s)" % (os.path.basename(frame["object"]), line[0], where)


class Lab:
    """A broker, and a cluster on it that glowctl has to do with."""

    def __init__(self, home):
        self.home = home
        self.bin = os.path.dirname(os.path.abspath(glow.bridge_path()))
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("GLOW_")}
        self.numbers = itertools.count()
        # LD_PRELOAD is a list with blanks between its entries, and a checkout's path may have one.
        self.starve = shutil.copy(os.path.join(self.bin, "starve.so"), home)
        self.broker = glow.Broker(home).start()
        self.alive = [glow.Conductor(home, self.broker.uri, prefix="alive"),
                      glow.Bridge(home, self.broker.uri, node="n", prefix="alive")]
        self.alive[0].wait_leading()
        self.alive[1].wait_connected()

    def close(self):
        for program in self.alive:
            program.close()
        self.broker.stop()


class Report:
    """What the runs of one program came to."""

    def __init__(self, lab, subject):
        self.lab, self.subject = lab, subject
        self.outcomes = collections.Counter()
        self.crashes = {}  # place -> (times, Run)
        self.bad = {}  # what is wrong, with the last words -> (times, Run)

    def add_bad(self, run):
        key = run.outcome() + ": " + re.sub(r"p?\d+", "#", (run.words().strip().split("\n") or [""])[-1])
        times, first = self.bad.get(key, (0, run))
        self.bad[key] = (times + 1, first)

    def add(self, run):
        outcome = run.outcome()
        self.outcomes[outcome] += 1
        if outcome == "crash":
            culprit = run.culprit()
            where = place(culprit)
            times, first = self.crashes.get(where, (0, run))
            self.crashes[where] = (times + 1, first)
            if not culprit or culprit["object"].startswith(self.lab.bin):
                self.add_bad(run)
        elif outcome in ("wrong status", "no words"):
            self.add_bad(run)

    def show(self):
        print("%s: %s" % (self.subject.name, ", ".join("%d %s" % (n, what) for what, n in sorted(self.outcomes.items()))))
        for where, (times, run) in sorted(self.crashes.items()):
            print("  %d crashes in %s" % (times, where))
            print("    first with GLOW_STARVE=%s: %s" % (run.which, " < ".join(map(place, run.stack("crash")[2:9]))))
            print("    the memory was for: %s" % " < ".join(map(place, run.stack("failed")[2:9])))
        for key, (times, run) in sorted(self.bad.items()):
            print("  %d times %s" % (times, key))
            print("    first with GLOW_STARVE=%s, status %d" % (run.which, run.status))
            print("    the memory was for: %s" % " < ".join(map(place, run.stack("failed")[2:9])))
        sys.stdout.flush()


def sweep(lab, subject, some, jobs):
    """Every place, or `some` of them, evenly."""
    look = Run(lab, subject, "places")
    numbers = look.places()
    which = [str(k) + mode for k in numbers[:: max(1, len(numbers) // some) if some else 1] for mode in ("", "+")]
    report = Report(lab, subject)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for run in pool.map(lambda w: Run(lab, subject, w), which):
            report.add(run)
    print("%s asks for memory %d times; %d runs" % (subject.name, look.allocations(), len(which)))
    report.show()
    return report


# promise: memory-may-fail
def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", choices=[s.name for s in SUBJECTS])
    parser.add_argument("--some", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    args = parser.parse_args()
    home = tempfile.mkdtemp(prefix="glow-memory-")
    lab = Lab(home)
    try:
        reports = [sweep(lab, s, args.some, args.jobs) for s in SUBJECTS if args.only in (None, s.name)]
    finally:
        lab.close()
        shutil.rmtree(home)
    return 1 if any(r.bad for r in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
