#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The program itself: how it starts, what it says when it cannot, what it costs
when nothing moves, and how it ends."""

import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import glow

BLACK, RED, BLUE = "000000", "ff0000", "0000ff"
EX_USAGE, EX_UNAVAILABLE, EX_CANTCREAT, EX_CONFIG = 64, 69, 73, 78
END_S = 2


def ignoring(number):
    """A command that runs another with a signal ignored, as nohup does."""
    return ("sh", "-c", 'trap "" %d; exec "$0" "$@"' % number)


class Stop(glow.Case):
    def setUp(self):
        home = os.path.join(self.home, glow.unique("broker"))
        os.mkdir(home)
        self.broker = glow.Broker(home).start()
        self.addCleanup(self.broker.stop, signal.SIGKILL)

    def lit(self, *options):
        node = self.bridge("--idle", "red", *options)
        node.frames.wait_shows([RED] * 8)
        return node

    def assert_ends_dark(self, node, sig=signal.SIGTERM):
        status, took_s = node.stop(sig)
        self.assertEqual(status, 0, node.log())
        self.assertLess(took_s, END_S)
        self.assertEqual(node.frames.last().lights, [BLACK] * 8)

    # promise: dark-on-exit
    def test_connected(self):
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=sig):
                node = self.lit().wait_connected()
                watch = self.watch("glow/#")
                self.assert_ends_dark(node, sig)
                watch.wait(node.topic("availability"), lambda m: m.payload == b"offline")

    def test_ignored_at_the_start(self):
        """Under nohup a logout ends nothing, and behind a script's & neither does Ctrl-C. SIGTERM always does."""
        for number in (signal.SIGHUP, signal.SIGINT):
            with self.subTest(signal=number):
                node = self.bridge("--idle", "red", within=ignoring(number)).wait_connected()
                conductor = glow.Conductor(self.broker.home, self.broker.uri, within=ignoring(number)).wait_connected()
                self.addCleanup(conductor.close)
                for program in (node, conductor):
                    program.process.send_signal(number)  # of those that come together the lower numbers come first
                    self.assertEqual(program.stop(signal.SIGTERM)[0], 0)
                    self.assertIn("signal %d:" % signal.SIGTERM, program.log())
                    self.assertNotIn("signal %d:" % number, program.log())
        for number in (signal.SIGHUP, signal.SIGINT):  # the control: they end who was not told to ignore them
            node = self.lit().wait_connected()
            self.assert_ends_dark(node, number)
            self.assertIn("signal %d:" % number, node.log())
        self.assert_ends_dark(self.bridge("--idle", "red", within=ignoring(signal.SIGTERM)).wait_connected())

    # promise: dark-on-exit
    def test_hung_broker(self):
        node = self.lit().wait_connected()
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        self.assert_ends_dark(node)
        self.broker.thaw()
        self.watch("glow/#").wait(node.topic("availability"), lambda m: m.payload == b"offline")

    # promise: dark-on-exit
    def test_hung_broker_with_much_to_say(self):
        node = self.bridge("--idle", "rainbow").wait_connected()
        asker = self.asker(self.watch(), node.topic("set"))
        asker.ask("red")
        asker.process.stdin.write(b"nonsense\n" * 500)
        asker.process.stdin.flush()
        node.wait_log("unknown_effect")
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        self.assert_ends_dark(node)

    # promise: dark-on-exit
    def test_broker_that_never_answers_a_connect(self):
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        self.assert_ends_dark(self.lit())

    # promise: dark-on-exit
    def test_no_broker(self):
        self.broker.stop()
        self.assert_ends_dark(self.lit())

    # promise: dark-on-exit
    def test_in_mid_animation(self):
        node = self.bridge("--idle", "rainbow", "--fps", "240").wait_connected()
        glow.wait_until("frames", lambda: len(node.frames.look()) > 50)
        self.assert_ends_dark(node)

    # promise: dark-on-exit
    def test_keep(self):
        node = self.lit("--on-exit", "keep").wait_connected()
        status, took_s = node.stop()
        self.assertEqual((status, node.frames.last().lights), (0, [RED] * 8))
        self.assertLess(took_s, END_S)
        with self.assertRaises(AssertionError):  # the control of assert_ends_dark
            self.assert_ends_dark(self.lit("--on-exit", "keep"))

    def test_a_second_signal(self):
        node = self.lit().wait_connected()
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        node.process.send_signal(signal.SIGTERM)
        self.assert_ends_dark(node)


