"""An alert: one story that grows, and the documents that tell it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sentinel.detect.attack import catalogue, technique
from sentinel.detect.finding import CRITICAL_KINDS, Finding, Party, Words

ASSET_PREFIX = "a-"
"""Of changes only the asset's id is known, not its address."""

FRAMES_KEPT = 64
KEYS_KEPT = 32
OPERATIONS_KEPT = 32
"""What an alert remembers of repeats. Attack: one alert that grows without end."""


def digest(*parts: object) -> str:
    """A hash of parts, the same everywhere."""
    found = hashlib.sha256()
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()[:32]


@dataclass(slots=True)
class Alert:
    """The current form of an alert. Plain values only: it is persisted as it is."""

    id: str
    short: str
    kind: str
    severity: int
    risk: int
    title: str
    reason: str
    actor: dict[str, Any] | None
    target: dict[str, Any] | None
    action: str
    expected: str
    observed: str
    meaning: str
    check: list[str]
    caution: str
    contact: str
    technique: str
    rule_id: str
    rule_name: str
    protocol: str
    capture: str
    outcome: str
    status: str
    first: int
    last: int
    count: int = 0
    revision: int = 0
    told: int = 0
    grown: int = 0
    owed: bool = False
    """A rise that the limit kept back: still to be told as one."""
    frames: list[int] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    approve: list[str] = field(default_factory=list)
    approve_words: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, finding: Finding, short: str, status: str) -> Alert:
        """A new alert."""
        alert = cls(
            id=alert_id(finding),
            short=short,
            kind=finding.kind,
            status=status,
            first=finding.timestamp,
            last=finding.timestamp,
            **_texts(finding),
        )
        alert.add(finding)
        return alert

    def add(self, finding: Finding) -> None:
        """Counts a repeat."""
        self.count += finding.count
        self.first = min(self.first, finding.timestamp)
        self.last = max(self.last, finding.timestamp)
        _extend(self.frames, finding.frames, FRAMES_KEPT)
        _extend(self.operations, finding.operations, OPERATIONS_KEPT)
        _extend(self.approve, finding.approve, KEYS_KEPT)
        _extend(self.approve_words, (finding.approve_words,) if finding.approve_words else (), KEYS_KEPT)

    def retell(self, finding: Finding) -> None:
        """Takes over the story of a finding that says more."""
        severity, risk = max(self.severity, finding.severity), max(self.risk, finding.risk)
        for name, value in _texts(finding).items():
            setattr(self, name, value)
        self.severity, self.risk = severity, risk

    def begin(self, finding: Finding) -> None:
        """Begins anew: what was a note until now is raised by this finding."""
        self.count, self.first, self.last = 0, finding.timestamp, finding.timestamp
        self.frames, self.operations, self.approve, self.approve_words = [], [], [], []

    def restart_keys(self, finding: Finding) -> None:
        """What is to be approved from now on: what was approved before is settled."""
        self.approve, self.approve_words = list(finding.approve), [finding.approve_words]

    def row(self) -> dict[str, Any]:
        """The persisted form, keyed by `id`."""
        return asdict(self)

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Alert:
        """An alert out of its persisted form."""
        return cls(**row)

    def document(self, event_kind: str, event_action: str, timestamp: int, words: Words, site: str) -> dict[str, Any]:
        """The flat document of this revision."""
        attack = technique(self.technique)
        document: dict[str, Any] = {
            "@timestamp": timestamp,
            "message": self.title,
            "event.kind": event_kind,
            "event.category": ["network", "intrusion_detection"],
            "event.type": ["info"],
            "event.dataset": "sentinel.alert",
            "event.module": "sentinel",
            "event.id": digest(self.id, self.revision),
            "event.action": event_action,
            "event.outcome": self.outcome or None,
            "event.reason": self.reason,
            "event.severity": self.severity,
            "event.risk_score": self.risk,
            "rule.id": self.rule_id,
            "rule.name": self.rule_name,
            "rule.ruleset": "sentinel",
            "threat.framework": catalogue()["framework"],
            "threat.tactic.id": [attack.tactic_id],
            "threat.tactic.name": [attack.tactic],
            "threat.technique.id": [attack.id],
            "threat.technique.name": [attack.name],
            "network.protocol": self.protocol or None,
            "sentinel.site": site or None,
            "sentinel.alert.id": self.id,
            "sentinel.alert.revision": self.revision,
            "sentinel.alert.status": self.status,
            "sentinel.alert.kind": self.kind,
            "sentinel.alert.count": self.count,
            "sentinel.alert.first": self.first,
            "sentinel.alert.last": self.last,
            "sentinel.alert.expected": self.expected,
            "sentinel.alert.observed": self.observed,
            "sentinel.alert.frames": list(self.frames) or None,
            "sentinel.alert.capture": self.capture or None,
            "sentinel.alert.meaning": self.meaning,
            "sentinel.alert.check": list(self.check),
            "sentinel.alert.caution": self.caution,
            "sentinel.alert.contact": self.contact or None,
            "sentinel.alert.approve": self.approve_text() or None,
            "sentinel.operation.id": list(self.operations) or None,
        }
        for side, party in (("source", self.actor), ("destination", self.target)):
            if party is not None:
                document |= _party(side, party, words)
        return {name: value for name, value in document.items() if value is not None}

    def approve_text(self) -> str:
        """The command that accepts it, and in words what it would accept."""
        if not self.approve:
            return ""
        reason = " --reason WHY [--until TIME | --for-good]" if self.kind in CRITICAL_KINDS else ""
        accepts = " ".join(text if text.endswith(".") else f"{text}." for text in self.approve_words)
        return f"sentinel alerts approve {self.short}{reason}   would accept: {accepts}"


