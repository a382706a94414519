"""Requests that a device refuses, many in a short time."""

from __future__ import annotations

from replay import baseline, findings, only
from tables import PLC, STRANGER, Line, plant


def refuse(line, count, kinds=1, at=1201.0, client=STRANGER):
    for number in range(count):
        name = f"Function {number % kinds}"
        line.ask(at + number / 10, client, name=name, target="", klass="other", outcome="failure", status="Illegal")


def test_a_burst_is_medium_and_high_with_several_kinds():
    line = plant()
    refuse(line, 12)
    found = only(findings(line), "refused")
    assert (found.severity, found.count) == (47, 10)
    line = plant()
    refuse(line, 39, kinds=5)
    found = [one for one in findings(line, finish=True) if one.kind == "refused"]
    assert found[-1].title == f"{PLC} refused 39 requests of {STRANGER}"
    assert found[-1].severity == 73


def test_summaries_of_failures_count():
    line = plant()
    line.summary(20, 30, STRANGER, outcome="failure")
    assert only(findings(line), "refused").count == 30


def test_few_are_silent():
    line = plant()
    refuse(line, 9, kinds=5)
    assert not [one for one in findings(line, finish=True) if one.kind == "refused"]


def test_refusals_that_were_always_there_are_silent():
    line = Line()
    refuse(line, 1, at=0.0)
    plant(line)
    refuse(line, 30)
    assert not [one for one in findings(line, finish=True) if one.kind == "refused"]


def test_without_baseline_only_several_kinds_alert():
    line = plant()
    refuse(line, 12)
    assert {one.note for one in findings(line, baseline(None)) if one.kind == "refused"} == {True}
    line = plant()
    refuse(line, 12, kinds=4)
    assert only(findings(line, baseline(None)), "refused").severity == 47
