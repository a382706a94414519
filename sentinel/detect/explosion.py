"""More new things than anybody can look at: one alert stands for them."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import CRITICAL, HIGH
from sentinel.detect.story import NoveltyDetector, Parts, Row


class Explosion(NoveltyDetector):
    """A flood of novelties of one kind.

    What it detects: novelties of one kind beyond the budget of a minute.
    Why it matters: it hides the one that counts, or somebody floods the sensor or the network.
    False positives: the mirror port was moved to another network; a baseline of another site.
    ATT&CK for ICS: T0814 Denial of Service.
    """

    kind = "explosion"
    title = "Flood of new things"
    novelties = ("explosion",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """What is flooding, and examples of actors."""
        what = novelty.subject.word
        actors = ", ".join(novelty.items[:4])
        return Parts(
            severity=CRITICAL if what == "write" else HIGH,
            risk=90 if what == "write" else 70,
            title=f"Flood: {novelty.total:,} more new facts ({what}) in a minute",
            observed=f"{novelty.total:,} more new facts ({what}) in a minute (by {actors})",
            meaning="So many new things at once are not people at work: a flood, a scan, "
            "or the sensor sees another network than before.",
            technique="T0814",
            approve_words="",
            in_full=True,
        )

    def expected(self, novelty: Novelty, target: str) -> str:
        """Plants change slowly."""
        return "a handful of new facts in a minute"
