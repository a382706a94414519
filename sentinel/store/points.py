"""Points and their readings: numbers of the process become names that last."""

from __future__ import annotations

import sqlite3
from typing import Any

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

    def learn(self, points: polars.DataFrame) -> None:
        """Takes new points of a batch."""
        rows = points.select(polars.col("point").cast(polars.UInt64), *self._known.columns[1:])
        rows = rows.unique("point", keep="first", maintain_order=True)
        self._known = self._known.vstack(rows.join(self._known, on="point", how="anti", maintain_order="left"))

    def forget(self, evictions: polars.DataFrame) -> None:
        """Drops numbers that the reader will use no more. Call after the batch's readings were taken."""
        gone = evictions.filter(polars.col("kind") == "point")["number"].cast(polars.UInt64)
        if gone.len():
            self._known = self._known.filter(~polars.col("point").is_in(gone.implode()))

    def documents(self, readings: polars.DataFrame, site: str) -> polars.DataFrame:
        """Readings as documents."""
        frame = self._joined(readings)
        return frame.select(
            "sequence",
            "time",
            polars.lit("metric").alias("event.kind"),
            polars.lit("sentinel.point").alias("event.dataset"),
            polars.lit("sentinel").alias("event.module"),
            polars.lit(site or None, dtype=polars.String).alias("sentinel.site"),
            polars.col("id").alias("sentinel.point.id"),
            polars.col("name").alias("sentinel.point.name"),
            polars.col("server").alias("destination.ip"),
            polars.col("protocol").alias("network.protocol"),
            *[polars.col(column).alias(name) for column, name in READING.items()],
        )

    def newest(self, readings: polars.DataFrame) -> list[dict[str, Any]]:
        """The last reading of each point, and how many there were."""
        frame = self._joined(readings).filter(polars.col("id").is_not_null())
        grouped = frame.sort("sequence").group_by("id", maintain_order=True)
        return grouped.agg(polars.col(*NEWEST).last(), polars.len().alias("changes")).to_dicts()

    def _joined(self, readings: polars.DataFrame) -> polars.DataFrame:
        return readings.with_columns(polars.col("point").cast(polars.UInt64)).join(
            self._known, on="point", how="left", maintain_order="left"
        )


def save(connection: sqlite3.Connection, new: list[dict[str, Any]], newest: list[dict[str, Any]]) -> None:
    """Keeps new points, and the newest value of each. Call within a transaction."""
    for column, is_written in (("first_read", False), ("first_written", True)):
        connection.executemany(
            'INSERT INTO points (id, name, server, server_port, vlan, protocol, unit, "table", address, '
            f"{column}) VALUES (:id, :name, :server, :server_port, :vlan, :protocol, :unit, :table, :address, :time) "
            f"ON CONFLICT (id) DO UPDATE SET {column} = min(ifnull({column}, excluded.{column}), excluded.{column})",
            [row for row in new if (row["class"] == "write") == is_written],
        )
    connection.executemany(
        "UPDATE points SET changes = changes + :changes, time = :timestamp, number = :number, integer = :integer, "
        "text = :text, status = :status, direction = :direction, file = :file, frame = :frame "
        "WHERE id = :id AND (time IS NULL OR time <= :timestamp)",
        newest,
    )
