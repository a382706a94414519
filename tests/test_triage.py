"""Few alerts, each one story."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from replay import alerts, baseline, findings, only
from tables import HMI, MINUTE, PLC, SECOND, START, STRANGER, Line, plant

from sentinel.documents import as_json
from sentinel.triage import Triage, TriageLimits

PARTS = (
    "message",
    "event.kind",
    "event.reason",
    "event.severity",
    "event.risk_score",
    "event.action",
    "event.id",
    "rule.id",
    "rule.name",
    "threat.framework",
    "threat.technique.id",
    "threat.technique.name",
    "threat.tactic.id",
    "threat.tactic.name",
    "sentinel.alert.id",
    "sentinel.alert.revision",
    "sentinel.alert.status",
    "sentinel.alert.count",
    "sentinel.alert.first",
    "sentinel.alert.last",
    "sentinel.alert.kind",
    "sentinel.alert.expected",
    "sentinel.alert.observed",
    "sentinel.alert.frames",
    "sentinel.alert.capture",
    "sentinel.alert.meaning",
    "sentinel.alert.check",
    "sentinel.alert.caution",
    "sentinel.alert.approve",
    "source.ip",
    "destination.ip",
    "destination.port",
)


def finding(line=None, kind="new_writer"):
    if line is None:
        line = plant()
        line.write(1200, STRANGER)
    return only(findings(line), kind)


def later(found, seconds, **more):
    shift = seconds * SECOND
    return replace(found, time=found.time + shift, timestamp=found.timestamp + shift, **more)


def said(revisions):
    return [(one.event_kind, one.event_action, one.revision) for one in revisions]


def test_an_alert_has_every_part_of_the_contract():
    (revision,) = Triage().consider([], [finding()])
    document = revision.document
    assert [part for part in PARTS if document.get(part) in (None, "", [])] == []
    assert document["event.kind"] == "alert"
    assert document["event.severity"] == 99
    assert document["sentinel.alert.approve"].startswith(f"sentinel alerts approve {revision.short} --reason")
    assert "would accept" in document["sentinel.alert.approve"]
    assert json.loads(as_json(document))["sentinel"]["alert"]["first"] == "2026-01-01T00:20:00Z"


def test_assets_are_named_on_both_sides():
    class Names:
        contact = "water-ops"

        def name_of(self, ip, vlan):
            return ip

        def point_text(self, row):
            return ""

        def values_of(self, row):
            return ""

        def asset_fields(self, ip, vlan):
            return {"id": f"a-{ip}", "role": "controller" if ip == PLC else "unknown"}

    (revision,) = Triage(Names(), site="north").consider([], [finding()])
    assert revision.document["sentinel.source.asset.id"] == f"a-{STRANGER}"
    assert revision.document["sentinel.destination.asset.role"] == "controller"
    assert revision.document["sentinel.site"] == "north"


def test_repeats_are_folded_and_told_at_most_once_a_minute():
    triage, first = Triage(), finding()
    found = [later(first, second) for second in range(0, 140, 10)]
    revisions = triage.consider([], found, line_time=first.time + 130 * SECOND) + triage.finish(START)
    assert said(revisions) == [
        ("alert", "toy-write-thing", 1),
        ("event", "alert-updated", 2),
        ("event", "alert-updated", 3),
        ("event", "alert-updated", 4),
    ]
    assert [one.document["sentinel.alert.count"] for one in revisions] == [1, 7, 13, 14]
    assert revisions[-1].document["sentinel.alert.last"] == first.timestamp + 130 * SECOND
    assert [(b.time - a.time) >= MINUTE for a, b in itertools.pairwise(revisions[:-1])] == [
        True,
        True,
    ]
    assert len({one.alert_id for one in revisions}) == 1
    assert len({one.document["event.id"] for one in revisions}) == 4


def test_other_targets_actors_and_kinds_are_other_alerts():
    first = finding()
    found = [
        first,
        later(first, 1, target=replace(first.target, ip="10.0.0.10")),
        later(first, 2, actor=replace(first.actor, ip="10.0.0.67")),
        later(first, 3, kind="control"),
    ]
    assert len({one.alert_id for one in Triage().consider([], found)}) == 4


def test_the_id_is_the_same_in_every_replay_and_shown_short():
    first, again = (Triage().consider([], [finding()])[0] for _ in range(2))
    assert first == again
    assert first.short == f"A-{first.alert_id[:4].upper()}"


def test_a_rise_of_severity_is_an_alert_again_a_fall_is_not():
    first = finding()
    triage = Triage()
    low, high = replace(first, severity=47), later(first, 10, severity=99)
    revisions = triage.consider([], [low, high, later(first, 20, severity=47)]) + triage.finish(START)
    assert [one.event_kind for one in revisions] == ["alert", "alert", "event"]
    assert [one.document["event.severity"] for one in revisions] == [47, 99, 99]


def test_notes_are_kept_but_not_raised():
    triage = Triage()
    (revision,) = triage.consider([], [replace(finding(), note=True)])
    assert (revision.note, revision.event_kind, revision.document["sentinel.alert.status"]) == (
        True,
        "event",
        "note",
    )
    assert triage.notes == 1


def test_a_note_that_is_raised_later_keeps_its_id():
    triage, first = Triage(), finding()
    (note,) = triage.consider([], [replace(first, note=True, frames=(1, 2), count=5)])
    (raised,) = triage.consider([], [later(first, 10, frames=(8, 9))])
    assert raised.document["sentinel.alert.count"] == 1
    assert raised.document["sentinel.alert.first"] == first.timestamp + 10 * SECOND
    assert raised.document["sentinel.alert.frames"] == [8, 9]
    assert (raised.alert_id, raised.event_kind, raised.revision) == (note.alert_id, "alert", 2)
    assert triage.notes == 0


def test_what_stands_out_without_a_baseline_becomes_an_alert_of_at_most_medium():
    line = plant(minutes=30)
    line.write(1850, STRANGER)
    line.summary(31, 60)
    line.summary(41, 60)
    revisions = [one for one in alerts(line, baseline(None)) if not one.note]
    assert {one.document["source.ip"] for one in revisions} == {STRANGER}
    (raised,) = revisions
    assert (raised.event_kind, raised.document["event.severity"]) == ("alert", 47)
    assert "New within these 42 min, normal not yet known" in raised.document["event.reason"]
    assert "It stands out: " in raised.document["event.reason"]
    assert raised.document["sentinel.alert.kind"] == "new_writer"


def test_a_quiet_plant_without_baseline_has_no_alert():
    assert [one for one in alerts(plant(minutes=30), baseline(None)) if not one.note] == []


def test_a_plant_that_is_all_new_when_watching_begins_does_not_stand_out():
    line = Line()
    for number in range(20):
        for _ in range(2):
            line.ask(1, server=f"10.0.1.{number}", name=f"Function {number}", klass="other", target="")
        line.ask(2, name=f"Function {number}", klass="other", target="", unit=number)
    plant(line, minutes=30)
    assert [one.document["message"] for one in alerts(line, baseline(None)) if not one.note] == []


def test_at_most_ten_stand_out():
    line = plant(minutes=30)
    for number in range(30):
        line.ask(1850 + number, f"8.8.8.{number}")
    assert len({one.alert_id for one in alerts(line, baseline(None)) if not one.note}) == 10


def test_live_they_are_chosen_at_exact_times():
    line = plant(minutes=30)
    line.write(1850, STRANGER)
    line.summary(31, 60)
    line.quiet(7300)
    line.quiet(9000)
    of = baseline(None, standing_out_every=timedelta(hours=1))
    raised = [one for one in alerts(line, of) if not one.note]
    assert [one.time for one in raised] == [START + 3600 * SECOND]


def test_a_flood_is_limited_and_counted_but_never_what_is_critical():
    first = replace(finding(), severity=73)
    found = [
        later(
            first,
            0,
            actor=replace(first.actor, ip=f"10.3.0.{number}"),
            severity=99 if number % 10 == 0 else 73,
        )
        for number in range(200)
    ]
    triage = Triage(limits=TriageLimits(alerts_per_minute=30))
    revisions = triage.consider([], found) + triage.finish(START)
    opened = [one for one in revisions if one.event_kind == "alert"]
    assert len([one for one in opened if one.document["event.severity"] == 99]) == 20
    assert len([one for one in opened if one.document["sentinel.alert.kind"] == "new_writer"]) == 20 + 30
    rolling = [one for one in revisions if one.document["sentinel.alert.kind"] == "overflow"]
    assert [one.event_kind for one in rolling] == ["alert", "event"]
    assert rolling[-1].document["sentinel.alert.count"] == 150
    next_minute = triage.consider([], [later(first, 120, actor=replace(first.actor, ip="10.4.4.4"))])
    assert [one.document["sentinel.alert.kind"] for one in next_minute] == ["new_writer"]


def test_memory_is_bounded():
    first = finding()
    triage = Triage(limits=TriageLimits(alerts=50, notes=50))
    for note in (True, False):
        found = [
            later(
                first,
                number,
                actor=replace(first.actor, ip=f"10.{number // 250}.0.{number % 250}"),
                note=note,
            )
            for number in range(1_000)
        ]
        triage.consider([], found)
    assert triage.notes <= 50
    assert len(triage._alerts) <= 50
    assert len(triage._shorts) <= 100


def test_an_alert_that_grows_for_ever_stays_small():
    triage, first = Triage(), finding()
    found = [later(first, n, frames=(n,), approve=(f"k{n}",), operations=(f"o{n}",)) for n in range(500)]
    document = (triage.consider([], found) + triage.finish(START))[-1].document
    assert len(document["sentinel.alert.frames"]) == 64
    assert document["sentinel.alert.count"] == 500


@dataclass
class Changed:
    kind: str
    sequence: int = 7
    time: int = START
    asset_id: str = "a-1"
    attribute: str = "firmware"
    before: str = "2.60"
    after: str = "2.70"
    frame: int = 12


@pytest.mark.parametrize(("kind", "note"), [("identity-changed", False), ("conflict", True)])
def test_a_changed_identity_is_told(kind, note):
    (revision,) = Triage().consider([Changed(kind)], [])
    assert revision.note == note
    assert "2.60" in revision.document["event.reason"]
    assert "2.70" in revision.document["event.reason"]
    assert revision.document["sentinel.destination.asset.id"] == "a-1"
    assert "destination.mac" not in revision.document
    assert Triage().consider([Changed("asset-changed")], []) == []


def test_the_demo_story():
    line = plant(minutes=20)
    line.ask(1201, STRANGER)
    for number in range(46):
        line.ask(
            1220 + number / 10,
            STRANGER,
            name=f"Function {number}",
            klass="other",
            target="",
            outcome="failure" if number > 7 else "success",
            status="Illegal",
        )
    line.write(1290, STRANGER, target="thing 13")
    line.write(1291, STRANGER, target="thing 13")
    raised = {one.document["sentinel.alert.kind"]: one.document for one in alerts(line) if not one.note}
    assert {kind: document["event.severity"] for kind, document in raised.items()} == {
        "new_conversation": 47,
        "breadth_functions": 73,
        "refused": 73,
        "new_writer": 99,
    }
    assert "47 kinds" in raised["breadth_functions"]["message"]
    assert raised["breadth_functions"]["sentinel.alert.approve"].count("in a minute") == 1
    assert "38 requests" in raised["refused"]["message"]
    assert f"only {HMI}" in raised["new_writer"]["sentinel.alert.expected"]


def test_empty():
    assert alerts(Line()) == []
