"""Points and their readings: numbers of the process become names that last."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

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

NAMES = {
    "id": "sentinel.point.id",
    "name": "sentinel.point.name",
    "label": "sentinel.point.label",
    "measure": "sentinel.point.measure",
    "server": "destination.ip",
    "protocol": "network.protocol",
}
"""What a point is called, as fields of a document."""

SERIES = polars.Schema(
    {
        "series": polars.UInt32(),
        "point": polars.UInt64(),
        "id": polars.String(),
        "name": polars.String(),
        "place": polars.UInt32(),
    }
)
"""A point by one label: what all its readings share. It gets another number with another label."""

LABELS = polars.Schema({"series": polars.UInt32(), "label": polars.String(), "measure": polars.String()})
"""Of those series that have one."""

PLACES = polars.Schema({"place": polars.UInt32(), "server": polars.String(), "protocol": polars.String()})
"""Servers by a number: there are a million points, and a text in each would take the most room of all."""

SINCE = polars.Schema({"point": polars.UInt64(), "sequence": polars.UInt64(), "series": polars.UInt32()})
"""From which row of the border on a point's readings are of that series."""

PAST = "history"
"""Direction of a value that was so once."""
NEWEST = ("timestamp", "number", "integer", "text", "status", "direction", "file", "frame")


class Taken(NamedTuple):
    """What a batch says of points: new ones and the last labels as they are kept, and readings with their series."""

    new: polars.DataFrame | None
    labels: polars.DataFrame | None
    readings: polars.DataFrame | None


