"""Counts of what repeats, told at milestones, so that a flood does not become a flood of findings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

TALLY_LIMIT = 4_096
"""Counters kept, the longest unused goes first. Attack: a flood of invented pairs."""


@dataclass(slots=True)
class _Counter:
    total: int = 0
    told: int = 0


class Tally:
    """Tells of the first, of `many`, and of every doubling after that."""

    def __init__(self, many: int, first: int = 1) -> None:
        self._many, self._first = many, first
        self._counters: dict[Hashable, _Counter] = {}

    def add(self, key: Hashable, count: int = 1) -> tuple[int, int] | None:
        """Total and growth since the last time it was told, if it must be told now."""
        counter = self._counters.pop(key, None) or _Counter()
        self._counters[key] = counter
        if len(self._counters) > TALLY_LIMIT:
            del self._counters[next(iter(self._counters))]
        counter.total += count
        told = counter.told
        due = self._first if told == 0 else self._many if told < self._many else 2 * told
        if counter.total < due:
            return None
        counter.told = counter.total
        return counter.total, counter.total - told
