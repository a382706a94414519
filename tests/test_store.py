"""The store: what is committed is there, whoever else reads, writes or dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars
import pytest
from made import MINUTE, SECOND, START, Made, Revision, events, ids, part_files, put

from sentinel.config import StoreSettings
from sentinel.errors import SentinelError
from sentinel.store import Store, default_state, last_state, parts, remember_state, replay_state

ROOT = Path(__file__).parent.parent


def test_what_is_committed_is_read(tmp_path):
    with Store.open(tmp_path / "state", site="acme", write=True) as store:
        store.commit(
            line_time=START,
            documents=Made(events(1, 2), connections=events(3, **{"event.kind": "event"})),
            assets=[{"id": "a-1", "x": (1, 2)}, {"id": "a-2"}],
            asset_documents=[{"host.id": "a-1", "host.name": "PLC-1", "host.ip": ["10.0.0.1"]}],
            facts=[{"key": "learning", "since": 5}],
            triage=[{"id": "41c7"}],
            alerts=[Revision("41c7aa")],
            files=[("ff00", "a.pcap", 7)],
        )
        store.commit(line_time=START, assets=[{"id": "a-2", "gone": True}], facts=[{"key": "learning", "since": 6}])
        store.remember("counters", {"packets": 7})
    with Store.open(tmp_path / "state") as store:
        assert store.site == "acme"
        assert store.line_time == START
        assert ids(store) == ["e1", "e2", "e3"]
        assert store.asset_rows() == [{"id": "a-1", "x": [1, 2]}]
        assert store.facts() == [{"key": "learning", "since": 6}]
        assert store.triage_rows() == [{"id": "41c7"}]
        assert (
            store.asset("PLC-1")["host.id"]
            == store.asset("10.0.0.1")["host.id"]
            == store.asset("a-")["host.id"]
            == "a-1"
        )
        assert store.alerts() == [Revision("41c7aa").document]
        seen = store.seen_file("ff00")
        assert seen is not None
        assert (seen["path"], seen["packets"]) == ("a.pcap", 7)
        assert store.seen_file("ff01") is None
        assert store.recall("counters") == {"packets": 7}
        assert store.recall("nothing") is None
        numbers = store.numbers()
        assert (numbers["documents"], numbers["assets"], numbers["alerts"]) == (3, 1, {"open": 1})
        assert numbers["bytes"] > 0


def test_process_numbers_do_not_leave_the_process(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        put(store, 1)
        store.flush()
        row = next(store.events())
    assert "operation" not in row
    assert "sequence" not in row
    assert None not in row.values()


def test_documents_of_different_protocols_share_parts(tmp_path):
    one = events(1).with_columns(polars.lit(5, dtype=polars.UInt64).alias("modbus.unit_id"))
    other = events(2).with_columns(
        polars.lit(None, dtype=polars.Null).alias("modbus.unit_id"), polars.lit("x").alias("new.field")
    )
    with Store.open(tmp_path, write=True) as store:
        store.commit(line_time=START, documents=Made(one, other))
        store.flush()
        store.commit(line_time=START, documents=Made(events(3)))
        store.flush()
        rows = list(store.events())
        assert [row.get("modbus.unit_id") for row in rows] == [5, None, None]
        assert [row.get("new.field") for row in rows] == [None, "x", None]
        where = polars.col("modbus.unit_id") == 5
        assert ids(store, where=where) == ["e1"]
        assert ids(store, where=where, limit=5) == ["e1"]


def test_filters(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        put(store, 1, 2, 3)
        store.flush()
        put(store, 4, **{"sentinel.weird": ["late_answer"]}, **{"source.mac": "00-80-F4-01-02-03"})
        store.flush()
        put(store, 5, **{"event.dataset": "sentinel.other"})
        store.flush()
        store.commit(
            line_time=START,
            asset_documents=[{"host.id": "a-1", "host.ip": ["10.0.0.2"], "host.mac": ["00-80-F4-01-02-03"]}],
        )
        store.flush()
        assert ids(store, since=START + 2 * SECOND, until=START + 4 * SECOND) == ["e2", "e3"]
        assert ids(store, ip="10.0.0.3") == ["e3"]
        assert ids(store, ip="10.0.0.5") == ["e1", "e2", "e3", "e4", "e5"]
        assert ids(store, asset="a-1") == ["e2", "e4"]
        assert ids(store, weird=True) == ["e4"]
        assert ids(store, dataset="sentinel.other") == ["e5"]
        assert ids(store, limit=2) == ["e4", "e5"]
        assert ids(store, limit=2, until=START + 4 * SECOND) == ["e2", "e3"]
        assert ids(store, limit=0) == []


def test_documents_come_by_time_though_they_were_kept_late(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        for numbers in ((5, 1), (9, 2), (3,), (4, 8)):
            put(store, *numbers)
            store.flush()
        put(store, 9)  # once more, as a file read again after a crash brings it
        store.flush()
        assert ids(store) == ["e1", "e2", "e3", "e4", "e5", "e8", "e9"]
        assert ids(store, limit=3) == ["e5", "e8", "e9"]
        before = store.numbers()["documents"]
        store.compact()
        assert (before, store.numbers()["documents"]) == (8, 7)
        assert ids(store) == ["e1", "e2", "e3", "e4", "e5", "e8", "e9"]


def test_parts_are_hours_and_merge(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        put(store, 0, 59, 61, 119, every=MINUTE)
        store.flush()
        assert part_files(tmp_path) == [
            "events/2026-01-01/00/000000000001-000000000002.parquet",
            "events/2026-01-01/01/000000000003-000000000004.parquet",
        ]
        for minute in (120, 121, 122, 123):
            put(store, minute, every=MINUTE)
            store.flush()
        assert len(part_files(tmp_path)) == 6
        put(store, 180, every=MINUTE)
        store.flush()  # the hour is over: its four parts are one
        assert part_files(tmp_path)[2] == "events/2026-01-01/02/000000000005-000000000008.parquet"
    assert len(part_files(tmp_path)) == 4, "two files of an hour are left as they are"


def test_a_part_each_minute_of_line_time_and_at_its_bound(tmp_path):
    with Store.open(tmp_path, write=True, settings=StoreSettings(part_rows=100)) as store:
        put(store, 0)
        store.flush()
        put(store, 1)
        assert len(part_files(tmp_path)) == 1, "within the minute it waits"
        store._wrote -= 2
        put(store, 61)
        assert len(part_files(tmp_path)) == 2, "the minute is over"
        put(store, *range(62, 162))
        assert len(part_files(tmp_path)) == 3, "too many to wait"


def test_how_an_alert_grows_waits_for_the_next_transaction(tmp_path):
    store = Store.open(tmp_path, write=True)
    put(store, 1, alerts=(Revision("41c7aa"),))
    opened = part_files(tmp_path)
    put(store, 2, alerts=(Revision("41c7aa", 2, kind="event"),))
    assert part_files(tmp_path) == opened
    with Store.open(tmp_path) as reader:
        assert [one["sentinel.alert.revision"] for one in reader.alerts()] == [1]
        store._committed -= 2
        put(store, 3)
        assert [one["sentinel.alert.revision"] for one in reader.alerts()] == [2]
    store.close()


def test_an_alert_is_on_the_disk_with_what_came_before_it(tmp_path):
    writer = Store.open(tmp_path, write=True)
    put(writer, 1)
    put(writer, 2, alerts=(Revision("41c7aa"),))
    with Store.open(tmp_path) as reader:
        assert [one["sentinel.alert.id"] for one in reader.alerts()] == ["41c7aa"]
        assert ids(reader) == ["e1", "e2"]
    writer.close()


def test_alerts_by_status_prefix_and_revision(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        store.commit(
            line_time=START, alerts=[Revision("41c7aa"), Revision("41c8bb", time=START + 1), Revision("9f00cc")]
        )
        store.commit(line_time=START, alerts=[Revision("41c7aa", 2, "closed"), Revision("41c7aa", 2, "open")])
        store.commit(line_time=START, alerts=[Revision("41c7aa", 1, "open")])
        assert [one["sentinel.alert.id"] for one in store.alerts()] == ["41c8bb", "41c7aa", "9f00cc"]
        assert [one["sentinel.alert.id"] for one in store.alerts("closed")] == []
        told = [one["sentinel.alert.status"] for one in store.alert_revisions("41c7aa")]
        assert told == ["open", "closed"], "what was told is never told otherwise"
        assert store.alert("a-9")["sentinel.alert.id"] == "9f00cc"
        assert store.alert("41c7")["sentinel.alert.revision"] == 2
        assert store.alert("A-41C7")["sentinel.alert.id"] == "41c7aa"
        assert [one["sentinel.alert.revision"] for one in store.alert_revisions("41c7aa")] == [1, 2]
        with pytest.raises(SentinelError, match="41c is the beginning of several alerts: A-41C7, A-41C8; write more"):
            store.alert("41c")
        for wrong in ("77", "", "A-", "%", "_"):
            with pytest.raises(SentinelError):
                store.alert(wrong)


def test_a_second_writer_gets_one_line_readers_are_welcome(tmp_path):
    with Store.open(tmp_path, site="acme", write=True) as store:
        put(store, 1, alerts=(Revision("41c7aa"),))
        with pytest.raises(SentinelError, match=f"process {os.getpid()} writes this state already; stop it"):
            Store.open(tmp_path, write=True)
        with Store.open(tmp_path) as reader:
            assert ids(reader) == ["e1"]
            with pytest.raises(SentinelError, match="opened to be read only"):
                put(reader, 2)
    Store.open(tmp_path, write=True).close()


def test_a_state_belongs_to_one_site(tmp_path):
    Store.open(tmp_path, site="acme", write=True).close()
    for write in (True, False):
        with pytest.raises(SentinelError, match='belongs to the site "acme", not "other"'):
            Store.open(tmp_path, site="other", write=write)
        Store.open(tmp_path, site="acme", write=write).close()
        Store.open(tmp_path, write=write).close()


def test_a_reader_keeps_reading_while_files_are_merged(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        for number in range(6):
            put(store, number)
            store.flush()
        with Store.open(tmp_path) as reader:
            rows = reader.events()
            assert next(rows)["event.id"] == "e0"
            store.compact()
            assert [row["event.id"] for row in rows] == ["e1", "e2", "e3", "e4", "e5"]


def test_kill_at_any_moment(tmp_path):
    """Whatever commit() returned for is there after kill -9, and the store opens."""
    program = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from made import *
store = Store.open({str(tmp_path / "state")!r}, write=True)
count = len(store.alerts())
while True:
    count += 1
    n = count * 40
    put(store, *range(n, n + 40), every=20 * SECOND, alerts=(Revision(f"{{count:08x}}"),))
    print(count, flush=True)
"""
    chance = random.Random(7)
    told = 0
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        line = process.stdout.readline()  # it has begun
        time.sleep(chance.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        lines = [line, *process.stdout.readlines()]
        process.wait()
        told = max([told, *(int(one) for one in lines if one.endswith("\n") and one.strip())])
        with Store.open(tmp_path / "state", write=True) as store:
            kept = {one["sentinel.alert.id"] for one in store.alerts()}
            assert {f"{number:08x}" for number in range(1, told + 1)} <= kept
            known = [str(row["event.id"]) for row in store.events()]
            assert len(known) == len(set(known)) == 40 * len(kept)
            assert not [one for one in part_files(tmp_path / "state") if one.endswith(".part")]
            told = len(kept)
    assert told > 8


def test_orphans_go_and_files_that_are_gone_are_told(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        put(store, 1, 2)
        store.flush()
        put(store, 3600)
    one, other = (tmp_path / name for name in part_files(tmp_path))
    (one.parent / "000000000009-000000000009.parquet").write_bytes(one.read_bytes())
    (one.parent / ".000000000010-000000000010.parquet.part").write_bytes(b"PAR1")
    other.unlink()
    with Store.open(tmp_path, write=True) as store:
        assert part_files(tmp_path) == [str(one.relative_to(tmp_path))]
        assert store.notices == [f"1 files with 1 documents are gone from {tmp_path}"]
        assert ids(store) == ["e1", "e2"]
        assert store.counters()["documents_missing"] == 1


def test_damage_is_told_in_one_line(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        put(store, 1, alerts=(Revision("41c7aa"),))
    path = tmp_path / "sentinel.sqlite"
    whole = path.read_bytes()
    for damaged in (b"no database at all" * 400, whole[:100] + b"\xff" * 8000 + whole[8100:]):
        path.write_bytes(damaged)
        for write in (True, False):
            with (
                pytest.raises(SentinelError, match=r"the database is damaged \(.*\); keep a copy") as caught,
                Store.open(tmp_path, write=write) as store,
            ):
                store.alerts()
            assert "\n" not in str(caught.value)
    path.write_bytes(whole)
    with Store.open(tmp_path) as store:
        assert len(store.alerts()) == 1


def test_folders_that_cannot_be_used(tmp_path, monkeypatch):
    with pytest.raises(SentinelError, match="no state there"):
        Store.open(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    with pytest.raises(SentinelError, match=r"cannot be used: .*; choose another folder with --state"):
        Store.open(tmp_path / "file", write=True)

    def read_only(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(SentinelError, match="may not be written; choose another folder"):
        Store.open(tmp_path / "new", write=True)


def test_a_state_on_a_read_only_disk_is_read(tmp_path, monkeypatch):
    with Store.open(tmp_path, write=True) as store:
        put(store, 1, alerts=(Revision("41c7aa"),))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.open(tmp_path) as store:
        assert ids(store) == ["e1"]
        assert len(store.alerts()) == 1
    assert not (tmp_path / "sentinel.sqlite-shm").exists()


def test_places(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_state() == tmp_path / "sentinel" / "default"
    one = replay_state("acme plant/1", ["bb", "aa"])
    assert one == replay_state("acme plant/1", ["aa", "bb"])
    assert one != replay_state("acme plant/1", ["aa"])
    assert one.parent == tmp_path / "sentinel"
    assert one.name.startswith("acme-plant-1-")
    assert replay_state("../..", []).parent == tmp_path / "sentinel"
    with pytest.raises(SentinelError, match="no state yet"):
        last_state()
    Store.open(default_state(), write=True).close()
    assert last_state() == default_state()
    Store.open(tmp_path / "mine", write=True).close()
    remember_state(tmp_path / "mine")
    assert last_state() == tmp_path / "mine"
    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_state() == tmp_path / ".local/state/sentinel/default"


def test_a_document_reads_the_same_whatever_it_was_written_with(tmp_path):
    one = {"sequence": 1, "time": 5, "@timestamp": 5, "event.kind": "event", "event.id": "a", "source.ip": "10.0.0.1"}
    other = {"destination.ip": "10.0.0.2", "sequence": 2, "time": 6, "@timestamp": 6, "event.id": "b"}
    columns = []
    for number, rows in enumerate(([one], [one, other], [other, one])):
        frame = parts.together([polars.DataFrame([row]) for row in rows])
        (part,) = parts.write(tmp_path / str(number), "events", frame, 1, 0)
        columns.append([name for name in part.read(tmp_path / str(number)).collect_schema().names() if name in one])
    assert columns[0] == columns[1] == columns[2]


def test_files_of_an_hour_merge_up_to_a_parts_size():
    def part(number: int) -> parts.Part:
        return parts.Part(number, "events", f"{number}", 7, 40 * number, 40 * number + 39, 0, 1, 40, 1, 0)

    runs = list(parts.mergeable([part(number) for number in range(15)], None, 200))
    assert [[one.number for one in run] for run in runs] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14]]
    assert not list(parts.mergeable([part(number) for number in range(15)], None, 159))
    assert not list(parts.mergeable([part(number) for number in range(3)], None, 200))
