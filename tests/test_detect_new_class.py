"""A known pair does a kind of thing that it never did."""

from __future__ import annotations

import pytest
from replay import findings, only
from tables import HMI, PLC, STRANGER, plant


@pytest.mark.parametrize(("klass", "severity", "technique"), [("diagnose", 47, "T0888"), ("session", 21, "T0888")])
def test_a_new_role_of_a_known_client(klass, severity, technique):
    line = plant()
    line.ask(1200, name="Look", klass=klass, target="")
    found = only(findings(line), "new_class")
    assert (found.severity, found.technique.id) == (severity, technique)
    assert found.approve == (f"class {klass} toy {HMI} -> {PLC}:1000",)


def test_of_a_new_client_only_diagnosis_is_told_besides_the_client():
    line = plant()
    line.ask(1200, STRANGER)
    line.ask(1201, STRANGER, name="Open", klass="session", target="")
    line.ask(1202, STRANGER, name="Look", klass="diagnose", target="")
    assert only(findings(line), "new_class").approve == (f"class diagnose toy {STRANGER} -> {PLC}:1000",)


def test_writing_is_told_elsewhere():
    line = plant()
    line.write(1200, STRANGER)
    assert not [one for one in findings(line) if one.kind == "new_class"]
