"""The last word about a fact is what the baseline goes by; taken back, or ended, it is the word before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tables import HMI, MINUTE, PLC, START, plant

from sentinel.config import Config
from sentinel.pipeline import Line
from sentinel.store import Store
from sentinel.triage import Decision

LEARN = timedelta(minutes=10)
PAIR = f"conversation toy {HMI} -> {PLC}:1000"
NOW = START + 20 * MINUTE


def standings(path: Path, *words: tuple[str, int | None], at: int) -> list[str]:
    """The pair's standing at a time, after people said these words: as decided, and as read from the store again."""
    made = plant()
    made.ask(700)
    with Store.open(path, write=True) as store:
        line = Line(store, Config(), learn=LEARN)
        for batch in made.batches():
            line.baseline.observe(batch)
        for kind, until in words:
            line.decide(Decision(kind, PAIR, NOW, "ann", "WO 1", until, for_good=until is None))
        found = [line.baseline.facts.get(PAIR)]
    with Store.open(path, write=True) as store:
        found.append(Line(store, Config(), learn=LEARN).baseline.facts.get(PAIR))
    return [fact.standing(at) for fact in found if fact is not None]


DENY, APPROVE, UNDO = ("deny", None), ("approve", None), ("undo", None)
SHORTLY = ("approve", NOW + MINUTE)


@pytest.mark.parametrize(
    ("words", "standing"),
    [
        ((), "learnt"),
        ((DENY,), "denied"),
        ((DENY, APPROVE), "approved"),
        ((DENY, APPROVE, UNDO), "denied"),
        ((DENY, APPROVE, UNDO, UNDO), "learnt"),
        ((APPROVE, DENY, UNDO), "approved"),
        ((APPROVE, DENY, APPROVE, UNDO, UNDO), "approved"),
        ((UNDO,), "learnt"),
    ],
)
def test_the_last_word_holds(tmp_path: Path, words: tuple[tuple[str, int | None], ...], standing: str) -> None:
    assert standings(tmp_path, *words, at=NOW) == [standing, standing]


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ((SHORTLY,), "learnt"),
        ((DENY, SHORTLY), "denied"),
        ((DENY, SHORTLY, ("approve", NOW + MINUTE // 2)), "denied"),
        ((DENY, APPROVE, SHORTLY), "approved"),
        ((DENY, SHORTLY, UNDO, UNDO), "learnt"),
        ((DENY, UNDO, SHORTLY), "learnt"),
    ],
)
def test_what_was_said_before_an_approval_holds_after_it(
    tmp_path: Path, words: tuple[tuple[str, int | None], ...], after: str
) -> None:
    assert standings(tmp_path, *words, at=NOW + 2 * MINUTE) == [after, after]


def test_the_longer_of_two_approvals_holds(tmp_path: Path) -> None:
    words = [DENY, SHORTLY, ("approve", NOW + MINUTE // 4)]
    assert standings(tmp_path, *words, at=NOW + MINUTE // 2) == ["approved", "approved"]


def test_a_denial_that_holds_again_is_told_each_time(tmp_path: Path) -> None:
    made = plant()
    with Store.open(tmp_path, write=True) as store:
        line = Line(store, Config(), learn=LEARN)
        for kind in ("deny", "approve", "undo"):
            line.decide(Decision(kind, PAIR, NOW, "ann", "WO 1"))
        made.ask(700)
        made.ask(701)
        found = [one for batch in made.batches() for one in line.baseline.observe(batch)]
    assert [one.denied for one in found if one.kind == "conversation" and one.state == "learnt"] == [True, True]


def test_a_note_takes_no_word_back(tmp_path: Path) -> None:
    with Store.open(tmp_path, write=True) as store:
        line = Line(store, Config(), learn=LEARN)
        line.baseline.import_rows([{"key": PAIR, "provenance": "approved"}])
        line._rule(Decision("note", "A-1", NOW, "ann", "looks fine", keys=(PAIR,)))
        fact = line.baseline.facts.get(PAIR)
    assert fact is not None
    assert fact.provenance == "approved"
