"""Documents that go to files to make room in memory: they count with the next transaction, and before it they never were."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest
from made import START, Made, Revision, Tables, events, ids, part_files, read_of

from sentinel.config import StoreSettings
from sentinel.store import Store, pending, points

PART = 100


def opened(path: Path, *, pause: float = 1_000) -> Store:
    """A store that writes rows only when it must."""
    store = Store.open(path, write=True, settings=StoreSettings(part_rows=PART))
    store.commit(line_time=START, documents=Made(events(*range(PART))))
    store.flush()
    store._pause = pause
    return store


def died(store: Store) -> None:
    """What a kill leaves: nothing more is written, the lock is gone with the process."""
    store._abandon()


def spill(store: Store, first: int) -> None:
    store.commit(line_time=START, documents=Made(events(*range(first, first + PART))), position={"batch": first})


def test_spilled_documents_count_with_the_next_transaction(tmp_path: Path) -> None:
    store = opened(tmp_path)
    spill(store, 1_000)
    assert len(part_files(tmp_path)) == 2, "memory is free"
    with Store.open(tmp_path) as reader:
        assert len(ids(reader)) == PART, "nobody is told of them yet"
    store.commit(line_time=START, alerts=[Revision("41c7aa")])
    died(store)
    with Store.open(tmp_path) as reader:
        assert len(ids(reader)) == 2 * PART, "an alert brings what came before it"
        assert reader.recall("documents_position") == {"batch": 1_000}


def test_a_kill_before_it_leaves_orphans_that_go(tmp_path: Path) -> None:
    store = opened(tmp_path)
    spill(store, 1_000)
    died(store)
    with Store.open(tmp_path, write=True) as again:
        assert len(part_files(tmp_path)) == 1
        assert len(ids(again)) == PART
        assert again.recall("documents_position") != {"batch": 1_000}, "reading goes on before them"
        spill(again, 1_000)
        again.flush()
        assert len(set(ids(again))) == len(ids(again)) == 2 * PART


def test_several_have_places_of_their_own(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for first in (1_000, 2_000, 3_000):
        spill(store, first)
    store.flush()
    store.close()
    with Store.open(tmp_path) as reader:
        assert len(set(ids(reader))) == 4 * PART


def test_a_fault_between_batches_keeps_what_was_before(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.commit(line_time=START, documents=Made(events(500)), position={"batch": 1})
    store.flush()
    store._pause = 1_000
    spill(store, 1_000)
    store.commit(line_time=START, documents=Made(events(2_000)), facts=[{"key": "k"}], position={"batch": 3})
    store.spoil()
    store.close()
    with Store.open(tmp_path) as reader:
        assert len(ids(reader)) == PART + 1
        assert reader.facts() == []
        assert reader.recall("position") == {"batch": 1}
        assert reader.recall("documents_position") == {"batch": 1}
    assert len(part_files(tmp_path)) == 2, "files of what is not kept are gone"


def test_a_fault_keeps_what_waited_when_rows_were_written(tmp_path: Path) -> None:
    store = opened(tmp_path, pause=0)
    store.commit(line_time=START, documents=Made(events(500)), position={"batch": 1})
    store._pause = 1_000
    spill(store, 1_000)
    store.commit(line_time=START, documents=Made(events(2_000)), position={"batch": 3})
    store.spoil()
    store.close()
    with Store.open(tmp_path) as reader:
        assert {"e500", "e1000"} <= set(ids(reader))
        assert "e2000" not in ids(reader)
        assert reader.recall("documents_position") == {"batch": 1_000}


def test_each_kind_spills_alone_and_all_count_together(tmp_path: Path) -> None:
    """Narrow readings fill a part long before wide events do: a file of events at each time would be one of few rows."""
    store = opened(tmp_path)
    readings = [{"sequence": at, "time": START, "point": at % 2, "direction": "read"} for at in range(PART)]
    store.commit(
        line_time=START, documents=Made(events(500)), batch=Tables(read_of(readings, 1)), position={"batch": 1}
    )
    assert len(part_files(tmp_path, "readings")) == 1
    assert len(part_files(tmp_path, "events")) == 1, "the event waits"
    with Store.open(tmp_path) as reader:
        assert list(reader.readings()) == [], "nobody is told of some without the others"
        assert reader.recall("documents_position") is None
    store.commit(line_time=START, alerts=[Revision("41c7aa")])
    died(store)
    with Store.open(tmp_path) as reader:
        assert len(list(reader.readings())) == PART
        assert "e500" in ids(reader)
        assert reader.recall("documents_position") == {"batch": 1}


def test_long_documents_spill_sooner(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.commit(line_time=START, documents=Made(events(*range(200, 250))))
    assert len(part_files(tmp_path)) == 1, "fifty short ones wait"
    store.flush()
    store._pause = 1_000
    long = polars.Series([f"{number}" * 300 for number in range(300, 350)])
    store.commit(line_time=START, documents=Made(events(*range(300, 350), message=long)))
    assert len(part_files(tmp_path)) == 3


def test_points_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "POINTS_WAITING", 10)
    waiting = pending.Pending()
    values = dict.fromkeys(points.NEWEST) | {"timestamp": START, "changes": 1}
    for _ in range(5):
        waiting.newest.append(polars.DataFrame([{"id": f"1-{one}", **values} for one in range(4)]))
        assert not waiting.is_crowded(), "the same points change again and again"
    (newest,) = waiting.newest[:1]
    assert newest.height == 4
    assert sum(frame["changes"].sum() for frame in waiting.newest) == 20
    waiting.new_points.append(polars.DataFrame({"id": [f"1-{one}" for one in range(11)]}))
    assert waiting.is_crowded(), "each is new"


def test_a_merge_takes_half_a_part(tmp_path: Path) -> None:
    """It holds its rows twice."""
    with Store.open(tmp_path, write=True, settings=StoreSettings(part_rows=PART)) as store:
        for number in range(8):
            store.commit(line_time=START, documents=Made(events(*range(12 * number, 12 * number + 12))))
            store.flush()
    assert len(part_files(tmp_path)) == 2
    with Store.open(tmp_path) as store:
        assert len(ids(store)) == 96
