"""What the store is given of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import polars

FRAMES = ("events", "summaries", "weirds", "connections")


class Frames(Protocol):
    """Documents of a batch: columns are fields, besides `sequence` and `time`."""

    events: polars.DataFrame
    summaries: polars.DataFrame
    weirds: polars.DataFrame
    connections: polars.DataFrame


class Tables(Protocol):
    """A batch of the border: the store takes its points, readings and evictions."""

    @property
    def tables(self) -> Mapping[str, polars.DataFrame]:
        """By name; those without rows may be left out."""
