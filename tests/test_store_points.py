"""Points in the store, their labels and newest values."""

from __future__ import annotations

import polars
from made import START, Tables

from sentinel.store import Store, points


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
