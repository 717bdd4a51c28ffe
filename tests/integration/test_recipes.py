#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What docs/recipes.md tells people to run, run: with the account it names, at a broker as it is deployed and a node."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import secured

PAGE = secured.read(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "recipes.md")


def block(kind, heading):
    """The code blocks of a kind (language, or "" for an indented one) below a heading."""
    part = PAGE.split("\n## %s\n" % heading, 1)[1].split("\n## ", 1)[0] if heading else PAGE.split("\n## ", 1)[0]
    if kind:
        return re.findall(r"(?ms)^```%s\n(.*?)^```$" % kind, part)
    return [re.sub("(?m)^    ", "", b) for b in re.findall(r"(?m)(?:^    .*\n)+", part)]


class Recipes(glow.unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        secrets = os.path.join(cls.home, "secrets")
        secured.make_secrets(secrets)
        cls.broker = secured.Broker(cls.home, secrets).start()
        cls.addClassCleanup(cls.broker.stop, signal.SIGKILL)
        cls.node = glow.Bridge(cls.home, cls.broker.uri, node="pi1", env=cls.broker.env("bridge"))
        cls.addClassCleanup(cls.node.close)
        cls.node.wait_connected()
        cls.watch = glow.Watch(cls.broker, "glow/#")
        cls.addClassCleanup(cls.watch.close)
        cls.write_options()

    @classmethod
    def write_options(cls):
        """~/.config/mosquitto_pub as the page has it, for this broker."""
        text = secured.replaced(block("", "")[0], {
            "-h pi1.local": "-h localhost", "-p 8883": "-p %d" % cls.broker.tls_port,
            "/home/me/.config/glowswarm": os.path.join(cls.home, "secrets"),
            "the-password-in-accounts/tasks": cls.broker.password("tasks")})
        with open(os.path.join(cls.home, "mosquitto_pub"), "w") as f:
            f.write(text)

    def run_line(self, line, **env):
        env = glow.child_env({"XDG_CONFIG_HOME": self.home, "PATH": self.home + ":" + os.environ["PATH"], **env})
        subprocess.run(["sh", "-ec", line], env=env, check=True, timeout=glow.PATIENCE_S)

    def shows(self, color):
        """Until the board is lit in these channels (a letter each) or dark, and that without a complaint."""
        wanted = {"r": (1, 0, 0), "g": (0, 1, 0), "": (0, 0, 0)}[color]

        def fits(frame):
            light = bytes.fromhex(frame.lights[0])
            return tuple(c > 0 for c in light) == tuple(map(bool, wanted))

        glow.wait_until(lambda: "the board shows %s" % self.node.frames.last(), lambda: fits(self.node.frames.last()))
        self.assertEqual(self.watch.find("glow/node/pi1/error"), [])

    def tearDown(self):
        self.broker.publish("glow/node/pi1/notify", '{"id":"ci","clear":true}')
        self.shows("")

    def test_cron(self):
        line = block("", "A cron job")[0].strip()
        self.assertRegex(line, r"^15 3 \* \* \* ")
        self.assertNotIn("%", line)  # which is a line's end to cron
        for status, color in (("1", "r"), ("0", ""), ("1", "r"), ("0", "")):
            with open(os.path.join(self.home, "backup"), "w") as f:
                f.write("#!/bin/sh\nexit %s\n" % status)
            os.chmod(f.name, 0o755)
            self.run_line(line.split(" ", 5)[5])
            self.shows(color)

    def test_ci(self):
        github, gitlab = block("yaml", "CI")
        run = " ".join(github.split(">-\n", 1)[1].split())
        for status, color in (("success", "g"), ("failure", "r"), ("cancelled", "r")):
            word = "lime" if status == "success" else "red"
            said, n = re.subn(r"\$\{\{ job.status == 'success' && 'lime' \|\| 'red' \}\}", word, run)
            self.assertEqual(n, 1)
            self.run_line(said)
            self.shows(color)
        lines = re.findall(r"(?m)^  - (.*)$", gitlab)
        for status, color in (("success", "g"), ("failed", "r")):
            self.run_line("\n".join(lines), CI_JOB_STATUS=status)
            self.shows(color)

    def test_grafana(self):
        (hook,), = map(json.loads, block("json", "A Grafana alert"))
        self.assertEqual(hook["pass-arguments-to-command"], [{"source": "payload", "name": "status"}])
        path = os.path.join(self.home, os.path.basename(hook["execute-command"]))
        with open(path, "w") as f:
            f.write(block("sh", "A Grafana alert")[0])
        os.chmod(path, 0o755)
        for status, color in (("firing", "r"), ("resolved", "")):
            self.run_line("%s %s" % (path, status))
            self.shows(color)

    def test_control(self):
        """With another account nothing of it would reach the board, and a notice that is none is seen."""
        self.broker.publish("glow/node/pi1/notify", '{"color":"mauvish"}')
        self.watch.wait("glow/node/pi1/error")
        with self.assertRaises(AssertionError):
            self.shows("")
        self.watch.take()
        with self.assertRaises(subprocess.CalledProcessError):
            self.run_line("mosquitto_pub -u viewer -P wrong -t glow/node/pi1/notify -m red")


if __name__ == "__main__":
    glow.main()
