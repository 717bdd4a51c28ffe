# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Series over time as an SVG: panels small enough for a page, in light and in dark.

A panel is a dict: `title`, `figures` (a line of text), `span_s`, `scale` (a Scale), `events` ([(second, word)]),
`bands` and `lines`, each a list of (class in STYLE, [(second, value)]). A band shows median to worst of each half
second (or `bucket_s`; more in a long case).
"""

import html
import math

import skew

WIDTH, HEIGHT = 420, 150
LEFT, TOP, RIGHT, BOTTOM = 46, 34, 8, 22
GAP, HEAD, FOOT = 14, 64, 10
BUCKET_S, BUCKETS_MOST = 0.5, 240
STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 7200)

STYLE = """
text{font:11px system-ui,sans-serif;fill:#57606a}
.title{font-weight:600;font-size:12.5px;fill:#1f2328}.head{font-weight:600;font-size:15px;fill:#1f2328}
.grid{stroke:#8c959f;stroke-opacity:.25}.goal{stroke:#cf222e;stroke-dasharray:4 3}
.event{stroke:#8250df;stroke-dasharray:2 2}.word{fill:#8250df}.goalword{fill:#cf222e}
.thin{fill:none;stroke:#0969da;stroke-width:.8;stroke-opacity:.7}
.frames{fill:#0969da;fill-opacity:.45;stroke:#0969da;stroke-width:.6}
.floor{fill:#8c959f;fill-opacity:.5;stroke:#8c959f;stroke-width:.4}
.clocks{fill:none;stroke:#1a7f37;stroke-width:1.6}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}.title,.head{fill:#f0f6fc}.goal{stroke:#ff7b72}.goalword{fill:#ff7b72}
.event{stroke:#d2a8ff}.word{fill:#d2a8ff}.frames{fill:#58a6ff;stroke:#58a6ff}.clocks{stroke:#3fb950}
.floor{fill:#8b949e;stroke:#8b949e}}
"""


def text(x, y, words, cls="", anchor="start"):
    return '<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>' % (x, y, cls, anchor, html.escape(words))


def line(x1, y1, x2, y2, cls):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>' % (x1, y1, x2, y2, cls)


class Scale:
    """The values' axis, logarithmic unless `linear`: least, most, and what is written where; a red line at `goal`."""

    def __init__(self, least, most, ticks, goal=None, linear=False):
        self.least, self.most, self.ticks, self.goal, self.linear = least, most, ticks, goal, linear

    def part(self, value):
        """Where a value is, from 0 to 1."""
        value = min(self.most, max(self.least, value))
        if self.linear:
            return (value - self.least) / (self.most - self.least)
        return math.log(value / self.least) / math.log(self.most / self.least)


MICROSECONDS = Scale(1, 30000, ((1, "1 µs"), (10, "10"), (100, "100"), (1000, "1 ms"), (10000, "10")), goal=1000)


class Panel:
    def __init__(self, panel, x, y):
        self.panel = panel
        self.x0, self.x1 = x + LEFT, x + WIDTH - RIGHT
        self.y0, self.y1 = y + TOP, y + HEIGHT - BOTTOM
        self.left = x

    def x(self, second):
        return self.x0 + (self.x1 - self.x0) * min(1, max(0, second / self.panel["span_s"]))

    def y(self, value):
        return self.y1 - (self.y1 - self.y0) * self.panel["scale"].part(value)

    def band(self, points, cls):
        """Median to worst of each bucket; a bucket without frames parts the band."""
        buckets, bucket_s = {}, max(self.panel.get("bucket_s", BUCKET_S), self.panel["span_s"] / BUCKETS_MOST)
        for second, value in points:
            buckets.setdefault(int(second / bucket_s), []).append(value)
        parts, before = [], None
        for k in sorted(buckets):
            if before is None or k > before + 1:
                parts.append([])
            parts[-1].append(((k + 0.5) * bucket_s, skew.percentile(buckets[k], 50), max(buckets[k])))
            before = k
        return ['<polygon class="%s" points="%s"/>' % (cls, " ".join(
            ["%.1f,%.1f" % (self.x(s), self.y(worst)) for s, _, worst in part] +
            ["%.1f,%.1f" % (self.x(s), self.y(median)) for s, median, _ in reversed(part)])) for part in parts]

    def line(self, points, cls):
        return ['<polyline class="%s" points="%s"/>' % (
            cls, " ".join("%.1f,%.1f" % (self.x(s), self.y(value)) for s, value in points))]

    def axes(self):
        ticks = self.panel["scale"].ticks
        out = [line(self.x0, self.y(value), self.x1, self.y(value), "grid") for value, _ in ticks]
        out += [text(self.x0 - 5, self.y(value) + 4, word, anchor="end") for value, word in ticks]
        span_s = self.panel["span_s"]
        step = next((s for s in STEPS_S if span_s / s <= 8), STEPS_S[-1])
        unit_s, unit = (60, "min") if step > 300 else (1, "s")
        for second in range(0, int(span_s) + 1, step):
            out.append(text(self.x(second), self.y1 + 14, "%d %s" % (second // unit_s, unit), anchor="middle"))
        return out

    def draw(self):
        p = self.panel
        out = [text(self.left + LEFT, self.y0 - 19, p["title"], "title"),
               text(self.left + LEFT, self.y0 - 6, p["figures"])]
        out += self.axes()
        for cls, points in p["bands"]:
            out += self.band(points, cls)
        for cls, points in p["lines"]:
            out += self.line(points, cls)
        if p["scale"].goal is not None:
            out.append(line(self.x0, self.y(p["scale"].goal), self.x1, self.y(p["scale"].goal), "goal"))
        for second, word in p["events"]:
            out.append(line(self.x(second), self.y0, self.x(second), self.y1, "event"))
            out.append(text(self.x(second) + 3, self.y0 + 9, word, "word"))
        return out


SKEW_LEGEND = (("frames", "frames of one slot, first to last node: median to worst"), ("clocks", "clocks alone"),
               ("floor", "bare timers of this machine"), ("goal", "goal for 99 % of frames"))
DRAWN_AS_LINES = ("clocks", "goal")


def _legend(legend, y):
    out, x = [], LEFT
    for cls, word in legend:
        if cls in DRAWN_AS_LINES:
            out.append(line(x, y - 4, x + 16, y - 4, cls))
        else:
            out.append('<rect x="%.1f" y="%.1f" width="16" height="8" class="%s"/>' % (x, y - 8, cls))
        out.append(text(x + 21, y, word, "goalword" if cls == "goal" else ""))
        x += 36 + 5.7 * len(word)
    return out


def head(title, width, height, more_style=""):
    """The picture's beginning; it ends with </svg>."""
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">'
            "<title>%s</title><style>%s%s</style>" % (width, height, width, height, html.escape(title), STYLE, more_style))


def svg(title, panels, legend=SKEW_LEGEND):
    columns = 2 if len(panels) > 1 else 1
    rows = -(-len(panels) // columns)
    width = max(860, columns * (WIDTH + GAP))
    height = HEAD + rows * (HEIGHT + GAP) + FOOT
    out = [head(title, width, height), text(LEFT, 22, title, "head")] + _legend(legend, 44)
    for k, panel in enumerate(panels):
        out += Panel(panel, (k % columns) * (WIDTH + GAP), HEAD + (k // columns) * (HEIGHT + GAP)).draw()
    return "\n".join(out + ["</svg>", ""])
