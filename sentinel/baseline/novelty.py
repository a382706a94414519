"""Novelties: what the baseline says is new, with what was normal until then."""

from __future__ import annotations

from dataclasses import dataclass, field

from sentinel.baseline.facts import Subject

AFTER_ALL = 2**63 - 1
"""Sequence of what happens at a line time rather than at a row: after all rows of that time."""


@dataclass(frozen=True, slots=True)
class Usual:
    """One class of operation that an actor did to a target before."""

    actor: str
    target: str
    port: int | None
    word: str
    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was seen before: the weight of the word "never"."""

    since: int
    duration: int
    same: tuple[Usual, ...] = ()
    """Who did the same class of operation to the same target, most often first."""
    target_served: int = 0
    """How many clients the target answered before."""
    actor_does: tuple[Usual, ...] = ()
    """What the actor usually does."""
    actor_since: int | None = None
    pair_known: bool = False
    """Is the conversation itself normal?"""


@dataclass(frozen=True, slots=True)
class Novelty:
    """One thing that is not normal. `key` is the fact that an approval would accept."""

    sequence: int
    time: int
    timestamp: int
    kind: str
    key: str
    subject: Subject
    state: str
    exposure: Exposure
    count: int = 1
    again: bool = False
    """Not new, but still not approved: `count` more of it."""
    denied: bool = False
    also: tuple[str, ...] = ()
    """Further keys that the same approval accepts."""
    operation_id: str = ""
    operation: str = ""
    operation_class: str = ""
    operation_text: str = ""
    action: str = ""
    unit: int | None = None
    outcome: str = ""
    status: str = ""
    client_port: int | None = None
    mac: str = ""
    file: int | None = None
    frames: tuple[int, ...] = ()
    total: int = 1
    """Breadth: how many different ones in this minute so far; control: how often so far."""
    items: tuple[str, ...] = ()
    decoded: bool = True
    group: str = ""
    title: str = ""
    """Name of a service that is recognised but not read."""
    stands_out: tuple[str, ...] = field(default=())
    """Reasons why this note deserves a look although normal is not yet known."""
