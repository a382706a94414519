"""A register, coil or node that was never touched."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import LOW
from sentinel.detect.story import NoveltyDetector, Parts, Row


class NewPoint(NoveltyDetector):
    """A point is read or written for the first time.

    What it detects: a point of a device that nobody read (or wrote) while normal was learnt.
    Why it matters: alone hardly ever; it is the material of the digest, and many at once are `breadth`.
    False positives: nearly all: recipes, new tags, rare screens. So it is always a note.
    ATT&CK for ICS: T0861 Point & Tag Identification; T0836 Modify Parameter for writing.
    """

    kind = "new_point"
    title = "New point"
    novelties = ("point",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """Always a note."""
        write = novelty.subject.word == "write"
        verb = "wrote" if write else "read"
        what = novelty.items[0] if novelty.items else self.touched(row)
        return Parts(
            severity=LOW,
            risk=15 if write else 5,
            title=f"{actor} {verb} a point of {target} for the first time: {what}",
            observed=f"{actor} {verb} {what} of {target}, which nobody {verb} before",
            meaning="A value of the device is used that was not used before.",
            technique="T0836" if write else "T0861",
            approve_words=f"{what} of {target} may be {'written' if write else 'read'}.",
            note=True,
        )
