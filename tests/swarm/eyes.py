# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""What the LEDs of the nodes showed, judged."""

FPS = 5          # a frame is some 730 requests to a virtual /sys, which two cores serve for three nodes
SLOT_NS = 10**9 // FPS
PERIOD_MS = 3000
SHIFT_NS = PERIOD_MS * 10**6 // 3  # by which the rainbow comes later to the next of three nodes
ONE_COLOR = 160                    # of 31 * 255: what rounding makes of a color, and a slot's turn does not
DARK = [(0, 0, 0, 0)] * 8
RED, LIME, BLUE = ([(*color, 31)] * 8 for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255)))


def is_dark(shown):
    return not any(p[3] and any(p[:3]) for p in shown.pixels)


def dark_times(frames, since_ns, now_ns):
    """[(from, to)] in which the LEDs were dark."""
    times = []
    for k, f in enumerate(frames):
        end = frames[k + 1].mono_ns if k + 1 < len(frames) else now_ns
        if is_dark(f) and end > since_ns:
            times.append((max(f.mono_ns, since_ns), end))
    return times


def meet(a, b):
    """Whether a time of one meets a time of the other."""
    return any(x0 < y1 and y0 < x1 for x0, x1 in a for y0, y1 in b)


def same_color(a, b):
    return all(abs(p[c] * p[3] - q[c] * q[3]) <= ONE_COLOR for p, q in zip(a.pixels, b.pixels) for c in range(3))


def along_the_strip(nodes, shift_ns, since_ns, now_ns):
    """How the first node's frames come to each other node, each by a shift later than to the one before: ([skew in
    us], frames that differ). Of at most four seconds, and only of what all had the time to show."""
    skews, differ = [], 0
    end = now_ns - (len(nodes) - 1) * shift_ns - SLOT_NS
    for f in nodes[0]:
        if not max(since_ns, end - 4 * 10**9) < f.mono_ns < end:
            continue
        for k, others in enumerate(nodes[1:], 1):
            due = f.mono_ns + k * shift_ns
            nearest = min(others, key=lambda g: abs(g.mono_ns - due), default=None)
            if nearest is None or abs(nearest.mono_ns - due) > SLOT_NS // 2 or not same_color(f, nearest):
                differ += 1
            else:
                skews.append(abs(nearest.mono_ns - due) / 1000)
    return skews, differ


def at_one_instant(nodes, pixels, due_ns):
    """By how much each node began to show these pixels, as it still does, before or after that instant, in us; None where
    one did in another slot's time, or does not."""
    off = [abs(frames[-1].mono_ns - due_ns) for frames in nodes if frames[-1].pixels == pixels]
    return [ns / 1000 for ns in off] if len(off) == len(nodes) and max(off) <= SLOT_NS // 2 else None


def test_of_the_eyes():
    """The controls: what these functions must not take for well."""

    class Frame:
        def __init__(self, ms, pixels):
            self.mono_ns, self.pixels = ms * 10**6, pixels

    a = dark_times([Frame(0, LIME), Frame(10, DARK), Frame(20, BLUE)], 0, 10**9)
    b = dark_times([Frame(0, LIME), Frame(19, DARK), Frame(30, BLUE)], 0, 10**9)
    c = dark_times([Frame(0, LIME), Frame(20, DARK), Frame(30, BLUE)], 0, 10**9)
    assert meet(a, b) and not meet(a, c), (a, b, c)
    two = [[Frame(0, LIME), Frame(ms, RED)] for ms in (990, 1010)]
    assert at_one_instant(two, RED, 10**9) == [10000, 10000]
    assert not at_one_instant(two, RED, 10**9 + SLOT_NS) and not at_one_instant(two, LIME, 0)
    turn = [[(255 * (k % 15 == j), 0, 0, 31) for j in range(8)] for k in range(60)]
    nodes = [[Frame(200 * k + 1000 * n, turn[k]) for k in range(60)] for n in range(3)]
    now_ns = 9 * 10**9
    assert along_the_strip(nodes, SHIFT_NS, 0, now_ns)[1] == 0
    assert along_the_strip(nodes, 0, 0, now_ns)[1] > 10
    assert along_the_strip([nodes[0], nodes[2], nodes[1]], SHIFT_NS, 0, now_ns)[1] > 10
    assert along_the_strip([nodes[0], nodes[1], nodes[2][:20]], SHIFT_NS, 0, now_ns)[1] > 10
