"""Somebody stops, restarts or reprograms a device."""

from __future__ import annotations

import pytest
from replay import baseline, findings
from tables import HMI, PLC, STRANGER, Line, plant


def told(line, learn=None):
    of = baseline() if learn else baseline(None)
    return [one for one in findings(line, of) if one.kind == "control"]


@pytest.mark.parametrize(
    ("klass", "client", "outcome", "learn", "severity"),
    [
        ("program", HMI, "success", True, 99),
        ("program", HMI, "failure", True, 73),
        ("control", HMI, "success", True, 73),
        ("control", HMI, "failure", True, 47),
        ("control", STRANGER, "success", True, 99),
        ("control", STRANGER, "success", False, 73),
        ("program", STRANGER, "success", False, 99),
    ],
)
def test_alerts_in_full_with_or_without_baseline(klass, client, outcome, learn, severity):
    line = plant()
    line.ask(1200, client, name="Load", klass=klass, target="all", outcome=outcome)
    (found,) = told(line, learn)
    assert (found.severity, found.note) == (severity, False)
    assert found.technique.id == ("T0843" if klass == "program" else "T0858")
    assert found.approve[0].startswith(f"operation {klass} toy {client} -> {PLC}:1000 1-")
    assert f"nobody {'sent control commands to' if klass == 'control' else 'changed'}" in found.expected


def test_alerts_while_learning_and_each_time():
    line = Line()
    line.ask(0, name="Stop", klass="control", target="all")
    line.ask(30, name="Stop", klass="control", target="all")
    found = told(line, True)
    assert [one.note for one in found] == [False, False]
    assert "for the first time" in found[0].title + found[0].observed
    assert "for the first time" not in found[1].observed
