"""Requests that nobody answered in time."""

from __future__ import annotations

import pytest
from replay import findings
from tables import plant


def told(reason, count=12):
    line = plant()
    for number in range(count):
        line.ask(1200 + number, outcome="unknown", unanswered=reason)
    return [one for one in findings(line) if one.kind == "unanswered"]


def test_time_outs_are_a_note_that_grows():
    assert [(one.note, one.count) for one in told("timeout")] == [(True, 5), (True, 5)]


@pytest.mark.parametrize("reason", ["closed", "gap", "capture_end", None])
def test_nothing_else_may_raise_a_finding(reason):
    assert told(reason) == []


def test_a_few_are_silent():
    assert told("timeout", 4) == []
