"""People's decisions: appended, never changed, each holding the hash of the one before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

START = "0" * 64
"""What the first decision names as the one before."""

Decision = dict[str, Any]
"""kind, target, by, at (ISO 8601), reason, until, for_good, keys."""


def digest(text: str, previous: str) -> str:
    """The hash that chains a decision to the one before."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def append(connection: sqlite3.Connection, decision: Decision) -> None:
    """Adds a decision, in the caller's transaction."""
    last = connection.execute("SELECT number, hash FROM decisions ORDER BY number DESC LIMIT 1").fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, START)
    text = json.dumps(decision, sort_keys=True, ensure_ascii=False)
    connection.execute("INSERT INTO decisions VALUES (?, ?, ?, ?)", (number, text, previous, digest(text, previous)))


def verify(connection: sqlite3.Connection) -> list[str]:
    """What does not hold in the chain, a line each; empty if it is whole."""
    faults, previous, expected = [], START, 1
    for number, text, before, own in connection.execute("SELECT number, json, previous, hash FROM decisions ORDER BY number"):
        if number != expected:
            faults.append(f"decision {expected} is missing")
        if before != previous:
            faults.append(f"decision {number} does not follow the one before it")
        if own != digest(text, before):
            faults.append(f"decision {number} was changed after it was made")
        previous, expected = own, number + 1
    return faults


def all_of(connection: sqlite3.Connection) -> list[Decision]:
    """Every decision in order, its number included."""
    rows = connection.execute("SELECT number, json FROM decisions ORDER BY number")
    return [{"number": number, **json.loads(text)} for number, text in rows]
