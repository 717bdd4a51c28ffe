# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The table and the figure of ./run bench, and the machine that they are of; for the terminal and for docs/PERFORMANCE.md."""

import datetime
import os
import platform
import re
import shutil
import subprocess

import plot
import skew

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MARKS = ("<!-- measured: ./run bench --docs -->", "<!-- until here -->")
COLUMNS = ("", "Glowswarm", "floor", "Python, paho", "C, open-write-close")
NOTHING = "–"


# ---- words ----

def number(value):
    """Three digits, and all of those before the point."""
    if isinstance(value, int) or abs(value) >= 99.95:
        return format(round(value), ",")
    return "%.1f" % value if abs(value) >= 9.995 else "%.2f" % value


def numbers(*values):
    return "/".join(map(number, values))


def p50_p99(values, scale=1):
    """Of less than a hundred values, the most takes the place of p99."""
    return numbers(*(skew.percentile(values, p) / scale for p in (50, 99)))


class Table:
    """Rows in groups, of which each says what its floor is. A cell is a figure's text, or why there is none."""

    def __init__(self):
        self.rows = []

    def group(self, title, floor=""):
        self.rows.append((title, "", floor, "", ""))

    def row(self, what, ours, floor=NOTHING, python=NOTHING, c=NOTHING):
        self.rows.append((what, ours, floor, python, c))

    def markdown(self):
        lines = ["| %s |" % " | ".join(COLUMNS), "|---|--:|--:|--:|--:|"]
        for what, *cells in self.rows:
            is_group = cells[0] == ""
            lines.append("| %s |" % " | ".join(["**%s**" % what if is_group else what] + ["*%s*" % c if is_group and c else c for c in cells]))
        return "\n".join(lines) + "\n"

    def terminal(self):
        rows = [COLUMNS] + self.rows
        widths = [max(len(row[k]) for row in rows) for k in range(len(COLUMNS))]
        return "".join("  ".join([row[0].ljust(widths[0])] + [text.rjust(width) for text, width in zip(row[1:], widths[1:])]).rstrip() + "\n"
                       for row in rows)


# ---- the machine ----

