"""Requests that nobody answered in time."""

from __future__ import annotations

from collections.abc import Sequence

import polars

from sentinel.baseline import Novelty
from sentinel.detect.counting import Tally
from sentinel.detect.document_story import Case, Reading, approve_key, finding_of, parties
from sentinel.detect.finding import LOW, Finding, Frames, Words

SOME = 5


class Unanswered:
    """A server that stopped answering. In shadow: always a note.

    What it detects: time-outs (never a closed connection, lost packets or the end of the capture).
    Why it matters: a controller that is silent is stopped, overloaded or cut off.
    False positives: answers missing in the mirror; a device that is switched off; a gateway's absent unit.
    ATT&CK for ICS: T0814 Denial of Service.
    """

    kind = "unanswered"
    title = "Unanswered requests"

    def __init__(self, words: Words) -> None:
        self._words = words
        self._reading = Reading()
        self._tally = Tally(many=2 * SOME, first=SOME)

    def examine(self, documents: Frames, novelties: Sequence[Novelty]) -> list[Finding]:
        """A note per pair, growing."""
        events = documents.events
        if not events.height or "sentinel.unanswered" not in events.columns:
            return []
        found = []
        for row in self._reading.rows(events.filter(polars.col("sentinel.unanswered") == "timeout")):
            actor, target = parties(row, self._words)
            told = self._tally.add((actor.ip, target.ip, target.port, actor.vlan))
            if told is None:
                continue
            case = Case(
                kind=self.kind,
                rule_name=self.title,
                severity=LOW,
                risk=15,
                title=f"{target.name} did not answer {told[0]} requests of {actor.name}",
                observed=f"{target.name} left {told[0]} requests of {actor.name} unanswered",
                expected="an answer to each request",
                meaning="The device is off, overloaded or cut off, or the mirror does not show its answers.",
                technique="T0814",
                approve=approve_key("silence", "timeout", row, actor, target),
                approve_words=f"silence of {target.name} towards {actor.name}.",
                note=True,
                count=told[1],
            )
            found.append(finding_of(row, self._words, actor, target, case))
        return found
