"""What is learnt, what is told, what people decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from replay import baseline, novelties
from tables import HMI, MINUTE, PLC, SECOND, START, STRANGER, Line, plant

from sentinel.baseline import Subject
from sentinel.baseline.facts import KEYS, LAYOUT, host_port

PAIR = f"conversation toy {HMI} -> {PLC}:1000"


def kinds(found):
    return [novelty.kind for novelty in found if novelty.state == "learnt"]


def test_usual_traffic_after_learning_is_silent():
    line = plant()
    line.ask(700)
    line.write(710)
    line.summary(12, 60)
    assert kinds(novelties(line)) == []


def test_every_kind_of_fact_is_told_once_after_learning():
    line = plant()
    line.sender(700, STRANGER)
    line.ask(701, STRANGER)
    line.write(702, STRANGER)
    line.write(703, STRANGER)
    line.ask(704, name="Read Things", target="thing 7")
    line.ask(705, name="Diagnose", klass="diagnose", target="")
    line.point(706, "unit 1 thing 7", target="thing 7")
    assert kinds(novelties(line)) == ["asset", "conversation", "class", "operation", "class", "point"]


def test_learnt_facts_carry_where_they_come_from():
    line, of = plant(), baseline()
    novelties(line, of)
    fact = of.facts.get(PAIR)
    assert (fact.provenance, fact.first, fact.count) == ("learnt", START + SECOND, 2 + 9 * 60)
    assert fact.bins == 1
    line.ask(3700)
    novelties(line, later := baseline())
    assert later.facts.get(PAIR).bins == 2


def test_learning_counts_from_the_first_packet_to_the_exact_end():
    line = Line()
    line.sender(0, HMI)
    line.sender(599.9, "10.0.0.1")
    line.sender(600, "10.0.0.2")
    of = baseline()
    found = {one.subject.actor: one.state for one in novelties(line, of)}
    assert found == {HMI: "learning", "10.0.0.1": "learning", "10.0.0.2": "learnt"}
    assert of.facts.get("asset 10.0.0.1").provenance == "learnt"
    assert of.facts.get("asset 10.0.0.2").provenance == "seen"


def test_learning_may_end_at_an_absolute_time():
    line = Line()
    line.sender(0, HMI)
    line.sender(60, PLC)
    of = baseline(datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC))
    assert [one.state for one in novelties(line, of)] == ["learning", "learnt"]
    assert of.state().until == START + 30 * SECOND


def test_without_learning_things_are_seen_not_learnt():
    of = baseline(None)
    found = novelties(plant(), of)
    assert {one.state for one in found} == {"none"}
    assert {fact.provenance for fact in of.facts} == {"seen"}
    assert of.state().state == "none"


@pytest.mark.parametrize("klass", ["control", "program"])
def test_control_operations_are_never_learnt_silently(klass):
    line = Line()
    line.ask(0, name="Stop", klass=klass, target="all")
    plant(line).ask(590, name="Stop", klass=klass, target="all")
    line.ask(700, name="Stop", klass=klass, target="all")
    of = baseline()
    found = [one for one in novelties(line, of) if one.kind == "control"]
    assert [(one.state, one.again) for one in found] == [
        ("learning", False),
        ("learning", True),
        ("learnt", True),
    ]
    assert {fact.provenance for fact in of.facts if fact.subject.word == klass} == {"seen"}


def test_approved_control_is_quiet_until_its_end():
    line = plant()
    for at in (595, 700, 900):
        line.ask(at, name="Stop", klass="control", target="all")
    first, *_ = (one for one in novelties(line) if one.kind == "control")
    of = baseline()
    of.approve(first.key, until=START + 800 * SECOND)
    assert [one.time for one in novelties(line, of) if one.kind == "control"] == [START + 900 * SECOND]


def test_unapproved_use_is_told_again_at_most_once_a_minute_with_its_count():
    line = plant()
    for second in range(180):
        line.write(700 + second, STRANGER)
    found = [one for one in novelties(line) if one.kind == "class" and one.state == "learnt"]
    assert [one.again for one in found] == [False, True, True]
    assert [one.time for one in found] == [START + at * SECOND for at in (700, 760, 820)]
    assert [one.count for one in found] == [1, 60, 60]


def test_a_write_approves_only_its_own_operation():
    line = plant()
    line.write(700, STRANGER, target="thing 12")
    line.write(770, STRANGER, target="thing 12")
    line.write(840, STRANGER, target="thing 13")
    key = next(one.key for one in novelties(line) if one.kind == "class" and one.state == "learnt")
    of = baseline()
    of.approve(key)
    found = [one for one in novelties(line, of) if one.kind == "class" and one.state == "learnt"]
    assert [(one.time, one.operation_text) for one in found] == [(START + 840 * SECOND, "thing 13")]


def test_approving_a_new_client_accepts_reading_but_not_writing():
    line = plant()
    line.ask(700, STRANGER)
    pair = next(one for one in novelties(line) if one.kind == "conversation" and one.state == "learnt")
    line.ask(770, STRANGER, name="Open", klass="session", target="")
    line.ask(780, STRANGER)
    line.write(790, STRANGER)
    of = baseline()
    for key in (pair.key, *pair.also):
        of.approve(key)
    assert kinds(novelties(line, of)) == ["operation", "operation", "class"]
    # `operation`: new requests of a client that is known by now, which are notes


def test_denied_beats_learnt_and_is_told_each_time():
    of = baseline()
    of.deny(PAIR)
    line = plant()
    line.ask(700)
    line.ask(701)
    found = [one for one in novelties(line, of) if one.kind == "conversation" and one.state == "learnt"]
    assert [one.denied for one in found] == [True, True]
    assert of.facts.get(PAIR).provenance == "denied"


def test_undo_brings_back_what_was():
    of = baseline()
    novelties(plant(), of)
    of.deny(PAIR)
    of.forget(PAIR)
    assert of.facts.get(PAIR).provenance == "learnt"
    of.approve("asset 10.9.9.9")
    of.forget("asset 10.9.9.9")
    assert of.facts.get("asset 10.9.9.9") is None


def test_packets_older_than_the_loaded_state_teach_nothing_but_are_judged():
    of = baseline(timedelta(hours=1))
    novelties(plant(), of)
    later = baseline(timedelta(hours=1))
    later.load(of.changed())
    line = Line()
    line.ask(100, STRANGER)
    found = novelties(line, later)
    assert "conversation" in [one.kind for one in found]
    assert later.facts.get(f"conversation toy {STRANGER} -> {PLC}:1000").provenance == "seen"


def test_what_alerted_after_learning_is_not_learnt_by_learning_on():
    line = plant()
    line.ask(700, STRANGER)
    of = baseline()
    novelties(line, of)
    on = baseline(timedelta(hours=2))
    on.load(of.changed())
    later = Line()
    later.ask(1800, STRANGER)
    novelties(later, on)
    assert on.facts.get(f"conversation toy {STRANGER} -> {PLC}:1000").provenance == "seen"


def test_exposure_names_who_did_it_before_and_for_how_long():
    line = plant()
    for at in range(545, 556):
        line.write(at)
    line.write(1200, STRANGER)
    told = next(one for one in novelties(line) if one.kind == "class" and one.state == "learnt")
    assert told.exposure.duration == 20 * MINUTE
    assert [(one.actor, one.count) for one in told.exposure.same] == [(HMI, 12)]
    assert not told.exposure.pair_known


def test_a_frame_without_address_is_no_other_device():
    line = Line()
    line.sender(0, HMI, "00-00-00-00-00-05")
    line.sender(1, None, "00-00-00-00-00-05")
    line.sender(2, None, "00-00-00-00-00-77")
    line.sender(3, "0.0.0.0", "00-00-00-00-00-88")
    assert [one.subject.actor for one in novelties(line)] == [HMI, "00-00-00-00-00-77"]


def test_services_that_are_not_read_are_conversations_too():
    line = plant()
    line.connection(700, HMI, PLC, 3389, application="rdp", application_title="Remote desktop")
    line.connection(701, HMI, PLC, 1000)  # the same pair is read already
    line.connection(702, HMI, "239.1.1.1", 1900)
    found = [one for one in novelties(line) if one.kind == "conversation" and one.state == "learnt"]
    assert [(one.key, one.decoded, one.title) for one in found] == [
        (f"conversation rdp {HMI} -> {PLC}:3389", False, "Remote desktop")
    ]


@pytest.mark.parametrize(
    "key",
    [
        "asset 10.0.0.5",
        "asset 00-80-F4-01-02-03 vlan 10.20",
        "conversation toy 10.0.0.5 -> 10.0.0.9:1000 vlan 7",
        "class write toy fd00::5 -> [fd00::9]:1000",
        "operation control toy 10.0.0.5 -> 10.0.0.9:1000 1-00ff",
        "point read toy 10.0.0.9:1000 1-00ff",
        "breadth hosts toy 10.0.0.5 -> *:1000 up-to-16",
        "conversation lldp 00-80-F4-01-02-03 -> 00-80-F4-01-02-04",
    ],
)
def test_keys_are_read_back(key):
    assert Subject.parse(key).key() == key


@pytest.mark.parametrize("kind", sorted(LAYOUT))
def test_each_kind_has_a_key_by_its_layout(kind: str) -> None:
    assert set(KEYS) == set(LAYOUT)
    for subject in (
        Subject(kind, "toy", "10.0.0.5", "10.0.0.9", 502, "7", "read", "1-ab"),
        Subject(kind, actor="fd00::1", target="fd00::9", port=4840),
        Subject(kind),
    ):
        pair = f"{subject.actor} -> {host_port(subject.target, subject.port)}"
        places = {"pair": pair, "server": host_port(subject.target, subject.port)}
        parts = [places[part] if part in places else getattr(subject, part) or "-" for part in LAYOUT[kind]]
        vlan = [f"vlan {subject.vlan}"] if subject.vlan else []
        assert subject.key() == " ".join([kind, *parts, *vlan])


@pytest.mark.parametrize("key", ["", "asset", "pair a -> b", "conversation toy a b:1", "asset a b"])
def test_wrong_keys_are_refused_with_their_shape(key):
    with pytest.raises(ValueError, match="fact"):
        Subject.parse(key)


def test_state_forecasts_and_reviews():
    line = plant()
    for hour in range(1, 6):
        line.ask(hour * 3600 + 5)
    line.sender(5 * 3600 + 20, "10.0.0.77")
    of = baseline(timedelta(hours=6))
    novelties(line, of)
    state = of.state()
    assert state.state == "learning"
    assert state.coverage is not None
    assert 0 < state.coverage < 1
    assert state.new_per_day is not None
    assert state.new_per_day > 0
    assert "asset 10.0.0.77" in {fact.key for fact in of.review()}
    assert PAIR not in {fact.key for fact in of.review()}
