"""Facts: what the baseline knows, each with a key that people can read, approve and keep in git."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

Place = TypeVar("Place")

HOUR = 3_600_000_000_000
MINUTE = 60_000_000_000

ANY_HOST = "*"
"""Target of a fact about many hosts."""

NORMAL = ("learnt", "imported", "approved")
DECIDED = ("approved", "denied", "imported")

TEXT_LIMIT = 120
"""Longest name or target kept of the wire. Attack: megabyte names in memory and in the export."""

# Parts of a key after its kind, in order. `pair` is `actor -> target:port`, `server` is `target:port`.
LAYOUT: Mapping[str, tuple[str, ...]] = {
    "asset": ("actor",),
    "conversation": ("protocol", "pair"),
    "class": ("word", "protocol", "pair"),
    "operation": ("word", "protocol", "pair", "id"),
    "point": ("word", "protocol", "server", "id"),
    "errors": ("word", "protocol", "pair"),
    "breadth": ("word", "protocol", "pair", "id"),
}


def clean(text: str | None, limit: int = TEXT_LIMIT) -> str:
    """Text of the wire made harmless: one line, printable, bounded."""
    if not text:
        return ""
    if len(text) <= limit and text.isprintable():
        return text
    shown = "".join(character if character.isprintable() else "?" for character in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def slug(text: str) -> str:
    """A word without spaces, for a key."""
    return re.sub(r"[^a-z0-9_.]+", "-", text.lower())[:40].strip("-") or "-"


def host_port(address: str, port: int | None) -> str:
    """`10.0.0.9:502`, `[fd00::9]:502`, or the address alone."""
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _parse_host_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        address, _, port = text[1:].partition("]:")
        return address, int(port)
    if text.count(":") == 1:
        address, port = text.split(":")
        return address, int(port)
    return text, None


class Subject(NamedTuple):
    """Who, whom and what a fact is about."""

    kind: str
    protocol: str = ""
    actor: str = ""
    target: str = ""
    port: int | None = None
    vlan: str = ""
    word: str = ""
    id: str = ""

    def key(self) -> str:
        """The fact's name: `conversation toy 10.0.0.5 -> 10.0.0.9:502`."""
        key = KEYS[self.kind](self)
        return f"{key} vlan {self.vlan}" if self.vlan else key

    @classmethod
    def parse(cls, key: str) -> Subject:
        """The subject of a key; ValueError says what is wrong with it."""
        words = key.split()
        if not words or words[0] not in LAYOUT:
            raise ValueError(f"unknown kind of fact in {key!r}: one of {', '.join(LAYOUT)}")
        given: dict[str, Any] = {"kind": words.pop(0)}
        if len(words) > 2 and words[-2] == "vlan":
            given["vlan"] = words[-1]
            del words[-2:]
        try:
            for part in LAYOUT[given["kind"]]:
                word = words.pop(0)
                if part == "pair":
                    given["actor"] = word
                    if words.pop(0) != "->":
                        raise ValueError
                    given["target"], given["port"] = _parse_host_port(words.pop(0))
                elif part == "server":
                    given["target"], given["port"] = _parse_host_port(word)
                else:
                    given[part] = "" if word == "-" else word
        except (IndexError, ValueError):
            raise ValueError(f"cannot read the fact {key!r}: {_shape(given['kind'])}") from None
        if words:
            raise ValueError(f"too many words in the fact {key!r}: {_shape(given['kind'])}")
        return cls(**given)


def _pair(one: Subject) -> str:
    return f"{one.actor} -> {host_port(one.target, one.port)}"


# Written out, not put together from LAYOUT: each new point has its key made. A test holds the two together.
KEYS: Mapping[str, Callable[[Subject], str]] = {
    "asset": lambda one: f"asset {one.actor or '-'}",
    "conversation": lambda one: f"conversation {one.protocol or '-'} {_pair(one)}",
    "class": lambda one: f"class {one.word or '-'} {one.protocol or '-'} {_pair(one)}",
    "operation": lambda one: f"operation {one.word or '-'} {one.protocol or '-'} {_pair(one)} {one.id or '-'}",
    "point": lambda one: (
        f"point {one.word or '-'} {one.protocol or '-'} {host_port(one.target, one.port)} {one.id or '-'}"
    ),
    "errors": lambda one: f"errors {one.word or '-'} {one.protocol or '-'} {_pair(one)}",
    "breadth": lambda one: f"breadth {one.word or '-'} {one.protocol or '-'} {_pair(one)} {one.id or '-'}",
}


