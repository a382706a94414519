"""A mapping of mostly one entry does what a dict does."""

from hypothesis import given
from hypothesis import strategies as some

from sentinel.inventory.few import Few

STEPS = some.lists(some.tuples(some.sampled_from(("set", "pop")), some.sampled_from("abcd"), some.integers(0, 3)))


@given(STEPS)
def test_what_a_dict_does(steps):
    few: Few[int] = Few()
    known: dict[str, int] = {}
    for step, key, value in steps:
        if step == "set":
            few[key] = known[key] = value
        elif key in known:
            assert few.pop(key) == known.pop(key)
        assert list(few.items()) == list(known.items())
        assert list(few) == list(known)
        assert list(few.values()) == list(known.values())
        assert len(few) == len(known)
        assert [few.get(one) for one in "abcd"] == [known.get(one) for one in "abcd"]
        assert [one in few for one in "abcd"] == [one in known for one in "abcd"]
        assert all(few[one] == known[one] for one in known)