class Quiet(glow.Case):
    """What nothing costs. The statistics, every 10 s, are the one thing that the loop still does."""

    SPAN_S = 3

    def switches(self, pid):
        """Times that each of our two threads gave up the processor by itself: one for each wake-up. A sanitizer has
        a third one."""
        found = {}
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/status" % (pid, task)) as f:
                status = f.read()
            if task == str(pid) or "Name:\tglow-mqtt\n" in status:
                found[task] = int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.M).group(1))
        self.assertEqual(len(found), 2)
        return found

    def wakeups(self, node, watch):
        watch.wait(node.topic("stats"))
        watch.effects(node.topic("info"))
        time.sleep(0.2)  # what the messages themselves caused
        before, frames = self.switches(node.process.pid), node.frames.mark()
        time.sleep(self.SPAN_S)
        after = self.switches(node.process.pid)
        return {t: after[t] - before.get(t, 0) for t in after}, len(node.frames.since(frames))

    # promise: still-is-free
    def test_still_and_moving(self):
        watch = self.watch("glow/#")
        still = self.bridge("--idle", "red").wait_connected()
        woken, frames = self.wakeups(still, watch)
        self.assertEqual(frames, 0)
        self.assertLessEqual(woken[str(still.process.pid)], 1, woken)
        self.assertLessEqual(sum(woken.values()), 2 + self.SPAN_S, woken)

        moving = self.bridge("--idle", "rainbow").wait_connected()  # the control
        woken, frames = self.wakeups(moving, watch)
        self.assertGreater(frames, 30 * self.SPAN_S)
        self.assertGreater(woken[str(moving.process.pid)], 30 * self.SPAN_S)


