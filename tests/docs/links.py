#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""links.py <source directory>: every link of a page to a file, and to a heading, of this repository leads somewhere; each
picture in docs is on a page, and all of them together are small."""

import glob
import itertools
import os
import re
import sys

PICTURES_MAX = 1500 * 1000  # bytes
PICTURES = (".svg", ".png")


def read_pages(root):
    """Path from the root -> text. What was built or fetched is not ours."""
    found = {}
    for path in ["README.md", *glob.glob("**/*.md", root_dir=root, recursive=True)]:
        if not re.match(r"(build|dashboard/(node_modules|dist))/", path):
            with open(os.path.join(root, path)) as f:
                found[path] = f.read()
    return found


def without_code(text):
    """Neither fenced nor indented blocks, and no spans, have links."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^    .*$|`[^`\n]*`", "", text, flags=re.MULTILINE)


def anchors(text):
    """As GitHub makes them of headings; the second of a name gets -1."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        again = next(k for k in itertools.count() if (name + "-%d" % k if k else name) not in found)
        found.add(name + "-%d" % again if again else name)
    return found


def links(text):
    """Targets within this repository."""
    text = without_code(text)
    targets = re.findall(r"\]\(<?([^)>\s]+)>?\)", text) + re.findall(r"^\[[^]]+\]: (\S+)", text, re.MULTILINE)
    targets += re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    return [t for t in targets if not re.match(r"[a-z]+:", t)]


def faults(pages, files):
    """What is wrong: with pages as read_pages() gives them, and the size of each file."""
    shown = set()
    for path, text in pages.items():
        for target in links(text):
            file, _, anchor = target.partition("#")
            file = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            shown.add(file)
            if file not in files:
                yield "%s links to %s, which is not there" % (path, target)
            elif anchor and file in pages and anchor not in anchors(pages[file]):
                yield "%s links to %s: %s has no such heading" % (path, target, file)
    pictures = {f: size for f, size in files.items() if f.startswith("docs/") and f.endswith(PICTURES)}
    for file in sorted(pictures.keys() - shown):
        yield "%s is on no page" % file
    if sum(pictures.values()) > PICTURES_MAX:
        yield "the pictures in docs are %d bytes, and %d are enough" % (sum(pictures.values()), PICTURES_MAX)


def sizes(root):
    """Path -> size of each file and folder outside of what was built."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = set(folders) - {".git", "build", "node_modules", "dist"}
        for name in folders + names:
            full = os.path.join(folder, name)
            found[os.path.relpath(full, root)] = os.path.getsize(full)
    return found


GOOD = {"README.md": "# A b\n![p](docs/p.svg) [c](docs/c.md#d-e) [own](#a-b) [folder](docs) `[no](x.md)` [w](https://x.org/y)\n",
        "docs/c.md": "## D, e?\n## D e\n[again](#d-e-1)\n```\n[no](y.md)\n```\n"}
FILES = {"README.md": 1, "docs": 1, "docs/c.md": 1, "docs/p.svg": 1}

# A mistake in the good pages: file, words, others, and what is said then.
MISTAKES = [
    ("README.md", "docs/c.md", "docs/d.md", "docs/d.md#d-e, which is not there"),
    ("README.md", "#d-e", "#d-f", "no such heading"),
    ("README.md", "#a-b", "#b", "no such heading"),
    ("README.md", "docs/p.svg", "docs/c.md", "docs/p.svg is on no page"),
    ("docs/c.md", "#d-e-1", "#d-e-2", "no such heading"),
]


def control():
    """The good pages are good, and each mistake is found."""
    said = list(faults(GOOD, FILES))
    if said:
        sys.exit("the control finds mistakes where none are: %s" % said)
    if not list(faults(GOOD, dict(FILES, **{"docs/p.svg": PICTURES_MAX + 1}))):
        sys.exit("the control: a picture that is too large was not found")
    for path, words, others, complaint in MISTAKES:
        said = list(faults(dict(GOOD, **{path: GOOD[path].replace(words, others, 1)}), FILES))
        if len(said) != 1 or complaint not in said[0]:
            sys.exit("the control %s for %s: not %r but %s" % (others, words, complaint, said))


def main():
    root = sys.argv[1]
    control()
    pages = read_pages(root)
    said = list(faults(pages, sizes(root)))
    if len(pages) < 20 or said:
        sys.exit("\n".join(said) or "no pages were found")
    print("the links of %d pages lead somewhere" % len(pages))


if __name__ == "__main__":
    main()