@dataclass(frozen=True, slots=True)
class AlertRevision:
    """One document in the series of an alert."""

    alert_id: str
    short: str
    revision: int
    time: int
    event_kind: str
    event_action: str
    note: bool
    document: dict[str, Any]


def alert_id(finding: Finding) -> str:
    """The full id: the same in every replay."""
    actor, target = (_name(party) for party in (finding.actor, finding.target))
    return digest(finding.kind, actor, finding.action, target, finding.timestamp)


def _name(party: Party | None) -> str:
    return f"{party.ip} {party.vlan}" if party is not None else ""


def _texts(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "risk": finding.risk,
        "title": finding.title,
        "reason": finding.reason,
        "actor": asdict(finding.actor) if finding.actor else None,
        "target": asdict(finding.target) if finding.target else None,
        "action": finding.action,
        "expected": finding.expected,
        "observed": finding.observed,
        "meaning": finding.meaning,
        "check": list(finding.check),
        "caution": finding.caution,
        "contact": finding.contact,
        "technique": finding.technique.id,
        "rule_id": finding.rule_id,
        "rule_name": finding.rule_name,
        "protocol": finding.protocol,
        "capture": finding.capture,
        "outcome": finding.outcome,
    }


def _party(side: str, party: Mapping[str, Any], words: Words) -> dict[str, Any]:
    found: dict[str, Any] = {f"{side}.mac": party["mac"] or None, f"{side}.port": party["port"]}
    if party["ip"].startswith(ASSET_PREFIX):
        found[f"sentinel.{side}.asset.id"] = party["ip"]
    else:
        found[f"{side}.ip" if "." in party["ip"] or ":" in party["ip"] else f"{side}.mac"] = party["ip"]
    for name, value in words.asset_fields(party["ip"], party["vlan"]).items():
        found[f"sentinel.{side}.asset.{name}"] = value
    return found


def _extend(kept: list[Any], more: tuple[Any, ...], limit: int) -> None:
    for one in more:
        if len(kept) >= limit:
            return
        if one not in kept:
            kept.append(one)
