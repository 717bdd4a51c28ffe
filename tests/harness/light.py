# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""Light by the arithmetic of docs/PROTOCOL.md and docs/hardware.md, worked out anew: what a colour or level at a
brightness is, in linear light, in the virtual board's file and on a wire."""

LINEAR_MAX = 65535
LIT_STEPS = 31 * 255  # of an APA102 at brightness 1
FINER = 8


def linear(level):
    """An sRGB channel as linear light, IEC 61966-2-1."""
    v = level / 255
    return round(LINEAR_MAX * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4))


def dimmed(level, *brightness):
    """Its light at a brightness, or one upon the other."""
    light = linear(level)
    for factor in map(linear, brightness):
        light = max((2 * light * factor + LINEAR_MAX) // (2 * LINEAR_MAX), 1 if light and factor else 0)
    return light


def srgb(light):
    """The nearest sRGB level, between two of which light is even."""
    below = max(k for k in range(256) if linear(k) <= light)
    gap = linear(below + 1) - linear(below) if below < 255 else 1
    return (256 * below + (2 * 256 * (light - linear(below)) + gap) // (2 * gap) + 128) >> 8


def seen(lights):
    """Of a pixel's channels, or a board's levels, what the virtual board's file says; what is lit is not black."""
    levels = [srgb(light) for light in lights]
    return levels if any(levels) else [1 if light and light == max(lights) else 0 for light in lights]


def shown(color, *brightness):
    """"rrggbb" at a brightness as the virtual board's file has it."""
    return bytes(seen([dimmed(v, *brightness) for v in bytes.fromhex(color)])).hex()


def level(light, top, step):
    """In steps of which LIT_STEPS/step are all light: to the nearest, but from a third on."""
    exact = light * LIT_STEPS / LINEAR_MAX / step
    return int(exact + 0.5) or (1 if light and (exact >= 1 / 3 or light == top) else 0)


def apa102(lights):
    """(brightness, red, green, blue) on the wire for a pixel's light."""
    top = max(lights)
    if top == 0:
        return 0, 0, 0, 0
    least = next(b for b in range(1, 32) if top * LIT_STEPS / LINEAR_MAX / b < 255.5)
    if set(lights) <= {0, top}:
        wanted = top * LIT_STEPS / LINEAR_MAX
        tried = range(least, min(least + FINER, 31) + 1)
        good = [b for b in tried if abs(b * level(top, top, b) - wanted) <= 0.5]
        least = good[0] if good else min(tried, key=lambda b: abs(b * level(top, top, b) - wanted))
    return (least, *(level(light, top, least) for light in lights))


def sn3218(lights):
    """The levels 0..255 of a PiGlow's LEDs."""
    least = min(max(lights), 257)
    return [(light + 128) // 257 or (1 if light and 3 * light >= least else 0) for light in lights]
