#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Passwords that people choose: what is taken, what is kept of it, and what a flood of wrong ones does."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import mqtt
import secured

GOOD = "vier kleine gelbe Enten"
WEAK = (("short", "has 5 characters"), ("x" * 201, "201 characters"), ("aaaabbbbccccdddd", "4 different"),
        ("password123456", "guessed first"), ("Operator-2026!", "guessed first"), ("Glowswarm1234!", "guessed first"),
        ("vier\tkleine gelbe Enten", "cannot be typed"), ("", "has 0 characters"))
BEACON_SILENT_S = 1.5  # GLOW_BEACON_SILENT_US: nodes take the conductor for gone
WORK_S = 6  # what the control has the broker work at least for all guesses


made = None  # where secrets as they come lie, which each test has a copy of


def setUpModule():
    global made
    made = tempfile.mkdtemp(prefix="glow-test-")
    unittest.addModuleCleanup(shutil.rmtree, made)
    secured.make_secrets(os.path.join(made, "secrets"))


def hasher():
    spec = importlib.util.spec_from_file_location("password_hash", os.path.join(secured.CONFIG, "password_hash.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Home(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="glow-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.dir = shutil.copytree(os.path.join(made, "secrets"), os.path.join(self.home, "secrets"))

    def choose(self, password, *options, account="operator"):
        return subprocess.run([os.path.join(secured.CONFIG, "secrets.sh"), "--dir", self.dir, "--password", account, *options],
                              input=password.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def passwords(self):
        return dict(line.split(":") for line in secured.read(self.dir, "passwords").splitlines())

    def broker(self):
        broker = secured.Broker(self.home, self.dir).start()
        self.addCleanup(broker.stop)
        return broker


class Choose(Home):
    # promise: chosen-passwords
    def test_it_is_taken(self):
        before = self.passwords()
        self.assertEqual(self.choose(GOOD + "\r\nanother line\n", "--rounds", "700").returncode, 0)
        after = self.passwords()
        self.assertEqual({name for name in after if after[name] != before[name]}, {"operator"})
        self.assertEqual(after.keys(), before.keys())
        self.assertTrue(after["operator"].startswith("$7$700$"))
        self.assertTrue(before["operator"].startswith("$7$101$"))
        self.assertEqual(secured.read(self.dir, "accounts", "operator"), "")
        secured.make_secrets(self.dir, "--account", "operator")
        self.assertEqual(self.passwords(), after)  # which neither a further run nor --account changes
        self.assertNotIn("password_operator", secured.make_secrets(self.dir, "--docker").stdout)

        broker = self.broker()
        mqtt.Client(mqtt.Stream(broker.port), ("operator", GOOD)).close()
        for wrong in (GOOD + " ", GOOD.lower(), "", "another line"):
            with self.assertRaises(mqtt.Refused):
                mqtt.Client(mqtt.Stream(broker.port), ("operator", wrong))

        secured.make_secrets(self.dir, "--remove", "operator", "--account", "operator")
        self.assertEqual(len(secured.read(self.dir, "accounts", "operator")), 32)  # random again

    # promise: chosen-passwords
    def test_weak_ones(self):
        weakness = hasher().weakness
        for password, part in WEAK:
            self.assertIn(part, weakness("operator", password))
        for good in (GOOD, "kq7#Lm2!zzPw", "correct horse battery", "Straße nach Süden 7"):
            self.assertIsNone(weakness("operator", good), good)

    # promise: chosen-passwords
    def test_what_is_refused_changes_nothing(self):
        before = self.passwords()
        done = self.choose("a weak one\n")
        self.assertEqual((done.returncode, done.stdout), (1, b""), done)
        self.assertIn("has 10 characters, and 12 are the least", done.stderr.decode())
        self.assertIn("the old one stays", done.stderr.decode())
        self.assertNotIn("a weak one", done.stderr.decode())
        for options, account, status in (((), "bridge", 64), (("--rounds", "many"), "operator", 64),
                                         (("--rounds", "499"), "operator", 1)):
            self.assertEqual(self.choose(GOOD, *options, account=account).returncode, status, options)
        self.assertEqual(secured.secrets(self.dir, "--rounds", "700").returncode, 64)
        self.assertEqual(self.passwords(), before)
        self.assertEqual([name for name in os.listdir(self.dir) if name.startswith(".new")], [])

    # promise: secrets-are-hidden
    def test_no_list_of_processes_shows_it(self):
        tools, log = os.path.join(self.home, "tools"), os.path.join(self.home, "log")
        os.mkdir(tools)
        for tool in ("python3", "sed", "cat", "mv"):
            path = os.path.join(tools, tool)
            with open(path, "w") as f:
                f.write('#!/bin/sh\necho "%s $*" >>"%s"\nexec "%s" "$@"\n' % (tool, log, shutil.which(tool)))
            os.chmod(path, 0o755)
        saved = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", saved)
        os.environ["PATH"] = tools + ":" + saved
        done = self.choose(GOOD)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("password_hash.py operator", secured.read(log))  # the control
        self.assertNotIn("Enten", secured.read(log) + done.stderr.decode())


class Rounds(unittest.TestCase):
    """How many a host bears, from what it takes for them."""

    def measured(self, us_a_round, word="here"):
        module = hasher()
        module.round_us = lambda: us_a_round
        return module.rounds_of(word)

    # promise: chosen-passwords
    def test_by_the_host(self):
        self.assertEqual(self.measured(1), 5000)
        self.assertEqual(self.measured(3), 1600)
        self.assertEqual(self.measured(100), 500)
        self.assertEqual(self.measured(0.001), 210000)

    def test_for_an_unknown_host(self):
        self.assertEqual(self.measured(1, ""), 3000)
        self.assertEqual(self.measured(6, ""), 800)
        self.assertEqual(self.measured(6, "20000"), 20000)


class Flood(Home):
    """Wrong passwords for an account whose own password a person chose."""

    def beacons(self, rounds, at_once, bursts):
        """What a listener heard of the conductor until every guess was refused, and its longest silence in seconds."""
        self.assertEqual(self.choose(GOOD, *rounds).returncode, 0)
        broker = self.broker()
        conductor = glow.Conductor(self.home, broker.uri, env=broker.env("conductor")).wait_leading()
        self.addCleanup(conductor.close)
        watch = glow.Watch(broker, "glow/conductor/beacon")
        self.addCleanup(watch.close)
        watch.wait("glow/conductor/beacon")

        def guess():
            with self.assertRaises(mqtt.Refused):
                mqtt.Client(mqtt.Stream(broker.port), ("operator", "a guess"))

        guesses = [threading.Thread(target=guess) for _ in range(at_once * bursts)]
        for k, thread in enumerate(guesses):
            if k and k % at_once == 0:
                time.sleep(at_once / 20)  # the flood's own pace, 20 a second
            thread.start()
        for thread in guesses:
            thread.join()
        since = watch.mark()
        watch.wait("glow/conductor/beacon", since=since)
        heard = watch.find("glow/conductor/beacon")
        return [m.json()["seq"] for m in heard], max(b.when_s - a.when_s for a, b in zip(heard, heard[1:]))

    # promise: chosen-passwords
    def test_no_beacon_is_lost(self):
        seqs, _ = self.beacons((), at_once=4, bursts=10)
        self.assertGreaterEqual(len(seqs), 4)
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + len(seqs))))

    def test_control_a_hash_that_is_too_dear(self):
        guesses = int(WORK_S * 1e6 / hasher().round_us() / 210000)  # as dear on a fast machine
        _, silence_s = self.beacons(("--rounds", "210000"), at_once=max(30, guesses), bursts=1)
        self.assertGreater(silence_s, BEACON_SILENT_S)


if __name__ == "__main__":
    glow.main()
