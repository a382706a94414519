"""Changes of the inventory that people should hear of: a device that is suddenly something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sentinel.baseline.facts import clean
from sentinel.detect.attack import technique
from sentinel.detect.finding import LOW, MEDIUM, Finding, Party, Words

TOLD = ("identity-changed", "conflict")


class Change(Protocol):
    """What triage reads of the inventory's change."""

    @property
    def sequence(self) -> int: ...  # noqa: D102
    @property
    def time(self) -> int: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def asset_id(self) -> str: ...  # noqa: D102
    @property
    def attribute(self) -> str: ...  # noqa: D102
    @property
    def before(self) -> object: ...  # noqa: D102
    @property
    def after(self) -> object: ...  # noqa: D102


def findings_of(changes: Sequence[Change], words: Words) -> list[Finding]:
    """A changed identity is medium; two sources that differ are a note."""
    return [_finding(change, words) for change in changes if change.kind in TOLD]


def _finding(change: Change, words: Words) -> Finding:
    name = words.name_of(change.asset_id, "")
    before, after, what = (clean(str(part or "?")) for part in (change.before, change.after, change.attribute))
    changed = change.kind == "identity-changed"
    frame = getattr(change, "frame", None)
    observed = f"{name} says its {what} is {after}; before it was {before}"
    return Finding(
        sequence=change.sequence,
        time=change.time,
        timestamp=change.time,
        kind="identity_changed" if changed else "identity_conflict",
        severity=MEDIUM if changed else LOW,
        risk=50 if changed else 15,
        title=f"{name}: {what} changed from {before} to {after}" if changed else f"{name}: two values of {what}",
        reason=f"{observed}.",
        actor=None,
        target=Party(change.asset_id, name),
        action=change.kind,
        expected=f"{what} {before}",
        observed=observed,
        meaning="The device was replaced or got new firmware, or another device pretends to be it.",
        check=(
            f"Call {words.contact or 'the control room'}: was {name} replaced or updated?",
            f"See what is known about it: sentinel assets show {change.asset_id}",
        ),
        technique=technique("T0857" if what == "firmware" else "T0849"),
        rule_name="Identity of a device changed",
        contact=words.contact,
        frames=(frame,) if isinstance(frame, int) else (),
        approve=(f"identity {what} {change.asset_id} {after}",),
        approve_words=f"{name} has {what} {after}",
        note=not changed,
    )
