"""Messages that break their protocol."""

from __future__ import annotations

from replay import baseline, findings, only
from tables import PLC, STRANGER, plant

from sentinel.detect import detectors


def test_the_first_is_a_note_with_its_frame():
    line = plant()
    line.weird(1200, "length_mismatch")
    (found,) = [one for one in findings(line) if one.kind == "protocol_violation"]
    assert found.note
    assert found.severity == 21
    assert found.frames
    assert "plant.pcap" in found.reason
    assert "length 9 of 6" in found.reason.lower()
    assert found.approve == (f"violation length_mismatch toy {STRANGER} -> {PLC}:1000",)


def test_many_of_one_name_are_medium_baseline_or_not():
    line = plant()
    for number in range(45):
        line.weird(1200 + number, "length_mismatch")
        line.ask(1200 + number, STRANGER, weird=["length_mismatch"])
    found = [one for one in findings(line, baseline(None)) if one.kind == "protocol_violation"]
    assert [(one.note, one.count) for one in found] == [(True, 1), (False, 19), (False, 20), (False, 40)]
    assert {one.severity for one in found[1:]} == {47}
    assert "80 messages" in found[-1].title


def test_names_and_pairs_are_told_apart():
    line = plant()
    line.weird(1200, "a", "b", "a")
    line.weird(1201, "a", client="10.0.0.67")
    assert len([one for one in findings(line) if one.kind == "protocol_violation"]) == 3


def test_a_scan_of_functions_is_told_by_others():
    line = plant()
    for number in range(30):
        line.ask(1200 + number, weird=["unassigned_function_code"])
    assert {one.note for one in findings(line) if one.kind == "protocol_violation"} == {True}


def test_timing_never_pages():
    line = plant()
    for number in range(50):
        line.ask(1200 + number, weird=["late_answer"])
    assert {one.note for one in findings(line) if one.kind == "protocol_violation"} == {True}


def test_rows_that_are_shown_twice_count_once():
    line = plant()
    for number in range(19):
        line.weird(1200 + number, "x")
    (batch,) = line.batches()
    (detector,) = [one for one in detectors() if one.kind == "protocol_violation"]
    assert len(detector.examine(line.documents(batch), [])) == 1
    assert detector.examine(line.documents(batch), []) == []


def test_one_finding_at_twenty():
    line = plant()
    for number in range(20):
        line.weird(1200 + number, "x")
    assert only(findings(line), "protocol_violation").count == 19