def _shape(kind: str) -> str:
    shapes = {"pair": "CLIENT -> SERVER:PORT", "server": "SERVER:PORT"}
    return "write " + " ".join([kind, *(shapes.get(part, part.upper()) for part in LAYOUT[kind]), "[vlan N]"])


@dataclass(slots=True)
class Fact:
    """One thing that is known, how it became known, and how often it was seen."""

    subject: Subject
    key: str
    provenance: str = "seen"
    first: int = 0
    last: int = 0
    bins: int = 0
    count: int = 0
    last_bin: int = -1
    name: str = ""
    text: str = ""
    unit: int | None = None
    alerted: bool = False
    told: int = 0
    pending: int = 0
    until: int | None = None
    under: str = "seen"
    functions: dict[str, int] | None = None
    units: dict[int, int] | None = None
    """Of conversations: names of requests and units, each with the minute of its first use."""
    kept: bool = False
    """Is it in the store?"""

    def standing(self, at: int) -> str:
        """The provenance that counts at a time: an approval may have ended."""
        if self.provenance == "approved" and self.until is not None and at >= self.until:
            return self.under
        return self.provenance

    def normal(self, at: int) -> bool:
        """Does it raise nothing?"""
        return self.standing(at) in NORMAL

    def saw(self, timestamp: int, count: int) -> None:
        """Counts occurrences."""
        self.count += count
        self.first = min(self.first or timestamp, timestamp)
        self.last = max(self.last, timestamp)
        hour = timestamp // HOUR
        if hour > self.last_bin:
            self.last_bin = hour
            self.bins += 1

    def row(self) -> dict[str, Any]:
        """The persisted form."""
        full = {
            "key": self.key,
            "provenance": self.provenance,
            "first": self.first,
            "last": self.last,
            "bins": self.bins,
            "count": self.count,
            "last_bin": self.last_bin,
            "name": self.name,
            "text": self.text,
            "unit": self.unit,
            "alerted": self.alerted,
            "told": self.told,
            "pending": self.pending,
            "until": self.until,
            "under": self.under,
            "functions": self.functions,
            "units": {str(unit): at for unit, at in (self.units or {}).items()},
        }
        return {name: value for name, value in full.items() if value not in (None, "", {}, False)}

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Fact:
        """A fact out of its persisted form."""
        given = dict(row)
        given["units"] = {int(unit): at for unit, at in given.get("units", {}).items()}
        return cls(subject=Subject.parse(given["key"]), kept=True, **given)


@dataclass(frozen=True)
class FactLimits:
    """How many facts are kept. Attack: a flood of invented addresses, requests or points."""

    asset: int = 20_000
    conversation: int = 20_000
    class_: int = 40_000
    operation: int = 100_000
    point: int = 200_000
    errors: int = 20_000
    breadth: int = 2_000
    unlearnt: int = 10_000
    """Of each kind: facts that nobody learnt or approved, oldest use forgotten first."""

    def of(self, kind: str) -> int:
        """The limit of a kind."""
        limit: int = getattr(self, "class_" if kind == "class" else kind)
        return limit


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
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._all.values())

    def get(self, key: str) -> Fact | None:
        """The fact of that key."""
        return self._all.get(key)

    def add(self, fact: Fact) -> None:
        """Keeps a fact that was not known, seen or learnt."""
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

    def _index(self, fact: Fact) -> None:
        subject = fact.subject
        if subject.kind == "class":
            server = (subject.target, subject.port, subject.vlan, subject.protocol)
            self._of_server.setdefault(server, {})[fact.key] = None
            self._of_actor.setdefault((subject.actor, subject.vlan), {})[fact.key] = None

    def touch(self, fact: Fact) -> None:
        """Marks a use: the most recently used is forgotten last."""
        order = self._loose if fact.provenance == "seen" else self._learnt if fact.provenance == "learnt" else None
        if order is not None:
            order[fact.subject.kind].move_to_end(fact.key)
        self._changed[fact.key] = None

    def remove(self, key: str) -> None:
        """Forgets a fact."""
        fact = self._all.pop(key, None)
        if fact is None:
            return
        subject = fact.subject
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
            self.evicted += 1
        while len(learnt) > limit:
            self.remove(next(iter(learnt)))
            self.evicted += 1

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

    def counts(self) -> dict[str, int]:
        """Facts by kind."""
        counts = dict.fromkeys(LAYOUT, 0)
        for fact in self._all.values():
            counts[fact.subject.kind] += 1
        return counts


def _drop(index: dict[Place, dict[str, None]], place: Place, key: str) -> None:
    keys = index.get(place, {})
    keys.pop(key, None)
    if not keys:
        index.pop(place, None)
