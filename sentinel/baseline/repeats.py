"""What repeats: transactions that say nothing new are counted, and no more."""

from __future__ import annotations

from sentinel.baseline.facts import MINUTE, NORMAL, Fact
from sentinel.baseline.kept import Facts
from sentinel.baseline.learning import Learning
from sentinel.baseline.rows import Operation

UNDECIDED = frozenset(("seen", "learnt", "imported"))
"""What of an approval may end, and what was denied is told each time: these stand as they are."""


class Repeats:
    """Nearly all rows of a plant that goes on: counted here for a fifth of what it costs to judge them.

    A test holds it to `Observer`, which judges all others: it would say nothing of these, and count them the same.
    """

    def __init__(self, facts: Facts, learning: Learning) -> None:
        self._facts = facts
        self._learning = learning

    def count(self, operation: Operation, outcome: str, time: int, first: int, last: int, times: int) -> bool:
        """Counts transactions of an operation, if all is known that they could tell; else does nothing.

        Args:
            operation: What was asked.
            outcome: Of all of them.
            time: Line time.
            first: When the first of them was, ns since 1970.
            last: When the last of them was.
            times: How many.
        """
        if outcome == "failure" or operation.critical:
            return False
        find = self._facts.find
        pair, class_, single = find(operation.conversation_key), find(operation.class_key), find(operation.key)
        if pair is None or class_ is None or single is None:
            return False
        state = self._learning.state(time)
        if not _is_settled(pair, class_, single, state) or not _is_usual(operation, pair, single, state, first):
            return False
        self._facts.again((pair, class_, single), first, last, times)
        return True


def _is_settled(pair: Fact, class_: Fact, single: Fact, state: str) -> bool:
    """Nothing is to be learnt or told of them."""
    standings = (pair.provenance, class_.provenance, single.provenance)
    if not UNDECIDED.issuperset(standings):
        return False
    if state == "learning":
        return "seen" not in standings
    return state == "none" or (standings[0] in NORMAL and standings[1] in NORMAL)


def _is_usual(operation: Operation, pair: Fact, single: Fact, state: str, first: int) -> bool:
    """Nothing of them counts as part of a scan: it was there in an earlier minute, and nobody is still to judge it."""
    minute, is_open = first // MINUTE, state == "none"
    if pair.first // MINUTE >= minute or not (is_open or pair.provenance in NORMAL):
        return False
    if operation.name not in (pair.functions or ()):
        return False
    if operation.unit is not None and operation.unit not in (pair.units or ()):
        return False
    if not operation.text:
        return True
    return single.first // MINUTE < minute and (is_open or single.provenance in NORMAL)
