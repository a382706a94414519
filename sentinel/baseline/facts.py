"""Facts: what the baseline knows, each with a key that people can read, approve and keep in git."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

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
    then_denied: bool = False
    """Of an approval that ends: somebody denied it before."""
    functions: dict[str, int] | None = None
    units: dict[int, int] | None = None
    """Of conversations: names of requests and units, each with the minute of its first use."""
    kept: bool = False
    """Is it in the store?"""

    def standing(self, at: int) -> str:
        """The provenance that counts at a time: an approval may have ended."""
        if self.provenance == "approved" and self.until is not None and at >= self.until:
            return "denied" if self.then_denied else self.under
        return self.provenance

    def normal(self, at: int) -> bool:
        """Does it raise nothing?"""
        return self.standing(at) in NORMAL

    def saw(self, first: int, last: int, count: int) -> None:
        """Counts occurrences, from one time to another."""
        self.count += count
        if first < self.first or not self.first:
            self.first = first
        self.last = max(self.last, last)
        hour = first // HOUR
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
            "then_denied": self.then_denied,
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
