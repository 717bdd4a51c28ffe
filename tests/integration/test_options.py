#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Values of options as people and files write them: what is taken for what, and that whoever reads them agrees: the
program that starts, --check-config and --doctor.

The first is a table in docs/options.md too; with --write this puts it there."""

import concurrent.futures
import os
import re
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

EX_USAGE, EX_UNAVAILABLE, EX_CANTCREAT, EX_CONFIG = 64, 69, 73, 78
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "options.md")
BLOCK = re.compile(r"(?<=<!-- from test_options.py: -->\n\n).*?(?=\n<!-- end -->)", re.S)

BRIDGE, CONDUCTOR = "glow-bridge", "glow-conductor"

# A variable and its value; what is taken for it, or None where it is refused.
HABITS = (
    (BRIDGE, "GLOW_BROKER", "tcp://pi1:1883/", "mqtt://pi1:1883"),
    (BRIDGE, "GLOW_BROKER", "ssl://pi1", "mqtts://pi1"),
    (BRIDGE, "GLOW_BROKER", "MQTT://pi1", "mqtt://pi1"),
    (BRIDGE, "GLOW_BROKER", "pi1.local", "mqtt://pi1.local"),
    (BRIDGE, "GLOW_BROKER", "192.168.1.10:8883", "mqtts://192.168.1.10:8883"),
    (BRIDGE, "GLOW_BROKER", "::1", "mqtt://[::1]"),
    (BRIDGE, "GLOW_BROKER", '"mqtts://pi1"', "mqtts://pi1"),
    (BRIDGE, "GLOW_BROKER", " mqtts://pi1\r", "mqtts://pi1"),
    (BRIDGE, "GLOW_BROKER", "mqtt://me:secret@pi1", None),
    (BRIDGE, "GLOW_BROKER", "mqtt://pi1/mqtt", None),
    (BRIDGE, "GLOW_BROKER", "wss://pi1:9001", None),
    (BRIDGE, "GLOW_BROKER", "mqtt://pi 1", None),
    (BRIDGE, "GLOW_BROKER", "mqtt://pi1:18883x", None),
    (BRIDGE, "GLOW_PREFIX", '"glow"', "glow"),
    (BRIDGE, "GLOW_PREFIX", "glow/", None),
    (BRIDGE, "GLOW_PREFIX", "my home/#", None),
    (CONDUCTOR, "GLOW_UPLINK", " hall/east", "hall/east"),
    (CONDUCTOR, "GLOW_UPLINK", "Hall/East", None),
    (CONDUCTOR, "GLOW_UPLINK", "hall", None),
    (BRIDGE, "GLOW_DISCOVERY", "False", "off"),
    (BRIDGE, "GLOW_DISCOVERY", "0", "off"),
    (BRIDGE, "GLOW_DISCOVERY", "none", "off"),
    (BRIDGE, "GLOW_DISCOVERY", "Yes", "homeassistant"),
    (BRIDGE, "GLOW_PAGE", "https://glow.local", "https://glow.local"),
    (BRIDGE, "GLOW_PAGE", "glow.local", None),
    (BRIDGE, "GLOW_NODE", "Pi_1", None),
    (BRIDGE, "GLOW_NODE", "cluster", None),
    (BRIDGE, "GLOW_GROUPS", "shelf, top", "shelf,top"),
    (BRIDGE, "GLOW_GROUPS", "Shelf top", None),
    (BRIDGE, "GLOW_BOARD", "Virtual", "virtual"),
    (BRIDGE, "GLOW_BOARD", "toaster", None),
    (BRIDGE, "GLOW_WHITE_BALANCE", "100, 100, 100", "100,100,100"),
    (BRIDGE, "GLOW_WHITE_BALANCE", "1.0,0.85,0.7", None),
    (BRIDGE, "GLOW_IDLE", "None", "off"),
    (BRIDGE, "GLOW_IDLE", "nonsense", None),
    (BRIDGE, "GLOW_FPS", "'50'\r", "50"),
    (BRIDGE, "GLOW_FPS", "60 # frames", None),
    (BRIDGE, "GLOW_REVERSE", "True", "yes"),
    (BRIDGE, "GLOW_REVERSE", "maybe", None),
    (BRIDGE, "GLOW_FLASH_LIMIT", "TRUE", "on"),
    (BRIDGE, "GLOW_LOST_INDICATOR", "no", "off"),
    (BRIDGE, "GLOW_LOG_LEVEL", "WARNING", "warning"),
    (CONDUCTOR, "GLOW_ORDER", "pi3, pi1", "pi3,pi1"),
    (CONDUCTOR, "GLOW_ORDER", '"pi3 pi1"', None),
    (CONDUCTOR, "GLOW_ORDER", "pi3,", None),
    (CONDUCTOR, "GLOW_REVERSE", "pi2 , pi4", "pi2,pi4"),
    (CONDUCTOR, "GLOW_GAP", "pi1 = 4, pi2 = 3", "pi1=4,pi2=3"),
    (CONDUCTOR, "GLOW_GAP", "pi1:4", None),
    (CONDUCTOR, "GLOW_METRICS", "Yes", "127.0.0.1:9464"),
    (CONDUCTOR, "GLOW_METRICS", "[::]:9464", "[::]:9464"),
    (CONDUCTOR, "GLOW_METRICS", "localhost:9464", None),
)

# The content of a password file, and whether "geheim" is taken out of it.
FILES = (
    (b"geheim\n", True),
    (b"geheim\r\n", True),
    (b"\xef\xbb\xbfgeheim\r\n", True),
    (b"geheim \n", True),
    (b'"geheim"\n', False),
    (b"\xff\xfeg\0", None),
    (b"\n", None),
)


def run(program, *options, env):
    return (glow.run_bridge if program == BRIDGE else glow.run_conductor)(*options, env=env)


def taken(program, variable, value):
    """What --print-config shows of it; None, and what is said of it, where --check-config refuses it."""
    done = run(program, "--check-config", env={"GLOW_NODE": "pi1", variable: value})
    if done.returncode:
        return None, done.stderr.strip().split(": ", 1)[1]
    done = run(program, "--print-config", env={variable: value})
    row = re.search(r"(?m)^%s +(.*?)  +environment$" % variable[5:].lower().replace("_", "-"), done.stdout)
    return row.group(1), ""


def file_taken(content):
    """What is said of a password file, "" for nothing."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(content)
        f.flush()
        done = run(BRIDGE, "--print-config", env={"GLOW_PASSWORD_FILE": f.name})
        return done.returncode, done.stderr.strip().replace(f.name, "FILE").replace("glow-bridge: ", "")


