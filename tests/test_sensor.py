"""Batches: the end of a minute in several, and rows that are kept without their table."""

from __future__ import annotations

import polars
from tables import Line

from sentinel.baseline import Baseline
from sentinel.documents import Documents
from sentinel.sensor import Batch, cut, detached, schemas


def minute(operations: int) -> Batch:
    """Operations that are told, then summed up, all at the end of their minute."""
    line = Line()
    numbers = [line.operation(1, target=f"thing {one}") for one in range(operations)]
    (told,) = line.batches()
    first = max(int(frame["sequence"].max()) for frame in told.tables.values() if "sequence" in frame.columns)  # type: ignore[call-overload]
    rows = [
        {
            "sequence": first + place,
            "time": told.line_time,
            "operation": number,
            "outcome": "success",
            "minute": told.line_time,
            "count": 2,
            "first": told.line_time,
            "last": told.line_time,
            "bytes": 24,
        }
        for place, number in enumerate(numbers, 1)
    ]
    summaries = polars.DataFrame(rows, schema=schemas()["summaries"])
    own = polars.DataFrame({"operation": numbers}, schema_overrides={"operation": polars.UInt64})
    return Batch({**told.tables, "summaries": summaries, "toy": own}, told.line_time + 5)


def test_a_minute_cut_has_the_same_rows() -> None:
    whole = minute(10)
    parts = list(cut(whole, 4))
    assert [part["summaries"].height for part in parts] == [4, 4, 2]
    for name, frame in whole.tables.items():
        found = [part.tables[name] for part in parts if name in part.tables]
        assert polars.concat(found).equals(frame), name
    assert [part.line_time for part in parts] == [whole.line_time - 5, whole.line_time - 5, whole.line_time]


def test_a_minute_cut_says_the_same() -> None:
    whole = minute(10)
    of, of_parts = Documents("x"), Documents("x")
    together, apart = Baseline(), Baseline()
    said, said_apart = together.observe(whole), []
    summaries = []
    for part in cut(whole, 3):
        said_apart += apart.observe(part)
        summaries.append(of_parts.of(part).summaries)
    assert said_apart == said
    assert {fact.key: fact.row() for fact in apart.facts} == {fact.key: fact.row() for fact in together.facts}
    ids = polars.concat([frame.select("sequence", "event.id", "sentinel.operation.target") for frame in summaries])
    assert ids.equals(of.of(whole).summaries.select("sequence", "event.id", "sentinel.operation.target"))


def test_what_is_kept_of_a_table_is_the_same() -> None:
    frame = polars.DataFrame(
        {
            "a": [1, None, 3],
            "b": ["x", None, "a text too long to stand in its place"],
            "c": [[1], None, []],
            "d": [True, False, None],
        }
    )
    assert detached(frame).equals(frame)
    assert detached(frame).schema == frame.schema
    assert detached(frame.clear()).equals(frame.clear())
