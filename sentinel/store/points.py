"""Points and their readings: numbers of the process become names that last."""

from __future__ import annotations

import sqlite3

import polars

from sentinel.sensor import detached
from sentinel.store import columns

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

PAST = "history"
"""Direction of a value that was so once."""
NEWEST = ("timestamp", "number", "integer", "text", "status", "direction", "file", "frame")


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
        rows = rows.join(self._known, on="point", how="anti", maintain_order="left")
        self._known = self._known.vstack(detached(rows))

    def label(self, labels: polars.DataFrame) -> polars.DataFrame:
        """Takes labels of a batch, before its readings; gives the last of each point that is known, by its id."""
        rows = labels.select(polars.col(name).cast(kind) for name, kind in LABELS.items())
        self._labels = self._labels.vstack(detached(rows))
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
        now = polars.col("direction") != PAST  # what a server remembers says nothing of now
        frame = self._joined(readings.filter(now)).filter(polars.col("id").is_not_null())
        return detached(_last(frame.sort("sequence").select("id", *NEWEST, polars.lit(1).alias("changes"))))

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


def awaited(new: polars.DataFrame) -> polars.DataFrame:
    """What of new points is kept until it is saved."""
    return detached(new.select("id", "class", "time", *columns.PLACE))


def shortened(newest: list[polars.DataFrame]) -> list[polars.DataFrame]:
    """The newest values as one frame, each point once."""
    return [_last(polars.concat(newest)).select("id", *NEWEST, "changes")] if len(newest) > 1 else newest


def save(
    connection: sqlite3.Connection,
    new: list[polars.DataFrame],
    labels: list[polars.DataFrame],
    newest: list[polars.DataFrame],
) -> None:
    """Keeps new points, their labels, and the newest value of each. Call within a transaction."""
    points = _points(polars.concat(new)) if new else None
    values = _last(polars.concat(newest)).rename({"timestamp": "time"}) if newest else None
    if points is not None and values is not None:
        rows = [points.join(values, on="id", how="full", coalesce=True, maintain_order="left_right")]
    else:
        rows = [one for one in (points, values) if one is not None]
    if labels:
        rows.append(polars.concat(labels).select("id", "label", "measure"))
    if rows:
        columns.add(connection, columns.merged(polars.concat([columns.rows_of(one) for one in rows])))


def _points(new: polars.DataFrame) -> polars.DataFrame:
    """Each once, with when it was first read and written."""
    written = polars.col("class") == "write"
    known = new.select(
        "id",
        *columns.PLACE,
        polars.when(~written).then("time").alias("first_read"),
        polars.when(written).then("time").alias("first_written"),
    )
    if known["id"].n_unique() == known.height:
        return known
    times = known.group_by("id", maintain_order=True).agg(polars.col("first_read", "first_written").min())
    places = known.select("id", *columns.PLACE).unique("id", keep="first", maintain_order=True)
    return times.join(places, on="id", how="left", maintain_order="left")
