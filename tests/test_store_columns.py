"""Points kept as segments against a simple model, however rows are cut, merged and settled; and out of an older state."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import polars
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.baseline import Baseline
from sentinel.store import Store, columns
from sentinel.store.schema import connect, migrate, transaction

STATES = Path(__file__).parent / "states"
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["new", "value", "value", "label", "keep", "keep", "settle"]),
        st.integers(0, 5),
        st.integers(0, 9),
    ),
    max_size=60,
)


def place(number: int) -> dict[str, object]:
    where = {"server": f"10.0.0.{number % 2}", "server_port": 1, "vlan": "", "protocol": "toy", "unit": None}
    return {"id": f"1-{number}", "name": f"register {number}", **where, "table": "t", "address": number}


def model_of(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """One row after another, as it was said."""
    known: dict[object, dict[str, object]] = {}
    for row in rows:
        one = known.setdefault(row["id"], dict.fromkeys(columns.COLUMNS) | {"id": row["id"], "changes": 0})
        one["changes"] += row.get("changes", 0)
        if "name" in row and one["name"] is None:
            one.update({name: row[name] for name in columns.PLACE})
        for name in ("first_read", "first_written"):
            if row.get(name) is not None:
                one[name] = row[name] if one[name] is None else min(one[name], row[name])
        if "time" in row and (one["time"] is None or one["time"] <= row["time"]):
            one.update({name: row.get(name) for name in columns.VALUE})
        if "label" in row:
            one.update(label=row["label"], measure=row["measure"])
    return sorted((one for one in known.values() if one["name"] is not None), key=lambda one: str(one["id"]))


@settings(max_examples=120, deadline=None)
@given(steps=ROWS)
def test_as_if_row_by_row(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("state")
    connection = connect(folder)
    migrate(connection, folder)
    kept, waiting = [], []
    for number, (what, of, time) in enumerate([*steps, ("keep", 0, 0)]):
        if what == "new":
            waiting.append({**place(of), "first_read" if time % 2 else "first_written": time, "changes": 0})
        elif what == "value":
            waiting.append({"id": f"1-{of}", "changes": 2, "time": time, "integer": number, "frame": number})
        elif what == "label":
            waiting.append({"id": f"1-{of}", "label": f"label {number}", "measure": None if time % 2 else "m"})
        elif what == "keep" and waiting:
            frames = [columns.rows_of(polars.DataFrame([row])) for row in waiting]
            with transaction(connection):
                columns.add(connection, columns.merged(polars.concat(frames)))
            kept += waiting
            waiting = []
            assert connection.execute("SELECT count(*) FROM point_segments").fetchone()[0] < 7
        elif what == "settle" and kept:
            with transaction(connection):
                columns.settle(connection, 3 * columns.SHARE_ROWS)
    found = columns.read(connection)
    assert found.sort("id").to_dicts() == model_of(kept)
    assert columns.read(connection, polars.col("server") == "10.0.0.1").sort("id").to_dicts() == [
        one for one in model_of(kept) if one["server"] == "10.0.0.1"
    ]
    assert columns.count(connection) == len({row["id"] for row in kept})
    connection.close()


def test_segments_settle_when_they_are_many(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "SEGMENT_ROWS", 8)
    monkeypatch.setattr(columns, "SHARE_ROWS", 8)
    connection = connect(tmp_path)
    migrate(connection, tmp_path)
    for time in range(40):
        rows = [{**place(number), "changes": 1, "time": time, "integer": time} for number in range(time, time + 12)]
        with transaction(connection):
            columns.add(connection, columns.rows_of(polars.DataFrame(rows)))
    loose, settled, most, many = connection.execute(
        "SELECT sum(rows) FILTER (WHERE NOT settled), sum(rows) FILTER (WHERE settled), max(rows), count(*) FROM point_segments"
    ).fetchone()
    assert loose <= max(8 * 8, settled) + 12
    assert most < 3 * 8
    assert many < 24
    found = columns.read(connection).sort("address")
    assert found["integer"].to_list() == [min(number, 39) for number in range(51)]
    assert found["changes"].sum() == 40 * 12
    connection.close()


def test_points_of_an_older_state_are_brought_over_whole(tmp_path):
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    raw.executescript((STATES / "v2.sql").read_text(encoding="utf-8"))
    for number in range(3):
        raw.execute(
            'INSERT INTO points (id, name, server, server_port, vlan, protocol, unit, "table", address, first_read, changes, '
            "time, number, integer, direction, frame, label) "
            "VALUES (?, ?, '10.0.0.1', 1, '', 'toy', 1, 't', ?, 5, 3, 9, 7.5, 7, 'read', 4, ?)",
            (f"1-{number}", f"register {number}", number, "Level" if number == 1 else None),
        )
    key = "point read toy 10.0.0.1:1 1-0"
    fact = f'{{"key":"{key}","provenance":"learnt","first":5,"last":9,"bins":1,"count":2,"last_bin":1,"under":"seen"}}'
    raw.execute("INSERT INTO facts VALUES (?, ?)", (key, fact))
    raw.commit()
    raw.close()
    with Store.open(tmp_path, write=True) as store:
        assert store._connection.execute("SELECT count(*) FROM points").fetchone() == (0,)
        before = store.facts()
        baseline = Baseline()
        baseline.load(store.fact_rows(), store.point_facts())
        store.commit(line_time=1, facts=baseline.changed(), point_facts=baseline.changed_points())
    with Store.open(tmp_path) as store:
        assert [one["id"] for one in store.points()] == ["1-0", "1-1", "1-2"]
        (one,) = store.points(labelled=True)
        assert (one["number"], one["integer"], one["changes"], one["first_read"], one["label"]) == (
            7.5,
            7,
            3,
            5,
            "Level",
        )
        assert store.numbers()["points"] == 3
        assert store.facts() == before
        assert [row["key"] for row in store.fact_rows()] == ["learning"]
