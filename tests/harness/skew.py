# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""How far apart nodes show the frame of one slot.

A node is a list of frames, each with its slot `t_us` (cluster time), the instant
`host_ns` at which it was shown, by the one clock of the machine that all nodes run
on, and its `lights`. The skew of a slot is the last node's instant minus the first's.

Kernels wake processes late, never early. So of a node's latenesses in a second the
least is that of its clock, and what else the skew of single frames has in it is the
machine's; skew_of_clocks() tells these apart.
"""

CLOCK_WINDOW_US = 1000000
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


def _windows(frames, length_us):
    windows = {}
    for f in frames:
        windows.setdefault(f.t_us // length_us, []).append(late_us(f))
    most = max(map(len, windows.values()), default=0)
    return {k: late for k, late in windows.items() if len(late) > most // 2}


def skew_of_clocks(nodes):
    """t_us of a second -> skew in microseconds, without the lateness of wake-ups."""
    least = [{k: min(late) for k, late in _windows(frames, CLOCK_WINDOW_US).items()} for frames in nodes]
    common = set(least[0]).intersection(*least[1:])
    return {k * CLOCK_WINDOW_US: spread([node[k] for node in least]) for k in sorted(common)}


def largest_step_us(nodes):
    """The most by which any node's animation jumped: between neighbouring quarters of
    a second, of the median lateness. A pause of frames counts with what it ended in."""
    largest = 0
    for frames in nodes:
        medians = [percentile(late, 50) for _, late in sorted(_windows(frames, STEP_WINDOW_US).items())]
        largest = max([largest] + [abs(b - a) for a, b in zip(medians, medians[1:])])
    return largest


def strip(frames):
    """What the nodes show at one slot, end to end."""
    return [light for f in frames for light in f.lights]
