# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How far apart nodes show the frame of one slot.

A node is a list of frames, each with its slot `t_us` (cluster time), the instant
`host_ns` at which it was shown, by the one clock of the machine that all nodes run
on, and its `lights`. The skew of a slot is the last node's instant minus the first's:
that of their clocks, and how late the kernel ran each.

A node's clock is a list of readings (host, cluster): the cluster time that it believed
in at an instant of the host, both in nanoseconds. Its probes tell these.
"""

import bisect

STEP_WINDOW_US = 250000


def percentile(values, percent):
    """The value below which `percent` of the values lie; None of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else None


def slots(nodes):
    """Slots that every node has shown: t_us -> the frame of each node, in the nodes' order."""
    shown = [{f.t_us: f for f in frames} for frames in nodes]
    common = set(shown[0]).intersection(*shown[1:])
    return {t_us: [frames[t_us] for frames in shown] for t_us in sorted(common)}


def late_us(frame):
    """Against a clock with any zero, but the same for all nodes."""
    return frame.host_ns / 1000 - frame.t_us


def spread(values):
    return max(values) - min(values)


def skew(nodes):
    """t_us -> skew in microseconds."""
    return {t_us: spread([late_us(f) for f in frames]) for t_us, frames in slots(nodes).items()}


def _error_at(readings, host_ns):
    """Cluster minus host time, between the two nearest readings; None beyond the first and the last."""
    if len(readings) < 2 or not readings[0][0] <= host_ns <= readings[-1][0]:
        return None
    after = max(1, bisect.bisect_left(readings, (host_ns,)))
    (host_a, s_a), (host_b, s_b) = readings[after - 1:after + 1]
    a, b = s_a - host_a, s_b - host_b
    return a + (b - a) * (host_ns - host_a) // max(1, host_b - host_a)


def skew_of_clocks(clocks, instants):
    """host_ns -> skew in microseconds of those that can be told then, where at least two can."""
    skews = {}
    for host_ns in instants:
        errors = [e for e in (_error_at(readings, host_ns) for readings in clocks) if e is not None]
        if len(errors) > 1:
            skews[host_ns] = spread(errors) / 1000
    return skews


def largest_step_us(nodes):
    """The most by which any node's animation jumped: between neighbouring quarters of
    a second, of the median lateness. A pause of frames counts with what it ended in."""
    largest = 0
    for frames in nodes:
        windows = {}
        for f in frames:
            windows.setdefault(f.t_us // STEP_WINDOW_US, []).append(late_us(f))
        medians = [percentile(late, 50) for _, late in sorted(windows.items())]
        largest = max([largest] + [abs(b - a) for a, b in zip(medians, medians[1:])])
    return largest


def strip(frames):
    """What the nodes show at one slot, end to end."""
    return [light for f in frames for light in f.lights]