class Slow(glow.Case):
    """A node whose frames take more of a processor than they may: 4096 pixels, for which one per cent of a slot is
    never enough."""

    def long(self, limit):
        return self.bridge("--idle", "plasma", "--virtual-pixels", "4096", "--cpu-limit", limit)

    # promise: slots-are-common
    def test_fewer_frames(self):
        watch = self.watch("glow/#")
        slow, free = self.long("1").wait_connected(), self.long("100").wait_connected()
        info = watch.wait(slow.topic("info"), lambda m: "slots_a_frame" in m.json()).json()
        mark, slots = slow.frames.mark(), info["slots_a_frame"]
        stats = watch.wait(slow.topic("stats")).json()
        self.assertEqual(stats["slots_a_frame"], slots)
        # It draws twice as often where that would be a quarter below the limit.
        self.assertGreater(stats["frame_cpu_us"], 0.75 * 0.01 * slots / 2 * 1e6 / 60)
        self.assertIn("(--cpu-limit)", slow.log())
        slow.frames.wait("of an animation", lambda f: True, mark + 3)
        for frame in slow.frames.since(mark):
            k = -(-frame.t_us * 60 // 10**6)
            self.assertEqual((k * 10**6 // 60, k % slots), (frame.t_us, 0))
        # The control has the time for each, as far as this machine does.
        watch.wait(free.topic("stats"))
        self.assertLess(watch.last(free.topic("stats")).json()["slots_a_frame"], slots)
        row = next(row for row in glow.run_ctl("nodes", "--broker", self.broker.uri).stdout.splitlines() if slow.node in row)
        self.assertIn(" 1 in ", row)
        # What is asked for is shown at once, and then nothing.
        self.assert_ok(self.broker.request(slow.topic("set"), "red", "answers/slow"))
        slow.frames.wait_shows([RED] * 4096)


class Health(glow.Case):
    def ask(self, node):
        return glow.run_bridge("--healthcheck", "--node", node)

    def test_well(self):
        node = self.bridge().wait_connected()
        done = self.ask(node.node)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    # promise: broker-may-be-away
    def test_well_without_a_broker(self):
        node = self.bridge(uri="mqtt://127.0.0.1:%d" % glow.free_port())
        node.frames.wait("at the start", lambda f: True)
        glow.wait_until("health", lambda: self.ask(node.node).returncode == 0)

    def test_not_running(self):
        done = self.ask(glow.unique())
        self.assertEqual(done.returncode, 1)
        self.assertIn("not running", done.stdout)

    # promise: hang-is-noticed
    def test_hanging(self):
        node = self.bridge().wait_connected()
        node.process.send_signal(signal.SIGSTOP)
        self.addCleanup(node.process.send_signal, signal.SIGCONT)
        done = self.ask(node.node)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no answer", done.stdout)

    # promise: dark-board-is-told
    def test_without_its_board(self):
        node = self.bridge("--i2c", "dev", "--i2c-bus", "/nonexistent/i2c-1", board="piglow").wait_connected()
        done = self.ask(node.node)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent/i2c-1", done.stdout)


class MissingBoard(glow.Case):
    def assert_dark_but_there(self, node, board, why):
        node.wait_connected()
        watch = self.watch("glow/#")
        info = watch.wait(node.topic("info")).json()
        self.assertEqual(info["board"], board)
        self.assertRegex(info["problem"], why)
        self.assertRegex(node.log(), why)
        self.assertIn("trying again", node.log())
        self.assert_ok(self.broker.request(node.topic("set"), "red", "answers/x"))
        state = watch.wait(node.topic("state"), lambda m: m.json()["effect"] == "solid").json()
        self.assertEqual(state["problem"], info["problem"])
        self.assert_told(node, info["problem"])
        self.assertEqual(node.stop()[0], 0)

    def assert_told(self, node, problem):
        """Wherever people look: dark, and why in full."""
        for words in (("nodes",), ("watch", "--plain", "--for-s", "1")):
            said = glow.run_ctl("--broker", self.broker.uri, *words).stdout
            line = next(line for line in said.splitlines() if line.startswith(node.node))
            self.assertIn("dark: " + problem, line)
            self.assertNotIn("ff0000", line)

    # promise: dark-board-is-told
    def test_blinkt(self):
        empty = os.path.join(self.home, "sys")
        os.makedirs(empty, exist_ok=True)
        node = self.bridge("--gpio", "sysfs", "--sysfs", empty, board="blinkt")
        self.assert_dark_but_there(node, "blinkt", re.escape(empty))

    # promise: dark-board-is-told
    def test_piglow(self):
        node = self.bridge("--i2c", "dev", "--i2c-bus", "/nonexistent/i2c-1", board="piglow")
        self.assert_dark_but_there(node, "piglow", "i2c-1.*(i2c_arm|i2c-dev)")

    def test_leds_of_the_missing_board(self):
        node = self.bridge("--i2c", "dev", "--i2c-bus", "/nonexistent/i2c-1", board="piglow").wait_connected()
        self.assert_ok(self.broker.request(node.topic("set"), '{"leds":{"arm1.red":1}}', "answers/x"))
        self.assert_refused(self.broker.request(node.topic("set"), '{"leds":{"left":1}}', "answers/x"), "unknown_led")

    def test_no_problem_is_not_told(self):
        node = self.bridge().wait_connected()
        watch = self.watch("glow/#")
        for leaf in ("info", "state"):
            self.assertNotIn("problem", watch.wait(node.topic(leaf)).json())

    def test_none_found(self):
        done = glow.run_bridge("--board", "auto", "--sysfs", "/nonexistent", "--gpio", "sysfs", "--i2c", "dev",
                               "--i2c-bus", "/nonexistent/i2c-1")
        self.assertEqual(done.returncode, EX_UNAVAILABLE)
        self.assertIn("no board found", done.stderr)
        self.assertIn("--board virtual", done.stderr)


class Options(glow.unittest.TestCase):
    def assert_refused(self, status, *words, options=(), env=None):
        done = glow.run_bridge(*options, env=env)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_command_line(self):
        for options, words in ((["--nonsense"], ["--nonsense"]), (["--brokr", "x"], ["--broker"]),
                               (["--fps", "0"], ["--fps", "1..240"]), (["--fps", "241"], ["--fps"]),
                               (["--fps", "fast"], ["--fps"]), (["--fps"], ["--fps"]),
                               (["--board", "toaster"], ["--board", "blinkt"]), (["extra"], ["extra"]),
                               (["--brightness-limit", "256"], ["--brightness-limit"]),
                               (["--virtual-pixels", "0"], ["--virtual-pixels"]),
                               (["--doctor", "--print-config"], ["--doctor", "--print-config"])):
            with self.subTest(options=options):
                self.assert_refused(EX_USAGE, *words, options=options)

    def test_environment(self):
        for env in ({"GLOW_FPS": "0"}, {"GLOW_BOARD": "toaster"}, {"GLOW_PASSWORD_FILE": "/nonexistent"},
                    {"GLOW_REVERSE": "maybe"}):
            with self.subTest(env=env):
                self.assert_refused(EX_CONFIG, list(env)[0], env=env)

    def test_ids(self):
        for node in ("Pi1", "-a", "a-", "a_b", "a/b", "a b", "+", "#", "ä", "x" * 64, "conductor", "cluster"):
            with self.subTest(node=node):
                self.assert_refused(EX_USAGE, "--node", options=["--board", "virtual", "--node", node])

    def test_prefixes(self):
        for prefix in ("a/#", "+", "/a", "a/", "a//b", "$SYS", "a b"):
            with self.subTest(prefix=prefix):
                self.assert_refused(EX_USAGE, "--prefix", options=["--board", "virtual", "--prefix", prefix])
                self.assert_refused(EX_USAGE, "--discovery", options=["--board", "virtual", "--discovery", prefix])

    def test_groups(self):
        for groups in ("A", "a,,b", "a,", ",a", "a b", ",".join("g%d" % k for k in range(17))):
            with self.subTest(groups=groups):
                self.assert_refused(EX_USAGE, "--groups", options=["--board", "virtual", "--groups", groups])

    def test_brokers(self):
        for broker in ("http://x", "mqtt://", "mqtt://x:0", "mqtt://x:99999", "mqtt://user:pw@x"):
            with self.subTest(broker=broker):
                done = glow.run_bridge("--board", "virtual", "--broker", broker)
                self.assertEqual(done.returncode, EX_USAGE, done.stderr)
                self.assertIn("mqtt://host[:port]", done.stderr)

    def test_good_ids(self):
        """The control: what may just be used passes the same checks."""
        for options in (["--node", "a"], ["--node", "0-a"], ["--node", "x" * 63], ["--prefix", "a/b/c"],
                        ["--groups", ",".join("g%d" % k for k in range(16))], ["--broker", "mqtts://[::1]:1"]):
            with self.subTest(options=options):
                done = glow.run_bridge("--check-config", "--board", "virtual", *options)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_check_config(self):
        for options in (["--node", "A"], ["--prefix", "#"], ["--idle", "nonsense"], ["--groups", "A"],
                        ["--broker", "x:"]):
            with self.subTest(options=options):
                self.assertEqual(glow.run_bridge("--check-config", "--board", "virtual", *options).returncode, EX_USAGE)

    def test_check_config_knows_the_board(self):
        """The idle display has to suit the board: of the length asked for, or one of those that `auto` may find."""
        def pixel(k):
            return '{"pixels":{"%d":"red"}}' % k

        arm = '{"leds":{"arm1":200}}'
        for status, idle, options in (
                (0, pixel(39), ["--board", "virtual", "--virtual-pixels", "40"]),
                (EX_USAGE, pixel(40), ["--board", "virtual", "--virtual-pixels", "40"]),
                (0, arm, ["--board", "terminal", "--virtual-shape", "piglow"]),
                (EX_USAGE, arm, ["--board", "terminal"]),
                (0, pixel(7), ["--board", "blinkt"]), (EX_USAGE, pixel(8), ["--board", "blinkt"]),
                (0, pixel(7), []), (0, arm, []), (EX_USAGE, pixel(4095), [])):
            with self.subTest(idle=idle, options=options):
                done = glow.run_bridge("--check-config", "--idle", idle, *options)
                self.assertEqual(done.returncode, status, done.stderr)

    # promise: secrets-are-hidden
    def test_print_config_hides_secrets(self):
        secret = "hunter2-secret"
        path = os.path.join("/tmp", glow.unique("glow-password"))
        with open(path, "w") as f:
            f.write(secret + "\n")
        self.addCleanup(os.unlink, path)
        for options, env in ((["--password", secret], {}), ([], {"GLOW_PASSWORD": secret}),
                             ([], {"GLOW_PASSWORD_FILE": path})):
            done = glow.run_bridge("--print-config", "--username", "shown", *options, env=env)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn(secret, done.stdout + done.stderr)
            self.assertIn("shown", done.stdout)
            self.assertRegex(done.stdout, r"password.*\(set\)")
        self.assertRegex(glow.run_bridge("--print-config").stdout, r"password.*\(not set\)")

    # promise: secrets-are-hidden
    def test_password_is_not_seen_in_ps(self):
        secret = "hunter2-secret"
        process = subprocess.Popen([glow.bridge_path(), "--board", "virtual", "--node", glow.unique(), "--password", secret,
                                    "--broker", "mqtt://127.0.0.1:%d" % glow.free_port()], env=glow.child_env(),
                                   stderr=subprocess.DEVNULL, preexec_fn=glow._die_with_parent)
        self.addCleanup(glow.end, process)

        def hidden():
            with open("/proc/%d/cmdline" % process.pid) as f:
                line = f.read()
            return "--password" in line and secret not in line

        glow.wait_until("the password is gone", hidden)

    def test_verbs(self):
        for verb, words in (("--version", "glow-bridge"), ("--help", "--broker"), ("--list-boards", "virtual"),
                            ("--list-effects", "rainbow"), ("--print-config", "homeassistant"), ("--man", ".TH"),
                            ("--bash-completion", "complete")):
            with self.subTest(verb=verb):
                done = glow.run_bridge(verb)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn(words, done.stdout)

    def test_virtual_out(self):
        for path, why in (("/nonexistent/frames", "No such file"), ("/", "directory"), ("/dev/full", "No space left")):
            with self.subTest(path=path):
                self.assert_refused(EX_CANTCREAT, path, why, options=["--board", "virtual", "--virtual-out", path])


class Doctor(glow.Case):
    account = ("bridge", "right")

    def doctor(self, *options, env=None, uri=None):
        done = glow.run_bridge("--doctor", "--node", "n1", "--broker", uri or self.broker.uri, *options, env=env)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    # promise: doctor-tells
    def test_well(self):
        status, said = self.doctor("--board", "virtual", "--username", "bridge", env={"GLOW_PASSWORD": "right"})
        self.assertEqual(status, 0, said)
        self.assertNotIn("FAIL", said)
        self.assertEqual(said.splitlines()[-1], "all is well")
        for thing in ("name", "broker", "board", "clock", "sensors"):
            self.assertRegex(said, r"(?m)^ok +%s " % thing)

    def assert_fails(self, thing, why, *options, **more):
        status, said = self.doctor(*options, **more)
        self.assertEqual(status, EX_UNAVAILABLE, said)
        self.assertRegex(said, r"(?m)^FAIL +%s .*%s" % (thing, why))
        self.assertNotIn("all is well", said)

    # promise: doctor-tells
    def test_ill(self):
        env = {"GLOW_USERNAME": "bridge", "GLOW_PASSWORD": "right"}
        self.assert_fails("broker", "refused", "--board", "virtual")
        self.assert_fails("broker", "refused", "--board", "virtual", env=dict(env, GLOW_PASSWORD="wrong"))
        self.assert_fails("broker", "cannot reach", "--board", "virtual",
                          uri="mqtt://127.0.0.1:%d" % glow.free_port())
        self.assert_fails("broker", "not found", "--board", "virtual", uri="mqtt://no-such-host.invalid")
        self.assert_fails("board", "i2c_arm|i2c-dev", "--board", "piglow", "--i2c", "dev", "--i2c-bus", "/nonexistent",
                          env=env)
        self.assert_fails("board", "none found", "--board", "auto", "--sysfs", "/nonexistent", "--gpio", "sysfs",
                          "--i2c", "dev", "--i2c-bus", "/nonexistent", env=env)

    # promise: doctor-tells
    def test_does_not_disturb_the_running_node(self):
        env = {"GLOW_USERNAME": "bridge", "GLOW_PASSWORD": "right"}
        node = self.bridge(env=env).wait_connected()
        done = glow.run_bridge("--doctor", "--node", node.node, "--broker", self.broker.uri, "--board", "virtual", env=env)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assert_ok(self.broker.request(node.topic("set"), "red", "answers/x"))
        self.assertNotIn("lost the broker", node.log())


class Log(glow.Case):
    def test_json_lines(self):
        node = self.bridge("--log-format", "json", "--log-level", "debug").wait_connected()
        self.broker.request(node.topic("set"), 'say "hi"\tü', "answers/x")
        node.wait_log("rejected")
        for line in node.log().splitlines():
            self.assertEqual(set(glow.json.loads(line)), {"t", "level", "message"})

    def test_level(self):
        node = self.bridge("--log-level", "error")
        self.watch("glow/#").wait(node.topic("availability"), lambda m: m.payload == b"online")
        self.assertEqual(node.log(), "")

    def test_a_rejected_command_is_one_line(self):
        node = self.bridge().wait_connected()
        before = len(node.log().splitlines())
        self.broker.publish(node.topic("set"), "two\nlines\x1b[31m\x07")
        node.wait_log("rejected")
        self.assertEqual(len(node.log().splitlines()), before + 1)
        self.assertNotRegex(node.log(), r"[\x00-\x09\x0b-\x1f\x7f]")


if __name__ == "__main__":
    glow.main()
