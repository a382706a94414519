"""Somebody gives commands who never did."""

from __future__ import annotations

import pytest
from replay import baseline, findings, only
from tables import HMI, PLC, STRANGER, Line, plant

from sentinel.detect import detectors


def test_a_strangers_command_is_critical_and_says_what_was_normal():
    line = plant()
    line.write(1200, STRANGER, set_to=[0])
    found = only(findings(line), "new_writer")
    assert found.severity == 99
    assert found.title == f"{STRANGER} set thing 12 to 0 on {PLC}"
    assert found.expected == f"in 20 min only {HMI} (once) gave commands to {PLC}"
    assert "It answered: done" in found.reason
    assert found.action == "toy-write-thing"
    assert len(found.approve) == 1
    assert found.approve[0].startswith(f"operation write toy {STRANGER} -> {PLC}:1000 1-")
    assert found.approve_words == f"{STRANGER} may write thing 12 of {PLC}. Nothing else."
    assert (found.technique.id, found.technique.v19) == ("T0855", "T1692.001")


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("refused", [True, False])
def test_severity_by_who_and_by_the_answer(known, refused):
    line = Line()
    if known:
        line.ask(0, STRANGER)
    plant(line)
    line.write(1200, STRANGER, outcome="failure" if refused else "success", status="Not Allowed" if refused else None)
    found = only(findings(line), "new_writer")
    assert found.severity == (73 if known or refused else 99)
    assert ("tried to set" in found.title) == refused
    assert ("refused: Not Allowed" in found.reason) == refused


def test_the_legitimate_writer_is_silent():
    line = plant()
    line.write(1200)
    assert not [one for one in findings(line) if one.kind == "new_writer" and not one.note]


def test_without_baseline_it_is_a_note():
    line = plant()
    line.write(1200, STRANGER)
    assert {one.note for one in findings(line, baseline(None)) if one.kind == "new_writer"} == {True}


def test_the_plants_words_are_used():
    class Tags:
        contact = "water-ops, ext. 210"

        def name_of(self, ip, vlan):
            return {PLC: "PLC-3"}.get(ip, ip)

        def point_text(self, row):
            return '"Pump 3 run" (coil 00013, wire 12)'

        def values_of(self, row):
            return "OFF" if row["toy.request_values"] == [0] else "ON"

        def asset_fields(self, ip, vlan):
            return {}

    line = plant()
    line.write(1200, STRANGER, set_to=[0])
    (batch,) = line.batches()
    new = baseline().observe(batch)
    found = [one for each in detectors(Tags()) for one in each.examine(line.documents(batch), new)]
    writer = only(found, "new_writer")
    assert writer.title == f'{STRANGER} set "Pump 3 run" (coil 00013, wire 12) to OFF on PLC-3'
    assert writer.check[0] == f"Call water-ops, ext. 210: is somebody working on PLC-3 from {STRANGER}?"
