"""What waits for the next transaction: of each row only its newest form."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import polars

from sentinel.store import files, logs, points, schema

if TYPE_CHECKING:
    from sentinel.baseline.plain import LogChange
    from sentinel.triage import AlertRevision

KEYS = {"assets": "id", "facts": "key", "triage": "id"}

CHANGES_KEPT = 100_000
"""Changes of assets kept. Attack: a device that changes its name without end."""


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

    def save(self, connection: sqlite3.Connection, now: int) -> None:
        """Writes everything. Call within a transaction."""
        many = connection.executemany
        for table, rows in self._rows.items():
            gone = [(name,) for name, text in rows.items() if text is None]
            many(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", gone)
            kept = [(name, text) for name, text in rows.items() if text is not None]
            many(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", kept)
            if table == "assets":
                many("DELETE FROM asset_documents WHERE id = ?", gone)
        # A new number each time: for sinks the document is new.
        many("DELETE FROM asset_documents WHERE id = ?", [(name,) for name in self.asset_documents])
        many(
            "INSERT INTO asset_documents (id, created, json) VALUES (?, ?, ?)",
            [(name, now, text_of(document)) for name, document in self.asset_documents.items()],
        )
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
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
