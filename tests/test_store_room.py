"""Room for documents: the oldest hours go, whole."""

from __future__ import annotations

from made import HOUR, Revision, ids, part_files, put

from sentinel.config import StoreSettings
from sentinel.store import Store


def test_oldest_hours_go_by_age(tmp_path):
    settings = StoreSettings(max_age=2 * 3_600 * 10**9)
    with Store.open(tmp_path, write=True, settings=settings) as store:
        store.outbox().register("late", "ndjson", ["documents", "alerts"])
        for hour in range(5):
            put(store, hour, every=HOUR, alerts=(Revision(f"{hour}aaa"),))
        assert ids(store) == ["e2", "e3", "e4"]
        assert len(store.alerts()) == 5, "alerts stay"
        assert store.counters()["documents_removed"] == store.counters()["documents_removed_unsent"] == 2
        assert store.notices[0].startswith("1 documents were removed for room before every sink had them")


def test_oldest_hours_go_by_size(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        put(store, 0, 1, 2, every=HOUR)
    size = sum((tmp_path / name).stat().st_size for name in part_files(tmp_path))
    with Store.open(tmp_path, write=True, settings=StoreSettings(max_bytes=size)) as store:
        put(store, 3, every=HOUR)
    with Store.open(tmp_path) as store:
        assert ids(store) == ["e1", "e2", "e3"]
        assert "documents_removed_unsent" not in store.counters(), "no sink waited"
        assert not store.notices


def test_hours_go_whole(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        for number in (0, 3600, 1):  # another file of the first hour is read later: that hour has two parts
            put(store, number)
            store.flush()
    assert len(part_files(tmp_path)) == 3
    size = sum((tmp_path / name).stat().st_size for name in part_files(tmp_path))
    with Store.open(tmp_path, write=True, settings=StoreSettings(max_bytes=size + 500)) as store:
        put(store, 7200)
    with Store.open(tmp_path) as store:
        assert ids(store) == ["e3600", "e7200"], "both parts went, though one would have made room enough"
    assert not (tmp_path / "events/2026-01-01/00").exists()
