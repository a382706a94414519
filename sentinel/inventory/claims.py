"""Claims: what devices and people said about a device, who is believed, and what contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PERSON = "a person"
NAMES_FILE = "names file"
NETWORK_CARD = "network card"

# How far a kind of source is believed: words in the source's text, first match wins. No protocol's name here:
# each protocol says in its own words what it read.
RANKS: tuple[tuple[str, float], ...] = (
    (PERSON, 1.0),
    (NAMES_FILE, 0.99),
    (NETWORK_CARD, 0.4),
    ("device identification", 0.95),
    ("nameplate", 0.96),
    ("build info", 0.95),
    ("identity", 0.9),
    ("description", 0.9),
    ("discovery", 0.86),
    ("certificate", 0.85),
    ("management", 0.85),
    ("server id", 0.8),
    ("session", 0.8),
    ("banner", 0.6),
    ("name", 0.6),
    ("fingerprint", 0.35),
)
UNRANKED = 0.7

CORROBORATION = 0.02
"""Added for each other source that says the same, at most three."""
AGEING = 0.05
"""Taken away for each day that a claim is older than the newest about the same, at most six."""
DAY = 86_400 * 10**9

IDENTITY = ("vendor", "model", "product_code", "firmware", "serial")
"""A device has one of each: two values contradict."""
WATCHED = (*IDENTITY, "name")
"""A newer value from the same source means that the device changed."""
TELLING = (*WATCHED, "role", "os", "hardware", "host_name")
"""Worth a line in the device's history when it becomes known; the rest is kept without one."""


@lru_cache(maxsize=1_024)
def rank(source: str) -> float:
    """How far this source is believed, 0 to 1."""
    text = source.lower().replace("_", " ")
    return next((confidence for word, confidence in RANKS if word in text), UNRANKED)


def comparable(value: str) -> str:
    """A value without the differences that mean nothing."""
    return " ".join(value.split()).casefold()


def _words(value: str) -> list[str]:
    return re.findall(r"[^\W_]+", value.casefold())


def contradicts(one: str, other: str) -> bool:
    """Whether two sources say different things, and not the same in other words.

    `V.4.2.1` is `V4.2.1`, and `Siemens` is `Siemens AG`; `2.7` is not `2.70`.
    """
    short, long = sorted((_words(one), _words(other)), key=len)
    within = any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))
    return not (short and within) and "".join(short) != "".join(long)


@dataclass(slots=True)
class Claim:
    """One value of one attribute, as one source said it."""

    attribute: str
    value: str
    source: str
    confidence: float
    file: int | None
    frame: int | None
    first_seen: int
    last_seen: int
    capture: str = ""
    """The file in which the frame is."""

    def as_dict(self) -> dict[str, Any]:
        """For documents and for the store; what is unknown is left out."""
        named = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in named if value is not None and value != ""}


class Claims:
    """The claims about one address, card or unit."""

    __slots__ = ("_claims",)

    def __init__(self, rows: Iterable[dict[str, Any]] = ()) -> None:
        self._claims: dict[tuple[str, str, str], Claim] = {}
        self.replace(rows)

    def replace(self, rows: Iterable[dict[str, Any]]) -> None:
        """Takes these claims, in their persisted form, instead of all before."""
        self._claims.clear()
        for row in rows:
            claim = Claim(**{"file": None, "frame": None, **row})
            self._claims[claim.attribute, claim.source, comparable(claim.value)] = claim

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._claims.values())

    def __len__(self) -> int:
        return len(self._claims)

    def values_of(self, attribute: str) -> list[str]:
        """All that was said of the attribute."""
        return [claim.value for claim in self if claim.attribute == attribute]

    def repeated(self, claim: Claim) -> bool:
        """Notes that a known claim was made again; False if it is not known."""
        known = self._claims.get((claim.attribute, claim.source, comparable(claim.value)))
        if known is None:
            return False
        known.last_seen = max(known.last_seen, claim.last_seen)
        # Said again, it is the newest word of its source.
        self._claims[claim.attribute, claim.source, comparable(claim.value)] = self._claims.pop(
            (claim.attribute, claim.source, comparable(claim.value))
        )
        return True

    def add(self, claim: Claim, limit: int) -> bool:
        """Keeps a new claim; at the limit the oldest of its attribute makes room. False if one was lost."""
        fits = len(self._claims) < limit
        if not fits:
            oldest = next((key for key, known in self._claims.items() if known.attribute == claim.attribute), None)
            if oldest is None:
                return False
            del self._claims[oldest]
        self._claims[claim.attribute, claim.source, comparable(claim.value)] = claim
        return fits

    def as_rows(self) -> list[dict[str, Any]]:
        """The persisted form, in the order in which they were last said."""
        return [claim.as_dict() for claim in self]


NO_CLAIMS = Claims()
"""What most addresses and cards said: shared, never changed."""


def current(claims: Iterable[Claim], attribute: str) -> list[Claim]:
    """The last word of each source about the attribute."""
    latest: dict[str, Claim] = {}
    for claim in claims:
        if claim.attribute == attribute and (
            claim.source not in latest or claim.last_seen >= latest[claim.source].last_seen
        ):
            latest[claim.source] = claim
    return list(latest.values())


def believed(claims: Iterable[Claim], attribute: str) -> Claim | None:
    """The claim that wins: rank of its source, raised by others that say the same, lowered by age."""
    candidates = current(claims, attribute)
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    newest = max(claim.last_seen for claim in candidates)

    def weight(claim: Claim) -> tuple[float, int, str]:
        same = sum(comparable(other.value) == comparable(claim.value) for other in candidates) - 1
        age = 0 if claim.source in (PERSON, NAMES_FILE) else min((newest - claim.last_seen) // DAY, 6)
        confidence = claim.confidence + CORROBORATION * min(same, 3) - AGEING * age
        return round(confidence, 6), claim.last_seen, comparable(claim.value)

    return max(candidates, key=weight)


def contradicted(claims: Iterable[Claim], attribute: str) -> list[str]:
    """The values between which nothing decides: several, from sources of the highest rank heard."""
    heard = [claim for claim in claims if claim.attribute == attribute]
    if len(heard) < 2:
        return []
    best = max((claim.confidence for claim in heard), default=0.0)
    values = {comparable(claim.value): claim for claim in heard if claim.confidence >= best}
    if best >= rank(NAMES_FILE):
        return []
    told = list(values.values())
    differ = any(
        one.source == other.source or contradicts(one.value, other.value)
        for at, one in enumerate(told)
        for other in told[:at]
    )
    return sorted(claim.value for claim in told) if differ else []
