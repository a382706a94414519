"""Triage: many findings in, few alerts out: one per actor, target and kind, which grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sentinel.detect.attack import technique
from sentinel.detect.finding import CRITICAL, HIGH, Finding, PlainWords, Words
from sentinel.errors import SentinelError
from sentinel.triage.alert import Alert, AlertRevision, alert_id
from sentinel.triage.changes import Change, findings_of
from sentinel.triage.decisions import Decision, Decisions, Ruling, checked

MINUTE = 60_000_000_000

Fold = tuple[str, str, str]

COMMANDS = ("new_writer", "control")
"""Kinds whose finding is one command, done or refused."""


@dataclass(frozen=True)
class TriageLimits:
    """Attack: a flood of findings that buries people, the SIEM, and the one alert that counts."""

    alerts_per_minute: int = 60
    """Openings, rises and re-openings below critical; past it one rolling alert counts the rest."""
    alerts: int = 5_000
    """Alerts in memory; what is settled and least severe is forgotten first (the store keeps them all)."""
    notes: int = 5_000


STATUS = {"close": "closed", "approve": "approved", "deny": "denied", "undo": "open"}
"""What an alert is by a decision; by `undo` where no earlier word holds again."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What follows from a decision: revisions to keep and ship."""

    decision: Decision
    revisions: list[AlertRevision]


