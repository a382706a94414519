"""Requests that a device refuses, many in a short time."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import HIGH, MEDIUM
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import duration

SEVERAL = 3
"""Refused kinds of request from which on somebody is trying around, baseline or not."""


class RefusedBurst(NoveltyDetector):
    """A burst of refused requests.

    What it detects: in one minute, more failures of a kind that is not usual for the pair than a threshold.
    Why it matters: whoever does not know a device asks for things that it does not have.
    False positives: a wrong tag after a change; a driver that probes at its start.
    ATT&CK for ICS: T0888 Remote System Information Discovery.
    """

    kind = "refused"
    title = "Many refused requests"
    novelties = ("refused",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """More serious when several kinds of request were tried."""
        several = len(novelty.items) >= SEVERAL
        most = novelty.key.rpartition("-")[2]
        kinds = ", ".join(novelty.items[:4])
        severity = HIGH if several and novelty.state == "learnt" else MEDIUM
        return Parts(
            severity=severity,
            risk=65 if severity == HIGH else 45,
            title=f"{target} refused {novelty.total} requests of {actor}",
            observed=f"{target} refused {novelty.total} requests of {actor} within a minute ({kinds})",
            meaning="Somebody asks for things that this device does not have or allow: a wrong setting, "
            "or somebody trying what works.",
            technique="T0888",
            approve_words=f"up to {most} refused requests of {actor} by {target} in a minute.",
            in_full=several,
        )

    def expected(self, novelty: Novelty, target: str) -> str:
        """Refusals of this kind are new."""
        return f"in {duration(novelty.exposure.duration)} such refusals were not usual between the two"
