#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""follow.py <document>…: follows docs/<document> to the letter, all in one scratch copy of the sources.

A block of C belongs to the last file that the paragraph before it names: it is that file where there is none
yet, and otherwise rows for its end. A block of shell is run. What then must be true is in EXAMPLES, and so are
the changes to the document that have to be noticed. What was added has to be seen in all that the programs
print and publish, and must not be seen there by the same look at the program of these sources (GLOW_BIN).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCE, "tests", "harness"))

import glow

NOT_SOURCE = shutil.ignore_patterns(".git", "build", "node_modules", "dist", "__pycache__")

COMPLETIONS = ["docs/completion/glow-bridge." + shell for shell in ("bash", "fish", "zsh")]

EXAMPLES = {
    "adding-an-effect.md": {
        "board": "virtual",
        "tests": ["unit/effect"],
        "adds": "bridge/effect/tide.c",
        "row": "bridge/effect/effects.def",
        "renews": [],
        # Where what was added has to be seen: a program's options, or a message.
        "seen": {
            "--list-effects": r"(?m)^tide +water that rises and falls$",
            "--check-config --board virtual --idle tide": "the configuration is fine",
            "effects": r'"name": "tide"',
            "discovery": r'"effect_list":\[[^]]*"tide"',
        },
        # What is wrong with a document: words, replacement, and what has to be said then.
        "wrong": [
            ("\t.render = render,\n};\n", "\t.render = render,\n", "tide.c"),
            ("```c\nX(tide)\n```\n", "", "effects.def"),
            (".min = 1000", ".min = 100", "tide: .*transitions in a second"),
        ],
    },
    "adding-a-board.md": {
        "board": "strip16",
        "tests": ["golden/board"],
        "adds": "bridge/board/strip16.c",
        "row": "bridge/board/boards.def",
        "renews": COMPLETIONS + ["docs/man/glow-bridge.1"],
        "seen": {
            "--help": r"one\s+of\s+auto,[^(]*\sstrip16\s",
            "--man": r"one of auto,.*, strip16 ",
            "--bash-completion": r"--board\) words='auto .* strip16'",
            "--list-boards": r"(?m)^strip16 +16 APA102 pixels on two GPIO lines$",
            "--doctor --board strip16": r"(?m)^FAIL  board    strip16: \w",
            "--check-config --board strip16 --idle {\"pixels\":{\"15\":\"red\"}}": "the configuration is fine",
            # The board has not answered, and everybody knows its shape.
            "info": r'"board":"strip16","shape":"blinkt","pixels":16,.*"problem":"',
            "discovery": r'"model":"Strip of 16"',
        },
        "wrong": [
            ("```c\nX(strip16)\n```\n", "", "boards.def"),
            ("\tglow_pins_close(s->pins);\n", "", "strip16 by --i2c auto --gpio sysfs leaves a file open"),
            ("build/asan/bin/glow-bridge --man >docs/man/glow-bridge.1\n", "", "docs/man/glow-bridge.1"),
        ],
    },
}


class Astray(Exception):
    """The document does not lead where it says."""


def check(condition, *words):
    if not condition:
        raise Astray(" ".join(str(word) for word in words))


def blocks(text):
    """The fenced blocks: (language, content, the last file that the paragraph before it names or None)."""
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        before = text[: match.start()].rstrip().split("\n\n")[-1]
        files = re.findall(r"[`\[]([\w./-]+/[\w.-]+\.\w+)[`\]]", before)
        yield match[1], match[2], files[-1] if files else None


def contents(folder):
    """Every source file and its lines."""
    found = {}
    for path, folders, files in os.walk(folder):
        folders[:] = set(folders) - NOT_SOURCE(path, folders)
        for file in files:
            with open(os.path.join(path, file), "rb") as f:
                found[os.path.relpath(f.name, folder)] = f.read().splitlines()
    return found


def check_touched(example, before, after):
    """One new file and one row; what programs wrote is none of that."""
    new, gone = after.keys() - before.keys(), before.keys() - after.keys()
    changed = {path for path in before.keys() - gone if before[path] != after[path]} - set(example["renews"])
    row = example["row"]
    check(not gone, "files are gone:", gone)
    check(new == {example["adds"]}, "new files:", new)
    check(changed == {row}, "changed are", changed or "no files", "and not", row)
    check(len(after[row]) - len(before[row]) == 1, row, "has not one row more")
    check(set(before[row]) <= set(after[row]), row, "lost rows")


