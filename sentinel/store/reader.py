"""What the store tells: assets, alerts, documents, points, decisions. Readers never disturb the writer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import polars

from sentinel.baseline.plain import rows_of
from sentinel.errors import SentinelError
from sentinel.store import columns, decisions, logs, outbox
from sentinel.store.decisions import Decision
from sentinel.store.events import Wanted
from sentinel.store.events import read as read_documents
from sentinel.store.faults import told
from sentinel.store.files import KeptFile
from sentinel.store.files import read as read_files

Document = dict[str, Any]


class Devices(NamedTuple):
    """Devices by role, and of how many the maker and the firmware are known."""

    roles: dict[str, int]
    makers: int
    firmware: int


class Reader:
    """Reads a state while it is written, or at rest."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    # Who we are

    @property
    def site(self) -> str:
        """The plant that this state is about; empty if it has no name."""
        return str(self._meta("site") or "")

    @property
    def line_time(self) -> int:
        """The highest packet time committed, ns since 1970; 0 if nothing was read yet."""
        return int(self._meta("line_time") or 0)

    @property
    def sensor_id(self) -> str:
        """A random name of this state's sensor, for sinks."""
        return str(self._meta("sensor") or "")

    def recall(self, name: str) -> Any:
        """What `remember` kept under that name; None if nothing."""
        text = self._meta(f"kept.{name}")
        return json.loads(text) if text is not None else None

    # Assets, alerts, facts

    def assets(self) -> list[Document]:
        """Documents of all assets, first seen first."""
        found = [json.loads(row[0]) for row in self._rows("SELECT json FROM asset_documents ORDER BY id")]
        return sorted(found, key=lambda one: (one.get("sentinel.asset.first_seen", 0), one.get("host.id", "")))

    def devices(self) -> Devices:
        """How many assets there are that are devices of their own, without reading each into memory."""
        name = "json_extract(json, '$.\"{}\"')".format
        query = (
            f"SELECT {name('host.type')}, count(*), count({name('device.manufacturer')}), "
            f"count({name('sentinel.asset.firmware')}) FROM asset_documents "
            f"WHERE {name('sentinel.asset.parent')} IS NULL GROUP BY 1"
        )
        rows = self._rows(query)
        roles = {str(role or ""): count for role, count, _, _ in rows}
        return Devices(roles, sum(row[2] for row in rows), sum(row[3] for row in rows))

    def asset(self, name: str) -> Document:
        """The asset of that id, beginning of an id, name or address. Raises SentinelError otherwise."""
        everything = self.assets()
        wanted = name.lower()
        for key in ("host.id", "host.name", "host.ip", "host.mac"):
            for one in everything:
                values = one.get(key) or []
                if wanted in [str(value).lower() for value in ([values] if isinstance(values, str) else values)]:
                    return one
        found = {str(one["host.id"]): one for one in everything if str(one["host.id"]).startswith(wanted)}
        return found[_unique(name, "asset", {key: key for key in found}, "sentinel assets")]

    def asset_rows(self) -> list[dict[str, Any]]:
        """The inventory's own form, for `Inventory.load`."""
        return [json.loads(row[0]) for row in self._rows("SELECT json FROM assets ORDER BY id")]

    def changes(self, asset: str | None = None) -> list[dict[str, Any]]:
        """What the inventory saw change, oldest first."""
        names = ("time", "asset_id", "kind", "attribute", "before", "after", "frame", "file")
        query = "SELECT time, asset, kind, attribute, before, after, frame, file FROM changes"
        rows = self._rows(f"{query} WHERE ?1 IS NULL OR asset = ?1 ORDER BY number", (asset,))
        return [dict(zip(names, row, strict=True)) for row in rows]

    def alerts(self, *status: str) -> list[Document]:
        """Latest form of alerts, newest first; of these statuses only, if any are given."""
        query = "SELECT json, status FROM alerts ORDER BY first DESC, id"
        return [json.loads(text) for text, found in self._rows(query) if not status or found in status]

    def alert(self, id: str) -> Document:
        """The alert of that id, long or short, or of a unique beginning. Raises SentinelError otherwise."""
        digits = id.upper().removeprefix("A-")
        query = "SELECT id, short, json FROM alerts WHERE upper(id) LIKE ?1 OR upper(short) = 'A-' || ?2"
        rows = self._rows(query, (digits.replace("%", "").replace("_", "") + "%", digits))
        for whole, short, text in rows:
            if id.upper() in (short.upper(), whole.upper()):
                return dict(json.loads(text))
        documents = {whole: json.loads(text) for whole, _, text in rows if digits}
        return dict(
            documents[_unique(id, "alert", {whole: short for whole, short, _ in rows}, "sentinel alerts --all")]
        )

    def alert_revisions(self, id: str) -> list[Document]:
        """The whole series of an alert, by its full id."""
        query = "SELECT json FROM alert_revisions WHERE alert = ? ORDER BY revision"
        return [json.loads(row[0]) for row in self._rows(query, (id,))]

    def triage_rows(self) -> list[dict[str, Any]]:
        """Triage's own form, for `Triage.load`."""
        return [json.loads(row[0]) for row in self._rows("SELECT json FROM triage ORDER BY id")]

    def facts(self) -> list[dict[str, Any]]:
        """All facts, by key."""
        with self._at_once():
            found = [*self.fact_rows(), *(row for log, _, rows in self.point_facts() for row in rows_of(log, rows))]
        return sorted(found, key=lambda row: str(row["key"]))

    def fact_rows(self) -> list[dict[str, Any]]:
        """The baseline's own form, for `Baseline.load`, of all but plain facts about points."""
        return [json.loads(row[0]) for row in self._rows("SELECT json FROM facts ORDER BY key")]

    def point_facts(self) -> list[tuple[str, int, polars.DataFrame]]:
        """The same of these."""
        with told(self.path), self._at_once():
            return list(logs.read(self._connection))

    # Documents and points

    def events(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        ip: str | None = None,
        asset: str | None = None,
        dataset: str | None = None,
        weird: bool = False,
        where: polars.Expr | None = None,
        limit: int | None = None,
    ) -> Iterator[Document]:
        """Documents of events, summaries, connections and violations by time; with `limit` the newest of them.

        `since` is included, `until` is not; `asset` is any name that `asset()` knows.
        """
        addresses: set[str] = {ip} if ip else set()
        if asset is not None:
            document = self.asset(asset)
            addresses |= {str(one) for key in ("host.ip", "host.mac") for one in document.get(key) or []}
        wanted = Wanted(since, until, frozenset(addresses), dataset, weird, where)
        return self._documents("events", wanted, limit)

    def readings(
        self,
        *,
        point: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Document]:
        """Values that changed or were written, by time."""
        where = polars.col("sentinel.point.id") == point if point else None
        return self._documents("readings", Wanted(since, until, where=where), limit)

    def _documents(self, kind: str, wanted: Wanted, limit: int | None) -> Iterator[Document]:
        with told(self.path):
            yield from read_documents(self._connection, self.path, kind, wanted, limit)

    def points(self, server: str | None = None, *, labelled: bool = False) -> list[dict[str, Any]]:
        """Every point with its newest value, in the plant's order; or only those of a server, or with a label."""
        where = [polars.col("server") == server] if server is not None else []
        where += [polars.col("label").is_not_null()] if labelled else []
        with told(self.path), self._at_once():
            found = columns.read(self._connection, polars.any_horizontal(where) if where else None)
        found = found.filter(where) if where else found
        return found.sort("server", "server_port", "unit", "table", "address", "name", maintain_order=True).to_dicts()

    # Decisions

    def decisions(self, after: int = 0) -> list[Decision]:
        """What people decided, oldest first; `after` a number, what is new since."""
        with told(self.path):
            return list(decisions.read(self._connection, after))

    def verify_decisions(self) -> list[str]:
        """What shows that the record of decisions was tampered with; empty if nothing does."""
        with told(self.path):
            return decisions.faults(self._connection, self.counters().get("decisions", 0))

    # The store itself

    def seen_file(self, sha256: str) -> dict[str, Any] | None:
        """What is known of a capture that was read to its end before; None if it was not."""
        rows = self._rows("SELECT path, packets, added FROM files WHERE sha256 = ?", (sha256,))
        return dict(zip(("path", "packets", "added"), rows[0], strict=True)) if rows else None

    def files(self) -> list[dict[str, Any]]:
        """Captures that were read, oldest first."""
        names = ("sha256", "path", "packets", "added")
        return [
            dict(zip(names, row, strict=True))
            for row in self._rows("SELECT sha256, path, packets, added FROM files ORDER BY added, path")
        ]

    def kept_files(self) -> list[KeptFile]:
        """The same with what is needed to know them again."""
        with told(self.path):
            return read_files(self._connection)

    def counters(self) -> dict[str, int]:
        """Numbers that only grow: documents removed, undelivered, lost for want of room …"""
        return dict(self._rows("SELECT name, value FROM counters ORDER BY name"))

    def numbers(self) -> dict[str, Any]:
        """What the store holds, in numbers, for summaries."""
        files = (path for path in self.path.rglob("*") if path.is_file() and path.name != "reserve")
        count = {
            table: int(self._rows(f"SELECT count(*) FROM {table}")[0][0])
            for table in ("asset_documents", "facts", "decisions", "files")
        }
        with told(self.path):
            count["points"] = columns.count(self._connection)
            count["facts"] += sum(rows.height for _, _, rows in logs.read(self._connection, ()))
        parts = self._rows("SELECT kind, sum(rows), min(first), max(last) FROM parts GROUP BY kind")
        by_kind = {kind: (rows, first, last) for kind, rows, first, last in parts}
        documents, first, last = by_kind.get("events", (0, None, None))
        return {
            "bytes": sum(_size(path) for path in files),
            "assets": count["asset_documents"],
            "facts": count["facts"],
            "points": count["points"],
            "decisions": count["decisions"],
            "files": count["files"],
            "alerts": dict(self._rows("SELECT status, count(*) FROM alerts GROUP BY status ORDER BY status")),
            "documents": documents,
            "readings": by_kind.get("readings", (0, None, None))[0],
            "first": first,
            "last": last,
            "line_time": self.line_time,
        }

    def sinks(self) -> list[dict[str, Any]]:
        """Each sink: what it got, what waits for it, since when and why it takes nothing."""
        names = ("name", "type", "delivered", "refused", "delivered_at", "error", "error_since")
        found = []
        for row in self._rows(f"SELECT {', '.join(names)} FROM sinks ORDER BY name"):
            sink = dict(zip(names, row, strict=True))
            cursors = self._rows("SELECT stream, position FROM cursors WHERE sink = ?", (sink["name"],))
            with told(self.path):
                sink["waiting"] = {
                    stream: outbox.waiting(self._connection, stream, position) for stream, position in cursors
                }
            found.append(sink)
        return found

    def close(self) -> None:
        """Ends reading."""
        self._connection.close()

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """What is read within is of one moment, whatever a writer does."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def _meta(self, key: str) -> Any:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with told(self.path):
            return self._connection.execute(query, values).fetchall()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # removed between
        return 0


def _unique(wanted: str, what: str, names: dict[str, str], list_them: str) -> str:
    if len(names) == 1:
        return next(iter(names))
    if not names:
        raise SentinelError(f"there is no {what} {wanted}; {list_them} lists them")
    some = sorted(names.values())
    more = f" and {len(some) - 8} more" if len(some) > 8 else ""
    raise SentinelError(f"{wanted} is the beginning of several {what}s: {', '.join(some[:8])}{more}; write more of it")
