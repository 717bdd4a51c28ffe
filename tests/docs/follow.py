#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""follow.py <document>…: follows docs/<document> to the letter, in a scratch copy of the sources.

A block of C belongs to the last file that the paragraph before it names: it is that file where there is none
yet, and otherwise rows for its end. A block of shell is run. What then must be true is in EXAMPLES, and so are
the changes to the document that have to be noticed.
"""

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

EXAMPLES = {
    "adding-an-effect.md": {
        "name": "tide",
        "listed": "--list-effects",
        "tests": ["unit/effect"],
        "adds": ["bridge/effect/tide.c"],
        "rows": {"bridge/effect/effects.def": 1},
        # What is wrong with a document: words, replacement, and what has to be said then.
        "wrong": [
            ("\t.render = render,\n};\n", "\t.render = render,\n", "tide.c"),
            ("```c\nX(tide)\n```\n", "", "effects.def"),
            (".min = 1000", ".min = 100", "tide: .*transitions in a second"),
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
    check(not before.keys() - after.keys(), "files are gone:", before.keys() - after.keys())
    check(sorted(after.keys() - before.keys()) == example["adds"], "new files:", after.keys() - before.keys())
    changed = {path for path in before if before[path] != after[path]}
    check(changed == example["rows"].keys(), "changed are", changed or "no files", "and not", list(example["rows"]))
    for path, rows in example["rows"].items():
        check(len(after[path]) - len(before[path]) == rows, path, "has not", rows, "more rows")
        check(set(before[path]) <= set(after[path]), path, "lost rows")


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

    def restore(self):
        now = contents(self.folder)
        for path in now.keys() - self.before.keys():
            os.remove(os.path.join(self.folder, path))
        for path in self.before:
            if now.get(path) != self.before[path]:
                shutil.copy2(os.path.join(SOURCE, path), os.path.join(self.folder, path))

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        with open(path, "a" if os.path.exists(path) else "w") as f:
            f.write(text)

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


def follow(text, example, copy, env):
    commands = []
    for language, content, file in blocks(text):
        if language == "c":
            check(file, "no file is named for\n" + content)
            copy.write(file, content)
        elif language == "sh":
            commands += content.splitlines()
    check(commands, "there is nothing to run")
    check_touched(example, copy.before, contents(copy.folder))

    said, program = "", None
    for command in commands:
        if "--board terminal" in command:
            program = command.split()[0]
            copy.look(command, env)
        else:
            said += copy.run(command, env)
    for test in example["tests"]:
        check(re.search(r"%s \.+ +Passed" % re.escape(test), said), test, "did not run:\n" + said)
    check(program, "nobody looks at it")
    check(re.search(r"(?m)^%s\s" % example["name"], copy.run(program + " " + example["listed"], env)),
          example["name"], "is not listed")
    check_touched(example, copy.before, contents(copy.folder))


def main():
    for document in sys.argv[1:]:
        example = EXAMPLES[document]
        with open(os.path.join(SOURCE, "docs", document)) as f:
            text = f.read()
        with tempfile.TemporaryDirectory(prefix="glow-docs-") as folder:
            copy = Copy(folder)
            follow(text, example, copy, {})
            for words, others, complaint in example["wrong"]:
                copy.restore()
                if words not in text:
                    sys.exit("%s: there is no %r to be made wrong" % (document, words))
                try:
                    follow(text.replace(words, others, 1), example, copy, {"GLOW_TEST_SETS": "3"})
                except Astray as astray:
                    if not re.search(complaint, str(astray)):
                        sys.exit("%s with %r for %r: not for %r, but: %s" % (document, others, words, complaint, astray))
                else:
                    sys.exit("%s with %r for %r: nobody minds" % (document, others, words))
        print(document + " is right; each mistake was noticed")


if __name__ == "__main__":
    try:
        main()
    except Astray as astray:
        sys.exit("%s" % astray)
