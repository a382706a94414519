"""Plain facts about points: logs of rows, kept as segments of columns; what goes, goes from a log's front."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from io import BytesIO

import polars

from sentinel.baseline.plain import COLUMNS, LogChange

SEGMENT = "number, log, rows, columns, gone"


class Segment:
    """Rows in order, and the numbers of earlier rows that are gone."""

    def __init__(self, rows: polars.DataFrame, gone: polars.Series) -> None:
        self.rows, self.gone = rows, gone

    @property
    def size(self) -> int:
        """What it costs to read."""
        return self.rows.height + self.gone.len()

    def then(self, later: Segment, head: int) -> Segment:
        """Both as one: what the later one takes from this is no longer in it."""
        kept = self.rows.filter((polars.col("number") >= head) & ~polars.col("number").is_in(later.gone.implode()))
        gone = polars.concat([self.gone, later.gone])
        return Segment(polars.concat([kept, later.rows]), gone.filter(gone >= head))


def segment_of(change: LogChange) -> Segment:
    """What a change adds to a log."""
    return Segment(change.rows, polars.Series("gone", change.gone, dtype=polars.UInt64))


class Waiting:
    """What became of a log since the last transaction."""

    def __init__(self) -> None:
        self.whole, self.head = False, 0
        self._segments: list[Segment] = []

    def add(self, change: LogChange) -> None:
        """What became of it further."""
        self.head = change.head
        if change.whole:
            self.whole = True
            self._segments.clear()
        self._segments.append(segment_of(change))
        # What a flood brings goes again soon: joined now, it does not wait. Small ones into large ones is seldom.
        while len(self._segments) > 1 and self._segments[-2].size < 2 * self._segments[-1].size:
            later, earlier = self._segments.pop(), self._segments.pop()
            self._segments.append(earlier.then(later, self.head))

    @property
    def size(self) -> int:
        """Rows that wait."""
        return sum(one.size for one in self._segments)

    def segment(self) -> Segment:
        """All of it as one."""
        first, *rest = self._segments
        for later in rest:
            first = first.then(later, self.head)
        return first


def save(connection: sqlite3.Connection, changes: dict[str, Waiting]) -> None:
    """Keeps what became of logs. Call within a transaction."""
    for log, waiting in changes.items():
        if waiting.whole:
            connection.execute("DELETE FROM fact_segments WHERE log = ?", (log,))
        connection.execute("INSERT OR REPLACE INTO fact_logs VALUES (?, ?)", (log, waiting.head))
        connection.execute("DELETE FROM fact_segments WHERE log = ? AND last < ?", (log, waiting.head))
        _append(connection, log, waiting.segment(), waiting.head)


def _append(connection: sqlite3.Connection, log: str, added: Segment, head: int) -> None:
    """Adds a segment. It takes in those before it that are not twice as large: so they stay few, and rows are rewritten seldom."""
    while added.size:
        before = connection.execute(
            f"SELECT {SEGMENT} FROM fact_segments WHERE log = ? ORDER BY number DESC LIMIT 1", (log,)
        ).fetchone()
        if before is None or before[2] >= 2 * added.size:
            break
        connection.execute("DELETE FROM fact_segments WHERE number = ?", (before[0],))
        added = _segment(before[3], before[4]).then(added, head)
    if added.size:
        last = max(added.rows["number"].max() or 0, added.gone.max() or 0)
        connection.execute(
            "INSERT INTO fact_segments (log, last, rows, columns, gone) VALUES (?, ?, ?, ?, ?)",
            (log, last, added.size, _packed(added.rows), array("Q", added.gone.to_list()).tobytes()),
        )


def read(
    connection: sqlite3.Connection, columns: Iterable[str] = tuple(COLUMNS)
) -> Iterator[tuple[str, int, polars.DataFrame]]:
    """Each log with the number of its first row, and its rows in order."""
    names = list(dict.fromkeys(("number", *columns)))
    for log, head in connection.execute("SELECT log, head FROM fact_logs ORDER BY log").fetchall():
        whole = Segment(polars.DataFrame(schema={name: COLUMNS[name] for name in names}), _numbers(b""))
        found = connection.execute(f"SELECT {SEGMENT} FROM fact_segments WHERE log = ? ORDER BY number", (log,))
        for _, _, _, packed, gone in found:
            whole = whole.then(_segment(packed, gone, names), head)
        yield log, head, whole.rows.filter(polars.col("number") >= head)


def _segment(packed: bytes, gone: bytes, columns: list[str] | None = None) -> Segment:
    return Segment(polars.read_parquet(BytesIO(packed), columns=columns), _numbers(gone))


def _numbers(packed: bytes) -> polars.Series:
    numbers = array("Q")
    numbers.frombytes(packed)
    return polars.Series("gone", numbers.tolist(), dtype=polars.UInt64)


def _packed(frame: polars.DataFrame) -> bytes:
    into = BytesIO()
    frame.write_parquet(into, compression="zstd", compression_level=1, statistics=False)
    return into.getvalue()
