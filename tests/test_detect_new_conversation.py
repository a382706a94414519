"""A device talks to another that it never talked to."""

from __future__ import annotations

import pytest
from replay import baseline, findings, only
from tables import HMI, PLC, STRANGER, plant


def test_a_new_client_is_medium_and_has_all_parts():
    line = plant()
    line.ask(1200, STRANGER)
    found = only(findings(line), "new_conversation")
    assert found.severity == 47
    assert (found.actor.ip, found.target.ip, found.target.port) == (STRANGER, PLC, 1000)
    assert found.title == f"New client of {PLC}: {STRANGER} (toy)"
    assert f"only {HMI} (541 times) read values from {PLC}" in found.expected
    assert found.expected.startswith("in 20 min")
    assert found.capture == "plant.pcap"
    assert "of plant.pcap" in found.reason
    assert len(found.check) == 3
    assert found.check[0].startswith("Call ")
    assert "Do not scan" in found.caution
    assert found.meaning
    assert found.approve_words.endswith("It may not write or control.")
    assert f"class read toy {STRANGER} -> {PLC}:1000" in found.approve
    assert not [key for key in found.approve if key.startswith(("class write", "class control"))]
    assert found.technique.id == "T0848"


def test_across_a_public_address_it_is_high():
    line = plant()
    line.ask(1200, "8.8.8.8")
    found = only(findings(line), "new_conversation")
    assert (found.severity, found.technique.id) == (73, "T0883")


@pytest.mark.parametrize(
    ("client", "group", "note"), [(HMI, None, False), (STRANGER, "ot", False), (STRANGER, None, True)]
)
def test_a_service_that_is_not_read_counts_between_devices_of_the_plant(client, group, note):
    line = plant()
    line.connection(1200, client, "10.0.0.50", 3389, application="rdp", application_title="Remote desktop", group=group)
    found = [one for one in findings(line) if one.kind == "new_conversation" and one.time > line.time - 1]
    assert [(one.note, one.technique.id) for one in found] == [(note, "T0886")]
    assert "Remote desktop" in found[0].title


def test_it_counts_on_while_nobody_approves():
    line = plant()
    line.ask(1200, STRANGER)
    line.summary(20, 59, STRANGER)
    line.summary(21, 60, STRANGER)
    found = [one for one in findings(line) if one.kind == "new_conversation" and not one.note]
    assert [one.count for one in found] == [1, 59, 60]


def test_without_baseline_it_is_a_note():
    line = plant()
    line.ask(1200, STRANGER)
    assert {one.note for one in findings(line, baseline(None)) if one.kind == "new_conversation"} == {True}
