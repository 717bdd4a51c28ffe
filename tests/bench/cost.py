# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What a process costs: processor time, system calls, instructions, wake-ups and memory."""
import os
import re
import shutil
import signal
import subprocess
import time

NO_VALGRIND = None if shutil.which("valgrind") else "not measured: no valgrind"


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _of_threads(pid, file):
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/%s" % (pid, task, file)) as f:
            yield f.read()


def cpu_ns(pid):
    """To the nanosecond, where cpu_s() counts ticks."""
    return sum(int(text.split()[0]) for text in _of_threads(pid, "schedstat"))


def wakeups(pid):
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1]) for text in _of_threads(pid, "status"))


def memory_mb(pid):
    """What is resident, its share of it where others use the same pages, and what is its own and of no file."""
    with open("/proc/%d/smaps_rollup" % pid) as f:
        kib = dict(re.findall(r"^(\w+):\s+(\d+) kB", f.read(), re.M))
    return [int(kib[name]) / 1024 for name in ("Rss", "Pss", "Anonymous")]


def calls(table):
    """What strace -c printed: name -> count."""
    rows = re.finditer(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$", table, re.M)
    return {m[2]: int(m[1]) for m in rows if m[2] != "total"}


class Calls:
    """All system calls of a process while this is open; then `count`."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        self.strace = subprocess.Popen(["strace", "-c", "-f", "-p", str(self.pid)], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while not all(re.search(r"^TracerPid:\s+[1-9]", text, re.M) for text in _of_threads(self.pid, "status")):
            if self.strace.poll() is not None:
                raise AssertionError("strace: " + self.strace.stderr.read())
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.strace.send_signal(signal.SIGINT)
        self.count = sum(calls(self.strace.communicate()[1]).values())


def counting(*options, log="/dev/null"):
    """The words before a command whose instructions are to be counted; collected() reads the log."""
    return ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=" + log, *options]


def collected(log):
    with open(log) as f:
        return int(re.search(r"Collected : (\d+)", f.read())[1])
