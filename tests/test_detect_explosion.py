"""A flood of novelties: one finding stands for them."""

from __future__ import annotations

import pytest
from replay import baseline, findings
from tables import PLC, plant


def flood(line, write=False):
    for number in range(120):
        client = f"10.9.0.{number}"
        (line.write if write else line.ask)(1200 + number / 10, client, PLC)


@pytest.mark.parametrize(("write", "severity"), [(False, 73), (True, 99)])
def test_past_the_budget_one_finding_counts_the_rest(write, severity):
    line = plant()
    flood(line, write)
    of = baseline(novelties=20, critical_novelties=20)
    found = findings(line, of, finish=True)
    kind = "new_writer" if write else "new_conversation"
    assert len([one for one in found if one.kind == kind and not one.note]) == 20
    told = [one for one in found if one.kind == "explosion" and one.severity == severity]
    assert f"Flood: 100 more new facts ({'write' if write else 'conversation'})" in told[-1].title
    assert sum(one.count for one in told) == 100
    assert told[-1].approve == ()


def test_a_quiet_minute_is_no_flood():
    line = plant()
    flood(line)
    assert not [one for one in findings(line, finish=True) if one.kind == "explosion"]


def test_the_first_minute_of_a_plant_is_no_flood():
    line = plant()
    flood(line)
    assert not [one for one in findings(line, baseline(None, novelties=20), finish=True) if one.kind == "explosion"]
