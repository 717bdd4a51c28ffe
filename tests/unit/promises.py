#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""promises.py <source directory>: docs/promises.md and the tests name each other.

A promise there is a heading with its name, what is promised, and below "Held by" the tests that fail when it is
broken: `unit/test_flash.c: test_storms` is a function, `unit/systemd.sh` a whole script, `./run sim` a verb. Such a
test says so in a line of comment right above it (in a script's head: of all of it): "promise: flash-limit".
Whoever links to promises.md#<name> means a promise that there is."""

import os
import re
import sys
import tempfile

FOLDERS = "tests", "dashboard/test"
# How a test begins in each language, and what its name begins with; a file of another kind holds none.
BEGINS = {".c": re.compile(r"[a-z][\w *]*?(\w+)\([^;]*$"), ".py": re.compile(r"(?:class|    def|def) (\w+)"),
          ".ts": re.compile(r'test\("([^"]+)"'), ".sh": re.compile(r"([\w-]+)\(\) \{"), "": re.compile(r"(do_[\w-]+)\(\) \{")}
MARK = re.compile(r"\s*(?:/\*|//|#) promise: ([a-z0-9, -]+?)(?: \*/)?$")
LISTED = re.compile(r"(?:unit|golden|integration)/test_(\w+)\.(?:c|py)")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def sources(root):
    """(path, what a promise calls it) of every file that may hold tests."""
    for folder in FOLDERS:
        for at, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = [f for f in folders if f not in ("corpus", "node_modules")]
            for name in names:
                path = os.path.relpath(os.path.join(at, name), root)
                if os.path.splitext(name)[1] in BEGINS and "." in name:
                    yield path, path.removeprefix("tests/")
    yield "run", "run"


def tests_of(text, kind):
    """(its name or None for the whole file, the promises that it names), one after the other."""
    marked, inside = [], ""
    yield None, []
    for line in text.splitlines():
        mark, begin = MARK.match(line), BEGINS[kind].match(line)
        if mark:
            marked += mark.group(1).split(", ")
        elif begin:
            name = begin.group(1)
            if kind == ".py" and line[0] == " ":
                name = inside + name
            elif line.startswith("class"):
                inside = name + "."
            yield name, marked
            marked = []
        elif marked:
            yield None, marked
            marked = []


def all_tests(root):
    """What a promise may name, and the promises that it names."""
    found = {}
    for path, called in sources(root):
        for name, marked in tests_of(read(root, path), os.path.splitext(path)[1]):
            test = called if name is None else "./run " + name[3:] if path == "run" else "%s: %s" % (called, name)
            found.setdefault(test, []).extend(marked)
    return found


def promises_of(page):
    """[(name, what is promised, the tests that hold it)]"""
    found = []
    for part in re.split(r"(?m)^### ", page)[1:]:
        name, text = part.split("\n", 1)
        said, _, held = re.split(r"(?m)^## ", text)[0].partition("\nHeld by ")
        found.append((name, said.strip(), re.findall(r"`([^`]+)`", " ".join(held.split()))))
    return found


def runs(root, test):
    """Whether somebody runs what has this name: its file is listed, and so is the test or its name begins as one's."""
    path, _, name = test.partition(": ")
    listed = LISTED.fullmatch(path)
    if not listed:
        return True
    lists = read(root, "tests", os.path.dirname(path), "CMakeLists.txt")
    if not re.search(r"[\s(_]%s[\s).]" % listed.group(1), lists):
        return False
    if path.endswith(".c"):
        return re.search(r"(?:\bT|CASE|TEST|cmocka_unit_test\w*)\(\s*%s\b" % name, read(root, "tests", path))
    return name.split(".")[-1].startswith("test")


def links(page):
    """The promises that a page links to. In a table "[flash-limit]" is a link whose end stands elsewhere on the page."""
    rows = re.sub(r"`[^`]*`", "", "\n".join(re.findall(r"(?m)^\|.*", page)))
    short = {name for name in re.findall(r"\[([a-z][a-z0-9-]+)\](?![(\[])", rows) if "\n[%s]: " % name not in page}
    return short | set(re.findall(r"promises\.md#([\w-]+)", page))


def check(root):
    """What is wrong there, a line each."""
    promises, tests = promises_of(read(root, "docs", "promises.md")), all_tests(root)
    names = [name for name, _, _ in promises]
    holds = {(name, test) for name, _, held in promises for test in held}
    for name, said, held in promises:
        if names.count(name) > 1:
            yield "%s is promised twice" % name
        if not said:
            yield "%s promises nothing" % name
        if not held:
            yield "%s: no test holds it" % name
        for test in held:
            if test not in tests:
                yield "%s: there is no test %s" % (name, test)
            elif not runs(root, test):
                yield "%s: nobody runs %s" % (name, test)
            elif name not in tests[test]:
                yield "%s: %s does not say that it holds it" % (name, test)
    for test, marked in tests.items():
        yield from ("%s holds %s, which does not name it" % (test, name) for name in marked if (name, test) not in holds)
    for page in [os.path.join("docs", n) for n in os.listdir(os.path.join(root, "docs")) if n.endswith(".md")] + ["README.md"]:
        yield from ("%s links to %s, which nobody promised" % (page, name) for name in links(read(root, page)) - set(names))
    if not names:
        yield "nothing is promised"


GOOD = {
    "README.md": "[dark](docs/promises.md#dark)\n\n| [a](b) [long] `[c]` |\n\n[long]: docs/promises.md#long\n",
    "run": "# promise: long\ndo_soak() {\n",
    "docs/promises.md": "## A\n\n### dark\nIt is dark.\n\nHeld by `unit/test_a.c: test_dark`,\n"
                        "`integration/test_b.py: Stop.test_end`.\n\n## B\n\n### long\nIt lasts.\n\n"
                        "Held by `./run soak`, `unit/all.sh`, `dashboard/test/c.test.ts: it is, too`.\n",
    "tests/unit/CMakeLists.txt": "foreach(name a)\n",
    "tests/unit/test_a.c": "/* promise: dark */\nstatic void test_dark(void **state)\n{\n}\n\nstatic void help(void)\n"
                           "{\n}\n\n\t\tcmocka_unit_test(test_dark),\n",
    "tests/unit/all.sh": "#!/bin/sh\n# promise: long\n\nsaid() {\n",
    "tests/integration/CMakeLists.txt": "  foreach(name x b)\n",
    "tests/integration/test_b.py": "class Stop:\n    # promise: dark\n    def test_end(self):\n        pass\n",
    "dashboard/test/c.test.ts": '// promise: long\ntest("it is, too", () => {\n',
}
CONTROLS = (  # a file, what is changed in it, and what is said then
    ("docs/promises.md", "### long", "### dark", "dark is promised twice"),
    ("docs/promises.md", "It lasts.", "", "long promises nothing"),
    ("docs/promises.md", "Held by `./run", "See `./run", "long: no test holds it"),
    ("docs/promises.md", "test_dark`", "test_dusk`", "dark: there is no test unit/test_a.c: test_dusk"),
    ("docs/promises.md", "Stop.test_end", "test_end", "dark: there is no test integration/test_b.py: test_end"),
    ("docs/promises.md", "./run soak", "./run soaks", "long: there is no test ./run soaks"),
    ("docs/promises.md", "`unit/all.sh`, ", "", "unit/all.sh holds long, which does not name it"),
    ("docs/promises.md", "test_dark`", "help`, `unit/test_a.c: test_dark`", "dark: nobody runs unit/test_a.c: help"),
    ("docs/promises.md", "### ", "", "nothing is promised"),
    ("tests/unit/test_a.c", "/* promise: dark */", "", "dark: unit/test_a.c: test_dark does not say that it holds it"),
    ("tests/unit/test_a.c", "test_dark", "test_dusk", "dark: there is no test unit/test_a.c: test_dark"),
    ("tests/unit/test_a.c", "\t\tcmocka_unit_test(test_dark),", "", "dark: nobody runs unit/test_a.c: test_dark"),
    ("tests/unit/test_a.c", "*/\n", "*/\n\n", "unit/test_a.c holds dark, which does not name it"),
    ("tests/unit/test_a.c", ": dark", ": dark, long", "unit/test_a.c: test_dark holds long, which does not name it"),
    ("tests/unit/CMakeLists.txt", "a)", "ab)", "dark: nobody runs unit/test_a.c: test_dark"),
    ("tests/unit/all.sh", ": long", ": gone", "unit/all.sh holds gone, which does not name it"),
    ("tests/integration/test_b.py", "Stop", "Halt", "dark: there is no test integration/test_b.py: Stop.test_end"),
    ("dashboard/test/c.test.ts", "test(", "test.skip(", "long: there is no test dashboard/test/c.test.ts: it is, too"),
    ("run", "soak()", "choke()", "long: there is no test ./run soak"),
    ("README.md", "#dark", "#dusk", "README.md links to dusk, which nobody promised"),
    ("README.md", "[long] ", "[longer] ", "README.md links to longer, which nobody promised"),
    ("README.md", "#long", "#lung", "README.md links to lung, which nobody promised"),
)


def said_of(files):
    with tempfile.TemporaryDirectory(prefix="glow-test-") as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                f.write(text)
        return list(check(root))


def main():
    assert said_of(GOOD) == [], said_of(GOOD)
    for path, old, new, words in CONTROLS:
        assert old in GOOD[path], (path, old)
        said = said_of(dict(GOOD, **{path: GOOD[path].replace(old, new)}))
        assert words in said, "not caught: %s in %s; said is %s" % (words, path, said)
    faults = list(check(sys.argv[1]))
    print("\n".join(faults) or "every promise has its tests, and every control was caught")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
