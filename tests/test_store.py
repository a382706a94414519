"""The store: what is committed is there, whoever else reads, writes or dies."""

# size: one store, one set of ways to lose what it holds; its cases share the makers of documents above them.

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import polars
import pytest
from made import HOUR, MINUTE, SECOND, START, Made, Revision, Tables, events, ids, part_files, put

from sentinel.config import StoreSettings
from sentinel.errors import SentinelError
from sentinel.store import Store, default_state, last_state, parts, points, remember_state, replay_state
from sentinel.store.schema import MIGRATIONS, connect, migrate

ROOT = Path(__file__).parent.parent
STATES = Path(__file__).parent / "states"


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


def test_points_and_readings(tmp_path):
    def point(number: int, kind: str, time: int) -> dict[str, object]:
        more = {
            "operation": 1,
            "server_port": 1,
            "vlan": "",
            "protocol": "toy",
            "unit": 1,
            "table": "t",
            "address": number,
        }
        return {
            "sequence": 1, "time": time, "point": number, "id": f"p{number}", "class": kind, "server": "10.0.0.1",
            "name": f"register {number}", **more,
        }  # fmt: skip

    def reading(number: int, value: int, time: int, direction: str = "read") -> dict[str, object]:
        more = {"text": None, "status": None, "source_time": None, "file": 0, "frame": 3, "operation": 1}
        return {
            "sequence": time, "time": time, "timestamp": time, "point": number, "number": float(value),
            "integer": value, "direction": direction, **more,
        }  # fmt: skip

    with Store.open(tmp_path, write=True) as store:
        new = polars.DataFrame([point(1, "read", START), point(2, "read", START), point(1, "write", START + 5)])
        some = polars.DataFrame([reading(1, 7, START), reading(2, 8, START), reading(1, 9, START + 5, "written")])
        evicted = polars.DataFrame({"kind": ["operation", "point"], "number": [1, 2]})
        store.commit(line_time=START, batch=Tables({"points": new, "readings": some, "evictions": evicted}))
        store.commit(line_time=START, batch=Tables({"readings": polars.DataFrame([reading(1, 4, START + 9)])}))
        store.commit(line_time=START, batch=Tables({"points": polars.DataFrame([point(2, "read", START + 9)])}))
        store.flush()
        first, second = store.points()
        assert (first["id"], first["integer"], first["changes"], first["direction"]) == ("p1", 4, 3, "read")
        assert (first["first_read"], first["first_written"], first["name"]) == (START, START + 5, "register 1")
        assert (second["integer"], second["first_read"], second["first_written"]) == (8, START, None)
        assert [one["sentinel.point.integer"] for one in store.readings(point="p1")] == [7, 9, 4]
        assert [one["sentinel.point.integer"] for one in store.readings(limit=1)] == [4]
        assert store.points("10.9.9.9") == []


def test_labels_count_from_their_row_on(tmp_path):
    point = {
        "sequence": 1, "time": START, "point": 1, "id": "p1", "class": "read", "server": "10.0.0.1", "name": "register 1",
        "operation": 1, "server_port": 1, "vlan": "", "protocol": "toy", "unit": 1, "table": "t", "address": 1,
    }  # fmt: skip

    def reading(sequence: int) -> dict[str, object]:
        more = {
            "text": None,
            "status": None,
            "source_time": None,
            "file": 0,
            "frame": 3,
            "operation": 1,
            "integer": None,
        }
        return {
            "sequence": sequence,
            "time": START,
            "timestamp": START + sequence,
            "point": 1,
            "number": 1.0,
            "direction": "read",
            **more,
        }

    def label(sequence: int, text: str, measure: str | None) -> dict[str, object]:
        return {"sequence": sequence, "time": START, "point": 1, "label": text, "measure": measure}

    numbers = {
        "sequence": polars.UInt64,
        "point": polars.UInt64,
        "measure": polars.String,
        "integer": polars.Int64,
        "text": polars.String,
    }
    first = {
        "points": polars.DataFrame([point]),
        "labels": polars.DataFrame([label(3, "Level", "m")], schema_overrides=numbers),
        "readings": polars.DataFrame([reading(2), reading(4)], schema_overrides=numbers),
    }
    second = {
        "labels": polars.DataFrame([label(6, "Depth", None)], schema_overrides=numbers),
        "readings": polars.DataFrame([reading(5), reading(7)], schema_overrides=numbers),
    }
    with Store.open(tmp_path, write=True) as store:
        for tables in (first, second):
            store.commit(line_time=START, batch=Tables(tables))
        store.flush()
        found = [(one.get("sentinel.point.label"), one.get("sentinel.point.measure")) for one in store.readings()]
        assert found == [(None, None), ("Level", "m"), ("Level", "m"), ("Depth", None)]
        assert [(one["label"], one["measure"]) for one in store.points()] == [("Depth", None)]
        # A point that the reader forgot, and counts anew, does not keep another's label.
        store.commit(line_time=START, batch=Tables({"evictions": polars.DataFrame({"kind": ["point"], "number": [1]})}))
        store.commit(
            line_time=START, batch=Tables({"readings": polars.DataFrame([reading(8)], schema_overrides=numbers)})
        )
        store.flush()
        assert "sentinel.point.label" not in list(store.readings())[-1]


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


