"""Passwords that anyone on the way can read."""

from __future__ import annotations

from replay import baseline, findings, only
from tables import HMI, PLC, plant


def test_a_password_in_clear_is_medium_baseline_or_not():
    line = plant()
    line.ask(1200, weird=["clear_text_password"])
    for learnt in (baseline(None), None):
        found = only(findings(line, learnt) if learnt else findings(line), "clear_text_password")
        assert (found.severity, found.technique.id, found.note) == (47, "T0859", False)
        assert found.title == f"{HMI} sent {PLC} a password in clear"
        assert found.frames


def test_it_is_no_violation_besides():
    line = plant()
    line.ask(1200, weird=["clear_text_password"])
    assert not [one for one in findings(line) if one.kind == "protocol_violation"]


def test_a_refused_one_counts_too():
    line = plant()
    line.ask(1200, outcome="failure", weird=["clear_text_password"])
    assert only(findings(line), "clear_text_password").outcome == "failure"


def test_other_violations_are_none():
    line = plant()
    line.ask(1200, weird=["late_answer"])
    assert not [one for one in findings(line) if one.kind == "clear_text_password"]


def test_one_conversation_is_one_alert_that_grows():
    line = plant()
    for number in range(45):
        line.ask(1200 + number, weird=["clear_text_password"])
    found = [one for one in findings(line) if one.kind == "clear_text_password"]
    assert [one.count for one in found] == [1, 9, 10, 20]
    assert len({one.approve for one in found}) == 1
    assert "40 times" in found[-1].title
