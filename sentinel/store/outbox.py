"""The store as an outbox: what a sink has not got yet, in order, behind a cursor that lasts."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars

from sentinel.store import events
from sentinel.store.faults import told
from sentinel.store.parts import Part, parts_of
from sentinel.store.schema import connect, transaction

STREAMS = ("alerts", "assets", "documents", "readings")
"""In order of urgency. Each has its own rising numbers."""

TABLES = {"alerts": "alert_revisions", "assets": "asset_documents"}
KINDS = {"documents": "events", "readings": "readings"}


class Outbox:
    """Reads and moves cursors. It needs no lock: who sends is not who writes the state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with told(folder):
            self._connection = connect(folder)
        self._part: tuple[int, polars.DataFrame] = (-1, polars.DataFrame())

    def register(self, sink: str, type: str, streams: Sequence[str]) -> None:
        """Makes a sink known: from now on, nothing of these streams is removed unsent without saying so."""
        with told(self._folder), transaction(self._connection):
            self._connection.execute(
                "INSERT INTO sinks (name, type) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET type = ?2",
                (sink, type),
            )
            for stream in streams:
                self._connection.execute("INSERT OR IGNORE INTO cursors VALUES (?, ?, 0)", (sink, stream))

    def forget(self, sink: str) -> None:
        """Drops a sink that is no longer configured."""
        with told(self._folder), transaction(self._connection):
            self._connection.execute("DELETE FROM cursors WHERE sink = ?", (sink,))
            self._connection.execute("DELETE FROM sinks WHERE name = ?", (sink,))

    def position(self, sink: str, stream: str) -> int:
        """Number of the last document that the sink has."""
        query = "SELECT position FROM cursors WHERE sink = ? AND stream = ?"
        with told(self._folder):
            row = self._connection.execute(query, (sink, stream)).fetchone()
        return int(row[0]) if row else 0

    def after(self, stream: str, position: int, limit: int) -> tuple[int, list[tuple[int, dict[str, Any]]]]:
        """Documents after a position, each with when it was kept (ns); and the position behind them."""
        with told(self._folder):
            if stream in TABLES:
                query = f"SELECT number, created, json FROM {TABLES[stream]} WHERE number > ? ORDER BY number LIMIT ?"
                rows = self._connection.execute(query, (position, limit)).fetchall()
                found = []
                for number, created, text in rows:
                    document = json.loads(text)
                    if stream == "assets":
                        document["sentinel.asset.revision"] = number
                    found.append((created, document))
                return (rows[-1][0] if rows else position), found
            return self._after_parts(KINDS[stream], position, limit)

    def _after_parts(self, kind: str, position: int, limit: int) -> tuple[int, list[tuple[int, dict[str, Any]]]]:
        found: list[tuple[int, dict[str, Any]]] = []
        for part in parts_of(self._connection, kind, "last_position > ?", (position,)):
            frame = self._load(part)
            if frame.height:
                frame = frame.filter(polars.col("position") > position).head(limit - len(found))
            for row in frame.iter_rows(named=True):
                position = row["position"]
                document = {
                    name: value for name, value in row.items() if value is not None and name not in events.INTERNAL
                }
                found.append((part.created, document))
            if len(found) >= limit:
                break
            position = max(position, part.last_position)
        return position, found

    def _load(self, part: Part) -> polars.DataFrame:
        if self._part[0] != part.number:
            frame = events.load(self._connection, self._folder, part, lambda lazy: lazy.sort("position").collect())
            self._part = (part.number, frame)
        return self._part[1]

    def delivered(self, sink: str, stream: str, position: int, documents: int, refused: int = 0) -> None:
        """The sink has everything up to this position. On the disk when this returns."""
        with told(self._folder), transaction(self._connection):
            self._connection.execute(
                "INSERT INTO cursors VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET position = max(position, ?3)",
                (sink, stream, position),
            )
            self._connection.execute(
                "UPDATE sinks SET delivered = delivered + ?, refused = refused + ?, delivered_at = ?, "
                "error = NULL, error_since = NULL WHERE name = ?",
                (documents, refused, time.time_ns(), sink),
            )

    def failed(self, sink: str, reason: str) -> None:
        """The sink takes nothing at present; since when, is kept."""
        with told(self._folder), transaction(self._connection):
            self._connection.execute(
                "UPDATE sinks SET error = ?, error_since = ifnull(error_since, ?) WHERE name = ?",
                (reason, time.time_ns(), sink),
            )

    @property
    def sensor_id(self) -> str:
        """A random name of this state's sensor."""
        with told(self._folder):
            return str(self._connection.execute("SELECT value FROM meta WHERE key = 'sensor'").fetchone()[0])

    @property
    def refused_folder(self) -> Path:
        """Where documents are kept that a sink will never take."""
        return self._folder / "refused"

    def close(self) -> None:
        """Ends sending."""
        self._connection.close()


def waiting(connection: sqlite3.Connection, stream: str, position: int) -> int:
    """How many documents lie behind a position."""
    if stream in TABLES:
        query = f"SELECT count(*) FROM {TABLES[stream]} WHERE number > ?"
        return int(connection.execute(query, (position,)).fetchone()[0])
    return sum(
        _behind(part, position) for part in parts_of(connection, KINDS[stream], "last_position > ?", (position,))
    )


def undelivered(connection: sqlite3.Connection, parts: Sequence[Part]) -> int:
    """How many documents of these parts some sink that wants them has not got."""
    lowest: dict[str, int] = {}
    for stream, position in connection.execute("SELECT stream, min(position) FROM cursors GROUP BY stream"):
        if stream in KINDS:
            lowest[KINDS[stream]] = position
    return sum(_behind(part, lowest[part.kind]) for part in parts if part.kind in lowest)


def _behind(part: Part, position: int) -> int:
    if part.first_position > position:
        return part.rows
    return min(part.rows, max(0, part.last_position - position))