def written(text):
    return text.replace("\r", r"\r").replace("\n", r"\n").replace("\0", r"\0").replace("|", r"\|")


def table():
    """The page's table, as the programs have it."""
    rows = ["| in the environment | is |", "|---|---|"]
    for program, variable, value, _ in HABITS:
        value_taken, said = taken(program, variable, value)
        rows.append("| `%s=%s` | %s |" % (variable, written(value), "`%s`" % value_taken if value_taken is not None
                                         else "refused: " + written(said.split(": ", 1)[1])))
    rows += ["", "| in the file that `GLOW_PASSWORD_FILE` names | is |", "|---|---|"]
    for content, _ in FILES:
        status, said = file_taken(content)
        shown = content.replace(b"\xef\xbb\xbf", b"(byte order mark)").replace(b"\xff\xfe", b"(UTF-16) ").decode()
        rows.append("| `%s` | %s |" % (written(shown), "refused: " + said.split(": ", 1)[1] if status else "taken" +
                                       (", with a warning: " + said.split(": ", 2)[2] if said else "")))
    return "\n".join(rows) + "\n"


class Taken(glow.unittest.TestCase):
    # promise: options-are-judged-once, secrets-are-hidden
    def test_values(self):
        for program, variable, value, expected in HABITS:
            with self.subTest(variable=variable, value=value):
                got, said = taken(program, variable, value)
                self.assertEqual(got, expected)
                if expected is None:  # what is said names the variable, the value and what would be right
                    self.assertTrue(said.startswith(variable + ": "), said)
                    self.assertIn(value.strip("\"' \r").replace("secret", "***"), said)
                    self.assertNotIn("secret", said)
                    self.assertRegex(said, "must|is no")

    # promise: secrets-are-hidden
    def test_files(self):
        for content, right in FILES:
            with self.subTest(content=content):
                status, said = file_taken(content)
                self.assertEqual(status, EX_CONFIG if right is None else 0, said)
                self.assertNotIn("geheim", said)

    # promise: options-are-judged-once
    def test_page(self):
        with open(PAGE) as f:
            page = f.read()
        now = table()
        self.assertEqual(BLOCK.search(page).group(0), now, "stale: tests/integration/test_options.py --write")
        self.assertNotEqual(BLOCK.search(page.replace("`GLOW_PREFIX=", "`GLOW_PERFIX=")).group(0), now)  # control


