"""Documents of a kind that wait in memory to be written."""

from __future__ import annotations

import polars

from sentinel.sensor import filled

DOCUMENT = 256
"""Bytes that a document takes while it waits, if it holds no long text."""


class Buffer:
    """Frames in the order in which they came, without columns that hold nothing."""

    def __init__(self) -> None:
        self.frames: list[polars.DataFrame] = []
        self.weight = 0
        """Documents of the usual size: what holds long texts counts for several."""

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def height(self) -> int:
        """Documents."""
        return sum(frame.height for frame in self.frames)

    def add(self, frame: polars.DataFrame) -> None:
        """One frame more."""
        held = filled(frame)
        self.frames.append(held)
        self.weight += _weight(held)

    def cut(self, frames: int) -> None:
        """Keeps the first so many frames."""
        del self.frames[frames:]
        self.weight = sum(map(_weight, self.frames))

    def clear(self) -> None:
        """Keeps none."""
        self.cut(0)


def _weight(frame: polars.DataFrame) -> int:
    return max(frame.height, int(frame.estimated_size()) // DOCUMENT)
