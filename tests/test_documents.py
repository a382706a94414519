"""Documents: their ids are the same in every replay and version, and their fields lie where ECS has them."""

import hashlib

import polars

from sentinel.documents import _with_id, nested, rows


def test_an_id_is_a_hash_of_what_it_is_made_of() -> None:
    frame = polars.DataFrame({"a": ["x", None], "b": [5, -1], "c": [None, 7]}, schema={"a": str, "b": int, "c": int})
    expected = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in ("x\x1f5\x1f", "\x1f-1\x1f7")]
    assert _with_id(frame, "a", "b", "c")["event.id"].to_list() == expected
    assert _with_id(frame.clear(), "a", "b", "c").schema["event.id"] == polars.String


def test_fields_lie_in_objects() -> None:
    flat = {
        "event.id": "1",
        "@timestamp": 1_500_000_000,
        "event.outcome": None,
        "source.as.number": 7,
        "event.kind": "event",
    }
    assert nested(flat) == {
        "event": {"id": "1", "kind": "event"},
        "@timestamp": "1970-01-01T00:00:01.5Z",
        "source": {"as": {"number": 7}},
    }


def test_what_is_null_or_internal_is_no_field() -> None:
    frame = polars.DataFrame({"sequence": [1, 2], "a": [None, 2], "b": [None, None], "c": ["x", "y"]})
    assert list(rows(frame)) == [{"c": "x"}, {"a": 2, "c": "y"}]
