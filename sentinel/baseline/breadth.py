"""Breadth: many different new things by one actor within a minute: this pages, single points never do."""

from __future__ import annotations

from dataclasses import dataclass, field

from sentinel.baseline.facts import MINUTE

WINDOW_LIMIT = 1_024
"""Windows kept. Attack: a flood of invented actors."""

ITEM_LIMIT = 512
"""Different things remembered in a window; past it the count says "at least". Attack: an endless sweep."""

EXAMPLES = 8

Place = tuple[str, str, str, str, int | None, str]
"""What is counted, protocol, actor, target, port, vlan."""


@dataclass(slots=True)
class Window:
    """One actor, target and kind in one minute."""

    place: Place
    minute: int
    total: int = 0
    told: int = 0
    due: int | None = None
    items: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)


class Windows:
    """Counts by minute of the packets, so that the order of rows inside it does not matter."""

    def __init__(self, limit: int = WINDOW_LIMIT) -> None:
        self._limit = limit
        self._windows: dict[tuple[Place, int], Window] = {}
        self._next_due: int | None = None

    def add(
        self, place: Place, minute: int, item: str, *, time: int, threshold: int, weight: int | None = None
    ) -> Window | None:
        """Adds one thing (or, with a weight, that many occurrences); the window, when it must be told now."""
        window = self._windows.get((place, minute))
        if window is None:
            window = self._windows[place, minute] = Window(place, minute)
            if len(self._windows) > self._limit:
                del self._windows[next(iter(self._windows))]
        return self.count(window, item, time, threshold, weight)

    def full(self, place: Place, minute: int) -> Window | None:
        """The window, if one more thing would change nothing: it counts no further and its growth is told or will be."""
        window = self._windows.get((place, minute))
        if window is None or window.total < ITEM_LIMIT or (window.told < window.total and window.due is None):
            return None
        return window

    def of(self, place: Place, minute: int) -> Window | None:
        """The window, if there is one."""
        return self._windows.get((place, minute))

    def count(self, window: Window, item: str, time: int, threshold: int, weight: int | None = None) -> Window | None:
        """As `add`, for a window at hand."""
        if item not in window.items:
            if len(window.items) < ITEM_LIMIT:
                window.items.add(item)
            if len(window.examples) < EXAMPLES:
                window.examples.append(item)
            window.total += 1 if weight is None else 0
            if weight is None and window.total > ITEM_LIMIT:
                window.total = ITEM_LIMIT
        window.total += weight or 0
        if window.total < threshold or window.total == window.told:
            return None
        if window.told == 0 or window.total >= 2 * window.told:
            return window
        if window.due is None:
            self._wait(window, time)
        return None

    def _wait(self, window: Window, time: int) -> None:
        window.due = max((window.minute + 1) * MINUTE, time) + MINUTE
        self._next_due = window.due if self._next_due is None else min(self._next_due, window.due)

    def count_many(self, window: Window, item: str, time: int, threshold: int, many: int) -> int | None:
        """As `count` so often, each once more of one thing; after how many the window must be told, if it must."""
        if item not in window.items:
            if len(window.items) < ITEM_LIMIT:
                window.items.add(item)
            if len(window.examples) < EXAMPLES:
                window.examples.append(item)
        needed = max(threshold, 2 * window.told, window.total + 1) - window.total
        if needed <= many:
            window.total += needed
            return needed
        window.total += many
        if window.total >= threshold and window.due is None:
            self._wait(window, time)
        return None

    def was_told(self, place: Place, minute: int) -> bool:
        """Was it told?"""
        window = self._windows.get((place, minute))
        return window is not None and window.told > 0

    def tell(self, window: Window) -> int:
        """Marks it as told; how much it grew since the last time."""
        grown = window.total - window.told
        window.told = window.total
        window.due = None
        return grown

    def due(self, before: int | None) -> list[tuple[int, Window]]:
        """Windows whose last growth must be told before that line time (None: all), earliest first."""
        if self._next_due is None or (before is not None and self._next_due >= before):
            return []
        waiting = [(window.due, window) for window in self._windows.values() if window.due is not None]
        ready = [(at, one) for at, one in waiting if before is None or at < before]
        ready.sort(key=lambda pair: pair[0])
        left = [at for at, _ in waiting if before is not None and at >= before]
        self._next_due = min(left, default=None)
        return ready
