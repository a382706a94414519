"""Documents out of parts: filtered in columns, merged by time, never all in memory."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars

from sentinel.store.parts import Part, kind_of, once, parts_of

INTERNAL = ("sequence", "time", "position")
ADDRESSES = ("source.ip", "destination.ip", "source.mac", "destination.mac")

AGAIN = 3
"""Times that reading starts anew because a merge replaced files meanwhile."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents: `since` is included, `until` is not."""

    since: int | None = None
    until: int | None = None
    addresses: frozenset[str] = frozenset()
    dataset: str | None = None
    weird: bool = False
    where: polars.Expr | None = None

    def filter(self, frame: polars.LazyFrame) -> polars.DataFrame:
        """The rows that are wanted."""
        columns = set(frame.collect_schema().names())
        time = polars.col("@timestamp")
        if self.since is not None:
            frame = frame.filter(time >= self.since)
        if self.until is not None:
            frame = frame.filter(time < self.until)
        if self.addresses:
            sides = [polars.col(name).is_in(list(self.addresses)) for name in ADDRESSES if name in columns]
            frame = frame.filter(polars.any_horizontal(sides)) if sides else frame.clear()
        if self.dataset is not None:
            frame = _filter(frame, columns, polars.col("event.dataset") == self.dataset)
        if self.weird:
            frame = _filter(frame, columns, polars.col("sentinel.weird").list.len() > 0)
        if self.where is not None:
            frame = _filter(frame, columns, self.where)
        return frame.sort("@timestamp", "position").collect()


def _filter(frame: polars.LazyFrame, columns: set[str], condition: polars.Expr) -> polars.LazyFrame:
    """A column that this part does not have holds no value in any of its rows."""
    absent = [name for name in condition.meta.root_names() if name not in columns]
    frame = frame.with_columns(polars.lit(None, dtype=kind_of(name)).alias(name) for name in absent)
    return frame.filter(condition).drop(absent)


def read(
    connection: sqlite3.Connection, folder: Path, kind: str, wanted: Wanted, limit: int | None
) -> Iterator[dict[str, Any]]:
    """Documents by time; with `limit` the newest of them, in the same order."""
    if limit is not None:
        yield from _newest(connection, folder, kind, wanted, limit)
        return
    waiting = sorted(_parts(connection, kind, wanted), key=lambda part: (part.first, part.first_position))
    waiting.reverse()
    open_: list[tuple[int, int, int, dict[str, Any], Iterator[dict[str, Any]]]] = []
    seen: set[Any] = set()  # a document that came twice has the same time, so it follows itself
    now = number = 0
    while waiting or open_:
        while waiting and (not open_ or waiting[-1].first <= open_[0][0]):
            number += 1
            _push(open_, number, _rows(_load(connection, folder, waiting.pop(), wanted)))
        if not open_:
            continue
        time, _, order, row, rows = heapq.heappop(open_)
        _push(open_, order, rows)
        if time != now:
            now, seen = time, set()
        id = row.get("event.id")
        if id is None or id not in seen:
            seen.add(id)
            yield _document(row)


def _newest(
    connection: sqlite3.Connection, folder: Path, kind: str, wanted: Wanted, limit: int
) -> Iterator[dict[str, Any]]:
    best = polars.DataFrame()
    if limit <= 0:
        return
    for part in sorted(_parts(connection, kind, wanted), key=lambda part: part.last, reverse=True):
        if best.height >= limit and part.last < int(best["@timestamp"][0]):
            break
        found = _load(connection, folder, part, wanted).tail(limit)
        if found.height:
            best = polars.concat([best, found], how="diagonal_relaxed") if best.height else found
            best = best.sort("position")
            best = (once(best) if "event.id" in best.columns else best).sort("@timestamp", "position").tail(limit)
    for row in _rows(best):
        yield _document(row)


def _parts(connection: sqlite3.Connection, kind: str, wanted: Wanted) -> list[Part]:
    since = wanted.since if wanted.since is not None else -(2**63)
    until = wanted.until if wanted.until is not None else 2**63 - 1
    return parts_of(connection, kind, "last >= ? AND first < ?", (since, until))


def _load(connection: sqlite3.Connection, folder: Path, part: Part, wanted: Wanted) -> polars.DataFrame:
    return load(connection, folder, part, wanted.filter)


def load(
    connection: sqlite3.Connection,
    folder: Path,
    part: Part,
    take: Callable[[polars.LazyFrame], polars.DataFrame],
) -> polars.DataFrame:
    """The part's rows, out of the merged file that replaced it if need be; none if it was removed for room."""
    for _ in range(AGAIN):
        try:
            return take(part.read(folder))
        except FileNotFoundError:
            # Merged or removed since it was listed: its documents are where their positions are now.
            inside = polars.col("position").is_between(part.first_position, part.last_position)
            now = parts_of(
                connection,
                part.kind,
                "last_position >= ? AND first_position <= ?",
                (part.first_position, part.last_position),
            )
            try:
                frames = [take(one.read(folder).filter(inside)) for one in now]
            except FileNotFoundError:
                continue
            return polars.concat(frames, how="diagonal_relaxed") if frames else polars.DataFrame()
    return polars.DataFrame()


def _push(heap: list[Any], order: int, rows: Iterator[dict[str, Any]]) -> None:
    row = next(rows, None)
    if row is not None:
        heapq.heappush(heap, (row["@timestamp"], row["position"], order, row, rows))


def _rows(frame: polars.DataFrame) -> Iterator[dict[str, Any]]:
    return frame.iter_rows(named=True)


def _document(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name not in INTERNAL}
