"""So many commands that they cannot be told one by one."""

from __future__ import annotations

from replay import baseline, findings, only
from tables import HMI, PLC, plant


def test_a_flood_of_commands_is_high_baseline_or_not():
    line = plant()
    line.write(1200, weird=["event_flood"])
    found = only(findings(line, baseline(None)), "event_flood")
    assert (found.severity, found.technique.id) == (73, "T0806")
    assert found.title == f"{HMI} floods {PLC}: Write Thing"
    assert not [one for one in findings(line) if one.kind == "protocol_violation"]


def test_a_flood_of_failures_is_medium():
    line = plant()
    line.ask(1200, outcome="failure", weird=["event_flood"])
    found = only(findings(line), "event_flood")
    assert (found.severity, found.technique.id) == (47, "T0814")


def test_it_grows_by_doubling():
    line = plant()
    for minute in range(9):
        line.write(1200 + 60 * minute, weird=["event_flood"])
    assert [one.count for one in findings(line) if one.kind == "event_flood"] == [1, 1, 2, 4]
