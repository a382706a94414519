"""Sink `ndjson`: documents appended to a file, one JSON object a line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sentinel.config import SinkSettings, Size
from sentinel.documents import as_json
from sentinel.sinks.contract import Document, SinkUnavailable

END = 65_536
"""Bytes looked at from the end of a file for the last whole line, at a time."""


class Settings(SinkSettings):
    """[sinks.<name>] with type = "ndjson"."""

    path: str
    """The file; its folder must exist."""
    max_bytes: Size = 0
    """Size at which it is put aside as `<name>.1`, `<name>.2` … and a new one begun. 0: never."""


def open_sink(settings: Settings) -> NdjsonSink:
    """The sink of these settings."""
    return NdjsonSink(Path(settings.path), settings.max_bytes)


class NdjsonSink:
    """Appends whole lines only: what a crash or a full disk cut off is taken back, and comes again."""

    def __init__(self, path: Path, max_bytes: int = 0) -> None:
        self._path = path
        self._max = max_bytes
        self._handle = -1
        self._safe = 0

    def write(self, documents: Sequence[Document]) -> None:
        """Appends one line a document."""
        data = "".join(as_json(document) + "\n" for document in documents).encode("utf-8", "replace")
        try:
            self._open()
            view = memoryview(data)
            while view:
                view = view[os.write(self._handle, view) :]
        except OSError as error:
            raise self._fault(error) from error

    def flush(self) -> None:
        """Has the file on the disk."""
        if self._handle < 0:
            return
        try:
            os.fsync(self._handle)
            self._safe = os.fstat(self._handle).st_size
            if self._max and self._safe >= self._max:
                self._put_aside()
        except OSError as error:
            raise self._fault(error) from error

    def close(self) -> None:
        """Closes the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _open(self) -> None:
        if self._handle >= 0:
            return
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        size = os.fstat(self._handle).st_size
        self._safe = self._last_line_end(size)
        if self._safe < size:
            os.ftruncate(self._handle, self._safe)

    def _last_line_end(self, size: int) -> int:
        end = size
        while end > 0:
            start = max(0, end - END)
            found = os.pread(self._handle, end - start, start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
        return 0

    def _put_aside(self) -> None:
        self.close()
        number = 1
        while (aside := self._path.with_name(f"{self._path.name}.{number}")).exists():
            number += 1
        self._path.rename(aside)

    def _fault(self, error: OSError) -> SinkUnavailable:
        """Takes back what was not flushed, so that no half line stays."""
        if self._handle >= 0:
            with suppress(OSError):  # a line cut off is taken back when the file is opened again
                os.ftruncate(self._handle, self._safe)
            self.close()
        return SinkUnavailable(f"{self._path}: {error.strerror}")
