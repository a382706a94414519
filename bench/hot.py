"""What is hot in `sentinel run`: native functions by perf, Python functions by cProfile."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.contenders import RUN
from bench.measure import on_path

PYTHON = """
import cProfile, pstats, sys
from sentinel.cli import main
profile = cProfile.Profile()
try:
    profile.runcall(main)
except SystemExit:
    pass
statistics = pstats.Stats(profile, stream=sys.stderr)
for order in ("tottime", "cumtime"):
    statistics.sort_stats(order).print_stats(50)
"""
WIDTH = 160


def profile(capture: Path) -> str:
    """Two runs, each under one profiler; tables of both."""
    capture = capture.resolve()
    with tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder:
        work = Path(folder)
        parts = [_native(capture, work) if on_path("perf") else "perf is not installed: no native functions\n"]
        parts.append("\nPython functions (the profiler makes calls dearer: shares only)\n" + _python(capture, work))
    return "\n".join(line.rstrip()[:WIDTH] for part in parts for line in part.splitlines()) + "\n"


def _native(capture: Path, work: Path) -> str:
    data = work / "perf.data"
    record = ["perf", "record", "-e", "cpu-clock", "-F", "999", "-o", str(data), "--", *RUN.command(capture, work)]
    subprocess.run(record, check=True, capture_output=True)
    text = ""
    for order in ("dso", "dso,symbol"):
        report = ["perf", "report", "-i", str(data), "--sort", order, "--stdio"]
        told = subprocess.run(report, check=True, capture_output=True, text=True).stdout
        lines = [re.sub(r"(\s+-)+\s*$", "", line) for line in told.splitlines() if line.strip() and line[0] != "#"]
        text += f"\nNative, by {order}\n" + "\n".join(lines[:60]) + "\n"
    return text


def _python(capture: Path, work: Path) -> str:
    command = [sys.executable, "-c", PYTHON, "run", "-r", str(capture), "--state", str(work / "profiled")]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=work).stderr
