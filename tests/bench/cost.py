# SPDX-License-Identifier: MIT
"""What a process costs: processor time and system calls."""
import os
import re


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def calls(table):
    """What strace -c printed: name -> count."""
    rows = re.finditer(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$", table, re.M)
    return {m[2]: int(m[1]) for m in rows if m[2] != "total"}
