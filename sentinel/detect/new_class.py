"""A known pair of devices does a kind of thing that it never did."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import LOW, MEDIUM
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import MEANINGS, VERBS


class NewClass(NoveltyDetector):
    """A new role of a known client: it begins to read, browse or diagnose.

    What it detects: a class of operation (not write, control or program) that is new in its conversation.
    Why it matters: a station that was taken over behaves unlike itself.
    False positives: commissioning, a driver update, a technician's diagnosis.
    ATT&CK for ICS: T0888 Remote System Information Discovery; T0801 Monitor Process State for reading.
    """

    kind = "new_class"
    title = "New kind of request by a known client"
    novelties = ("class",)

    def wants(self, novelty: Novelty) -> bool:
        """Writing has a detector of its own."""
        return novelty.subject.word != "write"

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """Diagnostics can disturb a device; the rest only asks."""
        word = novelty.subject.word
        verb = VERBS.get(word, "talked to")
        return Parts(
            severity=MEDIUM if word == "diagnose" else LOW,
            risk=47 if word == "diagnose" else 25,
            title=f"{actor} {verb} {target} for the first time",
            observed=f"{actor} {verb} {target} ({novelty.operation})",
            meaning=MEANINGS.get(word, MEANINGS["other"]),
            technique="T0801" if word == "read" else "T0888",
            approve_words=f"{actor} may send requests of class {word} to {target}. Nothing else.",
        )
