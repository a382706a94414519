"""The whole line: batches from the sensor through inventory, baseline, detectors and triage into the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars

from sentinel.baseline import Baseline, BaselineSettings, LearningState
from sentinel.config import Config
from sentinel.detect import detectors
from sentinel.documents import Documents, time_text
from sentinel.inventory import Inventory, load_names
from sentinel.naming import Naming
from sentinel.sensor import Batch, Sensor
from sentinel.store import Store, place
from sentinel.triage import Decision, Triage

Progress = Callable[[int, int], None]
"""Told after each batch: packets so far, and line time in ns."""


@dataclass
class Result:
    """What a run did, for the screen."""

    state: Path
    counters: dict[str, Any]
    learning: LearningState
    seconds: float
    already: list[str] = field(default_factory=list)
    notes: int = 0
    approved: int = 0


class Points:
    """Every point with its latest value, as the store keeps it."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._by_id = {row["id"]: row for row in rows}
        self._by_number: dict[int, str] = {}
        self._changed: set[str] = set()

    def observe(self, batch: Batch) -> polars.DataFrame:
        """Takes the points and readings of a batch; gives the readings as documents."""
        for row in batch["points"].iter_rows(named=True):
            self._by_number[row["point"]] = row["id"]
            kept = self._by_id.setdefault(
                row["id"],
                {
                    "id": row["id"],
                    **{name: row[name] for name in ("name", "server", "server_port", "vlan", "protocol", "unit", "table", "address")},
                    "first": row["time"],
                    "changes": 0,
                },
            )
            kept[f"first_{row['class']}"] = row["time"]
            self._changed.add(row["id"])
        readings = batch["readings"]
        for number, integer, value, text, direction, stamp in readings.select(
            "point", "integer", "number", "text", "direction", "timestamp"
        ).iter_rows():
            kept = self._by_id.get(self._by_number.get(number, ""), {})
            if kept:
                kept |= {
                    "value": integer if integer is not None else value if value is not None else text,
                    "direction": direction,
                    "time": stamp,
                    "changes": kept["changes"] + 1,
                }
                self._changed.add(kept["id"])
        names = polars.DataFrame(
            {"point": list(self._by_number), "sentinel.point.id": list(self._by_number.values())},
            schema={"point": polars.UInt64, "sentinel.point.id": polars.String},
        )
        return readings.join(names, on="point", how="left", maintain_order="left").select(
            "sequence",
            "time",
            polars.col("timestamp").alias("@timestamp"),
            "sentinel.point.id",
            polars.col("number").alias("sentinel.point.value"),
            polars.col("text").alias("sentinel.point.text"),
            polars.col("status").alias("sentinel.point.status"),
            polars.col("direction").alias("sentinel.point.direction"),
        )

    def changed(self) -> list[dict[str, Any]]:
        """Points that changed since the last call."""
        rows = [self._by_id[one] for one in sorted(self._changed)]
        self._changed.clear()
        return rows