class Copy:
    """The sources once more, in which people can be at work."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "copy")
        shutil.copytree(SOURCE, self.folder, ignore=NOT_SOURCE, symlinks=True)
        # A test installs nothing: to ./run all packages are there.
        tools = os.path.join(folder, "tools")
        os.mkdir(tools)
        with open(os.path.join(tools, "dpkg-query"), "w") as f:
            f.write("#!/bin/sh\necho installed\n")
        os.chmod(f.name, 0o755)
        # No broker answers, and least of all one that serves this machine.
        self.env = dict(os.environ, PATH=tools + ":" + os.environ["PATH"], GLOW_BROKER="mqtt://127.0.0.1:1")
        self.before = contents(self.folder)

    def with_texts(self, texts):
        """What contents() would find in the sources with these texts: new files, or rows at the end of one."""
        return {**self.before, **{path: self.before.get(path, []) + text.encode().splitlines()
                                  for path, text in texts.items()}}

    def become(self, texts):
        """What is so already stays untouched, and is not built again."""
        now, then = contents(self.folder), self.with_texts(texts)
        for path in now.keys() - then.keys():
            os.remove(os.path.join(self.folder, path))
        for path in then:
            if now.get(path) != then[path]:
                with open(os.path.join(self.folder, path), "wb") as f:
                    f.writelines(line + b"\n" for line in then[path])

    def run(self, command, env):
        ran = subprocess.run(["bash", "-ec", command], cwd=self.folder, env=dict(self.env, **env), text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(ran.returncode == 0, command + " ended with", ran.returncode, "after\n" + ran.stdout)
        return ran.stdout

    def look(self, command, env):
        """A program that draws until it is told to end: several different pictures have to come."""
        path = os.path.join(self.folder, "build", "drawn")
        with open(path, "wb") as drawn:
            process = glow.spawn(["bash", "-c", 'cd "$0" && exec ' + command, self.folder], drawn,
                                 subprocess.DEVNULL, env=dict(self.env, **env))
        tail, pictures = glow.Tail(path), set()

        def enough():
            check(process.poll() is None, command + " ended with", process.returncode)
            pictures.update(line for line in tail.lines() if line.strip(b"0 "))
            return len(pictures) >= 10

        try:
            glow.wait_until(command + " to draw", enough)
        finally:
            status = glow.end(process)
        check(status == 0, command + " ended with", status)


def instructions(text):
    """What a document says to write, file -> text, and the commands that it says to run."""
    texts, commands = {}, []
    for language, content, file in blocks(text):
        if language == "c":
            check(file, "no file is named for\n" + content)
            texts[file] = texts.get(file, "") + content
        elif language == "sh":
            commands += content.splitlines()
    check(commands, "there is nothing to run")
    return texts, commands


def follow(text, example, copy, others, env):
    """In a copy that has the texts `others` already; returns the document's texts."""
    texts, commands = instructions(text)
    before = copy.with_texts(others)
    copy.become({**others, **texts})
    check_touched(example, before, contents(copy.folder))

    said = ""
    for command in commands:
        if "--board terminal" in command:
            copy.look(command, env)
        else:
            said += copy.run(command, env)
    for test in example["tests"]:
        check(re.search(r"%s \.+ +Passed" % re.escape(test), said), test, "did not run:\n" + said)
    check_touched(example, before, contents(copy.folder))
    copy.run("tests/unit/man.sh docs build/asan/bin/glow-bridge", env)
    return texts


def printed(program, options):
    """What a program says with these options, whatever its verdict, and without the hardware of this machine."""
    ran = subprocess.run([program, *options.split(), "--gpio", "sysfs", "--sysfs", "/nonexistent"],
                         env=glow.child_env({"GLOW_BROKER": "mqtt://127.0.0.1:1"}), text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=glow.PATIENCE_S)
    return ran.stdout


def published(program, board, home, places):
    """Those messages of a node with this board, which is not there, that are among the places."""
    broker = glow.Broker(home).start()
    try:
        watch = glow.Watch(broker, "#")
        node = glow.spawn([program, "--broker", broker.uri, "--node", "pi1", "--board", board, "--gpio", "sysfs",
                           "--sysfs", "/nonexistent"], subprocess.DEVNULL, subprocess.DEVNULL, env=glow.child_env())
        try:
            say = {"info": lambda: watch.wait("glow/node/pi1/info").payload.decode(),
                   "effects": lambda: json.dumps(watch.effects("glow/node/pi1/info")),
                   "discovery": lambda: watch.wait("homeassistant/device/glow-pi1/config").payload.decode()}
            return {place: said() for place, said in say.items() if place in places}
        finally:
            check(glow.end(node) == 0, "the node did not end well")
            watch.close()
    finally:
        broker.stop()


def unseen(program, board, home, places):
    """Of `places` those where what was added is not seen."""
    messages = published(program, board, home, places) if "discovery" in places else {}
    return {place for place, pattern in places.items()
            if not re.search(pattern, messages.get(place) or printed(program, place))}


def check_seen(examples, copy, home):
    """The control is the program of these sources, which knows nothing of what was added."""
    for example in examples:
        places = dict(example["seen"])
        if not shutil.which("mosquitto"):
            print("no mosquitto here: nobody looked at", [places.pop(k) for k in ("info", "effects", "discovery") if k in places])
        missing = unseen(os.path.join(copy.folder, "build/asan/bin/glow-bridge"), example["board"], home, places)
        check(not missing, example["adds"], "is not seen in", *missing)
        blind = places.keys() - unseen(glow.bridge_path(), "blinkt", home, places)
        check(not blind, example["adds"], "is seen where it is not:", *blind)


def notice(document, text, example, copy, others):
    """Each mistake in the document is noticed."""
    for words, wrong, complaint in example["wrong"]:
        if words not in text:
            sys.exit("%s: there is no %r to be made wrong" % (document, words))
        try:
            follow(text.replace(words, wrong, 1), example, copy, others, {"GLOW_TEST_SETS": "3"})
        except Astray as astray:
            if not re.search(complaint, str(astray)):
                sys.exit("%s with %r for %r: not for %r, but: %s" % (document, wrong, words, complaint, astray))
        else:
            sys.exit("%s with %r for %r: nobody minds" % (document, wrong, words))


def main():
    documents, texts = {}, {}
    for document in sys.argv[1:]:
        with open(os.path.join(SOURCE, "docs", document)) as f:
            documents[document] = f.read()

    def others(document):
        return {path: text for d in texts if d != document for path, text in texts[d].items()}

    with tempfile.TemporaryDirectory(prefix="glow-docs-") as folder:
        copy = Copy(folder)
        for document, text in documents.items():
            texts[document] = follow(text, EXAMPLES[document], copy, others(document), {})
        check_seen([EXAMPLES[document] for document in documents], copy, folder)
        for document, text in documents.items():
            notice(document, text, EXAMPLES[document], copy, others(document))
    print(" and ".join(documents) + " are right; each mistake was noticed")


if __name__ == "__main__":
    try:
        main()
    except Astray as astray:
        sys.exit("%s" % astray)
