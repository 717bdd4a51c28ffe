#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""table.py <folder> <stage>…: what the stages of a test came to, from what each left in the folder:

  <stage>.log   its words, with the closing lines of the runners that it used
  <stage>.xml   CTest's own report, where it used CTest
  <stage>.end   its exit status and its seconds

One table, what was skipped and why, and the last words of what failed. A line "SKIPPED: <what>: <why>" is one
skipped piece, whoever prints it.
"""

import os
import re
import sys
import xml.etree.ElementTree as ET

CLOSINGS = (  # each runner's own closing words
    r"^(?P<passed>\d+) passed, (?P<failed>\d+) failed",
    r"^[#ℹ] pass (?P<passed>\d+)$|^[#ℹ] fail (?P<failed>\d+)$",
    r"^Ran (?P<passed>\d+) tests? in ",
)
ENDING = re.compile(r"^(?:OK|FAILED) \((.*)\)$")
SKIPPED = re.compile(r"SKIPPED: (.*?)(?:\x1b.*)?$")


class Count:
    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = []


def read_log(text, count):
    for line in text.splitlines():
        for closing in CLOSINGS:
            m = re.match(closing, line)
            for name, value in (m.groupdict() if m else {}).items():
                setattr(count, name, getattr(count, name) + int(value or 0))
        m = ENDING.match(line)
        if m:  # unittest counts all that ran as one number
            told = dict(part.split("=") for part in m.group(1).split(", "))
            bad = int(told.get("failures", 0)) + int(told.get("errors", 0))
            count.failed += bad
            count.passed -= bad + int(told.get("skipped", 0))
        m = SKIPPED.search(line)
        if m:
            count.skipped.append(m.group(1))


def read_ctest(path, count):
    for case in ET.parse(path).getroot().iter("testcase"):
        why = [m.group(1) for m in map(SKIPPED.search, (case.findtext("system-out") or "").splitlines()) if m]
        if case.get("status") == "run":
            count.passed += 1
        elif case.get("status") == "fail":
            count.failed += 1
        elif not why:
            why = [case.get("status")]
        count.skipped += ["%s: %s" % (case.get("name"), w) for w in why]


def read(folder, stage):
    path = os.path.join(folder, stage)
    with open(path + ".end") as f:
        status, seconds = map(int, f.read().split())
    with open(path + ".log", errors="replace") as f:
        log = f.read()
    count = Count()
    if os.path.exists(path + ".xml"):
        read_ctest(path + ".xml", count)
    else:
        read_log(log, count)
    if status and not count.failed:
        count.failed = 1  # it ended before a runner could count
    if not status and not count.passed and not count.skipped:
        count.failed = 1  # it says that it is fine, and nothing ran
    return count, status, seconds, log


def main():
    folder, stages = sys.argv[1], sys.argv[2:]
    rows = {stage: read(folder, stage) for stage in stages}
    print("\n%-12s %7s %7s %8s %8s" % ("stage", "passed", "failed", "skipped", "seconds"))
    for stage, (count, _, seconds, _) in rows.items():
        print("%-12s %7d %7d %8d %8d" % (stage, count.passed, count.failed, len(count.skipped), seconds))
    for stage, (count, _, _, _) in rows.items():
        for why in count.skipped:
            print("skipped in %s: %s" % (stage, why))
    for stage, (count, status, _, log) in rows.items():
        if count.failed:
            print("\nfailed: %s (status %d), whole in %s; its last words:" % (stage, status, os.path.join(folder, stage + ".log")))
            print("\n".join("  | " + line for line in log.splitlines()[-15:]))
    passed, failed, skipped = (sum(n) for n in zip(*((c.passed, c.failed, len(c.skipped)) for c, _, _, _ in rows.values())))
    print("\n%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
