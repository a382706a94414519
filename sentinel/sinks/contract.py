"""What every sink keeps to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Document = dict[str, Any]
"""A document with flat names; times are ns since 1970, UTC."""


class SinkUnavailable(Exception):
    """Nothing was taken, or not for sure: the same documents are sent again later."""


class SinkRefused(Exception):
    """Some documents will never be taken; all others of this `write` were. They are set aside for good."""

    def __init__(self, reason: str, refused: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(reason)
        self.refused = tuple(refused)
        """Place in what was written, and why; empty: all of it."""


class Sink(Protocol):
    """Where documents go. A document may come twice (after a crash) and then has the same `event.id`.

    `write` may hold documents back; what `flush` returned for is safe, whatever happens to this process.
    Both raise SinkUnavailable or SinkRefused, nothing else that has to do with the other side.
    """

    def write(self, documents: Sequence[Document]) -> None:
        """Takes documents, in order."""

    def flush(self) -> None:
        """Makes what was written safe."""

    def close(self) -> None:
        """Ends; what was not flushed may be lost."""
