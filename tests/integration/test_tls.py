# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""TLS says why: every kind of certificate, clock, port and file that does not do, in every program's words.

The words are those of the table in docs/security.md, to the letter. Where they differ the test shows the table
as the programs have it now.
"""

import concurrent.futures
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import certificates  # noqa: E402
import cluster  # noqa: E402
import glow  # noqa: E402

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "security.md")
HEAD = "| what is wrong | what is said |"
FINE = "nothing"


class Foreigner:
    """A server that answers whatever it is asked with `answer`, and hangs up."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                if self.answer:
                    peer.sendall(self.answer)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Listeners(glow.Broker):
    """A broker with a listener for each of `certificates`, name to (certificate, key, further lines), and one without TLS."""

    def __init__(self, home, **certs):
        super().__init__(home)
        self.ports = {name: glow.free_port() for name in certs}
        with open(self.conf, "a") as f:
            for name, (crt, key, more) in certs.items():
                f.write("listener %d 127.0.0.1\ncertfile %s\nkeyfile %s\n%s" % (self.ports[name], crt, key, more))
        self.ports["plain"] = self.port


class Case:
    """What is wrong, and how a program is brought to it. `wall_ms`: how far the wall clock is off."""

    def __init__(self, what, port, ca=None, wall_ms=0, scheme="mqtts", host="localhost", **files):
        self.what = what
        self.uri = "%s://%s:%d" % (scheme, host, port)
        self.port = port
        self.env = {} if ca is None else {"GLOW_CA_FILE": ca}
        self.env.update({"GLOW_%s_FILE" % name.upper(): path for name, path in files.items()})
        if wall_ms:
            self.env.update(cluster.Clock(wall_ms=wall_ms).env())


def ctl(home, case):
    done = subprocess.run([glow.beside_bridge("glowctl"), "--broker", case.uri, "nodes"], capture_output=True, text=True,
                               env=glow.child_env(case.env), stdin=subprocess.DEVNULL, timeout=2 * glow.PATIENCE_S)
    return done.stderr.strip().replace("glowctl: ", "", 1) or FINE


def doctor(run, *options):
    def ask(home, case):
        done = run("--broker", case.uri, "--node", glow.unique(), "--doctor", *options, env=case.env)
        line = re.search("(?m)^(ok|FAIL) +broker +(.*)$", done.stdout)
        return FINE if line.group(1) == "ok" else line.group(2)

    return ask


def running(program):
    def ask(home, case):
        p = program(home, case.uri, env=case.env)
        try:
            glow.wait_until(lambda: "it says nothing: %s" % p.log(),
                            lambda: "; trying again" in p.log() or "connected to mqtt" in p.log())
        finally:
            p.kill()
            p.check_log()
        warned = re.search("(?m)^warning: (.*); trying again$", p.log())
        return warned.group(1) if warned else FINE

    return ask


PROGRAMS = {
    "glowctl": ctl,
    "glow-bridge --doctor": doctor(glow.run_bridge, "--board", "virtual"),
    "glow-conductor --doctor": doctor(glow.run_conductor),
    "glow-bridge": running(glow.Bridge),
    "glow-conductor": running(glow.Conductor),
}


def table():
    """What is wrong -> what is said, of the document."""
    with open(DOCUMENT) as f:
        lines = iter(f.read().splitlines())
    for line in lines:
        if line == HEAD:
            break
    next(lines, None)
    rows = {}
    for line in lines:
        if not line.startswith("| "):
            break
        what, said = (cell.strip() for cell in line.strip("|").split(" | "))
        rows[what] = said.strip("`")
    return rows


