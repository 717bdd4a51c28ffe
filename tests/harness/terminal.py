# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""glowctl as somebody at a terminal has it."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import glow


class Terminal:
    """glowctl in a terminal of that size."""

    def __init__(self, case, columns, rows, *words, **env):
        self.master, slave = pty.openpty()
        case.addCleanup(os.close, self.master)
        os.set_blocking(self.master, False)
        self.size(columns, rows)
        self.process = subprocess.Popen([glow.beside_bridge("glowctl"), *words], stdin=slave, stdout=slave, stderr=slave,
                                        env=glow.child_env({"TERM": "xterm", "LC_ALL": "C.UTF-8", **env}))
        os.close(slave)
        case.addCleanup(glow.end, self.process, signal.SIGKILL)
        self.all = b""

    def size(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def look(self):
        """All that was written."""
        try:
            while True:
                self.all += os.read(self.master, 65536)
        except (BlockingIOError, OSError):
            return self.all.decode()

    def lines(self):
        """The last whole picture."""
        pictures = self.look().split("\033[H")
        whole = [p for p in pictures[1:] if p.endswith("\033[J")] or [""]
        return re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", whole[-1]).split("\r\n")

    def wait(self, condition):
        glow.wait_until(lambda: "\n".join(self.lines()), lambda: condition(self.lines()))
        return self.lines()

    def wait_for(self, text):
        return self.wait(lambda lines: text in " ".join(line.strip() for line in lines))
