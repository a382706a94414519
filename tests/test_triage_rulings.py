"""Taking back a word, words that end, and rises that the limit kept back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from replay import findings, only
from tables import MINUTE, STRANGER, plant

from sentinel.errors import SentinelError
from sentinel.triage import Decision, Triage, TriageLimits

KEY = "asset 10.1.1.1"


def new_client():
    line = plant()
    line.ask(1200, STRANGER)
    return only(findings(line), "new_conversation")


def opened():
    triage, finding = Triage(), new_client()
    (revision,) = triage.consider([], [finding])
    return triage, finding, revision.short


def verdict(triage, finding, after=1):
    return triage._decisions.verdict(finding.approve, finding.time + after)


def test_undoing_a_close_takes_no_approval_back():
    triage, finding, short = opened()
    for kind in ("approve", "close"):
        triage.decide(Decision(kind, short, finding.time, why="WO 1"))
    assert triage.decide(Decision("undo", short, finding.time)).decision.keys == ()
    assert verdict(triage, finding) == "approved"


def test_there_is_nothing_to_undo_of_an_open_alert():
    triage, finding, short = opened()
    for key in finding.approve:
        triage.decide(Decision("approve", key, finding.time, why="WO 1"))
    with pytest.raises(SentinelError, match="nothing to undo"):
        triage.decide(Decision("undo", short, finding.time))
    assert verdict(triage, finding) == "approved"


def test_a_denial_holds_again_when_an_approval_ends():
    triage, finding, short = opened()
    triage.decide(Decision("deny", short, finding.time))
    triage.decide(Decision("approve", short, finding.time, why="WO 1", until=finding.time + MINUTE))
    assert verdict(triage, finding) == "approved"
    assert verdict(triage, finding, 2 * MINUTE) == "denied"


def test_an_alert_says_the_word_that_holds_again():
    triage, finding, short = opened()
    for kind, status in (("deny", "denied"), ("approve", "approved"), ("undo", "denied"), ("undo", "open")):
        triage.decide(Decision(kind, short, finding.time, why="WO 1"))
        assert triage.find(short).status == status


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_rise_that_the_limit_kept_back_is_told_as_one_later(goes_on):
    finding = new_client()
    other = replace(finding, actor=replace(finding.actor, ip="10.9.9.9"), approve=(KEY,))
    triage = Triage(limits=TriageLimits(alerts_per_minute=1))
    told = triage.consider([], [replace(finding, note=True), other, replace(finding, severity=73)])
    assert not [one for one in told if one.event_kind == "alert" and one.document.get("source.ip") == STRANGER]
    more = [replace(finding, severity=73, time=finding.time + 2 * MINUTE)] if goes_on else []
    told = triage.consider([], more, finding.time + 5 * MINUTE)
    alerts = [one for one in told if one.event_kind == "alert" and one.document.get("source.ip") == STRANGER]
    assert [one.document["event.severity"] for one in alerts] == [73]
