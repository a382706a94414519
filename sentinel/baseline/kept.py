"""All facts, bounded: by key, by who does what to whom, in the order of their last use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from sentinel.baseline.facts import LAYOUT, Fact, FactLimits, Subject
from sentinel.baseline.plain import PROVENANCES, Plain

Place = TypeVar("Place")


class Facts:
    """All facts, bounded: unlearnt ones go before learnt ones, what people decided never goes."""

    def __init__(self, limits: FactLimits) -> None:
        self._limits = limits
        self._all: dict[str, Fact] = {}
        # In the order of their last use. Ordered, for the oldest of a plain dict is found the slower the more have gone.
        self._loose: dict[str, OrderedDict[str, None]] = {kind: OrderedDict() for kind in LAYOUT}
        self._learnt: dict[str, OrderedDict[str, None]] = {kind: OrderedDict() for kind in LAYOUT}
        self._changed: dict[str, None] = {}
        self._of_server: dict[tuple[str, int | None, str, str], dict[str, None]] = {}
        self._of_actor: dict[tuple[str, str], dict[str, None]] = {}
        self._limit_of = {kind: limits.of(kind) for kind in LAYOUT}
        self._evicted = 0
        self.points = Plain(limits.point, limits.unlearnt)
        """Of points: those that nobody decided about."""

    def __len__(self) -> int:
        return len(self._all) + len(self.points)

    def __iter__(self) -> Iterator[Fact]:
        yield from self._all.values()
        yield from self.points

    def but_points(self) -> Iterator[Fact]:
        """Those that are no plain facts about points: some thousands instead of hundreds of thousands."""
        return iter(self._all.values())

    @property
    def evicted(self) -> int:
        """How many were forgotten for want of room."""
        return self._evicted + self.points.evicted

    def get(self, key: str) -> Fact | None:
        """The fact of that key; of a point that nobody decided about a copy, to be `put` when it changed."""
        fact = self._all.get(key)
        return self.points.get(key) if fact is None and key.startswith("point ") else fact

    def find(self, key: str) -> Fact | None:
        """The fact of that key, which is about no point."""
        return self._all.get(key)

    def add(self, fact: Fact) -> None:
        """Keeps a fact that was not known, seen or learnt, and is about no point."""
        kind, key = fact.subject.kind, fact.key
        fact.kept = key in self._changed  # it was forgotten, and the store was not told yet
        self._all[key] = fact
        (self._loose if fact.provenance == "seen" else self._learnt)[kind][key] = None
        self._index(fact)
        self._changed[key] = None
        self._bound(kind)

    def put(self, fact: Fact) -> None:
        """Keeps a fact (again, after its provenance changed)."""
        kind = fact.subject.kind
        if kind == "point":
            self._put_point(fact)
            return
        self._all[fact.key] = fact
        self._loose[kind].pop(fact.key, None)
        self._learnt[kind].pop(fact.key, None)
        if fact.provenance == "seen":
            self._loose[kind][fact.key] = None
        elif fact.provenance == "learnt":
            self._learnt[kind][fact.key] = None
        self._index(fact)
        self._changed[fact.key] = None
        self._bound(kind)

    def _put_point(self, fact: Fact) -> None:
        key, plain = fact.key, fact.provenance in PROVENANCES
        if plain:
            self.remove(key)
            self.points.put(fact)
        else:
            self.points.remove(key)
            fact.kept = fact.kept and key in self._all
            self._all[key] = fact
            self._changed[key] = None
        self.points.decided(fact.subject, not plain)

    def _index(self, fact: Fact) -> None:
        subject = fact.subject
        if subject.kind == "class":
            server = (subject.target, subject.port, subject.vlan, subject.protocol)
            self._of_server.setdefault(server, {})[fact.key] = None
            self._of_actor.setdefault((subject.actor, subject.vlan), {})[fact.key] = None

    def touch(self, fact: Fact) -> None:
        """Marks a use, of no plain fact about a point: the most recently used is forgotten last."""
        order = self._loose if fact.provenance == "seen" else self._learnt if fact.provenance == "learnt" else None
        if order is not None:
            order[fact.subject.kind].move_to_end(fact.key)
        self._changed[fact.key] = None

    def again(self, facts: Iterable[Fact], first: int, last: int, times: int) -> None:
        """Counts further uses of facts, from one time to another, and marks them."""
        for fact in facts:
            fact.saw(first, last, times)
            self.touch(fact)

    def remove(self, key: str) -> None:
        """Forgets a fact."""
        fact = self._all.pop(key, None)
        if fact is None:
            if key.startswith("point "):
                self.points.remove(key)
            return
        subject = fact.subject
        if subject.kind == "point":
            self.points.decided(subject, False)
        self._loose[subject.kind].pop(key, None)
        self._learnt[subject.kind].pop(key, None)
        if subject.kind == "class":
            _drop(self._of_server, (subject.target, subject.port, subject.vlan, subject.protocol), key)
            _drop(self._of_actor, (subject.actor, subject.vlan), key)
        if fact.kept:
            self._changed[key] = None
        else:
            self._changed.pop(key, None)  # the store never heard of it

    def _bound(self, kind: str) -> None:
        loose, learnt, limit = self._loose[kind], self._learnt[kind], self._limit_of[kind]
        while loose and (len(loose) > self._limits.unlearnt or len(loose) + len(learnt) > limit):
            self.remove(next(iter(loose)))
            self._evicted += 1
        while len(learnt) > limit:
            self.remove(next(iter(learnt)))
            self._evicted += 1

    def classes_of_server(self, subject: Subject, most: int = 64) -> list[Fact]:
        """Who does what to the server of that subject (a bounded look: a flood must not make it slow)."""
        keys = self._of_server.get((subject.target, subject.port, subject.vlan, subject.protocol), {})
        return self._some(keys, most)

    def classes_of_actor(self, subject: Subject, most: int = 64) -> list[Fact]:
        """What the actor of that subject does, to whom."""
        return self._some(self._of_actor.get((subject.actor, subject.vlan), {}), most)

    def _some(self, keys: Iterable[str], most: int) -> list[Fact]:
        return [self._all[key] for key, _ in zip(keys, range(most), strict=False)]

    def unsaved(self) -> Iterator[dict[str, Any]]:
        """Persisted form of what changed since `saved` was called last; `gone` marks what was forgotten."""
        for key in self._changed:
            fact = self._all.get(key)
            yield {"key": key, "gone": True} if fact is None else fact.row()

    def saved(self) -> None:
        """The store has all of it now."""
        for key in self._changed:
            if (fact := self._all.get(key)) is not None:
                fact.kept = True
        self._changed.clear()

    def changed(self) -> list[dict[str, Any]]:
        """What is unsaved, taken for saved from now on."""
        rows = list(self.unsaved())
        self.saved()
        return rows

    def forget_rows(self, keys: Iterable[str]) -> None:
        """Of facts that are kept as columns from now on: their own rows go with the next change."""
        self._changed.update(dict.fromkeys(keys))

    def counts(self) -> dict[str, int]:
        """Facts by kind."""
        counts = dict.fromkeys(LAYOUT, 0)
        counts["point"] = len(self.points)
        for fact in self._all.values():
            counts[fact.subject.kind] += 1
        return counts


def _drop(index: dict[Place, dict[str, None]], place: Place, key: str) -> None:
    keys = index.get(place, {})
    keys.pop(key, None)
    if not keys:
        index.pop(place, None)
