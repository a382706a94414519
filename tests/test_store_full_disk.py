"""A full disk: no alert is lost, what did not fit is held within bounds, and all of it is tried again after a pause."""

from types import SimpleNamespace

import polars
import pytest
from made import START, Made, Revision, events, ids, part_files, put

from sentinel.config import StoreSettings
from sentinel.store import DiskFull, Store
from sentinel.store import room as room_module
from sentinel.store import store as store_module


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_loses_no_alert(tmp_path, monkeypatch):
    store = Store.open(tmp_path, write=True, settings=StoreSettings(part_rows=100))
    assert (tmp_path / "reserve").stat().st_size == room_module.RESERVE_BYTES
    monkeypatch.setattr(polars.DataFrame, "write_parquet", full)
    with pytest.raises(DiskFull, match="the disk is full; free some room"):
        put(store, 1, alerts=(Revision("41c7aa"),))
    assert not (tmp_path / "reserve").exists(), "it was given up"
    with Store.open(tmp_path) as reader:
        assert len(reader.alerts()) == 1
        assert ids(reader) == []
    with pytest.raises(DiskFull):
        put(store, *range(2, 300))
    monkeypatch.undo()
    put(store, 300, alerts=(Revision("9f00cc"),))
    assert ids(store) == ["e300"], "what did not fit into memory was let go"
    assert store.counters()["documents_lost_disk_full"] == 299
    assert len(store.alerts()) == 2
    store.close()


def test_a_fault_after_a_full_disk_keeps_what_had_spilled(tmp_path, monkeypatch):
    store = Store.open(tmp_path, write=True, settings=StoreSettings(part_rows=100))
    put(store, 1)
    store.flush()
    store._pause = 1_000
    store.commit(line_time=START, documents=Made(events(*range(100, 200))), position={"batch": 1})
    assert len(part_files(tmp_path)) == 2, "it spilled"
    with monkeypatch.context() as disk:
        disk.setattr(polars.DataFrame, "write_parquet", full)
        with pytest.raises(DiskFull):
            put(store, 200, alerts=(Revision("41c7aa"),))
    store._pause = 1_000
    store.commit(line_time=START, documents=Made(events(300)), position={"batch": 3})
    store.spoil()
    store.close()
    with Store.open(tmp_path) as reader:
        assert set(ids(reader)) == {"e1", "e200", *(f"e{number}" for number in range(100, 200))}
        assert reader.recall("documents_position") == {"batch": 1}


def test_a_full_database(tmp_path):
    store = Store.open(tmp_path, write=True)
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    big = [{"key": str(number), "text": "x" * 4000} for number in range(50)]
    with pytest.raises(DiskFull, match="the disk is full"):
        store.commit(line_time=START, facts=big, alerts=[Revision("41c7aa")], documents=Made(events(1)))
    assert part_files(tmp_path) == [], "a file that does not count does not stay"
    assert store.alerts() == []
    store._connection.execute("PRAGMA max_page_count = 1000000")
    store.commit(line_time=START)
    store.flush()
    assert len(store.alerts()) == 1, "nothing was forgotten"
    assert len(store.facts()) == 50
    assert ids(store) == ["e1"]
    store.close()


def test_all_of_it_is_tried_again_after_a_pause(tmp_path, monkeypatch):
    now, tries = [100.0], []

    def refused(*_, **__):
        tries.append(now[0])
        full()

    monkeypatch.setattr(store_module, "time", SimpleNamespace(monotonic=lambda: now[0], time_ns=lambda: 1))
    store = Store.open(tmp_path, write=True)
    put(store, 1)
    now[0] += 10
    with monkeypatch.context() as disk:
        disk.setattr(polars.DataFrame, "write_parquet", refused)
        with pytest.raises(DiskFull):
            put(store, 2, alerts=(Revision("41c7aa"),))
        for _ in range(5):
            store.commit(line_time=START)
        assert tries == [110.0], "not at each batch"
        now[0] += 2
        with pytest.raises(DiskFull):
            store.commit(line_time=START)
        assert tries == [110.0, 112.0]
    assert ids(store) == ["e1"]
    now[0] += 2
    store.commit(line_time=START)
    assert ids(store) == ["e1", "e2"], "within the same minute of line time"
    assert store.flushed == now[0]
    store.close()
