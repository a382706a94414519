"""A known client asks for something that it never asked for."""

from __future__ import annotations

from replay import findings, only
from tables import HMI, PLC, plant


def test_a_new_command_of_the_known_writer_is_low():
    line = plant()
    line.write(1200, target="thing 13", set_to=[7])
    found = only(findings(line), "new_operation")
    assert (found.severity, found.technique.id) == (21, "T0836")
    assert "Write Thing thing 13 = 7" in found.title
    assert found.expected == f"in 20 min {HMI} gave commands to {PLC}, but never this"


def test_a_new_question_is_a_note():
    line = plant()
    line.ask(1200, target="thing 13")
    found = [one for one in findings(line) if one.kind == "new_operation"]
    assert [one.note for one in found] == [True]


def test_what_was_asked_before_is_silent():
    line = plant()
    line.ask(1200)
    line.write(1201)
    assert not [one for one in findings(line) if one.kind == "new_operation"]
