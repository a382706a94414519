"""Readings in the store: narrow while they wait, whole documents in their files."""

from __future__ import annotations

import polars
from made import START, Tables, part_files, read_of

from sentinel.store import Store


def test_a_part_of_readings_tells_their_points_without_anything_else(tmp_path):
    """Others read the files too. Names are kept once a part, positions where they are not those of the rows."""
    with Store.open(tmp_path, write=True, site="acme") as store:
        for number in range(2):
            rows = [
                {"sequence": 10 * number + at, "time": START, "point": at % 2, "direction": "read"} for at in range(3)
            ]
            store.commit(line_time=START, batch=Tables(read_of(rows, number)))
            store.flush()
    first, second = (polars.read_parquet(tmp_path / name) for name in part_files(tmp_path, "readings"))
    assert first["sentinel.point.name"].cast(polars.String).to_list() == ["p0", "p1", "p0"]
    assert second["destination.ip"].cast(polars.String).to_list() == ["10.0.0.0", "10.0.0.1", "10.0.0.0"]
    assert not {"position", "sequence", "time", "series", "file", "point"} & {*first.columns, *second.columns}
    with Store.open(tmp_path) as reader:
        found = list(reader.readings())
        assert [one["sentinel.point.name"] for one in found] == ["p0", "p1", "p0"] * 2
        assert {
            (one["event.kind"], one["event.dataset"], one["event.module"], one["sentinel.site"]) for one in found
        } == {("metric", "sentinel.point", "sentinel", "acme")}
        assert [one["sentinel.point.id"] for one in reader.readings(point="id1")] == ["id1", "id1"]


def test_labels_that_change_without_end_leave_no_series_behind(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        for number in range(50):
            label = {"sequence": 100 * number, "time": START, "point": 0, "label": f"L{number}", "measure": None}
            rows = [{"sequence": 100 * number + 1, "time": START, "point": 0, "direction": "read"}]
            labels = polars.DataFrame([label], schema_overrides={"measure": polars.String})
            store.commit(line_time=START, batch=Tables({**read_of(rows, number), "labels": labels}))
            store.flush()
        assert store._points._series.height <= 3
        assert [one["sentinel.point.label"] for one in store.readings()] == [f"L{number}" for number in range(50)]
