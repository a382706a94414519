"""Somebody stops, restarts or reprograms a device."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import CRITICAL, HIGH, MEDIUM
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import MEANINGS


class ControlOperation(NoveltyDetector):
    """Control and program operations, each time, unless approved.

    What it detects: every operation of class control or program that no person approved, learning or not.
    Why it matters: it stops the device or changes what it does; it is never normal by habit alone.
    False positives: planned maintenance and downloads: approve them with a reason and an end.
    ATT&CK for ICS: T0858 Change Operating Mode for control; T0843 Program Download for program.
    """

    kind = "control"
    title = "Control operation"
    novelties = ("control",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """Programs are critical; control is, when a stranger does it; one step less when it was refused."""
        program = novelty.operation_class == "program"
        stranger = novelty.state == "learnt" and not novelty.exposure.pair_known
        severity = CRITICAL if program or stranger else HIGH
        if novelty.outcome == "failure":
            severity = {CRITICAL: HIGH, HIGH: MEDIUM}[severity]
        what = self.touched(row)
        did = f"{novelty.operation} {what}".strip()
        sent = "program request" if program else "control command"
        first = "" if novelty.again else ", for the first time"
        return Parts(
            severity=severity,
            risk={CRITICAL: 98, HIGH: 78, MEDIUM: 50}[severity],
            title=f"{actor} sent {target} a {sent}: {did}",
            observed=f"{actor} sent {target} a {sent}{first}: {did}",
            meaning=MEANINGS[novelty.operation_class],
            technique="T0843" if program else "T0858",
            approve_words=f"{actor} may send {target}: {did}. Nothing else.",
            in_full=True,
        )
