"""How far reading has come: one line on standard error that replaces itself, if that is a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from sentinel.cli.text import number, span

if TYPE_CHECKING:
    from sentinel.sensor import Sensor

WORTH = 10_000_000
"""Bytes from which on a person would wait."""
EVERY = 0.2
"""Seconds between two lines."""


class Shown:
    """Told after each batch."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._began = self._last = time.monotonic()
        self._total = self._files = self._passed = -1
        self._width = 0

    def tell(self, sensor: Sensor) -> None:
        """Writes the line anew, if it is time."""
        now = time.monotonic()
        if not self._live or now - self._last < EVERY:
            return
        if self._total < 0:
            files = sensor.counters()["files"]
            self._files = len(files)
            self._total = sum(file["size"] or 0 for file in files if file["disk_bytes"] or not file["ended"])
            self._live = self._total > WORTH or any(file["size"] is None for file in files)
        self._last = now
        if self._live:
            self._write(line_of(sensor.progress(), self._files, self._total, now - self._began))

    def clear(self) -> None:
        """Leaves nothing behind."""
        if self._width:
            self._write("")

    def _write(self, line: str) -> None:
        sys.stderr.write(f"\r{line:<{self._width}}" if line else f"\r{' ' * self._width}\r")
        sys.stderr.flush()
        self._width = max(self._width, len(line))


def line_of(progress: tuple[int, int, int, int], files: int, total: int, seconds: float) -> str:
    """`file 12 of 340, 37 %, 1,234,567 packets, 812,000 a second, 2 min left`."""
    packets, _, ended, done = progress
    parts = [f"file {number(min(ended + 1, files))} of {number(files)}"] if files > 1 else []
    if total:
        parts.append(f"{min(100 * done // total, 100)} %")
    parts.append(f"{number(packets)} packets")
    if seconds > 0:
        rate = round(packets / seconds)
        parts.append(f"{number(rate - rate % 1000 if rate > 10_000 else rate)} a second")
    if total and 0 < done < total and seconds > 1:
        parts.append(f"{span(int((total - done) / done * seconds * 1e9))} left")
    return ", ".join(parts)
