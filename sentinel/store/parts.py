"""Documents as Parquet files: whole or not there, merged hourly, found again by position and time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import polars
from polars import selectors

from sentinel import fields
from sentinel.sensor import filled

HOUR = 3_600_000_000_000
LEFT_OUT = ("operation", "conversation")
"""Numbers of this process, which mean nothing to the next one."""

FEWEST = 4
"""Files of an hour that are merged: fewer are not worth being written twice."""

KINDS: dict[str, polars.DataType] = {
    "date": polars.Int64(),
    "long": polars.Int64(),
    "float": polars.Float64(),
    "boolean": polars.Boolean(),
}
"""Columns by a field's type; all others are text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file. Positions count documents of a kind in the order in which they came, over the whole state."""

    number: int
    kind: str
    path: str
    hour: int
    first_position: int
    last_position: int
    first: int
    last: int
    rows: int
    bytes: int
    created: int

    def read(self, folder: Path) -> polars.LazyFrame:
        """Its rows, names as text, each with its position."""
        frame = polars.scan_parquet(folder / self.path, row_index_name="row")
        if "position" not in frame.collect_schema().names():
            frame = frame.with_columns((polars.col("row").cast(polars.Int64) + self.first_position).alias("position"))
        return frame.drop("row").with_columns((selectors.categorical() | selectors.enum()).cast(polars.String))


COLUMNS = tuple(Part.__dataclass_fields__)


def parts_of(connection: sqlite3.Connection, kind: str, where: str = "1", values: Sequence[int] = ()) -> list[Part]:
    """The parts that count, in order of position."""
    query = f"SELECT {', '.join(COLUMNS)} FROM parts WHERE kind = ? AND {where} ORDER BY first_position"
    return [Part(*row) for row in connection.execute(query, (kind, *values))]


def register(connection: sqlite3.Connection, parts: Iterable[Part]) -> None:
    """Makes files count. Call within a transaction."""
    marks = ", ".join("?" * (len(COLUMNS) - 1))
    connection.executemany(
        f"INSERT INTO parts ({', '.join(COLUMNS[1:])}) VALUES ({marks})",
        [tuple(getattr(part, name) for name in COLUMNS[1:]) for part in parts],
    )


def unregister(connection: sqlite3.Connection, parts: Iterable[Part]) -> None:
    """Makes files count no more. Call within a transaction."""
    connection.executemany("DELETE FROM parts WHERE path = ?", [(part.path,) for part in parts])


def together(frames: Iterable[polars.DataFrame]) -> polars.DataFrame:
    """All rows in the order in which they were known, columns as the schema has them."""
    given = [frame.drop(LEFT_OUT, strict=False) for frame in frames if frame.height]
    if not given:
        return polars.DataFrame()
    frame = polars.concat([frame.cast(_kinds(frame)) for frame in given], how="diagonal_relaxed")
    in_order = "sequence" not in frame.columns or frame["sequence"].is_sorted()
    return frame if in_order else frame.sort("sequence", maintain_order=True)


def write(folder: Path, kind: str, frame: polars.DataFrame, position: int, created: int) -> list[Part]:
    """Writes one file an hour of line time; the first row gets that position."""
    frame = frame.with_columns(polars.int_range(position, position + frame.height).alias("position"))
    hours = frame["time"] // HOUR
    frame = frame.drop("time", "sequence", strict=False)
    groups = (
        [frame]
        if hours.n_unique() == 1
        else frame.with_columns(hours.alias("hour")).partition_by("hour", include_key=False)
    )
    parts: list[Part] = []
    try:
        for hour, group in zip(hours.unique(maintain_order=True), groups, strict=True):
            parts.append(write_one(folder, kind, group, hour, created))
    except BaseException:
        remove(folder, parts)
        raise
    return parts