class Triage:
    """Folds findings into alerts, with people's decisions as values."""

    def __init__(
        self,
        words: Words | None = None,
        *,
        site: str = "",
        limits: TriageLimits | None = None,
        decisions: Iterable[Decision] = (),
    ) -> None:
        self._words: Words = words or PlainWords()
        self._site = site
        self._limits = limits or TriageLimits()
        self._decisions = Decisions()
        for decision in decisions:
            self._decisions.take(decision)
        self._alerts: dict[Fold, Alert] = {}
        self._notes: dict[Fold, Alert] = {}
        self._shorts: dict[str, Fold] = {}
        self._pending: dict[Fold, int] = {}
        self._next_due: int | None = None
        self._minute = (-1, 0)
        self._changed: dict[str, Alert] = {}
        self._out: list[AlertRevision] = []
        self.approved = 0
        """Findings that an approval kept quiet."""

    # What the pipeline calls

    def consider(
        self, changes: Sequence[Change], findings: Sequence[Finding], line_time: int | None = None
    ) -> list[AlertRevision]:
        """Revisions of one batch, in order."""
        found = [*findings_of(changes, self._words), *findings]
        found.sort(key=lambda finding: (finding.time, finding.sequence))
        for finding in found:
            self._tell_due(finding.time)
            self._fold(finding)
        if line_time is not None:
            self._tell_due(line_time)
        return self._take()

    def finish(self, line_time: int) -> list[AlertRevision]:
        """The last growth of everything, at the end of a replay."""
        for fold in sorted(self._pending, key=lambda one: (self._pending[one], one)):
            self._tell_growth(fold, line_time)
        self._next_due = None
        return self._take()

    def decide(self, decision: Decision) -> Decided:
        """Takes a person's decision; SentinelError says why it cannot be taken."""
        if " " in decision.target:
            return self._decide_fact(decision)
        alert = self.find(decision.target)
        decision = replace(checked(decision, alert.kind, alert.short), target=alert.id, keys=tuple(alert.approve))
        if decision.kind in ("approve", "deny") and not decision.keys:
            raise SentinelError(f"{alert.short} stands for many things: close it, or decide about the single ones")
        if decision.kind in ("assign", "note"):
            return Decided(decision, [])
        if decision.kind == "undo" and alert.status not in ("closed", "approved", "denied"):
            raise SentinelError(f"{alert.short} is {alert.status}: there is nothing to undo")
        if decision.kind == "close" or (decision.kind == "undo" and alert.status == "closed"):
            decision = replace(decision, keys=())  # closing is about no fact
        self._settle(decision, alert)
        return Decided(decision, self._take())

    def hear(self, decision: Decision) -> Decided:
        """Takes a decision that was written down elsewhere: it is about the facts that its person saw, and no others."""
        fold = next((fold for fold, one in self._everything() if one.id == decision.target), None)
        if decision.kind not in STATUS or fold is None:
            self._decisions.take(decision)
            return Decided(decision, [])
        self._settle(decision, self._alerts.get(fold) or self._notes[fold])
        return Decided(decision, self._take())

    def _settle(self, decision: Decision, alert: Alert) -> None:
        self._decisions.take(decision)
        action = STATUS[decision.kind]
        if decision.kind == "undo":
            alert.status, action = self._decisions.verdict(decision.keys, decision.when) or "open", "alert-updated"
        elif decision.keys and not set(alert.approve) <= set(decision.keys):
            action = "alert-updated"  # more has happened since the person looked: it stays what it was
        else:
            alert.status = action
        self._revise(alert, "event", action, decision.when, decision.when)

    def _everything(self) -> Iterator[tuple[Fold, Alert]]:
        yield from self._alerts.items()
        yield from self._notes.items()

    def _decide_fact(self, decision: Decision) -> Decided:
        if decision.kind not in ("approve", "deny", "undo"):
            raise SentinelError(f"a fact can be approved, denied, undone; not {decision.kind}")
        critical = decision.target.startswith(("operation control ", "operation program ", "operation write "))
        decision = replace(checked(decision, "control" if critical else "", decision.target), keys=(decision.target,))
        self._decisions.take(decision)
        return Decided(decision, [])

    def ruling(self, key: str) -> Ruling | None:
        """People's last word about a fact."""
        return self._decisions.ruling(key)

    def find(self, id: str) -> Alert:
        """The alert of that id, or of its unique beginning."""
        wanted = id.upper()
        fold = self._shorts.get(wanted)
        if fold is not None and (known := self._alerts.get(fold) or self._notes.get(fold)):
            return known
        hexes = wanted.removeprefix("A-").lower()
        everything = [*self._alerts.values(), *self._notes.values()]
        found = [alert for alert in everything if hexes and alert.id.startswith(hexes)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise SentinelError(f"no alert {id}: sentinel alerts --all lists them")
        raise SentinelError(f"{id} is not unique: {', '.join(sorted(alert.short for alert in found)[:5])}")

    def load(self, rows: Iterable[dict[str, Any]]) -> None:
        """Goes on from persisted alerts (the forms that `changed` gave)."""
        for row in rows:
            alert = Alert.of_row(row)
            fold = _fold_of(alert)
            (self._notes if alert.status == "note" else self._alerts)[fold] = alert
            self._shorts[alert.short] = fold
            if alert.grown:
                self._wait(fold, alert.told + MINUTE)

    def rows(self) -> Iterator[dict[str, Any]]:
        """All alerts and notes, as `load` takes them."""
        return (alert.row() for _, alert in self._everything())

    def changed(self) -> list[dict[str, Any]]:
        """Current form of alerts that changed since the last call."""
        rows = [alert.row() for alert in self._changed.values()]
        self._changed.clear()
        return rows

    @property
    def notes(self) -> int:
        """How many notes were not raised."""
        return len(self._notes)

    # Folding

    def _fold(self, finding: Finding) -> None:
        verdict = "denied" if finding.denied else self._decisions.verdict(finding.approve, finding.time)
        if verdict == "approved":
            self.approved += 1
            return
        actor, target = finding.actor, finding.target
        fold = (
            _kind(finding.kind, finding.outcome),
            f"{actor.ip} {actor.vlan}" if actor else "",
            f"{target.ip} {target.vlan}" if target else "",
        )
        alert = self._alerts.get(fold) or self._notes.get(fold)
        raised = not finding.note or verdict == "denied"
        if alert is None:
            self._open(fold, finding, raised, verdict)
            return
        was = alert.status
        if raised and was in ("closed", "approved"):
            alert.restart_keys(finding)
        if raised and was == "note":
            alert.begin(finding)
        alert.add(finding)
        rises = finding.severity > alert.severity
        louder = raised and (was in ("note", "closed", "approved") or rises or alert.owed or verdict == "denied")
        if finding.supersedes or louder:
            alert.retell(finding)
        if finding.supersedes:
            alert.approve_words = [finding.approve_words]
        if louder:
            if was == "note":
                self._notes.pop(fold, None)
                self._alerts[fold] = alert
                self._bound()
            alert.status = "denied" if verdict == "denied" else "open"
            if self._allowed(finding):
                self._revise(alert, "alert", alert.action, finding.timestamp, finding.time)
                return
            alert.owed = True
        alert.grown += finding.count
        self._changed[alert.id] = alert
        if finding.time - alert.told >= MINUTE:
            self._tell_growth(fold, finding.time)
        else:
            self._wait(fold, alert.told + MINUTE)

    def _open(self, fold: Fold, finding: Finding, raised: bool, verdict: str) -> None:
        if raised and not self._allowed(finding):
            return
        status = "note" if not raised else "denied" if verdict == "denied" else "open"
        alert = Alert.of(finding, self._short(alert_id(finding), fold), status)
        (self._alerts if raised else self._notes)[fold] = alert
        self._revise(alert, "alert" if raised else "event", alert.action, finding.timestamp, finding.time)
        self._bound()

    def _short(self, id: str, fold: Fold) -> str:
        digits = 4
        while (short := f"A-{id[:digits].upper()}") in self._shorts and digits < len(id):
            digits += 1
        self._shorts[short] = fold
        return short

    def _allowed(self, finding: Finding) -> bool:
        """May it be told now? Critical ones always may; past the limit one rolling alert counts the rest."""
        if finding.severity >= CRITICAL or finding.kind == "overflow":
            return True
        if self._room(finding.time):
            return True
        self._fold(_overflow(finding, self._limits.alerts_per_minute))
        return False

    def _room(self, time: int) -> bool:
        minute, told = self._minute
        told = told + 1 if minute == time // MINUTE else 1
        self._minute = (time // MINUTE, told)
        return told <= self._limits.alerts_per_minute

    def _bound(self) -> None:
        while len(self._notes) > self._limits.notes:
            self._forget(self._notes, next(iter(self._notes)))
        if len(self._alerts) <= self._limits.alerts:
            return
        order = sorted(self._alerts, key=lambda fold: _weight(self._alerts[fold]))
        for fold in order[: max(1, self._limits.alerts // 10)]:
            self._forget(self._alerts, fold)

    def _forget(self, kept: dict[Fold, Alert], fold: Fold) -> None:
        alert = kept.pop(fold)
        self._shorts.pop(alert.short, None)
        self._pending.pop(fold, None)

    # Revisions

    def _wait(self, fold: Fold, due: int) -> None:
        self._pending.setdefault(fold, due)
        self._next_due = due if self._next_due is None else min(self._next_due, due)

    def _tell_due(self, before: int) -> None:
        """Growth that waited its minute, each at its exact time."""
        if self._next_due is None or self._next_due >= before:
            return
        ready = sorted((due, fold) for fold, due in self._pending.items() if due < before)
        for due, fold in ready:
            self._tell_growth(fold, due)
        self._next_due = min(self._pending.values(), default=None)

    def _tell_growth(self, fold: Fold, time: int) -> None:
        self._pending.pop(fold, None)
        alert = self._alerts.get(fold) or self._notes.get(fold)
        if alert is not None and alert.grown:
            if alert.owed and self._room(time):
                self._revise(alert, "alert", alert.action, alert.last, time)
            else:
                self._revise(alert, "event", "alert-updated", alert.last, time)

    def _revise(self, alert: Alert, event_kind: str, event_action: str, timestamp: int, time: int) -> None:
        alert.revision += 1
        alert.told, alert.grown = time, 0
        alert.owed = alert.owed and event_kind != "alert"
        fold = _fold_of(alert)
        self._pending.pop(fold, None)
        self._changed[alert.id] = alert
        document = alert.document(event_kind, event_action, timestamp, self._words, self._site)
        note = alert.status == "note"
        self._out.append(
            AlertRevision(alert.id, alert.short, alert.revision, time, event_kind, event_action, note, document)
        )

    def _take(self) -> list[AlertRevision]:
        out, self._out = self._out, []
        return out


def _fold_of(alert: Alert) -> Fold:
    sides = [f"{party['ip']} {party['vlan']}" if party else "" for party in (alert.actor, alert.target)]
    return (_kind(alert.kind, alert.outcome), sides[0], sides[1])


def _kind(kind: str, outcome: str) -> str:
    """What was refused is another story than what was done: the attempt must not lend its time to the deed."""
    return f"{kind} refused" if outcome == "failure" and kind in COMMANDS else kind


def _weight(alert: Alert) -> tuple[bool, int, int]:
    return (alert.status in ("open", "denied"), alert.severity, alert.last)


def _overflow(finding: Finding, limit: int) -> Finding:
    return replace(
        finding,
        kind="overflow",
        severity=HIGH,
        risk=70,
        title=f"More than {limit} new alerts in a minute: the rest is only counted",
        reason=f"More than {limit} alerts would have been raised within a minute. The count says how many "
        f"were not raised one by one; the first was: {finding.title}. What they were about is in the events.",
        actor=None,
        target=None,
        action="alerts-limited",
        expected=f"at most {limit} alerts in a minute",
        observed="more alerts than people can read",
        meaning="Either something large happens, or somebody floods the sensor to hide one thing among many.",
        technique=technique("T0814"),
        rule_name="Too many alerts",
        frames=(),
        operations=(),
        approve=(),
        approve_words="",
        count=1,
        note=False,
        denied=False,
        supersedes=False,
    )