class Points:
    """Knows which number stands for which point, as long as the process lasts."""

    def __init__(self) -> None:
        self._series = polars.DataFrame(schema=SERIES)
        self._labels = polars.DataFrame(schema=LABELS)
        self._places = polars.DataFrame(schema=PLACES)
        self._since = polars.DataFrame(schema=SINCE)
        self._made = 0
        self._is_split = False
        """Labels came in this batch: some point has two series in it."""

    def take(self, tables: Mapping[str, polars.DataFrame]) -> Taken:
        """Takes a batch."""
        new, labels, readings, evicted = (
            frame if frame is not None and frame.height else None
            for frame in map(tables.get, ("points", "labels", "readings", "evictions"))
        )
        if new is not None:
            self._learn(new)
        named = self._label(labels) if labels is not None else None
        numbered = self._numbered(readings) if readings is not None else None
        self._settle()
        if evicted is not None:
            self._forget(evicted)
        return Taken(awaited(new) if new is not None else None, named, numbered)

    def _learn(self, points: polars.DataFrame) -> None:
        """Takes new points of a batch."""
        rows = points.select(polars.col("point").cast(polars.UInt64), "id", "name", "server", "protocol")
        rows = rows.unique("point", keep="first", maintain_order=True)
        rows = rows.join(self._since, on="point", how="anti", maintain_order="left")
        new = rows.select("server", "protocol").unique().join(self._places, on=("server", "protocol"), how="anti")
        if new.height:
            begin = max(self._places["place"], default=0) + 1
            numbers = polars.int_range(begin, begin + new.height, dtype=polars.UInt32, eager=True)
            self._places = self._places.vstack(detached(new.select(numbers.alias("place"), "server", "protocol")))
        self._begin(rows.join(self._places, on=("server", "protocol"), how="left", maintain_order="left"))

    def _label(self, labels: polars.DataFrame) -> polars.DataFrame:
        """Takes labels of a batch, before its readings; gives the last of each point that is known, by its id."""
        rows = labels.select(
            polars.col("point", "sequence").cast(polars.UInt64), polars.col("label", "measure").cast(polars.String)
        )
        known = self._series.unique("point", keep="last").drop("series")
        named = rows.sort("sequence").join(known, on="point", how="inner", maintain_order="left")
        self._is_split = self._is_split or named.height > 0
        self._begin(named)
        return named.unique("point", keep="last", maintain_order=True).select("id", "label", "measure")

    def _begin(self, rows: polars.DataFrame) -> None:
        """New series, each from its row on."""
        first = polars.lit(0, dtype=polars.UInt64) if "sequence" not in rows.columns else polars.col("sequence")
        numbers = polars.int_range(self._made, self._made + rows.height, dtype=polars.UInt32).alias("series")
        rows = rows.with_columns(numbers, first.alias("sequence"))
        self._made += rows.height
        self._series = self._series.vstack(detached(rows.select(SERIES.names())))
        if "label" in rows.columns:
            self._labels = self._labels.vstack(detached(rows.select(LABELS.names())))
        self._since = self._since.vstack(detached(rows.select(SINCE.names())))

    def _settle(self) -> None:
        """Only the last series of each point goes on."""
        if self._is_split:
            self._since = self._since.sort("sequence").unique("point", keep="last", maintain_order=True)
            self._is_split = False

    def _forget(self, evictions: polars.DataFrame) -> None:
        """Drops points whose numbers the reader will use no more."""
        gone = evictions.filter(polars.col("kind") == "point")["number"].cast(polars.UInt64)
        if gone.len():
            self._since = self._since.filter(~polars.col("point").is_in(gone.implode()))

    def tidy(self) -> None:
        """Forgets series that no reading waits for. Attack: a device whose labels change without end."""
        if self._series.height > self._since.height:
            goes_on = polars.col("series").is_in(self._since["series"].implode())
            self._series, self._labels = self._series.filter(goes_on), self._labels.filter(goes_on)
            self._places = self._places.join(self._series, on="place", how="semi")

    def _numbered(self, readings: polars.DataFrame) -> polars.DataFrame:
        """Readings of a batch, each with its series: with the label that counted when it was read, however batches are cut."""
        rows = readings.with_columns(polars.col("point", "sequence").cast(polars.UInt64))
        if not self._is_split:
            rows = rows.join(self._since.drop("sequence"), on="point", how="left", maintain_order="left")
        else:
            rows = rows.sort("sequence").join_asof(
                self._since.sort("sequence"), on="sequence", by="point", check_sortedness=False
            )
        return rows.select("sequence", "time", "series", "file", *READING)

    def documents(self, numbered: polars.DataFrame, site: str) -> polars.DataFrame:
        """Such readings as documents. Names are columns of few values: each is looked at once, not once a row."""
        if "series" not in numbered.columns:  # of points that nobody knows
            numbered = numbered.with_columns(polars.lit(None, dtype=polars.UInt32).alias("series"))
        known = self._series.filter(polars.col("series").is_in(numbered["series"].unique().implode()))
        known = known.join(self._places, on="place", how="left").join(self._labels, on="series", how="left")
        named = known.select("series", *(_few(known[name]).alias(field) for name, field in NAMES.items()))
        constant = {"event.kind": "metric", "event.dataset": "sentinel.point", "event.module": "sentinel"}
        if site:
            constant["sentinel.site"] = site
        given = [polars.lit(value, dtype=polars.Enum([value])).alias(name) for name, value in constant.items()]
        frame = numbered.rename({name: field for name, field in READING.items() if name in numbered.columns})
        few = [_few(frame[name]) for name in FEW if name in frame.columns]
        return (
            frame.drop("file", strict=False)
            .with_columns(*few)
            .join(named, on="series", how="left", maintain_order="left")
            .with_columns(given)
            .drop("series")
        )

    def newest(self, numbered: polars.DataFrame) -> polars.DataFrame:
        """The last reading of each point, and how many there were."""
        now = numbered.filter(polars.col("direction") != PAST)  # what a server remembers says nothing of now
        last = now.group_by("series").agg(
            polars.len().cast(polars.Int64).alias("changes"), polars.col("sequence", *NEWEST).last()
        )
        last = last.with_columns(polars.col("status", "direction").cast(polars.String))
        known = last.join(self._series.select("series", "id"), on="series", how="inner")
        return _last(known.sort("sequence").select("id", *NEWEST, "changes"))


FEW = ("sentinel.point.direction", "sentinel.point.status")
"""Further columns of few different values."""


def _few(column: polars.Series) -> polars.Series:
    """A column of few different values as one of numbers for them."""
    if column.dtype == polars.Categorical:
        return column  # it is one
    return column.cast(polars.Enum(column.drop_nulls().unique(maintain_order=True)))


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
