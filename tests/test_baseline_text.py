"""The baseline as text: sorted, read back, compared."""

from __future__ import annotations

import random

import pytest
import yaml
from replay import baseline, novelties
from tables import HMI, PLC, START, STRANGER, plant

from sentinel.baseline import text
from sentinel.errors import SentinelError

PAIR = f"conversation toy {HMI} -> {PLC}:1000"


def learnt():
    line, of = plant(), baseline()
    line.ask(700, STRANGER)
    novelties(line, of)
    return of


def test_export_is_sorted_and_says_nothing_about_order_or_counts():
    of = learnt()
    facts = list(of.facts)
    written = text.export(facts, at=of.line_time)
    random.Random(1).shuffle(facts)
    for fact in facts:
        fact.count += 7
        fact.last += 7
    assert text.export(facts, at=of.line_time) == written
    keys = list(yaml.safe_load(written)["facts"])
    assert keys == sorted(keys)
    assert PAIR in keys


def test_what_is_only_seen_is_left_out_unless_asked_for():
    of = learnt()
    key = f"conversation toy {STRANGER} -> {PLC}:1000"
    assert key not in text.export(of.facts, at=of.line_time)
    assert key in text.export(of.facts, at=of.line_time, with_seen=True)


def test_import_makes_the_same_facts_normal():
    of, other = learnt(), baseline()
    other.import_rows(text.parse(text.export(of.facts, at=of.line_time)))
    assert other.facts.get(PAIR).provenance == "imported"
    line = plant()
    line.ask(700)
    line.write(701)
    assert not [one for one in novelties(line, other) if one.kind != "point"]


def test_import_does_not_overrule_a_denial_and_brings_decisions():
    of, other = learnt(), baseline()
    of.approve("asset 10.1.1.1", until=START)
    of.approve("asset 10.1.1.2")
    of.deny("asset 10.1.1.3")
    other.deny(PAIR)
    other.import_rows(text.parse(text.export(of.facts, at=START - 1)))
    standing = {key: other.facts.get(f"asset 10.1.1.{key}") for key in (1, 2, 3)}
    assert other.facts.get(PAIR).provenance == "denied"
    assert (standing[1].provenance, standing[1].until) == ("approved", START)
    assert (standing[2].provenance, standing[3].provenance) == ("approved", "denied")


def test_an_approval_that_ended_is_not_exported_as_normal():
    of = baseline()
    of.approve("asset 10.1.1.1", until=START)
    assert "10.1.1.1" not in text.export(of.facts, at=START)


def test_all_faults_at_once():
    with pytest.raises(SentinelError) as fault:
        text.parse("facts: {asset: {provenance: learnt}, asset a: {provenance: maybe}, asset b: {}}")
    assert len(str(fault.value).splitlines()) == 3


@pytest.mark.parametrize("wrong", ["{", "[]", "other: 1"])
def test_what_is_no_export_is_refused(wrong):
    with pytest.raises(SentinelError):
        text.parse(wrong)


def test_diff():
    of = learnt()
    before = text.export(of.facts, at=of.line_time)
    of.deny(PAIR)
    of.approve("asset 10.1.1.1")
    of.facts.remove(f"asset {PLC}")
    after = text.export(of.facts, at=of.line_time)
    assert text.diff(before, after) == [
        f"- asset {PLC} (learnt)",
        "+ asset 10.1.1.1 (approved)",
        f"~ {PAIR}: learnt -> denied",
    ]
    assert text.diff(after, after) == []