def write_one(folder: Path, kind: str, frame: polars.DataFrame, hour: int, created: int) -> Part:
    """Writes one file of rows of one hour: under another name first, so that a crash leaves no half of it."""
    first, last = int(frame["position"][0]), int(frame["position"][-1])
    if frame.height == last - first + 1:
        frame = frame.drop("position")  # it is the row's
    moment = datetime.fromtimestamp(hour * 3_600, UTC)
    path = f"{kind}/{moment:%Y-%m-%d/%H}/{first:012d}-{last:012d}.parquet"
    whole = folder / path
    whole.parent.mkdir(parents=True, exist_ok=True)
    temporary = whole.with_name(f".{whole.name}.part")
    frame = filled(frame)
    columns: list[str] = sorted(frame.columns, key=_place)
    frame = frame.select(columns)
    # Into memory first: of a disk that is full Polars says something that nobody can tell from a fault of ours. No statistics:
    # what a part holds of time is kept with it, and it is read whole, or not at all.
    made = BytesIO()
    frame.write_parquet(made, compression="zstd", compression_level=1, statistics=False)
    try:
        with open(temporary, "wb") as file:
            file.write(made.getbuffer())
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        temporary.replace(whole)
        _sync(whole.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    time = polars.col("@timestamp")
    earliest, latest = frame.select(time.min().alias("first"), time.max().alias("last")).row(0)
    return Part(
        0,
        kind,
        path,
        hour,
        first,
        last,
        earliest,
        latest,
        frame.height,
        size,
        created,
    )


def _place(column: str) -> tuple[int, str]:
    """The schema's order, so that a document reads the same whichever documents it was written with."""
    return (_PLACES.get(column, len(_PLACES)), column)


_PLACES = {name: place for place, name in enumerate(fields.all_fields())}


def merge(folder: Path, parts: Sequence[Part]) -> Part:
    """One file out of several of an hour that follow each other; a document that came twice stays once."""
    frame = polars.concat([part.read(folder).collect() for part in parts], how="diagonal_relaxed")
    if "event.id" in frame.columns:
        frame = once(frame)
    return write_one(folder, parts[0].kind, frame, parts[0].hour, parts[-1].created)


def once(frame: polars.DataFrame) -> polars.DataFrame:
    """Without repeats of a document, as a file read again after a crash brings them."""
    ids = frame["event.id"].drop_nulls()
    if ids.n_unique() == ids.len():
        return frame  # a copy of wide rows would be dear
    return frame.filter(polars.col("event.id").is_null() | polars.col("event.id").is_first_distinct())


def mergeable(parts: Sequence[Part], before: int | None, most: int) -> Iterator[list[Part]]:
    """Runs of files of one hour (before that hour) between which no document lies, of at most so many rows in all.

    The bound is the memory of the merge: an hour in which all was new need not fit in it.
    """
    run: list[Part] = []
    for part in sorted(parts, key=lambda one: one.first_position):
        follows = run and run[-1].hour == part.hour and run[-1].last_position + 1 == part.first_position
        if not follows or sum(one.rows for one in run) + part.rows > most:
            if len(run) >= FEWEST:
                yield run
            run = []
        if before is None or part.hour < before:
            run.append(part)
    if len(run) >= FEWEST:
        yield run


def remove(folder: Path, parts: Iterable[Part]) -> None:
    """Deletes files, and folders that are empty then."""
    for part in parts:
        path = folder / part.path
        path.unlink(missing_ok=True)
        for parent in (path.parent, path.parent.parent):
            try:
                parent.rmdir()
            except OSError:
                break


def orphans(folder: Path, kinds: Iterable[str], known: set[str]) -> list[Path]:
    """Files of a crash: half written, never registered, or replaced by a merge."""
    return [
        path
        for kind in kinds
        for path in sorted((folder / kind).rglob("*"))
        if path.is_file() and path.suffix in (".parquet", ".part") and str(path.relative_to(folder)) not in known
    ]


def kind_of(name: str) -> polars.DataType:
    """What a column of that name holds."""
    field = fields.find(name)
    if field is None:
        return polars.Int64() if name in ("sequence", "time", "position") else polars.Null()
    kind = KINDS.get(field.type, polars.String())
    return polars.List(kind) if field.many else kind


def _kinds(frame: polars.DataFrame) -> polars.Schema:
    """The schema's kinds for the columns that it knows: the same in every part, whoever wrote it."""
    kinds = {name: kind_of(name) for name in frame.columns}
    return polars.Schema({name: kinds[name] if kinds[name] != polars.Null() else frame.schema[name] for name in kinds})


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
