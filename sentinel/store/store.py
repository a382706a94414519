"""The store: one folder, one writer, nothing lost that commit() returned for."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sentinel.config import StoreSettings
from sentinel.errors import SentinelError
from sentinel.store import columns, decisions, parts, points, room, schema
from sentinel.store.buffer import Buffer
from sentinel.store.decisions import Decision
from sentinel.store.faults import DiskFull, is_full, told
from sentinel.store.given import FRAMES, Frames, Tables
from sentinel.store.lock import Lock
from sentinel.store.outbox import Outbox
from sentinel.store.parts import HOUR, Part
from sentinel.store.pending import Keeper, Pending, change_row, text_of
from sentinel.store.reader import Reader

if TYPE_CHECKING:
    from sentinel.baseline.plain import LogChange
    from sentinel.triage import AlertRevision

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
PAUSES = 4
"""Rows are written again after so many times as long as it took: what changes all the time is written a few times."""
MERGE_SHARE = 2
"""A merge takes as many rows as half a part, for it holds them twice: as they were, and as the file that they become."""
KINDS = ("events", "readings")
BEFORE = "before"
"""Folder of the state as it was before a reading that is not finished."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Settled:
    """What was taken until rows were written last: documents waiting of each kind, files that spilled, line time, how far reading
    had come.
    """

    waiting: Mapping[str, int] = field(default_factory=dict)
    spilled: int = 0
    line_time: int = 0
    position: Row | None = None