class Line:
    """One state's parts, loaded, and how a batch goes through them."""

    def __init__(self, store: Store, config: Config, *, learn: timedelta | datetime | None = None) -> None:
        meta = store.meta()
        site = str(meta.get("site", ""))
        self._store = store
        names = load_names(config.inventory.names) if config.inventory.names else None
        self.inventory = Inventory(site, names=names)
        self.inventory.load(store.assets())
        self.baseline = Baseline(BaselineSettings(learn=learn))
        self.baseline.load(store.facts())
        self.naming = Naming(self.inventory, config.display.modbus_addresses or "modicon5", config.inventory.contact)
        decisions = [decision_of(row) for row in store.decisions()]
        self.triage = Triage(self.naming, site=site, decisions=decisions)
        self.triage.load(store.alerts())
        for row in store.decisions():
            apply_to_baseline(self.baseline, row)
        self._points = Points(store.points())
        self._detectors = detectors(self.naming)

    def take(self, batch: Batch, documents: Documents) -> None:
        """One batch, through every part, into the store."""
        documents.of(batch)
        changes = self.inventory.observe(batch)
        novelties = self.baseline.observe(batch)
        findings = [finding for detector in self._detectors for finding in detector.examine(documents, novelties)]
        revisions = self.triage.consider(changes, findings, batch.line_time)
        readings = self._points.observe(batch)
        frames = {
            "events": [documents.events, documents.summaries, documents.weirds, documents.connections],
            "readings": [readings],
        }
        self._commit(frames, [one.document for one in revisions if not one.note], batch.line_time)

    def finish(self, documents: Documents) -> None:
        """The end of a replay: what stood out, and the last growth of alerts."""
        novelties = self.baseline.finish()
        findings = [finding for detector in self._detectors for finding in detector.examine(documents, novelties)]
        line_time = self.baseline.line_time
        revisions = self.triage.consider([], findings, line_time) + self.triage.finish(line_time)
        self._commit({}, [one.document for one in revisions if not one.note], line_time)

    def _commit(self, frames: dict[str, list[polars.DataFrame]], revisions: list[dict[str, Any]], line_time: int) -> None:
        assets = self.inventory.changed()
        self._store.commit(
            frames={
                dataset: [frame.drop("operation", "conversation", strict=False) for frame in several]
                for dataset, several in frames.items()
            },
            assets=assets,
            facts=self.baseline.changed(),
            points=self._points.changed(),
            alerts=self.triage.changed(),
            revisions=revisions,
            line_time=line_time,
        )


def decision_of(row: dict[str, Any]) -> Decision:
    """A kept decision as a value."""
    return Decision(
        row["kind"],
        row["target"],
        row["when"],
        row.get("who", ""),
        row.get("why", ""),
        row.get("until"),
        row.get("for_good", False),
        tuple(row.get("keys", ())),
    )


def apply_to_baseline(baseline: Baseline, row: dict[str, Any]) -> None:
    """What a decision makes normal, or never normal."""
    for key in row.get("keys", ()):
        if row["kind"] == "approve":
            baseline.approve(key, until=row.get("until"))
        elif row["kind"] == "deny":
            baseline.deny(key)
        elif row["kind"] == "undo":
            baseline.forget(key)


def replay(
    captures: list[Path],
    *,
    config: Config,
    state: Path | None = None,
    site: str | None = None,
    learn: timedelta | datetime | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Reads captures into a state.

    Args:
        captures: Files and folders; `-` for standard input.
        config: The settings.
        state: The state's folder; by default a new one, named after the site or the first file.
        site: Whose network it is.
        learn: How long the baseline learns from the first packet of the state, or until when.
        again: Read captures that the state already holds.
        progress: Told after each batch.

    Raises:
        SentinelError: The state cannot be used.
    """
    began = time.monotonic()
    hashes = {str(path): place.sha256(path) for path in _files(captures)}
    state = state or place.for_captures(site or "", hashes.values(), captures[0])
    with Store(state, write=True, site=site) as store:
        place.remember(state)
        seen = store.seen_files()
        already = [path for path, digest in hashes.items() if digest in seen and not again]
        wanted = [str(path) for path in captures if str(path) not in already]
        limits = {name: value for name, value in config.limits.model_dump().items() if value is not None}
        sensor = Sensor(wanted, site=site or str(store.meta().get("site", "")), limits=limits, vlan_in_key=config.capture.vlan_in_key)
        line = Line(store, config, learn=learn)
        documents = Documents(site or "", [file["path"] for file in sensor.counters()["files"]])
        if wanted:
            for batch in sensor:
                line.take(batch, documents)
                if progress is not None:
                    progress(sensor.counters()["packets"], batch.line_time)
            line.finish(documents)
        counters = sensor.counters()
        for file in counters["files"]:
            if file["path"] in hashes and not file["unusable"]:
                store.add_file(hashes[file["path"]], file["path"], file["packets"], time_text(time.time_ns()))
        result = Result(
            state, counters, line.baseline.state(), time.monotonic() - began, already, line.triage.notes, line.triage.approved
        )
        if wanted:
            store.set_meta(counters=counters, notes=result.notes, approved=result.approved)
    return result


def _files(captures: Iterable[Path]) -> list[Path]:
    return [path for path in captures if str(path) != "-" and path.is_file()]


def now() -> int:
    """The present, ns since 1970, UTC."""
    return int(datetime.now(UTC).timestamp() * 1_000_000_000)
