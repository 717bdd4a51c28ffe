#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the bridge costs, measured on this machine: ./run bench

Latency stands beside its floor (the same publish at a bare subscriber), CPU beside
the machine's own measure of it; absolute figures of a shared machine mean little.
"""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import cost

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("GLOW_BIN", ROOT / "build/release/bin")).resolve()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def publish(port, text, topic="glow/node/bench/set"):
    subprocess.run(["mosquitto_pub", "-p", str(port), "-t", topic, "-m", text], check=True)


def switches(pid):
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text(), re.M)[1])
    return total


def memory_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {k: int(re.search(rf"^{k}:\s+(\d+)", text, re.M)[1]) for k in ("RssAnon", "VmRSS", "VmHWM")}


def frames(path):
    return sum(1 for _ in open(path, "rb"))


def measure(pid, path, seconds):
    start, cpu, wake, count = time.monotonic(), cost.cpu_s(pid), switches(pid), frames(path)
    time.sleep(seconds)
    took = time.monotonic() - start
    return {"cpu_percent": round(100 * (cost.cpu_s(pid) - cpu) / took, 2), "wakeups_per_s": round((switches(pid) - wake) / took, 2),
            "frames_per_s": round((frames(path) - count) / took, 2)}


def syscalls(pid, path, seconds):
    count = frames(path)
    strace = subprocess.Popen(["strace", "-c", "-f", "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    strace.send_signal(signal.SIGINT)
    table = strace.communicate()[1]
    shown = max(1, frames(path) - count)
    calls = cost.calls(table)
    return {"frames": shown, "per_frame": {k: round(v / shown, 2) for k, v in calls.items() if v / shown >= 0.05}}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        port, out = free_port(), f"{folder}/frames.jsonl"
        conf = pathlib.Path(folder, "mosquitto.conf")
        conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_dest none\n")
        path = os.environ["PATH"] + ":/usr/sbin"
        broker = subprocess.Popen(["mosquitto", "-c", str(conf)], env={**os.environ, "PATH": path})
        bridge = None
        try:
            time.sleep(0.3)
            bridge = subprocess.Popen([BIN / "glow-bridge", "--broker", f"mqtt://127.0.0.1:{port}", "--node", "bench",
                                       "--board", "virtual", "--virtual-out", out, "--log-level", "error"],
                                      env={k: v for k, v in os.environ.items() if not k.startswith("GLOW_")})
            time.sleep(1)
            result["latency"] = [json.loads(subprocess.run(
                [BIN / "bench_latency", str(port), "glow/node/bench/set", out, str(count), str(qos)],
                check=True, capture_output=True, text=True).stdout) for qos in (0, 1) if not open(out, "w").close()]
            publish(port, "red")
            time.sleep(1)
            result["still"] = measure(bridge.pid, out, 30)
            publish(port, "rainbow")
            time.sleep(1)
            result["rainbow"] = measure(bridge.pid, out, 20)
            result["syscalls"] = syscalls(bridge.pid, out, 5)
            result["memory_kib"] = memory_kib(bridge.pid)
        finally:
            for process in (bridge, broker):
                if process:
                    process.terminate()
                    process.wait()
    for row in result["latency"]:
        ratio = row["frame"]["p99_us"] / row["floor"]["p99_us"]
        print(f"latency QoS {row['qos']}: frame p50 {row['frame']['p50_us']} p99 {row['frame']['p99_us']} max "
              f"{row['frame']['max_us']} us; bare subscriber p50 {row['floor']['p50_us']} p99 {row['floor']['p99_us']} max "
              f"{row['floor']['max_us']} us; p99 ratio {ratio:.2f} ({row['frame']['n']} of {count})")
    for name in ("rainbow", "still"):
        r = result[name]
        print(f"{name}: {r['cpu_percent']} % of a core, {r['frames_per_s']} frames/s, {r['wakeups_per_s']} wake-ups/s")
    print(f"system calls a frame: {result['syscalls']['per_frame']} over {result['syscalls']['frames']} frames")
    print("memory: " + ", ".join(f"{k} {v} KiB" for k, v in result["memory_kib"].items()))


if __name__ == "__main__":
    main()
