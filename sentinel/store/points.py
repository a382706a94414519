"""Points and their readings: numbers of the process become names that last."""

from __future__ import annotations

import sqlite3

import polars

READING = {
    "integer": "sentinel.point.integer",
    "text": "sentinel.point.text",
    "status": "sentinel.point.status",
    "direction": "sentinel.point.direction",
    "source_time": "sentinel.point.source_time",
    "number": "sentinel.point.value",
    "timestamp": "@timestamp",
    "frame": "sentinel.frame.request",
}
"""Columns of the border's readings as fields of a document."""

LABELS: dict[str, type[polars.DataType]] = {
    "point": polars.UInt64,
    "sequence": polars.UInt64,
    "label": polars.String,
    "measure": polars.String,
}
"""What devices told of their own points, each label with the number of the row from which on it counts."""

NEWEST = ("timestamp", "number", "integer", "text", "status", "direction", "file", "frame")
KEPT = ("time", *NEWEST[1:])
"""The same, as the database calls them."""
PLACE = ("name", "server", "server_port", "vlan", "protocol", "unit", "table", "address")


class Points:
    """Knows which number stands for which point, as long as the process lasts."""

    def __init__(self) -> None:
        self._known = polars.DataFrame(
            schema={
                "point": polars.UInt64,
                "id": polars.String,
                "name": polars.String,
                "server": polars.String,
                "protocol": polars.String,
            }
        )
        self._labels = polars.DataFrame(schema=LABELS)

    def learn(self, points: polars.DataFrame) -> None:
        """Takes new points of a batch."""
        rows = points.select(polars.col("point").cast(polars.UInt64), *self._known.columns[1:])
        rows = rows.unique("point", keep="first", maintain_order=True)
        self._known = self._known.vstack(rows.join(self._known, on="point", how="anti", maintain_order="left"))

    def label(self, labels: polars.DataFrame) -> polars.DataFrame:
        """Takes labels of a batch, before its readings; gives the last of each point that is known, by its id."""
        rows = labels.select(polars.col(name).cast(kind) for name, kind in LABELS.items())
        self._labels = self._labels.vstack(rows)
        last = rows.sort("sequence").unique("point", keep="last", maintain_order=True)
        return last.join(self._known.select("point", "id"), on="point", how="inner", maintain_order="left")

    def settle(self) -> None:
        """Keeps only the last label of each point. Call after the batch's readings were taken."""
        if self._labels.height:
            self._labels = self._labels.sort("sequence").unique("point", keep="last", maintain_order=True)

    def forget(self, evictions: polars.DataFrame) -> None:
        """Drops numbers that the reader will use no more. Call after the batch's readings were taken."""
        gone = evictions.filter(polars.col("kind") == "point")["number"].cast(polars.UInt64)
        if gone.len():
            self._known = self._known.filter(~polars.col("point").is_in(gone.implode()))
            self._labels = self._labels.filter(~polars.col("point").is_in(gone.implode()))

    def documents(self, readings: polars.DataFrame, site: str) -> polars.DataFrame:
        """Readings as documents."""
        frame = self._labelled(self._joined(readings))
        return frame.select(
            "sequence",
            "time",
            polars.lit("metric").alias("event.kind"),
            polars.lit("sentinel.point").alias("event.dataset"),
            polars.lit("sentinel").alias("event.module"),
            polars.lit(site or None, dtype=polars.String).alias("sentinel.site"),
            polars.col("id").alias("sentinel.point.id"),
            polars.col("name").alias("sentinel.point.name"),
            polars.col("label").alias("sentinel.point.label"),
            polars.col("measure").alias("sentinel.point.measure"),
            polars.col("server").alias("destination.ip"),
            polars.col("protocol").alias("network.protocol"),
            *[polars.col(column).alias(name) for column, name in READING.items()],
        )

    def newest(self, readings: polars.DataFrame) -> polars.DataFrame:
        """The last reading of each point, and how many there were."""
        frame = self._joined(readings).filter(polars.col("id").is_not_null())
        return _last(frame.sort("sequence").select("id", *NEWEST, polars.lit(1).alias("changes")))

    def _joined(self, readings: polars.DataFrame) -> polars.DataFrame:
        return readings.with_columns(polars.col("point").cast(polars.UInt64)).join(
            self._known, on="point", how="left", maintain_order="left"
        )

    def _labelled(self, readings: polars.DataFrame) -> polars.DataFrame:
        """With the label that counted when a value was read: the same however batches are cut."""
        if not self._labels.height:
            return readings.with_columns(
                polars.lit(None, dtype=polars.String).alias(name) for name in ("label", "measure")
            )
        rows = readings.with_columns(polars.col("sequence").cast(polars.UInt64)).sort("sequence")
        return rows.join_asof(self._labels.sort("sequence"), on="sequence", by="point", check_sortedness=False)


def _last(frame: polars.DataFrame) -> polars.DataFrame:
    return frame.group_by("id").agg(polars.col(*NEWEST).last(), polars.col("changes").sum())


UPSERT = f"""
    INSERT INTO points (id, {", ".join(f'"{name}"' for name in PLACE)}, first_read, first_written, changes, {", ".join(KEPT)})
    VALUES ({", ".join("?" * (len(PLACE) + len(KEPT) + 4))})
    ON CONFLICT (id) DO UPDATE SET
        first_read = min(ifnull(first_read, excluded.first_read), ifnull(excluded.first_read, first_read)),
        first_written = min(ifnull(first_written, excluded.first_written), ifnull(excluded.first_written, first_written)),
        changes = changes + excluded.changes,
        {", ".join(f"{name} = CASE WHEN time <= excluded.time OR time IS NULL THEN excluded.{name} ELSE {name} END" for name in KEPT)}
"""
UPDATE = f"""
    UPDATE points SET {", ".join(f"{name} = ?" for name in KEPT)}, changes = changes + ?
    WHERE id = ? AND (time IS NULL OR time <= ?)
"""


def save(
    connection: sqlite3.Connection,
    new: list[polars.DataFrame],
    labels: list[polars.DataFrame],
    newest: list[polars.DataFrame],
) -> None:
    """Keeps new points, their labels, and the newest value of each. Call within a transaction."""
    values = _last(polars.concat(newest)) if newest else None
    if new:
        written = polars.col("class") == "write"
        points = (
            polars.concat(new)
            .group_by("id")
            .agg(
                polars.col(*PLACE).first(),
                polars.col("time").filter(~written).min().alias("first_read"),
                polars.col("time").filter(written).min().alias("first_written"),
            )
        )
        # In the order of their ids, which is that of the table: each page is filled once.
        points = points.sort("id")
        if values is not None:
            both = points.join(values, on="id", how="left", maintain_order="left")
            values = values.join(points, on="id", how="anti")
        else:
            both = points.with_columns(polars.lit(None).alias(name) for name in ("changes", *NEWEST))
        columns = ("id", *PLACE, "first_read", "first_written", polars.col("changes").fill_null(0), *NEWEST)
        connection.executemany(UPSERT, both.select(*columns).iter_rows())
    if values is not None:
        connection.executemany(
            UPDATE, values.select(*NEWEST, "changes", "id", polars.col("timestamp").alias("until")).iter_rows()
        )
    if labels:
        last = polars.concat(labels).unique("id", keep="last", maintain_order=True).sort("id")
        rows = last.select("label", "measure", "id").iter_rows()
        connection.executemany("UPDATE points SET label = ?, measure = ? WHERE id = ?", rows)