def said(*argv):
    """What a command says, however it ends; nothing where there is no such command."""
    try:
        return subprocess.run(argv, cwd=TOP, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _processor():
    with open("/proc/cpuinfo") as f:
        found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", f.read(), re.M)
    return "%d × %s" % (os.cpu_count(), found[1] if found else platform.machine())


def _system():
    with open("/etc/os-release") as f:
        return re.search(r'^PRETTY_NAME="?([^"\n]*)', f.read(), re.M)[1]


def commit():
    """With a word where the tree has changes beyond what this run writes."""
    changed = said("git", "status", "--porcelain", "--", ".", ":!docs/PERFORMANCE.md", ":!docs/performance.svg")
    return (said("git", "rev-parse", "--short=12", "HEAD") or "no commit") + (" and changes" if changed else "")


def machine(load_before, seconds):
    """Where, when and beside what; a list of words."""
    mosquitto = re.search(r"version ([\d.]+)", said("mosquitto", "-h"))
    paho = said("/usr/bin/python3", "-c", "import sys, paho.mqtt as p; print(sys.version.split()[0], 'with paho', p.__version__)")
    return ["commit %s" % commit(), "%s UTC" % datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M"), _processor(),
            "Linux %s" % platform.release(), _system(), "Mosquitto %s" % (mosquitto[1] if mosquitto else "?"),
            "Python %s" % paho if paho else "no paho for Python",
            "load %.2f before, %.2f after" % (load_before, os.getloadavg()[0]), "%d s in all" % seconds]


# ---- the figure ----

LEGEND = (("frames", "Glowswarm"), ("floor", "floor"), ("python", "Python, paho"), ("c", "C, open-write-close"))
WIDTH, ROW, LEFT, APART = 860, 14, 230, 5
MORE_STYLE = """
.python{fill:#bf8700;fill-opacity:.6;stroke:#bf8700;stroke-width:.6}.c{fill:#8250df;fill-opacity:.5;stroke:#8250df;stroke-width:.6}
@media (prefers-color-scheme:dark){.python{fill:#d29922;stroke:#d29922}.c{fill:#d2a8ff;stroke:#d2a8ff}}
"""


class Bars:
    """One panel: for each thing a bar for each who did it, from `least` or its median to its p99, on a logarithmic axis."""

    def __init__(self, title, least, most, ticks):
        self.title, self.scale, self.bars = title, plot.Scale(least, most, ticks), []

    def add(self, what, cls, word, low, high=None):
        """A single figure is a bar from the left; two are a bar from one to the other."""
        self.bars.append((what, cls, word, self.scale.least if high is None else low, low if high is None else high))

    def _bottom(self):
        return 22 + ROW * len(self.bars) + APART * len({what for what, *_ in self.bars})

    def height(self):
        return self._bottom() + 18

    def _x(self, value):
        return LEFT + (WIDTH - LEFT - 110) * self.scale.part(value)

    def draw(self, top):
        out = [plot.text(10, top + 12, self.title, "title")]
        bottom = top + self._bottom()
        for value, word in self.scale.ticks:
            out += [plot.line(self._x(value), top + 20, self._x(value), bottom, "grid"),
                    plot.text(self._x(value), bottom + 12, word, anchor="middle")]
        y, before = top + 22 - ROW, None
        for what, cls, word, low, high in self.bars:
            y += ROW + (APART if what != before else 0)
            x0, x1 = self._x(low), max(self._x(high), self._x(low) + 2)
            if what != before:
                out.append(plot.text(LEFT - 8, y + 11, what, anchor="end"))
            out += ['<rect x="%.1f" y="%.1f" width="%.1f" height="%d" class="%s"/>' % (x0, y + 2, x1 - x0, ROW - 4, cls),
                    plot.text(x1 + 5, y + 11, word)]
            before = what
        return out


def figure(panels):
    height = 60 + sum(p.height() + 14 for p in panels)
    out = [plot.head("What it costs, beside floor and peers", WIDTH, height, MORE_STYLE), plot.text(10, 22, "What it costs", "head")]
    x = 10
    for cls, word in LEGEND:
        out += ['<rect x="%.1f" y="34" width="16" height="8" class="%s"/>' % (x, cls), plot.text(x + 21, 42, word)]
        x += 40 + 6 * len(word)
    top = 60
    for panel in panels:
        out += panel.draw(top)
        top += panel.height() + 14
    return "\n".join(out + ["</svg>", ""])


# ---- where it goes ----

def page_part(words, table):
    return "%s.\n\n![Bars for each measurement, on logarithmic axes](performance.svg)\n\n%s" % (" · ".join(words), table.markdown())


def take_over(words, table, svg):
    """Into the documentation, between the page's two marks."""
    docs = os.path.join(TOP, "docs")
    page = os.path.join(docs, "PERFORMANCE.md")
    with open(page) as f:
        before, mark, rest = f.read().partition(MARKS[0])
    if not mark or MARKS[1] not in rest:
        raise AssertionError("%s has lost its marks %s" % (page, " and ".join(MARKS)))
    with open(page, "w") as f:
        f.write(before + mark + "\n" + page_part(words, table) + rest[rest.index(MARKS[1]):])
    with open(os.path.join(docs, "performance.svg"), "w") as f:
        f.write(svg)


# ---- images ----

IMAGES = ("bridge", "conductor", "tasks", "broker", "dashboard")


def images_mb():
    """Image -> megabytes, or why not."""
    if not shutil.which("docker") or not said("docker", "version", "--format", "{{.Server.Version}}"):
        return dict.fromkeys(IMAGES, "not measured: no engine")
    registry = os.environ.get("GLOW_REGISTRY", "glowswarm")
    sizes = {name: said("docker", "image", "inspect", "--format", "{{.Size}}", "%s/%s" % (registry, name)) for name in IMAGES}
    return {name: number(int(size) / 1e6) if size.isdigit() else "not measured: ./run images makes it" for name, size in sizes.items()}


def loaded_mb(program):
    """A program and the libraries that it loads."""
    libraries = re.findall(r"(/\S+) \(0x", said("ldd", program))
    return sum(os.path.getsize(os.path.realpath(path)) for path in [program, *libraries]) / 1e6


def packages_mb(*names):
    """What Debian's packages of these names take on a disk."""
    sizes = said("dpkg-query", "-W", "-f", "${Installed-Size}\n", *names).split()
    return number(sum(map(int, sizes)) * 1024 / 1e6) if sizes else NOTHING
