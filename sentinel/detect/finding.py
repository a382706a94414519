"""Findings: what a detector says, with all the parts that an alert needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars

from sentinel.baseline import Novelty
from sentinel.detect.attack import Technique

LOW, MEDIUM, HIGH, CRITICAL = 21, 47, 73, 99

LEVELS = {LOW: "low", MEDIUM: "medium", HIGH: "high", CRITICAL: "critical"}

CAUTION = "Do not scan, block or restart the controller: that can stop the process."

CRITICAL_KINDS = ("control", "new_writer")
"""Approving these needs a reason, and ends after 8 h unless it is said to be for good."""


class Frames(Protocol):
    """What detectors read of a batch's documents: columns are field names, `sequence`, `time`."""

    @property
    def events(self) -> polars.DataFrame:
        """One row per transaction that became an event."""

    @property
    def summaries(self) -> polars.DataFrame:
        """One row per operation, outcome and minute."""

    @property
    def weirds(self) -> polars.DataFrame:
        """Violations that belong to no transaction."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a finding."""

    ip: str
    name: str
    vlan: str = ""
    port: int | None = None
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What happened, who did it to whom, what was normal, what it means and what to do."""

    sequence: int
    time: int
    timestamp: int
    kind: str
    severity: int
    risk: int
    title: str
    reason: str
    actor: Party | None
    target: Party | None
    action: str
    expected: str
    observed: str
    meaning: str
    check: tuple[str, ...]
    technique: Technique
    rule_name: str
    caution: str = CAUTION
    contact: str = ""
    protocol: str = ""
    frames: tuple[int, ...] = ()
    capture: str = ""
    operations: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    """Keys of the facts that an approval accepts."""
    approve_words: str = ""
    count: int = 1
    note: bool = False
    """Kept, not raised: normal is not yet known, or it never pages by itself."""
    denied: bool = False
    outcome: str = ""
    supersedes: bool = False
    """Its text counts all so far: it replaces that of the alert it is folded into."""

    @property
    def rule_id(self) -> str:
        """Names the detector in documents."""
        return f"sentinel.{self.kind}"


class Detector(Protocol):
    """One file, one line in the table, one test."""

    kind: str
    title: str

    def examine(self, documents: Frames, novelties: Sequence[Novelty]) -> list[Finding]:
        """Findings of one batch, in `sequence` order."""


class Words(Protocol):
    """How the plant calls things. The pipeline gives one that knows the inventory and the tags."""

    contact: str
    """Whom to call, `water-ops, ext. 210`; empty if nobody said."""

    def name_of(self, ip: str, vlan: str) -> str:
        """The asset's name, or its address."""

    def point_text(self, row: Mapping[str, Any]) -> str:
        """What was touched, of an event document's row: `"Pump 3 run" (coil 00013, wire 12)`."""

    def values_of(self, row: Mapping[str, Any]) -> str:
        """What was written, of an event document's row: `OFF`, `842`; empty if nothing."""

    def asset_fields(self, ip: str, vlan: str) -> Mapping[str, Any]:
        """The asset's `id`, `name`, `role`, `zone`, `purdue_level`: those that are known."""


class PlainWords:
    """Raw addresses and wire words: what is said without an inventory."""

    contact = ""

    def name_of(self, ip: str, vlan: str) -> str:
        """The address."""
        return ip

    def point_text(self, row: Mapping[str, Any]) -> str:
        """The operation's target as on the wire."""
        return str(row.get("sentinel.operation.target") or "")

    def values_of(self, row: Mapping[str, Any]) -> str:
        """The values of any column that is named as such."""
        for name, values in row.items():
            if name.endswith(".request_values") and values:
                shown = ", ".join(str(value) for value in values[:8])
                return shown + (f" and {len(values) - 8} more" if len(values) > 8 else "")
        return ""

    def asset_fields(self, ip: str, vlan: str) -> Mapping[str, Any]:
        """Nothing is known."""
        return {}
