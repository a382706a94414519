"""What numbers stand for: as long as the reader keeps them, however many batches ago they were told."""

from __future__ import annotations

import polars

from sentinel.known import Known
from sentinel.sensor import Batch, schemas

LONG = 100
"""Batches."""
START = 1_767_225_600_000_000_000


def batch(
    sequence: int, *, conversations: int = 0, operations: dict[int, int] | None = None, gone: tuple[int, ...] = ()
) -> Batch:
    """One conversation of that number, operations by number with their conversation, and numbers given up after them."""
    rows = {
        "conversations": [
            {
                "conversation": one,
                "protocol": "toy",
                "client": f"10.0.0.{one}",
                "server": "10.1.0.1",
                "server_port": 502,
                "vlan": "",
            }
            for one in (conversations,)
            if one
        ],
        "operations": [
            {"operation": number, "conversation": of, "id": f"1-{sequence:032x}", "class": "read", "name": "Read"}
            for number, of in (operations or {}).items()
        ],
        "evictions": [{"kind": "operation", "number": number} for number in gone],
    }
    tables: dict[str, polars.DataFrame] = {}
    for name, told in rows.items():
        if told:
            numbered = [{"sequence": (sequence := sequence + 1), "time": START, **row} for row in told]
            tables[name] = polars.DataFrame(numbered, schema=schemas()[name])
    return Batch(tables, START)


def numbers(known: Known, *asked: int, before: bool = False) -> list[int]:
    found = known.operations(polars.Series(asked, dtype=polars.UInt64), before=before)
    return sorted(found["operation"].to_list())


def ends(known: Known) -> list[str]:
    asked = [{"client": f"10.0.0.{one}", "server": "10.1.0.1", "server_port": 502, "vlan": None} for one in range(200)]
    schema = {name: schemas()["connections"][name] for name in asked[0]}
    return sorted(pair[0] for pair in known.pairs(polars.DataFrame(asked, schema=schema)))


def test_what_was_told_long_ago_is_known() -> None:
    known = Known()
    for number in range(1, LONG):
        known.learn(batch(10 * number, conversations=number, operations={number: number}))
    assert numbers(known, 1, 5, LONG - 1, 9_999) == [1, 5, LONG - 1]
    of = known.conversations(polars.Series([5], dtype=polars.UInt64))
    assert of["client"].to_list() == ["10.0.0.5"]


def test_few_frames_are_looked_through() -> None:
    """A batch a fifth of a second: each that brought something must not be looked through for ever."""
    known = Known()
    for number in range(1, LONG):
        known.learn(batch(10 * number, conversations=number, operations={number: number}))
        assert len(known._operations) <= 8
    assert sum(frame.height for frame in known._operations) == LONG - 1


def test_before_the_batch_its_own_rows_are_not_known() -> None:
    known = Known()
    known.learn(batch(0, conversations=1, operations={1: 1}))
    known.learn(batch(10, conversations=2, operations={2: 2}))
    assert numbers(known, 1, 2) == [1, 2]
    assert numbers(known, 1, 2, before=True) == [1]
    assert ends(known) == ["10.0.0.1"]
    assert known.counts(polars.Series([1, 2], dtype=polars.UInt64)) == {1: 1}


def test_what_is_given_up_is_known_until_the_next_batch() -> None:
    known = Known()
    known.learn(batch(0, conversations=1, operations={1: 1, 2: 1}))
    known.learn(batch(10, gone=(1,)))
    assert numbers(known, 1, 2) == [1, 2], "rows of this batch may still speak of it"
    known.learn(batch(20))
    assert numbers(known, 1, 2) == [2]


def test_a_number_that_stands_for_another_operation_since() -> None:
    known = Known()
    known.learn(batch(0, conversations=1, operations={1: 1}))
    given_up, new = batch(10, gone=(1,)), batch(20, operations={1: 1})
    known.learn(Batch({**given_up.tables, **new.tables}, START))
    known.learn(batch(30))
    found = known.operations(polars.Series([1], dtype=polars.UInt64))
    assert found["id"].to_list() == [f"1-{20:032x}"]


def test_conversations_go_with_their_operations() -> None:
    known = Known()
    known.learn(batch(0, conversations=1, operations={1: 1}))
    known.learn(batch(10, conversations=2, operations={2: 2}, gone=(1,)))
    known.learn(batch(20))
    assert ends(known) == ["10.0.0.2"]
