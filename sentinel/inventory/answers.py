"""How operations were answered so far: a byte for each, for there may be as many as requests are invented."""

from __future__ import annotations

SPARE = 65_536
"""Bytes of operations given up that are kept before the first that is known: cutting them off moves the others."""

NONE, FAILURE, SUCCESS, GONE = range(4)
STEPS = {"failure": FAILURE, "success": SUCCESS}
"""What was answered; success says all."""


class Answers:
    """The best answer of each operation, by the packet reader's number: numbers rise, and the oldest are mostly given up first."""

    def __init__(self) -> None:
        self._first = 0
        self._best = bytearray()
        self._gone = 0
        """How many at the front were given up."""

    def __len__(self) -> int:
        return len(self._best)

    def is_settled(self, number: int) -> bool:
        """Whether no answer can say anything new of it."""
        return self._at(number) >= SUCCESS

    def is_news(self, number: int, outcome: str) -> bool:
        """Notes an answer; says whether there was none before, or no success before this one."""
        before = self._at(number)
        if before in (SUCCESS, STEPS[outcome]):
            return False
        self._put(number, STEPS[outcome])
        return True

    def begin(self, number: int) -> None:
        """The operation is new: whatever had the number before."""
        self._put(number, NONE)

    def give_up(self, number: int) -> None:
        """The operation is known no more."""
        self._put(number, GONE)
        while self._gone < len(self._best) and self._best[self._gone] == GONE:
            self._gone += 1
        if self._gone > SPARE:
            del self._best[: self._gone]
            self._first, self._gone = self._first + self._gone, 0

    def _at(self, number: int) -> int:
        at = number - self._first
        return self._best[at] if 0 <= at < len(self._best) else NONE

    def _put(self, number: int, best: int) -> None:
        at = number - self._first
        if at < 0:
            return
        if at >= len(self._best):
            self._best.extend(bytes(at + 1 - len(self._best)))
        self._best[at] = best
        self._gone = min(self._gone, at) if best != GONE else self._gone
