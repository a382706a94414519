"""Captures that a state holds: what they were, and what of them was read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

Taken = tuple[int, int | None, int | None]
"""Packets passed, and the time from which and to which they were read (ns as the file says it; None: no bound)."""


class KeptFile(NamedTuple):
    """A capture as it was when it was read; it may have grown since."""

    sha256: str
    """Of its first `bytes` bytes; of all, if the state is older than the column `bytes`."""
    path: str
    packets: int
    bytes: int | None = None
    head: str | None = None
    """SHA-256 of its first bytes, to find it among others without reading it."""
    taken: tuple[Taken, ...] = ()
    """Empty: all of it."""


def save(connection: sqlite3.Connection, files: Iterable[tuple[object, ...]], now: int) -> None:
    """Keeps files. Call within a transaction."""
    rows = [KeptFile(*one) for one in files]  # type: ignore[arg-type]
    connection.executemany(
        "INSERT OR REPLACE INTO files (sha256, path, packets, added, bytes, head, taken) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(one.sha256, one.path, one.packets, now, one.bytes, one.head, json.dumps(one.taken)) for one in rows],
    )


def read(connection: sqlite3.Connection) -> list[KeptFile]:
    """All of them, oldest first."""
    rows = connection.execute("SELECT sha256, path, packets, bytes, head, taken FROM files ORDER BY added, path")
    return [
        KeptFile(sha256, path, packets, size, head, tuple(tuple(one) for one in json.loads(taken or "[]")))
        for sha256, path, packets, size, head, taken in rows
    ]
