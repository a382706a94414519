"""The sensor: batches of tables out of the packet reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import polars

from sentinel import _core

KINDS: dict[str, polars.DataType] = {
    "unsigned": polars.UInt64(),
    "signed": polars.Int64(),
    "float": polars.Float64(),
    "bool": polars.Boolean(),
    "text": polars.String(),
    "word": polars.Categorical(),
    "integers": polars.List(polars.Int64()),
    "texts": polars.List(polars.String()),
}


LARGE = 4_096
"""Rows of a batch after which memory is given back. It takes a millisecond."""


PROTOCOL_KEYS = (("operation", "operations", "operation"), ("event_sequence", "events", "sequence"))
"""Columns by which rows of a protocol's tables go with another table's: of operations, of events."""

SUMMARIES = 16_384
"""Summaries of one batch: the end of a minute may bring one of every operation at once, and as documents they are wide."""


@cache
def schemas() -> dict[str, polars.Schema]:
    """Every table of the border with its columns."""
    return {
        name: polars.Schema({column: KINDS[kind] for column, kind in columns})
        for name, columns in _core.tables().items()
    }


@cache
def _empty(name: str) -> polars.DataFrame:
    return polars.DataFrame(schema=schemas().get(name))


@dataclass(frozen=True)
class Batch:
    """Tables of one batch, and the line time at its end (ns since 1970, UTC)."""

    tables: Mapping[str, polars.DataFrame]
    line_time: int

    def __getitem__(self, name: str) -> polars.DataFrame:
        """The table; empty, with its columns, if this batch has none of its rows."""
        frame = self.tables.get(name)
        return frame if frame is not None else _empty(name)


def detached(frame: polars.DataFrame) -> polars.DataFrame:
    """The same rows in memory of their own: one column of a table that is kept would keep the whole table."""
    texts = [name for name, kind in frame.schema.items() if kind == polars.String]
    copies = [polars.concat_str([polars.col(name), polars.lit("")]).alias(name) for name in texts]
    return frame.with_columns(polars.all().exclude(texts).reverse().reverse(), *copies)


def filled(frame: polars.DataFrame) -> polars.DataFrame:
    """Without the columns that hold nothing: most are of one protocol or kind of row, and empty ones cost as much as others."""
    held = [column for column in frame if column.null_count() < frame.height]
    return frame.select(held) if len(held) < frame.width else frame


@dataclass(frozen=True)
class FileChoice:
    """What is wanted of one file."""

    shift: int = 0
    """ns added to its times: the clock of its machine was wrong."""
    left_out: bool = False
    """Nothing."""
    known: tuple[tuple[int, int, int], ...] = ()
    """What was read before: the first so many packets, from one time (ns, as the file says it) to another."""


@dataclass(frozen=True)
class Mark:
    """How far a file is read: packets and bytes on the disk with their SHA-256, and whether that is its end."""

    file: int
    position: int
    size: int
    digest: bytes | None
    ended: bool


def cut(batch: Batch, most: int = SUMMARIES) -> Iterator[Batch]:
    """The rows of a batch in several, of so many summaries each."""
    starts = batch["summaries"]["sequence"].sort()[most::most].to_list()
    for start, end in pairwise([0, *starts, None]):
        rows = polars.col("sequence") >= start
        rows = rows if end is None else rows & (polars.col("sequence") < end)
        own = {name: table.filter(rows) for name, table in batch.tables.items() if "sequence" in table.columns}
        times = [time for table in own.values() if isinstance(time := table["time"].max(), int)]
        for name, table in batch.tables.items():
            if name not in own:  # a protocol's: its rows go with those of an event, or of an operation
                key, of, column = PROTOCOL_KEYS["event_sequence" in table.columns]
                rows_of = own[of][column] if of in own else polars.Series(dtype=polars.UInt64)
                own[name] = table.filter(polars.col(key).is_in(rows_of.implode()))
        tables = {name: table for name, table in own.items() if table.height}
        yield Batch(tables, batch.line_time if end is None else max(times))


class Sensor:
    """Reads captures, or listens, and yields batches until the end."""

    def __init__(
        self,
        files: Sequence[str],
        *,
        every_transaction: bool = False,
        site: str = "",
        limits: Mapping[str, int] | None = None,
        vlan_in_key: bool = True,
        listed: bool = False,
    ) -> None:
        self._core = _core.Sensor(
            list(files),
            every_transaction=every_transaction,
            site=site,
            limits=dict(limits or {}),
            vlan_in_key=vlan_in_key,
            listed=listed,
        )

    @classmethod
    def listen(
        cls,
        interfaces: Sequence[str],
        *,
        ring_bytes: int,
        outgoing: bool = False,
        site: str = "",
        limits: Mapping[str, int] | None = None,
        vlan_in_key: bool = True,
    ) -> Sensor:
        """Listens on interfaces until `stop`; `outgoing`: what this computer itself sends is read too.

        Raises:
            PermissionError: It may not.
            OSError: An interface cannot be listened on: its name and why.
        """
        sensor = cls.__new__(cls)
        sensor._core = _core.Sensor.listen(
            list(interfaces),
            ring_bytes=ring_bytes,
            outgoing=outgoing,
            site=site,
            limits=dict(limits or {}),
            vlan_in_key=vlan_in_key,
        )
        return sensor

    def stop(self) -> None:
        """A sensor that listens gives what it has received, then ends."""
        self._core.stop()

    def notices(self) -> list[str]:
        """What happened to the interfaces since the last call, one line each."""
        return self._core.notices()

    def choose(
        self,
        files: Sequence[FileChoice],
        *,
        since: int | None = None,
        until: int | None = None,
        marks: Sequence[Mark] = (),
        digest: bool = False,
    ) -> None:
        """Says what is wanted, before the first batch.

        Args:
            files: In the order of `counters()["files"]`.
            since: Only packets from this time on (ns since 1970, after shifting).
            until: Only packets before this time.
            marks: What files were when they were read before: those that are not are `changed`.
            digest: Whether files are digested on the way.
        """
        if since is not None or until is not None:
            self._core.only(since, until)
        for number, one in enumerate(files):
            if one.shift:
                self._core.shift(number, one.shift)
            if one.left_out:
                self._core.leave_out(number)
            if one.known:
                self._core.known(number, one.known)
        for mark in marks:
            if mark.digest is not None:
                self._core.expect(mark.file, mark.size, mark.digest, mark.ended)
        if digest:
            self._core.digest()

    def marks(self) -> list[Mark]:
        """How far each file is read that was begun."""
        return [Mark(*one) for one in self._core.marks()]

    def progress(self) -> tuple[int, int, int, int]:
        """Packets, line time (ns since 1970), files whose reading is over, bytes on the disk read."""
        return self._core.progress()

    def __iter__(self) -> Iterator[Batch]:
        while (tables := self._core.next_batch()) is not None:
            whole = Batch({name: polars.DataFrame(table) for name, table in tables.items()}, self._core.line_time())
            large = sum(table.height for table in whole.tables.values()) >= LARGE
            del tables
            if whole["summaries"].height <= SUMMARIES:
                yield whole
            else:
                yield from cut(whole)
            del whole
            if large:
                _core.give_back()

    def counters(self) -> dict[str, Any]:
        """What was read, what was not, and which limits were reached."""
        return self._core.counters()
