#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""run.py [--seconds S] [--jobs N] [--found FOLDER] [--merge] FUZZ [TARGET…]: looks for inputs that fail, so many
seconds for each target (0: the corpus alone), as many targets at a time as there are jobs. FUZZ is the program of the
preset fuzz.

What is new goes to FOLDER/<target>/new and is taken up again by the next run; with --merge the least of it that sees
more than the corpus goes to FOLDER/<target>/least, to be added to tests/fuzz/corpus. A failing input is
FOLDER/<target>/crash-<hash>, timeout-<hash>, …
"""

import argparse
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "../..")
TIMEOUT_S = 10  # of one input
FAILURES = ("crash-", "timeout-", "oom-", "leak-")


def targets():
    with open(os.path.join(HERE, "targets.def")) as f:
        return re.findall(r"^X\((\w+)\)", f.read(), re.M)


def write_words(path):
    """A dictionary: every word that the sources compare something with, or that stands in a table of them."""
    words = set()
    for file in glob.glob(os.path.join(SOURCE, "bridge/**/*.[ch]"), recursive=True):
        with open(file) as f:
            found = re.findall(r'"([a-z][a-z0-9_-]{1,19}|[<>=!.]{2})"|\bX\(([a-z][a-z0-9_]{0,19})[,)]', f.read())
        words |= {a or b for a, b in found}
    with open(path, "w") as f:
        f.writelines('"%s"\n' % word for word in sorted(words))


class Target:
    def __init__(self, name, args):
        self.name, self.args = name, args
        self.corpus = os.path.join(HERE, "corpus", name)
        self.folder = os.path.join(args.found, name)
        self.log = os.path.join(self.folder, "log")
        self.least = 0
        for part in ("new", "least"):
            os.makedirs(os.path.join(self.folder, part), exist_ok=True)

    def call(self, log, *words):
        env = dict(os.environ, GLOW_FUZZ=self.name)
        argv = [self.args.fuzz, "-timeout=%d" % TIMEOUT_S, "-artifact_prefix=%s/" % self.folder, *words]
        with open(log, "w") as out:
            return subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode

    def run(self):
        before = set(self.failures())
        how = ["-max_total_time=%d" % self.args.seconds] if self.args.seconds else ["-runs=0"]
        self.status = self.call(self.log, *how, "-print_final_stats=1", "-dict=%s" % self.args.words,
                                os.path.join(self.folder, "new"), self.corpus)
        self.failed = sorted(set(self.failures()) - before)
        if self.args.merge and self.status == 0:
            self.merge()
        return self

    def failures(self):
        return [name for name in os.listdir(self.folder) if name.startswith(FAILURES)]

    def merge(self):
        """What sees more than the corpus, and of that the least."""
        least = os.path.join(self.folder, "least")
        shutil.rmtree(least)
        shutil.copytree(self.corpus, least)
        self.call(os.path.join(self.folder, "merge.log"), "-merge=1", least, os.path.join(self.folder, "new"))
        for known in os.listdir(self.corpus):
            os.remove(os.path.join(least, known))
        self.least = len(os.listdir(least))

    def figures(self):
        """Executions, coverage and features, and new inputs, as libFuzzer tells them."""
        with open(self.log, errors="replace") as f:
            text = f.read()
        seen = re.findall(r"cov: (\d+) ft: (\d+)", text)
        runs = re.search(r"number_of_executed_units: (\d+)", text) or re.search(r"Done (\d+) runs", text)
        added = re.search(r"new_units_added: +(\d+)", text)
        cov, features = seen[-1] if seen else (0, 0)
        return int(runs.group(1)) if runs else 0, int(cov), int(features), int(added.group(1)) if added else 0

    def explain(self):
        """What failed, and how to see it again."""
        with open(self.log, errors="replace") as f:
            marks = [line for line in f if "not so: " in line or "ERROR: " in line or "runtime error: " in line]
        print("%s failed (status %d): %s" % (self.name, self.status, "".join(marks[:2]).strip() or "see " + self.log))
        for name in self.failed:
            print("  see it again: GLOW_FUZZ=%s %s %s" % (self.name, self.args.fuzz, os.path.join(self.folder, name)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":", 1)[0])
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--found", default="build/fuzz/found")
    parser.add_argument("--merge", action="store_true")
    parser.add_argument("--list", action="store_true", help="the targets, and no more")
    parser.add_argument("fuzz", nargs="?")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    args = parser.parse_args()
    if args.list:
        print("\n".join(targets()))
        return 0
    os.makedirs(args.found, exist_ok=True)
    args.words = os.path.join(args.found, "words.dict")
    write_words(args.words)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        done = list(pool.map(lambda name: Target(name, args).run(), args.targets or targets()))
    print("%-12s %11s %9s %9s %7s %7s  %s" % ("target", "executions", "coverage", "features", "new", "least", "failed"))
    for t in done:
        print("%-12s %11d %9d %9d %7d %7d  %s" % (t.name, *t.figures(), t.least, " ".join(t.failed) or t.status or "-"))
    bad = [t for t in done if t.status]
    for t in bad:
        t.explain()
    print("%d passed, %d failed" % (len(done) - len(bad), len(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
