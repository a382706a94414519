"""The laws of the baseline: cutting into batches changes nothing, a state goes on, memory is bounded."""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from replay import baseline, novelties
from tables import HMI, PLC, STRANGER, Line, plant

from sentinel.baseline import FactLimits
from sentinel.baseline.facts import Fact, Subject
from sentinel.baseline.kept import Facts

HOSTS = st.sampled_from([HMI, STRANGER, "10.0.0.7", "8.8.8.8"])
SERVERS = st.sampled_from([PLC, *(f"10.0.1.{number}" for number in range(8))])
CLASSES = st.sampled_from(["read", "write", "control", "diagnose"])
STEPS = st.lists(
    st.tuples(
        st.integers(0, 90),
        HOSTS,
        SERVERS,
        CLASSES,
        st.integers(0, 12),
        st.sampled_from(["ask", "summary", "point", "sender", "connection", "weird"]),
        st.sampled_from(["success", "failure"]),
    ),
    min_size=1,
    max_size=60,
)


def played(steps) -> Line:
    line, at = Line(), 0
    for pause, client, server, klass, thing, what, outcome in steps:
        at += pause
        more = {"name": f"Do {klass} {thing % 9}", "klass": klass, "target": f"thing {thing}", "unit": thing}
        if what == "ask":
            line.ask(at, client, server, outcome=outcome, **more)
        elif what == "summary":
            line.summary(at // 60, 5, client, server, outcome=outcome, **more)
        elif what == "point":
            line.point(at, f"thing {thing}", "read", client, server, **more)
        elif what == "sender":
            line.sender(at, client)
        elif what == "connection":
            line.connection(at, client, server, 80 + thing)
        else:
            line.weird(at, "odd")
    return line


def facts(of):
    return sorted(json.dumps(fact.row(), sort_keys=True) for fact in of.facts)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.lists(st.integers(1, 200), max_size=12), st.sampled_from([None, 600, 60]))
def test_batch_law(steps, cuts, learn):
    line = played(steps)
    given_settings = {
        "learn": None if learn is None else timedelta(seconds=learn),
        "functions": 3,
        "hosts": 3,
        "requests": 4,
        "points": 3,
        "units": 3,
        "refused": 3,
        "novelties": 5,
        "standing_out_every": timedelta(minutes=7),
    }
    whole, cut = baseline(**given_settings), baseline(**given_settings)
    assert novelties(line, whole, finish=True) == novelties(line, cut, cuts, finish=True)
    assert facts(whole) == facts(cut)


@settings(max_examples=30, deadline=None)
@given(STEPS, st.integers(1, 100))
def test_a_state_that_is_loaded_goes_on(steps, cut):
    line = played(steps)
    whole, before, after = baseline(), baseline(), baseline()
    first, *rest = line.batches([cut])
    novelties(line, whole)
    before.observe(first)
    rows = json.loads(json.dumps(before.changed()))
    after.load(rows, [(one.provenance, one.head, one.rows) for one in before.changed_points()])
    assert facts(before) == facts(after)
    assert after.changed() == after.changed_points() == []
    assert after.state() == before.state()
    for batch in rest:
        before.observe(batch)
    assert facts(before) == facts(whole)


def test_changed_gives_only_what_changed_and_what_is_gone():
    of = baseline()
    novelties(plant(), of)
    points = sum(change.rows.height for change in of.changed_points())
    assert len(of.changed()) + points == len(of.facts) + 1
    assert of.changed_points() == []
    assert of.changed() == []
    of.approve("asset 10.1.1.1")
    assert [row["key"] for row in of.changed()] == ["asset 10.1.1.1"]
    of.forget("asset 10.1.1.1")
    assert of.changed() == [{"key": "asset 10.1.1.1", "gone": True}]


def fact(number: int, provenance: str) -> Fact:
    subject = Subject("asset", actor=f"10.0.{number // 256}.{number % 256}")
    return Fact(subject, subject.key(), provenance, first=number, last=number)


def test_unlearnt_goes_before_learnt_and_decided_never():
    kept = Facts(FactLimits(asset=4, unlearnt=100))
    for number, provenance in enumerate(["learnt", "approved", "denied", "learnt", "seen", "seen", "seen"]):
        kept.put(fact(number, provenance))
    assert [one.provenance for one in kept] == ["learnt", "approved", "denied", "learnt", "seen", "seen"]
    assert kept.get("asset 10.0.0.4") is None  # the seen one that was idle longest
    for number in range(10, 16):
        kept.put(fact(number, "learnt"))
    assert [one.provenance for one in kept].count("learnt") == 4
    assert kept.get("asset 10.0.0.1").provenance == "approved"
    assert kept.get("asset 10.0.0.2").provenance == "denied"


