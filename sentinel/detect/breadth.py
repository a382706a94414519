"""Many different new things by one actor within a minute: a scan."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.detect.finding import HIGH, MEDIUM
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import duration

SAYS: dict[str, tuple[int, int, str, str, str]] = {
    "breadth_functions": (HIGH, 72, "tried {n} kinds of request on {target}", "T0888", "kinds of request"),
    "breadth_units": (MEDIUM, 50, "asked for {n} units behind {target}", "T0846", "units"),
    "breadth_points": (MEDIUM, 48, "touched {n} new points of {target}", "T0861", "points"),
    "breadth_hosts": (HIGH, 70, "tried {n} devices", "T0846", "devices"),
}
"""Severity, risk, words, technique, what is counted."""


class Breadth(NoveltyDetector):
    """Sweeps over functions, units, points or devices.

    What it detects: in one minute, more different new requests, units, points or servers than a threshold.
    Why it matters: an attacker who does not know the plant has to ask around; single new points never page.
    False positives: commissioning, tag import of a historian, an inventory tool, start-up of a driver.
    ATT&CK for ICS: T0888, T0846 Discovery; T0861 Point & Tag Identification.
    """

    kind = "breadth"
    title = "Scan"
    novelties = tuple(SAYS)

    def kind_of(self, novelty: Novelty) -> str:
        """One alert for each kind of breadth."""
        return novelty.kind

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """How many, and examples."""
        severity, risk, words, technique, counted = SAYS[novelty.kind]
        did = words.format(n=novelty.total, target=target)
        port = f" on port {novelty.subject.port}" if novelty.kind == "breadth_hosts" and novelty.subject.port else ""
        most = novelty.key.rpartition("-")[2]
        examples = ", ".join(novelty.items[:4])
        more = f" (for example {examples})" if examples else ""
        return Parts(
            severity=severity,
            risk=risk,
            title=f"{actor} {did}{port}",
            observed=f"{actor} {did}{port} within a minute that are not usual for it{more}",
            meaning="Somebody explores what is here: which devices, what they offer, what they obey. "
            "Old devices can stop answering under such a scan.",
            technique=technique,
            approve_words=f"{actor} may use up to {most} new {counted} of {target} in a minute.",
        )

    def expected(self, novelty: Novelty, target: str) -> str:
        """What the actor did until then."""
        actor = self.words.name_of(novelty.subject.actor, novelty.subject.vlan)
        return f"in {duration(novelty.exposure.duration)} these were not usual for {actor}"
