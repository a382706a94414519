"""A known client asks for something that it never asked for."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import LOW
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import VERBS, duration


class NewOperation(NoveltyDetector):
    """A new request of a known client in a known role.

    What it detects: an operation (who asks whom for what) that is new although its client does such things.
    Why it matters: a new command of the right station may be a rare step, or a hijacked station.
    False positives: recipes, seasonal jobs, a new screen of the operator station.
    ATT&CK for ICS: T0836 Modify Parameter for writing; T0861 Point & Tag Identification for reading.
    """

    kind = "new_operation"
    title = "New request of a known client"
    novelties = ("operation",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """A new command is low, everything else a note: single points never page."""
        what = self.touched(row)
        values = self.words.values_of(row)
        write = novelty.operation_class == "write"
        asked = f"{novelty.operation} {what}".strip() + (f" = {values}" if write and values else "")
        return Parts(
            severity=LOW,
            risk=30 if write else 10,
            title=f"{actor} -> {target}: first {asked}",
            observed=f"{actor} sent {target} for the first time: {asked}",
            meaning="A known station does something new. "
            + ("It changes the process at a place that it never touched." if write else "It changes nothing."),
            technique="T0836" if write else "T0861",
            approve_words=f"{actor} may send {target}: {novelty.operation} {what}. Nothing else.",
            note=not write,
        )

    def expected(self, novelty: Novelty, target: str) -> str:
        """The role is usual, this request is not."""
        actor = self.words.name_of(novelty.subject.actor, novelty.subject.vlan)
        verb = VERBS.get(novelty.operation_class, "talked to")
        return f"in {duration(novelty.exposure.duration)} {actor} {verb} {target}, but never this"
