"""What repeats is counted, not judged: with the same facts, novelties and order of forgetting as if it were judged."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from replay import baseline, novelties
from tables import HMI, PLC, STRANGER, Line, plant

from sentinel.baseline import FactLimits
from sentinel.baseline.facts import HOUR, MINUTE, Fact, Subject
from sentinel.baseline.observe import Moment, Observer
from sentinel.baseline.rows import Operation

START = 30_000_000 * MINUTE
STEPS = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.sampled_from([HMI, STRANGER]),
        st.sampled_from([PLC, "10.0.1.7"]),
        st.sampled_from(["read", "read", "write", "discover", "control"]),
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(["success", "success", "success", "failure"]),
    ),
    min_size=12,
    max_size=80,
)
DECISIONS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 40), st.sampled_from(["approve", "a while", "deny", "forget"])),
    max_size=6,
)


def played(steps) -> Line:
    line, at = Line(), 0
    for pause, client, server, klass, thing, is_summary, outcome in steps:
        at += pause
        more = {
            "name": f"Do {klass}",
            "klass": klass,
            "target": "" if thing == 2 else f"thing {thing}",
            "unit": thing or None,
        }
        if is_summary:
            line.summary(at // 60, 5, client, server, outcome=outcome, **more)
        else:
            line.ask(at, client, server, outcome=outcome, **more)
    return line


def lived(line, cuts, decisions, *, counts: bool, **given_settings):
    """Novelties, facts, and keys in the order in which they would be forgotten."""
    of = baseline(**given_settings)
    if not counts:
        of._observer._repeats.count = lambda *_: False
    told = []
    for number, batch in enumerate(line.batches(cuts)):
        for at, place, what in decisions:
            keys = sorted(fact.key for fact in of.facts)
            if at == number and keys:
                key = keys[place % len(keys)]
                if what == "a while":
                    of.approve(key, until=batch.line_time)
                else:
                    getattr(of, what)(key)
        told += of.observe(batch)
    told += of.finish()
    kept = of.facts
    order = {kind: (list(kept._loose[kind]), list(kept._learnt[kind])) for kind in kept._loose}
    return told, [json.dumps(row) for row in of.changed()], order


@settings(max_examples=150, deadline=None)
@given(
    STEPS,
    st.lists(st.integers(1, 80), max_size=8),
    DECISIONS,
    st.sampled_from([None, 900, 120]),
    st.sampled_from([4, 1_000]),
)
def test_counting_says_what_judging_says(steps, cuts, decisions, learn, room):
    line = played(steps)
    given_settings = {
        "learn": None if learn is None else timedelta(seconds=learn),
        "functions": 2,
        "hosts": 2,
        "requests": 2,
        "units": 2,
        "refused": 2,
        "limits": FactLimits(operation=room, unlearnt=room),
    }
    counted = lived(line, cuts, decisions, counts=True, **given_settings)
    judged = lived(line, cuts, decisions, counts=False, **given_settings)
    assert counted == judged


def test_a_plant_that_goes_on_is_only_counted(monkeypatch):
    judged = []
    judge = Observer._judge
    monkeypatch.setattr(
        Observer, "_judge", lambda self, operation, now: (judged.append(now.minute), judge(self, operation, now))
    )
    for learn in (None, timedelta(minutes=3), timedelta(days=5)):
        judged.clear()
        novelties(plant(minutes=40), baseline(learn=learn))
        first, *later = sorted(set(judged))
        assert later in ([], [first + 1])


def known(provenances, earlier, has_name, has_unit, word, text, learn):
    """A baseline that knows of one operation: its conversation, its class and itself; and a repetition of it."""
    of = baseline(learn=learn, functions=1, units=1, requests=1, hosts=1)
    of._learning.begin(START)
    pair = Subject("conversation", "toy", HMI, PLC, 1000)
    subjects = (pair, pair._replace(kind="class", word=word), pair._replace(kind="operation", word=word, id="1-aa"))
    keys = [subject.key() for subject in subjects]
    now = START + 20 * MINUTE
    for subject, key, provenance, is_earlier in zip(subjects, keys, provenances, earlier, strict=True):
        begin = now - 5 * MINUTE if is_earlier else now
        fact = Fact(subject, key, provenance, begin, begin, 1, 3, begin // HOUR, told=begin)
        fact.until = now - 1 if provenance == "approved" else None
        if subject.kind == "conversation":
            fact.functions, fact.units = {"Do": 1} if has_name else {}, {7: 1} if has_unit else {}
        of.facts.put(fact)
    operation = Operation(
        "1-aa", "Do", text, word, "do", 7, subjects[0], keys[0], subjects[1], keys[1], subjects[2], keys[2]
    )
    return of, operation, Moment(9, now + 30, now, 4, {"outcome": "success", "last": now + 20})


def test_every_guard_stands_for_something_that_judging_would_do():
    counted = 0
    for case in product(
        product(("seen", "learnt", "imported", "approved", "denied"), repeat=3),
        product((False, True), repeat=3),
        (False, True),
        (False, True),
        ("read", "write", "control"),
        ("", "thing 1"),
        (None, timedelta(minutes=5), timedelta(days=1)),
    ):
        of, operation, now = known(*case)
        observer = of._observer
        if not observer._repeats.count(operation, "success", now.time, now.timestamp, now.values["last"], now.times):
            continue
        counted += 1
        by_judge, operation, now = known(*case)
        by_judge._observer._judge(operation, now)
        assert not by_judge._observer.out, case
        assert not by_judge._observer.windows._windows, case
        assert list(by_judge.facts) == list(of.facts), case
    assert counted > 500