class Agree(glow.unittest.TestCase):
    """Whoever reads the options says the same of them, in the same words and with the same exit status."""

    # Beyond the habits; True for a good one.
    MORE = (
        (BRIDGE, "GLOW_NODE", "pi1", True),
        (BRIDGE, "GLOW_NODE", "conductor", False),
        (BRIDGE, "GLOW_NODE", "x" * 64, False),
        (BRIDGE, "GLOW_PREFIX", "a/b", True),
        (BRIDGE, "GLOW_PREFIX", "$SYS", False),
        (BRIDGE, "GLOW_PREFIX", "gl\udcff", False),
        (BRIDGE, "GLOW_USERNAME", "br\udcfccke", False),
        (BRIDGE, "GLOW_DISCOVERY", "ha/", False),
        (BRIDGE, "GLOW_IDLE", '{"pixels":{"7":"red"}}', True),
        (BRIDGE, "GLOW_IDLE", '{"pixels":{"8":"red"}}', False),
        (BRIDGE, "GLOW_IDLE", '{"leds":{"arm1":200}}', False),
        (BRIDGE, "GLOW_PASSWORD_FILE", "/nonexistent", False),
        (BRIDGE, "GLOW_FPS", "0", False),
        (CONDUCTOR, "GLOW_NODE", "cluster", True),
        (CONDUCTOR, "GLOW_NODE", "CM4", False),
        (CONDUCTOR, "GLOW_PREFIX", "glow/", False),
        (CONDUCTOR, "GLOW_DISCOVERY", "+", False),
        (CONDUCTOR, "GLOW_BROKER", "mqtt://me:pw@x", False),
        (CONDUCTOR, "GLOW_GAP", "pi1=4097", False),
        (CONDUCTOR, "GLOW_GRACE_S", "-1", False),
        (CONDUCTOR, "GLOW_TIME_ZONE", "Nowhere/Atall", False),
        (BRIDGE, "GLOW_WIFI_POWER_SAVE", "True", True),
    )

    def start(self, program, env):
        """The program as it starts: its exit status if it ends, or 0 when it goes on to look for its broker."""
        with tempfile.NamedTemporaryFile(dir=self.home) as log:
            path = glow.bridge_path() if program == BRIDGE else glow.beside_bridge(program)
            process = glow.spawn([path], log, log, env=glow.child_env(env))
            try:
                def decided():
                    with open(log.name, errors="replace") as f:
                        return process.poll() is not None or "trying again" in f.read()

                glow.wait_until("%s does not start" % program, decided)
                ended = process.poll()
                status = ended if ended is not None else glow.end(process)
            finally:
                glow.end(process)
            with open(log.name, errors="replace") as f:
                return status, f.read() if ended is not None else ""

    def three(self, program, variable, value):
        env = {"GLOW_BROKER": "mqtt://127.0.0.1:%d" % self.port, "GLOW_NODE": glow.unique(), variable: value}
        if program == BRIDGE:
            env.setdefault("GLOW_BOARD", "virtual")
        checked, asked = (run(program, verb, env=env) for verb in ("--check-config", "--doctor"))
        return (checked.returncode, checked.stderr), (asked.returncode, asked.stderr), self.start(program, env), asked.stdout

    def check(self, case):
        program, variable, value, good = case
        checked, asked, started, said = self.three(program, variable, value)
        if good:
            self.assertEqual((checked, asked[1], started), ((0, ""), "", (0, "")), case)
            self.assertIn(asked[0], (0, EX_UNAVAILABLE), case)
            self.assertIn("broker", said, case)
        else:
            self.assertEqual(checked[0], EX_CONFIG, case)
            self.assertEqual((asked, started), (checked, checked), case)
            self.assertTrue(checked[1].startswith("%s: %s: " % (program, variable)), checked)

    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="glow-test-")
        self.addCleanup(home.cleanup)
        self.home = home.name
        taken = socket.socket()  # where nobody listens, and nobody else can begin to
        taken.bind(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        self.port = taken.getsockname()[1]

    def cases(self):
        for program, variable, value, expected in HABITS:
            if variable != "GLOW_BROKER" or expected is None:  # such a host is to be found, perhaps
                if variable != "GLOW_LOG_LEVEL":  # whose lines tell that it started
                    yield program, variable, value, expected is not None
        for value in ("tcp://127.0.0.1:%d/", "127.0.0.1:%d", '"mqtt://127.0.0.1:%d"', "MQTT://127.0.0.1:%d\r"):
            yield BRIDGE, "GLOW_BROKER", value % self.port, True
            yield CONDUCTOR, "GLOW_BROKER", value % self.port, True
        yield from self.MORE

    # promise: options-are-judged-once
    def test_all(self):
        cases = list(self.cases())
        self.assertGreater(sum(good for *_, good in cases), 15)
        self.assertGreater(sum(not good for *_, good in cases), 30)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(self.check, cases))

    def test_file_of_frames(self):
        """Where a virtual board cannot write, --doctor says what ends a start, and writes nothing itself."""
        broker = {"GLOW_BROKER": "mqtt://127.0.0.1:%d" % self.port}
        for path, good in (("/nonexistent/frames", False), ("/", False), (self.home + "/frames", True)):
            options = ["--board", "virtual", "--virtual-out", path]
            said = glow.run_bridge("--doctor", *options, env=broker).stdout
            self.assertRegex(said, r"(?m)^ok +board +virtual" if good else
                             r"(?m)^FAIL +board +virtual: cannot append to %s " % re.escape(path))
            if not good:
                started = glow.run_bridge(*options, env=broker)
                self.assertEqual(started.returncode, EX_CANTCREAT)
                self.assertIn("cannot append to %s " % path, started.stderr)
        self.assertEqual(os.listdir(self.home), [])

    def test_idle_of_a_found_board(self):
        """What suits a board that `auto` may find need not suit the one that it finds."""
        for output in range(1, 19):
            led = "%s/class/leds/piglow:x:led%d" % (self.home, output)
            os.makedirs(led)
            for name, text in (("brightness", "0"), ("max_brightness", "255")):
                with open(os.path.join(led, name), "w") as f:
                    f.write(text + "\n")
        found = ["--board", "auto", "--gpio", "sysfs", "--i2c", "leds", "--sysfs", self.home, "--broker",
                 "mqtt://127.0.0.1:%d" % self.port]
        for idle, good in (("red", True), ('{"leds":{"arm1":9}}', True), ('{"leds":{"left":9}}', False)):
            self.assertEqual(glow.run_bridge("--check-config", "--idle", idle, *found).returncode, 0)
            said = glow.run_bridge("--doctor", "--idle", idle, *found).stdout
            self.assertRegex(said, r"(?m)^ok +board +piglow is here$")
            self.assertEqual(bool(re.search(r"(?m)^FAIL +idle .*does not suit this board", said)), not good, said)
            if not good:
                self.assertEqual(glow.run_bridge("--idle", idle, *found).returncode, EX_USAGE)

    def test_control(self):
        """What would agree on the wrong thing is noticed."""
        for case in ((BRIDGE, "GLOW_NODE", "pi1", False), (BRIDGE, "GLOW_NODE", "Pi1", True)):
            with self.assertRaises(AssertionError):
                self.check(case)

    def test_command_line(self):
        """There it is a mistake in the usage, and names the option."""
        for verb in ([], ["--check-config"], ["--doctor"]):
            done = glow.run_bridge(*verb, "--board", "virtual", "--node", "cluster")
            self.assertEqual((done.returncode, done.stdout), (EX_USAGE, ""))
            self.assertEqual(done.stderr, "glow-bridge: --node: must not be a name of the cluster's own, got \"cluster\"\n")

    def test_pixels(self):
        """A length is for boards that have none of their own, and a strip has to be told."""
        for board, options, said in (
            ("apa102", [], "a strip does not say how many LEDs it has: --pixels 144"),
            ("blinkt", ["--pixels", "9"], 'only a strip and a virtual or terminal row are as long as said, got "9"'),
            ("virtual", ["--pixels", "9", "--virtual-shape", "piglow"], "a PiGlow has 18 LEDs"),
            ("apa102", ["--pixels", "9"], None),
            ("virtual", ["--pixels", "9"], None),
        ):
            done = glow.run_bridge("--check-config", "--node", "pi1", "--board", board, *options)
            self.assertEqual(done.returncode, EX_USAGE if said else 0, done.stderr)
            self.assertIn("glow-bridge: --pixels: " + said if said else "", done.stderr)

    def test_slow_strip(self):
        """A frame must not outlast the time in which a program ends."""
        strip = ("--check-config", "--node", "pi1", "--board", "apa102", "--pixels", "4096", "--spi-hz")
        done = glow.run_bridge(*strip, "665919")
        self.assertEqual(done.returncode, EX_USAGE, done.stderr)
        self.assertIn('glow-bridge: --spi-hz: 4096 LEDs need 665920 at least, for 5 frames a second, got "665919"', done.stderr)
        self.assertEqual(glow.run_bridge(*strip, "665920").returncode, 0)