# Decisions


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


# What goes wrong


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


def test_a_newer_state_is_refused(tmp_path):
    Store.open(tmp_path, write=True).close()
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    for write in (True, False):
        with pytest.raises(SentinelError, match="written by a newer Sentinel \\(state version 99"):
            Store.open(tmp_path, write=write)


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


# Room


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


# Versions


def dump(path: Path) -> str:
    raw = sqlite3.connect(path)
    version = raw.execute("PRAGMA user_version").fetchone()[0]
    return "\n".join([*raw.iterdump(), f"PRAGMA user_version = {version};", ""])


@pytest.mark.parametrize("path", sorted(STATES.glob("*.sql")), ids=lambda path: path.stem)
def test_states_of_every_version_open(tmp_path, path):
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    raw.executescript(path.read_text(encoding="utf-8"))
    raw.close()
    with Store.open(tmp_path, site="acme", write=True) as store:
        assert [one["sentinel.alert.id"] for one in store.alerts("open")] == ["41c7aa"]
        assert [row["id"] for row in store.asset_rows()] == ["a-1"]
        assert store.asset("PLC-1")["host.id"] == "a-1"
        assert {"key": "learning", "since": 5} in store.fact_rows()
        assert store.verify_decisions() == []
        assert [one.target for one in store.decisions()] == ["A-41C7"]
        assert store.seen_file("ff00") is not None
        put(store, 1, alerts=(Revision("9f00cc"),))
        assert len(store.alerts()) == 2
        if path.stem >= "v3":
            points = {row["provenance"]: row["text"] for row in store.facts() if row["key"].startswith("point ")}
            assert points == {"denied": "register 1-cc", "learnt": "register 1-aa", "seen": "register 1-bb"}
            assert [(one["integer"], one["label"], one["changes"]) for one in store.points()] == [(7, "Level", 1)]


def test_there_is_a_state_of_the_present_version():
    assert (STATES / f"v{len(MIGRATIONS)}.sql").exists()


def test_migrations_are_whole_or_not_at_all(tmp_path):
    connection = connect(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, tmp_path, ("CREATE TABLE a (x);\nCREATE TABLE a (x);\n",))
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    migrate(connection, tmp_path)
    migrate(connection, tmp_path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


# Where states live


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


def test_changes_of_a_point_add_up_however_it_comes(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        place = {"name": "p", "server": "10.0.0.9", "server_port": 1, "vlan": "", "protocol": "toy", "unit": 1}
        new = polars.DataFrame([{"id": "1-a", "class": "read", "time": 5, "table": "t", "address": 3, **place}])
        frames = []
        for time, changes in ((5, 2), (4, 3)):
            value = {
                "id": "1-a",
                "timestamp": time,
                "number": float(time),
                "integer": time,
                "text": None,
                "status": None,
            }
            newest = {**value, "direction": "read", "file": 0, "frame": time, "changes": changes}
            frames.append(polars.DataFrame([newest]).with_columns(polars.col("text", "status").cast(polars.String)))
        for frame in frames:
            points.save(store._connection, [new], [], [frame])
        (known,) = store.points()
        # What is older than the value that is kept does not replace it.
        assert (known["changes"], known["number"], known["first_read"]) == (5, 5.0, 5)
