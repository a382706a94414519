"""Decisions in the store: a chain that shows what was changed in it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from made import HOUR, START, put

from sentinel.store import Store


def decide(store: Store, target: str = "A-41C7", **more: object) -> None:
    store.decide(
        "approve", target, who="ann", when=START, why="WO 4711", value={"until": START + HOUR, "keys": ["a b"], **more}
    )


def test_decisions_are_kept_in_a_chain_while_the_sensor_runs(tmp_path):
    with Store.open(tmp_path, write=True) as running:
        put(running, 1)
        with Store.open(tmp_path) as reader:  # `sentinel alerts approve`, without the lock
            decide(reader)
            decide(reader, "A-0000")
        first, second = running.decisions()
        assert (first.kind, first.target, first.who, first.when, first.why) == (
            "approve",
            "A-41C7",
            "ann",
            START,
            "WO 4711",
        )
        assert first.value == {"until": START + HOUR, "keys": ["a b"]}
        assert second.before == first.hash
        assert running.decisions(after=first.number) == [second]
        assert running.verify_decisions() == []
        assert running.numbers()["decisions"] == 2


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        ("UPDATE decisions SET why = 'x' WHERE number = 2", "decision 2 (approve B) was changed"),
        ('UPDATE decisions SET "when" = 0 WHERE number = 2', "decision 2 (approve B) was changed"),
        ("UPDATE decisions SET value = '{}' WHERE number = 2", "decision 2 (approve B) was changed"),
        ("DELETE FROM decisions WHERE number = 2", "decision 2 is missing"),
        ("DELETE FROM decisions WHERE number = 3", "1 decisions are missing at the end"),
        ("UPDATE decisions SET number = 9 WHERE number = 3", "decision 3 is missing"),
    ],
)
def test_tampering_shows(tmp_path, tamper, told):
    with Store.open(tmp_path, write=True) as store:
        for target in "ABC":
            decide(store, target)
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(tamper)
    raw.executescript(f"DROP TRIGGER decisions_stay; DROP TRIGGER decisions_remain; {tamper}; ")
    raw.close()
    with Store.open(tmp_path) as store:
        assert any(told in one for one in store.verify_decisions())


def test_a_forged_entry_shows_at_the_next_one(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        for target in "ABC":
            decide(store, target)
        honest = store.decisions()[1]
    forged = replace(honest, why="forged").sealed(honest.number, honest.before)
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    raw.execute("DROP TRIGGER decisions_stay")
    raw.execute("UPDATE decisions SET why = ?, hash = ? WHERE number = 2", (forged.why, forged.hash))
    raw.commit()
    raw.close()
    with Store.open(tmp_path) as store:
        assert store.verify_decisions() == ["decision 3 does not follow the one before it"]


def test_decisions_are_imported_once(tmp_path):
    with Store.open(tmp_path / "a", write=True) as store, Store.open(tmp_path / "b", write=True) as other:
        decide(store)
        assert len(other.import_decisions(store.decisions())) == 1
        assert other.import_decisions(store.decisions()) == []
        assert store.import_decisions(store.decisions()) == []
        assert other.verify_decisions() == []
        assert other.decisions()[0].value["imported"] == store.decisions()[0].hash