class Page(glow.unittest.TestCase):
    """The page's server reads one of these variables as well."""

    SERVE = os.path.join(os.path.dirname(PAGE), "..", "dashboard", "nginx", "serve.sh")

    def serve(self, prefix):
        """What nginx is told of the prefix; None, and what is said, where it is not started."""
        with tempfile.TemporaryDirectory(prefix="glow-test-") as home:
            for name, text in (("index.html", ""), ("nginx", "#!/bin/sh\nsed -n 's/.*set $prefix //p' \"$6\"\n")):
                with open(os.path.join(home, name), "w") as f:
                    f.write(text)
            os.chmod(os.path.join(home, "nginx"), 0o755)
            done = subprocess.run(["sh", self.SERVE, "1", "localhost:1", home], capture_output=True, text=True,
                                  env={"PATH": home + ":" + os.environ["PATH"], "TMPDIR": home, "GLOW_PREFIX": prefix})
            return done.stdout.strip() or None, done.stderr

    def test_prefix(self):
        for prefix in ("glow", '"glow"', " 'glow'\r", "", "glow\r\n"):
            self.assertEqual(self.serve(prefix), ('"glow";', ""))
        self.assertEqual(self.serve("home/x")[0], '"home/x";')
        for prefix in ("glow/", "/glow", "a//b", "my glow", "a#"):
            served, said = self.serve(prefix)
            self.assertIsNone(served)
            self.assertIn("GLOW_PREFIX: must be levels", said)
            self.assertIn("'%s'" % prefix, said)


def write():
    with open(PAGE) as f:
        page = BLOCK.sub(lambda _: table(), f.read())
    with open(PAGE, "w") as f:
        f.write(page)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        glow.unittest.main()
