"""How long the store takes for a batch: every commit of a replay, cut into batches as small as live ones.

    python -m bench.commits CAPTURE

Prints a line of JSON: for both ways a number of commits, and ms of the median, the 99th of a hundred, the longest.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.frames import packets
from sentinel.config import Config, LimitSettings
from sentinel.pipeline import replay
from sentinel.store import Store

LIVE = 0.2
"""Seconds after which a live batch ends."""


def live_batch(capture: Path) -> int:
    """Packets of a live batch, at the mean rate of this capture."""
    count, first, last = 0, 0, 0
    for when, _ in packets(capture):
        first = first or when
        last, count = when, count + 1
    return max(1, round(count / max(1, last - first) * 1_000_000 * LIVE))


def commits(capture: Path, batch: int, *, each_on_disk: bool) -> dict[str, float]:
    """Replays with the store under a stop watch.

    Args:
        capture: What is replayed.
        batch: Packets of a batch.
        each_on_disk: Every commit writes all it has; else as in a run: at once with alerts, else after a second or a
            minute of line time.
    """
    took: list[float] = []
    plain = Store.commit

    def timed(self: Store, **given: Any) -> None:
        began = time.perf_counter()
        plain(self, **given)
        if each_on_disk:
            self.flush()
        took.append(time.perf_counter() - began)

    config = Config(limits=LimitSettings(batch_packets=batch))
    with tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = folder  # the place of the reader's last state stays as it is
        Store.commit = timed  # type: ignore[method-assign]
        try:
            replay([capture], config=config, state=Path(folder, "state"))
        finally:
            Store.commit = plain  # type: ignore[method-assign]
    took.sort()
    marks = {"median": took[len(took) // 2], "p99": took[min(len(took) - 1, len(took) * 99 // 100)], "most": took[-1]}
    return {"commits": len(took)} | {name: round(value * 1000, 3) for name, value in marks.items()}


def main(capture: Path) -> dict[str, Any]:
    """Both ways."""
    batch = live_batch(capture)
    ways = {"run": False, "disk": True}
    return {"batch": batch} | {name: commits(capture, batch, each_on_disk=way) for name, way in ways.items()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
