"""What waits for the next transaction: of each row only its newest form."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import polars

from sentinel.store import files, logs, points, schema

if TYPE_CHECKING:
    from sentinel.baseline.plain import LogChange
    from sentinel.triage import AlertRevision

KEYS = {"assets": "id", "facts": "key", "triage": "id"}

CHANGES_KEPT = 100_000
"""Changes of assets kept. Attack: a device that changes its name without end."""


POINTS_WAITING = 32_768
"""Rows about points that may wait, some hundred bytes each. Attack: a sweep over points, while writing all else is slow."""

AT_ONCE = 1_000
"""Rows made and written together: more would be in memory twice, as they are and as text."""

ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Keeper(Protocol):
    """A part of the line whose rows are made when they are written: what changed in ten batches of a second is made once."""

    def unsaved(self) -> Iterable[Mapping[str, Any]]:
        """Rows of what changed since `saved` was called last; `gone` true deletes."""

    def documents(self) -> Iterable[Mapping[str, Any]]:
        """Documents of the same, with `host.id`, where they have any."""

    def saved(self) -> None:
        """All that is on the disk now."""


class Pending:
    """Rows, documents and numbers on their way into the database."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, str | None]] = {table: {} for table in KEYS}
        self.asset_documents: dict[str, Mapping[str, Any]] = {}
        self.changes: list[tuple[Any, ...]] = []
        self.alerts: list[AlertRevision] = []
        self.new_points: list[polars.DataFrame] = []
        self.labels: list[polars.DataFrame] = []
        self.newest: list[polars.DataFrame] = []
        self.logs: dict[str, logs.Waiting] = {}
        self.files: list[tuple[object, ...]] = []
        self.kept: dict[str, Any] = {}
        self.counts: dict[str, int] = {}

    def put(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Takes rows as they are now; one that says `gone` is deleted."""
        kept, key = self._rows[table], KEYS[table]
        for row in rows:
            kept[str(row[key])] = None if row.get("gone") else text_of(row)

    def put_logs(self, changes: Iterable[LogChange]) -> None:
        """Takes what became of plain facts about points."""
        for change in changes:
            self.logs.setdefault(change.provenance, logs.Waiting()).add(change)

    def is_crowded(self) -> bool:
        """Whether so much waits that it must be written now: points that are new, or more of them than repeat."""
        if self._points() <= POINTS_WAITING:
            return False
        self.newest = points.shortened(self.newest)
        return self._points() > POINTS_WAITING // 2

    def _points(self) -> int:
        frames = (*self.new_points, *self.labels, *self.newest)
        return sum(frame.height for frame in frames) + sum(waiting.size for waiting in self.logs.values())

    def save(self, connection: sqlite3.Connection, now: int, keepers: Mapping[str, Keeper]) -> None:
        """Writes everything, and the rows that these have for their tables. Call within a transaction."""
        many = connection.executemany
        for table, rows in self._rows.items():
            _put_rows(connection, table, rows)
        _put_documents(connection, self.asset_documents.values(), now)
        for table, keeper in keepers.items():
            for some in _in_runs(keeper.unsaved()):
                key = KEYS[table]
                _put_rows(connection, table, {str(row[key]): None if row.get("gone") else text_of(row) for row in some})
            _put_documents(connection, keeper.documents(), now)
        many(
            "INSERT INTO changes (time, asset, kind, attribute, before, after, frame, file) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            self.changes,
        )
        if self.changes:
            query = "DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?"
            connection.execute(query, (CHANGES_KEPT,))
        for alert in self.alerts:
            _put_alert(connection, alert, now)
        logs.save(connection, self.logs)
        points.save(connection, self.new_points, self.labels, self.newest)
        files.save(connection, self.files, now)
        many(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [(f"kept.{name}", text_of(value)) for name, value in self.kept.items()],
        )
        for name, number in self.counts.items():
            schema.add(connection, name, number)


def _put_rows(connection: sqlite3.Connection, table: str, rows: Mapping[str, str | None]) -> None:
    gone = [(name,) for name, text in rows.items() if text is None]
    connection.executemany(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", gone)
    kept = ((name, text) for name, text in rows.items() if text is not None)
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", kept)
    if table == "assets":
        connection.executemany("DELETE FROM asset_documents WHERE id = ?", gone)


def _put_documents(connection: sqlite3.Connection, documents: Iterable[Mapping[str, Any]], now: int) -> None:
    # Replaced, it has a new number: for sinks the document is new.
    connection.executemany(
        "INSERT OR REPLACE INTO asset_documents (id, created, json) VALUES (?, ?, ?)",
        ((str(one["host.id"]), now, text_of(one)) for one in documents),
    )


def _in_runs(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _put_alert(connection: sqlite3.Connection, alert: AlertRevision, now: int) -> None:
    document, text = alert.document, text_of(alert.document)
    connection.execute(
        "INSERT OR IGNORE INTO alert_revisions (alert, revision, created, json) VALUES (?, ?, ?, ?)",
        (alert.alert_id, alert.revision, now, text),
    )
    connection.execute(
        "INSERT INTO alerts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET "
        "short = ?2, revision = ?3, status = ?4, severity = ?5, first = ?6, last = ?7, json = ?8 "
        "WHERE revision <= ?3",
        (
            alert.alert_id,
            alert.short,
            alert.revision,
            document.get("sentinel.alert.status", "open"),
            document.get("event.severity", 0),
            document.get("sentinel.alert.first", alert.time),
            document.get("sentinel.alert.last", alert.time),
            text,
        ),
    )


def change_row(change: Any) -> tuple[Any, ...]:
    """A change of an asset as it is kept."""
    names = ("time", "asset_id", "kind", "attribute", "before", "after", "frame", "file")
    return tuple(getattr(change, name, None) for name in names)


def text_of(value: Any) -> str:
    """JSON, as short as it can be."""
    return ENCODE(value)
