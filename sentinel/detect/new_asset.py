"""A device that was never here."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.baseline.standing_out import is_public
from sentinel.detect.finding import LOW, MEDIUM
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import duration


class NewAsset(NoveltyDetector):
    """An address sends for the first time.

    What it detects: a sender (MAC or IP) that was not there while normal was learnt.
    Why it matters: a control network changes seldom; a rogue box shows itself by its first packet.
    False positives: a replaced network card, DHCP, a device that is switched on once a month.
    ATT&CK for ICS: T0864 Transient Cyber Asset; T0883 Internet Accessible Device for public addresses.
    """

    kind = "new_asset"
    title = "New device"
    novelties = ("asset",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """A new device alone is low; one of the internet is more."""
        public = is_public(novelty.subject.actor)
        return Parts(
            severity=MEDIUM if public else LOW,
            risk=45 if public else 20,
            title=f"New device: {actor}" + (" (public address)" if public else ""),
            observed=f"{actor} sent its first packet" + (", from a public address" if public else ""),
            meaning="A device was connected that nobody knew. By itself it does nothing.",
            technique="T0883" if public else "T0864",
            approve_words=f"{actor} belongs to this network. Nothing about what it may do.",
        )

    def expected(self, novelty: Novelty, target: str) -> str:
        """Silence until now."""
        return f"in {duration(novelty.exposure.duration)} this address never sent anything"