class Matrix(unittest.TestCase):
    """One broker with a listener for each kind of certificate."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="glow-test-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.make_files()
        ca = cls.authority
        cls.broker = Listeners(
            cls.home,
            good=ca.sign("good") + ("",),
            expired=ca.sign("expired", end=certificates.GONE) + ("",),
            early=ca.sign("early", start=certificates.FUTURE) + ("",),
            elsewhere=ca.sign("elsewhere", hosts="DNS:broker.local,IP:192.0.2.7") + ("",),
            old_name=ca.sign("old_name", hosts="", name="broker.local") + ("",),
            itself=ca.sign_itself("itself") + ("",),
            old_authority=cls.old.sign("old_authority") + ("",),
            asking=ca.sign("asking") + ("cafile %s\nrequire_certificate true\n" % ca.crt,)).start()
        cls.addClassCleanup(cls.broker.stop, signal.SIGKILL)
        cls.web = Foreigner(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        cls.addClassCleanup(cls.web.close)
        cls.mute = Foreigner(b"")
        cls.addClassCleanup(cls.mute.close)

    @classmethod
    def file(cls, name, content=b""):
        path = os.path.join(cls.files, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    @classmethod
    def make_files(cls):
        cls.files = os.path.join(cls.home, "files")
        os.mkdir(cls.files)
        cls.authority = certificates.Authority(os.path.join(cls.home, "ca"), "Our Authority")
        cls.other = certificates.Authority(os.path.join(cls.home, "other"), "Another Authority")
        cls.namesake = certificates.Authority(os.path.join(cls.home, "namesake"), "Our Authority")
        cls.old = certificates.Authority(os.path.join(cls.home, "old"), "Old Authority", end=certificates.GONE)
        cls.mine, cls.my_key = cls.authority.sign("mine", hosts="", name="a client")
        cls.key = cls.authority.key
        with open(cls.authority.crt, "rb") as f:
            cls.damaged = cls.file("damaged.crt", f.read().replace(b"M", b"X", 3))
        cls.der = cls.file("ca.der", certificates.openssl("x509", "-in", cls.authority.crt, "-outform", "der"))
        cls.key_der = cls.file("key.der", certificates.openssl("pkey", "-in", cls.my_key, "-outform", "der"))
        cls.request = os.path.join(cls.home, "ca", "good.csr")
        cls.bundle = cls.file("ca.p12", certificates.openssl("pkcs12", "-export", "-nokeys", "-in", cls.authority.crt,
                                                             "-passout", "pass:"))

    def cases(self):
        p, ca, mine = self.broker.ports, self.authority.crt, {"cert": self.mine, "key": self.my_key}
        unset_ms = -int(time.time() * 1000) + 600000
        yield Case(FINE, p["good"], ca)
        yield Case("the certificate has expired", p["expired"], ca)
        yield Case("it is not valid yet", p["early"], ca)
        yield Case("this machine's clock is unset", p["good"], ca, wall_ms=unset_ms)
        yield Case("the authority has expired", p["old_authority"], self.old.crt)
        yield Case("another authority", p["good"], self.other.crt)
        yield Case("the authority was made anew", p["good"], self.namesake.crt)
        yield Case("no `--ca-file`", p["good"])
        yield Case("the broker's own certificate as `--ca-file`", p["good"], os.path.join(self.home, "ca", "good.crt"))
        yield Case("the certificate signed itself", p["itself"], ca)
        yield Case("another name", p["elsewhere"], ca)
        yield Case("a name of the old kind, that is another", p["old_name"], ca)
        yield Case("an address in place of the name", p["good"], ca, host="127.0.0.1")
        yield Case("MQTT without TLS at that port", p["plain"], ca)
        yield Case("a web server at that port", self.web.port, ca)
        yield Case("what is there hangs up", self.mute.port, ca)
        yield Case("TLS at the port for plain MQTT", p["good"], scheme="mqtt")
        yield Case("`--ca-file` is not there", p["good"], os.path.join(self.files, "nowhere"))
        yield Case("`--ca-file` is a directory", p["good"], self.files)
        yield Case("`--ca-file` is empty", p["good"], self.file("empty"))
        yield Case("`--ca-file` is DER", p["good"], self.der)
        yield Case("`--ca-file` is a key", p["good"], self.key)
        yield Case("`--ca-file` is a key in DER", p["good"], self.key_der)
        yield Case("`--ca-file` is a request", p["good"], self.request)
        yield Case("`--ca-file` is a bundle", p["good"], self.bundle)
        yield Case("`--ca-file` is a text", p["good"], self.file("notes.txt", b"the authority is on the stick\n"))
        yield Case("`--ca-file` is damaged", p["good"], self.damaged)
        yield Case("the broker wants a certificate of ours", p["asking"], ca)
        yield Case("the key of another certificate", p["asking"], ca, cert=self.mine, key=self.key)
        yield Case("`--cert-file` without its key", p["asking"], ca, cert=self.mine)
        yield Case("`--key-file` is a certificate", p["asking"], ca, cert=self.mine, key=self.mine)
        yield Case("nothing, with a certificate of ours", p["asking"], ca, **mine)

    def plain(self, text, case):
        """As it is in a document: the usual port, files in the usual place, no day that passes."""
        text = text.replace(":%d" % case.port, ":8883").replace(self.files, "/etc/glow")
        for name in ("ca", "other", "namesake", "old"):
            text = text.replace(os.path.join(self.home, name), "/etc/glow")
        today = time.strftime("%Y-%m-%d", time.gmtime())
        return re.sub("(?:%s|%s) \\d\\d:\\d\\d UTC" % (today, time.strftime("%Y-%m-%d", time.gmtime(time.time() - 600))),
                      "‹now›", re.sub("1970-01-01 00:1\\d UTC", "1970-01-01 00:10 UTC", text))

    def ask(self, case, program):
        return self.plain(PROGRAMS[program](self.home, case), case)

    # promise: tls-is-verified
    def test_every_program_says_what_the_document_says(self):
        cases = list(self.cases())
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            asked = {(c.what, p): pool.submit(self.ask, c, p) for c in cases for p in PROGRAMS}
            said = {key: future.result() for key, future in asked.items()}
        differing = ["%s, %s: %s" % (c.what, p, said[c.what, p]) for c in cases for p in PROGRAMS
                     if said[c.what, p] != said[c.what, "glowctl"]]
        self.assertEqual(differing, [], "programs differ from glowctl")
        now = {c.what: said[c.what, "glowctl"] for c in cases}
        fine = {what for what in now if what.startswith(FINE)}
        self.assertEqual({what for what in now if now[what] == FINE}, fine, now)  # the control
        rows = {what: words for what, words in now.items() if what not in fine}
        self.assertEqual(len(set(rows.values())), len(rows), "two mistakes have one sentence: %s" % rows)
        self.assertEqual(table(), rows, "the table is now:\n\n%s\n|---|---|\n%s\n" % (
            HEAD, "\n".join("| %s | `%s` |" % row for row in rows.items())))

    def clock(self, case):
        done = glow.run_bridge("--broker", case.uri, "--board", "virtual", "--doctor", env=case.env)
        return re.search("(?m)^(ok|FAIL) +clock +(.*)$", done.stdout).groups()

    # promise: doctor-tells
    def test_the_doctor_does_not_call_a_doubtful_clock_ok(self):
        cases = {c.what: c for c in self.cases()}
        verdict, said = self.clock(cases["this machine's clock is unset"])
        self.assertEqual((verdict, "1970-01-01 00:1" in said), ("FAIL", True), said)
        verdict, said = self.clock(cases["the certificate has expired"])
        # Whether something keeps this machine's clock right is not ours to say.
        self.assertIn((verdict, "kept right" in said, "what is wrong" in said), (("ok", True, False), ("FAIL", False, True)))
        verdict, said = self.clock(cases[FINE])  # the control
        self.assertEqual(verdict, "ok", said)
        self.assertRegex(said, "^the wall clock is set(, and kept right)?: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC$")


if __name__ == "__main__":
    glow.main()
