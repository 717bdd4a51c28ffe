#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What wrong passwords do to everybody else: logins.py [SECONDS]

A conductor, a listener, and somebody who guesses an operator's password at a steady rate, straight at the broker or
through the web server. Meanwhile another client publishes with QoS 1 and waits for each acknowledgement: its round
trips show how long the broker's one thread is away; "lost" are beacons. The rows are of one run on one machine, the first is the floor."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow
import mqtt
import secured
import web

PASSWORD = "vier kleine gelbe Enten"
CASES = (("101", 0, False), ("101", 20, False), ("3000", 20, False), ("here", 20, False), ("210000", 20, False),
         ("here", 20, True), ("here", 200, True))  # rounds, guesses a second, through the web server


class Guesser:
    """Guesses until it is told to stop; each guess on a connection of its own."""

    def __init__(self, connect, rate):
        self.connect, self.rate = connect, rate
        self.refused = self.shut_out = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _guess(self):
        try:
            mqtt.Client(self.connect(), ("operator", "a guess"))
        except mqtt.Refused:
            self.refused += 1
        except OSError:
            self.shut_out += 1

    def _run(self):
        start, n, guesses = time.monotonic(), 0, []
        while self.rate and not self.over.wait(max(0, start + n / self.rate - time.monotonic())):
            guesses.append(threading.Thread(target=self._guess))
            guesses[-1].start()
            n += 1
        for guess in guesses:
            guess.join()

    def stop(self):
        self.over.set()
        self.thread.join()


def processor_s(pid):
    with open("/proc/%d/schedstat" % pid) as f:
        return int(f.read().split()[0]) / 1e9


def round_trips_ms(client, seconds):
    end, trips = time.monotonic() + seconds, []
    while time.monotonic() < end:
        start = time.monotonic()
        client.publish("bench", "x")
        trips.append((time.monotonic() - start) * 1000)
        time.sleep(0.003)
    return sorted(trips)


def measure(home, secrets, case, seconds):
    rounds, rate, through_web = case
    if rounds != "101":
        subprocess.run([os.path.join(secured.CONFIG, "secrets.sh"), "--dir", secrets, "--password", "operator", "--rounds",
                        rounds], input=PASSWORD, text=True, check=True, stderr=subprocess.DEVNULL)
    broker = secured.Broker(home, secrets).start()
    door = web.Web(home, broker.web_port) if through_web else None
    conductor = glow.Conductor(home, broker.uri, env=broker.env("conductor")).wait_leading()
    watch = glow.Watch(broker, "glow/conductor/beacon")
    client = broker.connect(secured.WITNESS)
    guesser = Guesser(lambda: mqtt.WebSocket(door.port) if door else mqtt.Stream(broker.port), rate)
    since, before = watch.mark(), processor_s(broker.process.pid)
    try:
        trips = round_trips_ms(client, seconds)
        busy = (processor_s(broker.process.pid) - before) / seconds
        times_s = [m.when_s for m in watch.find("glow/conductor/beacon", since)]
        lost = round((times_s[-1] - times_s[0]) * 2) + 1 - len(times_s)  # of two a second
        silence_s = max(b - a for a, b in zip(times_s, times_s[1:]))
        print("%8s %9d/s %6s %9.2f %9.2f %9.1f %8.0f%% %9d %9.2f %9d %9d" % (
            rounds, rate, "web" if door else "direct", trips[len(trips) // 2], trips[len(trips) * 99 // 100], trips[-1],
            100 * busy, lost, silence_s, guesser.refused, guesser.shut_out), flush=True)
    except TimeoutError:
        print("%8s %9d/s %6s  no acknowledgement within %d s" % (rounds, rate, "direct", mqtt.PATIENCE_S), flush=True)
    finally:
        guesser.stop()
        for each in (client, watch, conductor, *([door] if door else [])):
            each.close()
        broker.stop(signal.SIGKILL)  # its own end waits for what guesses it has taken


def main():
    web.need()
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print("%8s %11s %6s %9s %9s %9s %9s %9s %9s %9s %9s" % ("rounds", "guesses", "by", "p50 ms", "p99 ms", "most ms",
                                                            "broker", "lost", "silence s", "refused", "shut out"))
    for case in CASES:
        home = tempfile.mkdtemp(prefix="glow-bench-")
        secrets = os.path.join(home, "secrets")
        secured.make_secrets(secrets)
        measure(home, secrets, case, seconds)
        shutil.rmtree(home)


main()
