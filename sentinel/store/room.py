"""Room on the disk: what is kept how long, and what is held in reserve for alerts."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sentinel.config import StoreSettings
from sentinel.store import outbox, parts, schema
from sentinel.store.parts import HOUR, Part

RESERVE_BYTES = 4 << 20
"""Given up when the disk is full, so that what was raised is kept all the same."""


def make_room(connection: sqlite3.Connection, folder: Path, settings: StoreSettings, line_time: int) -> list[str]:
    """Removes the oldest hours past age and size; alerts, assets and decisions never. What must be said of it."""
    kinds = [kind for (kind,) in connection.execute("SELECT DISTINCT kind FROM parts")]
    everything = sorted(
        (part for kind in kinds for part in parts.parts_of(connection, kind)), key=lambda part: part.hour
    )
    used = sum(part.bytes for part in everything)
    oldest = (line_time - settings.max_age) // HOUR if settings.max_age else None
    going: list[Part] = []
    for part in everything:
        old = oldest is not None and part.hour < oldest
        begun = bool(going) and part.hour == going[-1].hour
        if not old and not begun and used <= settings.max_bytes:
            break
        going.append(part)
        used -= part.bytes
    if not going:
        return []
    unsent = outbox.undelivered(connection, going)
    with schema.transaction(connection):
        parts.unregister(connection, going)
        schema.add(connection, "documents_removed", sum(part.rows for part in going))
        schema.add(connection, "documents_removed_unsent", unsent)
    parts.remove(folder, going)
    if not unsent:
        return []
    return [f"{unsent} documents were removed for room before every sink had them"]


def keep_reserve(folder: Path) -> None:
    """Sets room aside, if there is any."""
    path = folder / "reserve"
    if path.exists() and path.stat().st_size == RESERVE_BYTES:
        return
    try:
        with open(path, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
    except OSError:  # a disk that is full or cannot set room aside: then there is none
        path.unlink(missing_ok=True)


def give_up_reserve(folder: Path) -> bool:
    """Frees it. False if there was none."""
    try:
        (folder / "reserve").unlink()
    except OSError:
        return False
    return True
