"""The detectors on real captures, through the real sensor and documents; all rows of a capture, cut anyhow."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import polars
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel.baseline import Baseline, BaselineSettings
from sentinel.detect import detectors
from sentinel.documents import Documents, as_json
from sentinel.sensor import Batch, Sensor
from sentinel.triage import AlertRevision, Triage

BESIDE = Path(__file__).parent.parent.parent / "shared" / "captures"
CAPTURES = Path(os.environ.get("SENTINEL_CAPTURES", BESIDE)) / "captures"
SCAN = "digitalbond*/mod*_test_data_part1.pcap"
COMMANDS = "antoine-lemay*/send_a_fake_command_*.pcap"
LEVELS = (21, 47, 73, 99)
PARTS = (
    "message",
    "event.reason",
    "event.risk_score",
    "rule.id",
    "rule.name",
    "threat.framework",
    "threat.tactic.id",
    "threat.technique.id",
    "sentinel.alert.expected",
    "sentinel.alert.observed",
    "sentinel.alert.meaning",
    "sentinel.alert.check",
    "sentinel.alert.caution",
)

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}")


@cache
def whole(name: str) -> Batch:
    """A capture as one batch."""
    (path,) = CAPTURES.glob(name)
    batches = list(Sensor([str(path)], site="x"))
    names = {table for batch in batches for table in batch.tables}
    frames = {one: polars.concat([batch.tables[one] for batch in batches if one in batch.tables]) for one in names}
    return Batch(frames, batches[-1].line_time)


def cut(batch: Batch, at: Iterable[float]) -> Iterator[Batch]:
    """The same rows in several batches, cut at shares of all sequences."""
    ordered = {name: frame for name, frame in batch.tables.items() if "sequence" in frame.columns}
    last = max(frame["sequence"].max() for frame in ordered.values())
    edges = sorted({-1, last, *(int(share * last) for share in at)})
    for low, high in itertools.pairwise(edges):
        here = polars.col("sequence").is_between(low + 1, high)
        tables = {name: frame.filter(here) for name, frame in ordered.items()}
        numbers = tables["operations"]["operation"].to_list() if "operations" in tables else []
        for name, frame in batch.tables.items():
            if "event_sequence" in frame.columns:
                tables[name] = frame.filter(polars.col("event_sequence").is_between(low + 1, high))
            elif name not in ordered:
                tables[name] = frame.filter(polars.col("operation").is_in(numbers))
        full = {name: frame for name, frame in tables.items() if frame.height}
        times = [frame["time"].max() for frame in full.values() if "time" in frame.columns]
        yield Batch(full, batch.line_time if high == last else max(times, default=0))


def line(name: str, batches: Iterable[Batch], learn: timedelta | None = None) -> list[AlertRevision]:
    """Sensor to alerts, as the pipeline calls it."""
    documents = Documents("x", [name])
    baseline, all_of_them, triage = Baseline(BaselineSettings(learn=learn)), detectors(), Triage(site="x")
    found: list[AlertRevision] = []
    for batch in batches:
        documents.of(batch)
        new = baseline.observe(batch)
        findings = [one for detector in all_of_them for one in detector.examine(documents, new)]
        found += triage.consider([], findings, batch.line_time)
    new = baseline.finish()
    findings = [one for detector in all_of_them for one in detector.examine(Documents(), new)]
    return found + triage.consider([], findings, baseline.line_time) + triage.finish(baseline.line_time)


def told(revisions: Iterable[AlertRevision]) -> list[str]:
    return [as_json(one.document) for one in revisions]


@pytest.mark.parametrize("name", [SCAN, COMMANDS])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.lists(st.floats(0, 1), max_size=6), learn=st.sampled_from([None, timedelta(seconds=30)]))
def test_a_real_capture_cut_anyhow_gives_the_same_alerts(name, at, learn):
    expected = told(line(name, [whole(name)], learn))
    assert expected, "a capture without any finding would prove nothing"
    assert told(line(name, cut(whole(name), at), learn)) == expected


@pytest.mark.parametrize("name", [SCAN, COMMANDS])
@pytest.mark.parametrize("learn", [None, timedelta(seconds=30)])
def test_every_alert_of_a_real_capture_has_all_its_parts(name, learn):
    for one in line(name, [whole(name)], learn):
        assert [part for part in PARTS if not one.document.get(part)] == [], one.document["message"]
        assert one.document["event.severity"] in LEVELS
        assert 1 <= len(one.document["sentinel.alert.check"]) <= 3
        assert one.document["sentinel.alert.check"][0].startswith("Call ")


def test_frames_of_an_alert_are_frames_of_the_capture():
    events = Documents("x", [SCAN]).of(whole(SCAN)).events
    numbers = {*events["sentinel.frame.request"].to_list(), *events["sentinel.frame.response"].to_list()}
    alerts = [one for one in line(SCAN, [whole(SCAN)]) if one.document.get("sentinel.alert.frames")]
    decoded = [one for one in alerts if one.document.get("sentinel.operation.id")]
    assert decoded
    for one in decoded:
        assert set(one.document["sentinel.alert.frames"]) <= numbers


def test_control_operations_of_a_real_capture_alert_without_a_baseline():
    events = Documents("x", [SCAN]).of(whole(SCAN)).events
    critical = events.filter(polars.col("sentinel.operation.class").is_in(["control", "program"]))
    pairs = {(row["source.ip"], row["destination.ip"]) for row in critical.iter_rows(named=True)}
    assert pairs, "this capture restarts a device"
    raised = [one.document for one in line(SCAN, [whole(SCAN)]) if not one.note]
    alerts = [one for one in raised if one["sentinel.alert.kind"] == "control"]
    assert {(one["source.ip"], one["destination.ip"]) for one in alerts} == pairs
    assert all(one["event.severity"] >= 47 for one in alerts)
    assert max(one["event.severity"] for one in alerts) >= 73


def test_what_is_merely_new_without_a_baseline_is_at_most_medium_and_at_most_ten():
    merely = ("new_conversation", "new_class", "new_writer", "new_asset", "new_operation", "new_point", "breadth")
    raised = {
        one.alert_id: one.document
        for one in line(COMMANDS, [whole(COMMANDS)])
        if not one.note and one.document["sentinel.alert.kind"].startswith(merely)
    }
    assert len(raised) <= 10
    for document in raised.values():
        assert document["event.severity"] <= 47
        assert "normal not yet known" in document["event.reason"]
