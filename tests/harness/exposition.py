# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Prometheus' text format 0.0.4, read strictly, with what its conventions ask of names."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? (-?[0-9.]+(?:e[+-][0-9]+)?|\+Inf|-Inf|NaN)$" % (NAME, LABEL, LABEL))
# Units by which nothing is measured there, since others are the base.
ODD_UNITS = re.compile(r"_(ms|us|ns|milliseconds|microseconds|percent|percents|kb|mb|kelvin|minutes|hours)(_|$)")


def check_name(name, kind):
    if kind not in ("gauge", "counter"):
        raise ValueError("%s: there is no type %s here" % (name, kind))
    if (kind == "counter") != name.endswith("_total"):
        raise ValueError("%s: a counter ends in _total, and nothing else does" % name)
    if ODD_UNITS.search(name) or re.search(r"[A-Z:]|__", name):
        raise ValueError("%s: not in base units and small letters" % name)


def read(text):
    """{name: {labels as they stand: value}} of an exposition; ValueError for one that is none."""
    families, about, current = {}, {}, None
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    for line in text.splitlines():
        if line.startswith("# HELP ") or line.startswith("# TYPE "):
            _, what, name, rest = line.split(" ", 3)
            if what in about.setdefault(name, {}) or (name in families and name != current):
                raise ValueError("%s comes twice" % name)
            about[name][what] = rest
            families.setdefault(name, {})
            current = name
            if what == "TYPE":
                check_name(name, rest)
            continue
        sample = SAMPLE.match(line)
        if not sample:
            raise ValueError("no sample: %r" % line)
        name, labels, value = sample.groups()
        if name != current or set(about[name]) != {"HELP", "TYPE"}:
            raise ValueError("%s stands outside of its metric, or has no HELP and TYPE" % name)
        if (labels or "") in families[name]:
            raise ValueError("twice: %r" % line)
        families[name][labels or ""] = float(value)
    return families


HEAD = "# HELP a_total x\n# TYPE a_total counter\n"
BAD = (
    "a_total 1\n",
    HEAD + "a_total 1",
    HEAD + "a_total\n",
    HEAD + "a_total x\n",
    HEAD + "b_total 1\n",
    HEAD + "a_total 1\na_total 2\n",
    HEAD + 'a_total{x="1} 1\n',
    HEAD + 'a_total{x="a"b"} 1\n',
    HEAD + HEAD,
    HEAD + "# HELP b y\n# TYPE b gauge\na_total 1\n",
    "# HELP a x\n# TYPE a counter\n",
    "# HELP a_total x\n# TYPE a_total gauge\n",
    "# HELP a_ms x\n# TYPE a_ms gauge\n",
    "# HELP aB x\n# TYPE aB gauge\n",
)


def check():
    """The control: what is none is refused."""
    read(HEAD + 'a_total{x="a\\"b"} 1e-06\n')
    for text in BAD:
        try:
            read(text)
        except (ValueError, KeyError):
            continue
        raise AssertionError("taken: %r" % text)
