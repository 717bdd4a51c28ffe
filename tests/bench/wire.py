#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a Blinkt! frame costs over the sysfs road: ./run bench-wire

Counted on a virtual GPIO tree, beside the least that the protocol allows (two edges
for each of 324 clocks, and one for each change of the data line) and beside a writer
that opens, writes and closes for each level. Also how late the last clock of a frame
is after its slot. Times are those of the tree, not of a Pi; counts are the same there.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
BIN = os.path.abspath(os.environ.pop("GLOW_BIN"))
os.environ["GLOW_BIN"] = os.path.join(BIN, "glow-bridge")
import cost
import glow
import vgpio

FPS = 10


def data_changes(pixels):
    """Changes of the data line in a frame, from and to its idle low."""
    bits = [0] * 32
    for r, g, b, brightness in pixels:
        word = (0xE0 | brightness) << 24 | b << 16 | g << 8 | r
        bits += [word >> k & 1 for k in range(31, -1, -1)]
    bits += [0] * 37
    return sum(a != b for a, b in zip(bits, bits[1:]))


def bridge_figures(home, broker):
    with vgpio.Pi(home) as pi:
        bridge = glow.Bridge(home, broker.uri, "--gpio", "sysfs", "--sysfs", pi.sys, "--fps", str(FPS),
                             "--idle", "rainbow", board="blinkt").wait_connected()
        time.sleep(2)
        first, cpu = len(pi.shown.look()), cost.cpu_s(bridge.process.pid)
        time.sleep(10)
        shown = pi.shown.look()[first:]
        cpu_ms = (cost.cpu_s(bridge.process.pid) - cpu) * 1000 / len(shown)
        offset_ns = time.time_ns() - time.monotonic_ns()
        late = sorted(((f.mono_ns + offset_ns) // 1000 + 50000) % (1000000 // FPS) - 50000 for f in shown)
        first = len(pi.shown.look())
        strace = subprocess.Popen(["strace", "-c", "-p", str(bridge.process.pid)], stderr=subprocess.PIPE, text=True)
        time.sleep(8)
        strace.send_signal(signal.SIGINT)
        calls = cost.calls(strace.communicate()[1])
        traced = pi.shown.look()[first:]
        bridge.close()
    return {"frames": len(traced), "writes": calls["write"] / len(traced), "all": sum(calls.values()) / len(traced),
            "least": sum(648 + data_changes(f.pixels) for f in traced) / len(traced), "cpu_ms": cpu_ms, "late": late}


def naive_figures(home, frames=40):
    with vgpio.Pi(home) as pi:
        argv = [os.path.join(BIN, "bench_naive_sysfs"), pi.sys, "535", "536", str(frames)]
        before = os.times()
        subprocess.run(argv, check=True)
        after = os.times()
    cpu_ms = (after.children_user - before.children_user + after.children_system - before.children_system) * 1000
    with vgpio.Pi(home) as pi:
        argv[1] = pi.sys
        calls = cost.calls(subprocess.run(["strace", "-c"] + argv, check=True, stderr=subprocess.PIPE, text=True).stderr)
    return {"all": sum(calls.values()) / frames, "cpu_ms": cpu_ms / frames}


def main():
    with tempfile.TemporaryDirectory() as home:
        broker = glow.Broker(home).start()
        try:
            ours, naive = bridge_figures(home, broker), naive_figures(home)
        finally:
            broker.stop()
    late = ours["late"]
    print("sysfs road, %d frames: %.0f writes a frame (%.0f system calls in all); the protocol's least is %.0f"
          % (ours["frames"], ours["writes"], ours["all"], ours["least"]))
    print("open-write-close: %.0f system calls a frame (%.1f times as many)" % (naive["all"], naive["all"] / ours["all"]))
    print("CPU a frame on this tree: %.2f ms, open-write-close %.2f ms" % (ours["cpu_ms"], naive["cpu_ms"]))
    print("last clock after its slot at %d fps: p10 %d us, p50 %d us, p90 %d us, p99 %d us (%d frames)"
          % (FPS, *(late[len(late) * p // 100] for p in (10, 50, 90, 99)), len(late)))


if __name__ == "__main__":
    main()
