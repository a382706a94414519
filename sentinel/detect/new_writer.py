"""Somebody gives commands who never did."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import CRITICAL, HIGH
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import MEANINGS


class NewWriter(NoveltyDetector):
    """Writes by a client that never wrote to this server.

    What it detects: an operation of class write in a conversation where writing is not normal.
    Why it matters: it changes the process; most attacks on plants end in such a message.
    False positives: failover of an operator station, commissioning, a spare engineering station.
    ATT&CK for ICS: T0855 Unauthorized Command Message (v19: T1692.001).
    """

    kind = "new_writer"
    title = "Command by a client that never gave one"
    novelties = ("class",)

    def wants(self, novelty: Novelty) -> bool:
        """Only writing."""
        return novelty.subject.word == "write"

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """Critical when a stranger's command was not refused."""
        refused = novelty.outcome == "failure"
        what = self.touched(row) or novelty.operation
        values = self.words.values_of(row)
        setting = f"set {what} to {values}" if values else f"wrote {what}"
        trying = f"tried to set {what} to {values}" if values else f"tried to write {what}"
        did = trying if refused else setting
        severity = HIGH if refused or novelty.exposure.pair_known else CRITICAL
        return Parts(
            severity=severity,
            risk=95 if severity == CRITICAL else 75,
            title=f"{actor} {did} on {target}",
            observed=f"{actor} {did} on {target} ({novelty.operation})",
            meaning=MEANINGS["write"],
            technique="T0855",
            approve_words=f"{actor} may write {what} of {target}. Nothing else.",
        )
