"""So many different commands that they can no longer be told one by one."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel.baseline import Novelty
from sentinel.detect.counting import Tally
from sentinel.detect.document_story import Case, Reading, approve_key, finding_of, parties
from sentinel.detect.finding import HIGH, MEDIUM, Finding, Frames, Words
from sentinel.detect.protocol_violation import with_weird

NAME = "event_flood"


class EventFlood:
    """A flood of commands or failures of one operation.

    What it detects: the core's bound of events per operation and minute was passed (`event_flood`).
    Why it matters: commands at such a rate are no operator: brute force, or a flood that hides a command.
    False positives: a controller that writes set points in a fast loop.
    ATT&CK for ICS: T0806 Brute Force I/O; T0814 Denial of Service.
    """

    kind = "event_flood"
    title = "Flood of commands"

    def __init__(self, words: Words) -> None:
        self._words = words
        self._reading = Reading()
        self._tally = Tally(many=2)

    def examine(self, documents: Frames, novelties: Sequence[Novelty]) -> list[Finding]:
        """One finding per conversation and operation, growing."""
        found = []
        for row in self._reading.rows(with_weird(documents.events), with_weird(documents.weirds)):
            if NAME not in row["sentinel.weird"]:
                continue
            actor, target = parties(row, self._words)
            name = row.get("sentinel.operation.name") or "requests"
            told = self._tally.add((name, actor.ip, target.ip, target.port, actor.vlan))
            if told is None:
                continue
            command = row.get("sentinel.operation.class") in ("write", "control", "program")
            case = Case(
                kind=self.kind,
                rule_name=self.title,
                severity=HIGH if command else MEDIUM,
                risk=72 if command else 45,
                title=f"{actor.name} floods {target.name}: {name}",
                observed=f"{actor.name} sent {target.name} more {name} in a minute than can be told",
                expected="commands come one at a time; fast loops repeat the same few values",
                meaning="The device may stop answering, or an output wears out its machine; "
                "single commands may hide in the flood.",
                technique="T0806" if command else "T0814",
                approve=approve_key("flood", str(name), row, actor, target),
                approve_words=f"{actor.name} may send {name} to {target.name} at any rate.",
                note=False,
                count=told[1],
                word=str(name).lower().replace(" ", "-"),
            )
            found.append(finding_of(row, self._words, actor, target, case))
        return found
