"""Learning: when facts become normal, and how far that has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sentinel.baseline.facts import HOUR, Fact, FactLimits

DAY = 24 * HOUR


@dataclass(frozen=True)
class BaselineSettings:
    """What may be set. `learn`: how long from the first packet, or until when; None: no baseline yet."""

    learn: timedelta | datetime | None = None
    functions: int = 6
    """New kinds of request by one client to one server in a minute from which on it is a scan."""
    units: int = 8
    """New units behind one address asked by one client in a minute."""
    points: int = 100
    """New points of one server touched by one client in a minute."""
    requests: int = 40
    """New requests of one client to one server in a minute: a sweep over points that are known."""
    hosts: int = 5
    """New servers of one service tried by one client in a minute."""
    refused: int = 10
    """Requests refused in a way that is not usual, of one client by one server in a minute."""
    novelties: int = 500
    """Of one kind in a minute; past it one `explosion` stands for the rest."""
    critical_novelties: int = 200
    """The same for new writers: they are silenced last. Control operations never are."""
    standing_out: int = 10
    """How many of the notes become alerts while normal is not yet known."""
    standing_out_every: timedelta = timedelta(hours=24)
    """While there is no baseline: how often the notes are ranked, besides at the end."""
    limits: FactLimits = field(default_factory=FactLimits)


@dataclass(frozen=True)
class LearningState:
    """How far learning has come."""

    state: str
    since: int | None
    until: int | None
    facts: dict[str, int]
    normal: int
    seen_once: int
    coverage: float | None
    new_per_day: float | None
    evicted: int = 0

    def words(self) -> str:
        """One sentence for people."""
        if self.state == "none":
            return 'no baseline: "new" means new since the first packet'
        if self.state == "learning":
            return f"learning: {self.normal} facts so far"
        text = f"learnt: {self.normal} facts are normal"
        if self.coverage is not None and self.new_per_day is not None:
            text += f"; {self.coverage:.1%} covered, expect {self.new_per_day:.1f} new facts a day"
        return text


class Learning:
    """Knows at any line time whether facts are learnt."""

    def __init__(self, learn: timedelta | datetime | None) -> None:
        self._learn = learn
        self.since: int | None = None
        self.until: int | None = None
        """When learning ends, if that is known."""
        self.line_time = 0
        self._taught = 0
        if isinstance(learn, datetime):
            self.until = int(learn.timestamp()) * 1_000_000_000 + learn.microsecond * 1_000

    def begin(self, time: int) -> None:
        """The first packet of the state."""
        if self.since is None:
            self._start(time)

    def _start(self, since: int | None) -> None:
        self.since = since
        if isinstance(self._learn, timedelta) and since is not None:
            self.until = since + self._learn // timedelta(microseconds=1) * 1_000

    def state(self, time: int) -> str:
        """`none`, `learning` or `learnt`."""
        if self._learn is None:
            return "none"
        return "learning" if self.until is None or time < self.until else "learnt"

    def teaches(self, time: int, timestamp: int) -> bool:
        """May what is seen now become normal? Packets older than the state as it was loaded teach nothing."""
        return self.state(time) == "learning" and timestamp >= self._taught

    def row(self) -> dict[str, Any]:
        """The persisted form."""
        return {"key": "learning", "since": self.since, "line_time": self.line_time}

    def load(self, row: dict[str, Any]) -> None:
        """Goes on where the state ended."""
        self._start(row.get("since"))
        self.line_time = self._taught = row.get("line_time") or 0


def forecast(facts: Iterable[Fact], since: int | None, time: int) -> tuple[int, int, float | None, float | None]:
    """Normal facts, those of one hour only, and by Good-Turing: the share covered, new facts a day."""
    normal = once = incidences = 0
    for fact in facts:
        if not fact.normal(time) or fact.subject.kind == "point":
            continue
        normal += 1
        incidences += fact.bins
        once += fact.bins == 1
    hours = (time - since) / HOUR if since is not None else 0.0
    if hours < 2 or not incidences:
        return normal, once, None, None  # one bin says nothing about the next
    return normal, once, 1 - once / incidences, once / hours * 24
