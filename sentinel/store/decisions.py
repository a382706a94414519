"""What people decided: append-only, each entry with the hash of the one before, so that tampering shows."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

BEGINNING = "0" * 64
"""The hash before the first decision."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry. `when` in ns since 1970, UTC; `value` is what the decision says besides, JSON-able."""

    kind: str
    target: str
    who: str
    when: int
    why: str = ""
    value: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    before: str = ""
    hash: str = ""

    def sealed(self, number: int, before: str) -> Decision:
        """The entry in its place of the chain."""
        body = [number, self.when, self.who, self.why, self.kind, self.target, self.value, before]
        text = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        seal = hashlib.sha256(text.encode()).hexdigest()
        return Decision(self.kind, self.target, self.who, self.when, self.why, self.value, number, before, seal)


def append(connection: sqlite3.Connection, decision: Decision) -> Decision:
    """Adds it to the chain. Call within a transaction."""
    row = connection.execute("SELECT number, hash FROM decisions ORDER BY number DESC LIMIT 1").fetchone()
    number, before = row or (0, BEGINNING)
    entry = decision.sealed(number + 1, before)
    connection.execute(
        "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.number,
            entry.when,
            entry.who,
            entry.why,
            entry.kind,
            entry.target,
            json.dumps(entry.value, sort_keys=True),
            entry.before,
            entry.hash,
        ),
    )
    return entry


def read(connection: sqlite3.Connection, after: int = 0) -> Iterator[Decision]:
    """Entries after that number, oldest first."""
    rows = connection.execute(
        'SELECT kind, target, who, "when", why, value, number, before, hash FROM decisions '
        "WHERE number > ? ORDER BY number",
        (after,),
    )
    for kind, target, who, when, why, value, *rest in rows:
        yield Decision(kind, target, who, when, why, json.loads(value), *rest)


def faults(connection: sqlite3.Connection, length: int) -> list[str]:
    """What shows that the record was tampered with; `length`: how many entries there ought to be."""
    found: list[str] = []
    expected, before = 1, BEGINNING
    for entry in read(connection):
        if entry.number != expected:
            found.append(f"decision {expected} is missing")
        if entry.before != before:
            found.append(f"decision {entry.number} does not follow the one before it")
        if entry.sealed(entry.number, entry.before).hash != entry.hash:
            found.append(f"decision {entry.number} ({entry.kind} {entry.target}) was changed")
        expected, before = entry.number + 1, entry.hash
    if expected <= length:
        found.append(f"{length - expected + 1} decisions are missing at the end")
    return found
