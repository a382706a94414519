"""The store: one folder, one writer, nothing lost that commit() returned for."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars

from sentinel.config import StoreSettings
from sentinel.errors import SentinelError
from sentinel.store import decisions, outbox, parts, points
from sentinel.store.decisions import Decision
from sentinel.store.faults import DiskFull, fault_of, is_full, told
from sentinel.store.lock import Lock
from sentinel.store.parts import HOUR, Part
from sentinel.store.reader import Reader
from sentinel.store.schema import DATABASE, connect, connect_to_read, migrate, transaction

if TYPE_CHECKING:
    from sentinel.triage import AlertRevision

SECOND = 1_000_000_000
MINUTE = 60 * SECOND

CHANGES_KEPT = 100_000
"""Changes of assets kept. Attack: a device that changes its name without end."""

RESERVE_BYTES = 4 << 20
"""Room kept for alerts: given up when the disk is full, so that what was raised is kept all the same."""

KINDS = ("events", "readings")
FRAMES = ("events", "summaries", "weirds", "connections")


class Frames(Protocol):
    """Documents of a batch."""

    events: polars.DataFrame
    summaries: polars.DataFrame
    weirds: polars.DataFrame
    connections: polars.DataFrame


class Tables(Protocol):
    """A batch of the border: the store takes its points, readings and evictions."""

    @property
    def tables(self) -> Mapping[str, polars.DataFrame]:
        """By name; those without rows may be left out."""


class Change(Protocol):
    """What the store keeps of a change of an asset."""

    time: int
    asset_id: str
    kind: str
    attribute: str
    before: str | None
    after: str | None
    frame: int | None


class Store(Reader):
    """Reads and writes a state. `Store.open(..., write=False)` reads only, and may decide."""

    def __init__(self, path: Path, lock: Lock | None, settings: StoreSettings, clock: Callable[[], int]) -> None:
        super().__init__(path, connect(path) if lock else connect_to_read(path))
        self._lock = lock
        self._settings = settings
        self._clock = clock
        self.notices: list[str] = []
        """What must be said: files found missing, documents removed before a sink got them."""
        self._points = points.Points()
        self._clear()
        self._buffers: dict[str, list[polars.DataFrame]] = {kind: [] for kind in KINDS}
        self._buffered = 0
        self._line_time = 0
        self._minute = -1
        self._hour = -1
        self._wrote = 0.0
        self._committed = 0.0

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        site: str | None = None,
        write: bool = False,
        settings: StoreSettings | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> Store:
        """Opens a state; one to be written is made if it is not there. `site` None: whichever it is about."""
        path = Path(path)
        with told(path):
            lock = None
            if write:
                path.mkdir(parents=True, exist_ok=True)
                lock = Lock(path)
            elif not (path / DATABASE).exists():
                raise SentinelError(f"{path}: there is no state here; sentinel run --state {path} makes one")
            try:
                store = cls(path, lock, settings or StoreSettings(), clock)
                try:
                    store._begin(site)
                except BaseException:
                    store._connection.close()
                    raise
            except BaseException:
                if lock:
                    lock.release()
                raise
            return store

    def _begin(self, site: str | None) -> None:
        if self._lock:
            migrate(self._connection, self.path)
            if self._meta("sensor") is None:
                with transaction(self._connection):
                    self._set_meta("site", site or "")
                    self._set_meta("sensor", uuid.uuid4().hex)
                    self._set_meta("created", str(self._clock()))
        if site is not None and site != self.site:
            there = f'the site "{self.site}"' if self.site else "a site without a name"
            raise SentinelError(f'{self.path}: belongs to {there}, not "{site}"; use another folder with --state')
        if self._lock:
            self._line_time = self.line_time
            self._tidy()
            self._keep_reserve()

    def _tidy(self) -> None:
        """What a crash left: files that do not count go, files that are gone are told."""
        known = {part.path: part for kind in KINDS for part in parts.parts_of(self._connection, kind)}
        for orphan in parts.orphans(self.path, KINDS, set(known)):
            orphan.unlink(missing_ok=True)
        missing = [part for path, part in known.items() if not (self.path / path).exists()]
        if missing:
            with transaction(self._connection):
                self._unregister(missing)
                self._count("documents_missing", sum(part.rows for part in missing))
            self.notices.append(
                f"{len(missing)} files with {sum(part.rows for part in missing)} documents are gone from {self.path}"
            )

    # Writing

    def commit(
        self,
        *,
        line_time: int,
        documents: Frames | None = None,
        batch: Tables | None = None,
        changes: Iterable[Change] = (),
        alerts: Sequence[AlertRevision] = (),
        triage: Iterable[Mapping[str, Any]] = (),
        assets: Iterable[Mapping[str, Any]] = (),
        asset_documents: Iterable[Mapping[str, Any]] = (),
        facts: Iterable[Mapping[str, Any]] = (),
        files: Sequence[tuple[str, str, int]] = (),
    ) -> None:
        """Takes what a batch brought. Alerts and files (sha256, path, packets: read to the end) are on the disk
        when this returns, with all documents before them; the rest after a second, documents after a minute of
        line time at the latest. On DiskFull nothing is forgotten: it is written with the next commit.
        """
        self._need_lock()
        self._line_time = max(self._line_time, line_time)
        self._take_documents(documents)
        self._take_readings(batch)
        self._changes.extend(_change_row(change) for change in changes)
        self._alerts.extend(alerts)
        self._files.extend(files)
        for pending, rows, key in (
            (self._assets, assets, "id"),
            (self._asset_documents, asset_documents, "host.id"),
            (self._facts, facts, "key"),
            (self._triage, triage, "id"),
        ):
            for row in rows:
                pending[str(row[key])] = row
        urgent = bool(alerts or files)
        now = time.monotonic()
        minute = self._line_time // MINUTE
        full = self._buffered >= self._settings.part_rows
        if urgent or full or (minute != self._minute and now - self._wrote >= 1):
            self.flush()
        elif now - self._committed >= 1:
            self._write([])

    def flush(self) -> None:
        """Writes everything that was taken, now."""
        self._need_lock()
        with told(self.path):
            hour = self._line_time // HOUR
            try:
                written = self._write_parts()
            except OSError as error:
                if is_full(error):
                    self._bound_buffers()
                    self._write([])  # alerts are small: they find room in what the reserve held
                raise
            try:
                self._write(written)
            except BaseException:
                parts.remove(self.path, written)
                raise
            for buffer in self._buffers.values():
                buffer.clear()
            self._buffered = 0
            self._minute, self._wrote = self._line_time // MINUTE, time.monotonic()
            if hour != self._hour:
                self._hour = hour
                self.compact(before=hour)
                self._make_room()

    def _write_parts(self) -> list[Part]:
        written: list[Part] = []
        for kind, buffer in self._buffers.items():
            frame = parts.together(buffer)
            if frame.height:
                position = self.counters().get(f"{kind}_position", 0) + 1
                written += parts.write(self.path, kind, frame, position, self._clock())
        return written

    def _write(self, written: Sequence[Part]) -> None:
        """One transaction: files become documents, rows become what they are now."""
        with told(self.path):
            try:
                self._transact(written)
            except Exception as error:
                if not is_full(error) or not self._give_up_reserve():
                    raise
                self._transact(written)
                self.notices.append(f"the disk of {self.path} is full: the reserve was used to keep alerts")
        self._clear()
        self._committed = time.monotonic()

    def _transact(self, written: Sequence[Part]) -> None:
        now = self._clock()
        put = self._connection.execute
        with transaction(self._connection):
            parts.register(self._connection, written)
            for part in written:
                self._count(f"{part.kind}_position", part.last_position - part.first_position + 1)
            for table, key, rows in (
                ("assets", "id", self._assets),
                ("facts", "key", self._facts),
                ("triage", "id", self._triage),
            ):
                gone = [(name,) for name, row in rows.items() if row.get("gone")]
                self._connection.executemany(f"DELETE FROM {table} WHERE {key} = ?", gone)
                kept = [(name, _json(row)) for name, row in rows.items() if not row.get("gone")]
                self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", kept)
                if table == "assets":
                    self._connection.executemany("DELETE FROM asset_documents WHERE id = ?", gone)
            for name, document in self._asset_documents.items():
                put("DELETE FROM asset_documents WHERE id = ?", (name,))
                put(
                    "INSERT INTO asset_documents (id, created, json) VALUES (?, ?, ?)", (name, now, _json(document))
                )
            self._connection.executemany(
                "INSERT INTO changes (time, asset, kind, attribute, before, after, frame, file) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                self._changes,
            )
            put("DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?", (CHANGES_KEPT,))
            for alert in self._alerts:
                self._put_alert(alert, now)
            points.save(self._connection, self._new_points, self._newest)
            self._connection.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", [(*file, now) for file in self._files]
            )
            for name, value in self._kept.items():
                self._set_meta(f"kept.{name}", _json(value))
            for name, number in self._counts.items():
                self._count(name, number)
            self._set_meta("line_time", str(self._line_time))

    def _put_alert(self, alert: AlertRevision, now: int) -> None:
        document, text = alert.document, _json(alert.document)
        self._connection.execute(
            "INSERT OR IGNORE INTO alert_revisions (alert, revision, created, json) VALUES (?, ?, ?, ?)",
            (alert.alert_id, alert.revision, now, text),
        )
        self._connection.execute(
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

    def remember(self, name: str, value: Any) -> None:
        """Keeps a JSON-able value under a name, with the next commit: the health of the last run, say."""
        self._need_lock()
        self._kept[name] = value

    def count(self, name: str, number: int = 1) -> None:
        """Adds to a counter, with the next commit."""
        self._need_lock()
        self._counts[name] = self._counts.get(name, 0) + number

    def close(self) -> None:
        """Writes everything, merges every hour into one file, lets the next writer in."""
        if self._lock is None:
            super().close()
            return
        try:
            self.flush()
            self.compact()
            with told(self.path):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._abandon()

    def _abandon(self) -> None:
        with suppress(Exception):
            self._connection.close()
        if self._lock:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Store:
        return self

    # Decisions: at any time, by anybody who may write the folder, while the sensor runs

    def decide(
        self,
        kind: str,
        target: str,
        *,
        who: str,
        when: int,
        why: str = "",
        value: Mapping[str, Any] | None = None,
    ) -> Decision:
        """Writes down a decision; it is on the disk when this returns. The process that writes the state finds
        it by `decisions(after=…)`.
        """
        return self._append([Decision(kind, target, who, when, why, dict(value or {}))])[0]

    def import_decisions(self, entries: Iterable[Decision]) -> list[Decision]:
        """Brings decisions of another sensor, each once: `value` says where it came from. Those that were added."""
        known = {one.value.get("imported") for one in self.decisions()} | {one.hash for one in self.decisions()}
        new = [one for one in entries if one.hash not in known]
        brought = [Decision(o.kind, o.target, o.who, o.when, o.why, {**o.value, "imported": o.hash}) for o in new]
        return self._append(brought)

    def _append(self, entries: Sequence[Decision]) -> list[Decision]:
        with told(self.path):
            connection = self._connection if self._lock else connect(self.path)
            try:
                with transaction(connection):
                    added = [decisions.append(connection, entry) for entry in entries]
                    connection.execute(
                        "INSERT INTO counters VALUES ('decisions', ?1) ON CONFLICT DO UPDATE SET value = value + ?1",
                        (len(added),),
                    )
            finally:
                if connection is not self._connection:
                    connection.close()
        return added

    # Sinks

    def outbox(self) -> outbox.Outbox:
        """What sinks have not got yet; for the process that sends."""
        return outbox.Outbox(self.path)

    def sinks(self) -> list[dict[str, Any]]:
        """Each sink: what it got, what waits for it, what is wrong."""
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

    # Room

    def compact(self, before: int | None = None) -> None:
        """Merges the files of an hour; only of hours before that one, if it is given."""
        with told(self.path):
            for kind in KINDS:
                for run in list(parts.mergeable(parts.parts_of(self._connection, kind), before)):
                    merged = parts.merge(self.path, run)
                    try:
                        with transaction(self._connection):
                            self._unregister(run)
                            parts.register(self._connection, [merged])
                    except BaseException:
                        parts.remove(self.path, [merged])
                        raise
                    parts.remove(self.path, run)

    def _make_room(self) -> None:
        """Oldest hours go first; alerts, assets and decisions never."""
        everything = sorted(
            (part for kind in KINDS for part in parts.parts_of(self._connection, kind)), key=lambda part: part.hour
        )
        used = sum(part.bytes for part in everything)
        oldest = (self._line_time - self._settings.max_age) // HOUR if self._settings.max_age else None
        going: list[Part] = []
        for part in everything:
            too_old = oldest is not None and part.hour < oldest
            same_hour = going and part.hour == going[-1].hour
            if not too_old and not same_hour and used <= self._settings.max_bytes:
                break
            going.append(part)
            used -= part.bytes
        if not going:
            return
        rows, unsent = sum(part.rows for part in going), outbox.undelivered(self._connection, going)
        with transaction(self._connection):
            self._unregister(going)
            self._count("documents_removed", rows)
            self._count("documents_removed_unsent", unsent)
        parts.remove(self.path, going)
        if unsent:
            self.notices.append(
                f"{unsent} documents were removed for room before every sink had them: see sentinel sink status"
            )

    def _bound_buffers(self) -> None:
        """While the disk is full: keeps at most twice a part in memory, and counts what it lets go."""
        if self._buffered <= 2 * self._settings.part_rows:
            return
        self.count("documents_lost_disk_full", self._buffered)
        for buffer in self._buffers.values():
            buffer.clear()
        self._buffered = 0

    def _keep_reserve(self) -> None:
        path = self.path / "reserve"
        if path.exists() and path.stat().st_size == RESERVE_BYTES:
            return
        try:
            with open(path, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
        except OSError as error:
            path.unlink(missing_ok=True)
            if not is_full(error):
                return  # this disk cannot set room aside
            self.notices.append(str(fault_of(self.path, error)))

    def _give_up_reserve(self) -> bool:
        try:
            (self.path / "reserve").unlink()
        except OSError:
            return False
        return True

    # Inside

    def _clear(self) -> None:
        self._assets: dict[str, Mapping[str, Any]] = {}
        self._asset_documents: dict[str, Mapping[str, Any]] = {}
        self._facts: dict[str, Mapping[str, Any]] = {}
        self._triage: dict[str, Mapping[str, Any]] = {}
        self._changes: list[tuple[Any, ...]] = []
        self._alerts: list[AlertRevision] = []
        self._new_points: list[dict[str, Any]] = []
        self._newest: list[dict[str, Any]] = []
        self._files: list[tuple[str, str, int]] = []
        self._kept: dict[str, Any] = {}
        self._counts: dict[str, int] = {}

    def _take_documents(self, documents: Frames | None) -> None:
        for name in FRAMES if documents is not None else ():
            frame: polars.DataFrame = getattr(documents, name)
            if frame.height:
                self._buffers["events"].append(frame)
                self._buffered += frame.height

    def _take_readings(self, batch: Tables | None) -> None:
        if batch is None:
            return
        new, readings, evicted = (batch.tables.get(name) for name in ("points", "readings", "evictions"))
        if new is not None and new.height:
            self._points.learn(new)
            self._new_points.extend(new.to_dicts())
        if readings is not None and readings.height:
            self._buffers["readings"].append(self._points.documents(readings, self.site))
            self._buffered += readings.height
            self._newest.extend(self._points.newest(readings))
        if evicted is not None and evicted.height:
            self._points.forget(evicted)

    def _need_lock(self) -> None:
        if self._lock is None:
            raise SentinelError(f"{self.path}: was opened to be read only")

    def _set_meta(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _count(self, name: str, number: int) -> None:
        if number:
            self._connection.execute(
                "INSERT INTO counters VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = value + ?2", (name, number)
            )

    def _unregister(self, gone: Iterable[Part]) -> None:
        self._connection.executemany("DELETE FROM parts WHERE path = ?", [(part.path,) for part in gone])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _change_row(change: Change) -> tuple[Any, ...]:
    return (
        change.time,
        change.asset_id,
        change.kind,
        change.attribute,
        change.before,
        change.after,
        change.frame,
        getattr(change, "file", None),
    )


__all__ = ["DiskFull", "Store"]
