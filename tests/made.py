"""Hand-made documents, alerts and rows for the tests of store, sinks and shipping."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars

from sentinel.store import Store

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_767_225_600 * SECOND  # 2026-01-01T00:00:00Z


READING_KINDS = {
    "sequence": polars.UInt64,
    "point": polars.UInt64,
    "number": polars.Float64,
    "integer": polars.Int64,
    "source_time": polars.Int64,
    "text": polars.String,
    "status": polars.String,
}


@dataclass
class Made:
    """Documents of a batch."""

    events: polars.DataFrame = field(default_factory=polars.DataFrame)
    summaries: polars.DataFrame = field(default_factory=polars.DataFrame)
    weirds: polars.DataFrame = field(default_factory=polars.DataFrame)
    connections: polars.DataFrame = field(default_factory=polars.DataFrame)


@dataclass
class Tables:
    """Tables of the border."""

    tables: dict[str, polars.DataFrame]


@dataclass
class Revision:
    """One document of an alert."""

    alert_id: str
    revision: int = 1
    status: str = "open"
    time: int = START
    severity: int = 99
    kind: str = "alert"

    @property
    def short(self) -> str:
        return f"A-{self.alert_id[:4].upper()}"

    @property
    def document(self) -> dict[str, Any]:
        return {
            "@timestamp": self.time,
            "message": f"Alert {self.alert_id}",
            "event.kind": self.kind,
            "event.dataset": "sentinel.alert",
            "event.id": f"{self.alert_id}-{self.revision}",
            "event.severity": self.severity,
            "sentinel.alert.id": self.alert_id,
            "sentinel.alert.revision": self.revision,
            "sentinel.alert.status": self.status,
            "sentinel.alert.first": self.time,
            "sentinel.alert.last": self.time,
        }


def events(*numbers: int, every: int = SECOND, start: int = START, **columns: Any) -> polars.DataFrame:
    """An event a number; its time is that many steps after the start."""
    frame = polars.DataFrame(
        {
            "sequence": list(numbers),
            "time": [start + number * every for number in numbers],
            "operation": list(numbers),
            "@timestamp": [start + number * every for number in numbers],
            "event.dataset": ["sentinel.toy"] * len(numbers),
            "event.id": [f"e{number}" for number in numbers],
            "source.ip": ["10.0.0.5"] * len(numbers),
            "destination.ip": [f"10.0.0.{number % 10}" for number in numbers],
        },
        schema_overrides={"sequence": polars.UInt64, "operation": polars.UInt64},
    )
    return frame.with_columns(**{name: polars.lit(value) for name, value in columns.items()}) if columns else frame


def put(store: Store, *numbers: int, alerts: tuple[Revision, ...] = (), every: int = SECOND, **columns: Any) -> None:
    """Commits events up to the last one's line time."""
    made = Made(events(*numbers, every=every, **columns))
    store.commit(line_time=START + max(numbers, default=0) * every, documents=made, alerts=alerts)


def ids(store: Store, **filters: Any) -> list[str]:
    """Ids of documents in the store."""
    return [str(one["event.id"]) for one in store.events(**filters)]


def part_files(path: Path, kind: str = "events") -> list[str]:
    """Names of a state's parts."""
    return sorted(str(one.relative_to(path)) for one in (path / kind).rglob("*") if one.is_file())


def read_of(rows: list[dict[str, Any]], number: int) -> dict[str, polars.DataFrame]:
    """Tables of a batch: its readings, and their points, which are told once more each time."""
    points = [
        {
            "sequence": 0, "time": START, "point": one, "id": f"id{one}", "class": "read", "server": f"10.0.0.{one}",
            "name": f"p{one}", "operation": 1, "server_port": 1, "vlan": "", "protocol": "toy", "unit": 1, "table": "t",
            "address": one,
        }
        for one in {row["point"] for row in rows}
    ]  # fmt: skip
    absent = dict.fromkeys(("number", "integer", "source_time", "text", "status"))
    more = {"file": 0, "frame": number}
    readings = [{**absent, **more, "timestamp": START + row["sequence"], **row} for row in rows]
    return {"points": polars.DataFrame(points), "readings": polars.DataFrame(readings, schema_overrides=READING_KINDS)}
