"""What people decide, and what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from replay import alerts, baseline, findings, only
from tables import HOUR, PLC, SECOND, START, STRANGER, plant
from test_triage import finding, later

from sentinel.errors import SentinelError
from sentinel.triage import Decision, Ruling, Triage

NOW = START + HOUR


def opened(found=None):
    triage = Triage()
    (revision,) = triage.consider([], [found or finding()])
    return triage, revision


def decision(kind, revision, **more):
    return Decision(kind, revision.short, NOW, who="ann", **more)


def test_closed_alerts_open_again():
    triage, revision = opened()
    decided = triage.decide(decision("close", revision))
    assert [(one.event_kind, one.event_action, one.revision) for one in decided.revisions] == [("event", "closed", 2)]
    assert decided.decision.keys == ()
    (again,) = triage.consider([], [later(finding(), 7200)])
    assert (again.event_kind, again.revision, again.document["sentinel.alert.status"]) == ("alert", 3, "open")


def test_an_approval_keeps_exactly_that_quiet_and_tells_the_baseline():
    triage, revision = opened()
    first = finding()
    decided = triage.decide(decision("approve", revision, why="WO 4711", for_good=True))
    assert decided.decision.keys == first.approve
    assert {triage.ruling(key) for key in first.approve} == {Ruling("approved")}
    assert decided.revisions[0].event_action == "approved"
    assert triage.consider([], [later(first, 7200)]) == []
    assert triage.approved == 1
    (other,) = triage.consider([], [later(first, 7300, approve=("operation write other",))])
    assert other.event_kind == "alert"
    assert "operation write other" in triage.find(revision.short).approve
    assert first.approve[0] not in triage.find(revision.short).approve


def test_critical_kinds_need_a_reason_and_end_after_eight_hours():
    triage, revision = opened()
    with pytest.raises(SentinelError, match="--reason"):
        triage.decide(decision("approve", revision))
    decided = triage.decide(decision("approve", revision, why="WO 4711"))
    assert decided.decision.until == NOW + 8 * HOUR
    assert triage.consider([], [later(finding(), 8 * 3600)]) == []
    (after,) = triage.consider([], [later(finding(), 9 * 3600)])
    assert after.event_kind == "alert"


def test_other_kinds_need_none_and_hold():
    line = plant()
    line.ask(1200, STRANGER)
    found = only(findings(line), "new_conversation")
    triage, revision = opened(found)
    assert triage.decide(decision("approve", revision)).decision.until is None
    assert triage.consider([], [later(found, 10**7)]) == []


def test_denied_alerts_each_time():
    triage, revision = opened()
    assert triage.decide(decision("deny", revision)).decision.keys == finding().approve
    assert {triage.ruling(key) for key in finding().approve} == {Ruling("denied")}
    found = [later(finding(), 7200 + second) for second in range(3)]
    revisions = triage.consider([], found)
    assert [one.event_kind for one in revisions] == ["alert"] * 3
    assert {one.document["sentinel.alert.status"] for one in revisions} == {"denied"}


def test_denied_raises_even_a_note():
    note = replace(finding(), note=True, severity=21)
    triage, revision = opened(note)
    triage.decide(decision("deny", revision))
    assert triage.consider([], [later(note, 7200)])[0].event_kind == "alert"


def test_undo_takes_the_last_word_back():
    triage, revision = opened()
    triage.decide(decision("approve", revision, why="WO 1", for_good=True))
    decided = triage.decide(decision("undo", revision))
    assert decided.decision.keys == finding().approve
    assert {triage.ruling(key) for key in finding().approve} == {None}
    assert triage.find(revision.short).status == "open"
    assert triage.consider([], [later(finding(), 7200)]) != []


def test_facts_can_be_decided_without_an_alert():
    triage = Triage()
    decided = triage.decide(Decision("deny", f"asset {STRANGER}", NOW))
    assert decided.decision.keys == (f"asset {STRANGER}",)
    with pytest.raises(SentinelError):
        triage.decide(Decision("close", f"asset {STRANGER}", NOW))
    with pytest.raises(SentinelError, match="--reason"):
        triage.decide(Decision("approve", f"operation control toy {STRANGER} -> {PLC}:1000 1-0", NOW))


def test_an_end_in_the_past_is_refused():
    triage, revision = opened()
    with pytest.raises(SentinelError, match="ended"):
        triage.decide(decision("approve", revision, why="x", until=NOW - 1))


def test_ids_are_found_by_a_unique_beginning():
    triage, revision = opened()
    assert triage.find(revision.alert_id).short == revision.short
    assert triage.find(revision.short.lower()).short == revision.short
    assert triage.find(revision.alert_id[:6]).short == revision.short
    for wrong in ("A-ZZZZ", "", "A-"):
        with pytest.raises(SentinelError, match="no alert"):
            triage.find(wrong)
    other = later(finding(), 1, actor=replace(finding().actor, ip="10.0.0.67"))
    triage.consider([], [other])
    many = {alert.id[0] for alert in triage._alerts.values()}
    if len(many) == 1:
        with pytest.raises(SentinelError, match="not unique"):
            triage.find(many.pop())


def test_decisions_kept_by_the_store_hold_after_a_restart():
    triage, revision = opened()
    decided = triage.decide(decision("approve", revision, why="WO 1", for_good=True))
    again = Triage(decisions=[decided.decision])
    again.load(triage.changed())
    assert again.consider([], [later(finding(), 7200)]) == []
    assert again.find(revision.short).status == "approved"


def test_the_whole_line_is_quiet_after_an_approval():
    line = plant()
    for at in (1200, 1300, 1400):
        line.ask(at, STRANGER)
    triage, of = Triage(), baseline()
    first = [one for one in alerts(line, of, triage) if not one.note]
    alert = next(one for one in first if one.document["sentinel.alert.kind"] == "new_conversation")
    decided = triage.decide(decision("approve", alert))
    for key in decided.decision.keys:
        of.approve(key, until=decided.decision.until)
    more = type(line)()
    more.ask(5000, STRANGER)
    more.ask(5100, STRANGER, target="thing 2")
    more.write(5200, STRANGER)
    quiet = [one for one in alerts(more, of, triage) if not one.note]
    assert {one.document["sentinel.alert.kind"] for one in quiet} == {"new_writer"}
    assert of.facts.get(f"conversation toy {STRANGER} -> {PLC}:1000").normal(START + 5000 * SECOND)
