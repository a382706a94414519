"""A device that was never here."""

from __future__ import annotations

from replay import baseline, findings, only
from tables import STRANGER, plant


def test_a_new_device_is_low_and_says_since_when():
    line = plant()
    line.sender(1200, STRANGER, "00-14-22-01-23-45")
    found = only(findings(line), "new_asset")
    assert (found.severity, found.target, found.actor.ip) == (21, None, STRANGER)
    assert "in 20 min this address never sent" in found.expected
    assert "00-14-22-01-23-45" in found.check[1]
    assert found.approve == (f"asset {STRANGER}",)
    assert found.technique.id == "T0864"


def test_one_of_the_internet_is_medium():
    line = plant()
    line.sender(1200, "8.8.8.8")
    found = only(findings(line), "new_asset")
    assert (found.severity, found.technique.id) == (47, "T0883")


def test_while_learning_it_is_a_note():
    assert {one.note for one in findings(plant()) if one.kind == "new_asset"} == {True}
    line = plant()
    line.sender(1200, STRANGER)
    assert {one.note for one in findings(line, baseline(None)) if one.kind == "new_asset"} == {True}
