#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Debian's Prometheus scrapes a conductor: its tool finds nothing to say about text and rules, the figures arrive, and an
alert goes off when nobody leads."""

import json
import os
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "harness"))

import glow  # noqa: E402

FILES = os.path.join(ROOT, "compose", "metrics")


def promtool(*words, stdin=b""):
    done = subprocess.run(["promtool", *words], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


class Scrape(glow.Case):
    def get(self, path, **query):
        url = "http://127.0.0.1:%d/api/v1/%s?%s" % (self.port, path, urllib.parse.urlencode(query))
        try:
            with urllib.request.urlopen(url, timeout=glow.PATIENCE_S) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def value(self, query):
        data = self.get("query", query=query)
        return [float(r["value"][1]) for r in data["result"]] if data else None

    def wait_value(self, query, accept):
        return glow.wait_until(lambda: "%s is %s" % (query, self.value(query)), lambda: accept(self.value(query) or []),
                               6 * glow.PATIENCE_S)

    def prometheus(self, target):
        """With our rules, sped up."""
        self.port = glow.free_port()
        with open(os.path.join(FILES, "alerts.yaml"), encoding="utf-8") as f:
            rules = f.read().replace("for: 30s", "for: 1s")
        with open(os.path.join(self.home, "alerts.yaml"), "w", encoding="utf-8") as f:
            f.write(rules)
        path = os.path.join(self.home, "prometheus.yaml")
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                       "rule_files": ["alerts.yaml"],
                       "scrape_configs": [{"job_name": "glowswarm", "static_configs": [{"targets": [target]}]}]}, f)
        with open(os.path.join(self.home, "prometheus.log"), "wb") as log:
            process = glow.spawn(["prometheus", "--config.file", path, "--storage.tsdb.path",
                                  os.path.join(self.home, "tsdb"), "--web.listen-address",
                                  "127.0.0.1:%d" % self.port], log, log)
        self.addCleanup(glow.end, process)

    def test_rules(self):
        for words in (("check", "rules", os.path.join(FILES, "alerts.yaml")),
                      ("check", "config", os.path.join(FILES, "prometheus.yaml"))):
            status, said = promtool(*words)
            self.assertEqual(status, 0, said)
        bad = os.path.join(self.home, "bad.yaml")
        with open(bad, "w", encoding="utf-8") as f:
            f.write("groups: [{name: x, rules: [{alert: X, expr: 'sum('}]}]\n")
        self.assertNotEqual(promtool("check", "rules", bad)[0], 0)  # the control

    def test_scrape(self):
        port = glow.free_port()
        conductor = self.conductor("--metrics", "127.0.0.1:%d" % port).wait_leading()
        self.bridge("--idle", "cpu", node="pi1").wait_connected()
        self.prometheus("127.0.0.1:%d" % port)
        self.wait_value('glow_node_sync_error_seconds{node="pi1"}', len)
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port) as answer:
            text = answer.read()
        self.assertEqual(promtool("check", "metrics", stdin=text), (0, ""))
        self.assertNotEqual(promtool("check", "metrics", stdin=b"# TYPE a counter\na 1\n")[0], 0)  # the control
        self.assertEqual(self.value("glow_conductor_leading"), [1])
        self.assertEqual(self.value("up"), [1])
        beacons = self.value("glow_conductor_beacons_total")[0]
        self.wait_value("glow_conductor_beacons_total", lambda v: v and v[0] >= beacons + 4)
        self.assertEqual(self.value('ALERTS{alertname="GlowNobodyLeads",alertstate="firing"}'), [])
        conductor.stop()
        self.wait_value('ALERTS{alertname="GlowNobodyLeads",alertstate="firing"}', lambda v: v == [1])


if __name__ == "__main__":
    if not shutil.which("prometheus") or not shutil.which("promtool"):
        print("SKIPPED: not installed: prometheus")
        sys.exit(glow.SKIPPED)
    glow.main()
