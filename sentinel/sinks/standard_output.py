"""Sink `stdout`: documents on standard output, one JSON object a line, for pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sentinel.config import SinkSettings
from sentinel.documents import as_json
from sentinel.sinks.contract import Document, SinkUnavailable


class Settings(SinkSettings):
    """[sinks.<name>] with type = "stdout"."""


def open_sink(settings: Settings) -> StandardOutputSink:
    """The sink of these settings."""
    return StandardOutputSink()


class StandardOutputSink:
    """Writes whole documents; a reader that went away is unavailable, not our fault."""

    def write(self, documents: Sequence[Document]) -> None:
        """Writes one line a document."""
        try:
            sys.stdout.write("".join(as_json(document) + "\n" for document in documents))
        except (OSError, ValueError) as error:
            raise _fault(error) from error

    def flush(self) -> None:
        """Hands everything to whoever reads."""
        try:
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            raise _fault(error) from error

    def close(self) -> None:
        """Standard output is not ours to close."""


def _fault(error: Exception) -> SinkUnavailable:
    if isinstance(error, BrokenPipeError):
        # Python would complain once more at exit about what it could not write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SinkUnavailable("standard output: whoever reads it has gone")
    return SinkUnavailable(f"standard output: {getattr(error, 'strerror', None) or error}")
