"""Recording a real stack: a network namespace of its own, its loopback as a plain wire of 1,500 bytes, and tcpdump on it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench.frames import PORT

ROOT = Path(__file__).parent.parent
WIRE = (
    "ip link set lo up; ip link set lo mtu 1500; ethtool -K lo tso off gso off gro off tx off >/dev/null 2>&1 || true"
)
NEEDED = ("unshare", "ip", "tcpdump", "ethtool")
KINDS = {  # kind -> the program that is recorded, its server port
    "plant": ("bench.plant", PORT),
    "stress": ("bench.plant", PORT),
    "opcua": ("bench.opcua_plant", 4840),
}


class CannotRecord(Exception):
    """Something that recording needs is not there."""


def record(out: Path, seconds: float, kind: str) -> str:
    """Records the plant. Returns what the plant says it did.

    Args:
        out: The capture to write.
        seconds: How long.
        kind: A key of `KINDS`.

    Raises:
        CannotRecord: A tool or the right to make namespaces is missing, or packets were lost.
    """
    if missing := [tool for tool in NEEDED if shutil.which(tool) is None]:
        raise CannotRecord(f"recording needs {', '.join(missing)}")
    partial = out.with_suffix(".partial")
    # Without root, a user namespace gives the right to a network of one's own.
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--user", "--map-root-user"]
    inside = [sys.executable, "-m", "bench.record", str(partial), str(seconds), kind]
    done = subprocess.run(
        [*unshare, *inside], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()
        raise CannotRecord(f"recording failed: {last[-1] if last else done.returncode}")
    partial.rename(out)
    return done.stdout.strip()


def _inside(out: str, seconds: str, kind: str) -> int:
    program, port = KINDS[kind]
    subprocess.run(["bash", "-c", WIRE], check=True)
    line = ["tcpdump", "-i", "lo", "-s", "0", "-B", "65536", "-Z", "root", "-w", out, f"tcp port {port}"]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as tcpdump:
        try:
            time.sleep(1)
            plant = subprocess.run([sys.executable, "-m", program, seconds, kind], check=False)
            time.sleep(1)
        finally:
            tcpdump.send_signal(signal.SIGINT)
            assert tcpdump.stderr is not None
            said = tcpdump.stderr.read()
    if "\n0 packets dropped by kernel" not in said:
        print(f"tcpdump: {said.splitlines()[-1] if said else 'nothing'}", file=sys.stderr)
        return 1
    return plant.returncode


if __name__ == "__main__":
    sys.exit(_inside(*sys.argv[1:]))
