"""Decisions: what people said about alerts and facts, as values. Triage obeys them and asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sentinel.detect.finding import CRITICAL_KINDS
from sentinel.errors import SentinelError

HOUR = 3_600_000_000_000
CRITICAL_APPROVAL = 8 * HOUR
"""How long the approval of a critical kind holds unless it is for good."""

KINDS = ("close", "approve", "deny", "undo", "assign", "note")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: `target` is an alert's id (a unique beginning is enough) or a fact's key."""

    kind: str
    target: str
    when: int
    who: str = ""
    why: str = ""
    until: int | None = None
    for_good: bool = False
    keys: tuple[str, ...] = ()
    """The facts it was about, filled in when it was taken; kept with it, so that it can be replayed alone."""


ABOUT_FACTS = ("approve", "deny", "undo")
"""Decisions after which another word may hold about their facts."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict on a fact, for good or until a line time, and the one that holds after it."""

    verdict: str
    until: int | None = None
    then: str = ""


@dataclass(slots=True)
class Decisions:
    """The verdicts in force, by key of fact: the last word counts."""

    _rulings: dict[str, list[Ruling]] = field(default_factory=dict)

    def take(self, decision: Decision) -> None:
        """Takes a decision whose keys are filled in."""
        for key in decision.keys:
            if decision.kind == "approve":
                self._rulings.setdefault(key, []).append(Ruling("approved", decision.until))
            elif decision.kind == "deny":
                self._rulings.setdefault(key, []).append(Ruling("denied"))
            elif decision.kind == "undo" and key in self._rulings:
                self._rulings[key].pop()
                if not self._rulings[key]:
                    del self._rulings[key]

    def ruling(self, key: str) -> Ruling | None:
        """What holds of a fact by all that was said and not taken back, and what after it."""
        rulings = self._rulings.get(key, [])
        lasting = next((place for place in range(len(rulings), 0, -1) if rulings[place - 1].until is None), 0)
        ends = [one.until for one in rulings[lasting:] if one.until is not None]  # only approvals end
        for_good = rulings[lasting - 1] if lasting else None
        if not ends or for_good == Ruling("approved"):
            return for_good
        return Ruling("approved", max(ends), for_good.verdict if for_good else "")

    def verdict(self, keys: Iterable[str], time: int) -> str:
        """`denied` if any fact is; `approved` if all are; else empty."""
        verdicts = []
        for key in keys:
            in_force = [one for one in self._rulings.get(key, ()) if one.until is None or time < one.until]
            verdicts.append(in_force[-1].verdict if in_force else "")
        if "denied" in verdicts:
            return "denied"
        return "approved" if verdicts and all(verdict == "approved" for verdict in verdicts) else ""


def checked(decision: Decision, alert_kind: str, name: str) -> Decision:
    """The decision as it may be taken; SentinelError says why it may not."""
    if decision.kind not in KINDS:
        raise SentinelError(f"{decision.kind!r} is no decision: one of {', '.join(KINDS)}")
    if decision.kind != "approve":
        return decision
    if decision.until is not None and decision.until <= decision.when:
        raise SentinelError(f"{name}: the approval would have ended already; give a later --until")
    if alert_kind not in CRITICAL_KINDS:
        return decision
    if not decision.why.strip():
        raise SentinelError(f"{name} is of a critical kind: approving it needs --reason")
    if decision.for_good or decision.until is not None:
        return decision
    return replace(decision, until=decision.when + CRITICAL_APPROVAL)
