"""The store: what Sentinel keeps, in one folder. One writer, any number of readers; a commit is whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import polars

from sentinel.errors import SentinelError
from sentinel.store import decisions, parts, schema

ROWS_OF_PART = 50_000
"""Rows of a dataset that wait for a part; the attack: a flood that fills the memory between two minutes."""
MINUTE = 60_000_000_000

Row = dict[str, Any]


class Store:
    """A state folder, opened."""

    def __init__(self, path: Path, *, write: bool = False, site: str | None = None) -> None:
        """Opens, and makes it if `write`.

        Raises:
            SentinelError: It is no state, belongs to another site, is written by somebody else, or cannot be used.
        """
        self.path = path
        self._lock: IO[str] | None = None
        self._waiting: dict[str, list[polars.DataFrame]] = {}
        self._minute: int | None = None
        database = path / "sentinel.sqlite"
        if not write and not database.exists():
            raise SentinelError(f"{path}: no state there: name one that `sentinel run` has written")
        try:
            if write:
                path.mkdir(parents=True, exist_ok=True)
                self._take_lock()
                self._connection = sqlite3.connect(database, isolation_level=None)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                schema.migrate(self._connection, str(database))
            else:
                self._connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
                schema.migrate(self._connection, str(database))
        except sqlite3.DatabaseError as error:
            raise SentinelError(f"{database}: cannot be used: {error}: name another --state, or remove it") from error
        except OSError as error:
            raise SentinelError(f"{path}: cannot be used: {error.strerror}: name another --state") from error
        if write:
            self._claim(site)
            known = {path for (path,) in self._connection.execute("SELECT path FROM parts")}
            parts.remove_orphans(path, known)

    def _take_lock(self) -> None:
        self._lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip()
            raise SentinelError(f"{self.path}: process {holder or '?'} is writing to it: wait for it, or name another --state") from None
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()

    def _claim(self, site: str | None) -> None:
        owner = self.meta().get("site")
        if owner is None:
            self.set_meta(site=site or "")
        elif site is not None and site != owner:
            raise SentinelError(f"{self.path}: belongs to site {owner!r}, not {site!r}: a state holds one site; name another --state")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close(flush=kind is None)

    def close(self, *, flush: bool = True) -> None:
        """Writes what waits, and lets go of the lock."""
        if self._lock is not None:
            if flush and self._waiting:
                with self._transaction():
                    self._write_parts()
            self._lock.close()
            self._lock = None
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise SentinelError(f"{self.path}: cannot be written: {error}: make room or name another --state") from error
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def commit(
        self,
        *,
        frames: Mapping[str, Iterable[polars.DataFrame]],
        assets: Iterable[Row] = (),
        facts: Iterable[Row] = (),
        points: Iterable[Row] = (),
        alerts: Iterable[Row] = (),
        revisions: Iterable[Row] = (),
        line_time: int,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        """One batch, in one transaction. Documents wait in memory until their minute of line time ends; alerts never wait.

        Args:
            frames: By dataset (`events`, `readings`), frames with columns `sequence` and `time`.
            assets: Records with a key `id`, latest state; so are points and alerts; facts have a `key`.
            revisions: Documents of alerts for the sinks, in order.
            line_time: ns since 1970, UTC.
            meta: More to remember.
        """
        for dataset, several in frames.items():
            self._waiting.setdefault(dataset, []).extend(frame for frame in several if frame.height)
        with self._transaction():
            for table, key, rows in (
                ("assets", "id", assets),
                ("facts", "key", facts),
                ("points", "id", points),
                ("alerts", "id", alerts),
            ):
                self._connection.executemany(
                    f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT DO UPDATE SET json = excluded.json",
                    [(row[key], _text(row)) for row in rows],
                )
            self._connection.executemany("INSERT INTO outbox (json) VALUES (?)", [(_text(row),) for row in revisions])
            self._set_meta({"line_time": line_time, **(meta or {})})
            full = any(sum(frame.height for frame in several) > ROWS_OF_PART for several in self._waiting.values())
            if full or (self._minute is not None and line_time // MINUTE != self._minute):
                self._write_parts()
            self._minute = line_time // MINUTE

    def _write_parts(self) -> None:
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM parts").fetchone()
        for dataset, several in self._waiting.items():
            if not several:
                continue
            last += 1
            frame = polars.concat(several, how="diagonal_relaxed").sort("sequence", maintain_order=True)
            path, first, end = parts.write(self.path, dataset, frame, f"{last:08d}")
            self._connection.execute(
                "INSERT INTO parts (path, dataset, first, last, rows) VALUES (?, ?, ?, ?, ?)", (path, dataset, first, end, frame.height)
            )
        self._waiting.clear()

    def set_meta(self, **values: Any) -> None:
        """Remembers values by name."""
        with self._transaction():
            self._set_meta(values)

    def _set_meta(self, values: Mapping[str, Any]) -> None:
        self._connection.executemany(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [(name, _text(value)) for name, value in values.items()],
        )

    def meta(self) -> dict[str, Any]:
        """What was remembered."""
        return {name: json.loads(value) for name, value in self._connection.execute("SELECT name, value FROM meta")}

    def seen_files(self) -> dict[str, str]:
        """Captures already in the state: sha256 to path."""
        return dict(self._connection.execute("SELECT sha256, path FROM files"))

    def add_file(self, sha256: str, path: str, packets: int, read_at: str) -> None:
        """Notes that a capture was read to its end."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (sha256, path, packets, read_at))

    def assets(self) -> list[Row]:
        """Every asset's record."""
        return self._records("assets")

    def facts(self) -> list[Row]:
        """Every fact of the baseline."""
        return self._records("facts")

    def points(self) -> list[Row]:
        """Every point with its latest value."""
        return self._records("points")

    def alerts(self) -> list[Row]:
        """Every alert's latest state."""
        return self._records("alerts")

    def alert(self, prefix: str) -> Row:
        """The one alert whose id begins so.

        Raises:
            SentinelError: None does, or several.
        """
        found = [row for row in self.alerts() if str(row["id"]).upper().startswith(prefix.upper())]
        if len(found) == 1:
            return found[0]
        if not found:
            raise SentinelError(f"no alert begins with {prefix}: see `sentinel alerts --all`")
        raise SentinelError(f"{prefix} is not unique: {', '.join(str(row['id']) for row in found[:5])}")

    def _records(self, table: str) -> list[Row]:
        return [json.loads(text) for (text,) in self._connection.execute(f"SELECT json FROM {table} ORDER BY rowid")]

    def documents(self, dataset: str = "events", since: int | None = None, until: int | None = None) -> Iterator[Row]:
        """Documents in the order they were written, part by part; nulls left out.

        Args:
            dataset: `events` or `readings`.
            since: First time, ns since 1970, UTC.
            until: Time before which.
        """
        low, high = since if since is not None else -(2**63), until if until is not None else 2**63 - 1
        rows = self._connection.execute(
            "SELECT path FROM parts WHERE dataset = ? AND last >= ? AND first < ? ORDER BY number", (dataset, low - MINUTE, high + MINUTE)
        ).fetchall()
        for (path,) in rows:
            for row in parts.read(self.path, [path]).iter_rows(named=True):
                when = row.get("@timestamp", row["time"])
                if low <= when < high:
                    yield {name: value for name, value in row.items() if value is not None}

    def decide(self, decision: decisions.Decision) -> None:
        """Appends a person's decision."""
        with self._transaction():
            decisions.append(self._connection, decision)

    def decisions(self) -> list[decisions.Decision]:
        """Every decision in order."""
        return decisions.all_of(self._connection)

    def verify_decisions(self) -> list[str]:
        """What does not hold in their chain."""
        return decisions.verify(self._connection)

    def revisions(self, after: int, limit: int = 500) -> list[tuple[int, Row]]:
        """Alert documents for the sinks, with their positions."""
        query = "SELECT position, json FROM outbox WHERE position > ? ORDER BY position LIMIT ?"
        return [(position, json.loads(text)) for position, text in self._connection.execute(query, (after, limit))]

    def parts_after(self, number: int) -> list[tuple[int, str]]:
        """Parts of documents, for the sinks: number and path."""
        query = "SELECT number, path FROM parts WHERE dataset = 'events' AND number > ? ORDER BY number"
        return self._connection.execute(query, (number,)).fetchall()

    def cursor(self, sink: str) -> tuple[int, int, int]:
        """How far a sink has come: part, row in it, position in the outbox."""
        row = self._connection.execute("SELECT part, row, outbox FROM cursors WHERE sink = ?", (sink,)).fetchone()
        return row or (0, 0, 0)

    def set_cursor(self, sink: str, cursor: tuple[int, int, int]) -> None:
        """Remembers how far a sink has come."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)", (sink, *cursor))

    def bytes_on_disk(self) -> int:
        """Size of the folder."""
        return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