class Store(Reader):
    """A state, to be read; and with `write=True` to be written, which only one process may at a time."""

    def __init__(self, path: Path, *, write: bool, site: str | None, settings: StoreSettings, hears: bool) -> None:
        self._lock: Lock | None = None
        self._settings = settings
        self._pending = Pending()
        self._keepers: Mapping[str, Keeper] = {}
        self._spilled: list[Part] = []
        """Files that count when everything is written."""
        self._pause = 1.0
        self._points = points.Points()
        self._buffers = {kind: Buffer() for kind in KINDS}
        self._minute = self._hour = -1
        self._line_time, self._site = 0, ""
        self._wrote = self._committed = 0.0
        self._position: Row | None = None
        self._settled = Settled()
        self.flushed = 0.0
        """When everything was written last, seconds of the monotonic clock."""
        self.notices: list[str] = []
        """What must be said: files found missing, documents removed before a sink had them."""
        with told(path):
            if write:
                path.mkdir(parents=True, exist_ok=True)
                self._lock = Lock(path, hears=hears)
            elif not (path / schema.DATABASE).exists():
                raise SentinelError(f"{path}: no state there: name one that `sentinel run` has written")
            try:
                super().__init__(path, schema.connect(path) if write else schema.connect_to_read(path))
                self._begin(site)
            except BaseException:
                self._abandon()
                raise

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        site: str | None = None,
        write: bool = False,
        settings: StoreSettings | None = None,
        hears: bool = False,
    ) -> Store:
        """Opens a state; one to be written is made if it is not there. `site` None: whichever it is about.

        `hears`: who writes it will look for what others decide meanwhile; `hearer` tells them so.

        Raises:
            SentinelError: No state, another site's, written by somebody else already, or it cannot be used.
        """
        return cls(Path(path), write=write, site=site, settings=settings or StoreSettings(), hears=hears)

    def _begin(self, site: str | None) -> None:
        if self._lock:
            schema.migrate(self._connection, self.path)
            if self._connection.execute("SELECT 1 FROM points LIMIT 1").fetchone():
                with schema.transaction(self._connection):
                    columns.bring_over(self._connection)
            if not self.sensor_id:
                made = {"site": site or "", "sensor": uuid.uuid4().hex, "created": str(time.time_ns())}
                with schema.transaction(self._connection):
                    self._put_meta(made)
        if site is not None and site != self.site:
            there = f'the site "{self.site}"' if self.site else "a site without a name"
            raise SentinelError(f'{self.path}: belongs to {there}, not "{site}": name another --state')
        if self._lock:
            self._line_time, self._site = self.line_time, self.site
            self._settle()
            self._tidy()
            room.keep_reserve(self.path)

    def _tidy(self) -> None:
        """What a crash left: files that do not count go, files that are gone are told."""
        known = {part.path: part for kind in KINDS for part in parts.parts_of(self._connection, kind)}
        for orphan in parts.orphans(self.path, KINDS, set(known)):
            orphan.unlink(missing_ok=True)
        missing = [part for path, part in known.items() if not (self.path / path).exists()]
        if missing:
            rows = sum(part.rows for part in missing)
            with schema.transaction(self._connection):
                parts.unregister(self._connection, missing)
                self._add("documents_missing", rows)
            self.notices.append(f"{len(missing)} files with {rows} documents are gone from {self.path}")

    # Writing

    def keep_for(self, keepers: Mapping[str, Keeper]) -> None:
        """From now on, whenever rows are written, these are asked for those of their tables (`assets`, `facts`)."""
        self._keepers = keepers

    def spoil(self) -> None:
        """The parts of the line are between two batches no more: what they have is not kept, nor what came since rows were
        written last, a second ago at most. All before is, when the store is closed.
        """
        self._keepers, self._pending = {}, Pending()
        for kind, buffer in self._buffers.items():
            buffer.cut(self._settled.waiting.get(kind, 0))
        parts.remove(self.path, self._spilled[self._settled.spilled :])
        del self._spilled[self._settled.spilled :]
        self._line_time, self._position = self._settled.line_time, self._settled.position

    def commit(
        self,
        *,
        line_time: int,
        documents: Frames | None = None,
        batch: Tables | None = None,
        changes: Iterable[object] = (),
        alerts: Sequence[AlertRevision] = (),
        triage: Iterable[Row] = (),
        assets: Iterable[Row] = (),
        asset_documents: Iterable[Row] = (),
        facts: Iterable[Row] = (),
        point_facts: Iterable[LogChange] = (),
        files: Sequence[tuple[object, ...]] = (),
        position: Row | None = None,
    ) -> None:
        """Takes what a batch brought.

        With files, or alerts that call for somebody, all of it is on the disk when this returns; else rows are, how alerts
        grow among them, after a second, or four times as long as it took to write them, or when too many wait; documents
        after a minute of line time, at the latest.

        Args:
            line_time: ns since 1970, UTC.
            documents: Frames of documents.
            batch: For its points and readings.
            changes: What the inventory saw change.
            alerts: Revisions, in order.
            triage: Its own rows, with `id`. In all rows, `gone` true deletes.
            assets: The inventory's own rows, with `id`.
            asset_documents: Flat documents of assets that changed, with `host.id`.
            facts: The baseline's own rows, with `key`.
            point_facts: What became of its facts about points that nobody decided about.
            files: Captures that were read, as `KeptFile`.
            position: How far reading has come; `recall("position")` gives that of the rows on the disk, and
                `recall("documents_position")` that of the documents, which may be behind.

        Raises:
            DiskFull: Alerts are kept as long as the reserve lasts; the next commit tries the rest again.
            SentinelError: The state cannot be written.
        """
        self._need_lock()
        pending = self._pending
        self._line_time = max(self._line_time, line_time)
        self._take_documents(documents)
        self._take_readings(batch)
        for table, rows in (("assets", assets), ("facts", facts), ("triage", triage)):
            pending.put(table, rows)
        pending.put_logs(point_facts)
        pending.asset_documents.update((str(one["host.id"]), one) for one in asset_documents)
        pending.changes.extend(change_row(one) for one in changes)
        pending.alerts.extend(alerts)
        pending.files.extend(files)
        if position is not None:
            self._position = pending.kept["position"] = position
        calls = any(one.document.get("event.kind") == "alert" for one in alerts)
        try:
            self._write_what_is_due(at_once=calls or bool(files))
        except DiskFull:
            # All of it is tried again, after a pause: at each batch it would keep the disk busy.
            self._wrote = self._committed = time.monotonic()
            self._minute = -1
            raise

    def _write_what_is_due(self, *, at_once: bool) -> None:
        now = time.monotonic()
        next_minute = self._line_time // MINUTE != self._minute and now - self._wrote >= self._pause
        if at_once or next_minute:
            self.flush()
            return
        large = [kind for kind in KINDS if self._buffers[kind].weight >= self._settings.part_rows]
        if now - self._committed >= self._pause or self._pending.is_crowded():
            if large or self._spilled:
                self.flush()
            else:
                with told(self.path):
                    self._write()
        elif large:
            self._spill(large)

    def _spill(self, kinds: Sequence[str]) -> None:
        """Writes documents to make room in memory: they are orphans until everything is written."""
        if any(self._settled.waiting.values()):
            self.flush()  # what a transaction has left in memory is no part of what `spoil` gives up
            return
        with told(self.path):
            self._spilled += self._write_parts(kinds)
            self._clear(kinds)

    def relive(self, batch: Tables, documents: Frames | None = None, position: Row | None = None) -> None:
        """A batch whose rows the state has already: takes what later batches need; its documents if they are missing."""
        self._need_lock()
        taken = self._points.take(batch.tables)
        if documents is not None:
            self._position = position
            self._take_documents(documents)
            if taken.readings is not None:
                self._buffers["readings"].add(taken.readings)

    def flush(self) -> None:
        """Writes everything that was taken, now."""
        self._need_lock()
        with told(self.path):
            written = self._write_parts()
            try:
                self._write(written)
            except BaseException:
                parts.remove(self.path, written)
                raise
            self._clear()
            self._settle()
            self.flushed = self._wrote = time.monotonic()
            self._minute = self._line_time // MINUTE
            hour = self._line_time // HOUR
            if hour != self._hour:
                self._hour = hour
                self.compact(before=hour)
                self.notices += room.make_room(self._connection, self.path, self._settings, self._line_time)

    def _clear(self, kinds: Sequence[str] = KINDS) -> None:
        for kind in kinds:
            self._buffers[kind].clear()
        if "readings" in kinds:
            self._points.tidy()

    def _write_parts(self, kinds: Sequence[str] = KINDS) -> list[Part]:
        written: list[Part] = []
        counters = self.counters()
        try:
            for kind in kinds:
                frame = parts.together(self._buffers[kind].frames)
                if frame.height:
                    if kind == "readings":
                        frame = self._points.documents(frame, self._site)
                    spilled = sum(
                        part.last_position - part.first_position + 1 for part in self._spilled if part.kind == kind
                    )
                    position = counters.get(f"{kind}_position", 0) + spilled + 1
                    written += parts.write(self.path, kind, frame, position, time.time_ns())
        except BaseException as error:
            parts.remove(self.path, written)
            if isinstance(error, OSError) and is_full(error):
                self._bound_buffers()
                self._write(full=True)  # alerts are small: they find room in what was held in reserve
            raise
        return written

    def _write(self, written: Sequence[Part] | None = None, *, full: bool = False) -> None:
        """One transaction: rows become what they are now. `written`: with what spilled, all documents there are."""
        began = time.monotonic()
        position = None if written is None else self._position
        if full:
            room.give_up_reserve(self.path)
        registered = [] if written is None else [*self._spilled, *written]
        try:
            self._transact(registered, position)
        except Exception as error:
            if not is_full(error) or not room.give_up_reserve(self.path):
                raise
            self._transact(registered, position)
            self.notices.append(f"{self.path}: the disk is full: alerts are kept in the room held in reserve")
        for keeper in self._keepers.values():
            keeper.saved()
        if written is not None:
            self._spilled = []
        self._pending = Pending()
        self._committed = time.monotonic()
        self._pause = max(1.0, PAUSES * (self._committed - began))
        self._settle()

    def _settle(self) -> None:
        waiting = {kind: len(buffer) for kind, buffer in self._buffers.items()}
        self._settled = Settled(waiting, len(self._spilled), self._line_time, self._position)

    def _transact(self, written: Sequence[Part], position: Row | None) -> None:
        with schema.transaction(self._connection):
            parts.register(self._connection, written)
            for part in written:
                self._add(f"{part.kind}_position", part.last_position - part.first_position + 1)
            self._pending.save(self._connection, time.time_ns(), self._keepers)
            self._put_meta({"line_time": str(self._line_time)})
            if position is not None:
                self._put_meta({"kept.documents_position": text_of(position)})

    def remember(self, name: str, value: Any) -> None:
        """Keeps a JSON-able value under a name, with the next commit; `recall` gives it."""
        self._need_lock()
        self._pending.kept[name] = value

    def count(self, name: str, number: int = 1) -> None:
        """Adds to a counter, with the next commit."""
        self._need_lock()
        self._pending.counts[name] = self._pending.counts.get(name, 0) + number

    def set_aside(self) -> None:
        """Keeps the state as it is now beside what it becomes, until `drop_aside`."""
        self._need_lock()
        folder = self.path / BEFORE
        with told(self.path):
            self._remove_aside()
            folder.mkdir()
            self._connection.execute("VACUUM INTO ?", (str(folder / schema.DATABASE),))

    def aside(self) -> Reader:
        """The state that was set aside, to be read and closed."""
        with told(self.path):
            return Reader(self.path / BEFORE, schema.connect_to_read(self.path / BEFORE))

    def drop_aside(self) -> None:
        """Forgets it."""
        with told(self.path):
            self._remove_aside()

    def _remove_aside(self) -> None:
        shutil.rmtree(self.path / BEFORE, ignore_errors=True)

    def compact(self, before: int | None = None) -> None:
        """Merges the files of an hour where there are several; only of hours before that one (hours since 1970), if it is given."""
        with told(self.path):
            for kind in KINDS:
                most = self._settings.part_rows // MERGE_SHARE
                for run in list(parts.mergeable(parts.parts_of(self._connection, kind), before, most)):
                    merged = parts.merge(self.path, run)
                    try:
                        with schema.transaction(self._connection):
                            parts.unregister(self._connection, run)
                            parts.register(self._connection, [merged])
                    except BaseException:
                        parts.remove(self.path, [merged])
                        raise
                    parts.remove(self.path, run)

    def close(self, *, flush: bool = True) -> None:
        """Writes what waits, merges the files of each hour where there are several, lets the next writer in."""
        if self._lock is None:
            super().close()
            return
        try:
            if flush:
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        with suppress(SentinelError):  # what went wrong first is what must be told
            self.close()

    # Decisions: at any time, by anybody who may write the folder, while the sensor runs

    def decide(
        self, kind: str, target: str, *, who: str, when: int, why: str = "", value: Row | None = None
    ) -> Decision:
        """Writes down a decision; it is on the disk when this returns.

        It needs no lock: the process that writes the state finds it by `decisions(after)`.
        """
        return self._append([Decision(kind, target, who, when, why, dict(value or {}))])[0]

    def import_decisions(self, entries: Iterable[Decision]) -> list[Decision]:
        """Brings decisions of another sensor, each once; gives those that were new."""
        known = {one.hash for one in self.decisions()} | {one.value.get("imported") for one in self.decisions()}
        new = [one for one in entries if one.hash not in known]
        return self._append([replace(one, value={**one.value, "imported": one.hash}) for one in new])

    def _append(self, entries: Sequence[Decision]) -> list[Decision]:
        with told(self.path):
            connection = self._connection if self._lock else schema.connect(self.path)
            try:
                with schema.transaction(connection):
                    added = [decisions.append(connection, entry) for entry in entries]
                    schema.add(connection, "decisions", len(added))
            finally:
                if connection is not self._connection:
                    connection.close()
        return added

    def outbox(self) -> Outbox:
        """What sinks have not got yet, for whoever sends."""
        return Outbox(self.path)

    # Inside

    def _take_documents(self, documents: Frames | None) -> None:
        frames = [getattr(documents, name) for name in FRAMES] if documents is not None else []
        for frame in frames:
            if frame.height:
                self._buffers["events"].add(frame)

    def _take_readings(self, batch: Tables | None) -> None:
        if batch is None:
            return
        taken = self._points.take(batch.tables)
        if taken.new is not None:
            self._pending.new_points.append(taken.new)
        if taken.labels is not None:
            self._pending.labels.append(taken.labels)
        if taken.readings is not None:
            self._buffers["readings"].add(taken.readings)
            self._pending.newest.append(self._points.newest(taken.readings))

    def _bound_buffers(self) -> None:
        """While the disk is full: keeps at most twice a part in memory, and counts what it lets go."""
        buffers = self._buffers.values()
        if sum(buffer.weight for buffer in buffers) > 2 * self._settings.part_rows:
            self.count("documents_lost_disk_full", sum(buffer.height for buffer in buffers))
            for buffer in buffers:
                buffer.clear()

    def _need_lock(self) -> None:
        if self._lock is None:
            raise SentinelError(f"{self.path}: was opened to be read only")

    def _put_meta(self, values: Mapping[str, str]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))

    def _add(self, name: str, number: int) -> None:
        schema.add(self._connection, name, number)