def test_use_keeps_a_fact():
    kept = Facts(FactLimits(unlearnt=2))
    first = fact(1, "seen")
    kept.put(first)
    kept.put(fact(2, "seen"))
    kept.touch(first)
    kept.put(fact(3, "seen"))
    assert [one.key for one in kept] == ["asset 10.0.0.1", "asset 10.0.0.3"]


def test_a_flood_ends_in_bounded_memory_and_one_explosion():
    line = plant()
    for number in range(4_000):
        line.sender(720 + number / 100, f"10.{number // 250}.7.{number % 250 + 1}")
    of = baseline(limits=FactLimits(unlearnt=300), novelties=100)
    found = novelties(line, of, finish=True)
    assert len(of.facts) < 320
    assert of.facts.evicted == 3_700
    assert sum(one.kind == "asset" and one.state == "learnt" for one in found) == 100
    explosions = [one for one in found if one.kind == "explosion"]
    assert len(explosions) < 15
    assert explosions[-1].total == 3_900
    assert of.facts.get(f"conversation toy {HMI} -> {PLC}:1000").provenance == "learnt"


def test_control_is_told_through_any_flood():
    line = plant()
    for number in range(50):
        line.ask(700 + number / 10, f"10.3.3.{number}", name="Stop", klass="control", target="all")
    found = novelties(line, baseline(novelties=1, critical_novelties=1))
    assert sum(one.kind == "control" for one in found) == 50


def test_every_cut_around_an_exact_time_gives_the_same():
    line = plant()
    for at in (1201, 1202, 1203, 1204, 1205, 1206, 1207):
        line.ask(at, STRANGER, name=f"Function {at}", klass="other", target="")
    for at in (1319, 1320, 1320, 1320, 1321, 1380, 1380, 1381, 1440):  # the last growth is due at 1320
        line.ask(at, f"10.0.3.{len(line.rows)}")
        line.ask(at, STRANGER, name=f"Function {len(line.rows)}", klass="other", target="")
    whole = novelties(line, finish=True)
    assert any(one.time == line.rows[0][1]["time"] + 1320 * 10**9 and "functions" in one.key for one in whole)
    for cut in range(1, len(line.rows)):
        assert novelties(line, cuts=[cut], finish=True) == whole


def test_every_cut_around_a_ranking_gives_the_same():
    line = plant(minutes=30)
    for at in (3599, 3600, 3600, 3600, 3601, 7200, 7200, 7201):
        line.ask(at, f"10.0.3.{len(line.rows)}")

    def ranked(cuts=()):
        of = baseline(None, standing_out_every=timedelta(hours=1))
        found = novelties(line, of, cuts, finish=True)
        return [(one.time - line.rows[0][1]["time"], one.key) for one in found if one.stands_out], found

    whole, everything = ranked()
    assert [time // 10**9 for time, _ in whole] == [3600] * 4 + [7200] * 3 + [7201]
    for cut in range(1, len(line.rows)):
        assert ranked([cut]) == (whole, everything)


def test_a_sweep_over_points_ends_in_one_explosion_and_its_growth():
    line = plant()
    for number in range(1_000):
        line.point(720, f"unit 1 thing {5_000 + number}", target="things")
    of = baseline(novelties=100)
    found = novelties(line, of, finish=True)
    assert sum(one.kind == "point" and one.state == "learnt" for one in found) == 100
    explosions = [one for one in found if one.kind == "explosion"]
    assert explosions[-1].total == 900
    assert [one.again for one in explosions] == [False, *[True] * (len(explosions) - 1)]


def test_what_the_store_never_heard_of_is_not_deleted_there():
    kept = Facts(FactLimits())
    kept.add(fact(1, "seen"))
    kept.add(fact(2, "seen"))
    kept.remove("asset 10.0.0.2")
    assert [row["key"] for row in kept.changed()] == ["asset 10.0.0.1"]
    kept.remove("asset 10.0.0.1")
    kept.add(fact(1, "seen"))
    kept.remove("asset 10.0.0.1")
    assert kept.changed() == [{"key": "asset 10.0.0.1", "gone": True}], "back and gone again, the store has it still"


def test_when_learning_ended_is_what_its_state_says():
    line, of = plant(), baseline()
    assert of.learnt_since is None
    line.ask(700)
    novelties(line, of)
    assert of.state().state == "learnt"
    assert of.learnt_since == of.state().until is not None
