"""What is known of points, kept as segments of columns: what is new is added in bulk, and merged when it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from io import BytesIO

import polars

from sentinel.sensor import detached

PLACE: dict[str, type[polars.DataType]] = {
    "name": polars.String,
    "server": polars.String,
    "server_port": polars.Int64,
    "vlan": polars.String,
    "protocol": polars.String,
    "unit": polars.Int64,
    "table": polars.String,
    "address": polars.Int64,
}
VALUE: dict[str, type[polars.DataType]] = {
    "time": polars.Int64,
    "number": polars.Float64,
    "integer": polars.Int64,
    "text": polars.String,
    "status": polars.String,
    "direction": polars.String,
    "file": polars.Int64,
    "frame": polars.Int64,
}
COLUMNS: dict[str, type[polars.DataType]] = {
    "id": polars.String,
    **PLACE,
    "first_read": polars.Int64,
    "first_written": polars.Int64,
    "changes": polars.Int64,
    **VALUE,
    "label": polars.String,
    "measure": polars.String,
}
"""A row says of a point what was learnt at once; what it does not say is null, the changes 0."""

SEGMENT_ROWS = 16_384
"""A segment of so many rows takes in no further ones until all are settled: to merge some takes eight times their room."""

SHARE_ROWS = 65_536
"""Points that are settled at once, for each time that all are read."""


def rows_of(frame: polars.DataFrame) -> polars.DataFrame:
    """Rows that say only what the frame says."""
    missing = [polars.lit(None, dtype=kind).alias(name) for name, kind in COLUMNS.items() if name not in frame.columns]
    whole = frame.with_columns(missing).select(polars.col(name).cast(kind) for name, kind in COLUMNS.items())
    return whole.with_columns(polars.col("changes").fill_null(0))


def merged(frame: polars.DataFrame) -> polars.DataFrame:
    """One row a point, of rows in the order in which they were kept."""
    if frame["id"].n_unique() == frame.height:
        return frame
    # Not by an expression that filters within each group: that costs ten times as much.
    said = frame.filter(polars.col("name").is_not_null()).unique("id", keep="first", maintain_order=True)
    labelled = frame.filter(polars.col("label").is_not_null()).unique("id", keep="last", maintain_order=True)
    sums = frame.group_by("id", maintain_order=True).agg(
        polars.col("first_read", "first_written").min(), polars.col("changes").sum()
    )
    # The newest value counts, and of two of one time the one that came later.
    values = frame.select("id", *VALUE).filter(polars.col("time").is_not_null())
    newest = values.sort("time", maintain_order=True).unique("id", keep="last")
    parts = (said.select("id", *PLACE), newest, labelled.select("id", "label", "measure"))
    for part in parts:
        sums = sums.join(part, on="id", how="left", maintain_order="left")
    return sums.select(*COLUMNS)


def add(connection: sqlite3.Connection, rows: polars.DataFrame) -> None:
    """Adds rows. Small segments are taken in by larger ones, so they stay few. Call within a transaction."""
    while rows.height:
        before = connection.execute(
            "SELECT number, rows, columns FROM point_segments WHERE NOT settled ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if before is None or before[1] >= min(1.5 * rows.height, SEGMENT_ROWS):
            break
        connection.execute("DELETE FROM point_segments WHERE number = ?", (before[0],))
        rows = merged(polars.concat([_frame(before[2]), rows]))
    if rows.height:
        _insert(connection, rows, settled=False)
    loose, settled = connection.execute(
        "SELECT coalesce(sum(rows) FILTER (WHERE NOT settled), 0), coalesce(sum(rows) FILTER (WHERE settled), 0) "
        "FROM point_segments"
    ).fetchone()
    if loose > max(8 * SHARE_ROWS, settled):
        settle(connection, loose + settled)


def settle(connection: sqlite3.Connection, rows: int) -> None:
    """Merges all segments, by shares of the points, so that never all of them are in memory. Call within a transaction."""
    (last,) = connection.execute("SELECT max(number) FROM point_segments").fetchone()
    shares = rows // SHARE_ROWS + 1
    for share in range(shares):
        mine = (
            polars.col("id").hash(0) % shares == share
        )  # one process decides this: it need not be the same in another
        frame = merged(polars.concat([detached(one.filter(mine)) for one in _segments(connection, last)]))
        if frame.height:
            _insert(connection, frame, settled=True)
    connection.execute("DELETE FROM point_segments WHERE number <= ?", (last,))


def read(connection: sqlite3.Connection, where: polars.Expr | None = None) -> polars.DataFrame:
    """One row a point; only those `where` some row of theirs says so."""
    (last,) = connection.execute("SELECT max(number) FROM point_segments").fetchone()
    frames = list(_segments(connection, last or 0))
    if where is not None:
        ids = polars.concat(
            [polars.Series("id", dtype=polars.String, values=[]), *(one.filter(where)["id"] for one in frames)]
        )
        frames = [one.filter(polars.col("id").is_in(ids.implode())) for one in frames]
    whole = merged(polars.concat([polars.DataFrame(schema=COLUMNS), *frames]))
    return whole.filter(polars.col("name").is_not_null())


def count(connection: sqlite3.Connection) -> int:
    """How many points there are."""
    ids = [
        polars.read_parquet(BytesIO(packed), columns=["id"])["id"]
        for (packed,) in connection.execute("SELECT columns FROM point_segments")
    ]
    return polars.concat(ids).n_unique() if ids else 0


def bring_over(connection: sqlite3.Connection) -> None:
    """Rows of an older state's table become segments. Call within a transaction."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    found = connection.execute(f"SELECT {names} FROM points ORDER BY id")
    while some := found.fetchmany(SEGMENT_ROWS):
        _insert(connection, polars.DataFrame(some, schema=COLUMNS, orient="row"), settled=True)
    connection.execute("DELETE FROM points")


def _segments(connection: sqlite3.Connection, last: int) -> Iterator[polars.DataFrame]:
    """What is settled was kept before what is not."""
    query = "SELECT columns FROM point_segments WHERE number <= ? ORDER BY settled DESC, number"
    for (packed,) in connection.execute(query, (last,)):
        yield _frame(packed)


def _insert(connection: sqlite3.Connection, frame: polars.DataFrame, *, settled: bool) -> None:
    into = BytesIO()
    frame.write_parquet(into, compression="zstd", compression_level=1, statistics=False)
    query = "INSERT INTO point_segments (settled, rows, columns) VALUES (?, ?, ?)"
    connection.execute(query, (settled, frame.height, into.getvalue()))


def _frame(packed: bytes) -> polars.DataFrame:
    return polars.read_parquet(BytesIO(packed))
